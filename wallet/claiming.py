"""Taking over what an institution offers by a link: over the VC-API, or over OpenID4VCI.

The other side learns the key that the credential is to be bound to, as far as it asks for it, and
nothing else.  What comes is verified by whoever keeps it, as anything that a learner adds.

Sources: VCALM, sections on interaction URLs and exchanges; OpenID4VCI 1.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from credentials.errors import CredentialError
from credentials.jose.envelopes import read_envelope
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.linked_data.embedded import is_envelope
from credentials.strict_json import parse_json, serialize_json
from keys.verification_key import KeyType
from service.errors import FetchError
from wallet.asking import (
    JSON,
    PRESENTATION,
    PROTOCOL,
    REQUEST,
    URL_CHARACTERS,
    Asked,
    AskingError,
    Way,
    host_of,
    place_of,
    read_request,
)
from wallet.deferring import Deferral
from wallet.errors import WalletError
from wallet.openid_authorizing import Client, Pending, address_to_allow, prepare, redeemed
from wallet.openid_claiming import LATER, Grant, credential_for, pre_authorized
from wallet.openid_offers import OFFER_SCHEME, discover, read_offer
from wallet.signing import SUITES, Bound, KeyProof, Presentation, Signed, ToSign

OPENID = ("oid4vci-1.0", "OID4VCI")
"""Names under which an interaction names its OpenID4VCI offer."""

MOST_CLAIMED = 50
"""So many credentials are taken of one answer."""


class ClaimError(WalletError):
    """What a link offers was not had."""

    code = "CLAIM_REFUSED"


@dataclass(frozen=True, slots=True)
class Claimed:
    """What was taken over, and from which host; or the promise that it is had there later.

    `is_bound` tells that the key was proved, so that what comes is for it and for no other.
    """

    host: str
    credentials: tuple[bytes, ...]
    deferral: Deferral | None = None
    is_bound: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """An exchange of the VC-API that waits for a presentation which proves a key."""

    asked: Asked

    @property
    def place(self) -> str:
        """Name who offers."""
        return self.asked.place

    @property
    def asks_for_key(self) -> bool:
        """Tell that a key has to be proved, as it always has to."""
        return True

    def require_kind(self, kind: KeyType) -> None:
        """Raise `AskingError` (KEY_NOT_TAKEN) if a presentation by such a key is not taken."""
        self.asked.require_suite(SUITES[kind].name)

    def to_json(self) -> JsonObject:
        """Write it to keep it."""
        one = self.asked
        suites = list(one.suites)
        return {"exchange": [one.address, one.challenge, one.domain], "suites": suites}


Begun = Exchange | Grant
"""What a key has to be proved for, before anything comes."""


def begun_from_json(members: JsonObject) -> Begun:
    """Read what `to_json` wrote."""
    if "exchange" in members:
        address, challenge, domain = members["exchange"]
        return Exchange(Asked(address, challenge, domain, (), tuple(members["suites"])))
    return Grant.from_json(members)


def begin(way: Way, link: str, pin: str, verifier: str) -> Claimed | Begun | Pending:
    """Find out what a link offers, up to where a key is proved or a learner has to allow it.

    `verifier` is a new secret, for an issuer where the learner allows it.  Obligations:

    1. the link is of the web, or that of an OpenID4VCI offer, or leads to one of both;
    2. an exchange asks for the key alone, for the host that it is at: what asks for credentials is
       a request, and is answered elsewhere;
    3. what comes without proof of a key is at least one credential.

    Raises `ClaimError`, with the code of what to do: PIN_NEEDED, LATER.
    """
    with _told():
        found = _begun(way, link.strip(), pin, verifier)
    # 3.
    return _with_something(found) if isinstance(found, Claimed) else found


def to_prove(begun: Begun, at: datetime) -> ToSign:
    """Say what is signed to prove a key: an empty presentation, or a token for a nonce."""
    if isinstance(begun, Exchange):
        bound = Bound(begun.asked.challenge, begun.asked.domain)
        return Presentation((), bound, at)
    return KeyProof(begun.issuer, begun.nonce, at)


def require_kind(begun: Begun, kind: KeyType) -> None:
    """Raise `ClaimError` (KEY_NOT_TAKEN) where a kind of key is not taken, as far as it is said."""
    with _told():
        begun.require_kind(kind)


def finish(way: Way, begun: Begun, signed: Signed) -> Claimed:
    """Hand over what was signed, and take what comes: at least one credential, or its promise.

    Raises `ClaimError`, with the code of what to do: PIN_OR_LINK_ENDED, LATER.
    """
    with _told():
        if isinstance(begun, Grant):
            granted = credential_for(way, begun, str(signed))
            found = documents_of(granted.credentials)
            claimed = Claimed(granted.host, found, granted.deferral, granted.is_bound)
        else:
            sent = serialize_json({PRESENTATION: signed})
            address = begun.asked.address
            answer = way.exchange(address, sent, media_type=JSON, accepted=(JSON,))
            claimed = _presented(address, _object(answer.data))
    return _with_something(claimed)


def allowed_at(way: Way, pending: Pending, client: Client, state: str) -> str:
    """Write the address where a learner allows it (`address_to_allow`); raise `ClaimError`."""
    with _told():
        return address_to_allow(way, pending, client, state)


def come_back(way: Way, pending: Pending, client: Client, answer: dict[str, str]) -> Grant:
    """Go on with what a learner allowed (`redeemed`); raise `ClaimError`."""
    with _told():
        return redeemed(way, pending, client, answer)


@contextmanager
def _told() -> Iterator[None]:
    """Say of everything that goes wrong that nothing was had."""
    try:
        yield
    except FetchError as error:
        code = LATER if error.is_outage and error.http_status is not None else "CLAIM_NOT_READ"
        raise ClaimError(error.message, code=code) from error
    except AskingError as error:
        raise ClaimError(error.message, code=error.code) from error


def _begun(way: Way, link: str, pin: str, verifier: str) -> Claimed | Begun | Pending:
    # 1.
    if link.startswith(OFFER_SCHEME):
        offer = read_offer(way, link)
        if offer.code:
            return pre_authorized(way, offer, pin)
        return prepare(discover(way, offer), verifier)
    if len(link) > URL_CHARACTERS or not place_of(link):
        raise AskingError("This is no address of the web.", code="REQUEST_NO_ADDRESS")
    protocols = _object(way.fetch(link, accepted=(JSON,)).data).get("protocols")
    named = protocols if isinstance(protocols, dict) else {}
    if isinstance(named.get(PROTOCOL), str):
        return _exchange(way, link, named[PROTOCOL])
    offers = [named[name] for name in OPENID if isinstance(named.get(name), str)]
    if not offers or not offers[0].startswith(OFFER_SCHEME):
        raise AskingError("Nothing is offered at this address.", code="CLAIM_EMPTY")
    return _begun(way, offers[0], pin, verifier)


def _exchange(way: Way, link: str, address: str) -> Claimed | Exchange:
    # 2.
    if host_of(address) != host_of(link):
        text = "The offer leads to another place, which was not followed."
        raise AskingError(text, code="REQUEST_FOR_ANOTHER_PLACE")
    answer = _object(way.exchange(address, b"{}", media_type=JSON, accepted=(JSON,)).data)
    if REQUEST not in answer:
        return _presented(address, answer)
    asked = read_request(address, answer)
    if asked.queries:
        raise AskingError("This is a request for credentials.", code="CLAIM_IS_REQUEST")
    return Exchange(asked)


def _presented(address: str, answer: JsonObject) -> Claimed:
    presented = answer.get(PRESENTATION)
    held = presented.get("verifiableCredential") if isinstance(presented, dict) else None
    return Claimed(host_of(address), documents_of(as_list(held)))


def _with_something(found: Claimed) -> Claimed:
    if not found.credentials and found.deferral is None:
        raise ClaimError("There is no credential in the answer.", code="CLAIM_EMPTY")
    return found


def documents_of(found: Sequence[JsonValue]) -> tuple[bytes, ...]:
    """Write the credentials of one answer, as many as are taken."""
    return tuple(map(bytes_of, found[:MOST_CLAIMED]))


def bytes_of(value: JsonValue) -> bytes:
    """Write a credential that came inside another document as it would have come alone."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    if is_envelope(value):
        try:
            return read_envelope(value).token
        except CredentialError:
            return serialize_json(value)
    return serialize_json(value)


def _object(data: bytes) -> JsonObject:
    try:
        value = parse_json(data)
    except CredentialError as error:
        text = "What is at this address cannot be read."
        raise AskingError(text, code="REQUEST_UNREADABLE") from error
    if not isinstance(value, dict):
        raise AskingError("Nothing is offered at this address.", code="CLAIM_EMPTY")
    return value
