"""The obligations of a verifier, one module for each check of the report."""
