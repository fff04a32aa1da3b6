"""Signing in with an account elsewhere: OpenID Connect, by authorization code.

With PKCE, state and nonce, drawn for each visit and kept by whoever asks.  Authlib writes the
requests and judges claims; documents and keys come by a `Transport`.

Sources: OpenID Connect Core 1.0 section 3.1, Discovery 1.0; RFC 7636; RFC 9207; RFC 9700.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from credentials.errors import CredentialError
from credentials.json_types import JsonObject
from credentials.strict_json import parse_json
from service.errors import FetchError
from service.sign_in.errors import SignInError
from service.sign_in.id_tokens import Expected, key_id_of, refused_token, verified_claims
from service.sign_in.transport import Transport

DISCOVERY = "/.well-known/openid-configuration"
SECRET_BYTES = 32
KEPT_SECONDS = 3_600.0
"""How long the description of a provider, and its keys, are kept."""

ASKED_AGAIN_SECONDS = 60.0
"""How often keys are asked for again when a token names one that is not known."""

LABEL_CHARACTERS = 200
CODE_CHARACTERS = 4_096


@dataclass(frozen=True, slots=True)
class OpenIdProvider:
    """A provider as the operator describes it.

    `name` stands in addresses, `title` on buttons.  Where the operator `trusts_addresses`, an
    account with a verified address opens that of whoever has the same address here.
    """

    name: str
    title: str
    issuer: str
    client_id: str
    client_secret: str | None = None
    trusts_addresses: bool = False
    algorithms: frozenset[str] = frozenset({"RS256", "ES256"})


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit at the provider: where the browser is sent, and what is kept until it is back."""

    address: str
    kept: dict[str, str]


@dataclass(frozen=True, slots=True)
class ProvedAccount:
    """Somebody's account, as the provider proved it; the address only if it is verified."""

    issuer: str
    subject: str
    label: str
    verified_address: str | None


@dataclass(frozen=True, slots=True)
class _Description:
    """What a provider says about itself."""

    authorization: str
    token: str
    keys: str
    names_issuer: bool
    takes_secret_in_body: bool


