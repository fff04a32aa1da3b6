"""The desk as an operator starts it: its configuration, its key, its checking processes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from recognition.deciding.case import Ruling
from recognition.deciding.judging import Outcome
from recognition.desk.cases import CameBy, Document, NewCase
from service.people import Act
from service.web import RequestRefusedError
from tallystick.command import tallystick
from tallystick.decision_lists import signs_lists
from tallystick.desk_configuration import DeskConfiguration
from tallystick.desk_service import (
    application_of,
    checking_of,
    desk_application,
    desk_services,
    open_store,
)
from tallystick.desk_serving import serve
from tallystick.files import CommandError
from tallystick.web_configuration import read_configuration, require_key_file
from tests.databases import sqlite_copy
from tests.factories import check, codes
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
        assert client.get("/").location == "/desk/"
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


def test_a_desk_that_others_reach_signs_lists_by_which_decisions_are_withdrawn(
    tmp_path: Path,
) -> None:
    file, _link = furnished(tmp_path)
    file.write_text(file.read_text().replace("http://localhost:8086", "https://desk.example"))
    configuration = read_configuration(str(file), DeskConfiguration)
    checking = checking_of(str(file), configuration)
    try:
        services = desk_services(str(file), configuration, checking)
        act, store, settling = Act("test", services.now()), services.store, services.settling
        new = NewCase("weld101", (Document("badge.json", badge()),), CameBy.UPLOAD)
        case = settling.examine(act, store.cases.receive(act, new)[0])
        case = settling.settle(act, case)
        client = application_of(services, configuration, checking).test_client()
        reached = {"base_url": "https://desk.example"}
        first = client.get("/status/decisions/1", **reached)
        listed = json.loads(first.data)
        former = json.loads(store.decisions.of(case.id)[0].credential)
        assert former["credentialStatus"]["statusListCredential"] == listed["id"]
        assert listed["id"] == "https://desk.example/status/decisions/1"
        told = client.get("/status/decisions/1", headers={"If-None-Match": first.headers["ETag"]})
        assert told.status_code == 304
        ruling = Ruling("Ana", Outcome.REFUSE, "No.", substantial_differences=("All of it.",))
        settling.rule(act, case, ruling)
        newer = json.loads(client.get("/status/decisions/1", **reached).data)
        documents = {listed["id"]: newer}
        assert codes(check(former, documents, now=services.now())) >= {"REVOKED"}
        assert codes(check(newer, now=services.now())) == set()
    finally:
        checking.close()


def test_a_desk_without_https_says_that_nothing_can_be_withdrawn(tmp_path: Path) -> None:
    file, _link = furnished(tmp_path)
    configuration = read_configuration(str(file), DeskConfiguration)
    checking = checking_of(str(file), configuration)
    try:
        assert desk_services(str(file), configuration, checking).list_numbered is None
    finally:
        checking.close()


def test_a_list_of_another_key_is_not_signed(tmp_path: Path) -> None:
    furnished(tmp_path)
    key = f"file:{tmp_path / 'desk-keys' / 'decisions.key.json'}"
    with pytest.raises(RequestRefusedError) as refused:
        signs_lists(key)({"issuer": "did:key:zOther"})
    assert (refused.value.status, refused.value.code) == (503, "KEY_OF_OTHERS")
    with pytest.raises(RequestRefusedError) as refused:
        signs_lists(f"file:{tmp_path / 'none.json'}")({"issuer": "did:key:zOther"})
    assert refused.value.code == "KEY_UNUSABLE"


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


def test_a_desk_is_not_begun_for_an_address_that_is_none(tmp_path: Path) -> None:
    file = str(tmp_path / "desk.toml")
    whose = ("--office", "R", "--name", "A", "--email", "nowhere")
    answer = CliRunner().invoke(tallystick, ["recognise", "init", file, *whose])
    assert isinstance(answer.exception, CommandError)
    assert not list(tmp_path.iterdir())


def test_an_address_that_nobody_has_or_that_is_none_makes_no_account(tmp_path: Path) -> None:
    file, _link = furnished(tmp_path)
    for arguments in (("rui@example.com",), ("no address", "--role", "assessor")):
        answer = CliRunner().invoke(
            tallystick, ["recognise", "person", "--config", str(file), *arguments]
        )
        assert isinstance(answer.exception, CommandError), answer.output
    added = run(
        tmp_path, "recognise", "person", "--config", str(file), "Rui@Example.com", "--role",
        "assessor",
    )  # fmt: skip
    assert added.startswith("http://localhost:8086/desk/setup/")
    configuration = read_configuration(str(file), DeskConfiguration)
    members = open_store(str(file), configuration).office.members()
    assert {user.email for user, _roles in members} == {"ana@example.com", "rui@example.com"}


def test_a_key_that_is_named_from_here_is_found_from_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = run(tmp_path, "keys", "new", "registrar").split()[1].removeprefix("file:")
    monkeypatch.chdir(Path(key).parent)
    (tmp_path / "office").mkdir()
    sqlite_copy(tmp_path / "office" / "desk.sqlite")
    file = str(tmp_path / "office" / "desk.toml")
    whose = ("--office", "R", "--name", "A", "--email", "a@b.nz")
    run(tmp_path, "recognise", "init", file, *whose, "--key", f"file:{Path(key).name}")
    configuration = read_configuration(file, DeskConfiguration)
    assert configuration.key == f"file:{key}"
    require_key_file(file, configuration.key)


def test_a_desk_without_its_key_does_not_start(tmp_path: Path) -> None:
    file, _link = furnished(tmp_path)
    (tmp_path / "desk-keys" / "decisions.key.json").unlink()
    with pytest.raises(CommandError, match="is not there"):
        serve(str(file), None)


def test_a_desk_whose_ledger_is_broken_tells_its_operator_and_does_not_start(
    tmp_path: Path,
) -> None:
    file, _link = furnished(tmp_path)
    (tmp_path / "ledger.json").write_text("{}")
    with pytest.raises(CommandError, match="is no ledger"):
        serve(str(file), None)


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
