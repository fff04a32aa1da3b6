"""A wallet's side of OpenID4VCI 1.0 with a pre-authorized code (sections 4, 6, 7, 8 and 9).

Nobody is led to another page: who has the link, and the PIN where there is one, has the credential.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from credentials.errors import CredentialError
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.strict_json import parse_json, serialize_json
from service.errors import FetchError
from wallet.asking import JSON, URL_CHARACTERS, AskingError, Way, host_of, place_of
from wallet.deferring import (
    ENDPOINT,
    GIVEN,
    PROMISED,
    TRANSACTION,
    Deferral,
    bearer,
    credentials_in,
    seconds_in,
)

OFFER_SCHEME = "openid-credential-offer://"
OFFER_CHARACTERS = 16_384
"""Longest link of an offer: one may be in it as a whole."""

GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
FORM = "application/x-www-form-urlencoded"
LATER = "LATER"
TITLE_CHARACTERS = 200
ALGORITHMS = frozenset({"EdDSA", "Ed25519"})
"""What the holder's key is called where an issuer says which proofs it takes."""

Prove = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered, by whom, for which code; `needs_pin` where a PIN comes by another way."""

    issuer: str
    configurations: tuple[str, ...]
    code: str
    needs_pin: bool


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is taken of an offer: its id, and how its issuer describes it."""

    id: str
    described: JsonObject

    @property
    def takes_proof(self) -> bool:
        """Tell whether a key has to be proved; raise `AskingError` if ours does not fit."""
        return _takes_proof(self.described.get("proof_types_supported"))


@dataclass(frozen=True, slots=True)
class Granted:
    """What an issuer gave: credentials, or the promise of some.

    `is_bound` tells whether the key was proved, so that what comes is for it.
    """

    host: str
    credentials: list[JsonValue]
    deferral: Deferral | None = None
    is_bound: bool = False


def claim_over_openid(way: Way, link: str, prove: Prove, pin: str) -> Granted:
    """Take over an offer.

    Obligations:

    1. the offer is read, from the link itself or from where it leads; it has a pre-authorized code;
    2. the metadata are the issuer's own, at the places that follow from its identifier;
    3. the code is handed in, with the PIN exactly where one is needed;
    4. the key is proved for this issuer and a nonce of its own, where proofs are asked for;
    5. what is promised for later is asked for where the same metadata say.

    Raises `FetchError` and `AskingError` (PIN_NEEDED, PIN_OR_LINK_ENDED, REQUEST_UNREADABLE).
    """
    # 1.
    offer = _offer(way, link)
    if offer.needs_pin and not pin:
        raise AskingError("This offer needs a PIN.", code="PIN_NEEDED")
    # 2.
    metadata = _metadata(way, offer.issuer, "openid-credential-issuer", "credential_issuer")
    server_name = next(iter(as_list(metadata.get("authorization_servers"))), offer.issuer)
    server = _metadata(way, str(server_name), "oauth-authorization-server", "issuer")
    chosen = _chosen(metadata, offer)
    asks_for_proof = chosen.takes_proof
    # 3.
    token = _token(way, _text(server, "token_endpoint"), offer, pin)
    body: JsonObject = {"credential_configuration_id": chosen.id}
    # 4.
    if asks_for_proof:
        nonce = _posted(way, _text(metadata, "nonce_endpoint"), b"", JSON)
        proof = prove(offer.issuer, _text(nonce, "c_nonce"))
        body["proofs"] = {"jwt": [proof]}
    endpoint = _text(metadata, "credential_endpoint")
    answer = _posted(way, endpoint, serialize_json(body), JSON, bearer(token))
    # 5.
    found = credentials_in(answer)
    is_promise = not found and TRANSACTION in answer
    deferral = _promised(metadata, chosen, token, answer) if is_promise else None
    return Granted(host_of(offer.issuer), found, deferral, asks_for_proof)


def _promised(
    metadata: JsonObject, chosen: Configuration, token: str, answer: JsonObject
) -> Deferral:
    """Read where and how a promise is redeemed: only from the metadata, never from the answer."""
    return Deferral(
        issuer=_plain(metadata, "credential_issuer"),
        endpoint=_plain(metadata, ENDPOINT),
        transaction=_plain(answer, TRANSACTION),
        token=token,
        form=_printable(chosen.described.get("format")),
        title=_title(chosen.described),
        seconds=seconds_in(answer),
        is_bound=chosen.takes_proof,
    )


