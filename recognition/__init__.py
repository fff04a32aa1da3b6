"""Recognition of prior learning: policies, decisions, their register, and its oversight."""
