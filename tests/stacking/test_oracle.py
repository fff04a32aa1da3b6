"""Stacking against brute force: small random cases come out as an independent reading says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from copy import deepcopy
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import frameworks.cases
import stacking.cases
from frameworks.amounts import parse_amount
from frameworks.cases import run_cases
from stacking import StackPlan, plan, read_award_rule
from stacking.budget import Budget
from tests.soak import IS_SOAK, VARIABLE, repetitions
from tests.stacking import oracle

Row = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]

STACK_EXAMPLES = repetitions(600, soak=5_000)
STACK_MANY_EXAMPLES = repetitions(150, soak=500)
PROPERTY_EXAMPLES = repetitions(40, soak=150)
BUDGET_EXAMPLES = repetitions(60, soak=150)
SOAK_EXAMPLES = 50_000

FRAMEWORK = "fw:a"
LADDERS: Row = {
    # The order of the list and the look of the codes say nothing; ranks leave gaps.
    FRAMEWORK: [
        {"code": "8", "rank": 3, "factor": "1.5"},
        {"code": "a", "rank": 2, "factor": "1"},
        {"code": "10", "rank": 5, "factor": "7/3"},
        {"code": "9", "rank": 9, "factor": "4"},
    ],
    "fw:b": [{"code": "1", "rank": 1}, {"code": "2", "rank": 2}, {"code": "3", "rank": 3}],
    "fw:between": [{"code": "x", "rank": 1}, {"code": "y", "rank": 2}],
    "fw:alone": [{"code": "1", "rank": 1}],
}
BARE_LADDERS: Row = {
    **LADDERS,
    FRAMEWORK: [{"code": row["code"], "rank": row["rank"]} for row in LADDERS[FRAMEWORK]],
}
LEVELS = ("a", "8", "10", "9")


def level_map(source: str, target: str, entries: dict[str, list[str]], **changes: Any) -> Row:
    rows = [
        {"from": code, "to": to, "match": "best-fit" if to else "none"}
        for code, to in entries.items()
    ]
    return {"from": source, "to": target, "kind": "referenced", "entries": rows, **changes}


REFERENCED: Row = {"kinds": ["referenced"]}
ACROSS = level_map("fw:b", FRAMEWORK, {"1": ["a"], "2": ["8", "10"], "3": []})
WIDE = level_map("fw:b", FRAMEWORK, {"1": ["8"], "2": ["9", "a", "8"], "3": ["9"]})
MAPS: tuple[Row, ...] = (
    {},
    {"maps": [ACROSS], "map_policy": REFERENCED},
    {"maps": [WIDE], "map_policy": REFERENCED},
    {"maps": [{**WIDE, "withheld": ["1"]}], "map_policy": REFERENCED},
    {"maps": [{**WIDE, "kind": "composed"}], "map_policy": REFERENCED},
    {"maps": [WIDE], "map_policy": {**REFERENCED, "choose": "lowest"}},
    {"maps": [WIDE], "map_policy": {**REFERENCED, "choose": "highest"}},
    {"maps": [WIDE, ACROSS], "map_policy": {**REFERENCED, "check_paths": True}},
    {
        "maps": [
            level_map("fw:b", "fw:between", {"1": ["x"], "2": ["x", "y"], "3": ["y"]}),
            level_map("fw:between", FRAMEWORK, {"x": ["8"], "y": ["10", "9"]}),
        ],
        "map_policy": {**REFERENCED, "via": ["fw:between"]},
    },
)

UNIT = "cu:award"
UNITS: Row = {
    UNIT: {"basis": "total-notional", "hours": ["10", "10"], "per_year": "12"},
    "cu:hours": {"basis": "total-workload", "hours": ["10", "15"], "per_year": None},
    "cu:year": {"basis": "minimum-work", "hours": None, "per_year": "8"},
    "cu:ratio": {"basis": "minimum-work", "hours": None, "per_year": None},
    "cu:back": {"basis": "minimum-work", "hours": None, "per_year": None},
    "cu:contact": {"basis": "contact", "hours": ["1", "1"], "per_year": "8"},
    "cu:none": {"basis": "total-notional", "hours": ["10", "10"], "per_year": "12"},
}
CONVERSIONS: list[Row] = [
    {"from": UNIT, "to": "cu:ratio", "method": "not-convertible"},
    {"from": "cu:hours", "to": UNIT, "method": "notional-hours"},
    {"from": UNIT, "to": "cu:year", "method": "full-time-year"},
    {"from": "cu:ratio", "to": UNIT, "method": "formal-ratio", "ratio": "3/2"},
    {"from": "cu:ratio", "to": UNIT, "method": "formal-ratio", "ratio": "7"},
    {"from": "cu:contact", "to": UNIT, "method": "receiver-policy", "ratio": "1"},
]
BACKWARDS: tuple[Row, ...] = (
    {"from": UNIT, "to": "cu:back", "method": "formal-ratio", "ratio": "2", "reversible": True},
    {"from": UNIT, "to": "cu:back", "method": "formal-ratio", "ratio": "2"},
    {"from": "cu:back", "to": UNIT, "method": "not-convertible"},
)
LOT_UNITS = (*(UNIT for _ in range(10)), *("cu:hours" for _ in range(5)), *UNITS)
ROUNDINGS = (None, None, *({"step": "1", "mode": mode} for mode in ("floor", "half-even")))

AMOUNTS = ("2", "3", "1", "4", "5", "0", "5/2", "3", "4.0", "6")
BOUNDS = ("0", "1", "2", "3", "4", "5", "6", "7", "7.5", "8", "10", "12")
NEEDS = ("2", "1", "3", "4", "0", "5", "2", "7", "3", "9/2", "12")
THRESHOLDS = ("2", "1", "3", "5", "9/2", "8")
LITTLE = ("1", "2", "1/2", "3", "0", "5", "4")
SHARES = ("1/4", "0.3", "1/3", "0", "1/2", "2/3", "1")
STEPS = (None, None, None, "1", "2", "3/2")
CATEGORIES = ("data", "ethics")
COMPONENTS = ("K1", "K2", "K3")
CLASSES = ("taught", "transfer", "rpl")
HOME = "inst:home"
FACTS: dict[str, tuple[Any, ...]] = {
    "level": (
        *({"framework": FRAMEWORK, "code": code} for code in ("8", "10", "9", *LEVELS)),
        *({"framework": "fw:b", "code": code} for code in ("2", "1", "3", "2", "2")),
        {"framework": FRAMEWORK, "code": "unknown"},
        {"framework": "fw:alone", "code": "1"},
        None,
        None,
    ),
    "categories": (["data"], ["data", "ethics"], ["ethics"], [], None),
    "component": (*COMPONENTS, *COMPONENTS, None),
    "institution": (HOME, None, HOME, "inst:away"),
    "source_class": (None, *CLASSES),
    "awarded": (
        *("2024-06-30" for _ in range(6)),
        None,
        "2020-02-29",
        "2020-03-01",
        "2020-12-31T23:59:59Z",
        "2021-01-01",
        "2021-01-02T00:00:00Z",
        "2026-03-01",
    ),
    "grade": ("A", "C", "B", "A", "D", "B", None, "A+"),
    "assurance": ("B", "A", "C", "B", "A", "D", None, "high"),
}
"""What a lot may say of itself, the frequent first; None leaves it out."""

READ_BY = {
    "level": "level true",
    "categories": "category",
    "institution": "institution residency",
    "awarded": "max_age",
}
"""Which words in a rule make a fact matter, where it is not the name of the fact."""

ODDITIES: tuple[Row, ...] = (
    *({} for _ in range(8)),
    {"digest": "sha256:aa"},
    {"digest": "sha256:aa"},
    {"digest": "sha256:bb"},
    {"already_converted": True},
    {"already_converted": False, "digest": "sha256:cc"},
)
WHERES: tuple[Row, ...] = (
    {},
    {"source_class": ["rpl"]},
    {"source_class": ["taught", "transfer"]},
    {"category": "data"},
    {"institution": "awarding"},
    {"institution": "other"},
    {"source_class": ["rpl", "transfer"], "institution": "other"},
    {"category": "ethics", "source_class": ["taught"]},
)

# Lots


def lot(draw: Draw, number: int, facts: dict[str, tuple[Any, ...]], parents: bool) -> Row:
    row: Row = {
        "id": f"l{number}",
        "amount": draw(st.sampled_from(AMOUNTS)),
        "unit": draw(st.sampled_from(LOT_UNITS)),
        **draw(st.sampled_from(ODDITIES)),
    }
    drawn = {name: draw(st.sampled_from(values)) for name, values in facts.items()}
    if parents:
        # Never a ring: each lot is contained in an earlier one or in one that is not here.
        earlier = (f"l{other}" for other in range(number))
        drawn["parent"] = draw(st.sampled_from((None, None, "out", *earlier)))
    return row | {name: value for name, value in drawn.items() if value is not None}


def facts_for(awards: list[Row]) -> dict[str, tuple[Any, ...]]:
    """Choose which facts of lots are drawn: those that some constraint of the awards reads."""
    text = json.dumps([(_constraints(award), "report_credit_points" in award) for award in awards])
    return {
        name: values
        for name, values in FACTS.items()
        if any(word in text for word in READ_BY.get(name, name).split())
    }


def ledger(draw: Draw, awards: tuple[str, ...]) -> list[Row]:
    named = ({"lot": "l0"}, {"lot": "l1"}, {"lot": "out"}, {"digest": "sha256:aa"})
    both = {"lot": "l2", "digest": "sha256:bb"}
    return [
        {
            **draw(st.sampled_from((*named, both))),
            "award": draw(st.sampled_from((*awards, "aw:elsewhere", "aw:elsewhere"))),
            "spent": draw(st.booleans()),
        }
        for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2))))
    ]


def wallet(draw: Draw, most: int, awards: list[Row]) -> Row:
    """Draw what all awards share: lots, earlier uses, units, maps."""
    # Kin and counting over all lots do not go together.
    parents = not any(map(_counts_over_all, awards)) and draw(st.booleans())
    facts = facts_for(awards)
    sizes = (most, *range(most + 1), most - 1, most - 1, most)
    lots = [lot(draw, number, facts, parents) for number in range(draw(st.sampled_from(sizes)))]
    if draw(st.booleans()):
        lots.reverse()
    rounding = draw(st.sampled_from(ROUNDINGS))
    return {
        "lots": lots,
        "ledger": ledger(draw, tuple(award["id"] for award in awards)),
        "ladders": draw(st.sampled_from((LADDERS, LADDERS, LADDERS, BARE_LADDERS))),
        "units": UNITS,
        "conversions": [*CONVERSIONS, draw(st.sampled_from(BACKWARDS))],
        **draw(st.sampled_from(MAPS)),
        **({} if rounding is None else {"rounding": rounding}),
    }


# Rules


def lower_sum(draw: Draw) -> Row:
    return {"type": "sum", "min": draw(st.sampled_from(NEEDS))}


def bounded_sum(draw: Draw) -> Row:
    shape = draw(st.sampled_from(("max", "equal", "equal", "both")))
    if shape != "both":
        return {"type": "sum", shape: draw(st.sampled_from(BOUNDS))}
    least, most = draw(st.sampled_from(list(combinations(BOUNDS, 2))))
    return {"type": "sum", "min": least, "max": most}


def at_level(draw: Draw) -> Row:
    kind = draw(st.sampled_from(("min_at_level", "min_at_or_above_level")))
    level, amount = draw(st.sampled_from(LEVELS)), draw(st.sampled_from(LITTLE))
    return {"type": kind, "level": level, "amount": amount}


def in_category(draw: Draw) -> Row:
    level = draw(st.sampled_from((None, None, *LEVELS)))
    return {
        "type": "min_in_category",
        "category": draw(st.sampled_from(CATEGORIES)),
        "amount": draw(st.sampled_from(LITTLE)),
        **({} if level is None else {"level": level}),
    }


def components(draw: Draw) -> Row:
    if draw(st.booleans()):
        return {"type": "mandatory", "components": draw(st.sampled_from((["K1"], ["K2", "K1"])))}
    count = draw(st.sampled_from((None, 1, 2)))
    named = draw(st.sampled_from((["K2", "K1"], ["K1", "K2", "K3"], ["K3", "K2"])))
    return {"type": "one_of", "components": named} | ({} if count is None else {"count": count})


def residency(draw: Draw) -> Row:
    classes = draw(st.sampled_from((None, ["taught"], ["rpl", "transfer"])))
    bound = draw(
        st.sampled_from(
            [("residency_min_share", "share", share) for share in SHARES]
            + [("residency_min_amount", "amount", amount) for amount in LITTLE]
        )
    )
    row = {"type": bound[0], bound[1]: bound[2]}
    return row if classes is None else {**row, "source_class": classes}


def count_back(draw: Draw) -> Row:
    return {"type": "level_by_count_back", "threshold": draw(st.sampled_from(THRESHOLDS))}


def cap(draw: Draw) -> Row:
    where = draw(st.sampled_from(WHERES))
    if draw(st.booleans()):
        return {"type": "share_max", "share": draw(st.sampled_from(SHARES)), "where": where}
    return {"type": "amount_max", "amount": draw(st.sampled_from(BOUNDS)), "where": where}


def filter_of_lots(draw: Draw) -> Row:
    kind = draw(st.sampled_from(("max_age", "min_grade", "min_assurance", "min_level")))
    where = draw(st.sampled_from((None, *WHERES)))
    row: Row = {"type": kind} if where is None else {"type": kind, "where": where}
    if kind == "max_age":
        boundary = draw(st.sampled_from(("inclusive", "exclusive")))
        reference = draw(st.sampled_from(("2026-01-01", "2025-03-01", "2025-02-28")))
        return {**row, "years": 5, "boundary": boundary, "reference_date": reference}
    if kind == "min_level":
        return {**row, "level": draw(st.sampled_from(LEVELS[:3]))}
    return {
        **row,
        "scale": ["D", "C", "B", "A"],
        "min": draw(st.sampled_from(("B", "C", "A", "D"))),
    }


def mode(draw: Draw) -> Row:
    where = draw(st.sampled_from((None, *WHERES)))
    if draw(st.booleans()):
        return {"type": "exclusive_use"}
    return {"type": "whole_lots_only", **({} if where is None else {"where": where})}


OPEN = (lower_sum, lower_sum, at_level, in_category, components, residency)
"""Requirements that more credit never hurts."""

CLOSING = (cap, cap, cap, bounded_sum)
"""What more credit may break."""


def rule(
    draw: Draw, name: str, is_open: bool, more_constraints: tuple[int, ...] = (1, 2, 0, 1, 3)
) -> Row:
    """Draw a rule; an open one may count back, the others have caps and upper bounds."""
    first = OPEN if is_open else (lower_sum, *OPEN, bounded_sum, bounded_sum, bounded_sum)
    more = (*OPEN, *(() if is_open else CLOSING), filter_of_lots, filter_of_lots, mode)
    makers = [draw(st.sampled_from(first))]
    makers += [draw(st.sampled_from(more)) for _ in range(draw(st.sampled_from(more_constraints)))]
    if is_open and draw(st.booleans()):
        makers.append(count_back)
    rows = [{"id": f"c{place}", **maker(draw)} for place, maker in enumerate(makers)]
    if draw(st.booleans()):
        rows.reverse()
    own = draw(st.sampled_from((len(rows), len(rows), 1)))
    if not any(row["type"] in oracle.REQUIREMENTS for row in rows[:own]):
        own = len(rows)
    found: Row = {"id": name, "unit": UNIT, "size": draw(st.sampled_from(("12", "7.5", "25/3")))}
    found["constraints"] = rows[:own]
    if rows[own:]:
        found["overlays"] = [{"id": f"o{row['id']}", "constraints": [row]} for row in rows[own:]]
    if any("level" in row for row in rows) or draw(st.sampled_from((True, True, False))):
        found["framework"] = FRAMEWORK
    if draw(st.sampled_from((True, True, True, False))):
        found["institution"] = HOME
    if is_open and draw(st.booleans()):
        found["report_credit_points"] = True
    step = draw(st.sampled_from(STEPS))
    return found if step is None else {**found, "divisible_step": step}


@st.composite
def stack_cases(draw: Draw) -> Row:
    """Draw what a case of the kind "stack" gives."""
    award = rule(draw, "aw:here", draw(st.sampled_from((False, True, False, False))))
    most = 4 if "divisible_step" in award else 5
    return {"award": award, **wallet(draw, most, [award])}


@st.composite
def stack_many_cases(draw: Draw) -> Row:
    """Draw what a case of the kind "stack-many" gives, most awards with exclusive use."""
    names = ("aw:one", "aw:two", "aw:three")[: draw(st.sampled_from((2, 3)))]
    awards = [rule(draw, name, draw(st.booleans()), (0, 1, 0, 1, 2)) for name in names]
    for award in awards:
        if not _has(award, "exclusive_use") and draw(st.sampled_from((True, True, True, False))):
            award["constraints"].append({"id": "exclusive", "type": "exclusive_use"})
        worth = draw(st.sampled_from((None, None, None, "3", "5/2")))
        if worth is not None:
            award["worth"] = worth
    return {"awards": awards, **wallet(draw, 4, awards)}


def _constraints(award: Row) -> list[Row]:
    overlays = award.get("overlays", [])
    return [*award["constraints"], *(one for over in overlays for one in over["constraints"])]


def _has(award: Row, *kinds: str) -> bool:
    return any(one["type"] in kinds for one in _constraints(award))


def _counts_over_all(award: Row) -> bool:
    return _has(award, "level_by_count_back") or "report_credit_points" in award


# Comparing


def as_json(answer: Row) -> str:
    """Write an answer so that it is compared as JSON: 1 is not true."""
    return json.dumps(answer, sort_keys=True)


def compare(
    kind: str,
    cases: st.SearchStrategy[Row],
    note: Callable[[Row, Row], Iterable[str]],
    **how: Any,
) -> Counter[str]:
    """Compare the product with brute force on many cases, and count what `note` says of each."""
    seen: Counter[str] = Counter()
    answer = {"stack": oracle.stack, "stack-many": oracle.stack_many}[kind]

    @settings(database=None, suppress_health_check=[HealthCheck.too_slow], **how)
    @given(cases)
    def every(case: Row) -> None:
        expected = answer(case)
        assert as_json(stacking.cases.KINDS[kind](case)) == as_json(expected)
        seen.update(["cases", *note(case, expected)])

    every()
    return seen


def note_stack(case: Row, answer: Row) -> Iterable[str]:
    read = oracle.Case(case, case["award"])
    yield answer["outcome"]
    yield from (one["type"] for one in read.constraints)
    yield from {reason for row in answer["excluded"] for reason in row["reasons"]}
    marks = {
        "searched": read.needs_search(),
        "kin": read.has_kin(),
        "bounded": read.is_bounded(),
        "intervals": any(isinstance(told, dict) for told in answer["sums"].values()),
        "divided": any(len(read.uses(piece)) > 2 for piece in read.eligible),
        "overlays": "overlays" in case["award"],
        "a level of the award": answer.get("award_level") is not None,
        "credit points": answer.get("credit_points") not in (None, "0"),
    }
    yield from (name for name, holds in marks.items() if holds)


def note_stack_many(case: Row, answer: Row) -> Iterable[str]:
    reached = sum(standing == "AWARD" for standing in answer["awards"].values())
    yield f"{reached} of {len(case['awards'])}"
    yield from answer["awards"].values()


REASONS = {
    "ALREADY_CONVERTED",
    "ASSURANCE_BELOW_MIN",
    "ASSURANCE_UNKNOWN",
    "CONTACT_HOUR_UNIT",
    "CONVERSION_NOT_REVERSIBLE",
    "DATE_UNKNOWN",
    "DECLARED_NOT_CONVERTIBLE",
    "DUPLICATE_DIGEST",
    "GRADE_BELOW_MIN",
    "GRADE_UNKNOWN",
    "LEVEL_BELOW_MIN",
    "LEVEL_INDETERMINATE",
    "LOT_IN_USE",
    "LOT_REDEEMED",
    "NO_CONVERSION",
    "TOO_OLD",
}
"""Every reason for which a lot of these cases can be excluded."""


def assert_varied(seen: Counter[str]) -> None:
    """Say that the cases were worth comparing: a strategy can dry up without anybody noticing."""
    assert seen["searched"] >= seen["cases"] / 3
    assert min(seen[outcome] for outcome in oracle.OUTCOMES) >= seen["cases"] / 15
    kinds = {*oracle.REQUIREMENTS, *oracle.CAPS, *oracle.FILTERS}
    marks = {"kin", "bounded", "intervals", "divided", "overlays"}
    marks |= {"a level of the award", "credit points", "exclusive_use", "whole_lots_only"}
    rare = {name: seen[name] for name in kinds | marks | REASONS}
    missing = {name: count for name, count in rare.items() if count < seen["cases"] / 1_000}
    assert len(missing) <= repetitions(2, soak=0), f"{missing}: the suite tries few cases"


def test_random_wallets_come_out_as_by_brute_force() -> None:
    seen = compare("stack", stack_cases(), note_stack, max_examples=STACK_EXAMPLES)
    assert seen["cases"] >= STACK_EXAMPLES
    assert_varied(seen)


def test_random_awards_together_come_out_as_by_brute_force() -> None:
    seen = compare(
        "stack-many", stack_many_cases(), note_stack_many, max_examples=STACK_MANY_EXAMPLES
    )
    assert seen["cases"] >= STACK_MANY_EXAMPLES
    assert min(seen[name] for name in (*oracle.OUTCOMES, "BLOCKED")) >= seen["cases"] / 50
    assert min(seen[name] for name in ("2 of 2", "2 of 3", "3 of 3")) > 0


@pytest.mark.skipif(not IS_SOAK, reason=f"{VARIABLE} is not set")
@pytest.mark.parametrize(
    ("kind", "cases", "examples"),
    [
        ("stack", stack_cases(), SOAK_EXAMPLES),
        ("stack-many", stack_many_cases(), SOAK_EXAMPLES // 10),
    ],
)
def test_a_soak_of_fresh_cases_comes_out_as_by_brute_force(
    kind: str, cases: st.SearchStrategy[Row], examples: int
) -> None:
    note = {"stack": note_stack, "stack-many": note_stack_many}[kind]
    seen = compare(kind, cases, note, max_examples=examples, derandomize=False)
    assert seen["cases"] >= examples


def test_of_equal_plans_the_smallest_lower_end_of_a_cap_wins() -> None:
    """Random cases hardly ever tie in everything that comes before."""
    case = {
        "award": {
            "id": "aw:here",
            "unit": UNIT,
            "constraints": [
                {"id": "choice", "type": "one_of", "components": ["K1"]},
                {"id": "cap", "type": "amount_max", "amount": "12", "where": {}},
            ],
        },
        "lots": [
            {"id": "exact", "amount": "5/2", "unit": UNIT, "component": "K1"},
            {"id": "open", "amount": "2", "unit": "cu:hours", "component": "K1"},
        ],
        "units": UNITS,
        "conversions": CONVERSIONS,
    }
    for answer in (oracle.stack(case), stacking.cases.KINDS["stack"](case)):
        assert answer["outcome"] == "AWARD"
        assert answer["sums"] == {"choice": "1", "cap": {"min": "2", "max": "3"}}


# The published cases

PUBLISHED = {"stack": 32, "stack-many": 5}
"""How many published cases of each kind there are, so that none is passed over in silence."""


def published(conformance: Path) -> Row:
    document: Row = json.loads((conformance / "frameworks/cases.json").read_bytes())
    return document


def test_brute_force_answers_every_published_case(conformance: Path) -> None:
    answers = {"stack": oracle.stack, "stack-many": oracle.stack_many}
    cases = [one for one in published(conformance)["cases"] if one["kind"] in answers]
    assert Counter(one["kind"] for one in cases) == PUBLISHED
    wrong = [
        one["id"]
        for one in cases
        if as_json(answers[one["kind"]](one["given"])) != as_json(one["expect"])
    ]
    assert wrong == []


def test_every_published_case_about_stacking_passes(conformance: Path) -> None:
    supported = {**frameworks.cases.KINDS, **stacking.cases.KINDS}
    results = run_cases(published(conformance), supported)
    answered = [one for one in results if one.kind in stacking.cases.KINDS]
    assert Counter(one.kind for one in answered) == PUBLISHED
    assert [one for one in answered if not one.passed] == []


# Properties

few = settings(
    max_examples=PROPERTY_EXAMPLES, database=None, suppress_health_check=[HealthCheck.too_slow]
)


def answer_to(case: Row) -> Row:
    return stacking.cases.KINDS["stack"](case)


def counted(case: Row, answer: Row) -> tuple[set[str], set[tuple[str, str]]]:
    """Name the lots that count, and the pairs of lots that are kin."""
    wallet = oracle.Wallet(case)
    excluded = {row["lot"] for row in answer["excluded"]}
    ids = [row["id"] for row in case["lots"]]
    pairs = combinations(range(len(ids)), 2)
    kin = {(ids[one], ids[other]) for one, other in pairs if wallet.are_kin(one, other)}
    return set(ids) - excluded, kin


@few
@given(stack_cases(), st.data())
def test_more_credit_never_takes_an_award_away(case: Row, data: st.DataObject) -> None:
    """The new lot need not be used; only what it does to the other lots can explain a loss."""
    assume(case["lots"])
    place = data.draw(st.integers(0, len(case["lots"]) - 1))
    lots = [*case["lots"][:place], *case["lots"][place + 1 :]]
    smaller = {**case, "lots": lots}
    before, after = answer_to(smaller), answer_to(case)
    counted_before, kin_before = counted(smaller, before)
    counted_after, kin_after = counted(case, after)
    new = case["lots"][place]["id"]
    new_kin = {pair for pair in kin_after - kin_before if new not in pair}
    if counted_before <= counted_after and not new_kin:
        assert (before["outcome"], after["outcome"]) not in {
            ("AWARD", "NOT_YET"),
            ("REFER", "NOT_YET"),
        }
        if "award_level" not in after:
            assert (before["outcome"], after["outcome"]) != ("AWARD", "REFER")


@few
@given(stack_cases(), st.data())
def test_the_order_of_the_wallet_changes_no_number(case: Row, data: st.DataObject) -> None:
    digests = [row["digest"] for row in case["lots"] if "digest" in row]
    assume(len(set(digests)) == len(digests))  # of duplicates the first counts
    shuffled = {**case, "lots": data.draw(st.permutations(case["lots"]))}
    answers = [answer_to(case), answer_to(shuffled)]
    for one in answers:
        one["excluded"].sort(key=lambda row: row["lot"])
    assert as_json(answers[0]) == as_json(answers[1])


@few
@given(stack_cases())
def test_the_same_wallet_gives_the_same_plan_to_the_byte(case: Row) -> None:
    untouched = deepcopy(case)
    first, second = json.dumps(answer_to(case)), json.dumps(answer_to(deepcopy(case)))
    assert first == second
    assert planned(case) == planned(case)
    assert case == untouched


@few
@given(stack_many_cases())
def test_the_same_awards_give_the_same_answer_to_the_byte(case: Row) -> None:
    many = stacking.cases.KINDS["stack-many"]
    assert json.dumps(many(case)) == json.dumps(many(deepcopy(case)))


AMOUNT_MEMBERS = {"min", "max", "equal", "amount", "threshold"}


def scaled_rule(row: Row, factor: Fraction) -> Row:
    """Scale the bounds of a constraint; grades, shares and counts are no amounts."""
    if row["type"] in oracle.FILTERS:
        return row
    return {
        name: str(parse_amount(value) * factor) if name in AMOUNT_MEMBERS else value
        for name, value in row.items()
    }


def scaled_case(case: Row, factor: Fraction) -> Row:
    changed = deepcopy(case)
    award = changed["award"]
    for row in changed["lots"]:
        row["amount"] = str(parse_amount(row["amount"]) * factor)
    for name in {"size", "divisible_step"} & set(award):
        award[name] = str(parse_amount(award[name]) * factor)
    for part in (award, *award.get("overlays", [])):
        part["constraints"] = [scaled_rule(row, factor) for row in part["constraints"]]
    if "rounding" in changed:
        changed["rounding"] = {**changed["rounding"], "step": str(factor)}
    return changed


def scaled_sums(told: Row, factor: Fraction, counts: set[str]) -> Row:
    def scaled(value: Any) -> Any:
        if isinstance(value, dict):
            return {end: scaled(number) for end, number in value.items()}
        return str(Fraction(value) * factor)

    return {name: value if name in counts else scaled(value) for name, value in told.items()}


@few
@given(stack_cases(), st.sampled_from(("2", "10", "3/7", "1/1000", "1000003/11")))
def test_scaling_all_amounts_scales_all_sums(case: Row, text: str) -> None:
    factor = Fraction(text)
    before, after = answer_to(case), answer_to(scaled_case(case, factor))
    rows = _constraints(case["award"])
    counts = {row["id"] for row in rows if row["type"] in oracle.COMPONENTS}
    expected = {
        **before,
        "sums": scaled_sums(before["sums"], factor, counts),
        "shortfall": scaled_sums(before["shortfall"], factor, counts),
    }
    if before.get("credit_points") is not None:
        expected["credit_points"] = str(Fraction(before["credit_points"]) * factor)
    assert as_json(after) == as_json(expected)


# The budget


def planned(case: Row, budget: Budget | None = None) -> StackPlan:
    lots = tuple(map(stacking.cases.lot_of, case["lots"]))
    conditions = stacking.cases.conditions_of(case)
    return plan(lots, read_award_rule(case["award"]), conditions, budget=budget)


@pytest.mark.parametrize("units", [0, 1])
def test_a_plan_that_runs_out_of_budget_is_never_wrong(units: int) -> None:
    seen: Counter[str] = Counter()

    @settings(few, max_examples=BUDGET_EXAMPLES)
    @given(stack_cases())
    def every(case: Row) -> None:
        assume(_has(case["award"], *oracle.CAPS))
        found = planned(case, Budget(units)).outcome.value
        true = oracle.stack(case)["outcome"]
        assert found in ("REFER", true)
        seen.update([found] if found == true else ["given up"])

    every()
    assert seen["AWARD"] > 0
    assert units or seen["given up"] > 0
