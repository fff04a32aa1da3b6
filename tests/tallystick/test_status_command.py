"""Withdrawing credentials from the command line, and what a verifier then says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from credentials.status.bitstring import decode_list, entries_set
from tests.project import ROOT
from tests.tallystick.conftest import Run

URL = "https://college.example/status/1"


class College:
    """An issuer with a key and a ledger, and an employer who verifies."""

    def __init__(self, run: Run, folder: Path) -> None:
        self._run, self.folder = run, folder
        self.ledger = {"TALLYSTICK_STATUS_LEDGER_URL": f"sqlite:///{folder / 'status.sqlite'}"}
        made = run("keys", "new", "college").stdout.decode()
        self.key = re.search(r"file:\S+", made)[0]  # type: ignore[index]
        (folder / "map.json").write_text(json.dumps({URL: "list.json"}))

    def run(self, *arguments: object, code: int = 0) -> str:
        done = self._run(*arguments, **self.ledger)
        assert done.returncode == code, (done.stdout, done.stderr)
        return (done.stdout + done.stderr).decode()

    def new(self, name: str = "withdrawals", *options: object, code: int = 0) -> str:
        url = URL if name == "withdrawals" else f"{URL}/{name}"
        return self.run("status", "new", name, "--url", url, "--key", self.key, *options, code=code)

    def issue(self, *options: object, code: int = 0, out: str = "badge.json") -> str:
        request = ROOT / "docs/examples/welding.json"
        return self.run("issue", request, "--key", self.key, "--out", out, *options, code=code)

    def publish(self, *options: object, name: str = "withdrawals", code: int = 0) -> str:
        chosen = ("--key", self.key, "--out", "list.json")
        return self.run("status", "publish", name, *chosen, *options, code=code)

    def verify(self, *options: object) -> tuple[str, str]:
        done = self._run("verify", "badge.json", "--resolver-map", "map.json", "--json", *options)
        report = json.loads(done.stdout)
        (status,) = (check for check in report["checks"] if check["id"] == "status")
        return report["verdict"], status["code"]

    def read(self, name: str) -> Any:
        return json.loads((self.folder / name).read_bytes())


@pytest.fixture
def college(run: Run, tmp_path: Path) -> College:
    return College(run, tmp_path)


def test_the_verifier_that_accepted_a_credential_says_that_it_is_revoked(
    college: College,
) -> None:
    college.new()
    college.issue("--status", "withdrawals")
    college.publish()
    memory = ("--status-memory", "seen.json")
    assert college.verify(*memory) == ("valid", "OK")
    (college.folder / "old.json").write_bytes((college.folder / "list.json").read_bytes())
    told = college.run("status", "revoke", "badge.json", "--reason", "Certificate mill")
    assert "Others will see it once you publish the list" in told
    assert "CHANGES NOT PUBLISHED YET: 1" in college.run("status", "show")
    assert college.verify(*memory) == ("valid", "OK")
    college.publish()
    assert college.verify(*memory) == ("invalid", "REVOKED")
    assert "Certificate mill" in college.run("status", "show", "badge.json")
    assert "Certificate mill" not in (college.folder / "list.json").read_text()
    # Whoever serves the old list again is found out by who remembers the new one.
    (college.folder / "map.json").write_text(json.dumps({URL: "old.json"}))
    assert college.verify() == ("valid", "OK")
    assert college.verify(*memory) == ("indeterminate", "STATUS_LIST_ROLLBACK")
    college.ledger["TALLYSTICK_STATUS_MEMORY"] = "seen.json"
    college.run("value", "badge.json", "--resolver-map", "map.json", code=2)
    plan = ("stack", "plan", "nz-certificate", "badge.json", "--resolver-map", "map.json")
    assert "STATUS_LIST_ROLLBACK" in college.run(*plan, "--json", code=1)


def test_a_suspended_credential_is_reinstated(college: College) -> None:
    college.new("pauses", "--purpose", "suspension")
    college.issue("--status", "pauses")
    (college.folder / "map.json").write_text(json.dumps({f"{URL}/pauses": "list.json"}))
    identifier = college.read("badge.json")["id"]
    college.run("status", "suspend", identifier, "--reason", "Under inquiry")
    college.publish(name="pauses")
    assert college.verify() == ("invalid", "SUSPENDED")
    college.run("status", "reinstate", identifier, "--reason", "Cleared")
    college.publish(name="pauses")
    assert college.verify() == ("valid", "OK")
    told = college.run("status", "revoke", identifier, "--reason", "Fraud", code=1)
    assert "STATUS_NOT_LISTED" in told
    again = college.run("status", "reinstate", identifier, "--reason", "Cleared")
    assert "nothing was changed" in again
    assert re.search(
        r"suspended .*Under inquiry\n  reinstated .*Cleared",
        college.run("status", "show", identifier),
    )


def test_a_list_is_published_with_decoys(college: College) -> None:
    college.new()
    college.publish("--decoys", "4")
    subject = college.read("list.json")["credentialSubject"]
    assert len(set(entries_set(decode_list(subject["encodedList"])))) == 4


def test_what_stands_at_the_place_of_the_list_is_not_lost(college: College) -> None:
    college.new()
    (college.folder / "list.json").write_text("{}")
    assert "STATUS_LIST_OTHER" in college.publish(code=1)
    assert college.read("list.json") == {}
    (college.folder / "list.json").write_text("no JSON")
    college.publish(code=64)


def test_a_ledger_that_was_restored_from_a_backup_publishes_nothing(college: College) -> None:
    college.new()
    college.issue("--status", "withdrawals")
    database = college.folder / "status.sqlite"
    for log in college.folder.glob("status.sqlite-*"):
        log.unlink()
    backup = database.read_bytes()
    college.run("status", "revoke", "badge.json", "--reason", "Fraud")
    college.publish()
    for file in college.folder.glob("status.sqlite*"):
        file.unlink()
    database.write_bytes(backup)
    assert "STATUS_LEDGER_BEHIND" in college.publish(code=1)
    assert college.verify() == ("invalid", "REVOKED")


def test_a_wrong_list_stops_the_issuing(college: College) -> None:
    assert "DATABASE_MISSING" in college.issue("--status", "withdrawals", code=1)
    college.new()
    assert "STATUS_LIST_UNKNOWN" in college.issue("--status", "withdrawal", code=1)
    assert not (college.folder / "badge.json").exists()
    assert "STATUS_LIST_EXISTS" in college.new(code=1)
    assert "is on no status list" in college.run("status", "show", "urn:x:y", code=1)


def test_a_request_with_a_status_of_its_own_gets_no_other(college: College) -> None:
    college.new()
    college.issue("--status", "withdrawals")
    signed = college.read("badge.json")
    whole = {name: value for name, value in signed.items() if name not in ("proof", "id")}
    (college.folder / "whole.json").write_text(json.dumps({"credential": whole}))
    chosen = ("--key", college.key, "--out", "other.json", "--status", "withdrawals")
    told = college.run("issue", "whole.json", *chosen, code=1)
    assert "STATUS_STATED_ALREADY" in told


def test_the_key_of_somebody_else_publishes_no_list(college: College) -> None:
    college.new()
    made = college.run("keys", "new", "stranger")
    college.key = re.search(r"file:\S+", made)[0]  # type: ignore[index]
    assert "ISSUER_NOT_YOURS" in college.publish(code=1)
    assert "ISSUER_NOT_YOURS" in college.issue("--status", "withdrawals", code=1)


def test_a_credential_whose_signing_fails_can_be_withdrawn_nevertheless(college: College) -> None:
    """The index is on the disk before anything is signed."""
    college.new()
    nowhere = college.folder / "none" / "badge.json"
    college.issue("--status", "withdrawals", out=str(nowhere), code=74)
    assert "1 of 131072 entries given out" in college.run("status", "show", "withdrawals")


@pytest.mark.parametrize("text", ["no JSON", "[]", '{"format": "x", "lists": []}'])
def test_a_memory_that_cannot_be_read_is_told(college: College, text: str) -> None:
    college.issue()
    (college.folder / "seen.json").write_text(text)
    done = college.run("verify", "badge.json", "--status-memory", "seen.json", code=64)
    assert "seen.json" in done
    assert (college.folder / "seen.json").read_text() == text


def test_a_memory_that_cannot_be_kept_is_no_verdict(college: College) -> None:
    college.new()
    college.issue("--status", "withdrawals")
    college.publish()
    chosen = ("--resolver-map", "map.json", "--status-memory", "none/seen.json")
    college.run("verify", "badge.json", *chosen, code=74)


def test_nothing_is_written_where_no_list_was_seen(college: College) -> None:
    college.issue()
    college.run("verify", "badge.json", "--status-memory", "seen.json")
    assert not (college.folder / "seen.json").exists()
