"""The ledger of status lists: nothing in it is lost, doubled or taken back."""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, inspect, text
from sqlalchemy.exc import DBAPIError

from credentials.errors import IssuanceError
from credentials.status.bitstring import decode_list, entries_set
from credentials.timestamps import parse_timestamp
from service import DatabaseError, migrate, open_database, writing
from service.status_ledger import StatusLedger
from service.status_ledger.tables import METADATA
from service.status_lists import StatusList
from tests.factories import ISSUER, LEARNER, LIST_URL, NOW
from tests.migrating import migrate_to
from tests.processes import PROCESSES

REVOCATIONS = StatusList("withdrawals", LIST_URL, ISSUER)
SUSPENSIONS = StatusList("pauses", f"{LIST_URL}/s", ISSUER, purpose="suspension")
ONE, OTHER = "urn:uuid:1", "urn:uuid:2"


@pytest.fixture
def ledger(database: Engine) -> StatusLedger:
    made = StatusLedger(database, random.Random(20261123).randrange)
    made.make_list(REVOCATIONS, NOW)
    made.make_list(SUSPENSIONS, NOW)
    return made


def assign(ledger: StatusLedger, credential: str, name: str = "withdrawals") -> int:
    entry = ledger.assign(name, credential, issuer=ISSUER, at=NOW)
    return int(entry["statusListIndex"])


def publish(ledger: StatusLedger, name: str = "withdrawals", **options: Any) -> dict[str, Any]:
    return ledger.publish(name, options.pop("at", NOW), issuer=ISSUER, **options)


def published(ledger: StatusLedger, name: str = "withdrawals", **options: Any) -> set[int]:
    return set_in(publish(ledger, name, **options))


def set_in(document: dict[str, Any]) -> set[int]:
    return set(entries_set(decode_list(document["credentialSubject"]["encodedList"])))


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(IssuanceError) as caught:
        act()
    return caught.value.code


def test_a_credential_has_one_index_however_often_it_is_asked_for(ledger: StatusLedger) -> None:
    first = assign(ledger, ONE)
    assert assign(ledger, OTHER) != first
    assert assign(ledger, ONE) == first
    entry = ledger.assign("withdrawals", ONE, issuer=ISSUER, at=NOW)
    assert entry == REVOCATIONS.entry(first)


def test_what_is_revoked_is_set_and_stays_set(ledger: StatusLedger) -> None:
    index, other = assign(ledger, ONE), assign(ledger, OTHER)
    assert published(ledger) == set()
    (changed,) = ledger.revoke(ONE, "Fraud", NOW)
    assert (changed.status_list, changed.is_new) == (REVOCATIONS, True)
    assert published(ledger) == {index}
    (again,) = ledger.revoke(ONE, "Again", NOW + timedelta(days=1))
    assert (again.is_new, again.since) == (False, "2026-11-23T00:00:00Z")
    ledger.revoke(OTHER, "Error", NOW)
    assert published(ledger) == {index, other}
    assert refused(lambda: ledger.reinstate(ONE, "Sorry", NOW)) == "STATUS_NOT_LISTED"


def test_a_suspension_ends_when_the_credential_is_reinstated(ledger: StatusLedger) -> None:
    index = assign(ledger, ONE, "pauses")
    assert not ledger.reinstate(ONE, "Nothing to end", NOW)[0].is_new
    ledger.suspend(ONE, "Under inquiry", NOW)
    assert published(ledger, "pauses") == {index}
    ledger.reinstate(ONE, "Cleared", NOW)
    assert published(ledger, "pauses") == set()
    ledger.suspend(ONE, "Again", NOW)
    ((listed, changes),) = ledger.history(ONE)
    assert listed == SUSPENSIONS
    assert [(one.is_set, one.reason) for one in changes] == [
        (True, "Under inquiry"),
        (False, "Cleared"),
        (True, "Again"),
    ]


def test_what_is_on_no_list_of_the_purpose_is_told(ledger: StatusLedger) -> None:
    assert refused(lambda: ledger.revoke(ONE, "Fraud", NOW)) == "STATUS_NOT_LISTED"
    assign(ledger, ONE)
    with pytest.raises(IssuanceError, match="list of revocations"):
        ledger.suspend(ONE, "Under inquiry", NOW)
    assert refused(lambda: ledger.revoke(ONE, " ", NOW)) == "NO_REASON"


def test_reasons_and_ids_are_not_published(ledger: StatusLedger) -> None:
    assign(ledger, ONE)
    ledger.revoke(ONE, "A very private reason", NOW)
    told = str(publish(ledger))
    assert "private" not in told
    assert ONE not in told


@pytest.mark.parametrize(
    ("name", "url"), [("withdrawals", "https://issuer.example/x"), ("new", LIST_URL)]
)
def test_names_and_addresses_of_lists_are_their_own(
    ledger: StatusLedger, name: str, url: str
) -> None:
    made = StatusList(name, url, ISSUER)
    assert refused(lambda: ledger.make_list(made, NOW)) == "STATUS_LIST_EXISTS"


