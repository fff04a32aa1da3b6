"""What the register and its oversight read in the payload of a decision.

A payload is a JSON object as RFC 8785 bytes.  Members that are absent, or null, do not apply.
Whoever decides may write more; what is not named here is kept and not read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeVar

from credentials.errors import CredentialError
from credentials.jcs import canonicalize
from credentials.json_types import JsonObject, JsonValue
from credentials.limits import Limits
from credentials.strict_json import parse_json
from frameworks.amounts import parse_amount
from frameworks.errors import FrameworkError
from recognition.errors import RecognitionError

OUTCOMES = ("GRANT", "REFUSE", "REFER")
"""What a decision can come to."""

CLASSES = ("automatic", "precedent", "assessor")
"""Who decided: the policy alone, an earlier decision, or a person."""

SOURCE_CLASSES = ("formal", "rpl", "non-credit")
"""What kind of learning a source stands for."""

DOCUMENT_BYTES = 1_048_576
"""Largest payload, and largest inputs, of one decision."""

DOCUMENT_VALUES = 50_000
"""Most JSON values in either; the inputs name every fact of every lot."""

LIMITS = Limits(document_bytes=DOCUMENT_BYTES, values=DOCUMENT_VALUES)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Measure:
    """An amount with what it is counted in: a unit of credit, or a currency."""

    amount: Fraction
    unit: str


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a framework."""

    framework: str
    code: str


@dataclass(frozen=True, slots=True)
class Source:
    """One piece of learning that a decision is about."""

    digest: str
    issuer: str
    achievement: str | None
    version: str | None
    source_class: str
    field: str | None
    level: Level | None
    credits: Measure | None
    hours: Fraction | None
    cost: Measure | None
    subsidy: Measure | None


