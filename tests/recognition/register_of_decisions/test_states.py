"""How cases stand: by their decision in force, with what is about that one."""

from __future__ import annotations

from recognition.register_of_decisions import (
    Appeal,
    RegisterOfDecisions,
    ReviewMark,
    Ruling,
    Supersession,
)
from recognition.register_of_decisions.recording import Record
from recognition.register_of_decisions.states import case_states
from tests.recognition.decision_factories import RECORDED, decision, inputs, payload, refusal


def test_a_case_stands_as_its_decision_in_force_does(register: RegisterOfDecisions) -> None:
    later = Supersession("case-1", 2, payload(), inputs(), "board", "It is so.", Ruling.UPHELD)
    records: list[tuple[Record, tuple[str, int, bool, int]]] = [
        (decision(data=refusal()), ("REFUSE", 1, False, 0)),
        (ReviewMark("case-1", 1, "carla", "GRANT", ""), ("REFUSE", 1, False, 1)),
        (Appeal("case-1", 1, "did:key:z", "It is not so."), ("REFUSE", 1, True, 1)),
        (later, ("GRANT", 2, False, 0)),
        (ReviewMark("case-1", 1, "dora", "GRANT", ""), ("GRANT", 2, False, 0)),
        (ReviewMark("case-1", 2, "dora", "GRANT", ""), ("GRANT", 2, False, 1)),
    ]
    for record, expected in records:
        register.record(record, recorded_at=RECORDED)
        [state] = case_states(register.entries())
        assert (state.outcome, state.revision, state.is_appealed, state.marks) == expected


def test_a_person_must_decide_what_was_referred_or_appealed(register: RegisterOfDecisions) -> None:
    for number, data in enumerate((payload(outcome="REFER", granted=None), refusal(), payload())):
        register.record(decision(f"case-{number}", data), recorded_at=RECORDED)
    register.record(Appeal("case-1", 1, "did:key:z", "It is not so."), recorded_at=RECORDED)
    assert [one.is_open for one in case_states(register.entries())] == [True, True, False]
    assert register.count_cases() == 3
