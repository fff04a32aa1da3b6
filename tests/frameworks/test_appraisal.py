"""What credentials claim to be worth, held against registers: findings and assurance classes."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.json_types import JsonObject
from credentials.level_credit import CreditStatement, LevelStatement, write_values
from frameworks.appraisal import Appraisal, appraise
from frameworks.authorities import Authorities, Authority
from frameworks.evidence import AssuranceClass, Endorsement, Recognition
from frameworks.register import Register, read_register
from frameworks.registers import Registers, Source
from frameworks.worth import worth_elsewhere
from tests.frameworks.register_files import SOUND, Files, added, edited, unofficial

NZ = "did:web:nz.example"
POLY = "did:web:poly.example"
EMPLOYER = "did:web:employer.example"
RATER = "did:web:rater.example"
AGENCY = "did:web:agency.example"
COURSE = "https://poly.example/courses/1"
LISTED = "https://poly.example/welding"
TODAY = date(2026, 11, 23)

ACCREDITATIONS = "nz/accreditations.csv"
"""Columns: id,holder,accreditor,right,level_min,level_max,fields,unit,size_min,size_max,from,…"""


def registers(files: Files = SOUND, *frameworks: str, believed: bool = True) -> Registers:
    """Build registers with one edition of an authority that the reader believes about `nz`."""
    authority = Authority(NZ, "NZ", frozenset(frameworks or ("nz",)))
    register = read_register(files)
    return Registers((Source(register, authority if believed else None, "sha256:0"),))


def values(
    identifier: str, *, level: str = "5", amount: str = "20", hours: str | None = "200"
) -> Any:
    return write_values(
        identifier,
        level=LevelStatement("QF", "New Zealand framework", level, f"urn:example:nz:level:{level}"),
        credit=CreditStatement("NZCR", Fraction(amount)),
        hours=None if hours is None else Fraction(hours),
    )


def credential(
    issuer: str = POLY,
    achievement: str = COURSE,
    *,
    level: str = "5",
    amount: str = "20",
    hours: str | None = "200",
    field: str | None = "0715",
    day: str = "2026-05-01",
    **subject: Any,
) -> JsonObject:
    """Build an unsigned credential with a value."""
    course, earned = values(achievement, level=level, amount=amount, hours=hours)
    stated = {} if field is None else {"fieldOfStudy": field}
    return {
        "issuer": {"id": issuer},
        "validFrom": f"{day}T00:00:00Z",
        "credentialSubject": {
            "achievement": {
                "id": achievement,
                "achievementType": "MicroCredential",
                "name": "Pipe welding",
                **stated,
                **course,
            },
            **earned,
            **subject,
        },
    }


def one(document: JsonObject, known: Registers | None = None, **more: Any) -> Appraisal:
    (appraisal,) = appraise(document, registers=known or registers(), as_of=TODAY, **more)
    return appraisal


def class_of(appraisal: Appraisal) -> str:
    return appraisal.assurance.assurance_class.value


def reasons(appraisal: Appraisal) -> set[str]:
    return {finding.reason for finding in appraisal.findings}


def failures(appraisal: Appraisal) -> set[str]:
    return {finding.code for finding in appraisal.findings if finding.is_certain}


def endorsement(
    endorser: str, provider: str = EMPLOYER, endorsed: str = COURSE, **value: Any
) -> Endorsement:
    course, _earned = values("urn:x:rating", **value)
    rating = {"id": "urn:x:rating", "type": ["Evidence", "Achievement"]}
    rating |= {"creator": {"id": provider}, **course}
    return Endorsement(endorser, endorsed, (rating,))


# Assurance


def test_a_listed_course_with_equal_values_is_class_a() -> None:
    appraisal = one(credential(achievement=LISTED))
    assert class_of(appraisal) == "A"
    assert [(link.kind, link.by, link.row) for link in appraisal.assurance.chain] == [
        ("listing", NZ, "weld")
    ]
    assert appraisal.findings == ()


@pytest.mark.parametrize("change", [{"level": "4"}, {"amount": "25", "hours": "250"}])
def test_a_listed_course_with_other_values_fails(change: dict[str, str]) -> None:
    appraisal = one(credential(achievement=LISTED, **change))
    assert "LISTING_DIFFERS" in failures(appraisal)


def test_whoever_is_no_provider_of_a_listed_course_has_no_class_a_by_it() -> None:
    appraisal = one(credential(EMPLOYER, LISTED))
    assert class_of(appraisal) == "D"
    assert "ISSUER_NOT_A_PROVIDER" in appraisal.assurance.reasons
    assert failures(appraisal) == set()


@pytest.mark.parametrize(
    ("first", "last", "withdrawn", "is_current"),
    [
        ("2026-05-01", "2026-05-01", "", True),
        ("2026-05-02", "", "", False),
        ("", "2026-04-30", "", False),
        ("", "", "2026-05-01", False),
        ("", "", "2026-05-02", True),
    ],
)
def test_the_listing_counts_that_held_on_the_day_of_the_award(
    first: str, last: str, withdrawn: str, is_current: bool
) -> None:
    head, row = SOUND["nz/listings.csv"].splitlines()
    row = row.replace(",,,sourced", f",{first},{last},sourced")
    files = {**SOUND, "nz/listings.csv": f"{head},withdrawn_on\n{row},{withdrawn}\n"}
    appraisal = one(credential(achievement=LISTED), registers(files))
    assert (class_of(appraisal) == "A") is is_current
    assert ("LISTING_NOT_CURRENT" in failures(appraisal)) is not is_current


def test_the_authoritys_endorsement_with_equal_values_is_class_a() -> None:
    appraisal = one(credential(EMPLOYER), endorsements=(endorsement(NZ),))
    assert class_of(appraisal) == "A"
    assert appraisal.assurance.chain[0].kind == "endorsement"


@pytest.mark.parametrize(
    "made",
    [
        endorsement(NZ, level="6+"),
        endorsement(NZ, amount="30", hours=None),
        endorsement(NZ, hours="300"),
        endorsement(NZ, provider=POLY),
        endorsement(NZ, endorsed="https://poly.example/courses/2"),
        endorsement("did:web:stranger.example"),
        Endorsement(NZ, COURSE, ()),
    ],
)
def test_an_endorsement_of_something_else_is_no_evidence(made: Endorsement) -> None:
    assert class_of(one(credential(EMPLOYER), endorsements=(made,))) == "D"


def test_an_endorsement_without_hours_confirms_level_and_credits() -> None:
    made = endorsement(NZ, hours=None)
    assert class_of(one(credential(EMPLOYER), endorsements=(made,))) == "A"


def test_an_accredited_issuer_is_class_b() -> None:
    appraisal = one(credential())
    assert class_of(appraisal) == "B"
    assert [(link.subject, link.by) for link in appraisal.assurance.chain] == [(POLY, NZ)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"field": "0613"}, None),
        ({"field": "0211"}, "FIELD_OUT_OF_SCOPE"),
        ({"day": "2019-12-31"}, "NOT_ACCREDITED_ON_AWARD_DATE"),
        ({"day": "2020-01-01"}, None),
        ({"amount": "41", "hours": "410"}, "SIZE_OUT_OF_SCOPE"),
    ],
)
def test_an_award_outside_the_accreditation_fails(
    change: dict[str, Any], reason: str | None
) -> None:
    appraisal = one(credential(**change))
    assert (class_of(appraisal) == "B") is (reason is None)
    assert ("OUT_OF_SCOPE" in failures(appraisal)) is (reason is not None)
    assert reason is None or reason in reasons(appraisal)


def test_a_level_above_the_accreditation_fails() -> None:
    files = {**SOUND, ACCREDITATIONS: SOUND[ACCREDITATIONS].replace(",4,6+,", ",4,4,")}
    appraisal = one(credential(), registers(files))
    assert class_of(appraisal) == "D"
    assert "OUT_OF_SCOPE" in failures(appraisal)
    assert "LEVEL_OUT_OF_SCOPE" in reasons(appraisal)


def test_one_accreditation_must_cover_the_award_alone() -> None:
    low = SOUND[ACCREDITATIONS].replace(",4,6+,07;06,", ",4,4,07;06,")
    files = added(
        {**SOUND, ACCREDITATIONS: low},
        ACCREDITATIONS,
        f"other,{POLY},{NZ},award,4,6+,02,nzcr,1,40,2020-01-01,,sourced,law",
    )
    assert class_of(one(credential(), registers(files))) == "D"


def test_a_scope_that_cannot_be_decided_is_class_d_and_no_failure() -> None:
    appraisal = one(credential(field=None))
    assert class_of(appraisal) == "D"
    assert "FIELD_UNKNOWN" in appraisal.assurance.reasons
    assert failures(appraisal) == set()


def test_an_issuer_without_accreditation_is_class_d_and_no_failure() -> None:
    appraisal = one(credential(EMPLOYER))
    assert class_of(appraisal) == "D"
    assert {"NOT_LISTED", "NOT_ENDORSED", "NO_ACCREDITATION"} == set(appraisal.assurance.reasons)
    assert failures(appraisal) == set()


def test_a_withdrawn_accreditation_counts_until_the_day_before() -> None:
    head, row = SOUND[ACCREDITATIONS].splitlines()
    files = {**SOUND, ACCREDITATIONS: f"{head},withdrawn_on\n{row},2026-05-01\n"}
    known = registers(files)
    assert class_of(one(credential(day="2026-04-30"), known)) == "B"
    assert "OUT_OF_SCOPE" in failures(one(credential(day="2026-05-01"), known))


def test_a_rating_body_that_is_accredited_to_rate_makes_class_b() -> None:
    row = f"rate,{RATER},{NZ},rate,4,6+,,,,,2020-01-01,,sourced,law"
    known = registers(added(SOUND, ACCREDITATIONS, row))
    appraisal = one(credential(EMPLOYER), known, endorsements=(endorsement(RATER),))
    assert class_of(appraisal) == "B"
    assert [link.kind for link in appraisal.assurance.chain] == ["endorsement", "accreditation"]


def test_the_right_to_rate_is_no_right_to_award_and_the_other_way_round() -> None:
    row = f"rate,{RATER},{NZ},rate,4,6+,,,,,2020-01-01,,sourced,law"
    known = registers(added(SOUND, ACCREDITATIONS, row))
    assert class_of(one(credential(RATER), known)) == "D"
    by_awarder = one(credential(EMPLOYER), known, endorsements=(endorsement(POLY),))
    assert class_of(by_awarder) == "D"


# Chains of accreditors


def chained(*above: str) -> Files:
    """Accredit the employer by an agency; `above` are the agency's own accreditations."""
    own = f"e,{EMPLOYER},{AGENCY},award,4,6+,,,,,2020-01-01,,sourced,law"
    return added(SOUND, ACCREDITATIONS, own, *above)


