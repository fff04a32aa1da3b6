"""Errors over HTTP: problem documents (RFC 9457), and nothing else.

A problem says what happened, where, and what to do; it never repeats a path of this machine, the
text of a foreign exception or more of the request than a JSON pointer into it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Response, current_app, request
from flask_openapi3.types import ResponseDict
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.http import HTTP_STATUS_CODES

from credentials.errors import CredentialError, TallystickError
from credentials.json_types import JsonObject, pointer_to
from service.errors import DatabaseError
from service.web.responses import Redirect, json_response

ERROR_PAGE = "tallystick-error-page"
"""Where an application that has pages keeps how an error becomes one."""

MEDIA_TYPE = "application/problem+json"
FAULTS_REPORTED = 20
"""How many faults of one request are listed."""

NOT_MODIFIED = 304
FORMS = ("str", "dict[str,any]")
"""How pydantic names the forms that one member may have; they are no steps into the request."""

TEXTS = {
    400: ("BAD_REQUEST", "The request cannot be understood."),
    401: ("NOT_AUTHORIZED", "This needs a valid bearer token in the Authorization header."),
    403: ("FORBIDDEN", "This is not allowed."),
    404: (
        "NOT_FOUND",
        "There is nothing here. See /openapi/ for what there is.",
    ),
    405: (
        "METHOD_NOT_ALLOWED",
        "This method is not offered here; see the Allow header.",
    ),
    409: ("CONFLICT", "What is there is not as the request supposes."),
    413: ("TOO_LARGE", "The request is larger than is read here."),
    414: ("URL_TOO_LONG", "The URL is longer than is read here."),
    415: ("UNSUPPORTED_MEDIA_TYPE", "Send JSON with the Content-Type application/json."),
    422: ("IDEMPOTENCY_KEY_REUSED", "The idempotency key came with another request before."),
    429: ("TOO_MANY_REQUESTS", "Too many calls; wait as long as Retry-After says."),
    500: (
        "INTERNAL_ERROR",
        "A defect of this software stopped the request; report it.",
    ),
    503: ("NOT_READY", "The service cannot do this now; try again later."),
}
"""What is said for each status: our own words instead of a library's."""

HOST_UNKNOWN = (
    "The service is not called by the name in the Host header; see hosts in its settings."
)
WORDS = {
    "missing": "This member is missing",
    "extra_forbidden": "There is no member of this name",
}
"""What is said for each kind of fault in a form, as pydantic names them."""


