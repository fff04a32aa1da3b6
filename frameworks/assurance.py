"""Who stands behind a value: the framework's authority, an accredited body, a decision, nobody."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import NamedTuple

from credentials.json_types import JsonObject, id_of
from credentials.level_credit import read_values
from frameworks.award_facts import AwardFacts
from frameworks.dates import is_in_force
from frameworks.evidence import (
    IN_WORDS,
    REASONS_IN_WORDS,
    AssuranceClass,
    Endorsement,
    Link,
    Recognition,
)
from frameworks.levels import Level
from frameworks.register.rows import AccreditationRow, LevelRow, ListingRow
from frameworks.registers import Source
from frameworks.scope import (
    OUTSIDE,
    Accreditation,
    Award,
    LevelScope,
    ScopeOutcome,
    SizeScope,
    judge_scope,
)

CHAIN_LENGTH = 6
"""Most accreditors between an institution and the framework's authority."""


class Assurance(NamedTuple):
    """The class with the chain that led there, or the reasons why it is not better.

    `refutations` are reasons for which the value cannot be what it says: the authority lists it
    otherwise, or the issuer acted outside its accreditation.
    """

    assurance_class: AssuranceClass
    chain: tuple[Link, ...] = ()
    reasons: tuple[str, ...] = ()
    refutations: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Say in words why the class is no better."""
        reasons = self.refutations + self.reasons
        return "; ".join(REASONS_IN_WORDS.get(reason, reason) for reason in reasons)

    def to_json(self) -> JsonObject:
        """Write the class with its chain and reasons."""
        return {
            "class": self.assurance_class.value,
            "meaning": IN_WORDS[self.assurance_class],
            "chain": [link.to_json() for link in self.chain],
            "reasons": list(self.refutations + self.reasons),
        }


class Question(NamedTuple):
    """What is to be assured: an award of some credits at a level of a framework, on a day."""

    facts: AwardFacts
    day: date
    level: LevelRow
    unit: str | None
    token: str
    amount: Fraction | None
    hours: Fraction | None


def assure(
    question: Question,
    source: Source,
    endorsements: tuple[Endorsement, ...] = (),
    recognitions: tuple[Recognition, ...] = (),
) -> Assurance:
    """Find the best evidence of who assigned a value.

    Obligations: 1. only a register that is believed about the framework counts; 2. class A by a
    listing, or 3. by the authority's endorsement; 4. class B by the issuer's accreditation, or
    5. by the endorsement of an accredited rating body; 6. class C by a decision; 7. else D.
    """
    authority = source.authority
    recognised = _recognised(question, recognitions)
    # 1.
    if authority is None or not source.believed_about(question.level.framework):
        return recognised or Assurance(AssuranceClass.D, reasons=("REGISTER_NOT_BELIEVED",))
    # 2. to 5.
    answers = (
        _listed(question, source),
        _endorsed(question, source, endorsements, authority.id),
        _accredited(question, source),
        _rated(question, source, endorsements),
    )
    refutations = tuple(reason for answer in answers[:1] for reason in answer.refutations)
    reasons = tuple(dict.fromkeys(reason for answer in answers for reason in answer.reasons))
    best = min(answers, key=lambda answer: answer.assurance_class)
    if best.assurance_class is not AssuranceClass.D:
        return Assurance(best.assurance_class, best.chain, (), refutations)
    # 6.
    if recognised is not None:
        return Assurance(AssuranceClass.C, recognised.chain, (), refutations)
    # 7. That an accredited issuer left its scope counts only where nobody else vouches for it.
    outside = tuple(reason for answer in answers[1:] for reason in answer.refutations)
    refuted = tuple(dict.fromkeys(refutations + outside))
    others = tuple(reason for reason in reasons if reason not in refuted)
    return Assurance(AssuranceClass.D, (), others, refuted)


def _recognised(question: Question, recognitions: tuple[Recognition, ...]) -> Assurance | None:
    for one in recognitions:
        stated = (one.level_uri, one.unit, one.amount)
        if stated == (question.level.uri, question.token, question.amount):
            link = Link("decision", question.facts.achievement or "", one.decided_by, one.decision)
            return Assurance(AssuranceClass.C, (link,))
    return None


def _not(*reasons: str, refutes: bool = False) -> Assurance:
    return Assurance(AssuranceClass.D, (), reasons, reasons if refutes else ())


def _listed(question: Question, source: Source) -> Assurance:
    """Look for the course in the authority's own list (class A)."""
    achievement, issuer = question.facts.achievement, question.facts.issuer
    rows = source.register.listings(achievement or "", question.level.framework)
    if not rows:
        return _not("NOT_LISTED")
    current = [row for row in rows if _is_current(row, question.day)]
    if not current:
        return _not("LISTING_NOT_CURRENT", refutes=True)
    row = current[0]
    if issuer not in row.providers:
        return _not("ISSUER_NOT_A_PROVIDER")
    if not _equals_listing(question, row):
        return _not("LISTING_DIFFERS", refutes=True)
    authority = source.authority.id if source.authority else ""
    link = Link("listing", row.achievement, authority, row.id)
    return Assurance(AssuranceClass.A, (link,))


