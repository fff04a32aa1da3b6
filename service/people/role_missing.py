"""The answer to whoever asks for what their roles do not allow: which role, and who gives it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from flask import Response

from service.pages import page_response
from service.people.people import User


class Roles(NamedTuple):
    """The roles of a room: their words (marked with `N_`), and what each may do."""

    texts: Mapping[str, str]
    rights: Mapping[str, Collection[str]]
    manage: str
    """The right of those who give roles."""

    def with_right(self, right: str) -> list[str]:
        """Name the roles that have a right, in their order."""
        return [role for role in self.texts if right in self.rights.get(role, ())]


def role_missing(
    roles: Roles,
    right: str,
    held: Collection[str],
    colleagues: Iterable[tuple[User, Collection[str]]],
    home: str,
) -> Response:
    """Refuse a page or a form (403) in words.

    `right` is what it asks for, and `held` are the roles that whoever asks has; of `colleagues`,
    with their roles, those who give roles are named; `home` is where to go on.
    """
    needed, giving = roles.with_right(right), set(roles.with_right(roles.manage))
    givers = [user for user, own in colleagues if not giving.isdisjoint(own)]
    return page_response(
        "people/role_missing.html",
        status=403,
        needed=[roles.texts[role] for role in needed],
        held=[text for role, text in roles.texts.items() if role in held],
        givers=[one for one in givers if one.disabled_at is None],
        home=home,
    )
