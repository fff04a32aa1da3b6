"""Preparing a case: from verified credentials and registers to the inputs of a decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from credentials.verified import VerifiedCredential
from frameworks.registers import Registers
from recognition.deciding.blocks import (
    BY_PLAN,
    Block,
    block_facts,
    facts_of_block,
    plan_block,
)
from recognition.deciding.case import Ruling, Source, Target
from recognition.deciding.combining import add_stated, combine
from recognition.deciding.courses import DescribedCourse, course_facts
from recognition.deciding.credential_facts import (
    BY_CREDENTIAL,
    BY_REGISTER,
    BY_VERIFIER,
    Examined,
    examine_credential,
)
from recognition.deciding.facts import Established, Facts, read_facts
from recognition.deciding.inputs import DecisionInputs
from recognition.deciding.precedents import Precedent
from recognition.deciding.register_extract import extract
from recognition.errors import RecognitionError
from recognition.policies.consistency import (
    AcceptedSources,
    accepted_sources,
    require_consistent,
)
from recognition.policies.policy import Policy
from stacking.lots import LedgerEntry

READERS = frozenset({BY_CREDENTIAL, BY_PLAN, BY_VERIFIER})
"""Who establishes facts without stating them; no person has one of these names."""

CREDENTIALS = 64
"""Most credentials of one case."""


@dataclass(frozen=True, slots=True)
class Application:
    """What is to be recognised as what: credentials, and what named persons add to them.

    `block_rule` is the award rule (TOML) that makes a block of the credentials; `course` describes
    a course without credit; `stated` are facts that named persons established.  A block that is
    short is refused here, unless it is to be decided so (`takes_short_block`); `ledger` are earlier
    uses of its credit.
    """

    credentials: tuple[VerifiedCredential, ...]
    target: Target
    applicant: str | None = None
    stated: Mapping[str, Established] = field(default_factory=dict)
    course: DescribedCourse | None = None
    block_rule: str | None = None
    precedents: tuple[Precedent, ...] = ()
    ruling: Ruling | None = None
    takes_short_block: bool = False
    ledger: tuple[LedgerEntry, ...] = ()


def prepare(
    application: Application, policy: Policy, registers: Registers, *, day: date
) -> DecisionInputs:
    """Gather everything that a decision rests on.

    Obligations: 1. the registers that the policy accepts are at hand, and it agrees with them;
    2. only verified credentials are taken, each once, none beside what it was made of, all about
    one learner; 3. every fact says who established it, and none replaces another; 4. what
    registers say of the case is kept with it, by value.

    Raises `TypeError` for anything but verified credentials, `RecognitionError`.
    """
    # 1.
    accepted = accepted_sources(policy, registers, day)
    require_consistent(policy, accepted)
    # 2.
    block, credentials = _chosen(application, policy, accepted)
    examined = _examined(credentials, policy, accepted, day)
    applicant = _learner(examined, application.applicant)
    _require_no_kin(one.source for one in examined)
    # 3.
    facts = _facts(application, examined, block, policy, accepted)
    # 4.
    found = extract(policy, accepted, _read(facts), application.target)
    return DecisionInputs(
        policy_text=policy.text,
        day=day,
        applicant=applicant,
        sources=_sources(examined, facts),
        facts=facts,
        target=application.target,
        said=found.said,
        conversions=found.conversions,
        registers=found.registers,
        precedents=application.precedents,
        ruling=application.ruling,
        plan=None if block is None else block.proof_text,
    )


def under(inputs: DecisionInputs, policy: Policy, registers: Registers) -> DecisionInputs:
    """Put another policy, or other editions of registers, in the place of those of a case.

    The facts stay as they were established; only how they are read changes.
    """
    accepted = accepted_sources(policy, registers, inputs.day)
    require_consistent(policy, accepted)
    found = extract(policy, accepted, _read(inputs.facts), inputs.target)
    return replace(
        inputs,
        policy_text=policy.text,
        said=found.said,
        conversions=found.conversions,
        registers=found.registers,
    )


def _read(facts: Mapping[str, Established]) -> Facts:
    return read_facts({name: one.value for name, one in facts.items()})


def _credentials(given: tuple[VerifiedCredential, ...]) -> tuple[VerifiedCredential, ...]:
    if any(not isinstance(one, VerifiedCredential) for one in given):
        raise TypeError("Only a verified credential can be recognised.")
    if not 0 < len(given) <= CREDENTIALS:
        text = f"A case has between 1 and {CREDENTIALS} credentials."
        raise RecognitionError(text, code="NO_SOURCE")
    if len({one.digest for one in given}) < len(given):
        raise RecognitionError("The same credential is there twice.", code="DUPLICATE_DIGEST")
    return given


def _chosen(
    application: Application, policy: Policy, accepted: AcceptedSources
) -> tuple[Block | None, tuple[VerifiedCredential, ...]]:
    """Choose the credentials: all that were given, or those that a block needs."""
    given, block = _credentials(application.credentials), None
    if application.block_rule is not None:
        block = plan_block(
            application.block_rule,
            given,
            application.target,
            policy,
            accepted,
            takes_short=application.takes_short_block,
            ledger=application.ledger,
        )
        given = block.credentials
    return block, given


def _examined(
    credentials: tuple[VerifiedCredential, ...],
    policy: Policy,
    accepted: AcceptedSources,
    day: date,
) -> tuple[Examined, ...]:
    registers = Registers(accepted.sources)
    return tuple(examine_credential(one, policy, registers, as_of=day) for one in credentials)


def _require_no_kin(sources: Iterable[Source]) -> None:
    """Refuse an award beside what it was made of, two of one component, and two forms of one.

    Credits add up here.
    """
    seen: set[str] = set()
    for one in sources:
        made_of = {one.digest, *one.contains, *one.states}
        if not seen.isdisjoint(made_of):
            text = "One of the credentials is another one in another form, was made of it, or of "
            text += "the same as it; give those alone that are to count."
            raise RecognitionError(text, code="CREDIT_COUNTED_TWICE")
        seen |= made_of


def _learner(examined: tuple[Examined, ...], applicant: str | None) -> str | None:
    """Name the learner; several credentials have to name the same one."""
    named = {one.subject for one in examined}
    if len(named) > 1 or (len(examined) > 1 and None in named):
        text = "The credentials are not all about one learner who is named by an id."
        raise RecognitionError(text, code="OTHER_SUBJECT")
    subject = named.pop()
    if subject is not None and applicant not in (None, subject):
        text = "The credential is about somebody else than the applicant."
        raise RecognitionError(text, code="OTHER_SUBJECT")
    return subject or applicant


def _sources(
    examined: tuple[Examined, ...], facts: Mapping[str, Established]
) -> tuple[Source, ...]:
    """Name the sources; what a person stated of the cost of a single one belongs to it, too."""
    sources = tuple(one.source for one in examined)
    if len(sources) != 1:
        return sources
    known = _read(facts)
    return (replace(sources[0], cost=known.cost, subsidy=known.subsidy),)


def _facts(
    application: Application,
    examined: tuple[Examined, ...],
    block: Block | None,
    policy: Policy,
    accepted: AcceptedSources,
) -> dict[str, Established]:
    facts = _combined(examined, application.target, accepted)
    if block is not None:
        facts = block_facts(block.plan, facts, policy.rules.rounding)
    if application.course is not None:
        described = course_facts(application.course, application.credentials, policy, accepted)
        facts = add_stated(facts, described)
    _require_persons(application)
    return add_stated(facts, application.stated)


def _require_persons(application: Application) -> None:
    """Refuse a stated fact in the name of what is read here and not stated by anybody."""
    course = application.course
    names = {one.by for one in application.stated.values()}
    for name in names | (set() if course is None else {course.described_by}):
        if name.strip() in READERS or name.strip().startswith(BY_REGISTER):
            text = f"Facts of {name} are read from there; name the person who states one."
            raise RecognitionError(text, code="ESTABLISHED_BY_NOBODY", pointer="/facts")


def _combined(
    examined: tuple[Examined, ...], target: Target, accepted: AcceptedSources
) -> dict[str, Established]:
    ladders = {
        name: ladder for day in reversed(accepted.days) for name, ladder in day.ladders.items()
    }
    return combine(examined, ladders, target.outcomes)


def facts_of_credentials(
    credentials: tuple[VerifiedCredential, ...],
    policy: Policy,
    registers: Registers,
    inputs: DecisionInputs,
) -> dict[str, Established]:
    """Establish once more what credentials alone show, to compare a decision with it.

    Raises `RecognitionError` (PLAN_DIFFERS) where they do not come to its block.
    """
    accepted = accepted_sources(policy, registers, inputs.day)
    examined = _examined(credentials, policy, accepted, inputs.day)
    known = _combined(examined, inputs.target, accepted)
    if inputs.plan is None:
        return known
    return facts_of_block(inputs.plan, credentials, known, policy, accepted)
