"""A wallet's side of OpenID4VCI 1.0: a token, the proof of a key, and a credential for both.

The token is had by a pre-authorized code (section 3.5), of which nobody is led to another page, or
by an authorization code (`wallet.openid_authorizing`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from urllib.parse import urlencode

from credentials.json_types import JsonObject, JsonValue, as_list
from credentials.strict_json import serialize_json
from keys.verification_key import KeyType
from service.errors import FetchError
from wallet.asking import JSON, AskingError, Way, host_of
from wallet.deferring import (
    ENDPOINT,
    TRANSACTION,
    Deferral,
    bearer,
    credentials_in,
    seconds_in,
)
from wallet.openid_offers import (
    ALGORITHMS,
    AUTHORIZATION,
    PRE_AUTHORIZED,
    Issuing,
    Offer,
    discover,
    plain_in,
    posted,
    printable,
    text_in,
)

FORM = "application/x-www-form-urlencoded"
LATER = "LATER"
NOT_TAKEN = (400, 401)
"""Statuses by which a code is refused (RFC 6749 section 5.2)."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Everything that a credential request needs, but the proof of a key.

    `code` is what the token is had by, as fields of a form; it is handed in when the key was
    proved, so that nobody loses it who does not prove one.  `token` is "" until then.  `nonce` is
    "" where no key is asked for; `algorithms` are those by which one may be proved.
    """

    issuer: str
    endpoint: str
    deferred: str
    configuration: str
    form: str
    title: str
    algorithms: tuple[str, ...]
    token_endpoint: str
    nonce_endpoint: str
    code: dict[str, str] = field(repr=False)
    nonce: str = ""
    token: str = field(default="", repr=False)
    identifier: str = ""

    @property
    def place(self) -> str:
        """Name who offers."""
        return host_of(self.issuer)

    @property
    def asks_for_key(self) -> bool:
        """Tell whether a key has to be proved."""
        return bool(self.algorithms)

    def require_kind(self, kind: KeyType) -> None:
        """Raise `AskingError` (KEY_NOT_TAKEN) if the issuer takes no key of a kind."""
        if self.asks_for_key and not ALGORITHMS[kind] & set(self.algorithms):
            text = f"The issuer takes no keys of the kind {kind.value}."
            raise AskingError(text, code="KEY_NOT_TAKEN")

    def to_json(self) -> JsonObject:
        """Write it to keep it, sealed."""
        return asdict(self)

    @classmethod
    def from_json(cls, members: JsonObject) -> Grant:
        """Read what `to_json` wrote."""
        return cls(**{**members, "algorithms": tuple(members["algorithms"])})


@dataclass(frozen=True, slots=True)
class Granted:
    """What an issuer gave: credentials, or the promise of some.

    `is_bound` tells whether the key was proved, so that what comes is for it.
    """

    host: str
    credentials: list[JsonValue]
    deferral: Deferral | None = None
    is_bound: bool = False


def pre_authorized(way: Way, offer: Offer, pin: str) -> Grant:
    """Prepare to take over an offer by its pre-authorized code, which is not used up by that.

    Obligations:

    1. the offer's PIN is given where one is needed;
    2. the metadata are the issuer's own (`discover`);
    3. where a key has to be proved, it is by a nonce of the issuer's own.

    Raises `FetchError` and `AskingError` (PIN_NEEDED, REQUEST_UNREADABLE).
    """
    # 1.
    if offer.needs_pin and not pin:
        raise AskingError("This offer needs a PIN.", code="PIN_NEEDED")
    # 2.
    issuing = discover(way, offer)
    form = {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": offer.code}
    form |= {"tx_code": pin} if offer.needs_pin else {}
    # 3.
    return with_nonce(way, grant_of(issuing, form))


def credential_for(way: Way, grant: Grant, proof: str) -> Granted:
    """Ask for a credential; `proof` is not looked at where no key is asked for.

    Obligations:

    1. the code is handed in once, where the metadata say, and nothing else is sent with it;
    2. the token and the proof go to the credential endpoint of the same metadata;
    3. what is promised for later is asked for where the same metadata say.

    Raises `FetchError` and `AskingError` (PIN_OR_LINK_ENDED, REQUEST_UNREADABLE).
    """
    # 1.
    if not grant.token:
        grant = with_token(way, grant)
    # 2.
    kind = "credential_identifier" if grant.identifier else "credential_configuration_id"
    body: JsonObject = {kind: grant.identifier or grant.configuration}
    if grant.asks_for_key:
        body["proofs"] = {"jwt": [proof]}
    sent = serialize_json(body)
    answer = posted(way, grant.endpoint, sent, JSON, bearer(grant.token))
    # 3.
    found = credentials_in(answer)
    is_promise = not found and TRANSACTION in answer
    deferral = _promised(grant, answer) if is_promise else None
    return Granted(host_of(grant.issuer), found, deferral, grant.asks_for_key)


def grant_of(issuing: Issuing, code: dict[str, str]) -> Grant:
    """Put together what metadata say of what is taken; there is neither nonce nor token yet."""
    metadata, chosen = issuing.metadata, issuing.chosen
    algorithms = chosen.algorithms
    return Grant(
        issuer=plain_in(metadata, "credential_issuer"),
        endpoint=text_in(metadata, "credential_endpoint"),
        deferred=plain_in(metadata, ENDPOINT) if ENDPOINT in metadata else "",
        configuration=chosen.id,
        form=printable(chosen.described.get("format")),
        title=chosen.title,
        algorithms=algorithms,
        token_endpoint=text_in(issuing.server, "token_endpoint"),
        nonce_endpoint=text_in(metadata, "nonce_endpoint") if algorithms else "",
        code=code,
    )


def with_nonce(way: Way, grant: Grant) -> Grant:
    """Ask for the nonce by which a key is proved, where one has to be (section 7)."""
    if not grant.asks_for_key:
        return grant
    return replace(grant, nonce=text_in(posted(way, grant.nonce_endpoint, b"", JSON), "c_nonce"))


def with_token(way: Way, grant: Grant) -> Grant:
    """Hand a code in for a token (section 6).

    Raises `FetchError` and `AskingError` (REQUEST_UNREADABLE; CODE_ENDED for a code that a learner
    came back with, PIN_OR_LINK_ENDED for one of an offer).
    """
    try:
        answer = posted(way, grant.token_endpoint, urlencode(grant.code).encode(), FORM)
    except FetchError as error:
        if error.http_status not in NOT_TAKEN:
            raise
        raise _not_taken(grant) from error
    identifier = _identifier(grant, answer)
    return replace(grant, token=text_in(answer, "access_token"), code={}, identifier=identifier)


def _not_taken(grant: Grant) -> AskingError:
    """Say which code was refused; there is a PIN for one of an offer only."""
    if grant.code.get("grant_type") == AUTHORIZATION:
        text = "What was allowed at the issuer is not taken there any more."
        return AskingError(text, code="CODE_ENDED")
    return AskingError("The PIN is wrong, or the link has ended.", code="PIN_OR_LINK_ENDED")


def _identifier(grant: Grant, answer: JsonObject) -> str:
    """Read under which identifier the credential is asked for, if under one (section 6.2)."""
    for one in as_list(answer.get("authorization_details")):
        if isinstance(one, dict) and one.get("credential_configuration_id") == grant.configuration:
            named = [name for name in as_list(one.get("credential_identifiers")) if name]
            return str(named[0]) if named else ""
    return ""


def _promised(grant: Grant, answer: JsonObject) -> Deferral:
    """Read where and how a promise is redeemed: only from the metadata, never from the answer."""
    return Deferral(
        issuer=grant.issuer,
        endpoint=plain_in({ENDPOINT: grant.deferred}, ENDPOINT),
        transaction=plain_in(answer, TRANSACTION),
        token=grant.token,
        form=grant.form,
        title=grant.title,
        seconds=seconds_in(answer),
    )
