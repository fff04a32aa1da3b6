"""Copies for wallets stay what their original is, whatever happens to it, and when."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from credentials.baking.payload import document_of
from credentials.verified import VerifiedCredential
from issuer.issuing.checking import check_store
from issuer.issuing.exactly_once import ExactlyOnce
from issuer.issuing.forms import JWT_VC, LDP_VC
from issuer.issuing.withdrawing import MOST_AT_ONCE, Change, Withdrawing
from issuer.store import ConflictError
from issuer.store.writing_down import digest_of
from issuer.wallets.interactions import PRE_AUTHORIZED
from keys.errors import KeyMaterialError
from stacking import Lot, read_award_rule
from stacking.credential_lots import lots_of
from tests.factories import LEARNER, SIGNER
from tests.issuer.issuing.workshops import workshop
from tests.issuer.wallets.offices import WalletOffice, new_wallet_office, wallet_office
from tests.stacking.stacks import DAY, REGISTERS, RULE

UNDO = timedelta(minutes=10)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[WalletOffice]:
    made = new_wallet_office(tmp_path)
    yield made
    check_store(made.store.engine, trusted=lambda _key: True)
    made.store.engine.dispose()


def copied(office: WalletOffice) -> tuple[str, str]:
    """Issue a credential and a copy of it; return the ids of both."""
    original = office.issue()
    answer = office.ask(office.access(office.claim(original)))
    return original, str(answer.get_json()["credentials"][0]["credential"]["id"])


def statuses(office: WalletOffice, ids: tuple[str, ...]) -> list[str]:
    known = office.store.credentials
    return [known.get(office.bench.tenant.id, one).status for one in ids]


def test_undoing_the_withdrawal_of_an_original_undoes_that_of_its_copies(
    office: WalletOffice,
) -> None:
    both, asked = copied(office), Withdrawing(office.bench.shop)
    made = asked.ask(office.bench.act, both[:1], Change("revoke", "An error.", UNDO))
    asked.undo(office.bench.act, made[0].id)
    office.bench.clock.pass_by(seconds=UNDO.total_seconds())
    asked.perform_due()
    assert statuses(office, both) == ["active", "active"]


def test_the_withdrawal_of_a_copy_with_its_original_is_not_undone_alone(
    office: WalletOffice,
) -> None:
    both, asked = copied(office), Withdrawing(office.bench.shop)
    made = asked.ask(office.bench.act, both[:1], Change("revoke", "An error.", UNDO))
    with pytest.raises(ConflictError) as caught:
        asked.undo(office.bench.act, made[1].id)
    assert caught.value.code == "CHANGED_WITH_ORIGINAL"
    office.bench.clock.pass_by(seconds=UNDO.total_seconds())
    asked.perform_due()
    assert statuses(office, both) == ["revoked", "revoked"]


def test_the_withdrawal_of_a_copy_alone_is_undone_alone_and_named_where_it_is_in_the_way(
    office: WalletOffice,
) -> None:
    (original, copy), asked = copied(office), Withdrawing(office.bench.shop)
    (own,) = asked.ask(office.bench.act, [copy], Change("revoke", "A lost phone.", UNDO))
    with pytest.raises(ConflictError, match=copy):
        asked.ask(office.bench.act, [original], Change("revoke", "An error."))
    assert asked.undo(office.bench.act, own.id).state == "undone"
    asked.ask(office.bench.act, [original], Change("revoke", "An error."))
    assert statuses(office, (original, copy)) == ["revoked", "revoked"]


@pytest.mark.parametrize(("undo", "turn"), [(timedelta(0), -1), (UNDO, 1)])
def test_originals_and_copies_are_withdrawn_together(
    office: WalletOffice, undo: timedelta, turn: int
) -> None:
    both, asked = copied(office), Withdrawing(office.bench.shop)
    assert asked.ask_many(office.bench.act, both[::turn], Change("revoke", "Wrong.", undo)) == 2
    office.bench.clock.pass_by(seconds=UNDO.total_seconds())
    asked.perform_due()
    assert statuses(office, both) == ["revoked", "revoked"]


def test_a_copy_far_behind_its_original_in_a_list_is_withdrawn_with_it(
    office: WalletOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_AT_ONCE > 1
    monkeypatch.setattr("issuer.issuing.withdrawing.MOST_AT_ONCE", 1)
    both, asked = copied(office), Withdrawing(office.bench.shop)
    assert asked.ask_many(office.bench.act, both, Change("revoke", "Wrong.")) == 2
    assert statuses(office, both) == ["revoked", "revoked"]


def test_a_copy_is_not_reinstated_without_its_original(office: WalletOffice) -> None:
    settings = {**office.bench.tenant.settings, "status_purpose": "suspension"}
    office.store.tenants.change(office.bench.act, settings=settings)
    both, asked = copied(office), Withdrawing(office.bench.shop)
    asked.ask(office.bench.act, both[:1], Change("suspend", "Under inquiry."))
    with pytest.raises(ConflictError) as caught:
        asked.ask(office.bench.act, both[1:], Change("reinstate", "No."))
    assert caught.value.code == "ORIGINAL_NOT_IN_FORCE"
    asked.ask(office.bench.act, both[:1], Change("reinstate", "It was in order."))
    assert statuses(office, both) == ["active", "active"]


class Signer:
    """A signer that can be out of reach, and while which something else can happen."""

    verification_key = SIGNER.verification_key
    is_awake = True
    meanwhile: Any = None

    def sign(self, message: bytes) -> bytes:
        if not self.is_awake:
            raise KeyMaterialError("The signer does not answer.")
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        return SIGNER.sign(message)


def slow_office(office: WalletOffice, signer: Signer) -> WalletOffice:
    clock = office.bench.clock
    shop = workshop(office.store.engine, clock=clock, signer=signer)  # type: ignore[arg-type]
    return wallet_office(replace(office.bench, shop=shop))


@pytest.mark.parametrize(
    ("ending", "is_signed_before"), [("erase", False), ("erase", True), ("revoke", False)]
)
def test_what_ends_while_a_wallet_waits_is_not_handed_out(
    office: WalletOffice, ending: str, *, is_signed_before: bool
) -> None:
    signer = Signer()
    slow, original = slow_office(office, signer), office.issue()
    token = slow.access(slow.claim(original))
    other = slow.access(slow.claim(office.issue()))
    signer.is_awake = False
    waiting = {"transaction_id": slow.ask(token).get_json()["transaction_id"]}
    others = {"transaction_id": slow.ask(other).get_json()["transaction_id"]}
    signer.is_awake = True
    slow.bench.clock.pass_by(seconds=31)
    if is_signed_before:
        assert ExactlyOnce(slow.bench.shop).complete_left_behind() == 2
    if ending == "erase":
        slow.store.credentials.erase(slow.bench.act, original)
    else:
        Withdrawing(slow.bench.shop).ask(slow.bench.act, [original], Change("revoke", "Wrong."))
    # What cannot be completed any more does not hold up the others.
    ExactlyOnce(slow.bench.shop).complete_left_behind()
    answer = slow.post("/openid/poly/deferred", waiting, token)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "credential_request_denied")
    assert slow.post("/openid/poly/deferred", others, other).status_code == 200


def test_nothing_is_kept_of_what_is_erased_while_it_is_signed(office: WalletOffice) -> None:
    signer = Signer()
    slow, original = slow_office(office, signer), office.issue()
    token = slow.access(slow.claim(original))
    signer.meanwhile = lambda: office.store.credentials.erase(office.bench.act, original)
    assert slow.ask(token).status_code in (400, 503)
    rows = office.store.credentials.page(office.bench.tenant.id).items
    assert sorted(one.state for one in rows) == ["abandoned", "issued"]
    assert [one.data for one in rows] == [None, None]


@pytest.mark.parametrize("ending", ["erase", "revoke"])
def test_a_copy_that_ended_alone_is_not_handed_out_again(office: WalletOffice, ending: str) -> None:
    original, copy = copied(office)
    if ending == "erase":
        office.store.credentials.erase(office.bench.act, copy)
    else:
        change = Change("revoke", "A lost phone.")
        Withdrawing(office.bench.shop).ask(office.bench.act, [copy], change)
    answer = office.ask(office.access(office.claim(original)))
    assert (answer.status_code, answer.get_json()["error"]) == (400, "credential_request_denied")


@pytest.mark.parametrize("kind", [[], {}])
def test_a_draft_whose_proof_has_no_type_is_refused(office: WalletOffice, kind: Any) -> None:
    token = office.access(office.claim())
    answer = office.ask(token, proofs=None, proof={"proof_type": kind, "jwt": "x"})
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_proof")


def test_requests_at_the_same_time_get_one_token_and_five_pins(office: WalletOffice) -> None:
    def status(form: dict[str, str]) -> int:
        form = {"grant_type": PRE_AUTHORIZED, **form}
        return office.application.test_client().post("/openid/poly/token", data=form).status_code

    code = office.code(office.claim())
    path = office.claim(pin="123456")
    codes = [office.code(path) for _ in range(3)]
    guesses = [
        {"pre-authorized_code": codes[number % 3], "tx_code": f"00000{number}"}
        for number in range(6)
    ]
    with ThreadPoolExecutor(3) as pool:
        once = list(pool.map(status, [{"pre-authorized_code": code}] * 3))
        list(pool.map(status, guesses))
    assert sorted(once) == [200, 400, 400]
    assert status({"pre-authorized_code": codes[0], "tx_code": "123456"}) == 400


def test_an_original_and_its_copies_are_one_achievement_by_what_they_state(
    office: WalletOffice,
) -> None:
    original = office.issue()
    for form in (LDP_VC, JWT_VC):
        office.desk.copying.copy(office.bench.act, original, LEARNER, form)
    lots = [
        lot_of(one.data or b"")
        for one in office.store.credentials.page(office.bench.tenant.id, items=9).items
    ]
    assert len({lot.digest for lot in lots}) == len({lot.id for lot in lots}) == len(lots) == 3
    (statement,) = {lot.statement for lot in lots}
    assert statement is not None


def lot_of(data: bytes) -> Lot:
    """Read the lot of what was issued, which the verifier checked before it was released."""
    document = document_of(data)
    known = VerifiedCredential(document, document["issuer"]["id"], (), {}, digest_of(data))
    (lot,) = lots_of(known, read_award_rule(RULE), REGISTERS, as_of=DAY)[0]
    return lot
