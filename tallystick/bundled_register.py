"""The register that comes with this software; it explains, and proves nothing."""

from __future__ import annotations

import schemas
from frameworks.register.compiled import read_compiled
from frameworks.register.register import Register


def reference() -> Register:
    """Read the register that comes with this software."""
    return read_compiled(schemas.compiled_reference_register())
