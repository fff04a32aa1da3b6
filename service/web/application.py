"""A new application: everything that all services share is in it, the operations are not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from flask import Response, current_app
from flask_openapi3.models.info import Info
from flask_openapi3.models.tag import Tag
from flask_openapi3.openapi import OpenAPI
from flask_openapi3.types import ResponseDict

from credentials.limits import DEFAULT_LIMITS, Limits
from service.web.authorization import BEARER
from service.web.headers import LOOPBACK_HOSTS, add_security_headers
from service.web.problems import (
    Problem,
    RequestRefusedError,
    handle_errors,
    malformed_request,
    refusals,
)
from service.web.reading import (
    BODY_BYTES_SETTING,
    LIMITS_SETTING,
    StrictRequest,
    request_limits,
)
from service.web.responses import json_response, json_schema_of

PAGE = "/openapi"
STOPPING_SETTING = "TALLYSTICK_STOPPING"
"""Setting of an application: the event that is set once its service was asked to stop."""

HEALTH = Tag(name="health", description="Whether the service runs, and whether it can work.")
_STATUS = {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}

PAGE_HTML = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tallystick: the interface</title>
<link rel="stylesheet" href="swagger/css/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="swagger/js/swagger-ui-bundle.js"></script>
<script src="start.js"></script>
</body>
</html>
"""
PAGE_SCRIPT = """SwaggerUIBundle({url: "openapi.json", dom_id: "#swagger-ui", validatorUrl: null});
"""
HOME_HTML = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tallystick: the interface</title>
</head>
<body><p><a href="swagger">The interface, to read and to try</a> ·
<a href="openapi.json">The interface as an OpenAPI document</a></p></body>
</html>
"""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """What an operator says about a service.

    `hosts` are the names under which it is called: any other Host header is refused, so that no
    page of the outside can speak to it under a name of its own (DNS rebinding).  `is_ready` names
    what is missing; nothing means that the service can work.
    """

    title: str
    description: str
    hosts: Sequence[str] = LOOPBACK_HOSTS
    limits: Limits = DEFAULT_LIMITS
    is_ready: Callable[[], Sequence[str]] = tuple


def new_application(settings: WebSettings) -> OpenAPI:
    """Build an application with errors, headers, health and the description of the interface."""
    application = OpenAPI(
        "tallystick",
        info=Info(
            title=settings.title, version=version("tallystick"), description=settings.description
        ),
        doc_prefix=PAGE,
        security_schemes={BEARER: {"type": "http", "scheme": "bearer"}},
        validation_error_status=400,
        validation_error_model=Problem,
        validation_error_callback=malformed_request,
        static_folder=None,
    )
    application.request_class = StrictRequest
    application.url_map.merge_slashes = False
    application.config.update(
        {
            LIMITS_SETTING: request_limits(settings.limits),
            BODY_BYTES_SETTING: request_limits(settings.limits).document_bytes,
            "TRUSTED_HOSTS": list(settings.hosts),
            "PROVIDE_AUTOMATIC_OPTIONS": False,
            "SWAGGER_HTML_STRING": PAGE_HTML,
            "OPENAPI_HTML_STRING": HOME_HTML,
        }
    )
    # What is registered first works on an answer last.
    add_security_headers(application, PAGE)
    handle_errors(application)
    _add_page_script(application)
    _add_health(application, settings.is_ready)
    return application


def _add_page_script(application: OpenAPI) -> None:
    def script() -> Response:
        return Response(PAGE_SCRIPT, content_type="text/javascript; charset=utf-8")

    application.add_url_rule(f"{PAGE}/start.js", "page_script", script)


def _add_health(application: OpenAPI, is_ready: Callable[[], Sequence[str]]) -> None:
    answers: ResponseDict = {200: json_schema_of("Yes.", _STATUS), **refusals(400)}

    @application.get("/health/live", tags=[HEALTH], responses=answers)
    def live() -> Response:
        """Tell whether the process answers at all."""
        return json_response({"status": "live"})

    @application.get("/health/ready", tags=[HEALTH], responses={**answers, **refusals(503)})
    def ready() -> Response:
        """Tell whether the service can do its work."""
        stopping = current_app.config.get(STOPPING_SETTING)
        missing = ["it is stopping"] if stopping is not None and stopping.is_set() else is_ready()
        if missing:
            text = f"Not ready: {'; '.join(missing)}."
            raise RequestRefusedError(text, status=503, code="NOT_READY")
        return json_response({"status": "ready"})
