"""Awards of a registrar's desk: planned, proven and issued as by "stack award"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from credentials.errors import CredentialError
from credentials.json_types import JsonObject
from credentials.verified import VerifiedCredential
from frameworks.registers import Registers
from issuer.issuer import Status
from keys.did import Resolver
from keys.store import StoredKey
from recognition.desk.awarding import Handed, PlannedAward, SignedAward
from recognition.desk.checked import UnusableError
from recognition.desk.offers import Offer
from recognition.register_of_decisions import Place
from stacking.lots import LedgerEntry, NotALot, earlier_uses
from stacking.planning import Outcome, StackPlan, lots_used
from stacking.proof_verification import VerifiedStack
from tallystick import settings
from tallystick.awarding import (
    Planned,
    RuleInUse,
    is_own_rule,
    issue_award,
    plan_wallet,
    prepare_award,
    prove,
    uses_of,
)
from tallystick.decision_signing import GiveStatus
from tallystick.files import CommandError
from tallystick.ledger_file import held, read_ledger, write_ledger
from tallystick.wallet_files import Received, Wallet, wallet_of

T = TypeVar("T")

FAULTS = ("failed", "indeterminate")
"""Outcomes of checks that keep a credential out, the graver one first."""


@dataclass(frozen=True, slots=True)
class DeskAwards:
    """The key that signs awards, what they are held against, and the ledger of what they used.

    The ledger is the file that "stack award --ledger" writes, too.
    """

    key_uri: str
    registers: Registers
    resolver: Resolver | None
    status: GiveStatus | None
    ledger: Path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder of the ledger, against other desks and against the command.

        Raises `UnusableError` (LEDGER_UNUSABLE), as whatever reads or writes the ledger here.
        """
        with ExitStack() as holding:
            with _of_the_ledger():
                holding.enter_context(held(self.ledger))
            yield

    def plan(
        self, offer: Offer, handed: Sequence[Handed], applicant: str | None, at: datetime
    ) -> PlannedAward:
        """Plan the award of an offer.

        Obligations: 1. the rule is that of whoever makes the award; 2. only what verifies and is
        about the learner is counted, and what is left out is told; 3. what was spent is heeded; 4.
        an award is proven, and its proof recomputed from the credentials; 5. everything short of
        signing is tried, so that what cannot be issued is told before anybody decides.

        Raises `StackingError` and `UnusableError` (RULE_OF_OTHERS, LEDGER_UNUSABLE,
        AWARD_NOT_ISSUABLE).
        """
        terms, key = offer.require_award(), settings.signing_key(self.key_uri)
        # 1.
        ruled = RuleInUse.read(offer.block_rule or "", None, self.registers, at.date())
        _require_own_rule(ruled, key)
        # 2.
        wallet = _wallet(handed, ruled, applicant)
        # 3.
        ledger = self._entries()
        planned = plan_wallet(wallet, ruled, self.resolver, ledger, None)
        # 4.
        is_reached = planned.found.outcome is Outcome.AWARD and wallet.subject is not None
        stack = prove(planned) if is_reached else None
        # 5.
        if stack is not None:
            _issuable(partial(prepare_award, terms.members, planned, stack, key, at))
        return PlannedAward(
            found=planned.found,
            telling=planned.telling,
            rule=ruled.members,
            registers=tuple(one.to_json() for one in planned.context.sources),
            proof=None if stack is None else stack.proof,
            used=_of(planned, [lot.digest for lot in lots_used(planned.found)]),
            counting=_of(planned, [lot.digest for lot in wallet.lots]),
            heeded=_earlier(planned.found, ledger),
            issue=lambda place: self._issue(terms.members, planned, stack, place, at),
        )

    def _issue(
        self,
        members: JsonObject,
        planned: Planned,
        stack: VerifiedStack | None,
        place: Place,
        at: datetime,
    ) -> SignedAward:
        key = settings.signing_key(self.key_uri)
        if stack is None:
            text = "The credentials do not add up to the award, so it is not issued."
            raise UnusableError(text, code="AWARD_NOT_REACHED")
        status = None if self.status is None else _entries(self.status, place, key, at)
        issued = _issuable(partial(issue_award, members, planned, stack, key, at, status))
        return SignedAward(issued.document["id"], issued.data)

    def note_use(self, planned: PlannedAward) -> None:
        """Write what an award uses into the ledger, each once."""
        entries = uses_of(planned.found.rule, lots_used(planned.found))
        self._write((*self._entries(), *entries))

    def free_use(self, planned: PlannedAward) -> None:
        """Take what this very award has used of these credentials out of the ledger."""
        ledger = self._entries()
        own = planned.found.rule.id
        gone = {one for one in _earlier(planned.found, ledger) if one.award == own}
        self._write(one for one in ledger if one not in gone)

    def _entries(self) -> tuple[LedgerEntry, ...]:
        with _of_the_ledger():
            return read_ledger(self.ledger)

    def _write(self, entries: Iterable[LedgerEntry]) -> None:
        with _of_the_ledger():
            write_ledger(self.ledger, entries)


