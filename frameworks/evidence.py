"""Evidence of who assigned a value: classes, endorsements, decisions, and the words for them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from credentials.json_types import JsonObject, as_list, id_of
from frameworks.dates import parse_date
from frameworks.errors import FrameworkError


class AssuranceClass(StrEnum):
    """Who assigned the value, the best first (frameworks.md section 9)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


IN_WORDS = {
    AssuranceClass.A: "listed or endorsed by the framework's authority, with equal values",
    AssuranceClass.B: "assigned by a body that was accredited for it on that day",
    AssuranceClass.C: "recognised by a decision",
    AssuranceClass.D: "declared by the issuer alone",
}


REASONS_IN_WORDS = {
    "ACCREDITOR_NOT_BELIEVED": "who accredited the issuer is not accredited for that",
    "ENDORSEMENT_DIFFERS": "the authority endorses other values",
    "FIELD_OUT_OF_SCOPE": "the issuer was not accredited for this field of study",
    "FIELD_TOO_COARSE": "the field of study is stated too broadly to tell",
    "FIELD_UNKNOWN": "the field of study is not stated, and the accreditation depends on it",
    "ISSUER_NOT_A_PROVIDER": "the authority lists the course for others than this issuer",
    "ISSUER_NOT_PROVEN": "it is not proven who issued it",
    "JURISDICTION_OUT_OF_SCOPE": "the issuer was not accredited for this country",
    "JURISDICTION_UNKNOWN": "the country is not stated, and the accreditation depends on it",
    "LEVEL_NOT_IN_REGISTER": "the level is in no register at hand",
    "LEVEL_OUT_OF_SCOPE": "the issuer was not accredited for this level",
    "LISTING_DIFFERS": "the authority lists the course with another value",
    "LISTING_NOT_CURRENT": "the authority did not list the course on that day",
    "NOT_ACCREDITED_ON_AWARD_DATE": "the issuer was not accredited on that day",
    "NOT_ENDORSED": "the authority does not endorse it",
    "LEVEL_DISPUTED": "registers disagree about which framework the level is of",
    "NOT_LISTED": "the authority does not list the course",
    "NO_ACCREDITATION": "the issuer has no accreditation there",
    "REGISTERS_DISAGREE": "registers that you believe disagree about it",
    "REGISTER_NOT_BELIEVED": "no authority that you believe has a register of this framework here",
    "SIZE_OUT_OF_SCOPE": "the issuer was not accredited for awards of this size",
    "SIZE_UNKNOWN": "the size is not stated in the unit of the accreditation",
    "TYPE_OUT_OF_SCOPE": "the issuer was not accredited for this type of award",
    "TYPE_UNKNOWN": "the type of award is not stated, and the accreditation depends on it",
    "UNIT_NOT_IN_REGISTER": "the unit of the credits is in no register at hand",
}
"""Why a value is of no better class, for people."""


class Link(NamedTuple):
    """One step from the award towards the authority: who is vouched for, by whom, in which row."""

    kind: str
    subject: str
    by: str
    row: str = ""

    def to_json(self) -> JsonObject:
        """Write the step."""
        return {"kind": self.kind, "subject": self.subject, "by": self.by, "row": self.row}


RATING_TYPE = "Achievement"
"""Type of the evidence that carries values."""


class Endorsement(NamedTuple):
    """An endorsement whose proof has been verified: by whom, of what, and with which ratings.

    A rating is an achievement in the evidence of the endorsement: who may award the course
    (`creator`), at what level and for how many credits.  It has an id of its own, since in RDF
    the members of two descriptions of one course could be moved from one to the other.
    """

    endorser: str
    endorsed: str
    ratings: tuple[JsonObject, ...]
    day: date | None = None
    """When it was made; None if it does not say."""

    @classmethod
    def of(cls, document: JsonObject) -> Endorsement | None:
        """Read an EndorsementCredential that has been verified; None if it endorses nothing."""
        endorser = id_of(document.get("issuer"))
        endorsed = id_of(document.get("credentialSubject"))
        if not isinstance(endorser, str) or not isinstance(endorsed, str):
            return None
        evidence = (item for item in as_list(document.get("evidence")) if isinstance(item, dict))
        ratings = tuple(item for item in evidence if RATING_TYPE in as_list(item.get("type")))
        return cls(endorser, endorsed, ratings, _day_of(document))


def _day_of(document: JsonObject) -> date | None:
    try:
        return parse_date(document.get("awardedDate", document.get("validFrom")))
    except FrameworkError:
        return None


class Recognition(NamedTuple):
    """A recognition decision that has been verified: by whom, and about which values."""

    decided_by: str
    decision: str
    level_uri: str
    unit: str
    amount: Fraction
