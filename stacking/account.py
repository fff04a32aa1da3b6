"""An account of a plan: everything that is told about it, ready to be written, listed or drawn.

Words, table and picture are made of one account, so they cannot say different things.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from frameworks.amounts import Decision, Interval
from frameworks.levels import Ladder
from stacking.award_rules import CountBack, Requirement
from stacking.lots import Lot, NotALot
from stacking.measures import ZERO, Bounds, Measure, bounds_of, used_amount
from stacking.plain_words import amount_text, counted_text, plain
from stacking.planning import Outcome, StackPlan
from stacking.rule_words import asked, conditions_of, noun_of
from stacking.texts import ENGLISH, Reason, Texts
from stacking.wallet import EligibleLot, Exclusion

MARKS = "ABCDEFGH"
"""One letter for each institution that is shown by itself; the last is shared by all others."""

NOTHING = Interval.of(ZERO)


@dataclass(frozen=True, slots=True)
class Telling:
    """What a plan is told with: names by id, the ladder that orders levels, the language.

    What has no name is told by its id.  Lots and institutions name themselves, so their names are
    kept apart: nobody names another's.  `names` are those of units and frameworks, `left_out` the
    credentials that gave no lot at all.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    lots: Mapping[str, str] = field(default_factory=dict)
    institutions: Mapping[str, str] = field(default_factory=dict)
    ladder: Ladder | None = None
    left_out: tuple[NotALot, ...] = ()
    texts: Texts = ENGLISH

    def name(self, identifier: str) -> str:
        """Name a unit, a framework or an award."""
        return self._name(identifier, self.names)

    def lot(self, identifier: str) -> str:
        """Name a lot, or a credential that gave none."""
        return self._name(identifier, self.lots)

    def institution(self, identifier: str) -> str:
        """Name an institution."""
        return self._name(identifier, self.institutions)

    def _name(self, identifier: str, names: Mapping[str, str]) -> str:
        """Name something for people, harmless and short."""
        shown = plain(names.get(identifier, "")) or plain(identifier)
        return shown or self.texts.phrases["no_name"]


@dataclass(frozen=True, slots=True)
class LotTold:
    """A lot that counts: `mark` (in plans "B3": institution B, third lot), name, amount used."""

    mark: str
    name: str
    used: Interval
    amount: str
    level: str
    source: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A requirement or cap: what it asks, what is there, what is missing or too much."""

    decision: Decision
    asks: str
    noun: str
    bounds: Bounds
    total: Interval
    missing: Interval
    excess: Interval
    parts: tuple[tuple[LotTold, Interval], ...]
    state: str
    counted: str
    lacking: str


@dataclass(frozen=True, slots=True)
class Share:
    """Credits of one level, or of one institution, which has a letter and an id.

    `parts` are what each letter adds.
    """

    name: str
    total: Interval
    amount: str
    parts: tuple[tuple[str, Interval], ...]
    mark: str = ""
    id: str = ""

    @property
    def full_name(self) -> str:
        """The name, with the id if that is another: a name is only what somebody calls itself."""
        return self.name if self.id in ("", self.name) else f"{self.name} ({self.id})"


@dataclass(frozen=True, slots=True)
class Dismissed:
    """What does not count, with the code, the reason and the advice of each reason."""

    name: str
    reasons: tuple[tuple[str, Reason], ...]


Entry = Asked | str | Share | LotTold | Dismissed
"""An entry of a section; a condition is a sentence."""


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that is told about a plan."""

    title: str
    outcome: Outcome
    headline: str
    summary: str
    notes: tuple[str, ...]
    asked: tuple[Asked, ...]
    conditions: tuple[str, ...]
    levels: tuple[Share, ...]
    institutions: tuple[Share, ...]
    used: tuple[LotTold, ...]
    unused: tuple[LotTold, ...]
    dismissed: tuple[Dismissed, ...]
    texts: Texts

    @property
    def sections(self) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
        """All lists with the names of their headings, in the order in which they are told.

        That nothing is asked or used is told; other lists that are empty are left out.
        """
        every: tuple[tuple[str, tuple[Entry, ...]], ...] = (
            ("asked", self.asked),
            ("conditions", self.conditions),
            ("by_level", self.levels),
            ("by_institution", self.institutions),
            ("used", self.used),
            ("unused", self.unused),
            ("excluded", self.dismissed),
        )
        return tuple(one for one in every if one[1] or one[0] in ("asked", "used"))


