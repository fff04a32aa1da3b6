"""How long it takes to decide 100,000 recorded cases again; writes docs/benchmarks-recognition.md.

Made-up cases are decided by two of the example policies, and recorded in an SQLite file.  Then
everything is decided again from its inputs: reading pages from the database, the processes, the
comparison byte by byte.  Elapsed time depends on what else the machine does; processor time, of
all processes together, does so less.
"""

from __future__ import annotations

import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import schemas  # noqa: E402 - the checkout comes first on the path
from credentials.timestamps import format_timestamp  # noqa: E402
from frameworks.conversions import Credit  # noqa: E402
from frameworks.levels import Level  # noqa: E402
from frameworks.register import read_register  # noqa: E402
from frameworks.registers import Registers  # noqa: E402
from recognition.deciding.case import Source, Target  # noqa: E402
from recognition.deciding.decide import decide  # noqa: E402
from recognition.deciding.facts import Established, read_facts  # noqa: E402
from recognition.deciding.inputs import DecisionInputs  # noqa: E402
from recognition.deciding.question import Amount  # noqa: E402
from recognition.deciding.register_extract import Extract, extract  # noqa: E402
from recognition.deciding.replaying import replay, what_if  # noqa: E402
from recognition.oversight import check_replay  # noqa: E402
from recognition.oversight import what_if as compare  # noqa: E402
from recognition.oversight.replaying import Mapper  # noqa: E402
from recognition.policies.consistency import accepted_sources  # noqa: E402
from recognition.policies.policy import Policy, SourceClass  # noqa: E402
from recognition.policies.reading import read_policy  # noqa: E402
from recognition.register_of_decisions import Decision, RegisterOfDecisions  # noqa: E402
from recognition.register_of_decisions.register import add  # noqa: E402
from recognition.registered_case import RegisteredCase  # noqa: E402
from service import map_in_processes, migrate, open_database, writing  # noqa: E402
from tallystick.progress import ProgressLine  # noqa: E402

DECISIONS = 100_000
COURSES = 1_000
RECORDED = datetime(2026, 11, 23, tzinfo=UTC)
REPORT = ROOT / "docs" / "benchmarks-recognition.md"
SINGLE_CASES = 200
SINGLE = "read, decide with the register's precedents, record; processor time"
POLICIES = ("new-zealand-provider.toml", "european-university.toml")
UNITS = ("nzqcf", "ects")
LEVELS = (Level("nz-nzqcf", "5"), Level("eu-eqf", "5"))
OVERLAPS = ("1", "9/10", "4/5", "2/3", "1/2", None)
"""Some of them are granted, some referred, some not known."""

FACTS = {
    "kind": "MicroCredential",
    "level": {"framework": "nz-nzqcf", "code": "5"},
    "credits": {"amount": "20", "unit": "nzqcf"},
    "hours": "200",
    "assurance": "B",
    "accredited": True,
    "identity_verified": True,
    "redeemed": False,
}


@cache
def policy(number: int) -> Policy:
    """Read the policy of a decision."""
    return read_policy(schemas.recognition_policies()[POLICIES[number % 2]])


@cache
def registers() -> Registers:
    """Read the reference register."""
    return Registers.of((), read_register(schemas.reference_register()))


def target(number: int) -> Target:
    """Make up a receiving component."""
    caps = {cap.id: Fraction(0) for cap in policy(number % 2).caps}
    amount = Amount(Fraction(20, 1 + number % 2), UNITS[number % 2])
    component = f"COMP{number % 50}"
    size = Fraction(120)
    return Target(component, amount, level=LEVELS[number % 2], size=size, used=caps)


@cache
def said(kind: int) -> Extract:
    """Take from the register what the cases of one policy need."""
    accepted = accepted_sources(policy(kind), registers(), RECORDED.date())
    return extract(policy(kind), accepted, read_facts(FACTS), target(kind))


