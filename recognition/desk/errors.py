"""What can go wrong at the desk."""

from __future__ import annotations

from service.errors import ConflictError


class ChangedMeanwhileError(ConflictError):
    """Somebody else changed the case since the page was made; nothing was written."""

    code = "CASE_CHANGED"

    def __init__(self, case_id: str, seen: int, version: int) -> None:
        """Name the version that the page was made from, and the one that stands now."""
        super().__init__("Somebody else has changed this case meanwhile; nothing was written.")
        self.case_id, self.seen, self.version = case_id, seen, version
