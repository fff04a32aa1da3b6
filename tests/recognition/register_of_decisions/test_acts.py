"""Acts of oversight: what may follow what, that they stay, and that a suspension is obeyed."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from credentials.errors import TallystickError
from recognition.register_of_decisions import (
    ActKind,
    Appeal,
    CaseDecidedError,
    ChainBrokenError,
    Checkpoint,
    FiguresPublished,
    OversightActs,
    PolicyAdopted,
    PolicyName,
    PolicySuspended,
    PolicySuspendedError,
    RegisterError,
    RegisterOfDecisions,
    SampleDrawn,
    Supersession,
    SuspensionLifted,
)
from recognition.register_of_decisions.act_records import ActRecord, check_acts
from service import DatabaseError, migrate, reading, writing
from tests.recognition.decision_factories import RECORDED, decision, inputs, payload, refusal

POLICY = PolicyName("urn:example:policy", "2", "zQmPolicy")
"""The policy of the decisions of these tests."""

SUSPENDED = PolicySuspended(POLICY, "Carla", "A gate is wrong.")
LIFTED = SuspensionLifted(POLICY, "Carla", "It was right.")
OTHER = PolicyName("urn:example:policy", "3", "zQmOther")
ADOPTED = PolicyAdopted(POLICY, "did:web:senate.example", "Carla", b"{}")
DRAWN = SampleDrawn(POLICY, "Carla", "Minutes of 3 June", "1/2", 2, (("case-1", "sha256:aa"),))
FIGURES = FiguresPublished(date(2026, 1, 1), date(2026, 6, 30), "Carla", b"{}")


INSERTED = (
    "INSERT INTO oversight_acts SELECT sequence + 5, recorded_at, kind, subject, statement,"
    " document, previous_hash, entry_hash FROM oversight_acts"
)


def record(register: RegisterOfDecisions, *records: ActRecord) -> None:
    for one in records:
        register.acts.record(one, recorded_at=RECORDED)


def refused(register: RegisterOfDecisions, one: ActRecord) -> str:
    before = register.acts.all()
    with pytest.raises(RegisterError) as caught:
        record(register, one)
    assert register.acts.all() == before
    return caught.value.code


def test_acts_are_read_as_they_were_recorded(register: RegisterOfDecisions) -> None:
    record(register, ADOPTED, SUSPENDED, LIFTED, DRAWN, FIGURES)
    acts = register.acts.all()
    assert [act.kind for act in acts] == list(ActKind)
    assert [act.sequence for act in acts] == [1, 2, 3, 4, 5]
    assert acts[1].said == {
        "policy": "urn:example:policy",
        "version": "2",
        "by": "Carla",
        "reason": "A gate is wrong.",
    }
    assert acts[3].said["decisions"] == [{"case": "case-1", "decision": "sha256:aa"}]
    assert acts[4].subject == "2026-01-01/2026-06-30"
    assert register.acts.all(ActKind.DRAW) == (acts[3],)
    assert register.acts.find(2) == acts[1]
    assert register.acts.find(9) is None
    assert register.acts.check_chain() == Checkpoint(5, acts[4].entry_hash)


def test_nothing_is_recorded_that_a_suspended_policy_decides(
    register: RegisterOfDecisions,
) -> None:
    register.record(decision("case-1"), recorded_at=RECORDED)
    record(register, SUSPENDED)
    count = register.checkpoint().count
    later = Supersession("case-1", 2, refusal(), inputs(), "Ana", "Corrected.")
    for one in (decision("case-2"), later):
        with pytest.raises(PolicySuspendedError) as caught:
            register.record(one, recorded_at=RECORDED)
        assert "Carla" in caught.value.message
        assert "A gate is wrong." in caught.value.message
    assert register.checkpoint().count == count


def test_what_stands_is_told_again_and_appeals_are_taken_while_a_policy_is_suspended(
    register: RegisterOfDecisions,
) -> None:
    standing = register.record(decision("case-1"), recorded_at=RECORDED)
    record(register, SUSPENDED)
    assert register.record(decision("case-1"), recorded_at=RECORDED) == standing
    register.record(Appeal("case-1", 1, "Lea", "Misread."), recorded_at=RECORDED)
    with pytest.raises(CaseDecidedError):
        register.record(decision("case-1", refusal()), recorded_at=RECORDED)


def test_another_version_decides_meanwhile_and_the_same_one_when_it_is_lifted(
    register: RegisterOfDecisions,
) -> None:
    record(register, SUSPENDED)
    other = payload(policy={"id": OTHER.id, "version": OTHER.version, "digest": OTHER.digest})
    register.record(decision("case-1", other), recorded_at=RECORDED)
    register.acts.require_in_use(OTHER.digest)
    with pytest.raises(PolicySuspendedError):
        register.acts.require_in_use(POLICY.digest)
    record(register, LIFTED)
    register.acts.require_in_use(POLICY.digest)
    register.record(decision("case-2"), recorded_at=RECORDED)
    record(register, SUSPENDED)
    with pytest.raises(PolicySuspendedError):
        register.record(decision("case-3"), recorded_at=RECORDED)


def test_of_a_suspension_and_decisions_at_once_none_comes_after_it(
    register: RegisterOfDecisions,
) -> None:
    """Deciding and suspending wait for each other, so there is no moment between."""
    refusals: list[int] = []
    started = threading.Barrier(2)

    def decide() -> None:
        started.wait()
        for number in range(20):
            try:
                register.record(decision(f"case-{number}"), recorded_at=RECORDED)
            except PolicySuspendedError:
                refusals.append(number)

    deciding = threading.Thread(target=decide)
    deciding.start()
    started.wait()
    record(register, SUSPENDED)
    before = register.checkpoint().count
    deciding.join()
    assert register.checkpoint().count == before == 20 - len(refusals)


@pytest.mark.parametrize(
    ("first", "then", "code"),
    [
        ((), LIFTED, "NOT_SUSPENDED"),
        ((SUSPENDED,), SUSPENDED, "ALREADY_SUSPENDED"),
        ((SUSPENDED, LIFTED), LIFTED, "NOT_SUSPENDED"),
        ((ADOPTED,), replace(ADOPTED, by="Ben"), "ALREADY_ADOPTED"),
        ((ADOPTED,), replace(ADOPTED, policy=replace(POLICY, digest="zQm3")), "VERSION_TAKEN"),
        ((DRAWN,), replace(DRAWN, policy=OTHER), "SEED_USED"),
        ((FIGURES,), FIGURES, "PERIOD_OVERLAPS"),
        ((FIGURES,), replace(FIGURES, first=date(2026, 6, 30)), "PERIOD_MALFORMED"),
        (
            (FIGURES,),
            replace(FIGURES, first=date(2026, 6, 30), last=date(2026, 7, 1)),
            "PERIOD_OVERLAPS",
        ),
        ((), replace(SUSPENDED, by=" "), "NAME_MALFORMED"),
        ((), replace(SUSPENDED, by="a\u202eb"), "NAME_MALFORMED"),
        ((), replace(SUSPENDED, reason="\n"), "TEXT_MISSING"),
        ((), replace(SUSPENDED, reason="x" * 10_001), "TEXT_MISSING"),
        ((), replace(DRAWN, seed=""), "TEXT_MISSING"),
    ],
)
def test_what_may_not_follow_is_not_recorded(
    register: RegisterOfDecisions, first: tuple[ActRecord, ...], then: ActRecord, code: str
) -> None:
    record(register, *first)
    if code == "PERIOD_MALFORMED":
        then = replace(FIGURES, first=date(2026, 7, 2), last=date(2026, 7, 1))
    assert refused(register, then) == code


def test_periods_that_follow_each_other_are_published(register: RegisterOfDecisions) -> None:
    later = replace(FIGURES, first=date(2026, 7, 1), last=date(2026, 12, 31))
    record(register, FIGURES, later, replace(ADOPTED, policy=OTHER), ADOPTED)
    assert register.acts.check_chain().count == 4


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE oversight_acts SET kind = 'lifting'",
        "DELETE FROM oversight_acts",
        INSERTED,
    ],
)
def test_the_database_takes_no_change_of_an_act(
    register: RegisterOfDecisions, database: Engine, statement: str
) -> None:
    record(register, SUSPENDED)
    with pytest.raises((DBAPIError, DatabaseError)), writing(database) as connection:
        connection.execute(text(statement))
    assert register.acts.check_chain().count == 1


def test_a_changed_missing_or_exchanged_act_is_found(register: RegisterOfDecisions) -> None:
    record(register, ADOPTED, SUSPENDED, LIFTED)
    first, second, third = acts = register.acts.all()
    broken = {
        (replace(first, subject="zQmOther"), second, third): 1,
        (first, replace(second, statement=b"{}"), third): 2,
        (first, third): 2,
        (second, third): 1,
        (first, replace(second, recorded_at="2026-03-02T10:31:00Z"), third): 2,
    }
    for chain, sequence in broken.items():
        with pytest.raises(ChainBrokenError) as caught:
            check_acts(chain)
        assert caught.value.sequence == sequence
    kept = check_acts(acts)
    with pytest.raises(ChainBrokenError):
        check_acts(acts[:2], expected=kept)
    with pytest.raises(ChainBrokenError):
        check_acts(acts, expected=Checkpoint(2, bytes(32)))
    assert check_acts(acts, expected=check_acts(acts[:2])) == kept


def test_a_register_of_before_gets_the_table(database: Engine) -> None:
    migrate(database)
    with reading(database) as connection:
        assert connection.scalar(text("SELECT count(*) FROM oversight_acts")) == 0
    assert OversightActs(database).all() == ()


def test_a_suspension_is_an_error_that_says_what_to_do(register: RegisterOfDecisions) -> None:
    record(register, SUSPENDED)
    with pytest.raises(TallystickError, match="decide by another version") as caught:
        register.acts.require_in_use(POLICY.digest)
    assert caught.value.code == "POLICY_SUSPENDED"
