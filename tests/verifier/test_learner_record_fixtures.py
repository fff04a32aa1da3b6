"""The learner records of the 1EdTech validator (clr20/)."""

from __future__ import annotations

import json
from pathlib import Path

import schemas
from tests.credentials.contexts import context_loader
from tests.factories import check, codes, world
from tests.verifier.test_open_badges_fixtures import issuer_documents
from verifier.report import VerificationReport
from verifier.verifier import Verifier

FIRST_CONTEXT = "https://purl.imsglobal.org/spec/clr/v2p0/context.json"
"""Context of the first records, under VC data model 1.1; it is not pinned."""

REASONS = {
    "simple_v1.json": "ISSUER_UNCONFIRMED",
    "complex.json": "ISSUER_MISMATCH",
    "simple.jwt": "SCHEMA_TYPE",
    "simple-noproof.json": "NO_PROOF",
    "simple_old_safesigned.json": "CONTEXT_UNKNOWN",
}
"""What has to be found in each record that is not accepted."""


def judged(data: bytes, conformance: Path) -> VerificationReport:
    """Verify as somebody who knows the first context, too, and has documents of the issuers."""
    documents = {} if data.startswith(b"eyJ") else issuer_documents(data)
    known = schemas.context_urls() | {FIRST_CONTEXT}
    own_world = world(documents, load_context=context_loader(conformance), allowed_contexts=known)
    return Verifier(own_world).check(data)


def test_every_record_gets_its_verdict_for_the_right_reason(conformance: Path) -> None:
    expected = json.loads((conformance / "clr20/expected.json").read_text())
    assert len(expected["fixtures"]) == expected["count"] == 6
    for name, fixture in expected["fixtures"].items():
        data = (conformance / "clr20" / name).read_bytes()
        report = judged(data, conformance)
        if fixture["verdict_strict"] == "valid_if_key_is_listed":
            assert check(data).verdict.value == "indeterminate", name
            assert report.verdict.value == "valid", name
            continue
        assert report.verdict.value != "valid", name
        assert REASONS[name] in codes(report), (name, codes(report))
        if fixture["checks"]["signatures"].get("top") == "good":
            proofs = {remark.code for remark in report.check("proof").remarks}
            assert "SIGNATURE_INVALID" not in proofs, name
