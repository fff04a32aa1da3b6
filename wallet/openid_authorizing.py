"""An authorization code: the learner allows at the issuer that this wallet takes a credential.

Sources: OpenID4VCI 1.0 section 5, RFC 6749 section 4.1, RFC 7636 (PKCE), RFC 8707 (`resource`),
RFC 9126 (PAR), RFC 9207 (`iss`), RFC 9700 sections 2.1, 4.4, 4.5 and 4.9.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from urllib.parse import urlencode, urlsplit

from credentials.json_types import JsonObject, as_list
from credentials.strict_json import serialize_json
from keys.multibase import base64url
from wallet.asking import AskingError, Way, place_of
from wallet.openid_claiming import FORM, Grant, grant_of, with_nonce, with_token
from wallet.openid_offers import AUTHORIZATION, SERVERS, Issuing, posted, text_in, unreadable

PUSHED = "pushed_authorization_request_endpoint"
NAMES_ITSELF = "authorization_response_iss_parameter_supported"
METHODS, METHOD = "code_challenge_methods_supported", "S256"
DETAILS = "openid_credential"
CODE_CHARACTERS = 2_048


@dataclass(frozen=True, slots=True)
class Client:
    """How this wallet is known to issuers: its client_id, and where learners are led back to."""

    id: str
    back: str


@dataclass(frozen=True, slots=True)
class Pending:
    """What is kept while a learner is at an issuer: whose answer is taken, and what goes with it.

    `server` is the identifier of the authorization server, `page` its address for people,
    `verifier` the secret of PKCE, `asked` how the offer and what is wanted of it are named there.
    """

    grant: Grant
    server: str
    page: str
    pushed: str
    verifier: str = field(repr=False)
    asked: dict[str, str]

    def to_json(self) -> JsonObject:
        """Write it to keep it, sealed."""
        return asdict(self)

    @classmethod
    def from_json(cls, members: JsonObject) -> Pending:
        """Read what `to_json` wrote."""
        return cls(**{**members, "grant": Grant.from_json(members["grant"])})


def prepare(issuing: Issuing, verifier: str) -> Pending:
    """Prepare to lead a learner to an issuer; `verifier` is a new secret of 43 characters or more.

    Obligations:

    1. the server has a page for people, at an address of the web without a fragment
       (RFC 6749 section 3.1);
    2. it takes challenges of S256 (RFC 9700 section 2.1.1);
    3. it says in its answers who it is: without that, one server could pass on the answer of
       another (mix-up, RFC 9207; RFC 9700 section 4.4.2).

    Raises `AskingError` (REQUEST_UNREADABLE, SERVER_NOT_SAFE).
    """
    server = issuing.server
    # 1.
    page = text_in(server, "authorization_endpoint")
    if place_of(page) is None or "#" in page:
        raise unreadable()
    # 2. and 3.
    if METHOD not in as_list(server.get(METHODS)) or server.get(NAMES_ITSELF) is not True:
        text = "The server does not do what protects a learner from being given another's answer."
        raise AskingError(text, code="SERVER_NOT_SAFE")
    return Pending(
        grant=grant_of(issuing, {}),
        server=text_in(server, "issuer"),
        page=page,
        pushed=text_in(server, PUSHED) if PUSHED in server else "",
        verifier=verifier,
        asked=_asked(issuing),
    )


def address_to_allow(way: Way, pending: Pending, client: Client, state: str) -> str:
    """Write the address to which the learner is led; with PAR only a reference is in it.

    Raises `FetchError` and `AskingError` (REQUEST_UNREADABLE).
    """
    challenge = base64url(hashlib.sha256(pending.verifier.encode("ascii")).digest())
    request = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": client.back,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": METHOD,
        **pending.asked,
    }
    if pending.pushed:
        answer = posted(way, pending.pushed, urlencode(request).encode(), FORM)
        request = {"client_id": client.id, "request_uri": text_in(answer, "request_uri")}
    mark = "&" if urlsplit(pending.page).query else "?"
    return f"{pending.page}{mark}{urlencode(request)}"


def redeemed(way: Way, pending: Pending, client: Client, answer: Mapping[str, str]) -> Grant:
    """Take the answer with which a learner came back, and hand its code in.

    Whoever calls this has found what was kept by the answer's `state`, for this learner, once.
    Obligations:

    1. the answer is of the server that the learner was led to, letter by letter (RFC 9207
       section 2.4), and of no other, before anything in it is believed;
    2. the learner allowed it;
    3. the code goes to that server alone, with the verifier of this way (RFC 7636 section 4.5) and
       the address that it was asked for with; then it is used up;
    4. where a key has to be proved, it is by a nonce of the issuer's own.

    Raises `FetchError` and `AskingError` (ANSWER_OF_ANOTHER, NOT_ALLOWED, CODE_ENDED).
    """
    # 1.
    if answer.get("iss") != pending.server:
        text = "The answer is not of the server that the learner was led to."
        raise AskingError(text, code="ANSWER_OF_ANOTHER")
    # 2.
    code = answer.get("code", "")
    if "error" in answer or not 0 < len(code) <= CODE_CHARACTERS:
        raise AskingError("It was not allowed.", code="NOT_ALLOWED")
    # 3.
    form = {
        "grant_type": AUTHORIZATION,
        "code": code,
        "client_id": client.id,
        "redirect_uri": client.back,
        "code_verifier": pending.verifier,
    }
    grant = with_token(way, replace(pending.grant, code=form))
    # 4.
    return with_nonce(way, grant)


def _asked(issuing: Issuing) -> dict[str, str]:
    """Name what is wanted: by its scope, or where it has none by its details (section 5.1).

    A server that others name, too, is told for whom: the token is of use to this issuer alone, and
    not to whoever names another's server as its own (section 5.1.2, RFC 8707).
    """
    chosen, offer = issuing.chosen, issuing.offer
    scope = chosen.described.get("scope")
    if isinstance(scope, str) and scope:
        asked = {"scope": scope}
        asked |= {"resource": offer.issuer} if SERVERS in issuing.metadata else {}
    else:
        detail: JsonObject = {"type": DETAILS, "credential_configuration_id": chosen.id}
        if SERVERS in issuing.metadata:
            detail["locations"] = [offer.issuer]
        asked = {"authorization_details": serialize_json([detail]).decode()}
    return asked | ({"issuer_state": offer.state} if offer.state else {})
