"""What registers say about one case: the part that goes into the inputs of a decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from frameworks.conversions import Conversion, Method
from frameworks.level_maps import LevelMap
from frameworks.levels import Ladder
from recognition.deciding.case import Target
from recognition.deciding.facts import Facts
from recognition.deciding.inputs import RegisterUsed
from recognition.deciding.question import Said
from recognition.policies.consistency import AcceptedSources
from recognition.policies.policy import Policy
from recognition.policies.rules import frameworks_of


@dataclass(frozen=True, slots=True)
class Extract:
    """Units, ladders and maps, conversions by the policy's method, and the editions they are of."""

    said: Said
    conversions: tuple[Conversion, ...]
    registers: tuple[RegisterUsed, ...]


def extract(policy: Policy, accepted: AcceptedSources, facts: Facts, target: Target) -> Extract:
    """Take from the accepted registers what a case can need.

    What is said of a framework comes from whoever is believed about it.
    """
    frameworks = _frameworks(policy, facts, target)
    ladders = {name: one for name in frameworks if (one := _ladder(name, accepted)) is not None}
    source = None if facts.credits is None else facts.credits.unit
    units = {name for name in (source, target.amount.unit, policy.unit) if name is not None}
    known = {name: unit for day in reversed(accepted.days) for name, unit in day.units.items()}
    return Extract(
        said=Said(
            units={name: known[name] for name in sorted(units & known.keys())},
            ladders=ladders,
            maps=tuple(_maps(frozenset(frameworks), accepted)),
        ),
        conversions=()
        if source is None
        else conversions_by(policy, accepted, source, target.amount.unit),
        registers=tuple(
            RegisterUsed(description.id, str(description.number), one.digest)
            for one in accepted.sources
            for description in (one.register.description,)
        ),
    )


def _frameworks(policy: Policy, facts: Facts, target: Target) -> tuple[str, ...]:
    """Name the frameworks of one case; the level of one that is not accepted is not read."""
    levels = (facts.level, target.level, policy.scope.levels)
    named = {one.framework for one in levels if one is not None} | frameworks_of(policy.rules)
    return tuple(sorted((named & set(policy.frameworks)) | policy.rules.map_policy.via))


def _ladder(framework: str, accepted: AcceptedSources) -> Ladder | None:
    ladders = (day.ladders.get(framework) for day in accepted.about(framework))
    return next((ladder for ladder in ladders if ladder is not None), None)


def _maps(frameworks: frozenset[str], accepted: AcceptedSources) -> Iterator[LevelMap]:
    """Keep maps between these frameworks, each from whom is believed about one of the two."""
    told: set[str] = set()
    for framework in sorted(frameworks):
        for day in accepted.about(framework):
            for one in day.maps:
                ends = {one.source, one.target}
                if framework in ends <= frameworks and one.id not in told:
                    told.add(one.id)
                    yield one


def conversions_by(
    policy: Policy, accepted: AcceptedSources, source: str, target: str
) -> tuple[Conversion, ...]:
    """Take the closest conversion by the policy's method; what does not convert stays so."""
    if source == target or policy.method is None:
        return ()
    for day in accepted.days:
        found = _closest(day.conversions_between(source, target), Method(policy.method))
        if found is not None:
            return (found,)
    return ()


def _closest(conversions: Iterable[Conversion], method: Method) -> Conversion | None:
    return next(
        (one for one in conversions if one.method in (method, Method.NOT_CONVERTIBLE)), None
    )