def test_an_accreditor_chains_to_the_authority() -> None:
    above = f"a,{AGENCY},{NZ},accredit,4,6+,,,,,2020-01-01,,sourced,law"
    appraisal = one(credential(EMPLOYER), registers(chained(above)))
    assert class_of(appraisal) == "B"
    assert [link.row for link in appraisal.assurance.chain] == ["e", "a"]


@pytest.mark.parametrize(
    "above",
    [
        (),
        (f"a,{AGENCY},{NZ},award,4,6+,,,,,2020-01-01,,sourced,law",),
        (f"a,{AGENCY},{NZ},accredit,4,4,,,,,2020-01-01,,sourced,law",),
        (f"a,{AGENCY},{NZ},accredit,4,6+,,,,,2026-05-02,,sourced,law",),
        (f"a,{AGENCY},{AGENCY},accredit,4,6+,,,,,2020-01-01,,sourced,law",),
        (f"a,{AGENCY},{EMPLOYER},accredit,4,6+,,,,,2020-01-01,,sourced,law",),
    ],
)
def test_an_accreditor_that_does_not_chain_to_the_authority_is_no_evidence(
    above: tuple[str, ...],
) -> None:
    appraisal = one(credential(EMPLOYER), registers(chained(*above)))
    assert class_of(appraisal) == "D"
    assert "ACCREDITOR_NOT_BELIEVED" in appraisal.assurance.reasons


