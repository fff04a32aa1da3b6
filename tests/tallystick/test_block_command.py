"""Blocks on the command line: credentials that add up under a rule, recognised as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from credentials.errors import TallystickError
from credentials.jcs import canonicalize
from credentials.strict_json import parse_json, serialize_json
from recognition.deciding.replaying import replay
from tallystick import composition, settings, verifying
from tests.databases import sqlite_copy
from tests.factories import NOW, sign, unsigned
from tests.tallystick.office import TARGET, Office

RULE = """id = "welding-block"
title = "Forty credits of welding"
unit = "nzqcf"
framework = "nz-nzqcf"

[[constraints]]
id = "total"
type = "sum"
equal = "40"
"""
BADGES = ("one.json", "two.json", "three.json")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(verifying, "now", lambda: NOW)
    office = Office.furnished(tmp_path, sqlite_copy(tmp_path / "decisions.sqlite"))
    office.adopt()
    office.write("target.toml", f'recognition = "block"\n{TARGET.replace("20", "40")}')
    office.write("rule.toml", RULE)
    for name in BADGES:
        document = unsigned(id=f"urn:x:{name}")
        document["credentialSubject"]["achievement"]["id"] = f"urn:x:course:{name}"
        office.write(name, serialize_json(sign(document)).decode())
    yield office
    office.close()


def block(office: Office, *options: object, badges: tuple[str, ...] = BADGES) -> Result:
    files = (*badges, "--target", "target.toml", "--trust", "trust.json", "--facts", "facts.toml")
    return office.run("recognise", "policy.json", *files, *options)


def signed(office: Office, *options: object) -> Result:
    key = ("--key", office.registrar_uri, "--out", "decision.json")
    return block(office, "--block", "rule.toml", "--case", "case-1", *key, *options)


def code_of(told: Result) -> str:
    assert isinstance(told.exception, TallystickError), told.output
    return told.exception.code


def test_credentials_are_recognised_as_one_block_and_anybody_recomputes_it(office: Office) -> None:
    told = signed(office)
    assert told.exit_code == 0, told.exception
    assert "GRANTED. (automatic)" in told.stdout
    assert "40 nzqcf at level 5 of nz-nzqcf for WELD101" in told.stdout
    assert "a block by the rule welding-block, sha256:" in told.stdout
    left_out = told.stderr.removeprefix("Not needed for the block: ").strip()
    used = [name for name in BADGES if name != left_out]
    assert len(used) == 2
    again = office.run("recognise", "verify", "decision.json", *used, "--trust", "trust.json")
    assert again.exit_code == 0, again.exception
    others = office.run("recognise", "verify", "decision.json", *BADGES, "--trust", "trust.json")
    assert code_of(others) == "SOURCES_DIFFER"


def test_a_block_on_record_comes_out_again_and_is_told_again_another_day(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert signed(office).exit_code == 0
    [entry] = office.entries()
    assert office.run("recognise", "replay", "--workers", "1").exit_code == 0
    edition = ("--policy", "policy.toml", "--workers", "1")
    assert "NO CHANGE" in office.run("recognise", "replay", *edition).stdout
    monkeypatch.setattr(verifying, "now", lambda: NOW + timedelta(days=2))
    assert signed(office).exit_code == 0
    assert office.entries() == [entry]
    assert office.run("recognise", "report").exit_code == 0


def test_another_rule_is_another_question(office: Office) -> None:
    assert signed(office).exit_code == 0
    office.write("rule.toml", RULE.replace("Forty", "Four times ten"))
    assert code_of(signed(office)) == "CASE_DECIDED"


def test_the_recognised_block_counts_as_prior_learning(office: Office) -> None:
    assert signed(office).exit_code == 0
    told = office.run("stack", "plan", "nz-certificate", "decision.json", "--trust", "trust.json")
    assert told.exit_code == 0, told.output


def test_a_shipped_rule_has_a_name(office: Office) -> None:
    told = block(office, "--block", "nz-certificate", "--json")
    assert told.exit_code == 0, told.exception
    payload = json.loads(told.stdout)
    assert payload["block"]["rule"] == "nz-certificate"
    assert payload["facts"]["level"]["establishedBy"] == "plan"


def test_without_a_rule_a_block_is_what_the_credentials_state_together(office: Office) -> None:
    payload = json.loads(block(office, "--json", badges=BADGES[:2]).stdout)
    assert payload["facts"]["credits"]["establishedBy"] == "credential"
    assert "block" not in payload


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda office: office.write("rule.toml", RULE.replace("40", "80")), "PLAN_NOT_REACHED"),
        (lambda office: office.write("rule.toml", "id = 1"), "RULE_MALFORMED"),
        (lambda office: office.write("target.toml", TARGET), "BLOCK_NOT_ASKED"),
    ],
)
def test_what_is_no_block_decides_nothing(office: Office, change: Any, code: str) -> None:
    change(office)
    assert code_of(signed(office)) == code
    assert not (office.folder / "decision.json").exists()
    assert office.run("recognise", "cases").stdout == ""


def forged(office: Office, change: Any) -> Result:
    """Change the inputs of a signed decision, decide anew and sign again, as its signer could."""
    document = parse_json((office.folder / "decision.json").read_bytes())
    [evidence] = document["evidence"]
    inputs = parse_json(evidence["decisionInputs"].encode())
    change(inputs)
    evidence["decisionInputs"] = canonicalize(inputs).decode()
    evidence["decisionPayload"] = replay(canonicalize(inputs)).decode()
    key = settings.signing_key(office.registrar_uri)
    del document["proof"]
    signed_again = composition.sign_decision(key, document, None)
    (office.folder / "decision.json").write_bytes(serialize_json(signed_again))
    used = [name for name in BADGES if f"urn:x:{name}" in json.dumps(inputs["sources"])]
    return office.run("recognise", "verify", "decision.json", *used, "--trust", "trust.json")


def more_credits(inputs: Any) -> None:
    inputs["facts"]["credits"]["value"]["amount"] = "60"


def another_sum(inputs: Any) -> None:
    proof = json.loads(inputs["plan"])
    proof["constraints"][0]["sum"] = "41"
    inputs["plan"] = canonicalize(proof).decode()


def grade_of_nobody(inputs: Any) -> None:
    inputs["facts"]["grade"] = {"value": "A", "establishedBy": "credential"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (more_credits, "FACT_DIFFERS"),
        (another_sum, "PLAN_DIFFERS"),
        (grade_of_nobody, "FACT_DIFFERS"),
    ],
)
def test_a_block_that_its_own_signer_forged_is_found_out(
    office: Office, monkeypatch: pytest.MonkeyPatch, change: Any, code: str
) -> None:
    for name, value in office.environment.items():
        monkeypatch.setenv(name, value)
    assert signed(office).exit_code == 0
    assert code_of(forged(office, change)) == code
