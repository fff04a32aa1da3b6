"""Registered claims of a token, held against the document that the token secures.

A claim and a member can say the same thing, and then two readers could believe different ones; so
they must agree (Open Badges 3.0 section 8.2, Verify a Credential VC-JWT Signature; VC-JOSE-COSE
1.0 section 4.1; VCDM 1.1 section 6.3.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from credentials.data_model.credential import credential_version
from credentials.data_model.presentation import is_presentation
from credentials.errors import MalformedValueError
from credentials.findings import Finding
from credentials.json_types import JsonObject, JsonValue, as_list, id_of
from credentials.numeric_dates import numeric_date, parse_numeric_date
from credentials.open_badges import open_badges_class
from credentials.timestamps import format_timestamp, parse_timestamp

REGISTERED_CLAIMS = frozenset(
    {"aud", "cnf", "exp", "iat", "iss", "jti", "nbf", "nonce", "sub"},
)
"""Claims that may stand beside a document; whatever else is there belongs to the document."""

CLAUSE = "Open Badges 3.0 §8.2"
_TIMES = ("exp", "nbf")
_TEXTS = ("iss", "sub", "jti", "nonce")


class _Dates(NamedTuple):
    """The members that say from when and until when a document holds."""

    begin: str
    end: str


_DATES = {"1.1": _Dates("issuanceDate", "expirationDate"), "2.0": _Dates("validFrom", "validUntil")}


def claim_findings(
    document: JsonObject, claims: JsonObject, *, is_strict: bool
) -> tuple[Finding, ...]:
    """Judge the claims of a token by themselves and against its document.

    `is_strict` says that the token is not of a type of VC-JOSE-COSE: then `nbf` and `exp` repeat
    the document's dates, and an Open Badge must be repeated in `iss`, `jti` and `nbf`.  In the
    other types they are about the signature, and only judged as times.

    Codes: TOKEN_CLAIM_MALFORMED, TOKEN_CLAIM_MISMATCH, TOKEN_CLAIM_MISSING.
    """
    return tuple(_findings(document, claims, is_strict=is_strict))


def _findings(document: JsonObject, claims: JsonObject, *, is_strict: bool) -> Iterator[Finding]:
    malformed = tuple(_malformed(claims))
    yield from malformed
    if malformed:
        return
    yield from _parties(document, claims)
    if is_strict and not is_presentation(document):
        yield from _dates(document, claims)
        yield from _missing(document, claims)
    yield from _issued_at(claims)


def _malformed(claims: JsonObject) -> Iterator[Finding]:
    for name in _TEXTS:
        if name in claims and not (isinstance(claims[name], str) and claims[name]):
            yield _finding("TOKEN_CLAIM_MALFORMED", f"The token's claim {name} is not a text.")
    audience = as_list(claims.get("aud"))
    if "aud" in claims and not (audience and all(isinstance(one, str) for one in audience)):
        yield _finding("TOKEN_CLAIM_MALFORMED", "The token's claim aud names no audience.")
    for name in _TIMES:
        if name in claims and _instant(claims[name]) is None:
            text = f"The token's claim {name} is not a number of seconds since 1970."
            yield _finding("TOKEN_CLAIM_MALFORMED", text)


def _issued_at(claims: JsonObject) -> Iterator[Finding]:
    """Mention an `iat` of another form: it decides nothing, and published examples have one."""
    if "iat" in claims and _instant(claims["iat"]) is None:
        text = "The token's claim iat is not a number of seconds since 1970."
        yield Finding("TOKEN_CLAIM_MALFORMED", "", text, "RFC 7519 §4.1.6", "warning")


def _instant(value: JsonValue) -> datetime | None:
    try:
        return parse_numeric_date(value)
    except MalformedValueError:
        return None


def _parties(document: JsonObject, claims: JsonObject) -> Iterator[Finding]:
    """Hold `iss`, `jti` and `sub` against what the document says of the same things."""
    role = "holder" if is_presentation(document) else "issuer"
    if "iss" in claims and role in document and id_of(document[role]) != claims["iss"]:
        yield _mismatch("iss", f"/{role}")
    if "jti" in claims and "id" in document and document["id"] != claims["jti"]:
        yield _mismatch("jti", "/id")
    if "sub" in claims and not is_presentation(document):
        subjects = as_list(document.get("credentialSubject"))
        if len(subjects) != 1 or id_of(subjects[0]) != claims["sub"]:
            yield _mismatch("sub", "/credentialSubject/id")


def _dates(document: JsonObject, claims: JsonObject) -> Iterator[Finding]:
    """Hold `nbf` and `exp` against the validity period, to the second."""
    dates = _dates_of(document)
    for claim, member in (("nbf", dates.begin), ("exp", dates.end)):
        if claim in claims and member in document:
            stated = _seconds(document[member])
            # A date that cannot be read is judged where dates are.
            if stated is not None and stated != numeric_date(parse_numeric_date(claims[claim])):
                yield _mismatch(claim, f"/{member}")


def _seconds(value: JsonValue) -> int | None:
    try:
        return numeric_date(parse_timestamp(value))
    except MalformedValueError:
        return None


def _missing(document: JsonObject, claims: JsonObject) -> Iterator[Finding]:
    """Require the claims of Open Badges 3.0; published badges lack `sub`, which is mentioned."""
    if open_badges_class(document) is None:
        return
    for name in ("iss", "jti", "nbf"):
        if name not in claims:
            text = f"The token lacks the claim {name}, which Open Badges requires."
            yield _finding("TOKEN_CLAIM_MISSING", text)
    if "sub" not in claims and id_of(document.get("credentialSubject")) is not None:
        text = "The token does not repeat in its claim sub whom the badge is about."
        yield Finding("TOKEN_CLAIM_MISSING", "", text, CLAUSE, "warning")


class SignatureTimes(NamedTuple):
    """When a signature was made and in which time it counts, as far as only claims say so."""

    issued_at: datetime | None
    not_before: datetime | None
    expires: datetime | None


def signature_times(document: JsonObject, claims: JsonObject, *, is_strict: bool) -> SignatureTimes:
    """Read the times of a token, leaving out those that repeat the document's own dates."""
    repeated = _repeated(document) if is_strict and not is_presentation(document) else frozenset()
    times = {name: _instant(claims.get(name)) for name in ("nbf", "exp") if name not in repeated}
    return SignatureTimes(_instant(claims.get("iat")), times.get("nbf"), times.get("exp"))


