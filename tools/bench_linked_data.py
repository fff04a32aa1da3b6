"""What JSON-LD costs, stage by stage, as ratios to PyLD in the same run; prints a table.

Run it as `python tools/bench_linked_data.py`.  Rounds are interleaved, times are processor times,
and each stage is given by its best round, since whatever else the machine does only adds.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pyld import jsonld  # noqa: E402 - the checkout comes first on the path

import schemas  # noqa: E402
from credentials.json_types import JsonObject  # noqa: E402
from credentials.limits import DEFAULT_LIMITS  # noqa: E402
from credentials.linked_data.compiled import ContextCompiler  # noqa: E402
from credentials.linked_data.compiled.readings import Readings  # noqa: E402
from credentials.linked_data.reading import canonical_n_quads, faithful_findings  # noqa: E402
from credentials.proofs.cryptosuite import options_of, without_proof  # noqa: E402
from credentials.proofs.rdfc_suites import EDDSA_RDFC_2022  # noqa: E402
from tools.bench_workload import Provider, badge, sign  # noqa: E402

ROUNDS = 7
DOCUMENTS = 40
Work = Callable[[], object]


def load(url: str, _options: object) -> dict[str, Any]:
    """Give PyLD the pinned contexts, which it may keep."""
    document = schemas.load_context(url)
    return {"contextUrl": None, "documentUrl": url, "document": document, "tag": "static"}


PYLD = {"documentLoader": load, "base": None, "processingMode": "json-ld-1.1"}


def load_anew(url: str) -> JsonObject:
    """Give contexts to a verifier that has not seen what was signed here."""
    return schemas.load_context(url)


def by_pyld(document: JsonObject) -> str:
    """Canonicalize as PyLD does: neither safe mode, nor round trip, nor work limit."""
    options = {**PYLD, "algorithm": "URDNA2015", "format": "application/n-quads"}
    return str(jsonld.normalize(document, options))


def there_and_back(document: JsonObject) -> JsonObject:
    """Expand and compact with PyLD, which the round trip would take."""
    expanded = jsonld.expand(document, PYLD)
    return dict(jsonld.compact(expanded, {"@context": document["@context"]}, PYLD))


def larger(document: JsonObject, alignments: int) -> JsonObject:
    """Add alignments to the achievement of a badge."""
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    added = [
        {**achievement["alignment"][1], "targetCode": f"WELD-{number}"}
        for number in range(alignments)
    ]
    achievement = {**achievement, "alignment": [*achievement["alignment"], *added]}
    return {**document, "credentialSubject": {**subject, "achievement": achievement}}


def sized(number: int, alignments: int | None) -> JsonObject:
    """Make up a badge with more alignments, or the least badge; each of another institution."""
    document = badge(number, Provider.of(number))
    if alignments is not None:
        return larger(document, alignments)
    kept = ("@context", "id", "type", "name", "validFrom")
    least = {name: value for name, value in document.items() if name in kept}
    subject = {"id": "did:example:learner", "type": ["AchievementSubject"]}
    return {**least, "issuer": document["issuer"]["id"], "credentialSubject": subject}


def batches(make: Callable[[int], JsonObject]) -> list[list[JsonObject]]:
    """Make up documents for each round, all different."""
    return [
        [make(DOCUMENTS * turn + number) for number in range(DOCUMENTS)]
        for turn in range(ROUNDS + 1)
    ]


def best_times(works: Mapping[str, Work], calls: int) -> dict[str, float]:
    """Time pieces of work in interleaved rounds: microseconds for one call in the best round."""
    rounds: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(ROUNDS):
        for name, work in works.items():
            begun = time.process_time()
            work()
            rounds[name].append((time.process_time() - begun) * 1e6 / calls)
    return {name: min(times) for name, times in rounds.items()}


def canonical(document: JsonObject, readings: Readings) -> str:
    """Canonicalize a document in the one pass."""
    found = readings.read(document)
    if found is None:
        raise ValueError("The badge is not read in one pass.")
    return found.n_quads("SHA-256", DEFAULT_LIMITS)


def stages() -> dict[str, float]:
    """Time each stage over badges of 4 kB, all different."""
    bare = [badge(number) for number in range(DOCUMENTS)]
    provider = Provider.of(0)
    signed = [
        sign(badge(number), provider, EDDSA_RDFC_2022)
        for number in range(DOCUMENTS, DOCUMENTS * (ROUNDS + 2))
    ]
    warm = Readings(ContextCompiler(schemas.load_context))
    same = batches(badge)
    others = batches(lambda number: badge(number, Provider.of(number)))

    def read(documents: list[list[JsonObject]]) -> None:
        for document in documents.pop():
            canonical(document, warm)

    def verify() -> None:
        # Each document is new; its issuer and achievement are known.
        for document in (signed.pop() for _ in range(DOCUMENTS)):
            faithful_findings(
                document,
                load_context=load_anew,
                allowed_contexts=schemas.context_urls(),
            )
            options = {**options_of(document["proof"]), "@context": document["@context"]}
            for one in (without_proof(document), options):
                canonical_n_quads(one, load_context=load_anew)

    return best_times(
        {
            "JSON text of the document (json.dumps)": lambda: [json.dumps(one) for one in bare],
            "read and canonicalize, issuer and achievement new": lambda: read(others),
            "read and canonicalize, issuer and achievement known": lambda: read(same),
            "all of a verification: contexts, losses, round trip, document, options": verify,
            "PyLD: canonicalize the document": lambda: [by_pyld(one) for one in bare],
            "PyLD: expand and compact": lambda: [there_and_back(one) for one in bare],
        },
        DOCUMENTS,
    )


def growth() -> Iterator[tuple[int, float, float]]:
    """Time larger and larger documents: bytes, microseconds, microseconds by PyLD."""
    readings = Readings(ContextCompiler(schemas.load_context))
    for alignments in (None, 0, 20, 70, 200):
        documents = [sized(number, alignments) for number in range(DOCUMENTS * (ROUNDS + 1))]
        size = len(json.dumps(documents[0], separators=(",", ":")).encode())

        def ours(documents: list[JsonObject] = documents) -> None:
            for _ in range(DOCUMENTS):
                canonical(documents.pop(), readings)

        def theirs(document: JsonObject = documents[0]) -> None:
            by_pyld(document)

        yield size, best_times({"": ours}, DOCUMENTS)[""], best_times({"": theirs}, 1)[""]


def main() -> None:
    """Print both tables."""
    found = stages()
    pyld = found["PyLD: canonicalize the document"]
    print("| stage, badge of 4 kB | microseconds | PyLD's canonicalization takes |")
    print("|---|---|---|")
    for name, time_taken in found.items():
        print(f"| {name} | {time_taken:.0f} | {pyld / time_taken:.1f} times as long |")
    print("\n| bytes | microseconds | per kB | PyLD | ratio |\n|---|---|---|---|---|")
    for size, ours, other in growth():
        print(
            f"| {size} | {ours:.0f} | {ours / size * 1000:.1f} | {other:.0f} | {other / ours:.1f} |"
        )


if __name__ == "__main__":
    main()