@dataclass(frozen=True, slots=True)
class Assessor:
    """The person who decided, and what the policy alone would have said if that was otherwise."""

    id: str
    second_reader: str | None
    overridden: str | None


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy that was applied."""

    id: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class DecisionPayload:
    """A decision as the register and its oversight see it."""

    decided_on: date
    outcome: str
    decision_class: str
    policy: Policy
    applicant: str | None
    sources: tuple[Source, ...]
    credits: Measure | None
    """What the sources were taken to be worth together, before anything was converted."""

    component: str
    target_level: Level | None
    granted: Measure | None
    granted_level: Level | None
    reasons: tuple[str, ...]
    assessor: Assessor | None
    precedent: str | None
    allowed_as_precedent: bool
    valid_until: date | None


def read_object(data: bytes, what: str) -> JsonObject:
    """Read one JSON object that is written as RFC 8785 says, byte for byte.

    Raises `RecognitionError` (NOT_CANONICAL) for anything else; `what` names it to people.
    """
    try:
        document = parse_json(data, LIMITS)
        if isinstance(document, dict) and canonicalize(document) == data:
            return document
    except CredentialError as error:
        raise RecognitionError(
            f"The {what} cannot be read. {error.message}", code="NOT_CANONICAL"
        ) from error
    raise RecognitionError(
        f"The {what} is not one JSON object in the form of RFC 8785, so its digest would depend on "
        "who writes it. Write it with the canonicalization that signs it.",
        code="NOT_CANONICAL",
    )


def read_payload(data: bytes) -> DecisionPayload:
    """Read the payload of a decision.

    Raises `RecognitionError` (NOT_CANONICAL, PAYLOAD_MALFORMED); the latter with the place.
    """
    members = _Members(read_object(data, "payload of the decision"), "")
    target = members.within("target")
    granted = members.optional_within("granted")
    return DecisionPayload(
        decided_on=members.read("decidedOn", _day),
        outcome=members.read("outcome", _one_of(OUTCOMES)),
        decision_class=members.read("class", _one_of(CLASSES)),
        policy=_policy(members.within("policy")),
        applicant=members.optional("applicant", _text),
        sources=tuple(_source(source) for source in members.each("sources")),
        credits=_credits(members.optional_within("facts")),
        component=target.read("component", _text),
        target_level=_level(target.optional_within("level")),
        granted=_measure(granted, "unit"),
        granted_level=_level(granted.optional_within("level")) if granted else None,
        reasons=tuple(members.optional("reasons", _texts) or ()),
        assessor=_assessor(members),
        precedent=members.optional("precedent", _text),
        allowed_as_precedent=members.optional("allowedAsPrecedent", _truth) or False,
        valid_until=members.optional("validUntil", _day),
    )


class _Members:
    """The members of an object at its place, read one by one."""

    def __init__(self, members: JsonValue, pointer: str) -> None:
        if not isinstance(members, dict):
            raise _malformed(pointer, "it is not an object")
        self._members: JsonObject = members
        self._pointer = pointer

    def read(self, name: str, reader: Callable[[JsonValue], T]) -> T:
        """Read a member that must be there."""
        try:
            return reader(self._members.get(name))
        except (ValueError, FrameworkError) as error:
            why = str(error) if name in self._members else "it is missing"
            raise _malformed(f"{self._pointer}/{name}", why) from error

    def optional(self, name: str, reader: Callable[[JsonValue], T]) -> T | None:
        """Read a member that may be absent or null."""
        return None if self._members.get(name) is None else self.read(name, reader)

    def within(self, name: str) -> _Members:
        """Open an object that must be there."""
        return _Members(self._members.get(name), f"{self._pointer}/{name}")

    def optional_within(self, name: str) -> _Members | None:
        """Open an object that may be absent or null."""
        return None if self._members.get(name) is None else self.within(name)

    def each(self, name: str) -> list[_Members]:
        """Open every object of a list that has at least one."""
        items, place = self._members.get(name), f"{self._pointer}/{name}"
        if not isinstance(items, list) or not items:
            raise _malformed(place, "it is not a list with at least one entry")
        return [_Members(item, f"{place}/{index}") for index, item in enumerate(items)]


def _policy(members: _Members) -> Policy:
    return Policy(*(members.read(name, _text) for name in ("id", "version", "digest")))


def _source(members: _Members) -> Source:
    return Source(
        digest=members.read("digest", _text),
        issuer=members.read("issuer", _text),
        achievement=members.optional("achievement", _text),
        version=members.optional("version", _text),
        source_class=members.read("sourceClass", _one_of(SOURCE_CLASSES)),
        field=members.optional("field", _text),
        level=_level(members.optional_within("level")),
        credits=_measure(members.optional_within("credits"), "unit"),
        hours=members.optional("hours", parse_amount),
        cost=_measure(members.optional_within("cost"), "currency"),
        subsidy=_measure(members.optional_within("subsidy"), "currency"),
    )


def _credits(facts: _Members | None) -> Measure | None:
    established = None if facts is None else facts.optional_within("credits")
    return None if established is None else _measure(established.within("value"), "unit")


def _assessor(members: _Members) -> Assessor | None:
    assessor = members.optional_within("assessor")
    if assessor is None:
        return None
    overrides = members.optional_within("overrides")
    return Assessor(
        id=assessor.read("id", _text),
        second_reader=assessor.optional("secondReader", _text),
        overridden=overrides.read("outcome", _one_of(OUTCOMES)) if overrides else None,
    )


def _level(members: _Members | None) -> Level | None:
    if members is None:
        return None
    return Level(members.read("framework", _text), members.read("code", _text))


def _measure(members: _Members | None, unit: str) -> Measure | None:
    if members is None:
        return None
    return Measure(members.read("amount", parse_amount), members.read(unit, _text))


def _text(value: JsonValue) -> str:
    if isinstance(value, str) and value:
        return value
    raise ValueError("it is not a text, or empty")


def _texts(value: JsonValue) -> list[str]:
    if isinstance(value, list):
        return [_text(item) for item in value]
    raise ValueError("it is not a list of texts")


def _truth(value: JsonValue) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("it is neither true nor false")


def _day(value: JsonValue) -> date:
    text = _text(value)
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError("it is not a day of the form 2026-01-31")
    return day


def _one_of(choices: tuple[str, ...]) -> Callable[[JsonValue], str]:
    def read(value: JsonValue) -> str:
        if value in choices:
            return str(value)
        raise ValueError(f"it is none of {', '.join(choices)}")

    return read


def _malformed(pointer: str, why: str) -> RecognitionError:
    return RecognitionError(
        f"The payload of the decision cannot be read at {pointer or 'its root'}: {why}.",
        code="PAYLOAD_MALFORMED",
        pointer=pointer,
    )
