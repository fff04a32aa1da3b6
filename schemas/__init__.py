"""Data that everybody shares, and a small loader: contexts, schemas, register, award rules, fonts.

Contexts are pinned by SHA-256 in `contexts/manifest.json`.  A URL that is not in the manifest is
an error and never a request.
"""

from schemas.loader import (
    FONTS,
    DamagedDataError,
    UnknownContextError,
    accepted_resource_digests,
    award_rules,
    compiled_reference_register,
    context_digest,
    context_urls,
    font,
    font_path,
    json_schema,
    load_context,
    recognition_policies,
    reference_register,
    vector_context_urls,
    write_compiled_reference_register,
)

__all__ = [
    "FONTS",
    "DamagedDataError",
    "UnknownContextError",
    "accepted_resource_digests",
    "award_rules",
    "compiled_reference_register",
    "context_digest",
    "context_urls",
    "font",
    "font_path",
    "json_schema",
    "load_context",
    "recognition_policies",
    "reference_register",
    "vector_context_urls",
    "write_compiled_reference_register",
]
