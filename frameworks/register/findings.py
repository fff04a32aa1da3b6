"""What is wrong with the source files of a register, by file and row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from frameworks.errors import FrameworkError

FINDINGS_TOLD = 200
"""Most findings that one message lists; the error itself keeps all."""


class Place(NamedTuple):
    """Where a row stands: a file of the register, and the row's number in it, from 1."""

    file: str
    row: int = 0

    def __str__(self) -> str:
        """Write the place as people look it up."""
        return f"{self.file}, row {self.row}" if self.row else self.file


class RegisterFinding(NamedTuple):
    """One fault: stable code, place, a sentence for people."""

    code: str
    place: Place
    message: str

    def __str__(self) -> str:
        """Write the finding on one line."""
        return f"{self.place}: {self.message} [{self.code}]"


class RegisterError(FrameworkError):
    """A register is not sound; `findings` lists every fault."""

    code = "REGISTER_UNSOUND"

    def __init__(self, findings: Iterable[RegisterFinding]) -> None:
        """Keep the findings in the order of files and rows, and put them into the message."""
        ordered = sorted(findings, key=lambda one: (one.place.file, one.place.row, one.code))
        told = "\n".join(f"  {finding}" for finding in ordered[:FINDINGS_TOLD])
        more = len(ordered) - FINDINGS_TOLD
        tail = f"\n  and {more} more" if more > 0 else ""
        super().__init__(f"The register has {len(ordered)} faults:\n{told}{tail}")
        self.findings = tuple(ordered)
