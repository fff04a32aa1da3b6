"""The desk as an operator starts it: its configuration, its key, its checking processes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tallystick.command import tallystick
from tallystick.desk_configuration import DeskConfiguration
from tallystick.desk_service import checking_of, desk_application
from tallystick.files import CommandError
from tallystick.web_configuration import read_configuration
from tests.recognition.desk.desks import PASSES, PASSWORD, TARGET, badge
from tests.recognition.factories import policy_text

OWN = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


def run(folder: Path, *arguments: str) -> str:
    environment = {
        "TALLYSTICK_KEYS": str(folder / "keys"),
        "TALLYSTICK_REGISTERS": str(folder / "r"),
    }
    answer = CliRunner(env=environment).invoke(tallystick, list(arguments))
    assert answer.exit_code == 0, answer.output
    return answer.output


def furnished(folder: Path) -> tuple[Path, str]:
    """Begin a desk with a policy of a Senate; return its configuration and the first link."""
    file = folder / "desk.toml"
    told = run(
        folder, "recognise", "init", str(file), "--office", "Registrar", "--name", "Ana Arai",
        "--email", "ana@example.com",
    )  # fmt: skip
    registrar = re.search(r"did:key:\w+", told)
    link = re.search(r"http://localhost:8086(/desk/setup/[\w-]+)", told)
    senate = run(folder, "keys", "new", "senate").split("\n")
    assert registrar is not None
    assert link is not None
    adopter = senate[1].removeprefix("controller:").strip()
    text = policy_text(
        gates=PASSES,
        adoption={"body": "Senate", "id": adopter, "resolution": "S1"},
        mandate={"office": "R", "ids": [registrar[0]], "second_reader": "never"},
    )
    (folder / "policy.toml").write_text(text)
    (folder / "target.toml").write_text(TARGET)
    (folder / "trust.json").write_text(json.dumps({"adopters": [{"id": adopter}]}))
    key = senate[0].removeprefix("key:").strip()
    run(
        folder, "recognise", "policy", "sign", str(folder / "policy.toml"), "--key", key,
        "--out", str(folder / "policy.json"),
    )  # fmt: skip
    more = """offline = true
[sources]
trust = ["trust.json"]
[[offer]]
name = "weld101"
title = "Welding 1"
policy = "policy.json"
target = "target.toml"
"""
    file.write_text(file.read_text() + more)
    return file, link[1]


def test_a_desk_is_begun_by_command_and_decides_with_its_own_key(tmp_path: Path) -> None:
    file, link = furnished(tmp_path)
    configuration = read_configuration(str(file), DeskConfiguration)
    checking = checking_of(str(file), configuration)
    try:
        client = desk_application(str(file), configuration, checking).test_client()
        assert client.post(link, data={"password": PASSWORD}, headers=OWN).status_code == 303
        fields = {"offer": "weld101", "text": badge().decode()}
        taken = client.post("/desk/take-in", data=fields, headers=OWN)
        case = re.search(r"/desk/cases/([0-9A-Z-]{11})", taken.text)
        assert case is not None, taken.text
        page = client.get(f"/desk/cases/{case[1]}", headers=OWN).text
        assert "Decide as proposed: Granted" in page
        version = re.search(r'name="version" value="(\d+)"', page)
        assert version is not None
        settled = client.post(
            f"/desk/cases/{case[1]}/settle", data={"version": version[1]}, headers=OWN
        )
        assert settled.status_code == 303, settled.text
        follow = re.search(r"http://localhost:8086(/apply/follow/[\w-]+)", taken.text)
        assert follow is not None
        decision = client.get(f"{follow[1]}/decision.json").json
        assert decision["issuer"]["id"] in (tmp_path / "policy.toml").read_text()
        url = f"sqlite:///{tmp_path / 'desk.sqlite'}"
        assert case[1] in run(tmp_path, "recognise", "cases", "--decisions", url)
    finally:
        checking.close()


def test_a_configuration_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "desk.toml"
    file.write_text("mine")
    arguments = [
        "recognise",
        "init",
        str(file),
        "--office",
        "R",
        "--name",
        "A",
        "--email",
        "a@b.nz",
    ]
    answer = CliRunner().invoke(tallystick, arguments)
    assert isinstance(answer.exception, CommandError)
    assert file.read_text() == "mine"


@pytest.mark.parametrize("change", ["retention_days = 0", 'base = "nowhere"', "unknown = 1"])
def test_a_wrong_configuration_is_told_by_its_place(tmp_path: Path, change: str) -> None:
    file = tmp_path / "desk.toml"
    lines = [
        'office = "R"',
        'base = "http://localhost"',
        'database = "sqlite:///x"',
        'key = "file:k"',
    ]
    kept = [one for one in lines if one.split(" ")[0] != change.split(" ", maxsplit=1)[0]]
    file.write_text("\n".join([*kept, change]))
    with pytest.raises(CommandError, match=change.split(" ", maxsplit=1)[0]):
        read_configuration(str(file), DeskConfiguration)