def test_accreditors_in_a_circle_end() -> None:
    other = "did:web:other.example"
    rows = (
        f"a,{AGENCY},{other},accredit,4,6+,,,,,2020-01-01,,sourced,law",
        f"b,{other},{AGENCY},accredit,4,6+,,,,,2020-01-01,,sourced,law",
    )
    assert class_of(one(credential(EMPLOYER), registers(chained(*rows)))) == "D"


def test_a_second_accreditation_of_the_accreditor_is_tried_as_well() -> None:
    rows = (
        f"a,{AGENCY},did:web:nobody.example,accredit,4,6+,,,,,2020-01-01,,sourced,law",
        f"b,{AGENCY},{NZ},accredit,4,6+,,,,,2020-01-01,,sourced,law",
    )
    appraisal = one(credential(EMPLOYER), registers(chained(*rows)))
    assert [link.row for link in appraisal.assurance.chain] == ["e", "b"]


def test_the_reader_may_believe_an_accreditor_directly() -> None:
    authority = Authority(NZ, "NZ", frozenset({"nz"}), frozenset({("nz", AGENCY)}))
    known = Registers((Source(read_register(chained()), authority, "sha256:0"),))
    assert class_of(one(credential(EMPLOYER), known)) == "B"


# Whom the reader believes


