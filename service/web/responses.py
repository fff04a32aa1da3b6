"""Writing JSON answers."""

from __future__ import annotations

from typing import Any

from flask import Response

from credentials.json_types import JsonValue
from credentials.strict_json import serialize_json

JSON = "application/json"


class Redirect(Response):
    """An answer that leads elsewhere on purpose; any other redirect is refused."""


def json_response(value: JsonValue, status: int = 200, media_type: str = JSON) -> Response:
    """Answer with a JSON value, members in their present order."""
    return Response(serialize_json(value), status, content_type=media_type)


def json_schema_of(description: str, schema: Any, media_type: str = JSON) -> dict[str, Any]:
    """Document an answer with a body for the OpenAPI description of an operation."""
    return {"description": description, "content": {media_type: {"schema": schema}}}
