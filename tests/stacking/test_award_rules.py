"""Award rules as documents: what is refused and where, and that the schemas agree."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

import schemas
from stacking import StackingError, cases, read_award_rule
from tests.soak import repetitions

Row = dict[str, Any]

MUTATIONS = repetitions(100, soak=400)

TOTAL: Row = {"id": "total", "type": "sum", "min": "10"}
CAP: Row = {"id": "cap", "type": "share_max", "share": "1/3", "where": {"source_class": ["rpl"]}}
AGE: Row = {
    "id": "age",
    "type": "max_age",
    "years": 5,
    "boundary": "inclusive",
    "reference_date": "2026-01-01",
}
GRADE: Row = {"id": "grade", "type": "min_grade", "scale": ["F", "C", "A"], "min": "C"}
CHOICE: Row = {"id": "choice", "type": "one_of", "components": ["K1", "K2"], "count": 2}
BACK: Row = {"id": "back", "type": "level_by_count_back", "threshold": "40"}
OTHERS: list[Row] = [
    {"id": "c1", "type": "min_at_level", "level": "5", "amount": "7.5"},
    {"id": "c2", "type": "min_at_or_above_level", "level": "5", "amount": "15/2"},
    {"id": "c3", "type": "min_in_category", "category": "data", "amount": "1", "level": "5"},
    {"id": "c4", "type": "mandatory", "components": ["K1"]},
    {"id": "c5", "type": "residency_min_share", "share": "1/4", "source_class": ["taught"]},
    {"id": "c6", "type": "residency_min_amount", "amount": "3"},
    {"id": "c7", "type": "amount_max", "amount": "30", "where": {"institution": "other"}},
    {"id": "c8", "type": "min_assurance", "scale": ["low", "high"], "min": "high"},
    {"id": "c9", "type": "min_level", "level": "4", "where": {"category": "data"}},
    {"id": "c10", "type": "exclusive_use"},
    {"id": "c11", "type": "whole_lots_only", "where": {}},
]
LANGUAGE: Row = {"id": "c12", "type": "language_in", "accept": ["fr", "en-CA"]}
OVERLAP: Row = {
    "id": "c13",
    "type": "min_overlap",
    "outcomes": ["urn:o:1", "urn:o:2"],
    "min": "1/2",
}
OWN = (LANGUAGE, OVERLAP)
"""Types that the worked cases do not have."""


def rule(*constraints: Row, **changes: Any) -> Row:
    """Build a rule; a member that is None is left out."""
    document: Row = {
        "id": "aw:x",
        "unit": "cu:x",
        "size": "120",
        "constraints": list(constraints or (TOTAL,)),
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


def overlay(name: str, *constraints: Row) -> Row:
    return {"id": name, "constraints": list(constraints)}


def every_type(*more: Row) -> Row:
    """Build a rule with a constraint of every type of the worked cases, and `more`.

    One level by count-back goes without caps.
    """
    return rule(
        TOTAL,
        CAP,
        AGE,
        GRADE,
        CHOICE,
        *OTHERS,
        *more,
        title="Everything",
        framework="fw:x",
        institution="inst:home",
        divisible_step="1/2",
        report_credit_points=True,
        worth="3",
        overlays=[overlay("o1", {"id": "exact", "type": "sum", "equal": "120"})],
    )


MALFORMED: dict[str, tuple[Row, str]] = {
    "no constraints": (rule(constraints=None), ""),
    "an empty list of constraints": (rule(constraints=[]), "/constraints"),
    "no requirement": (rule(CAP), "/constraints"),
    "no requirement, in overlays neither": (
        rule(CAP, overlays=[overlay("o", AGE)]),
        "/constraints",
    ),
    "an overlay without constraints": (rule(overlays=[overlay("o")]), "/overlays/0/constraints"),
    "a cap above the whole": (rule(TOTAL, {**CAP, "share": "5/4"}), "/constraints/1"),
    "a residency above the whole": (
        rule({"id": "r", "type": "residency_min_share", "share": "1.01"}),
        "/constraints/0",
    ),
    "a share of nothing": (rule(TOTAL, CAP, size=None), "/size"),
    "a residency in a share of nothing": (
        rule({"id": "r", "type": "residency_min_share", "share": "1/4"}, size=None),
        "/size",
    ),
    "an unknown type": (rule(TOTAL, {**CAP, "type": "share_min"}), "/constraints/1/type"),
    "an unknown member": (rule(wallet="w"), ""),
    "an unknown member of a constraint": (rule({**TOTAL, "amount": "3"}), "/constraints/0"),
    "an unknown member of a selection": (
        rule(TOTAL, {**CAP, "where": {"level": "5"}}),
        "/constraints/1/where",
    ),
    "a cap that selects nothing by name": (
        rule(TOTAL, {name: value for name, value in CAP.items() if name != "where"}),
        "/constraints/1",
    ),
    "both a minimum and an exact sum": (rule({**TOTAL, "equal": "10"}), "/constraints/0"),
    "a sum without bounds": (rule({"id": "total", "type": "sum"}), "/constraints/0"),
    "a least above the most": (rule({**TOTAL, "max": "9.9"}), "/constraints/0"),
    "an id that comes twice": (rule(TOTAL, {**CAP, "id": "total"}), "/constraints/1/id"),
    "an id that comes again in an overlay": (
        rule(overlays=[overlay("o", TOTAL)]),
        "/overlays/0/constraints/0/id",
    ),
    "an id that two overlays share": (
        rule(overlays=[overlay("o1", AGE), overlay("o2", GRADE, AGE)]),
        "/overlays/1/constraints/1/id",
    ),
    "a number as an amount": (rule({**TOTAL, "min": 10}), "/constraints/0/min"),
    "a float as an amount": (rule({**TOTAL, "min": 1.5}), "/constraints/0/min"),
    "a number as a size": (rule(size=120), "/size"),
    "a number as a share": (rule(TOTAL, {**CAP, "share": 0.25}), "/constraints/1/share"),
    "a number as a level": (rule({**OTHERS[0], "level": 5}), "/constraints/0/level"),
    "a negative amount": (rule({**TOTAL, "min": "-1"}), "/constraints/0/min"),
    "a negative fraction": (rule(TOTAL, {**OTHERS[6], "amount": "-1/2"}), "/constraints/1/amount"),
    "a negative size": (rule(size="-120"), "/size"),
    "a negative amount in an overlay": (
        rule(overlays=[overlay("o1", AGE), overlay("o2", GRADE, {**TOTAL, "min": "-1"})]),
        "/overlays/1/constraints/1/min",
    ),
    "a fraction of zero": (rule({**TOTAL, "min": "1/0"}), "/constraints/0/min"),
    "a step of zero": (rule(divisible_step="0"), "/divisible_step"),
    "a grade that is not on its scale": (rule(TOTAL, {**GRADE, "min": "B"}), "/constraints/1"),
    "a negative age": (rule(TOTAL, {**AGE, "years": -1}), "/constraints/1/years"),
    "a boundary without meaning": (
        rule(TOTAL, {**AGE, "boundary": "about"}),
        "/constraints/1/boundary",
    ),
    "a day that does not exist": (
        rule(TOTAL, {**AGE, "reference_date": "2026-02-30"}),
        "/constraints/1",
    ),
    "an overlap above the whole": (
        rule(TOTAL, {**OVERLAP, "min": "5/4"}),
        "/constraints/1",
    ),
    "an overlap with nothing": (
        rule(TOTAL, {**OVERLAP, "outcomes": []}),
        "/constraints/1/outcomes",
    ),
    "a language that is none": (
        rule(TOTAL, {**LANGUAGE, "accept": ["fr", "*"]}),
        "/constraints/1/accept/1",
    ),
    "two levels by count-back": (rule(BACK, {**BACK, "id": "again"}), "/constraints"),
    "a level by count-back beside a cap": (rule(BACK, CAP), "/constraints"),
}


@pytest.mark.parametrize(("document", "pointer"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_rule_is_refused_with_its_place(document: Row, pointer: str) -> None:
    with pytest.raises(StackingError) as caught:
        read_award_rule(document)
    assert caught.value.code == "RULE_MALFORMED"
    assert caught.value.pointer == pointer
    assert caught.value.message


@pytest.mark.parametrize("document", [[], None, "aw:x", 5])
def test_what_is_no_object_is_no_rule(document: Any) -> None:
    with pytest.raises(StackingError) as caught:
        read_award_rule(document)
    assert caught.value.code == "RULE_MALFORMED"


def test_constraints_of_overlays_come_after_those_of_the_rule() -> None:
    read = read_award_rule(
        rule(TOTAL, AGE, overlays=[overlay("o1", CAP, CHOICE), overlay("o2", GRADE)])
    )
    assert [one.id for one in read.constraints] == ["total", "age", "cap", "choice", "grade"]
    assert [one.id for one in read.requirements] == ["total", "choice"]
    assert [one.id for one in read.caps] == ["cap"]
    assert [one.id for one in read.filters] == ["age", "grade"]


def test_a_rule_with_every_type_of_constraint_is_read_and_not_changed() -> None:
    document = every_type(*OWN)
    untouched = deepcopy(document)
    read = read_award_rule(document)
    assert len(read.constraints) == len(document["constraints"]) + 1
    assert document == untouched


# The schemas

JUNK: tuple[Any, ...] = (5, -1, 1.5, "", "x", "-1", "1/0", "01", "7.", "2026-1-1", None, True)
EMPTY: tuple[Any, ...] = ([], {}, [""], [5], ["taught", "taught"], {"x": "y"})
NAMES = ("id", "type", "min", "max", "equal", "amount", "share", "where", "level", "x", "size")


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to every value of a document, but not to the document itself."""
    inside = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in inside:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


