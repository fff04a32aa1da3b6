"""Who gets at what: every page of institutions, for every role, at home and elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from issuer.console.access import RIGHTS, Right
from issuer.issuing.awards import Award
from issuer.issuing.exactly_once import ExactlyOnce
from issuer.issuing.withdrawing import Change, Withdrawing
from issuer.skills import Skill, SkillText
from issuer.store import Act, ConflictError, Recipient, Role, Scope, SkillListDraft, Tenant
from tests.databases import sqlite_copy
from tests.issuer.console.world import World, console_world
from tests.issuer.issuing.workshops import TEMPLATE

HTML = {"Accept": "text/html"}


@dataclass
class Things:
    """One of everything that an institution has, by the names that addresses give them."""

    tenant: Tenant
    ids: dict[str, str]


def furnished(world: World, name: str) -> Things:
    """Make an institution with one of everything."""
    tenant = world.tenant(name)
    act = Act(tenant.id, "test", world.clock())
    store = world.store
    person = world.user(tenant, Role.OWNER, email=f"owner@{name}.example")
    made = store.achievements.add(act, title=f"Of {name}", draft=TEMPLATE)
    store.achievements.publish(act, made.id, document=TEMPLATE, revision=1)
    upload = store.uploads.add(act, achievement_id=made.id, name="a.csv", data=b"email\na@b.co\n")
    rows = [(2, Award(Recipient(email="learner@example.com")).to_json())]
    job = store.jobs.make(act, achievement_id=made.id, rows=rows, source="a.csv")
    award = Award(Recipient(email=f"learner@{name}.example"))
    issued = ExactlyOnce(world.shop).issue(act, "key", made.id, award)
    (withdrawal,) = Withdrawing(world.shop).ask(act, [issued.id], Change("revoke", "Wrong"))
    key, _secret = store.api_keys.make(act, name="SIS", scopes=[Scope.CREDENTIALS_READ])
    skills = (Skill("https://skills.example/1", {"en": SkillText("weld pipes")}),)
    listed = store.skills.load(act, SkillListDraft("Trades", "Us", "Ours", "sha256:0"), skills)
    ids = {
        "skill_list": listed.id,
        "achievement": made.id,
        "upload": upload.id,
        "job": job.id,
        "credential": issued.id,
        "person": person.id,
        "key": key.id,
        "step": "stop",
        "suffix": "json",
        "withdrawal": withdrawal.id,
    }
    return Things(tenant, ids)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Things, Things]:
    world = console_world(sqlite_copy(tmp_path_factory.mktemp("access") / "issuer.sqlite"))
    return world, furnished(world, "home"), furnished(world, "away")


def asked(world: World) -> list[tuple[str, str, str, Right]]:
    """Name every page of institutions: endpoint, method, rule, right."""
    found = []
    for rule in world.application.url_map.iter_rules():
        if rule.endpoint in world.console.rights:
            (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            found.append((rule.endpoint, method, rule.rule, world.console.rights[rule.endpoint]))
    return sorted(found)


def status(client: FlaskClient, method: str, rule: str, tenant: Tenant, ids: dict[str, str]) -> int:
    address = rule.replace("<institution>", tenant.name)
    for name, value in ids.items():
        address = address.replace(f"<{name}>", value)
    assert "<" not in address
    return client.open(address, method=method, headers=HTML).status_code


def test_every_page_of_an_institution_is_in_the_matrix(
    both: tuple[World, Things, Things],
) -> None:
    world = both[0]
    rules = [rule for rule in world.application.url_map.iter_rules() if "/at/" in rule.rule]
    assert len(rules) == len(asked(world)) > 35
    assert {right for *_rest, right in asked(world)} == set(Right)


@pytest.mark.parametrize("role", [*Role, None])
def test_nothing_of_another_institution_is_found(
    both: tuple[World, Things, Things], role: Role | None
) -> None:
    world, home, away = both
    user = world.user(home.tenant, *([role] if role else []), email=f"the-{role}@home.example")
    client = world.client(user)
    wrong = []
    for endpoint, method, rule, right in asked(world):
        # 1. At the other institution nobody from here finds anything.
        if status(client, method, rule, away.tenant, away.ids) != 404:
            wrong.append(f"{endpoint} is found elsewhere")
        # 2. At home a page asks for its right, and whoever has no role finds nothing.
        denied = 404 if role is None else 403
        may = role is not None and right in RIGHTS[role]
        if not may and status(client, method, rule, home.tenant, home.ids) != denied:
            wrong.append(f"{endpoint} is not denied")
        # 3. What belongs to the other institution is not found under the name of this one.
        has_ids = any(f"<{name}>" in rule for name in away.ids if name not in ("step", "suffix"))
        if may and has_ids and status(client, method, rule, home.tenant, away.ids) != 404:
            wrong.append(f"{endpoint} gives away what is not here")
    assert wrong == []


def test_whoever_is_not_signed_in_is_led_there_and_changes_nothing(
    both: tuple[World, Things, Things],
) -> None:
    world, home, _away = both
    client = world.client()
    for _endpoint, method, rule, _right in asked(world):
        expected = 303 if method == "GET" else 401
        assert status(client, method, rule, home.tenant, home.ids) == expected


def test_an_owner_can_open_every_page(both: tuple[World, Things, Things]) -> None:
    world, home, _away = both
    owner = world.store.users.get(home.ids["person"])
    client = world.client(owner)
    opened = {
        endpoint: status(client, method, rule, home.tenant, home.ids)
        for endpoint, method, rule, _right in asked(world)
        if method == "GET"
    }
    assert set(opened.values()) == {200}


@pytest.mark.parametrize("role", Role)
def test_nobody_gives_themselves_a_role(both: tuple[World, Things, Things], role: Role) -> None:
    world, home, _away = both
    user = world.user(home.tenant, role, email=f"own-{role}@home.example")
    every = {f"role-{one.value}": "yes" for one in Role}
    at, client = f"/console/at/{home.tenant.name}/people", world.client(user)
    own = client.post(f"{at}/{user.id}/roles", data=every, headers=HTML)
    added = client.post(at, data={**every, "email": user.email}, headers=HTML)
    expected = 422 if role is Role.OWNER else 403
    assert (own.status_code, added.status_code) == (expected, expected)
    act = Act(home.tenant.id, f"user:{user.id}", world.clock())
    for change in (world.store.users.grant, world.store.users.withdraw):
        with pytest.raises(ConflictError) as caught:
            change(act, user.id, role)
        assert caught.value.code == "OWN_ROLES"
    assert world.store.users.roles(home.tenant.id, user.id) == {role}


def test_whoever_lacks_a_role_is_told_which_and_who_gives_it(
    both: tuple[World, Things, Things],
) -> None:
    world, home, away = both
    reviewer = world.user(home.tenant, Role.REVIEWER, email="reviewer@home.example")
    owner = world.store.users.get(home.ids["person"])
    sent = world.client(reviewer).get(f"/console/at/{home.tenant.name}/people", headers=HTML)
    assert sent.status_code == 403
    assert "Owner: everything" in sent.text
    assert "Reviewer: designs and publishes" in sent.text
    assert owner.email in sent.text
    assert world.store.users.get(away.ids["person"]).email not in sent.text


def test_forms_of_other_sites_are_refused(both: tuple[World, Things, Things]) -> None:
    world, home, _away = both
    client = world.client(world.store.users.get(home.ids["person"]))
    sent = client.post(
        f"/console/at/{home.tenant.name}/api-keys",
        data={"name": "x"},
        headers={**HTML, "Sec-Fetch-Site": "cross-site"},
    )
    assert sent.status_code == 403


def test_roles_are_divided_so_that_nobody_publishes_what_they_issue() -> None:
    for role in (Role.ISSUER, Role.REVIEWER, Role.AUDITOR):
        assert not {Right.ISSUE, Right.PUBLISH} <= RIGHTS[role]
        assert Right.MANAGE not in RIGHTS[role]
    assert RIGHTS[Role.AUDITOR] == {Right.READ, Right.AUDIT}


def test_no_institution_lets_in_an_account_whose_password_another_one_chose(
    both: tuple[World, Things, Things],
) -> None:
    world, home, away = both
    form = {"email": "dean@away.example", "name": "Dean", "role-owner": "on"}
    owners = [world.store.users.get(one.ids["person"]) for one in (home, away)]
    made, refused = (
        world.client(owner).post(f"/console/at/{one.tenant.name}/people", data=form)
        for owner, one in zip(owners, (home, away), strict=True)
    )
    assert (made.status_code, refused.status_code) == (200, 422)
    dean = world.store.users.with_email("dean@away.example")
    assert dean is not None
    assert world.store.users.roles(away.tenant.id, dean.id) == frozenset()
