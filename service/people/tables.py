"""The tables in which a room keeps its people and who of them is signed in.

Times are UTC to the second, in texts whose order is that of the times.  A room that is an office
(one institution, with roles) also has a table of roles and a log of what was done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from service.columns import binary, number, text
from service.sign_in.tables import SignInTables, sign_in_tables


@dataclass(frozen=True, slots=True)
class PeopleTables:
    """People, the links by which they set passwords, their sessions, and wrong passwords."""

    users: sa.Table
    setup_links: sa.Table
    sessions: sa.Table
    tries: sa.Table


@dataclass(frozen=True, slots=True)
class OfficeTables:
    """The tables of an office: its people, their ways to sign in, their roles, what was done."""

    people: PeopleTables
    sign_in: SignInTables
    roles: sa.Table
    log: sa.Table


def office_tables(room: str, metadata: sa.MetaData) -> OfficeTables:
    """Describe the tables of an office, as `service.migrations.offices` makes them."""
    users = _table(
        metadata,
        f"{room}_users",
        text("id", primary_key=True),
        text("email", unique=True),
        text("name"),
        text("password_hash", nullable=True),
        text("locale"),
        number("session_version"),
        text("created_at"),
        text("disabled_at", nullable=True),
    )
    people = PeopleTables(users, *_about(room, users, metadata))
    roles = _table(
        metadata,
        f"{room}_roles",
        _of(users, primary_key=True),
        text("role", primary_key=True),
        text("granted_at"),
        text("waits_since", nullable=True),
        text("given_by", nullable=True),
    )
    log = _table(
        metadata,
        f"{room}_log",
        number("sequence", primary_key=True, autoincrement=False),
        text("recorded_at"),
        text("actor"),
        text("kind"),
        text("subject"),
        binary("statement"),
        sa.Index(f"{room}_log_about", "subject"),
    )
    return OfficeTables(people, sign_in_tables(users, metadata), roles, log)


def _about(room: str, users: sa.Table, metadata: sa.MetaData) -> tuple[sa.Table, ...]:
    links = _table(
        metadata,
        f"{room}_setup_links",
        text("digest", primary_key=True),
        _of(users),
        text("expires_at"),
        text("used_at", nullable=True),
    )
    sessions = _table(
        metadata,
        f"{room}_sessions",
        text("digest", primary_key=True),
        _of(users),
        number("session_version"),
        text("began_at"),
        text("seen_at"),
        text("ends_at"),
        text("proved"),
        text("agent"),
        sa.Index(f"{room}_sessions_of", "user_id"),
    )
    tries = _table(
        metadata,
        f"{room}_sign_in_tries",
        text("subject", primary_key=True),
        text("since"),
        number("tries"),
    )
    return links, sessions, tries


def _table(metadata: sa.MetaData, name: str, *parts: Any) -> sa.Table:
    return sa.Table(name, metadata, *parts, sqlite_strict=True)


def _of(users: sa.Table, **options: Any) -> sa.Column[str]:
    key = sa.ForeignKey(users.c.id)
    return sa.Column("user_id", sa.Text, key, **{"nullable": False, **options})
