"""Pages that others link to or frame: a link to check, a badge to embed, a shared credential."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, abort, request, url_for

from service.pages import Pages, page_response, redirect
from service.pages.answers import POLICY
from service.web.limiting import RateLimit
from service.web.pacing import slow_down
from verifier.employer.explained import explained
from verifier.employer.rows import Row, found_of
from verifier.employer.store.sharing import ShareStore
from verifier.pages import LinkError, VerifierPage
from verifier.pages.intake import LINK_CHARACTERS
from verifier.verifier import Inspection, Verifier

EMBED_POLICY = POLICY.replace("form-action 'self'", "form-action 'none'").replace(
    "script-src 'self'", "script-src 'none'"
)


@dataclass(frozen=True, slots=True)
class LinkRoom:
    """What the pages need: who may frame a badge, how often, and what is shared, if anything is.

    `count` is told what was served, for the figures.
    """

    framers: tuple[str, ...]
    limit: RateLimit
    count: Callable[[str], None]
    shares: ShareStore | None = None


def add_link_pages(pages: Pages, page: VerifierPage, room: LinkRoom) -> None:
    """Add the pages."""

    @pages.get("/verify")
    def verify_link() -> Response:
        # A link in an address is never followed by itself: it only fills the field.
        link = request.args.get("url", "")[:LINK_CHARACTERS]
        return redirect(url_for("verify.start", link=link))

    if room.framers:

        @pages.get("/embed")
        def embed() -> Response:
            return _embedded(page, room)

    if room.shares is not None:

        @pages.get("/credentials/<address>")
        def shared(address: str) -> Response:
            return _shared(page, room, address)


def _shared(page: VerifierPage, room: LinkRoom, address: str) -> Response:
    slow_down(room.limit)
    inspection = _of_shared(page, room, address)
    room.count("shared")
    answer, viewpoint = explained(page, inspection)
    return page_response("employer/shared.html", answer=answer, viewpoint=viewpoint)


def _of_shared(page: VerifierPage, room: LinkRoom, address: str) -> Inspection:
    found = None if room.shares is None else room.shares.find(address)
    if found is None:
        abort(404)
    inspection = Verifier(page.world()).inspect(found.presentation)
    return inspection.presented[0] if inspection.presented else inspection


def _embedded(page: VerifierPage, room: LinkRoom) -> Response:
    """Show the answer about what is shared here, or behind a link, in a small frame."""
    slow_down(room.limit)
    link, address = request.args.get("url", "")[:LINK_CHARACTERS], request.args.get("shared", "")
    row = _row(page, room, link, address)
    room.count("embedded")
    more = url_for("employer.shared", address=address) if address else _more(link)
    response = page_response("employer/embed.html", row=row, more=more)
    framers = " ".join(room.framers)
    policy = EMBED_POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {framers}")
    response.headers["Content-Security-Policy"] = policy
    # Nothing is remembered of whoever looks at somebody else's page.
    response.headers.pop("Set-Cookie", None)
    return response


def _more(link: str) -> str:
    return url_for("verify.start", link=link)


def _row(page: VerifierPage, room: LinkRoom, link: str, address: str) -> Row:
    if address:
        return Row(1, "", found=found_of(_of_shared(page, room, address).report))
    if page.fetch is None:
        return Row(1, "", link, refusal="LINKS_NOT_FETCHED")
    try:
        data = page.fetch(link)
    except LinkError:
        return Row(1, "", link, refusal="LINK_NOT_READ")
    return Row(1, "", link, found_of(Verifier(page.world()).check(data)))
