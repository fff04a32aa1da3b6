"""What is told of a value later, and what is found out once of a document in a verification."""

from __future__ import annotations

import pickle
import weakref
from functools import partial
from typing import Any

import pytest

from frameworks import appraisal
from frameworks.assurance import Assurance, assure
from tests.factories import check, sign, world
from tests.verifier.valued import badge, registers
from verifier.checks import appraisal as checks_appraisal
from verifier.checks.world import passed
from verifier.value_section import Appraisals


def test_what_registers_say_of_a_value_is_told_anew_and_goes_to_another_process() -> None:
    report = check(sign(badge()), registers=registers())
    told = report.section.to_json()
    told["appraisals"][0]["as_of"] = "changed"
    assert report.section.to_json()["appraisals"][0]["as_of"] != "changed"
    sent = pickle.dumps(report.section)
    assert b"frameworks.register" not in sent
    assert pickle.loads(sent) == report.section
    assert pickle.loads(sent).to_json() == report.section.to_json()


def test_what_registers_say_is_written_only_when_somebody_asks() -> None:
    written = []

    def write() -> bytes:
        written.append(1)
        return b"[]"

    appraisals = Appraisals(write)
    assert written == []
    assert (appraisals.to_json(), appraisals.to_json(), len(written)) == ([], [], 1)
    assert appraisals == Appraisals(lambda: b"[]") != Appraisals(lambda: b"[1]")


def test_what_was_written_keeps_nothing_that_it_was_written_from() -> None:
    class Registers:
        """Stands for everything that writing takes."""

    held = Registers()
    appraisals, kept = Appraisals(partial(lambda _held: b"[]", held)), weakref.ref(held)
    del held
    assert kept() is not None
    assert (appraisals.written, kept()) == (b"[]", None)


def test_what_registers_say_of_each_value_is_remembered_of_a_large_credential_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def assured(*question: Any) -> Assurance:
        asked.append(question)
        return assure(*question)

    monkeypatch.setattr(appraisal, "assure", assured)
    monkeypatch.setattr(checks_appraisal, "TOLD_ANEW_FROM", 0)
    credential, known = sign(badge()), registers()
    first = check(credential, registers=known)
    times = len(asked)
    assert times > 0
    assert check(credential, registers=known) == first
    assert len(asked) == times


def test_remarks_about_one_party_are_not_kept() -> None:
    told = passed("The key that signed belongs to the issuer did:example:someone.")
    assert told == passed(told.detail)
    assert told is not passed(told.detail)


def test_a_world_has_no_member_of_another_name() -> None:
    with pytest.raises(AttributeError, match="nestings"):
        world()._with(nestings=1)


def test_something_is_found_out_once_of_each_document() -> None:
    here, asked = world().for_one_verification(), []

    def find(document: dict[str, int]) -> int:
        asked.append(document)
        return document["a"]

    one, other = {"a": 1}, {"a": 2}
    found = [here.once("a", each, find) for each in (one, other, one, {"a": 1})]
    assert (found, len(asked)) == ([1, 2, 1, 1], 3)
    assert here.once("b", one, find) == 1
    assert here.for_one_verification().effort.found_out == {}
