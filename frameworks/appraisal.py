"""What a credential claims to be worth, held against the registers, as of the day of the award.

The findings stand beside the signature and are never merged with it: a signature proves who
said something, a register whether it can be so and who agrees.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple, TypeAlias

from credentials.json_types import JsonObject
from credentials.level_credit import read_values
from credentials.level_credit.claims import UNKNOWN_UNIT, StatedLevel, StatedValue
from frameworks.assurance import Assurance, Question, assure
from frameworks.award_facts import AwardFacts, award_facts
from frameworks.evidence import AssuranceClass, Endorsement, Recognition
from frameworks.register.register import RegisterDay
from frameworks.register.rows import LevelRow, UnitRow
from frameworks.registers import LevelPlace, Registers
from frameworks.value_checks import (
    NOT_CERTAIN,
    Facts,
    Rule,
    SizeBounds,
    ValueClaim,
    Workload,
    amount_step,
    check_value,
    dates,
    durations_agree,
    hours_per_credit,
    size_bounds,
    title_words,
)
from frameworks.value_messages import MESSAGES, REPORT_CODES

SILENT = frozenset({"EXPIRED", "HOURS_UNKNOWN", "UNIT_HOURS_UNKNOWN", "NO_BOUNDS_IN_FORCE"})
"""Reasons that are no fault: told elsewhere (EXPIRED), or nothing to compare with."""


class ValueFinding(NamedTuple):
    """One thing about a value: the code of the report, the reason, and whether it is certain.

    Only what a register says that the reader believes can be certain.
    """

    code: str
    reason: str
    message: str
    is_certain: bool
    pointer: str


Stated: TypeAlias = tuple[StatedValue, AwardFacts]
"""A value with the facts of its award: of a document, all that its appraisal depends on."""


class Appraisal(NamedTuple):
    """One value at one level: where the level was found, what is wrong, who stands behind it."""

    value: StatedValue
    level: StatedLevel | None
    facts: AwardFacts
    day: date
    place: LevelPlace | None
    unit: UnitRow | None
    findings: tuple[ValueFinding, ...]
    assurance: Assurance


UNPLACED = Assurance(AssuranceClass.D, reasons=("LEVEL_NOT_IN_REGISTER",))
"""What stands behind a value whose level is in no register."""

DISPUTED = Assurance(AssuranceClass.D, reasons=("LEVEL_DISPUTED",))
"""What stands behind a level that registers say is of different frameworks."""

DISAGREEING = Assurance(AssuranceClass.D, reasons=("REGISTERS_DISAGREE",))
"""What stands behind a value about which believed registers disagree."""

MICRO_CREDENTIAL = "MicroCredential"
"""The type of achievement whose size and title frameworks bound; for others it is a hint."""


def appraise(
    document: JsonObject,
    *,
    registers: Registers,
    as_of: date,
    endorsements: tuple[Endorsement, ...] = (),
    recognitions: tuple[Recognition, ...] = (),
    stated: tuple[Stated, ...] | None = None,
) -> tuple[Appraisal, ...]:
    """Appraise every stated value of a credential at every level that it states.

    Obligations, each as of the day of the award (`awardedDate`, else the beginning of validity):

    1. the level is found by its URI, in a register that is believed if there is one;
    2. the unit is one that the register knows;
    3. the framework's rules then in force hold: size, hours, title, dates;
    4. the best evidence of who assigned the value is found;
    5. what only an unofficial register says is never certain.

    `document` is a credential without its proofs, verified or about to be signed; the
    endorsements in `endorsements` have been verified.  `stated` is what `stated_by` says, if it has
    been read.
    """
    asked = _Asked(registers, as_of, endorsements, recognitions)
    return tuple(
        asked.remembered(value, level, facts)
        for value, facts in (stated_by(document) if stated is None else stated)
        for level in value.levels or (None,)
    )


def stated_by(
    document: JsonObject, values: tuple[StatedValue, ...] | None = None
) -> tuple[Stated, ...]:
    """Read each stated value of a credential with the facts of its award.

    `values` are those that it states, if they have been read.
    """
    found = read_values(document) if values is None else values
    return tuple((value, award_facts(document, value.source_pointer)) for value in found)


class _Asked(NamedTuple):
    """What every value of a credential is held against."""

    registers: Registers
    as_of: date
    endorsements: tuple[Endorsement, ...]
    recognitions: tuple[Recognition, ...]

    def remembered(
        self, value: StatedValue, level: StatedLevel | None, facts: AwardFacts
    ) -> Appraisal:
        """Appraise as `appraise` does, or remember it."""
        if self.endorsements or self.recognitions:
            return self.appraise(value, level, facts)
        # What others say apart, this is all that the answer depends on.
        return self.registers.answer(
            (value, level, facts, self.as_of), lambda: self.appraise(value, level, facts)
        )

    def appraise(
        self, value: StatedValue, level: StatedLevel | None, facts: AwardFacts
    ) -> Appraisal:
        """Appraise one value at one level, in every register that is believed about it."""
        day = facts.awarded or self.as_of
        # 1.
        uri = None if level is None else level.uri
        places = () if uri is None else self.registers.places_of(uri, day)
        if not places:
            found = _not_placed(level, None)
            return Appraisal(value, level, facts, day, None, None, found, UNPLACED)
        return _joined([self._at(value, level, facts, day, place) for place in places])

    def _at(
        self,
        value: StatedValue,
        level: StatedLevel | None,
        facts: AwardFacts,
        day: date,
        place: LevelPlace,
    ) -> Appraisal:
        if place.row is None or place.is_disputed:
            found = _not_placed(level, place)
            nobody = DISPUTED if place.is_disputed else UNPLACED
            return Appraisal(value, level, facts, day, place, None, found, nobody)
        said = place.source.register.on(day)
        # 2.
        unit = said.units_by_token.get(value.unit)
        # 3.
        claim = _claim(value, facts, place, unit)
        reasons = tuple(_reasons(claim, place, said, self.as_of, level, value, facts))
        # 4.
        question = _question(facts, day, place.row, unit, value)
        assurance = assure(question, place.source, self.endorsements, self.recognitions)
        reasons += tuple((reason, True) for reason in assurance.refutations)
        reasons += _backdated(question, place, assurance)
        # 5.
        findings = tuple(
            _finding(reason, is_certain and place.is_believed, value.source_pointer)
            for reason, is_certain in reasons
        )
        return Appraisal(value, level, facts, day, place, unit, findings, assurance)


def _joined(several: list[Appraisal]) -> Appraisal:
    """Join what several believed registers say: where they disagree nothing is certain."""
    first = several[0]
    if all(one.assurance == first.assurance and one.findings == first.findings for one in several):
        return first
    everywhere = set(first.findings).intersection(*(one.findings for one in several))
    findings = dict.fromkeys(finding for one in several for finding in one.findings)
    told = tuple(one if one in everywhere else one._replace(is_certain=False) for one in findings)
    return first._replace(findings=told, assurance=DISAGREEING)


def _backdated(
    question: Question, place: LevelPlace, assurance: Assurance
) -> tuple[tuple[str, bool], ...]:
    """Tell if the issuer was accredited on the stated day of the award, and not when it issued."""
    issued = question.facts.valid_from
    is_by_accreditation = assurance.assurance_class is AssuranceClass.B
    if issued is None or issued == question.day or not is_by_accreditation:
        return ()
    later = assure(question._replace(day=issued), place.source)
    is_covered = later.assurance_class is not AssuranceClass.D
    return () if is_covered else (("ACCREDITED_ON_AWARD_DATE_ONLY", False),)


def _question(
    facts: AwardFacts, day: date, level: LevelRow, unit: UnitRow | None, value: StatedValue
) -> Question:
    amount, hours = value.same_basis
    return Question(
        facts=facts,
        day=day,
        level=level,
        unit=None if unit is None else unit.id,
        token=value.unit,
        amount=amount,
        hours=hours,
    )


def _not_placed(level: StatedLevel | None, place: LevelPlace | None) -> tuple[ValueFinding, ...]:
    """Say what is wrong with a level that no register has; one without URI is told elsewhere."""
    if level is None or level.uri is None:
        return ()
    if place is not None and place.is_disputed:
        return (_finding("LEVEL_DISPUTED", False, level.pointer),)
    if place is None:
        return (_finding("URI_UNKNOWN", False, level.pointer),)
    return (_finding("LEVEL_UNKNOWN", place.is_believed, level.pointer),)


def _finding(reason: str, is_certain: bool, pointer: str) -> ValueFinding:
    code = REPORT_CODES.get(reason, reason)
    message = MESSAGES.get(reason, "The value cannot be confirmed.")
    return ValueFinding(code, reason, message, is_certain, pointer)


def _claim(
    value: StatedValue, facts: AwardFacts, place: LevelPlace, unit: UnitRow | None
) -> ValueClaim:
    amount, hours = value.same_basis
    return ValueClaim(
        framework=place.framework,
        level=None if place.row is None else place.row.code,
        amount=amount,
        unit=None if unit is None else unit.id,
        hours=None if hours is None else Workload(hours),
        activity_hours=facts.activity_hours,
        title=facts.title,
        awarded=facts.awarded,
        valid_from=facts.valid_from,
        valid_until=facts.valid_until,
        activity_start=facts.activity_start,
        activity_end=facts.activity_end,
    )


def _reasons(
    claim: ValueClaim,
    place: LevelPlace,
    said: RegisterDay,
    as_of: date,
    level: StatedLevel | None,
    value: StatedValue,
    facts: AwardFacts,
) -> Iterator[tuple[str, bool]]:
    """Yield every reason with whether it is certain."""
    is_micro = facts.type == MICRO_CREDENTIAL
    if level is not None and level.code and place.row and level.code != place.row.code:
        yield "URI_CODE_MISMATCH", True
    if claim.amount is not None and claim.unit is None and value.unit != UNKNOWN_UNIT:
        yield "UNIT_UNKNOWN", False
    checked = check_value(claim, _rules(claim, place.framework, said), _facts(said, as_of))
    for reason in checked.findings:
        if reason not in SILENT and not (reason == "UNIT_UNKNOWN" and claim.unit is None):
            is_excused = reason in _OF_SIZE and _allowed_in_a_sector(claim, place.framework, said)
            is_excused |= reason in _OF_MICRO_CREDENTIALS and not is_micro
            yield reason, reason not in NOT_CERTAIN and not is_excused
    yield from ((reason, is_micro) for reason in hours_bounds(claim, place.framework, said))
    if _is_of_other_unit(claim, place.framework, said):
        yield "UNIT_MISMATCH", False
    yield from ((reason, False) for reason in _earned_too_fast(claim, value, said, as_of))


def _earned_too_fast(
    claim: ValueClaim, value: StatedValue, said: RegisterDay, as_of: date
) -> tuple[str, ...]:
    """Compare the learner's own hours and credits, where those of the course are stated, too."""
    if value.available is None or not value.earned or value.hours_earned is None:
        return ()
    own = claim._replace(amount=value.earned, hours=Workload(value.hours_earned))
    found = check_value(own, (hours_per_credit(),), _facts(said, as_of)).findings
    return tuple(reason for reason in found if reason not in SILENT | NOT_CERTAIN)


