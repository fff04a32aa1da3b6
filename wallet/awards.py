"""What a learner's credentials add up to: progress towards the awards whose rules are published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from credentials.json_types import JsonValue
from credentials.verified import VerifiedCredential
from frameworks.registers import Registers
from stacking import AwardRule, Lot, StackPlan, plan
from stacking.account import Telling
from stacking.budget import Budget
from stacking.credential_lots import lots_of
from stacking.lots import NotALot
from stacking.plan_names import issuer_name, name_of, names_in
from stacking.register_conditions import RegisterConditions
from stacking.rule_text import read_rule_text, rule_of_text
from stacking.unlocking import Unlock, unlocks

MOST_OFFERS = 40
"""So many offered courses are tried for one award."""


@dataclass(frozen=True, slots=True)
class PublishedRule:
    """An award's rule as its institution published it: the name in addresses, and its text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a learner is towards one award, and what one offered course more would change."""

    name: str
    plan: StackPlan
    telling: Telling
    unlocks: tuple[Unlock, ...] = ()


class Awards:
    """The awards that a wallet knows, held against the registers in use."""

    def __init__(
        self,
        rules: Sequence[PublishedRule],
        registers: Registers,
        *,
        offers: Sequence[Lot] = (),
        budget: Budget | None = None,
    ) -> None:
        """Take the rules; they are read when they are needed."""
        self._texts = {rule.name: rule.text for rule in rules}
        self._registers = registers
        self._offers = tuple(offers)[:MOST_OFFERS]
        self._budget = budget

    @property
    def names(self) -> tuple[str, ...]:
        """Name all awards, in the order in which they were given."""
        return tuple(self._texts)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Say what each award is called."""
        texts = {name: read_rule_text(text) for name, text in self._texts.items()}
        return {name: _text(one.get("title")) or name for name, one in texts.items()}

    def progress(
        self, name: str, credentials: Sequence[VerifiedCredential], on: date
    ) -> Progress | None:
        """Plan for one award; None if there is none of this name.

        All credentials are taken to be about the learner whose wallet they are in; only verified
        ones are taken.  Raises `StackingError` for a rule that does not fit the registers.
        """
        text = self._texts.get(name)
        if text is None:
            return None
        rule, conditions = self._read(text, on)
        lots, left_out = _lots(credentials, rule, self._registers, on)
        asked = conditions.for_lots((*lots, *self._offers), rule)
        found = plan(lots, rule, asked, self._budget)
        telling = Telling(
            names=names_in(self._registers, on),
            lots=dict(_lot_names(credentials, lots, left_out)),
            institutions={one.issuer: issuer_name(one) for one in credentials},
            ladder=asked.ladders.get(rule.framework or ""),
            left_out=left_out,
        )
        more = unlocks(lots, self._offers, (rule,), asked, self._budget) if self._offers else ()
        return Progress(name, found, telling, more)

    def _read(self, text: str, on: date) -> tuple[AwardRule, RegisterConditions]:
        framework = read_rule_text(text).get("framework")
        known = framework if isinstance(framework, str) else None
        conditions = RegisterConditions.of(self._registers, known, on)
        units, ladders = conditions.conditions.units, conditions.conditions.ladders
        return rule_of_text(text, {}, units, ladders), conditions


def _lots(
    credentials: Sequence[VerifiedCredential], rule: AwardRule, registers: Registers, on: date
) -> tuple[tuple[Lot, ...], tuple[NotALot, ...]]:
    """Read all lots; of two with one id the first is kept, as nobody can tell them apart."""
    lots: dict[str, Lot] = {}
    left_out: list[NotALot] = []
    for one in credentials:
        found, refused = lots_of(one, rule, registers, as_of=on)
        left_out += refused
        for lot in found:
            if lots.setdefault(lot.id, lot) is not lot:
                left_out.append(NotALot(lot.id, "LOT_DUPLICATE"))
    return tuple(lots.values()), tuple(left_out)


def _lot_names(
    credentials: Sequence[VerifiedCredential],
    lots: Sequence[Lot],
    left_out: Sequence[NotALot],
) -> Iterator[tuple[str, str]]:
    named: dict[str | None, str] = {one.digest: name_of(one) for one in credentials}
    by_id = {_text(one.document.get("id")) or one.digest: name_of(one) for one in credentials}
    yield from ((lot.id, named.get(lot.digest, "")) for lot in lots)
    yield from ((one.credential, by_id.get(one.credential, "")) for one in left_out)


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