@contextmanager
def _of_the_ledger() -> Iterator[None]:
    """Tell people at the desk what is wrong with the ledger; raise `UnusableError`."""
    try:
        yield
    except CommandError as error:
        # Where the file is on this machine is told to the operator, by "recognise serve".
        text = (
            "The ledger of what awards have used cannot be read or written, so the award waits. "
            "Tell whoever runs the desk, who is told what is wrong with it when they start the "
            "desk anew; once it is mended, do the same again."
        )
        raise UnusableError(text, code="LEDGER_UNUSABLE") from error


def _wallet(handed: Sequence[Handed], ruled: RuleInUse, learner: str | None) -> Wallet:
    verified, refused = tuple(_verified(handed)), tuple(_left_out(handed))
    return wallet_of(verified, refused, ruled.rule, ruled.registers, ruled.day, learner=learner)


def _require_own_rule(ruled: RuleInUse, key: StoredKey) -> None:
    """Refuse a rule that counts the credit of another institution as that of this one."""
    if not is_own_rule(ruled.rule, key):
        named, own = ruled.rule.institution, key.record.controller
        text = f"The rule says that {named} makes the award, and awards here are signed by {own}."
        raise UnusableError(text, code="RULE_OF_OTHERS")


def _verified(handed: Sequence[Handed]) -> Iterator[Received]:
    for one in handed:
        if one.checked.verified is not None:
            yield Received(one.name, {}, one.checked.verified)


def _left_out(handed: Sequence[Handed]) -> Iterator[NotALot]:
    """Tell what does not verify, by the gravest thing that its check found."""
    for one in handed:
        if one.checked.verified is None:
            codes = [
                code
                for fault in FAULTS
                for outcome, code, _detail in one.checked.reasons
                if outcome == fault
            ]
            yield NotALot(one.name, next(iter(codes), "NOT_VALID"))


def _of(planned: Planned, digests: Sequence[str | None]) -> tuple[VerifiedCredential, ...]:
    return tuple(one for one in planned.wallet.credentials if one.digest in digests)


def _earlier(found: StackPlan, ledger: Sequence[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    """Find the earlier uses of these credentials, in whatever form, and no others."""
    lots = [*(one.lot for one in found.eligible), *(one.lot for one in found.excluded)]
    return tuple(dict.fromkeys(one for uses in earlier_uses(lots, ledger) for one in uses))


def _entries(give: GiveStatus, place: Place, key: StoredKey, at: datetime) -> Status:
    """Give an award its entry as the decision of which case it is."""

    def status(identifier: str) -> JsonObject:
        entry = give(identifier, place, key.record.controller, at)
        if entry is None:
            text = "The award got no entry by which it can be withdrawn, so it is not issued."
            raise UnusableError(text, code="AWARD_NOT_ISSUABLE")
        return entry

    return status


def _issuable(work: Callable[[], T]) -> T:
    """Do what ends in an award; raise `UnusableError` with what the issuer finds wrong with it."""
    try:
        return work()
    except CredentialError as error:
        text = f"The award cannot be issued: {error.message}"
        raise UnusableError(text, code="AWARD_NOT_ISSUABLE") from error
