"""Deciding a case at the desk: proposal or ruling, signed, recorded, and kept for the learner.

The register of decisions has the last word on what may follow what; the desk's row of a case only
tells how it stands.  Whoever was stopped in between does the same again and gets the same decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

from credentials.json_types import JsonObject
from recognition.deciding.case import Ruling
from recognition.deciding.decide import RecognitionDecision, decide
from recognition.deciding.judging import Outcome
from recognition.decision_payload import read_payload
from recognition.desk.awarding import (
    Awarding,
    PlannedAward,
    already_made,
    is_made_here,
    require_reached,
)
from recognition.desk.cases import STATE_OF, Case, KeptDecision, State, appealable_until
from recognition.desk.checked import UnusableError
from recognition.desk.drafts import (
    anew_of,
    proposal_draft,
    require_as_seen,
    ruling_draft,
    ruling_of,
    to_be_read_over,
)
from recognition.desk.errors import ChangedMeanwhileError
from recognition.desk.examining import Brought, Examined, Examiner, seen_in
from recognition.desk.offers import Offer, Offers
from recognition.desk.remembering import Memory
from recognition.desk.store import DeskStore
from recognition.errors import RecognitionError
from recognition.register_of_decisions import (
    Appeal,
    Entry,
    PolicySuspendedError,
    RegisterOfDecisions,
    decision_in_force,
)
from recognition.registered_case import RegisteredCase, Superseding, dismissal, with_precedents
from recognition.releasing import Sign, release
from service.errors import ConflictError, NotFoundError
from service.people import Act
from service.writing_down import stamp, write_json

SETTLED_ANEW = frozenset({State.REFERRED, State.APPEALED})
"""Where the policy may decide once more, after facts were stated."""


@dataclass(frozen=True)
class Settling:
    """What deciding takes from outside; `signs` gives what signs decisions by a policy."""

    store: DeskStore
    register: RegisterOfDecisions
    examiner: Examiner
    offers: Offers
    signs: Callable[[bytes], Sign]
    awarding: Awarding | None = None
    memory: Memory | None = None

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
            found = self.examiner.examine(self.brought(case), self.offer_of(case), at)
        except UnusableError as problem:
            return Examined((), problem=problem)
        if found.award is None or not self._is_made_elsewhere(case, found.award):
            return found
        return replace(found, inputs=None, decision=None, problem=already_made())

    def _is_made_elsewhere(self, case: Case, award: PlannedAward) -> bool:
        """Tell whether another case made the award of these credentials before."""
        return award.was_made and not self._is_made_here(case)

    def _is_made_here(self, case: Case) -> bool:
        return is_made_here(self.register.case(case.id), self.store.decisions.of(case.id))

    @contextmanager
    def _recording(
        self, case: Case, ledger: AbstractContextManager[None] | None = None
    ) -> Iterator[None]:
        """Hold what a record changes beside the register, and remember what was recorded.

        Nothing is recorded by a database that has forgotten what it recorded, and whoever waited
        for somebody else signs nothing.  Raises `ChangedMeanwhileError`.
        """
        if self.memory is not None:
            self.memory.require()
        with ledger or nullcontext():
            found = self.store.cases.get(case.id).version
            if found != case.version:
                raise ChangedMeanwhileError(case.id, case.version, found)
            yield
        if self.memory is not None:
            self.memory.note(case.id)

    def _deciding(self, case: Case) -> AbstractContextManager[None]:
        """Hold the ledger of awards as well, if the case is about one; else as `_recording`."""
        if self.awarding is None or self.offer_of(case).award is None:
            return self._recording(case)
        return self._recording(case, self.awarding.held())

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
        itself.  An award that a second person reads over waits for them.  Raises `ConflictError`
        (NOT_NEW, STILL_REFERRED, PROPOSAL_CHANGED), `RecognitionError`, `UnusableError`.
        """
        wanted = {State.NEW} if anew is None else SETTLED_ANEW
        if case.state not in wanted:
            raise ConflictError("This case was settled already.", code="NOT_NEW")
        with self._deciding(case):
            examined = self._examined_as_shown(act, case)
            if self._is_read_over(case, examined.proposed):
                return self._to_second_reader(act, case, proposal_draft(anew, act, case.state))
            return self._settled(act, case, examined, anew)

    def _settled(self, act: Act, case: Case, examined: Examined, anew: Superseding | None) -> Case:
        if examined.problem is not None or examined.decision is None:
            raise examined.problem or NotFoundError("There is no proposal.")
        if anew is not None and examined.decision.outcome is Outcome.REFER:
            text = "The policy still leaves this case to a person: state what is open, or rule."
            raise ConflictError(text, code="STILL_REFERRED")
        registered = RegisteredCase.open(self.register, case.id)
        decision = registered.decide(examined.decision.inputs, anew)
        return self._release(act, case, registered, decision, anew, examined.award)

    def _examined_as_shown(self, act: Act, case: Case) -> Examined:
        """Examine a case anew; whoever saw something else looks again, and nothing is decided."""
        examined = self.examined(case, act.at)
        if examined.problem is not None and examined.award is None:
            raise examined.problem
        if examined.is_as(self.store.cases.examination(case.id)):
            return examined
        self._keep_examination(act, case, examined, "case.proposal-changed")
        if isinstance(examined.problem, PolicySuspendedError):
            # Who suspended the policy and why says more than that something else is proposed now.
            raise examined.problem
        text = "The policy proposes something else now than when the page was made; look again."
        raise ConflictError(text, code="PROPOSAL_CHANGED")

    def _is_read_over(self, case: Case, outcome: str | None) -> bool:
        """Tell whether the office wants a second person for what is granted here."""
        terms = self.offer_of(case).award
        return terms is not None and terms.is_read_over and outcome == Outcome.GRANT

    def _to_second_reader(self, act: Act, case: Case, draft: JsonObject) -> Case:
        outcome = draft["ruling"]["outcome"] if draft["ruling"] else case.proposed
        seen = seen_in(self.store.cases.examination(case.id))
        return self.store.cases.change(
            act,
            case.id,
            case.version,
            "case.ruled",
            told={"outcome": outcome},
            state=State.SECOND_READING.value,
            draft=write_json({**draft, "seen": seen}),
        )

    def rule(self, act: Act, case: Case, ruling: Ruling) -> Case:
        """Take an assessor's ruling: decided at once, or kept until a second reader confirms it.

        Raises `ConflictError` (DRAFT_WAITS) while another ruling waits for its second reader,
        `RecognitionError` for a ruling that the policy does not take, `UnusableError`.
        """
        if case.state is State.SECOND_READING:
            text = "A ruling waits for its second reader, who confirms it or sends it back first."
            raise ConflictError(text, code="DRAFT_WAITS")
        with self._deciding(case):
            award = self._award_as_shown(act, case)
            draft = ruling_draft(ruling, act, case.state)
            if self._is_read_over(case, ruling.outcome):
                self._ruled(case, to_be_read_over(ruling), act.at, award)
                return self._to_second_reader(act, case, draft)
            try:
                decision = self._ruled(case, ruling, act.at, award)
            except RecognitionError as error:
                if error.code != "SECOND_READER_MISSING":
                    raise
                # Everything else about it is looked at now, and not by the second reader.
                self._ruled(case, to_be_read_over(ruling), act.at, award)
                return self._to_second_reader(act, case, draft)
            return self._release_ruled(act, case, decision, ruling, award)

    def _award_as_shown(self, act: Act, case: Case) -> PlannedAward | None:
        """Plan the award of a case anew, as whoever rules has seen it; None if it is about none."""
        if self.offer_of(case).award is None:
            return None
        return self._examined_as_shown(act, case).award

    def confirm(self, act: Act, case: Case, reader: str) -> Case:
        """Confirm a ruling, or an award, as its second reader, who is not who made it.

        Raises `ConflictError` (NO_DRAFT, OWN_RULING, DRAFT_OUTDATED), `RecognitionError`,
        `UnusableError`.
        """
        draft = self._draft_of(case)
        if draft["by"] == act.actor:
            text = "A ruling is read over by another person than the one who made it."
            raise ConflictError(text, code="OWN_RULING")
        with self._deciding(case):
            if draft["ruling"] is None:
                examined = self._examined_as_shown(act, case)
                require_as_seen(draft, self.store.cases.examination(case.id))
                return self._settled(act, case, examined, anew_of(draft))
            award = self._award_as_shown(act, case)
            if award is not None:
                require_as_seen(draft, self.store.cases.examination(case.id))
            ruling = replace(ruling_of(draft), second_reader=reader)
            decision = self._ruled(case, ruling, act.at, award)
            return self._release_ruled(act, case, decision, ruling, award)

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

    def _ruled(
        self, case: Case, ruling: Ruling, at: datetime, award: PlannedAward | None
    ) -> RecognitionDecision:
        offer, brought = self.offer_of(case), self.brought(case)
        policy = self.examiner.policy(offer)
        if award is not None and ruling.outcome is Outcome.GRANT:
            require_reached(award)
            if self._is_made_elsewhere(case, award):
                raise already_made()
        checked = self.examiner.check([one.data for one in brought.documents])
        inputs = self.examiner.inputs(brought, offer, policy, checked, at, ruling, award)
        return decide(with_precedents(inputs, self.register, besides=case.id))

    def _release_ruled(
        self,
        act: Act,
        case: Case,
        decision: RecognitionDecision,
        ruling: Ruling,
        award: PlannedAward | None,
    ) -> Case:
        registered = RegisteredCase.open(self.register, case.id)
        corrects = case.state is State.DECIDED or self._was_decided(case)
        superseding = Superseding(ruling.assessor, ruling.reason, corrects=corrects)
        return self._release(act, case, registered, decision, superseding, award)

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
        award: PlannedAward | None,
    ) -> Case:
        """Sign, record and keep a decision, in this order (`recognition.releasing`).

        The award of a grant is signed before its decision is recorded, too, and can be withdrawn by
        whatever withdraws the decision: both have their status as the same decision of the case.
        """
        made = None
        if award is not None and decision.outcome is Outcome.GRANT:
            made = award.issue(registered.place_of(decision, superseding))
        sign = self.signs(self.offer_of(case).policy_credential)
        signed, entry = release(decision, registered, superseding, sign, act.at)
        if signed is None or entry is None:
            raise NotFoundError("Nothing was recorded.")
        self._note_use(case, award, is_used=made is not None)
        kept = KeptDecision(
            entry.revision, entry.id, signed, stamp(act.at), None if made is None else made.data
        )
        told = {} if made is None else {"award": made.id}
        return self._keep(act, case, entry, kept, decision, told)

    def _note_use(self, case: Case, award: PlannedAward | None, *, is_used: bool) -> None:
        """Bring the ledger to what was decided; what this case had used is free again."""
        if award is None or self.awarding is None:
            return
        if is_used:
            self.awarding.note_use(award)
        elif award.was_made and self._is_made_here(case):
            self.awarding.free_use(award)

    def _keep(
        self,
        act: Act,
        case: Case,
        entry: Entry,
        kept: KeptDecision,
        decision: RecognitionDecision,
        told: JsonObject,
    ) -> Case:
        outcome = decision.outcome
        return self.store.cases.change(
            act,
            case.id,
            case.version,
            "case.decided",
            told={"outcome": outcome.value, "entry": entry.id, **told},
            decision=kept,
            state=STATE_OF[outcome].value,
            outcome=outcome.value,
            decided_at=stamp(act.at),
            draft=None,
            appeal_until=appealable_until(entry),
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
        with self._recording(case):
            self.register.record(appeal, recorded_at=act.at)
        return self.store.cases.change(
            act, case.id, case.version, "case.appealed", told={}, state=State.APPEALED.value
        )

    def dismiss(self, act: Act, case: Case, by: str, reason: str) -> Case:
        """Dismiss the appeal of a case: the same decision again, with who dismisses and why."""
        record = dismissal(case.id, self.register.case(case.id), by=by, reason=reason)
        with self._recording(case):
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
            appeal_until=appealable_until(entry),
        )
