"""A case of the register as whoever decides it sees it: what stands, what is added to it.

Deciding reads the case first and names the revision that it is to become, so of two people who
decide at the same time one is told that the other was faster.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from credentials.json_types import JsonObject
from credentials.strict_json import parse_json
from recognition.deciding.blocks import proof_of_block
from recognition.deciding.case import Source
from recognition.deciding.decide import RecognitionDecision, decide
from recognition.deciding.earlier import precedent_of
from recognition.deciding.inputs import DecisionInputs
from recognition.deciding.judging import Outcome
from recognition.deciding.precedents import Precedent
from recognition.deciding.replaying import replay
from recognition.decision_payload import LIMITS
from recognition.errors import RecognitionError
from recognition.policies.reading import read_policy
from recognition.register_of_decisions import (
    AppealError,
    Decision,
    Entry,
    EntryKind,
    Place,
    RegisterOfDecisions,
    Ruling,
    Supersession,
    appeal_against,
    case_decided,
    decision_in_force,
)
from recognition.register_of_decisions.entries import FIRST_REVISION

MAY_BE_REPEATED = b'"allowedAsPrecedent":true'
"""How a payload in its one form (RFC 8785) says so; the others of a popular course are many."""


@dataclass(frozen=True, slots=True)
class Superseding:
    """Who puts a decision in the place of another one, and why.

    An assessor who rules settles what was referred or appealed; only who `corrects` may also
    replace what was settled.
    """

    by: str
    reason: str
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class RegisteredCase:
    """A case, with the entries that it had when it was opened, the oldest first."""

    register: RegisterOfDecisions
    id: str
    history: tuple[Entry, ...]

    @classmethod
    def open(cls, register: RegisterOfDecisions, case_id: str) -> RegisteredCase:
        """Read what the register has about a case; nothing if it is new."""
        return cls(register, case_id, register.case(case_id))

    def decide(
        self, inputs: DecisionInputs, superseding: Superseding | None = None
    ) -> RecognitionDecision:
        """Decide, with the precedents of the register beside those of the inputs.

        Who asks the same again, after a failure or another day, gets the decision that stands.
        Raises `RecognitionError`; nothing is decided then.
        """
        standing = self._answer_to(inputs, superseding)
        if standing is not None:
            return _again(standing)
        return decide(with_precedents(inputs, self.register, besides=self.id))

    def record(
        self,
        decision: RecognitionDecision,
        *,
        superseding: Superseding | None = None,
        recorded_at: datetime,
    ) -> Entry:
        """Record a decision, and return its entry once it is on the disk.

        Obligations: 1. what stands already is not recorded again; 2. anybody can decide the same
        again from the inputs that are recorded; 3. a first decision takes a free case; 4. a later
        one takes the place of what was referred, appealed, or is corrected, and of nothing else.

        Raises `CaseDecidedError` if somebody else was faster, `AppealError` if an appeal would be
        upheld by the same decision, and what `RegisterOfDecisions.record` raises; then nothing
        was recorded.
        """
        # 1.
        standing = decision_in_force(self.history)
        data = decision.payload_bytes, decision.inputs_bytes
        if standing is not None and _is_there(standing, data, superseding):
            return standing
        # 2.
        if replay(decision.inputs_bytes) != decision.payload_bytes:
            text = "The decision does not come out of its inputs again, so it is not recorded."
            raise RecognitionError(text, code="PAYLOAD_DIFFERS")
        # 3.
        if standing is None:
            return self.register.record(Decision(self.id, *data), recorded_at=recorded_at)
        # 4.
        if superseding is None:
            raise case_decided(standing)
        ruling = self._require_open(standing, decision, superseding)
        later = Supersession(
            self.id, standing.revision + 1, *data, superseding.by, superseding.reason, ruling
        )
        return self.register.record(later, recorded_at=recorded_at)

    def place_of(
        self, decision: RecognitionDecision, superseding: Superseding | None = None
    ) -> Place:
        """Tell which decision of the case this is, or becomes once it is recorded."""
        standing = decision_in_force(self.history)
        if standing is None:
            return Place(self.id, FIRST_REVISION)
        data = decision.payload_bytes, decision.inputs_bytes
        is_there = _is_there(standing, data, superseding)
        return Place(self.id, standing.revision if is_there else standing.revision + 1)

    def _answer_to(self, inputs: DecisionInputs, superseding: Superseding | None) -> Entry | None:
        """Find the decision in force if it answers the same question."""
        standing = decision_in_force(self.history)
        if standing is None or _is_replaced(standing, superseding):
            return None
        earlier = DecisionInputs.from_bytes(standing.inputs)
        return standing if _asks_the_same(inputs, earlier) else None

    def _require_open(
        self, standing: Entry, decision: RecognitionDecision, superseding: Superseding
    ) -> Ruling | None:
        """Require that a decision may be superseded; tell what becomes of an appeal against it."""
        before = parse_json(standing.payload, LIMITS)
        if appeal_against(self.history, standing.revision) is not None:
            after = decision.payload
            if all(before.get(name) == after[name] for name in ("outcome", "granted")):
                raise AppealError(
                    "An appeal is pending, and this leaves the decision as it is; dismiss the "
                    "appeal instead.",
                    code="APPEAL_CHANGES_NOTHING",
                )
            return Ruling.UPHELD
        if before["outcome"] != Outcome.REFER and not superseding.corrects:
            raise case_decided(standing)
        return None


def dismissal(case_id: str, history: Sequence[Entry], *, by: str, reason: str) -> Supersession:
    """Dismiss the latest appeal of a case: the same decision again, with who dismisses and why.

    Raises `AppealError` (NO_APPEAL) if there never was one, `CaseDecidedError` if a later decision
    stands than the one that would answer it.
    """
    appeals = [entry for entry in history if entry.kind is EntryKind.APPEAL]
    if not appeals:
        raise AppealError("There is no appeal in this case.", code="NO_APPEAL")
    revision = appeals[-1].revision
    standing = decision_in_force(history)
    if standing is not None and standing.revision > revision + 1:
        # The same dismissal, word for word, may be recorded already; it stands no more.
        raise case_decided(standing)
    (decision,) = (one for one in history if one.kind.decides and one.revision == revision)
    return Supersession(
        case_id,
        revision + 1,
        decision.payload,
        decision.inputs,
        by,
        reason,
        Ruling.DISMISSED,
    )


def _is_there(standing: Entry, data: tuple[bytes, bytes], superseding: Superseding | None) -> bool:
    """Tell whether a decision is the one that stands, payload and inputs."""
    is_same = (standing.payload, standing.inputs) == data
    return is_same and not _is_replaced(standing, superseding)


def _is_replaced(standing: Entry, superseding: Superseding | None) -> bool:
    """Tell whether somebody corrects a decision who has not done so already."""
    if superseding is None or not superseding.corrects:
        return False
    stated = parse_json(standing.statement)
    return (stated.get("by"), stated.get("reason")) != (superseding.by, superseding.reason)


def _asks_the_same(inputs: DecisionInputs, earlier: DecisionInputs) -> bool:
    """Compare two questions: neither the day of asking nor what was known then belongs to one."""
    question = replace(
        inputs,
        day=earlier.day,
        said=earlier.said,
        conversions=earlier.conversions,
        registers=earlier.registers,
        precedents=earlier.precedents,
        plan=_plan_of(inputs, earlier),
        sources=_told_by_digest(inputs.sources),
    )
    told = replace(earlier, sources=_told_by_digest(earlier.sources))
    return question.to_bytes() == told.to_bytes()


def _told_by_digest(sources: tuple[Source, ...]) -> tuple[Source, ...]:
    """Leave out what is in sources: their digests tell it, and inputs from before do not."""
    return tuple(replace(one, contains=(), states=()) for one in sources)


def _plan_of(inputs: DecisionInputs, earlier: DecisionInputs) -> str | None:
    """Take the earlier plan for one by the same rule: it differs in its day and its registers."""
    if inputs.plan is None or earlier.plan is None:
        return inputs.plan
    rules = [proof_of_block(one).members["ruleDigest"] for one in (inputs.plan, earlier.plan)]
    return earlier.plan if rules[0] == rules[1] else inputs.plan


def _again(standing: Entry) -> RecognitionDecision:
    """Decide once more what stands, to tell it or to sign it again."""
    decision = decide(DecisionInputs.from_bytes(standing.inputs))
    if decision.payload_bytes != standing.payload:
        text = f"Entry {standing.sequence} does not come out of its inputs again; replay tells how."
        raise RecognitionError(text, code="PAYLOAD_DIFFERS")
    return decision


def with_precedents(
    inputs: DecisionInputs, register: RegisterOfDecisions, *, besides: str | None = None
) -> DecisionInputs:
    """Add the precedents of the register, where the policy alone would refer the case.

    What it decides itself needs none, so the inputs then hold none that would not matter.  Raises
    `PolicySuspendedError` if the register says that nothing is decided by the policy.
    """
    register.acts.require_in_use(read_policy(inputs.policy_text).digest)
    alone = decide(replace(inputs, ruling=None))
    if alone.outcome is not Outcome.REFER or len(inputs.sources) != 1:
        return inputs
    found = _precedents(inputs, register, besides)
    return replace(inputs, precedents=(*inputs.precedents, *found))


def _precedents(
    inputs: DecisionInputs, register: RegisterOfDecisions, besides: str | None
) -> tuple[Precedent, ...]:
    """Choose the precedents that can matter: the latest of each kind for this component.

    Hundreds of learners take one course; decisions that differ in nothing but their day say
    nothing more than the last of them.
    """
    (source,) = inputs.sources
    if source.achievement is None:
        return ()
    latest: dict[Precedent, Precedent] = {}
    for one in _standing(register, source.issuer, source.achievement, besides):
        kind = replace(one, id="", decided=inputs.day, valid_until=None)
        if one.component == inputs.target.component:
            latest[kind] = max(one, latest.get(kind, one), key=lambda other: other.decided)
    return tuple(latest.values())


def _standing(
    register: RegisterOfDecisions, issuer: str, achievement: str, besides: str | None
) -> Iterator[Precedent]:
    """Read the decisions in force that may be repeated; none of a case is its own precedent."""
    for one in register.precedents(issuer=issuer, achievement=achievement):
        is_free = one.superseded_by is None and one.case_id != besides
        if is_free and MAY_BE_REPEATED in one.payload:
            precedent = precedent_of(one.id, _members(one.payload), is_appealed=one.is_appealed)
            if precedent is not None:
                yield precedent


def _members(payload: bytes) -> JsonObject:
    """Read a payload that was read strictly when it was recorded; once more costs seven times."""
    try:
        members: JsonObject = json.loads(payload)
    except ValueError as error:
        text = "A recorded decision cannot be read; check the chain of the register."
        raise RecognitionError(text, code="PAYLOAD_MALFORMED") from error
    return members
