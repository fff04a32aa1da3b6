"""Accounts elsewhere: linked by whoever is signed in, opening nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from issuer.store import Act, Role, User
from tests.issuer.console.test_passkeys import add, demand, owner
from tests.issuer.console.test_signing_in import HTML
from tests.issuer.console.world import World, console_world

BACK = "/console/sign-in/with/staff/back"
SIGN_IN, LINK = "/console/sign-in/with/staff", "/console/you/accounts/with/staff"


@pytest.fixture
def trusting(console_url: str) -> Iterator[World]:
    """Return a console whose operator trusts the addresses that the provider verified."""
    made = console_world(console_url, trusts_addresses=True)
    yield made
    made.store.engine.dispose()


def visit(world: World, client: FlaskClient, begins: str = SIGN_IN, **query: str) -> dict[str, str]:
    """Go to the provider, and return what the browser takes back."""
    sent = client.get(begins, query_string=query, headers=HTML)
    assert sent.status_code == 303, sent.text
    return world.provider.visited(sent.headers["Location"])


def come_back(client: FlaskClient, answered: dict[str, str]) -> Any:
    return client.get(f"{BACK}?{urlencode(answered)}", headers=HTML)


def sign_in(world: World, client: FlaskClient, **query: str) -> Any:
    return come_back(client, visit(world, client, **query))


def linked(world: World, user: User) -> None:
    client = world.client(user)
    answer = come_back(client, visit(world, client, LINK))
    assert answer.headers["Location"] == "/console/you"


def test_an_account_is_linked_by_its_owner_and_signs_in_from_then_on(world: World) -> None:
    _tenant, user = owner(world)
    unknown = sign_in(world, world.client())
    assert unknown.status_code == 422
    assert "Nobody here has linked this account." in unknown.text
    linked(world, user)
    client = world.client()
    taken = sign_in(world, client, then="/console/at/poly/people")
    assert taken.headers["Location"] == "/console/at/poly/people"
    assert client.get("/console/at/poly/people", headers=HTML).status_code == 200
    assert "ana@example.com" in client.get("/console/you").text


def test_an_address_alone_opens_nothing(world: World) -> None:
    _tenant, user = owner(world)
    assert sign_in(world, world.client()).status_code == 422
    assert world.store.sign_in.accounts(user.id) == ()


def test_where_addresses_are_trusted_a_verified_one_opens_the_account(trusting: World) -> None:
    _tenant, user = owner(trusting)
    trusting.provider.claims = {"email_verified": False}
    assert sign_in(trusting, trusting.client()).status_code == 422
    trusting.provider.claims = {}
    assert sign_in(trusting, trusting.client()).status_code == 303
    # From then on the subject counts, whatever its address becomes.
    trusting.provider.claims = {"email": "new@example.com"}
    assert sign_in(trusting, trusting.client()).status_code == 303
    trusting.provider.claims = {"sub": "subject-2", "email": "nobody@example.com"}
    assert sign_in(trusting, trusting.client()).status_code == 422
    assert len(trusting.store.sign_in.accounts(user.id)) == 1


def test_the_state_of_another_browser_is_refused(world: World) -> None:
    _tenant, user = owner(world)
    linked(world, user)
    thief, victim = world.client(), world.client()
    stolen = visit(world, thief)
    # Nobody is signed in to the account of whoever sends them a link.
    assert come_back(victim, stolen).status_code == 422
    visit(world, victim)
    assert come_back(victim, stolen).status_code == 422


def test_an_answer_is_taken_once(world: World) -> None:
    _tenant, user = owner(world)
    linked(world, user)
    client = world.client()
    answered = visit(world, client)
    assert come_back(client, answered).status_code == 303
    assert come_back(client, answered).status_code == 422


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"nonce": "other"}, id="another nonce"),
        pytest.param({"aud": "other"}, id="another audience"),
        pytest.param({"iss": "https://evil.example"}, id="another issuer"),
        pytest.param({"exp": 1}, id="expired"),
    ],
)
def test_a_token_that_does_not_hold_signs_nobody_in(world: World, claims: dict[str, Any]) -> None:
    _tenant, user = owner(world)
    linked(world, user)
    world.provider.claims = claims
    client = world.client()
    assert sign_in(world, client).status_code == 422
    assert client.get("/console/you", headers=HTML).status_code == 303


def test_an_account_opens_one_persons_account_only(world: World) -> None:
    tenant, user = owner(world)
    linked(world, user)
    other = world.client(world.user(tenant, Role.OWNER, email="eve@example.com"))
    again = come_back(other, visit(world, other, LINK))
    assert again.status_code == 422
    assert "This account is linked to somebody here already." in again.text


def test_a_visit_to_link_does_not_outlast_the_session_that_began_it(world: World) -> None:
    tenant, user = owner(world)
    client = world.client(user)
    answered = visit(world, client, LINK)
    other = world.user(tenant, Role.OWNER, email="eve@example.com")
    secret = world.store.sessions.begin(other, world.clock())
    client.set_cookie("tallystick-console", secret, path="/console")
    assert come_back(client, answered).headers["Location"] == "/console/sign-in"
    assert world.store.sign_in.accounts(other.id) == ()


def test_linking_needs_somebody_who_signed_in_a_short_while_ago(world: World) -> None:
    _tenant, user = owner(world)
    nobody = world.client().get(LINK, headers=HTML)
    assert nobody.headers["Location"].startswith("/console/sign-in")
    client = world.client(user)
    world.shop.now.pass_by(minutes=16)  # type: ignore[attr-defined]
    late = client.get(LINK, headers=HTML)
    assert late.headers["Location"] == "/console/sign-in?then=/console/you"


@pytest.mark.parametrize("begins", [SIGN_IN, LINK])
def test_a_page_of_another_site_begins_no_visit(world: World, begins: str) -> None:
    _tenant, user = owner(world)
    headers = {**HTML, "Sec-Fetch-Site": "cross-site"}
    led = world.client(user).get(begins, headers=headers)
    assert led.headers["Location"] in ("/console/sign-in?then=", "/console/you")


@pytest.mark.parametrize("then", ["//evil.example", "https://evil.example", "/console/sign-out"])
def test_an_account_leads_only_to_pages_of_the_console(world: World, then: str) -> None:
    _tenant, user = owner(world)
    linked(world, user)
    assert sign_in(world, world.client(), then=then).headers["Location"] == "/console/"


def test_an_institution_asks_for_a_passkey_after_an_account_too(world: World) -> None:
    tenant, user = owner(world)
    add(world.client(user))
    linked(world, user)
    demand(world, tenant)
    client = world.client()
    assert sign_in(world, client).status_code == 303
    led = client.get("/console/at/poly/", headers=HTML)
    assert led.headers["Location"].startswith("/console/second-step")


def test_an_account_of_somebody_who_may_sign_in_no_more_opens_nothing(world: World) -> None:
    _tenant, user = owner(world)
    linked(world, user)
    world.store.users.disable(Act("", "test", world.clock()), user.id)
    assert sign_in(world, world.client()).status_code == 422


def test_an_account_is_unlinked_unless_it_is_all_there_is(world: World) -> None:
    _tenant, user = owner(world)
    linked(world, user)
    client = world.client(user)
    (kept,) = world.store.sign_in.accounts(user.id)
    assert client.post("/console/you/password/remove", headers=HTML).status_code == 303
    address = f"/console/you/accounts/{kept.id}/unlink"
    assert client.post(address, headers=HTML).status_code == 422
    add(client)
    assert client.post(address, headers=HTML).status_code == 303
    assert sign_in(world, world.client()).status_code == 422


def test_a_provider_out_of_reach_is_told_on_the_page(world: World) -> None:
    world.provider.issuer = "https://gone.example"
    led = world.client().get(SIGN_IN, headers=HTML)
    assert led.status_code == 422
    assert "cannot be asked just now" in led.text


def test_an_unknown_provider_is_not_found(world: World) -> None:
    for path in ("", "/back"):
        assert world.client().get(f"/console/sign-in/with/other{path}").status_code == 404
