"""Documents of the institutions that anybody may read: their keys, and their status lists."""

from __future__ import annotations

from flask import Response
from flask_openapi3.models.tag import Tag
from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel, ConfigDict, Field

from issuer.issuing.publishing import published_by_name
from issuer.store import NotFoundError
from issuer.web.api.application import IssuerApi
from service.web import json_response, json_schema_of, refusals

DOCUMENTS = Tag(name="documents", description="Documents that anybody may read.")
LIST_SECONDS = 30
"""How long a list may be kept by whoever fetched it: others see a change within a minute."""

_OBJECT = {"type": "object"}


class IssuerPath(BaseModel):
    """An institution by its name."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=63)


class ListPath(IssuerPath):
    """A status list of an institution by its number."""

    number: int = Field(ge=1)


def add(application: OpenAPI, api: IssuerApi) -> None:
    """Add the documents."""
    answers = {200: json_schema_of("The document.", _OBJECT), **refusals(400, 404, 503)}

    def show_keys(path: IssuerPath) -> Response:
        """Name the keys of an institution (Controlled Identifiers 1.0, DID Core 1.0)."""
        return json_response(api.controller_document(api.store.tenants.named(path.name)))

    def show_list(path: ListPath) -> Response:
        """Tell what was withdrawn (Bitstring Status List 1.0)."""
        tenant = api.store.tenants.named(path.name)
        found = published_by_name(api.store.engine, f"{tenant.id}/{path.number}")
        if found is None:
            raise NotFoundError("There is no such list, or it was not published yet.")
        response = Response(found.data, content_type="application/json")
        response.headers["Cache-Control"] = f"public, max-age={LIST_SECONDS}"
        return response

    for rule, show in (
        ("/issuers/<string:name>/did.json", show_keys),
        ("/status/<string:name>/<int:number>", show_list),
    ):
        application.get(
            rule, tags=[DOCUMENTS], responses=answers, endpoint=f"{show.__name__}.public"
        )(show)
