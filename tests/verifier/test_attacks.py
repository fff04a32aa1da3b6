"""The hostile documents of the conformance data, each refused for its own reason."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

from tests.factories import LIST_URL, check, codes, status_list

IN_PERIOD = datetime(2024, 3, 1, tzinfo=UTC)
VERDICTS = {"accept": {"valid"}, "reject": {"invalid"}, "either": {"valid", "invalid"}}

REASONS = {
    "JSON-LD keyword": {"JSON_LD_KEYWORD"},
    "absolute IRI key": {"ABSOLUTE_IRI_KEY"},
    "blank-node budget": {"ABSOLUTE_IRI_KEY", "TOO_COMPLEX"},
    "class term used as property": {"ROUND_TRIP"},
    "context": {"CONTEXT_NULL"},
    "context order": {"CONTEXT_NOT_FIRST"},
    "controller": {"ISSUER_MISMATCH"},
    "depth limit": {"TOO_DEEP"},
    "inline context": {"CONTEXT_INLINE"},
    "invalid IRI": {"ABSOLUTE_IRI_KEY"},
    "issuer != controller of verificationMethod": {"ISSUER_MISMATCH"},
    "length before decode": {"PROOF_VALUE_TOO_LONG"},
    "low-order public key": {"LOW_ORDER_KEY"},
    "multibase": {"PROOF_VALUE_MALFORMED"},
    "nested @context": {"CONTEXT_NESTED"},
    "no proof": {"NO_PROOF"},
    "not an object": {"NOT_AN_OBJECT"},
    "null value": {"NULL_VALUE"},
    "one of the set fails": {"SIGNATURE_INVALID", "PROOF_VALUE_MALFORMED"},
    "previousProof": {"PREVIOUS_PROOF_MISSING"},
    "proof": {"SIGNATURE_INVALID"},
    "proof expired": {"PROOF_EXPIRED"},
    "proof/controller": {"SIGNATURE_INVALID", "ISSUER_MISMATCH"},
    "protected term": {"CONTEXT_INLINE"},
    "purpose": {"PROOF_PURPOSE_MISMATCH"},
    "suite": {"SIGNATURE_INVALID", "UNKNOWN_CRYPTOSUITE"},
    "type": {"TIMESTAMP_MALFORMED", "SCHEMA_TYPE"},
    "undefined proof term": {"PROOF_UNDEFINED_MEMBER"},
    "undefined term": {"UNDEFINED_TERM"},
    "unknown context": {"CONTEXT_UNKNOWN"},
    "unknown context, no fetch": {"CONTEXT_UNKNOWN"},
    "@graph": {"JSON_LD_KEYWORD"},
}
"""The codes that stand for the reason that a case names."""


WITHOUT_REASON = {
    "subject-array1-rdfc": {"SCHEMA_TYPE"},
    "subject-array1-jcs": {"SCHEMA_TYPE", "SIGNATURE_INVALID"},
    "reorder-tags-jcs": {"SIGNATURE_INVALID"},
}
"""Cases that name no reason, since accepting and refusing are both allowed, with our answer.

Open Badges has one subject, never an array; and whoever signs JSON signs the order of arrays."""

RAW_CODES = {
    "raw-bigint": {"JSON_NUMBER"},
    "raw-bom": {"JSON_BOM"},
    "raw-comment": {"JSON_SYNTAX"},
    "raw-deep": {"TOO_DEEP"},
    "raw-dup-nfd": {"UNDEFINED_TERM"},
    "raw-dup-proof": {"JSON_DUPLICATE_KEY"},
    "raw-dup-top": {"JSON_DUPLICATE_KEY"},
    "raw-nan": {"JSON_NUMBER"},
    "raw-nul": {"CONTROL_CHARACTER", "SIGNATURE_INVALID"},
    "raw-proto": {"UNDEFINED_TERM"},
    "raw-single": {"JSON_SYNTAX"},
    "raw-surrogate": {"JSON_SURROGATE"},
    "raw-trail": {"JSON_SYNTAX"},
}
"""All that is wrong with each hostile text while it is in its period."""


def test_each_hostile_document_gets_its_verdict_for_its_own_reason(conformance: Path) -> None:
    cases = json.loads((conformance / "attacks/di-cases.json").read_text())
    assert len(cases) == 99
    lists = {LIST_URL: status_list()}
    wrong = []
    for case in cases:
        report = check(case["document"], lists, now=IN_PERIOD)
        if report.verdict.value not in VERDICTS[case["verdict_at_2024_03_01"]]:
            wrong.append((case["id"], report.verdict.value))
        if report.verdict.value == "valid":
            continue
        reasons = REASONS[case["error"]] if case["error"] else WITHOUT_REASON[case["id"]]
        if not reasons & codes(report, "failed"):
            wrong.append((case["id"], case["error"], codes(report)))
    assert wrong == []


def test_the_tables_name_only_reasons_and_cases_that_there_are(conformance: Path) -> None:
    cases = json.loads((conformance / "attacks/di-cases.json").read_text())
    assert {case["error"] for case in cases} == {*REASONS, ""}
    assert WITHOUT_REASON.keys() <= {case["id"] for case in cases if not case["error"]}
    raw = json.loads((conformance / "attacks/raw-json-cases.json").read_text())
    assert RAW_CODES.keys() == {case["id"] for case in raw}


def test_what_may_be_accepted_or_refused_is_always_refused(conformance: Path) -> None:
    cases = json.loads((conformance / "attacks/di-cases.json").read_text())
    for case in cases:
        if case["id"] in WITHOUT_REASON:
            report = check(case["document"], {LIST_URL: status_list()}, now=IN_PERIOD)
            assert codes(report) == WITHOUT_REASON[case["id"]], case["id"]


def test_no_hostile_document_is_accepted_when_all_have_expired(conformance: Path) -> None:
    cases = json.loads((conformance / "attacks/di-cases.json").read_text())
    lists = {LIST_URL: status_list()}
    for case in cases:
        report = check(case["document"], lists)
        assert report.verdict.value == "invalid", case["id"]
        if case["id"].startswith("ctl-"):
            assert codes(report) == {"EXPIRED"}


def test_the_controls_depend_on_their_status_list(conformance: Path) -> None:
    cases = json.loads((conformance / "attacks/di-cases.json").read_text())
    for case in cases[:2]:
        revoked = check(case["document"], {LIST_URL: status_list(5)}, now=IN_PERIOD)
        assert codes(revoked) == {"REVOKED"}
        unreachable = check(case["document"], {}, now=IN_PERIOD)
        assert unreachable.verdict.value == "indeterminate"
        assert codes(unreachable) == {"STATUS_RETRIEVAL_ERROR"}


def test_hostile_texts_are_refused_for_their_own_reason_at_any_time(conformance: Path) -> None:
    cases = json.loads((conformance / "attacks/raw-json-cases.json").read_text())
    assert len(cases) == 13
    lists = {LIST_URL: status_list()}
    for case in cases:
        data, wanted = base64.b64decode(case["body_base64"]), RAW_CODES[case["id"]]
        assert codes(check(data, lists, now=IN_PERIOD)) == wanted, case["id"]
        is_read = check(data).check("validity").decisive.code != "NOT_REACHED"
        now = wanted | ({"EXPIRED"} if is_read else set())
        assert codes(check(data, lists)) == now, case["id"]
