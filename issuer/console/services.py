"""What the console works with: the store, and what the composition root gives it.

The console holds no key and opens no connection; whatever needs one is asked for by a callable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from credentials.findings import Finding
from credentials.json_types import JsonObject
from frameworks.register import Register
from issuer.console.passwords import Passwords
from issuer.store import Act, CredentialRecord, Store, Tenant


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key that was made for an institution: where it is, whose it is, and its public name."""

    uri: str
    issuer: str
    verification_method: str


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """A key of an institution as people see it; `ended` is when it ceased to sign, if it did."""

    verification_method: str
    kind: str
    created: str
    ended: str | None
    signs: bool


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A change of a status: `act` is revoke, suspend or reinstate, `state` pending, done, undone.

    A pending one can be undone until `effective_at`.
    """

    id: str
    act: str
    reason: str
    state: str
    requested_at: str
    effective_at: str


class Keys(Protocol):
    """The keys of institutions, in whatever holds them."""

    def make(self, name: str, address: str | None) -> MadeKey:
        """Make a key; with an address (https://…) for a did:web there, else for a did:key."""

    def of(self, tenant: Tenant) -> Sequence[KeyInfo]:
        """Name the keys of an institution, the newest first."""

    def rotate(self, act: Act, tenant: Tenant) -> MadeKey:
        """Make the institution sign with a new key; what older ones signed stays valid.

        Raises `TallystickError` in words where the institution's id is its key.
        """


class Withdrawals(Protocol):
    """Changes of the status of credentials."""

    def request(self, act: Act, credential_id: str, kind: str, reason: str) -> object:
        """Ask for a change; raise `TallystickError` where it cannot be."""

    def undo(self, act: Act, withdrawal_id: str) -> object:
        """Take a pending change back; raise `TallystickError` if it is too late."""

    def of(self, tenant_id: str, credential_id: str) -> Sequence[Withdrawal]:
        """Name the changes of a credential, the newest first."""


@dataclass(frozen=True)
class ConsoleServices:
    """Everything that the console is given.

    `prepare` does what precedes signing and returns warnings; `preview` makes the report that a
    verifier would make of a credential as requested, with a key that is thrown away; `start_job`
    lets a job run; `reissue` corrects a credential: with the act, its record and the new request.
    `setup_code` opens the set-up as long as there is nobody.
    """

    store: Store
    now: Callable[[], datetime]
    register: Callable[[], Register]
    prepare: Callable[[Tenant, JsonObject], tuple[Finding, ...]]
    preview: Callable[[Tenant, JsonObject], JsonObject]
    keys: Keys
    withdrawals: Withdrawals
    start_job: Callable[[Act, str], None]
    reissue: Callable[[Act, CredentialRecord, JsonObject], CredentialRecord]
    setup_code: str
    passwords: Passwords = field(default_factory=Passwords)
    address: str | None = None
    """Where the service is reached from outside, if the operator said so (https://…)."""
