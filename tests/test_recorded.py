"""What the rules say is what was recorded and looked at."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import (
    recorded_beside,
    recorded_boundaries,
    recorded_bundles,
    recorded_hidden,
    recorded_inline_contexts,
    recorded_limits,
    recorded_pictures,
    recorded_readings,
)
from tests.recorded import AREAS as REPORTS

AREAS = {
    **REPORTS,
    **recorded_beside.AREAS,
    **recorded_boundaries.AREAS,
    **recorded_bundles.AREAS,
    **recorded_hidden.AREAS,
    **recorded_inline_contexts.AREAS,
    **recorded_limits.AREAS,
    **recorded_pictures.AREAS,
    **recorded_readings.AREAS,
}
FILE = Path(__file__).with_name("recorded_reports.json")
RECORDING = bool(os.environ.get("TALLYSTICK_RECORD"))


@pytest.mark.parametrize("area", sorted(AREAS))
def test_rules_say_what_was_recorded(area: str) -> None:
    recorded = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    if RECORDING:
        recorded[area] = dict(told(area))
        text = json.dumps(recorded, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        FILE.write_text(text, encoding="utf-8")
    names = set()
    for name, case in told(area):  # one by one, so that the first difference ends the test
        assert case == recorded[area].get(name), name
        names.add(name)
    assert names == recorded[area].keys()


def told(area: str) -> Iterator[tuple[str, Any]]:
    """Name each case of an area, cases of one name by their number too."""
    names: set[str] = set()
    for name, case in AREAS[area]():
        unique = f"{name} ({len(names)})" if name in names else name
        names.add(unique)
        yield unique, json.loads(json.dumps(case))
