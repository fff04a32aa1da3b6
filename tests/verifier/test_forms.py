"""Values in every form that one signature allows, and of credentials inside others."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from credentials.json_types import only, places, pointer_of
from tests.factories import ISSUER, LEARNER, STRANGER, check, codes, sign, unsigned_record
from tests.frameworks.register_files import SOUND, Files, edited
from tests.verifier.shapes import OPEN_BADGES, V2, container_of
from tests.verifier.valued import COURSE, LISTED, badge, registers
from verifier.report import Verdict, VerificationReport

ACCREDITATIONS = "nz/accreditations.csv"
NZ = edited(SOUND, ACCREDITATIONS, "fields,unit", "fields,types,jurisdictions,unit")
NZ = edited(NZ, ACCREDITATIONS, "07;06,nzcr", "07;06,MicroCredential,NZ,nzcr")
"""Where the accreditation is for micro-credentials in New Zealand only."""

ENDED = edited(SOUND, ACCREDITATIONS, "2020-01-01,,", "2020-01-01,2023-12-31,")


def judged(document: dict[str, Any], files: Files = SOUND) -> VerificationReport:
    return check(document, registers=registers(files))


def in_country(country: str | None, creator: str | None = None) -> dict[str, Any]:
    """Build a badge whose issuer, being its creator, has addresses."""
    document = badge(type=["VerifiableCredential"])
    document["credentialSubject"]["achievement"]["creator"] = {"id": ISSUER, "type": ["Profile"]}
    profiles = (document["issuer"], document["credentialSubject"]["achievement"]["creator"])
    for profile, code in zip(profiles, (country, creator), strict=True):
        if code is not None:
            profile["address"] = {"type": ["Address"], "addressCountryCode": code}
    return document


PLAIN = {"type": ["VerifiableCredential"]}
DOCUMENTS: dict[str, tuple[dict[str, Any], Files]] = {
    "badge": (badge(), SOUND),
    "listed": (badge(LISTED, **PLAIN), SOUND),
    "accredited in a country": (in_country("NZ"), NZ),
    "in another country": (in_country("AU"), NZ),
    "awarded before the accreditation ended": (
        badge(validFrom="2026-06-01T00:00:00Z", awardedDate="2022-06-01T00:00:00Z", **PLAIN),
        ENDED,
    ),
    "awarded after the accreditation ended": (
        badge(validFrom="2022-06-01T00:00:00Z", awardedDate="2026-06-01T00:00:00Z", **PLAIN),
        ENDED,
    ),
}
OUTCOMES = {
    "badge": ("valid", "B"),
    "listed": ("valid", "A"),
    "accredited in a country": ("valid", "B"),
    "in another country": ("invalid", "D"),
    "awarded before the accreditation ended": ("valid", "B"),
    "awarded after the accreditation ended": ("invalid", "D"),
}


def outcome(report: VerificationReport) -> tuple[str, str]:
    (appraisal,) = report.value["appraisals"]
    return report.verdict.value, appraisal["assurance"]["class"]


def without_places(value: Any) -> Any:
    """Leave out where things stand, which brackets do change."""
    if isinstance(value, dict):
        return {
            name: without_places(member) for name, member in value.items() if "pointer" not in name
        }
    return [without_places(item) for item in value] if isinstance(value, list) else value


def other_forms(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every member of a signed document brackets, or take them away."""
    for place, value in places(document):
        if place is None or isinstance(place[1], int):
            continue
        pointer = pointer_of(place)
        if pointer.startswith(("/proof", "/@context")):
            continue
        copy = deepcopy(document)
        container = container_of(copy, place)
        bare = only(value)
        container[place[1]] = bare if isinstance(value, list) and bare is not value else [value]
        yield pointer, copy


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_brackets_of_a_signed_document_change_neither_outcome_nor_value(name: str) -> None:
    unsigned_document, files = DOCUMENTS[name]
    signed, known = sign(unsigned_document), registers(files)
    original = check(signed, registers=known)
    assert outcome(original) == OUTCOMES[name]
    told, count = without_places(original.value), 0
    for pointer, form in other_forms(signed):
        report = check(form, registers=known)
        if codes(report) >= {"SCHEMA_TYPE"} or codes(report) - codes(original):
            # This form is refused as such, which is no better for anybody.
            assert report.verdict is Verdict.INVALID, pointer
            continue
        assert report.verdict is original.verdict, pointer
        assert without_places(report.value) == told, pointer
        count += 1
    assert count > 5


@pytest.mark.parametrize("files", [SOUND, NZ])
def test_the_issuers_address_may_stand_at_any_description_and_decides_alike(files: Files) -> None:
    for country in ("NZ", "AU"):
        signed = sign(in_country(country))
        before = outcome(judged(signed, files))
        moved = deepcopy(signed)
        creator = moved["credentialSubject"]["achievement"]["creator"]
        creator["address"] = moved["issuer"].pop("address")
        assert outcome(judged(moved, files)) == before


