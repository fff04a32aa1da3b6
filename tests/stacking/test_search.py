"""The search for the best plan: like lots, many lots, and the same answer every time."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import stacking.cases
from stacking import Lot, Outcome, assign, plan, read_award_rule
from stacking.budget import Budget
from stacking.expressions import Expression
from stacking.lots import are_kin, kin_pairs
from stacking.measures import bounds_of, measured_by
from stacking.several_awards import Standing
from stacking.solver import LARGEST_SUM, Answer, Purse, Solver, TooLargeError
from stacking.wallet import Conditions
from tests.stacking import oracle
from tests.stacking.test_oracle import UNIT, few, planned, stack_cases

Row = dict[str, Any]


def lot(name: str, amount: str, **facts: Any) -> Lot:
    return stacking.cases.lot_of({"id": name, "amount": amount, "unit": UNIT, **facts})


def rule(*constraints: Row, **changes: Any) -> Any:
    rows = [{"id": f"c{place}", **one} for place, one in enumerate(constraints)]
    return read_award_rule({"id": "aw:one", "unit": UNIT, "constraints": rows, **changes})


def use(lots: tuple[Lot, ...], asked: Any) -> dict[str, Fraction | None]:
    return dict(plan(lots, asked, Conditions()).use)


# Like lots


def test_of_like_lots_the_first_of_the_wallet_are_used() -> None:
    lots = tuple(lot(f"l{number}", "5") for number in range(200))
    found = use(lots, rule({"type": "sum", "equal": "15"}))
    assert found == {"l0": None, "l1": None, "l2": None}


def test_divisible_lots_are_filled_one_after_the_other_and_listed_as_in_the_wallet() -> None:
    capped = {"type": "amount_max", "amount": "8", "where": {"source_class": ["rpl"]}}
    lots = (
        lot("free", "1"),
        lot("r1", "3", source_class="rpl"),
        lot("last", "1"),
        lot("r2", "3", source_class="rpl"),
        lot("r3", "4", source_class="rpl"),
    )
    found = use(lots, rule({"type": "sum", "min": "10"}, capped, divisible_step="1"))
    assert list(found.items()) == [
        ("free", None),
        ("r1", None),
        ("last", None),
        ("r2", None),
        ("r3", Fraction(2)),
    ]


def test_a_part_is_a_multiple_of_the_step_or_the_lot_is_whole() -> None:
    asked = rule({"type": "sum", "equal": "7"}, divisible_step="2")
    # Seven is odd: a whole lot of five, and a part of two of the other.
    assert use((lot("a", "5"), lot("b", "5")), asked) == {"a": None, "b": Fraction(2)}


def test_like_modules_are_used_instead_of_the_programme_that_contains_them() -> None:
    lots = (lot("whole", "9"), *(lot(f"m{number}", "2", parent="whole") for number in range(3)))
    assert use(lots, rule({"type": "sum", "equal": "6"})) == {"m0": None, "m1": None, "m2": None}
    assert use(lots, rule({"type": "sum", "min": "1"})) == {"whole": None}


def test_like_lots_go_to_different_exclusive_awards() -> None:
    rules = tuple(
        rule({"type": "sum", "min": "10"}, {"type": "exclusive_use"}, id=f"aw:{number}")
        for number in range(3)
    )
    five = tuple(lot(f"l{number}", "5") for number in range(5))
    found = assign(five, rules, Conditions()).standings
    assert [*found.values()] == [Standing.AWARD, Standing.AWARD, Standing.BLOCKED]
    assert {*assign((*five, lot("l5", "5")), rules, Conditions()).standings.values()} == {
        Standing.AWARD
    }


def test_more_awards_than_one_question_decides_between_are_preferred_in_their_order() -> None:
    rules = tuple(
        rule({"type": "sum", "min": "1"}, {"type": "exclusive_use"}, id=f"aw:{number}")
        for number in range(45)
    )
    lots = tuple(lot(f"l{number}", "1") for number in range(43))
    found = [*assign(lots, rules, Conditions()).standings.values()]
    assert found == [Standing.AWARD] * 43 + [Standing.BLOCKED] * 2


@few
@given(stack_cases())
def test_kin_are_found_as_by_looking_at_every_pair(case: Row) -> None:
    lots = tuple(map(stacking.cases.lot_of, case["lots"]))
    by_id = {one.id: one for one in lots}
    pairs = [
        (one.id, other.id) for one, other in combinations(lots, 2) if are_kin(one, other, by_id)
    ]
    assert list(kin_pairs(lots, by_id)) == pairs


# The same answer every time

PLANNED = """
import json, sys
from fractions import Fraction
from stacking import Conditions, cases, plan, read_award_rule
lots = tuple(map(cases.lot_of, json.loads(sys.argv[1])))
found = plan(lots, read_award_rule(json.loads(sys.argv[2])), Conditions())
print([*found.use.items()], found.sums, found.outcome)
"""


def test_the_plan_does_not_depend_on_the_order_of_sets() -> None:
    lots = [
        {
            "id": f"l{number}",
            "amount": str(Fraction(17 * number % 91 + 3, 7)),
            "unit": UNIT,
            "categories": ["data", "ethics", "law"][: number % 4],
            "source_class": ("taught", "rpl")[number % 2],
        }
        for number in range(40)
    ]
    constraints = [
        {"id": "total", "type": "sum", "min": "60", "max": "70"},
        {"id": "data", "type": "min_in_category", "category": "data", "amount": "20"},
        {"id": "rpl", "type": "amount_max", "amount": "61/3", "where": {"source_class": ["rpl"]}},
        {"id": "law", "type": "amount_max", "amount": "9", "where": {"category": "law"}},
    ]
    asked = {"id": "aw:one", "unit": UNIT, "constraints": constraints}
    answers = {
        subprocess.run(
            [sys.executable, "-c", PLANNED, json_of(lots), json_of(asked)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(answers) == 1
    assert "AWARD" in answers.pop()


def json_of(value: Any) -> str:
    import json

    return json.dumps(value)


# One lot more


@few
@given(stack_cases(), st.data())
def test_only_bounds_exclusions_kin_or_levels_explain_the_loss_of_an_award(
    case: Row, data: st.DataObject
) -> None:
    assume(case["lots"])
    smaller = {**case, "lots": case["lots"][:-1]}
    before, after = planned(smaller), planned(case)
    if (before.outcome, after.outcome) == (Outcome.AWARD, Outcome.NOT_YET):
        limits = [one for one in measured_by(after.rule) if bounds_of(one).most is not None]
        wallet = oracle.Wallet(case)
        last = len(case["lots"]) - 1
        kin = [other for other in range(last) if wallet.are_kin(last, other)]
        newly_out = len(after.excluded) - len(before.excluded)
        assert limits or kin or newly_out


# The solver


def test_a_question_without_budget_is_not_answered() -> None:
    solver = Solver(Purse.of(Budget(0)))
    assert solver.maximize(solver.variable(3)) is Answer.NOT_SURE
    assert not solver.has_solution


def test_what_is_asked_and_cannot_be_is_told() -> None:
    solver = Solver(Purse.of(Budget()))
    one = solver.variable(3)
    assert solver.maximize(one) is Answer.BEST
    assert solver.solution == [3]
    solver.model.add(one >= 4)
    assert solver.solve() is Answer.IMPOSSIBLE
    assert solver.solution == [3]


def test_numbers_that_are_too_large_for_the_solver_are_refused() -> None:
    solver = Solver(Purse.of(Budget()))
    with pytest.raises(TooLargeError):
        solver.variable(LARGEST_SUM + 1)
    terms = [(solver.variable(2**31), 2**31, Fraction(2**30)), (solver.variable(1), 1, Fraction(1))]
    with pytest.raises(TooLargeError):
        Expression.of(terms, Fraction(0))


def test_sums_are_counted_in_the_largest_unit_that_divides_their_amounts() -> None:
    solver = Solver(Purse.of(Budget()))
    amounts = (Fraction(3, 2), Fraction(9, 4))
    total = Expression.of([(solver.variable(2), 2, amount) for amount in amounts], Fraction(1))
    assert (total.unit, total.factors, total.top) == (Fraction(3, 4), (2, 3), 10)
    # Above the base of one: 4/(3/4) is between five and six units.
    assert (total.at_least(Fraction(5)), total.at_most(Fraction(5))) == (6, 5)
    assert (total.at_least(Fraction(99)), total.at_most(Fraction(0))) == (11, -1)
    assert [total.fewest(units) for units in (0, 1, 3, 4, 6, 7, 10)] == [0, 1, 1, 2, 2, 3, 4]
