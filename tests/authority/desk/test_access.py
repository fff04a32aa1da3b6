"""Who gets at what: every page of the desk, for every role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from authority.desk import Role
from authority.desk.services import RIGHTS, Right
from authority.drafting import ACCREDITATIONS, LISTINGS
from authority.store.submissions import new_answer_secret
from tests.authority.desk.world import ACT, HTML, World, desk_world


@pytest.fixture(scope="module")
def furnished(shared_url: str) -> Iterator[tuple[World, dict[str, str]]]:
    """Return a desk with one of everything, by the names that addresses give them."""
    world = desk_world(shared_url)
    rows = world.store.next_edition.rows()
    (listing,) = [one.id for one in rows if one.kind == LISTINGS]
    (accreditation,) = [one.id for one in rows if one.kind == ACCREDITATIONS]
    key, _secret = world.store.api_keys.make(ACT, "Polytechnic")
    world.store.editions.add(ACT, 1, f"sha256:{'0' * 64}", b"{}")
    ids = {
        "submission": world.submission(),
        "listing": listing,
        "accreditation": accreditation,
        "person": world.user("officer", email="officer@nz.example").id,
        "key": key.id,
        "number": "1",
    }
    yield world, ids
    world.store.engine.dispose()


def asked(world: World) -> list[tuple[str, str, str, str]]:
    """Name every page of the desk: endpoint, method, rule, right."""
    found = []
    rights = world.room.rights
    for rule in world.application.url_map.iter_rules():
        if rule.endpoint in rights:
            (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            found.append((rule.endpoint, method, rule.rule, rights[rule.endpoint]))
    return sorted(found)


def status(client: FlaskClient, method: str, rule: str, ids: dict[str, str]) -> int:
    kind = "accreditation" if "/accreditations/" in rule else "listing"
    address = rule.replace("<row>", ids[kind])
    for name, value in ids.items():
        address = address.replace(f"<{name}>", value)
    assert "<" not in address
    return client.open(address, method=method, headers=HTML).status_code


def test_every_guarded_page_is_in_the_matrix(furnished: tuple[World, dict[str, str]]) -> None:
    world = furnished[0]
    rules = [one for one in world.application.url_map.iter_rules() if one.rule.startswith("/desk")]
    open_to_all = ("sign", "setup", "second", "you", "answer", "assets")
    guarded = [one for one in rules if not one.rule.removeprefix("/desk/").startswith(open_to_all)]
    assert len(guarded) == len(asked(world)) > 25
    assert {right for *_rest, right in asked(world)} == set(Right)


@pytest.mark.parametrize("role", [*Role, None])
def test_a_page_is_opened_by_its_right_alone(
    furnished: tuple[World, dict[str, str]], role: Role | None
) -> None:
    world, ids = furnished
    client = world.client(None if role is None else role.value)
    wrong = []
    for endpoint, method, rule, right in asked(world):
        if role is None:
            expected = {303} if method == "GET" else {401}
        elif right in RIGHTS[role]:
            continue
        else:
            expected = {403}
        if status(client, method, rule, ids) not in expected:
            wrong.append(endpoint)
    assert wrong == []


def test_whoever_may_can_open_every_page(furnished: tuple[World, dict[str, str]]) -> None:
    world, ids = furnished
    user = world.user(*(role.value for role in Role), email="everybody@nz.example")
    client = world.application.test_client()
    secret = world.store.office.sessions.begin(user, world.services.now())
    client.set_cookie("tallystick-authority_desk", secret, path="/desk")
    opened = {
        endpoint: status(client, method, rule, ids)
        for endpoint, method, rule, _right in asked(world)
        if method == "GET" and "next_edition" not in endpoint
    }
    assert set(opened.values()) == {200}


def test_what_is_not_there_is_not_found(furnished: tuple[World, dict[str, str]]) -> None:
    world, ids = furnished
    client = world.client("auditor")
    for address in ("submissions/x", "listings/x", "accreditations/x", "editions/99/edition.json",
                    f"listings/{ids['accreditation']}", "editions/²/edition.json"):  # fmt: skip
        assert client.get(f"/desk/{address}", headers=HTML).status_code == 404
    secret, _digest = new_answer_secret()
    assert client.get(f"/desk/answer/{secret}", headers=HTML).status_code == 404


def test_roles_are_divided_so_that_two_people_stand_behind_a_listing() -> None:
    for role in Role:
        assert not {Right.RATE, Right.APPROVE} <= RIGHTS[role]
    assert RIGHTS[Role.AUDITOR] == {Right.READ, Right.AUDIT}


@pytest.mark.parametrize("role", Role)
def test_nobody_gives_themselves_a_role(
    furnished: tuple[World, dict[str, str]], role: Role
) -> None:
    world, client = furnished[0], furnished[0].client(role.value)
    user = world.user(role.value, email=f"{role}@nz.example")
    every = {f"role-{one.value}": "yes" for one in Role}
    own = client.post(f"/desk/people/{user.id}/roles", data=every, headers=HTML)
    added = client.post("/desk/people", data={**every, "email": user.email}, headers=HTML)
    expected = 422 if role is Role.HEAD else 403
    assert (own.status_code, added.status_code) == (expected, expected)
    assert world.store.office.roles(user.id) == {role.value}


def test_whoever_lacks_a_role_is_told_which_and_who_gives_it(
    furnished: tuple[World, dict[str, str]],
) -> None:
    world, _ids = furnished
    client, head = world.client("officer"), world.user("head", email="hana@nz.example")
    sent = client.get("/desk/people", headers=HTML)
    assert sent.status_code == 403
    assert "One of these roles is needed" in sent.text
    assert head.email in sent.text
    assert "Necesita" in client.get("/desk/people?lang=es", headers=HTML).text


def test_forms_of_other_sites_are_refused(furnished: tuple[World, dict[str, str]]) -> None:
    world, _ids = furnished
    headers = {**HTML, "Sec-Fetch-Site": "cross-site"}
    sent = world.client("head").post("/desk/keys", data={"name": "x"}, headers=headers)
    assert sent.status_code == 403