def test_only_the_issuer_of_a_list_uses_it(ledger: StatusLedger) -> None:
    def strange() -> object:
        return ledger.assign("withdrawals", ONE, issuer=LEARNER, at=NOW)

    assert refused(strange) == "ISSUER_NOT_YOURS"
    assert refused(lambda: ledger.publish("pauses", NOW, issuer=LEARNER)) == "ISSUER_NOT_YOURS"
    assert refused(lambda: assign(ledger, ONE, "none")) == "STATUS_LIST_UNKNOWN"
    assert ledger.history(ONE) == ()


def test_each_published_list_begins_later_than_the_one_before(ledger: StatusLedger) -> None:
    """A verifier that remembers the newest list would refuse one of the same second."""
    back = NOW - timedelta(hours=1)
    begins = [publish(ledger, at=at)["validFrom"] for at in (NOW, NOW, back)]
    fractions = ("", ".001000", ".002000")
    assert begins == [f"2026-11-23T00:00:00{fraction}Z" for fraction in fractions]


def test_many_publications_in_one_second_do_not_begin_in_the_future(ledger: StatusLedger) -> None:
    begins = [parse_timestamp(publish(ledger, at=NOW)["validFrom"]) for _change in range(70)]
    assert begins == sorted(set(begins))
    assert begins[-1] - NOW < timedelta(seconds=1)


def test_decoys_are_set_for_good_and_belong_to_nobody(ledger: StatusLedger) -> None:
    index = assign(ledger, ONE)
    first = published(ledger, decoys=5)
    assert len(first) == 5
    assert index not in first
    assert published(ledger) == first
    (_pauses, overview) = ledger.lists()
    assert (overview.assigned, overview.set_entries, overview.unpublished) == (6, 5, 0)


def test_what_is_not_published_yet_is_told(ledger: StatusLedger) -> None:
    assign(ledger, ONE)
    publish(ledger)
    ledger.revoke(ONE, "Fraud", NOW)
    (_pauses, overview) = ledger.lists()
    assert overview.published_at == "2026-11-23T00:00:00Z"
    assert (overview.assigned, overview.set_entries, overview.unpublished) == (1, 1, 1)


def test_a_ledger_behind_the_published_list_publishes_nothing(ledger: StatusLedger) -> None:
    """As after a backup was restored: what was revoked since must not come back to life."""
    assign(ledger, ONE)
    now_served = publish(ledger)
    assert publish(ledger, served=now_served)
    later = REVOCATIONS.document([], NOW + timedelta(hours=1))
    assert refused(lambda: publish(ledger, served=later)) == "STATUS_LEDGER_BEHIND"
    revoking = REVOCATIONS.document([77], NOW)
    assert refused(lambda: publish(ledger, served=revoking)) == "STATUS_LEDGER_BEHIND"
    another = {**now_served, "id": "https://issuer.example/else"}
    assert refused(lambda: publish(ledger, served=another)) == "STATUS_LIST_OTHER"


def test_a_suspension_may_end_between_two_publications(ledger: StatusLedger) -> None:
    assign(ledger, ONE, "pauses")
    ledger.suspend(ONE, "Under inquiry", NOW)
    served = publish(ledger, "pauses")
    ledger.reinstate(ONE, "Cleared", NOW)
    assert published(ledger, "pauses", served=served) == set()


# What holds whatever the software does -------------------------------------------------------

TAMPERING = [
    "UPDATE status_changes SET is_set = 0",
    "DELETE FROM status_changes",
    "UPDATE status_entries SET credential_id = 'urn:uuid:9'",
    "DELETE FROM status_entries",
    "UPDATE status_lists SET purpose = 'suspension'",
    "DELETE FROM status_publications",
    "INSERT INTO status_changes VALUES (2, 'withdrawals', {index}, 0, 'oops', 'now')",
    "INSERT INTO status_changes VALUES (9, 'withdrawals', {index}, 1, 'oops', 'now')",
    "INSERT INTO status_changes VALUES (2, 'withdrawals', -5, 1, 'oops', 'now')",
    "INSERT INTO status_entries VALUES ('withdrawals', {index}, 'urn:uuid:9', 'now')",
    "INSERT INTO status_entries VALUES ('withdrawals', 5, 'urn:uuid:1', 'now')",
    "UPDATE status_list_counts SET given_out = given_out - 1",
    "UPDATE status_list_counts SET given_out = 9",
    "DELETE FROM status_list_counts",
]


