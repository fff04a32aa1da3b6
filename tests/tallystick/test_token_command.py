"""Tokens on the command line: issued on request, verified, planned with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from credentials.jose.compact import read_token
from credentials.strict_json import serialize_json
from tests.factories import SIGNER, sign
from tests.project import ROOT
from tests.stacking.stacks import component
from tests.tallystick.conftest import Run
from tests.tallystick.test_award_command import Desk
from tests.verifier.tokens import token

REQUEST = ROOT / "docs/examples/welding.json"


@pytest.mark.parametrize(("flag", "media_type"), [("--jwt", "jwt"), ("--vc-jwt", "vc+jwt")])
def test_a_token_is_issued_on_request_and_verifies(
    run: Run, tmp_path: Path, flag: str, media_type: str
) -> None:
    key = run("keys", "new", "college").stdout.decode().split()[1]
    out = tmp_path / "badge.jwt"
    issued = run("issue", REQUEST, "--key", key, flag, "--out", out)
    assert issued.returncode == 0, issued.stderr
    assert read_token(out.read_bytes()).media_type == media_type
    told = run("verify", out, "--recipient", "ana@example.com", "--json")
    assert (told.returncode, json.loads(told.stdout)["verdict"]) == (0, "valid")
    out.write_bytes(out.read_bytes()[:-4] + b"AAAA")
    assert run("verify", out).returncode == 1


def test_a_token_has_no_suite(run: Run, tmp_path: Path) -> None:
    key = run("keys", "new", "college").stdout.decode().split()[1]
    out = tmp_path / "badge.jwt"
    told = run("issue", REQUEST, "--key", key, "--jwt", "--suite", "eddsa-jcs-2022", "--out", out)
    assert (told.returncode, out.exists()) == (64, False)


@pytest.fixture
def desk(run: Run, tmp_path: Path) -> Desk:
    return Desk(run, tmp_path)


def as_token(desk: Desk, name: str) -> Path:
    path = desk.folder / f"{name}.jwt"
    path.write_bytes(token(component(name), signer=SIGNER, typ="vc+jwt"))
    return path


def test_a_credential_counts_once_whether_as_json_or_as_a_token(desk: Desk) -> None:
    both = [desk.files[0], as_token(desk, "one")]
    refused = desk.award(*both, record=desk.folder / "r.json")
    assert refused.returncode == 1
    assert b"urn:x:one does not count: DUPLICATE_DIGEST" in refused.stderr


def test_an_award_of_tokens_has_no_record(desk: Desk) -> None:
    files = [desk.files[0], as_token(desk, "two")]
    refused = desk.award(*files)
    assert refused.returncode == 1
    assert b"came as a token" in refused.stderr
    assert not (desk.folder / "award.json").exists()
    assert not (desk.folder / "ledger.json").exists()


def test_a_policy_as_a_token_is_no_adopted_policy(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "policy.jwt"
    path.write_bytes(token(component("one"), typ="vc+jwt"))
    credential = tmp_path / "one.json"
    credential.write_bytes(serialize_json(sign(component("one"))))
    told = run("recognise", path, credential, "--target", credential)
    assert (told.returncode, b"[POLICY_SUITE]" in told.stderr) == (1, True)
