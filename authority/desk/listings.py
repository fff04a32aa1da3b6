"""Listings of the next edition: searched, looked at, withdrawn, and as a table."""

from __future__ import annotations

from flask import Response, request

from authority.desk.inbox import WORDS_CHARACTERS, first_of, table
from authority.desk.services import DeskServices, Right
from authority.desk.withdrawing import row_page, sent_revision, withdrawal
from authority.drafting import LISTINGS, columns_of
from service.pages import gettext, redirect, say
from service.people import Access, OfficeRoom


def add_listings(room: OfficeRoom, services: DeskServices) -> None:
    """Add the pages."""
    kept = services.store.next_edition

    @room.at("/listings", Right.READ)
    def listings(access: Access) -> Response:
        words = request.args.get("words", "")[:WORDS_CHARACTERS].strip()
        page = kept.page(LISTINGS, words, first_of(request.args.get("first", "")))
        named = {row.id: row.name for row in services.rules().tables.frameworks}
        return room.show(access, "authority_desk/listings", page=page, words=words, named=named)

    @room.at("/listings.csv", Right.READ)
    def listings_as_csv(access: Access) -> Response:
        columns = columns_of(LISTINGS)
        rows = sorted(kept.rows(LISTINGS), key=lambda row: row.title)
        cells = [tuple(row.cells.get(name, "") for name in columns) for row in rows]
        return table(columns, cells, "listings.csv")

    @room.at("/listings/<row>", Right.READ)
    def listing(access: Access, row: str) -> Response:
        return row_page(room, services, access, "listing", kept.get(row, LISTINGS))

    @room.at("/listings/<row>/withdraw", Right.APPROVE, method="POST")
    def withdraw_listing(access: Access, row: str) -> Response:
        known = kept.get(row, LISTINGS)
        errors, cells = withdrawal(known)
        if errors:
            return row_page(room, services, access, "listing", known, errors)
        kept.change(access.act, row, sent_revision(), cells)
        say(gettext("It is withdrawn from the next edition on."))
        return redirect(room.address("listing", row=row))
