"""From a wallet to eligible lots: what counts, as how much, at which level, and what does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from frameworks.amounts import Interval, Rounding
from frameworks.conversions import Conversion, Credit, NotConvertible, convert
from frameworks.credit_units import CreditUnit
from frameworks.dates import is_recent
from frameworks.languages import is_language_accepted
from frameworks.level_maps import LevelMap, MapPolicy, read_level
from frameworks.levels import Ladder
from stacking.award_rules import (
    AwardRule,
    Filter,
    LanguageIn,
    MaxAge,
    MinLevel,
    MinOnScale,
    MinOverlap,
)
from stacking.lots import LedgerEntry, Lot, earlier_uses

NO_MAPS = MapPolicy(frozenset())
"""Without a policy no map counts."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What amounts and levels are read by: units, conversions, maps, and earlier uses."""

    units: Mapping[str, CreditUnit] = field(default_factory=dict)
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    conversions: tuple[Conversion, ...] = ()
    rounding: Rounding | None = None
    maps: tuple[LevelMap, ...] = ()
    map_policy: MapPolicy = NO_MAPS
    ledger: tuple[LedgerEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class EligibleLot:
    """A lot that counts: its amount in the award's unit, and the levels that it may be at.

    No levels at all means that the level is not known.
    """

    lot: Lot
    amount: Interval
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A lot that does not count, with every reason."""

    lot: Lot
    reasons: tuple[str, ...]


def sort_out(
    lots: tuple[Lot, ...], rule: AwardRule, conditions: Conditions
) -> tuple[tuple[EligibleLot, ...], tuple[Exclusion, ...]]:
    """Decide for each lot, in the order of the wallet, whether it counts.

    Obligations, whose reasons are all collected: 1. the same credential is not there twice, nor in
    two forms; 2. the lot is not spent, nor in use where the award asks for exclusive use; 3. it
    passes the filters; 4. it converts into the award's unit.
    """
    used = earlier_uses(lots, conditions.ledger)
    digests: set[str] = set()
    counted: dict[str, Lot] = {}
    eligible: list[EligibleLot] = []
    excluded: list[Exclusion] = []
    for lot, uses in zip(lots, used, strict=True):
        levels = levels_of(lot, rule, conditions)
        # 1.
        reasons = [*_twice(lot, digests, counted)]
        # 2.
        reasons += _reasons_of(uses, rule)
        # 3.
        reasons += _filtered(lot, levels, rule, conditions)
        # 4.
        amount = _converted(lot, rule, conditions)
        if isinstance(amount, str):
            reasons.append(amount)
        elif not reasons:
            eligible.append(EligibleLot(lot, amount, levels))
            if lot.statement is not None:
                counted[lot.statement] = lot
        if reasons:
            excluded.append(Exclusion(lot, tuple(dict.fromkeys(reasons))))
    return tuple(eligible), tuple(excluded)


def _twice(lot: Lot, digests: set[str], counted: Mapping[str, Lot]) -> Iterator[str]:
    """Tell whether an earlier lot is of the same credential; remember the digest of this one.

    Another form takes its place only if it counts itself: one that shows less, or is not verified
    as well, must not keep the better one out.  Several values of one credential state several
    things, and are of one digest.
    """
    other = counted.get(lot.statement or "")
    if lot.digest is not None and lot.digest in digests:
        yield "DUPLICATE_DIGEST"
    elif other is not None and other.digest != lot.digest:
        yield "SAME_IN_OTHER_FORM"
    if lot.digest is not None:
        digests.add(lot.digest)


def levels_of(lot: Lot, rule: AwardRule, conditions: Conditions) -> tuple[str, ...]:
    """Read the level of a lot in the award's framework: one, a range, or none if not known."""
    if lot.level is None or rule.framework is None:
        return ()
    reading = read_level(
        lot.level, rule.framework, conditions.maps, conditions.map_policy, conditions.ladders
    )
    return reading.levels


def _reasons_of(uses: Iterable[LedgerEntry], rule: AwardRule) -> Iterator[str]:
    for entry in uses:
        # What was used for this very award does not stand in its way.
        if entry.award == rule.id:
            continue
        is_of_family = entry.family is not None and entry.family == rule.family
        if entry.spent or is_of_family:
            yield "LOT_REDEEMED"
        elif rule.is_exclusive:
            yield "LOT_IN_USE"


def _filtered(
    lot: Lot, levels: tuple[str, ...], rule: AwardRule, conditions: Conditions
) -> Iterator[str]:
    ladder = conditions.ladders.get(rule.framework or "")
    for one in rule.filters:
        if one.where.selects(lot, rule.institution):
            reason = _reason(one, lot, levels, ladder)
            if reason is not None:
                yield reason


def _reason(one: Filter, lot: Lot, levels: tuple[str, ...], ladder: Ladder | None) -> str | None:
    if isinstance(one, MaxAge):
        if lot.awarded is None:
            return "DATE_UNKNOWN"
        recent = is_recent(lot.awarded, one.reference, one.years, one.boundary)
        return None if recent else "TOO_OLD"
    if isinstance(one, MinLevel):
        return _level_reason(one.level, levels, ladder)
    if isinstance(one, LanguageIn):
        return _language_reason(one, lot)
    if isinstance(one, MinOverlap):
        return _overlap_reason(one, lot)
    return _scale_reason(one, lot)


def _language_reason(one: LanguageIn, lot: Lot) -> str | None:
    if lot.language is None:
        return "LANGUAGE_UNKNOWN"
    is_accepted = is_language_accepted(lot.language, one.accepted)
    return None if is_accepted else "LANGUAGE_NOT_ACCEPTED"


def _overlap_reason(one: MinOverlap, lot: Lot) -> str | None:
    """Count which of the outcomes asked for a lot is aligned with; URIs alone are compared."""
    if not lot.outcomes:
        return "OVERLAP_UNKNOWN"
    overlap = Fraction(len(one.outcomes & lot.outcomes), len(one.outcomes))
    return None if overlap >= one.least else "OVERLAP_BELOW_MIN"


def _level_reason(least: str, levels: tuple[str, ...], ladder: Ladder | None) -> str | None:
    bound = None if ladder is None else ladder.rank(least)
    ranks = [None if ladder is None else ladder.rank(code) for code in levels]
    known = [rank for rank in ranks if rank is not None]
    if bound is None or not known or len(known) < len(ranks):
        return "LEVEL_INDETERMINATE"
    if max(known) < bound:
        return "LEVEL_BELOW_MIN"
    return None if min(known) >= bound else "LEVEL_INDETERMINATE"


def _scale_reason(one: MinOnScale, lot: Lot) -> str | None:
    value = lot.grade if one.what == "grade" else lot.assurance
    if value is None or value not in one.scale:
        return f"{one.what.upper()}_UNKNOWN"
    is_below = one.scale.index(value) < one.scale.index(one.least)
    return f"{one.what.upper()}_BELOW_MIN" if is_below else None


def _converted(lot: Lot, rule: AwardRule, conditions: Conditions) -> Interval | str:
    """Convert a lot into the award's unit; the reason if it does not convert."""
    credit = Credit(lot.amount, lot.unit, lot.already_converted)
    try:
        exact = convert(credit, rule.unit, conditions.conversions, conditions.units).exact
    except NotConvertible as refusal:
        return refusal.code
    if lot.unit == rule.unit or conditions.rounding is None:
        return exact
    return conditions.rounding.apply_to(exact)
