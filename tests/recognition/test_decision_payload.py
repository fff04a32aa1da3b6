"""The payload of a decision as the register reads it."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from credentials.jcs import canonicalize
from recognition.decision_payload import Assessor, Level, Measure, read_object, read_payload
from recognition.errors import RecognitionError
from tests.recognition.decision_factories import payload, source


def changed(pointer: str, value: Any) -> bytes:
    document = json.loads(payload())
    *steps, last = pointer.split("/")[1:]
    item = document
    for step in steps:
        item = item[int(step) if isinstance(item, list) else step]
    item[last] = value
    return canonicalize(document)


def test_a_payload_is_read() -> None:
    read = read_payload(
        payload(
            **{
                "class": "assessor",
                "assessor": {"id": "a-1", "secondReader": "a-2", "reason": "why"},
                "overrides": {"outcome": "REFER"},
                "validUntil": "2027-01-31",
                "sources": [source(hours="45/2", cost={"amount": "99.50", "currency": "NZD"})],
            }
        )
    )
    assert read.decided_on == date(2026, 3, 2)
    assert read.valid_until == date(2027, 1, 31)
    assert read.assessor == Assessor("a-1", "a-2", "REFER")
    assert read.granted == Measure(Fraction(15), "nzqcf")
    assert read.target_level == Level("nz-nzqcf", "5")
    assert read.sources[0].hours == Fraction(45, 2)
    assert read.sources[0].cost == Measure(Fraction(199, 2), "NZD")
    assert read.sources[0].subsidy is None
    assert read.allowed_as_precedent is True


def test_absent_members_do_not_apply() -> None:
    document = json.loads(payload())
    optional = ("applicant", "granted", "reasons", "assessor", "precedent", "allowedAsPrecedent")
    for name in optional:
        del document[name]
    read = read_payload(canonicalize(document))
    assert (read.applicant, read.granted, read.assessor, read.precedent) == (None,) * 4
    assert read.reasons == ()
    assert read.allowed_as_precedent is False


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/outcome", "MAYBE"),
        ("/outcome", ["GRANT"]),
        ("/outcome", None),
        ("/class", "machine"),
        ("/decidedOn", "2026-02-30"),
        ("/decidedOn", "20260302"),
        ("/decidedOn", "2026-W10-1"),
        ("/sources", []),
        ("/sources", {}),
        ("/sources/0/issuer", ""),
        ("/sources/0/hours", 200),
        ("/sources/0/hours", "1e3"),
        ("/sources/0/sourceClass", "other"),
        ("/sources/0/credits/amount", "-1"),
        ("/target/component", None),
        ("/granted/unit", None),
        ("/policy/version", 2),
        ("/reasons", "ONE"),
        ("/allowedAsPrecedent", "yes"),
        ("/validUntil", "soon"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(pointer: str, value: Any) -> None:
    with pytest.raises(RecognitionError) as caught:
        read_payload(changed(pointer, value))
    assert caught.value.code == "PAYLOAD_MALFORMED"
    assert caught.value.pointer == pointer
    assert pointer in caught.value.message


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":1.0}', b'{"a":1,"a":1}', b"\xff"],
)
def test_only_the_canonical_form_of_an_object_is_taken(data: bytes) -> None:
    with pytest.raises(RecognitionError) as caught:
        read_object(data, "inputs of the decision")
    assert caught.value.code == "NOT_CANONICAL"
