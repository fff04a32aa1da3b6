"""Data that everybody shares, and a small loader: contexts, schemas, register, award rules.

Contexts are pinned by SHA-256 in `contexts/manifest.json`.  A URL that is not in the manifest is
an error and never a request.
"""

from schemas.loader import (
    DamagedDataError,
    UnknownContextError,
    accepted_resource_digests,
    award_rules,
    context_digest,
    context_urls,
    json_schema,
    load_context,
    recognition_policies,
    reference_register,
    vector_context_urls,
)

__all__ = [
    "DamagedDataError",
    "UnknownContextError",
    "accepted_resource_digests",
    "award_rules",
    "context_digest",
    "context_urls",
    "json_schema",
    "load_context",
    "recognition_policies",
    "reference_register",
    "vector_context_urls",
]
