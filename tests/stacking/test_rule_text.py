"""Rules as text: what cannot be used is refused with its line."""

from __future__ import annotations

import pytest

from frameworks.levels import Ladder, LevelCode
from stacking import StackingError
from stacking.rule_text import line_of, rule_of_text

TEXT = '''id = "demo"
title = "A rule"
unit = "x"
framework = "fw"
note = """
[[constraints]]
id = "not a constraint"
"""

[[constraints]]
id = "total"
type = "sum"
min = "40"

[[constraints]]
id = "level"
type = "min_at_level"
level = "5"
amount = "20"

[[overlays]]
id = "ours"

[[overlays.constraints]]
id = "taught"
type = "min_in_category"
category = "taught"
amount = "10"

[[overlays]]
id = "theirs"

[[overlays.constraints]]
id = "cap"
type = "amount_max"
amount = "60"
where = { source_class = ["rpl"] }
'''
LADDERS = {"fw": Ladder.of("fw", (LevelCode("5", 5),))}

REFUSED = {
    "an unknown unit": ('unit = "x"', 'unit = "y"', "RULE_UNIT_UNKNOWN", 3),
    "an unknown framework": ('"fw"', '"other"', "RULE_FRAMEWORK_UNKNOWN", 4),
    "an unknown level": ('level = "5"', 'level = "V"', "RULE_LEVEL_UNKNOWN", 16),
    "levels without framework": ('framework = "fw"\n', "\n", "RULE_LEVEL_UNKNOWN", 16),
    "a number for an amount": ('"40"', "40", "RULE_MALFORMED", 13),
    "an unknown member": ('category = "taught"', 'group = "taught"', "RULE_MALFORMED", 24),
    "a cap that is no amount": ('"60"', '"sixty"', "RULE_MALFORMED", 36),
    "the same id twice": ('id = "cap"', 'id = "total"', "RULE_MALFORMED", 34),
    "a cap below the total": (
        '"60"\nwhere = { source_class = ["rpl"] }',
        '"39"\nwhere = {}',
        "RULE_MALFORMED",
        11,
    ),
    "no TOML": ('id = "demo"', "id = ", "RULE_MALFORMED", None),
}


def read(text: str) -> object:
    return rule_of_text(text, {}, {"x"}, LADDERS)


def test_a_rule_that_registers_know_is_read() -> None:
    assert read(TEXT)


@pytest.mark.parametrize(("old", "new", "code", "line"), REFUSED.values(), ids=REFUSED)
def test_a_rule_that_cannot_be_used_is_refused_with_its_line(
    old: str, new: str, code: str, line: int | None
) -> None:
    assert old in TEXT
    with pytest.raises(StackingError) as caught:
        read(TEXT.replace(old, new))
    assert caught.value.code == code
    expected = "The award rule" if line is None else f"Line {line}: The award rule"
    assert caught.value.message.startswith(expected), caught.value.message


def test_a_member_that_stands_nowhere_is_looked_for_around_it() -> None:
    assert line_of(TEXT, "/constraints/1/where/category") == 15
    assert line_of(TEXT, "/overlays/1/constraints/0") == 33
    assert line_of(TEXT, "") == 1
    assert line_of("", "/constraints/0") == 1


def test_changes_from_outside_are_part_of_the_rule() -> None:
    changed = rule_of_text(TEXT, {"institution": "inst:a"}, {"x"}, LADDERS)
    assert changed.institution == "inst:a"
