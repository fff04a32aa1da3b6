"""The register: who says what a level and a credit mean, row by row, with dates and sources.

A register is a folder of readable source files; an edition is that folder, signed.  What is named
here is loaded when it is asked for: holding a value to a register takes no reading of its files.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from frameworks.register.edition import (
        Edition,
        edition_digest,
        edition_document,
        read_edition,
    )
    from frameworks.register.findings import RegisterError, RegisterFinding
    from frameworks.register.reading import read_register
    from frameworks.register.register import Register, RegisterDay

__all__ = [
    "Edition",
    "Register",
    "RegisterDay",
    "RegisterError",
    "RegisterFinding",
    "edition_digest",
    "edition_document",
    "read_edition",
    "read_register",
]

_MODULES = {
    "Edition": "edition",
    "Register": "register",
    "RegisterDay": "register",
    "RegisterError": "findings",
    "RegisterFinding": "findings",
    "edition_digest": "edition",
    "edition_document": "edition",
    "read_edition": "edition",
    "read_register": "reading",
}


def __getattr__(name: str) -> Any:
    """Load the module that has a name (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
