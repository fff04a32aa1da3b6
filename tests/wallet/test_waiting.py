"""What an institution promised is waited for, asked for again, and kept when it comes, or not."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from credentials.strict_json import serialize_json
from issuer.issuing.exactly_once import ExactlyOnce
from keys.errors import KeyMaterialError
from service import migrate, open_database, writing
from service.errors import FetchError
from service.fetching import Fetched
from tests.factories import LEARNER, NOW, SIGNER
from tests.issuer.issuing.workshops import workshop
from tests.issuer.wallets.offices import new_wallet_office, wallet_office
from tests.migrating import migrate_to
from tests.wallet import wallets
from tests.wallet.claims import claimed, granted
from tests.wallet.test_claiming import HOST, LINK, Issuer
from tests.wallet.verifiers import JSON, WayTo
from tests.wallet.wallets import Visitor, WalletOffice, badge
from wallet.asking import AskingError
from wallet.claiming import ClaimError
from wallet.deferring import (
    CAME,
    LEAST_SECONDS,
    MOST_SECONDS,
    REFUSED,
    TOKEN_ENDED,
    UNANSWERED,
    UNKNOWN,
    WAITING,
    Deferral,
    ask_for_promised,
    seconds_in,
)
from wallet.errors import WalletError
from wallet.holder_keys import HolderKeys
from wallet.pages.waiting import ASKED_ON_OPENING
from wallet.store import Waiting, WalletStore
from wallet.store.waiting import MOST_WAITING, UNANSWERED_SECONDS, WAITING_DAYS

DEFERRED = "https://i.example/deferred"
PROMISE = Deferral("https://i.example/a", DEFERRED, "t-1", "secret", "ldp_vc", "", 5)
METADATA = "https://i.example/.well-known/openid-credential-issuer/a"
CREDENTIAL = "https://i.example/credential"
STILL = (202, {"transaction_id": "t-1", "interval": 60})


class Promising(Issuer):
    """An issuer that promises, and answers in the end what a test writes."""

    def __init__(self, answer: Any = STILL, **promise: Any) -> None:
        super().__init__()
        self.answer: Any = answer
        self.promise = {"transaction_id": "t-1", "interval": 60, **promise}
        self.asked: list[tuple[bytes, dict[str, str]]] = []
        self.documents[METADATA] |= {"deferred_credential_endpoint": DEFERRED}
        described = self.documents[METADATA]["credential_configurations_supported"]["c"]
        described["format"] = "ldp_vc"
        described["credential_metadata"] = {"display": [{"name": "Pipe\x00 welding"}]}

    def exchange(self, url: str, data: bytes, **how: Any) -> Fetched:
        if url not in (CREDENTIAL, DEFERRED):
            found: Fetched = super().exchange(url, data, **how)
            return found
        if url == DEFERRED:
            self.asked.append((data, dict(how["headers"])))
        status, said = (202, self.promise) if url == CREDENTIAL else _read(self.answer)
        if status not in how["statuses"]:
            raise FetchError("No.", code="ANSWER_STATUS", http_status=status)
        data = said if isinstance(said, bytes) else serialize_json(said)
        return Fetched(url, JSON, data, status)


def _read(answer: Any) -> tuple[int, Any]:
    if isinstance(answer, FetchError):
        raise answer
    status, said = answer
    return status, said


def given(*credentials: Any) -> tuple[int, dict[str, Any]]:
    return 200, {"credentials": [{"credential": one} for one in credentials]}


def for_wallet(office: WalletOffice, number: int = 1) -> dict[str, Any]:
    """Sign a credential for the key of the learner's wallet."""
    document = badge(number)
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    subject = {**unsigned["credentialSubject"], "id": learner_of(office).did}
    return wallets.sign({**unsigned, "credentialSubject": subject})


def learner_of(office: WalletOffice) -> Any:
    with office.store.engine.connect() as connection:
        query = "SELECT id FROM wallet_learners ORDER BY created_at, id"
        identifier = str(connection.exec_driver_sql(query).scalar())
    secret = office.store.learners.sign_in_as(identifier, office.now)
    return office.store.learners.signed_in(secret, office.now)


