"""What can go wrong with what the issuer service keeps."""

from __future__ import annotations

from service.errors import ConflictError, NotFoundError, StoreError

__all__ = [
    "ConflictError",
    "InProgressError",
    "KeyReusedError",
    "LedgerBehindError",
    "LedgerBrokenError",
    "NotFoundError",
    "StoreError",
]


class KeyReusedError(StoreError):
    """An idempotency key came with another request before."""

    code = "IDEMPOTENCY_KEY_REUSED"


class InProgressError(StoreError):
    """The same request is being worked on; asking again after `retry_after_seconds` answers it."""

    code = "IN_PROGRESS"

    def __init__(self, retry_after_seconds: int) -> None:
        """Say when to ask again."""
        super().__init__("The same request is being worked on. Ask again in a moment.")
        self.retry_after_seconds = retry_after_seconds


class LedgerBrokenError(StoreError):
    """The ledger, or what it covers, is not what was written; `place` says where it shows."""

    code = "LEDGER_BROKEN"

    def __init__(self, message: str, *, place: str, code: str | None = None) -> None:
        """Name the place: an entry, a credential, an entry of a status list."""
        super().__init__(message, code=code)
        self.place = place


class LedgerBehindError(StoreError):
    """The ledger has less than was once confirmed, as after an old backup was restored."""

    code = "LEDGER_BEHIND"
