"""The processes of the sides, and asking them in turns."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.installing import PEERS, ROOT

PEER_FILES = ROOT / "tools" / "peers"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a side took for some documents: seconds of the clock and of its processor."""

    seconds: float
    processor: float
    count: int

    @property
    def per_second(self) -> float:
        """Documents for each second of the clock."""
        return self.count / self.seconds

    @property
    def per_processor_second(self) -> float:
        """Documents for each second of the processor."""
        # A clock of processors may have ticks of a hundredth of a second.
        return self.count / max(self.processor, 1e-6)


class SideError(Exception):
    """A side could not do its task."""


class Side:
    """A process that works on documents when it is asked."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Take a process that answers lines with lines."""
        self._process = process

    def ask(self, task: str, documents: str, first: int, count: int) -> Answer:
        """Have it work on `count` documents; raise `SideError` with its words if it cannot."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise SideError("The process has no pipes.")
        request = {"task": task, "documents": documents, "first": first, "count": count}
        stdin.write(json.dumps(request) + "\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            raise SideError("The process ended.")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise SideError(f"{task}: {answer['error']}")
        return Answer(answer["seconds"], answer["processor"], count)


@contextmanager
def sides(workload: Path) -> Iterator[dict[str, Side]]:
    """Start all processes on a workload."""
    own = [sys.executable, "-m", "tools.benchmarks.worker"]
    commands: dict[str, tuple[Sequence[str], Path]] = {
        "ours": ((*own, "ours", str(workload)), ROOT),
        "pyld": ((*own, "pyld", str(workload)), ROOT),
        "js": (("node", "worker.mjs", str(workload)), PEERS.node),
        "python": ((str(PEERS.python), str(PEER_FILES / "worker.py"), str(workload)), ROOT),
    }
    with ExitStack() as stack:
        yield {
            name: Side(stack.enter_context(_started(command, folder)))
            for name, (command, folder) in commands.items()
        }


@contextmanager
def _started(command: Sequence[str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
