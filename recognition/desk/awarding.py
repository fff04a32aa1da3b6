"""Awards that the desk issues: what the credentials of a case come to under an adopted rule.

Nothing is planned or signed here: the composition root gives `Awarding`, which plans and issues by
what the command "stack award" does, so that both come to the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from credentials.jcs import canonicalize
from credentials.json_types import JsonObject
from credentials.verified import VerifiedCredential
from recognition.deciding.judging import Outcome as Judged
from recognition.decision_payload import read_payload
from recognition.desk.cases import KeptDecision
from recognition.desk.checked import Checked, UnusableError
from recognition.desk.offers import Offer
from recognition.register_of_decisions import Entry, Place, decision_in_force
from service.pages.languages import LANGUAGES, Language
from service.plan_words import decimal_mark, words_of_plans
from stacking.account import Account, Telling, account_of
from stacking.languages import texts_in
from stacking.lots import LedgerEntry
from stacking.plan_json import excluded_json, result_json
from stacking.planning import Outcome, StackPlan
from stacking.stack_proof import StackProof, rule_digest
from stacking.texts import Texts


class Handed(NamedTuple):
    """A credential of a case: what it is called there, and what its check came to."""

    name: str
    checked: Checked


class SignedAward(NamedTuple):
    """An award as its learner gets it, and its id."""

    id: str
    data: bytes


@dataclass(frozen=True, slots=True)
class PlannedAward:
    """What the credentials of a case come to under the rule of an award.

    `rule` is the rule as parsed; `proof` is of what is used alone, recomputed from the credentials,
    and there if the award is reached; `used` are those that it uses, `counting` all that carry
    credit of the learner, `heeded` the earlier uses of them in the ledger.  `issue` gives it an
    entry of a status list and signs it; it raises `UnusableError`.
    """

    found: StackPlan
    telling: Telling
    rule: JsonObject
    registers: tuple[JsonObject, ...]
    proof: StackProof | None
    used: tuple[VerifiedCredential, ...]
    counting: tuple[VerifiedCredential, ...]
    heeded: tuple[LedgerEntry, ...]
    issue: Callable[[Place], SignedAward]

    @property
    def is_reached(self) -> bool:
        """Tell whether the credentials certainly add up to the award."""
        return self.found.outcome is Outcome.AWARD

    @property
    def was_made(self) -> bool:
        """Tell whether this very award was made of one of these credentials before."""
        return any(one.award == self.found.rule.id for one in self.heeded)

    @property
    def taken(self) -> tuple[VerifiedCredential, ...]:
        """Choose what the decision is about: what an award uses, or what counts towards it."""
        return self.used or self.counting[:1]

    def to_json(self, offer: Offer) -> JsonObject:
        """Write what pages show, in every language; `mark` changes with anything that counts."""
        terms = offer.require_award()
        told: JsonObject = {
            "rule": {
                "id": self.found.rule.id,
                "title": self.found.rule.title,
                "digest": rule_digest(self.rule),
                "edition": terms.edition,
                **{name: self.rule.get(name) for name in RULE_MEMBERS},
            },
            "registers": list(self.registers),
            "outcome": self.found.outcome.value,
            "result": result_json(self.found),
            "excluded": excluded_json(self.found),
            "left_out": [[one.credential, one.reason] for one in self.telling.left_out],
            "says": digest_of(terms.members),
        }
        proof = None if self.proof is None else digest_of(self.proof.members)
        return {**told, "mark": digest_of(told), "proof": proof, "accounts": self._accounts()}

    def _accounts(self) -> JsonObject:
        return {
            one.tag: _account(account_of(self.found, replace(self.telling, texts=_texts(one))))
            for one in LANGUAGES
        }


RULE_MEMBERS = ("source", "status", "valid_from", "valid_until")
"""What of a rule is told beside its id and its title."""


class Awarding(Protocol):
    """Plans and issues awards, and keeps the institution's ledger of what they have used."""

    def held(self) -> AbstractContextManager[None]:
        """Hold the ledger from planning to noting, so that nothing is spent twice at once."""

    def plan(
        self, offer: Offer, handed: Sequence[Handed], applicant: str | None, at: datetime
    ) -> PlannedAward:
        """Plan the award of an offer; raise `StackingError`, `UnusableError`.

        Nothing is written by that: everything short of signing is tried.
        """

    def note_use(self, planned: PlannedAward) -> None:
        """Write what an award uses into the ledger."""

    def free_use(self, planned: PlannedAward) -> None:
        """Take out of the ledger what this very award has used of these credentials."""


def require_reached(planned: PlannedAward) -> None:
    """Refuse to grant what is short; raise `UnusableError`."""
    if not planned.is_reached:
        text = "The credentials do not add up to the award, so it cannot be granted."
        raise UnusableError(text, code="AWARD_NOT_REACHED")


def is_made_here(history: Sequence[Entry], kept: Sequence[KeptDecision]) -> bool:
    """Tell whether what the ledger has of an award may be the own of the case with this history.

    It is while a grant of the case is in force, and, where somebody was stopped after another
    decision was recorded, as long as the last one that was kept has an award.
    """
    standing = decision_in_force(history)
    if standing is not None and read_payload(standing.payload).outcome == Judged.GRANT:
        return True
    return bool(kept) and kept[-1].award is not None


def already_made() -> UnusableError:
    """Say that a learner has the award."""
    text = "This award was made of these credentials before, so it is not made again."
    return UnusableError(text, code="AWARD_MADE_ALREADY")


def _texts(language: Language) -> Texts:
    return texts_in(language.tag, words_of_plans(language), decimal_mark(language))


def digest_of(members: JsonObject) -> str:
    """Name members by SHA-256 over their canonical JSON (RFC 8785)."""
    return f"sha256:{hashlib.sha256(canonicalize(members)).hexdigest()}"


def _account(account: Account) -> JsonObject:
    """Write an account of a plan as the page shows it."""
    return {
        "headline": account.headline,
        "summary": account.summary,
        "notes": list(account.notes),
        "asked": [
            {
                "asks": one.asks,
                "counted": one.counted,
                "lacking": one.lacking,
                "state": one.state,
                "decision": one.decision.value,
                "by": [lot.mark for lot, _part in one.parts],
            }
            for one in account.asked
        ],
        "conditions": list(account.conditions),
        "levels": [[one.full_name, one.amount] for one in account.levels],
        "used": [_lot(one) for one in account.used],
        "unused": [_lot(one) for one in account.unused],
        "dismissed": [
            {
                "name": one.name,
                "reasons": [[code, reason.why, reason.advice] for code, reason in one.reasons],
            }
            for one in account.dismissed
        ],
    }


def _lot(one: Any) -> JsonObject:
    return {name: getattr(one, name) for name in ("mark", "name", "amount", "level", "source")}
