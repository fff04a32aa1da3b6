"""The classes of Open Badges 3.0 and CLR 2.0: our schemas, and what a schema cannot say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from itertools import islice

import jsonschema_rs

import schemas
from credentials.findings import Finding
from credentials.json_types import JsonObject, JsonValue, as_list, texts_among

CLASSES = {
    "OpenBadgeCredential": "OpenBadgeCredential",
    "AchievementCredential": "OpenBadgeCredential",
    "EndorsementCredential": "EndorsementCredential",
    "ClrCredential": "ClrCredential",
}
"""Type names of credentials, with the class whose schema they must satisfy."""

CONTEXT_PREFIX = "https://purl.imsglobal.org/spec/ob/v3p0/context"
CURRENT_CONTEXT = f"{CONTEXT_PREFIX}-3.0.3.json"
CREDIT_DECIMALS = 2
"""Decimal places of credits; more would not survive the signature (JSON-LD numbers)."""

FINDINGS_REPORTED = 30
"""How many broken rules are listed before the list is cut."""

_UNPLACED_FAULT = Finding(
    "SCHEMA_ERROR",
    "",
    "Something in the credential does not have the form that it must have; a text may end with a "
    "line break or hold an invisible character.",
    "Open Badges 3.0 appendix B",
)
"""What only the quick validator refuses: Python's patterns let a last line break through."""

_IDENTITY_HASH = re.compile(r"(?:sha256\$[0-9A-Fa-f]{64}|md5\$[0-9A-Fa-f]{32})")


def open_badges_class(document: JsonObject) -> str | None:
    """Name the Open Badges class of a credential, or None for any other credential.

    Of several it is the first of `CLASSES`: the order of a credential's types is not signed.
    """
    names = texts_among(as_list(document.get("type")))
    return next((kind for name, kind in CLASSES.items() if name in names), None)


def open_badge_findings(document: JsonObject) -> tuple[Finding, ...]:
    """Judge a credential of an Open Badges class; any other credential has no findings.

    Codes: SCHEMA_REQUIRED, SCHEMA_TYPE, SCHEMA_VALUE, SCHEMA_PATTERN, SCHEMA_RANGE,
    SCHEMA_LENGTH, SCHEMA_ADDITIONAL, SCHEMA_ERROR, CONTEXT_NOT_OPEN_BADGES, CRITERIA_EMPTY,
    RESULT_DESCRIPTION_UNKNOWN, RESULT_STATUS_MISSING, CREDITS_TOO_FINE,
    IDENTITY_HASH_MALFORMED; as warnings CONTEXT_OLDER_VERSION, RESULT_LEVEL_UNKNOWN.
    """
    kind = open_badges_class(document)
    if kind is None:
        return ()
    return (*class_findings(document, kind), *_own_findings(document, kind))


def class_findings(document: JsonObject, kind: str) -> tuple[Finding, ...]:
    """Judge a credential by the schema of one class (a value of `CLASSES`); SCHEMA_… codes."""
    return tuple(islice(_schema_findings(document, kind), FINDINGS_REPORTED))


@cache
def _quick_validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema_of(kind))


