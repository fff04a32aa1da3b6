"""Measuring beside the software of others: the same documents, in turns, in one run."""
