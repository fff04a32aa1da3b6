"""Opening an SD-JWT that secures a W3C credential or presentation (VC-JOSE-COSE 1.0 section 3.2).

Its document is examined like one in any other token.  Its issuer may have let the holder keep back
anything, even an end or a status; so whoever reads it must not take silence for an answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from credentials.data_model.presentation import is_presentation
from credentials.jose.compact import CompactToken
from credentials.jose.contents import CREDENTIAL_TYPE, PRESENTATION_TYPE, contents_of
from credentials.json_types import JsonObject
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.sd_jwt.processing import ProcessedPayload
from credentials.strict_json import serialize_json
from verifier.checks.token import JsonWebToken
from verifier.checks.validity import ENDS
from verifier.checks.world import World, from_findings
from verifier.received import Received
from verifier.report import Outcome, Remark

JWT_TYPES = {"vc+sd-jwt": CREDENTIAL_TYPE, "vp+sd-jwt": PRESENTATION_TYPE}
"""Types of such tokens, with the types of tokens without disclosures whose rules they follow."""


def is_w3c(token: CompactToken, payload: JsonObject) -> bool:
    """Tell whether an SD-JWT has a W3C document in it, which has a vocabulary and no `vct`.

    Both specifications have used the type `vc+sd-jwt`.
    """
    return token.media_type in JWT_TYPES and "@context" in payload and "vct" not in payload


def open_w3c_sd_jwt(
    token: CompactToken, processed: ProcessedPayload, limits: Limits = DEFAULT_LIMITS
) -> Received:
    """Take the document out of a token whose disclosures were processed.

    The processed payload follows the rules of a token of the same kind without disclosures
    (VC-JOSE-COSE 1.0 sections 3.2.1 and 4); the signature stays that over the payload as it was
    received.  Raises what `contents_of` raises.
    """
    shown = token._replace(
        header={**token.header, "typ": JWT_TYPES[token.media_type or ""]},
        payload=serialize_json(processed.claims),
    )
    contents = contents_of(shown, limits=limits)
    token_of_document = JsonWebToken(shown, contents)
    return Received(contents.document, token_of_document, from_findings(contents.findings))


def undisclosed(
    document: JsonObject, processed: ProcessedPayload, world: World, *, states_value: bool
) -> Iterator[tuple[str, Remark]]:
    """Judge what may have been kept back; remarks come with the check that they belong to.

    Nothing shows what a digest without a disclosure stands for, only where it stands.  Obligations:
    1. it is said that something was kept back; 2. an end and a status count as absent only if
    nothing was kept back where they would stand, or if the caller trusts issuers not to allow that
    (`World.accepts_undisclosed`); 3. what would limit a stated value counts as absent only if
    nothing was kept back there, either.
    """
    # 1.
    if not processed.hidden:
        return
    text = "Its holder discloses parts of it. What is not here may still be in it."
    yield "proof", Remark(Outcome.WARNING, "SELECTIVELY_DISCLOSED", text)
    if is_presentation(document):
        return
    absent = Outcome.WARNING if world.accepts_undisclosed else Outcome.INDETERMINATE
    containers = {place[0] if place else "" for place in processed.hidden}
    # 2.
    if "" in containers and not any(name in document for name in ENDS):
        text = "No end is disclosed; there may be one, and it may have passed."
        yield "validity", Remark(absent, "END_UNDISCLOSED", text, "/validUntil")
    if "credentialStatus" in containers:
        text = "Not all of its status is disclosed; there may be another, and it may be revoked."
        code = "STATUS_LEFT_TO_HOLDER"
        yield "status", Remark(Outcome.INDETERMINATE, code, text, "/credentialStatus")
    elif "" in containers and "credentialStatus" not in document:
        text = "No status is disclosed; there may be one, and it may be revoked."
        yield "status", Remark(absent, "STATUS_UNDISCLOSED", text, "/credentialStatus")
    # 3.
    if states_value and containers & {"", "credentialSubject"}:
        text = "What was kept back may say that less was achieved than is shown."
        code = "VALUE_LEFT_TO_HOLDER"
        yield "value", Remark(Outcome.INDETERMINATE, code, text, "/credentialSubject")
