"""Brute force over every plan: what stacking must answer, by the letter of its specification.

Nothing here is shared with the planner.  Units, conversions and levels are read with the functions
of `frameworks`; which lots count, which plans there are and which of them is best is written
anew: slowly, and without any cleverness that could be wrong in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

from frameworks.amounts import canonical, parse_amount
from frameworks.cases import parsing
from frameworks.conversions import Credit, NotConvertible, convert
from frameworks.dates import is_recent, parse_date
from frameworks.level_maps import MapOutcome, MapPolicy, read_level
from frameworks.levels import Level

Row = dict[str, Any]
Ends = tuple[Fraction, Fraction]

ZERO = Fraction(0)
NOTHING: Ends = (ZERO, ZERO)
REQUIREMENTS = (
    "sum",
    "min_at_level",
    "min_at_or_above_level",
    "min_in_category",
    "mandatory",
    "one_of",
    "residency_min_share",
    "residency_min_amount",
    "level_by_count_back",
)
COMPONENTS = ("mandatory", "one_of")
CAPS = ("share_max", "amount_max")
FILTERS = ("max_age", "min_grade", "min_assurance", "min_level")
AWARD, REFER, NOT_YET = range(3)
OUTCOMES = ("AWARD", "REFER", "NOT_YET")


@dataclass(frozen=True)
class Use:
    """One way to use a lot: how much of it, and whether that is all of it."""

    ends: Ends
    is_whole: bool


@dataclass(frozen=True)
class Piece:
    """An eligible lot: its place in the wallet, its amount in the award's unit, its levels."""

    place: int
    row: Row
    ends: Ends
    levels: tuple[str, ...]

    @property
    def is_exact(self) -> bool:
        return self.ends[0] == self.ends[1]


@dataclass(frozen=True)
class Choice:
    """A lot with one way to use it (None: not at all), and what that adds to which sum."""

    piece: Piece
    use: Use | None
    adds: dict[str, Ends]


@dataclass(frozen=True)
class Plan:
    """A possible plan: which lots it uses, its outcome, and what 4.3 compares."""

    used: frozenset[int]
    outcome: int
    shortfalls: tuple[Ends, ...]
    sums: tuple[Ends, ...]
    caps: tuple[Ends, ...]

    @property
    def order(self) -> tuple[Any, ...]:
        """The best plan comes first."""
        return (
            self.outcome,
            [(upper, lower) for lower, upper in self.shortfalls],
            [(-lower, -upper) for lower, upper in self.sums],
            list(self.caps),
        )


class Wallet:
    """The lots of a case and who is kin with whom."""

    def __init__(self, given: Row) -> None:
        self.rows: list[Row] = given["lots"]
        self.ledger: list[Row] = given.get("ledger", [])
        self.by_id = {row["id"]: row for row in self.rows}
        self.lines = [self._line(row) for row in self.rows]
        self.carries = [parse_amount(row["amount"]) > 0 for row in self.rows]

    def _line(self, row: Row) -> list[str]:
        """Name all ancestors of a lot; the last one may be outside the wallet."""
        found: list[str] = []
        above = row.get("parent")
        while above is not None and above not in found:
            found.append(above)
            above = self.by_id.get(above, {}).get("parent")
        return found

    def are_kin(self, one: int, other: int) -> bool:
        if one == other or not (self.carries[one] and self.carries[other]):
            return False
        one_id, other_id = self.rows[one]["id"], self.rows[other]["id"]
        return one_id in self.lines[other] or other_id in self.lines[one]

    def hits(self, entry: Row, place: int) -> bool:
        """Tell whether an earlier use is one of this lot or of its kin."""
        if self._is_of(entry, self.rows[place]):
            return True
        if any(
            self.are_kin(place, other) and self._is_of(entry, row)
            for other, row in enumerate(self.rows)
        ):
            return True
        outside = [name for name in self.lines[place] if name not in self.by_id]
        return self.carries[place] and entry.get("lot") in outside

    @staticmethod
    def _is_of(entry: Row, row: Row) -> bool:
        by_id = "lot" in entry and entry["lot"] == row["id"]
        by_digest = "digest" in entry and entry["digest"] == row.get("digest")
        return by_id or by_digest


