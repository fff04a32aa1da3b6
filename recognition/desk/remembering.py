"""What was recorded, once more outside the database, as the desk asks for it."""

from __future__ import annotations

from typing import Protocol


class Memory(Protocol):
    """What was recorded, once more outside the database, which can be an older one."""

    def require(self) -> None:
        """Raise `ConflictError` (DATABASE_BEHIND) if the database has forgotten something."""

    def note(self, case_id: str) -> None:
        """Write down what was recorded about a case."""
