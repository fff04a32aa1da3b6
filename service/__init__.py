"""Plumbing that the roles' services share: the database engine and its migrations."""

from service.database import open_database, reading, writing
from service.errors import DatabaseError
from service.migrating import migrate

__all__ = ["DatabaseError", "migrate", "open_database", "reading", "writing"]
