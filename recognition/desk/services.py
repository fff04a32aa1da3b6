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
from service.sign_in.passwords import Passwords


@dataclass(frozen=True)
class DeskServices:
    """Everything that the desk is given.

    `base` is its public address (https://…) without a slash at its end, `office` what the office
    is called, `offers` what can be applied for.
    """

    store: DeskStore
    register: RegisterOfDecisions
    now: Callable[[], datetime]
    base: str
    office: str
    offers: Offers
    passwords: Passwords = field(default_factory=Passwords)
