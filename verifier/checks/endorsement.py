"""Check "endorsement": what others say about the credential, judged on its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from credentials.json_types import JsonObject, as_list, walk
from credentials.linked_data.embedded import embedded_credentials
from verifier.checks.world import World, skipped
from verifier.report import Outcome, Remark, Verdict

NESTING = 1
"""Endorsements of endorsements are not followed."""

ENDORSEMENT_VALID = "ENDORSEMENT_VALID"
"""Code of the remark that points to an endorsement that holds."""

Examine = Callable[[JsonObject, World], Verdict]


def check_endorsements(document: JsonObject, world: World, examine: Examine) -> tuple[Remark, ...]:
    """Verify the endorsements inside a credential (Open Badges 3.0 section 9.1 step 6).

    Obligations: 1. each endorsement is verified like any credential; 2. it endorses this
    credential, its achievement or one of its parties; 3. a bad one is told and does not make the
    credential bad, since anybody could attach one; 4. what was not looked at is told.
    """
    if world.nesting > NESTING:
        return (skipped("NOT_FOLLOWED", "Endorsements of endorsements are not followed."),)
    most = world.limits.embedded_credentials
    found = list(islice(_endorsements(document), most + 1))
    remarks = [
        _judge(endorsement, pointer, document, world, examine)
        for pointer, endorsement in found[:most]
    ]
    if len(found) > most:
        text = f"There are more endorsements than the {most} that are looked at."
        remarks.append(Remark(Outcome.WARNING, "TOO_MANY_ENDORSEMENTS", text))
    remarks.extend(_in_jwt_form(document))
    return tuple(remarks) or (skipped("NO_ENDORSEMENTS", "Nobody endorses the credential."),)


def _endorsements(document: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    for pointer, item in embedded_credentials(document):
        if "/endorsement" in pointer and "verifiableCredential" not in pointer:
            yield pointer, item


def _judge(
    endorsement: JsonObject, pointer: str, document: JsonObject, world: World, examine: Examine
) -> Remark:
    # 1.
    verdict = examine(endorsement, world.inner())
    if verdict is Verdict.INDETERMINATE:
        text = "An endorsement could not be verified; do not count on it."
        return Remark(Outcome.WARNING, "ENDORSEMENT_UNDECIDED", text, pointer)
    # 2. and 3.
    if verdict is Verdict.INVALID:
        text = "An endorsement is not valid; ignore it."
        return Remark(Outcome.WARNING, "ENDORSEMENT_INVALID", text, pointer)
    if not _endorsed_ids(endorsement) & _ids(document):
        text = "An endorsement is about something else; ignore it."
        return Remark(Outcome.WARNING, "ENDORSEMENT_OF_OTHER", text, pointer)
    return Remark(Outcome.PASSED, ENDORSEMENT_VALID, "An endorsement is valid.", pointer)


def _endorsed_ids(endorsement: JsonObject) -> set[str]:
    return {
        subject["id"]
        for subject in as_list(endorsement.get("credentialSubject"))
        if isinstance(subject, dict) and isinstance(subject.get("id"), str)
    }


def _ids(document: JsonObject) -> set[str]:
    """Name everything in a credential that can be endorsed: itself, achievement, parties."""
    subject = document.get("credentialSubject")
    parties = [document, document.get("issuer"), subject]
    if isinstance(subject, dict):
        achievement = subject.get("achievement")
        parties += [achievement, subject.get("source")]
        if isinstance(achievement, dict):
            parties.append(achievement.get("creator"))
    ids = {party.get("id") if isinstance(party, dict) else party for party in parties}
    return {identifier for identifier in ids if isinstance(identifier, str)}


def _in_jwt_form(document: JsonObject) -> Iterator[Remark]:
    for pointer, value in walk(document):
        if isinstance(value, dict) and "endorsementJwt" in value:
            text = "An endorsement in JWT form was not looked at."
            place = f"{pointer}/endorsementJwt"
            yield Remark(Outcome.WARNING, "ENDORSEMENT_NOT_CHECKED", text, place)