def _is_current(row: ListingRow, day: date) -> bool:
    provenance = row.provenance
    is_withdrawn = row.withdrawn_on is not None and day >= row.withdrawn_on
    return not is_withdrawn and is_in_force(day, provenance.first_day, provenance.last_day)


def _equals_listing(question: Question, row: ListingRow) -> bool:
    listed = (row.level, row.unit, row.credits)
    is_equal = listed == (question.level.code, question.unit, question.amount)
    return is_equal and (row.hours is None or question.hours in (None, row.hours))


def _endorsed(
    question: Question, source: Source, endorsements: tuple[Endorsement, ...], endorser: str
) -> Assurance:
    """Look for an endorsement by one body that states the same values for this issuer."""
    own = [one for one in endorsements if one.endorser == endorser]
    if not own:
        return _not("NOT_ENDORSED")
    about = [one for one in own if one.endorsed == question.facts.achievement]
    if not any(_equals_rating(question, rating) for one in about for rating in one.ratings):
        return _not("ENDORSEMENT_DIFFERS")
    link = Link("endorsement", question.facts.achievement or "", endorser)
    return Assurance(AssuranceClass.A, (link,))


def _equals_rating(question: Question, rating: JsonObject) -> bool:
    """Compare a rating with the award: same issuer, same values."""
    issuer = id_of(rating.get("creator"))
    return (
        issuer is not None
        and issuer == question.facts.issuer
        and any(
            value.unit == question.token
            and value.available == question.amount
            and question.amount is not None
            and (value.hours_available is None or question.hours in (None, value.hours_available))
            and question.level.uri in {level.uri for level in value.levels}
            for value in read_values({"credentialSubject": {"achievement": rating}})
        )
    )


def _accredited(question: Question, source: Source) -> Assurance:
    """Look for an accreditation of the issuer that covers the award (class B)."""
    return _by_accreditation(question, source, question.facts.issuer or "", "award")


def _rated(question: Question, source: Source, endorsements: tuple[Endorsement, ...]) -> Assurance:
    """Look for an endorsement by a rating body whose accreditation covers the award (class B).

    The body must have been accredited on the day on which it endorsed.
    """
    for one in endorsements:
        endorsed = _endorsed(question, source, (one,), one.endorser)
        # To rate is to set the values of the courses of others.
        if (
            endorsed.assurance_class is not AssuranceClass.A
            or one.endorser == question.facts.issuer
        ):
            continue
        rated = question._replace(day=one.day or question.day)
        accredited = _by_accreditation(rated, source, one.endorser, "rate")
        if accredited.assurance_class is AssuranceClass.B:
            return Assurance(AssuranceClass.B, (*endorsed.chain, *accredited.chain))
    return _not()


