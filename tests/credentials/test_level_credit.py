"""Reading and writing what a credential says it is worth."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import schemas
from credentials.errors import ValueRangeError
from credentials.json_types import only, places, pointer_of
from credentials.level_credit import (
    CreditStatement,
    LevelStatement,
    read_values,
    value_findings,
    write_values,
)
from credentials.level_credit.claims import StatedValue, amount_of, decimal_text
from tests.project import ROOT
from tests.verifier.shapes import container_of
from verifier.checks.value import in_words

LEVEL = LevelStatement(
    "EQF", "European Qualifications Framework", "6", "http://data.europa.eu/snb/eqf/6"
)
ID = "urn:uuid:5b1f8a52-23f4-4c0e-8f0e-111111111111"
AMOUNTS = st.integers(0, 1_000_000).map(lambda hundredths: Fraction(hundredths, 100))


def subject(achievement: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"credentialSubject": {"achievement": {"id": ID, **achievement}, **members}}


def example() -> dict[str, Any]:
    text = (ROOT / "docs" / "level-credit-profile.md").read_text(encoding="utf-8")
    found = re.search(r"```json\n(.*?)```", text, re.DOTALL)
    assert found is not None
    loaded: dict[str, Any] = json.loads(found[1])
    return loaded


def test_the_example_of_the_document_satisfies_its_schema_and_is_read() -> None:
    schema = Draft202012Validator(schemas.json_schema("level-credit-profile"))
    assert list(schema.iter_errors(example())) == []
    document = {"credentialSubject": example()}
    assert [value.to_json() for value in read_values(document)] == [
        {
            "framework": "European Qualifications Framework",
            "level": "6",
            "level_uri": "http://data.europa.eu/snb/eqf/6",
            "unit": "ECTS",
            "amount": "7.5",
            "basis": "earned",
            "available": "7.5",
            "hours": "195",
            "hours_basis": "earned",
            "source_pointer": "/credentialSubject/achievement",
        }
    ]
    assert value_findings(document) == ()


@given(AMOUNTS, st.none() | AMOUNTS)
def test_what_is_written_is_read_back_exactly(amount: Fraction, hours: Fraction | None) -> None:
    achievement, members = write_values(
        ID, level=LEVEL, credit=CreditStatement("ECTS", amount), hours=hours
    )
    # Through JSON, as a signed credential goes.
    document = json.loads(json.dumps(subject(achievement, **members)))
    (value,) = read_values(document)
    assert (value.earned, value.available, value.hours) == (amount, amount, hours)
    assert value.unit == "ECTS"
    assert [(level.code, level.uri) for level in value.levels] == [("6", LEVEL.uri)]
    assert value_findings(document) == ()


@pytest.mark.parametrize(
    "amount", [Fraction(-1), Fraction(1, 3), Fraction(1, 1000), Fraction(10_001)]
)
def test_amounts_that_cannot_be_signed_exactly_are_refused(amount: Fraction) -> None:
    with pytest.raises(ValueRangeError):
        write_values(ID, level=LEVEL, credit=CreditStatement("ECTS", amount))
    with pytest.raises(ValueRangeError):
        write_values(ID, level=LEVEL, credit=CreditStatement("ECTS", Fraction(1)), hours=amount)


FOREIGN = [
    ("plain", {"creditsAvailable": 36.0}, {"creditsEarned": 3}, ("unknown", "3", None, None)),
    (
        "surf",
        {
            "ECTS": 3.0,
            "SBU": 84,
            "alignment": [
                {
                    "targetType": "ext:EQF",
                    "targetName": "EQF level 4",
                    "targetCode": "4",
                    "targetUrl": "https://content.example.com/eqf",
                }
            ],
        },
        {},
        ("ECTS", "3", "4", "84"),
    ),
    (
        "edubadges",
        {
            "extensions:ECTSExtension": {"ECTS": 5},
            "extensions:EQFExtension": {"EQF": 6},
            "extensions:StudyLoadExtension": {"StudyLoad": 140},
        },
        {},
        ("ECTS", "5", "6", "140"),
    ),
    ("german", {"extensions:LevelExtension": {"Level": "a1"}}, {}, (None, None, "a1", None)),
    (
        "eqf by uri",
        {
            "alignment": [{"targetName": "6", "targetUrl": "http://data.europa.eu/snb/eqf/6"}],
            "creditsAvailable": 2.5,
        },
        {},
        ("unknown", "2.5", "6", None),
    ),
]


@pytest.mark.parametrize(("name", "achievement", "members", "expected"), FOREIGN)
def test_foreign_forms_are_read(
    name: str,
    achievement: dict[str, Any],
    members: dict[str, Any],
    expected: tuple[str | None, ...],
) -> None:
    (value,) = read_values(subject(achievement, **members))
    told = value.to_json()
    assert (told.get("unit"), told.get("amount"), told.get("level"), told.get("hours")) == expected


def test_the_european_learning_model_is_read() -> None:
    specification = {
        "eqfLevel": {"id": "http://data.europa.eu/snb/eqf/6", "prefLabel": {"en": ["Level 6"]}},
        "creditPoint": [
            {"framework": {"prefLabel": {"en": ["European Credit Transfer System"]}}, "point": "2"}
        ],
        "volumeOfLearning": "PT60H30M",
    }
    (value,) = read_values({"credentialSubject": {"hasClaim": {"specifiedBy": specification}}})
    assert (value.unit, value.amount, value.hours) == ("ECTS", 2, Fraction(121, 2))
    assert [level.code for level in value.levels] == ["6"]


def test_the_unit_of_credits_that_are_not_stated_is_unknown() -> None:
    achievement = {"achievement": {"extensions:EQFExtension": {"EQF": 5}}}
    claim = {"hasClaim": {"specifiedBy": {"eqfLevel": "http://data.europa.eu/snb/eqf/5"}}}
    for subject in (achievement, claim):
        (value,) = read_values({"credentialSubject": subject})
        assert (value.unit, value.amount, value.basis) == ("unknown", None, None)


def test_days_are_never_counted_as_hours() -> None:
    specification = {"creditPoint": [{"point": "2"}], "volumeOfLearning": "P2DT12H"}
    (value,) = read_values({"credentialSubject": {"hasClaim": {"specifiedBy": specification}}})
    assert value.hours is None
    assert value.unit == "unknown"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (subject({"creditsAvailable": 5}, creditsEarned=6), "EARNED_OVER_AVAILABLE"),
        (subject({"creditsAvailable": -5}), "NEGATIVE_CREDITS"),
        (subject({"creditsAvailable": "5"}), "CREDITS_NOT_A_NUMBER"),
        (subject({"creditsAvailable": True}), "CREDITS_NOT_A_NUMBER"),
        (subject({"creditsAvailable": 5}), "UNIT_UNKNOWN"),
        (subject({"creditsAvailable": 5}), "LEVEL_MISSING"),
        (subject({"extensions:LevelExtension": {"Level": "a1"}}), "ACRONYM_ONLY"),
        (
            subject(
                {"resultDescription": [{"id": "x:1", "resultType": "ext:ECTSCredits"}]},
                creditsEarned=5,
                result=[{"resultDescription": "x:1", "value": "6"}],
            ),
            "RESULT_DISAGREES",
        ),
    ],
)
def test_impossible_and_missing_values_are_found(document: dict[str, Any], code: str) -> None:
    assert code in {finding.code for finding in value_findings(document)}


def test_two_levels_of_one_framework_are_noticed() -> None:
    alignment = [
        {"targetUrl": f"http://data.europa.eu/snb/eqf/{code}", "targetName": code} for code in "56"
    ]
    codes = {finding.code for finding in value_findings(subject({"alignment": alignment}))}
    assert "MORE_THAN_ONE_LEVEL" in codes


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "credentialSubject",
                        "achievement",
                        "alignment",
                        "targetUrl",
                        "result",
                        "resultDescription",
                        "creditsEarned",
                        "hasClaim",
                        "specifiedBy",
                        "id",
                        "eqfLevel",
                        "creditPoint",
                        "prefLabel",
                        "resultType",
                        "value",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_read_without_an_error(value: Any) -> None:
    document = value if isinstance(value, dict) else {"credentialSubject": value}
    read_values(document)
    value_findings(document)


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (5, 5),
        (7.5, Fraction(15, 2)),
        ("7.50", Fraction(15, 2)),
        (0, 0),
        ("0.1", Fraction(1, 10)),
        (True, None),
        ("1e3", None),
        ("", None),
        ("5.", None),
        ("\u0665", None),
        (None, None),
        ("1" * 40, None),
        (1e300, None),
        ("1/2", None),
        (" 5 ", 5),
    ],
)
def test_amounts_are_read_exactly_or_not_at_all(value: object, amount: Fraction | None) -> None:
    assert amount_of(value) == amount


def test_amounts_are_told_exactly() -> None:
    assert decimal_text(Fraction(15, 2)) == "7.5"
    assert decimal_text(Fraction(20)) == "20"
    assert decimal_text(Fraction(1, 3)) == "1/3"
    assert decimal_text(Fraction(-5, 4)) == "-1.25"
    assert decimal_text(None) is None


def test_the_order_of_unordered_arrays_means_nothing() -> None:
    """Anybody can reorder them under the same signature."""
    alignment = [
        {"targetUrl": "http://data.europa.eu/snb/eqf/6", "targetName": "6"},
        {
            "targetUrl": "urn:mcframework:nz-nzqcf:level:7",
            "targetName": "7",
            "targetCode": "7",
            "targetType": "ext:NZQCFLevel",
            "targetFramework": "NZQCF",
        },
    ]
    one = read_values(subject({"alignment": alignment, "creditsAvailable": 5}))
    other = read_values(subject({"alignment": alignment[::-1], "creditsAvailable": 5}))
    assert [value.to_json() for value in one] == [value.to_json() for value in other]
    assert len(one[0].levels) == 2


@pytest.mark.parametrize("kinds", [["ext:ECTSCredits", "ext:ECTSCredits"], ["ext:ECTSCredits"]])
def test_an_amount_that_is_stated_twice_is_ambiguous(kinds: list[str]) -> None:
    descriptions = [{"id": f"x:{n}", "resultType": kind} for n, kind in enumerate(kinds)]
    results = [{"resultDescription": "x:0", "value": value} for value in ("5", "6")]
    document = subject({"resultDescription": descriptions}, result=results)
    assert "AMBIGUOUS_VALUE" in {finding.code for finding in value_findings(document)}


def with_results(*results: Any, **members: Any) -> dict[str, Any]:
    """A subject with 20 credits available and the given results for them."""
    description = {"id": "x:1", "resultType": "ext:NZQCFCredits", "valueMax": "20"}
    achievement = {"resultDescription": [description], "creditsAvailable": 20}
    stated = [{"resultDescription": "x:1", **result} for result in results]
    return subject(achievement, result=stated, **members)


def found_in(document: dict[str, Any]) -> set[str]:
    return {finding.code for finding in value_findings(document) if finding.severity == "error"}


@pytest.mark.parametrize(
    "value",
    ["none (failed)", "\uff10", "\u0662\u0660", "0,5", "", "1e2", None, True, [], ["5", "6"]],
)
def test_a_result_that_is_no_number_is_an_error_and_earns_nothing(value: Any) -> None:
    document = with_results({"value": value})
    assert "RESULT_NOT_A_NUMBER" in found_in(document)
    (told,) = read_values(document)
    assert (told.earned, told.amount, told.basis) == (None, 20, "available")
    hours = {"id": "x:2", "resultType": "ext:NotionalHours", "valueMax": "x"}
    assert found_in(subject({"resultDescription": hours})) == {"RESULT_NOT_A_NUMBER"}
    assert found_in(with_results({})) == {"RESULT_NOT_A_NUMBER"}, "completed, but how much?"
    assert "NEGATIVE_CREDITS" in found_in(with_results({"value": "-5"}))


@pytest.mark.parametrize(
    "status", ["Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew", "x", 5, []]
)
def test_only_a_completed_result_earns_something(status: Any) -> None:
    for result in ({"status": status, "value": "20"}, {"status": status}, {"status": [status]}):
        document = with_results(result)
        (told,) = read_values(document)
        assert (told.earned, told.amount, told.basis) == (0, 0, "earned")
        assert found_in(document) == set()
    claimed = with_results({"status": status, "value": "20"}, creditsEarned=20)
    assert found_in(claimed) == {"RESULT_DISAGREES"}


def test_an_attempt_that_failed_leaves_a_later_one_that_succeeded() -> None:
    failed, passed = {"status": "Failed", "value": "0"}, {"status": "Completed", "value": "15"}
    for results in ((failed, passed), (passed, failed)):
        document = with_results(*results)
        assert [value.earned for value in read_values(document)] == [15]
        assert found_in(document) == set()


def test_what_is_only_available_is_never_told_as_earned() -> None:
    (told,) = read_values(with_results())
    assert told.to_json()["basis"] == "available"
    assert in_words(told) == "20 NZQCF credits available, none stated as earned"
    (earned,) = read_values(with_results({"value": "15"}))
    assert earned.to_json()["basis"] == "earned"
    assert in_words(earned) == "15 NZQCF credits"
    hours = {"id": "x:1", "resultType": "ext:NotionalHours", "valueMax": "200"}
    (size,) = read_values(subject({"resultDescription": hours}))
    assert (size.hours, size.to_json()["hours_basis"]) == (200, "available")
    assert in_words(size) == "200 hours of learning available, none stated as earned"


def test_brackets_around_a_result_change_nothing() -> None:
    result = {"value": ["15"], "status": ["Completed"]}
    document = with_results({**result, "resultDescription": {"id": "x:1"}})
    assert [value.earned for value in read_values(document)] == [15]


def test_available_credits_must_agree_with_the_description_of_their_unit() -> None:
    document = with_results({"value": "15"})
    document["credentialSubject"]["achievement"]["creditsAvailable"] = 30
    assert found_in(document) == {"RESULT_DISAGREES"}


def level_of(code: int, **members: Any) -> dict[str, Any]:
    return {
        "targetType": "ext:NZQCFLevel",
        "targetFramework": "NZQCF",
        "targetCode": str(code),
        "targetUrl": f"urn:mcframework:nz-nzqcf:level:{code}",
        **members,
    }


def test_a_level_is_read_wherever_it_stands_among_other_alignments() -> None:
    skills = [{"targetUrl": f"https://x.example/{n}", "targetName": "skill"} for n in range(40)]
    alignment = [*skills, level_of(5), *skills, level_of(9)]
    for order in (alignment, alignment[::-1]):
        (value,) = read_values(subject({"alignment": order}))
        assert [level.code for level in value.levels] == ["5", "9"]
        assert found_in(subject({"alignment": order})) == set()


def test_more_levels_than_are_read_are_refused_and_not_cut() -> None:
    few = subject({"alignment": [level_of(n) for n in range(16)]})
    assert found_in(few) == set()
    assert len(read_values(few)[0].levels) == 16
    many = subject({"alignment": [level_of(n) for n in range(17)], "creditsAvailable": 5})
    assert found_in(many) == {"TOO_MANY_LEVELS"}
    assert read_values(many)[0].levels == ()


@pytest.mark.parametrize(
    ("code", "contradicts"),
    [("6", False), ("06", False), ("EQF 6", False), ("six", False), ("7", True), ("Level 5", True)],
)
def test_a_code_that_contradicts_the_uri_of_its_level_is_an_error(
    code: str, contradicts: bool
) -> None:
    alignment = [{"targetUrl": "http://data.europa.eu/snb/eqf/6", "targetCode": code}]
    document = subject({"alignment": alignment})
    assert found_in(document) == ({"LEVEL_CONTRADICTS"} if contradicts else set())


@pytest.mark.parametrize(
    ("one", "other", "is_noticed"),
    [
        ("urn:mcframework:nz-nzqcf:level:5", "urn:mcframework:nz-nzqcf:level:6", True),
        ("https://x.example/levels/5", "https://x.example/levels/6", True),
        ("https://x.example/levels#5", "https://x.example/Levels#6", True),
        ("https://x.example/levels/5/", "https://x.example/levels/6", True),
        ("https://x.example/a/5", "https://x.example/b/5", False),
        ("https://x.example", "https://y.example", False),
        ("urn:x", "urn:y", False),
    ],
)
def test_levels_of_one_framework_are_noticed_whatever_it_is_called(
    one: str, other: str, is_noticed: bool
) -> None:
    levels = [
        level_of(5, targetUrl=one, targetFramework="NZQCF"),
        level_of(6, targetUrl=other, targetFramework="New Zealand Framework"),
    ]
    codes = {finding.code for finding in value_findings(subject({"alignment": levels}))}
    assert ("MORE_THAN_ONE_LEVEL" in codes) is is_noticed


BRACKETED = with_results({"value": "15", "status": "Completed"}, creditsEarned=15)
BRACKETED["credentialSubject"]["achievement"]["alignment"] = [level_of(5, targetName="Five")]


def stated_in(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Read values without saying where they stand."""
    told = [value.to_json() for value in read_values(document)]
    return [{name: one[name] for name in one if name != "source_pointer"} for one in told]


