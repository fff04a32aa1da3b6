"""The endpoints of OpenID4VCI 1.0, for each institution below a path of its own."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, request

from credentials.json_types import JsonObject
from issuer.store import NotFoundError, Tenant
from issuer.wallets.authorizing import pushed
from issuer.wallets.credential_requests import (
    bad_token,
    credential_for,
    deferred_for,
    notified,
)
from issuer.wallets.desk import WalletDesk
from issuer.wallets.errors import ProtocolError, error_response
from issuer.wallets.key_proofs import nonce_purpose
from issuer.wallets.metadata_routes import PATH
from issuer.wallets.tokens import token_for
from service.web import RequestRefusedError, json_response, problem_response

FORM_TYPE = "application/x-www-form-urlencoded"
FORM_BYTES = 32_768
"""Size of a token request."""

TOKEN_CHARACTERS = 512


def openid_routes(desk: WalletDesk) -> Blueprint:
    """Build the routes below /openid/NAME."""
    routes = Blueprint("openid", __name__, url_prefix=f"/{PATH}/<name>")
    routes.register_error_handler(ProtocolError, error_response)
    routes.register_error_handler(RequestRefusedError, _unreadable)
    routes.register_error_handler(NotFoundError, lambda error: problem_response(error, 404))

    @routes.post("/token")
    def token(name: str) -> Response:
        return _answer(token_for(desk, _tenant(desk, name), form()))

    @routes.post("/par")
    def push(name: str) -> Response:
        return _answer(pushed(desk, _tenant(desk, name), form()), 201)

    @routes.post("/nonce")
    def nonce(name: str) -> Response:
        issuer_id = desk.issuer_id(_tenant(desk, name))
        return _answer({"c_nonce": desk.nonces.new(nonce_purpose(issuer_id))})

    @routes.post("/credential")
    def credential(name: str) -> Response:
        tenant, bearer = _tenant(desk, name), _bearer()
        return _answer(*credential_for(desk, tenant, bearer, request.get_json()))

    @routes.post("/deferred")
    def deferred(name: str) -> Response:
        tenant, bearer = _tenant(desk, name), _bearer()
        return _answer(*deferred_for(desk, tenant, bearer, request.get_json()))

    @routes.post("/notification")
    def notification(name: str) -> Response:
        _tenant(desk, name)
        notified(desk, _bearer(), request.get_json())
        return _private(Response(status=204))

    return routes


def form() -> Mapping[str, str]:
    """Read a form of OAuth: each parameter once at most (RFC 6749 section 3.2).

    Raises `ProtocolError` (invalid_request).
    """
    request.max_content_length = request.max_form_memory_size = FORM_BYTES
    if request.mimetype != FORM_TYPE:
        raise ProtocolError(f"The request is not {FORM_TYPE}.", error="invalid_request")
    if any(len(values) > 1 for _name, values in request.form.lists()):
        raise ProtocolError("A parameter is there twice.", error="invalid_request")
    return request.form.to_dict()


def _tenant(desk: WalletDesk, name: str) -> Tenant:
    return desk.store.tenants.named(name)


def _bearer() -> str:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise ProtocolError("There is no access token.", error="invalid_request", status=401)
    if not 0 < len(token) <= TOKEN_CHARACTERS:
        raise bad_token()
    return token


def _answer(body: JsonObject, status: int = 200) -> Response:
    return _private(json_response(body, status))


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _unreadable(error: RequestRefusedError) -> Response:
    code = "invalid_credential_request"
    return error_response(ProtocolError(error.message, error=code, status=error.status))
