"""Showing chosen fields of a credential and keeping the rest back, where its issuer allows that.

Sources: vc-di-ecdsa section 3.6.6 (`ecdsa-sd-2023`), RFC 9901 section 7.2 (SD-JWT).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from credentials.baking.images import credential_in
from credentials.errors import CredentialError
from credentials.jose.compact import read_token
from credentials.json_types import JsonObject, JsonValue, pointer_to
from credentials.linked_data.selection import select
from credentials.proofs.cryptosuite import Environment, without_proof
from credentials.proofs.sd_deriving import derive, has_base_proof, mandatory_pointers
from credentials.sd_jwt import presenting
from credentials.sd_jwt.open_badge import VCT, claim_findings, document_of
from credentials.sd_jwt.processing import ProcessedPayload, Steps, process
from credentials.sd_jwt.serialization import SdJwt
from credentials.strict_json import parse_json, serialize_json
from wallet.documents import TOKEN_MEMBERS, document_in, is_sd_jwt
from wallet.errors import WalletError

VALUE_CHARACTERS = 160
"""How much of a value is shown where a learner chooses."""

PLUMBING = frozenset({"@context", "cnf", "_sd_alg", "vct#integrity", "vctm"})
"""Members of a whole credential that are no statement about anybody."""

NAMELESS = frozenset({"name", "type"})
"""Members that are not named beside the name of what they are in."""

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


def document_to_match(data: bytes) -> JsonObject:
    """Read what a credential says, to hold it against an example of the W3C data model.

    An SD-JWT VC that was derived from an Open Badge is read as that badge, with everything in it.
    """
    if not is_sd_jwt(data):
        return document_in(data)
    try:
        _sd_jwt, processed = _opened(data)
        is_badge = processed.claims.get("vct") == VCT and not claim_findings(processed)
        return document_of(processed.claims) if is_badge else processed.claims
    except CredentialError:
        return {}


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
    """Walk down only where a part is mandatory and another one is not.

    Lists are not parted: what is mandatory of one is told by itself, beside the whole.
    """
    for name, inner in value.items():
        if not place and name in PLUMBING:
            continue
        pointer = place + pointer_to((name,))
        there = always.get(name)
        if name in always and there == inner:
            yield Field(pointer, name, _text(inner)), True
        elif isinstance(inner, dict) and isinstance(there, dict):
            yield from _parts(inner, there, pointer)
        else:
            if there:
                yield Field(pointer, name, _text(there)), True
            yield Field(pointer, name, _text(inner)), False


def _opened(data: bytes) -> tuple[SdJwt, ProcessedPayload]:
    sd_jwt = SdJwt.from_compact(data.strip().decode("ascii", "replace"))
    token = read_token(sd_jwt.issuer_jwt.encode("ascii"), header_members=TOKEN_MEMBERS)
    return sd_jwt, process(token.claims(), sd_jwt.disclosures)


def _claims_of(processed: ProcessedPayload) -> Choice:
    units = _units(processed)
    optional = tuple(
        Field(pointer_to(place), str(place[-1]), _text(_at(processed.claims, place)))
        for place in processed.disclosed
        if place in units
    )
    always = _in_the_open(processed.claims, processed.disclosed, ())
    parts = _parts(processed.claims, always, "")
    return Choice(tuple(field for field, is_mandatory in parts if is_mandatory), optional)


def _units(processed: ProcessedPayload) -> Mapping[Steps, list[Steps]]:
    """Name what can be chosen, each with all places of disclosures in it.

    A disclosure comes with the one around it (RFC 9901 section 4.2.6), and with what that says
    besides: so that nobody shows what they did not choose, both are one thing to choose.
    """
    units: dict[Steps, list[Steps]] = {}
    around = {one for place in processed.disclosed for one in _around(place)}
    for place in sorted(processed.disclosed, key=len):
        outer = next((one for one in _around(place) if one in units), None)
        if outer is not None:
            units[outer].append(place)
        elif place not in around or _says_something(processed, place):
            units[place] = [place]
    return units


def _around(place: Steps) -> Iterator[Steps]:
    return (place[:end] for end in range(1, len(place)))


def _says_something(processed: ProcessedPayload, place: Steps) -> bool:
    return bool(_in_the_open(_at(processed.claims, place), processed.disclosed, place))


def _in_the_open(value: JsonValue, hidden: Collection[Steps], place: Steps) -> JsonValue:
    """Copy a value without what its holder may keep back."""
    if isinstance(value, dict):
        pairs = ((name, inner, (*place, name)) for name, inner in value.items())
        return {name: _in_the_open(one, hidden, at) for name, one, at in pairs if at not in hidden}
    if isinstance(value, list):
        items = ((inner, (*place, index)) for index, inner in enumerate(value))
        return [_in_the_open(one, hidden, at) for one, at in items if at not in hidden]
    return value


def _shown_claims(data: bytes, pointers: Collection[str]) -> bytes:
    sd_jwt, processed = _opened(data)
    units = {pointer_to(place): places for place, places in _units(processed).items()}
    if not set(pointers) <= {*units, *EVERYTHING}:
        raise _not_disclosable()
    chosen = [place for one in pointers for place in units.get(one, ())]
    places = processed.disclosed if set(pointers) >= set(EVERYTHING) else chosen
    shown = presenting.select(replace(sd_jwt, further_jwts=()), processed, places)
    return shown.to_compact().encode("ascii")


def _at(claims: JsonValue, place: Steps) -> JsonValue:
    for step in place:
        claims = claims[step]
    return claims


def _text(value: JsonValue) -> str:
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        others = [name for name in value if name not in NAMELESS]
        value = f"{value['name']} ({', '.join(others)})" if others else value["name"]
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return written if len(written) <= VALUE_CHARACTERS else f"{written[:VALUE_CHARACTERS]} …"


def _not_disclosable() -> WalletError:
    text = "This cannot be shown in parts as you chose. Choose again what to show."
    return WalletError(text, code="NOT_DISCLOSABLE")