def in_other_brackets(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Wrap each value of a document into an array, or unwrap it, or write it twice."""
    for place, value in places(document):
        bare = only(value)
        for form in ([bare], bare, value if isinstance(bare, dict | list) else [bare, bare]):
            if place is not None and not isinstance(place[1], int):
                copy = deepcopy(document)
                container_of(copy, place)[place[1]] = deepcopy(form)
                yield pointer_of(place), copy


def test_brackets_around_any_member_change_no_value_and_no_finding() -> None:
    told, wrong = stated_in(BRACKETED), value_findings(BRACKETED)
    for place, form in in_other_brackets(BRACKETED):
        assert stated_in(form) == told, place
        assert {one.code for one in value_findings(form)} == {one.code for one in wrong}, place


@pytest.mark.parametrize(
    "place",
    [
        "/credentialSubject/creditsEarned",
        "/credentialSubject/achievement",
        "/credentialSubject/achievement/creditsAvailable",
        "/credentialSubject/achievement/alignment/0/targetCode",
        "/credentialSubject/achievement/alignment/0/targetType",
        "/credentialSubject/achievement/alignment/0/targetUrl",
        "/credentialSubject/achievement/resultDescription/0/resultType",
        "/credentialSubject/achievement/resultDescription/0/valueMax",
        "/credentialSubject/result/0/status",
        "/credentialSubject/result/0/value",
    ],
)
def test_of_several_different_values_none_is_read_and_the_order_means_nothing(place: str) -> None:
    told = []
    for order in (1, -1):
        document = deepcopy(BRACKETED)
        (found,) = (at for at, _value in places(document) if pointer_of(at) == place)
        assert found is not None
        container = container_of(document, found)
        other = {"id": "urn:x:other"} if place.endswith("achievement") else "other"
        container[found[1]] = [container[found[1]], other][::order]
        assert "AMBIGUOUS_VALUE" in found_in(document)
        told.append(stated_in(document))
    assert told[0] == told[1]


def test_several_achievements_belong_to_learner_records_only() -> None:
    achievements = [{"id": "urn:x:1", "creditsAvailable": 5}, {"id": "urn:x:2"}]
    document: dict[str, Any] = {"credentialSubject": {"achievement": achievements}}
    assert found_in(document) == {"AMBIGUOUS_VALUE"}
    document["credentialSubject"]["type"] = ["ClrSubject"]
    assert (found_in(document), read_values(document)) == (set(), ())


def in_units(*units: str, **members: Any) -> dict[str, Any]:
    descriptions = [
        {"id": f"x:{unit}", "resultType": f"ext:{unit}Credits", "valueMax": "5"} for unit in units
    ]
    return subject({"resultDescription": descriptions, "alignment": [level_of(5)]}, **members)


def test_credits_without_a_unit_beside_several_units_are_refused() -> None:
    assert found_in(in_units("A", "B")) == set()
    assert found_in(in_units("A", creditsEarned=5)) == set()
    assert found_in(in_units("A", "B", creditsEarned=5)) == {"AMBIGUOUS_VALUE"}
    document = in_units("A", "B")
    document["credentialSubject"]["achievement"]["creditsAvailable"] = 600
    assert found_in(document) == {"AMBIGUOUS_VALUE"}


def test_more_units_than_are_read_are_refused_and_not_cut() -> None:
    few = in_units(*"ABCDEFGH")
    assert (found_in(few), len(read_values(few))) == (set(), 8)
    many = in_units(*"ABCDEFGHI")
    assert found_in(many) == {"TOO_MANY_UNITS"}
    assert [value.amount for value in read_values(many)] == [None]
    repeated = in_units("A", *"B" * 8)
    assert found_in(repeated) == {"TOO_MANY_UNITS"}, "each of them would have all the results"


def test_the_same_level_stated_twice_is_read_once() -> None:
    document = subject({"alignment": [level_of(5), level_of(5), *map(level_of, range(15))]})
    assert found_in(document) == set()
    assert len(read_values(document)[0].levels) == 15


def test_more_values_at_their_levels_than_one_credential_may_state_are_refused() -> None:
    points = [{"framework": {"prefLabel": f"f{n}"}, "point": "2"} for n in range(257)]
    one = {"credentialSubject": {"hasClaim": {"specifiedBy": {"creditPoint": points[:256]}}}}
    assert found_in(one) == set()
    two = {"credentialSubject": {"hasClaim": {"specifiedBy": {"creditPoint": points}}}}
    assert found_in(two) == {"TOO_MANY_CLAIMS"}


def test_two_amounts_in_members_of_others_are_ambiguous_in_any_order() -> None:
    for members in (
        {"ECTS": 3, "extensions:ECTSExtension": {"ECTS": 30}},
        {"StudyLoad": 10, "SBU": 20, "ECTS": 3},
    ):
        orders = [dict(list(members.items())[::step]) for step in (1, -1)]
        assert [found_in(subject(order)) for order in orders] == [{"AMBIGUOUS_VALUE"}] * 2
        assert stated_in(subject(orders[0])) == stated_in(subject(orders[1]))
    same = {"ECTS": 3, "extensions:ECTSExtension": {"ECTS": 3.0}}
    assert found_in(subject(same)) == set()


def test_two_credit_points_of_one_framework_are_ambiguous_and_of_two_claims_are_not() -> None:
    points = [{"framework": {"prefLabel": "F"}, "point": point} for point in ("2", "20")]
    one = {"credentialSubject": {"hasClaim": {"specifiedBy": {"creditPoint": points}}}}
    assert found_in(one) == {"AMBIGUOUS_VALUE"}
    claims = [{"specifiedBy": {"creditPoint": point}} for point in points]
    two = {"credentialSubject": {"hasClaim": claims}}
    assert found_in(two) == set()
    assert [value.source_pointer for value in read_values(two)] == [
        f"/credentialSubject/hasClaim/{index}/specifiedBy" for index in (0, 1)
    ]


@pytest.mark.parametrize(
    ("number", "code", "uri"),
    [
        (6, "6", "http://data.europa.eu/snb/eqf/6"),
        (6.0, "6", "http://data.europa.eu/snb/eqf/6"),
        ("6", "6", "http://data.europa.eu/snb/eqf/6"),
        (12, "12", None),
        ("12", "12", None),
    ],
)
def test_a_level_of_an_extension_is_the_same_in_each_form(
    number: object, code: str, uri: str | None
) -> None:
    (value,) = read_values(subject({"extensions:EQFExtension": {"EQF": number}}))
    assert [(level.code, level.uri) for level in value.levels] == [(code, uri)]


def test_a_concept_is_read_by_its_id_alone_and_in_the_same_language_whatever_the_order() -> None:
    uri = "http://data.europa.eu/snb/eqf/6"
    for concept in (uri, [uri], {"id": uri}, [{"id": uri}]):
        document = {"credentialSubject": {"hasClaim": {"specifiedBy": {"eqfLevel": concept}}}}
        assert [level.uri for level in read_values(document)[0].levels] == [uri]
    units = []
    for order in (1, -1):
        label = dict([("fr", ["Un"]), ("de", ["Ein"])][::order])
        point = {"framework": {"prefLabel": label}, "point": "2"}
        claim = {"specifiedBy": {"creditPoint": [point]}}
        units += [value.unit for value in read_values({"credentialSubject": {"hasClaim": claim}})]
    assert units == ["Ein", "Ein"]


def test_a_result_without_reference_is_no_result_of_a_description_without_id() -> None:
    description = {"resultType": "ext:ECTSCredits", "valueMax": "20"}
    document = subject({"resultDescription": [description]}, result=[{"value": "20"}])
    assert [value.earned for value in read_values(document)] == [None]


AMOUNT = st.none() | st.integers(0, 40).map(Fraction)


@given(AMOUNT, AMOUNT, AMOUNT, AMOUNT)
def test_credits_and_hours_of_different_bases_are_never_divided(
    earned: Fraction | None,
    available: Fraction | None,
    hours_earned: Fraction | None,
    hours_available: Fraction | None,
) -> None:
    value = StatedValue((), "ECTS", earned, available, hours_earned, hours_available, "")
    of_course, of_learner = (available, hours_available), (earned, hours_earned)
    assert value.same_basis == (of_learner if available is None else of_course)
