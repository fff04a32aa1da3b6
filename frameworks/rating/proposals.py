"""From outcomes to a level, and from hours to credits, each with the rule that decided."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from credentials.level_credit.claims import decimal_text
from frameworks.amounts import Interval, Rounding, RoundingMode
from frameworks.credit_units import CONTACT
from frameworks.levels import Ladder
from frameworks.rating.course import Course, Outcome
from frameworks.rating.findings import RatingFinding
from frameworks.rating.framework_rules import FrameworkRules
from frameworks.register.rows import UnitRow

BEST_FIT = "best-fit"
"""Name of the rule that proposes a level."""

LARGEST_SPREAD = 2
"""How many ranks may lie between the lowest and the highest outcome before a person must look."""

DEFAULT_ROUNDING = RoundingMode.FLOOR
"""How credits are rounded where the register states nothing: down, which gives no credit away."""


@dataclass(frozen=True, slots=True)
class ProposedLevel:
    """A level, its URI, the rule that decided, and why in words."""

    code: str
    uri: str | None
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class ProposedCredits:
    """Credits with their unit (id and token), what they were before rounding, and why in words.

    `rounding` is None if the unit has no step; `rounding_is_stated` tells whether the register
    states the mode, or the default was taken.
    """

    amount: Fraction
    unit: str
    token: str
    exact: Interval
    rounding: Rounding | None
    rounding_is_stated: bool
    why: str


def propose_level(
    course: Course, rules: FrameworkRules
) -> tuple[ProposedLevel | None, tuple[RatingFinding, ...]]:
    """Propose the level that fits the outcomes best.

    "best-fit" is the highest level such that at least half of the outcomes are at or above it.
    Outcomes are weighed by their hours if all of them state hours (and not only zeros), else
    they count the same.  Levels are compared by rank alone; of two codes with one rank the later
    in the order of the ladder is named.  Without outcomes, or with a level that the framework
    does not have, nothing is proposed.
    """
    ladder = rules.ladder
    if not course.outcomes:
        return None, (_OUTCOMES_MISSING, *_declared_unknown(course, ladder))
    unknown = tuple(
        dict.fromkeys(one.level for one in course.outcomes if one.level not in _codes(ladder))
    )
    if unknown:
        found = tuple(_level_unknown(code, "an outcome", ladder) for code in unknown)
        return None, (*found, *_declared_unknown(course, ladder))
    proposed = _best_fit(course.outcomes, ladder)
    findings = (
        *_spread(course.outcomes, ladder),
        *_declared_unknown(course, ladder),
        *_declared_level(course, proposed, ladder),
    )
    return proposed, findings


def _codes(ladder: Ladder) -> frozenset[str]:
    return frozenset(ladder.levels)


def _best_fit(outcomes: tuple[Outcome, ...], ladder: Ladder) -> ProposedLevel:
    weights, is_weighed = _weights(outcomes)
    total = sum(weights, Fraction(0))
    shares = []
    for code in reversed(ladder.in_order(frozenset(one.level for one in outcomes))):
        rank = ladder.levels[code].rank
        at_or_above = (
            weight
            for weight, one in zip(weights, outcomes, strict=True)
            if ladder.levels[one.level].rank >= rank
        )
        shares.append((code, sum(at_or_above, Fraction(0))))
        if 2 * shares[-1][1] >= total:
            break
    code = shares[-1][0]
    why = _why_level(shares, total, is_weighed=is_weighed)
    return ProposedLevel(code, ladder.levels[code].uri, BEST_FIT, why)


def _weights(outcomes: tuple[Outcome, ...]) -> tuple[tuple[Fraction, ...], bool]:
    stated = tuple(one.hours for one in outcomes if one.hours is not None)
    if len(stated) == len(outcomes) and any(stated):
        return stated, True
    return (Fraction(1),) * len(outcomes), False


def _why_level(shares: list[tuple[str, Fraction]], total: Fraction, *, is_weighed: bool) -> str:
    """Explain the last of the shares, which decided; those before it are of higher levels."""
    code, reached = shares[-1]
    unit = "hours of outcomes" if is_weighed else "outcomes"
    why = f"{_text(reached)} of {_text(total)} {unit} are at level {code} or above"
    why += ", which is at least half."
    if len(shares) > 1:
        higher, too_few = shares[-2]
        why += f" At level {higher} or above there are {_text(too_few)}."
    if not is_weighed:
        why += " Outcomes count the same, since not all of them state hours."
    return why


def _text(amount: Fraction) -> str:
    return decimal_text(amount) or "0"


_OUTCOMES_MISSING = RatingFinding(
    "OUTCOMES_MISSING",
    certain=True,
    message="The course states no learning outcomes, so no level can be proposed.",
    what_to_do="State what learners can do afterwards, each with a level: [[outcomes]].",
)


def _level_unknown(code: str, where: str, ladder: Ladder) -> RatingFinding:
    known = ", ".join(ladder.in_order(_codes(ladder))) or "none"
    return RatingFinding(
        "LEVEL_UNKNOWN",
        certain=True,
        message=f"The framework has no level {code}, which {where} claims.",
        what_to_do=f"Use one of its levels: {known}.",
    )


def _declared_unknown(course: Course, ladder: Ladder) -> tuple[RatingFinding, ...]:
    if course.level is None or course.level in _codes(ladder):
        return ()
    return (_level_unknown(course.level, "the course", ladder),)


def _spread(outcomes: tuple[Outcome, ...], ladder: Ladder) -> tuple[RatingFinding, ...]:
    in_order = ladder.in_order(frozenset(one.level for one in outcomes))
    low, high = in_order[0], in_order[-1]
    if ladder.levels[high].rank - ladder.levels[low].rank <= LARGEST_SPREAD:
        return ()
    finding = RatingFinding(
        "LEVEL_SPREAD",
        certain=False,
        message=f"The outcomes spread from level {low} to level {high}.",
        what_to_do="Look whether this is one course, and whether one level describes it.",
    )
    return (finding,)


def _declared_level(
    course: Course, proposed: ProposedLevel, ladder: Ladder
) -> tuple[RatingFinding, ...]:
    declared = ladder.levels.get(course.level or "")
    if declared is None or declared.code == proposed.code:
        return ()
    ranks = [ladder.levels[one.level].rank for one in course.outcomes]
    finding = RatingFinding(
        "LEVEL_DIFFERS_FROM_OUTCOMES",
        certain=not min(ranks) <= declared.rank <= max(ranks),
        message=f"The course declares level {declared.code}; its outcomes fit {proposed.code}.",
        what_to_do="Correct the declared level or the outcomes, or have the approver set it.",
    )
    return (finding,)


def propose_credits(
    course: Course, rules: FrameworkRules
) -> tuple[ProposedCredits | None, tuple[RatingFinding, ...]]:
    """Propose credits: hours divided by the hours per credit, rounded once as the unit says.

    Where an interval of hours stands behind a credit, the exact value is an interval too, and its
    lower end is proposed: the other end would give credit away.  More hours never give fewer
    credits.
    """
    unit, hours = rules.unit, course.hours.total
    if unit is None:
        return None, (_not_computable("the framework has no unit of credit in the register"),)
    if unit.hours_low is None or unit.hours_high is None:
        return None, (_not_computable(f"no hours stand behind one credit of the unit {unit.id}"),)
    if unit.basis == CONTACT:
        return None, (_not_computable(f"the unit {unit.id} counts hours of contact alone"),)
    if hours is None:
        return None, (_HOURS_UNKNOWN,)
    each = Interval(unit.hours_low, unit.hours_high)
    exact = Interval(hours / each.high, hours / each.low)
    rounding = rounding_of(unit)
    amount = exact.low if rounding is None else rounding.apply(exact.low)
    proposed = ProposedCredits(
        amount=amount,
        unit=unit.id,
        token=unit.token,
        exact=exact,
        rounding=rounding,
        rounding_is_stated=unit.rounding is not None,
        why=_why_credits(hours, each, unit, exact, rounding),
    )
    return proposed, ()


def rounding_of(unit: UnitRow) -> Rounding | None:
    """Read how a unit's credits are rounded; None if it has no step."""
    if unit.step is None:
        return None
    return Rounding(unit.step, RoundingMode(unit.rounding or DEFAULT_ROUNDING))


