"""Both services as people start them: processes of their own, spoken to over the network."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.factories import sign
from tests.project import ROOT, skip_away_from_sources
from tests.services import DATA_MODEL, JSON, PROBLEM, plain
from tests.tallystick.command_here import call_here
from tests.tallystick.conftest import environment_of

MEMORY = 256 * 1024
"""Most memory that a service may ever have used (KiB)."""

SECONDS = 2.0
CHUNKED = "Transfer-Encoding: chunked\r\n\r\n"


Service = tuple[subprocess.Popen[str], str]
"""A process and its address."""


def begun(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a service, which takes a while to listen."""
    return subprocess.Popen(
        [sys.executable, "-m", "tallystick", *arguments, "--port", "0"],
        cwd=folder,
        env=environment_of(folder, {}),
        stderr=subprocess.PIPE,
        text=True,
    )


def address_of(started: subprocess.Popen[str]) -> str:
    assert started.stderr is not None
    line = next(line for line in started.stderr if "Listening" in line)
    found = re.search(r"https?://[\d.]+:\d+", line)
    assert found is not None
    return found[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("services")
    (where / "docs").symlink_to(ROOT / "docs")
    made = init(where)
    assert made.returncode == 0, made.stderr
    return where


def init(where: Path) -> subprocess.CompletedProcess[bytes]:
    """Write the configuration, which takes no process of its own."""
    arguments = ("issuer", "init", "issuer.toml")
    return call_here(arguments, where, environment_of(where, {}), b"")


@pytest.fixture(scope="module")
def services(folder: Path) -> Iterator[list[Service]]:
    """Start the issuer and the verifier side by side, and stop them as an operator does."""
    started = [
        begun(folder, "issuer", "serve", "--config", "issuer.toml"),
        begun(folder, "verifier", "serve", "--proof-only"),
    ]
    try:
        yield [(one, address_of(one)) for one in started]
    finally:
        for one in started:
            one.send_signal(signal.SIGTERM)
        statuses = [one.wait(30) for one in started]
        for one in started:
            assert one.stderr is not None
            one.stderr.close()
        assert statuses == [0, 0]


@pytest.fixture
def issuer(services: list[Service]) -> Service:
    return services[0]


@pytest.fixture
def verifier(services: list[Service]) -> Service:
    return services[1]


def most_memory(started: subprocess.Popen[str]) -> int:
    text = Path(f"/proc/{started.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", text)
    assert found is not None
    return int(found[1])


def test_the_example_of_the_readme_issues_and_verifies(
    folder: Path, issuer: Service, verifier: Service
) -> None:
    skip_away_from_sources()
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("## Over HTTP")[2].partition("\n## ")[0]
    commands = re.findall(r"^\$ (curl .*)$", section, re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        named = command.replace("http://127.0.0.1:8080", issuer[1])
        named = named.replace("http://127.0.0.1:8081", verifier[1])
        done = subprocess.run(
            ["bash", "-c", named], cwd=folder, capture_output=True, check=True, text=True
        )
    answer = json.loads(done.stdout)
    assert (answer["verified"], answer["verdict"]) == (True, "valid")
    assert answer["report"]["value"]["stated"][0]["amount"] == "20"


def test_what_the_generic_instance_signs_the_other_process_verifies(
    issuer: Service, verifier: Service
) -> None:
    owner = httpx.get(f"{issuer[1]}/generic/did.json", trust_env=False).json()["id"]
    body = {"credential": plain(issuer=owner)}
    issued = httpx.post(f"{issuer[1]}/generic/credentials/issue", json=body, trust_env=False)
    assert issued.status_code == 201
    answer = httpx.post(
        f"{verifier[1]}/credentials/verify",
        json={"verifiableCredential": issued.json()},
        trust_env=False,
    )
    assert answer.json()["verified"]


def exchange(url: str, head: str, body: bytes = b"", times: int = 1) -> bytes:
    """Send a request as it is, however wrong, and read the whole answer."""
    host, _colon, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head.encode("latin-1"))
        try:
            for _ in range(times):
                connection.sendall(body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # The service has answered already and listens no longer.
        return connection.recv(65_536)


def request(length: str) -> str:
    return (
        "POST /credentials/verify HTTP/1.1\r\nHost: localhost\r\n"
        f"Content-Type: {JSON}\r\nConnection: close\r\n{length}\r\n\r\n"
    )


def test_a_body_of_100_megabytes_is_refused_at_once_and_kept_nowhere(verifier: Service) -> None:
    started, url = verifier
    begin = time.monotonic()
    answer = exchange(url, request("Content-Length: 100000000"))
    assert b" 413 " in answer.splitlines()[0]
    assert PROBLEM.encode() in answer
    assert time.monotonic() - begin < SECONDS
    answer = exchange(url, request("Accept: text/html\r\nContent-Length: 100000000"))
    assert b"text/html" in answer
    chunk = b"10000\r\n" + bytes(65_536) + b"\r\n"
    answer = exchange(url, request("Transfer-Encoding: chunked"), chunk, times=1_600)
    assert b" 413 " in answer.splitlines()[0]
    assert most_memory(started) < MEMORY


@pytest.mark.parametrize(
    "head",
    [
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x" * 40_000 + "\r\n\r\n",
        "POST /credentials/verify HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "POST /credentials/verify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
        + CHUNKED
        + "0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "GET /health/live\r\n\n HTTP/1.1\r\n\r\n",
        "nonsense\r\n\r\n",
        "POST //credentials/verify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
        "GET http://evil.example/health/live HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ],
)
def test_bad_http_is_answered_with_a_problem(verifier: Service, head: str) -> None:
    answer = exchange(verifier[1], head)
    status = int(answer.split()[1])
    assert 400 <= status < 600
    assert PROBLEM.encode() in answer
    assert b"tallystick" not in answer.partition(b"\r\n\r\n")[2].lower()


def test_heavy_documents_are_refused_within_limits_and_others_are_served_meanwhile(
    verifier: Service,
) -> None:
    started, url = verifier
    heavy = sign(plain())
    heavy["@context"] = [DATA_MODEL, {"@vocab": "https://e.example/"}]
    heavy["deed"] = [{"a": {"b": {}}} for _ in range(800)]
    deep = b'{"verifiableCredential":' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"}"

    def post_heavy(_number: int) -> int:
        body = {"verifiableCredential": heavy}
        path = f"{url}/proof-only/credentials/verify"
        return httpx.post(path, json=body, timeout=60, trust_env=False).status_code

    with ThreadPoolExecutor(3) as pool:
        busy = [pool.submit(post_heavy, number) for number in range(3)]
        begin = time.monotonic()
        live = httpx.get(f"{url}/health/live", timeout=20, trust_env=False)
        assert live.status_code == 200
        assert time.monotonic() - begin < SECONDS
        headers = {"Content-Type": JSON}
        path = f"{url}/credentials/verify"
        assert httpx.post(path, content=deep, headers=headers, trust_env=False).status_code == 400
        assert [one.result() for one in busy] == [400] * 3
    assert most_memory(started) < MEMORY


def test_the_configuration_that_init_wrote_is_not_written_over(folder: Path) -> None:
    again = init(folder)
    assert again.returncode == 1
    assert b"there already" in again.stderr
