"""What a held credential says, whatever form it came in; nothing of it is judged here."""

from __future__ import annotations

from credentials.baking.images import credential_in
from credentials.errors import CredentialError
from credentials.jose.compact import HEADER_MEMBERS, read_token
from credentials.json_types import JsonObject, as_list
from credentials.linked_data.embedded import is_envelope
from credentials.strict_json import parse_json

TOKEN_MEMBERS = HEADER_MEMBERS | {"x5c", "vctm", "iss", "jwk"}
"""Members that a token's header may have: it was verified when it was taken in."""

TOKEN_START = b"eyJ"


def is_sd_jwt(data: bytes) -> bool:
    """Tell whether bytes are an SD-JWT in compact form (RFC 9901 section 4)."""
    return data.lstrip().startswith(TOKEN_START) and b"~" in data


def document_in(data: bytes) -> JsonObject:
    """Read the claims of a credential that is held: its document, or {} where none can be read."""
    try:
        carried = credential_in(data)
        if carried.lstrip().startswith(TOKEN_START):
            return _claims(carried)
        value = parse_json(carried)
        if not isinstance(value, dict):
            return {}
        if is_envelope(value):
            return _claims(str(value.get("id", "")).partition(",")[2].encode("ascii", "replace"))
        return value
    except CredentialError:
        return {}


def _claims(data: bytes) -> JsonObject:
    """Read a token's payload; of an SD-JWT, what its issuer did not let its holder keep back."""
    token = data.strip().partition(b"~")[0]
    claims = read_token(token, header_members=TOKEN_MEMBERS).claims()
    inner = claims.get("vc")
    return inner if isinstance(inner, dict) else claims


def fits(example: JsonObject, document: JsonObject) -> bool:
    """Tell whether a document is like an example (VCALM, "QueryByExample").

    Every member of the example but its contexts has to be there; what is empty in it has only to
    be there, whatever it says.  An issuer is compared by its id.
    """
    wanted = {name: value for name, value in example.items() if name != "@context"}
    if not wanted or not document:
        return False
    return not [name for name, value in wanted.items() if not _has(document, name, value)]


def _has(document: JsonObject, name: str, value: object) -> bool:
    found = document.get(name)
    if name == "issuer":
        return identity_of(value) == identity_of(found) != ""
    return found is not None and _is_like(value, found)


def identity_of(issuer: object) -> str:
    """Read the id of an issuer, which is written as a text or as an object; "" without one."""
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    return named if isinstance(named, str) else ""


def _is_like(wanted: object, found: object) -> bool:
    if wanted in ("", None, [], {}):
        return True
    if isinstance(wanted, list):
        return not [one for one in wanted if not _is_like(one, found)]
    if isinstance(wanted, dict):
        return any(isinstance(one, dict) and _is_within(wanted, one) for one in as_list(found))
    return wanted in as_list(found)


def _is_within(wanted: JsonObject, found: JsonObject) -> bool:
    return not [
        name
        for name, value in wanted.items()
        if name not in found or not _is_like(value, found[name])
    ]
