"""Keys come and go: what was signed with one that is retired, revoked or expired."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from credentials.json_types import JsonObject
from keys.signer import PrivateKeySigner
from tests.factories import (
    LIST_URL,
    NOW,
    SIGNER,
    STRANGER,
    check,
    codes,
    sign,
    status_entry,
    status_list,
    unsigned,
    unsigned_record,
)

OWNER = "did:web:uni.example"
URL = "https://uni.example/.well-known/did.json"
REVOKED = "2026-06-01T00:00:00Z"
BEFORE = datetime(2026, 5, 31, tzinfo=UTC)
AFTER = datetime(2026, 6, 1, tzinfo=UTC)


def method(signer: PrivateKeySigner, name: str, **dates: str) -> JsonObject:
    return {
        "id": f"{OWNER}#{name}",
        "type": "Multikey",
        "controller": OWNER,
        "publicKeyMultibase": signer.verification_key.to_multikey(),
        **dates,
    }


def owner(*methods: JsonObject, **changes: Any) -> dict[str, Any]:
    names = [one["id"] for one in methods]
    document = {"id": OWNER, "verificationMethod": list(methods), "assertionMethod": names}
    return {URL: {**document, **changes}}


def badge(signer: PrivateKeySigner, name: str, **options: Any) -> JsonObject:
    document = unsigned(issuer={"id": OWNER, "type": ["Profile"]})
    return sign(document, signer=signer, verification_method=f"{OWNER}#{name}", **options)


FIRST, SECOND = method(SIGNER, "first"), method(STRANGER, "second")


def test_a_retired_key_stands_beside_its_successor_and_both_verify() -> None:
    documents = owner(FIRST, SECOND)
    for signer, name in ((SIGNER, "first"), (STRANGER, "second")):
        assert check(badge(signer, name), documents).verdict.value == "valid"
    assert check(badge(SIGNER, "second"), documents).verdict.value == "invalid"


def test_a_key_that_was_taken_out_vouches_for_nothing() -> None:
    report = check(badge(SIGNER, "first"), owner(SECOND))
    assert codes(report) >= {"INVALID_VERIFICATION_METHOD"}
    withdrawn = owner(FIRST, SECOND, assertionMethod=[f"{OWNER}#second"])
    report = check(badge(SIGNER, "first"), withdrawn)
    assert codes(report) >= {"INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD"}


@pytest.mark.parametrize("created", [datetime(2020, 1, 1, tzinfo=UTC), BEFORE, AFTER, NOW])
def test_a_revoked_key_vouches_for_nothing_whatever_date_the_proof_bears(
    created: datetime,
) -> None:
    """Whoever has stolen a key chooses the date of a proof."""
    documents = owner(method(SIGNER, "first", revoked=REVOKED), SECOND)
    report = check(badge(SIGNER, "first", created=created), documents)
    assert codes(report) == {"KEY_REVOKED"}


def test_judging_as_of_an_earlier_day_does_not_undo_a_revocation() -> None:
    documents = owner(method(SIGNER, "first", revoked=REVOKED))
    report = check(badge(SIGNER, "first"), documents, now=BEFORE)
    assert codes(report) == {"KEY_REVOKED"}


@pytest.mark.parametrize(("known_since", "holds"), [(BEFORE, True), (AFTER, False), (NOW, False)])
def test_what_was_there_before_the_revocation_by_other_evidence_still_holds(
    known_since: datetime, holds: bool
) -> None:
    documents = owner(method(SIGNER, "first", revoked=REVOKED))
    report = check(badge(SIGNER, "first"), documents, known_since=known_since)
    if holds:
        assert report.verdict.value == "valid"
        assert "KEY_REVOKED_LATER" in codes(report, "warning")
    else:
        assert codes(report) == {"KEY_REVOKED"}


def test_evidence_about_a_credential_says_the_same_of_what_is_inside_it() -> None:
    documents = owner(method(SIGNER, "first", revoked=REVOKED))
    record = sign(unsigned_record(badge(SIGNER, "first")))
    assert check(record, documents).verdict.value == "invalid"
    assert check(record, documents, known_since=BEFORE).verdict.value == "valid"


def test_evidence_about_a_credential_says_nothing_of_its_status_list() -> None:
    """The list is of today, and whoever has stolen the key could have made it."""
    signed = sign(status_list_of_owner(), verification_method=f"{OWNER}#first", created=NOW)
    document = unsigned(
        issuer={"id": OWNER, "type": ["Profile"]}, credentialStatus=status_entry("5")
    )
    credential = sign(document, verification_method=f"{OWNER}#first")
    documents = {**owner(method(SIGNER, "first", revoked=REVOKED)), LIST_URL: signed}
    report = check(credential, documents, known_since=BEFORE)
    assert report.check("status").outcome.value == "indeterminate"


def status_list_of_owner() -> JsonObject:
    document = {**status_list(), "issuer": OWNER}
    return {name: value for name, value in document.items() if name != "proof"}


@pytest.mark.parametrize(
    ("expires", "code"), [("2026-11-23T00:00:00Z", "KEY_EXPIRED"), ("2026-11-23T00:00:01Z", None)]
)
def test_a_key_with_an_end_vouches_for_nothing_after_it(expires: str, code: str | None) -> None:
    documents = owner(method(SIGNER, "first", expires=expires))
    for known_since in (None, BEFORE):
        report = check(badge(SIGNER, "first"), documents, known_since=known_since)
        assert codes(report) == ({code} if code else set())


def test_an_issuer_profile_at_its_own_address_lists_its_keys() -> None:
    """Open Badges 3.0: the issuer is an https URL, and a Profile stands there."""
    profile_url = "https://uni.example/issuers/welding"
    key = {**method(SIGNER, "x"), "id": f"{profile_url}#key-1", "controller": profile_url}
    profile = {
        "@context": unsigned()["@context"],
        "id": profile_url,
        "type": ["Profile"],
        "name": "School of welding",
        "url": "https://uni.example",
        "verificationMethod": key,
        "assertionMethod": "#key-1",
    }
    document = unsigned(issuer={"id": profile_url, "type": ["Profile"]})
    credential = sign(document, verification_method=f"{profile_url}#key-1")
    assert check(credential, {profile_url: profile}).verdict.value == "valid"
    for wrong in (
        {**profile, "id": "https://uni.example/issuers/other"},
        {**profile, "assertionMethod": []},
        {**profile, "verificationMethod": {**key, "controller": "https://evil.example"}},
    ):
        assert check(credential, {profile_url: wrong}).verdict.value == "invalid"
