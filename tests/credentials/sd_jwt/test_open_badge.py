"""An Open Badge with level and credits as claims, and the claims as an Open Badge."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from credentials.errors import DataLossError
from credentials.json_types import JsonObject
from credentials.level_credit import read_values
from credentials.sd_jwt.hiding import hide
from credentials.sd_jwt.open_badge import (
    LEARNER,
    VCT,
    claim_findings,
    disclosable_places,
    document_of,
)
from credentials.sd_jwt.open_badge_claims import claims_of
from credentials.sd_jwt.processing import ProcessedPayload, Steps, process
from frameworks.award_facts import award_facts
from tests.credentials.sd_jwt.tokens import hiding
from tests.factories import ISSUER, unsigned
from tests.factories import LEARNER as LEARNER_ID

SOURCE = "/credentialSubject/achievement"
HOURS = {
    "id": "https://poly.example/achievements/pipe-welding#hours",
    "type": ["ResultDescription"],
    "name": "Notional hours of learning",
    "resultType": "ext:NotionalHours",
    "valueMin": "0",
    "valueMax": "200",
    "requiredValue": "200",
}


def badge(**changes: Any) -> JsonObject:
    """Build a badge; changes with a path like "achievement.tag" go into its subject."""
    document = deepcopy(unsigned())
    for name, value in changes.items():
        steps = name.split("__")
        holder = document
        for step in steps[:-1]:
            holder = holder[step]
        if value is None:
            del holder[steps[-1]]
        else:
            holder[steps[-1]] = value
    return document


def with_hours() -> JsonObject:
    document = badge()
    subject = document["credentialSubject"]
    subject["achievement"]["resultDescription"].append(HOURS)
    result = {"type": ["Result"], "resultDescription": HOURS["id"], "value": "200"}
    subject["result"].append(result)
    return document


def facts(document: JsonObject) -> Any:
    return read_values(document), award_facts(document, SOURCE)


GRADE = {"id": "urn:x:grade", "type": ["ResultDescription"], "name": "G", "resultType": "Percent"}
GRADED = {"type": ["Result"], "resultDescription": "urn:x:grade", "value": "88"}
COMPONENT = {"id": "urn:x:1", "type": ["Evidence"], "digestMultibase": "uEiA"}
WORK = {"id": "https://poly.example/weld.jpg", "type": ["Evidence"], "name": "Weld"}

BADGES: dict[str, JsonObject] = {
    "plain": badge(),
    "with hours": with_hours(),
    "without end": badge(validUntil=None),
    "without name": badge(name=None),
    "issuer as id": badge(issuer=ISSUER),
    "offset": badge(validFrom="2026-01-15T22:00:00+13:00"),
    "learner by mail": badge(
        credentialSubject__id=None,
        credentialSubject__identifier=[
            {"type": "IdentityObject", "hashed": False, "identityHash": "a", "identityType": "name"}
        ],
    ),
    "field": badge(credentialSubject__achievement__fieldOfStudy="0715"),
    "awarded": badge(awardedDate="2026-01-10T00:00:00Z"),
    "activity": badge(credentialSubject__activityStartDate="2025-01-10T00:00:00Z"),
    "narrative": badge(credentialSubject__narrative="She welded.", credentialSubject__role="r"),
    "grade": badge(
        credentialSubject__result=[*badge()["credentialSubject"]["result"], GRADED],
        credentialSubject__achievement__resultDescription=[
            *badge()["credentialSubject"]["achievement"]["resultDescription"],
            GRADE,
        ],
    ),
    "evidence": badge(evidence=[WORK, COMPONENT]),
    "earned less": badge(
        credentialSubject__creditsEarned=10,
        credentialSubject__result=[{**badge()["credentialSubject"]["result"][0], "value": "10"}],
    ),
    "no value": badge(
        credentialSubject__creditsEarned=None,
        credentialSubject__result=None,
        credentialSubject__achievement__creditsAvailable=None,
        credentialSubject__achievement__resultDescription=None,
        credentialSubject__achievement__alignment=None,
    ),
    "credits without unit": badge(
        credentialSubject__result=None,
        credentialSubject__achievement__resultDescription=None,
    ),
    "two levels": badge(
        credentialSubject__achievement__alignment=[
            *badge()["credentialSubject"]["achievement"]["alignment"],
            {
                "type": ["Alignment"],
                "targetType": "ext:EQFLevel",
                "targetFramework": "European Qualifications Framework",
                "targetName": "EQF level 5",
                "targetCode": "5",
                "targetUrl": "http://data.europa.eu/snb/eqf/5",
            },
        ]
    ),
}


@pytest.mark.parametrize("name", BADGES)
def test_claims_carry_a_badge_whole(name: str) -> None:
    document = BADGES[name]
    original = deepcopy(document)
    claims = claims_of(document)
    assert document == original
    assert facts(document_of(claims)) == facts(document)
    assert claims_of(document_of(claims)) == claims
    assert claim_findings(ProcessedPayload(claims, "", {}, frozenset())) == ()


def test_the_claims_say_in_plain_words_what_the_badge_says() -> None:
    claims = claims_of({**with_hours(), "evidence": [WORK, COMPONENT]})
    assert claims["vct"] == VCT
    assert (claims["iss"], claims["jti"]) == (ISSUER, unsigned()["id"])
    assert (claims["nbf"], claims["exp"]) == (1768467600, 2084000400)
    assert claims["issuer"] == {"name": "Example Polytechnic"}
    assert claims["level"] == {
        "framework": "NZQCF",
        "frameworkName": "New Zealand Qualifications and Credentials Framework",
        "code": "5",
        "uri": "urn:mcframework:nz-nzqcf:level:5",
    }
    assert claims["credits"] == {"unit": "NZQCF", "amount": "20"}
    assert claims["hours"] == "200"
    assert claims["evidence"] == [COMPONENT]
    assert claims[LEARNER] == {"id": LEARNER_ID, "evidence": [WORK]}
    removed = {"creditsAvailable", "alignment", "resultDescription"}
    assert removed.isdisjoint(claims["achievement"])
    assert "result" not in claims
    assert "creditsEarned" not in claims


def test_what_was_earned_never_stands_where_it_can_be_kept_back() -> None:
    claims = claims_of(BADGES["earned less"])
    assert "credits" not in claims
    assert claims["creditsEarned"] == 10
    assert claims["result"][0]["value"] == "10"
    assert claims[LEARNER].keys() == {"id"}
    assert claims_of(BADGES["grade"])[LEARNER]["result"] == [GRADED]


@pytest.mark.parametrize("name", BADGES)
def test_whatever_the_learner_keeps_back_level_credits_and_validity_stay(name: str) -> None:
    claims = claims_of(BADGES[name])
    payload, disclosures = hide(claims, disclosable_places(claims), hiding())
    assert len(disclosures) == len(claims[LEARNER])
    processed = process(payload, [])
    assert claim_findings(processed) == ()
    shown = document_of(processed.claims)
    assert facts(shown) == facts(BADGES[name])
    assert "id" not in shown["credentialSubject"]
    assert "identifier" not in shown["credentialSubject"]


LOST: dict[str, tuple[JsonObject, str]] = {
    "another context": (badge(**{"@context": [*unsigned()["@context"], "urn:x"]}), "/@context"),
    "another type": (badge(type=[*unsigned()["type"], "Other"]), "/type"),
    "image": (badge(image={"id": "urn:x", "type": "Image"}), "/image"),
    "status": (badge(credentialStatus={"type": "X"}), "/credentialStatus"),
    "extension": (badge(credentialSubject__other="x"), "/credentialSubject/other"),
    "fraction of a second": (badge(validFrom="2026-01-15T09:00:00.5Z"), "/validFrom"),
    "before 1970": (badge(validFrom="1969-12-31T23:59:59Z"), "/validFrom"),
    "older beginning": (badge(validFrom=None, issuanceDate="2026-01-15T09:00:00Z"), ""),
    "several subjects": (badge(credentialSubject=[{}, {}]), "/credentialSubject"),
    "several achievements": (
        badge(credentialSubject__achievement=[{}, {}]),
        "/credentialSubject",
    ),
    "no id": (badge(id=None), ""),
    "two fields": (badge(credentialSubject__achievement__fieldOfStudy=["0715", "0716"]), "/field"),
}


@pytest.mark.parametrize("name", LOST)
def test_a_badge_that_claims_cannot_carry_whole_is_refused(name: str) -> None:
    document, pointer = LOST[name]
    with pytest.raises(DataLossError) as caught:
        claims_of(document)
    assert caught.value.code == "MEMBER_WITHOUT_CLAIM"
    assert caught.value.pointer.startswith(pointer)


def found(claims: JsonObject, *disclosable: Steps, shows: bool = False) -> set[str]:
    payload, disclosures = hide(claims, disclosable, hiding())
    sent = [one.encoded for one in disclosures] if shows else []
    return {finding.code for finding in claim_findings(process(payload, sent))}


@pytest.mark.parametrize("shows", [True, False])
@pytest.mark.parametrize(
    "place",
    [
        ("exp",),
        ("level",),
        ("level", "code"),
        ("credits",),
        ("credits", "amount"),
        ("achievement", "name"),
        ("achievement",),
        ("awardedDate",),
        ("field",),
        ("issuer", "name"),
        ("evidence",),
        ("evidence", 0),
        (LEARNER,),
    ],
)
def test_nothing_but_what_is_about_the_learner_can_be_kept_back(place: Steps, shows: bool) -> None:
    document = badge(
        awardedDate="2026-01-10T00:00:00Z",
        evidence=[COMPONENT],
        credentialSubject__achievement__fieldOfStudy="0715",
    )
    assert "CLAIM_NOT_DISCLOSABLE" in found(claims_of(document), place, shows=shows)


def test_the_learners_own_details_can_be_kept_back_to_any_depth() -> None:
    claims = claims_of(BADGES["learner by mail"])
    places: list[Steps] = [(LEARNER, "identifier"), (LEARNER, "identifier", 0)]
    for shows in (True, False):
        assert found(claims, *places, shows=shows) == set()


WRONG: dict[str, dict[str, Any]] = {
    "no learner": {LEARNER: None},
    "learner with more": {LEARNER: {"creditsEarned": 20}},
    "level without uri": {"level": {"framework": "EQF", "frameworkName": "E", "code": "5"}},
    "level in pieces": {"level": "5"},
    "unit with spaces": {"credits": {"unit": "E C", "amount": "5"}},
    "amount as number": {"credits": {"unit": "ECTS", "amount": 5}},
    "negative amount": {"credits": {"unit": "ECTS", "amount": "-5"}},
    "fine amount": {"credits": {"unit": "ECTS", "amount": "5.001"}},
    "hours alone": {"credits": None, "hours": "5"},
    "credits twice": {"creditsEarned": 5},
    "issuer with an id": {"issuer": {"id": "did:example:other"}},
    "no achievement": {"achievement": None},
    "achievement without id": {"achievement": {"name": "x"}},
    "field twice": {"achievement": {"id": "x", "fieldOfStudy": "0715"}},
    "no beginning": {"nbf": None},
    "no id": {"jti": None},
    "another type": {"vct": "urn:x"},
    "evidence as text": {"evidence": "x"},
}


@pytest.mark.parametrize("name", WRONG)
def test_claims_in_another_form_are_refused(name: str) -> None:
    claims = {**claims_of(badge()), **WRONG[name]}
    claims = {name: value for name, value in claims.items() if value is not None}
    assert found(claims) == {"CLAIM_MALFORMED"}


def test_an_amount_that_nobody_could_state_is_refused() -> None:
    claims = claims_of(badge())
    for amount in ("10000.01", "99999"):
        credit = {"unit": "NZQCF", "amount": amount}
        assert found({**claims, "credits": credit}) == {"AMOUNT_OUT_OF_RANGE"}


def test_a_result_that_decides_does_not_count_as_a_learners_own() -> None:
    claims = claims_of(badge())
    identifier = claims["achievement"]["id"] + "#credits"
    result = {"type": ["Result"], "resultDescription": identifier, "value": "1"}
    hostile = {**claims, LEARNER: {"result": [result]}}
    assert found(hostile) == {"CLAIM_NOT_DISCLOSABLE"}
    hostile = {**claims, LEARNER: {"evidence": [COMPONENT]}}
    assert found(hostile) == {"CLAIM_NOT_DISCLOSABLE"}