def _repeated(document: JsonObject) -> frozenset[str]:
    dates = _dates_of(document)
    pairs = (("nbf", dates.begin), ("exp", dates.end))
    return frozenset(claim for claim, member in pairs if member in document)


def _dates_of(document: JsonObject) -> _Dates:
    return _DATES.get(credential_version(document) or "2.0", _DATES["2.0"])


def completed(document: JsonObject, claims: JsonObject, *, is_presentation: bool) -> JsonObject:
    """Copy a document of version 1.1 with the members that only claims say (VCDM 1.1 6.3.1).

    A document of version 2.0 is complete by itself.  Claims of a wrong form add nothing.
    """
    if credential_version(document) != "1.1" or tuple(_malformed(claims)):
        return document
    role = "holder" if is_presentation else "issuer"
    added: JsonObject = {"id": claims.get("jti"), role: claims.get("iss")}
    if not is_presentation:
        added["issuanceDate"] = _timestamp(claims.get("nbf"))
        added["expirationDate"] = _timestamp(claims.get("exp"))
    present = {name: value for name, value in added.items() if value is not None}
    return {**present, **document, **_with_ids(document, claims, role)}


def _timestamp(value: JsonValue) -> str | None:
    moment = None if value is None else _instant(value)
    return None if moment is None else format_timestamp(moment)


def _with_ids(document: JsonObject, claims: JsonObject, role: str) -> JsonObject:
    """Give the issuer and the one subject the ids that only claims say."""
    found: JsonObject = {}
    for member, claim in ((role, "iss"), ("credentialSubject", "sub")):
        value = document.get(member)
        if isinstance(value, dict) and "id" not in value and claim in claims:
            found[member] = {"id": claims[claim], **value}
    return found


def claims_repeating(document: JsonObject) -> JsonObject:
    """Build the claims that repeat a credential: iss, jti, sub, nbf, exp (Open Badges 3.0 8.2).

    What the credential does not say is left out; dates are whole seconds, as in comparing them.
    """
    dates, subjects = _dates_of(document), as_list(document.get("credentialSubject"))
    claims: JsonObject = {
        "iss": id_of(document.get("issuer")),
        "jti": document.get("id"),
        "sub": id_of(subjects[0]) if len(subjects) == 1 else None,
        "nbf": _seconds(document.get(dates.begin)),
        "exp": _seconds(document.get(dates.end)),
    }
    return {name: value for name, value in claims.items() if value is not None}


def _mismatch(claim: str, pointer: str) -> Finding:
    text = f"The token's claim {claim} says something else than the document in it."
    return Finding("TOKEN_CLAIM_MISMATCH", pointer, text, CLAUSE)


def _finding(code: str, message: str) -> Finding:
    return Finding(code, "", message, CLAUSE)