def waiting_of(office: WalletOffice) -> tuple[Waiting, ...]:
    return office.store.waiting.all(learner_of(office).id)


def wait(office: WalletOffice, issuer: Promising | None = None) -> tuple[Visitor, Promising]:
    """Take up a promise in a new wallet."""
    issuer = issuer or Promising()
    office.way = issuer
    learner = office.learner()
    answer = learner.post("/add/link", link=LINK)
    assert answer.status_code == 303, answer.text
    return learner, issuer


def ask_again(learner: Visitor, office: WalletOffice) -> str:
    (one,) = waiting_of(office)
    assert learner.post(f"/waiting/{one.id}/ask").status_code == 303
    return learner.get("/")


def test_a_promise_is_told_and_stands_in_the_list(office: WalletOffice) -> None:
    learner, issuer = wait(office)
    page = learner.get("/")
    assert "The institution is preparing your credential." in page
    assert "Pipe welding" in page
    assert 'data-state="waiting"' in page
    assert "A credential was promised by" in learner.get("/mine")
    assert issuer.asked == []
    (one,) = waiting_of(office)
    assert (one.endpoint, one.transaction, one.form) == (DEFERRED, "t-1", "ldp_vc")
    opened = office.services().keys.open_token(one.learner_id, one.id, one.sealed_token)
    assert opened == "t" != one.sealed_token.decode("latin-1")


def test_nobody_is_asked_before_the_interval_and_then_on_opening_the_page(
    office: WalletOffice,
) -> None:
    learner, issuer = wait(office)
    assert "may be asked again" in ask_again(learner, office)
    assert issuer.asked == []
    office.now += timedelta(seconds=60)
    learner.get("/")
    learner.get("/")
    ((data, headers),) = issuer.asked
    assert json.loads(data) == {"transaction_id": "t-1"}
    assert headers == {"Authorization": "Bearer t"}


def test_what_comes_is_verified_and_kept_as_any_addition(office: WalletOffice) -> None:
    learner, issuer = wait(office)
    issuer.answer = given(for_wallet(office))
    office.now += timedelta(seconds=60)
    page = learner.get("/")
    assert "One credential was added." in page
    assert 'data-answer="issuer-not-known"' in page or 'data-answer="valid"' in page
    assert waiting_of(office) == ()
    (identifier,) = learner.held()
    assert "the key of this wallet" in learner.get(f"/credentials/{identifier}")


def test_asking_by_hand_has_it_too_and_once(office: WalletOffice) -> None:
    learner, issuer = wait(office)
    issuer.answer = given(for_wallet(office))
    office.now += timedelta(seconds=60)
    assert "One credential was added." in ask_again(learner, office)
    assert len(issuer.asked) == len(learner.held()) == 1


def test_what_is_there_already_is_not_kept_twice(office: WalletOffice) -> None:
    learner, issuer = wait(office)
    document = for_wallet(office)
    learner.add(document)
    issuer.answer = given(document)
    office.now += timedelta(seconds=60)
    assert "in your wallet already" in learner.get("/")
    assert len(learner.held()) == 1
    assert waiting_of(office) == ()


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        ((400, {"error": "invalid_transaction_id"}), "unknown", "does not know of it any more"),
        ((400, {"error": "credential_request_denied"}), "refused", "does not give it"),
        ((401, {"error": "invalid_token"}), "token-ended", "time for fetching it has ended"),
        ((400, {"error": "invalid_token"}), "token-ended", "time for fetching it has ended"),
        (given({"x": 1}), "unreadable", "could not be read"),
        (given(badge()), "another-holder", "somebody else’s key"),
    ],
)
def test_why_a_promise_ended_is_said_and_stays_until_it_is_removed(
    office: WalletOffice, answer: Any, state: str, words: str
) -> None:
    learner, issuer = wait(office)
    issuer.answer = answer
    office.now += timedelta(seconds=60)
    assert words in learner.get("/")
    office.now += timedelta(days=1)
    again = learner.get("/")
    assert f'data-state="{state}"' in again
    assert words in again
    assert learner.held() == []
    assert len(issuer.asked) == 1
    (one,) = waiting_of(office)
    assert one.sealed_token == b""
    assert learner.post(f"/waiting/{one.id}/ask").status_code == 303
    assert len(issuer.asked) == 1
    assert learner.post(f"/waiting/{one.id}/remove").status_code == 303
    assert waiting_of(office) == ()


