"""Setting up, signing in, passwords: nobody else gets in, and nothing is told to who tries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from issuer.store import Act, ConflictError, Role
from service.people.sessions import IDLE_LIFE, SESSION_LIFE
from service.sign_in.passwords import fault_of
from tests.issuer.console.world import CODE, PASSWORD, QUICK, World

HTML = {"Accept": "text/html"}
SET_UP = {
    "code": CODE,
    "title": "Southern Institute of Trades",
    "country": "NZ",
    "person": "Ana Tamihana",
    "email": "Ana@Example.com",
    "password": PASSWORD,
}


def sign_in(client: FlaskClient, password: str = PASSWORD, email: str = "ana@example.com") -> int:
    data = {"email": email, "password": password}
    return client.post("/console/sign-in", data=data, headers=HTML).status_code


def test_the_first_start_makes_an_institution_and_its_owner_once(world: World) -> None:
    client = world.client()
    assert "Not set up" in client.get("/console/sign-in", headers=HTML).text
    made = client.post("/console/begin", data=SET_UP, headers=HTML)
    assert made.headers["Location"] == "/console/at/southern-institute-of-trades/"
    assert client.get(made.headers["Location"], headers=HTML).status_code == 200
    (tenant,) = world.store.tenants.all()
    assert tenant.profile == {
        "name": "Southern Institute of Trades",
        "address": {"type": ["Address"], "addressCountryCode": "NZ"},
    }
    for method in ("get", "post"):
        again = getattr(world.client(), method)("/console/begin", data=SET_UP, headers=HTML)
        assert again.status_code == 404
    assert sign_in(world.client()) == 303


@pytest.mark.parametrize("code", ["", "wrong", "é", CODE[:-1]])
def test_nobody_sets_up_without_the_printed_code(world: World, code: str) -> None:
    client = world.client()
    assert client.get("/console/begin", query_string={"code": code}).status_code == 404
    assert client.post("/console/begin", data={**SET_UP, "code": code}).status_code == 404
    assert not world.store.users.has_any()


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("title", ""),
        ("name", "Not A Name"),
        ("country", "New Zealand"),
        ("website", "http://plain.example"),
        ("address", "ftp://poly.example"),
        ("person", " "),
        ("email", "ana"),
        ("password", "short"),
        ("password", "ana@example.com"),
    ],
)
def test_a_set_up_form_names_its_faults_and_makes_nothing(
    world: World, member: str, value: str
) -> None:
    data = {**SET_UP, member: value}
    if member == "country":
        data["country"] = "1"
    answer = world.client().post("/console/begin", data=data, headers=HTML)
    assert answer.status_code == 422
    assert f'href="#{member}"' in answer.text
    assert world.store.tenants.all() == ()


def test_a_session_has_a_new_secret_each_time_and_ends_when_it_should(world: World) -> None:
    user = world.user(world.tenant(), Role.OWNER)
    sessions, at = world.store.sessions, world.clock()
    first = sessions.begin(user, at)
    second = sessions.begin(user, at, instead_of=first)
    assert first != second
    assert sessions.user(first, at) is None
    assert sessions.user(second, at) == user
    assert sessions.user(second, at + IDLE_LIFE) is None
    for minutes in range(0, 12 * 60, 60):
        sessions.user(second, at + timedelta(minutes=minutes))
    assert sessions.user(second, at + SESSION_LIFE) is None
    world.store.users.end_sessions(Act("", "test", at), user.id)
    assert sessions.user(second, at) is None


def test_signing_out_ends_the_session_for_good(world: World) -> None:
    user = world.user(world.tenant(), Role.OWNER)
    client = world.client(user)
    cookie = client.get_cookie("tallystick-console", path="/console")
    assert cookie is not None
    client.post("/console/sign-out", headers=HTML)
    assert world.store.sessions.user(cookie.value, world.clock()) is None


def test_the_cookie_is_for_the_console_alone_and_no_script_reads_it(world: World) -> None:
    world.user(world.tenant(), Role.OWNER)
    data = {"email": "ana@example.com", "password": PASSWORD}
    answer = world.client().post("/console/sign-in", data=data, base_url="https://localhost")
    cookie = answer.headers["Set-Cookie"]
    for part in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/console"):
        assert part in cookie


def test_wrong_passwords_are_counted_and_then_even_the_right_one_waits(world: World) -> None:
    world.user(world.tenant(), Role.OWNER)
    client = world.client()
    assert [sign_in(client, "wrong") for _ in range(10)] == [422] * 10
    assert sign_in(client) == 422
    world.shop.now.pass_by(minutes=16)  # type: ignore[attr-defined]
    assert sign_in(client) == 303


def test_one_network_does_not_lock_an_account_for_everybody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.people.signing_in.ACCOUNT_TRIES", 12)
    world.user(world.tenant(), Role.OWNER)
    hostile = world.client()
    for number in range(15):
        hostile.environ_base["REMOTE_ADDR"] = f"2001:db8::{number}"
        assert sign_in(hostile, "wrong") == 422
    assert sign_in(world.client()) == 303


def test_unknown_accounts_are_answered_like_known_ones(world: World) -> None:
    world.user(world.tenant(), Role.OWNER)
    client = world.client()
    known = client.post("/console/sign-in", data={"email": "ana@example.com", "password": "x"})
    other = client.post("/console/sign-in", data={"email": "eve@example.com", "password": "x"})
    assert known.text.replace("ana@", "eve@") == other.text
    assert known.status_code == other.status_code == 422


@pytest.mark.parametrize(
    "then", ["//evil.example", "https://evil.example", "/console/sign-out", "/console/at/a/../../x"]
)
def test_signing_in_leads_only_to_pages_of_the_console(world: World, then: str) -> None:
    world.user(world.tenant(), Role.OWNER)
    data = {"email": "ana@example.com", "password": PASSWORD, "then": then}
    answer = world.client().post("/console/sign-in", data=data, headers=HTML)
    assert answer.headers["Location"] == "/console/"
    own = {**data, "then": "/console/at/poly/people"}
    answer = world.client().post("/console/sign-in", data=own, headers=HTML)
    assert answer.headers["Location"] == "/console/at/poly/people"


def test_a_link_sets_a_password_once_and_ends_older_sessions(world: World) -> None:
    tenant = world.tenant()
    user = world.user(tenant, Role.OWNER)
    old = world.store.sessions.begin(user, world.clock())
    secret = world.store.users.make_setup_link(Act(tenant.id, "t", world.clock()), user.id)
    client, address = world.client(), f"/console/setup/{secret}"
    assert client.get(address, headers=HTML).status_code == 200
    assert client.post(address, data={"password": "short"}, headers=HTML).status_code == 422
    new = "another row of words"
    assert client.post(address, data={"password": new}, headers=HTML).status_code == 303
    assert client.get(address, headers=HTML).status_code == 404
    assert world.store.sessions.user(old, world.clock()) is None
    assert (sign_in(world.client()), sign_in(world.client(), new)) == (422, 303)


def test_an_owner_cannot_take_over_an_account_that_opens_another_institution(world: World) -> None:
    home, away = world.tenant("near"), world.tenant("away")
    owner = world.user(home, Role.OWNER)
    victim = world.user(away, Role.OWNER, email="victim@away.example")
    client = world.client(owner)
    data = {"email": victim.email, "role-auditor": "yes"}
    added = client.post("/console/at/near/people", data=data, headers=HTML)
    assert added.status_code == 422
    world.store.users.grant(Act(home.id, "operator", world.clock()), victim.id, Role.AUDITOR)
    asked = client.post(f"/console/at/near/people/{victim.id}/link", headers=HTML)
    assert asked.status_code == 422
    assert "/console/setup/" not in asked.text


def test_the_last_owner_stays(world: World) -> None:
    tenant = world.tenant("near")
    owner = world.user(tenant, Role.OWNER)
    address = f"/console/at/near/people/{owner.id}/roles"
    answer = world.client(owner).post(address, data={"role-auditor": "yes"}, headers=HTML)
    assert answer.status_code == 422
    with pytest.raises(ConflictError, match="needs an owner"):
        world.store.users.withdraw(Act(tenant.id, "operator", world.clock()), owner.id, Role.OWNER)
    assert Role.OWNER in world.store.users.roles(tenant.id, owner.id)


def test_only_owners_of_the_first_institution_add_others(world: World) -> None:
    first = world.tenant("first")
    world.shop.now.pass_by(minutes=1)  # type: ignore[attr-defined]
    second = world.tenant("second")
    operator, guest = (
        world.user(first, Role.OWNER),
        world.user(second, Role.OWNER, email="guest@second.example"),
    )
    data = {"title": "Third College"}
    assert world.client(guest).post("/console/institutions", data=data).status_code == 403
    assert world.client().post("/console/institutions", data=data).status_code == 401
    assert world.client(operator).post("/console/institutions", data=data).status_code == 303
    assert {one.name for one in world.store.tenants.all()} == {"first", "second", "third-college"}


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("x" * 11, "short"),
        ("x" * 12, "plain"),
        ("x" * 201, "long"),
        ("my tamihana secret", "known"),
        ("nobody would guess", None),
    ],
)
def test_passwords_are_judged_by_length_and_by_what_everybody_knows(
    password: str, fault: str | None
) -> None:
    assert fault_of(password, "tamihana@example.com", "Ana") == fault


def test_a_hash_is_never_the_same_and_only_its_password_fits() -> None:
    first, second = QUICK.hash(PASSWORD), QUICK.hash(PASSWORD)
    assert first != second
    assert QUICK.is_right(first, PASSWORD)
    assert not QUICK.is_right(first, f"{PASSWORD}.")
    assert not QUICK.is_right(None, PASSWORD)
    assert not QUICK.is_right("no hash", PASSWORD)
