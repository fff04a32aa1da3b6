"""E-mail: letters that nobody can tamper with, a real server on the loopback, and the outbox."""

from __future__ import annotations

import email
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from hypothesis import given
from hypothesis import strategies as st

from service.mail import (
    Letter,
    Mailbox,
    MailDelayedError,
    MailError,
    MailRefusedError,
    MailServer,
    message_of,
    send_due,
    server_from,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SENDER = Mailbox("badges@poly.example", "Te Pūkenga")
LEARNER = Mailbox("ana@example.com", "Ana Ñúñez")


def letter(**changes: Any) -> Letter:
    stated = {
        "subject": "Ana, tō tohu",
        "paragraphs": ["Kia ora <b>Ana</b>", "It is ready."],
        "language": "en",
        "link": "https://badges.example/claim/x?a=1&b=2",
        "link_label": "Take it",
        "closing": ["Te Pūkenga"],
    }
    return Letter(**{**stated, **changes})


def written(one: Letter, sender: Mailbox = SENDER, recipient: Mailbox = LEARNER) -> bytes:
    return message_of(one, sender=sender, recipient=recipient, at=NOW, message_id="1@poly.example")


def parsed(data: bytes) -> Any:
    return email.message_from_bytes(data, policy=policy.default)


def test_a_letter_says_the_same_as_text_and_as_html() -> None:
    message = parsed(written(letter()))
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    for one in ("It is ready.", "Take it", "Te Pūkenga"):
        assert one in text
        assert one in html
    assert "https://badges.example/claim/x?a=1&b=2" in text
    assert 'href="https://badges.example/claim/x?a=1&amp;b=2"' in html
    assert "&lt;b&gt;Ana&lt;/b&gt;" in html
    assert message["Subject"] == "Ana, tō tohu"
    assert message["Message-ID"] == "<1@poly.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert str(message["To"]) == "Ana Ñúñez <ana@example.com>"


def test_a_letter_fetches_nothing() -> None:
    html = parsed(written(letter())).get_body(("html",)).get_content()
    assert re.findall(r"<img|src=|url\(|<script|<link|@import", html) == []


HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Content-Language", "Auto-Submitted",
    "MIME-Version", "Content-Type",
}  # fmt: skip


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_name_and_no_subject_adds_a_header_or_a_recipient(name: str, subject: str) -> None:
    injected = f"{subject}\r\nBcc: thief@example.org\r\n\r\nbody {name}"
    try:
        data = written(letter(subject=injected), recipient=Mailbox("ana@example.com", injected))
    except MailError:
        return
    message = parsed(data)
    assert set(message.keys()) == HEADERS
    assert [one.addr_spec for one in message["To"].addresses] == ["ana@example.com"]


