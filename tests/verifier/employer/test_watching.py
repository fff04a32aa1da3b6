"""Watch lists: what changes is told, what is not needed is not kept, and nobody finds another's."""

from __future__ import annotations

import hashlib
import hmac
import json
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from service import open_database
from tests.databases import sqlite_copy
from tests.factories import LEARNER, LIST_URL
from tests.verifier.employer.kept import DAY, Office, badge
from tests.verifier.employer.samples import employer_service, zipped
from tests.verifier.pages.samples import samples
from tests.verifier.pages.test_page import answers_in
from verifier.answers import Answer
from verifier.employer.store.watching import digest_of
from verifier.employer.watch_pages import LISTS_AT_ONCE


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    url = sqlite_copy(tmp_path_factory.mktemp("watch") / "verifier.sqlite")
    return Office(open_database(url))


def new_list(client: FlaskClient) -> str:
    response = client.post("/watch")
    assert response.status_code == 303
    return str(response.headers["Location"])


def add(client: FlaskClient, address: str, *files: bytes) -> str:
    sent = [(BytesIO(data), f"file-{number}") for number, data in enumerate(files)]
    response = client.post(f"{address}/add", data={"files": sent}, follow_redirects=True)
    return response.get_data(as_text=True)


def watching(office: Office, *files: bytes) -> str:
    """Begin a list with credentials and a webhook; return its address."""
    client = office.client()
    address = new_list(client)
    assert len(answers_in(add(client, address, *files))) == len(files)
    hook = {"webhook": "https://employer.example/hook", "mail": "hr@employer.example"}
    assert client.post(f"{address}/tell", data=hook).status_code == 303
    return address


def shown(office: Office, address: str) -> list[str]:
    return answers_in(office.client().get(address).get_data(as_text=True))


def test_a_revocation_is_told_on_the_page_by_webhook_and_by_mail(office: Office) -> None:
    address = watching(office, badge())
    assert (office.turn().changed, office.posted) == (0, [])
    office.withdraw(7)
    turn = office.turn()
    assert (turn.asked, turn.changed, turn.told) == (1, 1, 2)
    assert shown(office, address) == ["revoked"]
    ((url, body, headers),) = office.posted
    assert url == "https://employer.example/hook"
    assert json.loads(body)["answer"] == "revoked"
    assert json.loads(body)["credential"]["name"] == "Pipe welding"
    stamp, code = (part.partition("=")[2] for part in headers["Tallystick-Signature"].split(","))
    told = office.store.told(digest_of(address.rpartition("/")[2]))
    assert told is not None
    signed = f"{stamp}.".encode() + body
    assert hmac.new(told.secret.encode(), signed, hashlib.sha256).hexdigest() == code
    ((recipient, letter),) = office.letters
    assert recipient == "hr@employer.example"
    assert letter.subject == "A credential that you watch: Revoked"


def test_what_expires_is_told_without_asking_anybody(office: Office) -> None:
    address = watching(office, badge(validUntil="2026-12-24T00:00:00Z"))
    office.clock.pass_by(days=40)
    office.turn()
    assert shown(office, address) == ["expired"]
    assert len(office.posted) == 1


def test_an_outage_is_shown_and_is_no_news(office: Office) -> None:
    address = watching(office, badge())
    listed = office.known.pop(LIST_URL)
    office.turn()
    assert shown(office, address) == ["undecided"]
    office.known[LIST_URL] = listed
    office.turn()
    assert shown(office, address) == ["valid"]
    assert (office.posted, office.letters) == ([], [])


def test_what_could_not_be_told_is_told_later_and_only_where_it_was_not(office: Office) -> None:
    watching(office, badge())
    office.withdraw(7)
    office.is_out = True
    office.turn()
    assert (len(office.posted), len(office.letters)) == (0, 1)
    office.is_out = False
    office.turn()
    office.turn()
    assert (len(office.posted), len(office.letters)) == (1, 1)


def test_only_what_is_valid_today_is_watched(office: Office) -> None:
    client = office.client()
    address = new_list(client)
    page = add(client, address, badge(), samples()[Answer.EXPIRED], b"nonsense")
    assert "These were not added" in page
    assert len(answers_in(page)) == 1
    assert len(answers_in(add(client, address, zipped({"a.json": badge("8")})))) == 2
    assert len(answers_in(add(client, address, badge("8")))) == 2


