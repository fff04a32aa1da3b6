"""Earlier decisions as precedents: read from their payloads, whoever keeps them."""

from __future__ import annotations

from credentials.json_types import JsonObject
from frameworks.amounts import parse_amount
from frameworks.cases.parsing import level, optional_date
from frameworks.dates import parse_date
from recognition.deciding.judging import Outcome
from recognition.deciding.precedents import Precedent
from recognition.deciding.question import Amount


def precedent_of(
    identifier: str,
    payload: JsonObject,
    superseded_by: str | None = None,
    *,
    is_appealed: bool = False,
) -> Precedent | None:
    """Read a payload as a precedent; None for one that is about no one version of a course.

    The version of the policy is its digest, so that a change that kept its number counts.  While
    an appeal is pending, nobody knows whether the decision will stand, so it is not repeated.
    """
    sources = payload["sources"]
    if len(sources) != 1 or payload["outcome"] == Outcome.REFER:
        return None
    source, granted = sources[0], payload["granted"]
    if source["achievement"] is None or source["version"] is None:
        return None
    return Precedent(
        id=identifier,
        issuer=source["issuer"],
        achievement=source["achievement"],
        version=source["version"],
        policy_version=payload["policy"]["digest"],
        decided=parse_date(payload["decidedOn"]),
        is_allowed=payload["allowedAsPrecedent"] and not is_appealed,
        outcome=Outcome(payload["outcome"]),
        granted=granted and Amount(parse_amount(granted["amount"]), granted["unit"]),
        valid_until=optional_date(payload["validUntil"]),
        superseded_by=superseded_by,
        component=payload["target"]["component"],
        level=granted and level(granted["level"]),
    )
