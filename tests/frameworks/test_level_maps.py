"""Maps between levels: partial, many to one, and never read for more than they say."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameworks.errors import FrameworkError
from frameworks.level_maps import LevelMap, MapOutcome, MapPolicy, Match, compose, read_level
from frameworks.levels import Ladder, Level, LevelCode

CODES = ("1", "2", "3", "4", "4+", "10")


def ladder(framework: str) -> Ladder:
    return Ladder.of(framework, tuple(LevelCode(code, rank) for rank, code in enumerate(CODES)))


LADDERS = {name: ladder(name) for name in ("a", "b", "c", "d")}

rows = st.dictionaries(
    st.sampled_from(CODES), st.frozensets(st.sampled_from(CODES), max_size=3), max_size=len(CODES)
)
matches = st.dictionaries(st.sampled_from(CODES), st.sampled_from([Match.EXACT, Match.BROAD]))


@st.composite
def maps(draw: st.DrawFn, source: str, target: str) -> LevelMap:
    withheld = draw(st.frozensets(st.sampled_from(CODES), max_size=2))
    entries = {code: to for code, to in draw(rows).items() if code not in withheld}
    return LevelMap(source, target, "referenced", entries, withheld, matches=draw(matches))


def policy(*via: str, inverse: bool = False) -> MapPolicy:
    return MapPolicy(frozenset({"referenced", "composed"}), frozenset(via), inverse=inverse)


@given(maps("a", "b"), maps("b", "c"), st.sampled_from(CODES))
def test_a_composition_says_exactly_what_walking_through_its_parts_says(
    first: LevelMap, second: LevelMap, code: str
) -> None:
    walked = read_level(Level("a", code), "c", (first, second), policy("b"), LADDERS)
    composed = read_level(Level("a", code), "c", (compose(first, second),), policy(), LADDERS)
    assert composed.levels == walked.levels
    assert composed.outcome == walked.outcome


@given(maps("a", "b"), maps("b", "a"))
def test_a_map_composed_with_its_way_back_is_refused(first: LevelMap, back: LevelMap) -> None:
    with pytest.raises(FrameworkError) as caught:
        compose(first, back)
    assert caught.value.code == "MAPS_DO_NOT_MEET"


@given(rows, matches)
def test_a_map_composed_with_itself_never_claims_more_than_its_parts(
    entries: Mapping[str, frozenset[str]], strengths: Mapping[str, Match]
) -> None:
    first = LevelMap("a", "b", "referenced", entries, matches=strengths)
    second = LevelMap("b", "c", "referenced", entries, matches=strengths)
    composed = compose(first, second)
    order = list(Match)
    for code in composed.entries:
        reached = entries[code]
        allowed = {level for one in reached for level in entries.get(one, ())}
        assert composed.entries[code] <= allowed
        if composed.entries[code]:
            parts = [first.match(code), *(second.match(one) for one in reached)]
            assert order.index(composed.match(code)) >= max(map(order.index, parts))


@given(maps("a", "b"), maps("a", "c"))
def test_a_composition_through_an_inverse_needs_every_row(
    first: LevelMap, second: LevelMap
) -> None:
    composed = compose(first, second)
    assert (composed.source, composed.target) == ("b", "c")
    if first.withheld:
        assert not any(composed.entries.values())


@given(maps("a", "b"), maps("a", "b"), st.sampled_from(CODES))
def test_the_order_of_maps_does_not_change_what_they_say(
    first: LevelMap, second: LevelMap, code: str
) -> None:
    forth = read_level(Level("a", code), "b", (first, second), policy(), LADDERS)
    back = read_level(Level("a", code), "b", (second, first), policy(), LADDERS)
    assert (forth.outcome, forth.levels) == (back.outcome, back.levels)
    assert set(forth.reasons) == set(back.reasons)


def test_the_maps_that_led_to_an_answer_are_told() -> None:
    first = LevelMap("a", "b", "referenced", {"1": frozenset({"2"})}, id="a-b")
    second = LevelMap("b", "c", "referenced", {"2": frozenset({"4+", "3"})}, id="b-c")
    reading = read_level(Level("a", "1"), "c", (first, second), policy("b"), LADDERS)
    assert reading.outcome is MapOutcome.RANGE
    assert reading.levels == ("3", "4+")
    assert [[one.id for one in path] for path in reading.paths] == [["a-b", "b-c"]]


def test_only_one_framework_may_lie_between() -> None:
    chain = tuple(
        LevelMap(source, target, "referenced", {"1": frozenset({"1"})})
        for source, target in (("a", "b"), ("b", "c"), ("c", "d"))
    )
    reading = read_level(Level("a", "1"), "d", chain, policy("b", "c"), LADDERS)
    assert reading.reasons == ("NO_MAP",)


def test_the_reason_of_a_silent_path_is_that_of_its_lowest_silent_level() -> None:
    first = LevelMap("a", "b", "referenced", {"1": frozenset({"10", "2"})})
    second = LevelMap("b", "c", "referenced", {}, withheld=frozenset({"2"}))
    reading = read_level(Level("a", "1"), "c", (first, second), policy("b"), LADDERS)
    assert reading.reasons == ("ROW_WITHHELD",)


def test_a_ladder_lists_each_level_once() -> None:
    with pytest.raises(FrameworkError) as caught:
        Ladder.of("a", (LevelCode("1", 1), LevelCode("1", 2)))
    assert caught.value.code == "LEVEL_DUPLICATE"
