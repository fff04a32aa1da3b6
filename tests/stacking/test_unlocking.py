"""What one more credential would unlock, and the smallest lot that is missing."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stacking.cases
from frameworks.amounts import Decision, Interval
from stacking import AwardRule, Conditions, Lot, Outcome, StackingError, plan, read_award_rule
from stacking.unlocking import smallest_lots, unlocks
from tests.stacking.test_oracle import FRAMEWORK, LADDERS, UNIT, few, stack_cases

Row = dict[str, Any]

CONDITIONS = stacking.cases.conditions_of({"ladders": LADDERS, "units": {}})


def lot(name: str, amount: str, **facts: Any) -> Lot:
    return stacking.cases.lot_of({"id": name, "amount": amount, "unit": UNIT, **facts})


def level(code: str) -> Row:
    return {"framework": FRAMEWORK, "code": code}


def rule(*constraints: Row, **changes: Any) -> AwardRule:
    rows = [{"id": f"c{place}", **one} for place, one in enumerate(constraints)]
    members = {"id": "aw:one", "unit": UNIT, "framework": FRAMEWORK, "size": "12", **changes}
    return read_award_rule({**members, "constraints": rows})


TOTAL: Row = {"type": "sum", "min": "10"}
HIGH: Row = {"type": "min_at_or_above_level", "level": "10", "amount": "4"}
RPL: Row = {"type": "amount_max", "amount": "5", "where": {"source_class": ["rpl"]}}
ALONE: Row = {"type": "exclusive_use"}


def exactly(amount: int) -> Interval:
    return Interval.of(Fraction(amount))


# Offers


def test_an_offer_that_fills_the_gap_turns_not_yet_into_award() -> None:
    offers = (lot("small", "1"), lot("enough", "3", level=level("10")))
    asked = rule(TOTAL, HIGH)
    small, enough = unlocks(
        (lot("a", "7"), lot("b", "1", level=level("10"))), offers, (asked,), CONDITIONS
    )
    assert [one.offer.id for one in (small, enough)] == ["small", "enough"]
    assert small.changes[0].rule is asked
    assert (small.changes[0].before, small.changes[0].after) == (Outcome.NOT_YET, Outcome.NOT_YET)
    # The level of lot "a" is not known, so it may or may not count above.
    assert small.changes[0].shortfalls_before["c0"] == exactly(2)
    assert small.changes[0].shortfalls_after["c0"] == exactly(1)
    assert "c0" not in enough.changes[0].shortfalls_after
    assert (small.reached, enough.reached) == ((), ("aw:one",))


def test_an_offer_beyond_a_cap_unlocks_nothing() -> None:
    lots = (lot("a", "4"), lot("b", "5", source_class="rpl"))
    (more_rpl, taught) = unlocks(
        lots,
        (lot("more", "5", source_class="rpl"), lot("taught", "1")),
        (rule(TOTAL, RPL),),
        CONDITIONS,
    )
    assert more_rpl.changes[0].after is Outcome.NOT_YET
    assert more_rpl.changes[0].shortfalls_after == more_rpl.changes[0].shortfalls_before
    assert taught.changes[0].after is Outcome.AWARD


def test_the_second_of_two_exclusive_awards_is_unlocked_though_each_alone_was_reached() -> None:
    rules = tuple(rule(TOTAL, ALONE, id=name) for name in ("aw:one", "aw:two"))
    (found,) = unlocks((lot("a", "10"),), (lot("offer", "10"),), rules, CONDITIONS)
    assert [(one.before, one.after) for one in found.changes] == [
        (Outcome.AWARD, Outcome.AWARD),
        (Outcome.AWARD, Outcome.AWARD),
    ]
    assert (found.reached, found.lost) == (("aw:two",), ())


def test_an_earlier_award_displaces_a_later_one_and_that_is_told() -> None:
    rules = (rule({"type": "sum", "min": "12"}, ALONE), rule(TOTAL, ALONE, id="aw:two"))
    (found,) = unlocks((lot("a", "10"),), (lot("offer", "2"),), rules, CONDITIONS)
    assert (found.reached, found.lost) == (("aw:one",), ("aw:two",))


def test_nothing_offered_unlocks_nothing() -> None:
    assert unlocks((lot("a", "10"),), (), (rule(TOTAL),), CONDITIONS) == ()


def test_an_offer_with_the_id_of_a_lot_is_refused() -> None:
    with pytest.raises(StackingError) as caught:
        unlocks((lot("a", "1"),), (lot("a", "1"),), (rule(TOTAL),), CONDITIONS)
    assert caught.value.code == "LOT_DUPLICATE"


@few
@given(stack_cases(), st.data())
def test_an_offer_is_told_as_the_plans_with_and_without_it(case: Row, data: st.DataObject) -> None:
    lots = tuple(map(stacking.cases.lot_of, case["lots"]))
    offer = replace(data.draw(st.sampled_from(lots)), id="offer", digest=None) if lots else None
    offers = () if offer is None else (offer,)
    asked, conditions = read_award_rule(case["award"]), stacking.cases.conditions_of(case)
    for found in unlocks(lots, offers, (asked,), conditions):
        before, after = (
            plan(several, asked, conditions) for several in (lots, (*lots, found.offer))
        )
        (change,) = found.changes
        assert (change.before, change.after) == (before.outcome, after.outcome)
        assert change.shortfalls_before == before.shortfalls
        assert change.shortfalls_after == after.shortfalls
        # One more lot may be left unused; only a level by counting back is taken over all.
        if after.award_level == before.award_level:
            order = list(Outcome)
            assert order.index(change.after) <= order.index(change.before)


# The smallest lot that is missing


def smallest(
    asked: AwardRule, *lots: Lot, conditions: Conditions = CONDITIONS
) -> list[tuple[str, Lot | None, Outcome]]:
    found = smallest_lots(plan(lots, asked, conditions), lots, conditions)
    return [(one.requirement.id, one.lot, one.after) for one in found]


def test_the_smallest_lot_is_what_a_total_lacks() -> None:
    ((name, found, after),) = smallest(rule(TOTAL), lot("a", "7.5"))
    assert (name, after) == ("c0", Outcome.AWARD)
    assert found == Lot("further:c0", Fraction(5, 2), UNIT)


def test_a_level_and_a_category_are_named_and_each_requirement_by_itself() -> None:
    category = {"type": "min_in_category", "category": "data", "level": "8", "amount": "3"}
    found = smallest(rule(HIGH, category), lot("a", "2", level=level("9")))
    assert [name for name, _lot, _after in found] == ["c0", "c1"]
    first, second = (one for _name, one, _after in found)
    assert first is not None
    assert second is not None
    assert (first.amount, first.level) == (2, lot("x", "1", level=level("10")).level)
    assert (second.amount, second.categories) == (3, {"data"})
    assert second.level == lot("x", "1", level=level("8")).level
    assert {after for _name, _lot, after in found} == {Outcome.NOT_YET}


def test_a_component_needs_no_credit_and_two_missing_ones_are_not_one_lot() -> None:
    both = {"type": "mandatory", "components": ["K1", "K2"]}
    ((_, found, after),) = smallest(rule(both), lot("a", "1", component="K1"))
    assert found is not None
    assert (found.component, found.amount, after) == ("K2", 0, Outcome.AWARD)
    assert smallest(rule(both)) == [("c0", None, Outcome.NOT_YET)]


def test_residency_needs_a_lot_of_the_institution() -> None:
    own = {"type": "residency_min_amount", "amount": "3", "source_class": ["rpl", "transfer"]}
    ((_, found, _),) = smallest(rule(own, institution="inst:home"), lot("a", "9"))
    assert found is not None
    assert (found.amount, found.institution, found.source_class) == (3, "inst:home", "transfer")
    assert smallest(rule(own)) == [("c0", None, Outcome.NOT_YET)]


def test_where_a_cap_on_others_is_full_the_lot_is_the_institutions_own() -> None:
    others = {"type": "amount_max", "amount": "4", "where": {"institution": "other"}}
    ((_, found, after),) = smallest(
        rule(TOTAL, others, institution="inst:home"), lot("a", "4"), lot("b", "4")
    )
    assert found is not None
    assert (found.amount, found.institution, after) == (6, "inst:home", Outcome.AWARD)


def test_no_lot_is_named_where_a_cap_leaves_no_room_for_any() -> None:
    all_of_it = {"type": "amount_max", "amount": "8", "where": {}}
    assert smallest(rule(TOTAL, all_of_it), lot("a", "7")) == [("c0", None, Outcome.NOT_YET)]


def test_the_lot_states_what_the_filters_ask_for() -> None:
    asked = rule(
        TOTAL,
        {"type": "min_grade", "scale": ["C", "B", "A"], "min": "B"},
        {"type": "min_assurance", "scale": ["D", "A"], "min": "A"},
        {
            "type": "max_age",
            "years": 1,
            "boundary": "exclusive",
            "reference_date": "2026-01-01",
        },
        {"type": "min_level", "level": "8"},
        {"type": "min_level", "level": "10"},
    )
    ((_, found, after),) = smallest(asked)
    assert found is not None
    assert (found.amount, found.grade, found.assurance, after) == (10, "A", "A", Outcome.AWARD)
    assert found.level == lot("x", "1", level=level("10")).level


def test_an_award_and_an_open_plan_lack_no_lot() -> None:
    assert smallest(rule(TOTAL), lot("a", "10")) == []
    assert smallest(rule(HIGH), lot("a", "10")) == []


@few
@given(stack_cases())
def test_the_smallest_lot_passes_and_for_the_first_requirement_none_smaller_does(
    case: Row,
) -> None:
    lots = tuple(map(stacking.cases.lot_of, case["lots"]))
    asked, conditions = read_award_rule(case["award"]), stacking.cases.conditions_of(case)
    before = plan(lots, asked, conditions)
    for place, found in enumerate(smallest_lots(before, lots, conditions)):
        if found.lot is None:
            continue
        with_it = plan((*lots, found.lot), asked, conditions)
        decisions = {one.constraint.id: one.decision for one in with_it.measures}
        assert decisions[found.requirement.id] is Decision.PASS
        assert with_it.outcome is found.after
        if place == 0 and found.requirement is asked.requirements[0] and found.lot.amount > 0:
            less = replace(found.lot, amount=found.lot.amount * Fraction(999, 1000))
            with_less = plan((*lots, less), asked, conditions)
            decided = {one.constraint.id: one.decision for one in with_less.measures}
            assert decided[found.requirement.id] is not Decision.PASS
