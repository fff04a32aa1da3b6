"""From JSON-LD to the canonical N-Quads that are signed, losing nothing on the way."""
