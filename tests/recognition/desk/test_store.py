"""What the desk keeps: on SQLite and PostgreSQL alike."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import inspect, text

from recognition.desk import Role
from recognition.desk.cases import InboxAsked, State
from recognition.desk.errors import ChangedMeanwhileError, ConflictError, NotAtDeskError
from recognition.desk.store.tables import METADATA
from service import DatabaseError, writing
from tests.recognition.desk.desks import TestDesk


def test_the_tables_are_as_the_migrations_make_them(any_desk: TestDesk) -> None:
    inspector = inspect(any_desk.store.engine)
    for table in METADATA.sorted_tables:
        made = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
        assert made == {column.name: bool(column.nullable) for column in table.columns}
        indexes = {index["name"] for index in inspector.get_indexes(table.name)}
        assert indexes >= {index.name for index in table.indexes}


def test_people_have_names_of_their_own_and_one_stays_registrar(any_desk: TestDesk) -> None:
    people, act = any_desk.store.people, any_desk.act
    ana = any_desk.person(Role.REGISTRAR)
    codes = set()
    for email, name in [
        ("ana@example.com", "Ben"), ("ben@example.com", " ana  ARAI "), ("c@d.nz", "Credential"),
    ]:  # fmt: skip
        with pytest.raises(ConflictError) as refused:
            people.add(act, email=email, name=name, roles=[Role.ASSESSOR])
        codes.add(refused.value.code)
    assert codes == {"ADDRESS_TAKEN", "NAME_TAKEN"}
    for change in (lambda: people.set_roles(act, ana.id, []), lambda: people.disable(act, ana.id)):
        with pytest.raises(ConflictError) as last:
            change()
        assert last.value.code == "LAST_REGISTRAR"
    ben = any_desk.person(Role.REGISTRAR, name="Ben Bird")
    assert people.set_roles(act, ana.id, [Role.AUDITOR]).roles == {Role.AUDITOR}
    assert [one.id for one in people.all()] == [ana.id, ben.id]


def test_a_link_sets_a_password_once_and_within_three_days(any_desk: TestDesk) -> None:
    people, act, now = any_desk.store.people, any_desk.act, any_desk.now
    ana = any_desk.person(Role.REGISTRAR)
    link = people.make_setup_link(act, ana.id)
    with pytest.raises(NotAtDeskError):
        people.of_setup_link(link, now + timedelta(days=4))
    assert people.use_setup_link(link, "argon2", now).session_version == 2
    with pytest.raises(NotAtDeskError):
        people.use_setup_link(link, "argon2", now)


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
    assert [one.kind for one in any_desk.store.audit.about(case.id)] == [
        "case.fact-stated",
        "case.received",
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
    with pytest.raises(NotAtDeskError):
        cases.of_secret("guessed")
    cases.erase(any_desk.act, case.id)
    left = cases.get(case.id)
    assert (left.state, left.contact, left.learner_name, left.applicant) == (
        State.ERASED, None, None, None,
    )  # fmt: skip
    assert cases.documents(case.id) == ()


def test_the_log_takes_no_change(any_desk: TestDesk) -> None:
    any_desk.case()
    for statement in ("UPDATE desk_audit SET actor = 'nobody'", "DELETE FROM desk_audit"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            writing(any_desk.store.engine) as connection,
        ):
            connection.execute(text(statement))