class Case:
    """One award over one wallet."""

    def __init__(self, given: Row, award: Row, wallet: Wallet | None = None) -> None:
        self.given, self.award = given, award
        self.wallet = wallet or Wallet(given)
        overlays = award.get("overlays", [])
        self.constraints: list[Row] = [*award["constraints"]]
        self.constraints += [one for overlay in overlays for one in overlay["constraints"]]
        self.requirements = [one for one in self.constraints if one["type"] in REQUIREMENTS]
        self.caps = [one for one in self.constraints if one["type"] in CAPS]
        self.bounded = [*self.requirements, *self.caps]
        self.least = {one["id"]: self._least(one) for one in self.requirements}
        most = {one["id"]: self._most(one) for one in self.bounded}
        self.most = {name: bound for name, bound in most.items() if bound is not None}
        self.is_exclusive = any(one["type"] == "exclusive_use" for one in self.constraints)
        self.ladders = parsing.ladders(given)
        self.units = parsing.units(given)
        self.conversions = [parsing.conversion(row) for row in given.get("conversions", [])]
        self.rounding = parsing.rounding(given.get("rounding"))
        self.maps = tuple(parsing.level_map(row) for row in given.get("maps", []))
        policy = given.get("map_policy")
        self.map_policy = MapPolicy(frozenset()) if policy is None else parsing.map_policy(policy)
        self.excluded: list[Row] = []
        self.eligible: list[Piece] = []
        for place, row in enumerate(self.wallet.rows):
            self._admit(place, row)
        self.level = self._award_level()

    # 4.2 From wallet to eligible lots

    def _admit(self, place: int, row: Row) -> None:
        levels = self._levels(row)
        reasons = [*self._duplicate(place, row), *self._earlier_uses(place)]
        for one in self.constraints:
            if one["type"] in FILTERS and self.selects(one.get("where", {}), row):
                reasons += self._filter(one, row, levels)
        ends, refusal = self._converted(row)
        reasons += refusal
        if reasons:
            self.excluded.append({"lot": row["id"], "reasons": list(dict.fromkeys(reasons))})
        else:
            self.eligible.append(Piece(place, row, ends, levels))

    def _duplicate(self, place: int, row: Row) -> list[str]:
        digest = row.get("digest")
        earlier = [one.get("digest") for one in self.wallet.rows[:place]]
        return ["DUPLICATE_DIGEST"] if digest is not None and digest in earlier else []

    def _earlier_uses(self, place: int) -> Iterator[str]:
        for entry in self.wallet.ledger:
            if entry["award"] == self.award["id"] or not self.wallet.hits(entry, place):
                continue
            if entry["spent"]:
                yield "LOT_REDEEMED"
            elif self.is_exclusive:
                yield "LOT_IN_USE"

    def _filter(self, one: Row, row: Row, levels: tuple[str, ...]) -> list[str]:
        if one["type"] == "max_age":
            return self._age(one, row)
        if one["type"] == "min_level":
            bound = self._rank(one["level"])
            below = [self._rank(level) < bound for level in levels]
            if not below or (any(below) and not all(below)):
                return ["LEVEL_INDETERMINATE"]
            return ["LEVEL_BELOW_MIN"] if all(below) else []
        name = "grade" if one["type"] == "min_grade" else "assurance"
        scale, value = one["scale"], row.get(name)
        if value not in scale:
            return [f"{name.upper()}_UNKNOWN"]
        return [f"{name.upper()}_BELOW_MIN"] if scale.index(value) < scale.index(one["min"]) else []

    @staticmethod
    def _age(one: Row, row: Row) -> list[str]:
        if row.get("awarded") is None:
            return ["DATE_UNKNOWN"]
        awarded, reference = parse_date(row["awarded"]), parse_date(one["reference_date"])
        return [] if is_recent(awarded, reference, one["years"], one["boundary"]) else ["TOO_OLD"]

    def _converted(self, row: Row) -> tuple[Ends, list[str]]:
        unit = self.award["unit"]
        amount = parse_amount(row["amount"])
        credit = Credit(amount, row["unit"], row.get("already_converted", False))
        try:
            exact = convert(credit, unit, self.conversions, self.units).exact
        except NotConvertible as refusal:
            return NOTHING, [refusal.code]
        if row["unit"] != unit and self.rounding is not None:
            exact = self.rounding.apply_to(exact)
        return (exact.low, exact.high), []

    def _levels(self, row: Row) -> tuple[str, ...]:
        """Name the levels that a lot may have, none if its level is unknown."""
        level, framework = row.get("level"), self.award.get("framework")
        if level is None or framework is None:
            return ()
        reading = read_level(
            Level(level["framework"], level["code"]),
            framework,
            self.maps,
            self.map_policy,
            self.ladders,
        )
        if reading.outcome is MapOutcome.INDETERMINATE:
            return ()
        return reading.levels

    def _rank(self, code: str) -> int:
        return self.ladders[self.award["framework"]].levels[code].rank

    def selects(self, where: Row, row: Row) -> bool:
        if "source_class" in where and _source_class(row) not in where["source_class"]:
            return False
        if "category" in where and where["category"] not in row.get("categories", []):
            return False
        if "institution" in where:
            return self._is_own(row) is (where["institution"] == "awarding")
        return True

    def _is_own(self, row: Row) -> bool:
        institution = row.get("institution")
        return institution is not None and institution == self.award.get("institution")

    # 4.3 Plans

    def uses(self, piece: Piece) -> list[Use | None]:
        """List all ways to use a lot; None means not at all."""
        found: list[Use | None] = [None, Use(piece.ends, is_whole=True)]
        is_bound = any(
            one["type"] == "whole_lots_only" and self.selects(one.get("where", {}), piece.row)
            for one in self.constraints
        )
        if "divisible_step" in self.award and piece.is_exact and not is_bound:
            step = parse_amount(self.award["divisible_step"])
            part = step
            while part < piece.ends[0]:
                found.append(Use((part, part), is_whole=False))
                part += step
        return found

    def plans(self) -> Iterator[Plan]:
        """Yield every possible plan."""
        yield from self._plans([], [self.choices(piece) for piece in self.eligible])

    def choices(self, piece: Piece) -> list[Choice]:
        """List all ways to use a lot, each with what it adds to every sum."""
        summed = [one for one in (*self.requirements, *self.caps) if one["type"] not in COMPONENTS]
        found = []
        for use in self.uses(piece):
            adds = {} if use is None else {one["id"]: self._adds(one, piece, use) for one in summed}
            found.append(Choice(piece, use, {name: ends for name, ends in adds.items() if ends[1]}))
        return found

    def _plans(self, taken: list[Choice], turns: list[list[Choice]]) -> Iterator[Plan]:
        if not turns:
            plan = self._judge(taken)
            if plan is not None:
                yield plan
            return
        for choice in turns[0]:
            if choice.use is None:
                yield from self._plans(taken, turns[1:])
            elif not any(
                self.wallet.are_kin(choice.piece.place, other.piece.place) for other in taken
            ):
                yield from self._plans([*taken, choice], turns[1:])

    def _adds(self, one: Row, piece: Piece, use: Use) -> Ends:
        """Tell what the use of a lot adds to the sum of a requirement or cap."""
        kind, row = one["type"], piece.row
        if kind in CAPS:
            return use.ends if self.selects(one["where"], row) else NOTHING
        if kind in ("residency_min_share", "residency_min_amount"):
            is_of_class = _source_class(row) in one.get("source_class", [_source_class(row)])
            return use.ends if self._is_own(row) and is_of_class else NOTHING
        if kind == "min_in_category" and one["category"] not in row.get("categories", []):
            return NOTHING
        return self._at_level(one, piece, use) if "level" in one else use.ends

    def _at_level(self, one: Row, piece: Piece, use: Use) -> Ends:
        bound = self._rank(one["level"])
        is_open = one["type"] == "min_at_or_above_level"
        fits = [
            self._rank(level) >= bound if is_open else self._rank(level) == bound
            for level in piece.levels
        ]
        if fits and not any(fits):
            return NOTHING
        return (use.ends[0] if fits and all(fits) else ZERO, use.ends[1])

    def _judge(self, taken: list[Choice]) -> Plan | None:
        """Judge a plan; None if a cap or an upper bound is certainly broken."""
        present = {
            choice.piece.row.get("component")
            for choice in taken
            if choice.use is not None and choice.use.is_whole
        }
        sums = tuple(
            _counted(one, present) if one["type"] in COMPONENTS else _total(one, taken)
            for one in self.requirements
        )
        caps = tuple(_total(one, taken) for one in self.caps)
        verdicts = []
        for one, ends in zip(self.bounded, (*sums, *caps), strict=True):
            if one["id"] in self.most and ends[0] > self.most[one["id"]]:
                return None
            verdicts.append(self._verdict(one, ends))
        outcome = max(verdicts)
        if outcome == AWARD and self.counts_back and self.level is None:
            outcome = REFER
        return Plan(
            used=frozenset(choice.piece.place for choice in taken),
            outcome=outcome,
            shortfalls=tuple(
                (max(ZERO, self.least[one["id"]] - high), max(ZERO, self.least[one["id"]] - low))
                for one, (low, high) in zip(self.requirements, sums, strict=True)
            ),
            sums=sums,
            caps=caps,
        )

    def _most(self, one: Row) -> Fraction | None:
        """Return the upper bound of a requirement or cap, if it has one."""
        if one["type"] == "share_max":
            return parse_amount(one["share"]) * parse_amount(self.award["size"])
        if one["type"] == "amount_max":
            return parse_amount(one["amount"])
        return parsing.optional_amount(one.get("max", one.get("equal")))

    def _least(self, one: Row) -> Fraction:
        """Return what a requirement needs."""
        if one["type"] == "sum":
            return parse_amount(one.get("min", one.get("equal", "0")))
        if one["type"] == "mandatory":
            return Fraction(len(one["components"]))
        if one["type"] == "one_of":
            return Fraction(one.get("count", 1))
        if one["type"] == "residency_min_share":
            return parse_amount(one["share"]) * parse_amount(self.award["size"])
        return parse_amount(one["threshold" if "threshold" in one else "amount"])

    def _verdict(self, one: Row, ends: Ends) -> int:
        """Decide one requirement or cap as section 2 says."""
        least, most = self.least.get(one["id"]), self.most.get(one["id"])
        if "equal" in one and least is not None:
            if ends == (least, least):
                return AWARD
            return REFER if ends[0] <= least <= ends[1] else NOT_YET
        minimum = AWARD if least is None else _at_least(ends, least)
        maximum = AWARD if most is None else _at_most(ends, most)
        return max(minimum, maximum)

    # 4.5 Count-back and credit points

    @property
    def counts_back(self) -> bool:
        return any(one["type"] == "level_by_count_back" for one in self.constraints)

    def _award_level(self) -> str | None:
        for one in self.constraints:
            if one["type"] == "level_by_count_back":
                threshold = parse_amount(one["threshold"])
                found = {self._count_back(threshold, end) for end in (0, 1)}
                return found.pop() if len(found) == 1 else None
        return None

    def _count_back(self, threshold: Fraction, end: int) -> str | None:
        """Add amounts from the top; None if the threshold is not reached at a known level.

        At the lower end what has no known level comes below all levels, at the upper end above.
        """
        ladder = self.ladders.get(self.award.get("framework", ""))
        downwards = sorted(ladder.levels.values(), key=lambda one: -one.rank) if ladder else []
        known: list[str | None] = [level.code for level in downwards]
        total = ZERO
        for code in (None, *known) if end else (*known, None):
            edges = [
                (piece, piece.levels[-end] if piece.levels else None) for piece in self.eligible
            ]
            total += sum((piece.ends[end] for piece, edge in edges if edge == code), ZERO)
            if total >= threshold:
                return code
        return None

    def credit_points(self) -> str | None:
        total = ZERO
        for piece in self.eligible:
            if not piece.is_exact or len(piece.levels) != 1:
                return None
            factor = self.ladders[self.award["framework"]].levels[piece.levels[0]].factor
            if factor is None:
                return None
            total += piece.ends[0] * factor
        return canonical(total)

    # What this module tells the tests

    def has_kin(self) -> bool:
        places = [piece.place for piece in self.eligible]
        return any(self.wallet.are_kin(*pair) for pair in combinations(places, 2))

    def is_bounded(self) -> bool:
        """Tell whether there is a cap or an upper bound."""
        return bool(self.most)

    def needs_search(self) -> bool:
        """Tell whether using everything may not be the best plan."""
        return bool(self.eligible) and (self.is_bounded() or self.has_kin())


