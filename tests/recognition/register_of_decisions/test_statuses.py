"""Entries of status lists: given once, set with the supersession, by whatever process."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection as Reader

import pytest
from sqlalchemy import Connection, Engine, func, select, text

from credentials.errors import IssuanceError
from credentials.json_types import JsonObject
from recognition.register_of_decisions import (
    Appeal,
    AppealError,
    CaseDecidedError,
    Place,
    RegisterOfDecisions,
    Ruling,
    Supersession,
    last_day_to_appeal,
    replaced_decisions,
)
from recognition.register_of_decisions.tables import STATUSES
from service import DatabaseError, reading, writing
from service.status_ledger import ListSeries, StatusLedger, giving_from
from service.status_ledger.assigning import is_counted_rightly
from service.status_ledger.series import lists_in
from service.status_lists import SUSPENSION, StatusList
from tests.processes import PROCESSES
from tests.recognition.decision_factories import RECORDED, decision, inputs, payload, refusal
from tests.recognition.register_of_decisions.giving import SERIES, give_entries

STREAMS = ("a", "b", "c")
EACH = 20


def given(register: RegisterOfDecisions, name: str, revision: int = 1) -> JsonObject:
    give = SERIES.giving(secrets.randbelow)
    return register.statuses.give(Place("case-1", revision), name, give, RECORDED)


def superseding(revision: int = 2, ruling: Ruling | None = None, **changes: bytes) -> Supersession:
    data = {"payload": refusal(), "inputs": inputs(), **changes}
    return Supersession("case-1", revision, **data, by="Ana", reason="Misread.", ruling=ruling)


def withdrawn(register: RegisterOfDecisions) -> list[bool]:
    return [one.withdrawn_at is not None for one in register.statuses.of("case-1")]


def heard(reader: Reader) -> Iterator[str]:
    with reader, suppress(EOFError):
        while True:
            yield reader.recv_bytes().decode()


def test_no_entry_is_given_twice_by_several_processes(database: Engine, database_url: str) -> None:
    pipes = []
    for stream in STREAMS:
        reader, writer = PROCESSES.Pipe(duplex=False)
        arguments = (database_url, stream, EACH, writer)
        PROCESSES.Process(target=give_entries, args=arguments, daemon=True).start()
        writer.close()
        pipes.append(reader)
    told = [entry for reader in pipes for entry in heard(reader)]
    assert len(set(told)) == len(told) == len(STREAMS) * EACH
    with reading(database) as connection:
        assert connection.scalar(select(func.count()).select_from(STATUSES)) == len(told)
        assert len(lists_in(connection, "decisions/")) == 1


def test_whoever_signs_is_before_the_supersession_or_told_of_it(
    register: RegisterOfDecisions,
) -> None:
    register.record(decision(), recorded_at=RECORDED)
    given(register, "urn:x:1")
    register.record(superseding(), recorded_at=RECORDED)
    assert withdrawn(register) == [True]
    with pytest.raises(CaseDecidedError):
        given(register, "urn:x:2")
    given(register, "urn:x:3", revision=2)
    assert withdrawn(register) == [True, False]


def test_a_dismissal_keeps_what_a_later_decision_then_withdraws(
    register: RegisterOfDecisions,
) -> None:
    first = register.record(decision(), recorded_at=RECORDED)
    given(register, "urn:x:1")
    register.record(Appeal("case-1", 1, "Mere", "Misread."), recorded_at=RECORDED)
    same = {"payload": payload(), "inputs": first.inputs}
    register.record(superseding(2, Ruling.DISMISSED, **same), recorded_at=RECORDED)
    assert withdrawn(register) == [False]
    assert replaced_decisions(register.case("case-1")) == ()
    register.record(superseding(3), recorded_at=RECORDED)
    assert withdrawn(register) == [True]
    replaced = replaced_decisions(register.case("case-1"))
    assert [one.revision for one in replaced] == [1, 2]


def test_another_decision_that_calls_itself_a_dismissal_withdraws(
    register: RegisterOfDecisions,
) -> None:
    register.record(decision(), recorded_at=RECORDED)
    given(register, "urn:x:1")
    register.record(Appeal("case-1", 1, "Mere", "Misread."), recorded_at=RECORDED)
    register.record(superseding(2, Ruling.DISMISSED), recorded_at=RECORDED)
    assert withdrawn(register) == [True]


def test_appeals_and_what_is_recorded_again_withdraw_nothing_further(
    register: RegisterOfDecisions,
) -> None:
    register.record(decision(), recorded_at=RECORDED)
    given(register, "urn:x:1")
    register.record(Appeal("case-1", 1, "Mere", "Misread."), recorded_at=RECORDED)
    assert withdrawn(register) == [False]
    for _time in range(2):
        register.record(superseding(2, Ruling.UPHELD), recorded_at=RECORDED)
    with reading(register.engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM status_changes")) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM decision_statuses",
        "UPDATE decision_statuses SET case_id = 'another'",
        "UPDATE decision_statuses SET list_index = list_index + 1",
        "DELETE FROM status_entries",
        "INSERT INTO status_changes SELECT 2, list_name, list_index, 0, '', '' FROM status_entries",
    ],
)
def test_the_database_frees_no_entry_and_takes_no_withdrawal_back(
    register: RegisterOfDecisions, statement: str
) -> None:
    register.record(decision(), recorded_at=RECORDED)
    given(register, "urn:x:1")
    register.record(superseding(), recorded_at=RECORDED)
    with pytest.raises(DatabaseError), writing(register.engine) as connection:
        connection.execute(text(statement))
    assert withdrawn(register) == [True]


def give_out_half(connection: Connection) -> None:
    """Give out half of the only list, but for what is given out already.

    PostgreSQL counts these entries once: each of them by its trigger would take a minute.
    """
    numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 65540) "
    taken = "(SELECT list_index FROM decision_statuses)"
    values = f"SELECT 'decisions/1', i, NULL, 'now' FROM n WHERE i NOT IN {taken}"
    insert = "INSERT INTO status_entries (list_name, list_index, credential_id, assigned_at) "
    counts_each = connection.dialect.name == "sqlite"
    if not counts_each:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
    connection.execute(text(insert + numbers + values))
    if not counts_each:
        count = "(SELECT count(*) FROM status_entries)"
        connection.execute(text(f"UPDATE status_list_counts SET given_out = {count}"))
    assert is_counted_rightly(connection)


def test_a_full_list_is_followed_by_another_one(register: RegisterOfDecisions) -> None:
    given(register, "urn:x:1")
    with writing(register.engine) as connection:
        give_out_half(connection)
    assert str(given(register, "urn:x:2")["statusListCredential"]).endswith("/2")
    assert str(given(register, "urn:x:3")["statusListCredential"]).endswith("/2")
    register.record(decision(), recorded_at=RECORDED)
    register.record(superseding(), recorded_at=RECORDED)
    assert withdrawn(register) == [True, True, True]


def test_another_issuer_gets_a_list_of_its_own_with_the_next_number(
    register: RegisterOfDecisions,
) -> None:
    other = ListSeries(SERIES.prefix, SERIES.base, "did:key:zOther")
    given(register, "urn:x:1")
    place, give = Place("case-2", 1), other.giving(secrets.randbelow)
    entry = register.statuses.give(place, "urn:x:2", give, RECORDED)
    assert str(entry["statusListCredential"]).endswith("/2")
    assert str(given(register, "urn:x:3")["statusListCredential"]).endswith("/1")


def test_a_list_at_another_address_gives_no_entry_whatever_its_name(
    register: RegisterOfDecisions,
) -> None:
    ledger = StatusLedger(register.engine, secrets.randbelow)
    elsewhere = StatusList("decisions/1", "https://former.example/1", SERIES.issuer)
    ledger.make_list(elsewhere, RECORDED)
    assert given(register, "urn:x:1")["statusListCredential"] == f"{SERIES.base}2"


def test_a_list_of_somebody_else_gives_no_entry(register: RegisterOfDecisions) -> None:
    ledger = StatusLedger(register.engine, secrets.randbelow)
    ledger.make_list(StatusList("own", "https://a.example/1", "did:key:zA"), RECORDED)
    give = giving_from("own", "did:key:zB", secrets.randbelow)
    with pytest.raises(IssuanceError) as refused:
        register.statuses.give(Place("case-1", 1), "urn:x:1", give, RECORDED)
    assert refused.value.code == "ISSUER_NOT_YOURS"
    assert register.statuses.of("case-1") == ()


def test_a_decision_gets_no_entry_that_somebody_could_clear_again(
    register: RegisterOfDecisions,
) -> None:
    ledger = StatusLedger(register.engine, secrets.randbelow)
    list_of_pauses = StatusList("pauses", "https://a.example/1", "did:key:zA", SUSPENSION)
    ledger.make_list(list_of_pauses, RECORDED)
    give = giving_from("pauses", "did:key:zA", secrets.randbelow)
    with pytest.raises(IssuanceError) as refused:
        register.statuses.give(Place("case-1", 1), "urn:x:1", give, RECORDED)
    assert refused.value.code == "STATUS_LIST_WRONG"
    assert register.statuses.of("case-1") == ()


LAST_MOMENT = datetime(2026, 3, 23, 11, 59, 59, tzinfo=UTC)
"""The last day to appeal is 22 March; it ends last where clocks are twelve hours behind."""


def test_an_appeal_on_the_last_day_is_in_time_wherever_that_day_is(
    register: RegisterOfDecisions,
) -> None:
    register.record(decision(), recorded_at=RECORDED)
    late = Appeal("case-1", 1, "Mere", "Misread.")
    with pytest.raises(AppealError) as refused:
        register.record(late, recorded_at=LAST_MOMENT + timedelta(seconds=1))
    assert refused.value.code == "APPEAL_LATE"
    assert "2026-03-22" in refused.value.message
    register.record(late, recorded_at=LAST_MOMENT)


def test_a_late_appeal_is_taken_with_a_written_reason_that_stays(
    register: RegisterOfDecisions,
) -> None:
    register.record(decision(), recorded_at=RECORDED)
    at = LAST_MOMENT + timedelta(days=40)
    blank = Appeal("case-1", 1, "Mere", "Misread.", late_because="  ")
    with pytest.raises(AppealError):
        register.record(blank, recorded_at=at)
    reasoned = Appeal("case-1", 1, "Mere", "Misread.", late_because="The letter came back.")
    entry = register.record(reasoned, recorded_at=at)
    assert b'"lateBecause":"The letter came back."' in entry.statement


def test_an_appeal_in_time_says_nothing_of_being_late(register: RegisterOfDecisions) -> None:
    register.record(decision(), recorded_at=RECORDED)
    entry = register.record(Appeal("case-1", 1, "Mere", "Misread."), recorded_at=RECORDED)
    assert b"late" not in entry.statement


def test_a_dismissal_can_be_appealed_as_long_as_any_decision(
    register: RegisterOfDecisions,
) -> None:
    first = register.record(decision(), recorded_at=RECORDED)
    register.record(Appeal("case-1", 1, "Mere", "Misread."), recorded_at=LAST_MOMENT)
    same = {"payload": payload(), "inputs": first.inputs}
    at = datetime(2026, 5, 1, tzinfo=UTC)
    later = register.record(superseding(2, Ruling.DISMISSED, **same), recorded_at=at)
    assert str(last_day_to_appeal(later)) == "2026-05-21"
    again = Appeal("case-1", 2, "Mere", "It was.")
    register.record(again, recorded_at=datetime(2026, 5, 20, tzinfo=UTC))
