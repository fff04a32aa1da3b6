"""Putting a verifier together: the world that it verifies in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import schemas
from keys.did import NoNetworkResolver, Resolver
from verifier.checks.world import RecognitionsOf, RegistersInUse, World

if TYPE_CHECKING:
    from frameworks.registers import Registers
    from tallystick.adopters import Adopters
    from verifier.status_memory import StatusMemory
    from verifier.trust import TrustList


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def verifying_world(
    *,
    at: datetime,
    resolver: Resolver | None = None,
    trust: TrustList | None = None,
    registers: Registers | RegistersInUse | None = None,
    adopters: Adopters | None = None,
    challenge: str | None = None,
    domain: str | None = None,
    recipient: str | None = None,
    takes_any_context: bool = False,
    unsafe_leaves_issuer_unbound: bool = False,
    known_since: datetime | None = None,
    accepts_undisclosed: bool = False,
    status_memory: StatusMemory | None = None,
) -> World:
    """Build the world of a verification; without a resolver nothing is looked up.

    `registers` may be a function, for those that are read when they are needed.  With
    `takes_any_context` a credential may use contexts of its own, and pinned ones for examples.
    """
    registers_in_use = _when_asked(registers)
    return World(
        now=at,
        resolver=resolver or NoNetworkResolver(),
        load_context=schemas.load_context,
        allowed_contexts=contexts(takes_any=takes_any_context),
        trust=trust,
        registers=registers_in_use,
        recognitions_of=_recognitions(adopters, registers_in_use),
        expected_challenge=challenge,
        expected_domain=domain,
        expected_recipient=recipient,
        allows_inline_contexts=takes_any_context,
        unsafe_leaves_issuer_unbound=unsafe_leaves_issuer_unbound,
        known_since=known_since,
        accepts_undisclosed=accepts_undisclosed,
        status_memory=status_memory,
    )


def contexts(*, takes_any: bool) -> frozenset[str]:
    """Name the contexts that may be used: those for credentials, or all that are pinned."""
    pinned = schemas.context_urls()
    return pinned | schemas.vector_context_urls() if takes_any else pinned


def _when_asked(registers: Registers | RegistersInUse | None) -> RegistersInUse | None:
    return registers if registers is None or callable(registers) else lambda: registers


def _recognitions(
    adopters: Adopters | None, registers: RegistersInUse | None
) -> RecognitionsOf | None:
    """Have decisions read, if the reader believes anybody to adopt policies for them."""
    if adopters is None or registers is None or not adopters.ids:
        return None
    from tallystick.policies import recognitions_by

    return recognitions_by(adopters, registers())
