"""Every limit that protects the reader of a credential, in one place.

A limit is part of the public behaviour: whoever changes one changes what is accepted.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest input that is looked at.

    Whatever exceeds a limit is refused, or left undecided where a whole verification would take
    too much work; it is never cut short.
    """

    document_bytes: int = 1_048_576
    """Size of one document as received, images inside included (bytes)."""

    depth: int = 24
    """Nesting of arrays and objects, the outermost counting as 1."""

    values: int = 5_000
    """Number of JSON values (objects, arrays, strings, numbers, booleans) in one document."""

    contexts: int = 16
    """Number of contexts that one `@context` names; processing one takes a millisecond."""

    contexts_altogether: int = 320
    """The same for all `@context` in one document, those of credentials inside included."""

    string_characters: int = 262_144
    """Length of one string, member names included (Unicode code points)."""

    proofs: int = 8
    """Number of proofs in one proof set."""

    proofs_altogether: int = 64
    """Number of proofs in one verification, those of everything inside and of lists included."""

    canonicalized_values: int = 15_000
    """Number of JSON values that the proofs of one verification canonicalize together."""

    value_claims: int = 512
    """Number of values at their levels that one verification holds against registers."""

    stack_proofs: int = 4
    """Number of awards made of credentials that one verification recomputes."""

    status_entries: int = 16
    """Number of status entries in one credential."""

    embedded_credentials: int = 64
    """Number of credentials and endorsements inside one document."""

    quads: int = 20_000
    """Number of RDF quads in one dataset."""

    blank_nodes: int = 1_000
    """Number of blank nodes in one dataset."""

    hash_n_degree_steps: int = 4_096
    """Calls of Hash N-Degree Quads and permutations tried in it, for one dataset (RDFC-1.0 4.8)."""

    hash_n_degree_depth: int = 100
    """Nesting of calls of Hash N-Degree Quads: the longest chain of indistinguishable nodes."""

    proof_value_characters: int = 4_096
    """Length of an encoded proofValue, checked before it is decoded."""

    selective_proof_value_characters: int = 131_072
    """The same where a proofValue holds a signature for each statement (selective disclosure)."""

    status_list_bytes: int = 2_097_152
    """Size of an uncompressed status list; inflating stops there."""

    clock_tolerance_seconds: int = 60
    """How far the clocks of issuer and verifier may differ."""


DEFAULT_LIMITS = Limits()
