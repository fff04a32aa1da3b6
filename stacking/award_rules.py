"""Award rules: what lots must add up to, and the limits on what counts.

A rule is a list of constraints with overlays of further ones; all must hold, so that the strictest
wins.  Each class is one type of constraint (docs/award-rules.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from stacking.lots import Lot, SourceClass


@dataclass(frozen=True, slots=True)
class Selection:
    """Which lots are meant: those that meet all of what is stated."""

    source_classes: frozenset[SourceClass] | None = None
    category: str | None = None
    is_awarding: bool | None = None
    """Whether the lot is of the institution that awards; one without institution is not."""

    def selects(self, lot: Lot, institution: str | None) -> bool:
        """Tell whether a lot is meant by a rule of an institution."""
        own = lot.institution is not None and lot.institution == institution
        return (
            (self.source_classes is None or lot.source_class in self.source_classes)
            and (self.category is None or self.category in lot.categories)
            and (self.is_awarding is None or self.is_awarding is own)
        )


EVERY = Selection()


@dataclass(frozen=True, slots=True)
class Sum:
    """All used amounts reach `least`, stay within `most`, or are exactly `exact`."""

    id: str
    least: Fraction | None = None
    most: Fraction | None = None
    exact: Fraction | None = None


@dataclass(frozen=True, slots=True)
class MinAtLevel:
    """Used amounts at a level (`or_above`: at it or above, by rank) reach an amount."""

    id: str
    level: str
    amount: Fraction
    or_above: bool = False


@dataclass(frozen=True, slots=True)
class MinInCategory:
    """Used amounts in a category, exactly at a level if one is given, reach an amount."""

    id: str
    category: str
    amount: Fraction
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Components:
    """So many different ones of some components are present, each by a lot that is used whole."""

    id: str
    components: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Residency:
    """Used amounts of the awarding institution reach an amount, or a share of the award's size."""

    id: str
    amount: Fraction
    source_classes: frozenset[SourceClass] | None = None


@dataclass(frozen=True, slots=True)
class CountBack:
    """All used amounts reach a threshold; the level at which they do is that of the award."""

    id: str
    threshold: Fraction


@dataclass(frozen=True, slots=True)
class Cap:
    """Selected used amounts stay within an amount, or a share of the award's size."""

    id: str
    most: Fraction
    where: Selection


@dataclass(frozen=True, slots=True)
class MaxAge:
    """Selected lots were awarded not too long before a day."""

    id: str
    years: int
    boundary: str
    reference: date
    where: Selection


@dataclass(frozen=True, slots=True)
class MinOnScale:
    """Selected lots have at least a grade, or an assurance class, on a scale (lowest first)."""

    id: str
    what: str
    scale: tuple[str, ...]
    least: str
    where: Selection


@dataclass(frozen=True, slots=True)
class MinLevel:
    """Selected lots are at a level or above."""

    id: str
    level: str
    where: Selection


@dataclass(frozen=True, slots=True)
class LanguageIn:
    """Selected lots were taught or assessed in one of some languages (BCP 47)."""

    id: str
    accepted: tuple[str, ...]
    where: Selection


@dataclass(frozen=True, slots=True)
class MinOverlap:
    """Selected lots are aligned with a share of the learning outcomes that are asked for (URIs)."""

    id: str
    outcomes: frozenset[str]
    least: Fraction
    where: Selection


@dataclass(frozen=True, slots=True)
class ExclusiveUse:
    """A lot in use elsewhere does not count, and a lot used here serves no other award."""

    id: str


@dataclass(frozen=True, slots=True)
class WholeLotsOnly:
    """Selected lots may not be divided."""

    id: str
    where: Selection


Requirement = Sum | MinAtLevel | MinInCategory | Components | Residency | CountBack
Filter = MaxAge | MinOnScale | MinLevel | LanguageIn | MinOverlap
Constraint = Requirement | Cap | Filter | ExclusiveUse | WholeLotsOnly


@dataclass(frozen=True, slots=True)
class AwardRule:
    """An award rule; `constraints` are those of the rule and then of its overlays, in order.

    Credit that an award has used is gone for every other one if it `redeems`, and for those of the
    same `family` in any case.
    """

    id: str
    unit: str
    constraints: tuple[Constraint, ...]
    title: str = ""
    framework: str | None = None
    institution: str | None = None
    size: Fraction | None = None
    divisible_step: Fraction | None = None
    report_credit_points: bool = False
    worth: Fraction | None = None
    redeems: bool = False
    family: str | None = None

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """What must be reached, in order."""
        return tuple(one for one in self.constraints if isinstance(one, Requirement))

    @property
    def caps(self) -> tuple[Cap, ...]:
        """What limits the use of lots, in order."""
        return tuple(one for one in self.constraints if isinstance(one, Cap))

    @property
    def filters(self) -> tuple[Filter, ...]:
        """What decides for each lot whether it counts, in order."""
        return tuple(one for one in self.constraints if isinstance(one, Filter))

    @property
    def levels(self) -> tuple[tuple[str, str], ...]:
        """Every level that is named, with the id of the constraint that names it."""
        named = ((one.id, getattr(one, "level", None)) for one in self.constraints)
        return tuple((name, level) for name, level in named if level is not None)

    @property
    def is_exclusive(self) -> bool:
        """Tell whether a lot that serves this award serves no other one."""
        return any(isinstance(one, ExclusiveUse) for one in self.constraints)

    def may_divide(self, lot: Lot) -> bool:
        """Tell whether a lot may be used in part."""
        return self.divisible_step is not None and not any(
            one.where.selects(lot, self.institution)
            for one in self.constraints
            if isinstance(one, WholeLotsOnly)
        )
