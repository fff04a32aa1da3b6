"""What a page says about what was just done, after the redirect that follows a form."""

from __future__ import annotations

from flask import flash, get_flashed_messages


def say(message: str) -> None:
    """Tell the reader on the next page what was done (in a signed cookie, for one page)."""
    flash(message)


def said(*, has_secret: bool) -> list[str]:
    """Take what there is to tell; without a secret nothing was said."""
    return [str(message) for message in get_flashed_messages()] if has_secret else []
