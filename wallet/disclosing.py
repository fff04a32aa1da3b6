"""Showing chosen fields of a credential and keeping the rest back, where its issuer allows that.

Sources: vc-di-ecdsa section 3.6.6 (`ecdsa-sd-2023`), RFC 9901 section 7.2 (SD-JWT).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from credentials.baking.images import credential_in
from credentials.errors import CredentialError
from credentials.jose.compact import read_token
from credentials.json_types import JsonObject, JsonValue, pointer_to
from credentials.linked_data.selection import select
from credentials.proofs.cryptosuite import Environment, without_proof
from credentials.proofs.sd_deriving import derive, has_base_proof, mandatory_pointers
from credentials.sd_jwt import presenting
from credentials.sd_jwt.processing import ProcessedPayload, Steps, process
from credentials.sd_jwt.serialization import SdJwt
from credentials.strict_json import parse_json, serialize_json
from wallet.documents import TOKEN_MEMBERS, is_sd_jwt
from wallet.errors import WalletError

VALUE_CHARACTERS = 160
"""How much of a value is shown where a learner chooses."""

PLUMBING = frozenset({"@context", "cnf", "_sd_alg", "vct#integrity", "vctm"})
"""Members that are no statement about anybody."""

EVERYTHING = ("",)
"""The pointer to the whole document."""


@dataclass(frozen=True, slots=True)
class Field:
    """A part that can be shown: its JSON pointer, the name of its member, what it says."""

    pointer: str
    member: str
    value: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a credential is always shown, and what its holder may show or keep back."""

    mandatory: tuple[Field, ...]
    optional: tuple[Field, ...]


def choice_of(data: bytes, environment: Environment) -> Choice | None:
    """Say what a holder can choose; None for a credential that is shown as a whole, or not."""
    try:
        if is_sd_jwt(data):
            _sd_jwt, processed = _opened(data)
            return _claims_of(processed) if processed.disclosed else None
        document = _with_base_proof(data)
        return None if document is None else _fields_of(document, environment)
    except CredentialError:
        return None


def disclosed(data: bytes, pointers: Collection[str], environment: Environment) -> bytes:
    """Derive what shows the named parts, and what is mandatory, and nothing else.

    Raises `WalletError` (NOT_DISCLOSABLE) for a part that the credential does not have, and for one
    of which nothing would be shown.
    """
    try:
        if is_sd_jwt(data):
            return _shown_claims(data, pointers)
        document = _with_base_proof(data)
        if document is None:
            raise _not_disclosable()
        return serialize_json(derive(document, list(pointers), environment))
    except CredentialError as error:
        raise _not_disclosable() from error


def whole(data: bytes, environment: Environment) -> bytes:
    """Give what a verifier takes: all that a base proof covers as a derived one, others as is."""
    try:
        document = _with_base_proof(data)
    except CredentialError:
        return data
    return data if document is None else disclosed(data, EVERYTHING, environment)


def _with_base_proof(data: bytes) -> JsonObject | None:
    value = parse_json(credential_in(data))
    return value if isinstance(value, dict) and has_base_proof(value) else None


def _fields_of(document: JsonObject, environment: Environment) -> Choice:
    unsecured = without_proof(document)
    always = select(unsecured, mandatory_pointers(document, environment))
    parts = list(_parts(unsecured, always, ""))
    return Choice(
        tuple(field for field, is_mandatory in parts if is_mandatory),
        tuple(field for field, is_mandatory in parts if not is_mandatory),
    )


def _parts(value: JsonObject, always: JsonObject, place: str) -> Iterator[tuple[Field, bool]]:
    """Walk down only where a part is mandatory and another one is not; lists are not parted."""
    for name, inner in value.items():
        if name in PLUMBING:
            continue
        pointer = place + pointer_to((name,))
        there = always.get(name)
        if isinstance(inner, dict) and isinstance(there, dict) and there != inner:
            yield from _parts(inner, there, pointer)
        else:
            yield Field(pointer, name, _text(inner)), name in always and there == inner


def _opened(data: bytes) -> tuple[SdJwt, ProcessedPayload]:
    sd_jwt = SdJwt.from_compact(data.strip().decode("ascii", "replace"))
    token = read_token(sd_jwt.issuer_jwt.encode("ascii"), header_members=TOKEN_MEMBERS)
    return sd_jwt, process(token.claims(), sd_jwt.disclosures)


def _claims_of(processed: ProcessedPayload) -> Choice:
    optional = tuple(
        Field(pointer_to(place), str(place[-1]), _text(_at(processed.claims, place)))
        for place in processed.disclosed
    )
    open_to_choice = {place[0] for place in processed.disclosed}
    mandatory = tuple(
        Field(pointer_to((name,)), name, _text(value))
        for name, value in processed.claims.items()
        if name not in PLUMBING and name not in open_to_choice
    )
    return Choice(mandatory, optional)


def _shown_claims(data: bytes, pointers: Collection[str]) -> bytes:
    sd_jwt, processed = _opened(data)
    known = {pointer_to(place): place for place in processed.disclosed}
    if not set(pointers) <= {*known, *EVERYTHING}:
        raise _not_disclosable()
    named = known if set(pointers) >= set(EVERYTHING) else pointers
    places = [known[one] for one in named]
    shown = presenting.select(replace(sd_jwt, further_jwts=()), processed, places)
    return shown.to_compact().encode("ascii")


def _at(claims: JsonValue, place: Steps) -> JsonValue:
    for step in place:
        claims = claims[step]
    return claims


def _text(value: JsonValue) -> str:
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        value = value["name"]
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return written if len(written) <= VALUE_CHARACTERS else f"{written[:VALUE_CHARACTERS]} …"


def _not_disclosable() -> WalletError:
    text = "This cannot be shown in parts as you chose. Choose again what to show."
    return WalletError(text, code="NOT_DISCLOSABLE")
