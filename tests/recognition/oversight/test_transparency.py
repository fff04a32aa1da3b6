"""Published figures: they add up, and nothing about few people can be read or computed."""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.decision_payload import read_payload
from recognition.errors import RecognitionError
from recognition.oversight.recorded import RecordedDecision
from recognition.oversight.suppression import Cell, Table, withheld_cells
from recognition.oversight.transparency import SMALL_CELL, transparency_figures
from tests.recognition.decision_factories import payload, source

TABLES = 60
TRIED_CELLS = 4


def recorded(number: int, *, person: str | None = None, **changes: Any) -> RecordedDecision:
    members: dict[str, Any] = {"applicant": person or f"did:key:z{number}", **changes}
    if members.get("outcome", "GRANT") != "GRANT":
        members["granted"] = None
    return RecordedDecision(
        f"sha256:{number:064x}", f"case-{number}", 1, read_payload(payload(**members))
    )


def many(*groups: tuple[int, dict[str, Any]]) -> list[RecordedDecision]:
    """Make so many decisions of each kind, each about another person."""
    kinds = [changes for count, changes in groups for _ in range(count)]
    return [recorded(number, **changes) for number, changes in enumerate(kinds)]


def of_field(field: str, **changes: Any) -> dict[str, Any]:
    return {"sources": [source(field=field, **changes)]}


def by(figures: dict[str, Any], dimension: str) -> dict[str, Any]:
    return {row["name"]: (row["decisions"], row["outcomes"]) for row in figures["by"][dimension]}


def test_large_groups_are_told_exactly() -> None:
    decisions = many(
        (20, of_field("0715")),
        (10, {**of_field("0715"), "outcome": "REFUSE"}),
        (15, {**of_field("0411", sourceClass="non-credit"), "outcome": "REFER"}),
        (5, {"sources": [source(field="0715"), source(field="0411", sourceClass="rpl")]}),
        (7, {**of_field("0411"), "target": {"component": "C", "amount": "1", "unit": "x"}}),
        (6, {"sources": [source(field=None)]}),
    )
    figures = transparency_figures(decisions).to_json()
    assert figures["total"]["decisions"] == 63
    assert figures["total"]["outcomes"] == {"GRANT": 38, "REFUSE": 10, "REFER": 15}
    assert by(figures, "field") == {
        "0715": (30, {"GRANT": 20, "REFUSE": 10, "REFER": 0}),
        "0411": (22, {"GRANT": 7, "REFUSE": 0, "REFER": 15}),
        "several": (5, {"GRANT": 5, "REFUSE": 0, "REFER": 0}),
        "not stated": (6, {"GRANT": 6, "REFUSE": 0, "REFER": 0}),
    }
    assert by(figures, "level") == {
        "nz-nzqcf 5": (63, {"GRANT": 38, "REFUSE": 10, "REFER": 15}),
    }
    assert {name: row[0] for name, row in by(figures, "source").items()} == {
        "formal": 43,
        "non-credit": 15,
        "several": 5,
    }
    assert figures["credits"] == [{"unit": "nzqcf", "amount": str(38 * 15)}]
    assert figures["hours"] == [{"unit": "hour", "amount": str((20 + 2 * 5 + 7 + 6) * 200)}]
    json.dumps(figures)


def test_the_cost_of_a_credit_is_that_of_the_sources_that_state_it() -> None:
    def paid(number: int, amount: str, **changes: Any) -> RecordedDecision:
        price = {"amount": amount, "currency": "NZD"}
        stated = source(digest=f"zQm{number}", cost=price, subsidy=price, **changes)
        return recorded(number, sources=[stated])

    decisions = [
        *(paid(number, "100") for number in range(5)),
        paid(5, "33.30"),
        paid(5, "33.30"),
        paid(6, "1000", credits=None),
        paid(7, "1000", credits={"amount": "0", "unit": "nzqcf"}),
        *(recorded(number) for number in range(8, 20)),
    ]
    figures = transparency_figures(decisions).to_json()
    expected = str((5 * 100 + Fraction("33.30")) / (6 * 20))
    assert figures["costPerCredit"] == [{"unit": "NZD/nzqcf", "amount": expected}]
    assert figures["subsidyPerCredit"] == [{"unit": "NZD/nzqcf", "amount": expected}]


def test_amounts_of_few_people_are_withheld() -> None:
    other = {"amount": "5", "unit": "ects", "level": None, "component": None}
    decisions = [*many((20, {})), *(recorded(100 + n, granted=other) for n in range(4))]
    figures = transparency_figures(decisions).to_json()
    assert figures["credits"] == [
        {"unit": "ects", "amount": None},
        {"unit": "nzqcf", "amount": "300"},
    ]


def test_many_decisions_about_one_person_are_about_few_people() -> None:
    decisions = [
        *many((20, of_field("0715")), (20, of_field("0411"))),
        *(recorded(100 + n, person="did:key:zOne", **of_field("0413")) for n in range(30)),
    ]
    fields = by(transparency_figures(decisions).to_json(), "field")
    assert fields["0413"] == (None, {"GRANT": None, "REFUSE": None, "REFER": None})


