"""Reading a level of one framework as a level of another, through published maps.

A map speaks about a level, says that it has no counterpart, or is silent.  What paths say must
agree; a person looks at everything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

from frameworks.errors import FrameworkError
from frameworks.levels import Ladder, Level


class Match(StrEnum):
    """How well two levels correspond, the strongest first."""

    EXACT = "exact"
    BEST_FIT = "best-fit"
    BROAD = "broad"
    NONE = "none"
    WITHHELD = "withheld"


_STRENGTH = {match: place for place, match in enumerate(Match)}


@dataclass(frozen=True, slots=True)
class LevelMap:
    """A published map: each level of `source` with its counterparts in `target`.

    An empty set says "no counterpart"; a level in `withheld`, or without entry, is silence.
    """

    source: str
    target: str
    kind: str
    entries: Mapping[str, frozenset[str]]
    withheld: frozenset[str] = frozenset()
    id: str = ""
    matches: Mapping[str, Match] = field(default_factory=dict)

    def match(self, code: str) -> Match:
        """Tell how well a level corresponds; what the map does not say is best fit."""
        if not self.entries.get(code):
            return Match.NONE
        return self.matches.get(code, Match.BEST_FIT)


class MapPolicy(NamedTuple):
    """Which maps count, and how the answer is chosen."""

    kinds: frozenset[str]
    via: frozenset[str] = frozenset()
    inverse: bool = False
    check_paths: bool = False
    choose: str = "none"


class MapOutcome(StrEnum):
    """What the maps say about a level."""

    MATCH = "MATCH"
    RANGE = "RANGE"
    INDETERMINATE = "INDETERMINATE"


class LevelReading(NamedTuple):
    """The levels that a level may be read as, in order of rank, or why there are none.

    `paths` are the ways, of one map or two, that led to the answer.
    """

    outcome: MapOutcome
    levels: tuple[str, ...] = ()
    chosen: str | None = None
    reasons: tuple[str, ...] = ()
    paths: tuple[tuple[LevelMap, ...], ...] = ()


class _Leg(NamedTuple):
    """One map, read forward or backwards."""

    map: LevelMap
    is_inverse: bool = False

    @property
    def reached(self) -> str:
        return self.map.source if self.is_inverse else self.map.target

    def read(self, code: str) -> _Answer:
        return _inverse(self.map, code) if self.is_inverse else _forward(self.map, code)


class _Answer(NamedTuple):
    """What a map or a path says: levels (an empty set: none), or the reason of its silence."""

    levels: frozenset[str] | None
    reason: str = ""
    path: tuple[LevelMap, ...] = ()


def read_level(
    level: Level,
    target: str,
    maps: tuple[LevelMap, ...],
    policy: MapPolicy,
    ladders: Mapping[str, Ladder],
) -> LevelReading:
    """Read `level` in the framework `target`.

    Obligations: 1. the level exists; its own framework needs no map; 2. there is a path of an
    accepted kind; 3. a withheld row is not walked around; 4. direct paths win, unless all paths
    are to be checked; 5. silent paths are left out; 6. the others agree.
    """
    # 1.
    if level.framework not in ladders or ladders[level.framework].rank(level.code) is None:
        return _undecided("LEVEL_UNKNOWN")
    if level.framework == target:
        return LevelReading(MapOutcome.MATCH, (level.code,), level.code)
    # 2.
    accepted = tuple(one for one in maps if one.kind in policy.kinds)
    direct = _direct(level, target, accepted, policy)
    indirect = _indirect(level, target, accepted, policy, ladders)
    if not direct and not indirect:
        every = _direct(level, target, maps, policy)
        every += _indirect(level, target, maps, policy, ladders)
        return _undecided("MAP_KIND_NOT_ACCEPTED" if every else "NO_MAP")
    # 3.
    if direct and all(answer.levels is None for answer in direct):
        return _undecided(*_reasons(direct))
    # 4.
    considered = direct + indirect if policy.check_paths else direct or indirect
    return _agreement(considered, target, policy, ladders)


def _agreement(
    answers: list[_Answer], target: str, policy: MapPolicy, ladders: Mapping[str, Ladder]
) -> LevelReading:
    """Decide from what the considered paths say (obligations 5 and 6)."""
    speaking = [answer for answer in answers if answer.levels is not None]
    paths = tuple(answer.path for answer in speaking)
    if not speaking:
        return _undecided(*_reasons(answers))
    if len({answer.levels for answer in speaking}) > 1:
        return _undecided("PATHS_DISAGREE", paths=paths)
    codes = speaking[0].levels
    if not codes:
        return _undecided("NO_AGREED_MATCH", paths=paths)
    levels = _ladder(target, ladders).in_order(codes)
    if len(levels) == 1:
        return LevelReading(MapOutcome.MATCH, levels, levels[0], paths=paths)
    chosen = {"lowest": levels[0], "highest": levels[-1]}.get(policy.choose)
    return LevelReading(MapOutcome.RANGE, levels, chosen, paths=paths)


def _direct(
    level: Level, target: str, maps: tuple[LevelMap, ...], policy: MapPolicy
) -> list[_Answer]:
    return [
        _along(leg.read(level.code), leg.map)
        for leg in _legs_from(level.framework, maps, policy)
        if leg.reached == target
    ]


def _indirect(
    level: Level,
    target: str,
    maps: tuple[LevelMap, ...],
    policy: MapPolicy,
    ladders: Mapping[str, Ladder],
) -> list[_Answer]:
    """Walk all pairs of maps through one framework that the policy allows between."""
    return [
        _along(
            _read_on(first.read(level.code), first.reached, second, ladders), first.map, second.map
        )
        for first in _legs_from(level.framework, maps, policy)
        if first.reached in policy.via and first.reached not in (level.framework, target)
        for second in _legs_from(first.reached, maps, policy)
        if second.reached == target
    ]


def _legs_from(source: str, maps: tuple[LevelMap, ...], policy: MapPolicy) -> Iterator[_Leg]:
    """Say which maps lead away from a framework, forward or, if allowed, backwards."""
    for one in maps:
        if one.source == source:
            yield _Leg(one)
        elif policy.inverse and one.target == source:
            yield _Leg(one, is_inverse=True)


def _read_on(first: _Answer, between: str, second: _Leg, ladders: Mapping[str, Ladder]) -> _Answer:
    """Read the second map for every level of the first reading."""
    if not first.levels:
        return first
    answers = [second.read(code) for code in _ladder(between, ladders).in_order(first.levels)]
    for answer in answers:
        if answer.levels is None:
            return answer
    if any(not answer.levels for answer in answers):
        return _Answer(frozenset())
    return _Answer(frozenset(chain.from_iterable(answer.levels or () for answer in answers)))


def _along(answer: _Answer, *path: LevelMap) -> _Answer:
    return _Answer(answer.levels, answer.reason, path)


def _forward(one: LevelMap, code: str) -> _Answer:
    if code in one.withheld:
        return _Answer(None, "ROW_WITHHELD")
    if code not in one.entries:
        return _Answer(None, "ROW_MISSING")
    return _Answer(one.entries[code])


def _inverse(one: LevelMap, code: str) -> _Answer:
    """Read a map backwards, which needs every row of it."""
    if one.withheld:
        return _Answer(None, "ROW_WITHHELD")
    return _Answer(frozenset(source for source, to in one.entries.items() if code in to))


def _ladder(framework: str, ladders: Mapping[str, Ladder]) -> Ladder:
    return ladders.get(framework) or Ladder(framework, {})


def _reasons(answers: list[_Answer]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(answer.reason for answer in answers if answer.levels is None))


def _undecided(*reasons: str, paths: tuple[tuple[LevelMap, ...], ...] = ()) -> LevelReading:
    return LevelReading(MapOutcome.INDETERMINATE, reasons=reasons, paths=paths)


def compose(first: LevelMap, second: LevelMap) -> LevelMap:
    """Compose two maps that share a framework: a map that claims no more than its parts do.

    `first` leads to the shared framework, or away from it and is then read backwards.  Where a
    part is silent, or says that there is no counterpart, so does the composition; a match is
    never stronger than its weakest part.
    """
    leg = _Leg(first, is_inverse=first.source == second.source)
    source = first.target if leg.is_inverse else first.source
    codes = frozenset(chain.from_iterable(first.entries.values())) if leg.is_inverse else None
    codes = frozenset(first.entries) | first.withheld if codes is None else codes
    if leg.reached != second.source or source == second.target:
        raise FrameworkError(
            f"The maps {first.id} and {second.id} do not follow each other.",
            code="MAPS_DO_NOT_MEET",
        )
    answers = {code: _read_on(leg.read(code), leg.reached, _Leg(second), {}) for code in codes}
    return LevelMap(
        source=source,
        target=second.target,
        kind="composed",
        entries={code: one.levels for code, one in answers.items() if one.levels is not None},
        withheld=frozenset(code for code, one in answers.items() if one.levels is None),
        matches={code: _weakest(code, leg, second) for code in codes},
    )


def _weakest(code: str, first: _Leg, second: LevelMap) -> Match:
    levels = first.read(code).levels or frozenset()
    own = [first.map.match(one) for one in levels] if first.is_inverse else [first.map.match(code)]
    matches = (*own, *(second.match(one) for one in levels))
    return max(matches, key=_STRENGTH.__getitem__, default=Match.NONE)