def test_the_database_itself_refuses_to_forget(ledger: StatusLedger, database: Engine) -> None:
    index = assign(ledger, ONE)
    ledger.revoke(ONE, "Fraud", NOW)
    publish(ledger)
    for statement in TAMPERING:
        with pytest.raises((DatabaseError, DBAPIError)), writing(database) as connection:
            connection.execute(text(statement.format(index=index)))
    assert published(ledger) == {index}


def test_the_tables_are_as_the_migrations_make_them(database: Engine) -> None:
    inspector = inspect(database)
    for table in METADATA.sorted_tables:
        columns = {
            column["name"]: column["nullable"] for column in inspector.get_columns(table.name)
        }
        assert columns == {column.name: bool(column.nullable) for column in table.columns}


def fill(engine: Engine, name: str, first: int, count: int) -> None:
    entry = "INSERT INTO status_entries VALUES (:name, :index, :credential, 'now')"
    rows = [
        {"name": name, "index": index, "credential": f"urn:filled:{index}"}
        for index in range(first, first + count)
    ]
    with writing(engine) as connection:
        connection.execute(text(entry), rows)


def test_lists_that_are_there_already_are_counted_and_older_software_goes_on(
    database_url: str,
) -> None:
    older = open_database(database_url)
    migrate_to(older, "0005")
    with writing(older) as connection:
        for name in ("withdrawals", "other"):
            made = f"'{name}', 'https://{name}.example', '{ISSUER}', 'revocation', 131072"
            connection.execute(text(f"INSERT INTO status_lists VALUES ({made}, 60, 60, 'now')"))
    fill(older, "withdrawals", 0, 7)
    migrate(older)
    fill(older, "other", 0, 2)
    ledger = StatusLedger(older, secrets.randbelow)
    assign(ledger, ONE)
    counts = {one.status_list.name: one.assigned for one in ledger.lists()}
    assert counts == {"withdrawals": 8, "other": 2}
    older.dispose()


def test_an_entry_takes_as_long_however_many_are_given_out(tmp_path: Path) -> None:
    """Steps of SQLite's machine are counted, and not time."""
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    steps: Counter[str] = Counter()
    event.listen(
        engine,
        "connect",
        lambda connection, _record: connection.set_progress_handler(
            lambda: steps.update(["taken"]), 1
        ),
    )
    migrate(engine)
    numbers = count(100_000)
    ledger = StatusLedger(engine, lambda _most: next(numbers))
    ledger.make_list(REVOCATIONS, NOW)
    taken = []
    for filled in (1, 2_000):
        fill(engine, "withdrawals", filled, filled)
        steps.clear()
        assign(ledger, f"urn:uuid:{filled}")
        taken.append(steps["taken"])
    engine.dispose()
    assert 0 < taken[1] <= taken[0] + 10


def test_many_at_once_never_get_the_same_index(ledger: StatusLedger, database_url: str) -> None:
    """Each draws from so few numbers that they would collide at once."""
    barrier = threading.Barrier(4)

    def work(worker: int) -> Iterator[int]:
        engine = open_database(database_url)
        own = StatusLedger(engine, lambda _most: random.Random().randrange(60))
        barrier.wait()
        yield from [assign(own, f"urn:uuid:{worker}-{number}") for number in range(10)]
        engine.dispose()

    with ThreadPoolExecutor(4) as pool:
        given = [
            index
            for indexes in pool.map(lambda one: list(work(one)), range(4))
            for index in indexes
        ]
    assert len(given) == len(set(given)) == 40


# Processes that are killed -------------------------------------------------------------------

KILLS = 8


def withdraw_until_killed(url: str, life: int, acknowledged: Connection) -> None:
    """Assign and revoke without end, and tell each index once it is set."""
    engine = open_database(url)
    ledger = StatusLedger(engine, secrets.randbelow)
    for number in count():
        credential = f"urn:life:{life}:{number}"
        index = assign(ledger, credential)
        ledger.revoke(credential, "Fraud", NOW)
        acknowledged.send_bytes(str(index).encode())


def test_killed_processes_lose_no_revocation_that_was_confirmed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'status.sqlite'}"
    engine = open_database(url)
    migrate(engine)
    ledger = StatusLedger(engine, secrets.randbelow)
    ledger.make_list(REVOCATIONS, NOW)
    chance, confirmed = random.Random(20261123), []
    for life in range(KILLS):
        reader, writer = PROCESSES.Pipe(duplex=False)
        process = PROCESSES.Process(
            target=withdraw_until_killed, args=(url, life, writer), daemon=True
        )
        process.start()
        writer.close()
        confirmed += [int(reader.recv_bytes()) for _one in range(1 + chance.randrange(4))]
        time.sleep(chance.uniform(0, 0.01))
        process.kill()
        process.join()
        with suppress(EOFError):
            while True:
                confirmed.append(int(reader.recv_bytes()))
        reader.close()
    assert len(set(confirmed)) == len(confirmed) >= KILLS
    assert published(ledger) >= set(confirmed)
    engine.dispose()
