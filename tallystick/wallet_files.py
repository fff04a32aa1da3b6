"""Credentials from files as a wallet: verified, read as lots, and every one accounted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from credentials.baking.images import credential_in
from credentials.errors import ParsingError, VerificationError
from credentials.json_types import JsonObject
from credentials.linked_data.embedded import is_envelope
from credentials.strict_json import parse_json
from credentials.verified import VerifiedCredential, subject_of
from frameworks.registers import Registers
from stacking import AwardRule
from stacking.credential_lots import lots_of
from stacking.lots import Lot, NotALot
from stacking.plan_names import issuer_name, name_of
from tallystick.files import read_input
from verifier.checks.world import World
from verifier.verifier import Verifier


@dataclass(frozen=True, slots=True)
class Wallet:
    """The credentials that verify, their lots, and what was left out, with the reason.

    `received` are the same credentials with their proofs, by digest, as far as they came as JSON
    and not as tokens.  The names, by id, are those
    that credentials and their issuers give to themselves.
    """

    credentials: tuple[VerifiedCredential, ...]
    received: Mapping[str, JsonObject]
    lots: tuple[Lot, ...]
    left_out: tuple[NotALot, ...]
    subject: str | None
    lot_names: Mapping[str, str]
    issuer_names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Received:
    """A credential that verifies, as it came, with its proofs if they are inside."""

    file: str
    document: JsonObject
    credential: VerifiedCredential


def read_wallet(
    files: Sequence[str], world: World, rule: AwardRule, registers: Registers
) -> Wallet:
    """Verify the credentials and read their lots; all must be about one learner.

    That is whom the verifier was told to expect, or else whom the first credential names by an id.
    """
    received, left_out = _verified(files, world)
    is_expected = world.expected_recipient is not None
    day = world.now.date()
    return wallet_of(received, left_out, rule, registers, day, is_expected=is_expected)


def wallet_of(
    received: Sequence[Received],
    refused: Sequence[NotALot],
    rule: AwardRule,
    registers: Registers,
    day: date,
    *,
    learner: str | None = None,
    is_expected: bool = False,
) -> Wallet:
    """Read the lots of credentials that verify; `refused` are those that do not.

    All must be about `learner`, or else about whom the first one names; `is_expected` says that
    whoever verified them has seen to that.
    """
    stated = filter(None, (subject_of(one.credential) for one in received))
    subject = learner or next(stated, None)
    left_out, lots, names = list(refused), list[Lot](), dict[str, str]()
    for one in received:
        if not is_expected and subject_of(one.credential) is None:
            left_out.append(NotALot(one.file, "SUBJECT_UNKNOWN"))
            continue
        expected = None if is_expected else subject
        found, without = lots_of(
            one.credential, rule, registers, as_of=day, expected_subject=expected
        )
        lots += found
        left_out += without
        for name in (*(lot.id for lot in found), *(item.credential for item in without)):
            names.setdefault(name, name_of(one.credential))
    return Wallet(
        credentials=_each_once(received),
        received={one.credential.digest: one.document for one in received if one.document},
        lots=tuple(lots),
        left_out=tuple(left_out),
        subject=subject,
        lot_names=names,
        issuer_names=_issuer_names(received),
    )


def _each_once(received: Sequence[Received]) -> tuple[VerifiedCredential, ...]:
    """Take each credential once, as it came first."""
    credentials = {one.credential.digest: one.credential for one in reversed(received)}
    return tuple(reversed(credentials.values()))


def _verified(files: Sequence[str], world: World) -> tuple[list[Received], list[NotALot]]:
    received: list[Received] = []
    left_out: list[NotALot] = []
    for file in files:
        data = read_input(file)
        try:
            credential = Verifier(world).verify(data)
        except VerificationError as error:
            left_out.append(NotALot(file, error.code))
        else:
            received.append(Received(file, _with_proofs(credential_in(data)), credential))
    return received, left_out


def _with_proofs(data: bytes) -> JsonObject:
    """Read a credential with its proofs; empty if it came as a token, which has none inside."""
    try:
        value = parse_json(data)
    except ParsingError:
        return {}
    return value if isinstance(value, dict) and not is_envelope(value) else {}


def _issuer_names(received: Sequence[Received]) -> dict[str, str]:
    """Name each issuer as its first credential does."""
    return {one.credential.issuer: issuer_name(one.credential) for one in reversed(received)}
