"""What jobs do: going through all decisions for a report, a sample, figures, or a draft."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from frameworks.amounts import canonical
from frameworks.registers import Registers
from recognition.deciding.replaying import what_if
from recognition.errors import RecognitionError
from recognition.oversight import RecordedDecision, draw_sample
from recognition.oversight.adopting import name_of
from recognition.oversight.publishing import figures_document
from recognition.oversight.replaying import Mapper, each_what_if
from recognition.oversight.reporting import OversightReport, report_on
from recognition.policies.policy import Policy
from recognition.register_of_decisions import Act, RegisterOfDecisions, SampleDrawn
from recognition.senate.jobs import Step, Work
from service.kept_rows import KeptRows

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WhatIfRow:
    """A decision in force that a draft would have made otherwise; `why` it could not at all."""

    case_id: str
    decision: str
    before: str
    after: str
    members: tuple[str, ...]
    why: str

    def to_texts(self) -> list[str]:
        """Write it as texts."""
        return [self.case_id, self.decision, self.before, self.after, self.why, *self.members]

    @classmethod
    def of(cls, texts: list[str]) -> WhatIfRow:
        """Read it from texts."""
        case_id, decision, before, after, why, *members = texts
        return cls(case_id, decision, before, after, tuple(members), why)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a draft would have changed; what is as it was is only counted.

    `rows` are on the disk: a draft may change each of a hundred thousand decisions, and the results
    of several jobs are kept.
    """

    policy: Policy
    count: int
    changes: Mapping[tuple[str, str], int]
    rows: KeptRows

    @property
    def differing(self) -> int:
        """Count the decisions that would be others."""
        return sum(self.changes.values())


@dataclass(frozen=True, slots=True)
class Report:
    """What oversight computed, and over how many entries of the register."""

    report: OversightReport
    entries: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a period as they would be published."""

    first: date
    last: date
    document: bytes


def _stepping(items: Iterable[T], step: Step) -> Iterator[T]:
    for done, item in enumerate(items):
        step(done)
        yield item


def what_if_work(
    register: RegisterOfDecisions, draft: Policy, registers: Registers, mapper: Mapper
) -> Work:
    """Try a draft on every decision in force; nothing that was decided is changed."""

    def work(step: Step) -> WhatIf:
        rows, count, changes = KeptRows(), 0, Counter[tuple[str, str]]()
        decides = partial(what_if, policy=draft, registers=registers)
        with closing(each_what_if(register.decisions_in_force(), decides, mapper=mapper)) as found:
            for count, one in enumerate(found, start=1):
                if one is not None:
                    before, after = one.outcomes
                    why = one.refused or ""
                    row = WhatIfRow(one.case_id, one.id, before, after, one.members, why)
                    rows.add(one.id, f"{before}-{after}", row.to_texts())
                    changes[one.outcomes] += 1
                step(count)
        if not count:
            raise RecognitionError("There are no decisions yet.", code="NOTHING_TO_SAY")
        return WhatIf(draft, count, changes, rows)

    return work


def report_work(register: RegisterOfDecisions, at: datetime) -> Work:
    """Compute what oversight says of the whole register."""

    def work(step: Step) -> Report:
        count = register.checkpoint().count
        return Report(report_on(_stepping(register.entries(), step)), count, at)

    return work


def draw_work(
    register: RegisterOfDecisions, policy: Policy, *, seed: str, by: str, at: datetime
) -> Work:
    """Draw a sample of the decisions in force under a policy, and record it."""

    def work(step: Step) -> Act:
        found = map(RecordedDecision.of, _stepping(register.decisions_in_force(), step))
        cases = {
            one.id: one.case_id for one in found if one.decision.policy.digest == policy.digest
        }
        drawn = draw_sample(cases, seed=seed, rate=policy.sampling.rate)
        record = SampleDrawn(
            name_of(policy),
            by,
            seed,
            canonical(drawn.rate),
            drawn.population,
            tuple((cases[one], one) for one in drawn.ids),
        )
        return register.acts.record(record, recorded_at=at)

    return work


def figures_work(register: RegisterOfDecisions, *, first: date, last: date, today: date) -> Work:
    """Compute the figures of a period."""

    def work(step: Step) -> Figures:
        found = map(RecordedDecision.of, _stepping(register.decisions_in_force(), step))
        return Figures(first, last, figures_document(found, first=first, last=last, today=today))

    return work
