"""Recording: once each, one winner, nothing changed later; appeals, supersession, review marks."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import timedelta
from multiprocessing import get_context

import pytest
from sqlalchemy import Engine, insert, text

from recognition.errors import RecognitionError
from recognition.register_of_decisions import (
    Appeal,
    AppealError,
    CaseDecidedError,
    Decision,
    Entry,
    EntryKind,
    RegisterError,
    RegisterOfDecisions,
    ReviewMark,
    Ruling,
    Supersession,
)
from recognition.register_of_decisions.tables import ENTRIES
from service import DatabaseError, open_database, writing
from tests.recognition.decision_factories import (
    ACHIEVEMENT,
    ISSUER,
    RECORDED,
    decision,
    inputs,
    payload,
    refusal,
    source,
)

ASSESSED = payload(
    **{"class": "assessor", "assessor": {"id": "anna", "secondReader": "ben", "reason": "why"}}
)


def supersession(revision: int = 2, **changes: object) -> Supersession:
    members = {
        "case_id": "case-1",
        "revision": revision,
        "payload": refusal(),
        "inputs": inputs(),
        "by": "registrar",
        "reason": "The register was corrected.",
        **changes,
    }
    return Supersession(**members)  # type: ignore[arg-type]


def appeal(revision: int = 1, **changes: str) -> Appeal:
    members = {"by": "did:key:zApplicant", "grounds": "The hours were misread.", **changes}
    return Appeal("case-1", revision, **members)


def mark(marker: str = "carla", outcome: str = "GRANT") -> ReviewMark:
    return ReviewMark("case-1", 1, marker, outcome, "")


def kinds(register: RegisterOfDecisions) -> list[str]:
    return [entry.kind.value for entry in register.entries()]


def test_a_decision_is_recorded_with_its_bytes(register: RegisterOfDecisions) -> None:
    entry = register.record(decision(), recorded_at=RECORDED)
    assert entry == register.case("case-1")[0]
    assert (entry.sequence, entry.kind, entry.revision) == (1, EntryKind.DECISION, 1)
    assert entry.recorded_at == "2026-03-02T10:30:00Z"
    assert (entry.payload, entry.inputs) == (payload(), inputs())
    assert register.checkpoint().to_json() == {"count": 1, "head": entry.entry_hash.hex()}


def test_the_same_decision_twice_is_one_entry(register: RegisterOfDecisions) -> None:
    first = register.record(decision(), recorded_at=RECORDED)
    again = register.record(decision(), recorded_at=RECORDED + timedelta(hours=1))
    assert again == first
    assert kinds(register) == ["decision"]


def test_who_comes_second_is_told_whose_entry_won(register: RegisterOfDecisions) -> None:
    winner = register.record(decision(), recorded_at=RECORDED)
    with pytest.raises(CaseDecidedError) as caught:
        register.record(decision(data=refusal()), recorded_at=RECORDED)
    assert (caught.value.sequence, caught.value.entry_id) == (winner.sequence, winner.id)
    assert winner.id in caught.value.message
    assert kinds(register) == ["decision"]


def test_the_inputs_belong_to_the_decision(register: RegisterOfDecisions) -> None:
    register.record(decision(), recorded_at=RECORDED)
    with pytest.raises(CaseDecidedError):
        register.record(Decision("case-1", payload(), inputs(more="1")), recorded_at=RECORDED)


def attempt(url: str, outcome: str) -> tuple[str, str]:
    """Decide the case, and tell the own entry or that of who was faster."""
    engine = open_database(url)
    register = RegisterOfDecisions(engine)
    try:
        own = decision(data=payload(reasons=[outcome]))
        return "won", register.record(own, recorded_at=RECORDED).id
    except CaseDecidedError as error:
        return "lost", error.entry_id
    finally:
        engine.dispose()


def test_of_two_threads_that_decide_one_case_one_wins(
    register: RegisterOfDecisions, database_url: str
) -> None:
    for round_ in range(10):
        barrier = threading.Barrier(4)

        def decide(number: int, round_: int = round_, wait: threading.Barrier = barrier) -> str:
            wait.wait()
            own = decision(f"case-{round_}", payload(reasons=[str(number)]))
            try:
                return register.record(own, recorded_at=RECORDED).id
            except CaseDecidedError as error:
                return error.entry_id

        with ThreadPoolExecutor(4) as pool:
            told = set(pool.map(decide, range(4)))
        assert told == {entry.id for entry in register.case(f"case-{round_}")}
        assert len(told) == 1


def test_of_two_processes_that_decide_one_case_one_wins(
    register: RegisterOfDecisions, database_url: str
) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        told = list(pool.map(attempt, [database_url] * 4, ["A", "B", "C", "D"]))
    assert sorted(standing for standing, _entry in told) == ["lost", "lost", "lost", "won"]
    assert {entry_id for _standing, entry_id in told} == {
        entry.id for entry in register.case("case-1")
    }


def test_a_correction_takes_the_place_and_the_old_decision_stays(
    register: RegisterOfDecisions,
) -> None:
    old = register.record(decision(), recorded_at=RECORDED)
    new = register.record(supersession(), recorded_at=RECORDED)
    assert register.case("case-1") == (old, new)
    assert json.loads(new.statement) == {
        "because": "correction",
        "by": "registrar",
        "reason": "The register was corrected.",
        "supersedes": old.id,
    }
    assert list(register.decisions_in_force()) == [new]
    assert list(register.decisions()) == [old, new]
    assert register.count_decisions() == 2
    assert register.record(supersession(), recorded_at=RECORDED) == new


def test_of_two_corrections_the_second_sees_the_first(register: RegisterOfDecisions) -> None:
    register.record(decision(), recorded_at=RECORDED)
    new = register.record(supersession(), recorded_at=RECORDED)
    with pytest.raises(CaseDecidedError) as caught:
        register.record(supersession(reason="Another one."), recorded_at=RECORDED)
    assert caught.value.entry_id == new.id
    third = register.record(supersession(3), recorded_at=RECORDED)
    assert list(register.decisions_in_force()) == [third]


@pytest.mark.parametrize("ruling", list(Ruling))
def test_a_ruling_on_an_appeal_leads_to_a_superseding_decision(
    register: RegisterOfDecisions, ruling: Ruling
) -> None:
    register.record(decision(), recorded_at=RECORDED)
    filed = register.record(appeal(), recorded_at=RECORDED)
    assert register.record(appeal(), recorded_at=RECORDED + timedelta(days=1)) == filed
    new = register.record(supersession(ruling=ruling), recorded_at=RECORDED)
    assert json.loads(new.statement)["because"] == ruling.value
    assert kinds(register) == ["decision", "appeal", "supersession"]


def test_a_pending_appeal_is_answered_and_not_passed_over(register: RegisterOfDecisions) -> None:
    register.record(decision(), recorded_at=RECORDED)
    register.record(appeal(), recorded_at=RECORDED)
    with pytest.raises(AppealError) as caught:
        register.record(supersession(), recorded_at=RECORDED)
    assert caught.value.code == "APPEAL_PENDING"


def test_there_is_no_ruling_without_an_appeal(register: RegisterOfDecisions) -> None:
    register.record(decision(), recorded_at=RECORDED)
    with pytest.raises(AppealError) as caught:
        register.record(supersession(ruling=Ruling.UPHELD), recorded_at=RECORDED)
    assert caught.value.code == "NO_APPEAL"


def test_a_decision_is_appealed_once_and_while_it_is_in_force(
    register: RegisterOfDecisions,
) -> None:
    register.record(decision(), recorded_at=RECORDED)
    register.record(appeal(), recorded_at=RECORDED)
    with pytest.raises(AppealError) as caught:
        register.record(appeal(grounds="Other grounds."), recorded_at=RECORDED)
    assert caught.value.code == "ALREADY_APPEALED"
    new = register.record(supersession(ruling=Ruling.DISMISSED), recorded_at=RECORDED)
    with pytest.raises(CaseDecidedError) as late:
        register.record(appeal(grounds="Other grounds."), recorded_at=RECORDED)
    assert late.value.entry_id == new.id
    assert register.record(appeal(2), recorded_at=RECORDED).revision == 2


@pytest.mark.parametrize("record", [supersession(), appeal(), mark(), supersession(9)])
def test_what_is_about_a_decision_that_is_not_there_is_refused(
    register: RegisterOfDecisions, record: Supersession | Appeal | ReviewMark
) -> None:
    with pytest.raises(RegisterError) as caught:
        register.record(record, recorded_at=RECORDED)
    assert caught.value.code == "REVISION_UNKNOWN"
    assert kinds(register) == []


def test_a_reviewer_marks_once_and_is_not_who_decided(register: RegisterOfDecisions) -> None:
    register.record(decision(data=ASSESSED), recorded_at=RECORDED)
    first = register.record(mark(), recorded_at=RECORDED)
    assert register.record(mark(), recorded_at=RECORDED) == first
    assert json.loads(first.statement)["outcome"] == "GRANT"
    register.record(mark("dora", "REFER"), recorded_at=RECORDED)
    codes = []
    for record in (mark(outcome="REFUSE"), mark("anna"), mark("ben")):
        with pytest.raises(RegisterError) as caught:
            register.record(record, recorded_at=RECORDED)
        codes.append(caught.value.code)
    assert codes == ["MARK_DIFFERS", "MARKER_DECIDED", "MARKER_DECIDED"]
    assert kinds(register) == ["decision", "review-mark", "review-mark"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Decision("", payload(), inputs()),
        lambda: Decision("a\nb", payload(), inputs()),
        lambda: Decision("a\x00", payload(), inputs()),
        lambda: Decision("x" * 501, payload(), inputs()),
        lambda: Decision("case-1", b"{}", inputs()),
        lambda: Decision("case-1", payload(), b""),
        lambda: supersession(reason=" "),
        lambda: supersession(by=""),
        lambda: supersession(payload=b"[]"),
        lambda: appeal(grounds=""),
        lambda: appeal(grounds="x" * 10_001),
        lambda: mark(outcome="MAYBE"),
        lambda: ReviewMark("case-1", 1, "carla", "GRANT", "x" * 10_001),
    ],
)
def test_what_nobody_could_read_later_is_refused(make: object) -> None:
    with pytest.raises(RecognitionError):
        make()  # type: ignore[operator]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decision_entries SET revision = 7",
        "DELETE FROM decision_entries WHERE sequence = 1",
        "UPDATE decision_sources SET issuer = 'x'",
        "DELETE FROM decision_sources",
    ],
)
def test_the_database_itself_refuses_every_change(
    register: RegisterOfDecisions, database: Engine, statement: str
) -> None:
    entry = register.record(decision(), recorded_at=RECORDED)
    with pytest.raises(DatabaseError, match="append-only"), writing(database) as connection:
        connection.execute(text(statement))
    assert register.case("case-1") == (entry,)


def row(entry: Entry, **changes: object) -> dict[str, object]:
    names = [column.name for column in ENTRIES.columns]
    return {**{name: getattr(entry, name) for name in names}, **changes}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"sequence": 3, "entry_hash": bytes(31) + b"\x01"},
        {"sequence": 2, "entry_hash": bytes(31) + b"\x01"},
        {"sequence": 2, "entry_hash": bytes(31) + b"\x01", "case_id": "case-2"},
        {"sequence": 0, "entry_hash": bytes(31) + b"\x01", "case_id": "case-2"},
    ],
)
def test_the_database_itself_takes_only_what_follows(
    register: RegisterOfDecisions, database: Engine, changes: dict[str, object]
) -> None:
    """Among them: a second decision of a case, and an entry that names another one before it."""
    entry = register.record(decision(), recorded_at=RECORDED)
    with pytest.raises(DatabaseError), writing(database) as connection:
        connection.execute(insert(ENTRIES).values(**row(entry, **changes)))
    assert list(register.entries()) == [entry]


def test_two_first_decisions_of_a_case_never_stand_in_the_database(
    register: RegisterOfDecisions, database: Engine
) -> None:
    entry = register.record(decision(), recorded_at=RECORDED)
    second = row(entry, sequence=2, previous_hash=entry.entry_hash, entry_hash=bytes(31) + b"\x01")
    with pytest.raises(DatabaseError), writing(database) as connection:
        connection.execute(insert(ENTRIES).values(**second))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_replaces_nothing(register: RegisterOfDecisions, database: Engine) -> None:
    entry = register.record(decision(), recorded_at=RECORDED)
    second = row(entry, sequence=2, previous_hash=entry.entry_hash, entry_hash=bytes(31) + b"\x01")
    for values in (row(entry), second):
        for pragma in ("ON", "OFF"):
            with database.connect() as connection:
                connection.execute(text(f"PRAGMA recursive_triggers = {pragma}"))
                with pytest.raises(Exception, match=r"append-only|replaces none"):
                    connection.execute(insert(ENTRIES).prefix_with("OR REPLACE").values(**values))
    assert list(register.entries()) == [entry]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_is_not_emptied(register: RegisterOfDecisions, database: Engine) -> None:
    register.record(decision(), recorded_at=RECORDED)
    with pytest.raises(DatabaseError, match="append-only"), writing(database) as connection:
        connection.execute(text("TRUNCATE decision_entries CASCADE"))
    assert kinds(register) == ["decision"]


def test_an_entry_and_its_sources_are_written_together(
    register: RegisterOfDecisions, database: Engine
) -> None:
    with writing(database) as connection:
        for statement in _failing_trigger(database.dialect.name):
            connection.execute(text(statement))
    with pytest.raises(DatabaseError, match="broken"):
        register.record(decision(), recorded_at=RECORDED)
    assert kinds(register) == []


def _failing_trigger(dialect: str) -> list[str]:
    trigger = "CREATE TRIGGER broken BEFORE INSERT ON decision_sources"
    if dialect == "sqlite":
        return [f"{trigger} BEGIN SELECT RAISE(ABORT, 'broken'); END"]
    body = "$$ BEGIN RAISE EXCEPTION 'broken'; END $$"
    return [
        f"CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS {body}",
        f"{trigger} FOR EACH ROW EXECUTE FUNCTION broken()",
    ]


def test_precedents_are_found_by_issuer_and_achievement(register: RegisterOfDecisions) -> None:
    other = source(issuer="did:web:other.example")
    two = payload(sources=[source(version="2024"), source(), source(achievement=None)])
    entries = [
        register.record(decision("case-1"), recorded_at=RECORDED),
        register.record(decision("case-2", payload(sources=[other])), recorded_at=RECORDED),
        register.record(decision("case-3", two), recorded_at=RECORDED),
        register.record(
            decision("case-4", refusal(allowedAsPrecedent=False)), recorded_at=RECORDED
        ),
    ]
    register.record(appeal(), recorded_at=RECORDED)
    new = register.record(supersession(ruling=Ruling.UPHELD), recorded_at=RECORDED)
    found = register.precedents(issuer=ISSUER, achievement=ACHIEVEMENT)
    assert [(one.id, one.superseded_by, one.is_appealed) for one in found] == [
        (entries[0].id, new.id, True),
        (entries[2].id, None, False),
        (entries[3].id, None, False),
        (new.id, None, False),
    ]
    assert [(one.case_id, one.revision) for one in found] == [
        ("case-1", 1),
        ("case-3", 1),
        ("case-4", 1),
        ("case-1", 2),
    ]
    assert found[1].payload == two
    assert register.precedents(issuer=ISSUER, achievement="https://none.example") == ()


def test_many_entries_are_read_in_pages(
    register: RegisterOfDecisions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recognition.register_of_decisions.register.PAGE_ENTRIES", 3)
    recorded = [
        register.record(decision(f"case-{number}"), recorded_at=RECORDED) for number in range(9)
    ]
    assert list(register.entries()) == recorded
    assert list(register.decisions_in_force()) == recorded
    assert register.check_chain() == register.checkpoint()


def test_who_reads_page_by_page_misses_no_case_that_is_superseded_meanwhile(
    register: RegisterOfDecisions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recognition.register_of_decisions.register.PAGE_ENTRIES", 1)
    register.record(decision("case-0"), recorded_at=RECORDED)
    register.record(decision("case-1"), recorded_at=RECORDED)
    reader = register.decisions_in_force()
    read = [next(reader).case_id]
    register.record(supersession(), recorded_at=RECORDED)
    assert [*read, *(entry.case_id for entry in reader)] == ["case-0", "case-1"]
