"""The tables in which a room keeps its people and who of them is signed in.

Times are UTC to the second, in texts whose order is that of the times.  A room that is an office
(one institution, with roles) also has a table of roles and a log of what was done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

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
        _text("id", primary_key=True),
        _text("email", unique=True),
        _text("name"),
        _text("password_hash", nullable=True),
        _text("locale"),
        _number("session_version"),
        _text("created_at"),
        _text("disabled_at", nullable=True),
    )
    people = PeopleTables(users, *_about(room, users, metadata))
    roles = _table(
        metadata,
        f"{room}_roles",
        _of(users, primary_key=True),
        _text("role", primary_key=True),
        _text("granted_at"),
    )
    log = _table(
        metadata,
        f"{room}_log",
        _number("sequence", primary_key=True, autoincrement=False),
        _text("recorded_at"),
        _text("actor"),
        _text("kind"),
        _text("subject"),
        sa.Column("statement", sa.LargeBinary, nullable=False),
        sa.Index(f"{room}_log_about", "subject"),
    )
    return OfficeTables(people, sign_in_tables(users, metadata), roles, log)


def _about(room: str, users: sa.Table, metadata: sa.MetaData) -> tuple[sa.Table, ...]:
    links = _table(
        metadata,
        f"{room}_setup_links",
        _text("digest", primary_key=True),
        _of(users),
        _text("expires_at"),
        _text("used_at", nullable=True),
    )
    sessions = _table(
        metadata,
        f"{room}_sessions",
        _text("digest", primary_key=True),
        _of(users),
        _number("session_version"),
        _text("began_at"),
        _text("seen_at"),
        _text("ends_at"),
        _text("proved"),
        _text("agent"),
        sa.Index(f"{room}_sessions_of", "user_id"),
    )
    tries = _table(
        metadata,
        f"{room}_sign_in_tries",
        _text("subject", primary_key=True),
        _text("since"),
        _number("tries"),
    )
    return links, sessions, tries


def _table(metadata: sa.MetaData, name: str, *parts: Any) -> sa.Table:
    return sa.Table(name, metadata, *parts, sqlite_strict=True)


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _number(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, **{"nullable": False, **options})


def _of(users: sa.Table, **options: Any) -> sa.Column[str]:
    key = sa.ForeignKey(users.c.id)
    return sa.Column("user_id", sa.Text, key, **{"nullable": False, **options})
