"""From an approved rating to a listing in the next edition, and to an endorsement of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from credentials.json_types import JsonObject
from credentials.level_credit import CreditStatement, LevelStatement, write_values
from credentials.level_credit.claims import decimal_text
from credentials.spreadsheet_cells import is_formula
from frameworks.amounts import parse_amount
from frameworks.rating.checks import check_course, check_credits, review_overdue
from frameworks.rating.course import Course, Provider
from frameworks.rating.findings import ABOUT_CREDITS, ABOUT_LEVEL, RatingError, RatingFinding
from frameworks.rating.rate import Rating
from frameworks.register import RegisterDay
from frameworks.register.columns import COMMON, TABLES
from frameworks.register.rows import FrameworkRow, ListingRow
from frameworks.register.source_files import LIST_SEPARATOR

COLUMNS = tuple(column.name for column in (*TABLES["listings"].columns, *COMMON))
"""Columns of the table of listings, in their order."""

STATUS = "verified"
"""How sure a listing is: a person has approved it."""


@dataclass(frozen=True, slots=True)
class ListedValue:
    """The value that a listing gives a course; the unit is named by its id."""

    level: str
    unit: str
    credits: Fraction
    hours: Fraction | None = None

    @classmethod
    def from_cells(cls, cells: Mapping[str, str]) -> ListedValue:
        """Read the value from the cells of a listing."""
        hours = parse_amount(cells["hours"]) if cells["hours"] else None
        return cls(cells["level"], cells["unit"], parse_amount(cells["credits"]), hours)


def listing_row(
    course: Course,
    rating: Rating,
    *,
    id: str,  # noqa: A002 - the name of the column
    source: str,
    approved_by: str,
    rated_by: str,
    first_day: date,
    today: date,
    last_day: date | None = None,
    level: str | None = None,
    credits: Fraction | None = None,  # noqa: A002 - the name of the column
) -> dict[str, str]:
    """Write the cells of a listing; `level` and `credits` are what the approver sets instead.

    Obligations: 1. a person approved it; 2. the rating is of this course; 3. level and credits
    are there; 4. no certain finding stands against them, and no review is overdue today: what the
    approver sets answers the findings about it, and is checked itself.  Raises `RatingError`
    (NOT_APPROVED, RATING_NOT_ACCEPTABLE).
    """
    # 1. and 2.
    _require_approved(course, rating, approved_by)
    # 3.
    value = _value(rating, level, credits)
    # 4.
    _require_nothing_against(rating, level, credits, today)
    cells = {
        "id": id,
        **_course_cells(course),
        **_value_cells(value),
        **_period_cells(first_day, last_day),
        "rated_by": rated_by,
        "approved_by": approved_by,
        "status": STATUS,
        "source": source,
        "note": _note(rating, value),
    }
    return {name: cells.get(name, "") for name in COLUMNS}


def _period_cells(first_day: date, last_day: date | None) -> dict[str, str]:
    until = "" if last_day is None else last_day.isoformat()
    return {"from": first_day.isoformat(), "until": until}


def _require_approved(course: Course, rating: Rating, approved_by: str) -> None:
    if not approved_by.strip():
        text = "Nobody approved this rating; name the person who did."
        raise RatingError(text, code="NOT_APPROVED")
    if rating.course != course:
        raise RatingError("This is the rating of another course; rate this one.")


def _value(rating: Rating, level: str | None, amount: Fraction | None) -> ListedValue:
    unit = None if rating.rules is None else rating.rules.unit
    if level is None and rating.level is not None:
        level = rating.level.code
    if amount is None and rating.credits is not None:
        amount = rating.credits.amount
    lacking = [
        name
        for name, value in (("unit", unit), ("level", level), ("credits", amount))
        if value is None
    ]
    if unit is None or level is None or amount is None:
        reasons = "".join(f"\n  {finding}" for finding in rating.findings)
        raise RatingError(f"There is nothing to list as {', '.join(lacking)}.{reasons}")
    return ListedValue(level, unit.id, amount, rating.hours)


def _require_nothing_against(
    rating: Rating, level: str | None, amount: Fraction | None, today: date
) -> None:
    against = [
        *_standing(rating, level, amount),
        *_against_set(rating, level, amount),
        # A listing may begin in the past, but what is approved is approved today.
        *review_overdue(rating.course, today),
    ]
    if against:
        told = "\n".join(f"  {finding}" for finding in dict.fromkeys(against))
        raise RatingError(f"This rating cannot be listed:\n{told}")


def _standing(
    rating: Rating, level: str | None, amount: Fraction | None
) -> Iterator[RatingFinding]:
    """Yield the certain findings that what the approver sets does not answer."""
    answered = ABOUT_LEVEL if level is not None else frozenset()
    answered |= ABOUT_CREDITS if amount is not None else frozenset()
    yield from (finding for finding in rating.certain if finding.code not in answered)


def _against_set(
    rating: Rating, level: str | None, amount: Fraction | None
) -> Iterator[RatingFinding]:
    """Check what the approver sets against the framework's rules."""
    rules = rating.rules
    if rules is None or (level is None and amount is None):
        return
    if level is not None and rules.ladder.rank(level) is None:
        known = ", ".join(rules.ladder.in_order(frozenset(rules.ladder.levels)))
        text = f"The framework has no level {level}."
        yield RatingFinding("LEVEL_UNKNOWN", True, text, f"Set one of its levels: {known}.")
    if amount is None:
        return
    found = [*check_course(rating.course, rules, amount)]
    if amount > 0:
        found += check_credits(rating.course, rules, amount)
    by_rounding = {"HOURS_PER_CREDIT_ABOVE", "HOURS_PER_CREDIT_BELOW"}
    excused = by_rounding if _is_rounded(rating, amount) else set()
    yield from (finding for finding in found if finding.certain and finding.code not in excused)


