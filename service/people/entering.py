"""All pages by which people come in."""

from __future__ import annotations

from service.people.account_pages import add_accounts
from service.people.door import Door
from service.people.passkey_pages import add_passkeys
from service.people.profile import add_profile
from service.people.signing_in import add_signing_in


def add_door(door: Door) -> None:
    """Add to a room's pages those by which people sign in, and change how they do."""
    add_signing_in(door)
    add_profile(door)
    add_passkeys(door)
    add_accounts(door)
