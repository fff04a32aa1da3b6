"""Waiting for a credential that an issuer promised (OpenID4VCI 1.0 section 9).

An issuer that cannot sign just now answers a credential request with a transaction instead of a
credential.  The wallet asks for it again, by the access token that it claimed with.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from credentials.errors import CredentialError
from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.strict_json import parse_json, serialize_json
from service.errors import FetchError
from wallet.asking import JSON, Way

ENDPOINT = "deferred_credential_endpoint"
TRANSACTION = "transaction_id"
GIVEN, PROMISED, REFUSING, UNAUTHORIZED = (200, 201), 202, 400, 401

LEAST_SECONDS = 5
"""So long a wallet waits at least before it asks again; also where no interval is stated."""

MOST_SECONDS = 86_400
"""So long it waits at most, whatever interval is stated: a promise would never be looked at."""

WAITING, CAME, UNANSWERED = "waiting", "came", "unanswered"
REFUSED, UNKNOWN, TOKEN_ENDED = "refused", "unknown", "token-ended"
"""What an issuer says of a promise.  The last three end it; of `UNANSWERED` nobody knows."""

ERRORS = {
    "invalid_transaction_id": UNKNOWN,
    "credential_request_denied": REFUSED,
    "invalid_token": TOKEN_ENDED,
    # Of drafts, which had no status for it.
    "issuance_pending": WAITING,
}


@dataclass(frozen=True, slots=True)
class Deferral:
    """A promise: whose, where it is redeemed and by what, of what, and after how many seconds."""

    issuer: str
    endpoint: str
    transaction: str
    token: str = field(repr=False)
    form: str
    title: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What an issuer says when it is asked again; `seconds` is when it wants to be asked next."""

    state: str
    seconds: int = LEAST_SECONDS
    credentials: tuple[JsonValue, ...] = ()


def ask_for_promised(way: Way, endpoint: str, transaction: str, token: str) -> Answer:
    """Ask an issuer for what it promised; never raises for what is answered.

    Obligations (OpenID4VCI 1.0 sections 9.1 to 9.3):

    1. the token goes to the endpoint that was kept, and nowhere that an answer names;
    2. an answer ends the waiting only if it says so in the words of the specification;
    3. the waiting goes on for the same transaction only: another one is not taken over;
    4. whatever else is answered is no answer, and another try decides.
    """
    # 1.
    try:
        answer = way.exchange(
            endpoint,
            serialize_json({TRANSACTION: transaction}),
            media_type=JSON,
            headers=bearer(token),
            accepted=(JSON,),
            statuses=(*GIVEN, PROMISED, REFUSING),
        )
    except FetchError as error:
        return Answer(TOKEN_ENDED if error.http_status == UNAUTHORIZED else UNANSWERED)
    told = _members(answer.data)
    # 2.
    if answer.status == REFUSING:
        return Answer(ERRORS.get(str(told.get("error")), UNANSWERED), seconds_in(told))
    found = credentials_in(told)
    if found and answer.status in GIVEN:
        return Answer(CAME, credentials=tuple(found))
    # 3. and 4.
    goes_on = answer.status == PROMISED and told.get(TRANSACTION, transaction) == transaction
    return Answer(WAITING if goes_on else UNANSWERED, seconds_in(told))


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    """Write the header that carries an access token (RFC 6750 section 2.1)."""
    return (("Authorization", f"Bearer {token}"),)


def seconds_in(answer: JsonObject) -> int:
    """Read after how many seconds to ask again, within the bounds of this wallet."""
    stated = answer.get("interval")
    if not isinstance(stated, int):
        return LEAST_SECONDS
    return within_bounds(stated)


def within_bounds(seconds: int) -> int:
    """Keep a wait from being too short for the issuer, or too long for anybody to look at."""
    return max(LEAST_SECONDS, min(seconds, MOST_SECONDS))


def credentials_in(answer: JsonObject) -> list[JsonValue]:
    """Find the credentials of a credential response (section 8.3)."""
    listed = [one for one in as_list(answer.get("credentials")) if isinstance(one, dict)]
    found = [one.get("credential") for one in listed]
    return [one for one in found if isinstance(one, str | dict)]


def _members(data: bytes) -> JsonObject:
    """Read an answer; one that cannot be read says nothing."""
    try:
        value = parse_json(data)
    except CredentialError:
        return {}
    return value if isinstance(value, dict) else {}
