"""What the rules say is what was recorded and looked at."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.recorded import AREAS

FILE = Path(__file__).with_name("recorded_reports.json")
RECORDING = bool(os.environ.get("TALLYSTICK_RECORD"))


@pytest.mark.parametrize("area", sorted(AREAS))
def test_rules_say_what_was_recorded(area: str) -> None:
    told = json.loads(json.dumps(dict(AREAS[area]())))
    recorded = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    if RECORDING:
        recorded[area] = told
        text = json.dumps(recorded, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        FILE.write_text(text, encoding="utf-8")
    assert told == recorded[area]
