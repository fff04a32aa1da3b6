"""The people of a desk: registrars give roles to others, and never to themselves."""

from __future__ import annotations

import pytest

from recognition.desk import Role
from tests.recognition.desk.desks import TestDesk

PEOPLE = "/desk/people"


@pytest.mark.parametrize("role", Role)
def test_nobody_gives_themselves_a_role(desk: TestDesk, role: Role) -> None:
    person = desk.person(role)
    browser = desk.browser(person)
    every = {f"role-{one.value}": "yes" for one in Role}
    own = browser.post(f"{PEOPLE}/{person.id}/roles", **every)
    added = browser.post(PEOPLE, email=person.email, **every)
    expected = 422 if role is Role.REGISTRAR else 403
    assert (own.status_code, added.status_code) == (expected, expected)
    assert desk.store.office.roles(person.id) == {role.value}


def test_a_registrar_gives_somebody_else_roles_and_the_page_says_whose_are_their_own(
    desk: TestDesk,
) -> None:
    browser, other = desk.browser(desk.person(Role.REGISTRAR)), desk.person(name="Ben Bird")
    form = {"role-assessor": "yes", "role-senate-member": "yes"}
    assert browser.post(f"{PEOPLE}/{other.id}/roles", **form).status_code == 303
    assert desk.store.office.roles(other.id) == {"assessor", "senate-member"}
    for language, said in (
        ("en", "Nobody changes their own roles."),
        ("fr-CA", "Personne ne modifie ses propres rôles."),
        ("es", "Nadie cambia sus propios roles."),
    ):
        assert said in browser.get(f"{PEOPLE}?lang={language}")


def test_whoever_lacks_a_role_is_told_which_and_who_gives_it(desk: TestDesk) -> None:
    desk.person(Role.REGISTRAR, name="Ana Arai")
    gone = desk.person(Role.REGISTRAR, name="Gus Gone")
    desk.store.office.people.disable(desk.act, gone.id)
    assessor = desk.browser(desk.person(Role.ASSESSOR, name="Ben Bird"))
    for language, needed, held, said in (
        ("en", "Registrar: people", "Assessor: states", "Who can give it"),
        ("fr-CA", "Registraire", "Évaluation", "Qui peut le donner"),
        ("es", "Secretaría", "Evaluación", "Quién puede darlo"),
    ):
        page = assessor.get(f"{PEOPLE}?lang={language}", 403)
        assert all(words in page for words in (needed, held, said, "ana@example.com")), language
        assert "gus@example.com" not in page
    nobody = desk.browser(desk.person(name="Nia Nobody"))
    assert "ana@example.com" not in nobody.get(PEOPLE, 403)
    assert "Secretaría" in assessor.post(PEOPLE, email="x@example.com").text