@pytest.mark.parametrize(
    "answer",
    [
        (202, {"transaction_id": "t-2", "interval": 5}),
        (200, {"transaction_id": "t-1"}),
        (202, {"credentials": [{"credential": badge()}], "transaction_id": "t-2"}),
        (400, {"error": ["invalid_transaction_id"]}),
        (400, b"<html>"),
        (200, []),
        (404, {}),
        (503, {}),
        FetchError("No.", code="FETCH_TIMEOUT", is_outage=True),
    ],
)
def test_what_is_no_answer_ends_nothing(office: WalletOffice, answer: Any) -> None:
    learner, issuer = wait(office)
    issuer.answer = answer
    office.now += timedelta(seconds=60)
    assert "gave no answer" in ask_again(learner, office)
    (one,) = waiting_of(office)
    assert (one.state, one.transaction) == (WAITING, "t-1")
    issuer.answer = given(for_wallet(office))
    office.now += timedelta(seconds=UNANSWERED_SECONDS)
    assert "One credential was added." in learner.get("/")


def test_a_promise_that_is_never_kept_ends(office: WalletOffice) -> None:
    learner, issuer = wait(office)
    for _day in range(WAITING_DAYS - 1):
        office.now += timedelta(days=1)
        learner = office.learner()
        assert 'data-state="waiting"' in learner.get("/")
    office.now += timedelta(days=1)
    assert "Nothing came within 30 days" in office.learner().get("/")
    assert 'data-state="given-up"' in office.learner().get("/")
    assert len(issuer.asked) == WAITING_DAYS


def test_who_comes_late_is_asked_for_once_more(office: WalletOffice) -> None:
    _learner, issuer = wait(office)
    issuer.answer = given(for_wallet(office))
    office.now += timedelta(days=2 * WAITING_DAYS)
    late = office.learner()
    assert "One credential was added." in late.get("/")


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        (60, 60),
        (0, LEAST_SECONDS),
        (-5, LEAST_SECONDS),
        (10**30, MOST_SECONDS),
        ("60", LEAST_SECONDS),
        (60.5, LEAST_SECONDS),
        (None, LEAST_SECONDS),
    ],
)
def test_an_interval_is_followed_within_bounds(stated: Any, seconds: int) -> None:
    assert seconds_in({"interval": stated}) == seconds


def test_a_huge_interval_does_not_hold_a_promise_back(office: WalletOffice) -> None:
    learner, issuer = wait(office, Promising(interval=10**18))
    office.now += timedelta(seconds=MOST_SECONDS)
    learner.get("/")
    assert len(issuer.asked) == 1


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (STILL, WAITING),
        ((202, {}), WAITING),
        ((400, {"error": "issuance_pending"}), WAITING),
        ((400, {"error": "invalid_transaction_id"}), UNKNOWN),
        ((400, {"error": "credential_request_denied"}), REFUSED),
        ((400, {"error": "other"}), UNANSWERED),
        ((401, {}), TOKEN_ENDED),
        ((403, {}), UNANSWERED),
        (given(badge()), CAME),
        (given(), UNANSWERED),
    ],
)
def test_an_answer_is_read_by_its_status_and_words(answer: Any, state: str) -> None:
    found = ask_for_promised(Promising(answer), DEFERRED, "t-1", "t")
    assert found.state == state
    assert bool(found.credentials) == (state == CAME)


@pytest.mark.parametrize("transaction", [5, "", "t" * 3_000, "t\x00", None])
def test_a_promise_that_cannot_be_kept_in_writing_is_refused(transaction: Any) -> None:
    with pytest.raises(AskingError):
        granted(Promising(transaction_id=transaction), LINK)


def test_a_promise_without_a_place_to_ask_is_refused() -> None:
    issuer = Promising(deferred_credential_endpoint="https://evil.example/")
    del issuer.documents[METADATA]["deferred_credential_endpoint"]
    with pytest.raises(ClaimError) as refused:
        claimed(issuer, LINK)
    assert refused.value.code == "REQUEST_UNREADABLE"


