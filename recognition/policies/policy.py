"""A recognition policy: who adopted it and for what, its rules, and what follows a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from frameworks.scope import LevelScope
from recognition.policies.rules import Rules


class SourceClass(StrEnum):
    """Where what is to be recognised comes from."""

    FORMAL = "formal"
    RPL = "rpl"
    NON_CREDIT = "non-credit"


class Recognition(StrEnum):
    """What a grant is: credit for a course, for none in particular, a block, or an exemption."""

    SPECIFIED = "specified"
    UNSPECIFIED = "unspecified"
    BLOCK = "block"
    EXEMPTION = "exemption"


class SecondReader(StrEnum):
    """Which decisions of an assessor a second person reads."""

    NEVER = "never"
    OVERRIDES = "overrides"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Adoption:
    """Who adopted a policy, by name and by the id of the key that signs it, and by what act."""

    body: str
    id: str
    resolution: str
    adopted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Mandate:
    """Which office decides by a policy, with the ids of the keys that sign its decisions."""

    office: str
    ids: tuple[str, ...]
    second_reader: SecondReader


@dataclass(frozen=True, slots=True)
class Scope:
    """What a policy is for; what is empty limits nothing.

    Fields are prefixes of ISCED-F codes of the receiving component.
    """

    source_classes: frozenset[SourceClass]
    recognitions: frozenset[Recognition]
    programmes: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    levels: LevelScope | None = None


@dataclass(frozen=True, slots=True)
class AcceptedRegister:
    """A register that a policy accepts, from which edition on."""

    id: str
    edition: int = 1


@dataclass(frozen=True, slots=True)
class CapRule:
    """How much credit of some source classes is granted: an amount, or a share of a programme."""

    id: str
    source_classes: frozenset[SourceClass]
    amount: Fraction | None
    share: Fraction | None
    partial: bool

    def limit(self, size: Fraction | None) -> Fraction | None:
        """Tell the most that is granted in a programme of a size; None if the size is needed."""
        if self.share is None:
            return self.amount
        return None if size is None else self.share * size


@dataclass(frozen=True, slots=True)
class PrecedentRule:
    """Whether decisions may be repeated, for how many years, and under this version only."""

    is_allowed: bool
    years: int = 0
    binds_policy_version: bool = False


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which share of the decisions is drawn for review, and who reviews it."""

    rate: Fraction
    body: str


@dataclass(frozen=True, slots=True)
class Appeal:
    """Within how many days a decision can be appealed, and to whom."""

    days: int
    body: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy that was read; `text` is the document itself, `digest` that of its bytes.

    `method` says which of the registers' conversions count; those of the rules come first.
    """

    id: str
    version: str
    title: str
    text: str
    digest: str
    review: date
    adoption: Adoption
    mandate: Mandate
    scope: Scope
    frameworks: tuple[str, ...]
    registers: tuple[AcceptedRegister, ...]
    unit: str
    method: str | None
    rules: Rules
    caps: tuple[CapRule, ...]
    precedents: PrecedentRule
    sampling: Sampling
    appeal: Appeal
    note: str = ""
