"""Issuing exactly once: intents, signing, rosters, withdrawing, publishing, and their check."""
