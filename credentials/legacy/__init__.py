"""Open Badges 2.0 and 2.1: what their documents say, judged without asking anybody."""
