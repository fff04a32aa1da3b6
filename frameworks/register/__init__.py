"""The register: who says what a level and a credit mean, row by row, with dates and sources.

A register is a folder of readable source files; an edition is that folder, signed.
"""

from frameworks.register.edition import Edition, edition_digest, edition_document, read_edition
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
