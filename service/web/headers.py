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
LOOPBACK_HOSTS = ("localhost", "127.0.0.1")
"""Names of this machine.  Werkzeug knows no way to trust an IPv6 address, so ::1 is localhost."""


def add_security_headers(application: Flask, page: str) -> None:
    """Add the headers to every answer; below the path `page` is the page of the interface."""

    def add(response: Response) -> Response:
        is_page = request.path.startswith(f"{page}/")
        # A page has said already what it needs.
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        policy = OWN_PAGE if is_page else NOTHING
        response.headers.setdefault("Content-Security-Policy", policy)
        # A browser that tries out HTTPS here must not refuse everything else on its own machine.
        if request.is_secure and not _is_this_machine(_host()):
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


def _host() -> str:
    # What Flask gives as the host raises for one that is not trusted, and this one may be none.
    return str(request.environ.get("HTTP_HOST", ""))


def _is_this_machine(host: str) -> bool:
    return host.rpartition(":")[0] in LOOPBACK_HOSTS or host in LOOPBACK_HOSTS
