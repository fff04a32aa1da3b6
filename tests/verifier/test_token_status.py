"""The status of SD-JWT VCs in Token Status Lists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from credentials.json_types import JsonObject
from credentials.limits import Limits
from keys.did import did_key
from tests.factories import LIST_URL, NOW, STRANGER, codes, status_list
from tests.verifier.sd_jwts import (
    STATUS,
    badge_claims,
    issued,
    report_on,
    status_token,
    without_disclosures,
)
from tests.verifier.test_sources import Session
from verifier.report import Outcome, Verdict, VerificationReport
from verifier.sources import Lookups, Origin
from verifier.status_memory import NewestLists


def report(token: Any, status: JsonObject = STATUS, **changes: Any) -> VerificationReport:
    documents = {} if token is None else {LIST_URL: token}
    return report_on(issued(badge_claims(status=status)), documents, **changes)


def test_a_credential_that_is_not_withdrawn_is_valid() -> None:
    found = report(status_token())
    assert found.verdict is Verdict.VALID, codes(found)
    assert found.check("status").outcome is Outcome.PASSED


@pytest.mark.parametrize(("status", "code"), [(1, "REVOKED"), (2, "SUSPENDED")])
def test_a_withdrawn_credential_is_invalid_whatever_is_kept_back(status: int, code: str) -> None:
    token = status_token({5: status})
    assert codes(report(token)) == {code}
    hidden = without_disclosures(issued(badge_claims(status=STATUS)))
    found = report_on(hidden, {LIST_URL: token})
    assert (found.verdict, codes(found)) == (Verdict.INVALID, {code})


@pytest.mark.parametrize("neighbour", [4, 6])
def test_the_status_of_a_neighbour_is_not_taken_for_it(neighbour: int) -> None:
    assert report(status_token({neighbour: 1})).verdict is Verdict.VALID


@pytest.mark.parametrize("status", [3, 4, 11, 15, 255])
def test_a_status_without_a_known_meaning_decides_nothing(status: int) -> None:
    found = report(status_token({5: status}, bits=8))
    assert (found.verdict, codes(found)) == (Verdict.INDETERMINATE, {"UNKNOWN_STATUS"})


def test_a_list_that_cannot_be_had_decides_nothing() -> None:
    found = report(None)
    assert (found.verdict, codes(found)) == (Verdict.INDETERMINATE, {"STATUS_RETRIEVAL_ERROR"})


OTHER = did_key(STRANGER.verification_key)
OPEN: dict[str, tuple[Any, str]] = {
    "another issuer's": (status_token(signer=STRANGER), "STATUS_VERIFICATION_ERROR"),
    "another list": (status_token(subject=f"{LIST_URL}0"), "STATUS_VERIFICATION_ERROR"),
    "names another issuer": (status_token(issuer=OTHER), "STATUS_VERIFICATION_ERROR"),
    "ended": (status_token(expires=NOW - timedelta(minutes=2)), "STATUS_LIST_OUTDATED"),
    "suspended, ended": (
        status_token({5: 2}, expires=NOW - timedelta(minutes=2)),
        "STATUS_LIST_OUTDATED",
    ),
    "from the future": (
        status_token(issued_at=NOW + timedelta(minutes=2)),
        "STATUS_LIST_IN_FUTURE",
    ),
    "changed": (status_token()[:-6] + "AAAAAA", "SIGNATURE_INVALID"),
    "JSON": (status_list(), "STATUS_LIST_TYPE"),
    "an SD-JWT": (issued().to_compact(), "TOKEN_MALFORMED"),
    "a credential": (issued().issuer_jwt, "STATUS_LIST_TYPE"),
    "nothing": ("", "TOKEN_MALFORMED"),
    "number": (1, "STATUS_LIST_TYPE"),
}


@pytest.mark.parametrize("name", OPEN)
def test_a_list_that_is_wrong_decides_nothing(name: str) -> None:
    token, code = OPEN[name]
    found = report(token)
    assert (found.verdict, codes(found)) == (Verdict.INDETERMINATE, {code})


def test_a_revocation_counts_in_a_list_that_has_ended() -> None:
    found = report(status_token({5: 1}, expires=NOW - timedelta(days=9)))
    assert (found.verdict, codes(found)) == (Verdict.INVALID, {"REVOKED"})


def test_a_list_beyond_its_time_to_live_is_mentioned() -> None:
    found = report(status_token(issued_at=NOW - timedelta(days=1)))
    assert found.verdict is Verdict.VALID
    assert codes(found, "warning") == {"STATUS_LIST_STALE"}
    assert report(status_token(time_to_live=None, expires=None)).verdict is Verdict.VALID


ENTRIES: dict[str, tuple[JsonObject, str]] = {
    "other mechanism": ({"other": {}}, "UNKNOWN_STATUS_TYPE"),
    "text": ({"status_list": "x"}, "STATUS_MALFORMED"),
    "no index": ({"status_list": {"uri": LIST_URL}}, "STATUS_MALFORMED"),
    "no address": ({"status_list": {"idx": 5}}, "STATUS_MALFORMED"),
    "index as text": ({"status_list": {"idx": "5", "uri": LIST_URL}}, "STATUS_MALFORMED"),
    "negative": ({"status_list": {"idx": -1, "uri": LIST_URL}}, "STATUS_MALFORMED"),
    "true": ({"status_list": {"idx": True, "uri": LIST_URL}}, "STATUS_MALFORMED"),
    "fraction": ({"status_list": {"idx": 5.5, "uri": LIST_URL}}, "STATUS_MALFORMED"),
    "beyond": ({"status_list": {"idx": 64, "uri": LIST_URL}}, "RANGE_ERROR"),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_a_status_that_names_no_entry_decides_nothing(name: str) -> None:
    status, code = ENTRIES[name]
    found = report(status_token(), status)
    assert (found.verdict, codes(found)) == (Verdict.INDETERMINATE, {code})


def test_a_list_that_inflates_beyond_the_limit_decides_nothing() -> None:
    found = report(status_token(), limits=Limits(status_list_bytes=8))
    assert (found.verdict, codes(found)) == (Verdict.INDETERMINATE, {"STATUS_LIST_MALFORMED"})


def test_nothing_is_looked_up_for_a_credential_that_is_not_the_issuers() -> None:
    asked: list[str] = []

    def resolver(url: str) -> Any:
        asked.append(url)
        return status_token()

    forged = issued(badge_claims(status=STATUS), signer=STRANGER)
    found = report_on(forged, resolver=resolver)
    assert found.verdict is Verdict.INVALID
    assert found.check("status").decisive.code == "STATUS_NOT_LOOKED_UP"
    assert asked == []


def test_a_copy_of_a_list_that_nobody_serves_any_more_is_told_as_a_status() -> None:
    at = NOW - timedelta(hours=2)
    session = Session({LIST_URL: status_token()}, origin=Origin.STALE, at=at)
    sd_jwt = issued(badge_claims(status=STATUS))
    found = report_on(sd_jwt, resolver=Lookups(lambda: session))
    assert found.verdict is Verdict.VALID
    remarks = {one.code for one in found.check("status").remarks}
    assert "STALE_STATUS_LIST" in remarks
    assert session.kept == 1


def test_a_list_from_before_a_suspension_is_not_taken_for_the_newest() -> None:
    memory = NewestLists()
    newer = status_token({5: 2})
    older = status_token(issued_at=NOW - timedelta(hours=2))
    assert codes(report(newer, status_memory=memory)) == {"SUSPENDED"}
    found = report(older, status_memory=memory)
    assert (found.verdict, codes(found)) == (Verdict.INDETERMINATE, {"STATUS_LIST_ROLLBACK"})
    assert report(older).verdict is Verdict.VALID
    contradicting = status_token()
    assert codes(report(contradicting, status_memory=memory)) == {"STATUS_LIST_FORK"}
