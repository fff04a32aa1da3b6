"""Trying an address and a password: counted before it is made, and silent about what was wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from service.sign_in.passwords import Passwords
from service.sign_in.sessions import Limit, Sessions, SomebodyHere

ACCOUNT_TRIES = 50
"""Wrong passwords for one account within a quarter of an hour, from everywhere."""

ACCOUNT_TRIES_FROM_ONE_ADDRESS = 10
ADDRESS_TRIES = 100
"""Wrong passwords from one address within a quarter of an hour, for all accounts."""


class WithPassword(SomebodyHere, Protocol):
    """Somebody who may have a password, and may be kept out."""

    @property
    def password_hash(self) -> str | None:
        """The hash of the password, if there is one."""

    @property
    def disabled_at(self) -> str | None:
        """Since when they are kept out, if they are."""


P = TypeVar("P", bound=WithPassword)


@dataclass(frozen=True, slots=True)
class Try:
    """What somebody entered, and the network that it came from."""

    email: str
    password: str
    source: str


def who(
    tried: Try,
    find: Callable[[str], P | None],
    sessions: Sessions[P],
    passwords: Passwords,
    at: datetime,
) -> P | None:
    """Find whom an address and a password belong to; every try is counted before it is made."""
    own = (
        Limit(f"{tried.email} {tried.source}", ACCOUNT_TRIES_FROM_ONE_ADDRESS),
        Limit(f"account {tried.email}", ACCOUNT_TRIES),
    )
    limits = (own[0], Limit(f"address {tried.source}", ADDRESS_TRIES), own[1])
    may_try = sessions.may_try(limits, at)
    user = find(tried.email)
    known = None if user is None or user.disabled_at is not None else user.password_hash
    # Whether there is such an account, or too many tries were made, is not to be told by time.
    is_right = passwords.is_right(known, tried.password)
    if not may_try or not is_right:
        return None
    sessions.forget_tries(own)
    return user
