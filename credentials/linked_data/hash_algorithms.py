"""The hash algorithms that RDFC-1.0 can be used with."""

from __future__ import annotations

import hashlib

HASH_ALGORITHMS = {"SHA-256": hashlib.sha256, "SHA-384": hashlib.sha384}
"""Hash algorithms that a caller may choose (RDFC-1.0 section 4.3; SHA-256 is the default)."""
