"""Writing an Open Badge with level and credits as the claims of an SD-JWT VC, whole or not at all.

The mapping is explained in docs/sd-jwt-vc.md, and read by `credentials.sd_jwt.open_badge`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fractions import Fraction
from functools import partial

from credentials.errors import DataLossError
from credentials.json_types import JsonObject, JsonValue, as_list, id_of, pointer_to
from credentials.level_credit import CreditStatement, LevelStatement, write_values
from credentials.level_credit.claims import amount_of, decimal_text
from credentials.level_credit.reader import (
    HOURS_RESULT_TYPE,
    counted_amounts,
    descriptions_of,
    profile_credits,
)
from credentials.level_credit.writer import level_alignment
from credentials.numeric_dates import numeric_date
from credentials.sd_jwt.open_badge import (
    LEARNER,
    LEARNER_MEMBERS,
    SAME_NAME,
    SAME_NAME_OF_SUBJECT,
    VCT,
    claim_findings,
    document_of,
    has_digest,
    states_amount_of,
)
from credentials.sd_jwt.processing import ProcessedPayload, Steps
from credentials.timestamps import format_timestamp, is_datetime_stamp, parse_timestamp

_LEVEL_TYPE = re.compile(r"ext:([A-Za-z0-9._-]{1,32})Level")


def claims_of(document: JsonObject) -> JsonObject:
    """Write an unsigned Open Badge as claims, whole.

    Raises `DataLossError` (MEMBER_WITHOUT_CLAIM) at the first member for which there is no claim:
    several subjects or achievements, extensions, contexts and types of others, a status, an image
    of the credential and whatever else the mapping does not name.
    """
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    if not isinstance(subject, dict) or not isinstance(achievement, dict):
        raise _lost("/credentialSubject")
    plain, value, results = _value_claims(subject, achievement)
    open_evidence, own_evidence = _parted(as_list(document.get("evidence")), has_digest)
    learner = {name: subject[name] for name in LEARNER_MEMBERS if name in subject}
    open_results, own_results = _parted(results, partial(states_amount_of, achievement))
    claims: JsonObject = {
        "vct": VCT,
        "iss": id_of(document.get("issuer")),
        "jti": document.get("id"),
        **_dates(document),
        **{name: document[name] for name in SAME_NAME if name in document},
        "issuer": _issuer_claim(document.get("issuer")),
        "achievement": plain,
        **value,
        "field": achievement.get("fieldOfStudy"),
        "result": open_results,
        "evidence": open_evidence,
        LEARNER: {**learner, **_stated({"result": own_results, "evidence": own_evidence})},
    }
    claims = _stated(claims) | {LEARNER: claims[LEARNER]}
    _require_whole(document, claims)
    return claims


def _stated(members: JsonObject) -> JsonObject:
    """Leave out what is not there: None, and empty arrays and objects."""
    return {name: item for name, item in members.items() if item not in (None, [], {})}


def _without(value: JsonValue, *names: str) -> JsonObject:
    members = value if isinstance(value, dict) else {}
    return {name: item for name, item in members.items() if name not in names}


def _issuer_claim(issuer: JsonValue) -> JsonObject:
    """Write what is said about the issuer beside its id, which is `iss`."""
    claim = _without(issuer, "id")
    return _without(claim, "type") if claim.get("type") == ["Profile"] else claim


def _parted(
    items: list[JsonValue], belongs_to_first: Callable[[JsonValue], bool]
) -> tuple[list[JsonValue], list[JsonValue]]:
    """Part items in two, in their order."""
    first = [item for item in items if belongs_to_first(item)]
    return first, [item for item in items if not belongs_to_first(item)]


def _dates(document: JsonObject) -> JsonObject:
    dates: JsonObject = {}
    for claim, member in (("nbf", "validFrom"), ("exp", "validUntil")):
        if is_datetime_stamp(document.get(member)):
            dates[claim] = max(0, numeric_date(parse_timestamp(document[member])))
    return dates


def _value_claims(
    subject: JsonObject, achievement: JsonObject
) -> tuple[JsonObject, JsonObject, list[JsonValue]]:
    """Take level, credits and hours out of achievement and results, if they are in our profile.

    Returns the achievement without them, the claims, and the results without them.  What is
    stated in another form stays in the achievement, which is read in the same way.
    """
    results = as_list(subject.get("result"))
    plain = _without(achievement, "fieldOfStudy")
    level = _level_statement(achievement)
    claims: JsonObject = {name: subject.get(name) for name in SAME_NAME_OF_SUBJECT}
    if level is not None:
        plain["alignment"] = _removed(achievement.get("alignment"), [level_alignment(level)])
        claims["level"] = _level_claim(level)
    credit, hours = _profile_amounts(subject, achievement)
    if credit is not None:
        written, earned = write_values(
            str(achievement["id"]), level=None, credit=credit, hours=hours
        )
        descriptions, own = written["resultDescription"], achievement.get("resultDescription")
        if _are_all_in(descriptions, own) and _are_all_in(earned["result"], results):
            plain["resultDescription"] = _removed(own, descriptions)
            results = _removed(results, earned["result"])
            claims |= {"credits": _credit_claim(credit), "hours": decimal_text(hours)}
            claims["creditsEarned"] = plain["creditsAvailable"] = None
    return _stated(plain), claims, results


def _level_statement(achievement: JsonObject) -> LevelStatement | None:
    """Read the only level that is stated in the very form of our profile."""
    found = []
    for item in as_list(achievement.get("alignment")):
        match = (
            _LEVEL_TYPE.fullmatch(str(item.get("targetType"))) if isinstance(item, dict) else None
        )
        if match is not None:
            names = ("targetFramework", "targetCode", "targetUrl")
            name, code, uri = (str(item.get(one)) for one in names)
            level = LevelStatement(match[1], name, code, uri)
            if level_alignment(level) == item:
                found.append(level)
    return found[0] if len(found) == 1 else None


def _level_claim(level: LevelStatement) -> JsonObject:
    return {
        "framework": level.framework,
        "frameworkName": level.framework_name,
        "code": level.code,
        "uri": level.uri,
    }


def _profile_amounts(
    subject: JsonObject, achievement: JsonObject
) -> tuple[CreditStatement | None, Fraction | None]:
    """Read credits of one unit that are earned in full, and the hours beside them."""
    units = profile_credits(subject, achievement)
    if len(units) != 1:
        return None, None
    ((unit, stated),) = units.items()
    plain = {
        amount_of(subject.get("creditsEarned")),
        amount_of(achievement.get("creditsAvailable")),
    }
    if stated.earned is None or {stated.earned, stated.available} | plain != {stated.earned}:
        return None, None
    return CreditStatement(unit, stated.earned), _profile_hours(subject, achievement)


def _profile_hours(subject: JsonObject, achievement: JsonObject) -> Fraction | None:
    for item in descriptions_of(achievement):
        if item.get("resultType") == HOURS_RESULT_TYPE:
            amounts = counted_amounts(subject, item)
            return amounts.pop() if len(amounts) == 1 else None
    return None


def _credit_claim(credit: CreditStatement) -> JsonObject:
    return {"unit": credit.unit, "amount": decimal_text(credit.amount)}


def _removed(items: JsonValue, gone: list[JsonValue]) -> list[JsonValue]:
    return [item for item in as_list(items) if item not in gone]


def _are_all_in(items: list[JsonValue], others: JsonValue) -> bool:
    return all(item in as_list(others) for item in items)


def _require_whole(document: JsonObject, claims: JsonObject) -> None:
    """Build the badge again and compare; what differs would be lost."""
    findings = claim_findings(ProcessedPayload(claims, "", {}, frozenset()))
    if findings:
        raise _lost(findings[0].pointer)
    again = document_of(claims)
    difference = _difference(_normal(document), _normal(again))
    if difference is not None:
        raise _lost(pointer_to(difference))


def _difference(one: JsonValue, other: JsonValue, steps: Steps = ()) -> Steps | None:
    """Find the first place in which two documents differ."""
    if one == other:
        return None
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted(one.keys() | other.keys()):
            found = _difference(one.get(name), other.get(name), (*steps, name))
            if found is not None:
                return found
    return steps


def _normal(value: JsonValue, name: str = "") -> JsonValue:
    """Write a value in one of the spellings that mean the same: sets sorted, dates in UTC."""
    if name == "issuer" and isinstance(value, str):
        value = {"id": value, "type": ["Profile"]}
    if name in ("validFrom", "validUntil") and is_datetime_stamp(value):
        return format_timestamp(parse_timestamp(value))
    if isinstance(value, dict):
        return {key: _normal(item, key) for key, item in value.items()}
    if isinstance(value, list):
        items = sorted(map(_normal, value), key=lambda item: json.dumps(item, sort_keys=True))
        return items[0] if len(items) == 1 else items
    return value


def _lost(pointer: str) -> DataLossError:
    return DataLossError(
        "This badge has something that an SD-JWT VC derived from it could not carry. Leave it out, "
        "or issue the badge in its own form.",
        code="MEMBER_WITHOUT_CLAIM",
        pointer=pointer,
    )
