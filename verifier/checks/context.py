"""Check "context": every term means what pinned contexts say, and nothing is lost."""

from __future__ import annotations

from credentials.errors import CredentialError
from credentials.json_types import JsonObject
from credentials.linked_data.context_policy import context_findings
from credentials.linked_data.round_trip import require_round_trip
from credentials.linked_data.safe_mode import to_dataset
from verifier.checks.document import of_error
from verifier.checks.world import World, from_findings, passed
from verifier.report import Outcome, Remark


def check_context(document: JsonObject, world: World) -> tuple[Remark, ...]:
    """Check that the JSON and the signed RDF say the same.

    Obligations (VC Data Integrity 1.0 sections 2.4.1 and 4.6; JSON-LD 1.1 safe mode):

    1. contexts are pinned, or inline where the world allows it, in the right order and places;
    2. nothing is dropped or changed when the document becomes RDF;
    3. compacting what was expanded gives the document back.
    """
    # 1. Without known contexts the other two obligations have nothing to stand on.
    findings = context_findings(
        document,
        allowed_contexts=world.allowed_contexts,
        allows_inline=world.allows_inline_contexts,
    )
    remarks = from_findings(findings)
    if any(remark.outcome is Outcome.FAILED for remark in remarks):
        return remarks
    # 2. and 3.
    try:
        to_dataset(document, load_context=world.load_context, limits=world.limits)
        require_round_trip(
            document,
            load_context=world.load_context,
            limits=world.limits,
            passed=world.effort.round_trips,
        )
    except CredentialError as error:
        return (*remarks, of_error(error))
    return (passed("Every term is defined by a known context."), *remarks)