def _by_accreditation(question: Question, source: Source, holder: str, right: str) -> Assurance:
    if question.amount is not None and question.unit is None:
        return _not("UNIT_NOT_IN_REGISTER")
    rows = source.register.accreditations(holder, question.level.framework)
    rows = tuple(sorted((row for row in rows if row.right == right), key=lambda row: row.id))
    if not rows:
        return _not("NO_ACCREDITATION")
    award = _award(question)
    ladders = source.register.on(question.day).ladders
    judged = [(*judge_scope(award, scope_of(row), ladders), row) for row in rows]
    for outcome, _reasons, row in judged:
        chain = _chain(question, source, row) if outcome is ScopeOutcome.IN_SCOPE else None
        if chain is not None:
            return Assurance(AssuranceClass.B, chain)
    return _no_cover(judged)


def _no_cover(
    judged: list[tuple[ScopeOutcome, tuple[str, ...], AccreditationRow]],
) -> Assurance:
    """Say why no accreditation covers the award: outside, undecided, or without a chain."""
    order = list(ScopeOutcome)
    outcome, reasons, _row = min(judged, key=lambda one: (order.index(one[0]), len(one[1])))
    if outcome is ScopeOutcome.IN_SCOPE:
        return _not("ACCREDITOR_NOT_BELIEVED")
    certain = tuple(reason for reason in reasons if reason in OUTSIDE)
    is_outside = outcome is ScopeOutcome.OUT_OF_SCOPE
    return Assurance(AssuranceClass.D, (), reasons, certain if is_outside else ())


def _chain(question: Question, source: Source, row: AccreditationRow) -> tuple[Link, ...] | None:
    """Find the shortest chain of accreditors to one that the reader believes.

    Each accreditation above must cover the award itself.  Every accreditor is visited once, so
    that circles end; among chains of one length the first by the ids of its rows is taken.
    """
    believed = source.authority
    if believed is None:
        return None
    ends = believed.ends_of_chains(question.level.framework)
    visited: set[str] = set()
    chains: list[tuple[AccreditationRow, ...]] = [(row,)]
    while chains:
        for chain in chains:
            if chain[-1].accreditor in ends:
                return tuple(map(_link, chain))
        longer = []
        for chain in chains:
            accreditor = chain[-1].accreditor
            if accreditor not in visited and len(chain) < CHAIN_LENGTH:
                visited.add(accreditor)
                longer += [(*chain, one) for one in _above(question, source, accreditor)]
        chains = longer
    return None


def _link(row: AccreditationRow) -> Link:
    return Link("accreditation", row.holder, row.accreditor, row.id)


def _above(question: Question, source: Source, accreditor: str) -> list[AccreditationRow]:
    """Find the accreditations to accredit that cover the award."""
    ladders = source.register.on(question.day).ladders
    rows = source.register.accreditations(accreditor, question.level.framework)
    covering = (
        row
        for row in rows
        if row.right == "accredit"
        and judge_scope(_award(question), scope_of(row), ladders)[0] is ScopeOutcome.IN_SCOPE
    )
    return sorted(covering, key=lambda row: row.id)


def _award(question: Question) -> Award:
    facts = question.facts
    return Award(
        day=question.day,
        level=Level(question.level.framework, question.level.code),
        field=facts.field,
        jurisdiction=facts.jurisdiction,
        type=facts.type,
        amount=question.amount,
        unit=question.unit,
    )


def scope_of(row: AccreditationRow) -> Accreditation:
    """Read the scope of an accreditation as the rules judge it."""
    has_levels = row.level_min is not None or row.level_max is not None
    has_size = row.unit is not None and (row.size_min is not None or row.size_max is not None)
    return Accreditation(
        first_day=row.provenance.first_day,
        last_day=row.provenance.last_day,
        withdrawn_on=row.withdrawn_on,
        levels=LevelScope(row.framework, row.level_min, row.level_max) if has_levels else None,
        fields=row.fields,
        jurisdictions=row.jurisdictions,
        types=row.types,
        size=SizeScope(row.unit, row.size_min, row.size_max) if has_size and row.unit else None,
    )
