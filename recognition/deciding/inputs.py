"""The inputs of a decision: everything that it rests on, as one object that can be kept.

The policy and what registers say stand in it by value, so that whoever has the bytes can decide
again, years later and without any register.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from credentials.errors import CredentialError
from credentials.jcs import canonicalize
from credentials.level_credit.costs import Price
from credentials.limits import Limits
from credentials.strict_json import parse_json
from frameworks.amounts import canonical, parse_amount
from frameworks.cases import parsing
from frameworks.conversions import Conversion
from frameworks.dates import parse_date
from frameworks.errors import FrameworkError
from recognition.deciding.case import LearningOutcome, Ruling, Source, Target
from recognition.deciding.facts import Established, read_price, told_fact
from recognition.deciding.judging import Outcome
from recognition.deciding.precedents import Precedent
from recognition.deciding.question import Amount, Said
from recognition.deciding.said_json import told_conversion, told_said
from recognition.deciding.shapes import INPUTS, has_shape
from recognition.errors import RecognitionError
from recognition.policies.policy import Recognition, SourceClass

FORMAT = "tallystick-decision-inputs/1"

INPUT_LIMITS = Limits(values=20_000)
"""Inputs carry ladders and maps by value, and so more values than a credential."""


@dataclass(frozen=True, slots=True)
class RegisterUsed:
    """An edition of a register that a decision rests on; the digest of an unsigned one is empty."""

    id: str
    edition: str
    digest: str


@dataclass(frozen=True, slots=True)
class DecisionInputs:
    """Everything that a decision rests on; `conversions` are those that the registers have.

    `plan` is the stack proof of a block, as it is written.
    """

    policy_text: str
    day: date
    applicant: str | None
    sources: tuple[Source, ...]
    facts: Mapping[str, Established]
    target: Target
    said: Said
    conversions: tuple[Conversion, ...] = ()
    registers: tuple[RegisterUsed, ...] = ()
    precedents: tuple[Precedent, ...] = ()
    ruling: Ruling | None = None
    plan: str | None = None

    def to_bytes(self) -> bytes:
        """Write the inputs as canonical JSON (RFC 8785)."""
        return canonicalize(_told(self))

    @classmethod
    def from_bytes(cls, data: bytes) -> DecisionInputs:
        """Read inputs again; raise `RecognitionError` (INPUTS_MALFORMED) for anything else."""
        try:
            members = parse_json(data, INPUT_LIMITS)
            if not has_shape(members, INPUTS) or members["format"] != FORMAT:
                raise _malformed()
            return _read(members)
        # A word of no enumeration is a ValueError, a span of hours with one end an IndexError.
        except (CredentialError, FrameworkError, ValueError, IndexError) as error:
            raise _malformed() from error


def _malformed() -> RecognitionError:
    text = f"These are no inputs of a decision in the form {FORMAT}."
    return RecognitionError(text, code="INPUTS_MALFORMED")


def _present(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _told(inputs: DecisionInputs) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "policy": inputs.policy_text,
        "decidedOn": inputs.day.isoformat(),
        "applicant": inputs.applicant,
        "sources": [told_source(one) for one in inputs.sources],
        "facts": told_facts(inputs.facts),
        "target": _told_target(inputs.target),
        "said": told_said(inputs.said),
        "conversions": [told_conversion(one) for one in inputs.conversions],
        "registers": told_registers(inputs.registers),
        "precedents": [_told_precedent(one) for one in inputs.precedents],
        "ruling": None if inputs.ruling is None else _told_ruling(inputs.ruling),
        **({} if inputs.plan is None else {"plan": inputs.plan}),
    }


def told_facts(facts: Mapping[str, Established]) -> dict[str, Any]:
    """Write facts with who established each."""
    return {name: {"value": one.value, "establishedBy": one.by} for name, one in facts.items()}


def told_registers(registers: tuple[RegisterUsed, ...]) -> list[dict[str, Any]]:
    """Write the editions that were used, in order."""
    ordered = sorted(registers, key=lambda one: (one.id, one.edition, one.digest))
    return [{"id": one.id, "edition": one.edition, "digest": one.digest} for one in ordered]


def told_source(one: Source) -> dict[str, Any]:
    """Write a source; decisions from before told nothing of what is in it, nor do their inputs."""
    inside = {"contains": list(one.contains), "states": list(one.states)}
    return {
        "digest": one.digest,
        "id": one.id,
        "issuer": one.issuer,
        "achievement": one.achievement,
        "version": one.version,
        "sourceClass": one.source_class.value,
        "field": one.field,
        "level": told_fact(one.level),
        "credits": told_fact(one.credits),
        "hours": told_fact(one.hours),
        "cost": told_fact(one.cost),
        "subsidy": told_fact(one.subsidy),
        **{name: texts for name, texts in inside.items() if texts},
    }


def told_amount(amount: Amount | None) -> dict[str, Any] | None:
    """Write an amount in its unit."""
    return None if amount is None else {"amount": canonical(amount.amount), "unit": amount.unit}


def _told_target(target: Target) -> dict[str, Any]:
    return _present(
        {
            "component": target.component,
            "amount": canonical(target.amount.amount),
            "unit": target.amount.unit,
            "recognition": target.recognition.value,
            "level": told_fact(target.level),
            "field": target.field,
            "programme": target.programme,
            "programme_start": told_fact(target.programme_start),
            "size": told_fact(target.size),
            "used": {name: canonical(amount) for name, amount in target.used.items()},
            "outcomes": [{"uri": one.uri, "text": one.text} for one in target.outcomes],
        }
    )


def _told_precedent(one: Precedent) -> dict[str, Any]:
    return _present(
        {
            "id": one.id,
            "issuer": one.issuer,
            "achievement": one.achievement,
            "version": one.version,
            "policy_version": one.policy_version,
            "decided": one.decided.isoformat(),
            "allowed": one.is_allowed,
            "outcome": one.outcome.value,
            "granted": told_amount(one.granted),
            "valid_until": told_fact(one.valid_until),
            "superseded_by": one.superseded_by,
            "component": one.component,
            "level": told_fact(one.level),
        }
    )


def _told_ruling(one: Ruling) -> dict[str, Any]:
    return _present(
        {
            "assessor": one.assessor,
            "outcome": one.outcome.value,
            "reason": one.reason,
            "second_reader": one.second_reader,
            "amount": told_fact(one.amount),
            "substantial_differences": list(one.substantial_differences),
        }
    )


def _read(members: Mapping[str, Any]) -> DecisionInputs:
    said, ruling = members["said"], members["ruling"]
    return DecisionInputs(
        policy_text=members["policy"],
        day=parse_date(members["decidedOn"]),
        applicant=members["applicant"],
        sources=tuple(map(_read_source, members["sources"])),
        facts={
            name: Established(row["value"], row["establishedBy"])
            for name, row in members["facts"].items()
        },
        target=read_target(members["target"]),
        said=Said(
            units=parsing.units(said),
            ladders=parsing.ladders(said),
            maps=tuple(map(parsing.level_map, said["maps"])),
        ),
        conversions=tuple(map(parsing.conversion, members["conversions"])),
        registers=tuple(RegisterUsed(**row) for row in members["registers"]),
        precedents=tuple(map(read_precedent, members["precedents"])),
        ruling=None if ruling is None else read_ruling(ruling),
        plan=members.get("plan"),
    )


def _read_source(row: Mapping[str, Any]) -> Source:
    stated = row["credits"]
    return Source(
        digest=row["digest"],
        id=row["id"],
        issuer=row["issuer"],
        source_class=SourceClass(row["sourceClass"]),
        achievement=row["achievement"],
        version=row["version"],
        field=row["field"],
        level=parsing.level(row["level"]),
        credits=None if stated is None else parsing.credit(stated),
        hours=parsing.optional_amount(row["hours"]),
        cost=_read_price(row["cost"]),
        subsidy=_read_price(row["subsidy"]),
        contains=tuple(row.get("contains", ())),
        states=tuple(row.get("states", ())),
    )


def _read_price(row: Mapping[str, Any] | None) -> Price | None:
    return None if row is None else read_price(row)


def read_target(row: Mapping[str, Any]) -> Target:
    """Read the receiving component from members that satisfy the schema, or from inputs."""
    return Target(
        component=row["component"],
        amount=_read_amount(row),
        recognition=Recognition(row.get("recognition", "specified")),
        level=parsing.level(row.get("level")),
        field=row.get("field"),
        programme=row.get("programme"),
        programme_start=parsing.optional_date(row.get("programme_start")),
        size=parsing.optional_amount(row.get("size")),
        used={name: parse_amount(amount) for name, amount in row.get("used", {}).items()},
        outcomes=tuple(
            LearningOutcome(one["uri"], one.get("text", "")) for one in row.get("outcomes", ())
        ),
    )


def read_precedent(row: Mapping[str, Any]) -> Precedent:
    """Read an earlier decision."""
    granted = row.get("granted")
    return Precedent(
        id=row["id"],
        issuer=row["issuer"],
        achievement=row["achievement"],
        version=row["version"],
        policy_version=row["policy_version"],
        decided=parse_date(row["decided"]),
        is_allowed=row["allowed"],
        outcome=Outcome(row["outcome"]),
        granted=None if granted is None else _read_amount(granted),
        valid_until=parsing.optional_date(row.get("valid_until")),
        superseded_by=row.get("superseded_by"),
        component=row.get("component"),
        level=parsing.level(row.get("level")),
    )


def read_ruling(row: Mapping[str, Any]) -> Ruling:
    """Read what an assessor ruled."""
    return Ruling(
        assessor=row["assessor"],
        outcome=Outcome(row["outcome"]),
        reason=row["reason"],
        second_reader=row.get("second_reader"),
        amount=parsing.optional_amount(row.get("amount")),
        substantial_differences=tuple(row.get("substantial_differences", ())),
    )


def _read_amount(row: Mapping[str, Any]) -> Amount:
    return Amount(parse_amount(row["amount"]), row["unit"])
