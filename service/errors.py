"""What can go wrong with a database, with worker processes, and with fetching."""

from __future__ import annotations

from credentials.errors import TallystickError


class DatabaseError(TallystickError):
    """A database cannot be opened, reached, read or written."""

    code = "DATABASE_ERROR"


class WorkerError(TallystickError):
    """A worker process ended before its work did."""

    code = "WORKER_ENDED"


class FetchError(TallystickError):
    """A document was not fetched: it must not be, it could not be had, or it is not acceptable.

    `is_outage` tells whether the place was out of reach for now, so that asking later may help;
    `http_status` is the status of an answer that was no success.
    """

    code = "FETCH_FAILED"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        is_outage: bool = False,
        http_status: int | None = None,
    ) -> None:
        """Describe what happened; the message names at most the host, never what was answered."""
        super().__init__(message, code=code)
        self.is_outage = is_outage
        self.http_status = http_status


class SocketError(TallystickError):
    """A Unix socket cannot be used: nobody listens, nothing answers, or it is not for us."""

    code = "SOCKET_UNREACHABLE"


class StoreError(TallystickError):
    """Something cannot be kept as asked."""

    code = "STORE_ERROR"


class NotFoundError(StoreError):
    """There is no such thing here; whether somebody else has it is not told."""

    code = "NOT_FOUND"


class ConflictError(StoreError):
    """What is kept is not as the request supposes: a name is taken, a draft was changed."""

    code = "CONFLICT"
