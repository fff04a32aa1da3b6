"""Letters: what is said, once, written as text and as HTML that fetches nothing.

There is no picture, no pixel and no rewritten link in them: nobody learns whether a letter was
opened.  What stands in a header can hold no line end, so nobody adds headers by their name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from html import escape

import idna

from service.mail.errors import MailError

SUBJECT_CHARACTERS = 200
ADDRESS_CHARACTERS = 254
"""Longest address that mail servers take (RFC 5321 section 4.5.3.1.3)."""

_LOCAL = re.compile(r"[^\s@<>\",;:\\()\[\]]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.\-]{0,252}[A-Za-z0-9])?")
_LINK = re.compile(r"https?://[^\s<>\"]+")

HTML = """<!DOCTYPE html>
<html lang="{language}">
<head><meta charset="utf-8"><title>{title}</title></head>
<body style="margin:0;background:#f4f1ea;color:#17202c;font-family:sans-serif;line-height:1.5">
<div style="max-width:36em;margin:0 auto;padding:1.5em;background:#ffffff">
{content}
</div>
</body>
</html>
"""
BUTTON = (
    '<p><a href="{link}" style="display:inline-block;padding:0.7em 1.2em;background:#1b3557;'
    'color:#ffffff;text-decoration:none;border-radius:0.3em">{label}</a></p>\n'
    '<p style="font-size:0.9em;word-break:break-all">{link}</p>'
)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address with the name of whose it is."""

    address: str
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no address; raise `MailError` (MAIL_ADDRESS)."""
        address = smtp_address(self.address)
        local, _at, domain = address.rpartition("@")
        is_address = _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)
        if len(address) > ADDRESS_CHARACTERS or not is_address or ".." in address:
            raise MailError("This is no mail address.", code="MAIL_ADDRESS")


def smtp_address(address: str) -> str:
    """Write an address as mail servers take it: its domain in ASCII (IDNA 2008, UTS 46).

    What stands before the @ stays: only the server of its domain may change it (RFC 6531).
    Raises `MailError` (MAIL_ADDRESS) for a domain that cannot be one.
    """
    local, _at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        encoded = idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise MailError("The domain of this mail address is none.", code="MAIL_ADDRESS") from error
    return f"{local}@{encoded}"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says, in one language: paragraphs, a link in the middle, and paragraphs."""

    subject: str
    paragraphs: Sequence[str]
    language: str
    link: str | None = None
    link_label: str = ""
    closing: Sequence[str] = ()


def message_of(
    letter: Letter, *, sender: Mailbox, recipient: Mailbox, at: datetime, message_id: str
) -> bytes:
    """Write a letter as a message (RFC 5322), as text and as HTML.

    `message_id` is unique, without angle brackets, with an @ in it: a mail that is sent twice has
    the same one, and mail programs show it once.  Raises `MailError` (MAIL_MALFORMED).
    """
    if letter.link is not None and not _LINK.fullmatch(letter.link):
        raise MailError("The link of a letter is a web address.", code="MAIL_MALFORMED")
    is_plain = all(smtp_address(one.address).isascii() for one in (sender, recipient))
    message = EmailMessage(policy=SMTP if is_plain else SMTPUTF8)
    try:
        message["From"] = _address(sender)
        message["To"] = _address(recipient)
        message["Subject"] = _one_line(letter.subject)[:SUBJECT_CHARACTERS]
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{_one_line(message_id)}>"
        # Nobody's absence note shall answer a machine (RFC 3834 section 5).
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(_text(letter), cte="quoted-printable")
        message.add_alternative(_html(letter), subtype="html", cte="quoted-printable")
        message["Content-Language"] = letter.language
        return message.as_bytes()
    except (MessageError, ValueError, IndexError) as error:
        raise MailError("The mail cannot be written.", code="MAIL_MALFORMED") from error


def _address(mailbox: Mailbox) -> Address:
    user, _at, domain = smtp_address(mailbox.address).rpartition("@")
    return Address(display_name=_one_line(mailbox.name), username=user, domain=domain)


def _one_line(text: str) -> str:
    """Keep a text on its line: a line end in a header would begin another header."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _colon(language: str) -> str:
    """Write a colon as the language does: French keeps a space before it."""
    is_french = language.partition("-")[0].lower() == "fr"
    return "\N{NO-BREAK SPACE}:" if is_french else ":"


def _text(letter: Letter) -> str:
    link = (
        []
        if letter.link is None
        else [f"{letter.link_label}{_colon(letter.language)}\n{letter.link}"]
    )
    return "\n\n".join([*letter.paragraphs, *link, *letter.closing]) + "\n"


def _html(letter: Letter) -> str:
    parts = [f"<p>{escape(paragraph)}</p>" for paragraph in letter.paragraphs]
    if letter.link is not None:
        parts.append(BUTTON.format(link=escape(letter.link), label=escape(letter.link_label)))
    parts += [f"<p>{escape(paragraph)}</p>" for paragraph in letter.closing]
    return HTML.format(
        language=escape(letter.language), title=escape(letter.subject), content="\n".join(parts)
    )
