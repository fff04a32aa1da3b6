"""Proof mechanisms: one module for each cryptosuite, named as the specification names it."""
