"""Handing over from the console: files, letters, cards, reminders, figures; and bulk withdrawal."""

from __future__ import annotations

import email
import io
import re
import zipfile
from email import policy
from typing import Any

import pytest
from pypdf import PdfReader

from issuer.claims import queue_notices, write_letters
from issuer.console.services import ConsoleServices
from issuer.issuing.withdrawing import Withdrawing
from issuer.store import Act, CredentialRecord, Job, Role
from service.mail import MailDelayedError, MailRefusedError, send_due
from tests.databases import sqlite_copy
from tests.factories import check
from tests.issuer.console.test_working import DESIGN, Desk
from tests.issuer.console.world import World, console_world
from verifier.report import Verdict

ROSTER = (
    b"email,name,student number\nana@x.example,Ana,1\nben@x.example,Ben,2\nana@x.example,Zoe,3\n"
)


class Class:
    """A roster that was issued, and whoever hands it over."""

    def __init__(self, world: World, *, letters: bool) -> None:
        self.desk, self.world, self.store = Desk(world, Role.OWNER), world, world.store
        achievement = self.desk.design(**DESIGN)
        self.desk.publish(achievement)
        page = (
            self.desk.send(achievement, ROSTER).headers["Location"].removeprefix("/console/at/poly")
        )
        sent = self.desk.post(f"{page}/issue", **({"tell": "yes"} if letters else {}))
        self.at = sent.headers["Location"].removeprefix("/console/at/poly")
        world.work()
        self.tenant = self.desk.tenant

    @property
    def services(self) -> ConsoleServices:
        return self.world.console.services

    @property
    def job(self) -> Job:
        return self.store.jobs.get(self.tenant.id, self.at.rpartition("/")[2])

    @property
    def credentials(self) -> list[CredentialRecord]:
        found = self.store.credentials.page(self.tenant.id).items
        return sorted(found, key=lambda one: str(one.request["learner"]["number"]))

    def write(self) -> int:
        desk = self.services.desk_of(self.tenant, "http://localhost")
        written = write_letters(self.store, lambda _tenant: desk, self.world.clock())
        return written + queue_notices(desk, self.world.clock())

    def send(self, *refused: str) -> list[Any]:
        """Send what waits; return the messages that were taken."""
        taken: list[Any] = []

        def send(recipient: str, message: bytes) -> None:
            if recipient in refused:
                raise MailRefusedError("The mail server answered 550.")
            taken.append(email.message_from_bytes(message, policy=policy.default))

        send_due(self.store.deliveries, send, self.world.clock)
        return taken

    def handed(self) -> tuple[int, ...]:
        found = self.store.overviews.of_job(self.tenant.id, self.job.id)
        assert self.store.overviews.of(self.tenant.id).handed == found
        return (found.claimed, found.waiting, found.bounced, found.reminded, found.without)

    def claim(self, message: Any) -> str:
        """Take what a letter offers, as its learner, and return the page."""
        text = message.get_body(("plain",)).get_content()
        (path,) = re.findall(r"http://localhost(/claim/\S+)", text)
        client = self.world.client()
        assert client.post(path).status_code == 303
        return client.get(path).text


@pytest.fixture
def written(world: World) -> Class:
    """Return a class whose learners are written to."""
    return Class(world, letters=True)


@pytest.fixture
def unwritten(world: World) -> Class:
    return Class(world, letters=False)


def test_a_roster_sends_its_letters_once_and_the_figures_are_real(written: Class) -> None:
    assert written.job.letters == "asked"
    assert written.handed() == (0, 0, 0, 0, 3)
    assert (written.write(), written.write()) == (3, 0)
    assert written.job.letters == "written"
    assert written.handed() == (0, 3, 0, 0, 0)
    letters = written.send("ben@x.example")
    assert written.handed() == (0, 2, 1, 0, 0)
    (zoes,) = (one for one in letters if "Zoe" in str(one["To"]))
    assert "Issued to Zoe." in written.claim(zoes), "a sibling at the same address"
    assert written.handed() == (1, 1, 1, 0, 0)
    page = written.desk.get(written.at).text
    assert "delivery=bounced" in page
    found = written.desk.get(f"/credentials?job={written.job.id}&delivery=bounced").text
    assert "Ben" in found
    assert "Zoe" not in found
    ben = written.credentials[1]
    assert "The mail server answered 550." in written.desk.get(f"/credentials/{ben.id}").text
    written.desk.post(f"{written.at}/reminders")
    (reminder,) = written.send()
    assert str(reminder["Subject"]).startswith("Waiting for you")
    assert written.handed() == (1, 1, 1, 1, 0)


