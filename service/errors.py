"""What can go wrong with a database, and with worker processes."""

from __future__ import annotations

from credentials.errors import TallystickError


class DatabaseError(TallystickError):
    """A database cannot be opened, reached, read or written."""

    code = "DATABASE_ERROR"


class WorkerError(TallystickError):
    """A worker process ended before its work did."""

    code = "WORKER_ENDED"
