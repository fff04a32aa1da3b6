"""What is wrong with a document by its JSON Schema, in words of our own."""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from credentials.findings import Finding
from credentials.json_types import JsonObject, JsonValue, as_list, pointer_to

_CODES = {
    "additionalProperties": "SCHEMA_ADDITIONAL",
    "const": "SCHEMA_VALUE",
    "contains": "SCHEMA_VALUE",
    "enum": "SCHEMA_VALUE",
    "maximum": "SCHEMA_RANGE",
    "minimum": "SCHEMA_RANGE",
    "minItems": "SCHEMA_LENGTH",
    "minLength": "SCHEMA_LENGTH",
    "pattern": "SCHEMA_PATTERN",
    "required": "SCHEMA_REQUIRED",
    "type": "SCHEMA_TYPE",
}
_MESSAGES = {
    "SCHEMA_ADDITIONAL": "This object has a member that its class does not allow.",
    "SCHEMA_LENGTH": "This must not be empty.",
    "SCHEMA_PATTERN": "This text does not have the form that it must have.",
    "SCHEMA_RANGE": "This number is outside the allowed range.",
    "SCHEMA_TYPE": "This value is not of the kind that it must be.",
    "SCHEMA_VALUE": "This value is not one of the allowed ones.",
}

_validators: dict[str, Draft202012Validator] = {}
"""One for each class."""


def schema_faults(document: JsonObject, kind: str, schema: JsonObject) -> Iterator[Finding]:
    """Validate a document against the schema of a class, fault by fault.

    Codes: SCHEMA_REQUIRED, SCHEMA_TYPE, SCHEMA_VALUE, SCHEMA_PATTERN, SCHEMA_RANGE,
    SCHEMA_LENGTH, SCHEMA_ADDITIONAL, SCHEMA_ERROR.
    """
    if kind not in _validators:
        _validators[kind] = Draft202012Validator(schema)
    for error in _validators[kind].iter_errors(document):
        yield _finding_of(error)


def _finding_of(error: ValidationError) -> Finding:
    """Describe the deepest cause; the library's own message would repeat the learner's values."""
    cause = _deepest(error)
    code = _CODES.get(str(cause.validator), "SCHEMA_ERROR")
    message = _MESSAGES.get(code, "This part of the credential is not of the required form.")
    if code == "SCHEMA_REQUIRED":
        message = f"A required member is missing: {', '.join(_missing(cause))}."
    pointer = pointer_to(cause.absolute_path)
    return Finding(code, pointer, message, "Open Badges 3.0 appendix B")


def _missing(cause: ValidationError) -> list[str]:
    present: JsonValue = cause.instance
    return [name for name in as_list(cause.validator_value) if name not in present]


def _deepest(error: ValidationError) -> ValidationError:
    """Follow a choice of forms into the one form that the value was meant to have."""
    while error.context:
        branches: dict[object, list[ValidationError]] = {}
        for cause in error.context:
            branches.setdefault(cause.relative_schema_path[0], []).append(cause)
        meant = [causes for causes in branches.values() if not any(map(_is_other_kind, causes))]
        error = max((meant or list(branches.values()))[0], key=lambda cause: len(cause.path))
    return error


def _is_other_kind(cause: ValidationError) -> bool:
    """Tell whether a form was meant for another kind of value (a text, an array, an object)."""
    return cause.validator == "type" and not cause.relative_path
