"""What the operations of the API have in common in their description."""

from __future__ import annotations

from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from service.web import json_schema_of, refusals
from service.web.authorization import BEARER

PREFIX = "/api/v1"
OBJECT = {"type": "object"}
COMMON = (400, 401, 403, 404, 429, 503)
"""Statuses that every operation may answer with."""


def blueprint(name: str, description: str) -> APIBlueprint:
    """Make a part of the API, each operation of which needs a key."""
    return APIBlueprint(
        f"api_{name}",
        __name__,
        url_prefix=PREFIX,
        abp_tags=[Tag(name=name, description=description)],
        abp_security=[{BEARER: []}],
    )


def answers(status: int, description: str, *further: int) -> dict[Any, Any]:
    """Document an answer with a JSON object, and the refusals beside it."""
    return {status: json_schema_of(description, OBJECT), **refusals(*COMMON, *further)}
