"""Running the command as people do: in another process, on real files."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tallystick.command_here import call_here
from tests.tallystick.loaded_command import Call, call_loaded

Run = Callable[..., subprocess.CompletedProcess[bytes]]
MEMORY = 256 * 1024 * 1024


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command in this process; nearly all tests of the command do."""

    def execute(
        *arguments: object, stdin: bytes = b"", **environment: str
    ) -> subprocess.CompletedProcess[bytes]:
        inside = environment_of(tmp_path, environment)
        return call_here(tuple(map(str, arguments)), tmp_path, inside, stdin)

    return execute


@pytest.fixture
def run_apart(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the command in a process that has its modules loaded already."""

    def execute(
        *arguments: object, stdin: bytes = b"", seconds: int = 60, **environment: str
    ) -> subprocess.CompletedProcess[bytes]:
        streams = tmp_path_factory.mktemp("streams")
        (streams / "stdin").write_bytes(stdin)
        inside = environment_of(tmp_path, environment)
        call = Call(tuple(map(str, arguments)), tmp_path, inside, streams)
        return call_loaded(call, seconds=seconds)

    return execute


@pytest.fixture
def run_program(tmp_path: Path) -> Run:
    """Start the program from nothing, as a shell does: slower, and nothing left out."""

    def execute(
        *arguments: object,
        stdin: bytes = b"",
        limited: bool = False,
        shell: str = "",
        **environment: str,
    ) -> subprocess.CompletedProcess[bytes]:
        within = ["bash", "-c", shell, "shell"] if shell else []
        return subprocess.run(
            [*within, sys.executable, "-m", "tallystick", *map(str, arguments)],
            check=False,
            input=stdin,
            preexec_fn=limit_memory if limited else None,
            capture_output=True,
            cwd=tmp_path,
            env=environment_of(tmp_path, environment),
            timeout=60,
        )

    return execute


def environment_of(folder: Path, more: dict[str, str]) -> dict[str, str]:
    """Build the environment of a command that keeps its keys and registers in a folder."""
    root = Path(__file__).resolve().parent.parent.parent
    return {
        **os.environ,
        "PYTHONPATH": str(root) if (root / "tallystick").is_dir() else "",
        "TALLYSTICK_KEYS": str(folder / "keys"),
        "TALLYSTICK_REGISTERS": str(folder / "registers"),
        **more,
    }


def limit_memory() -> None:
    """Let the new process fail when it asks for more memory than is promised."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
