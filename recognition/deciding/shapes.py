"""The shape of the inputs of a decision, checked before anything is read from them.

A JSON Schema would say the same at ten times the cost; inputs are read by the hundred thousand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from credentials.json_types import JsonValue

ANYTHING = object
"""Any value of JSON."""

EACH = "*"
"""The name that stands for every member of an object."""


def has_shape(value: JsonValue, shape: Any) -> bool:
    """Tell whether a value has a shape.

    A type is that of the value, true and false being no numbers; a tuple lists alternatives; a
    list of one shape is an array of such; an object has the members named, of which those with a
    question mark at the end may be missing, or any members of one shape.
    """
    if isinstance(shape, tuple):
        return any(has_shape(value, one) for one in shape)
    if isinstance(shape, list):
        return isinstance(value, list) and all(has_shape(one, shape[0]) for one in value)
    if isinstance(shape, Mapping):
        return isinstance(value, dict) and _has_members(value, shape)
    if shape is None or shape is ANYTHING:
        return shape is ANYTHING or value is None
    return type(value) is shape


def _has_members(value: dict[str, Any], shape: Mapping[str, Any]) -> bool:
    if EACH in shape:
        return all(has_shape(one, shape[EACH]) for one in value.values())
    known = {name.removesuffix("?"): one for name, one in shape.items()}
    return all(
        name in known and has_shape(one, known[name]) for name, one in value.items()
    ) and all(name in value for name in shape if not name.endswith("?"))


OR_NONE = (str, None)
LEVEL = {"framework": str, "code": str}
AMOUNT = {"amount": str, "unit": str}
PRICE = {"amount": str, "currency": str}
SOURCE = {
    **dict.fromkeys(("digest", "id", "issuer", "sourceClass"), str),
    **dict.fromkeys(("achievement", "version", "field", "hours"), OR_NONE),
    "level": (LEVEL, None),
    "credits": ({**AMOUNT, "already_converted?": bool}, None),
    "cost": (PRICE, None),
    "subsidy": (PRICE, None),
    "contains?": [str],
    "states?": [str],
}
TARGET = {
    "component": str,
    **AMOUNT,
    "recognition": str,
    "level?": LEVEL,
    **{f"{name}?": str for name in ("field", "programme", "programme_start", "size")},
    "used": {EACH: str},
    "outcomes": [{"uri": str, "text": str}],
}
SAID = {
    "units": {EACH: {"basis": str, "hours": ([str], None), "per_year": OR_NONE}},
    "ladders": {EACH: [{"code": str, "rank": int}]},
    "maps": [
        {
            **dict.fromkeys(("id", "from", "to", "kind"), str),
            "entries": [{"from": str, "to": [str]}],
            "withheld": [str],
        }
    ],
}
CONVERSION = {
    **dict.fromkeys(("from", "to", "method"), str),
    **dict.fromkeys(("id?", "ratio?", "authority?"), str),
    "reversible": bool,
}
PRECEDENT = {
    **dict.fromkeys(("id", "issuer", "achievement", "version", "policy_version"), str),
    **dict.fromkeys(("decided", "outcome", "valid_until?", "superseded_by?"), str),
    "allowed": bool,
    "granted?": AMOUNT,
    "component?": str,
    "level?": LEVEL,
}
RULING = {
    **dict.fromkeys(("assessor", "outcome", "reason", "second_reader?", "amount?"), str),
    "substantial_differences": [str],
}
INPUTS = {
    **dict.fromkeys(("format", "policy", "decidedOn"), str),
    "applicant": OR_NONE,
    "sources": [SOURCE],
    "facts": {EACH: {"value": ANYTHING, "establishedBy": str}},
    "target": TARGET,
    "said": SAID,
    "conversions": [CONVERSION],
    "registers": [{"id": str, "edition": str, "digest": str}],
    "precedents": [PRECEDENT],
    "ruling": (RULING, None),
    "plan?": str,
}
"""The whole of the inputs."""
