"""What is told of a value later, and what is found out once of a document in a verification."""

from __future__ import annotations

import pickle

from tests.factories import check, sign, world
from tests.verifier.valued import badge, registers
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
