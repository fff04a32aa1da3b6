"""Policies: what a senate adopts once, read, checked and signed."""
