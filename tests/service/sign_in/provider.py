"""A provider of OpenID Connect for tests; it signs in whoever asks, and lies when told to."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from flask import Flask, Response, request
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from service.errors import FetchError
from service.web.reading import BODY_BYTES_SETTING
from tests.factories import NOW

ISSUER = "https://login.poly.example"
CLIENT = "tallystick"
CLIENT_PASSWORD = "shared with the provider"


@cache
def rsa_key(name: str = "one", bits: int = 2048) -> RSAKey:
    return RSAKey.generate_key(bits, {"kid": name, "use": "sig"}, private=True)


@cache
def ec_key(name: str = "two") -> ECKey:
    return ECKey.generate_key("P-256", {"kid": name, "use": "sig"}, private=True)


@dataclass
class TestProvider:
    """What the provider answers; `claims` and `header` are changed by tests."""

    __test__ = False

    issuer: str = ISSUER
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    key: Any = field(default_factory=rsa_key)
    keys: Sequence[Any] = field(default_factory=lambda: [rsa_key(), ec_key()])
    description: dict[str, Any] = field(default_factory=dict)
    answered: dict[str, str] = field(default_factory=dict)
    forged: Callable[[str], str] = str
    now: int = int(NOW.timestamp())
    fetched: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._visits: dict[str, dict[str, str]] = {}

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **self.description,
        }

    def visited(self, address: str) -> dict[str, str]:
        """Sign whoever comes in, and return what their browser takes back."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = f"code-{len(self._visits)}"
        self._visits[code] = asked
        return {"code": code, "state": asked["state"], **self.answered}

    def exchanged(self, form: bytes, headers: dict[str, str]) -> dict[str, Any]:
        sent = {name: value[0] for name, value in parse_qs(form.decode()).items()}
        asked = self._visits.pop(sent["code"])
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        assert challenge == asked["code_challenge"]
        assert sent["redirect_uri"] == asked["redirect_uri"]
        basic = base64.b64encode(f"{CLIENT}:{CLIENT_PASSWORD}".encode()).decode()
        assert headers.get("Authorization") == f"Basic {basic}"
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": self.token(asked)}

    def token(self, asked: dict[str, str]) -> str:
        claims = {
            "iss": self.issuer,
            "sub": "subject-1",
            "aud": asked["client_id"],
            "exp": self.now + 300,
            "iat": self.now,
            "nonce": asked["nonce"],
            "email": "ana@example.com",
            "email_verified": True,
            **self.claims,
        }
        payload = json.dumps({name: one for name, one in claims.items() if one is not None})
        algorithms = [self.header["alg"]]
        token = jws.serialize_compact(self.header, payload, self.key, algorithms=algorithms)
        return self.forged(token)

    def jwks(self) -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False) for key in self.keys]}

    def get(self, url: str) -> bytes:
        """Be the way to itself."""
        self.fetched.append(url)
        documents = {
            f"{self.issuer}/.well-known/openid-configuration": self.described,
            f"{self.issuer}/keys": self.jwks,
        }
        if url not in documents:
            raise FetchError("Nobody answers.", is_outage=True)
        return json.dumps(documents[url]()).encode()

    def post(self, url: str, form: bytes, headers: Sequence[tuple[str, str]]) -> bytes:
        assert url == f"{self.issuer}/token"
        return json.dumps(self.exchanged(form, dict(headers))).encode()

    def application(self) -> Flask:
        """Serve it on loopback."""
        served = Flask("provider")
        served.config[BODY_BYTES_SETTING] = 65_536

        @served.get("/.well-known/openid-configuration")
        def configuration() -> dict[str, Any]:
            return self.described()

        @served.get("/keys")
        def keys() -> dict[str, Any]:
            return self.jwks()

        @served.get("/authorize")
        def authorize() -> Response:
            asked = request.args
            back = f"{asked['redirect_uri']}?{urlencode(self.visited(request.url))}"
            return Response(status=302, headers={"Location": back})

        @served.post("/token")
        def token() -> dict[str, Any]:
            return self.exchanged(request.get_data(), dict(request.headers))

        return served
