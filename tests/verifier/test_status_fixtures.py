"""Status lists and credentials with a status that others made, and those made to deceive."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.factories import LIST_URL, NOW, check, codes, sign, status_entry, status_list, unsigned
from verifier.report import Verdict

AT = (NOW, datetime(2026, 3, 1, tzinfo=UTC))
"""The reference time, and a time when the credentials of the tests are valid as well."""

INDEX_CODES = {
    "revoked": {"REVOKED"},
    "ok": set(),
    "RANGE_ERROR": {"RANGE_ERROR"},
    "MALFORMED": {"STATUS_MALFORMED", "MALFORMED_VALUE_ERROR"},
    "MALFORMED (must be string)": {"STATUS_MALFORMED", "REVOKED"},
}
"""What comes of an index, by how the expectation in words begins."""

LIST_CODES = {
    "ok-revoked-5": {"REVOKED"},
    "lsb-order": set(),
    "short-16383": {"STATUS_LIST_LENGTH_ERROR"},
    "bomb-64MiB": {"LIMIT_EXCEEDED"},
}
"""What comes of a list; any other is malformed."""


def listing(encoded: str) -> Any:
    subject = {**status_list()["credentialSubject"], "encodedList": encoded}
    return status_list(credentialSubject=subject)


def naming(index: object) -> Any:
    return sign(unsigned(credentialStatus={**status_entry(), "statusListIndex": index}))


def test_each_hostile_index_gets_its_answer(conformance: Path) -> None:
    cases = json.loads((conformance / "attacks/status-cases.json").read_text())
    served = {LIST_URL: listing(cases["lists"][0]["encodedList"])}
    assert len(cases["index_cases"]) == 11
    for index, words in cases["index_cases"]:
        expected = INDEX_CODES.get(words, INDEX_CODES["MALFORMED"])
        document = naming(index)
        for at in AT:
            report = check(document, served, now=at)
            assert codes(report) == expected, (index, words)
            assert (report.verdict is Verdict.VALID) is (words == "ok"), (index, words)


def test_each_hostile_list_gets_its_answer(conformance: Path) -> None:
    cases = json.loads((conformance / "attacks/status-cases.json").read_text())["lists"]
    assert len(cases) == 10
    document = naming("5")
    for case in cases:
        expected = LIST_CODES.get(case["id"], {"MALFORMED_VALUE_ERROR"})
        served = {LIST_URL: listing(case["encodedList"])}
        for at in AT:
            report = check(document, served, now=at)
            assert codes(report) == expected, case["id"]
            assert (report.verdict is Verdict.VALID) is (not expected), case["id"]


def test_the_wrong_order_of_bits_would_revoke_somebody_else(conformance: Path) -> None:
    cases = json.loads((conformance / "attacks/status-cases.json").read_text())["lists"]
    (mirrored,) = (case["encodedList"] for case in cases if case["id"] == "lsb-order")
    assert codes(check(naming("2"), {LIST_URL: listing(mirrored)})) == {"REVOKED"}


# What others made ----------------------------------------------------------------------------


def interop(conformance: Path) -> tuple[list[Any], dict[str, Any], datetime]:
    index = json.loads((conformance / "interop/index.json").read_text())
    assert len(index["entries"]) == index["count"] == 77
    at = datetime.fromisoformat(index["evaluation_time"])
    served = {
        url: json.loads((conformance / "interop" / file).read_text())
        for url, file in index["url_map"].items()
    }
    return index["entries"], served, at


def test_no_credential_of_others_passes_for_valid_against_its_status(conformance: Path) -> None:
    entries, served, at = interop(conformance)
    with_status = [entry for entry in entries if entry.get("status")]
    assert len(with_status) == 17
    for entry in with_status:
        data = (conformance / "interop" / entry["file"]).read_bytes()
        report = check(data, served, now=at)
        remarks = report.check("status").remarks
        expected = entry["expected_verdict"]
        allowed = {expected, *entry.get("also_acceptable", ())}
        (status,) = entry["status"]
        list_verdict = _verdict_on_list(served.get(status["list"]), at)
        found = {remark.code for remark in remarks}
        # The lists of the Digital Credentials Consortium have 100,000 entries, too few to hide
        # among, and are signed in a way that is read or not: either way they decide nothing.
        if status["list"] not in served:
            assert found == {"STATUS_RETRIEVAL_ERROR"}, entry["file"]
        elif list_verdict is Verdict.VALID:
            assert found == {"STATUS_LIST_LENGTH_ERROR"}, entry["file"]
        else:
            assert found == {"STATUS_VERIFICATION_ERROR"}, entry["file"]
        assert report.verdict is not Verdict.VALID, entry["file"]
        if "expired" in allowed:
            assert "EXPIRED" in codes(report), entry["file"]
        elif expected != "reject_issuer_mismatch":
            assert "status_unverifiable" in allowed, entry["file"]


def _verdict_on_list(served: Any, at: datetime) -> Verdict:
    return Verdict.INDETERMINATE if served is None else check(served, now=at).verdict


def test_status_lists_of_others_are_credentials_like_any(conformance: Path) -> None:
    entries, _served, at = interop(conformance)
    lists = [entry for entry in entries if entry["kind"] == "BitstringStatusListCredential"]
    assert len(lists) == 7
    for entry in lists:
        report = check((conformance / "interop" / entry["file"]).read_bytes(), now=at)
        found, expected = codes(report), entry["expected_verdict"]
        if expected == "reject_issuer_mismatch":
            assert "ISSUER_MISMATCH" in found, entry["file"]
        elif expected == "not_yet_valid":
            assert "NOT_YET_VALID" in found, entry["file"]
        else:
            # What is signed in a way that is not read here stays undecided.
            read = "invalid" if expected == "invalid" else "valid"
            undecided = "indeterminate" if "UNSUPPORTED_PROOF" in found else read
            assert report.verdict.value == undecided, entry["file"]
