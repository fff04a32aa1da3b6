"""Assigning a value to any course: read its description, rate it, list it once approved.

Everything here proposes; a person decides.  What a rating rests on is the register of a day.
"""

from frameworks.rating.course import Course, CourseError, read_course
from frameworks.rating.findings import RatingError, RatingFinding
from frameworks.rating.listing import ListedValue, append_row, endorsement_content, listing_row
from frameworks.rating.metadata import MissingField, missing_metadata
from frameworks.rating.proposals import ProposedCredits, ProposedLevel
from frameworks.rating.rate import Rating, rate

__all__ = [
    "Course",
    "CourseError",
    "ListedValue",
    "MissingField",
    "ProposedCredits",
    "ProposedLevel",
    "Rating",
    "RatingError",
    "RatingFinding",
    "append_row",
    "endorsement_content",
    "listing_row",
    "missing_metadata",
    "rate",
    "read_course",
]
