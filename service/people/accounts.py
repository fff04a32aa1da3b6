"""The accounts of an office and who made them, so that one person with two is seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from service.people.office import LogEntry, Office
from service.people.people import User


@dataclass(slots=True)
class GivenRole:
    """A role that somebody has, who gave it, and who confirmed it, where that was asked for."""

    role: str
    by: str
    confirmed_by: str = ""
    waits: bool = False


@dataclass(slots=True)
class Account:
    """An account with everybody who had a hand in it; they are named as in the log."""

    user: User
    added_by: str = ""
    added_at: str = ""
    roles: dict[str, GivenRole] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)
    """Who made a link to set its password, and when."""


def accounts_of(office: Office) -> tuple[Account, ...]:
    """Tell every account of an office by what its log says, in the order of their addresses."""
    found = {user.id: Account(user) for user, _roles in office.members()}
    for entry in office.about_accounts():
        account = found.get(entry.subject)
        if account is not None:
            _take(account, entry)
    return tuple(found.values())


def _take(account: Account, entry: LogEntry) -> None:
    role = str(entry.statement.get("role", ""))
    match entry.kind:
        case "user.added":
            account.added_by, account.added_at = entry.actor, entry.recorded_at
        case "user.setup-link-made":
            account.links.append((entry.actor, entry.recorded_at))
        case "role.granted":
            waits = entry.statement.get("waits") is True
            account.roles[role] = GivenRole(role, entry.actor, waits=waits)
        case "role.withdrawn":
            account.roles.pop(role, None)
        case "role.waits" | "role.confirmed":
            for one in _meant(account, role):
                one.waits = entry.kind == "role.waits"
                one.confirmed_by = "" if one.waits else entry.actor
                one.by = entry.actor if one.waits else one.by


def _meant(account: Account, role: str) -> Iterator[GivenRole]:
    """Find the roles that an entry is about; one that names none is about all of them."""
    yield from (one for name, one in account.roles.items() if role in ("", name))
