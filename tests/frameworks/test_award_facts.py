"""What a credential says about the award, in every form that one signature allows."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from credentials.json_types import only, places, pointer_of
from frameworks.award_facts import ISCED_PREFIX, AwardFacts, award_facts
from tests.verifier.shapes import container_of

ISSUER = "did:web:poly.example"
POINTER = "/credentialSubject/achievement"


def credential(**achievement: Any) -> dict[str, Any]:
    return {
        "issuer": {"id": ISSUER, "address": {"addressCountryCode": "NZ"}},
        "validFrom": "2026-05-01T00:00:00Z",
        "validUntil": "2027-05-01T00:00:00Z",
        "awardedDate": "2026-04-01T00:00:00Z",
        "credentialSubject": {
            "activityStartDate": "2026-01-01T00:00:00Z",
            "activityEndDate": "2026-02-01T00:00:00Z",
            "achievement": {
                "id": "urn:x:course",
                "name": "Welding",
                "achievementType": "MicroCredential",
                "fieldOfStudy": "0715",
                **achievement,
            },
        },
    }


def facts(document: dict[str, Any]) -> AwardFacts:
    return award_facts(document, POINTER)


def aligned(*codes: str, beside: int = 0) -> list[dict[str, Any]]:
    others = [{"targetUrl": f"https://x.example/{n}"} for n in range(beside)]
    return [*others, *({"targetUrl": ISCED_PREFIX + code} for code in codes)]


def test_brackets_around_any_member_change_no_fact() -> None:
    document = credential(alignment=aligned("0715"))
    told = facts(document)
    assert told == AwardFacts(
        issuer=ISSUER,
        achievement="urn:x:course",
        title="Welding",
        awarded=date(2026, 4, 1),
        valid_from=date(2026, 5, 1),
        valid_until=date(2027, 5, 1),
        activity_start=date(2026, 1, 1),
        activity_end=date(2026, 2, 1),
        field="0715",
        jurisdiction="NZ",
        type="MicroCredential",
    )
    for place, value in places(document):
        for form in ([value], only(value), [value, value]):
            if place is not None and not isinstance(place[1], int):
                copy = deepcopy(document)
                container_of(copy, place)[place[1]] = deepcopy(form)
                assert facts(copy) == told, (pointer_of(place), form)


def test_a_fact_of_which_two_values_are_stated_is_unknown() -> None:
    for order in (1, -1):
        document = credential(
            name=["Welding", "Diploma"][::order],
            achievementType=["Course", "MicroCredential"][::order],
            fieldOfStudy=["0715", "0912"][::order],
        )
        document["awardedDate"] = ["2026-04-01T00:00:00Z", "2022-04-01T00:00:00Z"][::order]
        document["validUntil"] = ["2027-05-01T00:00:00Z", "2028-05-01T00:00:00Z"][::order]
        told = facts(document)
        assert (told.title, told.type, told.field) == (None, None, None)
        assert (told.awarded, told.valid_until) == (None, None), "not the beginning of validity"
        assert told.valid_from == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("codes", "stated", "field"),
    [
        (["0715"], None, "0715"),
        (["07"], None, "07"),
        (["0715", "0715"], "0715", "0715"),
        ([], "071501", "071501"),
        (["7"], None, None),
        (["07zzz"], None, None),
        (["071501"], None, None),
        ([""], None, None),
        ([], "Engineering", None),
        (["0715"], "Engineering", "0715"),
        (["0715", "0912"], None, None),
        (["0715"], "0912", None),
    ],
)
def test_a_field_is_one_code_of_isced(
    codes: list[str], stated: str | None, field: str | None
) -> None:
    assert facts(credential(alignment=aligned(*codes), fieldOfStudy=stated)).field == field


def test_a_field_is_read_wherever_it_stands_among_other_alignments() -> None:
    for found in (("0715", "0912"), ("0912",)):
        alignment = aligned(*found, beside=200)
        told = {
            facts(credential(alignment=order, fieldOfStudy="0715")).field
            for order in (alignment, alignment[::-1])
        }
        assert told == {None}


@pytest.mark.parametrize(
    ("issuer", "creator", "country"),
    [
        ("NZ", None, "NZ"),
        (None, "NZ", "NZ"),
        ("NZ", "NZ", "NZ"),
        ("NZ", "AU", None),
        ("AU", "NZ", None),
        (None, None, None),
        (None, ["NZ", "AU"], None),
    ],
)
def test_the_country_is_read_from_every_description_of_the_issuer(
    issuer: Any, creator: Any, country: str | None
) -> None:
    def profile(codes: Any) -> dict[str, Any]:
        codes = [] if codes is None else codes if isinstance(codes, list) else [codes]
        addresses = [{"type": ["Address"], "addressCountryCode": code} for code in codes]
        return {"id": ISSUER, **({"address": addresses} if addresses else {})}

    document = credential(creator=profile(creator))
    document["issuer"] = profile(issuer)
    assert facts(document).jurisdiction == country
    within = [{"evidence": [{"creator": profile(creator)}]}]
    document = credential(endorsement=within)
    document["issuer"] = profile(issuer)
    assert facts(document).jurisdiction == country


def test_an_address_with_an_id_may_be_described_elsewhere_and_others_do_not_count() -> None:
    document = credential(creator={"id": "did:web:other.example"})
    document["issuer"]["address"] = {"id": "urn:x:address"}
    creator = document["credentialSubject"]["achievement"]["creator"]
    creator["address"] = {"id": "urn:x:address", "addressCountryCode": "NZ"}
    assert facts(document).jurisdiction == "NZ"
    creator["address"] = {"addressCountryCode": "AU"}
    assert facts(document).jurisdiction is None


def test_the_facts_are_those_of_the_subject_and_the_claim_that_state_the_value() -> None:
    claims = [{"influencedBy": {"workload": f"PT{hours}H"}} for hours in (10, 20)]
    subjects = [{"achievement": {"id": "urn:x:0"}}, {"hasClaim": claims}]
    document = {"credentialSubject": subjects}
    for index, hours in ((0, 10), (1, 20)):
        told = award_facts(document, f"/credentialSubject/1/hasClaim/{index}/specifiedBy")
        assert told.activity_hours is not None
        assert told.activity_hours.hours == hours
    assert award_facts(document, "/credentialSubject/0/achievement").achievement == "urn:x:0"
    assert award_facts(document, "/credentialSubject/1/hasClaim/2/x").activity_hours is None
