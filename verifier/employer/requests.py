"""Requests for a presentation: who asks, what for and what; each may be answered once.

How an answer comes is not known here: the page and the exchange of the VC-API hand over the bytes
of a presentation, OpenID4VP what it has accepted of several.  Requests live in memory, for a while.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from credentials.data_model.presentation import is_presentation
from credentials.errors import PresentationError, TallystickError
from credentials.json_types import JsonObject, id_of
from keys.multibase import encode_base64url
from service.pages import N_
from verifier.checks.world import World, types_of
from verifier.employer.rows import found_of
from verifier.report import Outcome, VerificationReport
from verifier.verifier import Inspection, Verifier

ID_BYTES = 32
CHALLENGE_BYTES = 24
"""Random bytes of each value that an answer has to repeat, or that is given for one."""

REQUESTS = 1_000
"""Most requests at once."""

REQUESTS_OF_ONE = 100
"""Most requests of one caller at once, so that nobody takes all room alone."""

PRESENTED = 20
"""How many credentials of an answer are kept."""

LIFETIMES = {"1": timedelta(hours=1), "24": timedelta(days=1), "168": timedelta(days=7)}
"""How long a request may be answered and its answer be looked at, by hours."""

OWN_CHECKS = ("document", "schema", "context", "proof", "issuer", "validity")
"""Checks that a presentation itself has to stand; what is in it is the employer's to judge."""

PRESENTED_POINTER = "/verifiableCredential"
UNMET = {
    "type": N_("It is of another type."),
    "issuer": N_("It is of another issuer."),
    "level": N_("It is of another level."),
    "holder": N_("Nothing shows that it is about whoever answered, who may have copied it."),
}
"""What is said where a credential is not what was asked for."""


