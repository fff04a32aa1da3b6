"""What can go wrong at the desk."""

from __future__ import annotations

from credentials.errors import TallystickError


class DeskError(TallystickError):
    """Something cannot be as asked, as things are now."""

    code = "DESK_ERROR"


class NotAtDeskError(DeskError):
    """There is no such thing here, or not any more; which of the two is not told."""

    code = "NOT_FOUND"


class ConflictError(DeskError):
    """What is kept is not as the request supposes: an address is taken, a state has changed."""

    code = "CONFLICT"


class ChangedMeanwhileError(DeskError):
    """Somebody else changed the case since the page was made; nothing was written."""

    code = "CASE_CHANGED"

    def __init__(self, seen: int, version: int) -> None:
        """Name the version that the page was made from, and the one that stands now."""
        super().__init__("Somebody else has changed this case meanwhile; nothing was written.")
        self.seen, self.version = seen, version
