"""Opening an SD-JWT that secures a W3C credential or presentation (VC-JOSE-COSE 1.0 section 3.2).

Its document is examined like one in any other token.  Its issuer may have let the holder keep back
anything, even an end or a status; so whoever reads it must not take silence for an answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from credentials.data_model.presentation import is_presentation
from credentials.jose.compact import CompactToken
from credentials.jose.contents import CREDENTIAL_TYPE, PRESENTATION_TYPE, contents_of
from credentials.json_types import JsonObject
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.sd_jwt.processing import ProcessedPayload
from credentials.strict_json import serialize_json
from verifier.checks.token import JsonWebToken
from verifier.checks.world import from_findings
from verifier.received import Received
from verifier.report import Outcome, Remark

JWT_TYPES = {"vc+sd-jwt": CREDENTIAL_TYPE, "vp+sd-jwt": PRESENTATION_TYPE}
"""Types of such tokens, with the types of tokens without disclosures whose rules they follow."""

DECISIVE = frozenset({"validUntil", "expirationDate", "credentialStatus"})
"""Members that end a credential."""


def is_w3c(token: CompactToken, payload: JsonObject) -> bool:
    """Tell whether an SD-JWT has a W3C document in it, which has a vocabulary and no `vct`.

    Both specifications have used the type `vc+sd-jwt`.
    """
    return token.media_type in JWT_TYPES and "@context" in payload and "vct" not in payload


def open_w3c_sd_jwt(
    token: CompactToken, processed: ProcessedPayload, limits: Limits = DEFAULT_LIMITS
) -> Received:
    """Take the document out of a token whose disclosures were processed.

    Obligations (VC-JOSE-COSE 1.0 sections 3.2.1 and 4): 1. the processed payload follows the rules
    of a token of the same kind without disclosures; 2. what may be kept back is told, and leaves
    undecided whether a credential has ended.

    The signature stays that over the payload as it was received.  Raises what `contents_of` raises.
    """
    # 1.
    shown = replace(
        token,
        header={**token.header, "typ": JWT_TYPES[token.media_type or ""]},
        payload=serialize_json(processed.claims),
    )
    contents = contents_of(shown, limits=limits)
    # 2.
    remarks = (*from_findings(contents.findings), *_kept_back(contents.document, processed))
    return Received(contents.document, JsonWebToken(shown, contents), remarks)


def _kept_back(document: JsonObject, processed: ProcessedPayload) -> Iterator[Remark]:
    hidden = processed.hidden
    if not hidden:
        return
    text = "A part of it was kept back, so there may be more to it than is shown here."
    yield Remark(Outcome.WARNING, "PARTS_KEPT_BACK", text)
    is_open = () in hidden and not document.keys() >= {"validUntil", "credentialStatus"}
    is_inside = any(place and place[0] in DECISIVE for place in hidden)
    if not is_presentation(document) and (is_open or is_inside):
        text = "What was kept back may be the end of the credential, or that it was withdrawn."
        yield Remark(Outcome.INDETERMINATE, "END_MAY_BE_HIDDEN", text)
