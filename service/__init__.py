"""Plumbing that the roles' services share: the database, its migrations, worker processes."""

from service.database import open_database, reading, writing
from service.errors import DatabaseError, WorkerError
from service.migrating import migrate
from service.worker_processes import map_in_processes

__all__ = [
    "DatabaseError",
    "WorkerError",
    "map_in_processes",
    "migrate",
    "open_database",
    "reading",
    "writing",
]
