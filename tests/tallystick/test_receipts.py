"""Receipts of the command, signed by a key in a file or in the process of a signer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from credentials.digests import digest_multibase
from tallystick.files import CommandError
from tallystick.receipts import receipts_by
from tests.factories import sign, unsigned
from tests.tallystick.conftest import Run
from tests.tallystick.test_command import new_key, write


def test_a_receipt_is_written_and_verifies(run: Run, tmp_path: Path) -> None:
    key, badge = new_key(run), write(tmp_path / "badge.json", sign(unsigned()))
    trust = write(tmp_path / "trust.json", {"list": {"name": "Our list"}, "issuers": ["did:x:y"]})
    out = tmp_path / "receipt.json"
    told = run(
        *("verify", badge, "--offline", "--trust", trust, "--receipt", out, "--key", key),
        *("--at", "2026-11-23T00:00:00Z"),
    )
    assert told.returncode == 0, told.stderr
    subject = json.loads(out.read_text())["credentialSubject"]
    assert subject["documentDigest"] == digest_multibase(badge.read_bytes())
    assert (subject["verdict"], subject["lookupMode"]) == ("valid", "offline")
    assert subject["judgedAsOf"] == "2026-11-23T00:00:00Z"
    assert subject["trustFiles"][0]["fileDigest"] == digest_multibase(trust.read_bytes())
    checked = run("verify", out, "--offline", "--json")
    assert checked.returncode == 0, checked.stdout


def test_a_receipt_needs_its_key_and_is_for_one_credential(run: Run, tmp_path: Path) -> None:
    badge = write(tmp_path / "badge.json", sign(unsigned()))
    for wrong in (
        ("--receipt", tmp_path / "r.json"),
        ("--key", "file:none.key.json"),
        ("--jsonl", "--receipt", tmp_path / "r.json", "--key", "file:none.key.json"),
    ):
        assert run("verify", badge, "--offline", *wrong).returncode == 64
    unsigned_yet = ("--receipt", tmp_path / "r.json", "--key", "file:none.key.json")
    assert run("verify", badge, "--offline", *unsigned_yet).returncode not in (0, 70)
    assert not (tmp_path / "r.json").exists()


def test_the_service_takes_no_key_that_would_be_in_its_own_process() -> None:
    with pytest.raises(CommandError, match="signer:PATH-OF-SOCKET#NAME"):
        receipts_by("file:office.key.json")
