"""Installing the clients in pinned versions into a cache, and running them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.installing import ROOT, Packages

HERE = Path(__file__).resolve().parent
CLIENTS = Packages(HERE, ROOT / ".interop")
CLIENT_SECONDS = 60
"""When a client is given up."""


def install() -> None:
    """Install what is not installed yet, and put the clients beside it."""
    CLIENTS.install()
    shutil.copytree(HERE / "clients", CLIENTS.node / "clients", dirs_exist_ok=True)


def version_of(client: str) -> str:
    """Read the version of a client from its lock file."""
    return CLIENTS.version_of(client)


def converse(program: str, request: dict[str, Any]) -> dict[str, Any]:
    """Run a client with a request and read its answer; one that answers nothing has refused."""
    is_node = program.endswith(".mjs")
    interpreter = "node" if is_node else str(CLIENTS.python)
    ran = subprocess.run(
        [interpreter, str(CLIENTS.node / "clients" / program)],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=CLIENT_SECONDS,
        check=False,
        cwd=CLIENTS.node,
    )
    try:
        answer: dict[str, Any] = json.loads(ran.stdout)
    except ValueError:
        sys.exit(f"{program} gave no answer: {ran.stdout[-500:]}{ran.stderr[-2000:]}")
    return answer
