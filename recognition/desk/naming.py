"""By which name somebody stands in facts and rulings, for good."""

from __future__ import annotations

from service.people import Office, User

RESERVED = ("credential", "plan", "verifier", "register", "learner")
"""Names of what establishes facts; a person's would seem to be one of them."""


def name_in_decisions(office: Office, user: User) -> str:
    """Tell the name; of two people with one name the later one is told apart by a number.

    Nobody is ever taken out of the people, so the number stays.
    """
    key = _key(user.name)
    same = [one for one, _roles in office.members() if _key(one.name) == key]
    same.sort(key=lambda one: (one.created_at, one.id))
    number = [one.id for one in same].index(user.id) + 1
    shown = " ".join(user.name.split())
    if key.startswith(RESERVED):
        shown = f"person {shown}"
    return shown if number == 1 else f"{shown} ({number})"


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()
