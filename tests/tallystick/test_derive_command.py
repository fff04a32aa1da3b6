"""Issuing for a holder who chooses what to show, deriving, and several proofs at once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.project import ROOT
from tests.tallystick.conftest import Run

NARRATIVE = "/credentialSubject/narrative"


class Office:
    """An institution with keys, and a learner with a folder."""

    def __init__(self, run: Run, folder: Path) -> None:
        self.run, self.folder = run, folder
        self.request = json.loads((ROOT / "docs/examples/welding.json").read_text())
        self.request["validUntil"] = "2090-01-01T00:00:00Z"

    def key(self, kind: str) -> str:
        told = self.run("keys", "new", kind, "--type", kind).stdout.decode()
        found = re.search(r"file:\S+", told)
        assert found is not None
        return found[0]

    def issue(self, key: str, *options: object) -> tuple[int, str, Path]:
        request, out = self.folder / "request.json", self.folder / "badge.json"
        request.write_text(json.dumps(self.request))
        told = self.run("issue", request, "--key", key, "--out", out, *options)
        return told.returncode, told.stderr.decode(), out

    def derive(self, file: Path, *pointers: str) -> tuple[int, str, Path]:
        out = self.folder / f"shown-{len(pointers)}.json"
        options = [part for pointer in pointers for part in ("--pointer", pointer)]
        told = self.run("derive", file, "--out", out, *options)
        return told.returncode, told.stderr.decode(), out

    def verify(self, file: Path, *options: object) -> tuple[int, set[str]]:
        told = self.run("verify", file, "--json", *options)
        report: dict[str, Any] = json.loads(told.stdout)
        found = {one["code"] for check in report["checks"] for one in check.get("findings", ())}
        return told.returncode, found | {check["code"] for check in report["checks"]}


@pytest.fixture
def office(run: Run, tmp_path: Path) -> Office:
    return Office(run, tmp_path)


def test_a_learner_shows_what_they_choose(office: Office) -> None:
    code, notes, badge = office.issue(office.key("p256"), "--suite", "ecdsa-sd-2023")
    assert code == 0
    assert "UNDISCLOSED_CREDENTIALSTATUS" in notes
    assert office.verify(badge)[0] == 1
    assert "BASE_PROOF" in office.verify(badge)[1]
    code, _error, shown = office.derive(badge)
    assert code == 0
    status, codes = office.verify(shown)
    assert (status, "STATUS_UNDISCLOSED" in codes) == (2, True)
    status, codes = office.verify(shown, "--accept-undisclosed", "--recipient", "ana@example.com")
    assert (status, "SELECTIVELY_DISCLOSED" in codes) == (0, True)
    shown.write_text(shown.read_text().replace('"20"', '"30"'))
    assert office.verify(shown, "--accept-undisclosed")[0] == 1


def test_a_pointer_that_matches_nothing_writes_no_file(office: Office) -> None:
    key = office.key("p256")
    code, error, badge = office.issue(key, "--suite", "ecdsa-sd-2023", "--mandatory", "/nothing")
    assert (code, badge.exists()) == (1, False)
    assert "POINTER_NO_MATCH" in error
    _code, _notes, badge = office.issue(key, "--suite", "ecdsa-sd-2023", "--mandatory", "/name")
    code, error, shown = office.derive(badge, NARRATIVE)
    assert (code, shown.exists()) == (1, False)
    assert "POINTER_NO_MATCH" in error
    code, _error, shown = office.derive(badge, "", "/name")
    assert code == 0
    assert office.verify(shown, "--accept-undisclosed")[0] == 0


def test_several_proofs_are_asked_for_by_name(office: Office) -> None:
    key = office.key("ed25519")
    code, _notes, badge = office.issue(
        key, "--suite", "eddsa-rdfc-2022", "--suite", "Ed25519Signature2020"
    )
    assert code == 0
    assert len(json.loads(badge.read_text())["proof"]) == 2
    assert office.verify(badge)[0] == 0
    assert "NO_BASE_PROOF" in office.derive(badge, "/name")[1]


@pytest.mark.parametrize(
    ("kind", "options", "status", "code"),
    [
        ("ed25519", ("--mandatory", "/name"), 64, "--mandatory belongs to"),
        ("ed25519", ("--suite", "ecdsa-sd-2023"), 1, "PROOF_GENERATION_ERROR"),
        ("ed25519", ("--suite", "Ed25519Signature2020"), 1, "PROOFS_NOT_TOGETHER"),
        ("p384", ("--suite", "ecdsa-sd-2023"), 1, "PROOF_GENERATION_ERROR"),
        (
            "p256",
            ("--suite", "ecdsa-sd-2023", "--suite", "ecdsa-rdfc-2019"),
            1,
            "PROOFS_NOT_TOGETHER",
        ),
    ],
)
def test_what_cannot_be_is_said_and_writes_no_file(
    office: Office, kind: str, options: tuple[str, ...], status: int, code: str
) -> None:
    told = office.issue(office.key(kind), *options)
    assert (told[0], told[2].exists()) == (status, False)
    assert code in told[1]
