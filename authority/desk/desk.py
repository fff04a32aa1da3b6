"""All pages of the desk."""

from __future__ import annotations

from authority.desk.accrediting import add_accrediting
from authority.desk.answering import add_answering
from authority.desk.editions import add_editions
from authority.desk.inbox import add_inbox
from authority.desk.keys import add_keys
from authority.desk.listings import add_listings
from authority.desk.rating import add_rating
from authority.desk.receiving import add_receiving
from authority.desk.services import RIGHTS, ROLES, SECTIONS, DeskServices, Right
from authority.desk.shown import HAPPENED
from authority.handed_in import UPLOAD_BYTES
from service.pages import N_, NavigationItem
from service.people import OfficeRoom
from service.people.office_people import add_office_people
from service.people.office_room import OfficePlan

NAME = "authority_desk"
PREFIX = "/desk"
NAVIGATION = NavigationItem(f"{NAME}.start", N_("Desk of the authority"))
"""How the public pages lead to the desk."""


def desk_of(services: DeskServices) -> OfficeRoom:
    """Make the desk with all its pages."""
    plan = OfficePlan(
        name=NAME,
        package="authority.desk",
        prefix=PREFIX,
        title=services.name,
        roles={role.value: text for role, text in ROLES.items()},
        rights={role.value: frozenset(map(str, rights)) for role, rights in RIGHTS.items()},
        sections=SECTIONS,
        manage=Right.MANAGE,
        audit=Right.AUDIT,
        upload_bytes=UPLOAD_BYTES,
        asks_for_passkey=services.asks_for_passkey,
        needs_two=services.needs_two,
        home=("start", N_("Submitted courses")),
        happened=HAPPENED,
    )
    room = OfficeRoom(services.store.office, plan, services.ways, services.now)
    add_inbox(room, services)
    add_receiving(room, services)
    add_rating(room, services)
    add_answering(room, services)
    add_listings(room, services)
    add_accrediting(room, services)
    add_editions(room, services)
    add_keys(room, services)
    add_office_people(room)
    return room