def account_of(plan: StackPlan, telling: Telling) -> Account:
    """Gather what is told about a plan; nothing is left out of an account."""
    texts, rule = telling.texts, plan.rule
    used = [item for item in plan.eligible if item.lot.id in plan.use]
    unused = [item for item in plan.eligible if item.lot.id not in plan.use]
    letters = _letters(used, plan)
    told = {
        item.lot.id: _lot(item, plan, telling, f"{letters[item.lot.institution]}{number}")
        for number, item in enumerate(used, 1)
    }
    return Account(
        title=plain(rule.title) or telling.name(rule.id),
        outcome=plan.outcome,
        headline=texts.headlines[plan.outcome],
        summary=texts.summaries[plan.outcome],
        notes=tuple(_notes(plan, telling)),
        asked=tuple(_asked(one, told, texts) for one in plan.measures),
        conditions=tuple(asked(one, texts) for one in conditions_of(rule)),
        levels=_by_level(used, told, telling),
        institutions=_by_institution(used, told, letters, telling),
        used=tuple(told.values()),
        unused=tuple(_lot(item, plan, telling, "") for item in unused),
        dismissed=(
            *(_dismissed(one, plan, telling) for one in plan.excluded),
            *(_left_out(one, telling) for one in telling.left_out),
        ),
        texts=texts,
    )


def _notes(plan: StackPlan, telling: Telling) -> Iterator[str]:
    phrases = telling.texts.phrases
    yield phrases["units"].format(unit=telling.name(plan.rule.unit))
    if plan.rule.framework is not None:
        yield phrases["framework"].format(framework=telling.name(plan.rule.framework))
    if plan.award_level is not None:
        yield phrases["award_level"].format(level=plain(plan.award_level))
    elif any(isinstance(one, CountBack) for one in plan.rule.constraints):
        yield phrases["award_level_open"]
    if plan.credit_points is not None:
        points = amount_text(plan.credit_points, telling.texts)
        yield phrases["credit_points"].format(amount=points)
    if not plan.is_exhaustive:
        yield phrases["not_exhaustive"]


def _letters(used: list[EligibleLot], plan: StackPlan) -> dict[str | None, str]:
    """Give each institution its letter, the one with most credits first."""
    totals: dict[str | None, Fraction] = {}
    for item in used:
        amount = used_amount(item, plan.use[item.lot.id]).high
        totals[item.lot.institution] = totals.get(item.lot.institution, ZERO) + amount
    ordered = sorted(totals, key=lambda name: -totals[name])
    # If there are more than letters, the last letter is for all the others together.
    return {name: MARKS[min(place, len(MARKS) - 1)] for place, name in enumerate(ordered)}


def _lot(item: EligibleLot, plan: StackPlan, telling: Telling, mark: str) -> LotTold:
    used = used_amount(item, plan.use.get(item.lot.id))
    texts = telling.texts
    amount = counted_text(item.amount, "credit", texts)
    if used != item.amount:
        part = counted_text(used, "credit", texts)
        amount = texts.phrases["part"].format(used=part, amount=amount)
    return LotTold(
        mark=mark,
        name=telling.lot(item.lot.id),
        used=used,
        amount=amount,
        level=_level(item.levels, texts),
        source=_institution(item.lot.institution, telling, "from"),
    )


def _level(levels: tuple[str, ...], texts: Texts) -> str:
    if not levels:
        return texts.phrases["level_unknown"]
    if len(levels) == 1:
        return texts.phrases["level"].format(level=plain(levels[0]))
    joined = texts.phrases["level_or"].join(map(plain, levels))
    return texts.phrases["levels"].format(levels=joined)


def _institution(identifier: str | None, telling: Telling, phrase: str = "institution") -> str:
    phrases = telling.texts.phrases
    if identifier is None:
        return phrases["no_institution"]
    return phrases[phrase].format(institution=telling.institution(identifier))


def _asked(one: Measure, told: Mapping[str, LotTold], texts: Texts) -> Asked:
    bounds, total, noun = bounds_of(one.constraint), one.total, noun_of(one.constraint)
    is_required = isinstance(one.constraint, Requirement)
    missing = bounds.shortfall(total) if is_required else NOTHING
    excess = NOTHING
    if bounds.most is not None:
        excess = Interval(max(ZERO, total.low - bounds.most), max(ZERO, total.high - bounds.most))
    lots = counted_text(Interval.of(Fraction(len(one.lots))), "lot", texts)
    phrase = "counted_from" if one.lots else "counted"
    counted = counted_text(total, noun, texts)
    lacking = (
        _lacking("missing", missing, noun, texts),
        _lacking("too_much", excess, noun, texts),
    )
    return Asked(
        decision=one.decision,
        asks=asked(one.constraint, texts),
        noun=noun,
        bounds=bounds,
        total=total,
        missing=missing,
        excess=excess,
        parts=tuple((told[lot], part) for lot, part in zip(one.lots, one.parts, strict=True)),
        state=texts.decisions[one.decision],
        counted=texts.phrases[phrase].format(amount=counted, lots=lots),
        lacking=". ".join(filter(None, lacking)),
    )