def at(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        document = document[key]
    return document


def replaced(draw: Callable[..., Any], document: Any, path: tuple[Any, ...]) -> None:
    at(document, path[:-1])[path[-1]] = deepcopy(draw(st.sampled_from(JUNK + EMPTY)))


def removed(draw: Callable[..., Any], document: Any, path: tuple[Any, ...]) -> None:
    del at(document, path[:-1])[path[-1]]


def doubled(draw: Callable[..., Any], document: Any, path: tuple[Any, ...]) -> None:
    parent = at(document, path[:-1])
    if isinstance(parent, list):
        parent.append(deepcopy(parent[path[-1]]))
    else:
        parent[draw(st.sampled_from(NAMES))] = deepcopy(parent[path[-1]])


def exchanged(draw: Callable[..., Any], document: Any, path: tuple[Any, ...]) -> None:
    """Put a value of another place here, such as another type of constraint."""
    other = draw(st.sampled_from(list(places(document))))
    at(document, path[:-1])[path[-1]] = deepcopy(at(document, other))


def mutated(draw: Callable[..., Any], original: Row, times: int) -> Row:
    document = deepcopy(original)
    for _ in range(times):
        paths = list(places(document))
        if paths:
            change = draw(st.sampled_from((replaced, removed, doubled, exchanged)))
            change(draw, document, draw(st.sampled_from(paths)))
    return document


def official_schema(conformance: Path) -> Row:
    schema: Row = json.loads((conformance / "frameworks/case.schema.json").read_bytes())
    return schema


def official_award(conformance: Path) -> Draft202012Validator:
    """Return the published schema of an award, but for one thing.

    It asks for a requirement among the rule's own constraints; the reader counts overlays too.
    """
    definitions = official_schema(conformance)["$defs"]
    del definitions["award"]["properties"]["constraints"]["contains"]
    return Draft202012Validator({"$ref": "#/$defs/award", "$defs": definitions})


def published(conformance: Path) -> list[Row]:
    """Return the cases about stacking, and one with every type of constraint."""
    document = json.loads((conformance / "frameworks/cases.json").read_bytes())
    cases = [one for one in document["cases"] if one["kind"] in ("stack", "stack-many")]
    model = next(one for one in cases if one["kind"] == "stack")
    return [*cases, {**model, "given": {**model["given"], "award": every_type()}}]


def file_of(case: Row) -> Row:
    kinds = {case["kind"]: 1}
    return {"format": "tallystick-cases/1", "count": 1, "kinds": kinds, "cases": [case]}


def awards_of(facts: Row) -> list[Row]:
    return [facts["award"]] if "award" in facts else facts["awards"]


def test_the_schemas_of_cases_agree_on_mutated_awards_and_lots(conformance: Path) -> None:
    official = Draft202012Validator(official_schema(conformance))
    ours = Draft202012Validator(schemas.json_schema("tallystick-cases"))
    cases = published(conformance)
    seen: Counter[bool] = Counter()

    @settings(max_examples=MUTATIONS, database=None)
    @given(st.data())
    def every(data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(cases))
        # What says nothing about awards and lots stays as it is.
        names = ("award", "awards", "lots", "ledger")
        chosen = {name: case["given"][name] for name in names if name in case["given"]}
        changed = mutated(data.draw, chosen, data.draw(st.sampled_from((1, 1, 2))))
        document = file_of({**case, "given": {**case["given"], **changed}})
        accepted = official.is_valid(document)
        assert ours.is_valid(document) is accepted
        seen.update([accepted])

    every()
    assert min(seen[True], seen[False]) > MUTATIONS / 20


def test_the_schema_of_award_rules_agrees_on_mutated_awards(conformance: Path) -> None:
    official = official_award(conformance)
    ours = Draft202012Validator(schemas.json_schema("award-rule"))
    awards = [one for case in published(conformance) for one in awards_of(case["given"])]
    seen: Counter[bool] = Counter()

    @settings(max_examples=MUTATIONS, database=None)
    @given(st.data())
    def every(data: st.DataObject) -> None:
        award = data.draw(st.sampled_from([awards[-1], *awards]))
        changed = mutated(data.draw, award, data.draw(st.sampled_from((1, 1, 2))))
        accepted = official.is_valid(changed)
        assert ours.is_valid(changed) is accepted
        seen.update([accepted])

    every()
    assert min(seen[True], seen[False]) > MUTATIONS / 20


def test_a_mutated_award_is_read_or_refused_as_malformed(conformance: Path) -> None:
    official = official_award(conformance)
    awards = [one for case in published(conformance) for one in awards_of(case["given"])]
    seen: Counter[str] = Counter()

    @settings(max_examples=MUTATIONS, database=None)
    @given(st.data())
    def every(data: st.DataObject) -> None:
        award = data.draw(st.sampled_from([awards[-1], *awards]))
        changed = mutated(data.draw, award, data.draw(st.sampled_from((1, 1, 2))))
        if not official.is_valid(changed):
            with pytest.raises(StackingError) as caught:
                read_award_rule(changed)
            assert caught.value.code == "RULE_MALFORMED"
            seen.update(["refused"])
            return
        with suppress(StackingError):  # what the schema cannot say, such as ids that come twice
            read_award_rule(changed)
            seen.update(["read"])

    every()
    assert min(seen["read"], seen["refused"]) > MUTATIONS / 20


def planned(award: dict[str, Any], *lots: dict[str, Any], **more: Any) -> dict[str, Any]:
    units = {"cu:x": {"basis": "total-notional", "hours": ["10", "10"], "per_year": None}}
    given = {"award": award, "lots": list(lots), "units": units, **more}
    answer: dict[str, Any] = cases.KINDS["stack"](given)
    return answer


def lot(name: str, amount: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "amount": amount, "unit": "cu:x", **more}


def test_amounts_too_fine_for_the_solver_are_planned_exactly() -> None:
    award = {
        "id": "aw:x",
        "unit": "cu:x",
        "constraints": [{"id": "s", "type": "sum", "max": "2"}],
    }
    answer = planned(award, lot("a", "1"), lot("b", "1.0000000000000000001"))
    assert answer["outcome"] == "AWARD"
    assert answer["sums"] == {"s": "10000000000000000001/10000000000000000000"}


def test_amounts_too_large_for_the_solver_are_planned_exactly() -> None:
    huge = "10000000000000000000"
    award = {
        "id": "aw:x",
        "unit": "cu:x",
        "constraints": [
            {"id": "s", "type": "sum", "min": "1"},
            {"id": "c", "type": "amount_max", "amount": huge, "where": {}},
        ],
    }
    answer = planned(award, lot("a", huge))
    assert answer["outcome"] == "AWARD"
    assert answer["sums"] == {"s": huge, "c": huge}


def test_too_many_lots_of_such_amounts_are_referred_and_never_awarded_wrongly() -> None:
    award = {
        "id": "aw:x",
        "unit": "cu:x",
        "constraints": [{"id": "s", "type": "sum", "equal": "7.0000000000000000001"}],
    }
    lots = [lot(f"l{number}", f"1.{number + 1:020d}") for number in range(40)]
    assert planned(award, *lots)["outcome"] == "REFER"


def test_many_constraints_on_such_amounts_take_no_longer() -> None:
    bounds = {"type": "sum", "min": "7.0000000000000000001", "max": f"1{'0' * 30}"}
    constraints = [{"id": f"s{number}", **bounds} for number in range(199)]
    award = {"id": "aw:x", "unit": "cu:x", "constraints": constraints}
    started = time.process_time()
    planned(award, *(lot(f"l{number}", f"1.{number + 1:020d}") for number in range(14)))
    assert time.process_time() - started < 4


def test_levels_of_equal_rank_are_the_same_level() -> None:
    award = {
        "id": "aw:x",
        "unit": "cu:x",
        "framework": "fw:e",
        "constraints": [{"id": "s", "type": "min_at_level", "level": "x", "amount": "1"}],
    }
    ladders = {"fw:e": [{"code": "x", "rank": 1}, {"code": "y", "rank": 1}]}
    one = lot("a", "1", level={"framework": "fw:e", "code": "y"})
    assert planned(award, one, ladders=ladders)["outcome"] == "AWARD"


def test_two_lots_with_one_id_are_refused() -> None:
    award = {"id": "aw:x", "unit": "cu:x", "constraints": [{"id": "s", "type": "sum", "max": "2"}]}
    with pytest.raises(StackingError) as caught:
        planned(award, lot("a", "1"), lot("a", "2"))
    assert caught.value.code == "LOT_DUPLICATE"
    assert "the same id, a;" in caught.value.message


def test_a_list_names_nothing_twice() -> None:
    choice = {**CHOICE, "components": ["K1", "K1"]}
    with pytest.raises(StackingError, match="the same entry twice") as caught:
        read_award_rule({"id": "aw:x", "unit": "cu:x", "constraints": [choice]})
    assert caught.value.pointer == "/constraints/0/components"


def test_a_long_list_of_anything_is_refused_at_once() -> None:
    mixed = [{"a": number} if number % 2 else str(number) for number in range(6_000)]
    choice = {**CHOICE, "components": mixed}
    started = time.process_time()
    with pytest.raises(StackingError) as caught:
        read_award_rule({"id": "aw:x", "unit": "cu:x", "constraints": [choice]})
    assert caught.value.code == "RULE_MALFORMED"
    assert time.process_time() - started < 2


def test_a_count_is_a_whole_number() -> None:
    one_of = {"id": "s", "type": "one_of", "components": ["a", "b"], "count": 2.0}
    with pytest.raises(StackingError) as caught:
        read_award_rule({"id": "aw:x", "unit": "cu:x", "constraints": [one_of]})
    assert caught.value.code == "RULE_MALFORMED"
