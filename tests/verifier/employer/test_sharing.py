"""Shared links, embedded badges, links to check: what others build on, and what they cannot do."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from credentials.json_types import JsonObject
from service import open_database
from tests.databases import sqlite_copy
from tests.factories import CREATED, LEARNER, NOW, SIGNER, sign
from tests.services import DATA_MODEL, Clock, draws, presentation, problem
from tests.verifier.employer.kept import Office, badge
from tests.verifier.employer.samples import employer_service, new_jobs, service_of
from tests.verifier.pages.samples import the_page
from tests.verifier.pages.test_page import answers_in
from verifier.employer import EmployerRoom
from verifier.employer.requests import Requests
from verifier.pages import LinkError

FRAMER = "https://careers.example"


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    url = sqlite_copy(tmp_path_factory.mktemp("share") / "verifier.sqlite")
    return Office(open_database(url))


def credential() -> JsonObject:
    document: JsonObject = json.loads(badge())
    return document


def share(client: FlaskClient, vp: JsonObject | None = None) -> Any:
    return client.post("/api/credentials", json={"vp": vp or presentation(credential())})


def shared(client: FlaskClient) -> dict[str, str]:
    response = share(client)
    assert response.status_code == 201, response.get_data(as_text=True)
    found: dict[str, str] = response.get_json()["url"]
    assert response.headers["Location"] == found["view"]
    return found


def test_a_wallet_shares_a_credential_and_everybody_sees_it_as_it_is_today(office: Office) -> None:
    client = office.client()
    url = shared(client)
    got = client.get(url["get"]).get_json()
    assert (got["controller"], got["shared"], got["credential"]) == (LEARNER, True, [credential()])
    assert answers_in(client.get(url["view"]).get_data(as_text=True)) == ["valid"]
    office.withdraw(7)
    assert answers_in(client.get(url["view"]).get_data(as_text=True)) == ["revoked"]


def test_a_share_ends(office: Office) -> None:
    client = office.client()
    url = shared(client)
    office.clock.pass_by(days=31)
    problem(client.get(url["get"]), 404, "NOT_SHARED")
    assert client.get(url["view"]).status_code == 404
    shared(client)
    assert office.shares.count() == 1


def test_only_the_holder_takes_a_share_away(office: Office) -> None:
    client = office.client()
    url = shared(client)
    public = client.get(url["get"]).get_json()["vp"]
    stale = presentation(credential(), challenge="another verifier's", created=CREATED)
    other = sign(
        {
            "@context": [DATA_MODEL],
            "type": ["VerifiablePresentation"],
            "verifiableCredential": [credential()],
        },
        signer=SIGNER,
        proof_purpose="authentication",
        created=NOW,
    )
    for vp in (public, stale, other):
        problem(client.delete(url["unshare"], json={"vp": vp}), 403, "NOT_THE_HOLDER")
    tampered = {**presentation(credential(), created=NOW), "holder": "did:example:other"}
    assert client.delete(url["unshare"], json={"vp": tampered}).status_code == 400
    fresh = presentation(credential(), created=NOW)
    assert client.delete(url["unshare"], json={"vp": fresh}).status_code == 200
    problem(client.get(url["get"]), 404, "NOT_SHARED")
    problem(client.delete(url["unshare"], json={"vp": fresh}), 404, "NOT_SHARED")


def test_what_is_shared_elsewhere_takes_no_other_share_away(office: Office) -> None:
    client = office.client()
    first, second = (
        share(client, presentation(credential(), challenge=name, created=NOW)).get_json()["url"]
        for name in ("a", "b")
    )
    public = client.get(first["get"]).get_json()["vp"]
    problem(client.delete(second["unshare"], json={"vp": public}), 403, "NOT_THE_HOLDER")
    assert client.get(second["get"]).status_code == 200


def test_what_was_signed_for_another_verifier_is_neither_shared_nor_takes_away(
    office: Office,
) -> None:
    client = office.client()
    url = shared(client)
    given = presentation(credential(), challenge="c", domain="employer.example", created=NOW)
    problem(share(client, given), 400, "FOR_ANOTHER_DOMAIN")
    problem(client.delete(url["unshare"], json={"vp": given}), 400, "FOR_ANOTHER_DOMAIN")
    ours = presentation(credential(), challenge="c", domain="localhost", created=NOW)
    assert client.delete(url["unshare"], json={"vp": ours}).status_code == 200


def test_what_no_holder_signed_is_not_shared(office: Office) -> None:
    client = office.client()
    unsigned = {
        name: value for name, value in presentation(credential()).items() if name != "proof"
    }
    assert share(client, unsigned).status_code == 400
    assert share(client, credential()).status_code == 400
    problem(share(client, presentation(credential(), credential())), 400, "NOT_ONE_CREDENTIAL")
    problem(share(client, presentation()), 400)
    assert office.shares.count() == 0


def test_whoever_shares_or_looks_very_often_has_to_wait(office: Office) -> None:
    client = office.client()
    codes = [share(client, {"type": "nothing"}).status_code for _number in range(40)]
    assert codes[0] == 400
    assert codes[-1] == 429
    codes = [client.get("/embed?shared=x").status_code for _number in range(40)]
    assert codes[-1] == 429


def test_an_embedded_badge_may_be_framed_by_named_pages_only(office: Office) -> None:
    client = office.client()
    address = shared(client)["view"].rpartition("/")[2]
    client.set_cookie("language", "es")
    response = client.get(f"/embed?shared={address}&lang=fr-CA")
    policy = response.headers["Content-Security-Policy"]
    assert f"frame-ancestors {FRAMER};" in policy
    assert "script-src 'none'" in policy
    assert "form-action 'none'" in policy
    assert "Set-Cookie" not in response.headers
    assert "X-Frame-Options" not in response.headers
    text = response.get_data(as_text=True)
    assert answers_in(text) == ["valid"]
    assert "<form" not in text
    assert "<script" not in text
    assert f'href="/credentials/{address}"' in text
    for path in ("/", "/bulk", f"/credentials/{address}", "/request", "/watch"):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy, path


def test_an_embedded_badge_follows_links_by_the_guarded_way_out_only() -> None:
    def fetch(link: str) -> bytes:
        if link != "https://badges.example/1":
            raise LinkError("No public web server is called so, so nothing was fetched.")
        return badge()

    engine_less = employer_service()
    assert engine_less.test_client().get("/embed?url=x").status_code == 404
    client = framed(fetch)
    good = client.get("/embed?url=https://badges.example/1").get_data(as_text=True)
    assert len(answers_in(good)) == 1
    assert 'href="/?link=https://badges.example/1"' in good.replace("%3A", ":").replace("%2F", "/")
    for link in ("http://169.254.169.254/", "javascript:alert(1)", "", "file:///etc/passwd"):
        text = client.get("/embed", query_string={"url": link}).get_data(as_text=True)
        assert answers_in(text) == ["refused"]
        assert 'href="javascript' not in text


def framed(fetch: Any) -> FlaskClient:
    page = the_page(fetch=fetch)
    room = EmployerRoom(page, new_jobs(page), Requests(draws(), Clock()))
    return service_of(replace(room, framers=(FRAMER,))).test_client()


def test_a_link_to_check_fills_the_field_and_fetches_nothing() -> None:
    client = employer_service().test_client()
    hostile = 'https://a.example/"><script>alert(1)</script>'
    response = client.get("/verify", query_string={"url": hostile})
    assert response.status_code == 303
    assert response.headers["Location"].startswith("/?link=")
    response = client.get("/verify?url=https://evil.example")
    assert response.headers["Location"].startswith("/?link=https")


def test_figures_name_nobody(office: Office) -> None:
    client = office.client()
    address = shared(client)["view"].rpartition("/")[2]
    client.get(f"/embed?shared={address}")
    client.post("/bulk", data={"links": "https://a.example"})
    text = client.get("/metrics").get_data(as_text=True)
    assert 'tallystick_verifier_served_total{kind="embedded"} 1.0' in text
    assert "tallystick_verifier_shared 1.0" in text
    assert 'tallystick_verifier_jobs{state="finished"} 1.0' in text
    assert address not in text