def test_what_is_issued_after_the_letters_were_written_is_written_about_later(
    written: Class,
) -> None:
    written.write()
    store, act = written.store, Act(written.tenant.id, "test", written.world.clock())
    store.jobs.retry(act, written.job.id)
    assert written.job.letters == "asked"
    assert written.write() == 0
    assert written.job.letters == "asked", "rows may still be issued"
    written.world.work()
    written.write()
    assert written.job.letters == "written"


def test_whoever_has_no_usable_address_holds_up_nobody(world: World) -> None:
    one = Class(world, letters=True)
    with world.store.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE issuer_learners SET mailbox = 'no address' WHERE number = '2'"
        )
    assert one.write() == 2
    assert one.job.letters == "asked"
    assert one.write() == 0
    assert one.job.letters == "written"
    assert one.handed() == (0, 2, 1, 0, 0)


def test_letters_to_a_class_that_had_none_are_asked_for_later(unwritten: Class) -> None:
    assert unwritten.write() == 0
    assert "Send the claim letters" in unwritten.desk.get(unwritten.at).text
    unwritten.desk.post(f"{unwritten.at}/letters")
    assert unwritten.write() == 3


def test_one_letter_with_a_pin_that_is_shown_once(unwritten: Class) -> None:
    identifier = unwritten.credentials[0].id
    page = unwritten.desk.post(f"/credentials/{identifier}/letter", with_pin="yes").text
    (pin,) = re.findall(r'class="pin">(\d{6})<', page)
    assert pin not in unwritten.desk.get(f"/credentials/{identifier}").text
    (letter,) = unwritten.send()
    assert pin not in letter.as_string()
    assert "asks for a PIN" in letter.get_body(("plain",)).get_content()
    assert "with a PIN" in unwritten.desk.get(f"/credentials/{identifier}").text
    assert unwritten.desk.post(f"/credentials/{identifier}/letter").status_code == 303
    (second,) = unwritten.send()
    assert str(second["Subject"]).startswith("Waiting for you")
    assert "Issued to Ana." in unwritten.claim(second)


def test_a_card_is_shown_once_printed_and_ends_the_one_before(unwritten: Class) -> None:
    identifier = unwritten.credentials[0].id
    page = unwritten.desk.post(f"/credentials/{identifier}/card", with_pin="yes").text
    (path,) = set(re.findall(r"http://localhost(/claim/[\w-]+)", page))
    (pin,) = re.findall(r'class="pin">(\d{6})<', page)
    secret = path.rpartition("/")[2]
    assert page.count("<svg") > 1
    fields = {"secret": secret, "pin": pin}
    again = unwritten.desk.post(f"/credentials/{identifier}/card", **fields).text
    assert path in again, "in another language it is the same card"
    printed = unwritten.desk.post(f"/credentials/{identifier}/card.pdf", **fields)
    text = PdfReader(io.BytesIO(printed.data)).pages[0].extract_text()
    assert "Ana" in text
    assert pin not in text
    other = unwritten.credentials[1].id
    assert unwritten.desk.post(f"/credentials/{other}/card.pdf", **fields).status_code == 404
    client = unwritten.world.client()
    assert client.post(path, data={"pin": pin}).status_code == 303
    unwritten.desk.post(f"/credentials/{other}/card")
    unwritten.desk.post(f"/credentials/{other}/card")
    claims = unwritten.store.deliveries.of_credential(unwritten.tenant.id, other)
    assert sorted(one.state for one in claims) == ["ended", "waiting"]


def test_every_file_of_a_credential_is_verified(unwritten: Class) -> None:
    identifier = unwritten.credentials[0].id
    page = unwritten.desk.get(f"/credentials/{identifier}").text
    links = re.findall(r'href="/console/at/poly(/credentials/[^"]+/files/\w+)"', page)
    assert [one.rpartition("/")[2] for one in links] == ["pdf", "png", "svg", "json"]
    for link in links:
        answer = unwritten.desk.get(link)
        assert answer.headers["Cache-Control"] == "no-store"
        assert check(answer.data).verdict is not Verdict.INVALID
    assert unwritten.desk.get(links[0].replace("/pdf", "/jwt")).status_code == 404


