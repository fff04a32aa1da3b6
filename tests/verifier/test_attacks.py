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


def test_each_hostile_document_gets_its_verdict_for_its_own_reason(conformance: Path) -> None:
    cases = json.loads((conformance / "attacks/di-cases.json").read_text())
    assert len(cases) == 99
    lists = {LIST_URL: status_list()}
    wrong = []
    for case in cases:
        report = check(case["document"], lists, now=IN_PERIOD)
        if report.verdict.value not in VERDICTS[case["verdict_at_2024_03_01"]]:
            wrong.append((case["id"], report.verdict.value))
        reasons = REASONS.get(case["error"], set())
        if report.verdict.value == "invalid" and reasons and not reasons & codes(report, "failed"):
            wrong.append((case["id"], case["error"], codes(report)))
    assert wrong == []


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


def test_hostile_texts_are_refused_before_they_are_understood(conformance: Path) -> None:
    cases = json.loads((conformance / "attacks/raw-json-cases.json").read_text())
    assert len(cases) == 13
    for case in cases:
        report = check(base64.b64decode(case["body_base64"]))
        assert report.verdict.value == "invalid", case["id"]
        wanted = {"undefined term": "context"}.get(case["why"], "document")
        assert report.check(wanted).outcome.value == "failed", case["id"]
