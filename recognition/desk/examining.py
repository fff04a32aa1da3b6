"""Examining a case: what its credentials show, what the policy proposes, and on what it rests.

Nothing is decided here.  What is found is kept as JSON, so that whoever looks at a case waits for
no verification; whoever decides has everything verified and computed anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from credentials.errors import TallystickError
from credentials.json_types import JsonObject
from credentials.verified import VerifiedCredential
from frameworks.registers import Registers
from recognition.deciding.blocks import proof_of_block
from recognition.deciding.case import Ruling
from recognition.deciding.decide import RecognitionDecision, decide
from recognition.deciding.facts import Established
from recognition.deciding.inputs import DecisionInputs, told_amount
from recognition.deciding.judging import Outcome
from recognition.deciding.precedents import Precedent
from recognition.deciding.preparing import Application, prepare
from recognition.desk.awarding import Awarding, Handed, PlannedAward, require_reached
from recognition.desk.cases import Case, Document, StatedFact
from recognition.desk.checked import Check, Checked, OpenPolicy, UnusableError
from recognition.desk.offers import Offer
from recognition.errors import RecognitionError
from recognition.policies.policy import Policy
from recognition.policies.reading import read_policy
from recognition.register_of_decisions import RegisterOfDecisions
from recognition.registered_case import with_precedents
from recognition.stated_outcomes import outcomes_of_credential
from recognition.suggesting import suggest
from service.writing_down import stamp
from stacking.errors import StackingError


@dataclass(frozen=True, slots=True)
class Brought:
    """What is known of a case: what was handed in, and what people stated."""

    case: Case
    documents: Sequence[Document]
    stated: Sequence[StatedFact]


@dataclass(frozen=True, slots=True)
class Examined:
    """What an examination came to; `inputs` and `decision` are there unless there is a problem."""

    checked: tuple[Checked, ...]
    policy: Policy | None = None
    inputs: DecisionInputs | None = None
    decision: RecognitionDecision | None = None
    problem: TallystickError | None = None
    suggestions: JsonObject | None = None
    award: PlannedAward | None = None
    award_told: JsonObject | None = None

    @property
    def proposed(self) -> str | None:
        """What the policy proposes, if that could be found."""
        return None if self.decision is None else self.decision.outcome.value

    @property
    def title(self) -> str:
        """Name the credentials of the case on one line."""
        return ", ".join(one.name or "?" for one in self.checked)[:TITLE_CHARACTERS]

    def to_json(self, at: datetime) -> JsonObject:
        """Write what pages show."""
        inputs = self.inputs
        return {
            "at": stamp(at),
            "credentials": [one.to_json() for one in self.checked],
            "policy": None if self.policy is None else _policy(self.policy),
            "problem": None if self.problem is None else _problem(self.problem),
            "proposal": None if self.decision is None else self.decision.payload,
            "applicant": None if inputs is None else inputs.applicant,
            "precedents": [] if inputs is None else [_precedent(one) for one in inputs.precedents],
            "plan": None if inputs is None or inputs.plan is None else _plan(inputs.plan),
            "suggestions": self.suggestions,
            "award": self.award_told,
        }

    def is_as(self, shown: JsonObject | None) -> bool:
        """Tell whether somebody who saw an earlier examination saw this; else they look again."""
        award = self.award_told or {}
        return seen_in(shown) == {"proposed": self.proposed, "award": award.get("mark")}


def seen_in(shown: JsonObject | None) -> JsonObject:
    """Say what whoever saw an examination relied on: the proposal, and the mark of the award."""
    kept = shown or {}
    proposal, award = kept.get("proposal") or {}, kept.get("award") or {}
    return {"proposed": proposal.get("outcome"), "award": award.get("mark")}


TITLE_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Examiner:
    """What examining takes from outside."""

    check: Check
    open_policy: OpenPolicy
    registers: Registers
    register: RegisterOfDecisions
    awarding: Awarding | None = None

    def examine(self, brought: Brought, offer: Offer, at: datetime) -> Examined:
        """Examine a case; what stands in the way is told as its problem.

        Obligations: 1. every credential is verified, each for itself; 2. the policy is opened as it
        was signed, and nothing is proposed by one that is not believed; 3. of an award, what the
        credentials come to under its rule is told whatever stands in the way; 4. the proposal is
        what the register's precedents and the facts lead to, without any ruling, and no grant of
        an award that is short; 5. suggestions are beside it, and it rests on none.
        """
        # 1.
        checked = tuple(self.check([one.data for one in brought.documents]))
        known = Examined(checked, suggestions=_suggestions(checked, offer))
        try:
            # 3.
            award = self.award(brought, offer, checked, at)
            told = None if award is None else award.to_json(offer)
            known = replace(known, award=award, award_told=told)
            # 2.
            policy = self.policy(offer)
            # 4.
            inputs = self.inputs(brought, offer, policy, checked, at, award=award)
            found = with_precedents(inputs, self.register, besides=brought.case.id)
            decision = decide(found)
            if award is not None and decision.outcome is Outcome.GRANT:
                require_reached(award)
        except (RecognitionError, StackingError, UnusableError) as problem:
            return replace(known, problem=problem)
        # 5.
        return replace(known, policy=policy, inputs=found, decision=decision)

    def award(
        self, brought: Brought, offer: Offer, checked: Sequence[Checked], at: datetime
    ) -> PlannedAward | None:
        """Plan the award that a case applies for; None if it is none.

        Raises `StackingError`, `UnusableError`.
        """
        if offer.award is None:
            return None
        if self.awarding is None:
            raise UnusableError("This desk issues no awards.", code="NO_AWARD_OFFERED")
        handed = [
            Handed(found.name or one.name, found)
            for one, found in zip(brought.documents, checked, strict=True)
        ]
        return self.awarding.plan(offer, handed, brought.case.applicant, at)

    def policy(self, offer: Offer) -> Policy:
        """Open the policy of an offer; raise `UnusableError`, `RecognitionError`."""
        return read_policy(self.open_policy(offer.policy_credential))

    def inputs(
        self,
        brought: Brought,
        offer: Offer,
        policy: Policy,
        checked: Sequence[Checked],
        at: datetime,
        ruling: Ruling | None = None,
        award: PlannedAward | None = None,
    ) -> DecisionInputs:
        """Gather what a decision rests on; raise `RecognitionError`, `UnusableError`."""
        verified = _all_valid(checked) if award is None else _that_count(award)
        application = Application(
            credentials=verified,
            target=offer.target,
            applicant=brought.case.applicant,
            stated=_established(brought.stated),
            block_rule=offer.block_rule,
            takes_short_block=award is not None,
            ledger=() if award is None or award.is_reached else award.heeded,
        )
        inputs = prepare(application, policy, self.registers, day=at.date())
        return inputs if ruling is None else replace(inputs, ruling=ruling)


def _all_valid(checked: Sequence[Checked]) -> tuple[VerifiedCredential, ...]:
    verified = tuple(one.verified for one in checked if one.verified is not None)
    if not verified or len(verified) < len(checked):
        text = "Not every credential is valid, so nothing is proposed; see what was found."
        raise UnusableError(text, code="CREDENTIAL_NOT_VALID")
    return verified


def _that_count(award: PlannedAward) -> tuple[VerifiedCredential, ...]:
    """Choose what the decision about an award is about; what is left out is told beside it."""
    if not award.taken:
        text = "No credential here carries credit of this learner, so there is nothing to decide."
        raise UnusableError(text, code="NOTHING_COUNTS")
    return award.taken


def _established(stated: Sequence[StatedFact]) -> Mapping[str, Established]:
    return {one.name: Established(one.value, one.by) for one in stated}


def _suggestions(checked: Sequence[Checked], offer: Offer) -> JsonObject | None:
    """Suggest which outcomes may be those of the component; nothing where none are stated."""
    verified = [(one.name or "?", one.verified) for one in checked if one.verified is not None]
    try:
        wanted = offer.wanted
        sources = [outcomes_of_credential(name, one) for name, one in verified]
        return suggest(wanted.outcomes, sources, language=wanted.language).to_json()
    except TallystickError:
        return None


def _policy(policy: Policy) -> JsonObject:
    return {
        "id": policy.id,
        "version": policy.version,
        "title": policy.title,
        "body": policy.adoption.body,
        "resolution": policy.adoption.resolution,
        "secondReader": policy.mandate.second_reader.value,
    }


def _problem(error: TallystickError) -> JsonObject:
    return {"code": error.code, "message": error.message}


def _precedent(one: Precedent) -> JsonObject:
    return {
        "id": one.id,
        "decided": one.decided.isoformat(),
        "outcome": one.outcome.value,
        "version": one.version,
        "granted": told_amount(one.granted),
    }


def _plan(text: str) -> JsonObject:
    proof = proof_of_block(text)
    return {"rule": proof.rule.id, "proof": proof.members}
