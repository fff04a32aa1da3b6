"""The versions of a policy that were adopted, and which of them is in force when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from recognition.policies.credential import LAST_DAY
from recognition.policies.policy import Policy


@dataclass(frozen=True, slots=True)
class Suspension:
    """Who suspended a version, when and why; times are in UTC, as RFC 3339."""

    by: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class AdoptedVersion:
    """A version that its adopter signed; `number` counts the acts by which it was handed in."""

    number: int
    policy: Policy
    adopter: str
    by: str
    at: str
    suspension: Suspension | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A time, both days included, in which one version is in force."""

    first: date
    last: date
    version: AdoptedVersion


def in_force(versions: Iterable[AdoptedVersion], day: date) -> AdoptedVersion | None:
    """Find the version of one policy that is in force on a day.

    Of those that hold on the day it is the one that begins last, and of these the one that was
    handed in last.  A version that is suspended stays in force, and nothing is decided by it: an
    earlier one does not come back by itself.
    """
    holding = [one for one in versions if one.policy.rules.are_in_force(day)]
    order = {id(one): (one.policy.rules.first_day, one.number) for one in holding}
    return max(holding, key=lambda one: order[id(one)], default=None)


def spans(versions: Sequence[AdoptedVersion]) -> tuple[Span, ...]:
    """Tell which version of one policy is in force when, the earliest time first."""
    return tuple(_spans(versions))


def _spans(versions: Sequence[AdoptedVersion]) -> Iterator[Span]:
    begins = {one.policy.rules.first_day for one in versions}
    ends = {_end(one) for one in versions}
    after = {end + timedelta(days=1) for end in ends if end < LAST_DAY}
    borders = sorted(begins | after)
    found: Span | None = None
    for place, first in enumerate(borders):
        following = borders[place + 1 : place + 2]
        last = following[0] - timedelta(days=1) if following else LAST_DAY
        version = in_force(versions, first)
        if found is not None and version is found.version:
            found = Span(found.first, last, version)
            continue
        if found is not None:
            yield found
        found = None if version is None else Span(first, last, version)
    if found is not None:
        yield found


def _end(one: AdoptedVersion) -> date:
    return one.policy.rules.last_day or LAST_DAY


def by_policy(versions: Iterable[AdoptedVersion]) -> dict[str, tuple[AdoptedVersion, ...]]:
    """Group versions by the ids of their policies, which come in the order of their names."""
    grouped: dict[str, list[AdoptedVersion]] = {}
    for one in versions:
        grouped.setdefault(one.policy.id, []).append(one)
    return {name: tuple(grouped[name]) for name in sorted(grouped)}
