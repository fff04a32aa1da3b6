"""Gates: what a policy asks before credit is recognised, and what follows where it is not met.

Each class of test is one or several types of gate (docs/recognition-policies.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from frameworks.amounts import parse_amount
from frameworks.dates import parse_date

COURSE_GATES = frozenset(
    {
        "assessment_in",
        "credits_equal",
        "credits_min",
        "field_in",
        "hours_min",
        "kind_in",
        "language_in",
        "level_min",
        "overlap_min",
        "quality_assurance_in",
    }
)
"""Types of gate about a course as such; the others are about one award, or one learner."""


class OnFail(StrEnum):
    """What follows where a gate is certainly not met; what is unknown is always referred."""

    REFUSE = "refuse"
    REFER = "refer"


class Reference(StrEnum):
    """From which day an age is counted, if the policy names no date."""

    DECISION = "decision"
    PROGRAMME_START = "programme_start"


@dataclass(frozen=True, slots=True)
class AcceptedIn:
    """A fact (`what`) is one of those that are accepted."""

    what: str
    accepted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holds:
    """A fact that is true or false (`what`) has the value that is asked for."""

    what: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class LevelMin:
    """The level, read in a framework, is at a level of it or above."""

    framework: str
    level: str


@dataclass(frozen=True, slots=True)
class OverlapMin:
    """The share of the receiving course's outcomes that were reached is at least this."""

    least: Fraction


@dataclass(frozen=True, slots=True)
class HoursMin:
    """There were at least so many hours of learning."""

    least: Fraction


@dataclass(frozen=True, slots=True)
class CreditsCompared:
    """The claimed credits, converted unrounded, are the receiving ones, or at least as many."""

    exactly: bool


@dataclass(frozen=True, slots=True)
class MinOnScale:
    """The grade, or the assurance class (`what`), is at least this on a scale, lowest first."""

    what: str
    scale: tuple[str, ...]
    least: str


@dataclass(frozen=True, slots=True)
class MaxAge:
    """The award was made not too long before a day."""

    years: int
    boundary: str
    reference: date | Reference


@dataclass(frozen=True, slots=True)
class FieldIn:
    """The field of study begins with one of these codes."""

    prefixes: tuple[str, ...]


Test = (
    AcceptedIn
    | Holds
    | LevelMin
    | OverlapMin
    | HoursMin
    | CreditsCompared
    | MinOnScale
    | MaxAge
    | FieldIn
)


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate: its test, what follows where it fails, and where the learner is sent then."""

    id: str
    type: str
    test: Test
    on_fail: OnFail
    route: str | None = None

    @property
    def is_about_course(self) -> bool:
        """Tell whether the gate is about the course, so that an earlier decision settles it."""
        return self.type in COURSE_GATES


def read_gate(row: Mapping[str, Any]) -> Gate:
    """Build a gate from members that satisfy the schema; `FrameworkError` for a bad amount."""
    return Gate(row["id"], row["type"], _test(row), OnFail(row["on_fail"]), row.get("route"))


def _test(row: Mapping[str, Any]) -> Test:
    test: Test
    match row["type"]:
        case "kind_in" | "assessment_in" | "language_in" | "quality_assurance_in":
            test = AcceptedIn(row["type"].removesuffix("_in"), tuple(row["accept"]))
        case "accredited" | "identity_verified":
            test = Holds(row["type"], wanted=True)
        case "not_redeemed":
            test = Holds("redeemed", wanted=False)
        case "level_min":
            test = LevelMin(row["framework"], row["level"])
        case "overlap_min":
            test = OverlapMin(parse_amount(row["min"]))
        case "hours_min":
            test = HoursMin(parse_amount(row["min"]))
        case "credits_equal" | "credits_min":
            test = CreditsCompared(exactly=row["type"] == "credits_equal")
        case "grade_min" | "assurance_min":
            what = row["type"].removesuffix("_min")
            test = MinOnScale(what, tuple(row["scale"]), row["min"])
        case "max_age":
            test = MaxAge(row["years"], row["boundary"], _reference(row))
        case _:
            test = FieldIn(tuple(row["prefixes"]))
    return test


def _reference(row: Mapping[str, Any]) -> date | Reference:
    if "reference_date" in row:
        return parse_date(row["reference_date"])
    return Reference(row.get("reference", "decision"))
