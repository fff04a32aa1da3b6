"""Claims: who gets a credential by a link, what they find there, and what is written to them."""

from __future__ import annotations

import email
import io
import re
from collections.abc import Iterator
from email import policy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from credentials.baking.images import unbake
from credentials.jose.compact import sign_token
from credentials.strict_json import serialize_json
from issuer.claims import claim_sheet, queue_notices
from issuer.claims.letters import KINDS, REINSTATED, REVOKED, SUSPENDED
from issuer.claims.offers import PIN_DIGITS, NoAddressError, new_pin
from issuer.claims.shown import shown
from issuer.store import NotFoundError, StoreError
from issuer.store.deliveries import MOST_TRIES
from issuer.store.tables import DELIVERIES, MAILS
from issuer.store.writing_down import digest_of
from service.mail import send_due
from service.pages import PagesSettings
from service.pages.answers import SETTINGS
from tests.factories import SIGNER, check, unsigned
from tests.issuer.claims.desks import BASE, DAY, VERIFY_AT, Office, new_office
from verifier.report import Verdict


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = new_office(tmp_path)
    yield made
    made.store.engine.dispose()


@pytest.fixture
def client(office: Office) -> FlaskClient:
    return office.application().test_client()


def mails(office: Office) -> list[Any]:
    due = office.store.deliveries.due_mails(office.now, items=50)
    return [email.message_from_bytes(one.message, policy=policy.default) for one in due]


def text_of(message: Any) -> str:
    content: str = message.get_body(("plain",)).get_content()
    return content


def taken(client: FlaskClient, path: str, **form: str) -> str:
    answer = client.post(path, data=form)
    assert answer.status_code == 303, answer.text
    return client.get(path).text


def test_looking_at_a_link_claims_nothing_and_a_button_does(
    office: Office, client: FlaskClient
) -> None:
    identifier = office.issue()
    path = office.offer(identifier)
    before = client.get(path)
    assert before.status_code == 200
    assert "Pipe welding" not in before.text, "before it is taken, nothing is told of it"
    assert office.store.deliveries.of_credential(office.tenant.id, identifier)[0].claimed_at is None
    page = taken(client, path)
    assert "Pipe welding" in page
    assert "Issued to Ana Ñúñez." in page
    (delivery,) = office.store.deliveries.of_credential(office.tenant.id, identifier)
    assert delivery.state == "claimed"


def test_all_forms_are_there_and_each_is_verified(office: Office, client: FlaskClient) -> None:
    path = office.offer(office.issue())
    page = taken(client, path)
    links = re.findall(rf'href="({re.escape(path)}/[^"]+)"', page)
    assert [link.rpartition(".")[2] for link in links] == ["pdf", "png", "svg", "json"]
    for link in links:
        answer = client.get(link)
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert answer.headers["Cache-Control"] == "no-store"
        assert check(answer.data).verdict is Verdict.VALID
    pdf = client.get(links[0]).data
    assert "Ana Ñúñez" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def test_a_token_is_handed_out_as_it_was_signed(office: Office, client: FlaskClient) -> None:
    token = sign_token({"typ": "vc+jwt"}, serialize_json(unsigned()), SIGNER).encode()
    path = office.offer(office.issue(data=token))
    page = taken(client, path)
    assert f"{path}/pipe-welding.jwt" in page
    assert client.get(f"{path}/pipe-welding.jwt").data == token
    assert unbake(client.get(f"{path}/pipe-welding.png").data).data == token


def test_downloads_need_the_button_in_every_browser(office: Office, client: FlaskClient) -> None:
    path = office.offer(office.issue())
    taken(client, path)
    other = office.application().test_client()
    answer = other.get(f"{path}/pipe-welding.json")
    assert (answer.status_code, answer.headers["Location"]) == (303, path)


def test_a_pin_is_asked_for_and_five_wrong_ones_end_the_link(
    office: Office, client: FlaskClient
) -> None:
    path = office.offer(office.issue(), pin="123456")
    assert client.post(path, data={"pin": " "}).status_code == 422
    for left in range(MOST_TRIES - 1, 0, -1):
        answer = client.post(path, data={"pin": "000000"})
        assert answer.status_code == 422
        assert f"You have {left if left > 1 else 'one'} more" in answer.text
    assert client.post(path, data={"pin": "000000"}).status_code == 404
    assert client.post(path, data={"pin": "123456"}).status_code == 404
    path = office.offer(office.issue(), pin="123456")
    assert "Pipe welding" in taken(client, path, pin=" 123 456 ")


