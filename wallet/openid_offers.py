"""What an OpenID4VCI offer says, and what its issuer says of itself (sections 4 and 12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from credentials.errors import CredentialError
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.strict_json import parse_json
from keys.verification_key import KeyType
from wallet.asking import JSON, URL_CHARACTERS, AskingError, Way, place_of
from wallet.deferring import GIVEN, PROMISED

OFFER_SCHEME = "openid-credential-offer://"
OFFER_CHARACTERS = 16_384
"""Longest link of an offer: one may be in it as a whole."""

PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
AUTHORIZATION = "authorization_code"
SERVERS = "authorization_servers"
TITLE_CHARACTERS = 200

ALGORITHMS: Mapping[KeyType, frozenset[str]] = {
    KeyType.ED25519: frozenset({"EdDSA", "Ed25519"}),
    KeyType.P256: frozenset({"ES256"}),
}
"""What a learner's keys are called where an issuer says which proofs it takes."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered, by whom, and by what it is had.

    `code` is a pre-authorized code, with `needs_pin` where a PIN comes by another way; without one
    the learner allows it at the issuer, which knows its own offer by `state`.  `server` is who
    hands out tokens, if the offer says so.
    """

    issuer: str
    configurations: tuple[str, ...]
    code: str
    needs_pin: bool
    state: str = ""
    server: str = ""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is taken of an offer: its id, and how its issuer describes it."""

    id: str
    described: JsonObject

    @property
    def algorithms(self) -> tuple[str, ...]:
        """Name the algorithms by which a key may be proved; () where none has to be.

        Raises `AskingError` if it has to be proved in another way than by a token.
        """
        proofs = self.described.get("proof_types_supported")
        if not proofs:
            return ()
        by_token = proofs.get("jwt") if isinstance(proofs, dict) else None
        if not isinstance(by_token, dict):
            raise unreadable()
        names = as_list(by_token.get("proof_signing_alg_values_supported"))
        known = frozenset[str]().union(*ALGORITHMS.values())
        found = tuple(one for one in names if isinstance(one, str) and one in known)
        if not found:
            raise unreadable()
        return found

    @property
    def title(self) -> str:
        """Read what it is called, "" if it has no name."""
        inside = self.described.get("credential_metadata")
        shown = (inside if isinstance(inside, dict) else self.described).get("display")
        named = [one.get("name") for one in as_list(shown) if isinstance(one, dict)]
        return next(filter(None, map(printable, named)), "")


@dataclass(frozen=True, slots=True)
class Issuing:
    """An offer with what belongs to it: the metadata of issuer and server, and what is taken."""

    offer: Offer
    metadata: JsonObject
    server: JsonObject
    chosen: Configuration


def read_offer(way: Way, link: str) -> Offer:
    """Read an offer, from its link or from where that leads; raise `AskingError`, `FetchError`."""
    if len(link) > OFFER_CHARACTERS:
        raise unreadable()
    try:
        given = parse_qs(urlsplit(link).query, max_num_fields=4)
    except ValueError as error:
        raise unreadable() from error
    inside, outside = given.get("credential_offer", []), given.get("credential_offer_uri", [])
    if len(inside) + len(outside) != 1:
        raise unreadable()
    data = inside[0].encode() if inside else way.fetch(outside[0], accepted=(JSON,)).data
    return _offer_in(object_in(data))


def discover(way: Way, offer: Offer) -> Issuing:
    """Read what issuer and authorization server say of themselves.

    Obligations: 1. the metadata are at the places that follow from the identifiers, and name these
    (OpenID4VCI 1.0 section 12.2.2, RFC 8414 section 3.3); 2. the server is one that the issuer
    names, or the issuer itself (section 12.2.4); 3. one of what is offered is described.

    Raises `AskingError` and `FetchError`.
    """
    # 1. and 2.
    metadata = _metadata(way, offer.issuer, "openid-credential-issuer", "credential_issuer")
    named = [str(one) for one in as_list(metadata.get(SERVERS))] or [offer.issuer]
    if offer.server and offer.server not in named:
        raise unreadable()
    identifier = offer.server or named[0]
    server = _metadata(way, identifier, "oauth-authorization-server", "issuer")
    # 3.
    known = metadata.get("credential_configurations_supported")
    for name in offer.configurations:
        described = known.get(name) if isinstance(known, dict) else None
        if isinstance(described, dict):
            return Issuing(offer, metadata, server, Configuration(name, described))
    raise unreadable()


def posted(
    way: Way, url: str, data: bytes, kind: str, headers: tuple[tuple[str, str], ...] = ()
) -> JsonObject:
    """Hand bytes over, and read the object that is answered."""
    answer = way.exchange(
        url, data, media_type=kind, headers=headers, accepted=(JSON,), statuses=(*GIVEN, PROMISED)
    )
    return object_in(answer.data)


def object_in(data: bytes) -> JsonObject:
    """Read an object; raise `AskingError`."""
    try:
        value = parse_json(data)
    except CredentialError as error:
        raise unreadable() from error
    if not isinstance(value, dict):
        raise unreadable()
    return value


def text_in(members: JsonObject, name: str) -> str:
    """Read a text that has to be there; raise `AskingError`."""
    value = members.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= URL_CHARACTERS:
        raise unreadable()
    return value


def plain_in(members: JsonObject, name: str) -> str:
    """Read a text that is kept: a database takes not every character."""
    value = text_in(members, name)
    if not value.isprintable():
        raise unreadable()
    return value


def printable(value: JsonValue) -> str:
    """Keep of a name what can be shown."""
    text = value if isinstance(value, str) else ""
    return "".join(one for one in text[:TITLE_CHARACTERS] if one.isprintable())


def unreadable() -> AskingError:
    """Make the error for an offer, or what belongs to it, that this wallet cannot read."""
    text = "The offer, or what belongs to it, cannot be read by this wallet."
    return AskingError(text, code="REQUEST_UNREADABLE")


def _offer_in(document: JsonObject) -> Offer:
    """Read by what it is had: a pre-authorized code rather than leading anybody elsewhere."""
    grants = document.get("grants")
    found = grants if isinstance(grants, dict) else {}
    names = tuple(str(one) for one in as_list(document.get("credential_configuration_ids")) if one)
    issuer = text_in(document, "credential_issuer")
    grant = found.get(PRE_AUTHORIZED)
    code = text_in(grant, "pre-authorized_code") if isinstance(grant, dict) else ""
    if not code:
        grant = found.get(AUTHORIZATION)
    if not isinstance(grant, dict) or not names:
        raise unreadable()
    state = _optional(grant, "issuer_state") if not code else ""
    needs_pin = bool(code) and "tx_code" in grant
    return Offer(issuer, names, code, needs_pin, state, _optional(grant, "authorization_server"))


def _optional(members: JsonObject, name: str) -> str:
    return text_in(members, name) if name in members else ""


def _metadata(way: Way, identifier: str, kind: str, member: str) -> JsonObject:
    """Read metadata where they belong."""
    if place_of(identifier) is None:
        raise unreadable()
    parts = urlsplit(identifier)
    address = f"{parts.scheme}://{parts.netloc}/.well-known/{kind}{parts.path.rstrip('/')}"
    metadata = object_in(way.fetch(address, accepted=(JSON,)).data)
    if metadata.get(member) != identifier:
        raise unreadable()
    return metadata
