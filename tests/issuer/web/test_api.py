"""The API of the issuer service: keys, exactly-once issuing, rosters, withdrawals."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from credentials.strict_json import parse_json
from issuer.issuing import rosters
from issuer.store import Scope
from service.errors import FetchError
from service.web.limiting import RateLimit
from tallystick.issuer_courier import tell_due
from tests.factories import ISSUER
from tests.issuer.issuing.workshops import TEMPLATE, Bench, bench
from tests.issuer.web.api_services import api_service
from tests.services import post, problem

CSV = "email,name\nana@x.example,Ana\nben@x.example,Ben\n"


@dataclass
class Service:
    client: FlaskClient
    one: Bench
    other: Bench
    key: str
    foreign: str
    ticks: list[float]

    def call(self, method: str, path: str, body: Any = None, key: str = "", **headers: str) -> Any:
        data = None if body is None else json.dumps(body)
        named = {"Authorization": f"Bearer {key or self.key}", "Content-Type": "application/json"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(f"/api/v1{path}", method=method, data=data, headers=named)

    def issue(self, number: str, email: str = "ana@x.example", **members: Any) -> Any:
        body = {"achievement": self.one.achievement_id, "learner": {"email": email}, **members}
        return self.call("POST", "/credentials", body, Idempotency_Key=number)


@pytest.fixture
def service(database: Engine) -> Service:
    one, other, ticks = bench(database), bench(database, name="other"), [0.0]
    limits = [RateLimit(60, 40, lambda: ticks[0]), RateLimit(60, 3, lambda: ticks[0])]
    keys = [
        one.store.api_keys.make(bench_.act, name="SIS", scopes=set(Scope))[1]
        for bench_ in (one, other)
    ]
    application = api_service(one, *limits)
    return Service(application.test_client(), one, other, *keys, ticks)


def test_sending_again_is_harmless_and_another_body_is_refused(service: Service) -> None:
    first = service.issue("k1")
    assert first.status_code == 201
    again = service.issue("k1")
    assert (again.status_code, again.data) == (201, first.data)
    problem(service.issue("k1", "ben@x.example"), 422, "IDEMPOTENCY_KEY_REUSED")
    problem(service.call("POST", "/credentials", {}), 400)
    credential = first.json
    exact = service.call("GET", f"/credentials/{credential['id']}/document")
    assert parse_json(exact.data) == credential["credential"]
    shown = service.call("GET", f"/credentials/{credential['id']}").json
    assert [entry["act"] for entry in shown["history"]] == [
        "credential.intended",
        "credential.issued",
    ]
    assert "ana@x.example" not in json.dumps(shown)
    wrong = service.issue("k2", award={"validFrom": "never"})
    problem(wrong, 400)
    problem(service.issue("k3", award={"creditsEarned": 1}), 400, "MEMBER_UNKNOWN")


def test_what_is_being_worked_on_is_told_with_a_time_to_ask_again(service: Service) -> None:
    from tests.issuer.issuing.test_exactly_once import left_behind

    left_behind(service.one, "k1")
    body = {
        "achievement": service.one.achievement_id,
        "learner": {"email": "ana@poly.example"},
    }
    busy = service.call("POST", "/credentials", body, Idempotency_Key="k1")
    problem(busy, 409, "IN_PROGRESS")
    assert 0 < int(busy.headers["Retry-After"]) <= 31


def test_a_key_opens_what_it_is_for_and_only_in_its_institution(service: Service) -> None:
    issued = service.issue("k1").json["id"]
    job = service.client.post(
        f"/api/v1/jobs?achievement={service.one.achievement_id}",
        data=CSV,
        headers={"Authorization": f"Bearer {service.key}"},
    ).json["id"]
    for method, path, body in (
        ("GET", f"/credentials/{issued}", None),
        ("GET", f"/credentials/{issued}/document", None),
        ("GET", f"/achievements/{service.one.achievement_id}", None),
        ("POST", f"/achievements/{service.one.achievement_id}/withdraw", None),
        ("GET", f"/jobs/{job}", None),
        ("GET", f"/jobs/{job}/rows", None),
        ("GET", f"/jobs/{job}/results.csv", None),
        ("POST", f"/jobs/{job}/retry", None),
        ("POST", "/withdrawals", {"credentials": [issued], "act": "revoke", "reason": "x"}),
    ):
        assert service.call(method, path, body, key=service.foreign).status_code == 404, path
    seen = service.call("GET", "/credentials", key=service.foreign).json
    assert seen == {"credentials": []}
    _made, narrow = service.one.store.api_keys.make(
        service.one.act, name="audit", scopes=[Scope.AUDIT_READ]
    )
    problem(service.call("GET", "/credentials", key=narrow), 403, "SCOPE_MISSING")
    assert service.call("GET", "/audit?items=2", key=narrow).json["next"]


def test_whoever_calls_too_often_or_guesses_is_slowed_down(service: Service) -> None:
    for _guess in range(3):
        assert problem(service.call("GET", "/jobs", key="tsk_guess"), 401)["code"]
    slowed = service.call("GET", "/jobs", key="tsk_guess")
    problem(slowed, 429, "TOO_MANY_REQUESTS")
    assert int(slowed.headers["Retry-After"]) > 0
    answers = [service.call("GET", "/jobs").status_code for _call in range(41)]
    assert answers == [200] * 40 + [429]
    service.ticks[0] += 2
    assert service.call("GET", "/jobs").status_code == 200


def test_a_roster_is_tried_issued_and_told_row_by_row(service: Service) -> None:
    where = f"/api/v1/jobs?achievement={service.one.achievement_id}"
    headers = {"Authorization": f"Bearer {service.key}"}
    dry = service.client.post(f"{where}&dry_run=true", data=CSV, headers=headers)
    assert (dry.status_code, dry.json["learners"], dry.json["canBeIssued"]) == (200, 2, True)
    bad = service.client.post(where, data="email\nnobody\n", headers=headers)
    assert (bad.status_code, bad.json["faults"][0]["row"]) == (400, 2)
    assert service.one.store.jobs.page(service.one.tenant.id).items == ()
    silent = service.client.post(f"{where}&letters=true", data=CSV, headers=headers)
    assert (silent.status_code, silent.json["code"]) == (409, "MAIL_NOT_SET_UP")
    job = service.client.post(where, data=CSV, headers=headers).json
    assert (job["state"], job["progress"]["waiting"]) == ("running", 2)
    rosters.run(service.one.shop, service.one.store.jobs.get(service.one.tenant.id, job["id"]))
    done = service.call("GET", f"/jobs/{job['id']}").json
    assert (done["state"], done["progress"]["issued"]) == ("finished", 2)
    assert done["handedOver"]["notHandedOver"] == 2
    rows = service.call("GET", f"/jobs/{job['id']}/rows?items=1").json
    following = service.call("GET", f"/jobs/{job['id']}/rows?items=1&after={rows['next']}").json
    assert [rows["rows"][0]["row"], following["rows"][0]["row"]] == [2, 3]
    assert service.call("GET", f"/jobs/{job['id']}/results.csv").data.count(b"issued") == 2


def test_a_withdrawal_is_confirmed_when_it_is_published(service: Service) -> None:
    issued = service.issue("k1").json
    body = {"credentials": [issued["id"]], "act": "revoke", "reason": "Wrong learner"}
    done = service.call("POST", "/withdrawals", body)
    assert (done.status_code, done.json["withdrawals"][0]["state"]) == (201, "done")
    entry = issued["credential"]["credentialStatus"]
    path = entry["statusListCredential"].removeprefix("https://poly.example")
    published = service.client.get(path)
    assert published.headers["Access-Control-Allow-Origin"] == "*"
    assert parse_json(published.data)["id"] == entry["statusListCredential"]
    problem(service.call("POST", "/withdrawals", body), 400, "REVOCATION_IS_FINAL")
    second = service.issue("k2", "ben@x.example").json["id"]
    later = {**body, "credentials": [second], "undoSeconds": 60}
    pending = service.call("POST", "/withdrawals", later).json["withdrawals"][0]
    undone = service.call("POST", f"/withdrawals/{pending['id']}/undo")
    assert undone.json["state"] == "undone"
    correction = service.issue("k3", "mara@x.example", replaces=issued["id"]).json
    assert correction["replaces"] == issued["id"]
    assert (
        service.call("GET", f"/credentials/{issued['id']}").json["replacedBy"] == (correction["id"])
    )


def test_an_achievement_is_drafted_published_and_never_changed(service: Service) -> None:
    made = service.call("POST", "/achievements", {"title": "W", "definition": TEMPLATE}).json
    changed = {"title": "W2", "definition": TEMPLATE, "revision": 1}
    assert service.call("PUT", f"/achievements/{made['id']}", changed).json["revision"] == 2
    problem(service.call("PUT", f"/achievements/{made['id']}", changed), 409, "REVISION_OLD")
    path = f"/achievements/{made['id']}/publish"
    assert service.call("POST", path, {"revision": 2}).json["version"] == 1
    problem(service.call("POST", path, {"revision": 3}), 409, "NO_DRAFT")
    version = service.call("GET", f"/achievements/{made['id']}/versions/1").json
    assert version["definition"] == TEMPLATE
    body = {"url": "https://sis.example/hook", "events": ["credential.issued"]}
    hook = service.call("POST", "/webhooks", body).json
    assert hook["secret"]
    assert "secret" not in service.call("GET", "/webhooks").json["webhooks"][0]
    problem(service.call("POST", "/webhooks", {**body, "url": "http://a.example"}), 400)
    service.issue("k9")
    (event,) = service.one.store.webhooks.due(service.one.clock(), items=9)
    assert event.kind == "credential.issued"
    assert b"ana@x.example" not in event.body
    assert post(service.client, "/issuers/poly/did.json", {}).status_code == 405
    assert service.client.get("/issuers/poly/did.json").json["id"] == ISSUER


def test_a_list_of_skills_is_loaded_searched_and_removed(service: Service) -> None:
    said = "source=Trades+Council&licence=CC+BY+4.0&framework=Trades+2026"
    headers = {"Authorization": f"Bearer {service.key}"}
    table = b"uri,name\nhttps://skills.example/1,weld pipes\n"

    def load(query: str, data: bytes) -> Any:
        return service.client.put(f"/api/v1/skills?{query}", data=data, headers=headers)

    bad = load(said, table + b"nowhere,x\n")
    assert (bad.status_code, bad.json["code"]) == (400, "SKILLS_ROWS")
    assert bad.json["faults"][0]["row"] == 3
    problem(load(said.replace("CC+BY+4.0", "%00"), table), 400, "SKILLS_LICENCE")
    problem(load(said.replace("Trades+Council", "+"), table), 400, "SKILLS_SOURCE")
    problem(load(said, b"name\n"), 400, "SKILLS_COLUMNS")
    kept = load(said, table).json
    assert (kept["skills"], kept["licence"]) == (1, "CC BY 4.0")
    found = service.call("GET", "/skills?search=PIPES").json
    assert found["skills"][0]["name"] == {"en": "weld pipes"}
    assert (found["total"], found["lists"]) == (1, [kept])
    foreign = service.call("GET", "/skills?search=pipes", key=service.foreign).json
    assert foreign == {"lists": [], "skills": [], "total": 0}
    path = f"/skills/{kept['id']}"
    assert service.call("DELETE", path, key=service.foreign).status_code == 404
    assert service.call("DELETE", path).json == kept
    assert service.call("GET", "/skills").json["lists"] == []


def test_figures_tell_counts_and_nobody(service: Service) -> None:
    service.issue("k1")
    told = service.call("GET", "/metrics").data.decode()
    assert 'tallystick_credentials{state="issued",status="active"} 1.0' in told
    assert 'tallystick_list_entries{list="1"} 1.0' in told
    assert "x.example" not in told


def test_a_webhook_is_told_until_it_listens(service: Service) -> None:
    body = {"url": "https://sis.example/hook", "events": ["credential.issued"]}
    secret = service.call("POST", "/webhooks", body).json["secret"]
    service.issue("k1")
    store, now = service.one.store, service.one.clock()
    sent: list[tuple[bytes, Any]] = []

    def deaf(_url: str, _data: bytes, _headers: Any) -> None:
        raise FetchError("The server answered with the status 503.", code="ANSWER_STATUS")

    def listens(_url: str, data: bytes, headers: Any) -> None:
        sent.append((data, dict(headers)))

    assert tell_due(store, deaf, now) == 0
    assert tell_due(store, listens, now) == 0
    later = now + timedelta(minutes=1)
    assert (tell_due(store, listens, later), tell_due(store, listens, later)) == (1, 0)
    ((data, headers),) = sent
    seconds, _comma, digest = headers["Tallystick-Signature"].partition(",v1=")
    signed = f"{seconds.removeprefix('t=')}.".encode() + data
    assert hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() == digest


def test_requests_are_logged_without_anybody(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="tallystick.requests"):
        answer = service.issue("secret-key", "canary@x.example")
        service.call("GET", "/credentials?email=canary@x.example")
    told = [json.loads(record.message) for record in caplog.records]
    assert [one["status"] for one in told] == [201, 200]
    assert told[0]["request"] == answer.headers["X-Request-Id"]
    assert told[0]["caller"].startswith("api-key:key_")
    assert "canary" not in caplog.text
    assert "secret-key" not in caplog.text
    assert service.key not in caplog.text


@pytest.mark.parametrize(
    ("learner", "code"),
    [
        ({"email": "no address"}, "EMAIL_MALFORMED"),
        ({"email": "ana@x.example\r\nBcc: all@x.example"}, "EMAIL_MALFORMED"),
        ({"email": "ana@x.example", "name": "Ana\r\nTamihana"}, "NAME_MALFORMED"),
        ({"email": "ana@x.example", "name": "Ana\x00"}, "NAME_MALFORMED"),
    ],
)
def test_nothing_is_signed_for_whom_no_letter_could_reach(
    service: Service, learner: dict[str, str], code: str
) -> None:
    body = {"achievement": service.one.achievement_id, "learner": learner}
    answer = service.call("POST", "/credentials", body, Idempotency_Key="1")
    assert problem(answer, 400)["code"] == code
    assert service.call("GET", "/credentials").json["credentials"] == []


def test_numbers_that_no_database_keeps_are_no_defect(service: Service) -> None:
    upload = service.client.post(
        f"/api/v1/jobs?achievement={service.one.achievement_id}",
        data=CSV,
        headers={"Authorization": f"Bearer {service.key}"},
    )
    huge = "9" * 30
    cursor = base64.urlsafe_b64encode(huge.encode()).decode()
    for path in (f"/jobs/{upload.json['id']}/rows", "/audit"):
        assert service.call("GET", f"{path}?after={cursor}").status_code == 200
    version = service.call("GET", f"/achievements/{service.one.achievement_id}/versions/{huge}")
    assert version.status_code in (400, 404)