def test_links_that_do_not_hold_all_look_alike(office: Office, client: FlaskClient) -> None:
    expired = office.offer(office.issue(), expires=office.now + DAY)
    ended = office.offer(identifier := office.issue())
    (delivery,) = office.store.deliveries.of_credential(office.tenant.id, identifier)
    office.store.deliveries.move(office.act, delivery.id, "ended")
    erased = office.offer(gone := office.issue())
    office.store.credentials.erase(office.act, gone)
    office.now += 2 * DAY
    pages = {client.get(one).text for one in (expired, ended, erased, "/claim/guessed")}
    assert len(pages) == 1
    assert "This link does not hold" in pages.pop()


def mails_kept(office: Office) -> list[Any]:
    with office.store.engine.connect() as connection:
        return list(connection.execute(select(MAILS.c.state, MAILS.c.recipient, MAILS.c.message)))


def test_a_letter_that_was_sent_leaves_no_link_behind(office: Office) -> None:
    office.desk.offer_by_mail(office.act, office.issue())
    (mail,) = office.store.deliveries.due_mails(office.now, items=9)
    assert mail.message != b""
    office.store.deliveries.mail_sent(mail.id, office.now)
    assert mails_kept(office) == [("sent", "ana@example.com", b"")]


def test_a_letter_that_came_back_leaves_no_link_behind(office: Office) -> None:
    office.desk.offer_by_mail(office.act, office.issue())
    (mail,) = office.store.deliveries.due_mails(office.now, items=9)
    office.store.deliveries.mail_failed(mail.id, "No such mailbox.", office.now, for_good=True)
    assert mails_kept(office) == [("bounced", "ana@example.com", b"")]


def test_who_is_erased_is_in_no_letter_and_gets_none(office: Office) -> None:
    office.desk.offer_by_mail(office.act, gone := office.issue())
    office.store.credentials.erase(office.act, gone)
    assert mails_kept(office) == [("failed", "", b"")]
    office.desk.offer_by_mail(office.act, kept := office.issue())
    learner_id = office.store.credentials.get(office.tenant.id, kept).learner_id
    assert learner_id is not None
    office.store.learners.erase(office.act, learner_id)
    assert mails_kept(office) == [("failed", "", b"")] * 2
    assert office.store.deliveries.due_mails(office.now, items=9) == ()


def test_nothing_of_a_claim_is_cached_indexed_or_told_to_others(
    office: Office, client: FlaskClient
) -> None:
    path = office.offer(office.issue())
    page = taken(client, path)
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert 'rel="noreferrer external"' in page
    picture = client.get(f"{path}/badge")
    assert picture.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    elsewhere = client.post(path, headers={"Origin": "https://evil.example"})
    assert elsewhere.status_code == 403


def test_a_withdrawn_credential_says_so_and_is_not_shown_around(
    office: Office, client: FlaskClient
) -> None:
    path = office.offer(identifier := office.issue())
    taken(client, path)
    office.set_status(identifier, "revoked")
    page = client.get(path).text
    assert "was withdrawn" in page
    assert "linkedin" not in page.lower()


def test_the_link_to_linkedin_says_what_is_asked_for(office: Office, client: FlaskClient) -> None:
    identifier = office.issue()
    page = taken(client, office.offer(identifier))
    (link,) = re.findall(r'href="(https://www\.linkedin\.com/[^"]+)"', page)
    assert parse_qs(urlsplit(link.replace("&amp;", "&")).query) == {
        "startTask": ["CERTIFICATION_NAME"],
        "name": ["Pipe welding"],
        "organizationName": ["Example Polytechnic"],
        "issueYear": ["2026"],
        "issueMonth": ["1"],
        "expirationYear": ["2036"],
        "expirationMonth": ["1"],
        "certUrl": [VERIFY_AT],
        "certId": [identifier],
    }


