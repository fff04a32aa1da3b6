"""What one decision is about: sources, the receiving component, and what an assessor ruled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from credentials.level_credit.costs import Price
from frameworks.conversions import Credit
from frameworks.levels import Level
from recognition.deciding.judging import Outcome
from recognition.deciding.question import Amount
from recognition.policies.policy import Recognition, SourceClass


@dataclass(frozen=True, slots=True)
class Source:
    """A credential that is to be recognised, by its digest and by what it is about.

    Cost and subsidy are as they are declared; nothing is decided by them.  `contains` names by
    digest what it was made of, and `states` what it and all of that states, whatever its form
    (`stacking.statements`): so that neither counts beside the decision.
    """

    digest: str
    id: str
    issuer: str
    source_class: SourceClass
    achievement: str | None = None
    version: str | None = None
    field: str | None = None
    level: Level | None = None
    credits: Credit | None = None
    hours: Fraction | None = None
    cost: Price | None = None
    subsidy: Price | None = None
    contains: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LearningOutcome:
    """One outcome of the receiving course: the URI that others align with, and its text."""

    uri: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """The receiving component: what credit for it is, and what a policy's scope asks about it.

    `used` says for each cap of the policy how much of it the learner has used up; `size` is that
    of the programme, of which caps may be a share.
    """

    component: str
    amount: Amount
    recognition: Recognition = Recognition.SPECIFIED
    level: Level | None = None
    field: str | None = None
    programme: str | None = None
    programme_start: date | None = None
    size: Fraction | None = None
    used: Mapping[str, Fraction] = member(default_factory=lambda: MappingProxyType({}))
    outcomes: tuple[LearningOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an assessor decided, by name and with the reason in writing.

    `amount` is in the policy's unit; without it the amount is what the policy would grant.
    """

    assessor: str
    outcome: Outcome
    reason: str
    second_reader: str | None = None
    amount: Fraction | None = None
    substantial_differences: tuple[str, ...] = ()
