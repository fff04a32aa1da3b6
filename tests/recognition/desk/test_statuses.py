"""Decisions that were superseded: withdrawn in the same moment, told, and never taken back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from credentials.json_types import JsonObject
from credentials.status.bitstring import decode_list, encode_list, entries_set
from credentials.strict_json import serialize_json
from credentials.timestamps import parse_timestamp
from keys.did import MappingResolver
from recognition.deciding.case import Ruling
from recognition.deciding.judging import Outcome
from recognition.deciding.replaying import replay
from recognition.desk import Role
from recognition.desk.cases import CameBy, Case, Document, NewCase
from recognition.register_of_decisions import Appeal, CaseDecidedError, Place
from service import DatabaseError
from service.status_ledger import ListSeries, StatusLedger
from service.status_lists import StatusList
from tallystick.desk_checking import checked_in
from tests.factories import STRANGER, check, codes, sign
from tests.recognition.desk.desks import LISTS, OVERLAP, PASSES, TestDesk, badge
from tests.recognition.factories import REGISTRAR, registers
from verifier.status_memory import NewestLists

URL = f"{LISTS}1"
HERE = "/status/decisions/1"


@pytest.fixture
def listing(desk: TestDesk) -> TestDesk:
    """Return a desk that grants, and whose lists others can read."""
    desk.has_lists = True
    desk.offer(gates=PASSES)
    return desk


@pytest.fixture
def any_listing(any_desk: TestDesk) -> TestDesk:
    """Return such a desk in each kind of database."""
    any_desk.has_lists = True
    any_desk.offer(gates=PASSES)
    return any_desk


def decided(desk: TestDesk, number: int = 1) -> Case:
    return desk.settling.settle(desk.act, desk.applied(number))


def credentials(desk: TestDesk, case: Case) -> list[JsonObject]:
    return [json.loads(one.credential) for one in desk.store.decisions.of(case.id)]


def corrected(desk: TestDesk, case: Case, reason: str = "Read again.") -> Case:
    ruling = Ruling("Ana", Outcome.REFUSE, reason, substantial_differences=("No welding.",))
    return desk.settling.confirm(
        replace(desk.act, actor="user:other"), desk.settling.rule(desk.act, case, ruling), "Cy"
    )


def published(desk: TestDesk, url: str = URL) -> JsonObject:
    answer = desk.application().test_client().get(url.removeprefix("https://registrar.example"))
    assert answer.status_code == 200, answer.text
    document: JsonObject = json.loads(answer.data)
    return document


def set_in(document: JsonObject) -> set[int]:
    return set(entries_set(decode_list(document["credentialSubject"]["encodedList"])))


def verdict(desk: TestDesk, credential: JsonObject, listed: JsonObject | None = None) -> set[str]:
    documents = {URL: published(desk) if listed is None else listed}
    return codes(check(credential, documents, now=desk.now, registers=registers()))


def test_a_decision_of_the_desk_can_be_withdrawn_and_its_payload_knows_nothing_of_it(
    listing: TestDesk,
) -> None:
    case = decided(listing)
    (credential,) = credentials(listing, case)
    entry = credential["credentialStatus"]
    assert (entry["type"], entry["statusPurpose"]) == ("BitstringStatusListEntry", "revocation")
    assert entry["statusListCredential"] == URL
    assert verdict(listing, credential) == set()
    (recorded,) = listing.settling.register.case(case.id)
    assert replay(recorded.inputs) == recorded.payload
    for part in (recorded.payload, recorded.inputs):
        assert b"status" not in part.lower()
        assert URL.encode() not in part


def test_a_superseded_decision_stops_verifying_and_the_one_in_force_goes_on(
    any_listing: TestDesk,
) -> None:
    case = decided(any_listing)
    corrected(any_listing, case)
    former, standing = credentials(any_listing, case)
    assert verdict(any_listing, former) == {"REVOKED"}
    assert verdict(any_listing, standing) == set()
    looked_up = replace(
        any_listing.world(), resolver=MappingResolver({URL: published(any_listing)})
    )
    told = [checked_in(looked_up, serialize_json(one)).answer for one in (former, standing)]
    # The words that a wallet shows when it looks again.
    assert told == ["revoked", "issuer-not-known"]
    register = any_listing.settling.register
    assert [one.withdrawn_at is None for one in register.statuses.of(case.id)] == [False, True]
    for recorded in register.decisions():
        assert replay(recorded.inputs) == recorded.payload
    register.check_chain()


def test_an_appeal_that_is_upheld_withdraws_and_one_that_is_dismissed_does_not(
    any_listing: TestDesk,
) -> None:
    settling = any_listing.settling
    case = decided(any_listing)
    case = settling.appeal(any_listing.act, case, "Mere", "Misread.")
    case = settling.dismiss(any_listing.act, case, "Board", "It was not.")
    (credential,) = credentials(any_listing, case)
    assert verdict(any_listing, credential) == set()
    case = settling.appeal(any_listing.act, case, "Mere", "It was.")
    corrected(any_listing, case)
    former, standing = credentials(any_listing, case)
    assert verdict(any_listing, former) == {"REVOKED"}
    assert verdict(any_listing, standing) == set()


def test_what_cannot_be_recorded_withdraws_nothing(
    any_listing: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = decided(any_listing)

    def failing(*_arguments: Any) -> None:
        raise DatabaseError("The disk is full.")

    place = "recognition.register_of_decisions.register.withdraw_superseded"
    with monkeypatch.context() as patched:
        patched.setattr(place, failing)
        with pytest.raises(DatabaseError):
            corrected(any_listing, case)
    register = any_listing.settling.register
    assert len(register.case(case.id)) == 1
    (credential,) = credentials(any_listing, case)
    assert verdict(any_listing, credential) == set()


def test_whoever_signs_a_decision_again_after_it_was_superseded_gets_nothing(
    any_listing: TestDesk,
) -> None:
    case = decided(any_listing)
    corrected(any_listing, case)
    with pytest.raises(CaseDecidedError):
        any_listing.give("urn:uuid:late", Place(case.id, 1))
    assert len(any_listing.settling.register.statuses.of(case.id)) == 2


def test_every_signed_copy_of_a_superseded_decision_is_withdrawn(any_listing: TestDesk) -> None:
    case = decided(any_listing)
    any_listing.give("urn:uuid:again", Place(case.id, 1))
    corrected(any_listing, case)
    given = any_listing.settling.register.statuses.of(case.id)
    assert [one.withdrawn_at is None for one in given] == [False, False, True]
    assert set_in(published(any_listing)) == {one.index for one in given[:2]}


def test_two_decisions_never_have_one_entry(listing: TestDesk) -> None:
    listing.give("urn:uuid:1", Place("a", 1))
    index = listing.settling.register.statuses.of("a")[0].index
    drawn = iter([index, index, 7 if index != 7 else 8])
    series = ListSeries("decisions/", LISTS, REGISTRAR)
    entry = listing.settling.register.statuses.give(
        Place("b", 1), "urn:uuid:2", series.giving(lambda _n: next(drawn)), listing.now
    )
    assert entry["statusListIndex"] != str(index)


def test_erasing_a_learner_frees_no_entry_and_takes_no_withdrawal_back(
    any_listing: TestDesk,
) -> None:
    case = decided(any_listing)
    corrected(any_listing, case)
    before = any_listing.settling.register.statuses.of(case.id)
    any_listing.store.cases.erase(any_listing.act, case.id)
    assert any_listing.settling.register.statuses.of(case.id) == before
    assert set_in(published(any_listing)) == {before[0].index}


def test_decisions_of_a_desk_without_lists_verify_as_before(desk: TestDesk) -> None:
    desk.offer(gates=PASSES)
    case = decided(desk)
    (credential,) = credentials(desk, case)
    assert "credentialStatus" not in credential
    assert codes(check(credential, now=desk.now, registers=registers())) == set()
    desk.has_lists = True
    corrected(desk, case)
    # Nobody can withdraw it any more; the case says so.
    page = desk.browser(desk.person(Role.REGISTRAR)).get(f"/desk/cases/{case.id}")
    assert "without a status: it cannot be withdrawn" in page


def test_the_pages_say_what_was_withdrawn_and_lead_to_the_decision_in_force(
    listing: TestDesk,
) -> None:
    browser = listing.browser()
    case, link = _followed(listing)
    before = browser.get(link)
    assert "was withdrawn" not in before
    corrected(listing, case)
    page = browser.get(link)
    assert "The former decision, of 23 November 2026, was withdrawn." in page
    assert f'href="{link}/decision.json"' in page
    standing = json.loads(browser.client.get(f"{link}/decision.json").data)
    assert verdict(listing, standing) == set()
    ana = listing.browser(listing.person(Role.REGISTRAR))
    shown = ana.get(f"/desk/cases/{case.id}")
    assert re.search(r"Decision 1:.*?withdrawn", shown, re.DOTALL)
    assert f"{URL}#" in shown
    assert "was withdrawn" in ana.get(f"/desk/cases/{case.id}/letter")
    for language, words in (("fr-CA", "a été retirée"), ("es", "se retiró")):
        told = browser.client.get(link, headers={"Accept-Language": language}).text
        assert words in told


def _followed(desk: TestDesk) -> tuple[Case, str]:
    """Have a case decided, and return it with the learner's link."""
    new = NewCase("weld101", (Document("badge.json", badge(9)),), CameBy.UPLOAD)
    case, secret = desk.store.cases.receive(desk.act, new)
    case = desk.settling.settle(desk.act, desk.settling.examine(desk.act, case))
    return case, f"/apply/follow/{secret}"


