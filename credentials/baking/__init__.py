"""Badges baked into images: a credential goes in, comes out, and no pixel changes."""
