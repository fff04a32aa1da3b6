"""An office: who comes in, what each role opens, and that everything done is written down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from service.errors import ConflictError, NotFoundError
from service.people import Act
from service.people.accounts import accounts_of
from service.people.sessions import FRESH
from tests.service.people.sample import ACT, NOW, PASSWORD, Sample, sample_office

HTML = {"Accept": "text/html"}


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Sample]:
    made = sample_office(tmp_path / "office.sqlite")
    yield made
    made.office.engine.dispose()


def test_whoever_has_a_role_signs_in_and_comes_back_to_their_page(sample: Sample) -> None:
    sample.user("reader")
    client = sample.client()
    asked = client.get("/office/", headers=HTML)
    assert asked.headers["Location"] == "/office/sign-in?then=/office/"
    form = {"email": "ana@example.com", "password": PASSWORD, "then": "/office/"}
    assert client.post("/office/sign-in", data=form).headers["Location"] == "/office/"
    assert client.get("/office/", headers=HTML).text == "Hello Ana"
    assert client.get("/office/you", headers=HTML).status_code == 200
    client.post("/office/sign-out")
    assert client.get("/office/", headers=HTML).status_code == 303


@pytest.mark.parametrize("then", ["//evil.example", "/console/", "/office/../console", "/officer"])
def test_signing_in_leads_to_pages_of_the_office_only(sample: Sample, then: str) -> None:
    sample.user("reader")
    form = {"email": "ana@example.com", "password": PASSWORD, "then": then}
    assert sample.client().post("/office/sign-in", data=form).headers["Location"] == "/office/"


def test_every_page_is_for_its_right_alone(sample: Sample) -> None:
    head, reader = sample.user("head"), sample.user("reader", email="rui@example.com")
    nobody = sample.user(email="nia@example.com")
    rules = [one for one in sample.application.url_map.iter_rules() if one.endpoint in
             sample.room.rights]  # fmt: skip
    assert len(rules) == len(sample.room.rights) > 4
    for rule in rules:
        (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        right = sample.room.rights[rule.endpoint]
        address = rule.rule.replace("<person>", reader.id)
        for user in (head, reader, nobody):
            may = right in sample.room.plan.rights.get(
                next(iter(sample.office.roles(user.id)), ""), ()
            )
            if method == "GET" or not may:
                sent = sample.client(user).open(address, method=method, headers=HTML)
                assert (sent.status_code != 403) is may
        expected = 303 if method == "GET" else 401
        assert sample.client().open(address, method=method, headers=HTML).status_code == expected


def test_a_new_person_sets_a_password_by_a_link_that_holds_once(sample: Sample) -> None:
    head = sample.client(sample.user("head"))
    form = {"email": "New@Example.com", "name": "New", "role-reader": "yes"}
    page = head.post("/office/people", data=form, headers=HTML)
    (link,) = re.findall(r"http://localhost(/office/setup/[\w-]+)", page.text)
    own = sample.client()
    assert own.get(link, headers=HTML).status_code == 200
    assert own.post(link, data={"password": PASSWORD}).status_code == 303
    assert own.get("/office/", headers=HTML).text == "Hello New"
    assert own.get(link, headers=HTML).status_code == 404
    assert own.get("/office/people", headers=HTML).status_code == 403


def test_a_link_to_set_a_password_holds_no_more_after_a_newer_one_or_a_password(
    sample: Sample,
) -> None:
    people, user = sample.office.people, sample.user("reader")
    lost, kept = (people.make_setup_link(ACT, user.id) for _number in range(2))
    with pytest.raises(NotFoundError):
        people.use_setup_link(lost, "hash", NOW)
    assert people.use_setup_link(kept, "hash", NOW).id == user.id
    for end in (people.disable, lambda act, of: people.set_password_hash(act, of, "hash")):
        forgotten = people.make_setup_link(ACT, user.id)
        end(ACT, user.id)
        with pytest.raises(NotFoundError):
            people.use_setup_link(forgotten, "hash", NOW)


def test_ending_other_sessions_makes_this_one_no_fresher(sample: Sample) -> None:
    user, client = sample.user("reader"), sample.client()
    long_ago = NOW - FRESH
    secret = sample.office.sessions.begin(user, long_ago)
    client.set_cookie("tallystick-sample", secret, path="/office")
    assert client.post("/office/you/sessions/end").status_code == 303
    assert sample.office.sessions.find(secret, NOW) is None
    assert client.get("/office/", headers=HTML).text == "Hello Ana"
    answer = client.post("/office/you/password", data={"password": "five words in a row"})
    assert answer.headers["Location"] == "/office/sign-in?then=/office/you"
    assert sample.office.people.get(user.id).password_hash == user.password_hash


def test_somebody_always_gives_roles_and_who_has_none_is_out(sample: Sample) -> None:
    head, reader = sample.user("head"), sample.user("reader", email="rui@example.com")
    with pytest.raises(ConflictError) as caught:
        sample.office.withdraw(ACT, head.id, "head")
    assert caught.value.code == "LAST_KEEPER"
    client = sample.client(reader)
    sample.office.withdraw(ACT, reader.id, "reader")
    assert client.get("/office/", headers=HTML).status_code == 303
    refused = sample.client(head).post(f"/office/people/{head.id}/roles", data={}, headers=HTML)
    assert refused.status_code == 422


def test_nobody_changes_their_own_roles(sample: Sample) -> None:
    head, other = sample.user("head"), sample.user("head", email="rui@example.com")
    client, own = sample.client(head), f"/office/people/{head.id}/roles"
    page = client.get("/office/people", headers=HTML).text
    assert f"{other.id}/roles" in page
    assert own not in page
    for address, form in (
        (own, {"role-head": "yes", "role-reader": "yes"}),
        (own, {}),
        ("/office/people", {"email": head.email.upper(), "role-reader": "yes"}),
    ):
        sent = client.post(address, data=form, headers=HTML)
        assert sent.status_code == 422
        assert "Nobody changes their own roles." in sent.text
    act = Act(f"user:{head.id}", NOW)
    for change in (sample.office.grant, sample.office.withdraw):
        for role in ("head", "reader"):
            with pytest.raises(ConflictError) as caught:
                change(act, head.id, role)
            assert caught.value.code == "OWN_ROLES"
    assert sample.office.roles(head.id) == {"head"}
    sample.client(other).post(own, data={"role-reader": "yes"}, headers=HTML)
    assert sample.office.roles(head.id) == {"reader"}


@pytest.mark.parametrize(
    "form", [{}, {"email": "no address", "role-head": "yes"}, {"email": "a@b.example"}]
)
def test_nobody_is_added_by_a_form_with_faults(sample: Sample, form: dict[str, str]) -> None:
    client = sample.client(sample.user("head"))
    assert client.post("/office/people", data=form, headers=HTML).status_code == 422
    assert len(sample.office.members()) == 1


def test_the_log_tells_who_did_what_in_pages(sample: Sample) -> None:
    head = sample.user("head")
    client = sample.client(head)
    for number in range(60):
        sample.office.grant(ACT, head.id, f"role-{number}")
    page = client.get("/office/log", headers=HTML)
    assert "role-59" in page.text
    assert "role.granted" in page.text
    (older,) = re.findall(r"log\?before=(\d+)", page.text)
    assert "user.added" in client.get(f"/office/log?before={older}", headers=HTML).text
    for strange in ("x", "-1", "9" * 40, "²"):
        assert client.get("/office/log", query_string={"before": strange}).status_code == 200


def test_forms_of_other_sites_are_refused(sample: Sample) -> None:
    client = sample.client(sample.user("head"))
    headers = {**HTML, "Sec-Fetch-Site": "cross-site"}
    assert client.post("/office/people", data={}, headers=headers).status_code == 403


@pytest.fixture
def careful(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> Sample:
    """Return an office in which two people stand behind each account."""
    monkeypatch.setattr(sample.room, "plan", replace(sample.room.plan, needs_two=True))
    return sample


def test_a_second_account_that_somebody_makes_for_themselves_opens_nothing(
    careful: Sample,
) -> None:
    head = careful.client(careful.user("head"))
    form = {"email": "ana2@example.com", "role-head": "yes"}
    assert "/office/setup/" in head.post("/office/people", data=form, headers=HTML).text
    second = careful.office.people.with_email("ana2@example.com")
    assert second is not None
    assert careful.office.roles(second.id) == frozenset()
    assert careful.client(second).get("/office/people", headers=HTML).status_code == 403
    own = head.post(f"/office/people/{second.id}/confirm", headers=HTML)
    assert "does not confirm it" in own.text
    self_ = careful.client(second).post(f"/office/people/{second.id}/confirm", headers=HTML)
    assert self_.status_code == 403
    assert careful.office.roles(second.id) == frozenset()


def test_a_second_head_confirms_what_the_first_gave(careful: Sample) -> None:
    ana, rui = careful.user("head"), careful.user("head", email="rui@example.com")
    form = {"email": "new@example.com", "name": "New", "role-reader": "yes"}
    careful.client(ana).post("/office/people", data=form, headers=HTML)
    new = careful.office.people.with_email("new@example.com")
    assert new is not None
    page = careful.client(rui).get("/office/people", headers=HTML).text
    assert "Confirm the roles of New" in page
    assert "Confirm the roles of New" not in careful.client(ana).get("/office/people").text
    sent = careful.client(rui).post(f"/office/people/{new.id}/confirm", headers=HTML)
    assert sent.status_code == 303
    assert careful.office.roles(new.id) == {"reader"}
    log = careful.client(ana).get("/office/log", headers=HTML).text
    assert "given by Ana, confirmed by Rui" in log


def test_a_link_for_somebody_else_has_their_roles_wait(careful: Sample) -> None:
    ana, rui = careful.user("head"), careful.user("head", email="rui@example.com")
    third = careful.user("head", email="tia@example.com")
    careful.client(ana).post(f"/office/people/{rui.id}/link", headers=HTML)
    assert careful.office.roles(rui.id) == frozenset()
    assert careful.client(rui).get("/office/people", headers=HTML).status_code != 200
    careful.client(third).post(f"/office/people/{rui.id}/confirm", headers=HTML)
    assert careful.office.roles(rui.id) == {"head"}


def test_adding_somebody_again_who_has_no_password_gives_no_link_past_the_second_person(
    careful: Sample,
) -> None:
    ana = careful.client(careful.user("head"))
    rui = careful.office.people.add(ACT, email="rui@example.com", name="Rui")
    careful.office.grant(ACT, rui.id, "head")
    form = {"email": rui.email, "role-reader": "yes"}
    assert "/office/setup/" in ana.post("/office/people", data=form, headers=HTML).text
    assert careful.office.roles(rui.id) == frozenset()
    new = {"email": "new@example.com", "role-reader": "yes"}
    ana.post("/office/people", data=new, headers=HTML)
    kinds = [one.kind for one in careful.office.log()]
    assert kinds.count("role.waits") == 1


def test_a_link_does_not_let_whoever_gave_a_role_confirm_it(careful: Sample) -> None:
    ana, rui = careful.user("head"), careful.user("head", email="rui@example.com")
    new = careful.user(email="new@example.com")
    careful.office.grant(Act(f"user:{ana.id}", NOW), new.id, "reader", waits=True)
    refused = careful.client(rui).post(f"/office/people/{new.id}/link", headers=HTML)
    assert refused.status_code == 422
    assert "Whoever gave it makes the link" in refused.text
    assert "/office/setup/" not in refused.text
    own = careful.client(ana).post(f"/office/people/{new.id}/confirm", headers=HTML)
    assert own.status_code == 422
    assert careful.office.roles(new.id) == frozenset()
    sent = careful.client(ana).post(f"/office/people/{new.id}/link", headers=HTML)
    assert "/office/setup/" in sent.text


def test_whoever_has_the_machine_lets_a_role_count_that_waits(careful: Sample) -> None:
    user = careful.user(email="new@example.com")
    careful.office.grant(Act("user:other", NOW), user.id, "reader", waits=True)
    assert careful.office.roles(user.id) == frozenset()
    careful.office.grant(Act("command", NOW), user.id, "reader")
    assert careful.office.roles(user.id) == {"reader"}


def test_shutting_somebody_out_confirms_none_of_their_roles(careful: Sample) -> None:
    head, new = careful.user("head"), careful.user(email="new@example.com")
    careful.office.grant(Act(f"user:{head.id}", NOW), new.id, "reader", waits=True)
    careful.office.people.disable(Act("user:other", NOW), new.id)
    account = next(one for one in accounts_of(careful.office) if one.user.id == new.id)
    assert account.roles["reader"].waits
    assert account.roles["reader"].confirmed_by == ""


def test_the_log_shows_every_account_and_who_made_it(sample: Sample) -> None:
    ana = sample.user("head")
    form = {"email": "new@example.com", "name": "New", "role-reader": "yes"}
    sample.client(ana).post("/office/people", data=form, headers=HTML)
    log = sample.client(ana).get("/office/log", headers=HTML).text
    table = log.partition("Accounts, and who made them")[2]
    assert "new@example.com" in table
    assert "given by Ana" in table
    assert "Accounts" not in sample.client(ana).get("/office/log?before=2", headers=HTML).text
