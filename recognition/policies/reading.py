"""Reading a policy from TOML: its form, its values, and whether it contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

import schemas
from credentials.digests import digest_multibase
from credentials.json_types import pointer_to, walk
from frameworks.amounts import parse_amount
from frameworks.cases.parsing import optional_amount, optional_date
from frameworks.dates import parse_date
from frameworks.errors import FrameworkError
from frameworks.scope import LevelScope
from frameworks.toml_text import TomlError, read_toml
from recognition.errors import RecognitionError
from recognition.policies.policy import (
    AcceptedRegister,
    Adoption,
    Appeal,
    CapRule,
    Mandate,
    Policy,
    PrecedentRule,
    Recognition,
    Sampling,
    Scope,
    SecondReader,
    SourceClass,
)
from recognition.policies.rules import (
    Contradiction,
    contradictions,
    frameworks_of,
    read_rules,
)

POLICY_CHARACTERS = 131_072
"""Longest text that is read as a policy."""

POLICIES_REMEMBERED = 64
"""How many policies are kept read; thousands of decisions are replayed by the same few."""


@lru_cache(POLICIES_REMEMBERED)
def read_policy(toml_text: str) -> Policy:
    """Read a policy.

    Raises `RecognitionError` (POLICY_MALFORMED, POLICY_CONTRADICTORY) with the place of what is
    wrong.
    """
    if len(toml_text) > POLICY_CHARACTERS:
        raise _malformed(f"it has more than {POLICY_CHARACTERS} characters", "")
    try:
        members = read_toml(toml_text)
    except TomlError as error:
        raise _malformed(error.message.rstrip("."), "") from error
    fault = best_match(_validator().iter_errors(members))
    if fault is not None:
        raise _malformed(fault.message[:300], pointer_to(fault.absolute_path))
    for pointer, value in walk(members):
        # To a JSON Schema 5.0 is an integer; a float has no place in a policy.
        if isinstance(value, float):
            raise _malformed("numbers in it are whole, and written so", pointer)
    try:
        policy = _policy(members, toml_text)
    except FrameworkError as error:
        raise _malformed(error.message.rstrip("."), error.pointer) from error
    for place, why in (*contradictions(policy.rules), *_contradictions(policy)):
        raise _contradictory(why, place)
    return policy


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schemas.json_schema("recognition-policy"))


def _policy(members: Mapping[str, Any], text: str) -> Policy:
    appeal, accepts = members["appeal"], members["accepts"]
    return Policy(
        id=members["id"],
        version=members["version"],
        title=members["title"],
        text=text,
        digest=digest_multibase(text.encode("utf-8")),
        review=parse_date(members["review"]),
        adoption=_adoption(members["adoption"]),
        mandate=_mandate(members["mandate"]),
        scope=_scope(members["scope"]),
        frameworks=tuple(accepts["frameworks"]),
        registers=tuple(AcceptedRegister(**row) for row in accepts["registers"]),
        unit=members["unit"],
        method=members.get("method"),
        rules=read_rules(members),
        caps=tuple(map(_cap, members.get("caps", ()))),
        precedents=_precedents(members["precedents"]),
        sampling=Sampling(parse_amount(members["sampling"]["rate"]), members["sampling"]["body"]),
        appeal=Appeal(appeal["days"], appeal["body"]),
        note=members.get("note", ""),
    )


def _adoption(row: Mapping[str, Any]) -> Adoption:
    adopted_on = optional_date(row.get("adopted_on"))
    return Adoption(row["body"], row["id"], row["resolution"], adopted_on)


def _mandate(row: Mapping[str, Any]) -> Mandate:
    return Mandate(row["office"], tuple(row["ids"]), SecondReader(row["second_reader"]))


def _scope(row: Mapping[str, Any]) -> Scope:
    levels = row.get("levels")
    return Scope(
        source_classes=frozenset(map(SourceClass, row["source_classes"])),
        recognitions=frozenset(map(Recognition, row["recognitions"])),
        programmes=tuple(row.get("programmes", ())),
        fields=tuple(row.get("fields", ())),
        levels=levels and LevelScope(levels["framework"], levels.get("min"), levels.get("max")),
    )


def _cap(row: Mapping[str, Any]) -> CapRule:
    return CapRule(
        id=row["id"],
        source_classes=frozenset(map(SourceClass, row["source_class"])),
        amount=optional_amount(row.get("amount")),
        share=optional_amount(row.get("share")),
        partial=row["partial"],
    )


def _precedents(row: Mapping[str, Any]) -> PrecedentRule:
    return PrecedentRule(row["allowed"], row.get("years", 0), row.get("bind_policy_version", False))


def _contradictions(policy: Policy) -> Iterator[Contradiction]:
    """Find what the parts of a policy around its rules say against each other."""
    first, last = policy.rules.first_day, policy.rules.last_day
    if not first <= policy.review or (last is not None and policy.review > last):
        yield "/review", "the policy is reviewed while it is in force, not before or after"
    adopted = policy.adoption.adopted_on
    if adopted is not None and adopted > first:
        yield "/adoption/adopted_on", "the policy begins before it was adopted"
    if policy.precedents.is_allowed is (policy.precedents.years == 0):
        yield "/precedents/years", "precedents hold for some years exactly if they are allowed"
    if policy.sampling.rate > 1:
        yield "/sampling/rate", "a share is at most 1"
    levels = policy.scope.levels
    read = frameworks_of(policy.rules) | ({levels.framework} if levels else frozenset())
    for framework in sorted(read - set(policy.frameworks)):
        yield "/accepts/frameworks", f"levels are read in {framework}, which is not accepted"
    yield from _cap_contradictions(policy)


def _cap_contradictions(policy: Policy) -> Iterator[Contradiction]:
    seen: set[str] = set()
    for position, cap in enumerate(policy.caps):
        if cap.id in seen:
            yield f"/caps/{position}/id", f"two caps have the id {cap.id}"
        seen.add(cap.id)
        if cap.share is not None and cap.share > 1:
            yield f"/caps/{position}/share", f"{cap.id}: a share is at most 1"
        if not cap.source_classes & policy.scope.source_classes:
            yield f"/caps/{position}/source_class", f"{cap.id}: no such source is in scope"


def _malformed(why: str, pointer: str) -> RecognitionError:
    text = f"The policy cannot be used: {why}."
    return RecognitionError(text, code="POLICY_MALFORMED", pointer=pointer)


def _contradictory(why: str, pointer: str) -> RecognitionError:
    text = f"The policy contradicts itself: {why}."
    return RecognitionError(text, code="POLICY_CONTRADICTORY", pointer=pointer)
