"""Lots from credentials: only verified ones are taken, and every one is accounted for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import islice
from typing import NamedTuple

from credentials.component_links import component_links, stack_proofs
from credentials.decisions import (
    decided_sources,
    decided_statements,
    is_decision,
    was_converted,
)
from credentials.json_types import (
    JsonObject,
    JsonValue,
    as_list,
    id_of,
    member,
    only,
    texts_among,
)
from credentials.level_credit.reader import achievement_of
from credentials.verified import VerifiedCredential, subject_of
from frameworks.amounts import canonical
from frameworks.appraisal import Appraisal, appraise
from frameworks.levels import Level
from frameworks.registers import Registers
from stacking.award_rules import AwardRule
from stacking.errors import StackingError
from stacking.lots import Lot, NotALot, SourceClass
from stacking.plan_json import lot_json
from stacking.stack_proof import read_proof
from stacking.statements import statement_of, statements_of

GRADE_TYPES = frozenset({"LetterGrade", "GradePointAverage", "Percent", "RawScore"})
"""Kinds of result that are grades (Open Badges 3.0 section B.1.19)."""


def lots_of(
    credential: VerifiedCredential,
    rule: AwardRule,
    registers: Registers,
    *,
    as_of: date,
    expected_subject: str | None = None,
) -> tuple[tuple[Lot, ...], tuple[NotALot, ...]]:
    """Read the lots of a verified credential for an award.

    Obligations: 1. only a verified credential is taken, about one subject, and about the expected
    one; 2. only credit that is stated as earned counts, in a unit that a register knows; 3. the
    level is the one in the award's framework, if the credential states one there.

    Raises `TypeError` for anything but a verified credential.
    """
    # 1.
    if not isinstance(credential, VerifiedCredential):
        raise TypeError("Only a verified credential can be stacked.")
    name = _text(credential.document.get("id")) or credential.digest
    if len(as_list(credential.document.get("credentialSubject"))) != 1:
        return (), (NotALot(name, "SEVERAL_SUBJECTS"),)
    if expected_subject not in (None, subject_of(credential)):
        return (), (NotALot(name, "OTHER_SUBJECT"),)
    appraisals = appraise(credential.document, registers=registers, as_of=as_of)
    if not appraisals:
        return (), (NotALot(name, "CREDITS_UNKNOWN"),)
    # 2. and 3.
    read = tuple(_read(credential, appraisals, rule, name))
    lots = tuple(one for one in read if isinstance(one, Lot))
    return _with_origin(lots, credential), tuple(one for one in read if isinstance(one, NotALot))


def _read(
    credential: VerifiedCredential, appraisals: tuple[Appraisal, ...], rule: AwardRule, name: str
) -> Iterator[Lot | NotALot]:
    values = _by_value(appraisals)
    for pointer, several in values.items() if len(values) > 1 else [("", appraisals)]:
        chosen = _in_framework(several, rule.framework)
        yield _lot_or_not(credential, chosen, rule, name, pointer)


def _with_origin(lots: tuple[Lot, ...], credential: VerifiedCredential) -> tuple[Lot, ...]:
    """Add what the credential was made of; proofs and decisions are long, and are read once."""
    contains, stated = _origin_of(credential.document)
    converted = was_converted(credential.document)
    return tuple(
        replace(
            one,
            contains=contains,
            already_converted=converted,
            statement=statement_of(lot_json(replace(one, contains=contains))),
            stated_inside=stated,
        )
        for one in lots
    )


def _lot_or_not(
    credential: VerifiedCredential, chosen: Appraisal, rule: AwardRule, name: str, pointer: str
) -> Lot | NotALot:
    if chosen.value.earned is None:
        return NotALot(name, "CREDITS_NOT_EARNED")
    if chosen.unit is None:
        return NotALot(name, "UNIT_UNKNOWN")
    return _lot(credential, chosen, rule, f"{name}#{pointer}" if pointer else name)


def _by_value(appraisals: tuple[Appraisal, ...]) -> dict[str, list[Appraisal]]:
    """Group the appraisals of one value, which differ only in the level."""
    groups: dict[str, list[Appraisal]] = {}
    for one in appraisals:
        groups.setdefault(f"{one.value.source_pointer}/{one.value.unit}", []).append(one)
    return groups


def _in_framework(several: Sequence[Appraisal], framework: str | None) -> Appraisal:
    own = [one for one in several if one.place is not None and one.place.framework == framework]
    placed = [one for one in several if one.place is not None]
    return (own or placed or several)[0]


def _lot(credential: VerifiedCredential, chosen: Appraisal, rule: AwardRule, name: str) -> Lot:
    subject = _subject(credential.document)
    _place, achievement = achievement_of(subject, "")
    place, facts = chosen.place, chosen.facts
    return Lot(
        id=name,
        amount=chosen.value.earned or Fraction(0),
        unit=chosen.unit.id if chosen.unit is not None else chosen.value.unit,
        level=Level(place.framework, place.row.code) if place and place.row else None,
        categories=frozenset(filter(None, map(_text, as_list(achievement.get("tag"))))),
        component=facts.achievement,
        institution=credential.issuer,
        source_class=_source_class(credential, rule),
        awarded=facts.awarded,
        grade=grade_of(subject, achievement),
        assurance=_assurance(credential, chosen),
        digest=credential.digest,
        language=_text(only(achievement.get("inLanguage"))),
        outcomes=frozenset(_outcomes(achievement)),
    )


def _source_class(credential: VerifiedCredential, rule: AwardRule) -> SourceClass:
    """Class what a recognition decision granted as prior learning, whoever decided."""
    if is_decision(credential.document):
        return SourceClass.RPL
    is_own = credential.issuer == rule.institution
    return SourceClass.TAUGHT if is_own else SourceClass.TRANSFER


def _outcomes(achievement: JsonObject) -> Iterator[str]:
    """Name the learning outcomes that an achievement is aligned with, by their URIs."""
    for item in as_list(achievement.get("alignment")):
        yield from texts_among(as_list(member(item, "targetUrl")))


class Origin(NamedTuple):
    """What a credential was made of, by digest, and what it and all of that states."""

    contains: frozenset[str]
    states: frozenset[str]


def origin_of(credential: VerifiedCredential, appraisals: Sequence[Appraisal]) -> Origin:
    """Name everything that a credential was made of, and all that is stated in it.

    Of an award that is its components, and theirs: evidence with a digest, where a stack proof
    stands beside it.  Without one it is a file that several credentials may share.  A recognition
    decision is made of the credentials that it was about, and of what they were made of.

    A stack proof that cannot be read tells nothing here, and of several the first is read; whoever
    verifies the award says so.
    """
    contains, stated = _origin_of(credential.document)
    own = (_stated(credential, contains, one) for one in appraisals)
    return Origin(contains, stated | statements_of(own))


def _stated(credential: VerifiedCredential, contains: frozenset[str], one: Appraisal) -> JsonObject:
    """Tell what a value states as lots do; nothing where it says not that it is earned."""
    if one.value.earned is None or one.unit is None:
        return {}
    awarded = one.facts.awarded
    return {
        "institution": credential.issuer,
        "component": one.facts.achievement,
        "awarded": awarded and awarded.isoformat(),
        "amount": canonical(one.value.earned),
        "unit": one.unit.id,
        "source_class": SourceClass.RPL.value if is_decision(credential.document) else None,
        "contains": contains,
    }


def _origin_of(document: JsonObject) -> tuple[frozenset[str], frozenset[str]]:
    """Name everything that a credential was made of, by digest, and what the lots of that state."""
    contents, stated = set(decided_sources(document)), decided_statements(document)
    for _pointer, data in islice(stack_proofs(document), 1):
        contents |= {link.digest for link in component_links(document)}
        with suppress(StackingError):
            proof = read_proof(data or b"")
            contents |= proof.contained
            stated |= statements_of(proof.members["lots"])
    return frozenset(contents), stated


def _assurance(credential: VerifiedCredential, chosen: Appraisal) -> str:
    """Take the class that the verifier found; it has seen the endorsements."""
    for told in credential.value.get("appraisals", ()):
        is_same = told.get("source_pointer") == chosen.value.source_pointer
        if is_same and chosen.level is not None and told.get("level_uri") == chosen.level.uri:
            return str(told["assurance"]["class"])
    return chosen.assurance.assurance_class.value


def grade_of(subject: JsonObject, achievement: JsonObject) -> str | None:
    """Read the grade; of several different ones it is none, since their order is not signed."""
    grades = set(_grades(subject, achievement))
    return grades.pop() if len(grades) == 1 else None


def _grades(subject: JsonObject, achievement: JsonObject) -> Iterator[str]:
    kinds = {
        id_of(item): _text(member(item, "resultType"))
        for item in as_list(achievement.get("resultDescription"))
    }
    for result in as_list(subject.get("result")):
        kind = kinds.get(id_of(member(result, "resultDescription")) or "")
        value = _text(member(result, "value"))
        if kind in GRADE_TYPES and value is not None:
            yield value


def _subject(document: JsonObject) -> JsonObject:
    subject = next(iter(as_list(document.get("credentialSubject"))), None)
    return subject if isinstance(subject, dict) else {}


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) and value else None