def test_cards_for_a_class_come_with_pins_in_a_table(unwritten: Class) -> None:
    sheet = unwritten.desk.post(f"{unwritten.at}/cards")
    assert PdfReader(io.BytesIO(sheet.data)).pages[0].extract_text().count("/claim/") == 3
    packed = unwritten.desk.post(f"{unwritten.at}/cards", with_pins="yes")
    with zipfile.ZipFile(io.BytesIO(packed.data)) as files:
        rows = files.read("pins.csv").decode("utf-8-sig").splitlines()
        assert files.namelist() == ["cards.pdf", "pins.csv"]
    assert [row.split(",")[0] for row in rows] == ["learner", "Ana", "Ben", "Zoe"]
    assert unwritten.handed() == (0, 3, 0, 0, 0)


def test_without_a_mail_server_the_pages_say_so_and_offer_cards(tmp_path: Any) -> None:
    world = console_world(sqlite_copy(tmp_path / "issuer.sqlite"), sends_mail=False)
    one = Class(world, letters=True)
    assert one.job.letters is None
    page = one.desk.get(one.at).text
    assert "No mail server is set up" in page
    assert "Print claim cards" in page
    identifier = one.credentials[0].id
    assert "No mail server" in one.desk.get(f"/credentials/{identifier}").text
    assert one.desk.post(f"/credentials/{identifier}/letter").status_code == 422
    assert one.desk.post(f"{one.at}/letters").status_code == 409
    world.store.engine.dispose()


def withdrawn(one: Class, **fields: Any) -> Any:
    stated = {"act": "revoke", "reason": "Issued to the wrong class", "notice": "reason"}
    return one.desk.post("/withdraw", **{**stated, **fields})


def test_chosen_credentials_are_withdrawn_together_and_undone_together(unwritten: Class) -> None:
    ids = [one.id for one in unwritten.credentials[:2]]
    query = "&".join(f"credential={one}" for one in ids)
    page = unwritten.desk.get(f"/withdraw?{query}").text
    assert "2 chosen credentials" in page
    assert withdrawn(unwritten, credential=ids, reason="").status_code == 422
    assert withdrawn(unwritten, credential=ids).status_code == 303
    (batch,) = unwritten.store.withdrawals.batches(unwritten.tenant.id)
    assert (batch.count, batch.state) == (2, "pending")
    assert "Nothing is chosen" in unwritten.desk.get(f"/withdraw?{query}").text
    undone = unwritten.desk.post(f"/withdrawals/{batch.id}/undo")
    assert undone.status_code == 303
    assert unwritten.desk.post(f"/withdrawals/{batch.id}/undo").status_code == 409
    assert {one.status for one in unwritten.credentials} == {"active"}
    assert "undone" in unwritten.desk.get("/withdrawals").text


@pytest.mark.parametrize(("notice", "told"), [("none", 0), ("told", 3), ("reason", 3)])
def test_a_whole_roster_is_withdrawn_and_the_learners_are_told(
    unwritten: Class, notice: str, told: int
) -> None:
    assert withdrawn(unwritten, job=unwritten.job.id, notice=notice).status_code == 303
    unwritten.world.shop.now.pass_by(minutes=11)  # type: ignore[attr-defined]
    assert Withdrawing(unwritten.world.shop).perform_due() == 3
    assert {one.status for one in unwritten.credentials} == {"revoked"}
    assert unwritten.write() == told
    letters = [one.get_body(("plain",)).get_content() for one in unwritten.send()]
    assert sum("wrong class" in one for one in letters) == (3 if notice == "reason" else 0)


def test_a_corrected_credential_comes_with_one_letter(unwritten: Class) -> None:
    old = unwritten.credentials[0]
    fields = {"email": "ana@x.example", "name": "Anna", "tell": "yes"}
    sent = unwritten.desk.post(f"/credentials/{old.id}/correct", **fields)
    new = unwritten.store.credentials.get(
        unwritten.tenant.id, sent.headers["Location"].rpartition("/")[2]
    )
    assert (new.replaces, new.learner_id) == (old.id, old.learner_id)
    assert unwritten.write() == 0, "no second letter about the old one"
    (letter,) = unwritten.send()
    assert str(letter["Subject"]).startswith("Corrected")
    assert "Issued to Anna." in unwritten.claim(letter)


def test_a_letter_that_is_never_taken_came_back(written: Class) -> None:
    written.write()

    def never(_recipient: str, _message: bytes) -> None:
        raise MailDelayedError("The mail server answered 450.")

    for _attempt in range(8):
        send_due(written.store.deliveries, never, written.world.clock)
        written.world.shop.now.pass_by(days=1)  # type: ignore[attr-defined]
    assert written.handed() == (0, 0, 3, 0, 0)