def stack(given: Row) -> Row:
    """Answer a case of the kind "stack"."""
    case = Case(given, given["award"])
    best = min(case.plans(), key=lambda plan: plan.order)
    totals = [*zip(case.requirements, best.sums, strict=True)]
    totals += zip(case.caps, best.caps, strict=True)
    missing = zip(case.requirements, best.shortfalls, strict=True)
    answer: Row = {
        "outcome": OUTCOMES[best.outcome],
        "sums": {one["id"]: _told(ends) for one, ends in totals},
        "shortfall": {one["id"]: _told(ends) for one, ends in missing if ends[1]},
        "excluded": case.excluded,
    }
    if case.counts_back:
        answer["award_level"] = case.level
    if case.award.get("report_credit_points", False):
        answer["credit_points"] = case.credit_points()
    return answer


def stack_many(given: Row) -> Row:
    """Answer a case of the kind "stack-many"."""
    wallet = Wallet(given)
    cases = [Case(given, award, wallet) for award in given["awards"]]
    plans = [list(case.plans()) for case in cases]
    reaching = [
        sorted({plan.used for plan in own if plan.outcome == AWARD}, key=len) for own in plans
    ]
    sets = (
        chosen
        for size in range(len(cases), -1, -1)
        for chosen in combinations(range(len(cases)), size)
    )
    reached = next(chosen for chosen in sets if _fit(chosen, (), reaching, cases))
    answer: Row = {"awards": {}}
    for index, case in enumerate(cases):
        alone = OUTCOMES[min(plan.outcome for plan in plans[index])]
        others = "BLOCKED" if alone == "AWARD" else alone
        answer["awards"][case.award["id"]] = "AWARD" if index in reached else others
    if any("worth" in case.award for case in cases):
        worths = (parse_amount(cases[index].award.get("worth", "0")) for index in reached)
        answer["total_worth"] = canonical(sum(worths, ZERO))
    return answer


