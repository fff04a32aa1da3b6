"""Finding the key of a signed token in the document of the party that is said to have signed.

A token names its key in ways that a Data Integrity proof does not: by a bare name, by the key
itself, or not at all.  Whatever it says is only a hint; the key that counts is always one that the
party's own document lists for the purpose (Controlled Identifiers 1.0 section 3.3; VC-JOSE-COSE
1.0 section 4.1; RFC 8725 section 3.10).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from keys.controller_document import (
    ControllerDocument,
    ResolvedKey,
    find_key,
    retrieve_verification_method,
)
from keys.errors import ControllerDocumentError, KeyMaterialError
from keys.verification_key import VerificationKey


def retrieve_token_key(
    key_id: str | None,
    party: str | None,
    own_key: VerificationKey | None,
    relationship: str,
    controller_document: Callable[[str], ControllerDocument],
) -> ResolvedKey:
    """Find the key that signed a token.

    `key_id` is the token's `kid`, `party` who is said to have signed, `own_key` the key that the
    token brings in `jwk`.  Obligations:

    1. an id with a fragment names a verification method, in the document of its controller;
    2. any other name, or none, is looked up in the document of the party;
    3. a key that the token brings is listed there, and no other one is named beside it.

    Raises `ControllerDocumentError` (INVALID_VERIFICATION_METHOD, KEY_NOT_NAMED), and everything
    that `retrieve_verification_method` raises.
    """
    # 1.
    if key_id is not None and "#" in key_id[1:]:
        resolved = retrieve_verification_method(key_id, relationship, controller_document)
    # 2.
    elif party is None:
        raise ControllerDocumentError("The token does not say who signed it.", code="KEY_NOT_NAMED")
    else:
        document = controller_document(party)
        name = _named(document, None if key_id == party else key_id, own_key, relationship)
        resolved = find_key(document, name, relationship)
    # 3.
    if own_key is not None and resolved.key != own_key:
        raise ControllerDocumentError(
            "The token brings another key than the one that it names.",
            code="INVALID_VERIFICATION_METHOD",
        )
    return resolved


def _named(
    document: ControllerDocument,
    key_id: str | None,
    own_key: VerificationKey | None,
    relationship: str,
) -> str:
    """Choose the one method that is meant; several or none are an error, never a guess."""
    methods = document.methods_for(relationship)
    if key_id is not None:
        names = [name for name, method in methods.items() if _has_name(name, method, key_id)]
    elif own_key is not None:
        names = [name for name in methods if _is_key(document, name, own_key, relationship)]
        # One key may be listed in two forms; if an entry says that it was revoked, that counts.
        names = sorted(names, key=lambda name: "revoked" not in methods[name])[:1]
    else:
        names = list(methods)
    if not names:
        raise ControllerDocumentError(
            "The issuer's document does not list the key that signed.",
            code="INVALID_VERIFICATION_METHOD",
        )
    if len(names) > 1:
        raise ControllerDocumentError(
            "The issuer's document lists several keys; the token does not say which one signed.",
            code="KEY_NOT_NAMED",
        )
    return names[0]


def _has_name(method_id: str, method: Mapping[str, Any], key_id: str) -> bool:
    """Tell whether a bare name is a method's: its id, its fragment, or its key's own `kid`."""
    jwk = method.get("publicKeyJwk")
    stated = jwk.get("kid") if isinstance(jwk, Mapping) else None
    fragment = method_id.partition("#")[2]
    return key_id in (method_id, f"#{fragment}", fragment, stated)


def _is_key(
    document: ControllerDocument, method_id: str, key: VerificationKey, relationship: str
) -> bool:
    """Tell whether a method has this key; one that cannot be read here is another one."""
    try:
        return find_key(document, method_id, relationship).key == key
    except KeyMaterialError:
        return False