@pytest.mark.parametrize(
    "known",
    [
        registers(believed=False),
        registers(SOUND, "ie"),
        registers(unofficial()),
    ],
)
def test_a_register_that_is_not_believed_is_no_evidence_and_never_certain(known: Registers) -> None:
    appraisal = one(credential(achievement=LISTED, level="4", amount="41"), known)
    assert class_of(appraisal) == "D"
    assert appraisal.assurance.reasons == ("REGISTER_NOT_BELIEVED",)
    assert "SIZE_ABOVE_MAX" in reasons(appraisal)
    assert failures(appraisal) == set()


def test_a_recognition_of_the_same_value_is_class_c() -> None:
    decided = Recognition(
        "did:web:uni.example", "urn:d:1", "urn:example:nz:level:5", "NZCR", Fraction(20)
    )
    appraisal = one(credential(EMPLOYER), recognitions=(decided,))
    assert class_of(appraisal) == "C"
    other = Recognition(
        "did:web:uni.example", "urn:d:1", "urn:example:nz:level:5", "NZCR", Fraction(5)
    )
    assert class_of(one(credential(EMPLOYER), recognitions=(other,))) == "D"
    assert class_of(one(credential(), recognitions=(decided,))) == "B"


def test_trust_files_join() -> None:
    joined = Authorities.from_json(
        {"authorities": [{"id": NZ, "frameworks": ["nz"], "accreditors": [AGENCY]}]},
        {"authorities": [{"id": NZ, "name": "NZ", "frameworks": ["eu"]}]},
        {"issuers": []},
    )
    assert joined.by_id[NZ] == Authority(
        NZ, "NZ", frozenset({"nz", "eu"}), frozenset({("nz", AGENCY)})
    )


# The value itself


def with_uri(uri: str, **changes: Any) -> JsonObject:
    document = credential(**changes)
    document["credentialSubject"]["achievement"]["alignment"][0]["targetUrl"] = uri
    return document


def test_an_unknown_level_of_a_framework_that_is_believed_fails() -> None:
    appraisal = one(with_uri("urn:example:nz:level:11"))
    assert failures(appraisal) == {"UNKNOWN_LEVEL"}
    assert class_of(appraisal) == "D"


def test_a_level_that_no_register_has_is_only_unknown() -> None:
    appraisal = one(with_uri("https://other.example/level/5"))
    assert reasons(appraisal) == {"URI_UNKNOWN"}
    assert failures(appraisal) == set()


@pytest.mark.parametrize(
    "uri", ["URN:EXAMPLE:NZ:LEVEL:5", "urn:example:nz:level:5 ", "urn:example:nz:level:05"]
)
def test_uris_are_compared_character_by_character(uri: str) -> None:
    appraisal = one(with_uri(uri))
    assert appraisal.place is None or appraisal.place.row is None


def test_a_code_that_contradicts_its_uri_fails() -> None:
    document = credential()
    document["credentialSubject"]["achievement"]["alignment"][0]["targetCode"] = "6+"
    assert "LEVEL_CONTRADICTS" in failures(one(document))


def test_a_level_without_uri_is_placed_nowhere() -> None:
    document = credential()
    del document["credentialSubject"]["achievement"]["alignment"][0]["targetUrl"]
    appraisal = one(document)
    assert appraisal.place is None
    assert appraisal.assurance.reasons == ("LEVEL_NOT_IN_REGISTER",)


@pytest.mark.parametrize(
    ("change", "reason", "code"),
    [
        ({"amount": "41", "hours": "410"}, "SIZE_ABOVE_MAX", "OUT_OF_BOUNDS"),
        ({"amount": "0", "hours": "10"}, "SIZE_BELOW_MIN", "OUT_OF_BOUNDS"),
        ({"amount": "1", "hours": "9"}, "HOURS_BELOW_MIN", "OUT_OF_BOUNDS"),
        ({"amount": "4", "hours": "40", "day": "2020-06-01"}, "SIZE_BELOW_MIN", "OUT_OF_BOUNDS"),
        ({"amount": "1.5", "hours": "15"}, "NOT_A_MULTIPLE_OF_STEP", "OUT_OF_BOUNDS"),
        ({"amount": "5", "hours": "40"}, "HOURS_PER_CREDIT_BELOW", "HOURS_MISMATCH"),
        ({"amount": "5", "hours": "60"}, "HOURS_PER_CREDIT_ABOVE", "HOURS_MISMATCH"),
        ({"day": "2027-05-01"}, "AWARDED_IN_FUTURE", "DATES_CONTRADICT"),
    ],
)
def test_a_value_outside_the_rules_then_in_force_fails(
    change: dict[str, Any], reason: str, code: str
) -> None:
    appraisal = one(credential(**change))
    assert reason in reasons(appraisal)
    assert code in failures(appraisal)


