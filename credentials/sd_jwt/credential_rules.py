"""The rules of SD-JWT-based Verifiable Digital Credentials (draft-ietf-oauth-sd-jwt-vc)."""

from __future__ import annotations

from collections.abc import Iterator

from credentials.errors import MalformedValueError
from credentials.findings import Finding
from credentials.json_types import JsonObject, JsonValue, pointer_to
from credentials.numeric_dates import parse_numeric_date
from credentials.sd_jwt.processing import ProcessedPayload

CREDENTIAL_TYPE = "dc+sd-jwt"
"""The `typ` of a credential (section "JOSE Header")."""

LEGACY_TYPE = "vc+sd-jwt"
"""The `typ` of drafts before November 2024; it is read, and never written."""

NOT_DISCLOSABLE = frozenset(
    {"aka_vcts", "cnf", "exp", "iss", "nbf", "status", "vct", "vct#integrity"}
)
"""Claims that MUST NOT be selectively disclosed, nor anything in them."""

DATES = ("exp", "iat", "nbf")
CLAUSE = "SD-JWT VC, JWT Claims Set"


def credential_findings(header: JsonObject, processed: ProcessedPayload) -> tuple[Finding, ...]:
    """Judge header and processed payload of a credential whatever its type.

    Obligations (draft-ietf-oauth-sd-jwt-vc, sections "JOSE Header" and "JWT Claims Set"):

    1. the header's type is that of a credential;
    2. no claim that decides about authenticity or validity can be kept back;
    3. `vct` names a type, and further types do not repeat it;
    4. registered claims are of their kinds.

    Codes: SD_JWT_TYPE, CLAIM_NOT_DISCLOSABLE, VCT_MISSING, CLAIM_MALFORMED; as a warning
    SD_JWT_TYPE_LEGACY.
    """
    claims = processed.claims
    return (
        *_type(header.get("typ")),
        *_disclosed(processed),
        *_types(claims),
        *_kinds(claims),
    )


def _type(typ: JsonValue) -> Iterator[Finding]:
    clause = "SD-JWT VC, JOSE Header"
    if typ == LEGACY_TYPE:
        text = f"The credential is of the old type {LEGACY_TYPE}; today it is {CREDENTIAL_TYPE}."
        yield Finding("SD_JWT_TYPE_LEGACY", "", text, clause, "warning")
    elif typ != CREDENTIAL_TYPE:
        text = f"The token is not of the type {CREDENTIAL_TYPE}, so it is no credential."
        yield Finding("SD_JWT_TYPE", "", text, clause)


def _disclosed(processed: ProcessedPayload) -> Iterator[Finding]:
    """Refuse what could be kept back of the claims that decide, whether it was kept back or not."""
    places = sorted((*processed.disclosed, *processed.hidden), key=str)
    for place in places:
        if place and place[0] in NOT_DISCLOSABLE:
            text = "A claim that decides whether the credential holds must not be one to keep back."
            yield Finding("CLAIM_NOT_DISCLOSABLE", pointer_to(place), text, CLAUSE)


def _types(claims: JsonObject) -> Iterator[Finding]:
    vct = claims.get("vct")
    if not isinstance(vct, str) or not vct:
        text = "The credential does not say of which type it is (vct)."
        yield Finding("VCT_MISSING", "/vct", text, "SD-JWT VC, vct Claim")
    others = claims.get("aka_vcts", ["-"])
    is_list = isinstance(others, list) and bool(others)
    if not is_list or not all(map(_is_text, others)) or vct in others:
        yield _malformed("aka_vcts", "further types of the credential")


def _kinds(claims: JsonObject) -> Iterator[Finding]:
    for name in ("iss", "sub", "jti", "vct#integrity"):
        if name in claims and not _is_text(claims[name]):
            yield _malformed(name, "a text")
    for name in DATES:
        if name in claims and not _is_date(claims[name]):
            yield _malformed(name, "a number of seconds since 1970")
    for name in ("cnf", "status"):
        if name in claims and not (isinstance(claims[name], dict) and claims[name]):
            yield _malformed(name, "an object with something in it")


def _is_text(value: JsonValue) -> bool:
    return isinstance(value, str) and bool(value)


def _is_date(value: JsonValue) -> bool:
    try:
        parse_numeric_date(value)
    except MalformedValueError:
        return False
    return True


def _malformed(name: str, kind: str) -> Finding:
    text = f"The claim {name} is not {kind}, as it must be."
    return Finding("CLAIM_MALFORMED", pointer_to((name,)), text, CLAUSE)
