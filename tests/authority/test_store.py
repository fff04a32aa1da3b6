"""What an authority keeps: on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text

from authority.errors import ChangedMeanwhileError
from authority.store import AuthorityStore, HandedIn, Inbox
from authority.store.submissions import State, Step
from service import DatabaseError, writing
from service.errors import ConflictError
from service.people import Act, User
from tests.authority.desk.world import ACT, course

AT_ONCE = 6
"""How many people do the same at the same time."""


@pytest.fixture
def store(database: Engine) -> AuthorityStore:
    return AuthorityStore(database)


def at_once(act: Callable[[], object]) -> Counter[str]:
    """Have several people do something at the same time; count what became of it."""

    def told(_number: int) -> str:
        try:
            act()
        except ChangedMeanwhileError:
            return "too late"
        return "done"

    with ThreadPoolExecutor(AT_ONCE) as people:
        return Counter(people.map(told, range(AT_ONCE)))


def test_of_several_people_who_propose_at_once_one_does_and_the_others_are_told(
    store: AuthorityStore,
) -> None:
    (made,) = store.submissions.add(ACT, [HandedIn("Polytechnic", course())])
    step, when = Step.to(State.PROPOSED, "proposed"), frozenset({State.RECEIVED})
    done = at_once(lambda: store.submissions.take(ACT, made, 1, step, when=when))
    assert done == {"done": 1, "too late": AT_ONCE - 1}
    assert store.submissions.get(made).revision == 2
    kinds = Counter(remark.kind for remark in store.submissions.remarks(made))
    assert kinds == {"received": 1, "proposed": 1, "too-late": AT_ONCE - 1}


def test_an_edition_is_signed_once_however_many_sign_it(store: AuthorityStore) -> None:
    done = at_once(lambda: store.editions.add(ACT, 1, f"sha256:{'0' * 64}", b"\x00\xff"))
    assert done == {"done": 1, "too late": AT_ONCE - 1}
    assert store.editions.data(1) == b"\x00\xff"
    assert [one.kind for one in store.office.about("1")] == ["edition.signed"]


def test_of_two_heads_who_take_each_others_role_at_once_one_stays(store: AuthorityStore) -> None:
    office = store.office
    ana, rui = (
        office.people.add(ACT, email=f"{name}@nz.example", name=name) for name in ("ana", "rui")
    )
    for one in (ana, rui):
        office.grant(ACT, one.id, "head")

    def takes(by: User, of: User) -> str:
        try:
            office.withdraw(Act(f"user:{by.id}", ACT.at), of.id, "head")
        except ConflictError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(2) as people:
        done = sorted(people.map(takes, (ana, rui), (rui, ana)))
    assert done == ["LAST_KEEPER", "done"]
    assert sorted(len(office.roles(one.id)) for one in (ana, rui)) == [0, 1]


def test_courses_are_found_by_words_whatever_signs_are_in_them(store: AuthorityStore) -> None:
    titles = ("100 % welding", "Reo_Māori", "Plumbing \\ gas", "Straße")
    store.submissions.add(ACT, [HandedIn("Polytechnic", course(title=one)) for one in titles])
    for words, found in (("%", titles[0]), ("_MĀORI", titles[1]), ("\\", titles[2]),
                         ("STRASSE", titles[3])):  # fmt: skip
        assert [one.title for one in store.submissions.page(Inbox(words)).items] == [found]


def test_the_log_takes_no_change(store: AuthorityStore) -> None:
    store.submissions.add(ACT, [HandedIn("Polytechnic", course())])
    for statement in ("UPDATE authority_log SET actor = 'x'", "DELETE FROM authority_log"):
        with (
            pytest.raises(DatabaseError, match="only grows"),
            writing(store.engine) as connection,
        ):
            connection.execute(text(statement))