class Problem(BaseModel):
    """A problem document (RFC 9457); verification and issuing add members of their own."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="The kind of problem, as a URL, or about:blank.")
    title: str = Field(description="The name of the HTTP status.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened, for people.")
    code: str = Field(description="A stable code, for programs.")
    pointer: str = Field(default="", description="JSON pointer to what is wrong in the request.")


class RequestRefusedError(TallystickError):
    """A request is not answered as asked; carries the HTTP status and further headers."""

    code = "BAD_REQUEST"

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        code: str | None = None,
        pointer: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        """Describe the refusal; `status` is an HTTP status of the 4xx or 5xx kind."""
        super().__init__(message, code=code, pointer=pointer)
        self.status = status
        self.headers = headers or {}


def refusal(status: int, **headers: str) -> RequestRefusedError:
    """Build the usual refusal for a status; in names of headers, _ stands for -."""
    code, detail = TEXTS[status]
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return RequestRefusedError(detail, status=status, code=code, headers=named)


def problem_of(error: TallystickError, status: int, prefix: str = "") -> JsonObject:
    """Describe an error of our own tree; `prefix` is where its document stood in the request."""
    return {
        "type": error.problem_type,
        "title": HTTP_STATUS_CODES.get(status, ""),
        "status": status,
        "detail": error.message,
        "code": error.code,
        "pointer": prefix + error.pointer,
    }


def problem_response(
    error: TallystickError, /, status: int = 400, prefix: str = "", **members: Any
) -> Response:
    """Answer with a problem document; `members` are extension members (RFC 9457 section 3.2)."""
    response = json_response({**problem_of(error, status, prefix), **members}, status, MEDIA_TYPE)
    for name, value in getattr(error, "headers", {}).items():
        response.headers[name] = value
    return response


def refusals(*statuses: int) -> ResponseDict:
    """Document the problem answers of an operation, for its OpenAPI description."""
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    return {
        status: {"description": TEXTS[status][1], "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


def malformed_request(error: ValidationError) -> Response:
    """Answer a request whose members are not those of the operation, naming each fault."""
    faults = [
        {
            "detail": fault_in_words(fault["type"], fault["msg"]),
            "code": _code(fault["type"]),
            "pointer": _pointer(fault["loc"]),
        }
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    ][:FAULTS_REPORTED]
    first = faults[0]
    refused = RequestRefusedError(
        f"The request does not have the form that is described: {first['detail']}.",
        code=first["code"],
        pointer=first["pointer"],
    )
    return problem_response(refused, problemDetails=faults)


def fault_in_words(kind: str, message: str) -> str:
    """Say what is wrong with a member: our own words for what happens most."""
    return WORDS.get(kind, message)


def _code(kind: str) -> str:
    """Name a fault as the VC-API does where it has a name for it."""
    if kind == "missing":
        return "MEMBER_MISSING"
    return "UNKNOWN_OPTION_PROVIDED" if kind == "extra_forbidden" else "INVALID_OPTION_VALUE"


def _pointer(location: tuple[int | str, ...]) -> str:
    return pointer_to(step for step in location if step not in FORMS)


def handle_errors(application: Flask) -> None:
    """Answer every error with a problem document."""

    def refused(error: RequestRefusedError) -> Response:
        return _answer(error, error.status)

    def of_credential(error: CredentialError) -> Response:
        return _answer(error, 400)

    def of_database(error: DatabaseError) -> Response:
        # What a database says is for the operator: it may name hosts and files.
        application.logger.error("The database failed a request (%s).", error.code)
        return _answer(refusal(503), 503)

    def of_http(error: HTTPException) -> Response:
        return _of_http(error)

    def defect(error: Exception) -> Response:
        # Neither the message nor a value: both may hold a learner's data.
        application.logger.error(
            "A defect (%s at %s) stopped a request to %s.",
            type(error).__name__,
            _place(error),
            request.endpoint,
        )
        return _answer(refusal(500), 500)

    def not_elsewhere(response: Response) -> Response:
        # One address for each thing: a spelling that would be redirected is none.
        is_redirect = response.status_code // 100 == 3 and response.status_code != NOT_MODIFIED
        is_meant = isinstance(response, Redirect)
        return _answer(refusal(404), 404) if is_redirect and not is_meant else response

    application.after_request(not_elsewhere)
    application.register_error_handler(RequestRefusedError, refused)
    application.register_error_handler(CredentialError, of_credential)
    application.register_error_handler(DatabaseError, of_database)
    application.register_error_handler(HTTPException, of_http)
    application.register_error_handler(Exception, defect)


def _answer(error: TallystickError, status: int) -> Response:
    """Answer with a page whoever asked for one, and everybody else with a problem document."""
    page_of: Callable[[TallystickError, int], Response | None] | None
    page_of = current_app.extensions.get(ERROR_PAGE)
    page = None if page_of is None else page_of(error, status)
    return problem_response(error, status) if page is None else page


def _of_http(error: HTTPException) -> Response:
    if error.response is not None:
        # Somebody aborted with an answer of their own: a problem document already.
        return cast("Response", error.response)
    if isinstance(error, SecurityError):
        return problem_response(RequestRefusedError(HOST_UNKNOWN, code="HOST_UNKNOWN"))
    status = error.code or 500
    if status not in TEXTS:
        status = 400 if status < 500 else 500
    response = _answer(refusal(status), status)
    allowed = dict(error.get_headers()).get("Allow")
    if allowed is not None:
        response.headers["Allow"] = allowed
    return response


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