def _fit(
    chosen: tuple[int, ...],
    settled: tuple[tuple[int, frozenset[int]], ...],
    reaching: list[list[frozenset[int]]],
    cases: list[Case],
) -> bool:
    """Tell whether all chosen awards have plans that go together."""
    if not chosen:
        return True
    first, *rest = chosen
    return any(
        all(_may_both(cases[first], used, cases[index], other) for index, other in settled)
        and _fit(tuple(rest), (*settled, (first, used)), reaching, cases)
        for used in reaching[first]
    )


def _may_both(one: Case, used: frozenset[int], other: Case, others: frozenset[int]) -> bool:
    if not (one.is_exclusive or other.is_exclusive):
        return True
    kin = any(one.wallet.are_kin(here, there) for here in used for there in others)
    return not (used & others) and not kin


def _source_class(row: Row) -> str:
    return str(row.get("source_class", "taught"))


def _total(one: Row, taken: list[Choice]) -> Ends:
    adds = [choice.adds.get(one["id"], NOTHING) for choice in taken]
    return (sum((low for low, _ in adds), ZERO), sum((high for _, high in adds), ZERO))


def _counted(one: Row, present: set[str | None]) -> Ends:
    number = Fraction(len(present & set(one["components"])))
    return (number, number)


def _at_least(ends: Ends, bound: Fraction) -> int:
    if ends[0] >= bound:
        return AWARD
    return NOT_YET if ends[1] < bound else REFER


def _at_most(ends: Ends, bound: Fraction) -> int:
    if ends[1] <= bound:
        return AWARD
    return NOT_YET if ends[0] > bound else REFER


def _told(ends: Ends) -> Any:
    low, high = ends
    return canonical(low) if low == high else {"min": canonical(low), "max": canonical(high)}
