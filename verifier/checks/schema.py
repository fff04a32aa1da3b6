"""Check "schema": the VC data model, and the Open Badges classes on top of it."""

from __future__ import annotations

from credentials.data_model.credential import credential_findings
from credentials.data_model.presentation import presentation_findings
from credentials.json_types import JsonObject
from credentials.open_badges import open_badge_findings, open_badges_class
from verifier.checks.named_schemas import named_schema_remarks
from verifier.checks.world import World, from_findings, passed
from verifier.report import Outcome, Remark


def check_schema(document: JsonObject, world: World) -> tuple[Remark, ...]:
    """Check the form of a credential.

    Obligations (VCDM 2.0 sections 4 and 7.1; Open Badges 3.0 sections 5 and 9.1):

    1. the credential satisfies the VC data model of its version;
    2. an Open Badges class satisfies the schema of that class;
    3. a schema that the credential names is applied if it is known here, and else mentioned.
    """
    remarks = from_findings(credential_findings(document) + open_badge_findings(document))
    kind = open_badges_class(document)
    if not any(remark.outcome is Outcome.FAILED for remark in remarks):
        form = f"an Open Badges 3.0 {kind}" if kind else "a W3C Verifiable Credential"
        remarks = (passed(f"The document has the form of {form}."), *remarks)
    return remarks + named_schema_remarks(document, kind)


def check_presentation_schema(document: JsonObject, world: World) -> tuple[Remark, ...]:
    """Check the form of a presentation (VCDM 2.0 section 4.13)."""
    remarks = from_findings(presentation_findings(document, world.limits))
    return remarks or (passed("The document has the form of a Verifiable Presentation."),)
