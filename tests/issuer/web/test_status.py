"""Withdrawing over HTTP: everything issued has an entry, and the published list shows changes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from issuer.web.status import PublishedStatus
from service import open_database
from service.errors import DatabaseError
from service.status_ledger import StatusLedger
from service.status_lists import StatusList
from tests.databases import sqlite_copy
from tests.factories import ISSUER, NOW, sign, unsigned
from tests.services import (
    BOTH,
    Choice,
    Clock,
    issuer_service,
    plain,
    post,
    problem,
    verifier_service,
)

ISSUE, STATUS = "/listed/credentials/issue", "/listed/credentials/status"
PATH = "/status/1"
URL = f"https://issuer.example{PATH}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[StatusLedger]:
    engine = open_database(sqlite_copy(tmp_path / "status.sqlite"))
    numbers = count(94_567)
    yield StatusLedger(engine, lambda below: next(numbers) % below)
    engine.dispose()


def service(ledger: StatusLedger, clock: Clock, purpose: str = "revocation") -> FlaskClient:
    listed = StatusList("withdrawals", URL, ISSUER, purpose)
    ledger.make_list(listed, NOW)
    status = PublishedStatus(ledger, listed, sign, clock)
    choice = Choice("listed", is_generic=False, status=status)
    return issuer_service(*BOTH, choice, clock=clock).test_client()


@pytest.fixture
def client(ledger: StatusLedger, clock: Clock) -> FlaskClient:
    return service(ledger, clock)


def issue(client: FlaskClient) -> Any:
    response = post(client, ISSUE, {"credential": unsigned()})
    assert response.status_code == 201
    return response.json


def change(client: FlaskClient, identifier: str, **changes: Any) -> Any:
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
    return post(client, STATUS, {"credentialId": identifier, "credentialStatus": entry, **changes})


def verify(client: FlaskClient, credential: Any) -> Any:
    published = client.get(PATH)
    assert published.status_code == 200
    verifier = verifier_service({URL: published.json}).test_client()
    return post(verifier, "/credentials/verify", {"verifiableCredential": credential})


def test_what_is_issued_can_be_revoked_and_the_list_shows_it_at_once(client: FlaskClient) -> None:
    credential = issue(client)
    entry = credential["credentialStatus"]
    assert entry["type"] == "BitstringStatusListEntry"
    assert isinstance(entry["statusListIndex"], str)
    assert entry["statusListCredential"] == URL
    assert verify(client, credential).status_code == 200
    assert change(client, credential["id"]).status_code == 200
    problem(verify(client, credential), 400, "REVOKED")


def test_the_list_is_a_signed_credential_that_anybody_may_read(client: FlaskClient) -> None:
    response = client.get(PATH)
    listed = response.json
    assert isinstance(listed["issuer"], str)
    assert listed["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert listed["credentialSubject"]["encodedList"].startswith("u")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "no-cache"


def test_the_list_is_signed_anew_before_it_ends_and_not_for_every_reader(
    client: FlaskClient, clock: Clock
) -> None:
    first = client.get(PATH).json
    clock.pass_by(days=1)
    assert client.get(PATH).json == first
    clock.pass_by(days=3)
    assert client.get(PATH).json["validUntil"] > first["validUntil"]


def test_a_suspension_ends_and_a_revocation_does_not(
    ledger: StatusLedger, clock: Clock, tmp_path: Path
) -> None:
    client = service(ledger, clock, "suspension")
    credential = issue(client)
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "suspension"}
    assert change(client, credential["id"], credentialStatus=entry).status_code == 200
    problem(verify(client, credential), 400, "SUSPENDED")
    again = change(client, credential["id"], credentialStatus=entry, status=False)
    assert again.status_code == 200
    assert verify(client, credential).status_code == 200
    problem(change(client, credential["id"]), 400, "STATUS_PURPOSE_OTHER")


def test_a_revocation_is_not_taken_back(client: FlaskClient) -> None:
    credential = issue(client)
    change(client, credential["id"])
    problem(change(client, credential["id"], status=False), 400, "REVOCATION_IS_FINAL")
    problem(verify(client, credential), 400, "REVOKED")


def test_nobody_changes_the_status_of_what_another_instance_issued(client: FlaskClient) -> None:
    other = post(client, "/generic/credentials/issue", {"credential": plain()}).json
    problem(change(client, other["id"]), 400, "NOT_ON_THE_LIST")
    problem(change(client, "urn:x:nobody"), 400, "NOT_ON_THE_LIST")
    problem(post(client, "/generic/credentials/status", {}), 404)


def test_whoever_uses_the_id_of_another_instances_credential_changes_only_their_own(
    ledger: StatusLedger, clock: Clock
) -> None:
    lists = [
        StatusList(name, f"https://issuer.example/{name}", ISSUER, purpose)
        for name, purpose in (("mine", "suspension"), ("yours", "suspension"))
    ]
    for listed in lists:
        ledger.make_list(listed, NOW)
    both = (
        Choice(listed.name, status=PublishedStatus(ledger, listed, sign, clock)) for listed in lists
    )
    client = issuer_service(*both, clock=clock).test_client()
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "suspension"}
    asked = {"credentialId": plain()["id"], "credentialStatus": entry}
    for name in ("yours", "mine"):
        issued = post(client, f"/{name}/credentials/issue", {"credential": plain()})
        assert issued.status_code == 201
    assert post(client, "/yours/credentials/status", asked).status_code == 200
    reinstated = post(client, "/mine/credentials/status", {**asked, "status": False})
    assert reinstated.status_code == 200
    (_mine, none), (_yours, suspended) = ledger.history(plain()["id"])
    assert (none, [change.is_set for change in suspended]) == ((), [True])


def test_what_is_revoked_by_command_is_published_at_once(
    client: FlaskClient, ledger: StatusLedger
) -> None:
    credential = issue(client)
    assert verify(client, credential).status_code == 200
    ledger.revoke(credential["id"], "Certificate mill", NOW)
    problem(verify(client, credential), 400, "REVOKED")


def test_a_ledger_that_does_not_answer_is_no_defect_and_tells_nothing(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: Any, **_named: Any) -> Any:
        raise DatabaseError("db.internal refused /srv/status.sqlite", code="DATABASE_BUSY")

    monkeypatch.setattr(StatusLedger, "assign", fails)
    monkeypatch.setattr(StatusLedger, "last_change", fails)
    issued = post(client, ISSUE, {"credential": unsigned()})
    for response in (issued, client.get(PATH)):
        assert "internal" not in str(problem(response, 503, "NOT_READY"))


@pytest.mark.parametrize(
    "changes",
    [
        {"statusEntry": {}},
        {"credentialStatus": {"type": "BitstringStatusListEntry", "statusEntry": 1}},
        {"credentialStatus": {"type": "Other"}},
        {"credentialStatus": {}},
        {"status": "true"},
        {"credentialId": 4},
    ],
)
def test_an_undefined_or_wrong_member_is_refused(client: FlaskClient, changes: Any) -> None:
    problem(change(client, "urn:x:y", **changes), 400)


def test_a_status_of_ones_own_is_refused_where_the_issuer_gives_one(client: FlaskClient) -> None:
    own = {"id": "https://e.example/1", "type": "https://e.example/Status"}
    response = post(client, ISSUE, {"credential": unsigned(credentialStatus=own)})
    problem(response, 400)
