"""The worked cases about recognition: facts in, answer out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from credentials.jcs import canonicalize
from frameworks.amounts import parse_amount
from frameworks.cases import parsing
from frameworks.cases.parsing import Given
from frameworks.cases.runner import CaseKind
from frameworks.dates import parse_date
from recognition.deciding.facts import read_facts
from recognition.deciding.inputs import read_precedent, told_amount
from recognition.deciding.judging import Outcome, judge
from recognition.deciding.precedents import PrecedentRequest, repeat_precedent
from recognition.deciding.question import Amount, Cap, Question, Said
from recognition.policies.rules import read_rules

Answer = dict[str, Any]


def recognise_case(given: Given) -> Answer:
    """Answer what a policy decides on facts; with `repeat`, also whether it does so each time."""
    answer = _decided(given)
    if "repeat" not in given:
        return answer
    payload = canonicalize(answer)
    others = (canonicalize(_decided(given)) for _ in range(given["repeat"] - 1))
    return {**answer, "identical_payload": all(other == payload for other in others)}


def _decided(given: Given) -> Answer:
    judged = judge(read_rules(given["policy"]), _question(given))
    return {
        "outcome": judged.outcome.value,
        "reasons": list(judged.reasons),
        "routes": list(judged.routes),
        "granted": told_amount(judged.granted),
    }


def _question(given: Given) -> Question:
    cap = given["policy"].get("cap")
    return Question(
        facts=read_facts(given["facts"]),
        target=_amount(given["target"]),
        said=Said(
            units=parsing.units(given),
            ladders=parsing.ladders(given),
            maps=tuple(map(parsing.level_map, given.get("maps", ()))),
        ),
        day=parse_date(given["decided_on"]),
        cap=None if cap is None else _cap(cap),
    )


def _cap(row: Given) -> Cap:
    return Cap(parse_amount(row["amount"]), parse_amount(row["used"]), row["partial"])


def _amount(row: Given) -> Amount:
    return Amount(parse_amount(row["amount"]), row["unit"])


def precedent_case(given: Given) -> Answer:
    """Answer whether an earlier decision may be repeated."""
    asked = given["request"]
    found = repeat_precedent(
        PrecedentRequest(
            issuer=asked["issuer"],
            achievement=asked["achievement"],
            version=asked["version"],
            policy_version=asked["policy_version"],
            day=parse_date(asked["date"]),
        ),
        tuple(map(read_precedent, given["precedents"])),
        binds_policy_version=given.get("bind_policy_version", False),
    )
    return {
        "outcome": "AUTO_GRANT" if found.is_granted else Outcome.REFER.value,
        "precedent": None if found.precedent is None else found.precedent.id,
        "granted": told_amount(found.granted),
        "reasons": list(found.reasons),
    }


KINDS: Mapping[str, CaseKind] = {"recognise": recognise_case, "precedent": precedent_case}
"""The kinds of case that this room answers."""
