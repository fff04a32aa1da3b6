"""What a value is in every framework and unit that the registers reach, with method and source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import orjson

from credentials.json_types import JsonObject
from frameworks.amounts import Interval, Rounding, RoundingMode, canonical
from frameworks.appraisal import Appraisal
from frameworks.conversions import Conversion, Credit, Method, NotConvertible, convert, loss
from frameworks.level_maps import LevelMap, LevelReading, MapPolicy
from frameworks.levels import Level
from frameworks.register.register import RegisterDay
from frameworks.register.rows import ConversionRow, FrameworkRow, LevelRow, Row, UnitRow
from frameworks.registers import Registers, Source

EXPLAINING = MapPolicy(
    kinds=frozenset({"referenced", "compared", "self-certified", "compatible", "composed"}),
    via=frozenset({"eu-eqf"}),
    inverse=True,
)
"""Which maps explain a level: all but exercises that nobody endorsed, one hop through the EQF.

A map that is read backwards tells what levels lead to one, which is a range and no equivalence.
"""


class LevelWorth(NamedTuple):
    """A level in another framework: the levels that it may be, and the maps that say so."""

    framework: FrameworkRow
    reading: LevelReading
    levels: tuple[LevelRow, ...]
    source: Source
    rows: tuple[Row, ...]

    @property
    def is_inverse(self) -> bool:
        """Tell whether a map was read backwards."""
        return any(path[-1].target != self.framework.id for path in self.reading.paths)

    def to_json(self) -> JsonObject:
        """Write the levels with method and source."""
        return {
            "framework": self.framework.id,
            "framework_name": self.framework.name,
            "outcome": self.reading.outcome.value,
            "levels": [{"level": row.code, "level_uri": row.uri} for row in self.levels],
            "method": _path_in_words(self.reading.paths),
            "inverse": self.is_inverse,
            "reasons": list(self.reading.reasons),
            "basis": [_basis(row) for row in self.rows],
            "register": self.source.to_json(),
        }


class CreditWorth(NamedTuple):
    """Credits in another unit, by one named method; an interval where the method gives one."""

    unit: UnitRow
    amount: Interval
    conversion: Conversion
    source: Source
    row: ConversionRow

    @property
    def rounding(self) -> Rounding | None:
        """How the conversion's authority rounds, if the register says so."""
        if self.row.round_step is None or self.row.round_mode is None:
            return None
        return Rounding(self.row.round_step, RoundingMode(self.row.round_mode))

    def to_json(self) -> JsonObject:
        """Write the amount with method, authority and source; never a bare number."""
        number = self.amount.number
        return {
            **self._rounded_json(),
            "unit": self.unit.token,
            "unit_name": self.unit.name,
            "amount": None if number is None else canonical(number),
            "min": canonical(self.amount.low),
            "max": canonical(self.amount.high),
            "method": self.conversion.method.value,
            "authority": self.conversion.authority,
            "basis": [_basis(self.row)],
            "register": self.source.to_json(),
        }

    def _rounded_json(self) -> JsonObject:
        """Write what is left after rounding, beside the exact amount, and what that takes away."""
        rounding = self.rounding
        if rounding is None:
            return {}
        rounded = rounding.apply_to(self.amount)
        lost = loss(self.amount, rounded)
        return {
            "rounded": {"min": canonical(rounded.low), "max": canonical(rounded.high)},
            "loss": None if lost is None else canonical(lost),
            "rounding": {
                "step": canonical(rounding.step),
                "mode": rounding.mode.value,
                "place": self.row.round_place,
            },
        }


@dataclass(frozen=True)
class Worth:
    """Everything that a value is elsewhere."""

    levels: tuple[LevelWorth, ...]
    credits: tuple[CreditWorth, ...]

    def to_json(self) -> JsonObject:
        """Write both lists; whoever gets them may change them."""
        written: JsonObject = orjson.loads(self.written)
        return written

    @cached_property
    def written(self) -> bytes:
        """Both lists as JSON text: to read it is quicker than to write everything anew."""
        return orjson.dumps(
            {
                "levels": [one.to_json() for one in self.levels],
                "credits": [one.to_json() for one in self.credits],
            }
        )


