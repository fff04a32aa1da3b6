"""What can go wrong while somebody proves who they are."""

from __future__ import annotations

from credentials.errors import TallystickError


class SignInError(TallystickError):
    """A proof was not accepted; the message tells nothing about accounts, nor what was sent."""

    code = "SIGN_IN_REFUSED"
