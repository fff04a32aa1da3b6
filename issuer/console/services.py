"""What the console works with: the store, and what the composition root gives it.

The console holds no key and opens no connection; whatever needs one is asked for by a callable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from credentials.findings import Finding
from credentials.json_types import JsonObject
from frameworks.register import Register
from issuer.claims import ClaimDesk
from issuer.issuing.exactly_once import Workshop
from issuer.issuing.signing import check_request
from issuer.store import Act, Store, Tenant
from service.sign_in.openid import OpenIdClient
from service.sign_in.passkeys import RelyingParty
from service.sign_in.passwords import Passwords


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


@dataclass(frozen=True)
class ConsoleServices:
    """Everything that the console is given.

    `shop` is what issuing needs, and has the store and the clock; `register_for` chooses the
    register for a framework, and for "" the one whose frameworks are offered; `preview` makes the
    report that a verifier would make of a credential as requested, with a key that is thrown away;
    `setup_code` opens the set-up as long as there is nobody.  Workers find jobs that run.
    """

    shop: Workshop
    register_for: Callable[[str], Register]
    preview: Callable[[Tenant, JsonObject], JsonObject]
    keys: Keys
    setup_code: str
    desk_of: Callable[[Tenant, str], ClaimDesk]
    """Finds what makes claims of an institution's credentials; the text is the address by which
    the console is looked at, to which links lead where the institution has no other one."""

    sends_mail: bool = False
    """Whether there is a mail server, so that learners can be sent letters."""

    verify_at: str | None = None
    """Where anybody can check a credential, if the operator said so."""

    passwords: Passwords = field(default_factory=Passwords)
    address: str | None = None
    """Where the service is reached from outside, if the operator said so (https://…)."""

    relying_party: RelyingParty | None = None
    """Who asks for passkeys; without a public address nobody does."""

    providers: Mapping[str, OpenIdClient] = field(default_factory=dict)
    """Where people may sign in with an account of theirs, by name."""

    @property
    def store(self) -> Store:
        """What is kept."""
        return self.shop.store

    @property
    def now(self) -> Callable[[], datetime]:
        """The clock."""
        return self.shop.now

    def prepare(self, tenant: Tenant, asked: JsonObject) -> tuple[Finding, ...]:
        """Do what precedes signing; return warnings, raise `TallystickError` if it must not be."""
        return check_request(tenant, asked, self.shop.signing_of, self.now())
