"""An office that decides in this process: a Senate, a registrar, badges, and a clock that stands.

Also a process that decides one case after the other until it is killed.
"""

from __future__ import annotations

import itertools
import json
import os
from contextlib import chdir
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from sqlalchemy import Engine

from credentials.strict_json import serialize_json
from recognition.register_of_decisions import Entry, RegisterOfDecisions
from service import migrate, open_database
from tallystick import verifying
from tallystick.command import tallystick
from tests.factories import NOW, sign
from tests.recognition.factories import course_of, gate, policy_text

READY = b"-1"
"""What is told before the first case."""

TARGET = """component = "WELD101"
amount = "20"
unit = "nzqcf"
level = { framework = "nz-nzqcf", code = "5" }
"""
FACTS = """[[facts]]
name = "accredited"
value = true
established_by = "assessor:ana"
"""
RULING = """assessor = "assessor:{who}"
outcome = "{outcome}"
reason = "Looked at the course."
substantial_differences = ["Too little practice."]
"""
OVERLAP = [gate("overlap_min", min="1/2")]
"""Gates that refer each case of a credential without alignments."""


class Office:
    """A Senate, a registrar, a badge, and what they wrote to the files of a folder."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.engines: list[Engine] = []

    @classmethod
    def furnished(cls, folder: Path, url: str) -> Office:
        """Make an office with keys, a badge and the files of a case."""
        office = cls(folder, url)
        office.senate, office.registrar = office.key("senate"), office.key("registrar")
        trust = {"adopters": [{"id": office.senate[1]}]}
        office.write("trust.json", json.dumps(trust))
        office.write("target.toml", TARGET)
        office.write("facts.toml", FACTS)
        office.write("badge.json", serialize_json(sign(course_of())).decode())
        for who, outcome in (("ana", "GRANT"), ("ben", "REFUSE")):
            office.write(f"{who}.toml", RULING.format(who=who, outcome=outcome))
        return office

    senate: tuple[str, str]
    registrar: tuple[str, str]

    def key(self, name: str) -> tuple[str, str]:
        told = self.run("keys", "new", name).stdout.split("\n")
        return told[0].removeprefix("key:").strip(), told[1].removeprefix("controller:").strip()

    def run(self, *arguments: object) -> Result:
        """Run the command here; an error that it would tell is the result's exception."""
        with chdir(self.folder):
            return CliRunner(env=self.environment).invoke(tallystick, list(map(str, arguments)))

    @property
    def environment(self) -> dict[str, str]:
        return {
            "TALLYSTICK_KEYS": str(self.folder / "keys"),
            "TALLYSTICK_REGISTERS": str(self.folder / "registers"),
            "TALLYSTICK_DECISIONS_URL": self.url,
        }

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def adopt(self, name: str = "policy", **changes: Any) -> None:
        """Have the Senate sign a policy."""
        text = self.policy_text(**changes)
        self.write(f"{name}.toml", text)
        options = ("--key", self.senate[0], "--out", f"{name}.json")
        told = self.run("recognise", "policy", "sign", f"{name}.toml", *options)
        assert told.exit_code == 0, told.exception

    def policy_text(self, **changes: Any) -> str:
        adoption = {"body": "Senate", "id": self.senate[1], "resolution": "S1"}
        ids = [self.registrar[1]]
        mandate = {"office": "Registrar", "ids": ids, "second_reader": "never"}
        return policy_text(**{"adoption": adoption, "mandate": mandate, **changes})

    def decide(self, *options: object, badge: str = "badge.json") -> Result:
        files = (badge, "--target", "target.toml", "--trust", "trust.json")
        return self.run("recognise", "policy.json", *files, *options)

    def signed(self, case: str, *options: object) -> Result:
        key = ("--key", self.registrar_uri, "--out", f"{case}.json")
        return self.decide("--case", case, *options, *key)

    @property
    def registrar_uri(self) -> str:
        return f"file:{self.folder / 'keys' / 'registrar.key.json'}"

    def register(self) -> RegisterOfDecisions:
        """Open the register of the office, beside the command."""
        engine = open_database(self.url)
        self.engines.append(engine)
        migrate(engine)
        return RegisterOfDecisions(engine)

    def entries(self) -> list[Entry]:
        return list(self.register().entries())

    def close(self) -> None:
        for engine in self.engines:
            engine.dispose()


def at(moment: datetime) -> None:
    """Set the clock of this process."""
    verifying.now = lambda: moment


def decide_until_killed(folder: str, url: str, first: int, acknowledged: Connection) -> None:
    """Decide, sign and record the cases from the first one that was not acknowledged."""
    at(NOW)
    office = Office(Path(folder), url)
    os.environ.update(office.environment)
    # The first decision of a process loads schemas and contexts; that is not what is tested.
    office.decide("--facts", "facts.toml")
    acknowledged.send_bytes(READY)
    for number in itertools.count(first):
        told = office.signed(f"case-{number}", "--facts", "facts.toml")
        if told.exit_code != 0:
            raise RuntimeError(repr(told.exception))
        acknowledged.send_bytes(str(number).encode())
