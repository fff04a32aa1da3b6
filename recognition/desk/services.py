"""What the desk works with: the store, and what the composition root gives it.

The desk holds no key and opens no connection; whatever needs one is asked for by a callable.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from recognition.desk.offers import Offers
from recognition.desk.store import DeskStore
from recognition.register_of_decisions import RegisterOfDecisions
from service.people import Ways


@dataclass(frozen=True)
class DeskServices:
    """Everything that the desk is given.

    `base` is its public address (https://…) without a slash at its end, `title` what the office
    is called, `offers` what can be applied for, `ways` by what people sign in.
    """

    store: DeskStore
    register: RegisterOfDecisions
    now: Callable[[], datetime]
    base: str
    title: str
    offers: Offers
    ways: Ways = field(default_factory=Ways)