def test_a_forbidden_word_in_the_title_fails() -> None:
    document = credential()
    document["credentialSubject"]["achievement"]["name"] = "Diploma in pipes"
    assert "TITLE_WORD" in failures(one(document))


def test_a_size_that_some_sector_allows_is_no_certain_fault() -> None:
    head, *rows = SOUND["nz/size-bounds.csv"].splitlines()
    rows = [row.replace(",sourced", ",,sourced") for row in rows]
    rows.append("uni,nzcr,1,60,,,2022-01-01,,universities,sourced,law")
    text = "\n".join((head.replace(",status", ",sector,status"), *rows)) + "\n"
    appraisal = one(
        credential(EMPLOYER, amount="50", hours="500"),
        registers({**SOUND, "nz/size-bounds.csv": text}),
    )
    assert "SIZE_ABOVE_MAX" in reasons(appraisal)
    assert failures(appraisal) == set()


def test_a_unit_that_no_register_has_is_told_and_not_certain() -> None:
    document = credential(EMPLOYER)
    document["credentialSubject"]["achievement"]["resultDescription"][0]["resultType"] = (
        "ext:XYCredits"
    )
    appraisal = one(document)
    assert "UNIT_UNKNOWN" in reasons(appraisal)
    assert failures(appraisal) == set()


def test_the_rules_of_the_day_of_the_award_are_used_and_not_those_of_today() -> None:
    small = {"amount": "4", "hours": "40"}
    assert "OUT_OF_BOUNDS" in failures(one(credential(EMPLOYER, day="2021-12-31", **small)))
    assert "OUT_OF_BOUNDS" not in failures(one(credential(EMPLOYER, day="2022-01-01", **small)))


def test_the_day_of_the_award_is_its_own_date_before_that_of_validity() -> None:
    document = {
        **credential(EMPLOYER, amount="4", hours="40"),
        "awardedDate": "2021-06-01T00:00:00Z",
    }
    assert "OUT_OF_BOUNDS" in failures(one(document))


# What dishonest signers and issuers try


ZZ = """[[frameworks]]
id = "zz"
name = "Somebody's framework"
unit = "nzcr"
status = "sourced"
source = "law"
"""


def of_others(**changes: str) -> Source:
    """Build a register of somebody who is believed about a framework of their own only."""
    files = {
        "register.toml": SOUND["register.toml"].replace("urn:tallystick", "urn:a:tallystick"),
        "sources.csv": SOUND["sources.csv"],
        "units.csv": SOUND["units.csv"],
        "zz/framework.toml": ZZ,
        **{name.replace("__", "/") + ".csv": text for name, text in changes.items()},
    }
    authority = Authority("did:web:zz.example", "ZZ", frozenset({"zz"}))
    return Source(read_register(files), authority, "sha256:1")


HIJACKED = "code,rank,uri,status,source\n5,5,urn:example:nz:level:5,sourced,law\n"


@pytest.mark.parametrize("first", [True, False])
def test_a_signer_believed_about_another_framework_decides_nothing_about_a_level(
    first: bool,
) -> None:
    theirs = of_others(
        zz__levels=HIJACKED,
        zz__listings="id,achievement,title,level,unit,credits,providers,status,source\n"
        f"x,{COURSE},X,5,nzcr,20,{EMPLOYER},sourced,law\n",
    )
    own = registers().sources
    known = Registers((theirs, *own) if first else (*own, theirs))
    for document in (credential(EMPLOYER), credential(achievement=LISTED, level="5", amount="25")):
        appraisal = one(document, known)
        assert class_of(appraisal) == "D"
        assert appraisal.assurance.reasons == ("LEVEL_DISPUTED",)
        assert failures(appraisal) == set()
        assert "LEVEL_DISPUTED" in reasons(appraisal)


