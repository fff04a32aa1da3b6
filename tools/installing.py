"""Software that others wrote, in pinned versions, installed into a cache beside the sources.

A folder of pins has `package.json` and `package-lock.json` for npm, and may have
`requirements.txt` and `constraints.txt` for pip.  Nothing of what is installed is shipped.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_PINS = ("package.json", "package-lock.json")


@dataclass(frozen=True, slots=True)
class Packages:
    """The packages of one folder of pins."""

    pins: Path
    cache: Path

    @property
    def node(self) -> Path:
        """Folder in which the packages of npm are found by whatever is run there."""
        return self.cache / "node"

    @property
    def python(self) -> Path:
        """Interpreter that has the packages of pip."""
        return self.cache / "python" / "bin" / "python"

    def install(self) -> None:
        """Install what is not installed yet; the lock files say which versions."""
        self.install_node()
        self.install_python()

    def install_node(self) -> None:
        """Install the packages of npm."""
        if shutil.which("npm") is None:
            sys.exit("The peers need Node.js 20 and npm; neither is on this machine's path.")
        self.node.mkdir(parents=True, exist_ok=True)
        pinned = {name: (self.pins / name).read_bytes() for name in NODE_PINS}
        kept = self.node / "package-lock.json"
        if kept.exists() and kept.read_bytes() == pinned["package-lock.json"]:
            return
        for name, content in pinned.items():
            (self.node / name).write_bytes(content)
        try:
            _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=self.node)
        except subprocess.CalledProcessError as error:
            kept.unlink()  # or the next run would take the half of it for the whole
            sys.exit(f"npm could not install the peers (status {error.returncode}).")

    def install_python(self) -> None:
        """Install the packages of pip, in an environment of their own."""
        environment = self.cache / "python"
        if (environment / "installed").exists():
            return
        _run(sys.executable, "-m", "venv", "--clear", str(environment), cwd=self.cache)
        pins = (
            *("-r", str(self.pins / "requirements.txt")),
            *("-c", str(self.pins / "constraints.txt")),
        )
        _run(str(self.python), "-m", "pip", "install", "--quiet", *pins, cwd=self.cache)
        (environment / "installed").touch()

    def version_of(self, name: str) -> str:
        """Read the version of a package from its lock file."""
        text = (self.pins / "package-lock.json").read_text(encoding="utf-8")
        if (module := json.loads(text)["packages"].get(f"node_modules/{name}")) is not None:
            return str(module["version"])
        lines = (self.pins / "constraints.txt").read_text(encoding="utf-8").splitlines()
        return dict(line.split("==") for line in lines)[name]


PEERS = Packages(Path(__file__).resolve().parent / "peers", ROOT / ".peers")
"""What we are compared with and measured beside."""


def _run(*command: str, cwd: Path) -> None:
    print(" ".join(command), flush=True)
    subprocess.run(command, cwd=cwd, check=True)
