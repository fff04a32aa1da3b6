"""The authorization endpoint: what a wallet asks for, and what it is told.

Only wallets that the operator knows may ask, and each is led back to an address that is written
down for it, letter by letter.  Nobody is led anywhere before that is certain.

Source: RFC 6749 section 4.1, RFC 7636, RFC 9126, RFC 9207, RFC 9700; OpenID4VCI 1.0 section 5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from credentials.json_types import JsonObject
from issuer.store import NotFoundError, Tenant
from issuer.store.wallet_grants import AuthorizationAsked
from issuer.store.wallet_offers import WalletOffer
from issuer.wallets.configurations import CONFIGURATIONS
from issuer.wallets.desk import WalletClient, WalletDesk
from issuer.wallets.errors import ProtocolError
from issuer.wallets.tokens import details_of

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
"""A code_challenge of S256: 32 bytes in base64url."""

STATE_CHARACTERS = 2_000
PUSHED = "urn:ietf:params:oauth:request_uri:"
PUSHED_LIFE = timedelta(minutes=10)
"""How long a pushed request holds: as long as somebody needs to read a page and find a PIN."""


class UnknownWalletError(ProtocolError):
    """Nobody is led back: who asks is not known, or not where to."""


@dataclass(frozen=True, slots=True)
class WayBack:
    """Where a wallet is led back to, and what it wants to hear again."""

    issuer_id: str
    redirect_uri: str
    state: str | None

    def with_code(self, code: str) -> str:
        """Write the address with a code."""
        return self._with({"code": code})

    def with_error(self, error: str) -> str:
        """Write the address with an error."""
        return self._with({"error": error})

    def _with(self, answer: dict[str, str]) -> str:
        if self.state is not None:
            answer = {**answer, "state": self.state}
        mark = "&" if urlsplit(self.redirect_uri).query else "?"
        return f"{self.redirect_uri}{mark}{urlencode({**answer, 'iss': self.issuer_id})}"

    @property
    def source(self) -> str:
        """Name where it leads as a policy of content does: an origin, or a scheme of an app."""
        parts = urlsplit(self.redirect_uri)
        is_web = parts.scheme in ("http", "https")
        return f"{parts.scheme}://{parts.netloc}" if is_web else f"{parts.scheme}:"


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """What a wallet asks for, found in order: who asks, for which offer, where it goes on."""

    client: WalletClient
    offer: WalletOffer
    asked: AuthorizationAsked
    back: WayBack


class RefusedToWalletError(ProtocolError):
    """The wallet is told that it asked wrongly, at an address that is its own."""

    def __init__(self, message: str, *, error: str, back: WayBack) -> None:
        """Say why, and where to."""
        super().__init__(message, error=error)
        self.back = back


def pushed(desk: WalletDesk, tenant: Tenant, parameters: Mapping[str, str]) -> JsonObject:
    """Keep a request that was found in order (RFC 9126 section 2); raise `ProtocolError`."""
    if "request_uri" in parameters:
        raise ProtocolError("A pushed request has no request_uri.", error="invalid_request")
    read_request(desk, tenant, parameters)
    now = desk.now()
    secret = desk.store.wallet_offers.push(dict(parameters), now + PUSHED_LIFE, now)
    lives = int(PUSHED_LIFE.total_seconds())
    return {"request_uri": f"{PUSHED}{secret}", "expires_in": lives}


def read_request(
    desk: WalletDesk, tenant: Tenant, parameters: Mapping[str, str]
) -> AuthorizationRequest:
    """Read a request to the authorization endpoint.

    Obligations: 1. a pushed request is the client's own; 2. the client is known, and its
    redirect_uri is one of those written down for it, exactly; 3. it asks for a code, with a
    challenge of S256 (RFC 7636, RFC 9700 section 2.1.1); 4. it begins with an offer of this
    institution that holds; 5. it asks for what is offered, and for nothing beyond it.

    Raises `UnknownWalletError` before 3., and `RefusedToWalletError`.
    """
    # 1.
    parameters = _unpacked(desk, parameters)
    # 2.
    client = desk.clients.get(parameters.get("client_id", ""))
    redirect_uri = parameters.get("redirect_uri", "")
    if client is None or redirect_uri not in client.redirect_uris:
        text = "The wallet is not known here, or wants to be led back to another address."
        raise UnknownWalletError(text, error="invalid_request")
    state = parameters.get("state")
    if state is not None and len(state) > STATE_CHARACTERS:
        raise UnknownWalletError("The state is too long.", error="invalid_request")
    back = WayBack(desk.issuer_id(tenant), redirect_uri, state)
    # 3.
    challenge = _challenge(parameters, back)
    # 4.
    offer = _offer(desk, tenant, parameters, back)
    # 5.
    is_detailed = _is_detailed(parameters, offer, back)
    asked = AuthorizationAsked(client.client_id, redirect_uri, challenge, is_detailed)
    return AuthorizationRequest(client, offer, asked, back)


def _unpacked(desk: WalletDesk, parameters: Mapping[str, str]) -> Mapping[str, str]:
    uri = parameters.get("request_uri")
    if uri is None:
        return parameters
    try:
        kept = desk.store.wallet_offers.pushed(uri.removeprefix(PUSHED), desk.now())
    except NotFoundError as error:
        raise UnknownWalletError(error.message, error="invalid_request_uri") from error
    if not uri.startswith(PUSHED) or kept.get("client_id") != parameters.get("client_id"):
        text = "The pushed request is another wallet's."
        raise UnknownWalletError(text, error="invalid_request_uri")
    return kept


def _challenge(parameters: Mapping[str, str], back: WayBack) -> str:
    if "request" in parameters:
        raise _refused("Signed requests are not read here.", "request_not_supported", back)
    if parameters.get("response_type") != "code":
        raise _refused("Only codes are given out.", "unsupported_response_type", back)
    challenge = parameters.get("code_challenge", "")
    if parameters.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(challenge):
        raise _refused("There is no challenge of S256 (PKCE).", "invalid_request", back)
    return challenge


def _offer(
    desk: WalletDesk, tenant: Tenant, parameters: Mapping[str, str], back: WayBack
) -> WalletOffer:
    try:
        offer = desk.store.wallet_offers.with_state(parameters.get("issuer_state", ""), desk.now())
    except NotFoundError as error:
        raise _refused("Begin with an offer of a claim.", "invalid_request", back) from error
    if offer.tenant_id != tenant.id:
        raise _refused("The offer is of another institution.", "invalid_request", back)
    return offer


def _is_detailed(parameters: Mapping[str, str], offer: WalletOffer, back: WayBack) -> bool:
    try:
        is_detailed = details_of(parameters.get("authorization_details"), offer)
    except ProtocolError as error:
        raise _refused(error.message, error.error, back) from error
    scopes = parameters.get("scope", "").split(" ")
    if set(scopes) - {CONFIGURATIONS[offer.form], ""}:
        raise _refused("The scope goes beyond what is offered.", "invalid_scope", back)
    if not is_detailed and CONFIGURATIONS[offer.form] not in scopes:
        raise _refused("Nothing is asked for.", "invalid_scope", back)
    return is_detailed


def _refused(message: str, error: str, back: WayBack) -> RefusedToWalletError:
    return RefusedToWalletError(message, error=error, back=back)
