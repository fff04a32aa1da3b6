"""Who acts, and when: what every change is recorded with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from service.errors import ConflictError


class Acting(Protocol):
    """What is known of whoever acts; a room may know more, such as for which institution."""

    @property
    def actor(self) -> str:
        """Tell who: "user:ID", or a name of the service itself."""

    @property
    def at(self) -> datetime:
        """Tell when."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts ("user:ID", or a name of the service itself; never a name of a person), and when."""

    actor: str
    at: datetime


Record = Callable[[Connection, Any, str, str, Mapping[str, Any]], None]
"""Writes an act (`Acting`), its kind, what it is about and what it says into a room's records, in
the same transaction."""


def require_other(act: Acting, user_id: str) -> None:
    """Require that roles are somebody else's; raise `ConflictError` (OWN_ROLES).

    Who may give roles could otherwise take every other one, and two people no longer stood behind
    what the roles divide.
    """
    if act.actor == f"user:{user_id}":
        text = "Nobody changes their own roles; somebody else who gives roles has to."
        raise ConflictError(text, code="OWN_ROLES")