_OF_SIZE = frozenset({"SIZE_BELOW_MIN", "SIZE_ABOVE_MAX"})
_OF_MICRO_CREDENTIALS = _OF_SIZE | {"TITLE_WORD_FORBIDDEN"}


def _is_of_other_unit(claim: ValueClaim, framework: str, said: RegisterDay) -> bool:
    """Tell whether the framework bounds sizes, and only in other units than the stated one."""
    units = {row.unit for row in said.size_bounds.get(framework, ()) if row.unit is not None}
    return claim.unit is not None and bool(units) and claim.unit not in units


def _facts(said: RegisterDay, as_of: date) -> Facts:
    return Facts(as_of, said.units, said.ladders)


def _rules(claim: ValueClaim, framework: str, said: RegisterDay) -> tuple[Rule, ...]:
    """Choose the rules of a framework; those about credits need credits in a known unit."""
    unit = None if claim.amount is None else claim.unit
    rules: tuple[Rule, ...] = said.remembered.get(
        ("rules", framework, unit), lambda: _rules_for(framework, unit, said)
    )
    return rules


def _rules_for(framework: str, unit: str | None, said: RegisterDay) -> tuple[Rule, ...]:
    rules: list[Rule] = [dates(), durations_agree()]
    forbidden = tuple(word for row in said.title_rules.get(framework, ()) for word in row.forbidden)
    if forbidden:
        rules.append(title_words(forbidden))
    if unit is None:
        return tuple(rules)
    bounds = bounds_of(framework, unit, said)
    if bounds:
        rules.append(size_bounds(unit, bounds))
    step = said.unit_rows[unit].step
    if step is not None:
        rules.append(amount_step(step))
    return (*rules, hours_per_credit())


