"""What the desk keeps: on SQLite and PostgreSQL alike."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from recognition.desk.cases import InboxAsked, State
from recognition.desk.errors import ChangedMeanwhileError
from service import DatabaseError, writing
from service.errors import NotFoundError
from tests.recognition.desk.desks import TestDesk


def test_whoever_changes_what_somebody_else_changed_is_told_and_nothing_is_lost(
    any_desk: TestDesk,
) -> None:
    cases, act = any_desk.store.cases, any_desk.act
    case = any_desk.case()
    changed = cases.state_fact(act, case.id, 1, "overlap", "4/5", "Ana Arai")
    assert changed.version == 2
    with pytest.raises(ChangedMeanwhileError) as late:
        cases.state_fact(act, case.id, 1, "overlap", "1/5", "Ben Bird")
    assert (late.value.seen, late.value.version) == (1, 2)
    assert [one.kind for one in any_desk.store.office.about(case.id)] == [
        "case.received",
        "case.fact-stated",
    ]


def test_the_inbox_is_read_in_pages_and_searched(any_desk: TestDesk) -> None:
    cases = any_desk.store.cases
    made = []
    for number in range(5):
        any_desk.now += timedelta(seconds=number // 2)
        made.append(any_desk.case(learner_name=f"Mere {number}_%"))
    first = cases.inbox(InboxAsked(items=3))
    rest = cases.inbox(InboxAsked(items=3, after=first.following))
    assert {one.id for one in (*first.cases, *rest.cases)} == {one.id for one in made}
    assert (len(first.cases), len(rest.cases), rest.following) == (3, 2, None)
    assert first.counts == {"new": 5}
    assert [one.id for one in cases.inbox(InboxAsked(words="mere 4_%")).cases] == [made[4].id]
    assert cases.inbox(InboxAsked(words="4%_")).cases == ()
    assert cases.inbox(InboxAsked(states=(State.DECIDED,))).cases == ()


def test_a_link_of_a_learner_finds_their_case_until_it_is_erased(any_desk: TestDesk) -> None:
    cases = any_desk.store.cases
    case = any_desk.case()
    with pytest.raises(NotFoundError):
        cases.of_secret("guessed")
    cases.erase(any_desk.act, case.id)
    left = cases.get(case.id)
    assert (left.state, left.contact, left.learner_name, left.applicant) == (
        State.ERASED, None, None, None,
    )  # fmt: skip
    assert cases.documents(case.id) == ()


def test_the_log_takes_no_change(any_desk: TestDesk) -> None:
    any_desk.case()
    for statement in ("UPDATE desk_log SET actor = 'nobody'", "DELETE FROM desk_log"):
        with (
            pytest.raises(DatabaseError, match="only grows"),
            writing(any_desk.store.engine) as connection,
        ):
            connection.execute(text(statement))
