"""One credential for each idempotency key, whatever happens in between."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from credentials.errors import IssuanceError
from credentials.strict_json import parse_json
from issuer.issuing.exactly_once import ExactlyOnce
from issuer.issuing.intents import Intended, intend
from issuer.issuing.signing import ReleaseRefusedError
from issuer.store import InProgressError, KeyReusedError, NotFoundError
from keys.verification_key import VerificationKey
from service import writing
from tests.factories import SIGNER, STRANGER, check
from tests.issuer.issuing.workshops import Bench, award_to, bench, workshop


@pytest.fixture
def one(database: Engine) -> Bench:
    return bench(database)


def left_behind(one: Bench, key: str) -> str:
    """Write down an intent and stop, as a process that was killed before it signed."""
    award = award_to("ana@poly.example")
    version = one.store.achievements.version(one.tenant.id, one.achievement_id)
    with writing(one.store.engine) as connection:
        what = Intended(one.act, one.tenant, version)
        (made,) = intend(connection, what, [award], one.shop.draw, key=key)
    return made


def test_the_same_request_is_answered_with_the_same_bytes(one: Bench) -> None:
    first = one.issue("k1")
    one.clock.pass_by(hours=3)
    again = one.issue("k1")
    assert again.data == first.data
    assert again == first
    assert one.store.credentials.count(one.tenant.id) == 1
    document = parse_json(first.data)
    assert document["id"] == first.id
    assert document["credentialStatus"]["statusListIndex"] == str(first.list_index)
    assert check(document).verdict.value != "invalid"
    kinds = [entry.kind for entry in one.store.ledger.about(one.tenant.id, first.id)]
    assert kinds == ["credential.intended", "credential.issued"]


def test_another_request_with_the_same_key_is_refused(one: Bench) -> None:
    one.issue("k1")
    with pytest.raises(KeyReusedError):
        one.issue("k1", award_to("ben@poly.example"))
    assert one.issue("k2", award_to("ben@poly.example")).state == "issued"
    with pytest.raises(IssuanceError):
        one.issue("")


def test_what_cannot_be_issued_reserves_nothing(one: Bench) -> None:
    with pytest.raises(IssuanceError):
        one.issue("k1", award_to("ana@poly.example", validFrom="yesterday"))
    with pytest.raises(NotFoundError):
        ExactlyOnce(one.shop).issue(one.act, "k1", "achievement_none", award_to("a@b.example"))
    assert one.store.credentials.count(one.tenant.id) == 0
    assert one.issue("k1").state == "issued"


def test_an_intent_that_was_left_behind_is_completed_as_it_was_promised(one: Bench) -> None:
    promised = one.store.credentials.get(one.tenant.id, left_behind(one, "k1"))
    with pytest.raises(InProgressError) as told:
        one.issue("k1")
    assert 0 < told.value.retry_after_seconds <= 31
    one.clock.pass_by(seconds=31)
    issued = one.issue("k1")
    assert (issued.id, issued.list_index) == (promised.id, promised.list_index)
    assert issued.data is not None
    assert one.issue("k1").data == issued.data


def test_what_was_left_behind_is_completed_though_nobody_asks_again(one: Bench) -> None:
    made = left_behind(one, "k1")
    assert ExactlyOnce(one.shop).complete_left_behind() == 0
    one.clock.pass_by(seconds=31)
    assert ExactlyOnce(one.shop).complete_left_behind() == 1
    assert one.issue("k1").id == made


def test_the_first_bytes_that_are_stored_are_the_credential(one: Bench) -> None:
    """Two complete the same intent: both sign, and both return what was stored first."""
    made = left_behind(one, "k1")
    both = [ExactlyOnce(one.shop).complete(one.act, made) for _time in range(2)]
    assert both[0].data == both[1].data


def test_many_at_once_with_one_key_get_one_credential(one: Bench) -> None:
    barrier = threading.Barrier(4)

    def ask(_number: int) -> Any:
        barrier.wait()
        try:
            return one.issue("k1").data
        except InProgressError:
            return None

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(ask, range(4))) - {None}
    answers.add(one.issue("k1").data)
    assert len(answers) == 1
    assert one.store.credentials.count(one.tenant.id) == 1


class WrongSigner:
    """Signs with somebody else's key."""

    @property
    def verification_key(self) -> VerificationKey:
        return SIGNER.verification_key

    def sign(self, message: bytes) -> bytes:
        return STRANGER.sign(message)


def test_what_the_verifier_refuses_is_never_released(database: Engine) -> None:
    broken = bench(database, signer=WrongSigner())
    with pytest.raises(ReleaseRefusedError):
        broken.issue("k1")
    (kept,) = broken.store.credentials.page(broken.tenant.id).items
    assert (kept.state, kept.data) == ("intended", None)
    mended = replace(broken, shop=workshop(database, clock=broken.clock))
    mended.clock.pass_by(seconds=60)
    assert mended.issue("k1").id == kept.id
