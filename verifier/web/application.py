"""The verifier's application: instances under their own paths.

Every answer about a document is 200 with the report if the document is valid, and 400 with the
same report inside a problem document if it is not valid or cannot be decided.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.openapi import OpenAPI

from credentials.errors import PresentationError, VerificationError
from credentials.timestamps import format_timestamp
from service.pages import NavigationItem, PagesSettings, add_pages
from service.web import (
    RequestRefusedError,
    WebSettings,
    json_response,
    json_schema_of,
    new_application,
    problem_response,
    refusals,
)
from verifier.checks.world import World
from verifier.employer import EmployerRoom, new_employer_pages
from verifier.pages import SITE, START, VerifierPage, new_verifier_pages
from verifier.report import Outcome, Remark, Verdict, VerificationReport
from verifier.verifier import Verifier
from verifier.web.challenges import Challenges, Standing, TooManyChallengesError
from verifier.web.jobs import job_operations
from verifier.web.messages import (
    ANSWER_SCHEMA,
    CHALLENGE_SCHEMA,
    CredentialToVerify,
    Document,
    PresentationToVerify,
    answer_members,
    bytes_of,
    detail_of,
    is_presentation,
)
from verifier.web.metrics import metrics_operations
from verifier.web.sharing import sharing_operations

SCOPE_HEADER = "Verification-Scope"
PROOF_ONLY = (
    "proof-only: whose key signed was not held against who is said to have signed, and what a "
    "holder leaves out is taken as not being there"
)
REFUSED = (400, 413, 415)

STANDINGS = {
    Standing.FOREIGN: "The challenge was not made by this verifier; ask it for one first.",
    Standing.EXPIRED: "The challenge has expired; ask for a new one.",
    Standing.USED: "The challenge was answered before: this may be a copy of a presentation.",
}


class Expected(NamedTuple):
    """What whoever asks expects of a proof."""

    challenge: str | None
    domain: str | None


@dataclass(frozen=True, slots=True)
class VerifierInstance:
    """One verifier with its own policy, below its own path.

    `world` builds the world of one verification.  `prefix` is empty or begins with "/".  With
    `takes_foreign_challenges` whoever asks may bring a challenge of their own; its use is not
    remembered then.  `scope` is what the answers leave out, and stands in each of them.
    """

    prefix: str
    world: Callable[[Expected], World]
    challenges: Challenges
    takes_foreign_challenges: bool = False
    scope: str | None = None


def new_verifier_application(
    settings: WebSettings,
    instances: Sequence[VerifierInstance],
    page: VerifierPage | None = None,
    employer: EmployerRoom | None = None,
) -> OpenAPI:
    """Build the application with all its instances, and with the pages for people, if it has any.

    `employer` are the pages for many credentials, beside `page`, and the interface to the same.
    """
    application = new_application(settings)
    if page is not None:
        _add_pages(application, page, employer)
    if employer is not None:
        _add_operations(application, employer)
    for instance in instances:
        application.register_api(_operations(instance))
        if instance.scope is not None:
            _say_scope(application, instance.prefix, instance.scope)
    return application


def _add_pages(application: OpenAPI, page: VerifierPage, employer: EmployerRoom | None) -> None:
    rooms = [new_verifier_pages(page)]
    navigation: tuple[NavigationItem, ...] = ()
    if employer is not None:
        rooms.append(new_employer_pages(employer))
        navigation = employer.navigation
    settings = PagesSettings(site=SITE, home=START, navigation=navigation)
    add_pages(application, settings, *rooms)


def _add_operations(application: OpenAPI, room: EmployerRoom) -> None:
    application.register_api(job_operations(room.jobs, room.page.limits))
    if room.shares is not None:
        application.register_api(sharing_operations(room.shares, room.page.world, room.new_limit()))
    if room.has_metrics:
        application.register_api(metrics_operations(room, room.served))


def _say_scope(application: OpenAPI, prefix: str, scope: str) -> None:
    def say(response: Response) -> Response:
        if request.path.startswith(f"{prefix}/"):
            response.headers[SCOPE_HEADER] = scope
        return response

    application.after_request(say)


def _operations(instance: VerifierInstance) -> APIBlueprint:
    name = instance.prefix.strip("/") or "verifier"
    tag = Tag(name=name, description=instance.scope or "The verifier.")
    operations = APIBlueprint(
        name, __name__, url_prefix=instance.prefix or None, abp_tags=[tag], abp_responses={}
    )
    answers = {200: json_schema_of("Valid.", ANSWER_SCHEMA), **refusals(*REFUSED, 503)}
    made = {200: json_schema_of("A challenge.", CHALLENGE_SCHEMA), **refusals(400)}

    @operations.post("/credentials/verify", responses=answers)
    def verify_credential(body: CredentialToVerify) -> Response:
        """Verify a credential."""
        document = body.verifiableCredential
        expected = Expected(body.options.challenge, body.options.domain)
        report = _check(instance, document, "verifiableCredential", expected)
        if is_presentation(report):
            text = "This is a presentation; POST it to presentations/verify."
            return _refused(report, VerificationError(text, code="NOT_A_CREDENTIAL"), instance)
        return _answer_once(report, instance, body.options.challenge)

    @operations.post("/presentations/verify", responses=answers)
    def verify_presentation(body: PresentationToVerify) -> Response:
        """Verify a presentation and every credential in it."""
        return _presentation(instance, body)

    @operations.post("/challenges", responses=made)
    def new_challenge() -> Response:
        """Make a challenge for one presentation."""
        challenge, ends = instance.challenges.new()
        return json_response({"challenge": challenge, "expires": format_timestamp(ends)})

    return operations


def _presentation(instance: VerifierInstance, body: PresentationToVerify) -> Response:
    """Verify a presentation (VCDM 2.0 section 4.13; VC-API, Verify Presentation)."""
    options, document = body.options, body.verifiablePresentation
    report = _check(
        instance,
        document,
        "verifiablePresentation",
        Expected(options.challenge, options.domain),
    )
    if not is_presentation(report):
        text = "This is no presentation; POST a credential to credentials/verify."
        return _refused(report, VerificationError(text, code="NOT_A_PRESENTATION"), instance)
    return _answer_once(report, instance, options.challenge)


def _answer_once(
    report: VerificationReport, instance: VerifierInstance, challenge: str | None
) -> Response:
    """Answer about what somebody presented: a presentation, or an SD-JWT that its holder signed.

    Obligations (VC Data Integrity 1.0 section 4.4; RFC 9901 section 7.3 step 5f):

    1. the proof answers the challenge that is expected, and everything else holds;
    2. the challenge is one of ours, still in force and not used, unless whoever asks may bring
       their own;
    3. it is used up in the same moment: of two equal requests one is refused.
    """
    if challenge is None:
        return _answer(report, instance)
    # 1. Whoever could not answer a challenge has not used it up.
    if not report:
        return _judged(instance, report, instance.challenges.standing(challenge))
    # 2. and 3.
    return _judged(instance, report, _take(instance.challenges, challenge))


def _judged(instance: VerifierInstance, report: VerificationReport, standing: Standing) -> Response:
    is_foreign = standing is Standing.FOREIGN
    if standing is Standing.GOOD or (is_foreign and instance.takes_foreign_challenges):
        return _answer(report, instance)
    return _refused(report, PresentationError(STANDINGS[standing]), instance)


def _take(challenges: Challenges, challenge: str) -> Standing:
    try:
        return challenges.take(challenge)
    except TooManyChallengesError as error:
        raise RequestRefusedError(error.message, status=503, code=error.code) from error


def _check(
    instance: VerifierInstance, document: Document, member: str, expected: Expected
) -> VerificationReport:
    return Verifier(instance.world(expected)).check(bytes_of(document, member))


def _answer(report: VerificationReport, instance: VerifierInstance) -> Response:
    if report:
        return json_response(answer_members(report, instance.scope))
    worst = report.worst
    error = VerificationError(worst.detail, code=worst.code, pointer=worst.pointer)
    members = {"type": worst.problem_type or error.problem_type}
    return problem_response(error, 400, **members, **answer_members(report, instance.scope))


def _refused(
    report: VerificationReport, error: VerificationError, instance: VerifierInstance
) -> Response:
    """Refuse what was asked about a document, whether the document itself holds or not."""
    if not report:
        # What is wrong with the document itself comes first.
        return _answer(report, instance)
    members = answer_members(report, instance.scope)
    details = [detail_of(_remark(error)), *members["problemDetails"]]
    members |= {"verified": False, "verdict": Verdict.INVALID.value, "problemDetails": details}
    return problem_response(error, 400, **members)


def _remark(error: VerificationError) -> Remark:
    return Remark(Outcome.FAILED, error.code, error.message, error.pointer, error.problem_type)
