"""Withdrawing: what was confirmed is published, an undo leaves no trace, nothing comes back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from credentials.errors import IssuanceError
from credentials.json_types import JsonObject
from credentials.status.bitstring import decode_list, entries_set
from credentials.strict_json import parse_json
from issuer.issuing.publishing import Publisher, published_list
from issuer.issuing.withdrawing import Change, Withdrawing
from issuer.store import ConflictError, CredentialRecord, NotFoundError
from issuer.store.chain import Checkpoint
from issuer.store.errors import LedgerBehindError
from service.status_lists import StatusList
from tests.factories import sign
from tests.issuer.issuing.workshops import Bench, award_to, bench

WRONG = Change("revoke", "Issued by mistake")


@dataclass
class MemoryCopies:
    kept: dict[str, bytes] = field(default_factory=dict)

    def read(self, status_list: StatusList) -> JsonObject | None:
        data = self.kept.get(status_list.url)
        return None if data is None else parse_json(data)

    def write(self, status_list: StatusList, data: bytes) -> None:
        self.kept[status_list.url] = data


@pytest.fixture
def one(database: Engine) -> Bench:
    return bench(database)


def publisher(one: Bench, copies: MemoryCopies | None = None) -> Publisher:
    return Publisher(one.shop, lambda _tenant, document: sign(document), copies or MemoryCopies())


def visible(one: Bench, issued: CredentialRecord) -> bool:
    """Tell whether the published list says that a credential is withdrawn."""
    published = published_list(one.store.engine, one.shop.list_named(issued.list_name).url)
    assert published is not None
    subject = parse_json(published.data)["credentialSubject"]
    return issued.list_index in set(entries_set(decode_list(subject["encodedList"])))


def test_a_revocation_is_confirmed_published_and_final(one: Bench) -> None:
    issued, other = one.issue("k1"), one.issue("k2", award_to("ben@poly.example"))
    publishes = publisher(one)
    assert publishes.publish_due() == 1
    (done,) = Withdrawing(one.shop).ask(one.act, [issued.id], WRONG)
    assert (done.state, one.store.credentials.get(one.tenant.id, issued.id).status) == (
        "done",
        "revoked",
    )
    assert not visible(one, issued)
    assert (publishes.publish_due(), publishes.publish_due()) == (1, 0)
    assert (visible(one, issued), visible(one, other)) == (True, False)
    for act in ("revoke", "suspend", "reinstate"):
        with pytest.raises(IssuanceError) as final:
            Withdrawing(one.shop).ask(one.act, [issued.id], Change(act, "Again"))
        assert final.value.code == "REVOCATION_IS_FINAL"
    one.clock.pass_by(days=4)
    assert publishes.publish_due() == 1
    assert visible(one, issued)


def test_what_is_undone_in_time_never_happened(one: Bench) -> None:
    issued = one.issue("k1")
    asked = Withdrawing(one.shop)
    later = replace(WRONG, undo=timedelta(minutes=5))
    (pending,) = asked.ask(one.act, [issued.id], later)
    with pytest.raises(ConflictError):
        asked.ask(one.act, [issued.id], WRONG)
    assert asked.perform_due() == 0
    assert asked.undo(one.act, pending.id).state == "undone"
    one.clock.pass_by(minutes=6)
    assert asked.perform_due() == 0
    (again,) = asked.ask(one.act, [issued.id], later)
    one.clock.pass_by(minutes=6)
    assert asked.perform_due() == 1
    assert one.store.credentials.get(one.tenant.id, issued.id).status == "revoked"
    with pytest.raises(ConflictError):
        asked.undo(one.act, again.id)


def test_all_of_many_are_withdrawn_or_none(database: Engine) -> None:
    one, elsewhere = bench(database), bench(database, name="other")
    issued = [one.issue(f"k{number}") for number in range(3)]
    foreign = elsewhere.issue("k")
    asked, ids = Withdrawing(one.shop), [each.id for each in issued]
    with pytest.raises(NotFoundError):
        asked.ask(one.act, [*ids, foreign.id], WRONG)
    assert one.store.credentials.get(one.tenant.id, ids[0]).status == "active"
    assert len(asked.ask(one.act, ids, WRONG)) == 3


def test_a_suspension_ends_and_a_revocation_of_it_does_not(database: Engine) -> None:
    one = bench(database)
    settings = {**one.tenant.settings, "status_purpose": "suspension"}
    one.store.tenants.change(one.act, settings=settings)
    issued, asked, publishes = one.issue("k1"), Withdrawing(one.shop), publisher(one)
    seen = []
    for act in ("suspend", "reinstate", "suspend", "revoke"):
        asked.ask(one.act, [issued.id], Change(act, "Under inquiry"))
        publishes.publish_due()
        seen.append(visible(one, issued))
    assert seen == [True, False, True, True]
    with pytest.raises(IssuanceError):
        asked.ask(one.act, [issued.id], Change("reinstate", "No"))


@dataclass
class Mark:
    count: int = 0

    def require(self, known: Checkpoint, hash_at: object) -> None:
        if known.count < self.count:
            raise LedgerBehindError("behind")

    def passed(self, reached: Checkpoint) -> None:
        self.count = max(self.count, reached.count)


def test_nothing_is_issued_withdrawn_or_published_behind_the_mark(database: Engine) -> None:
    mark = Mark()
    one = bench(database, high_water=mark)
    issued = one.issue("k1")
    assert mark.count == one.store.ledger.checkpoint().count
    mark.count += 1
    with pytest.raises(LedgerBehindError):
        one.issue("k2")
    with pytest.raises(LedgerBehindError):
        Withdrawing(one.shop).ask(one.act, [issued.id], WRONG)
    with pytest.raises(LedgerBehindError):
        publisher(one).publish_due()
    assert one.issue("k1").data == issued.data