class OpenIdClient:
    """One provider, with the way to it; `redirect_uri` is where browsers come back to."""

    def __init__(
        self,
        provider: OpenIdProvider,
        transport: Transport,
        redirect_uri: str,
        clock: Callable[[], float],
    ) -> None:
        """Keep what is needed; nothing is asked yet.  `clock` goes forward, in seconds."""
        self.provider, self._transport, self._clock = provider, transport, clock
        self._redirect_uri = redirect_uri
        self._description: _Description | None = None
        self._keys: list[JsonObject] = []
        self._described_at = self._keys_at = float("-inf")

    def begin(self) -> Visit:
        """Begin a visit; raise `SignInError` (PROVIDER_UNREACHABLE, PROVIDER_MALFORMED)."""
        description = self._described()
        kept = {
            name: secrets.token_urlsafe(SECRET_BYTES) for name in ("state", "nonce", "verifier")
        }
        address = prepare_grant_uri(
            description.authorization,
            self.provider.client_id,
            "code",
            redirect_uri=self._redirect_uri,
            scope="openid email profile",
            state=kept["state"],
            nonce=kept["nonce"],
            code_challenge=create_s256_code_challenge(kept["verifier"]),
            code_challenge_method="S256",
        )
        return Visit(str(address), kept)

    def finish(
        self, kept: Mapping[str, str], answered: Mapping[str, str], now: datetime
    ) -> ProvedAccount:
        """Take what a browser brings back from the provider.

        Obligations:

        1. it brings the state that was drawn for its visit;
        2. the answer is of this provider, wherever it says whose it is (RFC 9207);
        3. its code is exchanged for an ID token, with the verifier of the visit (RFC 7636);
        4. the token is verified in full, with the provider's own keys.

        Raises `SignInError` (VISIT_MIXED_UP, PROVIDER_REFUSED, PROVIDER_UNREACHABLE,
        PROVIDER_MALFORMED, ID_TOKEN_REFUSED).
        """
        # 1.
        state = answered.get("state", "")
        if not hmac.compare_digest(state.encode("utf-8", "replace"), kept["state"].encode()):
            raise _mixed_up()
        # 2.
        description, issuer = self._described(), answered.get("iss")
        if (description.names_issuer or issuer is not None) and issuer != self.provider.issuer:
            raise _mixed_up()
        # 3.
        code = answered.get("code", "")
        if "error" in answered or not 0 < len(code) <= CODE_CHARACTERS:
            text = "The provider signed nobody in. Try again, or sign in another way."
            raise SignInError(text, code="PROVIDER_REFUSED")
        tokens = self._exchanged(description, code, kept["verifier"])
        # 4.
        return self._proved(tokens, kept["nonce"], int(now.timestamp()))

    def _exchanged(self, description: _Description, code: str, verifier: str) -> JsonObject:
        body = prepare_token_request(
            "authorization_code",
            redirect_uri=self._redirect_uri,
            code=code,
            code_verifier=verifier,
        )
        secret = self.provider.client_secret
        in_body = "client_secret_post" if description.takes_secret_in_body else None
        method = "none" if secret is None else in_body or "client_secret_basic"
        auth = ClientAuth(self.provider.client_id, secret, method)
        _uri, headers, form = auth.prepare("POST", description.token, {}, body)
        with_body = str(form).encode("utf-8")
        try:
            data = self._transport.post(description.token, with_body, tuple(headers.items()))
        except FetchError as error:
            raise _unreachable() from error
        return _object(data)

    def _proved(self, tokens: JsonObject, nonce: str, now: int) -> ProvedAccount:
        token, access = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(token, str):
            raise refused_token()
        provider = self.provider
        expected = Expected(
            provider.issuer,
            provider.client_id,
            nonce,
            provider.algorithms,
            access if isinstance(access, str) else None,
        )
        claims = verified_claims(token, self._keys_for(key_id_of(token)), expected, now)
        address = claims.get("email")
        is_verified = claims.get("email_verified") is True and isinstance(address, str)
        label = next(
            (one for one in map(claims.get, ("email", "preferred_username", "name")) if one),
            claims["sub"],
        )
        return ProvedAccount(
            provider.issuer,
            str(claims["sub"]),
            str(label)[:LABEL_CHARACTERS],
            _plain(str(address)) if is_verified else None,
        )

    def _described(self) -> _Description:
        """Give the provider's description, asked for anew after an hour."""
        if self._description is None or self._clock() - self._described_at > KEPT_SECONDS:
            document = self._fetched(self.provider.issuer.rstrip("/") + DISCOVERY)
            self._description = _description(document, self.provider.issuer)
            self._described_at = self._clock()
        return self._description

    def _keys_for(self, key_id: str | None) -> list[JsonObject]:
        """Give the provider's keys; one that is not known yet may be new."""
        age = self._clock() - self._keys_at
        is_known = key_id is None or any(key.get("kid") == key_id for key in self._keys)
        if age > KEPT_SECONDS or (not is_known and age > ASKED_AGAIN_SECONDS):
            keys = self._fetched(self._described().keys).get("keys")
            if not isinstance(keys, list):
                raise _malformed()
            self._keys = [key for key in keys if isinstance(key, dict)]
            self._keys_at = self._clock()
        return self._keys

    def _fetched(self, url: str) -> JsonObject:
        try:
            return _object(self._transport.get(url))
        except FetchError as error:
            raise _unreachable() from error


def _description(document: JsonObject, issuer: str) -> _Description:
    """Read a description; it must be that of the issuer that was asked for (Discovery 4.3)."""
    if document.get("issuer") != issuer:
        raise _malformed()
    methods: Any = document.get("token_endpoint_auth_methods_supported")
    takes_basic = not isinstance(methods, list) or "client_secret_basic" in methods
    names_issuer = document.get("authorization_response_iss_parameter_supported") is True
    return _Description(
        _endpoint(document, "authorization_endpoint", issuer),
        _endpoint(document, "token_endpoint", issuer),
        _endpoint(document, "jwks_uri", issuer),
        names_issuer,
        not takes_basic,
    )


def _endpoint(document: JsonObject, name: str, issuer: str) -> str:
    value = document.get(name)
    # An operator who names an issuer without TLS, as for trying out, has allowed its host.
    scheme = "https://" if issuer.startswith("https://") else "http"
    if not isinstance(value, str) or not value.startswith(scheme):
        raise _malformed()
    return value


def _object(data: bytes) -> JsonObject:
    try:
        value = parse_json(data)
    except CredentialError as error:
        raise _malformed() from error
    if not isinstance(value, dict):
        raise _malformed()
    return value


def _plain(address: str) -> str | None:
    """Write an address in small letters, if it is of ASCII alone.

    Others can become somebody else's: the sign for Kelvin, made small, is a plain k.
    """
    return address.strip().lower() if address.isascii() else None


def _malformed() -> SignInError:
    text = "The provider does not answer as OpenID Connect says. Tell whoever runs this service."
    return SignInError(text, code="PROVIDER_MALFORMED")


def _unreachable() -> SignInError:
    text = "The provider cannot be asked just now. Try again in a minute, or sign in another way."
    return SignInError(text, code="PROVIDER_UNREACHABLE")


def _mixed_up() -> SignInError:
    text = "This answer belongs to another visit at a provider. Begin again."
    return SignInError(text, code="VISIT_MIXED_UP")
