"""The audit log and the webhooks over the API."""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from credentials.urls import is_url
from issuer.store import Scope
from issuer.store.webhooks import EVENTS
from issuer.web.api.application import IssuerApi
from issuer.web.api.documenting import answers, blueprint
from issuer.web.api.messages import (
    Identified,
    PageQuery,
    ToTell,
    entry_json,
    page_json,
    webhook_json,
)
from service.web import RequestRefusedError, json_response


def operations(api: IssuerApi) -> APIBlueprint:
    """Build the operations about what was done and who is told."""
    made = blueprint("keeping", "The audit log, and webhooks.")
    access, known = api.access, api.store.webhooks

    @made.get("/audit", responses=answers(200, "A page of the ledger."))
    def list_audit(query: PageQuery) -> Response:
        """List what was done in the institution, the newest first."""
        act = access.require(Scope.AUDIT_READ)
        page = api.store.ledger.audit(act.tenant_id, before=query.cursor(), items=query.items)
        return json_response(page_json("entries", page, entry_json))

    @made.get("/webhooks", responses=answers(200, "All webhooks."))
    def list_webhooks() -> Response:
        """List who is told."""
        act = access.require(Scope.WEBHOOKS_WRITE)
        return json_response({"webhooks": [webhook_json(one) for one in known.all(act.tenant_id)]})

    @made.post("/webhooks", responses=answers(201, "The webhook with its secret.", 413, 415))
    def add_webhook(body: ToTell) -> Response:
        """Tell an address of events; the secret that authenticates them is shown now only."""
        act = access.require(Scope.WEBHOOKS_WRITE)
        if not is_url(body.url) or not body.url.startswith("https://"):
            text = "A webhook needs an https address."
            raise RequestRefusedError(text, code="WEBHOOK_URL", pointer="/url")
        unknown = sorted(set(body.events) - set(EVENTS))
        if unknown:
            text = f"There is no event {unknown[0][:80]}; there are {', '.join(EVENTS)}."
            raise RequestRefusedError(text, code="EVENT_UNKNOWN", pointer="/events")
        added = known.make(act, url=body.url, events=body.events)
        return json_response({**webhook_json(added), "secret": added.secret}, 201)

    @made.post("/webhooks/<string:id>/disable", responses=answers(200, "Done."))
    def disable_webhook(path: Identified) -> Response:
        """Tell an address nothing more."""
        act = access.require(Scope.WEBHOOKS_WRITE)
        known.disable(act, path.id)
        return json_response({"id": path.id})

    return made
