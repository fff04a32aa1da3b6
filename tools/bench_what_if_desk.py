"""A desk for `tools.bench_what_if`: a register of very many decisions, and the service before it.

Every decision is a real one, in a sound chain, and comes out the same when it is replayed.  To
decide 100,000 cases takes minutes of processor time, so 1,000 are decided, and recorded under the
names of 100 cases each: an entry holds its case, its place and the hash of the entry before it, so
that no two entries are the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import cache
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import insert, text

from credentials.timestamps import format_timestamp
from recognition.deciding.replaying import replay
from recognition.decision_payload import read_payload
from recognition.desk import Role
from recognition.oversight import check_replay
from recognition.register_of_decisions import RegisterOfDecisions
from recognition.register_of_decisions.entries import FIRST_PREVIOUS, Draft, Entry, place
from recognition.register_of_decisions.tables import ENTRIES, SOURCES
from service import open_database, writing
from service.people import Act
from tallystick import verifying
from tallystick.desk_configuration import DeskConfiguration
from tallystick.desk_service import open_store
from tallystick.web_configuration import read_configuration
from tests.tallystick.test_desk_service import furnished
from tools.bench_replay import RECORDED, made_up
from tools.processes import mebibytes, processes_of, processor_seconds

DECIDED = 1_000
"""So many cases are decided; each is recorded as often as it takes."""

BATCH = 500
"""So many entries are handed to the database at once."""

LISTENING_TRIES = 600
"""A service that listens to nobody after so many tenths of a second has not begun."""

OWN = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


@cache
def decided(number: int) -> Draft:
    """Decide one of the cases, and write what the register says of it."""
    return made_up(number).draft(())


@cache
def sources_of(payload: bytes) -> tuple[tuple[str, str], ...]:
    """Tell by which issuers and achievements a decision is found as a precedent."""
    sources = read_payload(payload).sources
    return tuple((one.issuer, one.achievement) for one in sources if one.achievement is not None)


def entries(count: int) -> Iterator[Entry]:
    """Make the entries of a register, each after the one before it."""
    after, at = (0, FIRST_PREVIOUS), format_timestamp(RECORDED)
    for number in range(count):
        draft = replace(decided(number % DECIDED), case_id=f"case-{number}")
        entry = place(draft, after=after, recorded_at=at)
        after = (entry.sequence, entry.entry_hash)
        yield entry


def fill(url: str, count: int) -> None:
    """Write the decisions of a register in one transaction."""
    engine = open_database(url)
    made = entries(count)
    with writing(engine) as connection:
        while batch := list(islice(made, BATCH)):
            connection.execute(insert(ENTRIES), [asdict(one) for one in batch])
            rows = [
                {"sequence": one.sequence, "position": position, "issuer": issuer,
                 "achievement": achievement}
                for one in batch
                for position, (issuer, achievement) in enumerate(sources_of(one.payload))
            ]  # fmt: skip
            connection.execute(insert(SOURCES), rows)
    if engine.dialect.name == "postgresql":
        # What PostgreSQL does by itself while a register grows: without statistics of the table it
        # reads all that follows for each page.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    engine.dispose()


def require_sound(url: str, count: int) -> None:
    """Check the chain of a register that was filled, and decide the distinct cases again."""
    engine = open_database(url)
    register = RegisterOfDecisions(engine)
    replayed = check_replay(islice(register.decisions(), DECIDED), replay)
    if register.check_chain().count != count or not replayed.is_identical:
        raise SystemExit("The register that was made is not sound.")
    engine.dispose()


class Desk:
    """A desk in a folder, on a database, and somebody of the Senate who works there."""

    def __init__(self, folder: Path, url: str) -> None:
        """Furnish it, and fill nothing in yet."""
        self.folder, self.url = folder, url
        self.file, _link = furnished(folder)
        written = self.file.read_text()
        self.file.write_text(written.replace("sqlite:///desk.sqlite", url))
        self.configuration = read_configuration(str(self.file), DeskConfiguration)
        store, act = open_store(str(self.file), self.configuration), Act("bench", verifying.now())
        person = store.office.people.add(act, email="carla@example.com", name="Carla Cole")
        store.office.grant(act, person.id, Role.SENATE_MEMBER)
        self.secret = store.office.sessions.begin(person, verifying.now())
        store.engine.dispose()

    @contextmanager
    def served(self) -> Iterator[Served]:
        """Serve it as an operator does, in a process of its own."""
        environment = {
            **os.environ,
            "TALLYSTICK_KEYS": str(self.folder / "keys"),
            "TALLYSTICK_REGISTERS": str(self.folder / "r"),
        }
        command = [sys.executable, "-m", "tallystick", "recognise", "serve"]
        with (
            (self.folder / "served.log").open("ab") as log,
            subprocess.Popen(
                [*command, "--config", str(self.file), "--port", "0"],
                env=environment,
                stderr=log,
                stdout=log,
            ) as process,
        ):
            try:
                yield Served(process.pid, self._port(), self.secret)
            finally:
                process.terminate()
                process.wait()

    def _port(self) -> int:
        for _try in range(LISTENING_TRIES):
            told = (self.folder / "served.log").read_text().rpartition("Listening on http://")[2]
            if "/desk/" in told:
                (self.folder / "served.log").write_text("")
                return int(told.partition(" ")[0].rpartition(":")[2])
            time.sleep(0.1)
        raise SystemExit("The desk does not listen.")


class Served:
    """A desk that is served, seen by a browser without JavaScript and by the system."""

    def __init__(self, pid: int, port: int, secret: str) -> None:
        """Keep where it is, and what the browser is known by."""
        self.pid, self._port = pid, port
        self._headers = {**OWN, "Cookie": f"tallystick-desk={secret}"}

    def get(self, path: str) -> tuple[int, str]:
        """Ask for a page; return status and text."""
        return self._asked("GET", path, None)[:2]

    def post(self, path: str, **fields: str) -> str:
        """Send a form; return where it leads."""
        status, text, location = self._asked("POST", path, urlencode(fields))
        if status != 303:
            raise SystemExit(f"{path} answers {status}: {text}")
        return location

    def _asked(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        connection.request(method, path, body, {**self._headers, **form})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text, answer.headers.get("Location", "")

    def memory(self) -> tuple[float, float]:
        """Tell the memory that the service itself holds, and that of all processes, in MB."""
        each = [mebibytes(pid, "VmRSS") for pid in processes_of(self.pid)]
        return each[0], sum(each)

    def processor(self) -> float:
        """Tell the seconds of processor time that all processes that there are have used."""
        return sum(map(processor_seconds, processes_of(self.pid)))
