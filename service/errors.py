"""What can go wrong with a database."""

from __future__ import annotations

from credentials.errors import TallystickError


class DatabaseError(TallystickError):
    """A database cannot be opened, reached, read or written."""

    code = "DATABASE_ERROR"
