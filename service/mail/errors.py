"""What can go wrong with a mail."""

from __future__ import annotations

from credentials.errors import TallystickError


class MailError(TallystickError):
    """A mail cannot be written or sent."""

    code = "MAIL_ERROR"


class MailDelayedError(MailError):
    """The mail was not taken this time; later it may be."""

    code = "MAIL_DELAYED"


class MailRefusedError(MailError):
    """The mail will never be taken: the address does not exist, or the server does not want it."""

    code = "MAIL_REFUSED"