def schema_of(kind: str) -> JsonObject:
    """Return the JSON Schema of a class."""
    schema = schemas.json_schema("open-badges-3.0")
    return {"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]}


def _schema_findings(document: JsonObject, kind: str) -> Iterable[Finding]:
    """Validate quickly; only where something is wrong, have the slower library find what."""
    is_refused = True
    try:
        if _quick_validator(kind).is_valid(document):
            return ()
    except ValueError:
        # The quick one takes no lone surrogates; the other one says what is wrong with them.
        is_refused = False
    from credentials.schema_faults import schema_faults

    faults = tuple(islice(schema_faults(document, kind, schema_of(kind)), FINDINGS_REPORTED))
    return faults or ((_UNPLACED_FAULT,) if is_refused else ())


def _own_findings(document: JsonObject, kind: str) -> Iterator[Finding]:
    yield from _context(document, kind)
    for subject in as_list(document.get("credentialSubject")):
        if not isinstance(subject, dict):
            continue
        place = "/credentialSubject"
        yield from _identities(subject, place)
        achievement = subject.get("achievement")
        if isinstance(achievement, dict):
            yield from _achievement(achievement, f"{place}/achievement")
            yield from _results(subject, achievement, place)
        yield from _credits(subject, "creditsEarned", place)


def _context(document: JsonObject, kind: str) -> Iterator[Finding]:
    """Require an Open Badges context at the second place (Open Badges 3.0 section B.1.1)."""
    contexts = document.get("@context")
    clause = "Open Badges 3.0 §B.1.1"
    if kind == "ClrCredential" or not isinstance(contexts, list):
        return
    second = contexts[1] if len(contexts) > 1 else None
    if not isinstance(second, str) or not second.startswith(CONTEXT_PREFIX):
        text = f"The second @context must be {CURRENT_CONTEXT}."
        yield Finding("CONTEXT_NOT_OPEN_BADGES", "/@context/1", text, clause)
    elif second != CURRENT_CONTEXT:
        text = "The badge uses an older edition of the Open Badges context."
        yield Finding("CONTEXT_OLDER_VERSION", "/@context/1", text, clause, "warning")


def _achievement(achievement: JsonObject, pointer: str) -> Iterator[Finding]:
    criteria = achievement.get("criteria")
    if isinstance(criteria, dict) and not {"id", "narrative"} & criteria.keys():
        text = "The criteria say nothing: they need a narrative or the id of a page."
        yield Finding("CRITERIA_EMPTY", f"{pointer}/criteria", text, "Open Badges 3.0 §B.1.6")
    yield from _credits(achievement, "creditsAvailable", pointer)


def _results(subject: JsonObject, achievement: JsonObject, pointer: str) -> Iterator[Finding]:
    """Require that results refer to what the achievement describes (section B.1.16)."""
    descriptions = {
        item["id"]: item
        for item in as_list(achievement.get("resultDescription"))
        if isinstance(item, dict) and isinstance(item.get("id"), str)
    }
    for index, result in enumerate(as_list(subject.get("result"))):
        if isinstance(result, dict):
            yield from _result(result, descriptions, f"{pointer}/result/{index}")


def _result(
    result: JsonObject, descriptions: dict[str, JsonObject], pointer: str
) -> Iterator[Finding]:
    clause = "Open Badges 3.0 §B.1.16"
    reference = result.get("resultDescription")
    description = descriptions.get(reference) if isinstance(reference, str) else None
    if isinstance(reference, str) and description is None:
        text = "The result refers to a description that the achievement does not have."
        yield Finding("RESULT_DESCRIPTION_UNKNOWN", f"{pointer}/resultDescription", text, clause)
    if description is None:
        return
    if description.get("resultType") == "Status" and "status" not in result:
        text = "A result of the type Status needs a status."
        yield Finding("RESULT_STATUS_MISSING", pointer, text, clause)
    levels = [
        level.get("id")
        for level in as_list(description.get("rubricCriterionLevel"))
        if isinstance(level, dict)
    ]
    if "achievedLevel" in result and result["achievedLevel"] not in levels:
        text = "The result names a level that its description does not have."
        yield Finding("RESULT_LEVEL_UNKNOWN", f"{pointer}/achievedLevel", text, clause, "warning")


def _credits(item: JsonObject, member: str, pointer: str) -> Iterator[Finding]:
    value = item.get(member)
    if _decimals(value) > CREDIT_DECIMALS:
        text = f"Credits have at most {CREDIT_DECIMALS} decimal places."
        yield Finding(
            "CREDITS_TOO_FINE", f"{pointer}/{member}", text, "Level and credit profile §3"
        )


def _decimals(value: JsonValue) -> int:
    """Count decimal places in the number's shortest text, without computing with the float."""
    if not isinstance(value, float):
        return 0
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else CREDIT_DECIMALS + 1


def _identities(subject: JsonObject, pointer: str) -> Iterator[Finding]:
    for index, identity in enumerate(as_list(subject.get("identifier"))):
        if not isinstance(identity, dict) or identity.get("hashed") is not True:
            continue
        value = identity.get("identityHash")
        if not isinstance(value, str) or not _IDENTITY_HASH.fullmatch(value):
            text = "A hashed identity must be sha256$ or md5$ and hexadecimal digits."
            place = f"{pointer}/identifier/{index}/identityHash"
            yield Finding("IDENTITY_HASH_MALFORMED", place, text, "Open Badges 3.0 §B.1.12")