def test_a_credential_for_another_key_than_the_proved_one_is_not_kept_at_once_either(
    office: WalletOffice,
) -> None:
    office.way = Issuer()
    learner = office.learner()
    answer = learner.post("/add/link", link=LINK)
    assert answer.status_code == 422
    assert "somebody else’s key" in answer.text
    assert learner.held() == []


def test_a_full_wallet_says_that_it_had_no_room(
    office: WalletOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner, issuer = wait(office)
    issuer.answer = given(for_wallet(office))
    monkeypatch.setattr("wallet.store.holdings.MOST_HOLDINGS", 0)
    office.now += timedelta(seconds=60)
    assert "your wallet is full" in learner.get("/")
    assert 'data-state="no-room"' in learner.get("/")


def test_a_few_are_asked_on_opening_and_none_after_one_that_is_silent(
    office: WalletOffice,
) -> None:
    learner, issuer = wait(office)
    owner = learner_of(office)
    for number in range(ASKED_ON_OPENING + 1):
        one = replace(PROMISE, transaction=f"t-{number + 2}")
        office.store.waiting.keep(owner.id, one, owner.did, sealing(office, owner.id), office.now)
    issuer.answer = (202, {"interval": 60})
    office.now += timedelta(seconds=60)
    learner.get("/")
    assert len(issuer.asked) == ASKED_ON_OPENING
    learner.get("/")
    assert len(issuer.asked) == ASKED_ON_OPENING + 2
    issuer.answer = (503, {})
    office.now += timedelta(seconds=60)
    learner.get("/")
    assert len(issuer.asked) == ASKED_ON_OPENING + 3


def sealing(office: WalletOffice, learner_id: str) -> Any:
    return lambda about: office.services().keys.seal_token(learner_id, about, "t")


def test_no_link_is_opened_whose_promise_would_find_no_room(office: WalletOffice) -> None:
    learner, issuer = wait(office)
    owner = learner_of(office)
    for _number in range(MOST_WAITING - 1):
        office.store.waiting.keep(owner.id, PROMISE, owner.did, lambda _about: b"", office.now)
    issuer.documents.clear()
    refused = learner.post("/add/link", link=LINK)
    assert refused.status_code == 409
    assert "Your wallet waits for 100 credentials" in refused.text


def test_who_waits_no_longer_is_asked_for_nothing(office: WalletOffice) -> None:
    learner, issuer = wait(office)
    (one,) = waiting_of(office)
    learner.post(f"/waiting/{one.id}/remove")
    office.now += timedelta(seconds=60)
    assert "It was taken from the list." in learner.get("/")
    assert "Being prepared" not in learner.get("/")
    assert issuer.asked == []
    assert "no longer waited for" in learner.get("/mine")


def test_of_two_who_ask_at_once_one_has_the_turn(office: WalletOffice) -> None:
    wait(office)
    (one,) = waiting_of(office)
    later = office.now + timedelta(seconds=60)
    assert not office.store.waiting.take_turn(one, office.now)
    assert [office.store.waiting.take_turn(one, later) for _ in range(2)] == [True, False]


def test_a_token_opens_for_its_own_promise_only(office: WalletOffice) -> None:
    keys = office.services().keys
    sealed = keys.seal_token("a", "waiting_1", "secret")
    assert b"secret" not in sealed
    assert keys.open_token("a", "waiting_1", sealed) == "secret"
    for learner_id, about in (("b", "waiting_1"), ("a", "waiting_2")):
        with pytest.raises(WalletError) as refused:
            keys.open_token(learner_id, about, sealed)
        assert refused.value.code == "KEY_SEALED"
    assert "secret" not in repr(PROMISE)


def test_with_another_key_file_the_list_is_still_shown(office: WalletOffice) -> None:
    learner, issuer = wait(office)
    (one,) = waiting_of(office)
    services = office.services()
    other = HolderKeys(b"o" * 32, services.environment)
    office.services = lambda: replace(services, keys=other)  # type: ignore[method-assign]
    office.applications.clear()
    office.now += timedelta(seconds=60)
    learner = office.learner()
    assert 'data-state="waiting"' in learner.get("/")
    office.now += timedelta(seconds=UNANSWERED_SECONDS)
    refused = learner.post(f"/waiting/{one.id}/ask")
    assert (refused.status_code, issuer.asked) == (409, [])
    assert "another key file" in refused.text


def test_a_promise_is_taken_along_and_deleted_with_everything(office: WalletOffice) -> None:
    learner, _issuer = wait(office)
    data = learner.client.get("/mine/everything.zip").data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (one,) = json.loads(archive.read("wallet.json"))["waiting"]
    assert (one["issuer"], one["transactionId"]) == ("https://i.example/a", "t-1")
    assert (one["accessToken"], one["deferredCredentialEndpoint"]) == ("t", DEFERRED)
    learner.post("/mine/delete", email="aroha@example.org")
    with office.store.engine.connect() as connection:
        left = connection.exec_driver_sql("SELECT count(*) FROM wallet_waiting").scalar()
    assert left == 0


def test_a_promise_is_kept_asked_and_ended_on_both_databases(database: Engine) -> None:
    office = WalletOffice.on(database)
    learners, waiting = office.store.learners, office.store.waiting
    link = learners.new_link("aroha@example.org", NOW)
    learner, _session = learners.sign_in(link, NOW, office.services().keys.new)
    identifier = waiting.keep(learner.id, PROMISE, learner.did, lambda _about: b"sealed", NOW)
    one = waiting.get(learner.id, identifier)
    assert (one.sealed_token, one.holder, one.host) == (b"sealed", learner.did, "i.example")
    assert waiting.take_turn(one, NOW + timedelta(seconds=5))
    waiting.goes_on(one, 60, NOW)
    assert waiting.get(learner.id, identifier).is_due(NOW + timedelta(seconds=60))
    waiting.ended(one, REFUSED, NOW)
    assert waiting.get(learner.id, identifier).state == REFUSED
    waiting.came(one, NOW)
    assert waiting.all(learner.id) == ()


class Asleep:
    """A signer whose key cannot be reached for a while."""

    verification_key = SIGNER.verification_key
    is_awake = False

    def sign(self, message: bytes) -> bytes:
        if not self.is_awake:
            raise KeyMaterialError("The signer does not answer.")
        return SIGNER.sign(message)


def test_what_our_own_issuer_signs_later_comes_into_the_wallet(
    office: WalletOffice, tmp_path: Path
) -> None:
    poly, signer = new_wallet_office(tmp_path), Asleep()
    clock, link = poly.bench.clock, poly.claim()
    shop = workshop(poly.store.engine, clock=clock, signer=signer)  # type: ignore[arg-type]
    slow = wallet_office(replace(poly.bench, shop=shop))
    office.now, office.way = clock(), WayTo({HOST: slow.client})
    learner = office.learner()
    answer = learner.post("/add/link", link=slow.protocols(link)["oid4vci-1.0"])
    assert answer.status_code == 303, answer.text
    clock.pass_by(seconds=31)
    office.now = clock()
    assert 'data-state="waiting"' in learner.get("/")
    signer.is_awake = True
    assert ExactlyOnce(shop).complete_left_behind() == 1
    clock.pass_by(seconds=5)
    office.now = clock()
    assert "One credential was added." in learner.get("/")
    (identifier,) = learner.held()
    assert "the key of this wallet" in learner.get(f"/credentials/{identifier}")
    assert LEARNER not in learner.get(f"/credentials/{identifier}")
    assert re.search(r"data-state", learner.get("/")) is None
    poly.store.engine.dispose()


def test_promises_of_before_are_for_the_key_of_their_wallet_or_for_nobodys(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'older.sqlite'}")
    migrate_to(engine, "0020")
    times = "'', '', '', ''"
    with writing(engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO wallet_learners VALUES ('l', 'a@b.c', 'did:key:z', x'', '', '')"
        )
        for name, is_bound in (("w1", 1), ("w2", 0)):
            connection.exec_driver_sql(
                f"INSERT INTO wallet_waiting VALUES "
                f"('{name}', 'l', '', '', '', '', '', x'', {is_bound}, 'waiting', {times})"
            )
    migrate(engine)
    found = {one.id: one.holder for one in WalletStore(engine).waiting.all("l")}
    assert found == {"w1": "did:key:z", "w2": ""}
    engine.dispose()
