"""Plans in words and as tables: everything is told, exactly, and nobody's name does harm."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import frameworks.conversions
import stacking.credential_lots
import stacking.wallet
from frameworks.amounts import Interval
from frameworks.conversions import Conversion, Method
from frameworks.credit_units import CreditUnit
from frameworks.level_maps import LevelMap, MapPolicy
from frameworks.levels import Ladder, Level, LevelCode
from stacking import Conditions, LedgerEntry, Lot, SourceClass, StackPlan, plan, read_award_rule
from stacking.account import Telling
from stacking.credential_lots import NotALot
from stacking.explaining import explain
from stacking.plain_words import (
    CUT,
    LONGEST_NAME,
    MOST_MARKS,
    amount_text,
    counted_text,
    interval_text,
    plain,
)
from stacking.plan_table import plan_table_text
from stacking.rule_words import MOST_LISTED_IN_A_SENTENCE
from stacking.texts import ENGLISH
from tests.project import ROOT
from tests.soak import repetitions
from tests.stacking.plan_example import example
from tests.stacking.test_oracle import REASONS

Row = dict[str, Any]

LADDER = Ladder.of("fw", tuple(LevelCode(str(rank), rank) for rank in range(1, 11)))
HOME = "urn:x:home"


def rule(*constraints: Row, **members: Any) -> Any:
    """Read a rule of these constraints, whose ids are their places."""
    rows = [{"id": f"c{place}", **row} for place, row in enumerate(constraints)]
    base = {"id": "award", "unit": "u", "framework": "fw", "constraints": rows}
    return read_award_rule({**base, **members})


def lot(name: str, amount: str = "10", level: str | None = "5", **facts: Any) -> Lot:
    place = None if level is None else Level("fw", level)
    return Lot(name, Fraction(amount), facts.pop("unit", "u"), place, **facts)


def planned(*lots: Lot, by: Any, **conditions: Any) -> StackPlan:
    return plan(lots, by, Conditions(ladders={"fw": LADDER}, **conditions))


def told(found: StackPlan, **telling: Any) -> str:
    return "\n".join(explain(found, Telling(**telling)))


TOTAL: Row = {"type": "sum", "min": "30"}


def test_what_is_missing_is_told_exactly() -> None:
    words = told(planned(lot("a", "40/3"), by=rule(TOTAL)))
    assert "award: NOT YET. Something is missing." in words
    assert "Not met: At least 30 credits in all." in words
    assert "Counted: 13 1/3 credits, in 1 piece. Missing: 16 2/3 credits." in words


def test_what_is_not_certain_is_told_from_and_to() -> None:
    words = told(
        planned(
            lot("a", "25"),
            lot("b", "10", None),
            by=rule(TOTAL, {"type": "min_at_level", "level": "5", "amount": "30"}),
        )
    )
    assert "A PERSON MUST DECIDE" in words
    assert "Met: At least 30 credits in all." in words
    assert "Not certain: At least 30 credits exactly at level 5." in words
    assert "Counted: from 25 to 35 credits, in 2 pieces. Perhaps missing: up to 5 credits." in words
    assert "b: 10 credits, level not known, no institution stated" in words


FRENCH: Row = {"type": "language_in", "accept": ["fr", "en-CA"]}
SAME_COURSE: Row = {"type": "min_overlap", "outcomes": ["urn:o:1", "urn:o:2"], "min": "5/8"}
ASKED: Mapping[str, Row] = {
    "At least 30 credits in all.": TOTAL,
    "At most 30 credits in all.": {"type": "sum", "max": "30"},
    "At least 1 credit and at most 7.5 credits in all.": {"type": "sum", "min": "1", "max": "7.5"},
    "Exactly 30 credits in all.": {"type": "sum", "equal": "30"},
    "At least 1 credit exactly at level 5.": {"type": "min_at_level", "level": "5", "amount": "1"},
    "At least 2 credits at level 5 or above.": {
        "type": "min_at_or_above_level",
        "level": "5",
        "amount": "2",
    },
    'At least 2 credits in the category "data".': {
        "type": "min_in_category",
        "category": "data",
        "amount": "2",
    },
    'At least 2 credits in the category "data", exactly at level 5.': {
        "type": "min_in_category",
        "category": "data",
        "amount": "2",
        "level": "5",
    },
    "All of these, each whole: K1, K2.": {"type": "mandatory", "components": ["K1", "K2"]},
    "At least 1 of these, each whole: K1, K2.": {"type": "one_of", "components": ["K1", "K2"]},
    "At least 5 credits from the institution that makes the award.": {
        "type": "residency_min_share",
        "share": "1/4",
    },
    "At least 5 credits from the institution that makes the award: taught courses, recognised "
    "prior learning.": {
        "type": "residency_min_amount",
        "amount": "5",
        "source_class": ["rpl", "taught"],
    },
    "At most 4 credits of recognised prior learning.": {
        "type": "amount_max",
        "amount": "4",
        "where": {"source_class": ["rpl"]},
    },
    'At most 10 credits of transferred credit in the category "data" from other institutions.': {
        "type": "share_max",
        "share": "1/2",
        "where": {"source_class": ["transfer"], "category": "data", "institution": "other"},
    },
    "Age, for all credit: awarded at most 1 year before 2026-01-31.": {
        "type": "max_age",
        "years": 1,
        "boundary": "inclusive",
        "reference_date": "2026-01-31",
    },
    "Age, for all credit: awarded less than 5 years before 2026-01-31.": {
        "type": "max_age",
        "years": 5,
        "boundary": "exclusive",
        "reference_date": "2026-01-31",
    },
    "Grade, for all credit: at least C (scale, lowest first: D, C).": {
        "type": "min_grade",
        "scale": ["D", "C"],
        "min": "C",
    },
    "Assurance class, for all credit: at least B (scale, lowest first: D, B).": {
        "type": "min_assurance",
        "scale": ["D", "B"],
        "min": "B",
    },
    "Level, for all credit from the institution that makes the award: 4 or above.": {
        "type": "min_level",
        "level": "4",
        "where": {"institution": "awarding"},
    },
    "Language, for all credit: one of fr, en-CA.": FRENCH,
    "Overlap, for all credit: aligned with at least 62.5 % of the 2 learning outcomes that are "
    "asked for.": SAME_COURSE,
    "What serves another award does not count, and what is used here serves no other award.": {
        "type": "exclusive_use",
    },
    "Used whole or not at all: all credit.": {"type": "whole_lots_only"},
}


@pytest.mark.parametrize("sentence", ASKED)
def test_each_type_of_constraint_is_asked_in_words(sentence: str) -> None:
    found = planned(by=rule(TOTAL, ASKED[sentence], size="20", institution=HOME))
    asked = [re.sub("^(- +|[A-Z][a-z ]+: )", "", line, count=1) for line in explain(found)]
    assert sentence in asked
    assert f"| {sentence[:-1]} |" in plan_table_text(found)


def test_every_type_of_the_rule_format_is_among_these() -> None:
    text = (ROOT / "docs/award-rules.md").read_text(encoding="utf-8")
    types = set(re.findall(r"^#### `(\w+)`$", text, re.MULTILINE))
    assert types - {"level_by_count_back"} <= {row["type"] for row in ASKED.values()}


def test_a_level_by_counting_back_is_told_or_told_to_be_open() -> None:
    by = rule({"type": "level_by_count_back", "threshold": "10"}, report_credit_points=True)
    assert "Level of the award, by counting back: 5." in told(planned(lot("a"), by=by))
    open_level = told(planned(lot("a", level=None), by=by))
    assert "is not certain" in open_level
    assert "A PERSON MUST DECIDE" in open_level


def test_credit_points_are_told_beside_the_credits() -> None:
    ladder = Ladder.of("fw", (LevelCode("4.5", 1, factor=Fraction("4.5")),))
    found = plan(
        (lot("a", "40", "4.5"),),
        rule(TOTAL, report_credit_points=True),
        Conditions(ladders={"fw": ladder}),
    )
    assert "Credit points, told beside the credits: 180." in told(found)


def test_a_search_that_was_cut_short_is_told() -> None:
    found = replace(planned(lot("a"), by=rule(TOTAL)), is_exhaustive=False)
    assert ENGLISH.phrases["not_exhaustive"] in told(found)


def test_what_counts_and_is_not_used_is_told() -> None:
    by = rule({"type": "sum", "min": "10", "max": "15"}, divisible_step="5")
    found = planned(lot("whole"), lot("part"), lot("none"), by=by)
    words = told(found)
    assert "5 credits of 10 credits" in words
    assert re.search(
        "^-    [a-z]+: 10 credits, level 5, no institution stated$", words, re.MULTILINE
    )
    assert ENGLISH.phrases["why_unused"] in words


def test_levels_are_told_in_the_order_of_their_ranks() -> None:
    lots = [lot(code, level=code) for code in ("10", "9", "2")]
    found = planned(*lots, lot("x", level=None), by=rule(TOTAL))
    for telling in ({"ladder": LADDER}, {}):
        words = told(found, **telling)
        levels = re.findall(r"^ +10 credits: (level .*)$", words, re.MULTILINE)
        assert levels == ["level 2", "level 9", "level 10", "level not known"]


def test_ranges_of_levels_come_after_levels() -> None:
    maps = (LevelMap("other", "fw", "referenced", {"a": frozenset({"4", "5"})}),)
    ranged = Lot("range", Fraction(10), "u", Level("other", "a"))
    ladders = {"fw": LADDER, "other": Ladder.of("other", (LevelCode("a", 1),))}
    policy = MapPolicy(frozenset({"referenced"}))
    terms = Conditions(ladders=ladders, maps=maps, map_policy=policy)
    found = plan((ranged, lot("a", level="6")), rule(TOTAL), terms)
    levels = re.findall("^ +10 credits: (level .*)$", told(found), re.MULTILINE)
    assert levels == ["level 6", "level 4 or 5 (not certain which)"]


def test_what_may_be_too_much_is_told() -> None:
    cap = {"type": "amount_max", "amount": "30", "where": {"source_class": ["rpl"]}}
    units = {
        "u": CreditUnit("u", "total-notional", Interval.of(Fraction(10)), None),
        "v": CreditUnit("v", "total-workload", Interval(Fraction(25), Fraction(30)), None),
    }
    one = lot("a", "11", unit="v", source_class=SourceClass.RPL)
    hours = (Conversion("v", "u", Method.NOTIONAL_HOURS),)
    words = told(
        planned(one, by=rule({"type": "sum", "min": "1"}, cap), units=units, conversions=hours)
    )
    assert "Not certain: At most 30 credits of recognised prior learning." in words
    assert (
        "Counted: from 27.5 to 33 credits, in 1 piece. Perhaps too much: up to 3 credits." in words
    )


def test_a_long_list_in_a_sentence_is_cut_and_says_so() -> None:
    components = [f"K{place}" for place in range(MOST_LISTED_IN_A_SENTENCE + 5)]
    words = told(planned(by=rule({"type": "mandatory", "components": components})))
    assert f"{components[MOST_LISTED_IN_A_SENTENCE - 1]} and 5 more." in words
    assert components[MOST_LISTED_IN_A_SENTENCE] not in words


# Reasons


def excluding() -> Iterator[tuple[str, StackPlan]]:
    """Make a plan for each reason for which a lot is excluded."""
    units = {
        "u": CreditUnit("u", "total-notional", Interval.of(Fraction(10)), Fraction(120)),
        "hours": CreditUnit("hours", "contact", None, None),
        "bare": CreditUnit("bare", "total-notional", None, None),
    }

    def converting(*conversions: Conversion, unit: str = "bare", **facts: Any) -> StackPlan:
        given_ = lot("x", unit=unit, **facts)
        return planned(given_, by=rule(TOTAL), units=units, conversions=conversions)

    def filtered(row: Row, **facts: Any) -> StackPlan:
        return planned(lot("x", **facts), by=rule(TOTAL, row))

    age = {"type": "max_age", "years": 5, "boundary": "inclusive", "reference_date": "2026-01-31"}
    grade = {"type": "min_grade", "scale": ["D", "C"], "min": "C"}
    assurance = {"type": "min_assurance", "scale": ["D", "C"], "min": "C"}
    level = {"type": "min_level", "level": "6"}
    same = lot("x", digest="d")
    yield "DUPLICATE_DIGEST", planned(same, replace(same, id="y"), by=rule(TOTAL))
    form = replace(same, statement="s")
    copy = replace(form, id="y", digest="e")
    yield "SAME_IN_OTHER_FORM", planned(form, copy, by=rule(TOTAL))
    for code, is_spent in (("LOT_REDEEMED", True), ("LOT_IN_USE", False)):
        ledger = (LedgerEntry("other", is_spent, lot="x"),)
        yield code, planned(lot("x"), by=rule(TOTAL, {"type": "exclusive_use"}), ledger=ledger)
    yield "TOO_OLD", filtered(age, awarded=date(2010, 2, 1))
    yield "DATE_UNKNOWN", filtered(age)
    yield "GRADE_BELOW_MIN", filtered(grade, grade="D")
    yield "GRADE_UNKNOWN", filtered(grade)
    yield "ASSURANCE_BELOW_MIN", filtered(assurance, assurance="D")
    yield "ASSURANCE_UNKNOWN", filtered(assurance)
    yield "LEVEL_BELOW_MIN", filtered(level)
    yield "LEVEL_INDETERMINATE", planned(lot("x", level=None), by=rule(TOTAL, level))
    yield "NO_CONVERSION", converting()
    ratio = Fraction(2)
    yield (
        "CONVERSION_NOT_REVERSIBLE",
        converting(Conversion("u", "bare", Method.FORMAL_RATIO, ratio)),
    )
    yield "DECLARED_NOT_CONVERTIBLE", converting(Conversion("bare", "u", Method.NOT_CONVERTIBLE))
    contact = Conversion("hours", "u", Method.FULL_TIME_YEAR)
    yield "CONTACT_HOUR_UNIT", converting(contact, unit="hours")
    yield "PER_YEAR_UNKNOWN", converting(Conversion("bare", "u", Method.FULL_TIME_YEAR))
    yield "UNIT_HOURS_UNKNOWN", converting(Conversion("bare", "u", Method.NOTIONAL_HOURS))
    yield "ALREADY_CONVERTED", converting(already_converted=True)
    yield "LANGUAGE_UNKNOWN", filtered(FRENCH)
    yield "LANGUAGE_NOT_ACCEPTED", filtered(FRENCH, language="en")
    yield "OVERLAP_UNKNOWN", filtered(SAME_COURSE)
    yield "OVERLAP_BELOW_MIN", filtered(SAME_COURSE, outcomes=frozenset({"urn:o:3"}))


PLANS = dict(excluding())


@pytest.mark.parametrize("code", PLANS)
def test_each_reason_is_told_with_what_to_do(code: str) -> None:
    found = PLANS[code]
    assert [one.reasons for one in found.excluded] == [(code,)]
    words = told(found, lots={"x": "Old welding", "y": "Old welding"})
    after = words.partition("-    Old welding\n")[2].splitlines()
    assert after[0].endswith(f"[{code}]")
    assert after[1].startswith("     What to do: ")
    assert ENGLISH.unverified.why not in words
    assert "{" not in words


def codes_in(module: Any) -> set[str]:
    """Name every code that stands in a module; grades and assurance are put together there."""
    tree = ast.parse(inspect.getsource(module))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    found = {text for text in texts if isinstance(text, str)}
    return {text for text in found if re.fullmatch("[A-Z]+(_[A-Z]+)+", text)}


def test_no_reason_of_a_plan_is_without_its_sentence() -> None:
    """Those in the code, those of the oracle, and those of the rule format."""
    modules = (stacking.wallet, stacking.credential_lots, frameworks.conversions)
    codes = set().union(*map(codes_in, modules)) - {"NOT_CONVERTIBLE", "RATIO_MALFORMED"}
    section = (ROOT / "docs/award-rules.md").read_text(encoding="utf-8")
    section = section.partition("### Filters")[2].partition("## 5.")[0]
    told_codes = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", section))
    assert len(codes) > 12
    assert len(told_codes) > 15
    assert codes | REASONS | told_codes <= set(ENGLISH.reasons)
    assert set(PLANS) >= REASONS | told_codes


def test_what_could_not_be_verified_is_told_too() -> None:
    left_out = (NotALot("a.json", "EXPIRED"), NotALot("b.json", "KEY_UNRESOLVED"))
    words = told(planned(by=rule(TOTAL)), left_out=left_out)
    assert "-    a.json\n     It has expired. [EXPIRED]" in words
    assert "-    b.json\n     It could not be verified. [KEY_UNRESOLVED]" in words


def test_every_phrase_is_used() -> None:
    """A text that nobody says would only be translated for nothing."""
    modules = Path(stacking.wallet.__file__).parent.glob("*.py")
    others = (path for path in modules if path.name != "texts.py")
    source = "".join(path.read_text(encoding="utf-8") for path in others)
    built = ("max_age_", "min_", "perhaps_", "column_", "legend_")
    unused = {
        name for name in ENGLISH.phrases if f'"{name}"' not in source and not name.startswith(built)
    }
    assert unused == set()


# Names


def test_nobody_names_anothers_institution() -> None:
    one = lot("did:x:uni", institution="did:x:college")
    found = planned(one, lot("b", institution="did:x:uni"), by=rule(TOTAL))
    words = told(found, lots={"did:x:uni": "Lot"}, institutions={"did:x:college": "University"})
    assert "10 credits: University (did:x:college)" in words
    assert "10 credits: did:x:uni" in words


HOSTILE = [
    "</title><script>alert(1)</script>",
    "\x00\x1b[31mred\x07",
    "a\u202egnp.exe",
    "\u2066\u2067x\u2069",
    "line\nbreak\u2028and\u2029more\r\n",
    "\ud800 lone \udfff",
    "z" + "\u0300" * 50,
    "x" * 100_000,
    "\ufffe\uffff\U000e0041",
    "{awarded} {0} %s | bar",
    "\u200b\u200e\u200f\ufeff",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_harmless(name: str) -> None:
    shown = plain(name)
    assert len(shown) <= LONGEST_NAME
    assert all(one.isprintable() for one in shown)
    assert shown.encode()
    found = planned(
        lot(name, grade=name),
        by=rule(TOTAL, {"type": "min_grade", "scale": ["D", "C"], "min": "C"}, title="T"),
    )
    assert all(line.isprintable() for line in explain(found))


@given(st.text())
def test_any_name_comes_out_short_printable_and_stable(name: str) -> None:
    shown = plain(name)
    assert all(one.isprintable() or one in "\u200c\u200d" for one in shown)
    assert len(shown) <= LONGEST_NAME
    assert plain(shown) == shown


def test_names_of_all_writing_systems_stay_as_they_are() -> None:
    for name in ("Ngā tikanga Māori", "جامعة القاهرة", "東京工業専門学校", "Việt Nam", "می‌خواهم"):
        assert plain(name) == name


def test_a_cut_and_heaped_marks_are_visible() -> None:
    assert plain("x" * 500).endswith(CUT)
    assert plain("q" + "\u0323" * 9) == "q" + "\u0323" * MOST_MARKS


# Amounts


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("7.5", "7.5"),
        ("0", "0"),
        ("40/3", "13 1/3"),
        ("1/3", "1/3"),
        ("0.05", "0.05"),
        ("1000.000001", "1000.000001"),
        ("1/10000000", "1/10000000"),
        (f"13.{'0' * 40}1", "between 13 and 14"),
        ("1" + "0" * 900, "more than 999999999999"),
    ],
)
def test_amounts_are_written_as_people_read_them(amount: str, text: str) -> None:
    assert amount_text(Fraction(amount), ENGLISH) == text


def test_an_interval_is_written_from_and_to() -> None:
    interval = Interval(Fraction(20, 3), Fraction(8))
    assert interval_text(interval, ENGLISH) == "from 6 2/3 to 8"
    assert counted_text(Interval.of(Fraction(1)), "credit", ENGLISH) == "1 credit"
    assert counted_text(Interval.of(Fraction(1, 2)), "credit", ENGLISH) == "0.5 credits"


def exact(text: str) -> Fraction:
    """Read an amount for people back."""
    return sum((Fraction(part) for part in text.split()), Fraction(0))


@given(st.fractions(min_value=0, max_value=10**9, max_denominator=10**6))
@settings(max_examples=repetitions(60, soak=300))
def test_an_amount_is_never_rounded(amount: Fraction) -> None:
    assert exact(amount_text(amount, ENGLISH)) == amount


# Tables


def test_a_bar_in_a_name_does_not_end_its_cell() -> None:
    table = plan_table_text(planned(lot("a | b |"), by=rule(TOTAL)))
    rows = [line for line in table.splitlines() if line.startswith("| A1 |")]
    assert [row.count("|") for row in rows] == [6]


def test_tables_name_every_lot_however_many() -> None:
    lots = tuple(lot(f"n{number}") for number in range(100))
    table = plan_table_text(planned(*lots, by=rule(TOTAL)))
    assert set(re.findall(r"\| (n\d+) \|", table)) == {one.id for one in lots}


def test_words_and_tables_say_the_same() -> None:
    found, telling = example()
    words, table = "\n".join(explain(found, telling)), plan_table_text(found, telling)
    numbers = r"\d+(?:\.\d+)?"
    assert set(re.findall(numbers, words)) == set(re.findall(numbers, table))


def test_the_documentation_shows_the_table_of_the_example() -> None:
    text = (ROOT / "docs/award-rules.md").read_text(encoding="utf-8")
    assert f"```text\n{plan_table_text(*example())}```\n" in text


def test_source_classes_all_have_words() -> None:
    assert set(ENGLISH.sources) == set(SourceClass)


def test_a_name_that_is_not_there_is_told_as_such() -> None:
    assert Telling().lot("\x00") == ENGLISH.phrases["no_name"]
