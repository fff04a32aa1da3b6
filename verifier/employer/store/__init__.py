"""What the verifier keeps, where its operator says so: watch lists and shared credentials."""
