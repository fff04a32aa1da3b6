"""Adopting, suspending and lifting policies by command; a suspension stops deciding."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result

from credentials.errors import TallystickError
from tallystick import verifying
from tests.databases import sqlite_copy
from tests.factories import NOW
from tests.tallystick.office import Office

DONE = "2026-11-23T00:00:00Z"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(verifying, "now", lambda: NOW)
    office = Office.furnished(tmp_path, sqlite_copy(tmp_path / "decisions.sqlite"))
    office.adopt()
    yield office
    office.close()


def code_of(told: Result) -> str:
    assert isinstance(told.exception, TallystickError), told.output
    return told.exception.code


def hand_in(office: Office, name: str = "policy.json") -> Result:
    options = ("--by", "Carla", "--trust", "trust.json")
    return office.run("recognise", "policy", "adopt", name, *options)


def test_from_its_suspension_on_nothing_is_decided_by_a_policy(office: Office) -> None:
    assert office.signed("case-1", "--facts", "facts.toml").exit_code == 0
    why = ("--by", "Carla", "--reason", "A gate is wrong.")
    told = office.run("recognise", "policy", "suspend", "policy.toml", *why)
    assert told.exit_code == 0, told.exception
    assert "suspension of tests, version 1, act 1, sha256:" in told.stdout
    for options in (("--case", "case-2"), ()):
        told = office.decide(*options, "--facts", "facts.toml")
        assert (told.exit_code, code_of(told)) == (1, "POLICY_SUSPENDED")
    assert code_of(office.signed("case-3")) == "POLICY_SUSPENDED"
    assert not (office.folder / "case-3.json").exists()
    assert office.signed("case-1", "--facts", "facts.toml").exit_code == 0
    assert len(office.entries()) == 1
    assert office.run("recognise", "replay", "--workers", "1").exit_code == 0
    office.run("recognise", "policy", "lift", "policy.json", *why)
    assert office.decide("--case", "case-2", "--facts", "facts.toml").exit_code == 0


def test_a_ruling_and_a_dismissal_wait_for_the_suspension_to_be_lifted(office: Office) -> None:
    office.decide("--case", "case-1")
    why = ("--by", "Carla", "--reason", "A gate is wrong.")
    office.run("recognise", "policy", "suspend", "policy.toml", *why)
    told = office.decide("--case", "case-1", "--ruling", "ana.toml")
    assert code_of(told) == "POLICY_SUSPENDED"
    office.run("recognise", "appeal", "case-1", "--by", "Lea", "--grounds", "Misread.")
    told = office.run("recognise", "dismiss", "case-1", "--by", "Board", "--reason", "It was not.")
    assert code_of(told) == "POLICY_SUSPENDED"


def test_only_a_policy_of_a_believed_adopter_is_adopted(office: Office) -> None:
    told = hand_in(office)
    assert told.exit_code == 0, told.exception
    assert "adoption of tests, version 1, act 1" in told.stdout
    assert code_of(hand_in(office)) == "ALREADY_ADOPTED"
    office.write("trust.json", json.dumps({"adopters": [{"id": "did:web:other.example"}]}))
    assert code_of(hand_in(office)) == "POLICY_SIGNER_NOT_BELIEVED"
    document = json.loads((office.folder / "policy.json").read_text())
    document["credentialSubject"]["policyText"] += "# Changed.\n"
    office.write("changed.json", json.dumps(document))
    assert hand_in(office, "changed.json").exit_code == 1


def test_the_history_tells_which_version_is_in_force_when(office: Office) -> None:
    hand_in(office)
    office.adopt("new", version="2", valid_from="2027-01-01")
    hand_in(office, "new.json")
    why = ("--by", "Carla", "--reason", "A gate is wrong.")
    office.run("recognise", "policy", "suspend", "new.toml", *why)
    told = office.run("recognise", "policy", "history")
    assert told.stdout.splitlines() == [
        f"1. {DONE} adoption: tests, version 1, by Carla",
        f"2. {DONE} adoption: tests, version 2, by Carla",
        f"3. {DONE} suspension: tests, version 2, by Carla: A gate is wrong.",
        "tests: version 1 from 2026-01-01 until 2026-12-31",
        f"tests: version 2 from 2027-01-01 until 2027-12-31 SUSPENDED by Carla on {DONE}",
    ]
    kept = json.loads(told.stderr)
    found = json.loads(office.run("recognise", "policy", "history", "--json").stdout)
    assert found["checkpoint"] == kept
    assert [act["kind"] for act in found["acts"]] == ["adoption", "adoption", "suspension"]
    office.write("kept.json", json.dumps(kept))
    assert office.run("recognise", "policy", "history", "--expect", "kept.json").exit_code == 0
    office.write("kept.json", json.dumps({"count": 7, "head": "00" * 32}))
    told = office.run("recognise", "policy", "history", "--expect", "kept.json")
    assert code_of(told) == "ACTS_BROKEN"
