"""What a credential of which a holder discloses parts may not be taken to say.

Whoever derives from an ecdsa-sd-2023 base proof leaves out what the issuer did not make mandatory,
and nothing shows what that was.  That something is absent is then no statement of the issuer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from credentials.json_types import JsonObject
from verifier.checks.proof import ProofEvidence
from verifier.checks.validity import BEGINNINGS, ENDS
from verifier.checks.world import World
from verifier.report import Outcome, Remark

STATUS_PREDICATE = "https://www.w3.org/2018/credentials#credentialStatus"
STATUS_VOCABULARIES = (
    "https://w3id.org/vc/status-list#",
    "https://www.w3.org/ns/credentials/status#",
)
"""Vocabularies of status entries: StatusList2021 and Bitstring Status List."""

VALUE_TERMS = frozenset(
    {
        "achievedLevel",
        "achievement",
        "alignment",
        "allowedValue",
        "creditsAvailable",
        "creditsEarned",
        "evidence",
        "requiredLevel",
        "requiredValue",
        "result",
        "resultDescription",
        "resultType",
        "status",
        "targetCode",
        "targetFramework",
        "targetName",
        "targetType",
        "targetUrl",
        "value",
        "valueMax",
        "valueMin",
    }
)
"""Terms that say what an achievement is worth, that it was not achieved, or what it is made of."""

WITHOUT_VALUES = (
    "http://purl.org/dc/",
    "http://www.w3.org/",
    "https://purl.imsglobal.org/",
    "https://schema.org/",
    "https://w3id.org/",
    "https://www.w3.org/",
)
"""Vocabularies that say nothing of worth beside `VALUE_TERMS`; terms of others are extensions."""

# Open Badges numbers some names of its vocabulary: achievement-0.
_LOCAL_NAME = re.compile(r"([A-Za-z]+)(?:-[0-9]+)?$")


def check_disclosure(
    document: JsonObject, evidence: tuple[ProofEvidence, ...], world: World, *, states_value: bool
) -> Iterator[tuple[str, Remark]]:
    """Judge what may have been left out; remarks come with the check that they belong to.

    Obligations (docs/selective-disclosure.md), if a proof is one of selective disclosure:

    1. it is said that parts may be missing;
    2. beginning and end of validity are disclosed, or the proof itself ends;
    3. a status is disclosed, and the issuer made every part of it mandatory;
    4. a value counts only if the issuer made mandatory what states and limits it.

    What 2 and 3 miss is undecided, because it may have been hidden, unless the caller trusts
    issuers to make such things mandatory (`World.accepts_undisclosed`).
    """
    found = [item for item in evidence if item.disclosure is not None]
    if not found:
        return
    # 1.
    text = "Its holder discloses parts of this credential. What is not here may still be in it."
    yield "proof", Remark(Outcome.WARNING, "SELECTIVELY_DISCLOSED", text, found[0].secured.pointer)
    left = {name for item in found if item.disclosure for name in item.disclosure.left_to_holder}
    absent = Outcome.WARNING if world.accepts_undisclosed else Outcome.INDETERMINATE
    # 2.
    ends = any("expires" in item.secured.proof for item in found)
    yield from (("validity", one) for one in _period(document, absent, ends=ends))
    # 3.
    yield from (("status", one) for one in _status(document, absent, left))
    # 4.
    if states_value and any(map(_is_of_value, left)):
        text = (
            "The holder may leave out parts of what the credential is worth, such as results that "
            "say otherwise."
        )
        code = "VALUE_LEFT_TO_HOLDER"
        yield "value", Remark(Outcome.INDETERMINATE, code, text, "/credentialSubject")


def check_presented_in_parts(evidence: tuple[ProofEvidence, ...]) -> Iterator[Remark]:
    """Leave a presentation undecided that somebody could have cut down after its holder signed."""
    if any(item.disclosure is not None for item in evidence):
        text = "This presentation can be cut down by whoever passes it on; parts may be missing."
        yield Remark(Outcome.INDETERMINATE, "PRESENTED_IN_PARTS", text, "/proof")


def _period(document: JsonObject, absent: Outcome, *, ends: bool) -> Iterator[Remark]:
    if not any(member in document for member in BEGINNINGS):
        text = "When it begins is not disclosed; that may lie in the future."
        yield Remark(absent, "START_UNDISCLOSED", text, "/validFrom")
    if not ends and not any(member in document for member in ENDS):
        text = "No end is disclosed; there may be one, and it may have passed."
        yield Remark(absent, "END_UNDISCLOSED", text, "/validUntil")


def _status(document: JsonObject, absent: Outcome, left: set[str]) -> Iterator[Remark]:
    if "credentialStatus" not in document:
        text = "No status is disclosed; there may be one, and it may be revoked."
        yield Remark(absent, "STATUS_UNDISCLOSED", text, "/credentialStatus")
    elif any(map(_is_of_status, left)):
        text = "The holder may choose which status to disclose; another one may be revoked."
        code = "STATUS_LEFT_TO_HOLDER"
        yield Remark(Outcome.INDETERMINATE, code, text, "/credentialStatus")


def _is_of_status(predicate: str) -> bool:
    return predicate == STATUS_PREDICATE or predicate.startswith(STATUS_VOCABULARIES)


def _is_of_value(predicate: str) -> bool:
    if not predicate.startswith(WITHOUT_VALUES):
        return True
    name = _LOCAL_NAME.search(predicate)
    return name is not None and name[1] in VALUE_TERMS