_WAYS = {
    RoundingMode.FLOOR: "down",
    RoundingMode.CEILING: "up",
    RoundingMode.HALF_UP: "to the nearest, halves up,",
    RoundingMode.HALF_EVEN: "to the nearest, halves to the even one,",
}


def _why_credits(
    hours: Fraction, each: Interval, unit: UnitRow, exact: Interval, rounding: Rounding | None
) -> str:
    source = f"({unit.provenance.status}, source {unit.provenance.source})"
    why = f"{_text(hours)} hours at {_range(each)} hours per credit {source}"
    why += f" are {_range(exact)} credits."
    if exact.number is None:
        why += " The lower end counts, so that no credit is given away."
    if rounding is None:
        return f"{why} They are not rounded, since the unit has no step."
    why += f" They are rounded {_WAYS[rounding.mode]} to a multiple of {_text(rounding.step)}"
    return why + (", as the register says." if unit.rounding else ", since no mode is stated.")


def _range(amounts: Interval) -> str:
    if amounts.number is not None:
        return _text(amounts.number)
    return f"{_text(amounts.low)} to {_text(amounts.high)}"


_HOURS_UNKNOWN = RatingFinding(
    "HOURS_UNKNOWN",
    certain=False,
    message="The course states no hours, so no credits can be computed.",
    what_to_do="State the hours of learning by kind: [hours].",
)


def _not_computable(why: str) -> RatingFinding:
    return RatingFinding(
        "CREDITS_NOT_COMPUTABLE",
        certain=False,
        message=f"Credits cannot be computed from hours: {why}.",
        what_to_do="Have the approver set the credits, if the framework gives any.",
    )
