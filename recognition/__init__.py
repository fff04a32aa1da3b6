"""Recognition: an adopted policy, applied the same way every time, to what was verified.

Pure and exact, like stacking: facts with who established them, gates with their outcome, and a
decision whose payload is the same bytes for the same inputs.
"""
