"""Services of the story: each in a process of its own, on a free port of this machine.

They are begun together and while the story goes on, so that nobody waits for one after the other,
and they end together, whatever happens meanwhile.
"""

from __future__ import annotations

import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TypeVar

from tallystick.demo.stage import environment
from tallystick.files import CommandError

PATIENCE = 60.0
"""How many seconds a service may take to start, to end, to issue a class, to publish a list."""

NAME = "tallystick"
LOOK_SECONDS = 0.1
LOOPBACK = "127.0.0.1"
SERVING = ("Listening on http", "Open http")
"""How the line begins by which a service says that it is there."""

TERMINATED = 128 + signal.SIGTERM
"""Exit status of a process that was asked to end."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """A service: the command that serves it, its port, and further variables it is given."""

    arguments: tuple[str, ...]
    port: int
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name the service by its command, as in “wallet serve”."""
        return " ".join(self.arguments[: self.arguments.index("serve") + 1])

    @property
    def address(self) -> str:
        """Tell where it is, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.port}"

    def command(self) -> str:
        """Write what a person types to serve it."""
        given = [f"{name}={value}" for name, value in self.variables.items()]
        called = (program(), *self.arguments, "--port", str(self.port))
        return " ".join([*given, shlex.join(called)])


def program() -> str:
    """Name this program as a person types it here.

    In a clone it is in a folder that no shell looks into, as ".venv/bin/tallystick".
    """
    own = Path(sys.executable).parent / NAME
    found = shutil.which(NAME)
    if not own.exists() or (found is not None and Path(found).samefile(own)):
        return NAME
    here = Path.cwd()
    return str(own.relative_to(here) if own.is_relative_to(here) else own)


@dataclass(frozen=True, slots=True)
class Running:
    """A process that serves a place; what it says goes into a file."""

    process: subprocess.Popen[bytes]
    place: Place
    log: Path

    def listens(self) -> bool | None:
        """Tell that it is there, or nothing yet; raise `CommandError` if it has ended."""
        said = self.log.read_text(encoding="utf-8", errors="replace")
        if self.process.poll() is not None:
            raise CommandError(f"tallystick {self.place.name} ended: {said}")
        return any(one.startswith(SERVING) for one in said.splitlines()) or None

    def end(self) -> None:
        """Wait until it has finished what it had in hand; after a while, end it."""
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def begun(folder: Path, *places: Place) -> Iterator[Callable[[], None]]:
    """Begin to serve places, as long as something else is done; their logs are in a folder.

    What is given waits until all of them listen; it raises `CommandError` if one does not, and none
    goes on then.
    """
    with ExitStack() as ending, ExitStack() as asking:
        # All are asked to end before any is waited for: what is named second is closed first.
        running = []
        for place in places:
            one = _begun(folder, place)
            ending.callback(one.end)
            asking.callback(one.process.terminate)
            running.append(one)
        yield partial(_await_all, running)


def _await_all(running: Sequence[Running]) -> None:
    for one in running:
        awaited(one.listens, f"{one.place.name} listens")


def _begun(folder: Path, place: Place) -> Running:
    log = folder / f"{place.name.removesuffix(' serve').replace(' ', '-')}.log"
    command = [sys.executable, "-m", "tallystick", *place.arguments, "--port", str(place.port)]
    named = {**environment(), **place.variables}
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=named)
    return Running(process, place, log)


@contextmanager
def beside(*arguments: object) -> Iterator[Callable[[], str]]:
    """Begin a command that runs while the story goes on.

    What is given waits for it and returns what it said; it raises `CommandError` if it failed.
    """
    command = [sys.executable, "-m", "tallystick", *map(str, arguments)]
    piped, own = subprocess.PIPE, environment()
    with subprocess.Popen(command, stdout=piped, stderr=piped, env=own) as process:

        def finish() -> str:
            said, faults = process.communicate(timeout=PATIENCE)
            if process.returncode != 0:
                raise CommandError(f"{' '.join(command[3:])}: {faults.decode()}")
            return said.decode()

        try:
            yield finish
        finally:
            process.kill()


def free_ports(count: int) -> tuple[int, ...]:
    """Find ports of this machine on which nobody listens, all different."""
    with ExitStack() as held:
        found = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in found:
            one.bind((LOOPBACK, 0))
        return tuple(one.getsockname()[1] for one in found)


def end_when_asked() -> None:
    """Have a request to end this process end the services as well, as an interruption does."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(TERMINATED)

    signal.signal(signal.SIGTERM, end)


def wait_for_interruption() -> None:
    """Wait until somebody interrupts, or asks this process to end."""
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: asked.set())
    while not asked.wait(LOOK_SECONDS):
        pass


def awaited(ask: Callable[[], T | None], what: str) -> T:
    """Ask until there is an answer; raise `CommandError` if it takes too long."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        answer = ask()
        if answer is not None:
            return answer
        time.sleep(LOOK_SECONDS)
    raise CommandError(f"The demonstration waited {PATIENCE:.0f} seconds in vain until {what}.")
