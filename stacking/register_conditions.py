"""What registers say that a plan needs: units, levels, conversions, maps, as of one day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from frameworks.conversions import Conversion
from frameworks.level_maps import MapPolicy
from frameworks.register import RegisterDay
from frameworks.registers import Registers, Source
from stacking.award_rules import AwardRule
from stacking.lots import LedgerEntry, Lot
from stacking.wallet import Conditions

AUTOMATIC = MapPolicy(kinds=frozenset({"referenced", "compared"}), via=frozenset({"eu-eqf"}))
"""Which maps may decide without a person: published and agreed ones, one hop through the EQF."""


@dataclass(frozen=True, slots=True)
class RegisterConditions:
    """The registers that an award is planned by, in the order in which they are asked.

    Only those that are believed about the award's framework are asked, and the reference.
    """

    sources: tuple[Source, ...]
    conditions: Conditions
    days: tuple[RegisterDay, ...]

    @classmethod
    def of(cls, registers: Registers, framework: str | None, as_of: date) -> RegisterConditions:
        """Take units, levels and maps from the registers, the first that has them."""
        asked = tuple(
            source
            for source in registers.in_order_for(framework or "")
            if source.believed_about(framework or "") or source.authority is None
        )
        days = tuple(source.register.on(as_of) for source in asked)
        conditions = Conditions(
            units={name: unit for day in reversed(days) for name, unit in day.units.items()},
            ladders={name: one for day in reversed(days) for name, one in day.ladders.items()},
            maps=tuple(one for day in days for one in day.maps),
            map_policy=AUTOMATIC,
        )
        return cls(asked, conditions, days)

    def for_lots(
        self,
        lots: Iterable[Lot],
        rule: AwardRule,
        *,
        method: str | None = None,
        ledger: tuple[LedgerEntry, ...] = (),
    ) -> Conditions:
        """Add the closest conversion from the unit of each lot, by `method` if one is named."""
        conversions = tuple(
            conversion
            for unit in sorted({lot.unit for lot in lots} - {rule.unit})
            for conversion in self._closest(unit, rule.unit, method)
        )
        return replace(self.conditions, conversions=conversions, ledger=ledger)

    def _closest(self, unit: str, target: str, method: str | None) -> tuple[Conversion, ...]:
        found = (day.closest_conversions(unit, target, method) for day in self.days)
        return next(filter(None, found), ())