def test_a_wide_namespace_makes_no_level_of_others_unknown() -> None:
    files = {**SOUND, "framework.toml": SOUND["framework.toml"]}
    theirs = of_others()
    known = Registers((theirs, *registers(files).sources))
    assert class_of(one(credential(achievement=LISTED), known)) == "A"


def test_believed_registers_that_disagree_make_nothing_certain() -> None:
    other = read_register(edited(SOUND, "nz/listings.csv", ",20,200,", ",30,300,"))
    authority = Authority("did:web:other.example", "Other", frozenset({"nz"}))
    second = Source(other, authority, "sha256:2")
    (first,) = registers().sources
    answers = [
        one(credential(achievement=LISTED), Registers(both))
        for both in ((first, second), (second, first))
    ]
    for appraisal in answers:
        assert class_of(appraisal) == "D"
        assert appraisal.assurance.reasons == ("REGISTERS_DISAGREE",)
        assert failures(appraisal) == set()


@pytest.mark.parametrize(
    ("file", "row"),
    [("nz/listings.csv", ",,,sourced,law"), (ACCREDITATIONS, "2020-01-01,,sourced,law")],
)
def test_what_is_withheld_decides_nothing(file: str, row: str) -> None:
    withheld = edited(SOUND, file, row, row.replace("sourced", "withheld"))
    document = credential(achievement=LISTED) if "listings" in file else credential()
    assert class_of(one(document, registers(withheld))) in ("B" if "listings" in file else "D")


def test_a_withheld_size_bound_is_no_fault() -> None:
    files = edited(SOUND, "nz/size-bounds.csv", "2022-01-01,,sourced", "2022-01-01,,withheld")
    assert "SIZE_ABOVE_MAX" not in reasons(
        one(credential(EMPLOYER, amount="41", hours="410"), registers(files))
    )


def test_a_body_that_may_rate_the_courses_of_others_does_not_rate_its_own() -> None:
    rows = (
        f"rate,{RATER},{NZ},rate,4,6+,,,,,2020-01-01,,sourced,law",
        f"award,{RATER},{NZ},award,4,4,,,,,2020-01-01,,sourced,law",
    )
    known = registers(added(SOUND, ACCREDITATIONS, *rows))
    own = endorsement(RATER, provider=RATER)
    appraisal = one(credential(RATER), known, endorsements=(own,))
    assert class_of(appraisal) == "D"
    assert "OUT_OF_SCOPE" in failures(appraisal)


@pytest.mark.parametrize(("made", "expected"), [(date(2024, 6, 1), "B"), (date(2026, 6, 1), "D")])
def test_a_rating_body_must_be_accredited_on_the_day_on_which_it_endorses(
    made: date, expected: str
) -> None:
    row = f"rate,{RATER},{NZ},rate,4,6+,,,,,2020-01-01,2024-12-31,sourced,law"
    known = registers(added(SOUND, ACCREDITATIONS, row))
    dated = endorsement(RATER)._replace(day=made)
    appraisal = one(credential(EMPLOYER, day="2023-05-01"), known, endorsements=(dated,))
    assert class_of(appraisal) == expected


def test_an_award_dated_back_into_an_accreditation_is_told() -> None:
    ended = edited(SOUND, ACCREDITATIONS, "2020-01-01,,sourced", "2020-01-01,2024-12-31,sourced")
    document = {**credential(), "awardedDate": "2024-06-01T00:00:00Z"}
    appraisal = one(document, registers(ended))
    assert class_of(appraisal) == "B"
    assert "ACCREDITED_ON_AWARD_DATE_ONLY" in reasons(appraisal)
    assert failures(appraisal) == set()


def test_bounds_of_micro_credentials_do_not_refute_a_degree() -> None:
    document = credential(EMPLOYER, amount="360", hours="3600")
    document["credentialSubject"]["achievement"] |= {
        "achievementType": "BachelorDegree",
        "name": "Diploma of welding",
    }
    appraisal = one(document)
    assert {"SIZE_ABOVE_MAX", "TITLE_WORD_FORBIDDEN"} <= reasons(appraisal)
    assert failures(appraisal) == set()


def test_credits_in_an_unknown_unit_are_of_no_class_by_accreditation() -> None:
    document = credential()
    achievement = document["credentialSubject"]["achievement"]
    achievement["resultDescription"][0]["resultType"] = "ext:BOGUSCredits"
    appraisal = one(document)
    assert class_of(appraisal) == "D"
    assert "UNIT_NOT_IN_REGISTER" in appraisal.assurance.reasons


