"""People who sign in to a room: who they are, what opens it to them, and the pages for both.

`People`, `Sessions` and `service.sign_in` keep them; `Door` and `add_door` are the pages by which
they come in.  A room that is one office uses `Office` and `OfficeRoom`, which know roles, guard
every page by a right, and have a log of everything that was done.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.people.acts import Act, Acting, Record
    from service.people.door import Door, Kept, Ways
    from service.people.entering import add_door
    from service.people.office import Office
    from service.people.office_room import Access, OfficeRoom
    from service.people.people import People, User
    from service.people.sessions import Sessions
    from service.people.tables import OfficeTables, PeopleTables, office_tables

__all__ = [
    "Access",
    "Act",
    "Acting",
    "Door",
    "Kept",
    "Office",
    "OfficeRoom",
    "OfficeTables",
    "People",
    "PeopleTables",
    "Record",
    "Sessions",
    "User",
    "Ways",
    "add_door",
    "office_tables",
]

_MODULES = {
    "Access": "service.people.office_room",
    "Act": "service.people.acts",
    "Acting": "service.people.acts",
    "Door": "service.people.door",
    "Kept": "service.people.door",
    "Office": "service.people.office",
    "OfficeRoom": "service.people.office_room",
    "OfficeTables": "service.people.tables",
    "People": "service.people.people",
    "PeopleTables": "service.people.tables",
    "Record": "service.people.acts",
    "Sessions": "service.people.sessions",
    "User": "service.people.people",
    "Ways": "service.people.door",
    "add_door": "service.people.entering",
    "office_tables": "service.people.tables",
}


def __getattr__(name: str) -> object:
    """Load what is asked for (PEP 562): who keeps people need not wait for the pages."""
    if name not in _MODULES:
        raise AttributeError(f"module 'service.people' has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
