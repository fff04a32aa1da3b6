"""Reading a document once: its canonical text, and whether its JSON and its RDF say the same.

What a verification or an issuance asks about a document are three questions with one answer:
whether only pinned contexts define it (`context_policy`), whether nothing is lost on the way to RDF
(`safe_mode`), and whether it is written in its own terms (`round_trip`).  For usual documents one
pass over compiled contexts answers them all.  It never refuses: where it cannot vouch for a
document, those modules are loaded and asked, and they find the words for what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable

from credentials.findings import Finding
from credentials.json_types import JsonObject, count_values
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.linked_data.compiled.readings import Reading, Readings, are_within
from credentials.linked_data.context_policy import context_findings, has_usual_order
from credentials.linked_data.embedded import embedded_credentials
from credentials.linked_data.expansion import ContextLoader, processor_for


def canonical_n_quads(
    document: JsonObject,
    *,
    load_context: ContextLoader,
    hash_algorithm: str = "SHA-256",
    limits: Limits = DEFAULT_LIMITS,
    spend: Callable[[int], None] | None = None,
) -> str:
    """Write the canonical N-Quads (RDFC-1.0) of a JSON-LD document, in safe mode.

    `spend` is told first how many JSON values it has, and may raise if that is too much work.
    Raises what `to_dataset` and `canonicalize` raise.
    """
    reading = processor_for(load_context).readings.read(document)
    if spend is not None:
        spend(count_values(document) if reading is None else reading.values)
    if reading is not None and are_within(limits, reading):
        return reading.n_quads(hash_algorithm, limits)
    from credentials.linked_data.rdf_canonicalization import canonicalize
    from credentials.linked_data.safe_mode import to_dataset

    dataset = to_dataset(document, load_context=load_context, limits=limits)
    return canonicalize(dataset, hash_algorithm=hash_algorithm, limits=limits).n_quads


def faithful_findings(
    document: JsonObject,
    *,
    load_context: ContextLoader,
    allowed_contexts: frozenset[str],
    allows_inline: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    passed: dict[int, JsonObject] | None = None,
) -> tuple[Finding, ...]:
    """Judge whether the JSON of a document and its RDF say the same.

    Obligations (VC Data Integrity 1.0 sections 2.4.1 and 4.6; JSON-LD 1.1 safe mode):

    1. contexts are pinned, or inline where that is allowed, in the right order and places;
    2. nothing is dropped or changed when the document becomes RDF;
    3. compacting what was expanded gives the document back, and each credential inside it.

    Returns what `context_findings` finds against 1; without it the others have nothing to stand
    on.  Raises what `to_dataset` and `require_round_trip` raise; `passed` is theirs.
    """
    # 1. to 3. in one pass, for usual documents.
    if _reads_as_written(document, load_context, allowed_contexts, limits, passed):
        return ()
    # 1.
    findings = context_findings(
        document, allowed_contexts=allowed_contexts, allows_inline=allows_inline
    )
    if findings:
        return findings
    from credentials.linked_data.round_trip import require_round_trip
    from credentials.linked_data.safe_mode import to_dataset

    # 2.
    to_dataset(document, load_context=load_context, limits=limits)
    # 3.
    require_round_trip(document, load_context=load_context, limits=limits, passed=passed)
    return ()


def _reads_as_written(
    document: JsonObject,
    load_context: ContextLoader,
    allowed_contexts: frozenset[str],
    limits: Limits,
    passed: dict[int, JsonObject] | None,
) -> bool:
    """Tell whether the pass vouches for a document; False says that it does not, and no more."""
    readings = processor_for(load_context).readings
    read = _read(document, readings, limits)
    if read is None or not _has_usual_contexts(read, allowed_contexts):
        return False
    parts = [document]
    if any(one.embedded for one in read):
        parts += [part for _pointer, part in embedded_credentials(document)]
    known = {} if passed is None else passed
    for part in parts:
        # Each makes the round trip by itself, under its own contexts.
        if id(part) in known:
            continue
        if not _returns(read if part is document else _read(part, readings, limits)):
            return False
        known[id(part)] = part
    return True


def _read(document: JsonObject, readings: Readings, limits: Limits) -> tuple[Reading, ...] | None:
    """Read a document, and apart from it its proofs; None if the pass does not vouch for it."""
    bare = {name: value for name, value in document.items() if name != "proof"}
    reading = readings.read(bare)
    if reading is None:
        return None
    read = [reading]
    if "proof" in document:
        proof = readings.read_proof(document)
        if proof is None:
            return None
        read.append(proof)
    return tuple(read) if are_within(limits, *read) else None


def _returns(read: tuple[Reading, ...] | None) -> bool:
    return read is not None and all(one.returns for one in read)


def _has_usual_contexts(read: tuple[Reading, ...], allowed: frozenset[str]) -> bool:
    return all(one.has_usual_contexts for one in read) and all(
        has_usual_order(contexts, allowed) for one in read for contexts in one.contexts
    )
