"""The pages about requests: an employer makes one, a learner answers it, the employer looks."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import segno
from flask import Response, abort, request, url_for

from credentials.errors import PresentationError
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from service.pages import FieldError, Pages, form_text, gettext, page_response, redirect, uploads
from service.web import json_response, problem_response
from service.web.limiting import network_of
from service.web.pacing import slow_down
from service.web.problems import RequestRefusedError
from service.web.responses import JSON
from verifier.employer.exchange import interaction_url, presentation_request, protocols_of
from verifier.employer.openid4vp.pages import WalletRoom, add_wallet_pages
from verifier.employer.requests import (
    LIFETIMES,
    Asked,
    PresentationRequest,
    RequestError,
    Requests,
)
from verifier.employer.rows import Row
from verifier.pages import VerifierPage

TEXT_CHARACTERS = 300
"""Longest text that says who asks, what for, or what."""

FORM_FIELDS = ("who", "purpose", "type", "issuer", "level")
MEMBER = "verifiablePresentation"
REFERENCE = "referenceId"
"""Member of an exchange that is sent back as it came."""

OPENID4VP = "oid4vp-1.0"
"""Name of OpenID for Verifiable Presentations 1.0 among the protocols (VCALM, section 3.7)."""

QR_SCALE = 5


def add_request_pages(pages: Pages, room: WalletRoom) -> None:
    """Add the pages about requests, and what wallets use at the same address."""
    requests = room.requests

    @pages.get("/request")
    def ask() -> Response:
        return _form()

    @pages.post("/request")
    def new_request() -> Response:
        return _new(requests)

    @pages.get("/request/<result_id>")
    def result(result_id: str) -> Response:
        return _result(room, _of_result(requests, result_id))

    @pages.get("/request/<result_id>/qr.svg")
    def request_code(result_id: str) -> Response:
        return _code(interaction_url(_of_result(requests, result_id)))

    @pages.get("/request/<result_id>/wallet.svg")
    def wallet_code(result_id: str) -> Response:
        return _wallet_code(room, _of_result(requests, result_id))

    @pages.post("/request/<result_id>/delete")
    def delete_request(result_id: str) -> Response:
        requests.delete(_of_result(requests, result_id))
        return redirect(url_for("employer.ask"))

    _add_answering(pages, room)
    add_wallet_pages(pages, room)


def _add_answering(pages: Pages, room: WalletRoom) -> None:
    """Add what a learner and their wallet use, all at one address."""

    @pages.get("/present/<request_id>")
    def present(request_id: str) -> Response:
        return _in_turn(room, request_id, lambda found: _opened(room, found))

    @pages.post("/present/<request_id>")
    def answer(request_id: str) -> Response:
        return _in_turn(room, request_id, lambda found: _answered(room, found))

    @pages.get("/present/<request_id>/protocols")
    def protocols(request_id: str) -> Response:
        return _in_turn(
            room, request_id, lambda found: json_response(_protocols(room, found)), is_program=True
        )

    @pages.get("/present/<request_id>/request")
    def what_is_asked(request_id: str) -> Response:
        return _in_turn(room, request_id, _asked, is_program=True)


def _opened(room: WalletRoom, found: PresentationRequest) -> Response:
    return _present(room, found) if _wants_page() else json_response(_protocols(room, found))


def _answered(room: WalletRoom, found: PresentationRequest) -> Response:
    if request.mimetype == JSON:
        return _exchange(room.page, room.requests, found)
    return _answer(room, found)


def _asked(found: PresentationRequest) -> Response:
    return json_response(presentation_request(found, request.host))


def _in_turn(
    room: WalletRoom,
    request_id: str,
    answer: Callable[[PresentationRequest], Response],
    *,
    is_program: bool = False,
) -> Response:
    """Answer a caller who does not call too often: others get a page, or a program a problem."""
    try:
        # Before anything is looked for: whoever guesses is slowed down, too.
        slow_down(room.learners)
    except RequestRefusedError as error:
        if _wants_page() and request.mimetype != JSON and not is_program:
            raise
        return problem_response(error, error.status)
    return answer(_there(room.requests.find(request_id)))


def _of_result(requests: Requests, result_id: str) -> PresentationRequest:
    return _there(requests.result(result_id))


def _there(found: PresentationRequest | None) -> PresentationRequest:
    if found is None:
        abort(404)
    return found


def _wants_page() -> bool:
    """Tell wallets from people: who does not ask for JSON alone gets a page (VCALM, 3.7)."""
    accepted = request.accept_mimetypes
    return accepted.best_match(["text/html", "application/json"], "text/html") == "text/html"


def _form(*errors: FieldError) -> Response:
    fields = {name: form_text(name, TEXT_CHARACTERS) for name in FORM_FIELDS}
    status = 422 if errors else 200
    return page_response("employer/request_form.html", status=status, errors=errors, fields=fields)


def _new(requests: Requests) -> Response:
    asked = Asked(*(form_text(name, TEXT_CHARACTERS) for name in FORM_FIELDS))
    missing = [name for name in ("who", "purpose") if not getattr(asked, name)]
    if missing:
        return _form(*(FieldError(name, gettext("This has to be said.")) for name in missing))
    lifetime = LIFETIMES.get(form_text("hours", 4), LIFETIMES["24"])
    try:
        made = requests.new(asked, lifetime, network_of(request.remote_addr or ""))
    except RequestError:
        abort(503)
    return redirect(url_for("employer.result", result_id=made.result_id))


def _result(room: WalletRoom, found: PresentationRequest) -> Response:
    asking = room.asking_if_possible(found)
    rows = [
        (Row(number, "", found=one.found), one.unmet)
        for number, one in enumerate(found.presented or (), start=1)
    ]
    return page_response(
        "employer/request_result.html",
        found=found,
        link=interaction_url(found),
        wallet_link=None if asking is None else asking.link(room.client),
        rows=rows,
    )


def _protocols(room: WalletRoom, found: PresentationRequest) -> JsonObject:
    link = _same_device_link(room, found)
    return protocols_of(found, **({} if link is None else {OPENID4VP: link}))


def _same_device_link(room: WalletRoom, found: PresentationRequest) -> str | None:
    """Write the link that opens a wallet where it is followed, which nobody has to scan.

    Some wallets take an unsigned request only whole.
    """
    asking = room.asking_if_possible(found)
    if asking is None:
        return None
    return asking.whole_link() if room.client is None else asking.link(room.client)


def _wallet_code(room: WalletRoom, found: PresentationRequest) -> Response:
    asking = room.asking_if_possible(found)
    if asking is None:
        abort(503)
    return _code(asking.link(room.client))


def _code(text: str) -> Response:
    buffer = BytesIO()
    code = segno.make(text, micro=False)
    code.save(buffer, kind="svg", scale=QR_SCALE, light="#ffffff", xmldecl=False)
    return Response(buffer.getvalue(), content_type="image/svg+xml")


def _present(
    room: WalletRoom, found: PresentationRequest, *errors: FieldError, status: int = 200
) -> Response:
    asked = serialize_json(presentation_request(found, request.host)).decode("utf-8")
    return page_response(
        "employer/present.html",
        status=status,
        errors=errors,
        found=found,
        domain=request.host,
        asked=asked,
        wallet_link=_same_device_link(room, found),
    )


def _answer(room: WalletRoom, found: PresentationRequest) -> Response:
    """Take an answer from the page."""
    files = uploads("file")
    most = room.page.limits.document_bytes
    data = files[0].data if files else form_text("text", most).encode()
    if not data:
        missing = FieldError("file", gettext("Choose a file, or paste it."))
        return _present(room, found, missing, status=422)
    try:
        room.requests.answer(found, data, room.page.world(), request.host)
    except (PresentationError, RequestError) as error:
        said = gettext("This does not answer the request: %(reason)s", reason=error.message)
        return _present(room, found, FieldError("file", said), status=422)
    return page_response("employer/presented.html", found=found)


def _exchange(page: VerifierPage, requests: Requests, found: PresentationRequest) -> Response:
    """Take a step of the exchange: a wallet asks what is wanted, or presents it."""
    body: JsonObject = request.get_json()
    reference = {REFERENCE: body[REFERENCE]} if isinstance(body.get(REFERENCE), str) else {}
    if MEMBER not in body:
        return json_response({**presentation_request(found, request.host), **reference})
    value = body[MEMBER]
    data = value.encode("utf-8") if isinstance(value, str) else serialize_json(value)
    try:
        requests.answer(found, data, page.world(), request.host)
    except PresentationError as error:
        return problem_response(error, 400)
    except RequestError as error:
        refused = RequestRefusedError(error.message, status=409, code=error.code)
        return problem_response(refused, 409)
    return json_response(reference)
