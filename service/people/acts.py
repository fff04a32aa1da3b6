"""Who acts, and when: what every change is recorded with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection


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