def test_credits_in_a_unit_that_the_rules_do_not_bound_are_told() -> None:
    document = credential(EMPLOYER, hours=None)
    achievement = document["credentialSubject"]["achievement"]
    achievement["resultDescription"][0]["resultType"] = "ext:ECTSCredits"
    assert "UNIT_MISMATCH" in reasons(one(document))


def test_credits_of_the_course_are_not_divided_into_hours_of_the_learner() -> None:
    document = credential(achievement=LISTED, hours=None)
    achievement, subject = (
        document["credentialSubject"]["achievement"],
        document["credentialSubject"],
    )
    achievement["resultDescription"].append(
        {"id": "urn:x:hours", "resultType": "ext:NotionalHours"}
    )
    subject["result"][0]["value"], subject["creditsEarned"] = "10", 10
    subject["result"].append({"resultDescription": "urn:x:hours", "value": "100"})
    appraisal = one(document)
    assert class_of(appraisal) == "A"
    assert failures(appraisal) == set()


def test_credits_that_were_earned_in_hardly_any_time_are_told() -> None:
    document = credential(achievement=LISTED)
    document["credentialSubject"]["result"][1]["value"] = "1"
    appraisal = one(document)
    assert "HOURS_PER_CREDIT_BELOW" in reasons(appraisal)
    assert failures(appraisal) == set()


def test_a_unit_that_is_declared_not_to_convert_does_not_convert_by_hours_either() -> None:
    row = "no,ects,nzcr,not-convertible,,,,,,sourced,law"
    files = added(
        {
            **SOUND,
            "conversions.csv": SOUND["conversions.csv"].replace(
                "nz-ects,nzcr,ects,formal-ratio,1/2,An authority,true",
                "nz-ects,nzcr,ceu,formal-ratio,1/2,An authority,true",
            ),
        },
        "conversions.csv",
        row,
    )
    known = registers(files)
    worth = worth_elsewhere(one(credential()), known)
    assert "ects" not in {credit.unit.id for credit in worth.credits}


def test_an_undecided_reason_is_not_told_as_certain() -> None:
    files = {**SOUND, ACCREDITATIONS: SOUND[ACCREDITATIONS].replace(",4,6+,", ",4,4,")}
    appraisal = one(credential(field=None), registers(files))
    certain = {finding.reason for finding in appraisal.findings if finding.is_certain}
    assert certain == {"LEVEL_OUT_OF_SCOPE"}


# The faults of published reference material, on documents of our own


def test_valid_before_the_learning_ended_and_sixty_months_for_sixty_hours() -> None:
    document = {
        "issuer": {"id": EMPLOYER},
        "validFrom": "2025-12-31T00:00:00Z",
        "credentialSubject": {
            "hasClaim": {
                "specifiedBy": {
                    "volumeOfLearning": "PT60H",
                    "nqfLevel": {"id": "urn:example:nz:level:5"},
                    "creditPoint": [{"framework": {"prefLabel": {"en": "NZCR"}}, "point": "6"}],
                },
                "influencedBy": {
                    "workload": "P60M",
                    "temporal": {"startDate": "2026-05-05", "endDate": "2026-06-06"},
                },
            }
        },
    }
    found = reasons(one(document))
    assert {"VALID_FROM_BEFORE_ACTIVITY_END", "DURATION_MISMATCH"} <= found


def test_more_earned_than_available_in_an_activity_of_one_day() -> None:
    from credentials.level_credit import value_findings

    document = credential(
        EMPLOYER,
        amount="36",
        hours=None,
        activityStartDate="2026-05-01T00:00:00Z",
        activityEndDate="2026-05-01T00:00:00Z",
    )
    document["credentialSubject"]["creditsEarned"] = 42
    document["credentialSubject"]["result"][0]["value"] = "42"
    assert "EARNED_OVER_AVAILABLE" in {finding.code for finding in value_findings(document)}


def test_a_level_whose_map_rows_contradict_each_other_is_withheld_and_not_decided() -> None:
    import schemas

    reference = read_register(schemas.reference_register())
    known = Registers((Source(reference),))
    uri = "http://data.europa.eu/snb/qdr/c_c167deaa"  # SCQF level 6
    worth = worth_elsewhere(one(with_uri(uri, day="2026-05-01"), known), known)
    (eqf,) = [level for level in worth.levels if level.framework.id == "eu-eqf"]
    assert eqf.reading.outcome == "INDETERMINATE"
    assert eqf.reading.reasons == ("ROW_WITHHELD",)