def _title(described: JsonObject) -> str:
    inside = described.get("credential_metadata")
    shown = (inside if isinstance(inside, dict) else described).get("display")
    named = [one.get("name") for one in as_list(shown) if isinstance(one, dict)]
    return next(filter(None, map(_printable, named)), "")


def _printable(value: JsonValue) -> str:
    text = value if isinstance(value, str) else ""
    return "".join(one for one in text[:TITLE_CHARACTERS] if one.isprintable())


def _plain(members: JsonObject, name: str) -> str:
    """Read a text that is kept: a database takes not every character."""
    value = _text(members, name)
    if not value.isprintable():
        raise _unreadable()
    return value


def _offer(way: Way, link: str) -> Offer:
    if len(link) > OFFER_CHARACTERS:
        raise _unreadable()
    try:
        given = parse_qs(urlsplit(link).query, max_num_fields=4)
    except ValueError as error:
        raise _unreadable() from error
    inside, outside = given.get("credential_offer", []), given.get("credential_offer_uri", [])
    if len(inside) + len(outside) != 1:
        raise _unreadable()
    data = inside[0].encode() if inside else way.fetch(outside[0], accepted=(JSON,)).data
    return _read_offer(_object(data))


def _read_offer(document: JsonObject) -> Offer:
    grants = document.get("grants")
    grant = grants.get(GRANT) if isinstance(grants, dict) else None
    names = [one for one in as_list(document.get("credential_configuration_ids")) if one]
    if not isinstance(grant, dict) or not names:
        raise _unreadable()
    code = _text(grant, "pre-authorized_code")
    issuer = _text(document, "credential_issuer")
    return Offer(issuer, tuple(map(str, names)), code, "tx_code" in grant)


def _metadata(way: Way, identifier: str, kind: str, member: str) -> JsonObject:
    """Read metadata where they belong (OpenID4VCI 1.0 section 12.2.2, RFC 8414 section 3)."""
    if place_of(identifier) is None:
        raise _unreadable()
    parts = urlsplit(identifier)
    address = f"{parts.scheme}://{parts.netloc}/.well-known/{kind}{parts.path.rstrip('/')}"
    metadata = _object(way.fetch(address, accepted=(JSON,)).data)
    if metadata.get(member) != identifier:
        raise _unreadable()
    return metadata


def _chosen(metadata: JsonObject, offer: Offer) -> Configuration:
    """Choose the first that is described."""
    known = metadata.get("credential_configurations_supported")
    for name in offer.configurations:
        described = known.get(name) if isinstance(known, dict) else None
        if isinstance(described, dict):
            return Configuration(name, described)
    raise _unreadable()


def _takes_proof(proofs: JsonValue) -> bool:
    if not proofs:
        return False
    described = proofs.get("jwt") if isinstance(proofs, dict) else None
    if not isinstance(described, dict):
        raise _unreadable()
    names = set(map(str, as_list(described.get("proof_signing_alg_values_supported"))))
    if not names & ALGORITHMS:
        raise _unreadable()
    return True


def _token(way: Way, endpoint: str, offer: Offer, pin: str) -> str:
    form = {"grant_type": GRANT, "pre-authorized_code": offer.code}
    if offer.needs_pin:
        form["tx_code"] = pin
    try:
        return _text(_posted(way, endpoint, urlencode(form).encode(), FORM), "access_token")
    except FetchError as error:
        if error.http_status not in (400, 401):
            raise
        text = "The PIN is wrong, or the link has ended."
        raise AskingError(text, code="PIN_OR_LINK_ENDED") from error


def _posted(
    way: Way, url: str, data: bytes, kind: str, headers: tuple[tuple[str, str], ...] = ()
) -> JsonObject:
    answer = way.exchange(
        url, data, media_type=kind, headers=headers, accepted=(JSON,), statuses=(*GIVEN, PROMISED)
    )
    return _object(answer.data)


def _object(data: bytes) -> JsonObject:
    try:
        value = parse_json(data)
    except CredentialError as error:
        raise _unreadable() from error
    if not isinstance(value, dict):
        raise _unreadable()
    return value


def _text(members: JsonObject, name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= URL_CHARACTERS:
        raise _unreadable()
    return value


def _unreadable() -> AskingError:
    text = "The offer, or what belongs to it, cannot be read by this wallet."
    return AskingError(text, code="REQUEST_UNREADABLE")
