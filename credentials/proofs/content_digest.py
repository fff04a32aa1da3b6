"""The digest of a credential: the same for every spelling that one signature covers."""

from __future__ import annotations

from credentials.json_types import JsonObject
from credentials.linked_data.reading import canonical_n_quads
from credentials.proofs.cryptosuite import Environment

ALGORITHM = "SHA-256"
"""The hash of the digest, and inside RDFC-1.0."""


def content_digest(document: JsonObject, environment: Environment) -> str:
    """Compute "sha256:HEX" over the canonical N-Quads (RDFC-1.0) of a credential without proofs.

    Under a signature over RDF anyone may put a list into another order, or brackets around a
    value.  A digest over JSON would make another credential of it, whose credit counts anew; and
    so it is over RDF whatever the suite is, since of several proofs one can be left out.

    What a proof has transformed in `environment` is not transformed anew.  Raises what
    transforming the document raises.
    """
    found = environment.digest_once(
        document, ALGORITHM, lambda one: _transformation(one, environment)
    )
    return f"sha256:{found.hex()}"


def _transformation(document: JsonObject, environment: Environment) -> str:
    return canonical_n_quads(
        document,
        load_context=environment.load_context,
        hash_algorithm=ALGORITHM,
        limits=environment.limits,
    )
