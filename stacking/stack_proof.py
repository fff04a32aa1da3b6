"""The stack proof: a plan with everything that is needed to recompute it from the credentials.

It holds the rule itself, the lots by digest, how each is used, every constraint with its sum, the
registers and the day.  Canonical JSON (RFC 8785): the same plan gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

import schemas
from credentials.errors import CredentialError
from credentials.jcs import canonicalize
from credentials.json_types import JsonObject, pointer_to
from credentials.limits import Limits
from credentials.strict_json import parse_json
from frameworks.amounts import parse_amount
from frameworks.dates import parse_date
from frameworks.errors import FrameworkError
from frameworks.registers import Source
from stacking.award_rules import AwardRule, MinOnScale
from stacking.errors import StackingError
from stacking.lots import LedgerEntry, Lot
from stacking.measures import Use
from stacking.plan_json import excluded_json, ledger_json, lot_json, result_json
from stacking.planning import Outcome, StackPlan
from stacking.rule_reading import read_award_rule

FORMAT = "tallystick-stack-proof/1"

PROOF_LIMITS = Limits(values=10_000)
"""A proof tells several facts of every lot, so it has more values than a credential."""


@dataclass(frozen=True, slots=True)
class PlanningContext:
    """What a plan was made from besides rule and lots: registers, method, ledger, day, subject."""

    sources: tuple[Source, ...]
    planned_on: date
    method: str | None = None
    ledger: tuple[LedgerEntry, ...] = ()
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class StackProof:
    """A stack proof that was read, and is not verified by that."""

    members: JsonObject
    rule: AwardRule

    @property
    def planned_on(self) -> date:
        """The day as of which registers were asked."""
        return parse_date(self.members["plannedOn"])

    @property
    def use(self) -> Use:
        """How the lots are used."""
        stated: Mapping[str, str] = self.members["use"]
        return {name: _part(text) for name, text in stated.items()}

    @property
    def ledger(self) -> tuple[LedgerEntry, ...]:
        """The earlier uses that were heeded."""
        return tuple(
            LedgerEntry(
                one["award"], one["spent"], one.get("lot"), one.get("digest"), one.get("family")
            )
            for one in self.members.get("ledger", ())
        )

    @property
    def digests(self) -> tuple[str, ...]:
        """The credentials that the lots come from, each once."""
        return tuple(dict.fromkeys(lot["digest"] for lot in self.members["lots"]))

    @property
    def contained(self) -> frozenset[str]:
        """Everything that the lots were made of, by digest."""
        return frozenset(
            digest
            for lot in self.members["lots"]
            for digest in (lot["digest"], *lot.get("contains", ()))
        )

    @property
    def data(self) -> bytes:
        """The proof in canonical form."""
        return canonicalize(self.members)


def _part(text: str) -> Fraction | None:
    return None if text == "whole" else parse_amount(text)


def write_proof(
    found: StackPlan, lots: tuple[Lot, ...], rule: Mapping[str, Any], context: PlanningContext
) -> StackProof:
    """Write the proof of a plan over `lots` under a rule (its parsed form)."""
    asks_for_assurance = any(
        isinstance(one, MinOnScale) and one.what == "assurance" for one in found.rule.filters
    )
    members: JsonObject = {
        "format": FORMAT,
        "subject": context.subject,
        "plannedOn": context.planned_on.isoformat(),
        "rule": dict(rule),
        "ruleDigest": rule_digest(rule),
        "registers": [source.to_json() for source in context.sources],
        "method": context.method,
        "lots": [_lot(lot, asks_for_assurance=asks_for_assurance) for lot in lots],
        "ledger": [ledger_json(entry) for entry in context.ledger],
        **result_json(found),
        "excluded": excluded_json(found),
        "outcome": found.outcome.value,
        "awardLevel": found.award_level,
        # An award that was found is one, however far the search went.
        "exhaustive": None if found.outcome is Outcome.AWARD else found.is_exhaustive,
    }
    kept = {name: value for name, value in members.items() if value not in (None, [])}
    kept.setdefault("lots", [])
    return StackProof(kept, found.rule)


def _lot(lot: Lot, *, asks_for_assurance: bool) -> JsonObject:
    """Write a lot; its assurance, which changes with time, only where the rule asks for it."""
    members = lot_json(lot)
    if not asks_for_assurance:
        members.pop("assurance", None)
    return members


def rule_digest(rule: Mapping[str, Any]) -> str:
    """Compute the digest of a rule: SHA-256 over its canonical JSON (RFC 8785)."""
    return f"sha256:{hashlib.sha256(canonicalize(dict(rule))).hexdigest()}"


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schemas.json_schema("stack-proof"))


def read_proof(data: bytes) -> StackProof:
    """Read a stack proof.

    Obligations: 1. it is strict JSON of the form of a proof; 2. the rule in it is a rule, and the
    digest is that of this rule; 3. its amounts and days can be read.  Raises `StackingError`
    (PROOF_MALFORMED, RULE_MALFORMED).
    """
    # 1.
    try:
        members = parse_json(data, PROOF_LIMITS)
    except CredentialError as error:
        raise _malformed(error.message.rstrip("."), error.pointer) from error
    fault = best_match(_validator().iter_errors(members))
    if fault is not None:
        raise _malformed("this part is not of the form of a proof", pointer_to(fault.absolute_path))
    # 2.
    rule = read_award_rule(members["rule"])
    if members["ruleDigest"] != rule_digest(members["rule"]):
        raise _malformed("the digest is not that of the rule in it", "/ruleDigest")
    # 3.
    proof = StackProof(members, rule)
    try:
        _ = proof.planned_on, proof.use
    except FrameworkError as error:
        raise _malformed(error.message.rstrip("."), "") from error
    return proof


def _malformed(why: str, pointer: str) -> StackingError:
    text = f"The stack proof cannot be read: {why}."
    return StackingError(text, code="PROOF_MALFORMED", pointer=pointer)