class _Asked(NamedTuple):
    """What an appraisal asks: all that the answer depends on, beside the registers."""

    day: date
    framework: str
    level: str | None
    """The code of the level; None where no register has it."""

    token: str | None
    """The name of the unit; None where no register knows it, or without an amount."""

    amount: Fraction

    @classmethod
    def by(cls, appraisal: Appraisal) -> _Asked:
        place, amount = appraisal.place, appraisal.value.amount
        return cls(
            appraisal.day,
            "" if place is None else place.framework,
            None if place is None or place.row is None else place.row.code,
            None if appraisal.unit is None or amount is None else appraisal.unit.token,
            amount or Fraction(0),
        )


def worth_elsewhere(appraisal: Appraisal, registers: Registers) -> Worth:
    """Find what an appraised value is in all frameworks and units that the registers reach.

    Frameworks about which the maps say nothing are left out; those that a map names without an
    answer (withheld, no counterpart, paths that disagree) are told with the reason.
    """
    asked = _Asked.by(appraisal)
    worth: Worth = registers.remembered.get(asked, lambda: _worth(asked, registers))
    return worth


def _worth(asked: _Asked, registers: Registers) -> Worth:
    levels: dict[str, LevelWorth] = {}
    amounts: dict[tuple[str, str, str], CreditWorth] = {}
    for source in registers.in_order_for(asked.framework):
        for level in _levels(asked, source):
            levels.setdefault(level.framework.id, level)
        for credit in _credits(asked, source):
            key = (credit.unit.token, credit.conversion.method.value, credit.conversion.authority)
            amounts.setdefault(key, credit)
    return Worth(tuple(levels.values()), tuple(amounts.values()))


def _levels(asked: _Asked, source: Source) -> Iterator[LevelWorth]:
    if asked.level is None:
        return
    said = source.register.on(asked.day)
    level = Level(asked.framework, asked.level)
    for target in said.frameworks.values():
        if target.id == asked.framework:
            continue
        reading = said.read_level(level, target.id, EXPLAINING)
        if not NOTHING_SAID.issuperset(reading.reasons) or reading.levels:
            rows = tuple(said.level_rows[target.id, code] for code in reading.levels)
            maps = dict.fromkeys(one.id for path in reading.paths for one in path)
            basis = tuple(said.map_rows[name] for name in maps)
            yield LevelWorth(target, reading, rows, source, basis)


NOTHING_SAID = frozenset({"NO_MAP", "LEVEL_UNKNOWN", "MAP_KIND_NOT_ACCEPTED"})
"""Reasons for which a framework is left out: no map leads there."""


def _credits(asked: _Asked, source: Source) -> Iterator[CreditWorth]:
    if asked.token is None:
        return
    said = source.register.on(asked.day)
    own = said.units_by_token.get(asked.token)
    for target in said.unit_rows.values():
        if own is None or target.id == own.id:
            continue
        for conversion in said.conversions_between(own.id, target.id):
            if conversion.method is Method.NOT_CONVERTIBLE:
                # What a register declares not to convert does not convert by wider rows either.
                break
            amount = _converted(asked.amount, own, target, conversion, said)
            if amount is not None:
                row = said.conversions[conversion.id]
                yield CreditWorth(target, amount, conversion, source, row)


def _converted(
    amount: Fraction, own: UnitRow, target: UnitRow, conversion: Conversion, said: RegisterDay
) -> Interval | None:
    """Convert by one method; None where that method does not lead there."""
    try:
        return convert(Credit(amount, own.id), target.id, [conversion], said.units).exact
    except NotConvertible:
        return None


def _path_in_words(paths: tuple[tuple[LevelMap, ...], ...]) -> str:
    return "; ".join(" then ".join(one.id for one in path) for path in paths)


def _basis(row: Row) -> JsonObject:
    """Name where a row comes from and how sure it is; general knowledge is called just that."""
    provenance = row.provenance
    members = {
        "row": getattr(row, "id", ""),
        "kind": getattr(row, "kind", None),
        "status": provenance.status,
        "source": provenance.source,
    }
    return {name: value for name, value in members.items() if value is not None}
