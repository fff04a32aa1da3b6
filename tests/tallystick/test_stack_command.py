"""What credentials add up to, on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from credentials.strict_json import serialize_json
from stacking.credential_lots import lots_of
from tests.factories import ISSUER, LEARNER, sign, unsigned
from tests.tallystick.conftest import Run

RULE = """id = "demo"
title = "Forty credits, half of them at level 5"
unit = "nzqcf"
framework = "nz-nzqcf"

[[constraints]]
id = "total"
type = "sum"
min = "40"

[[constraints]]
id = "level"
type = "min_at_or_above_level"
level = "5"
amount = "20"
"""


@pytest.fixture
def rule(tmp_path: Path) -> Path:
    path = tmp_path / "rule.toml"
    path.write_text(RULE)
    return path


def credential(folder: Path, name: str, **changes: Any) -> Path:
    path = folder / name
    document = unsigned(id=f"urn:x:{name}", **changes)
    document["credentialSubject"]["achievement"]["id"] = f"https://poly.example/{name}"
    path.write_bytes(serialize_json(sign(document)))
    return path


def planned(run: Run, *arguments: object) -> dict[str, Any]:
    told = run("stack", "plan", *arguments, "--json")
    assert told.stdout, told.stderr
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def test_credentials_add_up_to_an_award(run: Run, tmp_path: Path, rule: Path) -> None:
    files = [credential(tmp_path, name) for name in ("one", "two")]
    told = run("stack", "plan", rule, *files)
    assert told.returncode == 0, told.stderr
    assert "AWARD" in told.stdout.decode()
    assert "Met: At least 40 credits in all." in told.stdout.decode()


def test_what_is_missing_is_told_exactly(run: Run, tmp_path: Path, rule: Path) -> None:
    one = credential(tmp_path, "one")
    told = run("stack", "plan", rule, one)
    assert told.returncode == 1
    found = planned(run, rule, one)
    assert found["outcome"] == "NOT_YET"
    assert found["shortfall"] == {"total": "20"}
    assert [one["sum"] for one in found["constraints"]] == ["20", "20"]


def test_nothing_is_dropped_silently(run: Run, tmp_path: Path, rule: Path) -> None:
    good = credential(tmp_path, "good")
    same = tmp_path / "same"
    same.write_bytes(good.read_bytes())
    expired = credential(tmp_path, "expired", validUntil="2026-01-16T00:00:00Z")
    changed = tmp_path / "changed"
    changed.write_bytes(good.read_bytes().replace(b'"creditsEarned":20', b'"creditsEarned":30'))
    other = unsigned(id="urn:x:other")
    other["credentialSubject"]["id"] = "did:example:somebody-else"
    (tmp_path / "other").write_bytes(serialize_json(sign(other)))
    files = [good, same, expired, changed, tmp_path / "other"]
    found = planned(run, rule, *files)
    reasons = [one["reasons"] for one in found["excluded"]]
    assert reasons == [["DUPLICATE_DIGEST"], ["EXPIRED"], ["SIGNATURE_INVALID"], ["OTHER_SUBJECT"]]
    assert found["constraints"][0]["sum"] == "20"


def test_what_is_only_available_is_not_stacked(run: Run, tmp_path: Path, rule: Path) -> None:
    document = unsigned(id="urn:x:available")
    del document["credentialSubject"]["creditsEarned"], document["credentialSubject"]["result"]
    (tmp_path / "available").write_bytes(serialize_json(sign(document)))
    found = planned(run, rule, tmp_path / "available")
    assert [one["reasons"] for one in found["excluded"]] == [["CREDITS_NOT_EARNED"]]


def test_the_plan_is_printed_as_a_picture(run: Run, tmp_path: Path, rule: Path) -> None:
    told = run(
        "stack", "plan", rule, credential(tmp_path, "one"), "--svg", PYTHONIOENCODING="ascii"
    )
    assert told.returncode == 1, told.stderr
    picture = ET.fromstring(told.stdout)
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    shown = " ".join(picture.itertext())
    assert "NOT YET" in shown
    for name in ("Pipe welding", "Example Polytechnic", "NZQCF credit", ISSUER):
        assert name in shown


def test_words_name_what_the_credentials_name(run: Run, tmp_path: Path, rule: Path) -> None:
    told = run("stack", "plan", rule, credential(tmp_path, "one")).stdout.decode()
    assert "A1   Pipe welding: 20 credits, level 5, from Example Polytechnic\n" in told
    assert f"20 credits: Example Polytechnic ({ISSUER})\n" in told
    assert "Missing: 20 credits." in told


def test_one_form_of_the_plan_is_printed_at_a_time(run: Run, tmp_path: Path, rule: Path) -> None:
    told = run("stack", "plan", rule, credential(tmp_path, "one"), "--svg", "--json")
    assert told.returncode == 64
    assert b"--svg" in told.stderr
    assert told.stdout == b""


def test_a_conversion_names_its_method(run: Run, tmp_path: Path, rule: Path) -> None:
    rule.write_text(RULE.replace('"nzqcf"', '"ects"').replace('min = "40"', 'min = "10"'))
    files = [credential(tmp_path, "one")]
    by_year = planned(run, rule, *files)
    assert by_year["constraints"][0]["sum"] == "10"
    by_hours = planned(run, rule, *files, "--method", "notional-hours")
    assert by_hours["constraints"][0]["sum"] == "20/3 to 8"
    refused = planned(run, rule, *files, "--method", "receiver-policy")
    assert refused["excluded"][0]["reasons"] == ["NO_CONVERSION"]


def test_the_same_input_gives_the_same_bytes(run: Run, tmp_path: Path, rule: Path) -> None:
    files = [credential(tmp_path, name) for name in ("one", "two", "three")]
    first, second = (run("stack", "plan", rule, *files, "--json").stdout for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    "text", ["", "id = ", 'id = "x"', RULE.replace('"40"', "40"), RULE.replace("sum", "sums")]
)
def test_a_rule_that_cannot_be_used_is_refused(
    run: Run, tmp_path: Path, rule: Path, text: str
) -> None:
    rule.write_text(text)
    told = run("stack", "plan", rule, credential(tmp_path, "one"))
    assert told.returncode in (1, 64)
    assert told.stderr
    assert b"Traceback" not in told.stderr
    assert told.stdout == b""


def test_only_verified_credentials_become_lots() -> None:
    with pytest.raises(TypeError):
        lots_of({"id": LEARNER}, None, None, as_of=None)  # type: ignore[arg-type]
