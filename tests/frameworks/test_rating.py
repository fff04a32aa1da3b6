"""Assigning a value to any course: what is proposed, what is refused, what becomes a listing."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import schemas
from credentials.errors import ValueRangeError
from credentials.open_badges import open_badge_findings
from credentials.spreadsheet_cells import is_formula
from frameworks.errors import FrameworkError
from frameworks.rating import (
    Course,
    CourseError,
    ListedValue,
    Rating,
    RatingError,
    append_row,
    endorsement_content,
    listing_row,
    missing_metadata,
    rate,
    read_course,
)
from frameworks.rating.course import (
    COURSE_CHARACTERS,
    FAULTS_TOLD,
    Assessment,
    DeclaredCredits,
    Hours,
    Outcome,
    Party,
    Provider,
)
from frameworks.rating.metadata import OF_THE_CREDENTIAL, STATED
from frameworks.register import Register, read_register
from frameworks.toml_text import LINE_CHARACTERS
from keys.did import did_key
from tests.factories import STRANGER, check, codes, sign, unsigned
from tests.project import ROOT

TODAY = date(2026, 12, 1)
FILES = schemas.reference_register()
REGISTER = read_register(FILES)
EXAMPLE = (ROOT / "docs/examples/dairy-welding-course.toml").read_text(encoding="utf-8")
SHORTEST = 'id = "urn:x:y"\ntitle = "Pipes"\nframework = "nz-nzqcf"\n'
COMPUTABLE = sorted(
    name
    for name, row in REGISTER.on(TODAY).frameworks.items()
    if row.unit and REGISTER.on(TODAY).unit_rows[row.unit].hours_low
)


def endorsed(course: Course, value: Any, day: Any, provider: str) -> dict[str, Any]:
    return endorsement_content(course, value, day, provider, rating_id="urn:x:rating")


def course(**changes: Any) -> Course:
    """Take the course of the example, changed."""
    return replace(read_course(EXAMPLE), **changes)


def of_hours(hours: Any, **changes: Any) -> Course:
    """Take a course of some hours that declares no credits."""
    return course(**{"credits": None, "hours": Hours(taught=Fraction(hours)), **changes})


def outcomes(*levels: str, hours: tuple[Any, ...] = ()) -> tuple[Outcome, ...]:
    stated = hours or (None,) * len(levels)
    return tuple(
        Outcome(f"Outcome {number}", level, None if amount is None else Fraction(amount))
        for number, (level, amount) in enumerate(zip(levels, stated, strict=True))
    )


def rated(one: Course, register: Register = REGISTER, as_of: date = TODAY) -> Rating:
    return rate(one, register, as_of=as_of)


def found(one: Course, register: Register = REGISTER, as_of: date = TODAY) -> dict[str, bool]:
    """Name what a rating finds, each code with whether it is certain."""
    findings = rated(one, register, as_of).findings
    assert all(finding.message.endswith(".") for finding in findings)
    assert all(finding.what_to_do.endswith(".") for finding in findings)
    return {finding.code: finding.certain for finding in findings}


def register_with(**files: str) -> Register:
    """Build the reference register with further or other files ("__" stands for "/")."""
    changed = {
        name.replace("__", "/").replace("_csv", ".csv").replace("_", "-"): text
        for name, text in files.items()
    }
    return read_register({**FILES, **changed})


def unit_changed(unit: str, **cells: str) -> Register:
    rows = list(csv.DictReader(io.StringIO(FILES["units.csv"])))
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, **cells} if row["id"] == unit else row for row in rows)
    return register_with(units_csv=text.getvalue())


# Reading -------------------------------------------------------------------------------------


def test_the_example_is_read_as_it_stands() -> None:
    one = read_course(EXAMPLE)
    assert one.title == "Pipe welding for dairy plants"
    assert one.hours == Hours(*(Fraction(hours) for hours in (40, 20, 30, 100, 10)))
    assert one.hours.total == 200
    assert one.employer == Party("Plainsmilk Limited", "did:web:plainsmilk.example", "NZ")
    assert [provider.id for provider in one.providers] == [
        "did:web:plainsmilk.example",
        "did:web:poly.example",
    ]
    assert one.outcomes[2].level == "4"
    assert one.outcomes[2].hours == 40
    assert one.review == date(2028, 6, 30)
    assert one.credits == DeclaredCredits(Fraction(20), "NZQCF")
    assert one.assessments[0].identity_verified is True


def test_a_course_needs_no_more_than_its_id_title_and_framework() -> None:
    one = read_course(SHORTEST)
    assert one == Course("urn:x:y", "Pipes", "nz-nzqcf")
    assert one.hours.total is None


def test_decimals_and_fractions_are_read_exactly() -> None:
    one = read_course(
        SHORTEST + 'hours = {taught = "7.5", assessment = "0.1"}\n'
        'credits = {amount = "1/3", unit = "qc"}'
    )
    assert one.hours.total == Fraction(76, 10)
    assert one.credits == DeclaredCredits(Fraction(1, 3), "qc")


def test_the_schema_is_a_schema_and_says_everywhere_what_must_stand_there() -> None:
    schema = schemas.json_schema("course")
    Draft202012Validator.check_schema(schema)
    leaves = [*schema["properties"].values(), *schema["$defs"].values()]
    assert all("description" in leaf or "$ref" in leaf for leaf in leaves)


@pytest.mark.parametrize(
    ("text", "pointer", "says"),
    [
        (
            "hours = {taught = 40}",
            "/hours/taught",
            "hours, taught: this must be hours in quotation",
        ),
        ("hours = {taught = 40.0}", "/hours/taught", "would not be exact"),
        ('hours = {taught = "40 h"}', "/hours/taught", '"40" or "7.5"'),
        ('hours = {taught = "1/3"}', "/hours/taught", '"40" or "7.5"'),
        ('hours = {taught = "-1"}', "/hours/taught", '"40" or "7.5"'),
        ('hours = {taught = "40\\n"}', "/hours/taught", '"40" or "7.5"'),
        ('hours = {taught = "1e3"}', "/hours/taught", '"40" or "7.5"'),
        ('hours = {taught = "999999999"}', "/hours/taught", '"40" or "7.5"'),
        ('hours = {seminar = "4"}', "/hours", "no member 'seminar' here"),
        ('hours = "40"', "/hours", "a table, [hours]"),
        ('credits = {amount = 7.5, unit = "ects"}', "/credits/amount", "would not be exact"),
        ('credits = {amount = "7.5"}', "/credits", "this must be stated: unit"),
        ("level = 5", "/level", 'a code in quotation marks, such as "5"'),
        ('outcomes = [{text = "a"}]', "/outcomes/0", "outcomes, entry 1: this must be stated: lev"),
        ('outcomes = [{text = "", level = "5"}]', "/outcomes/0/text", "a text"),
        ('colour = "blue"', "", "no member 'colour' here; correct or remove it"),
        ("review = 2028-06-30", "/review", "a date in quotation marks"),
        ('review = "2027-02-29"', "/review", "no such day"),
        ('review = "soon"', "/review", "a date in quotation marks"),
        ('participation = "remote"', "/participation", '"online", "onsite"'),
        ('providers = [{id = "did:web:a;b"}]', "/providers/0/id", "semicolons"),
        ('providers = [{id = "https:///x"}]', "/providers/0/id", "a DID, URL or URN"),
        ('employer = {name = "A", id = "A:"}', "/employer/id", "a DID, URL or URN"),
        (
            'assessments = [{type = "a", supervised = "yes"}]',
            "/assessments/0/supervised",
            "true or",
        ),
        ('need = "a\\u0007"', "/need", "control characters"),
        ('language = "e\\nn"', "/language", "on one line"),
    ],
)
def test_a_wrong_member_is_named_with_what_must_stand_there(
    text: str, pointer: str, says: str
) -> None:
    with pytest.raises(CourseError) as caught:
        read_course(SHORTEST + text)
    assert caught.value.code == "COURSE_MALFORMED"
    assert caught.value.pointer == pointer
    assert says in caught.value.message


def test_what_must_be_stated_is_named_once() -> None:
    with pytest.raises(CourseError) as caught:
        read_course('title = "Pipes"')
    assert caught.value.message.count("this must be stated: id, framework.") == 1


def test_faults_are_told_in_their_order_and_not_without_end() -> None:
    with pytest.raises(CourseError) as caught:
        read_course(
            SHORTEST + "\n".join('[[outcomes]]\ntext = "a"' for _ in range(FAULTS_TOLD + 3))
        )
    lines = caught.value.message.splitlines()
    assert [line.split(":")[0].strip() for line in lines[1:-1]] == [
        f"outcomes, entry {number}" for number in range(1, FAULTS_TOLD + 1)
    ]
    assert lines[-1] == "  and 3 more"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id = ", "not correct TOML"),
        ("id = 1\nid = 2", "not correct TOML"),
        ('title = "\x00"', "not correct TOML"),
        ("x = " + "[" * 8_000, "nested too deep"),
        ("title" + ".a" * 4_000 + " = 1", "more than 8 parts"),
        ("x = " + "1" * 8_000, "too many digits"),
        ("#\n" * COURSE_CHARACTERS, f"more than {COURSE_CHARACTERS} characters"),
        ("#" + "a" * LINE_CHARACTERS, f"a line has more than {LINE_CHARACTERS} characters"),
    ],
)
def test_hostile_and_malformed_text_is_refused(text: str, says: str) -> None:
    with pytest.raises(CourseError, match=says) as caught:
        read_course(text)
    assert caught.value.code == "COURSE_MALFORMED"


@given(st.text(max_size=300))
def test_reading_raises_nothing_else(text: str) -> None:
    for one in (text, f'{SHORTEST}need = """{text}"""'):
        with suppress(CourseError):
            read_course(one)


# Level ---------------------------------------------------------------------------------------


def test_the_example_rates_to_level_5_and_20_credits_without_any_finding() -> None:
    rating = rated(course())
    assert rating.level is not None
    assert (rating.level.code, rating.level.rule) == ("5", "best-fit")
    assert rating.level.uri == "urn:mcframework:nz-nzqcf:level:5"
    assert "160 of 200 hours of outcomes are at level 5 or above" in rating.level.why
    assert rating.credits is not None
    assert (rating.credits.amount, rating.credits.unit, rating.credits.token) == (
        20,
        "nzqcf",
        "NZQCF",
    )
    assert rating.hours == 200
    assert rating.findings == ()
    assert rating.missing == ()


@pytest.mark.parametrize(
    ("levels", "hours", "proposed"),
    [
        (("4", "5"), (), "5"),
        (("4", "4", "5"), (), "4"),
        (("4", "5", "6"), (), "5"),
        (("4", "10"), (), "10"),
        (("9", "10"), (10, 9), "9"),
        (("4", "4", "5"), (1, 1, 2), "5"),
        (("4", "4", "5"), (1, 1, "1.9"), "4"),
        (("4", "4", "5"), (1, 1, None), "4"),
        (("4", "4", "5"), (0, 0, 0), "4"),
    ],
)
def test_the_level_is_the_highest_that_half_of_the_outcomes_reach(
    levels: tuple[str, ...], hours: tuple[Any, ...], proposed: str
) -> None:
    level = rated(course(outcomes=outcomes(*levels, hours=hours))).level
    assert level is not None
    assert level.code == proposed


def test_levels_are_compared_by_rank_and_never_by_code() -> None:
    one = course(framework="nl-nlqf", outcomes=outcomes("4+", "5", "Entry"), level=None)
    level = rated(one).level
    assert level is not None
    assert level.code == "4+"


def test_the_reason_says_how_outcomes_were_weighed_and_what_a_higher_level_lacks() -> None:
    level = rated(course(outcomes=outcomes("4", "4", "5"))).level
    assert level is not None
    assert level.why == (
        "3 of 3 outcomes are at level 4 or above, which is at least half. At level 5 or above "
        "there are 1. Outcomes count the same, since not all of them state hours."
    )


codes_of_levels = st.sampled_from([str(number) for number in range(1, 11)])
weights = st.none() | st.integers(0, 5)
some_outcomes = st.lists(
    st.builds(
        lambda level, hours: Outcome("x", level, None if hours is None else Fraction(hours)),
        codes_of_levels,
        weights,
    ),
    min_size=1,
    max_size=6,
)


def level_of(stated: list[Outcome]) -> str:
    level = rated(course(outcomes=tuple(stated))).level
    assert level is not None
    return level.code


@given(some_outcomes, st.randoms(use_true_random=False))
def test_the_order_of_outcomes_does_not_matter(stated: list[Outcome], chance: Any) -> None:
    shuffled = list(stated)
    chance.shuffle(shuffled)
    before, after = rated(course(outcomes=tuple(stated))), rated(course(outcomes=tuple(shuffled)))
    assert before.level == after.level
    assert before.findings == after.findings


@given(some_outcomes, st.integers(0, 5))
def test_an_outcome_at_the_proposed_level_never_changes_it(
    stated: list[Outcome], hours: int
) -> None:
    """It states hours if the others do: else they would be weighed in another way."""
    is_weighed = all(one.hours is not None for one in stated)
    level = level_of(stated)
    further = Outcome("further", level, Fraction(hours) if is_weighed else None)
    assert level_of([*stated, further]) == level


@given(some_outcomes, st.integers(0, 5), st.integers(1, 10))
def test_raising_an_outcome_never_lowers_the_level(
    stated: list[Outcome], position: int, level: int
) -> None:
    position %= len(stated)
    higher = str(max(level, int(stated[position].level)))
    raised = [*stated]
    raised[position] = replace(raised[position], level=higher)
    assert int(level_of(raised)) >= int(level_of(stated))


def test_without_outcomes_there_is_no_level() -> None:
    one = course(outcomes=(), level=None)
    assert rated(one).level is None
    assert found(one) == {"OUTCOMES_MISSING": True}


def test_a_level_that_the_framework_does_not_have_stops_the_proposal() -> None:
    one = course(outcomes=outcomes("5", "11", "4+", "11"), level="5")
    rating = rated(one)
    assert rating.level is None
    assert [finding.code for finding in rating.findings] == ["LEVEL_UNKNOWN", "LEVEL_UNKNOWN"]
    assert found(one) == {"LEVEL_UNKNOWN": True}
    assert found(course(level="L5")) == {"LEVEL_UNKNOWN": True}
    assert found(course(level="L5", outcomes=())) == {
        "LEVEL_UNKNOWN": True,
        "OUTCOMES_MISSING": True,
    }


def test_outcomes_that_lie_far_apart_need_a_person() -> None:
    assert found(course(outcomes=outcomes("4", "5", "6"))) == {}
    assert found(course(outcomes=outcomes("4", "7", "5"), level=None)) == {"LEVEL_SPREAD": False}


@pytest.mark.parametrize(
    ("declared", "certain"), [("4", False), ("6", False), ("3", True), ("7", True)]
)
def test_a_declared_level_is_wrong_for_certain_only_outside_the_outcomes(
    declared: str, certain: bool
) -> None:
    one = course(outcomes=outcomes("4", "5", "6"), level=declared)
    assert found(one) == {"LEVEL_DIFFERS_FROM_OUTCOMES": certain}


def test_an_unknown_framework_gives_no_rating() -> None:
    rating = rated(course(framework="aqf"))
    assert (rating.level, rating.credits, rating.rules) == (None, None, None)
    assert found(course(framework="aqf")) == {"FRAMEWORK_UNKNOWN": True}
    assert rating.missing == ()


# Credits -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("framework", "hours", "amount"),
    [
        ("nz-nzqcf", 200, 20),
        ("nz-nzqcf", "209.9", 20),
        ("gb-eni-rqf", 44, 4),
        ("gb-eni-rqf", 45, 5),
        ("my-mqf", 79, 1),
        ("nl-nlqf", 150, 5),
        ("nl-nlqf", "104.9", 3),
        ("nl-nlqf", 105, "3.5"),
        ("in-ncrf", 45, "1.5"),
        ("us-none", 67, 1),
    ],
)
def test_credits_are_hours_by_hours_per_credit_rounded_as_the_unit_says(
    framework: str, hours: Any, amount: Any
) -> None:
    proposed = rated(of_hours(hours, framework=framework)).credits
    assert proposed is not None
    assert proposed.amount == Fraction(amount)


def test_an_interval_of_hours_gives_an_interval_and_its_lower_end_is_proposed() -> None:
    proposed = rated(of_hours(100, framework="nl-nlqf")).credits
    assert proposed is not None
    assert (proposed.exact.low, proposed.exact.high) == (Fraction(10, 3), 4)
    assert proposed.amount == 3
    assert not proposed.rounding_is_stated
    assert "are 10/3 to 4 credits" in proposed.why
    assert "The lower end counts, so that no credit is given away." in proposed.why
    assert "rounded down to a multiple of 0.5, since no mode is stated." in proposed.why


def test_the_register_decides_how_credits_are_rounded() -> None:
    proposed = rated(of_hours(45, framework="gb-eni-rqf")).credits
    assert proposed is not None
    assert proposed.rounding_is_stated
    assert "halves up, to a multiple of 1, as the register says." in proposed.why
    without_step = rated(of_hours(45), unit_changed("nzqcf", step="")).credits
    assert without_step is not None
    assert without_step.amount == Fraction(9, 2)
    assert without_step.why.endswith("They are not rounded, since the unit has no step.")


@given(
    st.sampled_from(COMPUTABLE),
    st.fractions(0, 5_000, max_denominator=100),
    st.fractions(0, 5_000, max_denominator=100),
)
def test_more_hours_never_give_fewer_credits(
    framework: str, hours: Fraction, others: Fraction
) -> None:
    few, many = sorted((hours, others))
    less, more = (rated(of_hours(one, framework=framework)).credits for one in (few, many))
    assert less is not None
    assert more is not None
    assert less.amount <= more.amount
    assert less.exact.low <= more.exact.low


def test_without_hours_there_are_no_credits() -> None:
    one = course(hours=Hours(), credits=None)
    assert rated(one).credits is None
    assert found(one) == {"HOURS_UNKNOWN": False}


def test_a_unit_without_hours_of_learning_cannot_be_computed() -> None:
    no_unit = of_hours(200, framework="eu-eqf")
    contact = unit_changed("nzqcf", basis="contact")
    no_hours = unit_changed("nzqcf", hours_low="", hours_high="")
    assert found(no_unit) == {"CREDITS_NOT_COMPUTABLE": False}
    assert found(of_hours(200), contact) == {"CREDITS_NOT_COMPUTABLE": False}
    assert found(of_hours(200), no_hours) == {"CREDITS_NOT_COMPUTABLE": False}
    assert rated(of_hours(200), contact).credits is None


def declared(amount: Any, unit: str = "NZQCF", **changes: Any) -> Course:
    return course(credits=DeclaredCredits(Fraction(amount), unit), **changes)


def test_declared_credits_differ_for_certain_only_outside_the_hours_of_the_unit() -> None:
    assert found(declared(20, "nzqcf")) == {}
    assert found(declared(21)) == {"CREDITS_DIFFER": True, "HOURS_PER_CREDIT_BELOW": True}
    assert found(declared(19)) == {"CREDITS_DIFFER": True, "HOURS_PER_CREDIT_ABOVE": True}
    assert found(declared(0)) == {"CREDITS_DIFFER": True, "CREDITS_ZERO": True}
    in_ects = {"framework": "nl-nlqf", "outcomes": outcomes("5"), "sector": "hbo"}
    assert found(declared("6.5", "ECTS", **in_ects)) == {}
    assert found(declared(8, "ECTS", **in_ects)) == {"CREDITS_DIFFER": False}
    assert found(declared("7.2", "ECTS", **in_ects)) == {
        "CREDITS_DIFFER": False,
        "NOT_A_MULTIPLE_OF_STEP": True,
    }


def test_credits_of_another_unit_are_not_compared() -> None:
    assert found(declared(7, "ECTS")) == {"UNIT_MISMATCH": False}


def test_declared_credits_without_hours_are_checked_as_far_as_that_goes() -> None:
    assert found(declared("41.5", hours=Hours())) == {
        "HOURS_UNKNOWN": False,
        "NOT_A_MULTIPLE_OF_STEP": True,
        "SIZE_ABOVE_MAX": True,
    }


# Rules of the framework ----------------------------------------------------------------------


def test_the_size_in_credits_is_that_of_the_day() -> None:
    assert found(of_hours(410)) == {"SIZE_ABOVE_MAX": True}
    assert found(of_hours(400)) == {}
    assert found(of_hours(40), as_of=date(2021, 12, 31)) == {"SIZE_BELOW_MIN": True}
    assert found(of_hours(40), as_of=date(2022, 1, 1)) == {}


def test_hours_that_make_no_credit_are_told() -> None:
    assert found(of_hours(9)) == {"CREDITS_ZERO": True, "SIZE_BELOW_MIN": True}
    assert found(of_hours(9, framework="hk-hkqf")) == {"CREDITS_ZERO": True}


def test_a_size_that_depends_on_an_unstated_sector_is_not_certain() -> None:
    one = of_hours(60, framework="nl-nlqf")
    assert found(one) == {"SIZE_BELOW_MIN": False}
    assert found(replace(one, sector="hbo")) == {"SIZE_BELOW_MIN": True}
    assert found(replace(one, sector="universities")) == {}
    after = date(2027, 5, 1)
    assert found(replace(one, sector="universities"), as_of=after) == {"SIZE_BELOW_MIN": True}


def test_a_size_rule_in_another_unit_is_told_and_not_passed_over() -> None:
    assert found(of_hours(300, framework="nl-nlqf", sector="mbo")) == {"UNIT_MISMATCH": False}


def test_the_size_in_hours_has_bounds_of_its_own() -> None:
    on_levels = {"framework": "ca-on-oqf", "outcomes": outcomes("5")}
    assert found(of_hours(4, **on_levels))["HOURS_BELOW_MIN"] is True
    assert "HOURS_BELOW_MIN" not in found(of_hours(5, **on_levels))
    assert "HOURS_ABOVE_MAX" not in found(of_hours(300, **on_levels))
    assert found(of_hours(301, **on_levels))["HOURS_ABOVE_MAX"] is True


def test_a_forbidden_word_in_the_title_is_told_with_its_rule() -> None:
    one = course(title="Postgraduate pipe welding")
    assert found(one) == {"TITLE_WORD_FORBIDDEN": True}
    assert "nz-mc-titles" in rated(one).findings[0].message
    assert found(course(title="International pipe welding")) == {}


def test_a_review_is_overdue_from_the_day_after_it() -> None:
    assert found(course(review=TODAY)) == {}
    assert found(course(review=date(2026, 11, 30))) == {"REVIEW_OVERDUE": True}


# Metadata ------------------------------------------------------------------------------------


def missing(one: Course, register: Register = REGISTER) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for field in missing_metadata(one, register, TODAY):
        names.setdefault(field.standard, []).append(field.field)
    return names


def test_a_bare_course_lacks_by_standard_what_the_register_asks_for() -> None:
    lacking = missing(read_course(SHORTEST))
    assert list(lacking) == ["eu-2022", "nz-rule-6.1", "au-nmf", "on-ecampus", "nl", "scqf"]
    assert lacking["scqf"] == [
        "awarding_body",
        "outcomes",
        "hours",
        "credits",
        "level",
        "assessment",
        "quality_assurance",
        "stackability",
        "review",
    ]
    assert not OF_THE_CREDENTIAL & {name for names in lacking.values() for name in names}


def test_a_missing_field_says_how_sure_the_rule_is() -> None:
    one = course(review=None)
    (rule,) = [field for field in missing_metadata(one, REGISTER, TODAY) if field.note]
    assert (rule.standard, rule.field, rule.need) == ("nz-rule-6.1", "review", "mandatory")
    assert (rule.status, rule.source, rule.note) == ("sourced", "nzqa-rules22", "1 to 3 years")
    assert rule.standard_name == "NZQA Rules 2022, rule 6.1"
    assert rule.is_understood


NOTHING: dict[str, dict[str, Any]] = {
    "assessment": {"assessments": ()},
    "awarding_body": {"providers": ()},
    "field": {"field": None},
    "grade": {"grading": None},
    "hours": {"hours": Hours()},
    "issuer_country": {"developer": Party("A")},
    "language": {"language": None},
    "need": {"need": None, "employer": None},
    "outcomes": {"outcomes": ()},
    "participation": {"participation": None},
    "prerequisites": {"prerequisites": None},
    "purpose": {"purpose": None},
    "quality_assurance": {"quality_assurance": None},
    "review": {"review": None},
    "stackability": {"stackability": None},
    "supervision": {"assessments": (Assessment("a", supervised=True),)},
    "target_group": {"target_group": None},
    "credits": {"credits": None, "hours": Hours()},
    "level": {"level": None, "outcomes": ()},
}


@pytest.mark.parametrize("field", NOTHING)
def test_each_field_is_missing_exactly_where_it_is_not_stated(field: str) -> None:
    rows = "standard,field,need,status,source\n" + f"x,{field},mandatory,sourced,gk\n"
    register = register_with(metadata_csv=rows)
    assert missing(course(), register) == {}
    assert missing(course(**NOTHING[field]), register) == {"x": [field]}


def test_every_field_that_is_known_is_tested_and_every_field_of_the_register_known() -> None:
    assert set(STATED) == {*NOTHING, "title"}
    assert {row.field for row in REGISTER.tables.metadata} <= {*STATED, *OF_THE_CREDENTIAL}


def test_a_developer_belongs_to_the_awarding_body() -> None:
    assert missing(course(developer=None))["nz-rule-6.1"] == ["awarding_body"]


def test_an_employer_or_evidence_shows_the_need() -> None:
    assert missing(course(need=None)) == {}
    assert missing(course(employer=None)) == {}


def test_level_and_credits_count_as_stated_if_they_are_declared_or_can_be_proposed() -> None:
    assert missing(course(level=None, credits=None)) == {}
    only_declared = course(outcomes=(), hours=Hours())
    assert "level" not in missing(only_declared)["nl"]
    assert "credits" not in missing(only_declared)["nl"]


def test_a_field_that_the_software_does_not_know_is_never_passed_over() -> None:
    rows = "standard,field,need,status,source\nx,moon_phase,optional,sourced,gk\n"
    (field,) = missing_metadata(course(), register_with(metadata_csv=rows), TODAY)
    assert (field.field, field.is_understood) == ("moon_phase", False)


def test_rows_of_one_standard_stand_together_and_only_those_in_force() -> None:
    rows = (
        "standard,field,need,from,until,status,source\n"
        "x,review,optional,,,sourced,gk\ny,field,optional,,,sourced,gk\n"
        "x,need,optional,,,sourced,gk\nx,language,optional,,2026-11-30,sourced,gk\n"
    )
    fields = missing_metadata(read_course(SHORTEST), register_with(metadata_csv=rows), TODAY)
    assert [(field.standard, field.field) for field in fields] == [
        ("x", "review"),
        ("x", "need"),
        ("y", "field"),
    ]


# Listing -------------------------------------------------------------------------------------


def listed(one: Course, **changes: Any) -> dict[str, str]:
    return listing_row(
        one,
        **{
            "rating": rated(one),
            "id": "welding-1",
            "source": "gk",
            "approved_by": "Mere Kawhia",
            "rated_by": "did:web:poly.example",
            "first_day": TODAY,
            "today": TODAY,
            "last_day": date(2028, 6, 30),
            **changes,
        },
    )


def refused(one: Course, **changes: Any) -> RatingError:
    with pytest.raises(RatingError) as caught:
        listed(one, **changes)
    return caught.value


def test_a_review_that_is_overdue_today_stops_a_listing_that_begins_in_the_past() -> None:
    one = course(review=date(2026, 1, 31))
    past = {"rating": rate(one, REGISTER, as_of=date(2026, 1, 1)), "first_day": date(2026, 1, 1)}
    assert listed(one, **past, today=date(2026, 1, 31))["review"] == "2026-01-31"
    assert "[REVIEW_OVERDUE]" in refused(one, **past, today=date(2026, 2, 1)).message


def test_an_approved_rating_becomes_a_listing_of_the_next_edition() -> None:
    cells = listed(course())
    register = register_with(nz_nzqcf__listings_csv=append_row(None, cells))
    (row,) = register.listings(course().id, "nz-nzqcf")
    assert (row.id, row.title, row.level, row.unit) == (
        "welding-1",
        "Pipe welding for dairy plants",
        "5",
        "nzqcf",
    )
    assert (row.credits, row.hours, row.field) == (20, 200, "030711")
    assert row.providers == ("did:web:plainsmilk.example", "did:web:poly.example")
    assert (row.review, row.withdrawn_on) == (date(2028, 6, 30), None)
    assert (row.rated_by, row.approved_by) == ("did:web:poly.example", "Mere Kawhia")
    assert row.need == course().need
    assert row.provenance.first_day == TODAY
    assert row.provenance.last_day == date(2028, 6, 30)
    assert (row.provenance.status, row.provenance.source) == ("verified", "gk")
    assert row.provenance.note == ""


def test_nothing_that_is_not_stated_stands_in_a_listing() -> None:
    bare = read_course(SHORTEST)
    cells = listed(
        replace(bare, outcomes=outcomes("5"), hours=Hours(work_based=Fraction("10.5"))),
        last_day=None,
        rated_by="",
    )
    assert {name: cell for name, cell in cells.items() if cell} == {
        "id": "welding-1",
        "achievement": "urn:x:y",
        "title": "Pipes",
        "framework": "nz-nzqcf",
        "level": "5",
        "unit": "nzqcf",
        "credits": "1",
        "hours": "10.5",
        "approved_by": "Mere Kawhia",
        "from": "2026-12-01",
        "status": "verified",
        "source": "gk",
    }


@pytest.mark.parametrize("nobody", ["", "  "])
def test_nothing_is_listed_that_nobody_approved(nobody: str) -> None:
    assert refused(course(), approved_by=nobody).code == "NOT_APPROVED"


def test_a_certain_finding_stands_against_a_listing_and_any_other_does_not() -> None:
    error = refused(declared(19))
    assert error.code == "RATING_NOT_ACCEPTABLE"
    assert "[CREDITS_DIFFER]" in error.message
    assert listed(course(outcomes=outcomes("4", "7", "5")))["level"] == "5"


def test_the_rating_of_another_course_is_no_rating() -> None:
    assert refused(course(title="Pipes"), rating=rated(course())).code == "RATING_NOT_ACCEPTABLE"


def test_what_is_not_proposed_must_be_set() -> None:
    no_hours = course(hours=Hours(), credits=None)
    assert "nothing to list as credits" in refused(no_hours).message
    assert listed(no_hours, credits=Fraction(20))["credits"] == "20"
    assert "as unit, level" in refused(of_hours(20, framework="aqf"), credits=Fraction(2)).message
    assert "as unit, credits" in refused(of_hours(20, framework="eu-eqf")).message


def test_what_the_approver_sets_answers_the_findings_about_it() -> None:
    cells = listed(declared(19), credits=Fraction(20))
    assert (cells["credits"], cells["note"]) == ("20", "")
    cells = listed(course(level="3"), level="4")
    assert cells["level"] == "4"
    assert cells["note"] == "The approver set the level; proposed: 5."
    cells = listed(course(outcomes=outcomes("11")), level="4")
    assert cells["note"] == "The approver set the level; proposed: none."
    in_ects = {"framework": "nl-nlqf", "outcomes": outcomes("5"), "level": "5", "sector": "hbo"}
    cells = listed(declared(7, "ECTS", **in_ects), credits=Fraction(8))
    assert cells["note"] == "The approver set the credits; proposed: 6.5."


def test_what_the_approver_sets_answers_nothing_else() -> None:
    for one in (
        course(title="National pipe welding"),
        course(review=date(2026, 11, 30)),
        course(outcomes=()),
    ):
        assert refused(one, level="5", credits=Fraction(20)).code == "RATING_NOT_ACCEPTABLE"
    assert "[CREDITS_DIFFER]" in refused(declared(19), level="5").message
    assert (
        "[LEVEL_DIFFERS_FROM_OUTCOMES]" in refused(course(level="3"), credits=Fraction(20)).message
    )


@pytest.mark.parametrize(
    ("level", "amount", "code"),
    [
        ("11", None, "LEVEL_UNKNOWN"),
        ("", None, "LEVEL_UNKNOWN"),
        (None, 21, "HOURS_PER_CREDIT_BELOW"),
        (None, 19, "HOURS_PER_CREDIT_ABOVE"),
        (None, "20.5", "NOT_A_MULTIPLE_OF_STEP"),
        (None, 41, "SIZE_ABOVE_MAX"),
        (None, 0, "CREDITS_ZERO"),
        (None, -1, "CREDITS_ZERO"),
    ],
)
def test_what_the_approver_sets_is_checked_against_the_rules(
    level: str | None, amount: Any, code: str
) -> None:
    set_amount = None if amount is None else Fraction(amount)
    error = refused(course(), level=level, credits=set_amount)
    assert error.code == "RATING_NOT_ACCEPTABLE"
    assert f"[{code}]" in error.message


def test_credits_that_come_from_rounding_are_accepted() -> None:
    assert listed(of_hours(209), credits=Fraction(20))["credits"] == "20"
    assert listed(of_hours(45, framework="gb-eni-rqf", outcomes=outcomes("5"), level="5"))[
        "credits"
    ]
    assert "[HOURS_PER_CREDIT_BELOW]" in refused(of_hours(209), credits=Fraction(21)).message


cell = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\x00"), max_size=8
).filter(lambda text: not is_formula(text))
names = st.sampled_from(["id", "title", "level", "note", "x"])
row = st.dictionaries(names, cell, min_size=2)


def read_table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@given(st.lists(row, min_size=1, max_size=4))
def test_rows_are_appended_and_earlier_ones_stay(rows: list[dict[str, str]]) -> None:
    text: str | None = None
    for one in rows:
        text = append_row(text, one)
    assert text is not None
    columns = list(dict.fromkeys(name for one in rows for name in one))
    assert read_table(text) == [{name: one.get(name, "") for name in columns} for one in rows]


def test_appending_keeps_the_columns_and_writes_line_feeds() -> None:
    assert append_row("b,a\r\n1,2\r\n", {"a": "4", "c": "x\r\ny"}) == 'b,a,c\n1,2,\n,4,"x\ny"\n'
    assert append_row("b,a", {"a": "4"}) == "b,a\n,4\n"
    assert append_row("", {"a": "4"}) == append_row(None, {"a": "4"}) == "a\n4\n"


@pytest.mark.parametrize("text", ["a,a\n", "a,b\n1\n", 'a\n"1"2\n', 'a\n"1'])
def test_nothing_is_appended_to_what_is_no_table(text: str) -> None:
    with pytest.raises(RatingError) as caught:
        append_row(text, {"a": "1"})
    assert caught.value.code == "LISTINGS_MALFORMED"


# Endorsement ---------------------------------------------------------------------------------

DAY = REGISTER.on(TODAY)
EMPLOYER = "did:web:plainsmilk.example"


def test_the_authority_endorses_the_value_for_one_provider() -> None:
    content = endorsed(course(), ListedValue.from_cells(listed(course())), DAY, EMPLOYER)
    (rating,), subject = content["evidence"], content["credentialSubject"]
    assert subject["id"] == course().id
    assert subject["type"] == ["EndorsementSubject"]
    assert rating["id"] == "urn:x:rating"
    assert rating["type"] == ["Evidence", "Achievement"]
    assert rating["creator"] == {"id": EMPLOYER, "type": ["Profile"]}
    assert rating["creditsAvailable"] == 20
    assert rating["alignment"][0]["targetUrl"] == "urn:mcframework:nz-nzqcf:level:5"
    assert rating["alignment"][0]["targetType"] == "ext:NZQCFLevel"
    assert [one["resultType"] for one in rating["resultDescription"]] == [
        "ext:NZQCFCredits",
        "ext:NotionalHours",
    ]
    assert subject["endorsementComment"] == (
        '"Pipe welding for dairy plants" is listed in the New Zealand Qualifications and '
        "Credentials Framework at level 5 with 20 NZQCF credits (200 hours of learning); "
        "Plainsmilk Limited may award it."
    )


def test_the_endorsement_is_a_valid_credential_once_signed() -> None:
    value = ListedValue("5", "nzqcf", Fraction(20))
    document = unsigned(
        type=["VerifiableCredential", "EndorsementCredential"],
        **endorsed(course(), value, DAY, EMPLOYER),
    )
    assert open_badge_findings(document) == ()
    assert codes(check(sign(document))) == set()


def test_the_endorsement_can_be_embedded_in_a_badge_of_the_course() -> None:
    value = ListedValue("5", "nzqcf", Fraction(20))
    endorsement = sign(
        unsigned(
            id="urn:x:endorsement",
            type=["VerifiableCredential", "EndorsementCredential"],
            issuer={"id": did_key(STRANGER.verification_key), "type": ["Profile"]},
            **endorsed(course(), value, DAY, EMPLOYER),
        ),
        signer=STRANGER,
    )
    badge = unsigned()
    badge["credentialSubject"]["achievement"] |= {"id": course().id, "endorsement": [endorsement]}
    report = check(sign(badge))
    assert codes(report) == set()
    assert report.check("endorsement").outcome == "passed"


def test_a_row_of_the_register_is_endorsed_as_well() -> None:
    register = register_with(nz_nzqcf__listings_csv=append_row(None, listed(course())))
    (row,) = register.listings(course().id, "nz-nzqcf")
    value = ListedValue.from_cells(listed(course()))
    by_row, by_value = (endorsed(course(), one, DAY, EMPLOYER) for one in (row, value))
    assert by_row == by_value


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\uff1d"])
def test_a_cell_that_a_spreadsheet_would_compute_is_refused(start: str) -> None:
    with pytest.raises(RatingError) as caught:
        append_row(None, {"title": f"{start}1+1", "level": "4+"})
    assert caught.value.code == "CELL_IS_FORMULA"
    assert "title" in caught.value.message
    assert append_row(None, {"title": f"a {start}1", "level": "4+"})


@pytest.mark.parametrize("framework", ["../x", "/tmp", ".x", "NZ", "a/b", "nz\n", "x" * 65, ""])
def test_a_framework_in_a_course_is_named_by_an_id_and_never_a_path(framework: str) -> None:
    text = SHORTEST.replace("nz-nzqcf", framework.replace("\n", "\\n"))
    with pytest.raises(CourseError) as caught:
        read_course(text)
    assert caught.value.pointer == "/framework"


def test_a_framework_whose_acronym_is_no_short_name_is_named_by_its_id() -> None:
    levels = "code,rank,uri,status,source\nupper,1,urn:x:upper,sourced,gk\n"
    day = register_with(us_none__levels_csv=levels).on(TODAY)
    value = ListedValue("upper", "us-semester", Fraction(1))
    (rating,) = endorsed(course(framework="us-none"), value, day, EMPLOYER)["evidence"]
    assert rating["alignment"][0]["targetType"] == "ext:us-noneLevel"


@pytest.mark.parametrize(
    ("framework", "level", "unit", "provider", "code"),
    [
        ("nz-nzqcf", "5", "nzqcf", "did:web:other.example", "PROVIDER_NOT_NAMED"),
        ("nz-nzqcf", "11", "nzqcf", EMPLOYER, "VALUE_NOT_IN_REGISTER"),
        ("nz-nzqcf", "5", "NZQCF", EMPLOYER, "VALUE_NOT_IN_REGISTER"),
        ("aqf", "5", "nzqcf", EMPLOYER, "VALUE_NOT_IN_REGISTER"),
        ("us-none", "5", "us-semester", EMPLOYER, "VALUE_NOT_IN_REGISTER"),
    ],
)
def test_only_what_is_listed_and_named_is_endorsed(
    framework: str, level: str, unit: str, provider: str, code: str
) -> None:
    value = ListedValue(level, unit, Fraction(20))
    with pytest.raises(RatingError) as caught:
        endorsed(course(framework=framework), value, DAY, provider)
    assert caught.value.code == code


def test_an_amount_that_no_credential_can_state_is_not_endorsed() -> None:
    with pytest.raises(ValueRangeError):
        endorsed(course(), ListedValue("5", "nzqcf", Fraction(1, 3)), DAY, EMPLOYER)


def test_errors_of_this_package_are_errors_of_frameworks() -> None:
    assert issubclass(CourseError, FrameworkError)
    assert issubclass(RatingError, FrameworkError)


def test_a_provider_is_listed_once() -> None:
    twice = course(providers=(Provider(EMPLOYER), Provider(EMPLOYER, "Again")))
    assert listed(twice)["providers"] == EMPLOYER
