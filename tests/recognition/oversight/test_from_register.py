"""Oversight of what stands in a register, from entries to figures."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from recognition.errors import RecognitionError
from recognition.oversight import (
    Mark,
    RecordedDecision,
    cohens_kappa,
    double_marked,
    draw_sample,
)
from recognition.oversight.transparency import transparency_figures
from recognition.register_of_decisions import (
    Decision,
    EntryKind,
    RegisterOfDecisions,
    ReviewMark,
    Supersession,
)
from service import open_database
from tests.databases import sqlite_copy
from tests.recognition.decision_factories import RECORDED, inputs, payload, refusal

CASES = 12


@pytest.fixture
def register(tmp_path: Path) -> Iterator[RegisterOfDecisions]:
    engine = open_database(sqlite_copy(tmp_path / "some.sqlite"))
    register = RegisterOfDecisions(engine)
    for number in range(CASES):
        one = payload(applicant=f"did:key:z{number}")
        register.record(Decision(f"case-{number}", one, inputs()), recorded_at=RECORDED)
    yield register
    engine.dispose()


def test_a_sample_is_reviewed_and_agreement_is_computed(register: RegisterOfDecisions) -> None:
    decisions = [RecordedDecision.of(entry) for entry in register.decisions_in_force()]
    sample = draw_sample([one.id for one in decisions], seed="seed", rate=Fraction(1, 3))
    assert len(sample.ids) == 4
    cases = [one.case_id for one in decisions if one.id in sample.ids]
    for case_id, outcome in zip(cases, ("GRANT", "GRANT", "GRANT", "REFUSE"), strict=True):
        mark = ReviewMark(case_id, 1, "carla", outcome, "")
        register.record(mark, recorded_at=RECORDED)
    entries = [one for one in register.entries() if one.kind is EntryKind.REVIEW_MARK]
    agreement = cohens_kappa(double_marked(decisions, map(Mark.of, entries)))
    assert (agreement.pairs, agreement.observed) == (4, Fraction(3, 4))
    with pytest.raises(RecognitionError):
        Mark.of(next(register.entries()))


def test_figures_count_each_case_once_by_its_decision_in_force(
    register: RegisterOfDecisions,
) -> None:
    for number in range(6):
        changed = refusal(applicant=f"did:key:z{number}")
        new = Supersession(f"case-{number}", 2, changed, inputs(), "registrar", "Corrected.")
        register.record(new, recorded_at=RECORDED)
    figures = transparency_figures(map(RecordedDecision.of, register.decisions_in_force()))
    assert dict(figures.total.outcomes) == {"GRANT": 6, "REFUSE": 6, "REFER": 0}
    assert figures.credits[0].amount == 6 * 15
