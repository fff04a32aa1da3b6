"""Check "value", second half: what is stated, held against the reader's registers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import TypeAlias

import orjson

from credentials.json_types import JsonObject
from credentials.level_credit import StatedValue
from credentials.linked_data.embedded import contained_credentials
from frameworks.appraisal import Appraisal, Stated, appraise, stated_by
from frameworks.assurance import Assurance
from frameworks.evidence import IN_WORDS, AssuranceClass, Endorsement, Recognition
from frameworks.registers import Registers
from frameworks.worth import worth_elsewhere
from verifier.checks.endorsement import ENDORSEMENT_VALID
from verifier.checks.value_words import in_words
from verifier.checks.world import World
from verifier.opening import document_in
from verifier.report import Outcome, Remark
from verifier.value_section import Appraisals

TOLD_ANEW_FROM = 4
"""More values of one credential than this are told anew each time: only what registers say of each
is remembered, so that little is kept."""

Answer: TypeAlias = tuple[tuple[Remark, ...], Appraisals]
"""Remarks, and what is told beside them."""

UNPROVEN = Assurance(AssuranceClass.D, reasons=("ISSUER_NOT_PROVEN",))
"""What stands behind a value whose credential is not shown to be the issuer's."""


def check_appraisal(
    document: JsonObject,
    values: tuple[StatedValue, ...],
    world: World,
    endorsements: tuple[Endorsement, ...],
    *,
    is_proven: bool,
) -> Answer:
    """Hold stated values against registers; the second result is for the report.

    Obligations (docs/register-format.md; each as of the day of the award):

    1. the level, the unit and the framework's rules are looked up in a register;
    2. a fault that a believed register finds for certain fails the check, any other is a warning;
    3. who stands behind the value is told as a class, A to D, with chain or reasons, never better
       than D without proof; a recognition decision counts for what its own credential states;
    4. what the value is elsewhere is told with method and source.
    """
    # 1.
    registers = Registers() if world.registers is None else world.registers()
    recognitions = _recognitions(document, world) if is_proven else ()
    as_of = world.now.date()
    stated = stated_by(document, values)
    answered = partial(
        _answer,
        document,
        stated,
        registers,
        as_of,
        is_proven=is_proven,
        endorsements=endorsements,
        recognitions=recognitions,
    )
    if endorsements or recognitions or _claims(values) > TOLD_ANEW_FROM:
        return answered()
    # What others say apart, this is all that the answer depends on.
    return registers.answer((stated, as_of, is_proven), answered)


def _claims(values: tuple[StatedValue, ...]) -> int:
    """Count the values at each of their levels."""
    return sum(max(1, len(value.levels)) for value in values)


def _recognitions(document: JsonObject, world: World) -> tuple[Recognition, ...]:
    """Read the recognition decision in a credential that is proven, if anybody reads any."""
    return () if world.recognitions_of is None else world.recognitions_of(document, world)


def _answer(
    document: JsonObject,
    stated: tuple[Stated, ...],
    registers: Registers,
    as_of: date,
    *,
    is_proven: bool,
    endorsements: tuple[Endorsement, ...],
    recognitions: tuple[Recognition, ...],
) -> Answer:
    appraisals = appraise(
        document,
        registers=registers,
        as_of=as_of,
        endorsements=endorsements,
        recognitions=recognitions,
        stated=stated,
    )
    # 2. and 3.
    if not is_proven:
        appraisals = tuple(one._replace(assurance=UNPROVEN) for one in appraisals)
    remarks = [remark for one in appraisals for remark in (*_faults(one), _assurance(one))]
    # 4.
    return tuple(remarks), Appraisals(partial(_written, appraisals, registers))


def _faults(appraisal: Appraisal) -> Iterator[Remark]:
    by = "" if appraisal.place is None else f" ({appraisal.place.source.in_words()})"
    for finding in appraisal.findings:
        outcome = Outcome.FAILED if finding.is_certain else Outcome.WARNING
        text = f"{finding.message.rstrip('.')}{by}. [{finding.reason}]"
        yield Remark(outcome, finding.code, text, finding.pointer, clause="Register of frameworks")


def _assurance(appraisal: Appraisal) -> Remark:
    assurance = appraisal.assurance
    name = assurance.assurance_class
    text = f"{_in_words(appraisal)}: {IN_WORDS[name]}"
    if name is AssuranceClass.D:
        text = f"{text}, not confirmed by any register, since {assurance.why}"
    else:
        text = f"{text} ({', '.join(link.by for link in assurance.chain)})"
    pointer = appraisal.value.source_pointer
    return Remark(Outcome.PASSED, f"ASSURANCE_{name}", f"Class {name}: {text}.", pointer)


def _in_words(appraisal: Appraisal) -> str:
    """Tell the value at the one level that was appraised, in the register's own words for it."""
    place = appraisal.place
    if place is None or place.row is None:
        return in_words(appraisal.value)
    level = f"level {place.row.code} of {place.framework_name}"
    return in_words(appraisal.value._replace(levels=()), level)


def _written(appraisals: tuple[Appraisal, ...], registers: Registers) -> bytes:
    return orjson.dumps([_told(one, registers) for one in appraisals])


def _told(appraisal: Appraisal, registers: Registers) -> JsonObject:
    place = appraisal.place
    stated = appraisal.value._replace(levels=()).to_json()
    members: JsonObject = {
        "as_of": appraisal.day.isoformat(),
        **{name: stated[name] for name in ("unit", "amount", "basis") if name in stated},
        "source_pointer": appraisal.value.source_pointer,
        "assurance": appraisal.assurance.to_json(),
        "findings": [
            {"code": one.code, "reason": one.reason, "certain": one.is_certain}
            for one in appraisal.findings
        ],
        "elsewhere": orjson.Fragment(worth_elsewhere(appraisal, registers).written),
    }
    if appraisal.level is not None:
        members |= appraisal.level.to_json()
    if place is not None and place.row is not None:
        members |= {
            "framework": place.framework_name,
            "framework_id": place.framework,
            "level": place.row.code,
            "status": place.row.provenance.status,
        }
    if place is not None:
        members["register"] = place.source.to_json()
    return members


def endorsements_at(document: JsonObject, remarks: tuple[Remark, ...]) -> tuple[Endorsement, ...]:
    """Read the endorsements to which remarks point as ones that hold."""
    valid = {remark.pointer for remark in remarks if remark.code == ENDORSEMENT_VALID}
    if not valid:
        return ()
    found = (one.value for one in contained_credentials(document) if one.pointer in valid)
    read = (Endorsement.of(document_in(item)) for item in found)
    return tuple(one for one in read if one is not None)
