"""Passwords: which are taken, how they are kept, and that checking one says nothing else.

Sources: OWASP Application Security Verification Standard 4.0 section 2.1; NIST SP 800-63B-4
section 3.1.1; RFC 9106 (Argon2id).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_CHARACTERS = 12
MOST_CHARACTERS = 200
LEAST_DIFFERENT = 5
"""How many different characters a password has at least: one key held down is none."""


@dataclass(frozen=True)
class Passwords:
    """Hashes passwords with Argon2id, with the parameters of RFC 9106 unless others are given."""

    hasher: PasswordHasher = field(default_factory=PasswordHasher)

    def hash(self, password: str) -> str:
        """Hash a password with a salt of its own."""
        return self.hasher.hash(password)

    def is_right(self, known: str | None, password: str) -> bool:
        """Compare a password with a hash; takes as long where there is none to compare with."""
        try:
            self.hasher.verify(known or self._nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
        return known is not None

    @cached_property
    def _nobodys(self) -> str:
        return self.hasher.hash("nobody's")


def fault_of(password: str, *others: str) -> str | None:
    """Name what is wrong with a new password: "short", "long", "plain", "known", or nothing.

    `others` are texts that anybody knows, such as the address of whoever it is for.
    """
    if len(password) < LEAST_CHARACTERS:
        return "short"
    if len(password) > MOST_CHARACTERS:
        return "long"
    if len(set(password)) < LEAST_DIFFERENT:
        return "plain"
    folded = password.casefold()
    known = {part for text in others for part in (text, text.partition("@")[0]) if len(part) > 3}
    return "known" if any(text.casefold() in folded for text in known) else None
