"""Part of check "proof": the credentials inside a learner record each hold by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from credentials.json_types import JsonObject, as_list
from verifier.checks.world import World
from verifier.report import Outcome, Remark, Verdict

NESTING = 1
"""Records inside records are not followed any further."""

Examine = Callable[[JsonObject, World], Verdict]


def check_components(document: JsonObject, world: World, examine: Examine) -> Iterator[Remark]:
    """Verify the components of a ClrCredential (CLR 2.0 section 6.1).

    Obligations: 1. every component is an object that verifies by itself, because the signature
    around it does not tell members of different components apart; 2. one that is invalid makes
    the record invalid, one that is undecided leaves it undecided.
    """
    subject = document.get("credentialSubject")
    components = subject.get("verifiableCredential") if isinstance(subject, dict) else None
    most = world.limits.embedded_credentials
    for index, component in enumerate(as_list(components)[: most + 1]):
        place = f"/credentialSubject/verifiableCredential/{index}"
        if world.nesting > NESTING or index >= most or not isinstance(component, dict):
            text = "A credential inside the record was not looked at."
            yield Remark(Outcome.INDETERMINATE, "COMPONENT_NOT_CHECKED", text, place)
            return
        verdict = examine(component, world.inner())
        if verdict is not Verdict.VALID:
            yield _remark(verdict, place)


def _remark(verdict: Verdict, place: str) -> Remark:
    if verdict is Verdict.INVALID:
        text = "A credential inside the record is not valid."
        return Remark(Outcome.FAILED, "COMPONENT_INVALID", text, place)
    text = "A credential inside the record could not be decided."
    return Remark(Outcome.INDETERMINATE, "COMPONENT_UNDECIDED", text, place)
