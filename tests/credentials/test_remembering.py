"""What is remembered is what would be found anew, and never too much of it."""

from __future__ import annotations

import pickle
from fractions import Fraction
from math import nan
from typing import Any

import pytest

from credentials.full_bytes import full_bytes
from credentials.json_types import only
from credentials.level_credit import value_rules
from credentials.level_credit.claims import amount_of
from credentials.level_credit.value_rules import read_and_judge
from credentials.remembering import Remembered, Weighed
from keys.did import KEYS_KEPT, key_in_identifier
from keys.errors import KeyMaterialError
from tests.factories import ISSUER, SIGNER, STRANGER, method_of, unsigned


def test_the_most_recently_asked_answers_are_kept() -> None:
    asked: list[Any] = []
    remembered: Remembered[str] = Remembered(2)

    def answer(question: Any) -> str:
        return remembered.get(question, lambda: asked.append(question) or f"to {question}")

    assert [answer(one) for one in (1, 2, 1, 3, 1, 2)] == [
        f"to {one}" for one in (1, 2, 1, 3, 1, 2)
    ]
    assert asked == [1, 2, 3, 2]
    copy = pickle.loads(pickle.dumps(remembered))
    assert copy.get(1, lambda: "anew") == "anew"


def test_an_error_is_not_remembered() -> None:
    remembered: Remembered[int] = Remembered(2)
    with pytest.raises(ZeroDivisionError):
        remembered.get("x", lambda: 1 // 0)
    assert remembered.get("x", lambda: 5) == 5


def test_values_that_python_takes_for_equal_are_read_apart() -> None:
    """To Python `1`, `1.0` and `true` are equal, and names in another order, too."""
    document = unsigned()
    subject = document["credentialSubject"]
    stated: tuple[Any, ...] = (1, True, 1.0, "1", [1], [True], [1, True], [1.0, 1], None, 0, False)
    for value in (*stated, *reversed(stated)):
        changed = {**document, "credentialSubject": {**subject, "creditsEarned": value}}
        assert read_and_judge(changed) == value_rules._read_and_judge(changed)
    turned = dict(reversed(subject["achievement"].items()))
    changed = {**document, "credentialSubject": {**subject, "achievement": turned}}
    assert read_and_judge(changed) == value_rules._read_and_judge(changed)


def test_a_subject_that_is_too_large_is_read_without_being_remembered() -> None:
    subject = {"achievement": {"name": "n" * value_rules.BYTES_REMEMBERED}, "creditsEarned": 5}
    assert value_rules._all_that_is_read(subject) is None
    questions = [value_rules._all_that_is_read({"creditsEarned": one}) for one in (nan, None, 0)]
    assert len(set(questions)) == 3
    assert read_and_judge({"credentialSubject": subject})[0][0].earned == Fraction(5)


def test_members_that_are_not_read_change_no_value() -> None:
    """Everything that values are read from must be part of the question."""
    document = unsigned()
    subject = document["credentialSubject"]
    read = {name: subject[name] for name in value_rules.MEMBERS_READ if name in subject}
    assert value_rules._read_and_judge({"credentialSubject": read}) == (
        value_rules._read_and_judge(document)
    )


def test_one_amount_has_one_reading_however_often_it_is_read() -> None:
    for _ in range(2):
        for one in (1, 1.0, "1", "1.0", " 1 "):
            assert amount_of(one) == Fraction(1)
        for one in (True, "\u0661", "1.", "", None):
            assert amount_of(one) is None


def test_brackets_of_equal_looking_items_are_not_one_value() -> None:
    assert only([1, True]) == [1, True]
    assert only([1, 1.0]) == [1, 1.0]
    assert only([{"a": 1, "b": 2}, {"b": 2, "a": 1}]) == {"a": 1, "b": 2}


def test_the_key_of_an_identifier_is_that_of_this_identifier_and_purpose() -> None:
    own, other = method_of(SIGNER), method_of(STRANGER)
    fragment = other.partition("#")[2]
    for _ in range(2):
        assert key_in_identifier(own, "assertionMethod").key == SIGNER.verification_key
        assert key_in_identifier(other, "assertionMethod").key == STRANGER.verification_key
        for method, purpose in (
            (f"{ISSUER}#{fragment}", "assertionMethod"),
            (f"{ISSUER}#0", "assertionMethod"),
            (own, "keyAgreement"),
            (f"{own}#", "assertionMethod"),
            (own.replace("did:key:", "did:key:1"), "assertionMethod"),
        ):
            with pytest.raises(KeyMaterialError):
                key_in_identifier(method, purpose)
    assert key_in_identifier.cache_info().maxsize == KEYS_KEPT


def test_what_weighs_too_much_goes_and_what_was_used_last_stays() -> None:
    kept: Weighed[str] = Weighed(10)
    assert kept.keep("a", "A", 4) == kept.keep("b", "B", 4) == []
    assert kept.find("a") == "A"
    assert kept.keep("c", "C", 4) == ["B"]
    assert kept.keep("d", "D", 11) == ["D"]
    assert (kept.find("b"), kept.find("d"), kept.weight, len(kept)) == (None, None, 8, 2)
    assert kept.keep("a", "AA", 6) == []
    assert sorted(kept.answers()) == ["AA", "C"]
    kept.clear()
    assert (kept.weight, len(kept)) == (0, 0)


def test_full_bytes_differ_where_anything_differs() -> None:
    values = [None, nan, 0, 0.0, -0.0, 1, 1.0, True, False, "1", "null", 2**70, "\ud800", [], {}]
    values += [[1], [True], {"a": 1, "b": 2}, {"b": 2, "a": 1}, [[]], {"a": {}}]
    written = [full_bytes(value) for value in values]
    assert None not in written
    assert len(set(written)) == len(values)
    assert full_bytes([object()]) is None
