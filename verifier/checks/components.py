"""Part of check "proof": the credentials inside a credential each hold by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from credentials.json_types import JsonObject
from credentials.linked_data.embedded import ENDORSEMENT, Contained, contained_credentials
from verifier.checks.world import Examine, World, mentioned
from verifier.report import Outcome, Remark, Verdict

NESTING = 1
"""Records inside records are not followed any further."""


def check_components(
    document: JsonObject, world: World, examine: Examine
) -> tuple[tuple[Remark, ...], tuple[Remark, ...]]:
    """Verify every credential inside a document but endorsements (CLR 2.0 section 6.1).

    Obligations: 1. whatever is a credential, or stands where one must stand, verifies by itself,
    at any place of the document, because the signature around it does not tell members of
    different credentials apart; 2. one that is invalid makes the document invalid, one that is
    undecided or was not looked at leaves it undecided; 3. none goes unmentioned.

    The second result is what there is to say about endorsements inside those credentials.
    """
    most = world.limits.embedded_credentials
    remarks: list[Remark] = []
    of_endorsements: list[Remark] = []
    for index, component in enumerate(islice(_components(document), most + 1)):
        value, place = component.value, component.pointer
        if world.nesting > NESTING or index >= most or not isinstance(value, dict):
            text = "A credential inside this one was not looked at."
            remarks.append(Remark(Outcome.INDETERMINATE, "COMPONENT_NOT_CHECKED", text, place))
            continue
        examined = examine(value, world.inner())
        remarks.append(_remark(examined.verdict, place))
        of_endorsements.extend(mentioned(examined, "endorsement", place))
    return tuple(remarks), tuple(of_endorsements)


def _components(document: JsonObject) -> Iterator[Contained]:
    return (one for one in contained_credentials(document) if one.member != ENDORSEMENT)


def _remark(verdict: Verdict, place: str) -> Remark:
    if verdict is Verdict.VALID:
        text = "A credential inside this one is valid by itself."
        return Remark(Outcome.PASSED, "COMPONENT_VALID", text, place)
    if verdict is Verdict.INVALID:
        text = "A credential inside this one is not valid."
        return Remark(Outcome.FAILED, "COMPONENT_INVALID", text, place)
    text = "A credential inside this one could not be decided."
    return Remark(Outcome.INDETERMINATE, "COMPONENT_UNDECIDED", text, place)
