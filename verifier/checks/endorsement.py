"""Check "endorsement": what others say about the credential, judged on its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from credentials.json_types import JsonObject, as_list, id_of, member
from credentials.linked_data.embedded import (
    ENDORSEMENT_JWT,
    ENDORSEMENTS,
    Contained,
)
from verifier.checks.world import Examine, Examined, World, mentioned, passed, skipped, types_of
from verifier.report import Outcome, Remark, Verdict

NESTING = 1
"""Endorsements of endorsements of endorsements are not followed."""

ENDORSEMENT_TYPE = "EndorsementCredential"
"""Type of a credential that endorses (Open Badges 3.0 section B.1.5)."""

ENDORSEMENT_VALID = "ENDORSEMENT_VALID"
"""Code of the remark that points to an endorsement that holds."""


def check_endorsements(
    document: JsonObject, world: World, examine: Examine, inside: tuple[Remark, ...] = ()
) -> tuple[Remark, ...]:
    """Verify the endorsements inside a credential (Open Badges 3.0 section 9.1 step 6).

    Obligations: 1. each endorsement, as JSON or as a token, is verified like any credential; 2. it
    says that it is an endorsement, and endorses this credential, its achievement or one of its
    parties; 3. a bad one is told and does not make the credential bad, since anybody could attach
    one; 4. what was not looked at is told.

    `inside` is what was said about endorsements of the credentials inside this one.
    """
    most = world.limits.embedded_credentials
    found = list(islice(_endorsements(document, world), most + 1))
    remarks = [
        remark
        for endorsement in found[:most]
        for remark in _judge(endorsement, document, world, examine)
    ]
    if len(found) > most:
        text = f"There are more endorsements than the {most} that are looked at."
        remarks.append(Remark(Outcome.WARNING, "TOO_MANY_ENDORSEMENTS", text))
    remarks.extend(inside)
    return tuple(remarks) or (skipped("NO_ENDORSEMENTS", "Nobody endorses the credential."),)


def _endorsements(document: JsonObject, world: World) -> Iterator[Contained]:
    return (one for one in world.contained_in(document) if one.member in ENDORSEMENTS)


def _judge(
    endorsement: Contained, document: JsonObject, world: World, examine: Examine
) -> Iterator[Remark]:
    # 4.
    if world.nesting > NESTING or not _may_be_one(endorsement):
        text = "An endorsement was not looked at; do not count on it."
        yield Remark(Outcome.WARNING, "ENDORSEMENT_NOT_CHECKED", text, endorsement.pointer)
        return
    # 1. to 3.
    examined = examine(endorsement.value, world.inner())
    yield _remark(examined, document).below(endorsement.pointer)
    yield from mentioned(examined, "endorsement", endorsement.pointer)


def _may_be_one(endorsement: Contained) -> bool:
    """Tell whether an object stands where objects stand, and a token where tokens stand."""
    kind = str if endorsement.member == ENDORSEMENT_JWT else dict
    return isinstance(endorsement.value, kind)


def _remark(examined: Examined, document: JsonObject) -> Remark:
    if examined.verdict is Verdict.INDETERMINATE:
        text = "An endorsement could not be verified; do not count on it."
        return Remark(Outcome.WARNING, "ENDORSEMENT_UNDECIDED", text)
    if examined.verdict is Verdict.INVALID:
        text = "An endorsement is not valid; ignore it."
        return Remark(Outcome.WARNING, "ENDORSEMENT_INVALID", text)
    if ENDORSEMENT_TYPE not in types_of(examined.document):
        text = "A credential stands where an endorsement is meant, and is none; ignore it."
        return Remark(Outcome.WARNING, "ENDORSEMENT_OF_OTHER_KIND", text)
    if not _endorsed_ids(examined.document) & _ids(document):
        text = "An endorsement is about something else; ignore it."
        return Remark(Outcome.WARNING, "ENDORSEMENT_OF_OTHER", text)
    return passed("An endorsement is valid.", ENDORSEMENT_VALID)


def _endorsed_ids(endorsement: JsonObject) -> set[str]:
    subjects = as_list(endorsement.get("credentialSubject"))
    return {identifier for subject in subjects if (identifier := id_of(subject))}


def _ids(document: JsonObject) -> set[str]:
    """Name everything in a credential that can be endorsed: itself, achievement, parties."""
    parties = [document, document.get("issuer")]
    for subject in as_list(document.get("credentialSubject")):
        achievements = as_list(member(subject, "achievement"))
        parties += [subject, member(subject, "source"), *achievements]
        parties += [member(achievement, "creator") for achievement in achievements]
    return {identifier for party in parties if (identifier := id_of(party))}
