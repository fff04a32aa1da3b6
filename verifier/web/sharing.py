"""Credentials that wallets share by link, as VerifierPlus has it: put, got, taken away again.

Only where the operator keeps a database.  Whoever has the address may see the credential; only the
key that signed the presentation takes it away.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

from credentials.errors import MalformedValueError, VerificationError
from credentials.json_types import JsonObject, as_list, member
from credentials.strict_json import serialize_json
from credentials.timestamps import parse_timestamp
from service.web import RequestRefusedError, json_response, json_schema_of, refusals
from service.web.limiting import RateLimit
from service.web.pacing import slow_down
from verifier.checks.world import World
from verifier.employer.requests import own_fault
from verifier.employer.store.sharing import Shared, ShareStore
from verifier.employer.store.watching import WatchFullError
from verifier.verifier import Inspection, Verifier

TAG = Tag(name="sharing", description="Credentials that wallets share by link.")
FRESH = timedelta(minutes=10)
"""How old the proof of whoever takes a share away may be."""

RESULT_SCHEMA = {
    "type": "object",
    "required": ["status", "url"],
    "properties": {"status": {"type": "string"}, "url": {"type": "object"}},
}
SHARED_SCHEMA = {
    "type": "object",
    "required": ["id", "controller", "vp", "credential", "shared"],
    "properties": {"vp": {"type": "object"}, "shared": {"type": "boolean"}},
}
GONE_SCHEMA = {"type": "object", "properties": {"message": {"type": "string"}}}


class SharedPath(BaseModel):
    """The address of a share."""

    shared_id: Annotated[str, Field(max_length=64)]


class SharedPresentation(BaseModel):
    """A presentation with one credential, signed by its holder."""

    model_config = ConfigDict(extra="ignore")

    vp: dict[str, Any]


def sharing_operations(
    shares: ShareStore, world: Callable[[], World], limit: RateLimit
) -> APIBlueprint:
    """Build the operations."""
    operations = APIBlueprint("sharing", __name__, abp_tags=[TAG], abp_responses={})
    failing = refusals(400, 403, 404, 413, 415, 429, 503)
    made = {201: json_schema_of("Shared.", RESULT_SCHEMA), **failing}
    told = {200: json_schema_of("What is shared.", SHARED_SCHEMA), **refusals(400, 404)}
    gone = {200: json_schema_of("Not shared any more.", GONE_SCHEMA), **failing}

    @operations.post("/api/credentials", responses=made)
    def share(body: SharedPresentation) -> Response:
        """Share a credential by link."""
        slow_down(limit)
        return _share(shares, world(), body)

    @operations.get("/api/credentials/<shared_id>", responses=told)
    def get_shared(path: SharedPath) -> Response:
        """Get what is shared."""
        return _got(path.shared_id, _found(shares, path))

    @operations.delete("/api/credentials/<shared_id>", responses=gone)
    def unshare(path: SharedPath, body: SharedPresentation) -> Response:
        """Take a share away, with a fresh presentation of the same holder."""
        slow_down(limit)
        _require_same_holder(shares, _found(shares, path), body, world())
        shares.unshare(path.shared_id)
        return json_response({"message": "Credential unshared."})

    return operations


def _found(shares: ShareStore, path: SharedPath) -> Shared:
    found = shares.find(path.shared_id)
    if found is None:
        text = "Nothing is shared here; it has ended, or was taken away."
        raise RequestRefusedError(text, status=404, code="NOT_SHARED")
    return found


def _share(shares: ShareStore, world: World, body: SharedPresentation) -> Response:
    data = serialize_json(body.vp)
    inspection = _signed(data, world)
    if len(inspection.presented) != 1:
        text = "A presentation that is shared has exactly one credential."
        raise VerificationError(text, code="NOT_ONE_CREDENTIAL", pointer="/vp")
    try:
        address = shares.share(_holder(inspection), data)
    except WatchFullError as error:
        raise RequestRefusedError(error.message, status=503, code=error.code) from error
    url = {
        "view": f"/credentials/{address}",
        "get": f"/api/credentials/{address}",
        "unshare": f"/api/credentials/{address}",
    }
    response = json_response({"status": "Credential added", "url": url}, 201)
    response.headers["Location"] = url["view"]
    return response


def _signed(data: bytes, world: World) -> Inspection:
    """Verify who signed a presentation; what is in it may be revoked, and is shown as such."""
    inspection = Verifier(world).inspect(data)
    against = own_fault(inspection.report)
    if against is not None or not _holder(inspection):
        code, text = against or ("HOLDER_MISSING", "The presentation names no holder.")
        raise VerificationError(text, code=code, pointer="/vp")
    _require_meant_for_us(inspection)
    return inspection


def _require_meant_for_us(inspection: Inspection) -> None:
    """Refuse what a holder signed for another verifier: whoever got it could share it as theirs."""
    ours = (request.host, request.host_url.rstrip("/"), request.host_url)
    for proof in as_list(inspection.document.get("proof")):
        named = as_list(member(proof, "domain"))
        if any(one not in ours for one in named):
            text = "The presentation was signed for another verifier, and is not taken here."
            raise VerificationError(text, code="FOR_ANOTHER_DOMAIN", pointer="/vp/proof/domain")


def _holder(inspection: Inspection) -> str:
    return str(inspection.report.credential.get("holder") or "")


def _require_same_holder(
    shares: ShareStore, shared: Shared, body: SharedPresentation, world: World
) -> None:
    """Let only the holder take a share away.

    Obligations: 1. the same holder signed another presentation than those that everybody can get
    here; 2. it was signed just now, so that one that was given to somebody else is of no use.
    """
    inspection = _signed(serialize_json(body.vp), world)
    public = [json.loads(one) for one in shares.presentations_of(shared.holder)]
    # 1.
    is_same = _holder(inspection) == shared.holder
    is_copy = member(body.vp, "proof") in [member(one, "proof") for one in public]
    # 2.
    if not is_same or is_copy or not _is_fresh(body.vp, world.now):
        text = "Sign a new presentation with the key that shared it."
        raise RequestRefusedError(text, status=403, code="NOT_THE_HOLDER")


def _is_fresh(presentation: JsonObject, now: datetime) -> bool:
    proofs = as_list(presentation.get("proof"))
    try:
        ages = [abs(now - parse_timestamp(member(proof, "created"))) for proof in proofs]
    except MalformedValueError:
        return False
    return bool(ages) and max(ages) <= FRESH


def _got(address: str, shared: Shared) -> Response:
    presentation = json.loads(shared.presentation)
    return json_response(
        {
            "id": address,
            "controller": shared.holder,
            "vp": presentation,
            "credential": as_list(presentation.get("verifiableCredential")),
            "shared": True,
        }
    )