@pytest.mark.parametrize(
    "address",
    ["", "ana", "ana@", "@x", "a b@x", "a@x\r\nBcc: y@z", "a@x,b@y", "a@x>", "a@x..y"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(MailError):
        Mailbox(address)


def test_a_link_is_a_web_address() -> None:
    with pytest.raises(MailError):
        written(letter(link="javascript:alert(1)"))


class Handler:
    """What a server does with recipients and messages."""

    def __init__(self) -> None:
        self.received: list[tuple[str, bytes]] = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802 - the server's name for it
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.received.append((envelope.rcpt_tos[0], envelope.content))
        return self.answers.get("DATA", "250 OK")


@pytest.fixture
def handler() -> Handler:
    return Handler()


@contextmanager
def listening(handler: Handler, **options: Any) -> Iterator[MailServer]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port, **options)
    controller.start()
    yield MailServer("127.0.0.1", SENDER, port, "unsafe-plain", seconds=5)
    controller.stop()


@pytest.fixture
def server(handler: Handler) -> Iterator[MailServer]:
    with listening(handler) as made:
        yield made


def test_a_server_takes_a_letter(server: MailServer, handler: Handler) -> None:
    server.send(LEARNER.address, written(letter()))
    ((recipient, content),) = handler.received
    assert recipient == "ana@example.com"
    assert parsed(content)["Subject"] == "Ana, tō tohu"


def test_a_domain_in_other_letters_is_written_in_ascii(
    server: MailServer, handler: Handler
) -> None:
    learner = Mailbox("ana@Straße.example", "Ana")
    message = written(letter(), recipient=learner)
    assert str(parsed(message)["To"]) == "Ana <ana@xn--strae-oqa.example>"
    server.send("ana@Straße.example", message)
    assert [one for one, _content in handler.received] == ["ana@xn--strae-oqa.example"]
    for none in ("ana@\u2028.example", "ana@-ö-.example", "ana@ö..example"):
        with pytest.raises(MailError):
            Mailbox(none)


def test_letters_before_the_at_need_a_server_that_takes_them(handler: Handler) -> None:
    message = written(letter(), recipient=Mailbox("josé@example.com"))
    assert "josé@example.com" in message.decode()
    with listening(handler, enable_SMTPUTF8=False) as server:
        with pytest.raises(MailRefusedError, match="SMTPUTF8") as refused:
            server.send("josé@example.com", message)
        assert refused.value.code == "MAIL_LETTERS"
    with listening(handler, enable_SMTPUTF8=True) as server:
        server.send("josé@example.com", message)
    assert [one for one, _content in handler.received] == ["josé@example.com"]


def test_servers_say_no_for_good_or_for_now(server: MailServer, handler: Handler) -> None:
    handler.answers = {"gone@example.com": "550 No such user", "full@example.com": "452 Full"}
    with pytest.raises(MailRefusedError) as refused:
        server.send("gone@example.com", written(letter()))
    assert "gone" not in refused.value.message
    with pytest.raises(MailDelayedError):
        server.send("full@example.com", written(letter()))
    handler.answers = {"DATA": "554 Spam"}
    with pytest.raises(MailRefusedError):
        server.send("ana@example.com", written(letter()))


def test_nothing_is_sent_in_the_clear_where_tls_is_asked_for(
    server: MailServer, handler: Handler
) -> None:
    careful = MailServer(server.host, SENDER, server.port, "starttls", "user", "word", seconds=5)
    with pytest.raises(MailDelayedError):
        careful.send("ana@example.com", written(letter()))
    assert handler.received == []
    assert "word" not in repr(careful)


def test_that_nobody_listens_is_for_now() -> None:
    with pytest.raises(MailDelayedError):
        MailServer("127.0.0.1", SENDER, 9, "unsafe-plain", seconds=1).send("a@x", b"")


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ({}, "HOST and"),
        ({"HOST": "mail.example"}, "SENDER"),
        ({"HOST": "mail.example", "SENDER": "a@b", "SECURITY": "ssl"}, "SECURITY"),
        ({"HOST": "mail.example", "SENDER": "a@b", "SECURITY": "unsafe-plain"}, "over TLS only"),
        ({"HOST": "mail.example", "SENDER": "a@b", "PORT": "x"}, "PORT"),
        ({"HOST": "mail.example", "SENDER": "a@b", "PASSWORD_FILE": "/nowhere"}, "PASSWORD_FILE"),
    ],
)
def test_settings_that_are_wrong_are_told(stated: dict[str, str], why: str) -> None:
    with pytest.raises(MailError, match=why):
        server_from({f"TALLYSTICK_MAIL_{name}": value for name, value in stated.items()})


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "word").write_text("hush\n")
    server = server_from(
        {
            "TALLYSTICK_MAIL_HOST": "mail.example",
            "TALLYSTICK_MAIL_SENDER": "badges@poly.example",
            "TALLYSTICK_MAIL_SECURITY": "tls",
            "TALLYSTICK_MAIL_USER": "poly",
            "TALLYSTICK_MAIL_PASSWORD_FILE": str(tmp_path / "word"),
        }
    )
    assert (server.port, server.user, server.password) == (465, "poly", "hush")


@dataclass
class Mail:
    id: str
    recipient: str
    message: bytes = b"x"


@dataclass
class Queue:
    """An outbox that notes what it is told."""

    mails: list[Mail]
    told: list[tuple[Any, ...]] = field(default_factory=list)

    def due_mails(self, at: datetime, *, items: int) -> list[Mail]:
        return self.mails[:items]

    def mail_sent(self, mail_id: str, at: datetime) -> None:
        self.told.append((mail_id, "sent"))

    def mail_failed(self, mail_id: str, error: str, at: datetime, *, for_good: bool) -> None:
        self.told.append((mail_id, error, for_good))


def test_the_outbox_notes_what_became_of_each_mail() -> None:
    queue = Queue([Mail("1", "a"), Mail("2", "gone"), Mail("3", "full"), Mail("4", "b")])

    def send(recipient: str, _message: bytes) -> None:
        if recipient == "gone":
            raise MailRefusedError("550")
        if recipient == "full":
            raise MailDelayedError("452")

    done = send_due(queue, send, lambda: NOW)
    assert (done.sent, done.delayed, done.refused) == (2, 1, 1)
    assert queue.told == [("1", "sent"), ("2", "550", True), ("3", "452", False), ("4", "sent")]
