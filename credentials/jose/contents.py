"""What a signed token says: the credential or presentation in it, and the claims around that.

There are two forms.  The payload is the document itself, with registered claims beside its members
(VC-JOSE-COSE 1.0 section 3.1; Open Badges 3.0 section 8.2), or it has a `vc` or `vp` claim that
holds the document (VCDM 1.1 section 6.3.1), which the types `vc+jwt` and `vp+jwt` exclude.
"""

from __future__ import annotations

from dataclasses import dataclass

from credentials.data_model.common import PRESENTATION
from credentials.errors import MalformedValueError
from credentials.findings import Finding
from credentials.jose.claims import (
    REGISTERED_CLAIMS,
    SignatureTimes,
    claim_findings,
    completed,
    signature_times,
)
from credentials.jose.compact import HEADER_MEMBERS, CompactToken
from credentials.json_types import JsonObject, as_list, places
from credentials.limits import DEFAULT_LIMITS, Limits

GENERIC_TYPE = "jwt"
"""The `typ` of Open Badges 3.0 and of the older form."""

CREDENTIAL_TYPE = "vc+jwt"
PRESENTATION_TYPE = "vp+jwt"
"""The types of VC-JOSE-COSE, whose payload is nothing but the document and registered claims."""

CONTENT_TYPES = {
    CREDENTIAL_TYPE: frozenset({"vc", "vc+ld+json"}),
    PRESENTATION_TYPE: frozenset({"vp", "vp+ld+json"}),
}
"""What `cty` may say for each type, without "application/" (VC-JOSE-COSE 1.0 section 3.1)."""

HEADER_OF_CREDENTIALS = HEADER_MEMBERS | {"iss", "jwk"}
"""Members that the header of a credential may have besides (Open Badges 3.0 section 8.2.4: `jwk`).

A key in `jwk` is never believed: it has to be one that the issuer's own document lists."""

HIDING_NAMES = frozenset({"_sd", "_sd_alg", "..."})
"""Names that only tokens with selective disclosure have (RFC 9901 sections 4.1 and 4.2)."""

WRAPPING_CLAIMS = {"vc": CREDENTIAL_TYPE, "vp": PRESENTATION_TYPE}


@dataclass(frozen=True, slots=True)
class TokenContents:
    """The document in a token, its registered claims, and what is wrong between the two."""

    document: JsonObject
    claims: JsonObject
    times: SignatureTimes
    findings: tuple[Finding, ...]

    @property
    def party(self) -> str | None:
        """The party that `iss` names; the claims' findings have judged its form."""
        value = self.claims.get("iss")
        return value if isinstance(value, str) else None


