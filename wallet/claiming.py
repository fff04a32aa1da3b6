"""Taking over what an institution offers by a link: over the VC-API, or over OpenID4VCI.

The other side learns the key of the wallet, as far as it asks for it, and nothing else.  What comes
is verified by whoever keeps it, as anything that a learner adds.

Sources: VCALM, sections on interaction URLs and exchanges; OpenID4VCI 1.0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from credentials.errors import CredentialError
from credentials.jose.envelopes import read_envelope
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.linked_data.embedded import is_envelope
from credentials.strict_json import parse_json, serialize_json
from service.errors import FetchError
from wallet.asking import (
    JSON,
    PRESENTATION,
    PROTOCOL,
    REQUEST,
    URL_CHARACTERS,
    AskingError,
    Way,
    host_of,
    place_of,
    read_request,
)
from wallet.deferring import Deferral
from wallet.errors import WalletError
from wallet.holder_keys import Bound
from wallet.openid_claiming import LATER, OFFER_SCHEME, claim_over_openid

OPENID = ("oid4vci-1.0", "OID4VCI")
"""Names under which an interaction names its OpenID4VCI offer."""

MOST_CLAIMED = 50
"""So many credentials are taken of one answer."""


class ClaimError(WalletError):
    """What a link offers was not had."""

    code = "CLAIM_REFUSED"


@dataclass(frozen=True, slots=True)
class Holder:
    """What a learner proves their key by: an empty presentation, or a token for a nonce.

    `prove` takes the audience and the nonce.
    """

    present: Callable[[Bound], JsonObject]
    prove: Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Claimed:
    """What was taken over, and from which host; or the promise that it is had there later.

    `is_bound` tells that the key was proved, so that what comes is for it and for no other.
    """

    host: str
    credentials: tuple[bytes, ...]
    deferral: Deferral | None = None
    is_bound: bool = False


def claim(way: Way, link: str, holder: Holder, pin: str = "") -> Claimed:
    """Take over what a link offers.

    Obligations:

    1. the link is of the web, or that of an OpenID4VCI offer, or leads to one of both;
    2. an exchange asks for the key alone, for the host that it is at: what asks for credentials is
       a request, and is answered elsewhere;
    3. at least one credential comes, or is promised.

    Raises `ClaimError`, with the code of what to do: PIN_NEEDED, PIN_OR_LINK_ENDED, LATER.
    """
    link = link.strip()
    try:
        found = _claimed(way, link, holder, pin)
    except FetchError as error:
        code = LATER if error.is_outage and error.http_status is not None else "CLAIM_NOT_READ"
        raise ClaimError(error.message, code=code) from error
    except AskingError as error:
        raise ClaimError(error.message, code=error.code) from error
    # 3.
    if not found.credentials and found.deferral is None:
        raise ClaimError("There is no credential in the answer.", code="CLAIM_EMPTY")
    return found


def _claimed(way: Way, link: str, holder: Holder, pin: str) -> Claimed:
    # 1.
    if link.startswith(OFFER_SCHEME):
        granted = claim_over_openid(way, link, holder.prove, pin)
        found = documents_of(granted.credentials)
        return Claimed(granted.host, found, granted.deferral, granted.is_bound)
    if len(link) > URL_CHARACTERS or not place_of(link):
        raise AskingError("This is no address of the web.", code="REQUEST_NO_ADDRESS")
    protocols = _object(way.fetch(link, accepted=(JSON,)).data).get("protocols")
    named = protocols if isinstance(protocols, dict) else {}
    if isinstance(named.get(PROTOCOL), str):
        return _over_exchange(way, link, named[PROTOCOL], holder)
    offers = [named[name] for name in OPENID if isinstance(named.get(name), str)]
    if not offers or not offers[0].startswith(OFFER_SCHEME):
        raise AskingError("Nothing is offered at this address.", code="CLAIM_EMPTY")
    return _claimed(way, offers[0], holder, pin)


def _over_exchange(way: Way, link: str, address: str, holder: Holder) -> Claimed:
    # 2.
    if host_of(address) != host_of(link):
        text = "The offer leads to another place, which was not followed."
        raise AskingError(text, code="REQUEST_FOR_ANOTHER_PLACE")
    answer = _object(way.exchange(address, b"{}", media_type=JSON, accepted=(JSON,)).data)
    if REQUEST in answer:
        asked = read_request(address, answer)
        if asked.queries:
            raise AskingError("This is a request for credentials.", code="CLAIM_IS_REQUEST")
        made = holder.present(Bound(asked.challenge, asked.domain))
        sent = serialize_json({PRESENTATION: made})
        answer = _object(way.exchange(address, sent, media_type=JSON, accepted=(JSON,)).data)
    presented = answer.get(PRESENTATION)
    held = presented.get("verifiableCredential") if isinstance(presented, dict) else None
    return Claimed(host_of(address), documents_of(as_list(held)))


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
