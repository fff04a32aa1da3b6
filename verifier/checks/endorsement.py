"""Check "endorsement": what others say about the credential, judged on its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from credentials.json_types import JsonObject, as_list, id_of, member, places, pointer_of
from credentials.linked_data.embedded import ENDORSEMENT, Contained, contained_credentials
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

    Obligations: 1. each endorsement is verified like any credential; 2. it says that it is an
    endorsement, and endorses this credential, its achievement or one of its parties; 3. a bad one
    is told and does not make the credential bad, since anybody could attach one; 4. what was not
    looked at is told.

    `inside` is what was said about endorsements of the credentials inside this one.
    """
    most = world.limits.embedded_credentials
    found = list(islice(_endorsements(document), most + 1))
    remarks = [
        remark
        for endorsement in found[:most]
        for remark in _judge(endorsement, document, world, examine)
    ]
    if len(found) > most:
        text = f"There are more endorsements than the {most} that are looked at."
        remarks.append(Remark(Outcome.WARNING, "TOO_MANY_ENDORSEMENTS", text))
    remarks.extend(inside)
    remarks.extend(_in_jwt_form(document))
    return tuple(remarks) or (skipped("NO_ENDORSEMENTS", "Nobody endorses the credential."),)


def _endorsements(document: JsonObject) -> Iterator[Contained]:
    return (one for one in contained_credentials(document) if one.member == ENDORSEMENT)


def _judge(
    endorsement: Contained, document: JsonObject, world: World, examine: Examine
) -> Iterator[Remark]:
    # 4.
    if world.nesting > NESTING or not isinstance(endorsement.value, dict):
        text = "An endorsement was not looked at; do not count on it."
        yield Remark(Outcome.WARNING, "ENDORSEMENT_NOT_CHECKED", text, endorsement.pointer)
        return
    # 1. to 3.
    examined = examine(endorsement.value, world.inner())
    yield _remark(endorsement.value, examined, document).below(endorsement.pointer)
    yield from mentioned(examined, "endorsement", endorsement.pointer)


def _remark(endorsement: JsonObject, examined: Examined, document: JsonObject) -> Remark:
    if examined.verdict is Verdict.INDETERMINATE:
        text = "An endorsement could not be verified; do not count on it."
        return Remark(Outcome.WARNING, "ENDORSEMENT_UNDECIDED", text)
    if examined.verdict is Verdict.INVALID:
        text = "An endorsement is not valid; ignore it."
        return Remark(Outcome.WARNING, "ENDORSEMENT_INVALID", text)
    if ENDORSEMENT_TYPE not in types_of(endorsement):
        text = "A credential stands where an endorsement is meant, and is none; ignore it."
        return Remark(Outcome.WARNING, "ENDORSEMENT_OF_OTHER_KIND", text)
    if not _endorsed_ids(endorsement) & _ids(document):
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


def _in_jwt_form(document: JsonObject) -> Iterator[Remark]:
    for place, _value in places(document):
        if place is not None and place[1] == "endorsementJwt":
            text = "An endorsement in JWT form was not looked at."
            yield Remark(Outcome.WARNING, "ENDORSEMENT_NOT_CHECKED", text, pointer_of(place))