def contents_of(
    token: CompactToken, *, media_type: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> TokenContents:
    """Take the document out of a token, whose signature is verified elsewhere.

    `media_type` is that of the data: URL around the token ("vc+jwt"); it counts if the token does
    not name its type itself.  Obligations (VC-JOSE-COSE 1.0 sections 3.1 and 4; Open Badges 3.0
    section 8.2; VCDM 1.1 section 6.3.1; RFC 8725 section 3.11):

    1. the payload is one JSON object, and nothing in it is hidden behind a digest (RFC 9901);
    2. the document is the payload or in its one `vc` or `vp` claim, never both;
    3. the token's type is one for such a document;
    4. no member of the payload is left over;
    5. claims and document do not contradict each other.

    Raises what `CompactToken.claims` raises, and `MalformedValueError` (TOKEN_TYPE_MISMATCH,
    TOKEN_CLAIM_FORBIDDEN, TOKEN_CLAIM_UNKNOWN, TOKEN_WITHOUT_DOCUMENT, TOKEN_HIDES_CLAIMS).
    """
    # 1.
    _require_nothing_hidden(payload := token.claims(limits))
    claims = _registered_claims(payload, token)
    # 2.
    wrapper, document = _document_in(payload)
    # 3.
    kind = PRESENTATION_TYPE if _is_presentation(document) else CREDENTIAL_TYPE
    stated = token.media_type or _without_prefix(media_type)
    _require_type(stated, kind, wrapper)
    _require_content_type(token, kind)
    # 4.
    if wrapper is not None:
        _require_nothing_else(payload, wrapper)
        document = completed(document, claims, is_presentation=kind == PRESENTATION_TYPE)
    # 5.
    return _judged(document, claims, is_strict=stated != kind)


def _judged(document: JsonObject, claims: JsonObject, *, is_strict: bool) -> TokenContents:
    times = signature_times(document, claims, is_strict=is_strict)
    findings = claim_findings(document, claims, is_strict=is_strict)
    return TokenContents(document, claims, times, findings)


def _require_nothing_hidden(payload: JsonObject) -> None:
    """Refuse an SD-JWT without its disclosures: what it hides may be its end or its status."""
    for _place, value in places(payload):
        if isinstance(value, dict) and HIDING_NAMES & value.keys():
            raise MalformedValueError(
                "The token hides parts of itself; it must come with what discloses them.",
                code="TOKEN_HIDES_CLAIMS",
            )


def _registered_claims(payload: JsonObject, token: CompactToken) -> JsonObject:
    """Pick the registered claims; `iss` may be repeated in the header (RFC 7519 section 5.3)."""
    claims = {name: value for name, value in payload.items() if name in REGISTERED_CLAIMS}
    if "iss" not in token.header:
        return claims
    stated = token.header["iss"]
    if claims.get("iss", stated) != stated:
        raise MalformedValueError(
            "The token names two issuers, one in its header and one in its claims.",
            code="TOKEN_CLAIM_MISMATCH",
        )
    return {**claims, "iss": stated}


def _document_in(payload: JsonObject) -> tuple[str | None, JsonObject]:
    wrappers = sorted(WRAPPING_CLAIMS.keys() & payload.keys())
    if not wrappers:
        members = {name: item for name, item in payload.items() if name not in REGISTERED_CLAIMS}
        return None, members
    document = payload[wrappers[0]]
    if len(wrappers) > 1:
        raise _forbidden("The token holds a credential and a presentation at once.")
    if not isinstance(document, dict):
        raise MalformedValueError(
            f"The token's claim {wrappers[0]} is not a document.", code="TOKEN_WITHOUT_DOCUMENT"
        )
    return wrappers[0], document


def _is_presentation(document: JsonObject) -> bool:
    return PRESENTATION in as_list(document.get("type"))


def _without_prefix(media_type: str | None) -> str | None:
    return None if media_type is None else media_type.lower().removeprefix("application/")


def _require_type(stated: str | None, kind: str, wrapper: str | None) -> None:
    if stated not in (None, GENERIC_TYPE, kind):
        raise MalformedValueError(
            "The token's type is not that of the document in it.", code="TOKEN_TYPE_MISMATCH"
        )
    if wrapper is None:
        return
    if stated == kind:
        raise _forbidden(f"A token of the type {kind} must not have a claim {wrapper}.")
    if WRAPPING_CLAIMS[wrapper] != kind:
        raise _forbidden(f"The token's claim {wrapper} holds another kind of document.")


def _require_content_type(token: CompactToken, kind: str) -> None:
    stated = token.header.get("cty")
    if stated is not None and _without_prefix(str(stated)) not in CONTENT_TYPES[kind]:
        raise MalformedValueError(
            "The token's content type is not that of the document in it.",
            code="TOKEN_TYPE_MISMATCH",
        )


def _require_nothing_else(payload: JsonObject, wrapper: str) -> None:
    """Refuse members beside the claim: another reader could take them for the document."""
    if payload.keys() - REGISTERED_CLAIMS - {wrapper}:
        raise MalformedValueError(
            f"The token has members beside its claim {wrapper} that are no registered claims; "
            "readers could take them for the document.",
            code="TOKEN_CLAIM_UNKNOWN",
        )


def _forbidden(message: str) -> MalformedValueError:
    return MalformedValueError(message, code="TOKEN_CLAIM_FORBIDDEN")
