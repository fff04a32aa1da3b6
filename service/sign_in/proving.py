"""Asking a browser for a passkey, and finding whose it used: the same for every room.

The secret of what a browser is in the middle of is a cookie of the room's own path.
"""

from __future__ import annotations

from datetime import datetime

from flask import Response, request

from service.sign_in import passkeys
from service.sign_in.passkey_keeping import STEP_LIFE, PasskeyKeeping, Step
from service.sign_in.passkeys import RelyingParty

COOKIE = "tallystick-step"
"""Holds the secret of a step; the browser that began one ends it, and no other."""


def give_step(response: Response, secret: str, path: str) -> Response:
    """Give the secret of a step to the browser that began it."""
    response.set_cookie(
        COOKIE,
        secret,
        path=path,
        max_age=int(STEP_LIFE.total_seconds()),
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def given_step() -> str | None:
    """Read the secret of what this browser is in the middle of."""
    return request.cookies.get(COOKIE)


def owner_of_passkey(
    kept: PasskeyKeeping,
    party: RelyingParty,
    step: Step,
    at: datetime,
    *,
    expected: str | None = None,
) -> str:
    """Find by its id whose passkey a browser used, from the field "answer" of its form.

    Obligations: 1. the step, which was taken, is of whoever is `expected`, or of nobody; 2. the
    passkey is known, and of whom the browser says, and of whoever is expected; 3. the answer
    holds; 4. the passkey was not copied.  Whether whoever it is may come in is for the room.

    Raises `SignInError`.
    """
    answer = request.form.get("answer", "")
    # 1. and 2.
    claim = passkeys.claimed(answer)
    known = kept.passkey(claim.credential_id)
    if known is None or claim.user_id not in (known.user_id, None):
        raise passkeys.refused()
    if step.user_id != expected or expected not in (known.user_id, None):
        raise passkeys.refused()
    # 3.
    count = passkeys.authenticated(party, step.data["challenge"], answer, known.public_key)
    # 4.
    kept.used_passkey(known, count, at)
    return known.user_id
