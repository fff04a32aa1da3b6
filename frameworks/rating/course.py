"""A course as its developers describe it, read from TOML before anybody gives it a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

import schemas
from credentials.json_types import JsonObject, pointer_to
from credentials.level_credit.costs import Price, price_of
from credentials.urls import is_url
from frameworks.amounts import parse_amount
from frameworks.dates import parse_date
from frameworks.errors import FrameworkError
from frameworks.toml_text import TomlError, read_toml

COURSE_CHARACTERS = 65_536
"""Longest text that is read as a course."""

FAULTS_TOLD = 20
"""Most faults that one message lists."""

Fault = tuple[tuple[str | int, ...], str]
"""Where something is wrong, and what to say about it."""

MEMBER_CHARACTERS = 60
"""How much of an unknown member's name a message repeats."""


class CourseError(FrameworkError):
    """A text is not the description of a course."""

    code = "COURSE_MALFORMED"


@dataclass(frozen=True, slots=True)
class Party:
    """Who developed a course, or for which employer it was made."""

    name: str
    id: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """Who may award a course, by DID or URL."""

    id: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One learning outcome with the level that its developers claim for it."""

    text: str
    level: str
    hours: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of learning by kind; None means that nothing is said about a kind."""

    taught: Fraction | None = None
    directed: Fraction | None = None
    self_study: Fraction | None = None
    work_based: Fraction | None = None
    assessment: Fraction | None = None

    @property
    def total(self) -> Fraction | None:
        """The sum of all kinds, or None if no hours are stated."""
        kinds = (getattr(self, kind.name) for kind in fields(self))
        stated = [hours for hours in kinds if hours is not None]
        return sum(stated, Fraction(0)) if stated else None


@dataclass(frozen=True, slots=True)
class Assessment:
    """How the outcomes are assessed; None means not stated."""

    type: str
    description: str | None = None
    supervised: bool | None = None
    identity_verified: bool | None = None


@dataclass(frozen=True, slots=True)
class QualityAssurance:
    """What kind of quality assurance there is, and by whom."""

    type: str
    body: str | None = None


@dataclass(frozen=True, slots=True)
class DeclaredCredits:
    """The credits that developers claim; the unit is named by its id or its token."""

    amount: Fraction
    unit: str


@dataclass(frozen=True, slots=True)
class Course:
    """The description of a course; None, or nothing in a tuple, means not stated.

    `employer` is stated for a bespoke course; `sector` where a framework's bounds depend on it;
    `cost` is that of one place, whoever pays, and `subsidy` how much of it others pay.
    """

    id: str
    title: str
    framework: str
    sector: str | None = None
    developer: Party | None = None
    employer: Party | None = None
    providers: tuple[Provider, ...] = ()
    language: str | None = None
    field: str | None = None
    purpose: str | None = None
    need: str | None = None
    target_group: str | None = None
    prerequisites: str | None = None
    outcomes: tuple[Outcome, ...] = ()
    hours: Hours = Hours()
    assessments: tuple[Assessment, ...] = ()
    participation: str | None = None
    quality_assurance: QualityAssurance | None = None
    review: date | None = None
    grading: str | None = None
    stackability: str | None = None
    level: str | None = None
    credits: DeclaredCredits | None = None
    cost: Price | None = None
    subsidy: Price | None = None


def read_course(toml_text: str) -> Course:
    """Read the description of a course.

    Raises `CourseError` (COURSE_MALFORMED) that says which members are wrong and what must stand
    there; `pointer` leads to the first of them.
    """
    if len(toml_text) > COURSE_CHARACTERS:
        raise _unreadable(f"it has more than {COURSE_CHARACTERS} characters; shorten its texts")
    try:
        members = read_toml(toml_text)
    except TomlError as error:
        raise _unreadable(error.message) from error
    return course_of(members)


def course_of(members: JsonObject) -> Course:
    """Read the description of a course from its members; raise `CourseError` as `read_course`."""
    faults = course_faults(members)
    if faults:
        raise _malformed(faults)
    return _course(members)


def course_faults(members: JsonObject) -> list[Fault]:
    """Name everything that keeps members from being a course: where, and what must stand there."""
    return [*faults_by_schema(_validator(), members)] or [*_value_faults(members)]


def _unreadable(why: str) -> CourseError:
    return CourseError(f"The course description cannot be read: {why}.")


