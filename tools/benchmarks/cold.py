"""What one verification costs as a command: the whole process, from its start to its end.

Ours is the command of the environment that runs this, as `make` installs it, with its bytecode.
From a wheel it takes some 3% less: there is nothing then that finds the sources, but what that
loads the command needs for the most part anyway.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tools.benchmarks.documents import write_for_one
from tools.benchmarks.rounds import Result
from tools.benchmarks.rows import DIGITALBAZAAR, OURS, Contender, Row
from tools.benchmarks.sides import Answer
from tools.installing import PEERS, ROOT

CALLS = 2
"""How often each command runs in a round."""

ROW = Row(
    "cli_cold",
    "verify one badge as a command, cold",
    "signed plain",
    "",
    (Contender(DIGITALBAZAAR, "", "", sets_the_ratio=True),),
    3.5,
)


def cold(rounds: int, folder: Path) -> Result:
    """Run both commands in turns."""
    world, badge = write_for_one(folder)
    command = str(Path(sys.executable).with_name("tallystick"))
    commands: dict[str, tuple[Sequence[str], Path]] = {
        OURS: ((command, "verify", str(badge), "--offline"), ROOT),
        DIGITALBAZAAR: (("node", "verify_once.mjs", str(world), str(badge)), PEERS.node),
    }
    result, environment = Result(ROW), with_bytecode(folder / "bytecode")
    for name, (arguments, where) in commands.items():
        _run(name, arguments, where, 1, environment)
    for _ in range(rounds):
        for name, (arguments, where) in commands.items():
            result.answers[name].append(_run(name, arguments, where, CALLS, environment))
    return result


def with_bytecode(bytecode: Path) -> dict[str, str]:
    """Keep Python's bytecode, in a folder of its own: an installed package has it."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(bytecode)}


def _run(
    name: str, arguments: Sequence[str], folder: Path, calls: int, environment: dict[str, str]
) -> Answer:
    before, begun = processor_of_children(), time.perf_counter()
    for _ in range(calls):
        ran = subprocess.run(
            arguments, cwd=folder, capture_output=True, text=True, check=False, env=environment
        )
        if ran.returncode != 0:
            sys.exit(f"{name} did not verify: {ran.stdout[-500:]}{ran.stderr[-500:]}")
    seconds = time.perf_counter() - begun
    return Answer(seconds, processor_of_children() - before, calls)


def processor_of_children() -> float:
    """Tell how many seconds of the processor all ended children took, to the microsecond."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
