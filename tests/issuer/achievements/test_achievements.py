"""Definitions of achievements: read, checked, published, turned into requests and tables."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas
from credentials.findings import Finding
from credentials.json_types import JsonObject
from frameworks.register import read_register
from issuer import IssuanceRequest
from issuer.achievements import (
    AchievementDefinition,
    DefinitionError,
    NotIssuableError,
    PublishedVersion,
    TableError,
    VersionError,
    Weight,
    check_definition,
    from_csv,
    issuance_request,
    publish,
    to_csv,
    valid_until,
)
from tests.factories import NOW, check
from tests.issuer.test_issuer import issuer
from tests.project import ROOT
from verifier.report import Verdict

REGISTER = read_register(schemas.reference_register())
TODAY = date(2026, 12, 1)
MOMENT = datetime(2026, 12, 1, tzinfo=UTC)
COURSE = tomllib.loads((ROOT / "docs/examples/dairy-welding-course.toml").read_text("utf-8"))


def members(**changes: Any) -> JsonObject:
    """Describe the welding course as an achievement; None takes a member away."""
    stated = {
        **COURSE,
        "description": "Welds and inspects stainless steel pipes to food-safety standard.",
        "criteria": "Three inspected welds, a written procedure, and an oral examination.",
        "validity_months": 36,
        "image": {"url": "https://poly.example/welding.png", "alt": "A weld on a pipe"},
        "alignments": [{"name": "TIG welding", "url": "https://skills.example/tig"}],
        "translations": [{"language": "fr-CA", "id": "urn:uuid:5b4d1a7e-fr"}],
        **changes,
    }
    return {name: value for name, value in stated.items() if value is not None}


def definition(**changes: Any) -> AchievementDefinition:
    return AchievementDefinition.of(members(**changes))


def lint(request: JsonObject) -> tuple[Finding, ...]:
    return issuer().prepare(IssuanceRequest.from_json(request), now=NOW).warnings


def checks(**changes: Any) -> dict[str, Weight]:
    found = check_definition(definition(**changes), REGISTER, as_of=TODAY, lint=lint)
    return {f"{one.code} {one.member}": one.weight for one in found.checks}


def stopping(**changes: Any) -> set[str]:
    return {name for name, weight in checks(**changes).items() if weight is Weight.STOPS}


def test_a_full_definition_is_issued_as_a_valid_credential_that_says_all_of_it() -> None:
    request = issuance_request(
        definition(), REGISTER, as_of=TODAY, learner={"email": "ana@example.com"}, version=2
    )
    one = issuer()
    issued = one.issue(one.prepare(IssuanceRequest.from_json(request), now=NOW), now=NOW)
    assert check(issued.data).verdict is Verdict.VALID
    achievement = issued.document["credentialSubject"]["achievement"]
    assert achievement["version"] == "2"
    assert achievement["image"]["caption"] == "A weld on a pipe"
    assert [one["targetName"] for one in achievement["alignment"]] == [
        "NZQCF level 5",
        "TIG welding",
    ]
    assert achievement["creator"]["name"] == "Southern Institute of Trades"
    narrative = achievement["criteria"]["narrative"]
    assert "- Inspect welds for hygiene" in narrative
    assert "Practical test (supervised, identity verified)" in narrative


def test_the_headings_are_in_the_language_of_the_achievement() -> None:
    request = issuance_request(
        definition(language="fr-CA"), REGISTER, as_of=TODAY, learner={"email": "a@b.example"}
    )
    assert "Résultats d’apprentissage\N{NO-BREAK SPACE}:" in request["achievement"]["criteria"]


def test_nothing_stops_a_sound_definition_and_standards_say_what_else_they_ask() -> None:
    assert stopping() == set()
    asked = checks(need=None, employer=None)
    assert asked["METADATA_MISSING need"] is Weight.ASKED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"description": None}, "MEMBER_MISSING description"),
        ({"criteria": None}, "MEMBER_MISSING criteria"),
        ({"level": None}, "MEMBER_MISSING level"),
        ({"credits": None}, "MEMBER_MISSING credits"),
        ({"level": "11"}, "LEVEL_UNKNOWN level"),
        ({"framework": "xx-none"}, "FRAMEWORK_UNKNOWN framework"),
        ({"title": "National Diploma in Pipes"}, "TITLE_WORD_FORBIDDEN title"),
        ({"credits": {"amount": "30", "unit": "NZQCF"}}, "HOURS_PER_CREDIT_BELOW credits"),
        ({"credits": {"amount": "60", "unit": "NZQCF"}}, "SIZE_ABOVE_MAX credits"),
        ({"credits": {"amount": "20", "unit": "florins"}}, "UNIT_UNKNOWN credits"),
        ({"review": "2026-06-30"}, "REVIEW_OVERDUE review"),
    ],
)
def test_what_stops_a_publication_is_told_beside_its_member(
    changes: dict[str, Any], code: str
) -> None:
    assert code in stopping(**changes)


def test_every_fault_of_members_is_named_by_its_place() -> None:
    with pytest.raises(DefinitionError) as error:
        definition(title="", image={"url": "http://insecure.example/x"}, alignments=[{"name": "x"}])
    assert {pointer for pointer, _text in error.value.faults} == {"/title"} | {
        "/image",
        "/image/url",
        "/alignments/0",
    }
    with pytest.raises(DefinitionError):
        AchievementDefinition.of(["no object"])


def test_a_published_version_is_numbered_and_never_another_one() -> None:
    first = publish(definition(), previous=None, at=MOMENT)
    second = publish(definition(criteria="Four welds."), previous=first, at=MOMENT)
    assert (first.number, second.number) == (1, 2)
    assert first.definition.members == members()
    with pytest.raises(VersionError) as unchanged:
        publish(definition(), previous=first, at=MOMENT)
    assert unchanged.value.code == "VERSION_UNCHANGED"
    with pytest.raises(VersionError) as other:
        publish(definition(id="urn:uuid:another"), previous=first, at=MOMENT)
    assert other.value.code == "VERSION_OF_ANOTHER"
    changed = PublishedVersion(1, first.digest, MOMENT, second.data)
    with pytest.raises(VersionError) as altered:
        _ = changed.definition
    assert altered.value.code == "VERSION_CHANGED"


def test_the_order_of_members_does_not_make_another_version() -> None:
    reordered = dict(reversed(members().items()))
    first = publish(definition(), previous=None, at=MOMENT)
    assert publish(AchievementDefinition.of(reordered), previous=None, at=MOMENT).digest == (
        first.digest
    )


@pytest.mark.parametrize("member", ["description", "criteria", "level", "credits"])
def test_a_draft_is_not_made_into_a_request(member: str) -> None:
    with pytest.raises(NotIssuableError) as error:
        issuance_request(definition(**{member: None}), REGISTER, as_of=TODAY, learner={})
    assert error.value.pointer == f"/{member}"


@pytest.mark.parametrize(
    ("months", "awarded", "end"),
    [
        (None, date(2026, 1, 31), None),
        (1, date(2026, 1, 31), "2026-02-28T23:59:59Z"),
        (36, date(2026, 12, 1), "2029-12-01T23:59:59Z"),
        (12, date(2028, 2, 29), "2029-02-28T23:59:59Z"),
    ],
)
def test_the_end_of_validity_is_the_same_day_of_a_later_month(
    months: int | None, awarded: date, end: str | None
) -> None:
    assert valid_until(definition(validity_months=months), awarded) == end


def test_a_table_holds_all_that_a_definition_says() -> None:
    table = to_csv([definition(), definition(id="urn:uuid:second", image=None)])
    found, faults = from_csv(table)
    assert faults == ()
    assert [one.members for one in found] == [
        members(),
        members(id="urn:uuid:second", image=None),
    ]


line = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1).map(
    lambda text: text[:40]
)
texts = st.lists(st.sampled_from(["=1+1", "a|b", "\\", "\\n", "two\nlines", "'", "x", "|"])).map(
    lambda parts: f"{''.join(parts)}."
)


@given(title=line, description=texts, outcome=texts, name=line)
def test_any_texts_come_back_from_a_table_as_they_were(
    title: str, description: str, outcome: str, name: str
) -> None:
    one = AchievementDefinition.of(
        {
            "id": "urn:uuid:one",
            "title": title,
            "framework": "nz-nzqcf",
            "description": description,
            "outcomes": [{"text": outcome, "level": "5"}],
            "alignments": [{"name": name, "url": "urn:x:y"}],
        }
    )
    table = to_csv([one])
    assert from_csv(table)[0][0].members == one.members
    assert json.loads(json.dumps(one.members)) == one.members


def test_no_cell_of_a_table_is_computed_by_a_spreadsheet() -> None:
    table = to_csv([definition(title="=cmd", description="@SUM(A1)")])
    assert ",=cmd" not in table
    assert "'=cmd" in table
    assert "'@SUM(A1)" in table


def test_rows_at_fault_are_numbered_and_the_others_are_read() -> None:
    table = (
        "id,title,framework,outcomes\r\n"
        "urn:x:1,Pipes,nz-nzqcf,5 | 20 | Weld pipes\r\n"
        "urn:x:2,,nz-nzqcf,5 | many | Weld pipes\r\n"
    )
    found, faults = from_csv(table)
    assert [one.name for one in found] == ["Pipes"]
    assert {fault.row for fault in faults} == {3}
    assert any("outcomes, 0, hours" in fault.message for fault in faults)


@pytest.mark.parametrize(
    "table", ["", "id\r\n", "title,title\r\n", "title,colour\r\n", 'title\r\n"']
)
def test_what_is_no_table_of_definitions_is_refused(table: str) -> None:
    with pytest.raises(TableError):
        from_csv(table)
