"""What the desk works with: the store, and what the composition root gives it.

The desk holds no key and opens no connection; whatever needs one is asked for by a callable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from recognition.desk.checked import Challenges, Fetch, OpenPresentation
from recognition.desk.offers import Offer
from recognition.desk.settling import Settling
from recognition.desk.store import DeskStore
from recognition.register_of_decisions import RegisterOfDecisions
from service.mail import Mailbox
from service.people import Ways
from service.status_ledger import SignedList


@dataclass(frozen=True)
class DeskServices:
    """Everything that the desk is given.

    `base` is its public address (https://…) without a slash at its end, `domain` the host that
    presentations are made for, `title` what the office is called, `ways` by what people sign in.
    `sender` is who letters come from, `clock` counts seconds and never goes back.
    """

    settling: Settling
    open_presentation: OpenPresentation
    fetch: Fetch
    challenges: Challenges
    now: Callable[[], datetime]
    clock: Callable[[], int]
    base: str
    domain: str
    title: str
    sender: Mailbox
    start: Callable[[Callable[[], None]], None]
    """Has work done beside the page that began it."""

    list_numbered: Callable[[int], SignedList] | None = None
    """Gives the signed status list of a number, by which decisions are withdrawn; there is none
    where the desk has no address that others look lists up at."""

    retention_days: int = 365
    needs_two: bool = False
    """Whether roles that somebody gives wait until a second person confirms them."""

    ways: Ways = field(default_factory=Ways)

    @property
    def store(self) -> DeskStore:
        """What is kept."""
        return self.settling.store

    @property
    def register(self) -> RegisterOfDecisions:
        """The register of decisions."""
        return self.settling.register

    def offers(self) -> Mapping[str, Offer]:
        """Tell what can be applied for now, by name."""
        return self.settling.offers()
