"""One signature covers many spellings of a credential; all of them are the same credit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from functools import cache

import pytest

from credentials.component_links import evidence_of, evidence_of_proof
from credentials.errors import VerificationError
from credentials.json_types import JsonObject, places
from credentials.limits import Limits
from credentials.strict_json import serialize_json
from credentials.verified import VerifiedCredential
from stacking import Conditions, plan, read_award_rule
from tests.factories import check, codes, sign, world
from tests.stacking.stacks import DAY, REGISTERS, RULE, component, components, lots_for, proven
from tests.verifier.shapes import changed
from tests.verifier.test_forms import other_forms
from verifier.verifier import Verifier

AWARD = read_award_rule(RULE)


def read(document: JsonObject) -> VerifiedCredential:
    return Verifier(world(registers=REGISTERS)).verify(serialize_json(document))


PLAIN = ("VerifiableCredential",)
TYPES = (PLAIN, (*PLAIN, "OpenBadgeCredential"))
"""Of an Open Badge a schema refuses some spellings; of any other credential it does not."""


def rich(types: tuple[str, ...] = PLAIN) -> JsonObject:
    """Build a credential that states several of everything of which one is read."""
    document = component("one", type=list(types), awardedDate=f"{DAY}T00:00:00Z")
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    achievement["inLanguage"] = "fr"
    first, *_rest = achievement["alignment"]
    achievement["alignment"] += [
        {**first, "targetCode": "6", "targetUrl": "urn:mcframework:nz-nzqcf:level:6"},
        {**first, "targetUrl": "https://uni.example/outcomes/weld", "targetType": "CFItem"},
    ]
    for place, grade in enumerate(("C", "A")):
        name = f"{achievement['id']}#grade-{place}"
        kind = {"resultType": "LetterGrade", "name": "Grade", "type": ["ResultDescription"]}
        achievement["resultDescription"].append({"id": name, **kind})
        subject["result"].append({"type": ["Result"], "resultDescription": name, "value": grade})
    inner = components("inner", "other")
    proof = evidence_of_proof(proven(inner).data, "In words.")
    document["evidence"] = [*map(evidence_of, inner), proof]
    return document


def spellings(signed: JsonObject) -> Iterator[JsonObject]:
    """Bring every list into another order, and put brackets around every value."""
    for place, value in places(signed):
        if isinstance(value, list) and len(value) > 1 and place is not None:
            yield changed(signed, place, "reversed", None)
            yield changed(signed, place, "twice", None)
    yield from (form for _pointer, form in other_forms(signed))


def respelt(signed: JsonObject) -> JsonObject:
    """Copy a signed credential with its tags in another order."""
    copy = deepcopy(signed)
    copy["credentialSubject"]["achievement"]["tag"].reverse()
    return copy


@cache
def readings(types: tuple[str, ...]) -> tuple[VerifiedCredential, ...]:
    """Read every spelling of the rich credential that the verifier accepts, itself first."""
    return tuple(accepted(sign(rich(types))))


def accepted(signed: JsonObject) -> Iterator[VerifiedCredential]:
    for spelling in (signed, *spellings(signed)):
        with suppress(VerificationError):
            yield read(spelling)


@pytest.mark.parametrize("types", TYPES)
def test_every_spelling_of_a_credential_has_one_digest(types: tuple[str, ...]) -> None:
    assert len(readings(types)) > 10
    assert len({one.digest for one in readings(types)}) == 1


@pytest.mark.parametrize("types", TYPES)
def test_every_spelling_of_a_credential_has_the_same_lots(types: tuple[str, ...]) -> None:
    (original,) = lots_for(AWARD, readings(types)[:1])
    assert (original.grade, len(original.contains)) == (None, 2)
    for lot in lots_for(AWARD, readings(types)[1:]):
        assert replace(lot, id=original.id) == original


def test_a_grade_is_read_in_every_spelling() -> None:
    document = rich()
    document["credentialSubject"]["result"].pop()
    signed = sign(document)
    assert {lot.grade for lot in lots_for(AWARD, tuple(accepted(signed)))} == {"C"}


def test_a_digest_is_of_the_content_and_not_of_the_proofs() -> None:
    document = component("one")
    digests = {
        read(made).digest
        for made in (
            sign(document),
            sign(document, suite="eddsa-jcs-2022"),
            sign(sign(document), suite="eddsa-jcs-2022"),
        )
    }
    assert len(digests) == 1
    assert read(sign(component("two"))).digest not in digests


def test_a_credential_and_another_spelling_of_it_count_once() -> None:
    one = sign(component("one"))
    lots = lots_for(AWARD, (read(one), read(respelt(one))))
    found = plan(lots, AWARD, Conditions())
    assert "DUPLICATE_DIGEST" in found.excluded[-1].reasons


def test_content_that_is_too_entangled_for_a_digest_is_left_undecided() -> None:
    signed = sign(component("one"), suite="eddsa-jcs-2022")
    assert check(signed).verdict == "valid"
    report = check(signed, limits=Limits(blank_nodes=1))
    assert (report.verdict, codes(report)) == ("indeterminate", {"TOO_COMPLEX"})
