"""Passkeys in the console: whose they are, what they open, and what opens nothing."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from issuer.store import Act, Role, Tenant, User
from tests.issuer.console.test_signing_in import HTML, sign_in
from tests.issuer.console.world import PASSWORD, World
from tests.service.sign_in.authenticator import PRESENT, VERIFIED, Authenticator

SECURE = "https://localhost"


def ask(client: FlaskClient, address: str) -> dict[str, Any]:
    answer = client.post(f"/console{address}/ask")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def add(client: FlaskClient, name: str = "Telephone", **how: Any) -> Authenticator:
    """Add a passkey by the page of whoever is signed in."""
    authenticator = Authenticator(**how)
    answer = authenticator.make(ask(client, "/you/passkeys"))
    added = client.post("/console/you/passkeys", data={"answer": answer, "name": name})
    assert added.status_code == 303, added.text
    return authenticator


def use(
    client: FlaskClient,
    authenticator: Authenticator,
    address: str = "/sign-in/passkey",
    **sent: str,
) -> Any:
    """Sign in with a passkey, or take the second step."""
    answer = authenticator.use(ask(client, address))
    return client.post(f"/console{address}", data={"answer": answer, **sent}, headers=HTML)


def owner(world: World) -> tuple[Tenant, User]:
    tenant = world.tenant()
    return tenant, world.user(tenant, Role.OWNER)


def demand(world: World, tenant: Tenant) -> None:
    act = Act(tenant.id, "test", world.clock())
    settings = {**tenant.settings, "passkey_required": True}
    world.store.tenants.change(act, title=tenant.title, profile=tenant.profile, settings=settings)


def test_a_passkey_is_added_by_its_name_and_signs_in_without_a_user_name(world: World) -> None:
    _tenant, user = owner(world)
    home = world.client(user)
    authenticator = add(home)
    assert "Telephone" in home.get("/console/you").text
    (kept,) = world.store.sign_in.passkeys(user.id)
    assert kept.name == "Telephone"
    signed_in = use(world.client(), authenticator, then="/console/at/poly/people")
    assert signed_in.headers["Location"] == "/console/at/poly/people"


def test_a_challenge_is_used_once(world: World) -> None:
    _tenant, user = owner(world)
    authenticator, client = add(world.client(user), counts=False), world.client()
    answer = authenticator.use(ask(client, "/sign-in/passkey"))
    first = client.post("/console/sign-in/passkey", data={"answer": answer})
    again = client.post("/console/sign-in/passkey", data={"answer": answer})
    assert (first.status_code, again.status_code) == (303, 422)


def test_a_challenge_that_was_replayed_in_another_browser_is_refused(world: World) -> None:
    _tenant, user = owner(world)
    authenticator, victim, thief = add(world.client(user)), world.client(), world.client()
    answer = authenticator.use(ask(victim, "/sign-in/passkey"))
    ask(thief, "/sign-in/passkey")
    for client in (thief, world.client()):
        stolen = client.post("/console/sign-in/passkey", data={"answer": answer}, headers=HTML)
        assert stolen.status_code == 422


def test_a_challenge_holds_ten_minutes(world: World) -> None:
    _tenant, user = owner(world)
    authenticator, client = add(world.client(user)), world.client()
    answer = authenticator.use(ask(client, "/sign-in/passkey"))
    world.shop.now.pass_by(minutes=10)  # type: ignore[attr-defined]
    late = client.post("/console/sign-in/passkey", data={"answer": answer})
    assert late.status_code == 422


def test_a_challenge_for_one_purpose_serves_no_other(world: World) -> None:
    _tenant, user = owner(world)
    client = world.client(user)
    authenticator = add(client)
    answer = authenticator.use(ask(client, "/second-step"))
    taken = client.post("/console/sign-in/passkey", data={"answer": answer})
    assert taken.status_code == 422


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"origin": "https://evil.example"}, id="wrong origin"),
        pytest.param({"rp_id": "evil.example"}, id="wrong relying party"),
        pytest.param({"flags": PRESENT}, id="user not verified"),
        pytest.param({"flags": VERIFIED}, id="nobody there"),
        pytest.param({"credential_id": b"unknown"}, id="unknown passkey"),
        pytest.param({"user_handle": b"user_other"}, id="another user's handle"),
    ],
)
def test_nobody_is_signed_in_by(world: World, changed: dict[str, Any]) -> None:
    _tenant, user = owner(world)
    authenticator, client = add(world.client(user)), world.client()
    for name, value in changed.items():
        setattr(authenticator, name, value)
    assert use(client, authenticator).status_code == 422
    assert client.get("/console/you", headers=HTML).status_code == 303


def test_the_credential_id_of_another_user_opens_nothing(world: World) -> None:
    tenant, user = owner(world)
    other = world.user(tenant, Role.AUDITOR, email="eve@example.com")
    mine, theirs = add(world.client(user)), add(world.client(other))
    theirs.credential_id = mine.credential_id
    assert use(world.client(), theirs).status_code == 422
    theirs.user_handle = mine.user_handle
    assert use(world.client(), theirs).status_code == 422


def test_the_second_step_is_taken_with_ones_own_passkey_only(world: World) -> None:
    tenant, user = owner(world)
    other = world.user(tenant, Role.AUDITOR, email="eve@example.com")
    add(world.client(user))
    theirs, client = add(world.client(other)), world.client(user)
    assert use(client, theirs, "/second-step").status_code == 422


def test_a_counter_that_goes_back_is_noticed_and_the_passkey_opens_nothing_more(
    world: World,
) -> None:
    _tenant, user = owner(world)
    home = world.client(user)
    authenticator = add(home)
    for _ in range(2):
        assert use(world.client(), authenticator).status_code == 303
    authenticator.sign_count -= 2
    refused = use(world.client(), authenticator)
    assert refused.status_code == 422
    assert "may have been copied" in refused.text
    authenticator.sign_count += 10
    assert use(world.client(), authenticator).status_code == 422
    assert "may have been copied" in home.get("/console/you").text
    kinds = [entry.kind for entry in world.store.ledger.about("", user.id)]
    assert kinds.count("user.passkey-suspected") == 1


def test_a_passkey_that_never_counts_is_taken(world: World) -> None:
    _tenant, user = owner(world)
    authenticator = add(world.client(user), counts=False)
    assert [use(world.client(), authenticator).status_code for _ in range(3)] == [303] * 3


def test_a_passkey_of_somebody_who_may_sign_in_no_more_opens_nothing(world: World) -> None:
    _tenant, user = owner(world)
    authenticator = add(world.client(user))
    world.store.users.disable(Act("", "test", world.clock()), user.id)
    assert use(world.client(), authenticator).status_code == 422


def test_an_institution_may_ask_for_a_passkey_after_the_password(world: World) -> None:
    tenant, user = owner(world)
    authenticator = add(world.client(user))
    demand(world, tenant)
    client = world.client()
    assert sign_in(client) == 303
    asked = client.get("/console/at/poly/people", headers=HTML)
    assert asked.headers["Location"] == "/console/second-step?then=/console/at/poly/people"
    assert client.post("/console/at/poly/people", data={}, headers=HTML).status_code == 403
    assert client.get(asked.headers["Location"]).status_code == 200
    taken = use(client, authenticator, "/second-step", then="/console/at/poly/people")
    assert taken.headers["Location"] == "/console/at/poly/people"
    assert client.get("/console/at/poly/people", headers=HTML).status_code == 200


def test_a_password_alone_adds_no_passkey_where_one_is_asked_for(world: World) -> None:
    tenant, user = owner(world)
    add(world.client(user))
    demand(world, tenant)
    thief = world.client()
    assert sign_in(thief) == 303
    assert thief.post("/console/you/passkeys/ask").status_code == 403
    for address, data in (
        ("/console/you/passkeys", {"answer": "{}"}),
        ("/console/you/password", {"password": "another row of words"}),
    ):
        led = thief.post(address, data=data, headers=HTML)
        assert led.headers["Location"] == "/console/second-step?then=/console/you"
    assert len(world.store.sign_in.passkeys(user.id)) == 1


def test_whoever_has_none_adds_one_and_is_let_in(world: World) -> None:
    tenant, _user = owner(world)
    demand(world, tenant)
    client = world.client()
    sign_in(client)
    assert "You have none yet." in client.get("/console/second-step").text
    add(client)
    assert client.get("/console/at/poly/", headers=HTML).status_code == 200


def test_a_session_that_was_left_open_changes_nothing(world: World) -> None:
    _tenant, user = owner(world)
    client = world.client(user)
    add(client)
    (kept,) = world.store.sign_in.passkeys(user.id)
    world.shop.now.pass_by(minutes=16)  # type: ignore[attr-defined]
    for path, data in (
        (f"passkeys/{kept.id}/remove", {}),
        ("passkeys", {"answer": "{}"}),
        ("password", {"password": "another row of words"}),
        ("password/remove", {}),
    ):
        led = client.post(f"/console/you/{path}", data=data, headers=HTML)
        assert led.headers["Location"] == "/console/sign-in?then=/console/you"
    assert world.store.sign_in.passkeys(user.id) == (kept,)


def test_the_last_way_to_sign_in_cannot_be_removed(world: World) -> None:
    _tenant, user = owner(world)
    client = world.client(user)
    assert client.post("/console/you/password/remove", headers=HTML).status_code == 422
    add(client)
    assert client.post("/console/you/password/remove", headers=HTML).status_code == 303
    assert sign_in(world.client()) == 422
    (kept,) = world.store.sign_in.passkeys(user.id)
    last = client.post(f"/console/you/passkeys/{kept.id}/remove", headers=HTML)
    assert last.status_code == 422
    assert "This is all that you can sign in with." in last.text
    assert world.store.sign_in.passkeys(user.id) == (kept,)
    client.post("/console/you/password", data={"password": PASSWORD}, headers=HTML)
    assert client.post(f"/console/you/passkeys/{kept.id}/remove", headers=HTML).status_code == 303
    assert world.store.sign_in.passkeys(user.id) == ()


def test_nobody_removes_the_passkey_of_somebody_else(world: World) -> None:
    tenant, user = owner(world)
    other = world.user(tenant, Role.OWNER, email="eve@example.com")
    add(world.client(user))
    (kept,) = world.store.sign_in.passkeys(user.id)
    world.client(other).post(f"/console/you/passkeys/{kept.id}/remove", headers=HTML)
    assert world.store.sign_in.passkeys(user.id) == (kept,)


def test_a_passkey_cannot_be_added_twice_nor_to_another_account(world: World) -> None:
    tenant, user = owner(world)
    other = world.user(tenant, Role.OWNER, email="eve@example.com")
    authenticator = add(world.client(user))
    for client in (world.client(user), world.client(other)):
        answer = authenticator.make(ask(client, "/you/passkeys"))
        again = client.post("/console/you/passkeys", data={"answer": answer}, headers=HTML)
        assert again.status_code == 422
        assert "This passkey is known already." in again.text


def test_a_link_begins_anew_and_takes_older_passkeys_away(world: World) -> None:
    tenant, user = owner(world)
    authenticator = add(world.client(user))
    demand(world, tenant)
    secret = world.store.users.make_setup_link(Act(tenant.id, "t", world.clock()), user.id)
    client = world.client()
    assert "You begin anew with it" in client.get(f"/console/setup/{secret}").text
    client.post(f"/console/setup/{secret}", data={"password": "another row of words"})
    assert use(world.client(), authenticator).status_code == 422
    add(client)
    assert client.get("/console/at/poly/", headers=HTML).status_code == 200


@pytest.mark.parametrize("then", ["//evil.example", "https://evil.example", "/console/sign-out"])
def test_a_passkey_leads_only_to_pages_of_the_console(world: World, then: str) -> None:
    _tenant, user = owner(world)
    authenticator = add(world.client(user))
    assert use(world.client(), authenticator, then=then).headers["Location"] == "/console/"
    second = use(world.client(user), authenticator, "/second-step", then=then)
    assert second.headers["Location"] == "/console/"


def test_a_session_begins_anew_with_the_second_step(world: World) -> None:
    _tenant, user = owner(world)
    client = world.client(user)
    authenticator = add(client)
    before = client.get_cookie("tallystick-console", path="/console")
    use(client, authenticator, "/second-step")
    after = client.get_cookie("tallystick-console", path="/console")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert world.store.sessions.find(before.value, world.clock()) is None


def test_the_cookie_of_a_step_is_for_the_console_alone(world: World) -> None:
    asked = world.client().post("/console/sign-in/passkey/ask", base_url=SECURE)
    cookie = asked.headers["Set-Cookie"]
    for part in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/console"):
        assert part in cookie


def test_a_page_of_another_site_gets_no_challenge(world: World) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    asked = world.client().post("/console/sign-in/passkey/ask", headers=elsewhere)
    assert asked.status_code == 403


def test_an_institution_chooses_whether_it_asks_for_passkeys(world: World) -> None:
    tenant, user = owner(world)
    client = world.client(user)
    add(client)
    sent = {"title": tenant.title, "passkey-required": "yes"}
    client.post("/console/at/poly/institution", data=sent, headers=HTML)
    assert world.store.tenants.get(tenant.id).settings["passkey_required"] is True
    client.post("/console/at/poly/institution", data={"title": tenant.title}, headers=HTML)
    assert world.store.tenants.get(tenant.id).settings["passkey_required"] is False


def test_sessions_are_listed_and_ended(world: World) -> None:
    _tenant, user = owner(world)
    here, there, elsewhere = (world.client(user) for _ in range(3))
    there.get("/console/you")
    listed = world.store.sessions.of(user.id, world.clock())
    assert len(listed) == 3
    cookie = there.get_cookie("tallystick-console", path="/console")
    assert cookie is not None
    (its_own,) = [
        one.id for one in listed if world.store.sessions.find(cookie.value, world.clock()) == one
    ]
    here.post(f"/console/you/sessions/{its_own}/end", headers=HTML)
    assert there.get("/console/you", headers=HTML).status_code == 303
    here.post("/console/you/sessions/end", headers=HTML)
    assert elsewhere.get("/console/you", headers=HTML).status_code == 303
    assert here.get("/console/you", headers=HTML).status_code == 200


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36", "Chrome, Linux"),  # noqa: E501
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/150.0 Safari/537.36 Edg/150.0", "Edge, Windows"),  # noqa: E501
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19 Safari/604", "Safari, iPhone"),  # noqa: E501
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("", "A device that does not say what it is"),
    ],
)  # fmt: skip
def test_a_device_is_named_in_a_few_words(world: World, agent: str, said: str) -> None:
    owner(world)
    client = world.client()
    data = {"email": "ana@example.com", "password": PASSWORD}
    client.post("/console/sign-in", data=data, headers={"User-Agent": agent})
    assert f"<strong>{said}</strong>" in client.get("/console/you").text


def test_nobody_ends_the_session_of_somebody_else(world: World) -> None:
    tenant, user = owner(world)
    other = world.user(tenant, Role.OWNER, email="eve@example.com")
    home = world.client(user)
    (session,) = world.store.sessions.of(user.id, world.clock())
    world.client(other).post(f"/console/you/sessions/{session.id}/end", headers=HTML)
    assert home.get("/console/you", headers=HTML).status_code == 200
