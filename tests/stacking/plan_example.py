"""The plan that the documentation shows; run it to draw the picture of it: `make picture`."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import replace
from fractions import Fraction

import schemas
from frameworks.amounts import Interval
from frameworks.conversions import Conversion, Method
from frameworks.credit_units import CreditUnit
from frameworks.levels import Ladder, Level, LevelCode
from stacking import Conditions, Lot, StackPlan, plan, read_award_rule
from stacking.account import Telling
from stacking.credential_lots import NotALot
from stacking.picture import plan_svg

FRAMEWORK = "nz-nzqcf"
LADDER = Ladder.of(FRAMEWORK, tuple(LevelCode(str(rank), rank) for rank in range(1, 11)))
CONDITIONS = Conditions(
    units={
        "nzqcf": CreditUnit("nzqcf", "total-notional", Interval.of(Fraction(10)), Fraction(120)),
        "ects": CreditUnit(
            "ects", "total-workload", Interval(Fraction(25), Fraction(30)), Fraction(60)
        ),
    },
    ladders={FRAMEWORK: LADDER},
    conversions=(Conversion("ects", "nzqcf", Method.NOTIONAL_HOURS),),
)
INSTITUTIONS = {
    "did:web:trades.example": "Southern Institute of Trades",
    "did:web:poly.example": "Example Polytechnic",
    "did:web:uni.example": "University of the Example Islands",
}
TRADES, POLY, UNI = INSTITUTIONS


def lot(name: str, amount: str, level: str, institution: str, unit: str = "nzqcf") -> Lot:
    place = Level(FRAMEWORK, level)
    return Lot(name, Fraction(amount), unit, place, institution=institution, digest=f"d:{name}")


def example() -> tuple[StackPlan, Telling]:
    """Plan a diploma that is not yet reached, with one amount that is not certain."""
    rule = read_award_rule(tomllib.loads(schemas.award_rules()["nz-diploma-level-5.toml"]))
    welding = lot("Pipe welding for dairy plants", "40", "5", TRADES)
    lots = (
        welding,
        lot("Workshop practice", "20", "4", TRADES),
        lot("Welding inspection", "12", "5", UNI, "ects"),
        lot("Metallurgy", "7.5", "6", POLY),
        replace(welding, id="Pipe welding, the same file again"),
    )
    telling = Telling(
        names={
            "nzqcf": "NZQCF credit",
            FRAMEWORK: "New Zealand Qualifications and Credentials Framework",
        },
        institutions=INSTITUTIONS,
        ladder=LADDER,
        left_out=(NotALot("first-aid.json", "EXPIRED"),),
    )
    return plan(lots, rule, CONDITIONS), telling


if __name__ == "__main__":
    sys.stdout.write(plan_svg(*example()))
