"""The OpenAPI documents say what the services do: no other answer, and nothing that stops them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.issuer.web.api_services import documented_api
from tests.openapi_documents import FOLDER, documents
from tests.project import skip_away_from_sources
from tests.services import documented_issuer, verifier_service
from tests.soak import repetitions

FEW = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
FEWER = settings(FEW, max_examples=repetitions(2, soak=12))
NOT_SAID = [positive_data_acceptance]
"""A description says how requests look; what no key has signed is refused all the same."""

PATH = "/openapi/openapi.json"


@schemathesis.serializer("application/zip", "application/x-ndjson")
def as_it_is(_context: Any, value: Any) -> bytes:
    """Send what is made for a body that is neither JSON nor a form."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


issuer = schemathesis.openapi.from_wsgi(PATH, documented_issuer())
API, API_KEY = documented_api()
api = schemathesis.openapi.from_wsgi(PATH, API)
verifier = schemathesis.openapi.from_wsgi(PATH, verifier_service())


@issuer.parametrize()
@FEW
def test_the_issuer_answers_as_its_document_says(case: Any) -> None:
    case.call_and_validate(excluded_checks=NOT_SAID)


@api.parametrize()
@FEWER
def test_the_api_of_the_issuer_answers_as_its_document_says(case: Any) -> None:
    case.call_and_validate(excluded_checks=NOT_SAID, headers={"Authorization": f"Bearer {API_KEY}"})


@verifier.parametrize()
@FEW
def test_the_verifier_answers_as_its_document_says(case: Any) -> None:
    case.call_and_validate(excluded_checks=NOT_SAID)


@pytest.mark.parametrize("name", ["issuer.json", "issuer-api.json", "verifier.json"])
def test_the_published_documents_are_those_of_the_services(name: str) -> None:
    """If this fails, look at the difference and run: python -m tests.openapi_documents."""
    skip_away_from_sources()
    assert json.loads((FOLDER / name).read_text(encoding="utf-8")) == documents()[name]