def _lacking(phrase: str, amount: Interval, noun: str, texts: Texts) -> str:
    """Say what is missing, or what is too much; "" if it certainly is nothing."""
    if amount.high == 0:
        return ""
    if amount.low == 0:
        most = counted_text(Interval.of(amount.high), noun, texts)
        return texts.phrases[f"perhaps_{phrase}"].format(amount=most)
    return texts.phrases[phrase].format(amount=counted_text(amount, noun, texts))


def _by_level(
    used: list[EligibleLot], told: Mapping[str, LotTold], telling: Telling
) -> tuple[Share, ...]:
    """Add up by level, the lowest first; ranges after levels, and what is not known last."""
    groups: dict[tuple[str, ...], list[LotTold]] = {}
    for item in used:
        groups.setdefault(item.levels, []).append(told[item.lot.id])

    def order(levels: tuple[str, ...]) -> tuple[bool, bool, list[tuple[int, int, str]]]:
        return not levels, len(levels) > 1, [_place(code, telling.ladder) for code in levels]

    return tuple(
        _share(_level(levels, telling.texts), groups[levels], telling.texts)
        for levels in sorted(groups, key=order)
    )


def _place(code: str, ladder: Ladder | None) -> tuple[int, int, str]:
    """Place a level by its rank; without a ladder shorter codes come first, as "9" before "10"."""
    rank = None if ladder is None else ladder.rank(code)
    return (0, rank, code) if rank is not None else (1, len(code), code)


def _by_institution(
    used: list[EligibleLot],
    told: Mapping[str, LotTold],
    letters: Mapping[str | None, str],
    telling: Telling,
) -> tuple[Share, ...]:
    groups: dict[str | None, list[LotTold]] = {name: [] for name in letters}
    for item in used:
        groups[item.lot.institution].append(told[item.lot.id])
    shares = (
        (name, _share(_institution(name, telling), lots, telling.texts))
        for name, lots in groups.items()
    )
    return tuple(replace(share, mark=letters[name], id=plain(name or "")) for name, share in shares)


def _share(name: str, lots: Iterable[LotTold], texts: Texts) -> Share:
    parts: dict[str, Interval] = {}
    for lot in lots:
        letter = lot.mark[0]
        parts[letter] = parts.get(letter, NOTHING) + lot.used
    total = sum(parts.values(), NOTHING)
    return Share(name, total, counted_text(total, "credit", texts), tuple(sorted(parts.items())))


def _dismissed(one: Exclusion, plan: StackPlan, telling: Telling) -> Dismissed:
    facts = _facts(one.lot, plan, telling)
    reasons = tuple((code, reason_in_words(code, telling.texts, facts)) for code in one.reasons)
    return Dismissed(telling.lot(one.lot.id), reasons)


def _left_out(one: NotALot, telling: Telling) -> Dismissed:
    reason = reason_in_words(one.reason, telling.texts, {})
    return Dismissed(telling.lot(one.credential), ((plain(one.reason), reason),))


FACTS = ("unit", "target", "awarded", "grade", "assurance", "level")
"""What a reason may name."""


def reason_in_words(code: str, texts: Texts, facts: Mapping[str, str]) -> Reason:
    """Explain a reason by its code, with the facts that it names."""
    found = texts.reasons.get(code, texts.unverified)
    stated = {name: facts.get(name) or texts.phrases["not_stated"] for name in FACTS}
    return Reason(found.why.format(**stated), found.advice.format(**stated))


def _facts(lot: Lot, plan: StackPlan, telling: Telling) -> dict[str, str]:
    return {
        "unit": telling.name(lot.unit),
        "target": telling.name(plan.rule.unit),
        "awarded": "" if lot.awarded is None else lot.awarded.isoformat(),
        "grade": plain(lot.grade or ""),
        "assurance": plain(lot.assurance or ""),
        "level": _stated_level(lot, telling),
    }


def _stated_level(lot: Lot, telling: Telling) -> str:
    if lot.level is None:
        return ""
    return f"{plain(lot.level.code)}, {telling.name(lot.level.framework)}"
