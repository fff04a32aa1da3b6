"""Award rules as text: reading TOML, and saying in which line something is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from frameworks.levels import Ladder
from frameworks.toml_text import TomlError, read_toml
from stacking.award_rules import AwardRule
from stacking.errors import StackingError
from stacking.rule_reading import read_award_rule, require_usable

_HEADER = re.compile(r"\s*\[\[\s*(overlays|constraints|overlays\s*\.\s*constraints)\s*\]\]")
_MEMBER = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=\s*(?:[\"']([^\"']*)[\"'])?")
_FENCES = ('"""', "'''")


def read_rule_text(text: str) -> dict[str, Any]:
    """Parse the text of a rule, without judging it; raise `StackingError` (RULE_MALFORMED)."""
    try:
        return read_toml(text)
    except TomlError as error:
        what = f"The award rule cannot be read: {error.message}."
        raise StackingError(what, code="RULE_MALFORMED") from error


def rule_of_text(
    text: str,
    changes: Mapping[str, Any],
    units: Collection[str],
    ladders: Mapping[str, Ladder],
) -> AwardRule:
    """Read a rule with some members changed, and hold it against what registers know.

    Raises `StackingError` (RULE_MALFORMED, RULE_UNIT_UNKNOWN, RULE_FRAMEWORK_UNKNOWN,
    RULE_LEVEL_UNKNOWN) whose message names the line.
    """
    members = read_rule_text(text)
    try:
        rule = read_award_rule({**members, **changes})
        require_usable(rule, units, ladders)
    except StackingError as fault:
        line = line_of(text, fault.pointer)
        told = f"Line {line}: {fault.message}"
        raise StackingError(told, code=fault.code, pointer=fault.pointer) from fault
    return rule


def line_of(text: str, pointer: str) -> int:
    """Find the line of a member, or of the nearest thing around it; 1 if there is none."""
    lines = dict(_places(text))
    while pointer:
        if pointer in lines:
            return lines[pointer]
        pointer = pointer.rpartition("/")[0]
    return 1


def _places(text: str) -> Iterator[tuple[str, int]]:
    """Yield the pointer of every member that stands on a line of its own, with its line.

    A constraint is found by its number and by its id.
    """
    counts: dict[str, int] = {}
    table, fence = "", ""
    for number, line in enumerate(text.split("\n"), 1):
        if fence:
            fence = "" if fence in line else fence
            continue
        header, found = _HEADER.match(line), _MEMBER.match(line)
        if header is not None:
            table = _next_table("".join(header[1].split()), counts)
            yield table, number
        elif found is not None:
            yield f"{table}/{found[1]}", number
            if found[1] == "id" and found[2] is not None:
                yield f"/constraints/{found[2]}", number
            fence = next((one for one in _FENCES if line.count(one) == 1), "")


def _next_table(name: str, counts: dict[str, int]) -> str:
    counts[name] = counts.get(name, -1) + 1
    if name == "overlays":
        counts.pop("overlays.constraints", None)
    if name == "overlays.constraints":
        return f"/overlays/{counts.get('overlays', 0)}/constraints/{counts[name]}"
    return f"/{name}/{counts[name]}"
