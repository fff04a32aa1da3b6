"""Everything goes along, another wallet brings back what it can, and deletion leaves nothing."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from service.mail import Letter, Mailbox, message_of
from service.writing_down import stamp
from tests.factories import NOW
from tests.wallet.devices import Device
from tests.wallet.test_waiting import PROMISE, learner_of
from tests.wallet.verifiers import Canned
from tests.wallet.wallets import OWN, Visitor, WalletOffice, badge
from wallet.account import read_account
from wallet.asking import Asked, Query
from wallet.deferring import LEAST_SECONDS, MOST_SECONDS
from wallet.pages.exporting import LEFT_OUT, TAKEN_ALONG
from wallet.store import requests as store_of_requests
from wallet.store.requests import TAKEN, Shown
from wallet.store.tables import METADATA
from wallet.store.waiting import WAITING_DAYS

ASKED = Asked("https://e.example/1", "c-1", "e.example", (Query("R", {"type": "A"}),), ("s",))


def account_of(learner: Visitor) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(export(learner))) as archive:
        found: dict[str, Any] = json.loads(archive.read("wallet.json"))
    return found


def export(learner: Visitor) -> bytes:
    return bytes(learner.client.get("/mine/everything.zip").data)


def upload(learner: Visitor, data: bytes) -> Any:
    sent = {"file": [(io.BytesIO(data), "wallet.zip")]}
    return learner.client.post("/add", data=sent, headers={**OWN, "Accept": "text/html"})


def packed(account: Any) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("wallet.json", json.dumps(account))
    return buffer.getvalue()


def fill(office: WalletOffice) -> Visitor:
    """Have something in every table of a wallet that is its learner's."""
    learner = office.learner()
    (identifier,) = learner.add(badge())
    learner.post(f"/credentials/{identifier}/collection", collection="For work")
    learner.share(identifier)
    device = Device.new()
    device.register(learner)
    device.begin(learner, "Another")
    owner, store = learner_of(office), office.store
    request = store.requests.keep(owner.id, ASKED, office.now)
    store.requests.sending(store.requests.get(owner.id, request), [Shown("A", True)], office.now)
    store.requests.ended(store.requests.get(owner.id, request), TAKEN, "", office.now)
    applied = store.applications.begin(owner.id, "Desk", "Welding 1", ("A",), office.now)
    follow = "https://desk.example/apply/1"
    store.applications.told(owner.id, applied, "received", follow, office.now)
    keys = office.services().keys
    store.waiting.keep(
        owner.id,
        PROMISE,
        owner.did,
        lambda about: keys.seal_token(owner.id, about, "secret"),
        office.now,
    )
    return learner


def rows_of_learners(office: WalletOffice) -> dict[str, int]:
    """Count what is in the tables of a wallet, but the counts of tries, which name nobody."""
    with office.store.engine.connect() as connection:
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in METADATA.tables.items()
        }


def test_every_table_of_a_wallet_goes_along_or_is_left_out_for_a_reason(
    office: WalletOffice,
) -> None:
    assert set(METADATA.tables) == {*TAKEN_ALONG, *LEFT_OUT}
    assert not set(TAKEN_ALONG) & set(LEFT_OUT)
    learner = fill(office)
    account = account_of(learner)
    filled = {name for name, count in rows_of_learners(office).items() if count}
    assert filled >= set(TAKEN_ALONG) - {"wallet_passkeys"}
    for table in filled & set(TAKEN_ALONG):
        assert account[TAKEN_ALONG[table]], table
    assert account["passkeys"] == []
    assert account["leftOut"] == dict(LEFT_OUT)


def test_the_account_tells_what_was_asked_answered_applied_for_and_promised(
    office: WalletOffice,
) -> None:
    account = account_of(fill(office))
    (request,), (applied,), (promise,) = (
        account[name] for name in ("requests", "applications", "waiting")
    )
    assert (request["challenge"], request["state"]) == ("c-1", TAKEN)
    assert request["asked"] == [{"reason": "R", "example": {"type": "A"}, "takesSdJwt": False}]
    assert request["shown"] == [{"name": "A", "inParts": True}]
    assert (applied["title"], applied["state"], applied["shown"]) == (
        "Welding 1",
        "received",
        ["A"],
    )
    assert (promise["accessToken"], promise["holder"]) == ("secret", account["holder"])


