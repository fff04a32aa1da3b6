"""Parts of checks "proof" and "issuer": who signed an SD-JWT VC, and with which key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from credentials.errors import (
    SECURITY_PROBLEM,
    CredentialError,
    IndeterminateError,
    IssuerBindingError,
)
from credentials.jose.compact import CompactToken, verify_token
from credentials.json_types import JsonObject
from credentials.timestamps import format_timestamp
from keys.controller_document import ResolvedKey, require_usable_at
from keys.errors import KeyMaterialError, UnresolvableError
from keys.issuer_metadata import key_in_metadata
from keys.token_keys import retrieve_token_key
from verifier.checks.controllers import controller_of
from verifier.checks.document import of_error
from verifier.checks.world import World, passed
from verifier.report import Outcome, Remark

PURPOSE = "assertionMethod"
"""What the key of an issuer must be for, in documents that tell purposes apart."""


@dataclass(frozen=True, slots=True)
class IssuerEvidence:
    """What became of the signatures: remarks, and the keys that hold."""

    remarks: tuple[Remark, ...]
    keys: tuple[ResolvedKey, ...]


def issuer_of(claims: JsonObject) -> str | None:
    """Read the issuer that a payload names; the form of the claim is judged elsewhere."""
    issuer = claims.get("iss")
    return issuer if isinstance(issuer, str) and issuer else None


def check_signatures(
    tokens: tuple[CompactToken, ...], issuer: str | None, world: World
) -> IssuerEvidence:
    """Check every signature over the payload; there is one, or several in a JSON serialization.

    Obligations, for each of them (RFC 9901 section 7.1 steps 2a to 2c; draft-ietf-oauth-sd-jwt-vc,
    section "Issuer Verification Key Discovery and Validation"):

    1. the payload names the issuer, since certificates (`x5c`) are not read here;
    2. the key is found in what the issuer publishes: its controller document, or JWT VC Issuer
       Metadata;
    3. the algorithm is that of the key, and the signature holds.
    """
    try:
        world.spend_proofs(len(tokens))
    except IndeterminateError as error:
        return IssuerEvidence((of_error(error, Outcome.INDETERMINATE),), ())
    found = [_check_one(token, issuer, world) for token in tokens]
    keys = tuple(key for _remark, key in found if key is not None)
    return IssuerEvidence(tuple(remark for remark, _key in found), keys)


def _check_one(
    token: CompactToken, issuer: str | None, world: World
) -> tuple[Remark, ResolvedKey | None]:
    key: ResolvedKey | None = None
    try:
        # 1.
        _require_named(token, issuer)
        # 2.
        key = issuer_key(token.key_id, str(issuer), world)
        # 3.
        verify_token(token, key.key)
    except UnresolvableError as error:
        code = "UNSUPPORTED_X5C" if "x5c" in token.header else "KEY_UNRESOLVED"
        return Remark(Outcome.INDETERMINATE, code, str(error), "/iss"), None
    except KeyMaterialError as error:
        return Remark(Outcome.FAILED, error.code, str(error), "/iss"), None
    except IndeterminateError as error:
        return of_error(error, Outcome.INDETERMINATE), None
    except CredentialError as error:
        return of_error(error), None
    text = f"The signature ({token.algorithm}) holds: nothing was changed after signing."
    return passed(text), key


def _require_named(token: CompactToken, issuer: str | None) -> None:
    if issuer is not None:
        return
    if "x5c" in token.header:
        raise IndeterminateError(
            "The issuer is named by a certificate only; certificates are not read by this "
            "software.",
            code="UNSUPPORTED_X5C",
        )
    raise CredentialError(
        "The credential does not say who issued it.", code="ISSUER_MISSING", pointer="/iss"
    )


def issuer_key(key_id: str | None, issuer: str, world: World) -> ResolvedKey:
    """Find the key of an issuer that a token names by `kid`.

    An https issuer has its keys in JWT VC Issuer Metadata, unless the token names a verification
    method of the document at its own address, or there is no metadata to be had.
    Raises `KeyMaterialError`, among them `UnresolvableError` if nothing can be had.
    """
    is_method = key_id is not None and key_id.startswith(f"{issuer}#")
    if issuer.startswith("https://") and not is_method:
        try:
            return key_in_metadata(issuer, key_id, world.resolver)
        except UnresolvableError:
            pass
    return retrieve_token_key(
        key_id, issuer, None, PURPOSE, lambda controller: controller_of(controller, world)
    )


def check_sd_jwt_issuer(
    evidence: IssuerEvidence, issuer: str | None, world: World
) -> tuple[Remark, ...]:
    """Check that every key that signed is the issuer's, and may be used now.

    Obligations (RFC 9901 section 7.1 step 2c): 1. there is a key for every signature; 2. it is
    controlled by the issuer that the payload names; 3. it is neither revoked nor expired.
    """
    # 1.
    if len(evidence.keys) < len(evidence.remarks):
        text = "Whether the key that signed belongs to the issuer could not be confirmed."
        return (Remark(Outcome.INDETERMINATE, "ISSUER_UNCONFIRMED", text, "/iss"),)
    remarks = tuple(one for key in evidence.keys for one in _judge(key, issuer, world))
    if any(remark.outcome is Outcome.FAILED for remark in remarks):
        return remarks
    return (passed(f"The key that signed belongs to the issuer {issuer}."), *remarks)


def _judge(key: ResolvedKey, issuer: str | None, world: World) -> Iterator[Remark]:
    # 2.
    if issuer is None or key.controller != issuer:
        text = "The key that signed does not belong to the issuer that the credential names."
        problem = SECURITY_PROBLEM + IssuerBindingError.code
        yield Remark(Outcome.FAILED, "ISSUER_MISMATCH", text, "/iss", problem)
    # 3.
    try:
        require_usable_at(key, world.now, known_since=world.known_since)
    except KeyMaterialError as error:
        yield Remark(Outcome.FAILED, error.code, str(error), "/iss")
        return
    if key.revoked is not None:
        text = (
            f"The key that signed was revoked at {format_timestamp(key.revoked)}. By your own "
            "evidence the credential was there before."
        )
        yield Remark(Outcome.WARNING, "KEY_REVOKED_LATER", text, "/iss")
