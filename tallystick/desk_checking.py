"""Verifying for a registrar's desk, in processes that hold no key.

They look up what credentials, presentations and policies depend on, and follow links; the desk,
which signs decisions, opens no connection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple, TypeVar

from credentials.data_model.presentation import is_presentation
from credentials.errors import TallystickError, VerificationError
from credentials.json_types import JsonObject, as_list
from credentials.strict_json import serialize_json
from recognition.desk.checked import Checked, Presented, UnusableError
from tallystick.adopters import Adopters
from tallystick.looking_up import fetch_in_use
from tallystick.policies import open_policy, open_policy_ahead
from tallystick.wallet_checking import Checking, adopters_here, findings_of, world_here
from verifier.checks.world import World
from verifier.report import Outcome, Remark, VerificationReport
from verifier.verifier import Verifier

OF_PRESENTATION = frozenset({"document", "schema", "context", "proof", "issuer", "validity"})
"""Checks that a presentation itself must pass; its credentials are judged each for itself."""

T = TypeVar("T")
INSIDE = "/verifiableCredential/"


class Refusal(NamedTuple):
    """Why something cannot be used; it crosses the border of processes better than an error."""

    message: str
    code: str


class Asked(NamedTuple):
    """A presentation, and what it has to answer."""

    data: bytes
    challenge: str
    domain: str


@dataclass(frozen=True, slots=True)
class DeskChecking:
    """The processes, as the desk asks them."""

    checking: Checking

    def check(self, credentials: Sequence[bytes]) -> list[Checked]:
        """Verify credentials; raise `WorkerError` if a process was killed."""
        return self.checking.run(_checked, credentials)

    def open_presentation(self, data: bytes, challenge: str, domain: str) -> Presented:
        """Verify a presentation for a challenge and a domain; raise `UnusableError`."""
        return _usable(self.checking.run(_presented, [Asked(data, challenge, domain)])[0])

    def open_policy(self, data: bytes) -> str:
        """Give the text of a signed policy that is believed; raise `UnusableError`."""
        return _usable(self.checking.run(_policy, [data])[0])

    def open_policy_ahead(self, data: bytes) -> str:
        """The same for one that is handed in before it begins."""
        return _usable(self.checking.run(_policy_ahead, [data])[0])

    def fetch(self, link: str) -> bytes:
        """Follow a link by the guarded fetcher; raise `UnusableError`."""
        follow = partial(_fetched, self.checking.settings.is_offline)
        return _usable(self.checking.run(follow, [link])[0])


def _usable(answer: T | Refusal) -> T:
    if isinstance(answer, Refusal):
        raise UnusableError(answer.message, code=answer.code)
    return answer


def _checked(data: bytes) -> Checked:
    return checked_in(world_here(), data)


def checked_in(world: World, data: bytes) -> Checked:
    """Verify a credential, or any bytes, in a world."""
    verifier = Verifier(world)
    inspection = verifier.inspect(data)
    found = findings_of(data, inspection.report, inspection.document)
    verified = None
    if found.answer not in ("not-valid", "undecided"):
        try:
            verified = verifier.verify(data)
        except VerificationError:
            verified = None
    return Checked(
        answer=found.answer,
        name=found.name,
        issuer=found.issuer,
        issuer_name=found.issuer_name,
        subject=found.subject,
        valid_from=found.valid_from,
        valid_until=found.valid_until,
        reasons=tuple((one.outcome, one.code, one.detail) for one in found.reasons),
        verified=verified,
    )


def _presented(asked: Asked) -> Presented | Refusal:
    return presented_in(world_here(), asked)


def presented_in(world: World, asked: Asked) -> Presented | Refusal:
    """Verify a presentation in a world.

    Obligations: 1. it is a presentation, and what it is itself holds; 2. it answers this challenge
    for this domain; 3. its holder signed it.  Its credentials are handed on as they came.
    """
    # 2.
    bound = replace(world, expected_challenge=asked.challenge, expected_domain=asked.domain)
    inspection = Verifier(bound).inspect(asked.data)
    # 1. and 3.
    if not is_presentation(inspection.document):
        return Refusal("This is no presentation.", "NOT_A_PRESENTATION")
    amiss = _amiss(inspection.report)
    if amiss is not None:
        return Refusal(f"The presentation is not accepted: {amiss.detail}", amiss.code)
    holder = inspection.report.credential.get("holder")
    if not isinstance(holder, str):
        return Refusal("The presentation does not say who holds.", "HOLDER_UNKNOWN")
    return Presented(holder, tuple(_contained(inspection.document)))


def _amiss(report: VerificationReport) -> Remark | None:
    for check in report.checks:
        for remark in check.remarks:
            is_own = check.id in OF_PRESENTATION and not remark.pointer.startswith(INSIDE)
            if is_own and remark.outcome in (Outcome.FAILED, Outcome.INDETERMINATE):
                return remark
    return None


def _contained(document: JsonObject) -> list[bytes]:
    items = as_list(document.get("verifiableCredential"))
    return [
        one.encode("utf-8", "surrogatepass") if isinstance(one, str) else serialize_json(one)
        for one in items
    ]


def _policy(data: bytes) -> str | Refusal:
    return policy_in(world_here(), adopters_here(), data)


def _policy_ahead(data: bytes) -> str | Refusal:
    try:
        return open_policy_ahead(data, world=world_here(), adopters=adopters_here()).policy.text
    except TallystickError as error:
        return Refusal(error.message, error.code)


def policy_in(world: World, adopters: Adopters, data: bytes) -> str | Refusal:
    """Open a signed policy in a world; what is unsigned or of others is refused."""
    try:
        return open_policy(data, world=world, adopters=adopters).policy.text
    except TallystickError as error:
        return Refusal(f"The policy cannot be used: {error.message}", error.code)


def _fetched(is_offline: bool, link: str) -> bytes | Refusal:
    fetch = fetch_in_use(offline=is_offline)
    if fetch is None:
        return Refusal("This service fetches nothing. Save the file, and send it.", "NOT_FETCHED")
    try:
        return fetch(link)
    except TallystickError as error:
        return Refusal(error.message, error.code)
