"""Who may do what at the desk: roles, rights, and what a page is given of whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What somebody is at the desk; one person may be several."""

    REGISTRAR = "registrar"
    ASSESSOR = "assessor"
    SECOND_READER = "second-reader"
    SENATE_MEMBER = "senate-member"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What a page or a form asks for."""

    READ = "read"
    """See cases, and with them data of learners."""

    TAKE_IN = "take-in"
    STATE = "state"
    RULE = "rule"
    CONFIRM = "confirm"
    SETTLE = "settle"
    """Put what the policy decides into force, take appeals, run batches, erase."""

    MANAGE = "manage"
    AUDIT = "audit"
    SENATE = "senate"
    """Adopt and oversee policies; no data of learners."""


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.REGISTRAR: frozenset({Right.READ, Right.TAKE_IN, Right.SETTLE, Right.MANAGE}),
    Role.ASSESSOR: frozenset({Right.READ, Right.TAKE_IN, Right.STATE, Right.RULE}),
    Role.SECOND_READER: frozenset({Right.READ, Right.CONFIRM}),
    Role.SENATE_MEMBER: frozenset({Right.SENATE}),
    Role.AUDITOR: frozenset({Right.READ, Right.AUDIT}),
}
"""Whoever manages does not rule, and whoever rules does not read over, unless they are both."""


def rights_of(roles: frozenset[Role]) -> frozenset[Right]:
    """Tell everything that roles together allow."""
    return frozenset[Right]().union(*(RIGHTS[role] for role in roles))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works at the desk; `email` is in small letters, `name` stands in decisions."""

    id: str
    email: str
    name: str
    roles: frozenset[Role]
    password_hash: str | None
    session_version: int
    created_at: str
    disabled_at: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, and when: what every change is recorded with.

    `actor` is "user:ID", "learner", or a name of the service itself; never a name or an address.
    """

    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who is signed in and looks at a page, now."""

    person: Person
    at: datetime

    @property
    def rights(self) -> frozenset[Right]:
        """Everything that their roles together allow."""
        return rights_of(self.person.roles)

    @property
    def act(self) -> Act:
        """What their changes are recorded with."""
        return Act(f"user:{self.person.id}", self.at)
