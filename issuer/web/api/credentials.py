"""Credentials over the API: issue exactly once, look up, withdraw."""

from __future__ import annotations

from datetime import timedelta

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from credentials.errors import CredentialError
from credentials.json_types import JsonObject
from credentials.strict_json import parse_json
from issuer.issuing.awards import Award
from issuer.issuing.withdrawing import Change
from issuer.lint import LintError
from issuer.store import CredentialFilter, CredentialRecord, NotFoundError, Recipient, Scope
from issuer.web.api.application import IssuerApi
from issuer.web.api.documenting import answers, blueprint
from issuer.web.api.messages import (
    CredentialQuery,
    IdempotencyHeader,
    Identified,
    PageQuery,
    ToIssue,
    ToWithdraw,
    credential_json,
    entry_json,
    page_json,
    withdrawal_json,
)
from issuer.web.messages import detail_of
from service.web import json_response, json_schema_of, problem_response, refusals


def operations(api: IssuerApi) -> APIBlueprint:
    """Build the operations about credentials."""
    made = blueprint("credentials", "What is issued, exactly once for each idempotency key.")
    access = api.access

    @made.post("/credentials", responses=answers(201, "The credential.", 409, 413, 415, 422))
    def issue_credential(header: IdempotencyHeader, body: ToIssue) -> Response:
        """Issue a credential; the same key with the same body is answered with the same bytes."""
        act = access.require(Scope.CREDENTIALS_ISSUE)
        learner = body.learner
        try:
            named = (learner.email, learner.id, learner.name, learner.number, learner.language)
            award = Award(Recipient(*named), body.award, body.replaces)
            issued = api.exactly_once.issue(act, header.idempotency_key, body.achievement, award)
        except LintError as error:
            details = [detail_of(finding) for finding in error.findings]
            return problem_response(error, 400, problemDetails=details)
        except CredentialError as error:
            return problem_response(error, 400)
        return json_response(_with_document(issued), 201)

    _add_reading(made, api)
    _add_document(made, api)
    _add_withdrawing(made, api)
    return made


def _add_reading(made: APIBlueprint, api: IssuerApi) -> None:
    access, known = api.access, api.store.credentials

    @made.get("/credentials", responses=answers(200, "A page of credentials."))
    def list_credentials(query: CredentialQuery) -> Response:
        """List credentials, the newest first."""
        act = access.require(Scope.CREDENTIALS_READ)
        which = CredentialFilter(
            achievement_id=query.achievement,
            job_id=query.job,
            state=query.state,
            status=query.status,
            email=query.email,
        )
        page = known.page(act.tenant_id, which, after=query.cursor(), items=query.items)
        return json_response(page_json("credentials", page, credential_json))

    @made.get("/credentials/<string:id>", responses=answers(200, "What is known of it."))
    def show_credential(path: Identified) -> Response:
        """Show a credential, and what was done about it."""
        act = access.require(Scope.CREDENTIALS_READ)
        record = known.get(act.tenant_id, path.id)
        history = [entry_json(one) for one in api.store.ledger.about(act.tenant_id, path.id)]
        replacement = known.replacement_of(act.tenant_id, path.id)
        shown = {**credential_json(record), "history": history}
        if replacement is not None:
            shown["replacedBy"] = replacement.id
        return json_response(shown)


def _with_document(issued: CredentialRecord) -> JsonObject:
    shown = credential_json(issued)
    if issued.data is not None:
        shown["credential"] = parse_json(issued.data)
    return shown


def _add_document(made: APIBlueprint, api: IssuerApi) -> None:
    exact = {
        200: json_schema_of("The bytes.", {"type": "object"}, "application/vc+ld+json"),
        **refusals(400, 401, 403, 404, 429, 503),
    }

    @made.get("/credentials/<string:id>/document", responses=exact)
    def download_credential(path: Identified) -> Response:
        """Download the exact bytes that were issued."""
        act = api.access.require(Scope.CREDENTIALS_READ)
        record = api.store.credentials.get(act.tenant_id, path.id)
        if record.data is None:
            raise NotFoundError("The bytes of this credential are not there.")
        return Response(record.data, content_type=record.media_type)


def _add_withdrawing(made: APIBlueprint, api: IssuerApi) -> None:
    access = api.access

    @made.post("/withdrawals", responses=answers(201, "What was asked for.", 409, 413, 415))
    def withdraw(body: ToWithdraw) -> Response:
        """Revoke, suspend or reinstate credentials: all of them, or none."""
        act = access.require(Scope.CREDENTIALS_WITHDRAW)
        undo = timedelta(seconds=body.undoSeconds)
        change = Change(body.act, body.reason, undo, body.notice)
        done = api.withdrawing.ask(act, body.credentials, change)
        if body.undoSeconds == 0:
            api.publisher.publish_due()
        return json_response({"withdrawals": [withdrawal_json(one) for one in done]}, 201)

    @made.get("/withdrawals", responses=answers(200, "A page of withdrawals."))
    def list_withdrawals(query: PageQuery) -> Response:
        """List what was asked for, the newest first."""
        act = access.require(Scope.CREDENTIALS_READ)
        page = api.store.withdrawals.page(act.tenant_id, after=query.cursor(), items=query.items)
        return json_response(page_json("withdrawals", page, withdrawal_json))

    @made.post("/withdrawals/<string:id>/undo", responses=answers(200, "As it is now.", 409))
    def undo(path: Identified) -> Response:
        """Undo what is still pending."""
        act = access.require(Scope.CREDENTIALS_WITHDRAW)
        return json_response(withdrawal_json(api.withdrawing.undo(act, path.id)))
