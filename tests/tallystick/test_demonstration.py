"""The demonstration: its services end with it, its browser sends what a person could send."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tallystick import demo
from tallystick.demo import running
from tallystick.demo.browsing import Browser, File
from tallystick.demo.running import Place, begun, beside, free_ports
from tallystick.files import CommandError

PAGE = """<!doctype html><main><h1>An &amp; application</h1>
<form action="/search"><input name="words"></form>
<form method="post" action="{action}"{encoding}>
<input type="hidden" name="version" value="3"><input name="name" value="">
<input type="checkbox" name="a" value="yes"><input type="checkbox" name="b" value="yes" checked>
<select name="fact"><option value="x">X</option><option value="y" selected>Y</option></select>
<select name="other"><option value="first">1</option><option value="second">2</option></select>
<textarea name="text">
kept</textarea><input type="file" name="file"><button name="go">Go</button></form></main>"""
MULTIPART = ' enctype="multipart/form-data"'


class _Answers(BaseHTTPRequestHandler):
    """Shows a form at /plain and /files, and what was sent at any other address."""

    sent: list[tuple[str, bytes]]

    def do_GET(self) -> None:
        encoding = MULTIPART if self.path == "/files" else ""
        status = HTTPStatus.NOT_FOUND if self.path == "/gone" else HTTPStatus.OK
        self._answer(status, PAGE.format(action="/taken", encoding=encoding).encode())

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.sent.append((self.headers["Content-Type"], data))
        self._answer(HTTPStatus.OK, f"<main>{self.headers['Origin']}</main>".encode())

    def _answer(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    _Answers.sent = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_form_is_sent_with_what_it_holds_and_what_was_entered(site: str) -> None:
    browser = Browser()
    page = browser.send(browser.open(f"{site}/plain"), "/taken", {"name": "Ana Ñ", "a": "yes"})
    page.require(site)
    ((kind, data),) = _Answers.sent
    assert kind == "application/x-www-form-urlencoded"
    expected = b"version=3&b=yes&fact=y&other=first&text=kept&name=Ana+%C3%91&a=yes"
    assert data == expected


def test_a_chosen_file_is_sent_as_it_is(site: str) -> None:
    browser, file = Browser(), File("a.json", b"\x00\xff\r\n")
    browser.send(browser.open(f"{site}/files"), "/taken", {"file": file})
    ((kind, data),) = _Answers.sent
    mark = kind.partition("boundary=")[2].encode()
    head = b'Content-Disposition: form-data; name="file"; filename="a.json"\r\n\r\n'
    assert data.endswith(head + b"\x00\xff\r\n\r\n--" + mark + b"--\r\n")
    assert data.count(mark) == len(("version", "name", "b", "fact", "other", "text", "file")) + 1


def test_what_a_page_does_not_have_cannot_be_used(site: str) -> None:
    browser = Browser()
    page = browser.open(f"{site}/plain").require("An & application")
    with pytest.raises(CommandError, match="has no field password"):
        browser.send(page, "/taken", {"password": "x"})
    with pytest.raises(CommandError, match="a form that goes to …/search"):
        browser.send(page, "/search")
    with pytest.raises(CommandError, match="expected Granted, and was shown: An & application"):
        page.require("Granted")
    assert _Answers.sent == []


def test_an_answer_of_another_status_ends_the_story(site: str) -> None:
    Browser().open(f"{site}/gone", status=HTTPStatus.NOT_FOUND).require("An & application")
    with pytest.raises(CommandError, match="answered 404 instead of 200"):
        Browser().open(f"{site}/gone")
    with pytest.raises(CommandError, match="answered 200 instead of 404"):
        Browser().open(f"{site}/plain", status=HTTPStatus.NOT_FOUND)


def _processes_of(folder: Path) -> list[int]:
    """Find processes that were told this folder, by what Linux says of them."""
    found = []
    for one in Path("/proc").glob("[0-9]*"):
        try:
            told = (one / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in told:
            found.append(int(one.name))
    return found


SERVES_UNTIL_ASKED = """
import sys
from pathlib import Path
from tallystick.demo.running import Place, begun, end_when_asked, free_ports, wait_for_interruption
end_when_asked()
folder = Path(sys.argv[1])
place = Place(("verifier", "serve", "--config", str(folder / "verifier.toml")), free_ports(1)[0])
with begun(folder, place) as listen:
    listen()
    print(place.address, flush=True)
    if sys.argv[2:] == ["and waits"]:
        wait_for_interruption()
    else:
        sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("how", "number", "status"),
    [("and waits", signal.SIGINT, 0), ("and waits", signal.SIGTERM, 0), ("", signal.SIGTERM, 143)],
)
def test_services_end_with_who_is_interrupted(
    tmp_path: Path, how: str, number: signal.Signals, status: int
) -> None:
    (tmp_path / "verifier.toml").write_text("offline = true\n")
    command = [sys.executable, "-c", SERVES_UNTIL_ASKED, str(tmp_path), *filter(None, [how])]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        Browser().open(f"{address}/").require("Check a credential")
        process.send_signal(number)
        assert process.wait(60) == status
    assert _processes_of(tmp_path) == []


def test_a_command_beside_the_story_says_what_failed(tmp_path: Path) -> None:
    with beside("--version") as said:
        assert said().startswith("tallystick ")
    with beside("verify", tmp_path / "nothing.json") as said, pytest.raises(CommandError) as told:
        said()
    assert "nothing.json" in str(told.value)


def test_what_a_person_types_to_serve_a_place_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running, "program", lambda: "tallystick")
    place = Place(("wallet", "serve", "--trust", "my story/trust.json"), 8083, {"A": "1"})
    assert place.command() == (
        "A=1 tallystick wallet serve --trust 'my story/trust.json' --port 8083"
    )
    assert (place.name, place.address) == ("wallet serve", "http://127.0.0.1:8083")


def test_the_program_is_named_as_it_is_called_from_a_clone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "tallystick").touch()
    monkeypatch.setattr(sys, "executable", str(programs / "python"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert running.program() == ".venv/bin/tallystick"
    monkeypatch.setattr(shutil, "which", lambda _name: str(programs / "tallystick"))
    assert running.program() == "tallystick"


def test_where_one_service_does_not_start_none_goes_on(tmp_path: Path) -> None:
    good, bad = free_ports(2)
    settings = tmp_path / "verifier.toml"
    settings.write_text("offline = true\n")
    places = (
        Place(("verifier", "serve", "--config", str(settings)), good),
        Place(("recognise", "serve", "--config", str(tmp_path / "missing.toml")), bad),
    )
    with begun(tmp_path, *places) as listen:
        with pytest.raises(CommandError, match=r"recognise serve ended: .*missing\.toml"):
            listen()
        assert _processes_of(settings) != []
    assert _processes_of(tmp_path) == []


def test_a_folder_that_is_kept_may_be_named_from_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[Path] = []
    monkeypatch.setattr(demo, "leave_the_users_service_alone", lambda: None)
    monkeypatch.setattr(demo, "_play", lambda folder, **_how: played.append(folder))
    monkeypatch.chdir(tmp_path)
    demo.run_demo(Path("story"))
    assert played == [tmp_path / "story"]