def test_prose_and_code_of_a_level_that_contradict_each_other_are_found() -> None:
    document = credential(EMPLOYER)
    document["credentialSubject"]["achievement"]["alignment"][0] |= {
        "targetName": "upper division or graduate",
        "targetCode": "4",
    }
    assert "URI_CODE_MISMATCH" in reasons(one(document))


# Properties


def test_a_credential_without_value_has_no_appraisal() -> None:
    assert appraise({"credentialSubject": {}}, registers=registers(), as_of=TODAY) == ()


@given(st.randoms(use_true_random=False))
def test_appraisals_do_not_depend_on_the_order_of_rows(chance: random.Random) -> None:
    rows = [
        f"x{number},{EMPLOYER},{NZ},award,{low},{high},{fields},,,,2020-01-01,,sourced,law"
        for number, (low, high, fields) in enumerate(
            [("4", "4", ""), ("4", "6+", "02"), ("5", "6+", "07"), ("5", "5", "")]
        )
    ]
    chance.shuffle(rows)
    appraisal = one(credential(EMPLOYER), registers(added(SOUND, ACCREDITATIONS, *rows)))
    assert class_of(appraisal) == "B"
    assert failures(appraisal) == set()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.data())
def test_appraising_never_raises_for_what_stands_in_a_document(data: st.DataObject) -> None:
    document = credential()
    target: Any = document
    while True:
        name = data.draw(
            st.sampled_from(sorted(target) if isinstance(target, dict) else range(len(target)))
        )
        child = target[name]
        if not isinstance(child, dict | list) or not child or data.draw(st.booleans()):
            target[name] = data.draw(json_values)
            break
        target = child
    for appraisal in appraise(document, registers=registers(), as_of=TODAY):
        assert appraisal.assurance.assurance_class in AssuranceClass
        worth_elsewhere(appraisal, registers()).to_json()


# Worth elsewhere


def test_worth_names_method_source_and_register() -> None:
    known = registers()
    worth = worth_elsewhere(one(credential(level="4", amount="20")), known).to_json()
    (irish,) = [level for level in worth["levels"] if level["framework"] == "ie"]
    assert irish["outcome"] == "RANGE"
    assert [row["level"] for row in irish["levels"]] == ["5", "6"]
    assert irish["method"] == "nz-ie"
    assert irish["basis"] == [
        {"row": "nz-ie", "kind": "compared", "status": "sourced", "source": "law"}
    ]
    by_ratio, by_hours = worth["credits"]
    assert (by_ratio["amount"], by_ratio["method"], by_ratio["authority"]) == (
        "10",
        "formal-ratio",
        "An authority",
    )
    assert (by_hours["amount"], by_hours["min"], by_hours["max"]) == (None, "20/3", "8")
    assert by_hours["register"]["authority"] == NZ


def test_a_register_that_is_believed_answers_before_one_that_explains() -> None:
    other = edited(unofficial(), "conversions.csv", "formal-ratio,1/2", "formal-ratio,9/10")
    known = Registers((*registers().sources, Source(read_register(other))))
    worth = worth_elsewhere(one(credential(), known), known)
    (ratio,) = [
        one.amount.number for one in worth.credits if one.conversion.method == "formal-ratio"
    ]
    assert ratio == Fraction(10)


def test_the_register_in_use_keeps_its_answers_apart_by_day() -> None:
    register: Register = read_register(SOUND)
    assert register.on(date(2021, 12, 31)).size_bounds["nz"][0].id == "nz-2018"
    assert register.on(date(2022, 1, 1)).size_bounds["nz"][0].id == "nz-2022"


def test_a_rounding_that_the_register_states_is_told_beside_the_exact_amount() -> None:
    head, row, *others = SOUND["conversions.csv"].splitlines()
    head += ",round_step,round_mode,round_place"
    rows = [f"{row},1,floor,total", *(f"{one},,," for one in others)]
    known = registers({**SOUND, "conversions.csv": "\n".join([head, *rows]) + "\n"})
    worth = worth_elsewhere(one(credential(amount="5", hours="50")), known)
    (told,) = [one.to_json() for one in worth.credits if one.conversion.method == "formal-ratio"]
    assert told["amount"] == "5/2"
    assert told["rounded"] == {"min": "2", "max": "2"}
    assert told["loss"] == "1/2"
    assert told["rounding"] == {"step": "1", "mode": "floor", "place": "total"}
