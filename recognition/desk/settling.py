"""Deciding a case at the desk: proposal or ruling, signed, recorded, and kept for the learner.

The register of decisions has the last word on what may follow what; the desk's row of a case only
tells how it stands.  Whoever was stopped in between does the same again and gets the same decision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from fractions import Fraction

from credentials.json_types import JsonObject
from frameworks.amounts import canonical, parse_amount
from recognition.deciding.case import Ruling
from recognition.deciding.decide import RecognitionDecision, decide
from recognition.deciding.judging import Outcome
from recognition.decision_payload import read_payload
from recognition.desk.cases import Case, KeptDecision, State
from recognition.desk.checked import UnusableError
from recognition.desk.examining import Brought, Examined, Examiner
from recognition.desk.offers import Offer, Offers
from recognition.desk.store import DeskStore
from recognition.errors import RecognitionError
from recognition.register_of_decisions import (
    Appeal,
    Entry,
    RegisterOfDecisions,
    decision_in_force,
    last_day_to_appeal,
)
from recognition.registered_case import (
    RegisteredCase,
    Superseding,
    dismissal,
    with_precedents,
)
from recognition.releasing import Sign, release
from service.errors import ConflictError, NotFoundError
from service.people import Act
from service.writing_down import stamp, write_json

SOMEBODY_ELSE = "somebody else, who is named when they have read it"
"""Stands for the second reader while a ruling is only tried out."""

SETTLED_ANEW = frozenset({State.REFERRED, State.APPEALED})
"""Where the policy may decide once more, after facts were stated."""

STATE_OF = {
    Outcome.GRANT: State.DECIDED,
    Outcome.REFUSE: State.DECIDED,
    Outcome.REFER: State.REFERRED,
}


@dataclass(frozen=True)
class Settling:
    """What deciding takes from outside; `signs` gives what signs decisions by a policy."""

    store: DeskStore
    register: RegisterOfDecisions
    examiner: Examiner
    offers: Offers
    signs: Callable[[bytes], Sign]

    def offer_of(self, case: Case) -> Offer:
        """Find what a case applies for; raise `UnusableError` if it is offered no more."""
        found = self.offers().get(case.offer)
        if found is None:
            text = "What this case applies for is offered no more, so nothing can be decided."
            raise UnusableError(text, code="OFFER_ENDED")
        return found

    def brought(self, case: Case) -> Brought:
        """Read what is known of a case."""
        return Brought(case, self.store.cases.documents(case.id), self.store.facts.of(case.id))

    def examine(self, act: Act, case: Case) -> Case:
        """Examine a case, and keep what was found; raise `ChangedMeanwhileError`."""
        examined = self.examined(case, act.at)
        return self._keep_examination(act, case, examined, "case.examined")

    def examined(self, case: Case, at: datetime) -> Examined:
        """Examine a case and keep nothing."""
        try:
            return self.examiner.examine(self.brought(case), self.offer_of(case), at)
        except UnusableError as problem:
            return Examined((), problem=problem)

    def _keep_examination(self, act: Act, case: Case, examined: Examined, kind: str) -> Case:
        proposed = examined.proposed
        return self.store.cases.change(
            act,
            case.id,
            case.version,
            kind,
            told={"proposed": proposed or "nothing"},
            examination=write_json(examined.to_json(act.at)),
            examined_at=stamp(act.at),
            proposed=proposed,
            title=examined.title or case.title,
        )

    def settle(self, act: Act, case: Case, anew: Superseding | None = None) -> Case:
        """Put what the policy decides into force: granted, refused, or referred to a person.

        What was referred or appealed is settled `anew`, by somebody and with a reason, as soon as
        facts that were stated since let the policy decide it; nobody can rule what it decides
        itself.  Raises `ConflictError` (NOT_NEW, STILL_REFERRED, PROPOSAL_CHANGED),
        `RecognitionError`, `UnusableError`.
        """
        wanted = {State.NEW} if anew is None else SETTLED_ANEW
        if case.state not in wanted:
            raise ConflictError("This case was settled already.", code="NOT_NEW")
        examined = self.examined(case, act.at)
        if examined.problem is not None or examined.decision is None:
            raise examined.problem or NotFoundError("There is no proposal.")
        if examined.proposed != case.proposed:
            self._keep_examination(act, case, examined, "case.proposal-changed")
            text = "The policy proposes something else now than when the page was made; look again."
            raise ConflictError(text, code="PROPOSAL_CHANGED")
        if anew is not None and examined.decision.outcome is Outcome.REFER:
            text = "The policy still leaves this case to a person: state what is open, or rule."
            raise ConflictError(text, code="STILL_REFERRED")
        registered = RegisteredCase.open(self.register, case.id)
        decision = registered.decide(examined.decision.inputs, anew)
        return self._release(act, case, registered, decision, anew)

    def rule(self, act: Act, case: Case, ruling: Ruling) -> Case:
        """Take an assessor's ruling: decided at once, or kept until a second reader confirms it.

        Raises `ConflictError` (DRAFT_WAITS) while another ruling waits for its second reader,
        `RecognitionError` for a ruling that the policy does not take, `UnusableError`.
        """
        if case.state is State.SECOND_READING:
            text = "A ruling waits for its second reader, who confirms it or sends it back first."
            raise ConflictError(text, code="DRAFT_WAITS")
        try:
            decision = self._ruled(case, ruling, act.at)
        except RecognitionError as error:
            if error.code != "SECOND_READER_MISSING":
                raise
            # Everything else about it is looked at now, and not by the second reader.
            self._ruled(case, replace(ruling, second_reader=SOMEBODY_ELSE), act.at)
            return self.store.cases.change(
                act,
                case.id,
                case.version,
                "case.ruled",
                told={"outcome": ruling.outcome.value},
                state=State.SECOND_READING.value,
                draft=write_json(_draft(ruling, act, case.state)),
            )
        return self._release_ruled(act, case, decision, ruling)

    def confirm(self, act: Act, case: Case, reader: str) -> Case:
        """Confirm a ruling as its second reader, who is another person than its assessor.

        Raises `ConflictError` (NO_DRAFT, OWN_RULING), `RecognitionError`, `UnusableError`.
        """
        draft = self._draft_of(case)
        if draft["by"] == act.actor:
            text = "A ruling is read over by another person than the one who made it."
            raise ConflictError(text, code="OWN_RULING")
        ruling = replace(_ruling(draft), second_reader=reader)
        decision = self._ruled(case, ruling, act.at)
        return self._release_ruled(act, case, decision, ruling)

    def send_back(self, act: Act, case: Case, remark: str) -> Case:
        """Give a ruling back to its assessor, with a remark; nothing was decided."""
        draft = self._draft_of(case)
        return self.store.cases.change(
            act,
            case.id,
            case.version,
            "case.sent-back",
            told={},
            state=draft["before"],
            draft=write_json({**draft, "remark": remark}),
        )

    def _draft_of(self, case: Case) -> JsonObject:
        draft = self.store.cases.draft(case.id)
        if draft is None or case.state is not State.SECOND_READING:
            raise ConflictError("No ruling waits for a second reader here.", code="NO_DRAFT")
        return draft

    def _ruled(self, case: Case, ruling: Ruling, at: datetime) -> RecognitionDecision:
        offer, brought = self.offer_of(case), self.brought(case)
        policy = self.examiner.policy(offer)
        checked = self.examiner.check([one.data for one in brought.documents])
        inputs = self.examiner.inputs(brought, offer, policy, checked, at, ruling)
        return decide(with_precedents(inputs, self.register, besides=case.id))

    def _release_ruled(
        self, act: Act, case: Case, decision: RecognitionDecision, ruling: Ruling
    ) -> Case:
        registered = RegisteredCase.open(self.register, case.id)
        corrects = case.state is State.DECIDED or self._was_decided(case)
        superseding = Superseding(ruling.assessor, ruling.reason, corrects=corrects)
        return self._release(act, case, registered, decision, superseding)

    def _was_decided(self, case: Case) -> bool:
        """Tell whether a ruling that waited for a second reader corrects what was decided."""
        draft = self.store.cases.draft(case.id)
        return draft is not None and draft["before"] == State.DECIDED

    def _release(
        self,
        act: Act,
        case: Case,
        registered: RegisteredCase,
        decision: RecognitionDecision,
        superseding: Superseding | None,
    ) -> Case:
        """Sign, record and keep a decision, in this order (`recognition.releasing`)."""
        sign = self.signs(self.offer_of(case).policy_credential)
        signed, entry = release(decision, registered, superseding, sign, act.at)
        if signed is None or entry is None:
            raise NotFoundError("Nothing was recorded.")
        kept = KeptDecision(entry.revision, entry.id, signed, stamp(act.at))
        return self._keep(act, case, entry, kept, decision)

    def _keep(
        self, act: Act, case: Case, entry: Entry, kept: KeptDecision, decision: RecognitionDecision
    ) -> Case:
        outcome = decision.outcome
        return self.store.cases.change(
            act,
            case.id,
            case.version,
            "case.decided",
            told={"outcome": outcome.value, "entry": entry.id},
            decision=kept,
            state=STATE_OF[outcome].value,
            outcome=outcome.value,
            decided_at=stamp(act.at),
            draft=None,
            appeal_until=_appealable_until(entry),
        )

    def appeal(self, act: Act, case: Case, by: str, grounds: str, late_because: str = "") -> Case:
        """Record an appeal against the decision in force.

        Raises `AppealError` (APPEAL_LATE without a reason to take it late), `ConflictError`.
        """
        history = self.register.case(case.id)
        standing = decision_in_force(history)
        if standing is None or case.state is not State.DECIDED:
            text = "There is no decision that can be appealed."
            raise ConflictError(text, code="NOTHING_TO_APPEAL")
        appeal = Appeal(case.id, standing.revision, by, grounds, late_because)
        self.register.record(appeal, recorded_at=act.at)
        return self.store.cases.change(
            act, case.id, case.version, "case.appealed", told={}, state=State.APPEALED.value
        )

    def dismiss(self, act: Act, case: Case, by: str, reason: str) -> Case:
        """Dismiss the appeal of a case: the same decision again, with who dismisses and why."""
        record = dismissal(case.id, self.register.case(case.id), by=by, reason=reason)
        entry = self.register.record(record, recorded_at=act.at)
        payload = read_payload(entry.payload)
        return self.store.cases.change(
            act,
            case.id,
            case.version,
            "case.appeal-dismissed",
            told={"entry": entry.id},
            state=State.DECIDED.value,
            outcome=payload.outcome,
            decided_at=stamp(act.at),
            appeal_until=_appealable_until(entry),
        )


def _appealable_until(entry: Entry) -> str | None:
    last = last_day_to_appeal(entry)
    return None if last is None else last.isoformat()


def _draft(ruling: Ruling, act: Act, before: State) -> JsonObject:
    members = asdict(ruling)
    members["outcome"] = ruling.outcome.value
    members["amount"] = None if ruling.amount is None else canonical(ruling.amount)
    members["substantial_differences"] = list(ruling.substantial_differences)
    return {"ruling": members, "by": act.actor, "at": stamp(act.at), "before": before.value}


def _ruling(draft: JsonObject) -> Ruling:
    members = draft["ruling"]
    amount: Fraction | None = None if members["amount"] is None else parse_amount(members["amount"])
    return Ruling(
        assessor=members["assessor"],
        outcome=Outcome(members["outcome"]),
        reason=members["reason"],
        amount=amount,
        substantial_differences=tuple(members["substantial_differences"]),
    )
