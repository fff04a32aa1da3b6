"""Part of check "proof": the credentials inside a credential each hold by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from credentials.json_types import JsonObject
from credentials.linked_data.embedded import ENDORSEMENTS, Contained
from verifier.checks.records import Beside
from verifier.checks.world import Examine, Examined, World, mentioned
from verifier.report import Outcome, Remark, Verdict

NESTING = 1
"""Records inside records are not followed any further."""


class Components(NamedTuple):
    """What there is to say about the credentials inside a document, by check."""

    proof: tuple[Remark, ...]
    endorsement: tuple[Remark, ...]
    value: tuple[Remark, ...]
    valid: tuple[Beside, ...]
    """Those that are valid, with their places."""


def check_components(document: JsonObject, world: World, examine: Examine) -> Components:
    """Verify every credential inside a document but endorsements (CLR 2.0 section 6.1).

    Obligations: 1. whatever is a credential, or stands where one must stand, verifies by itself,
    at any place of the document, because the signature around it does not tell members of
    different credentials apart; 2. one that is invalid makes the document invalid, one that is
    undecided or was not looked at leaves it undecided; 3. none goes unmentioned; 4. what each is
    worth is held against the same registers as the document around it, and told with it.
    """
    most = world.limits.embedded_credentials
    remarks: list[Remark] = []
    of_endorsements: list[Remark] = []
    of_values: list[Remark] = []
    valid: list[Beside] = []
    for index, component in enumerate(islice(_components(document, world), most + 1)):
        value, place = component.value, component.pointer
        if world.nesting > NESTING or index >= most or not isinstance(value, dict):
            text = "A credential inside this one was not looked at."
            remarks.append(Remark(Outcome.INDETERMINATE, "COMPONENT_NOT_CHECKED", text, place))
            continue
        examined = examine(value, world.for_component())
        remarks.append(_remark(examined.verdict, place))
        of_endorsements.extend(mentioned(examined, "endorsement", place))
        of_values.extend(_of_value(examined, place))
        if examined.is_somebodys:
            valid.append(Beside(place, examined.verified(world)))
    return Components(tuple(remarks), tuple(of_endorsements), tuple(of_values), tuple(valid))


def _of_value(examined: Examined, place: str) -> tuple[Remark, ...]:
    """Repeat what was said about a value; of a credential that is not valid, only what is wrong."""
    if examined.verdict is not Verdict.INVALID:
        return mentioned(examined, "value", place)
    wrong = (one for one in examined.remarks["value"] if one.outcome is Outcome.FAILED)
    return tuple(one.below(place) for one in wrong)


def _components(document: JsonObject, world: World) -> Iterator[Contained]:
    return (one for one in world.contained_in(document) if one.member not in ENDORSEMENTS)


def _remark(verdict: Verdict, place: str) -> Remark:
    if verdict is Verdict.VALID:
        text = "A credential inside this one is valid by itself."
        return Remark(Outcome.PASSED, "COMPONENT_VALID", text, place)
    if verdict is Verdict.INVALID:
        text = "A credential inside this one is not valid."
        return Remark(Outcome.FAILED, "COMPONENT_INVALID", text, place)
    text = "A credential inside this one could not be decided."
    return Remark(Outcome.INDETERMINATE, "COMPONENT_UNDECIDED", text, place)
