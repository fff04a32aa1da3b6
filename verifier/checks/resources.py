"""Check "resources": what the credential links to by digest."""

from __future__ import annotations

import schemas
from credentials.data_model.related_resources import related_resource_findings
from credentials.json_types import JsonObject
from verifier.checks.world import from_findings, passed, skipped
from verifier.report import Remark


def check_resources(document: JsonObject) -> tuple[Remark, ...]:
    """Compare the digests of linked resources (VCDM 2.0 section 5.3); nothing is fetched."""
    if "relatedResource" not in document:
        return (skipped("NO_RELATED_RESOURCES", "The credential links nothing by digest."),)
    remarks = from_findings(related_resource_findings(document, schemas.accepted_resource_digests))
    return remarks or (passed("Everything linked by digest is what it was."),)
