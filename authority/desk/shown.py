"""How things of the desk are told on its pages."""

from __future__ import annotations

from dataclasses import dataclass

from authority.store import State
from frameworks.amounts import canonical
from frameworks.rating import Rating
from service.pages import N_
from service.pages.course_findings import in_words

STATES = {
    State.RECEIVED: ("open", "file", N_("New")),
    State.QUESTIONED: ("open", "question", N_("Waits for answers")),
    State.ANSWERED: ("warn", "note", N_("Answered")),
    State.PROPOSED: ("warn", "person", N_("Waits for approval")),
    State.APPROVED: ("good", "check", N_("Approved")),
    State.REFUSED: ("bad", "cross", N_("Refused")),
}
"""Colour, icon and words of where a submission stands."""

REMARKS = {
    "received": N_("Handed in"),
    "questioned": N_("Returned with questions"),
    "answered": N_("Answered by the sender"),
    "amended": N_("Description changed"),
    "proposed": N_("Value proposed"),
    "returned": N_("Returned to the officer"),
    "approved": N_("Approved; it is listed in the next edition"),
    "refused": N_("Refused"),
    "too-late": N_("Tried to change it at the same time; nothing of that was written"),
}
"""What was done to a submission."""

HAPPENED = {
    **{f"submission.{kind}": text for kind, text in REMARKS.items()},
    "accreditations.added": N_("An accreditation was added"),
    "accreditations.changed": N_("An accreditation was changed"),
    "api-key.made": N_("A key for the interface was made"),
    "api-key.revoked": N_("A key for the interface was revoked"),
    "edition.published": N_("An edition was published"),
    "edition.signed": N_("An edition was signed"),
    "listings.added": N_("A listing was added"),
    "listings.changed": N_("A listing was changed"),
    "register.imported": N_("A register was taken over"),
}
"""What happened at the desk, by its name in the log."""

FIELDS = {
    "assessment": N_("assessment"),
    "awarding_body": N_("who developed it and who may award it"),
    "credits": N_("credits"),
    "field": N_("field of study"),
    "grade": N_("grading"),
    "hours": N_("hours of learning"),
    "issuer_country": N_("country of who developed it"),
    "language": N_("language"),
    "level": N_("level"),
    "need": N_("the need that it serves"),
    "outcomes": N_("learning outcomes"),
    "participation": N_("form of participation"),
    "prerequisites": N_("prerequisites"),
    "purpose": N_("purpose"),
    "quality_assurance": N_("quality assurance"),
    "review": N_("date of review"),
    "stackability": N_("how it stacks"),
    "supervision": N_("whether assessments are supervised and identity is verified"),
    "target_group": N_("for whom it is"),
    "title": N_("title"),
}
"""What standards of metadata ask for, by the name in the register."""


@dataclass(frozen=True, slots=True)
class ToldFinding:
    """A finding: whether it stands against a listing, what it says, and the English beside it."""

    code: str
    certain: bool
    message: str
    english: str | None


@dataclass(frozen=True, slots=True)
class MissingOf:
    """What is missing by one standard: fields that are asked for, and recommended ones."""

    standard: str
    mandatory: tuple[str, ...]
    optional: tuple[str, ...]


def told_findings(rating: Rating) -> tuple[ToldFinding, ...]:
    """Tell what the rules found, what stands against a listing first."""
    ordered = sorted(rating.findings, key=lambda one: not one.certain)
    return tuple(
        ToldFinding(one.code, one.certain, *in_words(one.code, f"{one.message} {one.what_to_do}"))
        for one in ordered
    )


def missing_by_standard(rating: Rating) -> tuple[MissingOf, ...]:
    """Tell what is missing, a group for each standard."""
    groups: dict[str, tuple[list[str], list[str]]] = {}
    for one in rating.missing:
        several = groups.setdefault(one.standard_name or one.standard, ([], []))
        several[one.need != "mandatory"].append(FIELDS.get(one.field, one.field))
    return tuple(
        MissingOf(name, tuple(mandatory), tuple(optional))
        for name, (mandatory, optional) in groups.items()
    )


def amount_text(rating: Rating) -> str:
    """Write the proposed credits exactly, "" if there are none."""
    return "" if rating.credits is None else canonical(rating.credits.amount)
