"""Our canonical N-Quads held against those of others, over a corpus made up from seeds."""
