"""Verifying for a wallet, in processes of their own.

The wallet's process holds the keys of learners, and opens no connection.  These processes look up
what credentials depend on, and hold no key; what goes between them is credentials and findings.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from typing import TypeVar

from credentials.baking.recognising import is_carrier
from credentials.errors import VerificationError
from credentials.json_types import JsonObject, JsonValue, as_list, member
from credentials.verified import VerifiedCredential
from service.errors import WorkerError
from service.fetching.fetcher import FetchPolicy
from service.fetching.messenger import Messenger
from tallystick import settings as operator
from tallystick import verifying
from tallystick.adopters import Adopters
from tallystick.looking_up import resolver_in_use
from tallystick.streams.processes import end_with_parent
from tallystick.trust_files import read_adopters, read_trust
from tallystick.using_registers import registers_in_use
from verifier.answers import answer_of
from verifier.checks.world import World
from verifier.report import Outcome, VerificationReport
from verifier.status_memory import NewestLists
from verifier.verified_lists import VerifiedLists
from verifier.verifier import Verifier
from wallet.disclosing import whole
from wallet.errors import WalletError
from wallet.findings import Findings, Reason

CHECKERS = 2
"""So many credentials are verified at a time; each process takes some tens of megabytes."""

CHUNK = 10
"""So many credentials are handed to a process at once."""

ASKING_SECONDS = 15.0
"""How long an answer of somebody else is waited for: they verify what is presented."""

TEXT_CHARACTERS = 4_000
REASONS = 20
TELLING = (Outcome.FAILED, Outcome.INDETERMINATE, Outcome.WARNING)

S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CheckingSettings:
    """What a verification looks at beside the credential."""

    trust_files: tuple[str, ...] = ()
    register_files: tuple[str, ...] = ()
    resolver_map: str | None = None
    is_offline: bool = False


@dataclass(slots=True)
class Checking:
    """The processes; they begin with the first credential."""

    settings: CheckingSettings
    way: Messenger | None = field(default=None, init=False)
    """How others are asked, by a process that holds no key; None where nobody is."""

    _pool: ProcessPoolExecutor | None = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        """Name the messenger; its process begins when somebody is sent."""
        if not self.settings.is_offline and not operator.is_offline():
            policy = FetchPolicy(allowed_hosts=operator.allowed_hosts(), seconds=ASKING_SECONDS)
            self.way = Messenger(policy, at_once=CHECKERS)

    def examine(self, credentials: Sequence[bytes]) -> list[Findings]:
        """Report on credentials, or on any bytes, in their order.

        Raises `WorkerError` if a process was killed; the next call begins new ones.
        """
        return self.run(examined, credentials)

    def verify(self, credentials: Sequence[bytes]) -> list[VerifiedCredential | None]:
        """Give those that verify; None where one does not."""
        return self.run(verified, credentials)

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(cancel_futures=True)
        if self.way is not None:
            self.way.close()

    def run(self, function: Callable[[S], T], items: Sequence[S]) -> list[T]:
        """Have a function of a module work on items there, in their order; raise `WorkerError`."""
        try:
            return list(self._begun().map(function, items, chunksize=CHUNK))
        except BrokenProcessPool as error:
            self.close()
            text = "The check was stopped before it was done. Try it once more."
            raise WorkerError(text) from error

    def _begun(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    CHECKERS,
                    multiprocessing.get_context("spawn"),
                    initializer=_begin,
                    initargs=(self.settings,),
                )
            return self._pool


_begun: list[_Worlds] = []
"""What a process verifies in, once it has begun."""


def _begin(settings: CheckingSettings) -> None:
    """Begin in a process of its own; an interrupt is for the service."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    _begun.append(_Worlds(settings))


class _Worlds:
    """The worlds of a process: what is read once, and a clock that is read each time."""

    def __init__(self, settings: CheckingSettings) -> None:
        self._resolver = resolver_in_use(settings.resolver_map, offline=settings.is_offline)
        self._trust = read_trust(settings.trust_files)
        self.adopters = read_adopters(settings.trust_files)
        self._registers = registers_in_use(
            settings.register_files, settings.trust_files, self._resolver, verifying.now()
        )
        self._newest, self._lists = NewestLists(), VerifiedLists()

    def new(self) -> World:
        world = verifying.verifying_world(
            at=verifying.now(),
            resolver=self._resolver,
            trust=self._trust,
            registers=self._registers,
            adopters=self.adopters,
            status_memory=self._newest,
        )
        return replace(world, verified_lists=self._lists)


def world_here() -> World:
    """Give the world of this process, as of now."""
    return _begun[-1].new()


def adopters_here() -> Adopters:
    """Tell whose policies are believed in this process."""
    return _begun[-1].adopters


def examined(data: bytes) -> Findings:
    """Verify in this process, and keep what a wallet shows."""
    return examined_in(_begun[-1].new(), data)


def verified(data: bytes) -> VerifiedCredential | None:
    """Verify in this process."""
    return verified_in(_begun[-1].new(), data)


def examined_in(world: World, data: bytes) -> Findings:
    """Verify what a holder has: of a credential with a base proof, all that can be shown of it."""
    prepared, derived = _prepared(world, data)
    inspection = Verifier(prepared).inspect(derived)
    return findings_of(data, inspection.report, inspection.document)


def verified_in(world: World, data: bytes) -> VerifiedCredential | None:
    """Verify what a holder has, for stacking; None if it does not hold."""
    world, data = _prepared(world, data)
    try:
        return Verifier(world).verify(data)
    except VerificationError:
        return None


def _prepared(world: World, data: bytes) -> tuple[World, bytes]:
    """Derive everything from a base proof: then nothing is left out of which one has to doubt.

    What cannot be derived is left as it is, for the verifier to say why.
    """
    try:
        derived = whole(data, world.environment)
    except WalletError:
        return world, data
    is_derived = derived is not data
    return replace(world, accepts_undisclosed=True) if is_derived else world, derived


def findings_of(data: bytes, report: VerificationReport, document: JsonObject) -> Findings:
    """Take of a report what a wallet keeps and shows."""
    facts = report.credential
    return Findings(
        answer=answer_of(report).value,
        name=_text(facts.get("name")),
        description=_description(document),
        issuer=_text(facts.get("issuer")),
        issuer_name=_text(facts.get("issuer_name")),
        issuer_shown_as=_text(facts.get("issuer_shown_as")),
        subject=_text(facts.get("subject")),
        valid_from=_text(facts.get("valid_from")),
        valid_until=_text(facts.get("valid_until")),
        form=_form(data),
        is_credential=_is_credential(document),
        value=report.value,
        reasons=_reasons(report),
    )


def _is_credential(document: JsonObject) -> bool:
    """Tell whether there is anything to keep: what a person was given with a subject in it."""
    return "credentialSubject" in document or "vct" in document or "badge" in document


def _reasons(report: VerificationReport) -> tuple[Reason, ...]:
    found = (
        Reason(remark.outcome.value, remark.code, remark.detail)
        for check in report.checks
        for remark in check.remarks
        if remark.outcome in TELLING
    )
    return tuple(dict.fromkeys(found))[:REASONS]


def _description(document: JsonObject) -> str:
    subject = next(iter(as_list(document.get("credentialSubject"))), None)
    achieved = member(subject, "achievement", "description")
    return _text(achieved) or _text(document.get("description"))


def _form(data: bytes) -> str:
    if data.lstrip()[:1] == b"{":
        return "json"
    return "image" if is_carrier(data) else "token"


def _text(value: JsonValue) -> str:
    return value[:TEXT_CHARACTERS] if isinstance(value, str) else ""
