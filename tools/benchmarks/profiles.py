"""Where the time goes in what misses its target: stages of our side, by looking again and again.

A timer that counts the processor's time interrupts the work; each time the innermost function that
belongs to a stage counts.  What stands between two stages (copying a document, say) is counted
with the stage that asked for it.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from tallystick.garbage import COLLECTED_EVERY
from tools.benchmarks.cold import processor_of_children, with_bytecode
from tools.benchmarks.ours import tasks_for
from tools.benchmarks.rounds import Result
from tools.benchmarks.rows import OURS, Row
from tools.installing import ROOT

SECONDS = 3.0
"""How long a task is looked at."""

EVERY = 0.0005
"""Seconds of the processor between two looks."""

LEAST_SHARE = 0.01
"""Stages below this are told together."""

STAGES = (
    ("keys/verification_key.py", "verifying signatures (OpenSSL)"),
    ("keys/signer.py", "making signatures (OpenSSL)"),
    ("keys/", "reading keys, base58"),
    ("credentials/strict_json.py", "reading and writing JSON"),
    ("credentials/document_rules.py", "rules of every document"),
    ("credentials/jcs.py", "canonical JSON"),
    ("credentials/linked_data/compiled/canonical_form.py", "canonical N-Quads (RDFC-1.0)"),
    ("credentials/linked_data/compiled/templates.py", "finding what differs from others"),
    ("credentials/linked_data/compiled/exchanging.py", "writing what differs from others"),
    ("credentials/linked_data/statement_texts.py", "taking statements apart"),
    ("credentials/linked_data/skolemization.py", "naming parts (skolemization)"),
    ("credentials/linked_data/selection.py", "selecting parts"),
    ("credentials/linked_data/rdf_canonicalization.py", "canonical N-Quads (RDFC-1.0)"),
    ("credentials/linked_data/", "JSON-LD to RDF, safe mode, round trip"),
    ("credentials/proofs/cryptosuite.py:digest", "hashing"),
    ("credentials/proofs/", "proofs: options, values"),
    ("credentials/open_badges.py", "schema of Open Badges"),
    ("credentials/data_model/", "form of the data model"),
    ("credentials/level_credit/", "value: levels and credits"),
    ("frameworks/", "value: registers"),
    ("verifier/checks/appraisal.py", "value: registers"),
    ("verifier/checks/value.py", "value: levels and credits"),
    ("verifier/checks/status", "status"),
    ("verifier/verified_lists.py", "status"),
    ("verifier/checks/", "the other checks"),
    ("verifier/", "report and order of the checks"),
    ("issuer/", "building, rules of the issuer"),
)
"""Stages by the beginnings of the files, or of files and functions, that belong to them."""

ENGINES = {"http_issue": "issue_checked", "http_verify": "verify_same"}
"""Rows over HTTP, with those that measure the same work without HTTP."""

COLD = (
    ("the interpreter", "pass"),
    (
        "libraries: click, cryptography, orjson and others",
        (
            "import click, orjson, jsonschema_rs, rfc8785, json, dataclasses; "
            "from cryptography.hazmat.primitives.asymmetric import ed25519"
        ),
    ),
    ("the command and the verifier", "import tallystick.command, tallystick.verify_command"),
    (
        "what holds values against registers",
        "import verifier.checks.appraisal, tallystick.bundled_register",
    ),
)
"""What a command loads, in this order; what is left is the verification itself."""

WITHOUT_GARBAGE = (f"import gc\ngc.set_threshold({COLLECTED_EVERY})\n", "gc.freeze()\n")
"""What the command does at its start and at its end (`tallystick.__main__`)."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The stages of a row: microseconds of one document, or milliseconds of one command."""

    row: Row
    unit: str
    stages: tuple[tuple[str, float], ...]

    @property
    def total(self) -> float:
        """What all stages take together."""
        return sum(amount for _name, amount in self.stages)


