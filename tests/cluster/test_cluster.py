"""A scheduler and two workers on loopback: nothing but names and documents travels."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.project import ROOT

LINES = 130
"""More than two batches, so that both workers get some."""


@contextmanager
def started(name: str, *arguments: str, folder: Path, **environment: str) -> Iterator[str]:
    """Start a part of Dask, and yield the first address that it tells."""
    program = [sys.executable, "-m", "distributed.cli." + name, *arguments]
    inside = {**environment, "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    with subprocess.Popen(
        program, stderr=subprocess.PIPE, text=True, cwd=folder, env=inside
    ) as process:
        assert process.stderr is not None
        try:
            found = (
                re.search(r"(?:Scheduler|Listening) (?:at|to): +(\S+)", line)
                for line in process.stderr
            )
            address = next(filter(None, found))[1]
            yield address
        finally:
            process.kill()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[str]:
    """A scheduler and two workers; the key is in the folder of the workers and nowhere else."""
    keys = {"TALLYSTICK_KEYS": str(tmp_path / "keys"), "TALLYSTICK_OFFLINE": "1"}
    bound = ("--host", "127.0.0.1", "--no-dashboard")
    with ExitStack() as stack:
        address = stack.enter_context(
            started("dask_scheduler", *bound, "--port", "0", folder=tmp_path)
        )
        for _ in range(2):
            options = (*bound, "--nthreads", "1", "--no-nanny")
            stack.enter_context(started("dask_worker", address, *options, folder=tmp_path, **keys))
        yield address


def tallystick(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tallystick", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=120,
        cwd=ROOT,
    )


def test_workers_issue_with_their_own_key_and_verify_in_order(cluster: str, tmp_path: Path) -> None:
    made = tallystick("keys", "new", "college", "--keys", tmp_path / "keys").stdout.decode()
    uri = re.search(r"file:\S+", made)[0]  # type: ignore[index]
    request = json.loads((ROOT / "docs/examples/welding.json").read_text())
    lines = [json.dumps(request) if number != 7 else "{}" for number in range(1, LINES + 1)]
    stdin = "\n".join(lines).encode()
    badges = tmp_path / "badges.jsonl"
    issued = tallystick(
        *("issue", "--jsonl", "-", "--key", uri, "--out", badges, "--cluster", cluster), stdin=stdin
    )
    told = [json.loads(line) for line in issued.stdout.splitlines()]
    assert [one["line"] for one in told] == list(range(1, LINES + 1)), issued.stderr
    assert [one["line"] for one in told if not one["issued"]] == [7]
    verified = tallystick("verify", "--jsonl", badges, "--offline", "--cluster", cluster)
    rows = [json.loads(line) for line in verified.stdout.splitlines()]
    assert [(one["line"], one["verdict"]) for one in rows] == [
        (number, "valid") for number in range(1, LINES)
    ]
    assert verified.returncode == 0


def test_a_worker_without_the_key_says_so(cluster: str, tmp_path: Path) -> None:
    uri = f"file:{tmp_path / 'elsewhere.key.json'}"
    told = tallystick("issue", "--jsonl", "-", "--key", uri, "--cluster", cluster, stdin=b"{}")
    assert (told.returncode, b"[KEY_NOT_FOUND]" in told.stderr) == (1, True)


def test_a_scheduler_that_is_not_there_is_told() -> None:
    told = tallystick("verify", "--jsonl", "-", "--cluster", "tcp://127.0.0.1:9", stdin=b"{}")
    assert (told.returncode, b"No scheduler answers" in told.stderr) == (64, True)
