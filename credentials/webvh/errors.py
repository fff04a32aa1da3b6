"""What can be wrong with the history of a did:webvh."""

from __future__ import annotations

from keys.errors import ControllerDocumentError


class HistoryError(ControllerDocumentError):
    """The log of a did:webvh does not prove the document at its end."""

    code = "INVALID_DID_LOG"


def wrong(number: int, what: str) -> HistoryError:
    """Say what is wrong with an entry of a log."""
    return HistoryError(f"Entry {number} of the issuer's log is wrong: {what}.")
