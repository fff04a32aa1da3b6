"""Part of check "schema": the schemas that a credential names (VCDM 2.0 section 4.11).

A schema that a credential names is never fetched: whoever wrote the credential could have anybody
asked for it.  The classes of Open Badges and CLR are judged by schemas of our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from credentials.json_types import JsonObject, as_list, texts_among
from credentials.open_badges import class_findings
from verifier.checks.world import from_findings
from verifier.report import Outcome, Remark

SCHEMA_TYPES = frozenset({"1EdTechJsonSchemaValidator2019", "JsonSchema"})
"""Types of schemas that are read as JSON Schema (Open Badges 3.0 section B.1.7, VCDM 2.0)."""

CLASS_NAMES = {
    "achievementcredential": "OpenBadgeCredential",
    "anyachievementcredential": "OpenBadgeCredential",
    "endorsementcredential": "EndorsementCredential",
    "anyendorsementcredential": "EndorsementCredential",
    "clrcredential": "ClrCredential",
}
"""Names in the URLs of 1EdTech's schemas, with the class whose schema stands for them here."""

_SCHEMA_URL = re.compile(
    r"https://purl\.imsglobal\.org/spec/(?P<spec>ob/v3p0|clr/v2p0)/schema/(?:json|json-ld)/"
    r"(?:ob_v3p0|clr_v2p0)_(?P<name>[a-z]+)_schema\.json"
)


def named_schema_remarks(document: JsonObject, own: str | None) -> tuple[Remark, ...]:
    """Judge a credential of an Open Badges class, or of none, by the schemas that it names.

    Obligations: 1. one that is known here is applied, whatever class the credential is of; the
    one of its own class has been applied already; 2. every other one is told.
    """
    remarks: list[Remark] = []
    applied = {own}
    for entry in as_list(document.get("credentialSchema")):
        if not isinstance(entry, dict):
            continue
        kind = _class_of(entry)
        if kind is None:
            # 2.
            remarks.append(_not_checked())
        elif kind not in applied:
            # 1.
            applied.add(kind)
            remarks.extend(_of_other_class(document, kind))
    return tuple(remarks)


def _class_of(entry: JsonObject) -> str | None:
    match = _SCHEMA_URL.fullmatch(str(entry.get("id", "")))
    if match is None or not SCHEMA_TYPES & set(texts_among(as_list(entry.get("type")))):
        return None
    return CLASS_NAMES.get(match["name"])


def _of_other_class(document: JsonObject, kind: str) -> Iterator[Remark]:
    findings = from_findings(class_findings(document, kind))
    if findings:
        text = f"The credential names the schema of a {kind}, and does not satisfy it."
        yield Remark(Outcome.FAILED, "NAMED_SCHEMA_NOT_SATISFIED", text, "/credentialSchema")
    yield from findings


def _not_checked() -> Remark:
    text = "The credential names a schema of its own; that schema was not fetched or checked."
    return Remark(Outcome.WARNING, "SCHEMA_NOT_CHECKED", text, "/credentialSchema")
