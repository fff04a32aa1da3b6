"""Check "context": every term means what pinned contexts say, and nothing is lost."""

from __future__ import annotations

from credentials.data_model.credential import credential_version
from credentials.data_model.presentation import is_presentation
from credentials.errors import CredentialError
from credentials.json_types import JsonObject
from credentials.linked_data.reading import faithful_findings
from credentials.open_badges import open_badges_class
from verifier.checks.document import of_error
from verifier.checks.world import World, from_findings, passed
from verifier.report import Outcome, Remark


def check_context(document: JsonObject, world: World) -> tuple[Remark, ...]:
    """Check that the JSON and the signed RDF say the same.

    Obligations (VC Data Integrity 1.0 sections 2.4.1 and 4.6; JSON-LD 1.1 safe mode):

    1. contexts are pinned, or inline where the world allows it, in the right order and places;
    2. nothing is dropped or changed when the document becomes RDF;
    3. compacting what was expanded gives the document back;
    4. a credential of the older data model is said to be one.
    """
    # 1. to 3.
    try:
        findings = faithful_findings(
            document,
            load_context=world.load_context,
            allowed_contexts=world.allowed_contexts,
            allows_inline=world.allows_inline_contexts,
            limits=world.limits,
            passed=world.effort.round_trips,
        )
    except CredentialError as error:
        return (of_error(error),)
    if findings:
        return from_findings(findings)
    # 4.
    return (passed("Every term is defined by a known context."), *_older_model(document))


def _older_model(document: JsonObject) -> tuple[Remark, ...]:
    """Say of a credential of VCDM 1.1 that it is an older one, and what that means."""
    if credential_version(document) != "1.1" or is_presentation(document):
        return ()
    kind = "Open Badges 3.0 as first published" if open_badges_class(document) else "its time"
    text = (
        f"This is a legacy credential of the VC Data Model 1.1, by the rules of {kind}. It is "
        "judged like any other; newer software may not read it."
    )
    return (Remark(Outcome.WARNING, "LEGACY_DATA_MODEL", text, "/@context/0"),)