def test_what_cannot_be_drawn_is_told_and_the_rest_is_there(
    office: Office, client: FlaskClient
) -> None:
    path = office.offer(office.issue(name="李明"))
    taken(client, path)
    assert client.get(f"{path}/pipe-welding.pdf").status_code == 409
    assert client.get(f"{path}/pipe-welding.json").status_code == 200
    assert client.get(f"{path}/../etc/passwd").status_code == 404


def test_a_letter_has_a_link_that_opens_the_claim(office: Office, client: FlaskClient) -> None:
    identifier = office.issue()
    office.desk.offer_by_mail(office.act, identifier, pin="123456", expires=office.now + DAY)
    (message,) = mails(office)
    assert message["Subject"] == "Your micro-credential: Pipe welding"
    assert str(message["From"]) == "Example Polytechnic <badges@poly.example>"
    text = text_of(message)
    assert "The page asks for a PIN" in text
    assert "24 November 2026" in text
    assert "123456" not in message.as_string()
    (link,) = re.findall(rf"{BASE}(/claim/\S+)", text)
    assert "Pipe welding" in taken(client, link, pin="123456")
    with office.store.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT claim_digest FROM issuer_deliveries").scalars()
        assert link.rpartition("/")[2] not in str(list(kept))


@pytest.mark.parametrize(("tag", "expected"), [("fr-CA", "microcertification"), ("es", "machine")])
def test_letters_are_in_the_language_of_the_achievement(
    office: Office, tag: str, expected: str
) -> None:
    subject = unsigned()["credentialSubject"]
    subject["achievement"]["inLanguage"] = tag
    office.desk.offer_by_mail(office.act, office.issue(credentialSubject=subject))
    (message,) = mails(office)
    assert message["Content-Language"] == tag
    drafts = {"fr-CA": "Une machine a traduit", "es": "Una máquina tradujo"}
    assert drafts[tag] in text_of(message)
    assert expected in text_of(message) or tag == "es"


def test_without_an_address_nothing_is_made(office: Office) -> None:
    identifier = office.issue(email=None)
    with pytest.raises(NoAddressError):
        office.desk.offer_by_mail(office.act, identifier)
    assert office.store.deliveries.of_credential(office.tenant.id, identifier) == ()
    assert office.desk.notify(office.act, identifier, REVOKED) is False
    with pytest.raises(NotFoundError):
        office.desk.offer_by_mail(office.act, "urn:uuid:none")


def test_a_reminder_has_a_new_link_and_the_old_one_ends(
    office: Office, client: FlaskClient
) -> None:
    identifier = office.issue()
    office.desk.offer_by_mail(office.act, identifier)
    assert office.desk.remind(office.act, identifier) is not None
    links = [re.search(rf"{BASE}(/claim/\S+)", text_of(one)) for one in mails(office)]
    statuses = sorted(client.get(link[1]).status_code for link in links if link)
    assert statuses == [200, 404]
    for link in links:
        assert link is not None
        client.post(link[1])
    assert office.desk.remind(office.act, identifier) is None, "it was taken"
    assert office.desk.remind(office.act, office.issue()) is None, "it was never mailed"
    office.desk.offer_by_mail(office.act, identifier := office.issue(), pin="1")
    with pytest.raises(StoreError, match="give a new one"):
        office.desk.remind(office.act, identifier)


@pytest.mark.parametrize("kind", [REVOKED, SUSPENDED, REINSTATED])
def test_learners_are_told_what_became_of_their_credential(office: Office, kind: str) -> None:
    assert office.desk.notify(office.act, office.issue(), kind, reason="An error in the roster.")
    (message,) = mails(office)
    assert message["Subject"] == KINDS[kind].subject % {"achievement": "Pipe welding"}
    assert "An error in the roster." in text_of(message)
    assert BASE not in text_of(message)


def test_each_change_is_told_once_and_only_if_it_is_recent(office: Office) -> None:
    for days, state in ((1, "done"), (30, "done"), (1, "pending"), (1, "undone")):
        office.withdraw(office.issue(), state=state, at=office.now - days * DAY)
    office.withdraw(office.issue(email=None), state="done", at=office.now)
    assert queue_notices(office.desk, office.now) == 1
    assert queue_notices(office.desk, office.now) == 0
    (message,) = mails(office)
    assert message["Subject"] == "Withdrawn: Pipe welding"
    assert "An error." not in text_of(message)
    office.withdraw(office.issue(), state="done", at=office.now)
    assert queue_notices(office.desk, office.now, tells_reasons=True) == 1
    assert sum("An error." in text_of(one) for one in mails(office)) == 1


