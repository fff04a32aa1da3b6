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

    string_characters: int = 262_144
    """Length of one string, member names included (Unicode code points)."""

    contexts: int = 256
    """Number of contexts that one document names, those of everything inside it included."""

    contexts_in_one_place: int = 16
    """The same for one `@context`, which every proof needs anew."""

    own_context_work: int = 25_000
    """JSON values of the contexts that a document defines itself, times all its values."""

    proofs: int = 8
    """Number of proofs in one proof set."""

    proofs_altogether: int = 64
    """Number of proofs in one verification, those of everything inside and of lists included."""

    canonicalized_values: int = 15_000
    """Number of JSON values that the proofs of one verification canonicalize together."""

    history_values: int = 50_000
    """Number of JSON values that the proofs in the logs of did:webvh cover in one verification."""

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

    canonical_characters: int = 16_777_216
    """Length of the canonical N-Quads of one dataset: each statement repeats the name of its node.

    Names of 200,000 characters with 5,000 statements about them would make gigabytes of a
    document of 240 kB."""

    hash_n_degree_steps: int = 4_096
    """Calls of Hash N-Degree Quads and permutations tried in it, for one dataset (RDFC-1.0 4.8)."""

    hash_n_degree_depth: int = 100
    """Nesting of calls of Hash N-Degree Quads: the longest chain of indistinguishable nodes."""

    proof_value_characters: int = 4_096
    """Length of an encoded proofValue, checked before it is decoded."""

    selective_proof_value_characters: int = 131_072
    """The same where a proofValue holds a signature for each statement (selective disclosure)."""

    token_header_characters: int = 8_192
    """Length of the encoded header of a token (RFC 7515), checked before it is decoded."""

    token_signature_characters: int = 2_048
    """Length of the encoded signature of a token, checked before it is decoded."""

    disclosures: int = 256
    """Number of disclosures of one SD-JWT."""

    key_binding_seconds: int = 300
    """How old a key binding JWT may be that answers a nonce (RFC 9901 section 7.3 step 5e)."""

    status_list_bytes: int = 2_097_152
    """Size of an uncompressed status list; inflating stops there."""

    revoked_credentials: int = 100_000
    """Number of credentials in one 1EdTechRevocationList."""

    stale_status_seconds: int = 86_400
    """How long a status list is still relied on, with a warning, beyond its time to live."""

    image_bytes: int = 5_242_880
    """Size of an image into which a credential is baked (bytes)."""

    image_chunks: int = 16_384
    """Number of chunks in a PNG image; a few programs write many small ones."""

    image_side: int = 16_384
    """Width and height of a PNG image (pixels)."""

    image_unpacked_bytes: int = 4_194_304
    """Size of everything compressed in a PNG image but its pixels, once it is unpacked."""

    image_markup: int = 100_000
    """Number of tags and attributes in an SVG image, counted as "<" and "="."""

    legacy_lookups: int = 32
    """Number of documents that verifying one badge of Open Badges 2.0 looks up."""

    clock_tolerance_seconds: int = 60
    """How far the clocks of issuer and verifier may differ."""


DEFAULT_LIMITS = Limits()
