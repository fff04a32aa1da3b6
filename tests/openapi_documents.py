"""The OpenAPI documents of both services, as docs/openapi has them.

`python -m tests.openapi_documents` writes them anew.
"""

from __future__ import annotations

import json
from pathlib import Path

from credentials.json_types import JsonObject
from tests.issuer.web.api_services import documented_api
from tests.services import documented_issuer, verifier_service

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "openapi"


def documents() -> dict[str, JsonObject]:
    """Build the documents by file name."""
    services = {
        "issuer.json": documented_issuer(),
        "issuer-api.json": documented_api()[0],
        "verifier.json": verifier_service(),
    }
    return {name: service.api_doc for name, service in services.items()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, document in documents().items():
        text = json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True)
        (FOLDER / name).write_text(text + "\n", encoding="utf-8")
