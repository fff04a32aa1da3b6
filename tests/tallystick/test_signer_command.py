"""The signer as it is run: a process of its own that signs for others."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tallystick.conftest import Run, environment_of
from tests.tallystick.test_command import REQUEST, new_key, write

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def execute(*arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tallystick", "signer", "serve", *map(str, arguments)],
            cwd=tmp_path,
            env=environment_of(tmp_path, {"TALLYSTICK_SIGNER": str(tmp_path / "signer")}),
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        stdout = process.stdout
        assert stdout is not None
        while not stdout.readline().startswith("Signing"):
            assert process.poll() is None
        return process

    yield execute
    for process in started:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_the_signer_signs_for_a_process_that_cannot_read_the_key(
    run: Run, start: Start, tmp_path: Path
) -> None:
    file = new_key(run)
    signer = start(file)
    socket = tmp_path / "signer" / "socket"
    listed = run("signer", "keys", socket)
    uri = listed.stdout.decode().split("\t")[0]
    assert uri == f"signer:{socket}#uni"

    def issue(name: str, *options: str) -> subprocess.CompletedProcess[bytes]:
        request, out = write(tmp_path / "request.json", REQUEST), tmp_path / name
        key = ("--key", uri, "--out", out)
        return run("issue", request, *key, *options, TALLYSTICK_KEYS="/nonexistent")

    assert issue("badge.json").returncode == 0
    assert run("verify", tmp_path / "badge.json").returncode == 0
    signer.kill()  # no time to clean up, and a dead socket stays
    signer.wait()
    assert b"SIGNER_UNREACHABLE" in issue("none.json").stderr
    assert not (tmp_path / "none.json").exists()
    signer = start(file)
    assert issue("badge.jwt", "--jwt").returncode == 0
    assert run("verify", tmp_path / "badge.jwt").returncode == 0
    assert run("keys", "end", file, "retired").returncode == 0
    assert b"it must not sign" in issue("none.json").stderr
    signer.send_signal(signal.SIGTERM)
    assert signer.wait(60) == 0
    assert not socket.exists()

    told = run("signer", "journal", tmp_path / "signer" / "journal")
    assert told.stdout.endswith(b"2 signatures; the journal is whole.\n")
    (day,) = (tmp_path / "signer" / "journal").glob("*.jsonl")
    lines = [json.loads(line) for line in day.read_text().splitlines()]
    assert [line["form"] for line in lines] == ["proof", "JWT"]
    assert {line["user"] for line in lines} == {os.getuid()}


def test_the_process_of_the_signer_does_not_even_load_what_fetches() -> None:
    program = (
        "import tallystick.signer_command, sys; print(*(name for name in sys.modules if name in "
        "('httpcore', 'ssl', 'service.fetching', 'http.client', 'urllib.request')))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert loaded.stdout.split() == []


def test_wrong_calls_are_told(run: Run, tmp_path: Path) -> None:
    file = new_key(run)
    assert run("signer", "serve", "signer:/x#y").returncode == 64
    told = run("signer", "serve", file, "--user", "no-such-user", "--journal", tmp_path / "j")
    assert (told.returncode, b"no user called no-such-user" in told.stderr) == (64, True)
    request = write(tmp_path / "request.json", REQUEST)
    told = run("issue", request, "--key", "signer:/nowhere", "--out", "y.json")
    assert b"signer:PATH-OF-SOCKET#NAME" in told.stderr