def profile_of(row: Row, work: Callable[[str], object], texts: Sequence[str]) -> Profile:
    """Look at a task while it does documents, over and over; a cold row uses each of them once."""
    looks: Counter[str] = Counter()

    def look(_signal: int, frame: FrameType | None) -> None:
        looks[_stage_of(frame)] += 1

    work(texts[0])
    former = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    begun, count = time.process_time(), 0
    try:
        while time.process_time() - begun < SECONDS:
            for text in texts[1:]:
                work(text)
                count += 1
            if row.is_cold:
                break
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, former)
    each = (time.process_time() - begun) / count * 1_000_000 / max(1, sum(looks.values()))
    return Profile(row, "µs", _gathered({name: looks[name] * each for name in looks}))


def _stage_of(frame: FrameType | None) -> str:
    """Name the stage of the innermost function that belongs to one."""
    while frame is not None:
        code = frame.f_code
        place = f"{code.co_filename.removeprefix(f'{ROOT}/')}:{code.co_qualname}"
        for beginning, stage in STAGES:
            if place.startswith(beginning):
                return stage
        frame = frame.f_back
    return "everything else"


def _gathered(amounts: dict[str, float]) -> tuple[tuple[str, float], ...]:
    least = LEAST_SHARE * sum(amounts.values())
    told = sorted(((n, a) for n, a in amounts.items() if a >= least), key=lambda one: -one[1])
    rest = sum(amount for amount in amounts.values() if amount < least)
    return (*told, ("smaller stages together", rest)) if rest else tuple(told)


def profile_of_command(row: Row, badge: Path, environment: dict[str, str]) -> Profile:
    """Time what a command loads, one after the other, and the rest of it."""
    before, stages, (program, end) = 0.0, [], WITHOUT_GARBAGE
    for name, statement in COLD:
        program += f"{statement}\n"
        whole = _least((sys.executable, "-c", program + end), environment)
        stages.append((name, max(0.0, whole - before)))
        before = max(before, whole)
    command = str(Path(sys.executable).with_name("tallystick"))
    whole = _least((command, "verify", str(badge), "--offline"), environment)
    stages.append(("reading the register, verifying, telling", max(0.0, whole - before)))
    return Profile(row, "ms", tuple(stages))


def _least(arguments: Sequence[str], environment: dict[str, str]) -> float:
    """Run a program some times; return the least milliseconds of processor time."""
    return min(_milliseconds(arguments, environment) for _ in range(5))


def _milliseconds(arguments: Sequence[str], environment: dict[str, str]) -> float:
    before = processor_of_children()
    subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, check=False)
    return 1_000 * (processor_of_children() - before)


def profile_of_requests(result: Result, engine: Result, processors: int) -> Profile:
    """Part a request into our engine, by its own row, and all that is around it."""
    whole = processors * 1_000_000 / result.per_second(OURS)
    own = 1_000_000 / engine.per_processor_second(OURS)
    around = "reading requests, writing answers, Waitress, Flask, and the client on the same cores"
    return Profile(result.row, "µs", (("the engine", own), (around, max(0.0, whole - own))))


def profiles_of(results: Sequence[Result], workload: Path, badge: Path) -> list[Profile]:
    """Look at our side of every row that misses its target."""
    known: dict[str, Any] = json.loads(workload.read_text(encoding="utf-8"))
    tasks, documents = tasks_for(known), known["documents"]
    by_id = {result.row.id: result for result in results}
    found = []
    for result in results:
        row = result.row
        if not misses(result):
            continue
        if row.id in ENGINES:
            engine = by_id[ENGINES[row.id]]
            found.append(profile_of_requests(result, engine, os.cpu_count() or 1))
        elif row.ours:
            found.append(profile_of(row, tasks[row.ours], documents[row.documents]))
        else:
            found.append(profile_of_command(row, badge, with_bytecode(badge.parent / "bytecode")))
    return found


def misses(result: Result) -> bool:
    """Tell whether a row has a target and misses it."""
    best, target = result.best, result.row.target
    return (
        best is not None and target is not None and statistics.median(result.ratios(best)) < target
    )
