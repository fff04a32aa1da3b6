"""How long it takes to replay 100,000 recorded decisions on all cores, with a progress bar.

The decisions are made up and stand in a register of their own, an SQLite file; a stand-in computes
them again from their inputs: it reads JSON, adds up exact amounts and writes RFC 8785.  The whole
way is measured: reading pages from the database, the processes, the comparison byte by byte.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from fractions import Fraction
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import click  # noqa: E402 - the checkout comes first on the path

from credentials.jcs import canonicalize  # noqa: E402
from credentials.json_types import JsonObject  # noqa: E402
from credentials.strict_json import parse_json  # noqa: E402
from credentials.timestamps import format_timestamp  # noqa: E402
from frameworks.amounts import canonical, parse_amount  # noqa: E402
from recognition.oversight import Replay, check_replay  # noqa: E402
from recognition.register_of_decisions import Decision, RegisterOfDecisions  # noqa: E402
from recognition.register_of_decisions.register import add  # noqa: E402
from service import map_in_processes, migrate, open_database, writing  # noqa: E402

DECISIONS = 100_000
GATES = ("accredited", "assurance", "level", "overlap", "hours", "assessment", "identity", "age")
RECORDED = datetime(2026, 3, 2, tzinfo=UTC)


def decide(inputs: bytes) -> bytes:
    """Compute a payload from its inputs."""
    given = parse_json(inputs)
    lots = given["lots"]
    amount = sum((parse_amount(lot["credits"]["amount"]) for lot in lots), Fraction(0))
    rounded = canonical(Fraction(int(amount / 2)))
    return canonicalize(
        {
            "policy": given["policy"],
            "registers": [],
            "decidedOn": "2026-03-02",
            "applicant": given["applicant"],
            "sources": lots,
            "target": given["target"],
            "facts": given["facts"],
            "gates": [
                {"id": name, "type": name, "outcome": "passed", "code": None, "route": None}
                for name in GATES
            ],
            "conversion": {"ratio": "1/2", "exact": canonical(amount / 2), "rounded": rounded},
            "outcome": "GRANT",
            "granted": {"amount": rounded, "unit": "ects"},
            "class": "automatic",
            "allowedAsPrecedent": False,
        }
    )


def inputs_of(number: int) -> bytes:
    """Make up the inputs of one decision."""
    lots: list[JsonObject] = [
        {
            "digest": f"zQm{number}-{lot}",
            "id": f"urn:example:{number}:{lot}",
            "issuer": f"did:web:issuer-{number % 200}.example",
            "achievement": f"https://issuer-{number % 200}.example/{number % 1000}",
            "version": "1",
            "sourceClass": "formal",
            "credits": {"amount": str(5 + number % 20), "unit": "nzqcf"},
        }
        for lot in range(1 + number % 3)
    ]
    facts = {name: {"value": True, "establishedBy": "credential"} for name in GATES}
    return canonicalize(
        {
            "policy": {"id": "urn:example:policy", "version": "1", "digest": "zQm"},
            "applicant": f"did:key:z{number}",
            "target": {"component": f"C{number % 50}", "amount": "10", "unit": "ects"},
            "lots": lots,
            "facts": facts,
        }
    )


def fill(url: str) -> RegisterOfDecisions:
    """Record all decisions in one transaction: one each would measure the disk."""
    engine = open_database(url)
    migrate(engine)
    with writing(engine) as connection:
        for number in range(DECISIONS):
            inputs = inputs_of(number)
            decision = Decision(f"case-{number}", decide(inputs), inputs)
            add(connection, decision.draft(()), format_timestamp(RECORDED))
    return RegisterOfDecisions(engine)


def replay(register: RegisterOfDecisions, workers: int) -> Replay:
    """Replay everything, with a progress bar."""
    with click.progressbar(length=register.count_decisions(), label="Replaying") as bar:
        mapper = partial(map_in_processes, workers=workers)
        return check_replay(
            register.decisions(), decide, mapper=mapper, progress=lambda _done: bar.update(1)
        )


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        register = fill(f"sqlite:///{folder}/decisions.sqlite")
        filled = time.perf_counter()
        replayed = replay(register, os.cpu_count() or 1)
        done = time.perf_counter()
        checked = register.check_chain().count
        end = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"recorded {checked:,} decisions in one transaction: {filled - begun:.1f} s")
    print(f"replayed {replayed.count:,}, {len(replayed.differences)} differ: {done - filled:.1f} s")
    print(f"checked the chain: {end - done:.1f} s; largest memory {memory:.0f} MB")


if __name__ == "__main__":
    main()
