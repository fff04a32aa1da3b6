"""Figures that an institution publishes about its decisions, with nothing about few people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from credentials.json_types import JsonObject
from frameworks.amounts import canonical
from recognition.decision_payload import OUTCOMES, Level, Measure, Source
from recognition.oversight.recorded import RecordedDecision, nothing
from recognition.oversight.suppression import Cell, Table, withheld_cells

SMALL_CELL = 5
"""Figures about fewer people than these are withheld."""

NOT_STATED = "not stated"
SEVERAL = "several"

ALL = "all"
"""Names the totals; no dimension has this name."""

TOTAL = (ALL, ALL)
"""The row of all decisions."""

COLUMNS = (*OUTCOMES, ALL)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many decisions there are of one kind, by outcome; None is withheld."""

    name: str
    decisions: int | None
    outcomes: tuple[tuple[str, int | None], ...]

    def to_json(self) -> JsonObject:
        """Write the counts; null is withheld."""
        return {"name": self.name, "decisions": self.decisions, "outcomes": dict(self.outcomes)}


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount in its unit; None is withheld."""

    unit: str
    amount: Fraction | None

    def to_json(self) -> JsonObject:
        """Write the amount as an exact fraction; null is withheld."""
        return {
            "unit": self.unit,
            "amount": None if self.amount is None else canonical(self.amount),
        }


@dataclass(frozen=True, slots=True)
class TransparencyFigures:
    """What is published.  Credit and hours are those of grants; cost is as issuers declare it.

    `by` has the dimensions "field", "level" and "source".  Costs and subsidies are for one credit,
    their units like "NZD/nzqcf".
    """

    total: Counts
    by: tuple[tuple[str, tuple[Counts, ...]], ...]
    credits: tuple[Figure, ...]
    hours: tuple[Figure, ...]
    costs: tuple[Figure, ...]
    subsidies: tuple[Figure, ...]

    def to_json(self) -> JsonObject:
        """Write the figures with the rule by which some are withheld."""
        return {
            "withheld": f"null: about fewer than {SMALL_CELL} people, or needed to protect that",
            "total": self.total.to_json(),
            "by": {name: [counts.to_json() for counts in rows] for name, rows in self.by},
            "credits": [figure.to_json() for figure in self.credits],
            "hours": [figure.to_json() for figure in self.hours],
            "costPerCredit": [figure.to_json() for figure in self.costs],
            "subsidyPerCredit": [figure.to_json() for figure in self.subsidies],
        }


def transparency_figures(decisions: Iterable[RecordedDecision]) -> TransparencyFigures:
    """Count decisions in force by field, level, source class and outcome, and add up grants.

    Whoever publishes figures for periods that overlap lets readers compute the difference: give
    the decisions of whole periods that do not.

    Raises `RecognitionError` (NOTHING_TO_SAY) without decisions.
    """
    given = list(decisions)
    if not given:
        raise nothing("decisions to publish figures about")
    total, by = _counts(given)
    grants = [one for one in given if one.decision.outcome == "GRANT"]
    return TransparencyFigures(
        total=total,
        by=by,
        credits=_granted_credits(grants),
        hours=_hours(grants),
        costs=_per_credit(given, lambda source: source.cost),
        subsidies=_per_credit(given, lambda source: source.subsidy),
    )


def _field(one: RecordedDecision) -> str:
    return _common(source.field for source in one.decision.sources)


def _level(one: RecordedDecision) -> str:
    """Name the level that was asked for; where the target has none, that of the sources."""
    target = one.decision.target_level
    if target is not None:
        return _level_name(target)
    return _common(
        None if source.level is None else _level_name(source.level)
        for source in one.decision.sources
    )


def _source_class(one: RecordedDecision) -> str:
    return _common(source.source_class for source in one.decision.sources)


def _level_name(level: Level) -> str:
    return f"{level.framework} {level.code}"


def _common(names: Iterable[str | None]) -> str:
    """Find the one name that all sources share, so that every decision is counted once."""
    found = set(names)
    if len(found) > 1:
        return SEVERAL
    return found.pop() or NOT_STATED


DIMENSIONS: dict[str, Callable[[RecordedDecision], str]] = {
    "field": _field,
    "level": _level,
    "source": _source_class,
}
"""By what decisions are counted."""


def _counts(
    given: Sequence[RecordedDecision],
) -> tuple[Counts, tuple[tuple[str, tuple[Counts, ...]], ...]]:
    """Count, and withhold what must be; all dimensions together, as they share their totals."""
    people: dict[Cell, set[str]] = defaultdict(set)
    counts: Counter[Cell] = Counter()
    for one in given:
        for cell in _cells_of(one):
            counts[cell] += 1
            people[cell].add(one.person)
    rows = sorted({cell[:2] for cell in counts})
    table = Table(
        {(*row, column): counts[(*row, column)] for row in rows for column in COLUMNS},
        tuple(_sums(rows)),
    )
    hidden = withheld_cells(table, _small(rows, people), threshold=SMALL_CELL)
    told = {row: _read_row(table, hidden, row) for row in rows}
    by = {name: tuple(told[row] for row in rows if row[0] == name) for name in DIMENSIONS}
    return told[TOTAL], tuple(by.items())


def _cells_of(one: RecordedDecision) -> list[Cell]:
    """Name the cells in which a decision is counted."""
    rows = [TOTAL, *((name, kind(one)) for name, kind in DIMENSIONS.items())]
    return [(*row, column) for row in rows for column in (one.decision.outcome, ALL)]


def _sums(rows: Sequence[Cell]) -> Iterator[tuple[Cell, tuple[Cell, ...]]]:
    """Tell which cells are totals of which: outcomes of their row, rows of their dimension."""
    for row in rows:
        yield (*row, ALL), tuple((*row, outcome) for outcome in OUTCOMES)
    for name in DIMENSIONS:
        for column in COLUMNS:
            yield (*TOTAL, column), tuple((*row, column) for row in rows if row[0] == name)


def _small(rows: Sequence[Cell], people: Mapping[Cell, set[str]]) -> frozenset[Cell]:
    """Find the cells about few people, and whole rows that are.

    Beside a small total even a zero tells something about everybody in the row.
    """
    small = {cell for cell, found in people.items() if len(found) < SMALL_CELL}
    whole = {(*row, column) for row in rows if (*row, ALL) in small for column in COLUMNS}
    return frozenset(small | whole)


def _shown(table: Table, hidden: frozenset[Cell], cell: Cell) -> int | None:
    return None if cell in hidden else table.counts[cell]


def _read_row(table: Table, hidden: frozenset[Cell], row: Cell) -> Counts:
    outcomes = tuple((name, _shown(table, hidden, (*row, name))) for name in OUTCOMES)
    return Counts(row[1], _shown(table, hidden, (*row, ALL)), outcomes)


def _granted_credits(grants: Sequence[RecordedDecision]) -> tuple[Figure, ...]:
    amounts = [
        (one.decision.granted.unit, one.person, one.decision.granted.amount)
        for one in grants
        if one.decision.granted is not None
    ]
    return _figures(amounts)


def _hours(grants: Sequence[RecordedDecision]) -> tuple[Figure, ...]:
    amounts = [
        ("hour", one.person, source.hours)
        for one in grants
        for source in one.decision.sources
        if source.hours is not None
    ]
    return _figures(amounts)


def _figures(amounts: Iterable[tuple[str, str, Fraction]]) -> tuple[Figure, ...]:
    """Add up amounts by unit, each with the person that it is about."""
    sums: dict[str, Fraction] = defaultdict(Fraction)
    people: dict[str, set[str]] = defaultdict(set)
    for unit, person, amount in amounts:
        sums[unit] += amount
        people[unit].add(person)
    return tuple(
        Figure(unit, None if len(people[unit]) < SMALL_CELL else sums[unit])
        for unit in sorted(sums)
    )


def _per_credit(
    given: Sequence[RecordedDecision], declared: Callable[[Source], Measure | None]
) -> tuple[Figure, ...]:
    """Divide what is declared by the credits that it is for, of each source once."""
    prices, amounts, seen = [], [], set()
    for one in given:
        for source in one.decision.sources:
            price, credit = declared(source), _worth(one, source)
            if price is None or credit is None or not credit.amount or source.digest in seen:
                continue
            seen.add(source.digest)
            unit = f"{price.unit}/{credit.unit}"
            prices.append((unit, one.person, price.amount))
            amounts.append((unit, one.person, credit.amount))
    return tuple(
        Figure(price.unit, _quotient(price.amount, credit.amount))
        for price, credit in zip(_figures(prices), _figures(amounts), strict=True)
    )


def _worth(one: RecordedDecision, source: Source) -> Measure | None:
    """Find the credits of a source; those of a single one without credit were established."""
    if source.credits is not None or len(one.decision.sources) > 1:
        return source.credits
    return one.decision.credits


def _quotient(price: Fraction | None, credit: Fraction | None) -> Fraction | None:
    return None if price is None or credit is None else price / credit
