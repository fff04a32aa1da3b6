"""The status lists by which decisions are withdrawn, for everybody."""

from __future__ import annotations

from flask import Blueprint, Response, request

from credentials.errors import CredentialError, IssuanceError
from recognition.desk.services import DeskServices
from service.errors import NotFoundError
from service.web import problem_response
from service.web.responses import JSON

LIST_SECONDS = 30
"""How long a list may be kept by whoever fetched it: others see a withdrawal within a minute."""

NUMBER_DIGITS = 9


def status_routes(services: DeskServices) -> Blueprint:
    """Build the route of the lists; nothing on it says whose entries they are."""
    routes = Blueprint("decision-status", __name__)
    routes.register_error_handler(NotFoundError, _not_found)

    @routes.get("/status/decisions/<number>")
    def decisions(number: str) -> Response:
        is_number = number.isascii() and number.isdecimal() and len(number) <= NUMBER_DIGITS
        if services.list_numbered is None or not is_number or number.startswith("0"):
            raise _unknown()
        try:
            signed = services.list_numbered(int(number))
        except IssuanceError as error:
            if error.code != "STATUS_LIST_UNKNOWN":
                raise
            raise _unknown() from error
        response = Response(signed.data, content_type=JSON)
        response.headers["Cache-Control"] = f"public, max-age={LIST_SECONDS}"
        response.set_etag(signed.digest)
        response.make_conditional(request)
        return response

    return routes


def _unknown() -> NotFoundError:
    return NotFoundError("There is no such status list here.")


def _not_found(error: CredentialError) -> Response:
    return problem_response(error, 404)
