"""Running the command as people do: in another process, on real files."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[bytes]]
MEMORY = 256 * 1024 * 1024


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def execute(
        *arguments: object,
        stdin: bytes = b"",
        limited: bool = False,
        shell: str = "",
        seconds: int = 60,
        **environment: str,
    ) -> subprocess.CompletedProcess[bytes]:
        root = Path(__file__).resolve().parent.parent.parent
        within = ["bash", "-c", shell, "shell"] if shell else []
        return subprocess.run(
            [*within, sys.executable, "-m", "tallystick", *map(str, arguments)],
            check=False,
            input=stdin,
            preexec_fn=limit_memory if limited else None,
            capture_output=True,
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONPATH": str(root) if (root / "tallystick").is_dir() else "",
                "TALLYSTICK_KEYS": str(tmp_path / "keys"),
                "TALLYSTICK_REGISTERS": str(tmp_path / "registers"),
                **environment,
            },
            timeout=seconds,
        )

    return execute


def limit_memory() -> None:
    """Let the new process fail when it asks for more memory than is promised."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