@pytest.mark.parametrize("keeps", [False, True])
def test_the_credential_is_kept_only_if_the_operator_says_so(office: Office, keeps: bool) -> None:
    kept = Office(office.engine, keeps_credentials=keeps)
    address = watching(kept, badge())
    with kept.engine.connect() as connection:
        rows = connection.execute(text("SELECT about, document FROM verifier_watched")).all()
        lists = connection.execute(text("SELECT id FROM verifier_watch_lists")).scalars().all()
    everything = b"".join(bytes(value) for row in rows for value in row)
    assert (LEARNER.encode() in everything) is keeps
    assert address.rpartition("/")[2] not in lists
    kept.withdraw(7)
    kept.turn()
    assert shown(kept, address) == ["revoked"]


def test_a_list_and_what_is_in_it_can_be_deleted(office: Office) -> None:
    address = watching(office, badge(), badge("8"))
    client, own = office.client(), digest_of(address.rpartition("/")[2])
    first = office.store.watched(own)[0]
    client.post(f"{address}/remove", data={"watched": first.id})
    assert len(shown(office, address)) == 1
    assert client.post(f"{address}/delete").status_code == 303
    assert client.get(address).status_code == 404
    assert office.store.watched(own) == []


def test_what_is_old_is_deleted(office: Office) -> None:
    address = watching(office, badge())
    office.clock.pass_by(days=366)
    assert office.turn().deleted == 1
    assert office.client().get(address).status_code == 404


def test_a_list_is_found_by_its_whole_address_only(office: Office) -> None:
    address = watching(office, badge())
    client = office.client()
    digest = digest_of(address.rpartition("/")[2])
    for guess in (address[:-1], f"/watch/{digest}", "/watch/1", "/watch/%00"):
        assert client.get(guess).status_code == 404
        assert client.post(f"{guess}/delete").status_code == 404
        assert client.post(f"{guess}/tell", data={}).status_code == 404
    assert len(shown(office, address)) == 1
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(f"{address}/delete", headers=foreign).status_code == 403


@pytest.mark.parametrize(
    "webhook",
    [
        *("http://employer.example/", "https://127.0.0.1/", "https://localhost/x"),
        *("https://169.254.169.254/latest", "https://[::1]/", "file:///etc/passwd", "gopher://a/"),
        *("https://user@employer.example/", "https://0x7f000001/", "https://intranet/"),
    ],
)
def test_webhooks_lead_to_public_servers_only(office: Office, webhook: str) -> None:
    client = office.client()
    address = new_list(client)
    response = client.post(f"{address}/tell", data={"webhook": webhook})
    assert response.status_code == 422
    assert "This address cannot be called" in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "mail", ["a@stranger.example", "nobody", "a@employer.example.evil.example"]
)
def test_mails_go_to_the_operators_own_domains_only(office: Office, mail: str) -> None:
    client = office.client()
    response = client.post(f"{new_list(client)}/tell", data={"mail": mail})
    assert response.status_code == 422


def test_watch_lists_are_kept_in_both_kinds_of_databases(database: Engine) -> None:
    office = Office(database)
    address = watching(office, badge())
    office.withdraw(7)
    office.turn()
    assert shown(office, address) == ["revoked"]
    assert office.store.forget_older(-DAY) == 1


def test_without_a_database_there_is_no_watch_list() -> None:
    client = employer_service().test_client()
    assert client.get("/watch").status_code == 404
    assert client.get("/credentials/x").status_code == 404
    assert client.post("/api/credentials", json={"vp": {}}).status_code == 404
    assert client.get("/embed?url=https://a.example").status_code == 404
    assert client.get("/metrics").status_code == 404


def test_one_caller_does_not_take_all_room_for_lists(office: Office) -> None:
    kept, client = watching(office, badge()), office.client()
    client.environ_base["REMOTE_ADDR"] = "192.0.2.9"
    codes = [client.post("/watch").status_code for _number in range(LISTS_AT_ONCE + 1)]
    assert codes == [*[303] * LISTS_AT_ONCE, 429]
    office.clock.pass_by(hours=25)
    office.watcher.turn()
    with office.engine.connect() as connection:
        left = connection.exec_driver_sql("SELECT COUNT(*) FROM verifier_watch_lists").scalar()
    assert left == 1
    assert client.get(kept).status_code == 200
