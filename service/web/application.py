"""A new application: everything that all services share is in it, the operations are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from flask import Response
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from credentials.limits import DEFAULT_LIMITS, Limits
from service.web.authorization import BEARER
from service.web.headers import LOOPBACK_HOSTS, add_security_headers
from service.web.health import add_health
from service.web.problems import (
    Problem,
    handle_errors,
    malformed_request,
)
from service.web.reading import (
    BODY_BYTES_SETTING,
    LIMITS_SETTING,
    StrictRequest,
    request_limits,
)

PAGE = "/openapi"

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
    page of the outside can speak to it under a name of its own (DNS rebinding).
    """

    title: str
    description: str
    hosts: Sequence[str] = LOOPBACK_HOSTS
    limits: Limits = DEFAULT_LIMITS


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
    add_health(application)
    return application


def _add_page_script(application: OpenAPI) -> None:
    def script() -> Response:
        return Response(PAGE_SCRIPT, content_type="text/javascript; charset=utf-8")

    application.add_url_rule(f"{PAGE}/start.js", "page_script", script)
