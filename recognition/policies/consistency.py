"""Whether a policy agrees with the registers that it accepts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from frameworks.conversions import Conversion, Method
from frameworks.register.register import RegisterDay
from frameworks.registers import Registers, Source
from recognition.errors import RecognitionError
from recognition.policies.gates import LevelMin
from recognition.policies.policy import Policy
from recognition.policies.rules import Contradiction


@dataclass(frozen=True, slots=True)
class AcceptedSources:
    """The registers in use that a policy accepts, in the order of their names."""

    sources: tuple[Source, ...]
    day: date

    def in_order_for(self, framework: str) -> tuple[Source, ...]:
        """Name whoever is believed about a framework, and then the registers nobody signed.

        The latter count only since the policy names them.
        """
        believed = [one for one in self.sources if one.believed_about(framework)]
        unsigned = [one for one in self.sources if one.authority is None]
        return (*believed, *unsigned)

    def about(self, framework: str) -> tuple[RegisterDay, ...]:
        """Say what is said of a framework, by whoever is believed about it first."""
        return tuple(one.register.on(self.day) for one in self.in_order_for(framework))

    @property
    def days(self) -> tuple[RegisterDay, ...]:
        """Everything that is said on the day, by signed registers first."""
        signed = [one for one in self.sources if one.authority is not None]
        unsigned = [one for one in self.sources if one.authority is None]
        return tuple(one.register.on(self.day) for one in (*signed, *unsigned))


def accepted_sources(policy: Policy, registers: Registers, day: date) -> AcceptedSources:
    """Choose the registers that a policy accepts.

    Raises `RecognitionError` (REGISTER_NOT_AT_HAND) if one that it names is not in use, or only
    in an older edition.
    """
    chosen = []
    for accepted in policy.registers:
        found = [
            source
            for source in registers.sources
            if source.register.description.id == accepted.id
            and source.register.description.number >= accepted.edition
        ]
        if not found:
            text = f"The policy rests on the register {accepted.id}, edition {accepted.edition}"
            text += " or later, which is not in use here."
            raise RecognitionError(text, code="REGISTER_NOT_AT_HAND", pointer="/accepts/registers")
        chosen += found
    ordered = sorted(chosen, key=lambda one: (one.register.description.id, one.digest))
    return AcceptedSources(tuple(ordered), day)


def require_consistent(policy: Policy, accepted: AcceptedSources) -> None:
    """Refuse a policy that says something else than the registers that it accepts.

    Raises `RecognitionError` (POLICY_CONTRADICTS_REGISTER) with the place in the policy.
    """
    for place, why in _against_registers(policy, accepted):
        text = f"The policy contradicts the registers that it accepts: {why}."
        raise RecognitionError(text, code="POLICY_CONTRADICTS_REGISTER", pointer=place)


def _against_registers(policy: Policy, accepted: AcceptedSources) -> Iterator[Contradiction]:
    for position, framework in enumerate(policy.frameworks):
        if not any(framework in day.ladders for day in accepted.about(framework)):
            yield f"/accepts/frameworks/{position}", f"they have no levels of {framework}"
    for position, gate in enumerate(policy.rules.gates):
        if isinstance(gate.test, LevelMin):
            place = f"/gates/{position}/level"
            yield from _level(gate.test.framework, gate.test.level, place, accepted)
    levels = policy.scope.levels
    for end in () if levels is None else (levels.low, levels.high):
        if end is not None and levels is not None:
            yield from _level(levels.framework, end, "/scope/levels", accepted)
    yield from _units(policy, accepted)
    for position, conversion in enumerate(policy.rules.conversions):
        yield from _conversion(conversion, f"/conversions/{position}", accepted)


def _level(
    framework: str, code: str, place: str, accepted: AcceptedSources
) -> Iterator[Contradiction]:
    ladders = (day.ladders.get(framework) for day in accepted.about(framework))
    if not any(ladder is not None and ladder.rank(code) is not None for ladder in ladders):
        yield place, f"they have no level {code} of {framework}"


def _units(policy: Policy, accepted: AcceptedSources) -> Iterator[Contradiction]:
    known = {unit for day in accepted.days for unit in day.units}
    named = {"/unit": policy.unit}
    for position, one in enumerate(policy.rules.conversions):
        named[f"/conversions/{position}/from"] = one.source
        named[f"/conversions/{position}/to"] = one.target
    yield from (
        (place, f"they have no unit {unit}") for place, unit in named.items() if unit not in known
    )


def _conversion(own: Conversion, place: str, accepted: AcceptedSources) -> Iterator[Contradiction]:
    """Compare with what registers say of the same units by the same method, or exclude.

    A ratio of the receiver's own policy is the receiver's; any other is of whom it names.
    """
    for day in accepted.days:
        for other in day.closest_conversions(own.source, own.target):
            if (other.source, other.target) != (own.source, own.target):
                continue
            if other.method is Method.NOT_CONVERTIBLE and own.method is not other.method:
                yield place, f"{own.source} is declared not to convert into {own.target}"
            is_published = own.method is Method.FORMAL_RATIO and other.method is own.method
            if is_published and other.ratio != own.ratio:
                yield f"{place}/ratio", f"the published ratio is {other.ratio}, not {own.ratio}"
