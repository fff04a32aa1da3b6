"""What a browser is in the middle of: kept on this side, and known to that browser alone."""

from __future__ import annotations

from flask import Response, request

from service.people.door import Door
from service.people.sessions import Limit
from service.sign_in.errors import SignInError
from service.sign_in.passkey_keeping import Step
from service.sign_in.proving import give_step, given_step
from service.web.limiting import network_of

ADDRESS_STEPS = 200
"""Steps that one address may begin within a quarter of an hour."""


def begin_step(
    door: Door,
    response: Response,
    kind: str,
    data: dict[str, str],
    user_id: str | None = None,
) -> Response:
    """Keep what was begun, and give its secret to the browser; raise `SignInError` (TOO_MANY)."""
    secret = door.sign_in.begin(kind, door.now(), data, user_id=user_id)
    return give_step(response, secret, door.prefix)


def require_few_steps(door: Door) -> None:
    """Count what is begun from an address before it is; raise `SignInError` (TOO_MANY)."""
    limit = Limit(f"steps {network_of(request.remote_addr or '')}", ADDRESS_STEPS)
    if not door.sessions.may_try([limit], door.now()):
        text = "Too many tries came from your network. Wait for a quarter of an hour."
        raise SignInError(text, code="TOO_MANY")


def take_step(door: Door, kind: str) -> Step:
    """Take what this browser began, once; raise `SignInError` (STEP_ENDED)."""
    return door.sign_in.take(kind, given_step(), door.now())