def test_a_link_that_shows_a_part_is_taken_along_with_that_part(office: WalletOffice) -> None:
    learner = fill(office)
    owner, store = learner_of(office), office.store
    held = store.holdings.all(owner.id)
    parts = {held[0].id: b'{"part": 1}'}
    store.shares.new(
        owner.id, [held[0].id], audience="A", purpose="", days=1, at=office.now, parts=parts
    )
    shown = [one for link in account_of(learner)["links"] for one in link["shows"]]
    assert {one["part"] for one in shown} == {None, '{"part": 1}'}


def test_deletion_leaves_nothing_of_a_learner_in_any_table(office: WalletOffice) -> None:
    learner = fill(office)
    office.store.learners.new_link("aroha@example.org", office.now)
    office.store.letters.queue("aroha@example.org", letter(), office.now)
    learner.post("/mine/delete", email="aroha@example.org")
    left = {name for name, count in rows_of_learners(office).items() if count}
    assert left <= {"wallet_sign_in_tries"}


def letter() -> Any:
    return message_of(
        Letter(subject="S", paragraphs=["P"], language="en"),
        sender=Mailbox("wallet@example.org"),
        recipient=Mailbox("aroha@example.org"),
        at=NOW,
        message_id="m@example.org",
    )


def test_another_wallet_brings_back_what_it_can(office: WalletOffice) -> None:
    first = fill(office)
    data = export(first)
    other = office.learner("other@example.org")
    assert upload(other, data).status_code == 303
    page = other.get("/")
    assert "For work" in page
    assert "One credential is waited for again." in page
    before, after = account_of(first), account_of(other)
    for name in ("requests", "applications"):
        assert after[name] == before[name]
    (promise,) = after["waiting"]
    assert promise["accessToken"] == "secret"
    assert promise["holder"] == before["holder"] != after["holder"]
    assert after["links"] == []
    assert {one["did"] for one in after["deviceKeys"]} == set()


def test_what_is_brought_back_twice_is_there_once(office: WalletOffice) -> None:
    data = export(fill(office))
    other = office.learner("other@example.org")
    upload(other, data)
    upload(other, data)
    account = account_of(other)
    for name in ("requests", "applications", "waiting", "credentials"):
        assert len(account[name]) == 1, name


def test_a_request_that_was_answered_elsewhere_is_not_answered_again(
    office: WalletOffice,
) -> None:
    data = export(fill(office))
    other = office.learner("other@example.org")
    upload(other, data)
    document = {
        "verifiablePresentationRequest": {
            "query": [
                {"type": "QueryByExample", "credentialQuery": {"example": {"type": "A"}}},
            ],
            "challenge": "c-1",
            "domain": "e.example",
        }
    }
    office.way = Canned(document, document)
    again = Visitor(office.application().test_client())
    again.post(f"/open/{office.store.learners.new_link('other@example.org', office.now)}")
    answer = again.post("/requests", url="https://e.example/1")
    assert 'data-state="taken"' in again.get(answer.headers["Location"])


HOSTILE: list[Any] = [
    [],
    "x",
    {"waiting": "x", "requests": {"address": 5}, "applications": [5, None, [], {}]},
    {"waiting": [{"state": "waiting", "issuer": "x", "accessToken": "t", "transactionId": "1"}]},
    {
        "waiting": [
            {
                "state": "waiting",
                "issuer": "https://i.example",
                "deferredCredentialEndpoint": "file:///etc/passwd",
                "accessToken": "t",
                "transactionId": "1",
            }
        ]
    },
    {"applications": [{"desk": "D", "title": "T", "follow": "javascript:alert(1)"}]},
    {
        "requests": [
            {
                "address": "https://evil.example/x",
                "challenge": "c",
                "domain": "bank.example",
                "state": "open",
            }
        ]
    },
    {
        "requests": [
            {"address": "https://e.example/", "challenge": "c", "domain": "e.example", "state": "x"}
        ]
    },
    {"credentials": [{"file": 5, "collection": "C"}, 5], "framework": {"a": 1}},
    {"requests": [{"address": "https://e.example/\x00", "challenge": "c", "domain": "e.example"}]},
]


