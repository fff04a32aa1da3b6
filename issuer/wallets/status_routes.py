"""The status lists of institutions as tokens, for what wallets hold in the form of an SD-JWT VC."""

from __future__ import annotations

from flask import Blueprint, Response

from issuer.issuing.forms import TOKEN_LIST
from issuer.issuing.token_lists import TokenLists
from issuer.store import NotFoundError, Store
from keys.errors import KeyMaterialError
from service.web import RequestRefusedError, problem_response

MEDIA_TYPE = "application/statuslist+jwt"
LIST_SECONDS = 30
"""How long a list may be kept by whoever fetched it."""


def status_routes(store: Store, lists: TokenLists) -> Blueprint:
    """Build the route of the lists."""
    routes = Blueprint("wallet-status", __name__)
    routes.register_error_handler(NotFoundError, lambda error: problem_response(error, 404))

    def show(name: str, number: int) -> Response:
        try:
            signed = lists.of(store.tenants.named(name), number)
        except KeyMaterialError as error:
            text = "The list cannot be signed just now."
            raise RequestRefusedError(text, status=503, code="KEY_UNUSABLE") from error
        response = Response(signed, content_type=MEDIA_TYPE)
        response.headers["Cache-Control"] = f"public, max-age={LIST_SECONDS}"
        return response

    routes.add_url_rule(f"/status/<name>/<int:number>{TOKEN_LIST}", "list-public", show)
    return routes
