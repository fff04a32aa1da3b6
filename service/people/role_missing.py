"""The answer to whoever asks for what their roles do not allow: which role, and who gives it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from flask import Response

from service.pages import page_response
from service.people.people import User


def role_missing(
    texts: Mapping[str, str],
    allowing: Collection[str],
    held: Collection[str],
    givers: Iterable[User],
    home: str,
) -> Response:
    """Refuse a page or a form (403) in words.

    `texts` name the roles (marked with `N_`), `allowing` are those of which one is needed, `held`
    those that whoever asks has; `givers` give roles; `home` is where to go on.
    """
    return page_response(
        "people/role_missing.html",
        status=403,
        needed=[text for role, text in texts.items() if role in allowing],
        held=[text for role, text in texts.items() if role in held],
        givers=[one for one in givers if one.disabled_at is None],
        home=home,
    )
