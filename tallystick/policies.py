"""Recognition policies in use: opening those that adopters signed whom the reader believes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time

from credentials.errors import MalformedValueError, ParsingError, VerificationError
from credentials.json_types import JsonObject, as_list
from credentials.strict_json import parse_json
from credentials.timestamps import parse_timestamp
from frameworks.evidence import Recognition
from frameworks.registers import Registers
from recognition.checking import recognitions_of
from recognition.policies.credential import AdoptedPolicy, read_policy_credential
from tallystick.adopters import Adopters
from verifier.checks.world import World
from verifier.verifier import Verifier

POLICY_SUITE = "eddsa-jcs-2022"
"""The suite of policies: like that of registers, it signs the text as it is."""


def _given(data: bytes) -> JsonObject:
    """Read a policy as it was given; a token has no proofs inside, so it counts as empty."""
    try:
        value = parse_json(data)
    except ParsingError:
        return {}
    return value if isinstance(value, dict) else {}


def open_policy(data: bytes, *, world: World, adopters: Adopters) -> AdoptedPolicy:
    """Open a signed policy that the reader may rely on, or raise.

    Obligations: 1. it is a credential that verifies as a whole; 2. it is signed with the suite of
    policies; 3. the reader believes its signer; 4. it is a sound policy of that adopter.

    Raises `VerificationError` (1 to 3; POLICY_SUITE, POLICY_SIGNER_NOT_BELIEVED) and
    `RecognitionError` (4).
    """
    # 1.
    own_world = replace(world, trust=None, registers=None, expected_recipient=None)
    verified = Verifier(own_world).verify(data)
    # 2.
    suites = [proof.get("cryptosuite") for proof in as_list(_given(data).get("proof"))]
    if POLICY_SUITE not in suites:
        text = f"A recognition policy is signed with {POLICY_SUITE}."
        raise VerificationError(text, code="POLICY_SUITE", pointer="/proof")
    # 3.
    if verified.issuer not in adopters.ids:
        raise VerificationError(
            f"This policy is signed by {verified.issuer}, whom your trust file does not name as "
            "an adopter of policies.",
            code="POLICY_SIGNER_NOT_BELIEVED",
            pointer="/issuer",
        )
    # 4.
    return read_policy_credential(verified.document)


def open_policy_ahead(data: bytes, *, world: World, adopters: Adopters) -> AdoptedPolicy:
    """Open a signed policy that is handed in before it begins, as of the moment when it does.

    What the document says of that moment decides nothing but as of when everything else is checked.
    """
    try:
        begins = parse_timestamp(_given(data).get("validFrom"))
    except MalformedValueError:
        begins = world.now
    then = replace(world, now=max(world.now, begins))
    return open_policy(data, world=then, adopters=adopters)


def open_policy_then(world: World, adopters: Adopters) -> Callable[[bytes, date], AdoptedPolicy]:
    """Open policies as of an earlier day: one that ended since was in force when it was applied."""

    def open_then(data: bytes, day: date) -> AdoptedPolicy:
        last = datetime.combine(day, time(23, 59, 59), UTC)
        then = replace(world.inner(), now=min(world.now, last))
        return open_policy(data, world=then, adopters=adopters)

    return open_then


def recognitions_by(
    adopters: Adopters, registers: Registers
) -> Callable[[JsonObject, World], tuple[Recognition, ...]]:
    """Build the reader of decisions for a verification: those under believed policies count."""

    def read(document: JsonObject, world: World) -> tuple[Recognition, ...]:
        return recognitions_of(document, open_policy_then(world, adopters), registers)

    return read
