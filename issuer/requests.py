"""What somebody asks to be issued, and the credential that is built from it.

Two forms are understood.  The short one describes a micro-credential in the words of the people
who design it; the long one, `{"credential": {...}}` as in the VC-API, is a whole unsigned
credential.  Both come out as the exact document that will be signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cache
from typing import Protocol

import jsonschema_rs

import schemas
from credentials.errors import IssuanceError, SchemaError
from credentials.json_types import JsonObject, JsonValue, pointer_to
from credentials.level_credit import CreditStatement, LevelStatement, write_values
from credentials.level_credit.claims import amount_of
from credentials.timestamps import format_timestamp

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
"""Contexts of a new Open Badge, in the order that Open Badges 3.0 section B.1.1 asks for."""


COPIED = ("inLanguage", "version", "fieldOfStudy", "creator", "image", "related")
"""Members of an achievement that stand in a request as they will stand in the badge."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """Sources of what must be new each time: ids (URLs) and salts (at least 128 random bits)."""

    id: Callable[[], str]
    salt: Callable[[], str]


class Request(Protocol):
    """What can be asked to be issued: something that builds the exact document."""

    def build(self, *, issuer: str, now: datetime, fresh: Fresh) -> JsonObject:
        """Build the unsigned credential; raise `IssuanceError` if it is not this issuer's."""


@dataclass(frozen=True, slots=True)
class IssuanceRequest:
    """A request as received; `members` is never changed."""

    members: JsonObject

    @classmethod
    def from_json(cls, value: JsonValue) -> IssuanceRequest:
        """Accept a request in one of the two forms; raise `SchemaError` for anything else."""
        if not isinstance(value, dict):
            raise SchemaError("A request is one JSON object.", code="REQUEST_MALFORMED")
        if "@context" in value:
            value = {"credential": value}
        _require_form(value)
        return cls(value)

    def with_endorsements(self, endorsements: Iterable[JsonObject]) -> IssuanceRequest:
        """Add endorsements of the achievement to a short request, as their makers signed them."""
        added = list(endorsements)
        if not added:
            return self
        if "credential" in self.members:
            raise IssuanceError(
                "A whole credential carries its endorsements itself; put them into it.",
                code="REQUEST_MALFORMED",
            )
        known = self.members.get("endorsements", [])
        return IssuanceRequest({**self.members, "endorsements": [*known, *added]})

    def build(self, *, issuer: str, now: datetime, fresh: Fresh) -> JsonObject:
        """Build the unsigned credential.

        Filled in where the request leaves them out: id, issuer, validFrom.  Raises
        `IssuanceError` (ISSUER_NOT_YOURS) if the request names another issuer than the key's.
        """
        if "credential" in self.members:
            document = dict(self.members["credential"])
        else:
            document = _open_badge(self.members, fresh)
        document.setdefault("id", fresh.id())
        document["issuer"] = own_issuer(document.get("issuer", issuer), issuer)
        if "issuanceDate" not in document:
            document.setdefault("validFrom", format_timestamp(now.replace(microsecond=0)))
        return document


@cache
def _quick_validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schemas.json_schema("issuance-request"))


def _require_form(value: JsonValue) -> None:
    """Check the form quickly; only where something is wrong, the slower library finds what."""
    try:
        if _quick_validator().is_valid(value):
            return
    except ValueError:
        # The quick one takes no lone surrogates; the other one says what is wrong with them.
        pass
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    validator = Draft202012Validator(schemas.json_schema("issuance-request"))
    error = best_match(validator.iter_errors(value))
    if error is not None:
        raise SchemaError(
            f"The request cannot be understood: {error.message}",
            code="REQUEST_MALFORMED",
            pointer=pointer_to(error.absolute_path),
        )


def own_issuer(stated: JsonValue, own: str) -> JsonValue:
    """Keep what the request says about the issuer, but only under the issuer's own id.

    Raises `IssuanceError` (ISSUER_NOT_YOURS).
    """
    if isinstance(stated, dict):
        profile = {"id": own, "type": ["Profile"], **stated}
        identifier = profile["id"]
    else:
        profile, identifier = stated, stated
    require_own(identifier, own)
    return profile


def require_own(identifier: JsonValue, own: str) -> None:
    """Refuse to issue in another name; raise `IssuanceError` (ISSUER_NOT_YOURS)."""
    if identifier != own:
        raise IssuanceError(
            f"The key belongs to {own}, so it cannot issue in the name of {identifier}.",
            code="ISSUER_NOT_YOURS",
            pointer="/issuer",
        )


def _open_badge(members: JsonObject, fresh: Fresh) -> JsonObject:
    """Build an Open Badge with level and credits from the short form."""
    course, learner = members["achievement"], members["learner"]
    achievement_id = course.get("id") or fresh.id()
    achievement_values, subject_values = _values(achievement_id, members)
    achievement = {
        "id": achievement_id,
        "type": ["Achievement"],
        "achievementType": course.get("achievementType", "MicroCredential"),
        "name": course["name"],
        "description": course["description"],
        "criteria": {"narrative": course["criteria"]},
        **{name: course[name] for name in COPIED if name in course},
        **achievement_values,
    }
    if "alignment" in course:
        achievement["alignment"] = [*achievement["alignment"], *course["alignment"]]
    if "endorsements" in members:
        achievement["endorsement"] = members["endorsements"]
    subject = {
        "type": ["AchievementSubject"],
        **_learner(learner, fresh.salt),
        "achievement": achievement,
    }
    document: JsonObject = {
        "@context": list(CONTEXTS),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": course["name"],
        "credentialSubject": {**subject, **subject_values},
    }
    copied = ("issuer", "evidence", "awardedDate", "validFrom", "validUntil")
    return document | {name: members[name] for name in copied if name in members}


def _learner(learner: JsonObject, new_salt: Callable[[], str]) -> JsonObject:
    """Name the learner by id, or by a salted hash of their mail address (section B.1.12).

    Whoever sees the credential can check an address that they know, and cannot learn one.
    """
    if "id" in learner:
        return {"id": learner["id"]}
    salt = new_salt()
    digest = hashlib.sha256((learner["email"].lower() + salt).encode("utf-8")).hexdigest()
    identity = {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": f"sha256${digest}",
        "identityType": "emailAddress",
        "salt": salt,
    }
    return {"identifier": [identity]}


def _values(achievement_id: str, members: JsonObject) -> tuple[JsonObject, JsonObject]:
    level, credit = members["level"], members["credits"]
    hours = members.get("hours")
    return write_values(
        achievement_id,
        level=LevelStatement(
            level["framework"], level["frameworkName"], level["code"], level["uri"]
        ),
        credit=CreditStatement(credit["unit"], _amount(credit["amount"], "/credits/amount")),
        hours=None if hours is None else _amount(hours, "/hours"),
    )


def _amount(value: JsonValue, pointer: str) -> Fraction:
    amount = amount_of(value)
    if amount is None:
        raise SchemaError(
            "This must be a decimal number.", code="AMOUNT_MALFORMED", pointer=pointer
        )
    return amount