def test_descriptions_of_one_issuer_with_different_addresses_are_refused() -> None:
    """The addresses could be exchanged under the same signature."""
    document = {**in_country("AU", "NZ"), "proof": sign(in_country("AU"))["proof"]}
    assert "NODE_SPLIT" in codes(judged(document, NZ))
    within = {**in_country("AU"), "proof": document["proof"]}
    endorsing = endorsement(evidence=[rating(address="NZ")])
    within["credentialSubject"]["achievement"]["endorsement"] = [endorsing]
    assert "NODE_SPLIT" in codes(judged(within, NZ))
    assert judged(sign(in_country("NZ", "NZ")), NZ).verdict is Verdict.VALID


def rating(address: str | None = None) -> dict[str, Any]:
    creator: dict[str, Any] = {"id": ISSUER, "type": ["Profile"]}
    if address is not None:
        creator["address"] = {"type": ["Address"], "addressCountryCode": address}
    return {"id": "urn:uuid:2", "type": ["Evidence", "Achievement"], "creator": creator}


def endorsement(**members: Any) -> dict[str, Any]:
    document = {
        "@context": [V2, OPEN_BADGES],
        "id": "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a99",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsement",
        "issuer": {"id": LEARNER, "type": ["Profile"]},
        "validFrom": "2026-01-15T09:00:00Z",
        "credentialSubject": {"id": COURSE, "type": ["EndorsementSubject"]},
        **members,
    }
    return sign(document, signer=STRANGER)


@pytest.mark.parametrize(
    ("types", "code"),
    [(("EndorsementCredential",), "ENDORSEMENT_VALID"), ((), "ENDORSEMENT_OF_OTHER_KIND")],
)
def test_only_what_says_that_it_is_an_endorsement_counts_as_one(
    types: tuple[str, ...], code: str
) -> None:
    document = badge(type=["VerifiableCredential"])
    document["endorsement"] = [endorsement(type=["VerifiableCredential", *types])]
    report = judged(sign(document))
    assert report.verdict is Verdict.VALID
    assert report.check("endorsement").decisive.code == code


def record_of(*components: dict[str, Any]) -> dict[str, Any]:
    return sign(unsigned_record(*components))


COMPONENT = "/credentialSubject/verifiableCredential/0"
VALUE = f"{COMPONENT}/credentialSubject/achievement"


def test_the_value_of_a_credential_is_judged_inside_another_one_too() -> None:
    alone = judged(sign(badge(LISTED, level="4")))
    assert codes(alone) == {"LISTING_DIFFERS"}
    report = judged(record_of(sign(badge(LISTED, level="4"))))
    assert report.verdict is Verdict.INVALID
    assert codes(report) == {"COMPONENT_INVALID", "LISTING_DIFFERS"}
    assert (report.check("value").decisive.code, report.check("value").decisive.pointer) == (
        "LISTING_DIFFERS",
        VALUE,
    )


def test_what_is_told_about_the_value_of_a_component_is_repeated() -> None:
    report = judged(record_of(sign(badge(LISTED)), sign(badge())))
    assert report.verdict is Verdict.VALID
    told = [(one.code, one.pointer) for one in report.check("value").remarks]
    assert (told[0], len(told)) == (("ASSURANCE_A", VALUE), 3)
    assert told[1] == ("ASSURANCE_B", VALUE.replace("/0/", "/1/"))
    broken = sign(badge(LISTED))
    broken["name"] = "changed"
    other = judged(record_of(broken))
    assert [one.code for one in other.check("value").remarks] == ["NO_VALUE_STATED"]


def test_the_value_of_an_endorsement_is_not_held_against_registers() -> None:
    document = badge(type=["VerifiableCredential"])
    false = badge(LISTED, level="4")["credentialSubject"] | {"id": "urn:uuid:7"}
    document["endorsement"] = [endorsement(credentialSubject=false)]
    report = judged(sign(document))
    assert [one.code for one in report.check("value").remarks] == ["ASSURANCE_B"]


def test_more_values_than_one_verification_looks_at_are_left_undecided() -> None:
    components = []
    for number in range(5):
        document = badge(f"{COURSE}/{number}")
        achievement = document["credentialSubject"]["achievement"]
        achievement["alignment"] = [
            {
                "type": ["Alignment"],
                "targetName": "x",
                "targetType": "ext:QFLevel",
                "targetUrl": f"urn:example:nz:level:{level}",
            }
            for level in range(16)
        ]
        achievement["resultDescription"] = [
            {
                "id": f"{COURSE}/{number}#{unit}",
                "type": ["ResultDescription"],
                "name": "x",
                "resultType": f"ext:U{unit}Credits",
            }
            for unit in range(8)
        ]
        del achievement["creditsAvailable"]
        del document["credentialSubject"]["creditsEarned"]
        del document["credentialSubject"]["result"]
        components.append(sign(document))
    assert "TOO_MANY_VALUES_IN_ALL" not in codes(judged(record_of(*components[:4])))
    report = judged(record_of(*components))
    assert "TOO_MANY_VALUES_IN_ALL" in codes(report)
    assert check(record_of(*components)).verdict is Verdict.VALID, "without registers"
