"""Writing what was measured, for people and for programs."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from tools.benchmarks.documents import SIZES, bytes_of_size
from tools.benchmarks.profiles import Profile
from tools.benchmarks.rounds import Result
from tools.benchmarks.rows import OURS, ROWS, SIZE_ROWS, STAGES
from tools.installing import PEERS

NPM = (
    *("@digitalbazaar/vc", "@digitalcredentials/vc", "@digitalbazaar/data-integrity", "jsonld"),
    *("rdf-canonize", "@digitalbazaar/ecdsa-sd-2023-cryptosuite", "express"),
)
PIP = ("openbadgeslib", "didkit")
SERVED = ("cli_cold", "http_issue", "http_verify")

HEAD = """# Benchmarks

Written by `make bench` (`tools/benchmarks`); figures for programs are in
[benchmarks.json](benchmarks.json). {date}, {machine}, {cores} cores, load {load:.1f} at the end.
Python {python}, cryptography {cryptography}, Node.js {node}; {versions}, PyLD {pyld}.

The badge has about 4,040 bytes, 108 statements, level, credits, two results, status and schema;
there are a thousand, from `tools/bench_workload.py`. Each side is a process of its own that stays,
gets the same documents, reads their text and answers with text. All take turns, in {rounds} rounds;
a figure is the median of the rounds, a ratio the median of the ratios of each round, and its spread
the distance from the least to the greatest of them. *Processor* ratios count the processor time of
the whole process, threads that collect garbage included. Machines differ: only ratios of one run
can be compared.

What the sides check when they verify is not the same. We run all twelve checks of the verifier
(form, schema, contexts, round trip, proof, issuer, dates, status, value at its level held against
the reference register, and more). `@digitalbazaar/vc` and `@digitalcredentials/vc` check form,
dates, issuer and proof, and with `@digitalbazaar/vc-bitstring-status-list` the status list and its
signature; where their status is waved through, the row says so. `openbadgeslib` checks form, dates
and proof; PyLD here stands for a few lines of Python that check the signature alone. `didkit` knows
version 1.1 of the data model and no context of Open Badges: it signs the same badge rewritten with
its context inside, by Ed25519Signature2020, and is not like for like. Ratios are against the best
JavaScript side that does the same.
"""
NOTES = """Where every achievement or issuer is another, each document is used once, so that nothing
that was kept of one helps with the next; in a roster all have one achievement. *Proof alone* leaves
out everything else on our side, and status on theirs. The command is a whole process, from its
start to its end. Over HTTP each side has two processes, and a client with eight connections on the
same machine; the peer is a minimal service in Express that we wrote (`tools/peers/server.mjs`),
which does what signing services do without their logs and tenants. Our issuer over HTTP holds every
badge against all rules, rehearses, signs, and verifies what it signed. Deriving starts, on both
sides, from a base proof that nobody verifies again: a holder did when it was received.
"""
MISSES = """Our side of each target that is missed, in the run of this page:
`tools/benchmarks/profiles.py` interrupts the work again and again, and notes in which stage it is.
What nothing here leaves out, and no cache answers:

- twelve checks where the peers run four, each with its words, and the register of frameworks; for
  `eddsa-jcs-2022`, too, JSON-LD in safe mode, the round trip, and the digest of the content over
  RDF, which tells whether two spellings are one credential; the peer reads no JSON-LD there;
- an issuer's rehearsal, and the whole verification of what was signed before anybody gets it;
- under `ecdsa-sd-2023`, one P-256 signature for each statement, made without random numbers that
  could repeat (RFC 6979), which takes OpenSSL nearly twice as long as the peer's;
