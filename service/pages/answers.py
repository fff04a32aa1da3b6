"""Answering with a page: its headers, its languages, redirects, and pages for errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Response, current_app, make_response, render_template, request

from credentials.errors import TallystickError
from service.pages.forms import FieldError
from service.pages.languages import (
    COOKIE,
    COOKIE_SECONDS,
    LANGUAGES,
    N_,
    PARAMETER,
    asked_tag,
    current_language,
    current_words,
)
from service.pages.statuses import said
from service.web.responses import Redirect

if TYPE_CHECKING:
    from service.pages.rooms import Pages, PagesSettings

SETTINGS = "tallystick-pages"
"""Where an application keeps the settings of its pages."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""What a page may load and do: its own files only, nothing written into it."""

REFERRER = "same-origin"
"""Nobody outside learns where a reader came from; our own forms say that they are ours."""

ERRORS = {
    400: N_("This request cannot be understood. Go back and try it again from the page."),
    401: N_("You have to sign in first."),
    403: N_("You may not do this, or the form did not come from a page of this service."),
    404: N_("There is no page at this address. Look at the address, or begin at the start page."),
    405: N_("This address is not for reading. Begin at the start page."),
    413: N_("What you sent is larger than is taken here. Send a smaller file."),
    415: N_("This kind of file is not taken here."),
    429: N_("You were faster than this service can be. Wait a minute, and try it again."),
    500: N_("A defect of this software stopped the page. It is not your fault; please report it."),
    503: N_("This cannot be done just now. Try again in a minute."),
}
"""What an error page says, by status; nothing in it comes from the request."""


def page_response(
    template: str,
    *,
    status: int = 200,
    errors: Sequence[FieldError] = (),
    carried: Mapping[str, str | Sequence[str]] | None = None,
    **values: object,
) -> Response:
    """Answer with a page.

    `errors` are those of its form.  `carried` are fields (with one value or several) by which a
    page that follows a form can be had again in another language; without them a link does that.
    """
    settings = _settings_here()
    shared = {
        "language": current_language(),
        "languages": LANGUAGES,
        "language_parameter": PARAMETER,
        "language_links": _language_links(),
        "is_draft": current_words().is_draft,
        "carried": None if carried is None else _pairs(carried),
        "errors": tuple(errors),
        "settings": settings,
        "statuses": said(has_secret=settings.secret is not None),
    }
    response = make_response(render_template(template, **shared, **values), status)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = REFERRER
    response.headers["Content-Language"] = current_language().tag
    response.headers.add("Vary", "Accept-Language, Cookie")
    if asked_tag(request) == current_language().tag:
        keep_choice(response, COOKIE, current_language().tag)
    return response


def _settings_here() -> PagesSettings:
    """Return what the pages share, with the frame of the room that was asked, if it has one.

    Its addresses without a page are its own, too: nobody is led from there into another room.
    """
    settings: PagesSettings = current_app.extensions[SETTINGS]
    for room in _rooms():
        is_asked = f"{request.path}/".startswith(f"{room.url_prefix}/")
        if room.frame is not None and (request.blueprint == room.name or is_asked):
            return replace(settings, site=room.frame.site, home=room.frame.home, navigation=())
    return settings


def _pairs(fields: Mapping[str, str | Sequence[str]]) -> list[tuple[str, str]]:
    fields = {PARAMETER: current_language().tag, **fields}
    values = ((name, [one] if isinstance(one, str) else one) for name, one in fields.items())
    return [(name, value) for name, several in values for value in several]


def redirect(address: str) -> Response:
    """Lead to another page of ours by GET, as after a form that did something (303).

    `address` is what `flask.url_for` gave, never anything from a request.
    """
    response = Redirect(status=303)
    response.headers["Location"] = address
    return response


def keep_choice(response: Response, name: str, value: str) -> None:
    """Remember a choice of the reader's in their browser; it says nothing about who they are."""
    response.set_cookie(
        name,
        value,
        max_age=COOKIE_SECONDS,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def error_page(error: TallystickError, status: int) -> Response | None:
    """Answer an error with a page, if a page was asked for; None leaves it to others."""
    if request.routing_exception is not None and not _wants_page():
        return None
    if request.routing_exception is None and request.blueprint not in {
        room.name for room in _rooms()
    }:
        return None
    response = page_response(
        "pages/error.html", status=status, status_code=status, text=ERRORS.get(status, ERRORS[400])
    )
    for name, value in getattr(error, "headers", {}).items():
        response.headers[name] = value
    return response


def _wants_page() -> bool:
    """Tell browsers from programs: only browsers name HTML, and some name images beside it."""
    return "text/html" in request.accept_mimetypes.values()


def _rooms() -> list[Pages]:
    from service.pages.rooms import Pages

    return [one for one in current_app.blueprints.values() if isinstance(one, Pages)]


def _language_links() -> dict[str, str]:
    """Give this page in every language, with all else that was asked for, relative to itself.

    A path of somebody else's making could otherwise lead to another host ("//host").
    """
    kept = [pair for pair in request.args.items(multi=True) if pair[0] != PARAMETER]
    return {one.tag: f"?{urlencode([*kept, (PARAMETER, one.tag)])}" for one in LANGUAGES}
