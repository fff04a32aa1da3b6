"""Verifying Open Badges 2.0 and 2.1, whose truth depends on their hosts."""
