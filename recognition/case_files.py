"""The files in which registrars describe a case: the receiving component, facts, a ruling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

import schemas
from credentials.json_types import pointer_to
from frameworks.errors import FrameworkError
from frameworks.toml_text import TomlError, read_toml
from recognition.deciding.case import LearningOutcome, Ruling, Target
from recognition.deciding.facts import Established, read_facts
from recognition.deciding.inputs import read_ruling, read_target
from recognition.errors import RecognitionError

FILE_CHARACTERS = 131_072
"""Longest text that is read as such a file."""


@dataclass(frozen=True, slots=True)
class StatedFacts:
    """Facts that named persons established, and whom they are about, if that is stated."""

    facts: Mapping[str, Established] = field(default_factory=dict)
    applicant: str | None = None


@dataclass(frozen=True, slots=True)
class WantedOutcomes:
    """The outcomes of a receiving component, with the language of their texts if it is stated."""

    component: str
    outcomes: tuple[LearningOutcome, ...]
    language: str | None = None


def read_target_file(toml_text: str) -> Target:
    """Read the receiving component; raise `RecognitionError` (CASE_MALFORMED)."""
    members = _members("target", toml_text)
    try:
        return read_target(members)
    except FrameworkError as fault:
        raise _malformed("target", fault.message.rstrip("."), "") from fault


def read_wanted_outcomes(toml_text: str) -> WantedOutcomes:
    """Read the outcomes of the receiving component, and their language, from the same file.

    The language is no part of the component: nothing is decided by it.  Raises `RecognitionError`
    (CASE_MALFORMED).
    """
    target = read_target_file(toml_text)
    language = _members("target", toml_text).get("language")
    return WantedOutcomes(target.component, target.outcomes, language)


def read_facts_file(toml_text: str) -> StatedFacts:
    """Read stated facts; raise `RecognitionError` (CASE_MALFORMED, FACT_MALFORMED)."""
    members = _members("facts", toml_text)
    facts: dict[str, Established] = {}
    for position, row in enumerate(members.get("facts", ())):
        if row["name"] in facts:
            why = f"the fact {row['name']} is stated twice"
            raise _malformed("facts", why, f"/facts/{position}")
        facts[row["name"]] = Established(row["value"], row["established_by"])
    read_facts({name: one.value for name, one in facts.items()})
    return StatedFacts(facts, members.get("applicant"))


def read_ruling_file(toml_text: str) -> Ruling:
    """Read what an assessor ruled; raise `RecognitionError` (CASE_MALFORMED)."""
    members = _members("ruling", toml_text)
    try:
        return read_ruling(members)
    except FrameworkError as fault:
        raise _malformed("ruling", fault.message.rstrip("."), "") from fault


@cache
def _validator(kind: str) -> Draft202012Validator:
    schema = schemas.json_schema("recognition-case")
    return Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]})


def _members(kind: str, text: str) -> dict[str, Any]:
    if len(text) > FILE_CHARACTERS:
        raise _malformed(kind, f"it has more than {FILE_CHARACTERS} characters", "")
    try:
        members = read_toml(text)
    except TomlError as error:
        raise _malformed(kind, error.message.rstrip("."), "") from error
    fault = best_match(_validator(kind).iter_errors(members))
    if fault is not None:
        raise _malformed(kind, fault.message[:300], pointer_to(fault.absolute_path))
    return members


def _malformed(kind: str, why: str, pointer: str) -> RecognitionError:
    text = f"The file about the {kind} cannot be used: {why}."
    return RecognitionError(text, code="CASE_MALFORMED", pointer=pointer)