def test_a_small_cell_takes_others_along() -> None:
    """One refusal in one field: neither its row nor its column may give it away."""
    decisions = many(
        (30, of_field("0715")),
        (30, of_field("0411")),
        (12, {**of_field("0411"), "outcome": "REFUSE"}),
        (1, {**of_field("0715"), "outcome": "REFUSE"}),
    )
    fields = by(transparency_figures(decisions).to_json(), "field")
    withheld = {
        (name, outcome)
        for name, (_total, outcomes) in fields.items()
        for outcome, count in outcomes.items()
        if count is None
    }
    assert withheld == set(product(("0715", "0411"), ("GRANT", "REFUSE")))


def test_a_small_row_does_not_even_tell_its_zeros() -> None:
    decisions = many(
        (30, of_field("0715")),
        (30, of_field("0411")),
        (2, {**of_field("0413"), "outcome": "REFER"}),
    )
    figures = transparency_figures(decisions).to_json()
    assert by(figures, "field")["0413"] == (None, dict.fromkeys(("GRANT", "REFUSE", "REFER")))
    assert figures["total"]["outcomes"]["REFER"] is None


def test_a_small_register_tells_nothing() -> None:
    figures = transparency_figures(many((4, {}))).to_json()
    assert set(figures["total"]["outcomes"].values()) == {figures["total"]["decisions"]} == {None}


def test_no_decisions_are_no_figures() -> None:
    with pytest.raises(RecognitionError) as caught:
        transparency_figures([])
    assert caught.value.code == "NOTHING_TO_SAY"


def rows_and_columns(counts: list[list[int]]) -> Table:
    """Make a table with the totals of its rows and columns, and of all."""
    cells: Counter[Cell] = Counter()
    for row, values in enumerate(counts):
        for column, value in enumerate(values):
            for name in ((str(row), str(column)), (str(row), "*"), ("*", str(column)), ("*", "*")):
                cells[name] += value
    width = range(len(counts[0]))
    rows = ["*", *(str(row) for row in range(len(counts)))]
    sums = [((row, "*"), tuple((row, str(column)) for column in width)) for row in rows]
    columns = ("*", *map(str, width))
    sums += [(("*", column), tuple((row, column) for row in rows[1:])) for column in columns]
    return Table(dict(cells), tuple(sums))


def possible(table: Table, withheld: frozenset[Cell]) -> dict[Cell, set[int]]:
    """Try all numbers for the withheld inner cells; tell what each withheld cell can be."""
    inner = sorted(cell for cell in table.counts if "*" not in cell)
    most = max(table.counts[cell] for cell in inner) + SMALL_CELL
    choices = [
        range(min(1, table.counts[cell]), most) if cell in withheld else [table.counts[cell]]
        for cell in inner
    ]
    found: dict[Cell, set[int]] = {cell: set() for cell in withheld}
    for values in product(*choices):
        guess = dict(zip(inner, values, strict=True))
        for total, parts in sorted(table.sums, key=lambda one: one[0] == ("*", "*")):
            guess[total] = sum(guess[part] for part in parts)
        if all(guess[cell] == table.counts[cell] for cell in guess if cell not in withheld):
            for cell in withheld:
                found[cell].add(guess[cell])
    return found


counts_of_cells = st.lists(
    st.lists(st.integers(0, SMALL_CELL + 1), min_size=2, max_size=2), min_size=2, max_size=3
)


@settings(max_examples=TABLES)
@given(counts_of_cells)
def test_no_withheld_cell_can_be_computed_from_what_is_shown(counts: list[list[int]]) -> None:
    """Held against trying everything."""
    table = rows_and_columns(counts)
    small = frozenset(cell for cell, count in table.counts.items() if 0 < count < SMALL_CELL)
    withheld = withheld_cells(table, small, threshold=SMALL_CELL)
    assert small <= withheld
    assert bool(small) == bool(withheld)
    if len([cell for cell in withheld if "*" not in cell]) > TRIED_CELLS:
        return
    for cell, values in possible(table, withheld).items():
        assert len(values) > 1
        assert cell not in small or max(values) >= SMALL_CELL


def test_nothing_is_withheld_where_nothing_is_small() -> None:
    table = rows_and_columns([[9, 8, 0], [7, 6, 5]])
    assert withheld_cells(table, frozenset(), threshold=SMALL_CELL) == frozenset()


def test_one_small_cell_is_hidden_in_a_rectangle() -> None:
    table = rows_and_columns([[1, 20, 30], [20, 30, 40], [30, 40, 50]])
    withheld = withheld_cells(table, frozenset({("0", "0")}), threshold=SMALL_CELL)
    assert withheld == {("0", "0"), ("0", "1"), ("1", "0"), ("1", "1")}