def test_a_list_may_be_kept_for_half_a_minute_and_is_asked_for_by_its_tag(
    listing: TestDesk,
) -> None:
    case = decided(listing)
    client = listing.application().test_client()
    first = client.get(HERE)
    assert first.headers["Cache-Control"] == "public, max-age=30"
    assert "Set-Cookie" not in first.headers
    again = client.get(HERE, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    corrected(listing, case)
    newer = client.get(HERE, headers={"If-None-Match": first.headers["ETag"]})
    assert newer.status_code == 200
    begins = [parse_timestamp(json.loads(one.data)["validFrom"]) for one in (first, newer)]
    assert begins[0] < begins[1]


def test_every_process_hands_out_the_same_list_and_never_an_older_one(
    any_listing: TestDesk,
) -> None:
    case = decided(any_listing)
    other = TestDesk.with_store(any_listing.store)
    other.has_lists, other.now = True, any_listing.now + timedelta(seconds=5)
    assert published(any_listing) == published(other) == published(any_listing)
    corrected(any_listing, case)
    newer = published(other)
    assert published(any_listing) == newer
    assert len(set_in(newer)) == 1


def test_a_list_is_signed_anew_before_half_of_its_time_is_over(listing: TestDesk) -> None:
    decided(listing)
    first = published(listing)
    listing.now += timedelta(days=3)
    assert published(listing) == first
    listing.now += timedelta(days=1)
    newer = published(listing)
    assert parse_timestamp(newer["validFrom"]) > parse_timestamp(first["validFrom"])


@pytest.mark.parametrize(
    "number", ["0", "2", "01", "-1", "x", "1%00", "9" * 30, "9" * 6000, "%D9%A1", "1/../1", ""]
)
def test_there_are_no_other_lists_at_these_addresses(listing: TestDesk, number: str) -> None:
    decided(listing)
    answer = listing.application().test_client().get(f"/status/decisions/{number}")
    assert answer.status_code == 404


def test_lists_of_others_in_the_same_database_are_not_served(listing: TestDesk) -> None:
    ledger = StatusLedger(listing.store.engine, lambda _n: 0)
    for name in ("withdrawals", "tenant_1/1", "decisions/x"):
        url = f"https://other.example/{name}"
        ledger.make_list(StatusList(name, url, REGISTRAR), listing.now)
    decided(listing)
    client = listing.application().test_client()
    for path in ("withdrawals", "tenant_1/1", "x", "..%2Ftenant_1%2F1"):
        assert client.get(f"/status/decisions/{path}").status_code == 404
    assert published(listing)["id"] == URL


def test_a_desk_without_lists_serves_none(desk: TestDesk) -> None:
    assert desk.application().test_client().get(HERE).status_code == 404


def test_an_older_list_is_noticed_by_who_remembers_the_newest(listing: TestDesk) -> None:
    case = decided(listing)
    older = published(listing)
    corrected(listing, case)
    former, _standing = credentials(listing, case)
    memory = NewestLists()
    newest = published(listing)
    about: dict[str, Any] = {"now": listing.now, "registers": registers(), "status_memory": memory}
    assert codes(check(former, {URL: newest}, **about)) == {"REVOKED"}
    told = check(former, {URL: older}, **about)
    assert not told
    assert codes(told) == {"STATUS_LIST_ROLLBACK"}


def forged(document: JsonObject, **changes: Any) -> JsonObject:
    bare = {name: value for name, value in document.items() if name != "proof"}
    return {**bare, **changes}


Forge = Callable[[JsonObject, JsonObject], tuple[JsonObject, JsonObject]]


def _other_entry(former: JsonObject, listed: JsonObject) -> tuple[JsonObject, JsonObject]:
    status = former["credentialStatus"]
    index = str((int(status["statusListIndex"]) + 1) % 131_072)
    moved = {**status, "statusListIndex": index, "id": f"{URL}#{index}"}
    return {**former, "credentialStatus": moved}, listed


def _no_entry(former: JsonObject, listed: JsonObject) -> tuple[JsonObject, JsonObject]:
    return {name: value for name, value in former.items() if name != "credentialStatus"}, listed


def _empty_list(former: JsonObject, listed: JsonObject) -> tuple[JsonObject, JsonObject]:
    subject = {**listed["credentialSubject"], "encodedList": encode_list(bytes(16_384))}
    return former, {**listed, "credentialSubject": subject}


def _list_of_somebody_else(former: JsonObject, listed: JsonObject) -> tuple[JsonObject, JsonObject]:
    _same, empty = _empty_list(former, listed)
    return former, sign(forged(empty), signer=STRANGER)


@pytest.mark.parametrize("forge", [_other_entry, _no_entry, _empty_list, _list_of_somebody_else])
def test_a_withdrawn_decision_cannot_be_made_to_count_again(
    listing: TestDesk, forge: Forge
) -> None:
    case = decided(listing)
    corrected(listing, case)
    former, listed = forge(credentials(listing, case)[0], published(listing))
    told = check(former, {URL: listed}, now=listing.now, registers=registers())
    assert not told
    assert codes(told)


def test_a_list_that_cannot_be_had_decides_nothing(listing: TestDesk) -> None:
    (credential,) = credentials(listing, decided(listing))
    told = check(credential, now=listing.now, registers=registers())
    assert (bool(told), codes(told)) == (False, {"STATUS_RETRIEVAL_ERROR"})


def test_a_referral_is_withdrawn_when_it_is_decided(listing: TestDesk) -> None:
    listing.offer(gates=OVERLAP)
    case = listing.settling.settle(listing.act, listing.applied())
    ruling = Ruling("Ana", Outcome.GRANT, "Read.")
    listing.settling.rule(listing.act, case, ruling)
    referral, grant = credentials(listing, case)
    assert verdict(listing, referral) == {"REVOKED"}
    assert verdict(listing, grant) == set()


def test_the_register_records_the_same_entry_twice_and_withdraws_once(listing: TestDesk) -> None:
    case = decided(listing)
    record = Appeal(case.id, 1, "Mere", "Misread.")
    register = listing.settling.register
    first = register.record(record, recorded_at=listing.now)
    assert register.record(record, recorded_at=listing.now) == first
    assert [one.withdrawn_at for one in register.statuses.of(case.id)] == [None]
