"""One module for each change of the database's form; none is ever edited after a release."""
