"""The pages of a published register; everything in them may be kept by anybody for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from flask import Response, g, request, url_for

from authority.catalogue import Catalogue, Question, Standing, standing_of
from authority.errors import NotListedError
from credentials.errors import TallystickError
from service.pages import N_, Pages, page_response
from service.pages.answers import ERRORS
from service.web import json_response

SITE = N_("Tallystick register")
START = "authority.start"
SECONDS_KEPT = 300
"""How long others may keep a page; an edition has a digest by which a change is noticed."""

ERROR_STATUS = 400
WORDS_CHARACTERS = 200
FIRST_DIGITS = 7

STANDINGS = {
    Standing.IN_FORCE: ("good", "check", N_("In force")),
    Standing.NOT_YET: ("warn", "calendar", N_("Not yet in force")),
    Standing.ENDED: ("warn", "clock", N_("Ended")),
    Standing.WITHDRAWN: ("bad", "revoked", N_("Withdrawn")),
    Standing.WITHHELD: ("open", "question", N_("Left open: its sources disagree")),
}
"""Colour, icon and words of how a row stands."""

NOT_PUBLISHED = N_("No edition of this register has been published yet.")
RIGHTS = {
    "award": N_("award micro-credentials"),
    "rate": N_("set the values of the courses of others"),
    "accredit": N_("accredit others"),
}
STATUSES = {
    "sourced": N_("from a published source"),
    "verified": N_("from a published source, looked over by a person"),
    "derived": N_("computed from published figures, not published itself"),
    "general-knowledge": N_("general knowledge, not verified"),
    "withheld": N_("left open, as the sources disagree"),
}
"""How sure a row is."""


@dataclass(frozen=True, slots=True)
class _Room:
    newest: Callable[[], Catalogue]
    now: Callable[[], datetime]

    @property
    def catalogue(self) -> Catalogue:
        """What is served; one request sees one edition."""
        if "register_catalogue" not in g:
            g.register_catalogue = self.newest()
        return cast("Catalogue", g.register_catalogue)

    @property
    def today(self) -> date:
        return self.now().date()

    def show(self, template: str, **values: Any) -> Response:
        return page_response(
            f"authority/{template}.html",
            catalogue=self.catalogue,
            description=self.catalogue.register.description,
            standing=lambda row: STANDINGS[standing_of(row, self.today)],
            rights=RIGHTS,
            certainties=STATUSES,
            sources={row.key: row for row in self.catalogue.register.tables.sources},
            units={row.id: row for row in self.catalogue.register.tables.units},
            **values,
        )


def new_register_pages(newest: Callable[[], Catalogue], now: Callable[[], datetime]) -> Pages:
    """Build the pages of one register; `newest` gives what is published when it is asked."""
    room = _Room(newest, now)
    pages = Pages("authority", "authority.pages", has_assets=True)
    pages.after_request(_keepable)
    pages.register_error_handler(NotListedError, _not_found)
    _add_listings(pages, room)
    _add_levels(pages, room)
    _add_edition(pages, room)
    return pages


def _add_listings(pages: Pages, room: _Room) -> None:
    @pages.get("/")
    def start() -> Response:
        question = _question()
        return room.show(
            "start",
            question=question,
            found=room.catalogue.search(question),
            levels=_levels_of(room, question.framework),
        )

    @pages.get("/listings/<path:identifier>.json")
    def listing_for_programs(identifier: str) -> Response:
        row = room.catalogue.listing(identifier)
        return json_response(room.catalogue.listing_json(row, room.today))

    @pages.get("/listings/<path:identifier>")
    def listing(identifier: str) -> Response:
        row = room.catalogue.listing(identifier)
        level = room.catalogue.register.on(room.today).level_rows.get((row.framework, row.level))
        rights = {one: room.catalogue.rights_of(one) for one in row.providers}
        address = url_for("authority.listing", identifier=row.id, _external=True)
        return room.show("listing", row=row, level=level, provider_rights=rights, address=address)

    @pages.get("/accredited")
    def accredited() -> Response:
        framework = request.args.get("framework", "")[:WORDS_CHARACTERS]
        rows = room.catalogue.accreditations(framework)
        return room.show("accredited", rows=rows, framework=framework)


def _question() -> Question:
    asked = {
        name: request.args.get(name, "")[:WORDS_CHARACTERS].strip()
        for name in ("words", "framework", "level", "first")
    }
    first = asked.pop("first")
    is_number = first.isascii() and first.isdecimal() and len(first) <= FIRST_DIGITS
    return Question(**asked, first=int(first) if is_number else 0)


def _levels_of(room: _Room, framework: str) -> tuple[str, ...]:
    if framework not in room.catalogue.frameworks:
        return ()
    return tuple(row.code for row in room.catalogue.levels(framework, room.today))


def _add_levels(pages: Pages, room: _Room) -> None:
    @pages.get("/frameworks")
    def frameworks() -> Response:
        return room.show("frameworks", rows=tuple(room.catalogue.frameworks.values()))

    @pages.get("/frameworks/<identifier>")
    def framework(identifier: str) -> Response:
        """Show a framework's levels, and beside each what it is in another one."""
        target = request.args.get("beside", "")[:WORDS_CHARACTERS]
        levels = room.catalogue.levels(identifier, room.today)
        is_compared = bool(target) and target != identifier
        compared = room.catalogue.compared(identifier, target, room.today) if is_compared else ()
        return room.show(
            "framework",
            row=room.catalogue.frameworks[identifier],
            levels=levels,
            beside=target if is_compared else "",
            readings={one.level.code: one.reading for one in compared},
            names=room.catalogue.register.on(room.today).level_rows,
        )


def _add_edition(pages: Pages, room: _Room) -> None:
    @pages.get("/edition.json")
    def edition() -> Response:
        """Give the signed edition, byte for byte."""
        if not room.catalogue.edition:
            raise NotListedError("This register is published as pages only; it is not signed.")
        response = Response(room.catalogue.edition, content_type="application/vc")
        response.headers["Content-Disposition"] = 'attachment; filename="edition.json"'
        return response


def _keepable(response: Response) -> Response:
    """Let anybody keep a page for a while, and ask whether it changed (RFC 9110 section 8.8.3)."""
    if request.endpoint == "authority.static" or response.status_code >= ERROR_STATUS:
        return response
    if "Set-Cookie" not in response.headers:
        response.headers["Cache-Control"] = f"public, max-age={SECONDS_KEPT}"
        response.add_etag()
        response.make_conditional(request)
    return response


def _not_found(error: TallystickError) -> Response:
    if error.code == "NOT_PUBLISHED":
        return page_response("authority/not_published.html", status=404, text=NOT_PUBLISHED)
    return page_response("pages/error.html", status=404, status_code=404, text=ERRORS[404])