@pytest.mark.parametrize("account", HOSTILE)
def test_a_hostile_account_brings_nothing_back(office: WalletOffice, account: Any) -> None:
    learner = office.learner()
    upload(learner, packed(account))
    after = account_of(learner)
    for name in ("requests", "applications", "waiting", "credentials"):
        assert after[name] == [], name


def test_a_promise_that_is_brought_back_is_called_by_the_name_of_who_is_asked() -> None:
    one = {"state": "waiting", "transactionId": "t", "accessToken": "a"}
    for issuer, endpoint, named in (
        ("https://bank.example/i", "https://evil.example/d", "https://evil.example/d"),
        ("https://poly.example/i", "https://poly.example/d", "https://poly.example/i"),
    ):
        told = one | {"issuer": issuer, "deferredCredentialEndpoint": endpoint}
        (promise,) = read_account(json.dumps({"waiting": [told]}).encode()).promises
        assert promise.deferral.issuer == named


def test_a_promise_that_is_brought_back_is_not_asked_for_before_its_time(
    office: WalletOffice,
) -> None:
    learner, now = office.learner(), office.now
    told = {
        "state": "waiting",
        "accessToken": "a",
        "issuer": "https://poly.example/i",
        "deferredCredentialEndpoint": "https://poly.example/d",
    }
    hour, year = timedelta(hours=1), timedelta(days=365)
    for number, (due, until) in enumerate(((hour, hour * 2), (-hour, year), (year, -hour))):
        times = {"due": stamp(now + due), "until": stamp(now + until)}
        upload(learner, packed({"waiting": [told | times | {"transactionId": str(number)}]}))
    kept = {one["transactionId"]: one for one in account_of(learner)["waiting"]}
    days = timedelta(days=WAITING_DAYS)
    least, most = timedelta(seconds=LEAST_SECONDS), timedelta(seconds=MOST_SECONDS)
    for number, (due, until) in enumerate(((hour, hour * 2), (least, days), (most, -hour))):
        found = kept[str(number)]
        assert (found["due"], found["until"]) == (stamp(now + due), stamp(now + until))


def test_what_is_no_json_brings_nothing_back() -> None:
    empty = read_account(b"{")
    assert (empty.promises, empty.requests, empty.applications) == ((), (), ())


def test_accounts_bring_back_a_bounded_number_of_requests_of_a_bounded_size(
    office: WalletOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_of_requests, "MOST_BROUGHT", 5)
    one = {"address": "https://e.example/1", "domain": "e.example", "state": "open"}
    large = {"asked": [{"example": {"x": "y" * store_of_requests.BROUGHT_BYTES}}]}
    upload(learner := office.learner(), packed({"requests": [one | large | {"challenge": "c"}]}))
    assert account_of(learner)["requests"] == []
    for number in range(3):
        every = [one | {"challenge": f"{number}-{each}"} for each in range(4)]
        upload(learner, packed({"requests": every}))
    assert len(account_of(learner)["requests"]) == 5


def test_of_an_account_a_bounded_number_is_read(office: WalletOffice) -> None:
    one = {"desk": "D", "follow": "", "state": "s", "made": stamp(NOW)}
    many = [{**one, "title": f"T {number}"} for number in range(1_000)]
    assert len(read_account(json.dumps({"applications": many}).encode()).applications) == 300
    upload(learner := office.learner(), packed({"applications": many}))
    assert len(account_of(learner)["applications"]) == 200
