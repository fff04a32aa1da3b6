"""Installing the clients in pinned versions into a cache, and running them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent.parent / ".interop"
NODE, PYTHON = CACHE / "node", CACHE / "python"
CLIENT_SECONDS = 60
"""When a client is given up."""


def install() -> None:
    """Install what is not installed yet; the lock files say which versions."""
    if shutil.which("npm") is None:
        sys.exit("The clients need Node.js 20 and npm; neither is on this machine's path.")
    NODE.mkdir(parents=True, exist_ok=True)
    pinned = {name: (HERE / name).read_bytes() for name in ("package.json", "package-lock.json")}
    kept = NODE / "package-lock.json"
    if not kept.exists() or kept.read_bytes() != pinned["package-lock.json"]:
        for name, content in pinned.items():
            (NODE / name).write_bytes(content)
        _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=NODE)
    if not (PYTHON / "installed").exists():
        _run(sys.executable, "-m", "venv", "--clear", str(PYTHON), cwd=CACHE)
        _run(
            *(str(PYTHON / "bin" / "python"), "-m", "pip", "install", "--quiet"),
            *("-r", str(HERE / "requirements.txt"), "-c", str(HERE / "constraints.txt")),
            cwd=CACHE,
        )
        (PYTHON / "installed").touch()
    shutil.copytree(HERE / "clients", NODE / "clients", dirs_exist_ok=True)


def version_of(client: str) -> str:
    """Read the version of a client from its lock file."""
    modules = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    if (module := modules.get(f"node_modules/{client}")) is not None:
        return str(module["version"])
    lines = (HERE / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines)[client]


def converse(program: str, request: dict[str, Any]) -> dict[str, Any]:
    """Run a client with a request and read its answer; one that answers nothing has refused."""
    is_node = program.endswith(".mjs")
    interpreter = "node" if is_node else str(PYTHON / "bin" / "python")
    ran = subprocess.run(
        [interpreter, str(NODE / "clients" / program)],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=CLIENT_SECONDS,
        check=False,
        cwd=NODE,
    )
    try:
        answer: dict[str, Any] = json.loads(ran.stdout)
    except ValueError:
        sys.exit(f"{program} gave no answer: {ran.stdout[-500:]}{ran.stderr[-2000:]}")
    return answer


def _run(*command: str, cwd: Path) -> None:
    print(" ".join(command), flush=True)
    subprocess.run(command, cwd=cwd, check=True)
