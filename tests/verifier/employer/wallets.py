"""A wallet of the learner's that answers requests by OpenID4VP, and the pages that it speaks to."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from credentials.json_types import JsonObject
from keys.multibase import bytes_of_base64url
from tallystick.wallet_requests import client_with
from tests.factories import NOW, sign, unsigned
from tests.services import Clock, draws, presentation
from tests.verifier.employer.samples import new_jobs, service_of
from tests.verifier.pages.samples import receipt_key, the_page
from tests.verifier.sd_jwts import issued, presented
from tests.verifier.tokens import credential_token, enveloped, presentation_token
from verifier.employer import EmployerRoom
from verifier.employer.openid4vp import VerifierClient
from verifier.employer.requests import Requests

JWT = "application/oauth-authz-req+jwt"


def signing_client() -> VerifierClient:
    """Give a client with a key."""
    return client_with(receipt_key)


def verifier_service(asked: VerifierClient | None = None, clock: Clock | None = None) -> OpenAPI:
    """Build a verifier that asks wallets, with a key if it has one."""
    page, requests = the_page(), Requests(draws(), clock or Clock())
    return service_of(EmployerRoom(page, new_jobs(page), requests, client=asked))


def verifier_client(asked: VerifierClient | None = None, clock: Clock | None = None) -> FlaskClient:
    """Give a client of such a verifier."""
    return verifier_service(asked, clock).test_client()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the wallet got it: the claims of its object."""

    claims: JsonObject

    @property
    def nonce(self) -> str:
        return str(self.claims["nonce"])

    @property
    def client_id(self) -> str:
        return str(self.claims["client_id"])

    def proof(self, *credentials: Any, **changes: Any) -> JsonObject:
        """Present by a Data Integrity proof."""
        bound = {"challenge": self.nonce, "domain": self.client_id, **changes}
        return presentation(*(credentials or (sign(unsigned()),)), **bound)

    def token(self, *credentials: Any, **changes: Any) -> str:
        """Present by a signed token."""
        claims = {"nonce": self.nonce, "aud": self.client_id, "iat": int(NOW.timestamp())}
        shown = credentials or (enveloped(credential_token()),)
        return presentation_token(*shown, claims={**claims, **changes}).decode()

    def sd_jwt(self, **changes: Any) -> str:
        """Present an SD-JWT VC by a key binding JWT."""
        bound = {"nonce": self.nonce, "audience": self.client_id, **changes}
        return presented(issued(), **bound).to_compact()

    def other(self, **claims: Any) -> Asked:
        """Take the request for another one."""
        return replace(self, claims={**self.claims, **claims})


def parameters_of(link: str) -> dict[str, str]:
    """Read the parameters of a link that opens a wallet."""
    assert link.startswith("openid4vp://?")
    return {name: one for name, (one,) in parse_qs(urlsplit(link).query).items()}


def claims_of(request_object: str) -> JsonObject:
    found: JsonObject = json.loads(bytes_of_base64url(request_object.split(".")[1]))
    return found


def fetched(client: FlaskClient, link: str) -> Asked:
    """Get the request object that a link leads to."""
    address = urlsplit(parameters_of(link)["request_uri"]).path
    response = client.get(address)
    assert (response.status_code, response.content_type) == (200, JWT)
    return Asked(claims_of(response.get_data(as_text=True)))


def answer(client: FlaskClient, asked: Asked, vp_token: Any, /, **changes: Any) -> Any:
    """Send an answer to the address that the request names."""
    text = vp_token if isinstance(vp_token, str) else json.dumps(vp_token)
    form = {"vp_token": text, "state": asked.claims["state"], **changes}
    form = {name: one for name, one in form.items() if one is not None}
    return client.post(urlsplit(asked.claims["response_uri"]).path, data=form)