- the start of Python, and the loading of `cryptography` and of us, in each command.
"""


def text_of(results: Sequence[Result], rounds: int, profiles: Sequence[Profile]) -> str:
    """Write the report."""
    by_id = {result.row.id: result for result in results}
    main = [by_id[row.id] for row in ROWS] + [by_id[name] for name in SERVED if name in by_id]
    parts = (
        _head(rounds),
        "## Against the best JavaScript peer\n",
        _table(main),
        NOTES,
        *_misses(profiles),
        "## All sides\n",
        _all_sides(main),
        "## Cost against size\n",
        "![Milliseconds of processor time against the size of a badge](benchmarks-size.svg)\n",
        _sizes([by_id[row.id] for row in SIZE_ROWS]),
        "## Stages, against Python\n",
        _table([by_id[row.id] for row in STAGES]),
    )
    return "\n".join(parts)


def _misses(profiles: Sequence[Profile]) -> list[str]:
    """Explain each target that is missed, by where the time goes."""
    if not profiles:
        return []
    tables = []
    for profile in profiles:
        lines = [f"**{profile.row.title}** (target ≥ {profile.row.target:g})", ""]
        lines += [f"| stage | {profile.unit} | share |", "|---|---:|---:|"]
        for stage, amount in (*profile.stages, ("all", profile.total)):
            share = f"{amount / profile.total:.0%}"
            lines.append(f"| {stage} | {_number(amount)} | {share} |")
        tables.append("\n".join(lines) + "\n")
    return ["## Where the misses come from\n", MISSES, *tables]


def rows_for_programs(results: Iterable[Result]) -> list[dict[str, Any]]:
    """List every row with its figures, per second, and its ratios."""
    return [_row_for_programs(result) for result in results if result.best is not None]


def _row_for_programs(result: Result) -> dict[str, Any]:
    best = result.best or ""
    ratios = result.ratios(best)
    return {
        "id": result.row.id,
        "ours": _short(result.per_second(OURS)),
        "peer": _short(result.per_second(best)),
        "ratio": _short(statistics.median(ratios)),
        "spread": _short(max(ratios) - min(ratios)),
        "peer_name": best,
        "ratio_of_processor": _short(statistics.median(result.ratios(best, of_processor=True))),
        "target": result.row.target,
        "others": {
            name: _short(result.per_second(name)) for name in result.answers if name != OURS
        },
    }


def _short(number: float) -> float:
    return float(f"{number:.4g}")


def _head(rounds: int) -> str:
    ran = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    return HEAD.format(
        date=datetime.now(UTC).date(),
        machine=f"{platform.machine()}, {_processor()}",
        cores=os.cpu_count(),
        load=os.getloadavg()[0],
        python=platform.python_version(),
        cryptography=version("cryptography"),
        node=ran.stdout.strip().removeprefix("v"),
        versions=", ".join(f"`{name}` {PEERS.version_of(name)}" for name in (*NPM, *PIP)),
        pyld=version("PyLD"),
        rounds=rounds,
    )


def _processor() -> str:
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return "processor unknown"


def _table(results: Iterable[Result]) -> str:
    lines = [
        "| what | ours, per second | theirs | who | ratio | spread | processor ratio | target |",
        "|---|---:|---:|---|---:|---:|---:|---:|",
    ]
    for result in results:
        if (best := result.best) is None:
            continue
        ratios = result.ratios(best)
        of_processor = statistics.median(result.ratios(best, of_processor=True))
        target = "" if result.row.target is None else f"≥ {result.row.target:g}"
        cells = (
            result.row.title,
            _number(result.per_second(OURS)),
            _number(result.per_second(best)),
            f"`{best}`",
            f"**{statistics.median(ratios):.1f}**",
            f"{max(ratios) - min(ratios):.1f}",
            # Over HTTP the processor is shared with the client.
            "" if result.row.id.startswith("http_") else f"{of_processor:.1f}",
            target,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _all_sides(results: Iterable[Result]) -> str:
    lines = ["| what | side | per second | per processor second |", "|---|---|---:|---:|"]
    for result in results:
        lines += [
            f"| {result.row.title} | `{name}` | {_number(result.per_second(name))} | "
            f"{_number(result.per_processor_second(name))} |"
            for name in result.answers
        ]
        lines += [
            f"| {result.row.title} | `{name}` | cannot: {why.replace('|', '/')} | |"
            for name, why in result.failures.items()
        ]
    return "\n".join(lines) + "\n"


def _sizes(results: Sequence[Result]) -> str:
    lines = ["| what | bytes | side | ms of processor time |", "|---|---:|---|---:|"]
    for result, size in zip(results, (*SIZES, *SIZES), strict=True):
        lines += [
            f"| {result.row.title} | {bytes_of_size(size):,} | `{name}` | "
            f"{result.milliseconds(name):.2f} |"
            for name in result.answers
        ]
    distance = _distance_from_line(results[: len(SIZES)])
    lines += ["", f"Issuing, ours: at most {distance:.0%} from a straight line over the size."]
    return "\n".join(lines) + "\n"


def _distance_from_line(results: Sequence[Result]) -> float:
    """Fit cost = fixed + rate * size, each size with equal weight, and find the worst miss."""
    sizes = [float(bytes_of_size(size)) for size in SIZES]
    costs = [result.milliseconds(OURS) for result in results]
    weights = [1 / cost**2 for cost in costs]
    total = sum(weights)
    middle_size = sum(w * s for w, s in zip(weights, sizes, strict=True)) / total
    middle_cost = sum(w * c for w, c in zip(weights, costs, strict=True)) / total
    rate = sum(
        w * (s - middle_size) * (c - middle_cost)
        for w, s, c in zip(weights, sizes, costs, strict=True)
    ) / sum(w * (s - middle_size) ** 2 for w, s in zip(weights, sizes, strict=True))
    fixed = middle_cost - rate * middle_size
    return max(abs(fixed + rate * s - c) / c for s, c in zip(sizes, costs, strict=True))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
