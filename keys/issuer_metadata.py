"""Keys of an issuer of SD-JWT VCs: JWT VC Issuer Metadata (draft-ietf-oauth-sd-jwt-vc)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from keys.controller_document import METHODS_EXAMINED, ResolvedKey
from keys.did import Resolver
from keys.errors import ControllerDocumentError
from keys.verification_key import VerificationKey

WELL_KNOWN = "/.well-known/jwt-vc-issuer"
_ISSUER = re.compile(r"https://(?P<authority>[^/?#@\s\\]+)(?P<path>(?:/[^?#\s\\]*)?)")


def issuer_metadata_url(issuer: str) -> str:
    """Name the address of the metadata of an https issuer.

    Raises `ControllerDocumentError` (INVALID_ISSUER_URL) for a URL with a query, a fragment or a
    user, as the specification allows none of them.
    """
    match = _ISSUER.fullmatch(issuer)
    if match is None:
        raise ControllerDocumentError(
            "The issuer is not a plain https URL.", code="INVALID_ISSUER_URL"
        )
    return f"https://{match['authority']}{WELL_KNOWN}{match['path'].rstrip('/')}"


def key_in_metadata(issuer: str, key_id: str | None, resolver: Resolver) -> ResolvedKey:
    """Find the key that signed in the metadata of its issuer.

    Obligations (sections "JWT VC Issuer Metadata Response" and "… Validation"):

    1. the metadata names exactly this issuer;
    2. it has its keys in `jwks` or at `jwks_uri`, not in both;
    3. one key has the token's `kid`, or there is only one key and the token names none.

    Raises `ControllerDocumentError`, and `UnresolvableError` if nothing can be had.
    """
    # 1.
    metadata = resolver(issuer_metadata_url(issuer))
    if not isinstance(metadata, Mapping) or metadata.get("issuer") != issuer:
        raise ControllerDocumentError(
            "The metadata of the issuer names another issuer.",
            code="INVALID_ISSUER_METADATA",
        )
    # 2.
    if ("jwks" in metadata) is ("jwks_uri" in metadata):
        raise _malformed("it must have its keys in one place")
    keys = _keys(metadata["jwks"] if "jwks" in metadata else _fetched(metadata, resolver))
    # 3.
    named = [jwk for jwk in keys if key_id is None or jwk.get("kid") == key_id]
    if len(named) != 1:
        raise ControllerDocumentError(
            "The issuer's metadata does not list the key that signed."
            if not named
            else "The issuer's metadata lists several keys that could have signed.",
            code="INVALID_VERIFICATION_METHOD",
        )
    key = VerificationKey.from_jwk(named[0])
    return ResolvedKey(key, f"{issuer}#{named[0].get('kid', '')}", issuer)


def _fetched(metadata: Mapping[str, Any], resolver: Resolver) -> Any:
    address = metadata["jwks_uri"]
    if not isinstance(address, str) or not address.startswith("https://"):
        raise _malformed("the address of its keys is not an https URL")
    return resolver(address)


def _keys(key_set: Any) -> list[Mapping[str, Any]]:
    keys = key_set.get("keys") if isinstance(key_set, Mapping) else None
    if not isinstance(keys, list) or len(keys) > METHODS_EXAMINED:
        raise _malformed("its keys are not a JWK Set of acceptable size")
    return [key for key in keys if isinstance(key, Mapping)]


def _malformed(why: str) -> ControllerDocumentError:
    return ControllerDocumentError(
        f"The metadata of the issuer cannot be used: {why}.", code="INVALID_ISSUER_METADATA"
    )
