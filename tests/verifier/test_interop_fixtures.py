"""Signed JSON credentials of others (interop/): integrity, issuer, validity and status."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from tests.credentials.contexts import context_loader
from tests.factories import codes, world
from verifier.report import Outcome, VerificationReport
from verifier.verifier import Verifier

NOT_VERIFIED = {"Ed25519Signature2018"}
"""Proof types that nobody should use any longer: left undecided."""


def told(report: VerificationReport) -> str:
    """Say in the words of the index what the four checks found; the form is not judged there."""
    found = {one: codes_of(report, one) for one in ("proof", "issuer", "validity", "status")}
    if "ISSUER_MISMATCH" in found["issuer"]:
        return "reject_issuer_mismatch"
    if report.check("proof").outcome is not Outcome.PASSED:
        undecided = report.check("proof").outcome is Outcome.INDETERMINATE
        return "undecided" if undecided else "invalid"
    if report.check("issuer").outcome is not Outcome.PASSED:
        return "unbound"
    if "NOT_YET_VALID" in found["validity"]:
        return "not_yet_valid"
    ended = ["expired"] if "EXPIRED" in found["validity"] else []
    revoked = ["revoked"] if "REVOKED" in found["status"] else []
    is_open = report.check("status").outcome is Outcome.INDETERMINATE
    return "+".join(revoked + ended) or ("status_unverifiable" if is_open else "valid")


def codes_of(report: VerificationReport, check: str) -> set[str]:
    return {remark.code for remark in report.check(check).remarks}


def test_every_json_credential_of_others_gets_its_verdict(conformance: Path) -> None:
    index: dict[str, Any] = json.loads((conformance / "interop/index.json").read_text())
    served = {
        url: json.loads((conformance / "interop" / file).read_text())
        for url, file in index["url_map"].items()
    }
    entries = [entry for entry in index["entries"] if entry["format"] == "json"]
    assert (index["count"], len(entries)) == (77, 60)
    # Some of these use contexts that are for examples only, and are not pinned.
    verifier = Verifier(world(served, load_context=context_loader(conformance)))
    verdicts: Counter[str] = Counter()
    for entry in entries:
        report = verifier.check((conformance / "interop" / entry["file"]).read_bytes())
        kinds = {proof["type"] for proof in entry["proofs"]}
        verdict = told(report)
        verdicts[verdict] += 1
        if kinds & NOT_VERIFIED:
            assert verdict == "undecided", entry["file"]
            assert "UNSUPPORTED_PROOF" in codes(report)
            assert report.verdict.value != "valid"
            continue
        accepted = {entry["expected_verdict"], *entry.get("also_acceptable", ())}
        assert verdict in accepted, (entry["file"], verdict, codes(report))
        if accepted.isdisjoint({"valid"}):
            assert report.verdict.value != "valid", entry["file"]
    assert verdicts["undecided"] == 3
    assert verdicts["reject_issuer_mismatch"] == 11
    assert verdicts["valid"] >= 25
