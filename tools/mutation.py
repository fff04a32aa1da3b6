"""Mutation testing of the decision lines: how many small faults do the tests notice?

mutmut makes the mutants of the files that pyproject.toml names, `mutation_judge.py` judges them
until a stated time is over, and what is known is written into docs/mutation.md.  A later run goes
on where this one stopped: verdicts are kept in mutants/ until the mutated function changes.  After
changing tests, `--again` judges anew what was not noticed, and endless loops (`make clean` forgets
everything).  `--new-sample` forgets every verdict and draws other mutants: no test was written for
the survivors among them.

Mutants are judged in a random order, so those judged are a fair sample of all.  Exit status 0 if
the share of all mutants that the tests notice is, by the sample, at least the goal (the lower end
of an interval that is right in 99 of 100 samples), else 1.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MUTANTS = ROOT / "mutants"
SEED_FILE = MUTANTS / "seed"
REPORT = ROOT / "docs" / "mutation.md"
GOAL = 90
"""Percentage of judged mutants that the tests must notice."""

DEVIATIONS = 2.576
"""How many standard deviations from the share the interval ends: 99 % of samples are within."""

LEAST_SAMPLE = 2_000
"""Fewest judged mutants from which the share of all is told."""

UNNOTICED = ("survived", "no test", "crashed")
"""Verdicts that speak against the tests."""

TIMEOUTS = {24, -24, 36, 152, 255}
KILLED = {1, 3, 37}
NO_TEST = {5, 33}
SKIPPED = {34}
OPEN = {None, 2}
"""Exit codes as mutmut keeps them.  0 is a survivor; any other is a crash."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small fault and what became of it."""

    file: str
    name: str
    outcome: str


def outcome_of(exit_code: int | None) -> str:
    """Translate an exit code; an endless loop counts as noticed, a crash does not."""
    if exit_code in KILLED:
        return "killed"
    if exit_code in TIMEOUTS:
        return "timeout"
    if exit_code in NO_TEST:
        return "no test"
    if exit_code in SKIPPED:
        return "skipped"
    if exit_code in OPEN:
        return "open"
    return "survived" if exit_code == 0 else "crashed"


def read_mutants() -> list[Mutant]:
    """Read what mutmut has kept of each mutated file."""
    mutants = []
    for path in sorted(MUTANTS.rglob("*.py.meta")):
        file = str(path.relative_to(MUTANTS)).removesuffix(".meta")
        verdicts = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
        mutants += [Mutant(file, name, outcome_of(code)) for name, code in verdicts.items()]
    return [mutant for mutant in mutants if mutant.outcome != "skipped"]


def forget(outcomes: tuple[str, ...]) -> None:
    """Forget verdicts, so that they are found anew."""
    for path in sorted(MUTANTS.rglob("*.py.meta")):
        kept = json.loads(path.read_text(encoding="utf-8"))
        verdicts = kept["exit_code_by_key"]
        verdicts.update({name: None for name in verdicts if outcome_of(verdicts[name]) in outcomes})
        path.write_text(json.dumps(kept, indent=4), encoding="utf-8")


def begin_sample() -> None:
    """Forget all verdicts, and draw the order in which mutants are judged."""
    forget(("killed", "timeout", *UNNOTICED))
    MUTANTS.mkdir(exist_ok=True)
    SEED_FILE.write_text(str(secrets.randbelow(10**9)), encoding="utf-8")


def judge(minutes: int, workers: int, seconds: float) -> None:
    """Judge what has no verdict, until the time is over."""
    # The tests run in mutants/, from where the default folder of the data is not found.
    data = os.environ.get("TALLYSTICK_CONFORMANCE_DATA", str(ROOT.parent / "shared/conformance"))
    environment = {
        **os.environ,
        "TALLYSTICK_CONFORMANCE_DATA": str(Path(data).resolve()),
        "TALLYSTICK_REQUIRE_CONFORMANCE": "1",
    }
    options = {"--minutes": minutes, "--workers": workers, "--seconds": seconds}
    command = [sys.executable, str(Path(__file__).with_name("mutation_judge.py"))]
    for name, value in options.items():
        command += [name, str(value)]
    status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    if status != 0:
        sys.exit(f"Judging stopped with status {status}; see above.")


def noticed(counts: Counter[str]) -> int:
    """Count what the tests noticed."""
    return counts["killed"] + counts["timeout"]


def judged(counts: Counter[str]) -> int:
    """Count what has a verdict; a mutant that no test reaches has one, and it is a bad one."""
    return noticed(counts) + sum(counts[name] for name in UNNOTICED)


