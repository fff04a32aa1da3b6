"""Handing a mail over to a server: SMTP with TLS, within limits of time."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from service.mail.errors import MailDelayedError, MailError, MailRefusedError
from service.mail.letters import Mailbox, smtp_address

SECONDS = 20.0
"""How long each answer of a server is waited for."""

STARTTLS, TLS, UNSAFE_PLAIN = "starttls", "tls", "unsafe-plain"
PORTS = {STARTTLS: 587, TLS: 465, UNSAFE_PLAIN: 25}
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PREFIX = "TALLYSTICK_MAIL_"
PERMANENT = 500
"""From this status on a server will say no the next time, too (RFC 5321 section 4.2.1)."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes our mails, and in whose name they are sent."""

    host: str
    sender: Mailbox
    port: int = 587
    security: str = STARTTLS
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    seconds: float = SECONDS

    def send(self, recipient: str, message: bytes) -> None:
        """Hand one message over.

        Raises `MailRefusedError` if it will never be taken, `MailDelayedError` if this failed for
        now; a message of either names no address.  Addresses may be internationalised.
        """
        sender, receiver = smtp_address(self.sender.address), smtp_address(recipient)
        try:
            with self._connected() as connection:
                options = _options(connection, sender, receiver)
                connection.sendmail(sender, [receiver], message, options)
        except smtplib.SMTPRecipientsRefused as error:
            ((status, _text),) = error.recipients.values()
            raise _refusal(status) from error
        except smtplib.SMTPAuthenticationError as error:
            text = "The mail server does not take our user name and password."
            raise MailDelayedError(text, code="MAIL_SIGN_IN") from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise _refusal(error.smtp_code) from error
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            text = f"The mail server cannot be used: {type(error).__name__}."
            raise MailDelayedError(text) from error

    def _connected(self) -> smtplib.SMTP:
        """Connect; no password and no letter ever goes over a line that others can read."""
        if self.security == UNSAFE_PLAIN:
            return smtplib.SMTP(self.host, self.port, timeout=self.seconds)
        context = ssl.create_default_context()
        if self.security == TLS:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.seconds, context=context
            )
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=self.seconds)
        try:
            if self.security == STARTTLS:
                connection.starttls(context=context)
            if self.user is not None and self.password is not None:
                connection.login(self.user, self.password)
        except (smtplib.SMTPException, OSError):
            connection.close()
            raise
        return connection


def _options(connection: smtplib.SMTP, *addresses: str) -> tuple[str, ...]:
    """Ask for what addresses with other letters than ASCII need (RFC 6531), where it is offered.

    Raises `MailRefusedError` where it is not: the server could only spoil the address.
    """
    if all(address.isascii() for address in addresses):
        return ()
    connection.ehlo_or_helo_if_needed()
    if not connection.has_extn("smtputf8"):
        text = (
            "The address has letters before the @ that this mail server cannot take (it does not "
            "offer SMTPUTF8). Hand the credential over on paper, or ask for another address."
        )
        raise MailRefusedError(text, code="MAIL_LETTERS")
    return ("SMTPUTF8", "BODY=8BITMIME")


def server_from(environment: Mapping[str, str]) -> MailServer:
    """Read the settings TALLYSTICK_MAIL_HOST, _SENDER, _NAME, _SECURITY, _PORT, _USER and so on.

    The password stands in the file that TALLYSTICK_MAIL_PASSWORD_FILE names.  Raises `MailError`
    (MAIL_SETTINGS), also for unencrypted mail to another machine.
    """
    stated = {
        name.removeprefix(PREFIX).lower(): value.strip()
        for name, value in environment.items()
        if name.startswith(PREFIX) and value.strip()
    }
    security = stated.get("security", STARTTLS)
    if "host" not in stated or "sender" not in stated:
        raise _settings(f"{PREFIX}HOST and {PREFIX}SENDER say through whom mails are sent")
    if security not in PORTS:
        raise _settings(f"{PREFIX}SECURITY is one of {', '.join(PORTS)}")
    if security == UNSAFE_PLAIN and stated["host"] not in LOOPBACK:
        raise _settings("mails go to another machine over TLS only")
    port = stated.get("port", str(PORTS[security]))
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65_536):
        raise _settings(f"{PREFIX}PORT is a number")
    return MailServer(
        host=stated["host"],
        sender=Mailbox(stated["sender"], stated.get("name", "")),
        port=int(port),
        security=security,
        user=stated.get("user"),
        password=_password(stated.get("password_file")),
    )


def _password(file: str | None) -> str | None:
    if file is None:
        return None
    try:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise _settings(f"{PREFIX}PASSWORD_FILE cannot be read") from error


def _refusal(status: int) -> MailError:
    text = f"The mail server answered {status}."
    return MailRefusedError(text) if status >= PERMANENT else MailDelayedError(text)


def _settings(why: str) -> MailError:
    return MailError(f"Mails cannot be sent: {why}.", code="MAIL_SETTINGS")
