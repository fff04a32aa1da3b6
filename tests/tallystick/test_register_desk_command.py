"""The commands of an authority's desk: set up, people, taking a register over, writing it out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from authority.newest import Newest
from frameworks.register import edition_document
from tallystick.command import tallystick
from tallystick.register_desk import open_store, publisher
from tallystick.register_files import read_folder
from tallystick.register_service import newest_of
from tests.authority.desk.world import AUTHORITY
from tests.databases import sqlite_copy
from tests.factories import sign
from tests.frameworks.register_files import SOUND, edited


def write(folder: Path, files: dict[str, str] = SOUND) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(tallystick, ["register", "desk", *map(str, arguments)])


@pytest.fixture
def database(tmp_path: Path) -> str:
    return sqlite_copy(tmp_path / "desk.sqlite")


def test_a_desk_is_tried_out_on_the_register_that_comes_along(database: str) -> None:
    options = ("--database", database)
    made = run("init", *options, "--register", "reference", "--email", "ana@nz.example")
    assert made.exit_code == 0, made.output
    store = open_store(database, migrates=False)
    assert store.next_edition.description()["id"] == "urn:tallystick:register:reference"


def test_a_desk_is_set_up_once_and_people_get_links(database: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "register")
    options = ("--database", database)
    made = run("init", *options, "--register", folder, "--email", "Ana@nz.example")
    assert made.exit_code == 0, made.output
    assert re.search(r"http://127\.0\.0\.1:8085/desk/setup/[\w-]{43}\n", made.output)
    assert run("init", *options, "--register", folder, "--email", "b@nz.example").exit_code != 0
    other = run(
        "person", *options, "rui@nz.example", "--role", "officer", "--base", "https://r.nz/"
    )
    assert other.output.startswith("https://r.nz/desk/setup/")
    assert run("person", *options, "nobody@nz.example").exit_code != 0
    assert run("person", *options, "no address", "--role", "head").exit_code != 0
    members = open_store(database, migrates=False).office.members()
    assert {user.email: roles for user, roles in members} == {
        "ana@nz.example": {"head"}, "rui@nz.example": {"officer"},
    }  # fmt: skip


def test_a_register_is_written_out_and_taken_over_again(database: str, tmp_path: Path) -> None:
    options = ("--database", database)
    folder, out = write(tmp_path / "register"), tmp_path / "out"
    run("init", *options, "--register", folder, "--email", "ana@nz.example")
    assert run("export", *options, out).exit_code == 0
    assert run("export", *options, out).exit_code != 0
    assert set(read_folder(out)) == set(SOUND)
    assert "Taken over" in run("import", *options, out).output
    write(out, edited(read_folder(out), "units.csv", "120", "minus"))
    assert run("import", *options, out).exit_code != 0


def test_published_editions_are_files_that_any_server_can_serve(tmp_path: Path) -> None:
    data = json.dumps(sign(edition_document(SOUND, issuer=AUTHORITY), suite="eddsa-jcs-2022"))
    publisher(tmp_path / "site")(1, data.encode())
    site = tmp_path / "site"
    assert (site / "edition.json").read_text() == (site / "editions/1.json").read_text() == data
    index = json.loads((site / "index.json").read_text())
    assert (index["edition"], index["file"]) == (1, "editions/1.json")
    publisher(None)(2, b"")


def test_a_folder_that_changes_is_served_as_it_is_now(tmp_path: Path) -> None:
    folder = write(tmp_path / "register")
    current = newest_of(str(folder), ())
    assert current().register.description.name == "Register of tests"
    write(folder, edited(SOUND, "register.toml", "Register of tests", "Another name"))
    newest = current.__self__  # type: ignore[attr-defined]
    assert isinstance(newest, Newest)
    newest.refresh()
    assert current().register.description.name == "Another name"
    (folder / "register.toml").write_text("spoilt")
    newest.refresh()
    assert current().register.description.name == "Another name"