def at_least(counts: Counter[str]) -> float:
    """Compute the least share of all mutants that is likely to be noticed, by those judged.

    The lower end of Wilson's interval; if every mutant was judged, the share itself.
    """
    number, found = judged(counts), noticed(counts)
    if number == 0:
        return 0.0
    share = found / number
    if not counts["open"]:
        return share
    spread = DEVIATIONS * sqrt(share * (1 - share) / number + DEVIATIONS**2 / (4 * number**2))
    middle = share + DEVIATIONS**2 / (2 * number)
    return (middle - spread) / (1 + DEVIATIONS**2 / number)


def percentage(counts: Counter[str]) -> str:
    """Write the share of noticed mutants, rounded down so that no goal is reached by rounding."""
    tenths = 1000 * noticed(counts) // judged(counts) if judged(counts) else 0
    return f"{tenths // 10}.{tenths % 10} %"


def report(mutants: list[Mutant]) -> str:
    """Write the report."""
    total = Counter(mutant.outcome for mutant in mutants)
    lines = [
        "# Mutation testing",
        "",
        "`make mutation` changes the lines that decide what is accepted, one small fault",
        "at a time, and runs the tests that reach them.",
        "Written by `tools/mutation.py`; which files count is said in `pyproject.toml`.",
        "",
        f"**{percentage(total)} noticed** (goal: {GOAL} %): {noticed(total)} of {judged(total)}",
        f"judged mutants. {total['open']} are not judged yet; of all together at least",
        f"{100 * at_least(total):.1f} % are noticed, as a random sample tells (99 % confidence).",
        *small_sample(total),
        "",
        f"{total['killed']} made a test fail and {total['timeout']} ran without end. Mutants are",
        f"judged in a random order{seed()}, so those judged are a sample of all files.  The",
        "longest laws over whole documents, and tests of issuers' services, are left out",
        "(`pyproject.toml`), which makes the share lower.",
        "",
        "| file | noticed | survived | no test reaches it | crashed | not judged | share |",
        "|---|---|---|---|---|---|---|",
        *(row(file, mutants) for file in sorted({mutant.file for mutant in mutants})),
        "",
        "## Not noticed",
        "",
        "`mutmut show NAME` prints the change. Some change nothing that could be noticed.",
        "",
        *(
            f"- `{mutant.name}` ({mutant.outcome})"
            for mutant in mutants
            if mutant.outcome in UNNOTICED
        ),
    ]
    return "\n".join(lines) + "\n"


def small_sample(counts: Counter[str]) -> list[str]:
    """Say so if too few were judged to tell whether the goal is reached."""
    if judged(counts) >= LEAST_SAMPLE or not counts["open"]:
        return []
    return [f"For the goal at least {LEAST_SAMPLE:,} have to be judged."]


def seed() -> str:
    """Name the seed of the sample, if one was drawn."""
    return f" (seed {SEED_FILE.read_text(encoding='utf-8')})" if SEED_FILE.exists() else ""


def row(file: str, mutants: list[Mutant]) -> str:
    """Write the line of one file."""
    counts = Counter(mutant.outcome for mutant in mutants if mutant.file == file)
    cells = (
        f"`{file}`",
        noticed(counts),
        counts["survived"],
        counts["no test"],
        counts["crashed"],
        counts["open"],
        percentage(counts),
    )
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    """Run, report, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=60, help="stop after this time (default 60)")
    parser.add_argument("--workers", type=int, default=2, help="mutants at once (default 2)")
    parser.add_argument(
        "--seconds", type=float, default=6, help="longest tests of a mutant (default 6)"
    )
    parser.add_argument(
        "--again", action="store_true", help="judge anew what was not noticed, and endless loops"
    )
    parser.add_argument(
        "--new-sample", action="store_true", help="forget all verdicts, and draw another sample"
    )
    parser.add_argument("--report-only", action="store_true", help="only write the report again")
    arguments = parser.parse_args()
    if arguments.new_sample:
        begin_sample()
    if arguments.again:
        forget((*UNNOTICED, "timeout"))
    if not arguments.report_only:
        judge(arguments.minutes, arguments.workers, arguments.seconds)
    mutants = read_mutants()
    if not mutants:
        sys.exit("There are no mutants yet.")
    REPORT.write_text(report(mutants), encoding="utf-8")
    total = Counter(mutant.outcome for mutant in mutants)
    print(f"{percentage(total)} noticed, {total['open']} not judged; see docs/{REPORT.name}")
    is_sampled = judged(total) >= LEAST_SAMPLE or not total["open"]
    sys.exit(0 if is_sampled and 100 * at_least(total) >= GOAL else 1)


if __name__ == "__main__":
    main()