def _malformed(faults: list[Fault]) -> CourseError:
    ordered = sorted(faults, key=lambda fault: [_sortable(step) for step in fault[0]])
    told = "\n".join(f"  {_place(path)}{text}" for path, text in ordered[:FAULTS_TOLD])
    more = len(ordered) - FAULTS_TOLD
    tail = f"\n  and {more} more" if more > 0 else ""
    return CourseError(
        f"The course description cannot be used:\n{told}{tail}", pointer=pointer_to(ordered[0][0])
    )


def _sortable(step: str | int) -> str:
    return f"{step:06}" if isinstance(step, int) else step


def _place(path: tuple[str | int, ...]) -> str:
    steps = [f"entry {step + 1}" if isinstance(step, int) else step for step in path]
    return f"{', '.join(steps)}: " if steps else ""


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schemas.json_schema("course"))


def faults_by_schema(validator: Draft202012Validator, members: JsonObject) -> Iterator[Fault]:
    """Yield each fault once; several keywords of the schema may say the same of one member.

    The descriptions in the schema are what the sentences are made of.
    """
    errors = validator.iter_errors(members)
    yield from dict.fromkeys((tuple(one.absolute_path), _what_must_be(one)) for one in errors)


def _what_must_be(error: ValidationError) -> str:
    """Say in words what the schema asks for; a member's description in it is that sentence."""
    # jsonschema gives schema and instance as they were read, so their types are not known.
    schema: Any = error.schema
    instance: Any = error.instance
    if error.validator == "required":
        lacking = [name for name in schema["required"] if name not in instance]
        return f"this must be stated: {', '.join(lacking)}."
    if error.validator == "additionalProperties":
        unknown = [name for name in instance if name not in schema["properties"]]
        told = ", ".join(ascii(name)[:MEMBER_CHARACTERS] for name in unknown[:FAULTS_TOLD])
        known = ", ".join(schema["properties"])
        return f"there is no member {told} here; correct or remove it. Known are: {known}."
    return f"this must be {schema['description']}."


def _value_faults(members: JsonObject) -> Iterator[Fault]:
    for path, text in _urls(members):
        if not is_url(text):
            yield path, "this must be a DID, URL or URN, without spaces."
    if "review" in members:
        try:
            parse_date(members["review"])
        except FrameworkError:
            yield ("review",), "there is no such day in the calendar."


def _urls(members: JsonObject) -> Iterator[tuple[tuple[str | int, ...], str]]:
    yield ("id",), members["id"]
    for name in ("developer", "employer"):
        if "id" in members.get(name, {}):
            yield (name, "id"), members[name]["id"]
    for position, provider in enumerate(members.get("providers", ())):
        yield ("providers", position, "id"), provider["id"]


_TEXTS = (
    "id",
    "title",
    "framework",
    "sector",
    "language",
    "field",
    "purpose",
    "need",
    "target_group",
    "prerequisites",
    "participation",
    "grading",
    "stackability",
    "level",
)


def _course(members: JsonObject) -> Course:
    """Build the course from members that satisfy the schema."""
    stated = members.get
    review, assurance, declared = stated("review"), stated("quality_assurance"), stated("credits")
    return Course(
        **{name: members[name] for name in _TEXTS if name in members},
        developer=_party(stated("developer")),
        employer=_party(stated("employer")),
        providers=tuple(Provider(**one) for one in stated("providers", ())),
        outcomes=tuple(_outcome(one) for one in stated("outcomes", ())),
        hours=Hours(**{kind: parse_amount(text) for kind, text in stated("hours", {}).items()}),
        assessments=tuple(Assessment(**one) for one in stated("assessments", ())),
        quality_assurance=None if assurance is None else QualityAssurance(**assurance),
        review=None if review is None else parse_date(review),
        credits=None if declared is None else _declared(declared),
        cost=_price(stated("cost")),
        subsidy=_price(stated("subsidy")),
    )


def _price(members: Mapping[str, str] | None) -> Price | None:
    return None if members is None else price_of(members["amount"], members["currency"])


def _party(members: Mapping[str, str] | None) -> Party | None:
    return None if members is None else Party(**members)


def _declared(members: Mapping[str, str]) -> DeclaredCredits:
    return DeclaredCredits(amount=parse_amount(members["amount"]), unit=members["unit"])


def _outcome(members: Mapping[str, str]) -> Outcome:
    hours = members.get("hours")
    return Outcome(
        text=members["text"],
        level=members["level"],
        hours=None if hours is None else parse_amount(hours),
    )
