"""Security headers on every answer."""

from __future__ import annotations

from flask import Flask, Response, request

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
OWN_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)
"""Policies for data, and for the page of the interface, whose library writes styles."""

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
PUBLIC = "public"
"""Endpoints whose name ends so give documents that anybody may read from anywhere."""

PUBLIC_SECONDS = 300
"""How long a public document may be kept by whoever got it."""

YEAR_SECONDS = 31_536_000


def add_security_headers(application: Flask, page: str) -> None:
    """Add the headers to every answer; below the path `page` is the page of the interface."""

    def add(response: Response) -> Response:
        is_page = request.path.startswith(f"{page}/")
        response.headers.update(ALWAYS)
        response.headers["Content-Security-Policy"] = OWN_PAGE if is_page else NOTHING
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}"
        if (request.endpoint or "").endswith(PUBLIC) and response.status_code == 200:
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            response.headers.setdefault("Cache-Control", f"public, max-age={PUBLIC_SECONDS}")
        else:
            response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    application.after_request(add)