def _is_rounded(rating: Rating, amount: Fraction) -> bool:
    """Tell whether an amount comes from the hours by rounding either end as the unit says."""
    proposed = rating.credits
    if proposed is None or proposed.rounding is None:
        return False
    ends = proposed.rounding.apply_to(proposed.exact)
    return ends.low <= amount <= ends.high


def _course_cells(course: Course) -> dict[str, str]:
    providers = dict.fromkeys(provider.id for provider in course.providers)
    return {
        "achievement": course.id,
        "title": course.title,
        "framework": course.framework,
        "field": course.field or "",
        "providers": LIST_SEPARATOR.join(providers),
        "review": "" if course.review is None else course.review.isoformat(),
        "need": course.need or "",
    }


def _value_cells(value: ListedValue) -> dict[str, str]:
    return {
        "level": value.level,
        "unit": value.unit,
        "credits": decimal_text(value.credits) or "",
        "hours": decimal_text(value.hours) or "",
    }


def _note(rating: Rating, value: ListedValue) -> str:
    """Say in the listing itself where the approver set something else than was proposed."""
    sentences = []
    proposed = rating.level.code if rating.level else "none"
    if value.level != proposed:
        sentences.append(f"The approver set the level; proposed: {proposed}.")
    if rating.credits is None or value.credits != rating.credits.amount:
        amount = decimal_text(rating.credits.amount) if rating.credits else "none"
        sentences.append(f"The approver set the credits; proposed: {amount}.")
    return " ".join(sentences)


def append_row(csv_text: str | None, row: Mapping[str, str]) -> str:
    """Append a row to the text of a table; columns that it does not have yet come last.

    Lines end in LF.  Raises `RatingError`: LISTINGS_MALFORMED for a text that is no table,
    CELL_IS_FORMULA for a cell that a spreadsheet would compute.
    """
    _require_no_formula(row)
    lines = _lines(csv_text or "")
    columns = lines[0] if lines else []
    added = [name for name in row if name not in columns]
    rows = [[*cells, *[""] * len(added)] for cells in lines[1:]]
    rows.append([_with_line_feeds(row.get(name, "")) for name in (*columns, *added)])
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\n").writerows([[*columns, *added], *rows])
    return written.getvalue()


