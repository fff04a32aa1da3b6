"""Keys by which programs of institutions hand in courses."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response

from authority.desk.services import DeskServices, Right
from service.pages import FieldError, form_text, gettext, redirect, say
from service.people import Access, OfficeRoom

NAME_CHARACTERS = 100


def add_keys(room: OfficeRoom, services: DeskServices) -> None:
    """Add the pages."""
    store = services.store.api_keys

    @room.at("/keys", Right.MANAGE)
    def keys(access: Access) -> Response:
        return _page(room, services, access, [])

    @room.at("/keys", Right.MANAGE, method="POST")
    def make_key(access: Access) -> Response:
        name = form_text("name", NAME_CHARACTERS)
        if not name:
            error = FieldError("name", gettext("Say who sends with this key."))
            return _page(room, services, access, [error])
        _key, secret = store.make(access.act, name)
        return _page(room, services, access, [], secret)

    @room.at("/keys/<key>/revoke", Right.MANAGE, method="POST")
    def revoke_key(access: Access, key: str) -> Response:
        store.revoke(access.act, key)
        say(gettext("The key opens nothing any more."))
        return redirect(room.address("keys"))


def _page(
    room: OfficeRoom,
    services: DeskServices,
    access: Access,
    errors: Sequence[FieldError],
    secret: str = "",
) -> Response:
    return room.show(
        access,
        "authority_desk/keys",
        status=422 if errors else 200,
        errors=errors,
        keys=services.store.api_keys.all(),
        secret=secret,
    )
