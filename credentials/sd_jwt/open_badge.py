"""Reading the claims of an SD-JWT VC that is derived from an Open Badge with level and credits.

The mapping is explained in docs/sd-jwt-vc.md; `open_badge_claims` beside this module writes it.
What decides about validity and value is never selectively disclosable; what is about the learner
stands in the claim `learner`, whose members are.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

import schemas
from credentials.errors import CredentialError
from credentials.findings import Finding
from credentials.json_types import JsonObject, JsonValue, as_list, id_of, pointer_to
from credentials.level_credit import CreditStatement, LevelStatement, write_values
from credentials.level_credit.reader import amount_descriptions
from credentials.level_credit.writer import level_alignment
from credentials.linked_data.context_policy import VC_V2
from credentials.numeric_dates import parse_numeric_date
from credentials.open_badges import CURRENT_CONTEXT
from credentials.sd_jwt.processing import ProcessedPayload, Steps
from credentials.timestamps import format_timestamp

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

VCT = "urn:tallystick:vct:open-badge:1"
"""The type of these credentials; a change that readers must know about makes it another one."""

CLAUSE = "SD-JWT VC derived from an Open Badge §2"
LEARNER = "learner"
"""The claim whose members are selectively disclosable, and the only one."""

CONTEXTS = (VC_V2, CURRENT_CONTEXT)
TYPES = ("VerifiableCredential", "OpenBadgeCredential")

SAME_NAME = ("name", "description", "awardedDate")
"""Members of the badge that are claims of the same name."""

SAME_NAME_OF_SUBJECT = ("activityStartDate", "activityEndDate", "creditsEarned")
"""Members of its subject that are, too: they decide what the award is worth."""

LEARNER_MEMBERS = (
    "id",
    "identifier",
    "image",
    "licenseNumber",
    "narrative",
    "role",
    "source",
    "term",
)
"""Members of its subject that are about the person."""

FINDINGS_REPORTED = 20
"""How many broken rules are listed before the list is cut."""


def disclosable_places(claims: JsonObject) -> list[Steps]:
    """Name what the learner may keep back: each member of the claim `learner`."""
    return [(LEARNER, name) for name in claims[LEARNER]]


def claim_findings(processed: ProcessedPayload) -> tuple[Finding, ...]:
    """Judge the claims of this type, so that an Open Badge can be built of them.

    Obligations (docs/sd-jwt-vc.md section 2):

    1. nothing can be kept back but what is inside `learner`, and everything else is in the open;
    2. each claim has its form, and its amounts and dates can be written;
    3. nothing inside `learner` decides what the award is worth.

    Codes: CLAIM_NOT_DISCLOSABLE, CLAIM_MALFORMED, and those of amounts and dates.
    """
    # 1. and 2.
    findings = (*_misplaced(processed), *_malformed(processed.claims))
    if findings:
        return findings
    try:
        document_of(processed.claims)
    except CredentialError as error:
        return (Finding(error.code, error.pointer, error.message, CLAUSE),)
    # 3.
    return tuple(_deciding(processed.claims))


def document_of(claims: JsonObject) -> JsonObject:
    """Build the Open Badge that claims stand for, as far as they were disclosed.

    It is a way to read the claims: nobody signed it as an Open Badge.  Claims for which
    `claim_findings` has an error are not to be given here.  Raises `CredentialError` for a date
    or an amount that cannot be written.
    """
    learner = claims[LEARNER]
    achievement, value = _valued(claims)
    subject: JsonObject = {
        **{name: item for name, item in learner.items() if name in LEARNER_MEMBERS},
        "type": ["AchievementSubject"],
        **{name: claims[name] for name in SAME_NAME_OF_SUBJECT if name in claims},
        "achievement": achievement,
    }
    results = [*value.pop("result", ()), *claims.get("result", ()), *learner.get("result", ())]
    document: JsonObject = {
        "@context": list(CONTEXTS),
        "id": claims["jti"],
        "type": list(TYPES),
        "issuer": {"type": ["Profile"], **claims.get("issuer", {}), "id": claims["iss"]},
        "validFrom": format_timestamp(parse_numeric_date(claims["nbf"])),
        **{name: claims[name] for name in SAME_NAME if name in claims},
        "credentialSubject": {**subject, **value, **_stated({"result": results})},
    }
    if "exp" in claims:
        document["validUntil"] = format_timestamp(parse_numeric_date(claims["exp"]))
    return document | _stated(
        {"evidence": [*claims.get("evidence", ()), *learner.get("evidence", ())]}
    )


def _stated(members: JsonObject) -> JsonObject:
    """Leave out what is not there: None, and empty arrays and objects."""
    return {name: item for name, item in members.items() if item not in (None, [], {})}


def has_digest(item: JsonValue) -> bool:
    """Tell whether evidence is fixed by a digest, as the components of an award are.

    Who could keep it back could have a component counted beside its award.
    """
    return isinstance(item, dict) and bool({"digestMultibase", "digestSRI"} & item.keys())


def states_amount_of(achievement: JsonObject, result: JsonValue) -> bool:
    """Tell whether a result says how many credits or hours of an achievement were earned."""
    amounts = {id_of(item) for _kind, item in amount_descriptions(achievement)}
    return isinstance(result, dict) and id_of(result.get("resultDescription")) in amounts


def _valued(claims: JsonObject) -> tuple[JsonObject, JsonObject]:
    """Put level, credits, hours and field back: the achievement, and members of its subject."""
    achievement = claims["achievement"]
    written, value = _written(claims, str(achievement["id"]))
    levels = [level_alignment(_level(claims["level"]))] if "level" in claims else []
    added = {
        **written,
        "alignment": [*levels, *as_list(achievement.get("alignment"))],
        "resultDescription": [
            *written.get("resultDescription", ()),
            *as_list(achievement.get("resultDescription")),
        ],
        "fieldOfStudy": claims.get("field"),
    }
    return {**achievement, **_stated(added)}, value


def _written(claims: JsonObject, achievement_id: str) -> tuple[JsonObject, JsonObject]:
    """Write credits and hours as the level and credit profile does."""
    if "credits" not in claims:
        return {}, {}
    stated = claims["credits"]
    return write_values(
        achievement_id,
        level=None,
        credit=CreditStatement(stated["unit"], Fraction(stated["amount"])),
        hours=Fraction(claims["hours"]) if "hours" in claims else None,
    )


def _level(claim: JsonObject) -> LevelStatement:
    return LevelStatement(claim["framework"], claim["frameworkName"], claim["code"], claim["uri"])


def _misplaced(processed: ProcessedPayload) -> Iterator[Finding]:
    disclosed = (place for place in processed.disclosed if not _is_inside_learner(place))
    hidden = (place for place in processed.hidden if place[:1] != (LEARNER,))
    for place in sorted((*disclosed, *hidden), key=str):
        text = (
            "Something can be kept back that decides what this credential is worth and whether it "
            "holds; in this type only what is about the learner can be."
        )
        yield Finding("CLAIM_NOT_DISCLOSABLE", pointer_to(place), text, CLAUSE)


def _is_inside_learner(place: Steps) -> bool:
    return place[0] == LEARNER and len(place) > 1


def _malformed(claims: JsonObject) -> Iterator[Finding]:
    for error in islice(_validator().iter_errors(claims), FINDINGS_REPORTED):
        text = "A claim of this type of credential is missing or not of its form."
        yield Finding("CLAIM_MALFORMED", pointer_to(error.absolute_path), text, CLAUSE)


@cache
def _validator() -> Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schemas.json_schema("sd-jwt-open-badge"))


def _deciding(claims: JsonObject) -> Iterator[Finding]:
    """Find what decides about the worth of the award among what can be kept back."""
    achievement, _value = _valued(claims)
    learner = claims[LEARNER]
    if any(states_amount_of(achievement, item) for item in learner.get("result", ())):
        text = "A result that says what was earned stands where it could be kept back."
        yield Finding("CLAIM_NOT_DISCLOSABLE", f"/{LEARNER}/result", text, CLAUSE)
    if any(map(has_digest, learner.get("evidence", ()))):
        text = "Evidence that names a component by its digest stands where it could be kept back."
        yield Finding("CLAIM_NOT_DISCLOSABLE", f"/{LEARNER}/evidence", text, CLAUSE)
