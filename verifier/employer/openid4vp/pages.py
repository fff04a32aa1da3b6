"""The addresses of a request for wallets that speak OpenID4VP: its object, its answer, its end.

Source: OpenID for Verifiable Presentations 1.0, sections 5.10, 8.2 and 14.3.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, abort, current_app, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from credentials.errors import CredentialError, TallystickError
from service.pages import Pages, page_response
from service.web import json_response, problem_response
from service.web.limiting import RateLimit
from service.web.pacing import slow_down
from service.web.problems import RequestRefusedError, refusal
from verifier.employer.openid4vp.answers import accept, expecting, read_vp_token
from verifier.employer.openid4vp.client import RequestSigningError, VerifierClient, client_id
from verifier.employer.openid4vp.query import query_for
from verifier.employer.openid4vp.request import MEDIA_TYPE, Asking
from verifier.employer.requests import PresentationRequest, RequestError, Requests
from verifier.pages import VerifierPage

ANSWER_BYTES = 2_097_152
"""Largest answer of a wallet, as it is sent: a presentation whose signs are written with three."""

REQUEST_BYTES = 65_536
"""Most that a wallet may say about itself when it fetches a request."""

WALLET_NONCE_CHARACTERS = 512
"""Longest nonce of a wallet that is repeated to it."""

FORM = "application/x-www-form-urlencoded"
NO_STORE = {"Cache-Control": "no-store"}
ONCE = ("vp_token", "state", "error", "response", "wallet_nonce")
"""Parameters that must not come twice (RFC 6749 section 3.1)."""


@dataclass(frozen=True, slots=True)
class WalletRoom:
    """What asking wallets needs: the page's world, the requests, and whose key signs, if any does.

    `limit` bounds how often the wallets of one caller may answer, and have a request signed;
    `learners` how often one may open the page of a request, and answer on it.
    """

    page: VerifierPage
    requests: Requests
    limit: RateLimit
    learners: RateLimit
    client: VerifierClient | None = None

    def asking(self, found: PresentationRequest) -> Asking:
        """Prepare a request as wallets see it; raise `RequestSigningError`."""
        response_uri = _address("wallet_response", found)
        return Asking(
            found,
            query_for(found.asked.type, self.page.world().load_context),
            client_id(self.client, response_uri),
            request_uri=_address("wallet_request", found),
            response_uri=response_uri,
        )

    def asking_if_possible(self, found: PresentationRequest) -> Asking | None:
        """Prepare a request as wallets see it, unless it cannot be signed just now."""
        try:
            return self.asking(found)
        except RequestSigningError:
            return None


def add_wallet_pages(pages: Pages, room: WalletRoom) -> None:
    """Add the addresses, all below that of the request."""

    @pages.route("/present/<request_id>/wallet", methods=["GET", "POST"])
    def wallet_request(request_id: str) -> Response:
        return _for_programs(lambda: _request(room, _there(room, request_id)))

    @pages.post("/present/<request_id>/response")
    def wallet_response(request_id: str) -> Response:
        return _for_programs(lambda: _response(room, _there(room, request_id)))

    @pages.get("/present/<request_id>/done/<response_code>")
    def wallet_done(request_id: str, response_code: str) -> Response:
        slow_down(room.learners)
        return _done(_there(room, request_id), response_code)


def _address(name: str, found: PresentationRequest, **named: str) -> str:
    return url_for(f"employer.{name}", request_id=found.id, _external=True, **named)


def _there(room: WalletRoom, request_id: str) -> PresentationRequest:
    found = room.requests.find(request_id)
    if found is None:
        raise refusal(404)
    return found


def _for_programs(answer: Callable[[], Response]) -> Response:
    """Answer a wallet: also what is refused is no page, and bears the name that OAuth gives it."""
    try:
        return answer()
    except RequestRefusedError as error:
        return _refused(error, error.status)
    except RequestEntityTooLarge:
        return _refused(refusal(413), 413)
    except RequestSigningError as error:
        current_app.logger.error("A request could not be signed: %s", error.message)
        return _refused(refusal(503), 503)
    except RequestError as error:
        return _refused(error, 409)
    except CredentialError as error:
        return _refused(error, 400)


def _refused(error: TallystickError, status: int) -> Response:
    members = {"error": "invalid_request", "error_description": error.message}
    return problem_response(error, status, **members)


def _request(room: WalletRoom, found: PresentationRequest) -> Response:
    """Give the request object (section 5.10); fetching it changes nothing."""
    slow_down(room.limit)
    _require_open(found)
    nonce = "" if request.method == "GET" else _parameters(REQUEST_BYTES).get("wallet_nonce", "")
    if len(nonce) > WALLET_NONCE_CHARACTERS:
        text = f"The nonce of the wallet has more than {WALLET_NONCE_CHARACTERS} characters."
        raise RequestRefusedError(text, code="WALLET_NONCE_TOO_LONG")
    written = room.asking(found).request_object(room.client, room.requests.now(), nonce)
    return Response(written, content_type=MEDIA_TYPE, headers=NO_STORE)


def _response(room: WalletRoom, found: PresentationRequest) -> Response:
    """Take the answer of a wallet (sections 8.2 and 8.6).

    Obligations:

    1. it is one form of bounded size, in which nothing comes twice;
    2. it is for this request, by its state (section 14.3.2);
    3. a refusal of the wallet is taken note of, and uses nothing up;
    4. what it presents is judged, and of all answers that are enough the first counts;
    5. the wallet alone learns where its owner goes on (section 14.2).
    """
    slow_down(room.limit)
    # 1.
    given = _parameters(ANSWER_BYTES)
    # 2.
    if not hmac.compare_digest(given.get("state", "").encode(), found.state.encode()):
        text = "The state is not that of this request."
        raise RequestRefusedError(text, code="STATE_MISMATCH")
    _require_open(found)
    # 3.
    if "error" in given:
        return json_response({})
    if "vp_token" not in given:
        text = "There is no vp_token in the answer; encrypted answers are not asked for."
        raise RequestRefusedError(text, code="VP_TOKEN_MISSING")
    # 4.
    asking, world = room.asking(found), room.page.world()
    accepted = accept(
        read_vp_token(given["vp_token"], room.page.limits),
        asking.query,
        found.asked,
        expecting(world, found.nonce, asking.client_id),
    )
    room.requests.take(found, accepted.presented, accepted.holder)
    # 5.
    address = _address("wallet_done", found, response_code=found.response_code)
    response = json_response({"redirect_uri": address})
    response.headers.update(NO_STORE)
    return response


def _require_open(found: PresentationRequest) -> None:
    if found.presented is not None:
        text = "This request was answered already. Ask for a new one."
        raise RequestError(text, code="REQUEST_ANSWERED")


def _parameters(most: int) -> dict[str, str]:
    """Read the form of a wallet; raise `RequestRefusedError`."""
    if request.mimetype != FORM:
        raise refusal(415, Accept=FORM)
    request.max_content_length = request.max_form_memory_size = most
    repeated = [name for name in ONCE if len(request.form.getlist(name)) > 1]
    if repeated:
        text = f"The parameter {repeated[0]} comes more than once."
        raise RequestRefusedError(text, code="PARAMETER_REPEATED")
    return request.form.to_dict()


def _done(found: PresentationRequest, response_code: str) -> Response:
    """Tell whoever the wallet led here that their answer was taken."""
    is_theirs = hmac.compare_digest(response_code.encode(), found.response_code.encode())
    if found.presented is None or not is_theirs:
        abort(404)
    return page_response("employer/presented.html", found=found)
