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
from frameworks.registers import Registers
from recognition.deciding.blocks import proof_of_block
from recognition.deciding.case import Ruling
from recognition.deciding.decide import RecognitionDecision, decide
from recognition.deciding.facts import Established
from recognition.deciding.inputs import DecisionInputs, told_amount
from recognition.deciding.precedents import Precedent
from recognition.deciding.preparing import Application, prepare
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
        }


TITLE_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Examiner:
    """What examining takes from outside."""

    check: Check
    open_policy: OpenPolicy
    registers: Registers
    register: RegisterOfDecisions

    def examine(self, brought: Brought, offer: Offer, at: datetime) -> Examined:
        """Examine a case; what stands in the way is told as its problem.

        Obligations: 1. every credential is verified, each for itself; 2. the policy is opened as it
        was signed, and nothing is proposed by one that is not believed; 3. the proposal is what
        the register's precedents and the facts lead to, without any ruling; 4. suggestions are
        beside it, and it rests on none.
        """
        # 1.
        checked = tuple(self.check([one.data for one in brought.documents]))
        suggestions = _suggestions(checked, offer)
        try:
            # 2.
            policy = self.policy(offer)
            # 3.
            inputs = self.inputs(brought, offer, policy, checked, at)
            found = with_precedents(inputs, self.register, besides=brought.case.id)
            decision = decide(found)
        except (RecognitionError, UnusableError) as problem:
            return Examined(checked, problem=problem, suggestions=suggestions)
        # 4.
        return Examined(checked, policy, found, decision, suggestions=suggestions)

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
    ) -> DecisionInputs:
        """Gather what a decision rests on; raise `RecognitionError`, `UnusableError`."""
        verified = tuple(one.verified for one in checked if one.verified is not None)
        if not verified or len(verified) < len(checked):
            text = "Not every credential is valid, so nothing is proposed; see what was found."
            raise UnusableError(text, code="CREDENTIAL_NOT_VALID")
        application = Application(
            credentials=verified,
            target=offer.target,
            applicant=brought.case.applicant,
            stated=_established(brought.stated),
            block_rule=offer.block_rule,
        )
        inputs = prepare(application, policy, self.registers, day=at.date())
        return inputs if ruling is None else replace(inputs, ruling=ruling)


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
