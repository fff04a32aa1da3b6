"""Reports as they are recorded: what each rule says, where, in which words.

A change of wording, code or place shows as a difference in `tests/recorded_reports.json`.  After
looking at it, record anew with:  TALLYSTICK_RECORD=1 pytest tests/test_recorded.py
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import schemas
from credentials.data_model.credential import credential_findings
from credentials.data_model.presentation import presentation_findings
from credentials.data_model.proof_grammar import proof_findings
from credentials.data_model.related_resources import related_resource_findings
from credentials.document_rules import document_findings
from credentials.errors import CredentialError
from credentials.findings import Finding
from credentials.json_types import places
from credentials.level_credit import (
    CreditStatement,
    LevelStatement,
    read_values,
    value_findings,
    write_values,
)
from credentials.limits import DEFAULT_LIMITS
from credentials.linked_data.context_policy import context_findings
from credentials.linked_data.embedded import (
    contained_credentials,
    embedded_credentials,
    without_embedded,
)
from credentials.linked_data.literals import literal
from credentials.linked_data.round_trip import require_round_trip
from credentials.linked_data.safe_mode import to_dataset
from credentials.open_badges import open_badge_findings
from credentials.proofs.cryptosuite import Environment, decode_proof_value, verify_signature
from credentials.proofs.proof_sets import secured_proofs
from credentials.proofs.rdfc_suites import EDDSA_RDFC_2022
from credentials.proofs.registry import CRYPTOSUITES, cryptosuite_of
from credentials.status.bitstring import decode_list, encode_list, status_at
from credentials.strict_json import parse_json, serialize_json
from credentials.timestamps import format_timestamp, parse_timestamp
from credentials.urls import require_url
from keys.did import did_key
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType
from tests.factories import (
    ENVIRONMENT,
    ISSUER,
    LEARNER,
    LIST_URL,
    NOW,
    SIGNER,
    STRANGER,
    check,
    method_of,
    sign,
    status_entry,
    status_list,
    unsigned,
    unsigned_record,
    world,
)
from tests.frameworks.register_files import SOUND, edited
from tests.verifier.shapes import SHAPES
from tests.verifier.valued import COURSE, LISTED, badge, registers
from verifier.checks.issuer import check_issuer
from verifier.checks.proof import check_proofs
from verifier.checks.recipient import check_recipient
from verifier.checks.resources import check_resources
from verifier.checks.schema import check_schema
from verifier.checks.status import check_status
from verifier.checks.trust import check_trust
from verifier.checks.validity import check_validity
from verifier.checks.value_words import in_words
from verifier.examination import examine_alone
from verifier.formats import recognise
from verifier.report import Remark, VerifiedCredential, VerifiedPresentation
from verifier.summary import summarize
from verifier.trust import TrustList
from verifier.verifier import Verifier

P256 = PrivateKeySigner(KeyType.P256, bytes([7]) * 32)
DIGEST = "uWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzQ"
SECURITY = "https://w3id.org/security#"
W3C = "https://www.w3.org/2018/credentials#"

V2 = "https://www.w3.org/ns/credentials/v2"
V1 = "https://www.w3.org/2018/credentials/v1"

Case = tuple[str, Any]


def findings(found: tuple[Finding, ...]) -> list[dict[str, Any]]:
    return [finding._asdict() for finding in found]


def error_of(call: Any, *arguments: Any, **options: Any) -> Any:
    try:
        return repr(call(*arguments, **options))
    except CredentialError as error:
        return {
            "error": type(error).__name__,
            "code": error.code,
            "message": error.message,
            "pointer": error.pointer,
            "problem": error.problem_type,
        }


def plain(**changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": "https://issuer.example/1",
        "credentialSubject": {"id": "did:example:alice"},
    }
    return {name: value for name, value in {**base, **changes}.items() if value != "(removed)"}


GONE = "(removed)"


def data_model() -> Iterator[Case]:
    changes: list[dict[str, Any]] = [
        {"@context": GONE},
        {"@context": [V2, 5, "https ://x", {}]},
        {"type": ["VerifiableCredential", "VerifiablePresentation"]},
        {"@context": ["https://other.example", V2]},
        {"type": GONE},
        {"type": [5]},
        {"type": ["VerifiableCredential", "VerifiableCredential"]},
        {"id": "x"},
        {"issuer": GONE},
        {"issuer": "x"},
        {"issuer": {"id": "x", "name": 5, "description": []}},
        {"credentialSubject": GONE},
        {"credentialSubject": [{}, {"id": "x"}, 5]},
        {"credentialSubject": {}},
        {"credentialSubject": {"id": "x"}},
        {"validFrom": "2026", "validUntil": 5},
        {"validFrom": "2026-01-02T00:00:00Z", "validUntil": "2026-01-01T00:00:00Z"},
        {"issuanceDate": "2026-01-02T00:00:00Z", "expirationDate": "2027-01-02T00:00:00Z"},
        {"@context": [V1]},
        {"@context": [V1], "issuanceDate": "x", "validFrom": "2026-01-01T00:00:00Z"},
        {"credentialStatus": [{}, 5, {"type": "X", "id": "x"}]},
        {"credentialStatus": None},
        {"credentialStatus": {"type": "BitstringStatusListEntry"}},
        {"credentialStatus": [{**status_entry(5)}, {**status_entry("05"), "statusPurpose": 5}]},
        {"termsOfUse": {}},
        {"evidence": [{"type": []}]},
        {"refreshService": {"id": "x"}},
        {"credentialSchema": {"type": "X"}},
        {"credentialSchema": [{"id": "x"}]},
        {"name": 5, "description": {"@value": "x", "@direction": "up"}},
        {"relatedResource": "x"},
        {"relatedResource": [{"id": V2}, {"id": V2, "digestSRI": "sha256-x"}, {"id": 5}]},
        {"relatedResource": {"id": "x", "digestMultibase": "uAAAA"}},
        {"evidence": [{"id": f"x{n}"} for n in range(40)]},
    ]
    for change in changes:
        yield str(change)[:120], findings(credential_findings(plain(**change)))
    for change in (
        {"relatedResource": {"id": V2, "digestMultibase": "u" + "A" * 43}},
        {"relatedResource": [{"id": "urn:x:y", "digestMultibase": "u" + "A" * 43}, 5]},
        {"relatedResource": [{"id": V2, "digestSRI": "sha512-" + "A" * 86 + "=="}]},
        {"relatedResource": [{"id": V2, "digestMultibase": "uEiB" + "A" * 42}]},
    ):
        found = related_resource_findings(plain(**change), schemas.accepted_resource_digests)
        yield f"digests {change}"[:120], findings(found)


def presentations() -> Iterator[Case]:
    envelope = {"type": "EnvelopedVerifiableCredential", "id": "https://x.example"}
    for change in (
        {},
        {"@context": GONE},
        {"type": "X"},
        {"type": GONE},
        {"id": "x"},
        {"holder": 5},
        {"holder": "x"},
        {"holder": {"id": "x"}},
        {"verifiableCredential": ["x", envelope]},
        {"verifiableCredential": [{"id": "urn:x:y"}] * 65},
        {"type": ["VerifiablePresentation", "OpenBadgeCredential"], "validUntil": "x"},
        {"issuer": "urn:x:y", "credentialSubject": {"id": "urn:x:y"}},
    ):
        bare = {"type": ["VerifiablePresentation"], "issuer": GONE, "credentialSubject": GONE}
        document = plain(**{**bare, **change})
        yield str(change)[:120], findings(presentation_findings(document))


def proofs() -> Iterator[Case]:
    good = sign(unsigned())["proof"]
    for change in (
        [],
        None,
        "x",
        {},
        [good, 5],
        [good] * 9,
        {**good, "type": 5, "cryptosuite": 5},
        {**good, "proofValue": "z" * 5_000, "foo": 1},
        {**good, "proofValue": "z" * 4_096},
        {**good, "proofValue": "z" * 4_097},
        {**good, "created": "x", "expires": 5, "challenge": 5, "nonce": 5},
        [{**good, "domain": [], "previousProof": [5], "id": "x"}],
        {"proofValue": ""},
        [{"foo": n, "bar": n, "baz": n} for n in range(8)],
    ):
        yield str(change)[:120], findings(proof_findings({"proof": change}))


def documents() -> Iterator[Case]:
    for document in (
        [],
        5,
        {"a": None, "b": [], "c": [[1]], "d": "\x00", "\x7f": 1, "e": -0.0, "f": 2**53, "g": 1e-7},
        {"a": [None] * 30},
        {"proof": [], "verifiableCredential": [], "a": {"proof": []}},
        {"a": 1.5, "b": 2**53 - 1, "c": 0.30000000000000004, "d": True},
    ):
        yield str(document)[:120], findings(document_findings(document))
    for most in (2, 3):
        limits = replace(DEFAULT_LIMITS, values=most)
        yield f"{most} values", findings(document_findings({"a": [None]}, limits))
    for value in (float("nan"), float("inf"), "\ud800", {"\udfff": 1}, ["\U0001f600"]):
        yield f"written {value!r}", error_of(serialize_json, value)
    for data in (
        b"",
        b" \n",
        b"\xef\xbb\xbf{}",
        b"\xff",
        b"{",
        b"<html>",
        b"[NaN]",
        b"[1e999]",
        b"[" + b"1" * 5_000 + b"]",
        b'{"a":1,"a":2}',
        b'["\\ud800"]',
        b"[" * 30,
        b" " * 1_048_577,
        b"[" + b"1," * 6_000 + b"1]",
        b'["' + b"x" * 300_000 + b'"]',
        b"{}x",
        b"'a'",
    ):
        yield f"bytes {data[:30]!r} {len(data)}", error_of(parse_json, data)
    for text in (
        "x",
        5,
        "2026-01-01T00:00:00",
        "2026-02-30T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00+15:00",
        "2026-01-01T00:00:00.123456Z",
    ):
        yield f"timestamp {text}", error_of(parse_timestamp, text)
    yield "url", error_of(require_url, "x", "/id")


def contexts() -> Iterator[Case]:
    ob = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
    nested = {"@context": [V2, "urn:x:y"], "type": ["VerifiableCredential"], "@id": "x"}
    for document in (
        {},
        {"@context": V2},
        {"@context": []},
        {"@context": [ob, V2]},
        {"@context": [V2, V1, V2, None, {}, "urn:x:y"]},
        {"@context": [V2], "@graph": [], "a:b": {"@context": V2, "c": [{"@type": "x"}]}},
        {"@context": [V2], "a": [[{"@context": 5}]], "name": {"@value": "x", "@language": "en"}},
        {"@context": [V2], "name": {"@value": 5}, "x": {"@value": "x", "@type": "y"}},
        {"@context": [V2], "proof": [{"@context": [V2]}, {"@context": [ob], "@id": "x"}, 5]},
        {"@context": [V2], "proof": {"@context": V2, "a:b": {"@c": 1}}},
        {"@context": [V2], "proof": [5, {"@context": [ob]}]},
        {"@context": [V2], "verifiableCredential": [nested], "endorsement": nested},
        {"@context": [V2], "evidence": nested},
        {"@context": [V2], "endorsement": [[nested]]},
        {"@context": [V2], **{f"@{n}": n for n in range(30)}},
    ):
        found = context_findings(document, allowed_contexts=schemas.context_urls())
        yield str(document)[:120], findings(found)


def graded(document: dict[str, Any], level: str) -> None:
    """State a result at a level of the description that it refers to."""
    description = document["credentialSubject"]["achievement"]["resultDescription"][0]
    good = {"id": "urn:x:good", "type": ["RubricCriterionLevel"], "name": "Good"}
    description["rubricCriterionLevel"] = [good, 5]
    document["credentialSubject"]["result"][0]["achievedLevel"] = level


def hashed(name: str, digits: int) -> dict[str, Any]:
    value = name + "0a" * (digits // 2) + "F" * (digits % 2)
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": value,
        "identityType": "emailAddress",
    }


def open_badges() -> Iterator[Case]:
    def changed(change: Any) -> dict[str, Any]:
        document = unsigned()
        change(document)
        return document

    def achievement(document: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = document["credentialSubject"]["achievement"]
        return found

    cases: list[tuple[str, Any]] = [
        ("context", lambda d: d["@context"].pop()),
        (
            "older",
            lambda d: d["@context"].__setitem__(1, d["@context"][1].replace("3.0.3", "3.0.2")),
        ),
        ("subject", lambda d: d["credentialSubject"].pop("id")),
        ("achievement", lambda d: d["credentialSubject"].pop("achievement")),
        ("criteria", lambda d: achievement(d).update(criteria={})),
        ("type", lambda d: achievement(d).update(type="Badge")),
        ("kind", lambda d: achievement(d).update(achievementType="Diplom")),
        ("extension", lambda d: achievement(d).update(achievementType="xext:y")),
        ("credits", lambda d: achievement(d).update(creditsAvailable=1.005)),
        ("credits text", lambda d: achievement(d).update(creditsAvailable="5")),
        ("too many credits", lambda d: achievement(d).update(creditsAvailable=10_001)),
        ("negative", lambda d: d["credentialSubject"].update(creditsEarned=-1)),
        ("no number", lambda d: d["credentialSubject"].update(creditsEarned=float("nan"))),
        ("long", lambda d: d.update(image={"id": "urn:x:" + "y" * 262_144, "type": "Image"})),
        (
            "status of a result",
            lambda d: (
                achievement(d)["resultDescription"][0].update(resultType="Status"),
                d["credentialSubject"]["result"][0].update(status="Completed"),
            ),
        ),
        ("known level", lambda d: graded(d, "urn:x:good")),
        ("unknown level", lambda d: graded(d, "urn:x:bad")),
        ("hash", lambda d: d["credentialSubject"].update(identifier=[hashed("sha256$", 64)])),
        ("short hash", lambda d: d["credentialSubject"].update(identifier=[hashed("md5$", 31)])),
        ("two decimals", lambda d: d["credentialSubject"].update(creditsEarned=1.25)),
        (
            "result",
            lambda d: d["credentialSubject"]["result"][0].update(resultDescription="urn:x:y"),
        ),
        ("level", lambda d: d["credentialSubject"]["result"][0].update(achievedLevel="urn:x:y")),
        (
            "status",
            lambda d: achievement(d)["resultDescription"][0].update(resultType="Status"),
        ),
        ("image", lambda d: d.update(image={"id": "urn:x:y", "type": "Image", "digestSRI": "x"})),
        ("dates", lambda d: d.update(validFrom=["2026-01-01T00:00:00Z"], awardedDate="2026")),
        ("no dates", lambda d: d.pop("validFrom")),
        ("issuer", lambda d: d.update(issuer={"id": "urn:x:y", "type": "Other"})),
        ("status array", lambda d: d.update(credentialStatus=[status_entry(), status_entry()])),
        (
            "identity",
            lambda d: d["credentialSubject"].update(
                identifier=[
                    {
                        "type": "IdentityObject",
                        "hashed": True,
                        "identityHash": "x",
                        "identityType": "emailAddress",
                    },
                    {"type": "Other", "extra": 1},
                ]
            ),
        ),
        ("many", lambda d: achievement(d).update(alignment=[{} for _ in range(60)])),
        ("clr", lambda d: d.update(type=["VerifiableCredential", "ClrCredential"])),
        (
            "endorsement",
            lambda d: d.update(type=["VerifiableCredential", "EndorsementCredential"]),
        ),
        ("other", lambda d: d.update(type=["VerifiableCredential"])),
    ]
    for name, change in cases:
        yield name, findings(open_badge_findings(changed(change)))


def values() -> Iterator[Case]:
    def subject(achievement: dict[str, Any], **members: Any) -> dict[str, Any]:
        return {"credentialSubject": {"achievement": achievement, **members}}

    twice = [{"id": "x:1", "resultType": "ext:ECTSCredits", "valueMax": "5"}] * 2
    for document in (
        subject({"creditsAvailable": 5}, creditsEarned=6),
        subject({"creditsAvailable": -5}, creditsEarned="5"),
        {"credentialSubject": [subject({"creditsAvailable": True})["credentialSubject"]]},
        subject({"extensions:LevelExtension": {"Level": "a1"}}),
        subject(
            {"resultDescription": twice},
            creditsEarned=4,
            result=[{"resultDescription": "x:1", "value": "6"}],
        ),
        subject(
            {"alignment": [{"targetUrl": f"http://data.europa.eu/snb/eqf/{n}"} for n in (5, 6)]}
        ),
        *more_values(subject),
        *more_levels(subject),
    ):
        yield str(document)[:120], findings(value_findings(document))


def more_values(subject: Any) -> Iterator[dict[str, Any]]:
    """Build what is ambiguous, contradicts itself, or is one more than is read."""
    ects, hours = (
        {"id": f"x:{n}", "resultType": f"ext:{kind}", "valueMax": "5"}
        for n, kind in ((1, "ECTSCredits"), (2, "NotionalHours"))
    )
    level = {"targetUrl": "http://data.europa.eu/snb/eqf/5"}
    result = {"resultDescription": "x:1", "value": "5"}
    yield {"credentialSubject": [5, {}, {"achievement": 5}]}
    yield subject({"creditsAvailable": 0}, creditsEarned=0)
    yield subject({"creditsAvailable": True}, creditsEarned=False)
    yield subject({"resultDescription": [{"resultType": "LetterGrade"}] * 9, "EQF": 5})
    yield subject(
        {"resultDescription": [{**ects, "valueMax": "0"}]}, result=[{**result, "value": "0"}]
    )
    yield {"credentialSubject": {"achievement": [{"EQF": 4}, {"EQF": 5}]}}
    yield {"credentialSubject": {"type": "ClrSubject", "achievement": [{"EQF": 4}, {"EQF": 5}]}}
    yield subject({"creditsAvailable": [5, 6]}, creditsEarned=[5, 6])
    yield subject({"alignment": [{**level, "targetCode": ["5", "6"]}]})
    yield subject({"resultDescription": [{**ects, "valueMax": ["5", "6"]}]})
    yield subject({"resultDescription": [ects]}, result=[{**result, "value": ["4", "5"]}])
    yield subject({"ECTS": 3, "extensions:ECTSExtension": {"ECTS": 4}})
    yield subject({"SBU": 3, "extensions:StudyLoadExtension": {"StudyLoad": 4}})
    yield subject({"ECTS": 3, "extensions:ECTSExtension": {"ECTS": 3.0}})
    yield subject({"resultDescription": [ects], "creditsAvailable": 6}, creditsEarned=5)
    yield subject({"resultDescription": [ects], "creditsAvailable": 5}, creditsEarned=5)
    yield subject({"resultDescription": [ects, {**ects, "resultType": "ext:XCredits"}], "x": 1})
    yield subject(
        {"resultDescription": [ects, {**ects, "resultType": "ext:XCredits"}]}, creditsEarned=5
    )
    yield subject({"resultDescription": [ects]}, result=[result, {**result, "value": "4"}])
    yield subject({"resultDescription": [ects]}, result=[result, result])
    yield subject({"resultDescription": [ects]}, result=[result], creditsEarned=4)
    for status in ("Completed", "Failed", "InProgress", ["Completed"], 5):
        yield subject({"resultDescription": [ects]}, result=[{**result, "status": status}])
        yield subject(
            {"resultDescription": [ects]}, result=[{"resultDescription": "x:1", "status": status}]
        )
    for value in ("-5", "x", "", 5, None, "5.", "1.2.3", "1..2", ".5", "-.5", "--5", "\u0665"):
        yield subject({"resultDescription": [{**ects, "valueMax": value}]})
        yield subject({"resultDescription": [ects]}, result=[{**result, "value": value}])
    yield subject({"resultDescription": [hours]}, result=[{**result, "resultDescription": "x:2"}])
    yield subject(
        {"resultDescription": [hours]},
        result=[{"resultDescription": "x:2", "value": "6"}],
        creditsEarned=1,
    )


def more_levels(subject: Any) -> Iterator[dict[str, Any]]:
    """Build levels that contradict themselves, and as many values as are read, and one more."""
    ects, hours = (
        {"id": f"x:{n}", "resultType": f"ext:{kind}", "valueMax": "5"}
        for n, kind in ((1, "ECTSCredits"), (2, "NotionalHours"))
    )
    level = {"targetUrl": "http://data.europa.eu/snb/eqf/5"}
    for code in ("5", "05", "6", "level 6", "6 or 7", "x", ""):
        yield subject({"alignment": {**level, "targetCode": code}})
    named = {"targetType": "ext:QFLevel", "targetCode": "5", "targetName": "x"}
    yield subject({"alignment": [named]})
    yield subject({"alignment": [{**named, "targetUrl": f"urn:x:level:{n}"} for n in (5, 6)]})
    yield subject({"alignment": [{**named, "targetUrl": f"urn:{n}:level:5"} for n in (5, 6)]})
    others = [{**named, "targetUrl": f"urn:{n}:l:5", "targetFramework": str(n)} for n in (5, 6)]
    yield subject({"alignment": others})
    for most in (16, 17):
        many = [{**named, "targetUrl": f"urn:x:level:{n}"} for n in range(most)]
        yield subject({"alignment": many, "n": most})
        for units in (8, 9, 15, 16, 17):
            descriptions = [{**ects, "resultType": f"ext:U{n}Credits"} for n in range(units)]
            achievement = {"alignment": many, "resultDescription": descriptions}
            yield {"credentialSubject": [{"achievement": achievement}] * 2}
            yield {"credentialSubject": {"achievement": achievement}}
    for most in (8, 9):
        yield subject({"resultDescription": [hours] * most, "n": most})
    claim = {"specifiedBy": {"creditPoint": [{"point": 5}, {"point": 6}]}}
    yield {"credentialSubject": {"hasClaim": claim}}
    yield {"credentialSubject": {"hasClaim": {"specifiedBy": {"creditPoint": [{"point": 5}] * 2}}}}
    everything = [{"resultDescription": "x:1", "value": "5"}]
    yield {"credentialSubject": [{"achievement": {"alignment": many[:16]}}] * 17}
    yield {"credentialSubject": [{"achievement": {"alignment": many[:16]}}] * 16}
    yield subject({"resultDescription": [ects], "alignment": [level]}, result=everything)


def stated() -> Iterator[Case]:
    """Record what is read of stated values, and how they are written."""
    eqf = {"id": "http://data.europa.eu/snb/eqf/6", "prefLabel": {"en": ["Level 6"]}}
    nqf = {"id": "http://data.europa.eu/snb/qdr/c_670e54c7", "prefLabel": {"ga": "Leibhéal 6"}}
    ects = {"prefLabel": {"fr": "x", "en": ["European Credit Transfer System"]}}
    specifications: list[dict[str, Any]] = [
        {
            "eqfLevel": [5, eqf],
            "nqfLevel": [nqf],
            "creditPoint": [{"framework": ects, "point": "2"}],
        },
        {
            "nqfLevel": {"prefLabel": 5},
            "creditPoint": {"framework": {"prefLabel": ["Other"]}, "point": 3},
        },
        {"eqfLevel": eqf, "volumeOfLearning": "PT30M"},
        {"volumeOfLearning": "PT12H"},
        {"volumeOfLearning": "PT"},
        {"volumeOfLearning": "P1DT1H"},
        {"volumeOfLearning": 5},
        {"volumeOfLearning": "PT5M"},
        {"volumeOfLearning": "PT2H5M"},
        {"creditPoint": [{"point": "x"}, 5]},
        {"eqfLevel": [5, "http://data.europa.eu/snb/eqf/4"], "nqfLevel": {"id": "urn:x:4"}},
        {"nqfLevel": [{"prefLabel": {"de": "Stufe", "cs": "Stupeň"}}, {"prefLabel": ["b", "a"]}]},
        {"nqfLevel": {"prefLabel": {"de": "Stufe", "en": "Level"}}, "eqfLevel": {}},
        {"creditPoint": {"point": 2}},
        {"creditPoint": {"point": 2, "framework": {"prefLabel": "EUROPEAN CREDIT TRANSFER"}}},
        {},
    ]
    for specification in specifications:
        document = {"credentialSubject": {"hasClaim": {"specifiedBy": specification}}}
        yield str(specification)[:120], [asdict_of(value) for value in read_values(document)]
    nzqf = {"targetUrl": "urn:x:5", "targetType": "ext:NZQCFLevel", "targetCode": "5"}
    achievements: list[dict[str, Any]] = [
        {
            "alignment": [
                nzqf,
                {"targetUrl": "http://data.europa.eu/snb/eqf/6", "targetName": "Six"},
            ]
        },
        {"alignment": {"targetUrl": "https://publications.europa.eu/resource/authority/eqf/4"}},
        {"alignment": [{"targetType": "ext:EQF", "targetCode": "4", "targetFramework": "EQF"}, 5]},
        {"alignment": [{"targetType": "CFItem", "targetUrl": "urn:x:y"}, {"targetType": "ext:X"}]},
        {"alignment": [{"targetType": "ext:QualityAssurance", "targetUrl": "urn:x:y"}]},
        {"ECTS": 3.0, "SBU": 84, "EQF": 4},
        {"ECTS": {"x": 1}, "extensions:ECTSExtension": {"ECTS": 2.5}},
        {"extensions:EQFExtension": {"EQF": 9}, "extensions:StudyLoadExtension": {"StudyLoad": 9}},
        {"creditsAvailable": 7.5},
        {"EQF": 6.0, "Level": 6},
        {"EQF": "6", "Level": "x"},
        {"EQF": "6.0", "Level": "06"},
        {"extensions:LevelExtension": {"Level": [5]}, "EQFExtension": {"EQF": 5}},
        {"EQFExtension": {"Level": 5}, "OtherExtension": {"Other": 5}, "EQF": {"x": 5}},
        {"alignment": {"targetType": "ext:NLQFAlignment", "targetCode": "4"}},
        {"alignment": {"targetType": "ext:NLQF", "targetUrl": "urn:x:4", "targetName": "Four"}},
        {"alignment": {"targetType": "Level", "targetCode": "4"}},
        {"alignment": {"targetType": "ext:CFRubricLevel", "targetCode": "4"}},
        {"alignment": [{"targetType": "ext:XLevel", "targetName": name} for name in "ba"]},
        {"alignment": [{"targetType": "ext:XLevel", "targetCode": code} for code in "baab"]},
        {"StudyLoad": 100, "creditsAvailable": 5},
        {"resultDescription": {"id": "x:1", "resultType": "ext:ECTSCredits"}},
        {
            "resultDescription": [
                {"id": "x:1", "resultType": "ext:ECTSCredits", "valueMax": "5"},
                {"id": "x:2", "resultType": "ext:ECTSCredits", "valueMax": "6"},
            ]
        },
        {
            "resultDescription": [
                {"id": "x:1", "resultType": "ext:ECTSCredits", "valueMax": "5"},
                {"id": "x:2", "resultType": "ext:NotionalHours", "valueMax": "130"},
                {"id": "x:3", "resultType": "ext:NZQCFCredits", "valueMax": "10"},
            ]
        },
    ]
    results = [{"resultDescription": "x:1", "value": "4"}, {"resultDescription": "x:9"}, 5]
    for achievement in achievements:
        for members in ({}, {"creditsEarned": 2, "result": results}):
            document = {"credentialSubject": [{"achievement": achievement, **members}]}
            name = f"{str(achievement)[:110]} {len(members)}"
            yield name, [asdict_of(value) for value in read_values(document)]
    level = LevelStatement("EQF", "European Qualifications Framework", "6", "urn:x:6")
    for amount in ("5", "7.5", "7.25", "0", "0.01", "10000", "-1", "10000.01", "1/3"):
        credit = CreditStatement("ECTS", Fraction(amount))
        yield f"written {amount}", error_of(write_values, "urn:x:a", level=level, credit=credit)
        yield (
            f"hours {amount}",
            error_of(
                write_values,
                "urn:x:a",
                level=level,
                credit=CreditStatement("ECTS", Fraction(5)),
                hours=Fraction(amount),
            ),
        )


def asdict_of(value: Any) -> dict[str, Any]:
    return {**value.to_json(), "levels": [level._asdict() for level in value.levels]}


def lists() -> Iterator[Case]:
    encoded = status_list(5)["credentialSubject"]["encodedList"]
    short = status_list(bits=bytes(100))["credentialSubject"]["encodedList"]
    raw = base64.urlsafe_b64decode(encoded[1:] + "==")
    double = "u" + base64.urlsafe_b64encode(raw + raw).rstrip(b"=").decode()
    cut = "u" + base64.urlsafe_b64encode(raw[:-4]).rstrip(b"=").decode()
    for name, value in (
        ("number", 5),
        ("other", "zAB"),
        ("text", "uAAAA"),
        ("short", short),
        ("one entry short", encode_list(bytes(16_383))),
        ("just enough", encode_list(bytes(16_384))),
        ("larger than allowed", encode_list(bytes(2_097_153))),
        ("no gzip", "u" + "A" * 400),
        ("two members", double),
        ("cut", cut),
        ("long", "u" * 1_048_577),
    ):
        yield name, error_of(lambda text: len(decode_list(text)), value)
    bits = decode_list(encoded)
    yield "bits", [index for index in range(40) if status_at(bits, index)]
    for index in (-1, 131_072, 131_071):
        yield f"index {index}", error_of(status_at, bits, index)


def report(document: Any, documents: Any = None, **world: Any) -> dict[str, Any]:
    """Record everything of a report but what passed, and the summary."""
    told = check(document, documents, **world).to_json()
    told["checks"] = [
        one
        for one in told["checks"]
        if one["outcome"] not in ("passed", "skipped") or "findings" in one or one["id"] == "trust"
    ]
    return told


def reports() -> Iterator[Case]:
    good = sign(unsigned())
    status = sign(unsigned(credentialStatus=status_entry("5")))
    tampered = {**good, "name": "changed"}
    both = sign(good, suite="eddsa-jcs-2022")
    broken = deepcopy(both)
    broken["proof"][0]["proofValue"] = both["proof"][1]["proofValue"]
    mine = TrustList.from_json({"issuers": [{"id": ISSUER, "name": "Poly"}]})
    vp = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": LEARNER,
        "verifiableCredential": [good, tampered],
    }
    presented = sign(vp, signer=STRANGER, proof_purpose="authentication", challenge="c", domain="d")
    web = unsigned(issuer={"id": "did:web:uni.example:trades", "type": ["Profile"]})
    cases: list[tuple[str, Any, Any, dict[str, Any]]] = [
        ("good", good, {}, {"trust": mine}),
        ("plainly known", good, {}, {"trust": TrustList.from_json({"issuers": [ISSUER]})}),
        (
            "known from a list",
            good,
            {},
            {"trust": TrustList.from_json({"list": {"name": "Q"}, "issuers": [{"id": ISSUER}]})},
        ),
        ("unknown issuer", good, {}, {"trust": TrustList({})}),
        ("tampered", tampered, {}, {}),
        ("expired", good, {}, {"now": datetime(2040, 1, 1, tzinfo=UTC)}),
        ("too early", good, {}, {"now": datetime(2020, 1, 1, tzinfo=UTC)}),
        ("stranger", sign(unsigned(), signer=STRANGER), {}, {}),
        ("purpose", sign(unsigned(), proof_purpose="authentication"), {}, {}),
        ("proof expired", sign(unsigned(), expires=NOW - timedelta(days=1)), {}, {}),
        ("proof of tomorrow", sign(unsigned(), created=NOW + timedelta(days=1)), {}, {}),
        ("set", both, {}, {}),
        ("broken set", broken, {}, {}),
        ("no key", {**good, "proof": {**good["proof"], "verificationMethod": "x"}}, {}, {}),
        ("web", sign(web), {}, {}),
        ("clear", status, {LIST_URL: status_list()}, {}),
        ("revoked", status, {LIST_URL: status_list(5)}, {}),
        ("unreachable", status, {}, {}),
        ("not a list", status, {LIST_URL: {}}, {}),
        ("null in list", status, {LIST_URL: {"a": None}}, {}),
        ("strange list", status, {LIST_URL: status_list(signer=STRANGER)}, {}),
        ("other list", status, {LIST_URL: status_list(id="urn:x:y")}, {}),
        ("old list", status, {LIST_URL: status_list(validUntil="2025-01-01T00:00:00Z")}, {}),
        ("short list", status, {LIST_URL: status_list(bits=bytes(9))}, {}),
        (
            "purpose of list",
            sign(unsigned(credentialStatus=status_entry("5", "suspension"))),
            {LIST_URL: status_list()},
            {},
        ),
        ("unknown purpose", sign(unsigned(credentialStatus=status_entry("5", "fun"))), {}, {}),
        (
            "wide entry",
            sign(unsigned(credentialStatus={**status_entry(), "statusSize": 2})),
            {},
            {},
        ),
        ("no index", sign(unsigned(credentialStatus=status_entry("x"))), {}, {}),
        ("recipient", good, {}, {"expected_recipient": "somebody"}),
        ("challenge", good, {}, {"expected_challenge": "c", "expected_domain": "d"}),
        (
            "schema",
            sign(unsigned(credentialSchema={"id": "https://x.example", "type": "JsonSchema"})),
            {},
            {},
        ),
        (
            "resource",
            sign(
                unsigned(
                    relatedResource={"id": "https://x.example", "digestMultibase": "u" + "A" * 43}
                )
            ),
            {},
            {},
        ),
        ("presentation", presented, {}, {"expected_challenge": "c", "expected_domain": "d"}),
        ("copied presentation", presented, {}, {}),
        (
            "nothing presented",
            sign(
                {n: v for n, v in vp.items() if n != "verifiableCredential"},
                signer=STRANGER,
                proof_purpose="authentication",
            ),
            {},
            {},
        ),
        (
            "envelope",
            {"@context": [V2], "type": "EnvelopedVerifiableCredential", "id": "data:,x"},
            {},
            {},
        ),
        ("no proof", unsigned(), {}, {}),
        ("empty", {}, {}, {}),
        ("array", [], {}, {}),
        ("jwt", b"eyJhbGciOiJFUzI1NiJ9.eyJ4IjoxfQ.AAAA", {}, {}),
        ("png", b"\x89PNG\r\n\x1a\n", {}, {}),
        ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", {}, {}),
        ("text", b"hello", {}, {}),
    ]
    for name, document, given, options in cases:
        yield name, report(document, given, **options)


def contained() -> Iterator[Case]:
    """Record reports on credentials with others inside, and on issuers that cannot be asked."""
    good = sign(unsigned())
    status = sign(unsigned(credentialStatus=status_entry("5")))
    endorsement = sign(
        {
            "@context": unsigned()["@context"],
            "id": "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a99",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "name": "Endorsement",
            "issuer": {"id": LEARNER, "type": ["Profile"]},
            "validFrom": "2026-01-15T09:00:00Z",
            "credentialSubject": {"id": "urn:x:y", "type": ["EndorsementSubject"]},
        },
        signer=STRANGER,
    )
    yield "endorsement of other", report(sign(unsigned(endorsement=[endorsement])))
    changed = {**endorsement, "id": "urn:x:z", "name": "x"}
    yield "bad endorsement", report(sign(unsigned(endorsement=[endorsement, changed])))
    yield "endorsement token", report(sign(unsigned(endorsementJwt=["eyJ.eyJ.x"])))
    many = {**good, "endorsement": [{**endorsement, "id": f"urn:x:{n}"} for n in range(3)]}
    for most in (2, 3):
        limits = replace(DEFAULT_LIMITS, embedded_credentials=most)
        yield f"many endorsements {most}", report(many, limits=limits)
    expired = sign(unsigned(validUntil="2026-02-01T00:00:00Z"))
    for name, component in (("bad", expired), ("open", status), ("none", 5)):
        record = unsigned_record(component, id="urn:x:r")
        yield f"record {name}", report({**record, "proof": good["proof"]})
    deep = sign(unsigned(endorsement=[endorsement]), signer=SIGNER)
    for nesting in (1, 2):
        yield f"nesting {nesting}", report(deep, nesting=nesting)
        yield f"nested status {nesting}", report(status, {LIST_URL: status_list()}, nesting=nesting)
        yield f"nested record {nesting}", report(sign(unsigned_record(good)), nesting=nesting)
    own = status_list(credentialStatus=[status_entry()])
    yield "list of itself", report(status, {LIST_URL: own})
    other_status = {"id": "urn:x:y", "type": "StatusList2021Entry"}
    yield "unknown kind of status", report({**good, "credentialStatus": other_status})
    achievement = unsigned()["credentialSubject"]["achievement"]["id"]
    for name, changes in (
        ("about the achievement", {"id": achievement}),
        ("about the issuer", {"id": ISSUER}),
        ("about the learner", {"id": LEARNER}),
        ("about the source", {"id": "urn:x:source"}),
        ("about the creator", {"id": "urn:x:creator"}),
        ("about nothing", {}),
    ):
        about = {"credentialSubject": {**changes, "type": ["EndorsementSubject"]}}
        bare = {member: value for member, value in endorsement.items() if member != "proof"}
        other = sign({**bare, **about}, signer=STRANGER)
        around = unsigned(endorsement=[other])
        around["credentialSubject"]["source"] = {"id": "urn:x:source", "type": ["Profile"]}
        maker = {"id": "urn:x:creator", "type": ["Profile"]}
        around["credentialSubject"]["achievement"]["creator"] = maker
        yield f"endorsement {name}", report(sign(around))
        plain = sign({**bare, **about, "type": ["VerifiableCredential"]}, signer=STRANGER)
        yield f"credential {name}", report(sign(unsigned(endorsement=[plain])))
        away = {"credentialStatus": status_entry("5"), **about}
        open_one = sign({**bare, **away}, signer=STRANGER)
        yield f"undecided endorsement {name}", report(sign(unsigned(endorsement=[open_one])))
    yield "no endorsement", report({**good, "endorsement": ["x", {"id": "urn:x:y"}]})
    web_method = "did:web:uni.example#" + good["proof"]["verificationMethod"].partition("#")[2]
    for name, method in (
        ("key in the fragment", web_method),
        ("another key in the fragment", "did:web:uni.example#" + method_of(STRANGER)[8:56]),
        ("half a key in the fragment", web_method[:-1]),
        ("P-256 in the fragment", "did:web:uni.example#" + P256.verification_key.to_multikey()),
        ("no key in the fragment", "did:web:uni.example#key-1"),
        ("no fragment", "did:web:uni.example"),
    ):
        for suite in ({}, {"cryptosuite": "bbs-2023"}, {"cryptosuite": "mine"}):
            proof = {**good["proof"], "verificationMethod": method, **suite}
            document = {**good, "issuer": {"id": "did:web:uni.example", "type": ["Profile"]}}
            yield f"{name} {suite}", report({**document, "proof": proof})


def changed(pointer: str, **members: Any) -> dict[str, Any]:
    """Change members of an object inside an unsigned badge; None takes one away."""
    document = unsigned()
    target: Any = document
    for step in pointer.split("/")[1:]:
        target = target[int(step)] if isinstance(target, list) else target[step]
    for name, value in members.items():
        target[name] = value
        if value is None:
            del target[name]
    return document


def linked_data() -> Iterator[Case]:
    """Record what is said of a document that would not be signed as it looks."""

    def lossless(document: dict[str, Any]) -> int:
        quads = to_dataset(document, load_context=schemas.load_context)
        require_round_trip(document, load_context=schemas.load_context)
        return len(quads)

    profile = {"id": ISSUER, "type": ["Profile"]}
    subject, course = "/credentialSubject", "/credentialSubject/achievement"
    described = f"{course}/resultDescription/0"
    inner = {**unsigned(), "id": "urn:x:inner", "validUntil": "2020-01-01T00:00:00Z"}
    for name, document in (
        ("plain", unsigned()),
        ("nothing", {"@context": [V2]}),
        ("no context", changed("", **{"@context": None})),
        ("unknown context", changed("", **{"@context": [V2, "urn:x:y"]})),
        ("context of no form", changed("", **{"@context": [V2, 5]})),
        ("protected", changed("", **{"@context": [V2, {"name": "urn:x:name"}]})),
        ("null context", changed("", **{"@context": [V2, None]})),
        ("bad term", changed("", **{"@context": [V2, {"x": 5}]})),
        ("undefined term", changed("", honours="yes")),
        ("undefined term below", changed(f"{course}/alignment/0", honours="yes")),
        ("undefined type", changed("/issuer", type=["Profil"])),
        ("relative id", changed(subject, id="alice")),
        ("blank node", changed(subject, id="_:b0")),
        ("language", changed("", name={"@value": "x", "@language": "no language"})),
        ("direction", changed("", name={"@value": "x", "@language": "ar", "@direction": "rtl"})),
        ("keyword", changed("", **{"@index": "1"})),
        ("id of no form", changed("", **{"@id": 5})),
        ("class of another name", unsigned(type=["VerifiableCredential", "AchievementCredential"])),
        ("other terms in a list", changed("", evidence=[{"id": "urn:x:y", f"{W3C}name": "x"}] * 2)),
        ("proof in other terms", {**unsigned(), "proof": {f"{SECURITY}domain": "x"}}),
        ("proofs in other terms", {**unsigned(), "proof": [{f"{SECURITY}domain": "x"}, {}]}),
        ("proofs of jcs", sign(sign(unsigned(), suite="eddsa-jcs-2022"), suite="eddsa-jcs-2022")),
        ("graph", {"@context": [V2], "@graph": [unsigned()]}),
        ("included", changed("", **{"@included": [{"id": "urn:x:y"}]})),
        ("list", changed(described, allowedValue=["low", "high"])),
        ("list of nothing", changed(described, allowedValue=[])),
        ("class for property", changed(course, criteria=None, Criteria={"narrative": "x"})),
        ("full name", changed("", validUntil=None, **{f"{W3C}validUntil": "2030-01-01T00:00:00Z"})),
        ("number", changed(subject, creditsEarned=2.5)),
        ("large number", changed(subject, creditsEarned=1e22)),
        ("huge number", changed(subject, creditsEarned=10**400)),
        ("truth", changed(subject, creditsEarned=True)),
        ("description apart", changed(course, creator={**profile, "validUntil": "x"})),
        ("same description", changed(course, creator=profile)),
        ("other name", changed(course, creator={**profile, "name": "Another"})),
        ("narrative apart", changed("", evidence=[{"id": unsigned()["id"], "narrative": "x"}])),
        ("inner", changed("", endorsement=[inner])),
        ("inner of other terms", changed("", endorsement=[{**inner, f"{W3C}name": "x"}])),
    ):
        yield name, error_of(lossless, document)
    count = sum(1 for _value in places(unsigned()))
    for limit, most in (("values", count - 1), ("values", count), ("quads", 39), ("quads", 40)):
        limits = replace(DEFAULT_LIMITS, **{limit: most})
        found = error_of(
            lambda limits=limits: len(
                to_dataset(unsigned(), load_context=schemas.load_context, limits=limits)
            )
        )
        yield f"{most} {limit}", found
    for limit in ("values", "quads", "embedded_credentials"):
        limits = replace(DEFAULT_LIMITS, **{limit: 0})
        document = changed("", endorsement=[inner])
        for call in (to_dataset, require_round_trip):
            yield (
                f"{limit} {call.__name__}",
                error_of(
                    lambda call=call, document=document, limits=limits: bool(
                        call(document, load_context=schemas.load_context, limits=limits)
                    )
                ),
            )


def literals() -> Iterator[Case]:
    """Record how values are written as RDF literals."""
    double = "http://www.w3.org/2001/XMLSchema#double"
    for value in (
        *(True, False, 0, 5, -5, 5.0, 2.5, 0.25, -0.5, 1000.5, 123456789.125, 1e-7),
        *(10**21 - 1, 10**21, 1e21, 1e22, 1.5e300, 10**400, None, [1], {}, "", "x"),
    ):
        for datatype in (None, double, "urn:x:y", "no datatype"):
            item = {"@value": value} | ({} if datatype is None else {"@type": datatype})
            yield str(item)[:80], error_of(literal, item)
    yield "JSON", error_of(literal, {"@value": {"b": [1, 2.0], "a": "x"}, "@type": "@json"})
    for language in (None, "en", "EN-gb", "de-1996-x-y", "no language", "", "e" * 9):
        for direction in (None, "rtl"):
            tags = {"@language": language, "@direction": direction}
            item = {name: tag for name, tag in tags.items() if tag is not None}
            yield str(item), error_of(literal, {"@value": "x", **item})


def inside() -> Iterator[Case]:
    """Record what counts as a credential inside another one."""
    one = {"type": "VerifiableCredential", "@context": [V2], "id": "urn:x:1"}
    bare = {"type": ["EnvelopedVerifiableCredential"], "id": "data:,x"}
    deep = {**one, "endorsement": [one], "a": {"verifiableCredential": one}}
    for name, document in (
        ("none", {"a": [{"b": 5}]}),
        ("one", {"verifiableCredential": one}),
        ("one in brackets", {"endorsement": [one]}),
        ("several", {"endorsement": [one, 5, bare, [one]], "a": 5}),
        ("elsewhere", {"evidence": one, "a": [{"b": one}]}),
        ("below", {"a": [{"endorsement": one}, {"a/b": {"verifiableCredential": [one]}}]}),
        ("inside one another", {"endorsement": deep, "verifiableCredential": [deep, deep]}),
        ("no credential", {"endorsement": {"id": "x"}, "verifiableCredential": ["x", None]}),
        ("of no type", {"endorsement": [{**one, "type": None}, {**one, "type": [5]}]}),
        ("empty", {"endorsement": [], "verifiableCredential": {}}),
    ):
        yield f"embedded: {name}", [place for place, _one in embedded_credentials(document)]
        found = [(one.pointer, one.member) for one in contained_credentials(document)]
        yield f"contained: {name}", found
        yield f"without: {name}", without_embedded(document)


def making_proofs() -> Iterator[Case]:
    """Record why a proof cannot be made, or taken apart."""
    good = sign(unsigned(), suite="eddsa-jcs-2022", proof_id="urn:x:1")
    proof = good["proof"]
    yield "unknown previous proof", error_of(sign, good, previous_proof=["urn:x:2"])
    yield "previous proof of none", error_of(sign, unsigned(), previous_proof=["urn:x:2"])
    yield "no context", error_of(sign, {"a": 1}, suite="eddsa-jcs-2022")
    yield "key of another kind", error_of(sign, unsigned(), signer=P256)
    chain = sign(good, suite="eddsa-jcs-2022", proof_id="urn:x:3", previous_proof=["urn:x:1"])
    proofs = chain["proof"]
    for name, value in (
        ("none", None),
        ("no object", [proof, 5]),
        ("nine", [proof] * 9),
        ("eight", [{**proof, "id": f"urn:x:{n}"} for n in range(8)]),
        ("same id", [proof, proof]),
        ("gap", [proofs[1]]),
        ("no previous", [{**proof, "previousProof": []}]),
        ("previous of no form", [{**proof, "previousProof": [5]}]),
        ("itself", [{**proof, "previousProof": "urn:x:1"}]),
        ("circle", [{**proofs[0], "previousProof": "urn:x:3"}, proofs[1]]),
        ("chain", proofs),
        ("chain behind a proof without id", [{**proof, "id": 5}, *proofs]),
    ):
        secured = error_of(secured_proofs, {**good, "proof": value}, limits=DEFAULT_LIMITS)
        yield f"taken apart: {name}", secured
    for changes in (
        {},
        {"type": "RsaSignature2018"},
        {"type": "MyProof"},
        {"type": None},
        {"cryptosuite": "bbs-2023"},
        {"cryptosuite": "mine"},
        {"cryptosuite": 5},
    ):
        yield f"suite {changes}", error_of(lambda one: cryptosuite_of(one).name, proof | changes)
    for value in (None, 5, "", "x", "z0", "z" * 4_097, "z" * 4_096, proof["proofValue"]):
        found = error_of(decode_proof_value, {"proofValue": value}, limits=DEFAULT_LIMITS)
        yield f"value {str(value)[:9]} {len(str(value))}", found
    for limit in ("blank_nodes", "quads", "values"):
        environment = Environment(schemas.load_context, replace(DEFAULT_LIMITS, **{limit: 1}))
        told = error_of(EDDSA_RDFC_2022.transformation, unsigned(), environment, KeyType.ED25519)
        yield f"transformed: {limit}", told
    suite = CRYPTOSUITES["eddsa-jcs-2022"]
    for name, document, key in (
        ("good", unsigned(), SIGNER.verification_key),
        ("changed", {**unsigned(), "name": "x"}, SIGNER.verification_key),
        ("key of another", unsigned(), STRANGER.verification_key),
        ("key of another kind", unsigned(), P256.verification_key),
        ("other contexts", {**unsigned(), "@context": [V2]}, SIGNER.verification_key),
    ):
        yield name, error_of(verify_signature, suite, document, proof, key, ENVIRONMENT)


def checks() -> Iterator[Case]:
    """Record what single checks remark, whatever the others would say of the document."""
    listed = TrustList.from_json({"issuers": [{"id": ISSUER, "name": "Poly"}, "urn:x:y"]})
    for trust in (None, TrustList(), listed):
        for issuer in (ISSUER, {"id": "urn:x:y"}, "urn:x:z", None):
            found = check_trust({"issuer": issuer}, world(trust=trust))
            yield f"trust {trust} {issuer}", told(found)
    second = timedelta(seconds=1)
    for member in ("validFrom", "validUntil", "issuanceDate", "expirationDate"):
        for offset in (-61, -60, 0, 60, 61):
            date = format_timestamp(NOW + offset * second)
            yield f"{member} {offset}", told(check_validity({member: date}, world()))
        yield f"{member} of no form", told(check_validity({member: "2026"}, world()))
    yield "no period", told(check_validity({}, world()))
    for role, party in (("issuer", ISSUER), ("holder", None)):
        found = check_issuer(party, (), world(), expected_purpose="assertionMethod", role=role)
        yield f"nobody as {role}", told(found)
    proof = sign(unsigned(), suite="eddsa-jcs-2022")["proof"]
    away = {**proof, "verificationMethod": "did:web:uni.example#key-1"}
    for name, proofs in (("two", [proof, proof]), ("away", [away]), ("gap", [GAP | proof])):
        few = world(limits=replace(DEFAULT_LIMITS, proofs=1))
        several = {**unsigned(), "proof": proofs}
        found, evidence = check_proofs(several, few, few.environment.for_one_document())
        yield f"proofs: {name}", [told(found), len(evidence)]
        found = check_issuer(ISSUER, evidence, world(), expected_purpose="assertionMethod")
        yield f"issuer of proofs: {name}", told(found)
        found = check_issuer("did:web:uni.example", evidence, world(), expected_purpose="x")
        yield f"issuer away of proofs: {name}", told(found)
    other = {"id": "urn:x:y", "type": "StatusList2021Entry"}
    yield (
        "status of another kind",
        told(check_status({"credentialStatus": [other, 5]}, world(), examine_alone)),
    )
    for nesting, count in ((0, 0), (1, 1), (2, 1), (2, 16), (2, 17)):
        entries = [status_entry()] * count
        inside_another = world(nesting=nesting)
        found = check_status({"credentialStatus": entries}, inside_another, examine_alone)
        yield f"status {nesting} {count}", told(found)
    openbadges = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/x.json"
    for entry in ({"id": "https://x.example"}, {"id": openbadges}, {}, 5, [{"id": 5}, {}]):
        named = plain(credentialSchema=entry)
        yield f"schema {entry}", told(check_schema(named, world()))
    for document in (plain(), unsigned(), unsigned_record(), plain(type="EndorsementCredential")):
        yield f"form {document['type']}", told(check_schema(document, world()))


GAP = {"previousProof": "urn:x:y"}


def told(remarks: Iterable[Remark]) -> list[dict[str, Any]]:
    return [remark._asdict() for remark in remarks]


def descriptions() -> Iterator[Case]:
    """Record how documents, forms and values are described, and who or what was meant."""
    for recipient in (None, LEARNER, "x"):
        subject = {"credentialSubject": [5, {"id": LEARNER}]}
        found = check_recipient(subject, world(expected_recipient=recipient))
        yield f"recipient {recipient}", told(found)
    for resource in (None, {"id": V2}, {"id": V2, "digestMultibase": DIGEST}, {"id": "urn:x:y"}):
        document = {} if resource is None else {"relatedResource": [resource]}
        yield f"resource {resource}", told(check_resources(document))
    for document in (
        {},
        unsigned(name=None),
        unsigned(name="x" * 301, id=5, issuer="did:web:uni.example:trades"),
        unsigned(name="", issuer={"id": "did:web:", "name": {"@value": "x"}}),
        {"issuanceDate": "x", "expirationDate": "y", "validFrom": "z", "type": ["x", 5]},
        {"issuanceDate": "x", "expirationDate": "y", "type": "x", "@context": [V1]},
        {"name": ["x"], "credentialSubject": [{"id": "urn:x:y", "achievement": ["urn:x:z"]}]},
    ):
        yield f"summary {str(document)[:90]}", summarize(document)
    for data in (
        *(b"\xff\xd8\xff\xe0", b"\x89PNG", b"%PDF-1.7", b"%PDF", b"PK\x03\x04", b"PK"),
        *(b" <?xml?>", b"<svg/>", b"<html>", b"eyJ.e.A", b" eyJ.e.", b"eyJ.e", b"eyK.e.A"),
        *(b"eyJ.e.A~", b"eyJ.e.A~x~", b"eyJ.e.A=", b"x.y.z", b"{}", b""),
    ):
        yield f"form {data!r}", recognise(data)
    for document in (
        *({"credentialSubject": {"achievement": {n: 5}}} for n in ("EQF", "Level")),
        *worded(),
    ):
        yield f"words {str(document)[:200]}", [in_words(value) for value in read_values(document)]


def worded() -> Iterator[dict[str, Any]]:
    """Build values that are told in different words."""
    level = {"targetType": "ext:XLevel", "targetUrl": "urn:x:y"}
    for more in ({}, {"targetName": "N"}, {"targetFramework": "F", "targetCode": "5"}):
        for amounts in ({}, {"creditsAvailable": 5}, {"ECTS": 2.5, "SBU": 70}):
            achievement = {"alignment": [{**level, **more}], **amounts}
            for earned in ({}, {"creditsEarned": 4}):
                yield {"credentialSubject": {"achievement": achievement, **earned}}
    hours = {"id": "x:1", "resultType": "ext:NotionalHours", "valueMax": "5"}
    for results in ([], [{"resultDescription": "x:1", "value": "4"}]):
        achievement = {"resultDescription": [hours]}
        yield {"credentialSubject": {"achievement": achievement, "result": results}}


def verified() -> Iterator[Case]:
    """Record what is handed out, or why nothing is."""
    good = sign(unsigned())
    vp = {"@context": [V2], "type": ["VerifiablePresentation"], "holder": LEARNER}
    options: dict[str, Any] = {"signer": STRANGER, "proof_purpose": "authentication"}
    verifier = Verifier(world())
    for name, document in (
        ("credential", good),
        ("presentation", sign({**vp, "verifiableCredential": [good]}, **options)),
        ("presentation of nothing", sign(vp, **options)),
        ("presentation without a holder", sign(vp | {"holder": None}, **options)),
        ("two signers", sign(good, signer=STRANGER)),
        ("tampered", {**good, "name": "x"}),
        ("undecided", sign(unsigned(credentialStatus=status_entry()))),
        ("nothing", {}),
    ):
        for call in (verifier.verify, verifier.verify_presentation):
            found = error_of(
                lambda call=call, data=document: handed_out(call(serialize_json(data)))
            )
            yield f"{name} {call.__name__}", found
    for trust in (
        {},
        {"issuers": "x"},
        {"issuers": [5]},
        {"issuers": [{"id": 5}]},
        {"issuers": [{"name": "x"}]},
        {"issuers": ["did:x:y"], "list": {"name": 5}},
        {"issuers": ["did:x:y", {"id": "did:x:y", "name": "second"}, {"id": "did:x:z"}]},
        {"issuers": [{"id": "did:x:y", "name": "N"}], "list": {"name": "L"}},
        {"authorities": [{"id": "did:x:y", "frameworks": ["nz"]}]},
        {"other": 5},
    ):
        yield f"trust {trust}", error_of(TrustList.from_json, trust)


def handed_out(found: VerifiedCredential | VerifiedPresentation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "document": found.document,
        "methods": found.verification_methods,
        "verdict": found.report.verdict,
    }
    if isinstance(found, VerifiedCredential):
        return told | {"issuer": found.issuer, "value": found.value}
    return told | {"holder": found.holder, "credentials": len(found.credentials)}


def whole() -> Iterator[Case]:
    """Record whole reports, with what passed and what was skipped."""
    good = sign(unsigned())
    status = sign(
        unsigned(
            type=["VerifiableCredential"], credentialStatus=[status_entry(), status_entry("6")]
        )
    )
    vp = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": {"id": LEARNER},
        "verifiableCredential": [good],
    }
    options: dict[str, Any] = {"signer": STRANGER, "proof_purpose": "authentication"}
    for name, document, known in (
        ("good", good, {"expected_recipient": LEARNER}),
        ("of two proofs", sign(good, suite="eddsa-jcs-2022"), {}),
        ("status", status, {}),
        ("record", sign(unsigned_record(good, sign(badge()))), {"registers": registers()}),
        ("presentation", sign(vp, **options), {}),
        (
            "answering presentation",
            sign(vp, **options, challenge="c", domain=["d"]),
            {"expected_challenge": "c", "expected_domain": "d", "expected_recipient": LEARNER},
        ),
        ("presentation of nothing", sign(vp | {"verifiableCredential": []}, **options), {}),
        ("nothing for whom", sign(vp | {"verifiableCredential": []}), {"expected_recipient": "x"}),
        ("presentation by nobody", {**vp, "proof": good["proof"], "holder": {}}, {}),
        ("version 1.1", SHAPES["credential of version 1.1"], {}),
        ("not read", b"{", {}),
        ("no proof", unsigned(), {}),
        ("proof of tomorrow", sign(unsigned(), created=NOW + timedelta(days=1)), {}),
    ):
        yield name, check(document, {LIST_URL: status_list(6)}, **known).to_json()


def appraisals() -> Iterator[Case]:
    """Record what is said of values that are held against a register."""
    known = registers()
    away = edited(SOUND, "nz/accreditations.csv", "2020-01-01,,", "2020-01-01,2023-12-31,")
    other = badge(type=["VerifiableCredential"])
    other["credentialSubject"]["achievement"]["creator"] = {"id": LEARNER, "type": ["Profile"]}
    bare = badge()
    del bare["credentialSubject"]["achievement"]["resultDescription"]
    del bare["credentialSubject"]["result"]
    strange = badge()
    strange["credentialSubject"]["achievement"]["alignment"][0]["targetUrl"] = "urn:x:level:5"
    titled = badge()
    titled["credentialSubject"]["achievement"]["name"] = "Diploma of welding"
    for name, document in (
        ("accredited", badge()),
        ("listed", badge(LISTED)),
        ("listed otherwise", badge(LISTED, level="4")),
        ("no such level", badge(level="9")),
        ("of a higher level", badge(level="6+")),
        ("of another maker", other),
        ("unknown unit", bare),
        ("unknown framework", strange),
        ("forbidden title", titled),
        ("no value", unsigned(credentialSubject={"id": LEARNER, "type": ["AchievementSubject"]})),
    ):
        yield name, report(sign(document), registers=known)
    yield "not proven", report(sign(badge(LISTED), signer=STRANGER), registers=known)
    yield "accreditation over", report(sign(badge()), registers=registers(away))
    endorsing = sign(
        {
            "@context": unsigned()["@context"],
            "id": "urn:x:endorsement",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "name": "Endorsement",
            "issuer": {"id": did_key(STRANGER.verification_key), "type": ["Profile"]},
            "validFrom": "2026-01-15T09:00:00Z",
            "credentialSubject": {"id": COURSE, "type": ["EndorsementSubject"]},
        },
        signer=STRANGER,
    )
    for name, one in (("endorsed", endorsing), ("endorsed badly", endorsing | {"name": "x"})):
        endorsed = badge(type=["VerifiableCredential"], endorsement=[one])
        yield name, report(sign(endorsed), registers=registers(away))
    none = replace(DEFAULT_LIMITS, value_claims=0)
    yield "too many values", report(sign(badge()), registers=known, limits=none)


def work() -> Iterator[Case]:
    """Record what is said where one verification would take too much."""
    good = sign(unsigned(credentialStatus=[status_entry()]))
    record = sign(unsigned_record(sign(badge()), sign(badge(LISTED))))
    for limit, most in (
        ("proofs_altogether", 0),
        ("proofs_altogether", 1),
        ("canonicalized_values", 50),
        ("status_entries", 0),
        ("embedded_credentials", 0),
        ("quads", 5),
        ("values", 10),
        ("status_list_bytes", 10),
        ("value_claims", 1),
    ):
        limits = replace(DEFAULT_LIMITS, **{limit: most})
        for name, document in (("badge", good), ("record", record)):
            lists = {LIST_URL: status_list()}
            found = report(document, lists, limits=limits, registers=registers())
            yield f"{limit} {most} {name}", found


AREAS = {
    "appraisals": appraisals,
    "checks": checks,
    "contained": contained,
    "contexts": contexts,
    "data model": data_model,
    "descriptions": descriptions,
    "documents": documents,
    "inside": inside,
    "linked data": linked_data,
    "literals": literals,
    "lists": lists,
    "making proofs": making_proofs,
    "open badges": open_badges,
    "presentations": presentations,
    "proofs": proofs,
    "reports": reports,
    "stated": stated,
    "values": values,
    "verified": verified,
    "whole": whole,
    "work": work,
}