def _require_no_formula(row: Mapping[str, str]) -> None:
    """Refuse what would run in the spreadsheet of whoever opens the file (CWE-1236)."""
    for name, cell in row.items():
        if is_formula(cell):
            text = (
                f"The column {name} would begin with {cell[0]!r}, which a spreadsheet takes for a "
                "formula; begin it with a letter or a digit."
            )
            raise RatingError(text, code="CELL_IS_FORMULA")


def _lines(text: str) -> list[list[str]]:
    try:
        reader = csv.reader(io.StringIO(_with_line_feeds(text), newline=""), strict=True)
        lines = list(reader)
    except csv.Error as error:
        raise _no_table(str(error)) from error
    columns = lines[0] if lines else []
    if len(set(columns)) < len(columns):
        raise _no_table("a column is named twice")
    for number, cells in enumerate(lines, start=1):
        if len(cells) != len(columns):
            raise _no_table(f"row {number} has {len(cells)} cells under {len(columns)} columns")
    return lines


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _no_table(why: str) -> RatingError:
    text = f"The listings cannot be read, so nothing was added: {why}. Correct the file first."
    return RatingError(text, code="LISTINGS_MALFORMED")


def endorsement_content(
    course: Course,
    listing: ListedValue | ListingRow,
    day: RegisterDay,
    provider: str,
    *,
    rating_id: str,
) -> JsonObject:
    """Build what an authority endorses: the value of a course, for one who may award it.

    These are the members `credentialSubject` and `evidence` of an EndorsementCredential (Open
    Badges 3.0 section B.3).  The values stand in the evidence, under an id of their own: were
    they said of the course itself, they and the course's own could be exchanged under the badge's
    signature.  Raises
    `RatingError` (PROVIDER_NOT_NAMED, VALUE_NOT_IN_REGISTER), and `ValueRangeError` for amounts
    that no credential can state.
    """
    named = _named_provider(course, provider)
    framework, level = _level_statement(course, listing, day)
    unit = day.unit_rows.get(listing.unit)
    if unit is None:
        raise _not_in_register(f"the unit {listing.unit}")
    credit = CreditStatement(unit.token, listing.credits)
    values, _subject = write_values(rating_id, level=level, credit=credit, hours=listing.hours)
    rating = {
        "id": rating_id,
        "type": ["Evidence", "Achievement"],
        "name": course.title,
        "creator": {"id": provider, "type": ["Profile"]},
        **values,
    }
    subject = {
        "id": course.id,
        "type": ["EndorsementSubject"],
        "endorsementComment": _comment(course, listing, framework, unit.token, named),
    }
    return {"credentialSubject": subject, "evidence": [rating]}


def _named_provider(course: Course, provider: str) -> Provider:
    for one in course.providers:
        if one.id == provider:
            return one
    text = f"The course does not name {provider} among those who may award it."
    raise RatingError(text, code="PROVIDER_NOT_NAMED")


_SHORT_NAME = re.compile("[A-Za-z0-9._-]{1,32}")


def _level_statement(
    course: Course, listing: ListedValue | ListingRow, day: RegisterDay
) -> tuple[FrameworkRow, LevelStatement]:
    framework = day.frameworks.get(course.framework)
    if framework is None:
        raise _not_in_register(f"the framework {course.framework}")
    ladder = day.ladders.get(course.framework)
    level = None if ladder is None else ladder.levels.get(listing.level)
    if level is None or level.uri is None:
        raise _not_in_register(f"the level {listing.level} with a URI")
    acronym = framework.acronym or ""
    short = acronym if _SHORT_NAME.fullmatch(acronym) else framework.id
    return framework, LevelStatement(short, framework.name, level.code, level.uri)


def _comment(
    course: Course,
    listing: ListedValue | ListingRow,
    framework: FrameworkRow,
    token: str,
    provider: Provider,
) -> str:
    hours = "" if listing.hours is None else f" ({decimal_text(listing.hours)} hours of learning)"
    return (
        f'"{course.title}" is listed in the {framework.name} at level {listing.level} with '
        f"{decimal_text(listing.credits)} {token} credits{hours}; "
        f"{provider.name or provider.id} may award it."
    )


def _not_in_register(what: str) -> RatingError:
    text = f"The register does not have {what} on that day."
    return RatingError(text, code="VALUE_NOT_IN_REGISTER")
