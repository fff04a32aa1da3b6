"""How things of the desk are told on its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from authority.desk.services import DeskServices
from authority.drafting import ACCREDITATIONS, LISTINGS
from authority.store import State
from frameworks.amounts import canonical
from frameworks.rating import Rating
from frameworks.register.rows import SourceRow
from service.pages import N_
from service.pages.course_findings import finding_in_words

COLUMNS = {
    "accreditor": N_("Address of who accredits"),
    "achievement": N_("Address of the course"),
    "approved_by": N_("Approved by"),
    "credits": N_("Credits"),
    "field": N_("Field of study (ISCED-F)"),
    "fields": N_("Fields of study (ISCED-F)"),
    "framework": N_("Framework"),
    "from": N_("First day"),
    "holder": N_("Address of who is accredited"),
    "hours": N_("Hours of learning"),
    "id": N_("Id"),
    "jurisdictions": N_("Where"),
    "level": N_("Level"),
    "level_max": N_("Highest level"),
    "level_min": N_("Lowest level"),
    "name": N_("Name"),
    "need": N_("The need that it serves"),
    "note": N_("Note"),
    "providers": N_("Providers"),
    "rated_by": N_("Rated by"),
    "review": N_("To be reviewed by"),
    "right": N_("May"),
    "size_max": N_("Most credits"),
    "size_min": N_("Fewest credits"),
    "source": N_("Source that it rests on"),
    "status": N_("How sure this is"),
    "title": N_("Title of the course"),
    "types": N_("Types of achievement"),
    "unit": N_("Unit"),
    "until": N_("Last day"),
    "withdrawn_on": N_("Withdrawn on"),
}
"""What the columns of listings and accreditations are called."""

TABLES = {
    "accreditations": N_("accreditations"),
    "accreditation_types": N_("kinds of accreditation"),
    "conversions": N_("conversions of credit"),
    "frameworks": N_("frameworks"),
    "isced_fields": N_("fields of study"),
    "levels": N_("levels"),
    "listings": N_("listings"),
    "map_rows": N_("maps between levels, row by row"),
    "maps": N_("maps between levels"),
    "metadata": N_("what standards of metadata ask for"),
    "size_bounds": N_("bounds of sizes"),
    "sources": N_("sources"),
    "title_rules": N_("rules for titles"),
    "units": N_("units of credit"),
}
"""What the tables of a register are called."""

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
        ToldFinding(
            one.code, one.certain, *finding_in_words(one.code, f"{one.message} {one.what_to_do}")
        )
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


def in_use_first(services: DeskServices, sources: Sequence[SourceRow]) -> tuple[SourceRow, ...]:
    """Order sources: those that rows of the desk rest on already, and then all others.

    All accreditations are looked at, and the first listings, of which there may be very many.
    """
    kept = services.store.next_edition
    listings = [change.row for change in kept.page(LISTINGS, "", 0).items]
    used = {row.cells.get("source") for row in (*kept.rows(ACCREDITATIONS), *listings)}
    return tuple(sorted(sources, key=lambda one: one.key not in used))


def amount_text(rating: Rating) -> str:
    """Write the proposed credits exactly, "" if there are none."""
    return "" if rating.credits is None else canonical(rating.credits.amount)
