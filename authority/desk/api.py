"""Handing in courses by programs, such as an issuer's console: JSON, with a key of the desk.

A program sees what was sent with its sender's name, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from authority.desk.answering import changed_description
from authority.desk.services import DeskServices
from authority.desk.shown import amount_text
from authority.handed_in import UPLOAD_BYTES, HandedInError, courses_of_json
from authority.rating_desk import Proposal, rating_of
from authority.store import HandedIn, State, Submission
from authority.store.api_keys import ApiKey
from authority.store.submissions import Step, described
from credentials.errors import TallystickError
from credentials.json_types import JsonObject
from credentials.strict_json import parse_json
from service.errors import NotFoundError, StoreError
from service.people import Act
from service.web.limiting import RateLimit, network_of
from service.web.problems import RequestRefusedError, refusal
from service.web.responses import json_response

PREFIX = "/api/v1"
KEY_CHARACTERS = 200
PER_MINUTE, BURST = 120, 60
"""How often a key may call."""

TRIES_PER_MINUTE, TRIES_BURST = 30, 30
"""How often a network may call without a key that opens something."""

ANSWER_CHARACTERS = 10_000


class DeskApi:
    """The operations, and who may call them."""

    def __init__(self, services: DeskServices, clock: Callable[[], float]) -> None:
        """Take what the desk works with, and a clock in seconds that never goes back."""
        self.services = services
        self._by_key = RateLimit(PER_MINUTE, BURST, clock)
        self._by_network = RateLimit(TRIES_PER_MINUTE, TRIES_BURST, clock)

    def caller(self) -> ApiKey:
        """Tell whose key came with the request; refuse others (401), and who calls too often."""
        request.max_content_length = UPLOAD_BYTES
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        is_key = scheme.lower() == "bearer" and 0 < len(secret) <= KEY_CHARACTERS
        key = self.services.store.api_keys.find(secret.strip()) if is_key else None
        if key is None:
            self._slow_down(self._by_network, network_of(request.remote_addr or ""))
            raise refusal(401, WWW_Authenticate="Bearer")
        self._slow_down(self._by_key, key.id)
        return key

    def own(self, key: ApiKey, submission_id: str) -> Submission:
        """Find a submission that was sent in the name of the key (404)."""
        found = self.services.store.submissions.get(submission_id)
        if found.sender != key.name:
            raise NotFoundError("There is no such submission.")
        return found

    def act(self, key: ApiKey) -> Act:
        """Tell who acts."""
        return Act(f"api-key:{key.id}", self.services.now())

    @staticmethod
    def _slow_down(limit: RateLimit, caller: str) -> None:
        wait = limit.seconds_to_wait(caller)
        if wait:
            raise refusal(429, Retry_After=str(wait))


def api_of(services: DeskServices, clock: Callable[[], float]) -> Blueprint:
    """Make the operations."""
    api = DeskApi(services, clock)
    blueprint = Blueprint("authority_api", __name__, url_prefix=PREFIX)
    blueprint.register_error_handler(StoreError, _refused)
    blueprint.register_error_handler(HandedInError, _not_taken)
    _add_handing_in(blueprint, api)
    _add_answering(blueprint, api)
    return blueprint


def _add_handing_in(blueprint: Blueprint, api: DeskApi) -> None:
    services = api.services

    @blueprint.post("/courses")
    def hand_in() -> Response:
        key = api.caller()
        courses = courses_of_json(request.get_data())
        handed_in = [HandedIn(key.name, one) for one in courses]
        made = services.store.submissions.add(api.act(key), handed_in)
        return json_response({"submissions": list(made)}, 201)

    @blueprint.get("/courses/<submission>")
    def read_submission(submission: str) -> Response:
        return json_response(_told(services, api.own(api.caller(), submission)))


def _add_answering(blueprint: Blueprint, api: DeskApi) -> None:
    services = api.services

    @blueprint.post("/courses/<submission>/answer")
    def answer_questions(submission: str) -> Response:
        key = api.caller()
        known = api.own(key, submission)
        text, achievement = _answer(request.get_data())
        members = None if achievement is None else changed_description(known, [achievement])
        values = {} if members is None else described(members, known.sender)
        step = Step.to(State.ANSWERED, "answered", text, **values, answer_digest=None)
        when = frozenset({State.QUESTIONED})
        taken = services.store.submissions.take(
            api.act(key), known.id, known.revision, step, when=when
        )
        return json_response(_told(services, taken))


def _answer(data: bytes) -> tuple[str, JsonObject | None]:
    """Read an answer: its text, and the changed achievement if there is one."""
    members = parse_json(data)
    known = {"answer", "achievement"}
    text = members.get("answer") if isinstance(members, dict) else None
    if not isinstance(members, dict) or set(members) - known or not isinstance(text, str):
        raise _malformed()
    achievement = members.get("achievement")
    if not 0 < len(text.strip()) <= ANSWER_CHARACTERS:
        raise _malformed()
    if achievement is not None and not isinstance(achievement, dict):
        raise _malformed()
    return text.strip(), achievement


def _malformed() -> RequestRefusedError:
    text = (
        'Send {"answer": "…", "achievement": {…}}; the achievement only if it changed. An answer '
        f"has 1 to {ANSWER_CHARACTERS} characters."
    )
    return RequestRefusedError(text, status=400, code="ANSWER_MALFORMED")


def _told(services: DeskServices, one: Submission) -> JsonObject:
    """Say where a submission stands, and what the rules say of it today."""
    rating = rating_of(one.members, services.rules(), services.today)
    remarks = services.store.submissions.remarks(one.id)
    asked = [remark for remark in remarks if remark.kind == "questioned"]
    approved = one.state is State.APPROVED and one.value is not None
    told: dict[str, Any] = {
        "id": one.id,
        "course": one.course,
        "title": one.title,
        "state": one.state.value,
        "received": one.created_at,
        "changed": one.updated_at,
        "questions": asked[-1].text if asked and one.state is State.QUESTIONED else None,
        "listing": Proposal.from_json(one.value or {}).listing if approved else None,
        "rating": {
            "level": None if rating.level is None else rating.level.code,
            "rule": None if rating.level is None else rating.level.rule,
            "credits": amount_text(rating) or None,
            "findings": [
                {"code": found.code, "certain": found.certain, "detail": found.message}
                for found in rating.findings
            ],
            "missing": [
                {"standard": lack.standard, "field": lack.field, "need": lack.need}
                for lack in rating.missing
            ],
        },
    }
    return {name: value for name, value in told.items() if value is not None}


def _refused(error: TallystickError) -> Response:
    status = 404 if isinstance(error, NotFoundError) else 409
    return _problem(status, error)


def _not_taken(error: HandedInError) -> Response:
    faults = [{"place": one.place, "detail": one.why} for one in error.faults]
    return _problem(422, error, faults=faults)


def _problem(status: int, error: TallystickError, **more: Any) -> Response:
    members = {
        "type": "about:blank",
        "title": {404: "Not Found", 409: "Conflict", 422: "Unprocessable Content"}[status],
        "status": status,
        "detail": error.message,
        "code": error.code,
        **more,
    }
    return json_response(members, status, "application/problem+json")
