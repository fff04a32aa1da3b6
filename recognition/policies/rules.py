"""The rules of a policy: the part that decides, apart from who adopted it and for what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from frameworks.amounts import Rounding
from frameworks.cases import parsing
from frameworks.conversions import Conversion
from frameworks.dates import is_in_force, parse_date
from frameworks.languages import is_language_accepted
from frameworks.level_maps import MapPolicy
from recognition.policies.gates import (
    AcceptedIn,
    FieldIn,
    Gate,
    LevelMin,
    MaxAge,
    MinOnScale,
    OverlapMin,
    read_gate,
)

NO_MAPS = MapPolicy(frozenset())
"""Without a policy about maps no map counts."""

LONGEST_AGE = 200
"""Most years of an age limit."""


@dataclass(frozen=True, slots=True)
class Rules:
    """When a policy holds, its gates, and what is granted where they are all passed.

    `grants_target` grants the receiving component's amount, else the claimed amount; of an
    interval the lower end is granted if `takes_lower_end`, else a person decides.
    """

    first_day: date
    last_day: date | None
    gates: tuple[Gate, ...]
    grants_target: bool
    takes_lower_end: bool = False
    conversions: tuple[Conversion, ...] = ()
    rounding: Rounding | None = None
    map_policy: MapPolicy = NO_MAPS

    def are_in_force(self, day: date) -> bool:
        """Tell whether the policy holds on a day; both ends are included."""
        return is_in_force(day, self.first_day, self.last_day)


def read_rules(members: Mapping[str, Any]) -> Rules:
    """Build the rules from members that satisfy the schema; `FrameworkError` for bad values."""
    policy = members.get("map_policy")
    return Rules(
        first_day=parse_date(members["valid_from"]),
        last_day=parsing.optional_date(members.get("valid_until")),
        gates=tuple(map(read_gate, members["gates"])),
        grants_target=members["grant"] == "target",
        takes_lower_end=members.get("interval", "refer") == "lower",
        conversions=tuple(map(parsing.conversion, members.get("conversions", ()))),
        rounding=parsing.rounding(members.get("rounding")),
        map_policy=NO_MAPS if policy is None else parsing.map_policy(policy),
    )


Contradiction = tuple[str, str]
"""Where rules contradict themselves, as a JSON pointer, and what is wrong."""


def contradictions(rules: Rules) -> Iterator[Contradiction]:
    """Find what nobody could ever satisfy, or what says two things at once."""
    if rules.last_day is not None and rules.last_day < rules.first_day:
        yield "/valid_until", "the policy ends before it begins"
    seen: set[str] = set()
    for position, gate in enumerate(rules.gates):
        place = f"/gates/{position}"
        if gate.id in seen:
            yield f"{place}/id", f"two gates have the id {gate.id}"
        seen.add(gate.id)
        yield from ((place + at, why) for at, why in _of_gate(gate))
        yield from ((place, why) for why in _with_others(gate, rules.gates[:position]))


def _of_gate(gate: Gate) -> Iterator[Contradiction]:
    match gate.test:
        case OverlapMin(least) if least > 1:
            yield "/min", f"{gate.id}: an overlap is at most 1"
        case MinOnScale(_, scale, least) if least not in scale:
            yield "/min", f"{gate.id}: the least is not on the scale"
        case MaxAge(years) if type(years) is not int or years > LONGEST_AGE:
            yield "/years", f"{gate.id}: years are a whole number up to {LONGEST_AGE}"


def _with_others(gate: Gate, before: tuple[Gate, ...]) -> Iterator[str]:
    """Find the earlier gates that cannot be passed together with one."""
    for other in before:
        if _exclude_each_other(gate, other):
            yield f"{gate.id} and {other.id} cannot both be passed"


def _exclude_each_other(one: Gate, other: Gate) -> bool:
    match one.test, other.test:
        case AcceptedIn("language", accepted), AcceptedIn("language", others):
            return not any(
                is_language_accepted(a, (b,)) or is_language_accepted(b, (a,))
                for a in accepted
                for b in others
            )
        case AcceptedIn(what, accepted), AcceptedIn(same, others) if what == same:
            return not set(accepted) & set(others)
        case FieldIn(prefixes), FieldIn(others):
            return not any(a.startswith(b) or b.startswith(a) for a in prefixes for b in others)
        case MinOnScale(what, scale, _), MinOnScale(same, others, _) if what == same:
            return not set(scale) & set(others)
        case _:
            return False


def frameworks_of(rules: Rules) -> frozenset[str]:
    """Name the frameworks in which gates read levels."""
    return frozenset(gate.test.framework for gate in rules.gates if isinstance(gate.test, LevelMin))
