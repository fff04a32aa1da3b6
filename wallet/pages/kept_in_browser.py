"""What a browser keeps for learners, and when it is told to forget all of it.

Forgetting everything would forget keys of devices, too, also those of somebody else who uses the
same browser.  So a cookie marks that there are some, by nothing that says whose.
"""

from __future__ import annotations

import re

from flask import Response, request

from service.writing_down import digest_of

COOKIE = "tallystick-wallet-device-keys"
COOKIE_SECONDS = 34_560_000
"""400 days, the longest that browsers keep a cookie (RFC 6265bis section 5.5)."""

MARK = re.compile(r"[0-9a-f]{16}")
MOST_MARKS = 20
"""Learners of whom one browser keeps keys."""

FORGET = {"Clear-Site-Data": '"storage"'}
"""Has a browser forget what it kept for a learner (Clear Site Data section 3.1)."""


def remember_keys(response: Response, learner_id: str | None = None) -> None:
    """Mark that this browser keeps a key of a learner; without one, only keep the marks longer."""
    _mark(response, [*_marks(), *([_mark_of(learner_id)] if learner_id else [])])


def forget_pages(response: Response) -> None:
    """Have everything forgotten that a browser keeps, unless there are keys in it.

    The pages that the wallet's worker kept go in any case: it forgets them itself (worker.js).
    """
    if not _marks():
        response.headers.update(FORGET)


def forget_learner(response: Response, learner_id: str) -> None:
    """Have everything forgotten, the keys of a learner with it, unless others have keys here."""
    others = [one for one in _marks() if one != _mark_of(learner_id)]
    if others:
        _mark(response, others)
        return
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax")
    response.headers.update(FORGET)


def _mark(response: Response, marks: list[str]) -> None:
    kept = list(dict.fromkeys(marks))[-MOST_MARKS:]
    if kept:
        response.set_cookie(
            COOKIE,
            ".".join(kept),
            max_age=COOKIE_SECONDS,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )


def _marks() -> list[str]:
    return [one for one in request.cookies.get(COOKIE, "").split(".") if MARK.fullmatch(one)]


def _mark_of(learner_id: str) -> str:
    return digest_of(learner_id)[-16:]
