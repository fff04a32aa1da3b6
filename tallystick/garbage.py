"""How often a process looks for garbage: the command, its workers, and the services it runs."""

COLLECTED_EVERY = 20_000
"""How many objects are made before garbage is looked for; Python's own number is 700."""
