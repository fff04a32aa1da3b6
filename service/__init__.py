"""Plumbing that the roles' services share: database, migrations, workers, the way out.

What is named here is loaded when it is first used: a command that fetches a document does not wait
for the database's libraries.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

_MODULES = {
    "DatabaseError": "service.errors",
    "WorkerError": "service.errors",
    "map_in_processes": "service.worker_processes",
    "migrate": "service.migrating",
    "open_database": "service.database",
    "reading": "service.database",
    "writing": "service.database",
}


def __getattr__(name: str) -> object:
    """Load what is asked for (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module 'service' has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
