"""Emptying the queue of mails; what is not taken waits there, longer each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from service.mail.errors import MailDelayedError, MailRefusedError

BATCH = 100
"""So many mails are read from the queue at a time."""

Send = Callable[[str, bytes], None]
"""Hands a message over to a recipient; raises `MailRefusedError` or `MailDelayedError`."""


class WaitingMail(Protocol):
    """A mail of the queue."""

    @property
    def id(self) -> str:
        """What it is known by."""

    @property
    def recipient(self) -> str:
        """Who gets it."""

    @property
    def message(self) -> bytes:
        """The whole of it."""


class Outbox(Protocol):
    """A queue of mails that outlives this process."""

    def due_mails(self, at: datetime, *, items: int) -> Sequence[WaitingMail]:
        """Read the mails that are to be sent now."""

    def mail_sent(self, mail_id: str, at: datetime) -> None:
        """Note that a mail was handed over."""

    def mail_failed(self, mail_id: str, error: str, at: datetime, *, for_good: bool) -> None:
        """Note that it was not; unless for good it is tried again later."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the mails that were due."""

    sent: int = 0
    delayed: int = 0
    refused: int = 0


def send_due(outbox: Outbox, send: Send, now: Callable[[], datetime]) -> Sent:
    """Send what is due, one process at a time.

    Each mail is noted right after it was handed over.  If the process is killed in between, that
    one mail is sent again with the same Message-ID: twice is better than never.
    """
    sent = delayed = refused = 0
    for mail in outbox.due_mails(now(), items=BATCH):
        try:
            send(mail.recipient, mail.message)
        except MailRefusedError as error:
            refused += 1
            outbox.mail_failed(mail.id, error.message, now(), for_good=True)
        except MailDelayedError as error:
            delayed += 1
            outbox.mail_failed(mail.id, error.message, now(), for_good=False)
        else:
            sent += 1
            outbox.mail_sent(mail.id, now())
    return Sent(sent, delayed, refused)
