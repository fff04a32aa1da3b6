"""The issuer's application: instances under their own paths, each with its key, suite and rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.openapi import OpenAPI

from credentials.errors import CredentialError
from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import Environment
from credentials.proofs.sd_deriving import derive
from issuer.issuer import IssuedCredential, Issuer
from issuer.lint import LintError
from issuer.requests import Request
from issuer.web.messages import (
    DID_DOCUMENT_SCHEMA,
    ISSUED_SCHEMA,
    CredentialToDerive,
    CredentialToIssue,
    detail_of,
    envelope,
)
from issuer.web.status import PublishedStatus, add_status
from service.web import (
    BearerTokens,
    RequestRefusedError,
    WebSettings,
    json_response,
    json_schema_of,
    new_application,
    problem_response,
    refusals,
)

DOCUMENTS = Tag(name="documents", description="What everybody may read.")


@dataclass(frozen=True, slots=True)
class IssuerInstance:
    """One issuer with its key, suite and rules, below its own path.

    `issuer_with` builds the issuer for JSON pointers to what a holder must always show; an instance
    that `is_selective` takes some with a request, and derives.  `request_of` turns an unsigned
    credential into a request; `why_not` says why the key must not sign at the moment, or nothing.
    `controller_document` names the keys of the issuer.  With a `status` everything that is issued
    can be withdrawn.  One that `envelops` signs tokens (vc+jwt) and returns them in an envelope.
    """

    prefix: str
    description: str
    issuer_with: Callable[[Sequence[str]], Issuer]
    request_of: Callable[[JsonObject], Request]
    why_not: Callable[[], str | None]
    controller_document: JsonObject
    environment: Environment
    is_selective: bool = False
    envelops: bool = False
    status: PublishedStatus | None = None
    tokens: BearerTokens = field(default_factory=BearerTokens)


def new_issuer_application(
    settings: WebSettings,
    instances: Sequence[IssuerInstance],
    *,
    now: Callable[[], datetime],
    documents: Mapping[str, JsonObject],
) -> OpenAPI:
    """Build the application with all its instances; `documents` are public ones by their path."""
    application = new_application(settings)
    for instance in instances:
        application.register_api(_operations(instance, now))
    own = {f"{one.prefix}/did.json": one.controller_document for one in instances}
    for path, document in {**own, **documents}.items():
        _publish(application, path, document)
    lists = {one.status.status_list.url: one.status for one in instances if one.status is not None}
    for status in lists.values():
        _publish_list(application, status)
    return application


def _publish_list(application: OpenAPI, status: PublishedStatus) -> None:
    path = "/" + status.status_list.url.removeprefix("https://").partition("/")[2]
    answers = {200: json_schema_of("The signed list.", ISSUED_SCHEMA), **refusals(400)}

    def show() -> Response:
        """Tell what was withdrawn (Bitstring Status List 1.0)."""
        response = json_response(status.document())
        # Whoever was told of a change finds it in the list.
        response.headers["Cache-Control"] = "no-cache"
        return response

    application.get(path, tags=[DOCUMENTS], responses=answers, endpoint=f"{path}.public")(show)


def _publish(application: OpenAPI, path: str, document: JsonObject) -> None:
    answers = {200: json_schema_of("The document.", DID_DOCUMENT_SCHEMA), **refusals(400)}

    def show() -> Response:
        """Name the keys of an issuer (Controlled Identifiers 1.0, DID Core 1.0)."""
        return json_response(document)

    application.get(path, tags=[DOCUMENTS], responses=answers, endpoint=f"{path}.public")(show)


def _operations(instance: IssuerInstance, now: Callable[[], datetime]) -> APIBlueprint:
    name = instance.prefix.strip("/")
    tag = Tag(name=name, description=instance.description)
    operations = APIBlueprint(
        name,
        __name__,
        url_prefix=instance.prefix,
        abp_tags=[tag],
        abp_security=instance.tokens.security(),
    )
    answers = {
        201: json_schema_of("The credential, signed.", ISSUED_SCHEMA),
        **refusals(400, 401, 413, 415, 503),
    }

    @operations.post("/credentials/issue", responses=answers)
    def issue_credential(body: CredentialToIssue) -> Response:
        """Check a credential, sign it and return it, bare."""
        return _issue(instance, body, now())

    if instance.is_selective:
        _add_deriving(operations, instance)
    if instance.status is not None:
        add_status(operations, instance.status)

    @operations.before_request
    def authorize() -> None:
        """Ask for the token before anything of the request is read."""
        instance.tokens.require()

    return operations


def _add_deriving(operations: APIBlueprint, instance: IssuerInstance) -> None:
    answers = {
        201: json_schema_of("What is shown of it.", ISSUED_SCHEMA),
        **refusals(400, 401, 413, 415),
    }

    @operations.post("/credentials/derive", responses=answers)
    def derive_credential(body: CredentialToDerive) -> Response:
        """Show parts of a credential that was issued with ecdsa-sd-2023."""
        try:
            pointers = body.options.selectivePointers
            derived = derive(body.verifiableCredential, pointers, instance.environment)
        except CredentialError as error:
            return problem_response(error, 400, "/verifiableCredential")
        return json_response(derived, 201)


def _issue(instance: IssuerInstance, body: CredentialToIssue, now: datetime) -> Response:
    """Issue one credential.

    Obligations (VC-API, Issue Credential):

    1. the key may sign at this moment;
    2. the credential is the issuer's own, obeys the instance's rules and survives signing;
    3. the verifier accepts what was signed.
    """
    # 1.
    reason = instance.why_not()
    if reason is not None:
        raise RequestRefusedError(reason, status=503, code="KEY_NOT_ACTIVE")
    # 2. and 3.
    try:
        issued = _issued(instance, body, now)
    except LintError as error:
        details = [detail_of(finding) for finding in error.findings]
        return problem_response(error, 400, "/credential", problemDetails=details)
    except CredentialError as error:
        return problem_response(error, 400, "/credential")
    return json_response(envelope(issued.data) if instance.envelops else issued.document, 201)


def _issued(instance: IssuerInstance, body: CredentialToIssue, now: datetime) -> IssuedCredential:
    mandatory = body.options.mandatoryPointers
    if mandatory and not instance.is_selective:
        text = "This instance makes no proofs of which parts can be shown."
        place = "/options/mandatoryPointers"
        raise RequestRefusedError(text, code="UNKNOWN_OPTION_PROVIDED", pointer=place)
    issuer = instance.issuer_with(mandatory)
    token = issuer.prepare(instance.request_of(body.credential), now=now)
    if instance.status is not None:
        token = issuer.with_status(token, instance.status.entry, now=now)
    return issuer.issue(token, now=now)