def bounds_of(framework: str, unit: str, said: RegisterDay) -> tuple[SizeBounds, ...]:
    """Read the size bounds of a framework in a unit, as the rules judge them.

    The rows are those in force on the day already, so they carry no dates.
    """
    rows = said.size_bounds.get(framework, ())
    return tuple(
        SizeBounds(row.id, row.min, row.max, sector=row.sector) for row in rows if row.unit == unit
    )


def _allowed_in_a_sector(claim: ValueClaim, framework: str, said: RegisterDay) -> bool:
    """Tell whether some sector allows the size: a credential does not say its issuer's sector."""
    sectors = {row.sector for row in said.size_bounds.get(framework, ()) if row.sector}
    bounds = bounds_of(framework, claim.unit or "", said)
    if not bounds:
        return False
    rule = size_bounds(claim.unit or "", bounds)
    facts = _facts(said, date.min)
    return any(
        not check_value(claim._replace(sector=sector), (rule,), facts).findings
        for sector in sectors
    )


def hours_bounds(claim: ValueClaim, framework: str, said: RegisterDay) -> Iterator[str]:
    """Judge the workload by the bounds in hours, where the framework has any."""
    hours = None if claim.hours is None else claim.hours.hours
    rows = [row for row in said.size_bounds.get(framework, ()) if row.sector is None]
    if hours is None:
        return
    if any(row.min_hours is not None and hours < row.min_hours for row in rows):
        yield "HOURS_BELOW_MIN"
    if any(row.max_hours is not None and hours > row.max_hours for row in rows):
        yield "HOURS_ABOVE_MAX"
