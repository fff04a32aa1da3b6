"""Tests of what a Senate sees, and of what everybody sees of it."""