class RequestError(TallystickError):
    """A request cannot be made or answered."""

    code = "REQUEST_REFUSED"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an employer asks for; an empty text leaves it open."""

    who: str
    purpose: str
    type: str = ""
    issuer: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class Presented:
    """A credential that was presented: what was found, and in what it is not what was asked for."""

    found: JsonObject
    unmet: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PresentationRequest:
    """A request: the address where it is answered, that of its result, its challenge and end.

    `state` and `nonce` are those of OpenID4VP, so that no answer by one protocol is one by another;
    `response_code` is told to the wallet that answered, and to nobody else.
    """

    id: str
    result_id: str
    asked: Asked
    challenge: str
    ends_at: datetime
    state: str
    nonce: str
    response_code: str
    presented: tuple[Presented, ...] | None = None
    holder: str = ""
    answered_at: datetime | None = None
    caller: str = ""


class Requests:
    """All requests of this process.  Safe to use from several threads."""

    def __init__(self, draw: Callable[[int], bytes], now: Callable[[], datetime]) -> None:
        """Take a source of random bytes, and the clock."""
        self._draw, self.now = draw, now
        self._requests: dict[str, PresentationRequest] = {}
        self._results: dict[str, str] = {}
        self._lock = threading.Lock()

    def new(self, asked: Asked, lifetime: timedelta, caller: str = "") -> PresentationRequest:
        """Make a request; `caller` is the network that it is made from, as far as one is known.

        Raises `RequestError` (REQUESTS_FULL).
        """
        made = PresentationRequest(
            self._secret(ID_BYTES),
            self._secret(ID_BYTES),
            asked,
            self._secret(CHALLENGE_BYTES),
            self.now() + lifetime,
            state=self._secret(CHALLENGE_BYTES),
            nonce=self._secret(CHALLENGE_BYTES),
            response_code=self._secret(CHALLENGE_BYTES),
            caller=caller,
        )
        with self._lock:
            self._sweep()
            own = sum(bool(caller) and one.caller == caller for one in self._requests.values())
            if len(self._requests) >= REQUESTS or own >= REQUESTS_OF_ONE:
                text = "Too many requests are open; try again later."
                raise RequestError(text, code="REQUESTS_FULL")
            self._requests[made.id] = made
            self._results[made.result_id] = made.id
        return made

    def find(self, request_id: str) -> PresentationRequest | None:
        """Find the request at an address, for whoever answers it."""
        with self._lock:
            self._sweep()
            return self._requests.get(request_id)

    def result(self, result_id: str) -> PresentationRequest | None:
        """Find a request by the address of its result, for whoever asked."""
        with self._lock:
            self._sweep()
            return self._requests.get(self._results.get(result_id, ""))

    def delete(self, request: PresentationRequest) -> None:
        """Delete a request, and what it was answered with."""
        with self._lock:
            self._requests.pop(request.id, None)
            self._results.pop(request.result_id, None)

    def answer(
        self, request: PresentationRequest, data: bytes, world: World, domain: str
    ) -> PresentationRequest:
        """Take the answer to a request.

        Obligations (VC Data Integrity 1.0 section 2.1; VCDM 2.0 section 4.13):

        1. it is a presentation with a credential in it, and is itself in order;
        2. its holder signed it for this request's challenge and for this domain;
        3. what is not about that holder is told as such: anybody can present a copy;
        4. of all answers the first counts, and no other: what could not answer used nothing up.

        Raises `PresentationError`, or `RequestError` (REQUEST_ANSWERED).
        """
        expecting = replace(world, expected_challenge=request.challenge, expected_domain=domain)
        inspection = Verifier(expecting).inspect(data)
        # 1. and 2.
        _require_answer(inspection)
        holder = str(inspection.report.credential.get("holder") or "")
        # 3.
        presented = tuple(_presented(one, request.asked, holder) for one in inspection.presented)
        # 4.
        return self.take(request, presented, holder)

    def take(
        self, request: PresentationRequest, presented: tuple[Presented, ...], holder: str
    ) -> PresentationRequest:
        """Keep what was presented by `holder` as the answer to a request, if it is the first one.

        Raises `RequestError` (REQUEST_ANSWERED).
        """
        with self._lock:
            self._sweep()
            known = self._requests.get(request.id)
            if known is None or known.presented is not None:
                text = "This request was answered already, or has ended. Ask for a new one."
                raise RequestError(text, code="REQUEST_ANSWERED")
            answered = replace(
                known, presented=presented[:PRESENTED], holder=holder, answered_at=self.now()
            )
            self._requests[request.id] = answered
        return answered

    def counts(self) -> dict[str, int]:
        """Count the requests that are open and answered."""
        with self._lock:
            self._sweep()
            answered = sum(one.presented is not None for one in self._requests.values())
            return {"open": len(self._requests) - answered, "answered": answered}

    def _secret(self, size: int) -> str:
        return encode_base64url(self._draw(size))

    def _sweep(self) -> None:
        now = self.now()
        for one in [one for one in self._requests.values() if one.ends_at <= now]:
            self._requests.pop(one.id)
            self._results.pop(one.result_id, None)


def _require_answer(inspection: Inspection) -> None:
    if not is_presentation(inspection.document):
        text = "This is no presentation: it has to be signed by you, for this request."
        raise PresentationError(text, code="NOT_A_PRESENTATION")
    against = own_fault(inspection.report)
    if against is not None:
        raise PresentationError(against[1], code=against[0])
    if not inspection.presented:
        text = "There is no credential in the presentation."
        raise PresentationError(text, code="NO_CREDENTIAL_PRESENTED")


def own_fault(report: VerificationReport) -> tuple[str, str] | None:
    """Find what is wrong with a presentation itself, as code and detail."""
    weighty = (Outcome.FAILED, Outcome.INDETERMINATE)
    for name in OWN_CHECKS:
        for remark in report.check(name).remarks:
            if remark.outcome in weighty and not remark.pointer.startswith(PRESENTED_POINTER):
                return remark.code, remark.detail
    return None


def _presented(inspection: Inspection, asked: Asked, holder: str) -> Presented:
    document = inspection.document
    is_of_type = not asked.type or asked.type in types_of(document)
    is_holders = bool(holder) and id_of(document.get("credentialSubject")) == holder
    return presented_as(inspection, asked, is_of_type=is_of_type, is_holders=is_holders)


def presented_as(
    inspection: Inspection, asked: Asked, *, is_of_type: bool, is_holders: bool
) -> Presented:
    """Keep of a credential what the employer sees.

    Whoever read it says if its type is right, and if it is about whoever presents it.
    """
    found = found_of(inspection.report)
    names = [str(found.get(name, "")) for name in ("issuer", "issuer_name", "issuer_shown_as")]
    met = {
        "type": is_of_type,
        "issuer": not asked.issuer or asked.issuer in names,
        "level": not asked.level or asked.level == str(found.get("level", "")),
        "holder": is_holders,
    }
    return Presented(found, tuple(UNMET[name] for name, is_met in met.items() if not is_met))
