"""Deciding: from facts and a policy to a decision that anybody can recompute."""
