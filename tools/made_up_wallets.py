"""Wallets and award rules made up from seeds, to measure planning with."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

from stacking import Conditions, Lot
from stacking.cases import conditions_of, lot_of

Row = dict[str, Any]

CATEGORIES = ("core", "math", "lab", "ethics", "project")
READ_AS = {"1": ["3", "4"], "2": ["5"], "3": ["6"], "4": ["7", "8"], "5": ["8"]}
FACTS: Row = {
    "ladders": {
        "fw": [{"code": str(rank), "rank": rank} for rank in range(3, 10)],
        "fw:b": [{"code": str(rank), "rank": rank} for rank in range(1, 6)],
    },
    "units": {
        "cu": {"basis": "total-notional", "hours": ["10", "10"], "per_year": "120"},
        "ects": {"basis": "total-workload", "hours": ["25", "30"], "per_year": "60"},
        "us": {"basis": "minimum-work", "hours": None, "per_year": None},
    },
    "conversions": [
        {"from": "ects", "to": "cu", "method": "notional-hours"},
        {"from": "us", "to": "cu", "method": "formal-ratio", "ratio": "15/4"},
    ],
    "maps": [
        {
            "from": "fw:b",
            "to": "fw",
            "kind": "referenced",
            "entries": [
                {"from": code, "to": to, "match": "best-fit"} for code, to in READ_AS.items()
            ],
        }
    ],
    "map_policy": {"kinds": ["referenced"]},
}


def made_up_lot(chance: random.Random, number: int, kind: str) -> Row:
    """Make up a lot; those of intervals are converted by hours, from another framework."""
    foreign = {"intervals": 0.35, "kin": 0.05, "awkward": 0.1}.get(kind, 0)
    found: Row = {
        "id": f"l{number}",
        "amount": chance.choice(("5", "10", "10", "15", "15", "20", "30", "7.5", "12", "4")),
        "unit": "cu",
        "level": {"framework": "fw", "code": chance.choice("455666778")},
        "source_class": chance.choice(("taught",) * 5 + ("transfer", "rpl") * 2),
        "institution": chance.choice(("home",) * 3 + ("away", "abroad")),
        "categories": sorted(set(chance.choices(CATEGORIES, k=chance.randrange(3)))),
    }
    if kind in ("awkward", "tight"):
        found["amount"] = str(Fraction(chance.randint(200, 3_000), 100))
    if chance.random() < foreign:
        level = {"framework": "fw:b", "code": str(chance.randint(1, 5))}
        found |= {"amount": chance.choice("23456"), "unit": "ects", "level": level}
    elif kind == "awkward" and chance.random() < 0.2:
        found |= {"amount": chance.choice("12345"), "unit": "us"}
    if chance.random() < 0.05:
        del found["level"]
    if chance.random() < 0.15:
        found["component"] = f"K{chance.randrange(8)}"
    return found


def made_up_wallet(chance: random.Random, number: int, kind: str) -> list[Row]:
    """Make up a wallet; one with kin has programmes beside their modules."""
    lots = [made_up_lot(chance, place, kind) for place in range(number)]
    place = 0
    while kind == "kin" and place < number - 8:
        modules = chance.choice((0, 0, 3, 7))
        inside = lots[place + 1 : place + 1 + modules]
        for one in inside:
            one["parent"] = lots[place]["id"]
        if inside:
            total = sum(Fraction(one["amount"]) for one in inside)
            lots[place]["amount"] = str(total + chance.choice((0, 0, 5)))
        place += modules + 1
    return lots


def rule_of_twelve(kind: str) -> Row:
    """Build a rule of twelve constraints of most types."""
    total = {"exact": {"equal": "360"}, "tight": {"equal": "360"}}.get(
        kind, {"min": "300", "max": "380"}
    )
    short = 9 if kind == "short" else 1
    rows: list[Row] = [
        {"type": "sum", **total},
        {"type": "min_at_level", "level": "7", "amount": str(60 * short)},
        {"type": "min_at_or_above_level", "level": "6", "amount": str(180 * short)},
        {"type": "min_in_category", "category": "core", "amount": "60"},
        {"type": "min_in_category", "category": "lab", "level": "6", "amount": "20"},
        {"type": "min_in_category", "category": "ethics", "amount": "30"},
        {"type": "residency_min_share", "share": "1/3", "source_class": ["taught"]},
        {"type": "mandatory", "components": ["K1", "K2"]},
        {"type": "one_of", "components": ["K3", "K4", "K5", "K6"], "count": 2},
        {"type": "share_max", "share": "1/3", "where": {"source_class": ["rpl"]}},
        {"type": "share_max", "share": "1/2", "where": {"institution": "other"}},
        {"type": "amount_max", "amount": "211/3", "where": {"category": "math"}},
    ]
    return award("aw", rows) | ({"divisible_step": "1/2"} if kind == "divisible" else {})


def award(name: str, constraints: list[Row]) -> Row:
    """Build an award rule."""
    rows = [{"id": f"c{place}", **one} for place, one in enumerate(constraints)]
    place = {"unit": "cu", "framework": "fw", "institution": "home", "size": "360"}
    return {"id": name, **place, "constraints": rows}


def small_rule(chance: random.Random, name: str) -> Row:
    """Make up a rule for a small award that wants its lots for itself."""
    least = chance.choice((20, 30, 40, 60))
    most = {"max": str(least + 10)} if chance.random() < 0.3 else {}
    amount = chance.choice(("10", "15", "20"))
    kinds: list[Row] = [
        {"type": "min_in_category", "category": chance.choice(CATEGORIES), "amount": amount},
        {"type": "min_at_or_above_level", "level": chance.choice("567"), "amount": amount},
        {"type": "residency_min_amount", "amount": "10"},
        {"type": "amount_max", "amount": amount, "where": {"source_class": ["rpl"]}},
        {"type": "one_of", "components": [f"K{chance.randrange(8)}", "K8"]},
    ]
    more = chance.sample(kinds, chance.randint(1, 3))
    total = {"type": "sum", "min": str(least), **most}
    return award(name, [total, *more, {"type": "exclusive_use"}])


def read(rows: list[Row]) -> tuple[tuple[Lot, ...], Conditions]:
    """Read lots, and what they are read by."""
    return tuple(map(lot_of, rows)), conditions_of(FACTS)