def test_the_queue_is_emptied_and_bounces_are_kept(office: Office) -> None:
    office.desk.offer_by_mail(office.act, office.issue())
    sent: list[str] = []
    done = send_due(
        office.store.deliveries, lambda recipient, _message: sent.append(recipient),
        lambda: office.now,
    )  # fmt: skip
    assert (done.sent, sent) == (1, ["ana@example.com"])
    assert mails(office) == []


def test_cards_for_a_class_have_each_a_link_that_opens(office: Office, client: FlaskClient) -> None:
    ids = [office.issue(email=f"s{n}@example.com", name=f"Learner {n} Tūhoe") for n in range(9)]
    cards = office.desk.offer_on_paper(office.act, ids, with_pins=True)
    sheet = claim_sheet(cards, language="fr-CA", at=office.now)
    reader = PdfReader(io.BytesIO(sheet))
    assert len(reader.pages) == 2
    text = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    for card in cards:
        assert card.learner in text
        assert card.pin is not None
        assert card.pin not in text
    page = taken(client, cards[8].link.removeprefix(BASE), pin=str(cards[8].pin))
    assert "Issued to Learner 8 Tūhoe." in page


def test_a_name_that_cannot_be_printed_spoils_no_sheet(office: Office) -> None:
    ids = [office.issue(email=f"s{n}@example.com", name=name) for n, name in enumerate("A李B")]
    sheet = claim_sheet(office.desk.offer_on_paper(office.act, ids), language="en", at=office.now)
    text = " ".join(PdfReader(io.BytesIO(sheet)).pages[0].extract_text().split())
    assert "write it by hand" in text
    assert "s1@example.com" in text
    assert text.count(f"{BASE}/claim/") == 3


def test_pins_are_digits_and_differ() -> None:
    pins = {new_pin() for _ in range(50)}
    assert len(pins) > 40
    assert all(len(pin) == PIN_DIGITS and pin.isdecimal() for pin in pins)


def test_an_address_that_no_letter_reaches_keeps_nobody_elses_letter(office: Office) -> None:
    for address in ("no address", "ana@example.com"):
        office.withdraw(office.issue(email=address), state="done", at=office.now)
    assert queue_notices(office.desk, office.now) == 1
    assert queue_notices(office.desk, office.now) == 0, "nor is it tried for ever"
    (message,) = mails(office)
    assert message["To"] == "ana@example.com"


def test_a_pin_is_not_found_by_trying_all_with_a_fast_digest(office: Office) -> None:
    office.offer(office.issue(), pin="123456")
    with office.store.engine.connect() as connection:
        identifier, kept = connection.execute(
            select(DELIVERIES.c.id, DELIVERIES.c.pin_digest)
        ).one()
    assert kept.startswith("scrypt:")
    assert kept != digest_of(f"{identifier} 123456")


def test_a_name_that_was_misspelled_is_corrected_by_the_next_roster(office: Office) -> None:
    first = office.issue(name="Ana Nunez")
    second = office.issue(name="Ana Ñúñez")
    names = [shown(office.store, office.tenant.id, one).learner_name for one in (first, second)]
    assert names == ["Ana Ñúñez", "Ana Ñúñez"]


def test_pages_of_claims_beside_others_have_their_own_name_and_lead_nowhere_else(
    office: Office,
) -> None:
    """Regression: in the issuer service, learners were led to the console."""
    application = office.application()
    # There is no such page here: who wanted to lead to it would fail.
    others = PagesSettings(site="Issuing", home="console.start", secret=b"s" * 32)
    application.extensions[SETTINGS] = others
    browser, link = application.test_client(), office.offer(office.issue())
    for path in ("/claim/", link, "/claim/none", f"{link}/none/none", "/claim"):
        text = browser.get(path, headers={"Accept": "text/html"}, follow_redirects=True).text
        assert '<a class="brand" href="/claim/">' in text, path
        assert "Micro-credentials</title>" in text
        assert "Issuing" not in text
