"""The stage of the demonstration: who plays, and how commands run in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from keys.store import FileKeyStore, KeyFileProtection, StoredKey, open_key
from keys.verification_key import KeyType
from tallystick import settings, verifying
from tallystick.files import CommandError


@dataclass(frozen=True, slots=True)
class Scene:
    """One verification of the story: a file, and the verdict, reason and class that come out."""

    title: str
    file: Path
    verdict: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody with a key of their own."""

    uri: str
    key: StoredKey

    @property
    def id(self) -> str:
        """The player's identifier."""
        return self.key.record.controller


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays, and where the files are."""

    folder: Path
    authority: Player
    college: Player
    university: Player
    polytechnic: Player
    employer: Player
    stranger: Player
    senate: Player
    registrar: Player

    def path(self, name: str) -> Path:
        """Name a file of the story."""
        return self.folder / name

    def believing(self, edition: Path) -> tuple[object, ...]:
        """Name whom a verifier believes, and what the web gives it: the institutions' lists."""
        trust = ("--trust", self.path("trust.json"), "--register", edition)
        return (*trust, "--resolver-map", self.path("lists.json"))


def player(folder: Path) -> Player:
    """Make a key for somebody new."""
    if folder.exists():
        raise CommandError(f"{folder} is there already; choose an empty folder with --keep.")
    protection = KeyFileProtection.create(folder / "key-encryption.key")
    uri, record = FileKeyStore(folder).create(
        "signing", KeyType.ED25519, protection, created=verifying.now()
    )
    click.echo(f"   {folder.name}: {record.controller}")
    return Player(uri, open_key(uri, lambda _record: protection))


def verify(scene: Scene, cast: Cast, edition: Path, *more: object) -> None:
    """Verify in a process of its own, whose folder of keys does not exist."""
    believing = cast.believing(edition)
    finished = process("verify", scene.file, "--json", *believing, *more, keys=os.devnull)
    report = json.loads(finished.stdout)
    remarks = [one for check in report["checks"] for one in (check, *check.get("findings", ()))]
    if report["verdict"] != scene.verdict or scene.code not in {one["code"] for one in remarks}:
        raise CommandError(f"{scene.title}: expected {scene.verdict} {scene.code}, got {report}")
    click.echo(f"   {scene.title}: {report['verdict'].upper()}")
    for one in remarks:
        is_worth = one["code"].startswith("ASSURANCE") and report["verdict"] == "valid"
        if is_worth or one["outcome"] in ("failed", "indeterminate"):
            click.echo(f"      {one['detail']} [{one['code']}]")


def told(text: str) -> str:
    """Indent what a command said."""
    return "\n".join(f"   {line}" for line in text.splitlines())


def run(*arguments: object, registers: str = os.devnull) -> str:
    """Run the command in a process of its own; it must succeed."""
    finished = process(*arguments, registers=registers)
    if finished.returncode != 0:
        raise CommandError(f"{' '.join(map(str, arguments))}: {finished.stderr.decode()}")
    return finished.stdout.decode()


def process(
    *arguments: object, registers: str = os.devnull, keys: str = ""
) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own, whatever comes of it."""
    command = [sys.executable, "-m", "tallystick", *map(str, arguments)]
    own = environment(registers=registers, keys=keys)
    return subprocess.run(command, capture_output=True, env=own, check=False)


def environment(*, registers: str = os.devnull, keys: str = "") -> dict[str, str]:
    """Write the environment of a process of the story."""
    named = {"TALLYSTICK_REGISTERS": registers, "PYTHONIOENCODING": "utf-8"}
    named |= {"TALLYSTICK_KEYS": keys} if keys else {}
    return {**os.environ, **named}


def leave_the_users_service_alone() -> None:
    """Forget what names the database and the mail server of whoever plays the story."""
    for name in (settings.DATABASE_VARIABLE, settings.ISSUER_VARIABLE, "TALLYSTICK_MAIL_HOST"):
        os.environ.pop(name, None)
