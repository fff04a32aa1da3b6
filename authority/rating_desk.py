"""What is proposed for a submitted course, and the listing that comes of it; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from credentials.json_types import JsonObject
from frameworks.amounts import parse_amount
from frameworks.dates import parse_date
from frameworks.rating import Rating, append_row, listing_row, rate
from frameworks.rating.course import course_of
from frameworks.register import Register


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an officer proposes: a listing with its id, days and source.

    `level` and `credits` are what they set instead of what the rules propose, "" for nothing;
    `last` is "" for no end.
    """

    listing: str
    source: str
    first: str
    last: str = ""
    level: str = ""
    credits: str = ""

    @classmethod
    def from_json(cls, members: JsonObject) -> Proposal:
        """Read what `to_json` wrote."""
        return cls(**members)

    def to_json(self) -> JsonObject:
        """Write it to be kept."""
        return {name: getattr(self, name) for name in self.__slots__}


def rating_of(members: JsonObject, register: Register, day: date) -> Rating:
    """Rate a course by the rules of a day."""
    return rate(course_of(members), register, as_of=day)


def listing_of(
    members: JsonObject, proposal: Proposal, register: Register, *, approved_by: str, today: date
) -> Mapping[str, str]:
    """Write the row of the listing that a proposal means.

    Raises `FrameworkError` for days and amounts that are none, and `RatingError` where a certain
    finding stands against it or a cell would be a formula.
    """
    first = parse_date(proposal.first)
    course = course_of(members)
    rating = rate(course, register, as_of=first)
    cells = listing_row(
        course,
        rating,
        id=proposal.listing,
        source=proposal.source,
        approved_by=approved_by,
        rated_by="",
        first_day=first,
        last_day=parse_date(proposal.last) if proposal.last else None,
        level=proposal.level or None,
        credits=parse_amount(proposal.credits) if proposal.credits else None,
        today=today,
    )
    append_row(None, cells)
    return cells
