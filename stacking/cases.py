"""The worked cases about stacking: facts in, answer out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frameworks.amounts import canonical, parse_amount
from frameworks.cases import parsing
from frameworks.cases.parsing import Given
from frameworks.cases.runner import CaseKind
from stacking.award_rules import CountBack
from stacking.lots import LedgerEntry, Lot, SourceClass
from stacking.planning import plan
from stacking.rule_reading import read_award_rule
from stacking.several_awards import assign
from stacking.wallet import NO_MAPS, Conditions

Answer = dict[str, Any]


def stack_case(given: Given) -> Answer:
    """Answer whether lots earn an award."""
    rule = read_award_rule(given["award"])
    found = plan(_lots(given), rule, conditions_of(given))
    answer: Answer = {
        "outcome": found.outcome.value,
        "sums": {name: parsing.told(total) for name, total in found.sums.items()},
        "shortfall": {name: parsing.told(short) for name, short in found.shortfalls.items()},
        "excluded": [{"lot": one.lot.id, "reasons": list(one.reasons)} for one in found.excluded],
    }
    if any(isinstance(one, CountBack) for one in rule.constraints):
        answer["award_level"] = found.award_level
    if rule.report_credit_points:
        points = found.credit_points
        answer["credit_points"] = None if points is None else canonical(points)
    return answer


def stack_many_case(given: Given) -> Answer:
    """Answer which of several awards lots earn together."""
    rules = tuple(map(read_award_rule, given["awards"]))
    assigned = assign(_lots(given), rules, conditions_of(given))
    answer: Answer = {"awards": {name: one.value for name, one in assigned.standings.items()}}
    if assigned.total_worth is not None:
        answer["total_worth"] = canonical(assigned.total_worth)
    return answer


def _lots(given: Given) -> tuple[Lot, ...]:
    return tuple(map(lot_of, given["lots"]))


def lot_of(row: Given) -> Lot:
    """Read one lot."""
    return Lot(
        id=row["id"],
        amount=parse_amount(row["amount"]),
        unit=row["unit"],
        level=parsing.level(row.get("level")),
        categories=frozenset(row.get("categories", ())),
        component=row.get("component"),
        institution=row.get("institution"),
        source_class=SourceClass(row.get("source_class", "taught")),
        awarded=parsing.optional_date(row.get("awarded")),
        grade=row.get("grade"),
        assurance=row.get("assurance"),
        digest=row.get("digest"),
        parent=row.get("parent"),
        already_converted=row.get("already_converted", False),
    )


def conditions_of(given: Given) -> Conditions:
    """Read what amounts and levels are read by."""
    policy = given.get("map_policy")
    return Conditions(
        units=parsing.units(given),
        ladders=parsing.ladders(given),
        conversions=tuple(map(parsing.conversion, given.get("conversions", ()))),
        rounding=parsing.rounding(given.get("rounding")),
        maps=tuple(map(parsing.level_map, given.get("maps", ()))),
        map_policy=NO_MAPS if policy is None else parsing.map_policy(policy),
        ledger=tuple(map(_entry, given.get("ledger", ()))),
    )


def _entry(row: Given) -> LedgerEntry:
    return LedgerEntry(row["award"], row["spent"], row.get("lot"), row.get("digest"))


KINDS: Mapping[str, CaseKind] = {"stack": stack_case, "stack-many": stack_many_case}
"""The kinds of case that this room answers."""
