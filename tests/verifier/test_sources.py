"""What a report says of the documents that were looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from keys.errors import UnresolvableError
from tests.factories import (
    LIST_URL,
    NOW,
    SIGNER,
    codes,
    sign,
    status_entry,
    status_list,
    unsigned,
    world,
)
from verifier.report import VerificationReport
from verifier.sources import Lookups, Origin, Retrieved
from verifier.verifier import Verifier

WEB = "did:web:uni.example:welding"
WEB_URL = "https://uni.example/welding/did.json"
METHOD = f"{WEB}#key-1"


def issuer_document(**changes: Any) -> JsonObject:
    method = {
        "id": METHOD,
        "type": "Multikey",
        "controller": WEB,
        "publicKeyMultibase": SIGNER.verification_key.to_multikey(),
    }
    return {"id": WEB, "verificationMethod": [method], "assertionMethod": [METHOD], **changes}


def badge(**changes: Any) -> JsonObject:
    issuer = {"id": WEB, "type": ["Profile"], "name": "Example Polytechnic"}
    return sign(unsigned(issuer=issuer, **changes), verification_method=METHOD)


@dataclass
class Session:
    documents: Mapping[str, Any]
    origin: Origin = Origin.LIVE
    at: datetime | None = NOW
    asked: list[str] = field(default_factory=list)
    kept: int = 0

    def retrieve(self, url: str) -> Retrieved:
        self.asked.append(url)
        if url not in self.documents:
            raise UnresolvableError("Nobody answers.", code="HOST_UNREACHABLE")
        return Retrieved(self.documents[url], self.origin, self.at)

    def keep(self) -> None:
        self.kept += 1


def check(document: JsonObject, session: Session, **options: Any) -> VerificationReport:
    resolver = Lookups(lambda: session, **options)
    return Verifier(world(resolver=resolver)).check(serialize_json(document))


def test_a_report_says_where_each_document_came_from_and_when() -> None:
    session = Session({WEB_URL: issuer_document(), LIST_URL: status_list()})
    report = check(badge(credentialStatus=status_entry()), session)
    assert report.to_json()["sources"] == [
        {"url": WEB_URL, "origin": "live", "retrieved_at": "2026-11-23T00:00:00Z"},
        {"url": LIST_URL, "origin": "live", "retrieved_at": "2026-11-23T00:00:00Z"},
    ]
    assert report.credential["issuer_shown_as"] == "uni.example/welding"


def test_a_document_that_could_not_be_had_is_told_with_the_reason() -> None:
    report = check(badge(), Session({}))
    assert report.verdict.value == "indeterminate"
    assert report.to_json()["sources"] == [
        {"url": WEB_URL, "origin": "none", "code": "HOST_UNREACHABLE"}
    ]
    assert "Nobody answers." in report.check("proof").decisive.detail


def test_a_credential_that_needs_nobody_has_no_sources() -> None:
    report = check(sign(unsigned()), Session({}))
    assert report.verdict.value == "valid"
    assert "sources" not in report.to_json()


def test_a_stale_document_is_a_warning_with_its_age_and_no_failure() -> None:
    at = NOW - timedelta(hours=3, minutes=20)
    report = check(badge(), Session({WEB_URL: issuer_document()}, Origin.STALE, at))
    assert report.verdict.value == "valid"
    assert "STALE_ISSUER_DOCUMENT" in codes(report, "warning")
    told = next(one for one in report.check("issuer").remarks if one.code.startswith("STALE"))
    assert "2026-11-22T20:40:00Z (3 h 20 min old)" in told.detail


def test_a_stale_status_list_is_a_warning_of_the_status() -> None:
    at = NOW - timedelta(minutes=7)
    session = Session({LIST_URL: status_list()}, Origin.STALE, at)
    report = check(sign(unsigned(credentialStatus=status_entry())), session)
    assert report.check("status").outcome.value == "warning"
    assert "(7 min old)" in report.check("status").decisive.detail


def test_each_document_is_asked_for_once_in_a_verification_and_anew_in_the_next() -> None:
    session = Session({WEB_URL: issuer_document(), LIST_URL: status_list()})
    entries = [status_entry("5"), status_entry("6")]
    document = badge(credentialStatus=entries)
    verifier = Verifier(world(resolver=Lookups(lambda: session)))
    for times in (1, 2):
        verifier.check(serialize_json(document))
        assert sorted(session.asked) == sorted([WEB_URL, LIST_URL] * times)


def test_what_cannot_be_had_is_asked_for_once_too() -> None:
    session = Session({})
    lookups = Lookups(lambda: session)
    for _time in range(3):
        with pytest.raises(UnresolvableError):
            lookups(WEB_URL)
    assert session.asked == [WEB_URL]


def test_a_document_cannot_have_many_others_looked_up() -> None:
    session = Session({})
    lookups = Lookups(lambda: session, most=3)
    for number in range(9):
        with pytest.raises(UnresolvableError) as caught:
            lookups(f"https://uni.example/{number}")
    assert caught.value.code == "TOO_MANY_LOOKUPS"
    assert len(session.asked) == len(lookups.sources) == 3


@pytest.mark.parametrize(
    ("document", "issuer", "kept"),
    [
        (badge(), issuer_document(), 1),
        (badge(validUntil="2026-02-01T00:00:00Z"), issuer_document(), 1),
        ({**badge(), "name": "changed"}, issuer_document(), 0),
        (badge(), issuer_document(id="did:web:evil.example"), 0),
        (badge(), issuer_document(assertionMethod=[]), 0),
        (badge(), "no document", 0),
        (badge(credentialStatus=status_entry()), issuer_document(), 0),
    ],
)
def test_documents_are_kept_only_if_a_proof_holds_by_them(
    document: JsonObject, issuer: object, kept: int
) -> None:
    session = Session({WEB_URL: issuer})
    check(document, session)
    assert session.kept == kept
