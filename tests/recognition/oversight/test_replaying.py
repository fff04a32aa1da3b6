"""Replay: identical bytes or a difference, what a draft would change, in one process or several."""

from __future__ import annotations

import json
from functools import partial

import pytest

from credentials.jcs import canonicalize
from recognition.errors import RecognitionError
from recognition.oversight import check_replay, what_if
from recognition.register_of_decisions import Entry, EntryKind
from recognition.register_of_decisions.entries import Draft, place
from service import WorkerError, map_in_processes
from tests.recognition.decision_factories import payload, source
from tests.recognition.oversight.replays import defective, killed, same, stricter

FIELDS = ("0715", "0411", "0413")


def entry(number: int, recorded: bytes, **changes: object) -> Entry:
    carried = {**json.loads(recorded), **changes}
    inputs = canonicalize({"payload": carried})
    draft = Draft(EntryKind.DECISION, f"case-{number}", 1, recorded, inputs, b"{}")
    return place(draft, after=(number, bytes(32)), recorded_at="2026-03-02T00:00:00Z")


def decisions(count: int) -> list[Entry]:
    fields = [FIELDS[number % 3] for number in range(count)]
    return [
        entry(number, payload(sources=[source(field=field)], reasons=[str(number)]))
        for number, field in enumerate(fields)
    ]


def test_identical_bytes_are_no_difference() -> None:
    seen: list[int] = []
    replayed = check_replay(decisions(5), same, progress=seen.append)
    assert replayed.is_identical
    assert replayed.count == 5
    assert seen == [1, 2, 3, 4, 5]


def test_every_other_byte_is_a_difference() -> None:
    changed = entry(1, payload(), outcome="REFUSE", granted=None, decidedOn="2026-03-03")
    replayed = check_replay([*decisions(1), changed], same)
    assert not replayed.is_identical
    [difference] = replayed.differences
    assert (difference.id, difference.case_id) == (changed.id, "case-1")
    assert difference.members == ("decidedOn", "granted", "outcome")
    assert difference.outcomes == ("GRANT", "REFUSE")
    assert replayed.changes == {("GRANT", "REFUSE"): 1}


def test_a_member_that_is_absent_and_not_null_is_a_difference_of_bytes() -> None:
    shorter = {name: value for name, value in json.loads(payload()).items() if value is not None}
    inputs = canonicalize({"payload": shorter})
    draft = Draft(EntryKind.DECISION, "case-1", 1, payload(), inputs, b"{}")
    one = place(draft, after=(0, bytes(32)), recorded_at="2026-03-02T00:00:00Z")
    [difference] = check_replay([one], same).differences
    assert difference.members == ()
    assert what_if([one], same).is_identical


def test_a_different_policy_is_a_difference_unless_one_asks_what_if() -> None:
    other = entry(0, payload(), policy={"id": "p", "version": "3", "digest": "zQm"}, registers=[])
    assert check_replay([other], same).differences[0].members == ("policy", "registers")
    assert what_if([other], same).is_identical


def test_what_a_draft_would_change_is_told_by_decision() -> None:
    replayed = what_if(decisions(6), stricter)
    assert replayed.count == 6
    assert [(one.case_id, one.outcomes, one.members) for one in replayed.differences] == [
        ("case-0", ("GRANT", "REFUSE"), ("granted", "outcome")),
        ("case-2", ("GRANT", "NOT_DECIDED"), ()),
        ("case-3", ("GRANT", "REFUSE"), ("granted", "outcome")),
        ("case-5", ("GRANT", "NOT_DECIDED"), ()),
    ]
    assert replayed.differences[1].after is None
    assert replayed.differences[1].refused == "The draft says nothing about this field."
    assert replayed.changes == {("GRANT", "REFUSE"): 2, ("GRANT", "NOT_DECIDED"): 2}


@pytest.mark.parametrize("returned", [b"", b"[]", b"{}", b'{"b":1,"a":2}'])
def test_what_is_no_payload_is_a_difference(returned: bytes) -> None:
    [difference] = check_replay(decisions(1), lambda _inputs: returned).differences
    assert difference.after is None
    assert difference.refused


def test_nothing_to_replay_is_no_success() -> None:
    for ask in (check_replay, what_if):
        with pytest.raises(RecognitionError) as caught:
            ask([], same)
        assert caught.value.code == "NOTHING_TO_SAY"


def test_several_processes_come_to_the_same() -> None:
    mapper = partial(map_in_processes, workers=2)
    many = decisions(1_234)
    assert check_replay(many, same, mapper=mapper).is_identical
    assert what_if(iter(many), stricter, mapper=mapper) == what_if(many, stricter)


def test_only_some_decisions_wait_at_a_time() -> None:
    taken = 0

    def counted() -> object:
        nonlocal taken
        for one in decisions(3_000):
            taken += 1
            yield one

    results = map_in_processes(len_of_inputs, counted(), workers=1)  # type: ignore[arg-type]
    next(results)
    assert taken < 1_000
    results.close()  # type: ignore[attr-defined]


def len_of_inputs(one: Entry) -> int:
    return len(one.inputs)


def test_a_worker_that_was_killed_gives_no_result() -> None:
    with pytest.raises(WorkerError):
        check_replay(decisions(3), killed, mapper=partial(map_in_processes, workers=1))


def test_a_defect_is_told_and_not_counted_as_a_difference() -> None:
    for mapper in (map, partial(map_in_processes, workers=1)):
        with pytest.raises(ZeroDivisionError):
            check_replay(decisions(3), defective, mapper=mapper)
