"""Laws over documents of every shape: what was changed is refused, and nothing ends in an error."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.json_types import pointer_of
from credentials.strict_json import serialize_json
from tallystick.explaining import explain
from tests.factories import ISSUER, SUITES, check, codes, sign, unsigned
from tests.soak import repetitions
from tests.verifier.shapes import (
    CHANGES,
    HOSTILE,
    LISTS,
    SHAPES,
    all_places,
    changed,
    meaning,
    moved,
)
from verifier.report import Verdict, VerificationReport

SIGNED = {name: [meaning(document)] for name, document in SHAPES.items()}
"""What a shape may still mean after it was changed."""

# Nothing signs how many proofs there are: the last one of a chain can be taken away (VC Data
# Integrity 1.0 section 2.1.2), and what is left is still what its maker signed.
_CHAIN = SHAPES["chain of proofs"]
WITHOUT_LAST_PROOF = {**_CHAIN, "proof": _CHAIN["proof"][:1]}
SIGNED["chain of proofs"].append(meaning(WITHOUT_LAST_PROOF))


def judged(document: Any) -> VerificationReport:
    """Check bytes or any JSON, and write the report in both forms."""
    data = document
    if not isinstance(document, bytes):
        data = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
    report = check(data, LISTS)
    assert explain(report)
    assert json.dumps(report.to_json())
    return report


def require_refusal(shape: str, document: Any) -> None:
    """Allow a valid verdict only for a document that means what was signed."""
    if judged(document).verdict is Verdict.VALID:
        assert meaning(document) in SIGNED[shape]


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_every_shape_is_valid_as_it_was_signed(shape: str) -> None:
    report = judged(SHAPES[shape])
    assert report.verdict is Verdict.VALID, codes(report)


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_every_deleted_or_altered_leaf_of_every_shape_is_refused(shape: str) -> None:
    document = SHAPES[shape]
    accepted = []
    for place in all_places(document):
        for change in ("deleted", "altered"):
            other = changed(document, place, change, None)
            if other in (document, WITHOUT_LAST_PROOF):
                continue
            if check(other, LISTS).verdict is Verdict.VALID:
                accepted.append((pointer_of(place), change))
    assert accepted == []


@settings(max_examples=repetitions(60, soak=300))
@given(
    st.sampled_from(sorted(SHAPES)),
    st.lists(
        st.tuples(
            st.floats(0, 1, exclude_max=True),
            st.sampled_from(sorted(CHANGES)),
            st.sampled_from(HOSTILE),
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_no_changes_alter_the_meaning_unnoticed(
    shape: str, changes: list[tuple[float, str, Any]]
) -> None:
    document = SHAPES[shape]
    for where, change, other in changes:
        places = all_places(document)
        document = changed(document, places[int(where * len(places))], change, other)
    require_refusal(shape, document)


@settings(max_examples=repetitions(50, soak=250))
@given(
    st.sampled_from(sorted(SHAPES)),
    st.floats(0, 1, exclude_max=True),
    st.floats(0, 1, exclude_max=True),
)
def test_no_member_can_be_moved_unnoticed(shape: str, source: float, target: float) -> None:
    places = all_places(SHAPES[shape])
    try:
        document = moved(
            SHAPES[shape], places[int(source * len(places))], places[int(target * len(places))]
        )
    except (LookupError, TypeError):
        return  # An object cannot be moved into itself.
    require_refusal(shape, document)


@settings(max_examples=repetitions(50, soak=250))
@given(st.sampled_from(sorted(SHAPES)), st.floats(0, 1, exclude_max=True), st.sampled_from(HOSTILE))
def test_a_hostile_value_that_is_signed_ends_in_a_report_too(
    shape: str, where: float, other: Any
) -> None:
    """Whoever signs can sign anything: no value may end in an error, only in a report."""
    places = all_places(unsigned())
    document = changed(unsigned(), places[int(where * len(places))], "replaced", other)
    try:
        signed = sign(document)
    except Exception:  # noqa: BLE001 - what cannot be signed is checked with a proof that fails
        signed = {**document, "proof": SHAPES["credential"]["proof"]}
    judged(signed)


@settings(max_examples=repetitions(60, soak=300))
@given(st.binary(max_size=600))
def test_any_bytes_end_in_a_report_in_both_forms(data: bytes) -> None:
    assert judged(data).verdict is not Verdict.VALID


@settings(max_examples=repetitions(40, soak=200))
@given(
    st.sampled_from(sorted(SHAPES)),
    st.floats(0, 1, exclude_max=True),
    st.integers(0, 12),
    st.binary(max_size=12),
)
def test_any_bytes_put_into_a_document_end_in_a_report(
    shape: str, where: float, length: int, piece: bytes
) -> None:
    data = serialize_json(SHAPES[shape])
    start = int(where * len(data))
    mutated = data[:start] + piece + data[start + length :]
    if judged(mutated).verdict is Verdict.VALID:
        assert meaning(json.loads(mutated)) in SIGNED[shape]


def short() -> dict[str, Any]:
    """Build a credential with a value and every kind of member, of as few bytes as that takes."""
    document = unsigned(name="W")
    document["issuer"] = {"id": ISSUER, "type": ["Profile"]}
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    for member in ("tag", "achievementType", "resultDescription"):
        del achievement[member]
    del subject["result"]
    achievement |= {"name": "W", "description": "W", "id": "urn:x:w", "criteria": {"id": "urn:x:c"}}
    del achievement["alignment"][0]["targetFramework"]
    return document


@pytest.mark.parametrize("suite", SUITES)
def test_a_flipped_bit_in_any_byte_changes_no_meaning_unnoticed(suite: str) -> None:
    """Every byte of a document has one of its bits flipped."""
    data = serialize_json(sign(short(), suite=suite))
    assert check(data).verdict is Verdict.VALID
    original = json.loads(data)
    chance = random.Random(13)
    for position in range(len(data)):
        flipped = bytearray(data)
        flipped[position] ^= 1 << chance.randrange(8)
        if check(bytes(flipped)).verdict is Verdict.VALID:
            assert json.loads(flipped) == original
