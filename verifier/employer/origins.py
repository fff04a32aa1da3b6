"""Origins of web pages that an operator may name."""

from __future__ import annotations

import re

ORIGIN = re.compile(r"https://[a-z0-9.-]+(?::[0-9]{1,5})?|http://(?:localhost|127\.0\.0\.1):[0-9]+")
"""An origin that may frame a badge: no path, no wildcard, nothing that ends a directive."""
