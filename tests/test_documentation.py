"""Documents that cannot rot: what they show is run, what they list is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from credentials.sd_jwt.open_badge import VCT
from issuer import IssuanceRequest
from tests.factories import ISSUER, LIST_URL, NOW, check, codes
from tests.issuer.test_issuer import issuer
from tests.project import ROOT, skip_away_from_sources
from tests.verifier.sd_jwts import issued, report_on, status_token
from verifier.report import CHECK_IDS, Verdict


def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_request_of_the_readme_becomes_a_valid_credential() -> None:
    shown = re.search(r"```json\n(.*?)```", readme(), re.DOTALL)
    assert shown is not None
    request = json.loads(shown[1])
    assert request == json.loads((ROOT / "docs/examples/welding.json").read_text())
    one = issuer()
    issued = one.issue(one.prepare(IssuanceRequest.from_json(request), now=NOW), now=NOW)
    assert check(issued.data).verdict is Verdict.VALID


def test_the_readme_lists_exactly_the_checks_of_a_report() -> None:
    rows = re.findall(
        r"^\| ([a-z]+) \| ",
        readme().partition("## What is checked")[2].partition("\n## ")[0],
        re.MULTILINE,
    )
    assert tuple(row for row in rows if row != "check") == CHECK_IDS


@pytest.mark.parametrize("file", ["README.md", "docs/README.md", "docs/adr/README.md"])
def test_links_lead_somewhere(file: str) -> None:
    path = ROOT / file
    targets = re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
    assert targets
    missing = [name for name in targets if not (path.parent / name).exists()]
    if (ROOT / "LICENSE").exists():
        assert missing == []


def sd_jwt_guide() -> str:
    return (ROOT / "docs/sd-jwt-vc.md").read_text(encoding="utf-8")


def test_the_claims_of_the_guide_to_sd_jwts_become_a_valid_credential() -> None:
    shown = re.search(r"```json\n(.*?)```", sd_jwt_guide(), re.DOTALL)
    assert shown is not None
    claims = {**json.loads(shown[1]), "iss": ISSUER, "vct": VCT}
    assert claims["vct"] == json.loads(shown[1])["vct"]
    report = report_on(issued(claims), {LIST_URL: status_token()}, now=NOW)
    assert codes(report, "failed") == set()


def test_every_code_of_the_guide_to_sd_jwts_exists() -> None:
    codes_told = set(re.findall(r"`([A-Z_]{8,})`", sd_jwt_guide()))
    import credentials
    import verifier

    folders = [Path(str(package.__file__)).parent for package in (credentials, verifier)]
    modules = [path for folder in folders for path in folder.rglob("*.py")]
    source = "".join(path.read_text(encoding="utf-8") for path in modules)
    assert codes_told
    assert {code for code in codes_told if f'"{code}"' not in source} == set()


def test_every_code_of_the_level_and_credit_profile_exists() -> None:
    text = (ROOT / "docs/level-credit-profile.md").read_text(encoding="utf-8")
    codes = set(re.findall(r"`([A-Z_]{8,})`", text))
    import credentials.level_credit as package

    modules = sorted(Path(str(package.__file__)).parent.glob("*.py"))
    source = "".join(module.read_text(encoding="utf-8") for module in modules)
    assert codes
    assert {code for code in codes if f'"{code}"' not in source} == set()


PROMISE = re.compile(r"\| (R[0-9]+) \| [^|]+ \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")
FIGURE = re.compile(r"`([A-Z_]+)` ([0-9,]+)")


def test_the_promises_of_the_issuer_service_are_those_of_its_tests() -> None:
    skip_away_from_sources()
    rows = PROMISE.findall((ROOT / "docs" / "promises.md").read_text(encoding="utf-8"))
    assert len(rows) == 12
    for number, shown, few, many, control in rows:
        tests = re.findall(r"`(tests/[^`]+)::(test_\w+)`", f"{shown}{control}")
        sources = {path: (ROOT / path).read_text(encoding="utf-8") for path, _name in tests}
        assert [name for path, name in tests if f"\ndef {name}(" not in sources[path]] == []
        assert "`tests/" in control, number
        assert not set(re.findall(r"::(test_\w+)", control)) & set(
            re.findall(r"::(test_\w+)", shown)
        )
        figures = zip(FIGURE.findall(few), FIGURE.findall(many), strict=True)
        for (name, one), (same, other) in figures:
            wanted = f"\n{name} = repetitions({one}, soak={other})\n".replace(",", "_")
            assert name == same
            assert wanted.replace("_ ", ", ") in "".join(sources.values()), (number, name)


def test_every_test_that_a_promise_of_security_names_is_there() -> None:
    skip_away_from_sources()
    named = re.findall(r"`((?:tests|credentials)/[^`]+)`", (ROOT / "SECURITY.md").read_text())
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
