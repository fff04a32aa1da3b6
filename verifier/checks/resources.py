"""Check "resources": what the credential links to by digest."""

from __future__ import annotations

from collections.abc import Iterator

import schemas
from credentials.component_links import stack_proofs
from credentials.data_model.related_resources import digests_of, related_resource_findings
from credentials.data_urls import data_digests
from credentials.json_types import JsonObject, id_of, pointed
from verifier.checks.world import from_findings, passed, skipped
from verifier.report import Outcome, Remark


def check_resources(document: JsonObject) -> tuple[Remark, ...]:
    """Compare the digests of what is linked with what is at hand; nothing is fetched.

    Obligations (VCDM 2.0 sections 5.3 and 5.6):

    1. a related resource that is at hand (pinned here, or inside its own `data:` URL) has one of
       the digests of its known editions; one that is not at hand is told;
    2. the same holds for evidence with a digest.  The components of an award are left to its stack
       proof: their digests are of their content.
    """
    # 1.
    remarks = from_findings(related_resource_findings(document, _accepted_digests))
    # 2.
    remarks += tuple(_evidence(document))
    if remarks:
        return remarks
    if "relatedResource" not in document and not _has_digest(document):
        return (skipped("NO_RELATED_RESOURCES", "The credential links nothing by digest."),)
    return (passed("Everything linked by digest is what it was."),)


def _accepted_digests(url: str) -> frozenset[str]:
    return data_digests(url) or schemas.accepted_resource_digests(url)


def _with_digests(document: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    for pointer, item in pointed(document.get("evidence"), "/evidence"):
        if isinstance(item, dict) and {"digestSRI", "digestMultibase"} & item.keys():
            yield pointer, item


def _has_digest(document: JsonObject) -> bool:
    return any(data_digests(id_of(item) or "") for _pointer, item in _with_digests(document))


def _evidence(document: JsonObject) -> Iterator[Remark]:
    is_award = any(True for _proof in stack_proofs(document))
    for pointer, item in _with_digests(document):
        digests, accepted = set(digests_of(item)), data_digests(id_of(item) or "")
        if not accepted:
            if not is_award:
                text = "This evidence was not fetched, so its digest was not compared."
                yield Remark(Outcome.WARNING, "EVIDENCE_NOT_CHECKED", text, pointer)
        elif not digests or not digests <= accepted:
            text = "This evidence is not what the credential was made with."
            yield Remark(Outcome.FAILED, "EVIDENCE_DIGEST_MISMATCH", text, pointer)
