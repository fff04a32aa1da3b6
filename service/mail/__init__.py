"""E-mail: letters as text and HTML, the server that takes them, and the outbox that is emptied.

Whoever holds a private key sends nothing: letters are written into a queue, and a process of its
own empties it.
"""

from service.mail.errors import MailDelayedError, MailError, MailRefusedError
from service.mail.letters import Letter, Mailbox, message_of
from service.mail.outbox import Outbox, send_due
from service.mail.sending import MailServer, server_from

__all__ = [
    "Letter",
    "MailDelayedError",
    "MailError",
    "MailRefusedError",
    "MailServer",
    "Mailbox",
    "Outbox",
    "message_of",
    "send_due",
    "server_from",
]
