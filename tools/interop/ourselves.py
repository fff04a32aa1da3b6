"""Our side of the table: the `tallystick` command, with keys and files in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import schemas

Document = dict[str, Any] | str | bytes
"""A credential as JSON, as a token, or baked into an image."""

REQUEST = Path(__file__).resolve().parents[2] / "docs" / "examples" / "welding.json"


class Workshop:
    """Keys, files and the command."""

    def __init__(self, folder: Path) -> None:
        """Use a folder that exists and is empty."""
        self.folder = folder
        self._keys: dict[str, tuple[str, str]] = {}
        self._number = 0

    def key(self, key_type: str) -> str:
        """Return the URI of our key of a type, made at the first use."""
        return self._key(key_type)[0]

    def _key(self, key_type: str) -> tuple[str, str]:
        """Return the URI of a key, and its owner's did:key."""
        if key_type not in self._keys:
            made = self.run("keys", "new", key_type, "--type", key_type).split()
            uri, owner = made[made.index("key:") + 1], made[made.index("controller:") + 1]
            self._keys[key_type] = uri, owner
        return self._keys[key_type]

    def issue(
        self,
        *options: str,
        key_type: str = "ed25519",
        suffix: str = ".json",
        request: Path = REQUEST,
    ) -> Document:
        """Issue the example, or what another file asks for, and read what came out."""
        path = self.path(suffix)
        self.run("issue", str(request), "--key", self.key(key_type), "--out", str(path), *options)
        return read(path)

    def derive(self, document: Document, *pointers: str) -> Document:
        """Disclose parts of a credential with a base proof, as its holder does."""
        given, made = self.path(".json"), self.path(".json")
        write(given, document)
        chosen = [part for pointer in pointers for part in ("--pointer", pointer)]
        self.run("derive", str(given), "--out", str(made), *chosen)
        return read(made)

    def present(self, nonce: str, audience: str) -> Document:
        """Issue the example as SD-JWT VC to a holder with a key, and present it whole."""
        given, held, shown = self.path(".json"), self.path(".sdjwt"), self.path(".sdjwt")
        request = json.loads(REQUEST.read_text(encoding="utf-8"))
        key, owner = self._key("p256")
        write(given, request | {"learner": {"id": owner}})
        self.run("issue", str(given), "--key", key, "--sd-jwt", "--out", str(held))
        bound = ("--key", key, "--nonce", nonce, "--audience", audience)
        self.run("present", str(held), "--everything", *bound, "--out", str(shown))
        return read(shown)

    def bake(self, document: Document) -> Document:
        """Put a credential into the picture that our command draws of it."""
        given, made = self.path(".json"), self.path(".svg")
        write(given, document)
        self.run("bake", str(given), "--out", str(made))
        return read(made)

    def verify(self, document: Document, *options: str) -> tuple[bool, str]:
        """Verify with our command: whether it is valid, and what speaks against it."""
        path = self.path(".txt")
        write(path, document)
        ran = self._run("verify", str(path), "--json", *options)
        report = json.loads(ran.stdout)
        against = [
            f"{check['id']}: {check['code']}"
            for check in report["checks"]
            if check["outcome"] in ("failed", "indeterminate")
        ]
        return report["verdict"] == "valid", f"{report['verdict']} ({', '.join(against)})"

    def run(self, *arguments: str) -> str:
        """Run the command and return what it prints; a failure ends the whole run."""
        ran = self._run(*arguments)
        if ran.returncode != 0:
            sys.exit(f"tallystick {' '.join(arguments)}: {ran.stdout}{ran.stderr}")
        return ran.stdout

    def path(self, suffix: str) -> Path:
        """Name a new file."""
        self._number += 1
        return self.folder / f"{self._number}{suffix}"

    def environment(self) -> dict[str, str]:
        """Name the folder of our keys, for processes of ours."""
        return os.environ | {"TALLYSTICK_KEYS": str(self.folder / "keys")}

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tallystick", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=self.environment(),
        )


def contexts() -> dict[str, Any]:
    """Read all pinned contexts, for clients that would fetch them."""
    return {url: schemas.load_context(url) for url in sorted(schemas.context_urls())}


def read(path: Path) -> Document:
    """Read a file as what it is: JSON, a token, or an image."""
    data = path.read_bytes()
    if data.startswith(b"{"):
        document: dict[str, Any] = json.loads(data)
        return document
    return data.decode().strip() if data.startswith(b"eyJ") else data


def write(path: Path, document: Document) -> None:
    """Write a document as what it is."""
    if isinstance(document, dict):
        path.write_text(json.dumps(document), encoding="utf-8")
    elif isinstance(document, str):
        path.write_text(document, encoding="utf-8")
    else:
        path.write_bytes(document)