def inputs_of(number: int) -> DecisionInputs:
    """Make up the inputs of one decision."""
    overlap = OVERLAPS[number // 2 % len(OVERLAPS)]
    facts = {name: Established(value, "credential") for name, value in FACTS.items()}
    if overlap is not None:
        facts["overlap"] = Established(overlap, "assessor:a")
    course = number % COURSES
    source = Source(
        digest=f"sha256:{number:064x}",
        id=f"urn:example:credential:{number}",
        issuer=f"did:web:issuer-{course % 200}.example",
        source_class=SourceClass.FORMAL,
        achievement=f"https://issuer-{course % 200}.example/{course}",
        version="2026",
        credits=Credit(Fraction(20), "nzqcf"),
        hours=Fraction(200),
    )
    found = said(number % 2)
    return DecisionInputs(
        policy_text=policy(number % 2).text,
        day=RECORDED.date(),
        applicant=f"did:example:learner-{number}",
        sources=(source,),
        facts=facts,
        target=target(number),
        said=found.said,
        conversions=found.conversions,
        registers=found.registers,
    )


def made_up(number: int) -> Decision:
    """Decide one case."""
    decision = decide(inputs_of(number))
    return Decision(f"case-{number}", decision.payload_bytes, decision.inputs_bytes)


def fill(url: str, workers: int, count: int) -> RegisterOfDecisions:
    """Record all decisions in one transaction: one each would measure the disk."""
    engine = open_database(url)
    migrate(engine)
    told = ProgressLine(count, sys.stderr)
    decided = map_in_processes(made_up, range(count), workers=workers)
    with writing(engine) as connection:
        for done, decision in enumerate(decided, 1):
            add(connection, decision.draft(()), format_timestamp(RECORDED))
            told(done)
    return RegisterOfDecisions(engine)


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a piece of work took, in seconds; the processor time is that of all processes."""

    elapsed: float
    processor: float


def measured(work: Callable[[], T]) -> tuple[T, Measured]:
    """Do a piece of work and measure it."""
    begun, used = time.perf_counter(), processor()
    result = work()
    return result, Measured(time.perf_counter() - begun, processor() - used)


def processor() -> float:
    """Tell the processor time of this process, and of those that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def replay_all(register: RegisterOfDecisions, mapper: Mapper) -> tuple[str, Measured]:
    """Decide everything again, with progress."""
    progress = ProgressLine(register.count_decisions(), sys.stderr)
    replayed, took = measured(
        lambda: check_replay(register.decisions(), replay, mapper=mapper, progress=progress)
    )
    return f"{replayed.count:,} decided again, {len(replayed.differences)} differ", took


def try_edition(register: RegisterOfDecisions, mapper: Mapper) -> tuple[str, Measured]:
    """Tell what another edition would have changed (nothing: it is the same), with progress."""
    decides = partial(what_if, policy=None, registers=registers())
    progress = ProgressLine(register.count_cases(), sys.stderr)
    replayed, took = measured(
        lambda: compare(register.decisions_in_force(), decides, mapper=mapper, progress=progress)
    )
    return f"{replayed.count:,} tried with an edition, {len(replayed.differences)} differ", took


def single_cases(register: RegisterOfDecisions, count: int) -> list[float]:
    """Decide new cases with the precedents of the register, and record them: milliseconds each."""
    times = []
    for number in range(count, count + SINGLE_CASES):
        inputs = replace(inputs_of(number), applicant=f"did:example:new-{number}")
        begun = time.process_time()
        case = RegisteredCase.open(register, f"case-{number}")
        case.record(case.decide(inputs), recorded_at=RECORDED)
        times.append((time.process_time() - begun) * 1_000)
    return times


def row(what: str, took: Measured, goal: str) -> str:
    """Write a line of the report."""
    return f"| {what} | {took.elapsed:.0f} | {took.processor:.0f} | {goal} |"


def main() -> None:
    """Measure and write the report; an argument is another number of cases, and no report."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else DECISIONS
    workers = os.cpu_count() or 1
    mapper: Mapper = partial(map_in_processes, workers=workers)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/decisions.sqlite"
        register, filled = measured(lambda: fill(url, workers, count))
        size = Path(folder, "decisions.sqlite").stat().st_size / count
        told, replayed = replay_all(register, mapper)
        told_edition, tried = try_edition(register, mapper)
        _checkpoint, checked = measured(register.check_chain)
        times = single_cases(register, count)
    middle = statistics.median(times)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = [
        "# Benchmarks of recognition",
        "",
        "Written by `make bench-replay` (`tools/bench_replay.py`).",
        "",
        f"{count:,} made-up cases by two example policies, SQLite, {size:,.0f} bytes for each.",
        f"Python {platform.python_version()} on {platform.machine()}, {workers} processes on as",
        "many cores. Elapsed time depends on what else the machine did; processor time is that of",
        f"all processes together. Largest memory of the first process: {memory:.0f} MB.",
        "",
        "| what | elapsed s | processor s | goal |",
        "|---|---|---|---|",
        row(told, replayed, "300 s on 2 cores, 0 differ"),
        row(told_edition, tried, "-"),
        row("the chain checked, in one process", checked, "-"),
        row("made up, decided and recorded in one transaction", filled, "-"),
        "",
        "| one case in this register | best ms | median ms | worst ms | goal |",
        "|---|---|---|---|---|",
        f"| {SINGLE} | {min(times):.1f} | {middle:.1f} | {max(times):.1f} | 20 |",
    ]
    if count == DECISIONS:
        REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
