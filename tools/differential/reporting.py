"""Writing what came of the comparison, for people and for programs."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from tools.differential.classes import FROM_JSONLD_JS, FROM_PYLD, REFUSALS, Difference, Refusal
from tools.differential.comparing import (
    ACCEPTED_HERE_ONLY,
    BOTH_REFUSE,
    EQUAL,
    PYLD_EQUAL,
    PYLD_REFUSES,
    PYLD_WITHOUT_SAFE_MODE,
    UNEXPLAINED,
    Tally,
)
from tools.differential.corpus import KINDS, NAMES
from tools.differential.sides import BEYOND_LIMIT
from tools.installing import PEERS

HEAD = """# Differential corpus: canonical N-Quads, byte by byte

Written by `make differential` (`tools/differential`). Documents {first:,} to {last:,} of a corpus
that is made from seeds, the same in each run: {originals} originals ({names}), each
changed in one or more ways ({kinds}). Our text is that which
`eddsa-rdfc-2022` signs and verifies; theirs is that of jsonld.js {jsonld} and rdf-canonize
{canonize} in safe mode, as `@digitalbazaar/eddsa-rdfc-2022-cryptosuite` calls them, under the same
pinned contexts; PyLD {pyld} has no safe mode and is held against jsonld.js where that accepts.

{date}, Python {python}, {documents:,} documents.
"""
PYLD_TEXT = """## PyLD

PyLD canonicalizes by URDNA2015 and tells only of members that it drops, if it is asked to.
"""
KNOWN = """## Known of the other sides

- jsonld.js keeps processed contexts from one document to the next, and with them what it found
  wrong in a document's own context: after a document with `{"@vocab": ""}` it refuses innocent ones
  that name the same contexts. Whatever is refused here was therefore tried again without that.
- rdf-canonize stops at a number of steps that grows with the blank nodes. Where it stopped, the
  text was made with more work allowed, and had to be equal, too.
"""


def report(tally: Tally, first: int, documents: int) -> tuple[str, dict[str, Any]]:
    """Write the report, and the same for programs."""
    head = HEAD.format(
        first=first,
        last=first + documents - 1,
        documents=documents,
        originals=len(NAMES),
        names=", ".join(NAMES),
        kinds=", ".join(KINDS),
        jsonld=PEERS.version_of("jsonld"),
        canonize=PEERS.version_of("rdf-canonize"),
        pyld=version("PyLD"),
        python=platform.python_version(),
        date=datetime.now(UTC).date(),
    )
    sections = (
        _totals(tally),
        _section("## Both give a text, and not the same", "differs: ", FROM_JSONLD_JS, tally),
        _section("## Refused here, accepted by safe mode", "refused here: ", REFUSALS, tally),
        PYLD_TEXT + "\n" + _totals_of_pyld(tally),
        _section("", "PyLD differs: ", FROM_PYLD, tally).lstrip(),
        KNOWN,
    )
    return "\n".join((head, *sections)), _rows(tally, first, documents)


def _totals(tally: Tally) -> str:
    lines = ["| documents | |", "|---|---:|"]
    count = tally.counts
    rows = (
        ("equal, byte by byte", count[EQUAL]),
        (BOTH_REFUSE, count[BOTH_REFUSE]),
        ("refused here, accepted by safe mode", _sum(tally, "refused here: ")),
        ("both give a text, and not the same", _sum(tally, "differs: ")),
        (f"**{ACCEPTED_HERE_ONLY}**", f"**{count[ACCEPTED_HERE_ONLY]:,}**"),
        ("differences without a reason", sum(_unexplained(tally))),
        ("canonicalized by both beyond the peer's limit", count[f"canonicalized: {BEYOND_LIMIT}"]),
    )
    lines += [
        f"| {what} | {number if isinstance(number, str) else f'{number:,}'} |"
        for what, number in rows
    ]
    return "\n".join(lines) + "\n"


def _totals_of_pyld(tally: Tally) -> str:
    rows = (PYLD_EQUAL, PYLD_WITHOUT_SAFE_MODE, PYLD_REFUSES)
    lines = ["| documents | |", "|---|---:|"]
    lines += [f"| {row.removeprefix('PyLD: ')} | {tally.counts[row]:,} |" for row in rows]
    lines.append(f"| both give a text, and not the same | {_sum(tally, 'PyLD differs: '):,} |")
    return "\n".join(lines) + "\n"


def _section(
    title: str, prefix: str, classes: tuple[Difference | Refusal, ...], tally: Tally
) -> str:
    explained = {one.id: one.explanation for one in classes}
    lines = [title, "", "| class | documents | for example | why |", "|---|---:|---|---|"]
    for sort, number in sorted(tally.counts.items(), key=lambda item: -item[1]):
        if sort.startswith(prefix):
            name = sort.removeprefix(prefix)
            why = explained.get(name, "as those" if " and " in name else "")
            numbers = ", ".join(map(str, tally.examples[sort]))
            lines.append(f"| `{name}` | {number:,} | {numbers} | {why} |")
    return "\n".join(lines) + "\n"


def _sum(tally: Tally, prefix: str) -> int:
    return sum(number for sort, number in tally.counts.items() if sort.startswith(prefix))


def _unexplained(tally: Tally) -> list[int]:
    return [number for sort, number in tally.counts.items() if sort.endswith(UNEXPLAINED)]


def _rows(tally: Tally, first: int, documents: int) -> dict[str, Any]:
    explanations = {one.id: one.explanation for one in (*FROM_JSONLD_JS, *FROM_PYLD, *REFUSALS)}
    return {
        "first": first,
        "documents": documents,
        "equal": tally.counts[EQUAL],
        "accepted_here_refused_by_safe_mode": tally.counts[ACCEPTED_HERE_ONLY],
        "classes": [
            {
                "sort": sort,
                "documents": number,
                "examples": tally.examples[sort],
                "explanation": explanations.get(sort.rpartition(": ")[2], ""),
            }
            for sort, number in sorted(tally.counts.items())
        ],
    }
