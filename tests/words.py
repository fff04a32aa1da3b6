"""What is said while the tests of a module run: each error, finding and remark, as recorded.

The words of a module stand in `tests/words/`, by code.  A test that says something else than what
stands there fails: a code, a place or a sentence has changed, or there is a new one.  After looking
at it, record the module anew, all of it:  TALLYSTICK_RECORD=1 pytest tests/that/test_module.py
A module without such a file is not listened to; an empty file begins one.
"""

from __future__ import annotations

import gc
import json
import os
from collections import defaultdict
from collections.abc import Generator
from functools import cache
from pathlib import Path

import pytest

from credentials.remembering import Remembered
from tests.sentences import Said, listening
from tests.soak import IS_SOAK

TESTS = Path(__file__).parent
RECORDING = bool(os.environ.get("TALLYSTICK_RECORD"))
ROOMS = ("credentials", "frameworks", "keys", "stacking", "verifier")
MOST_SAID = 150
"""A test that says more than this sweeps over documents, and is not listened to."""

SHOWN = 3
"""How many new sentences a failing test names."""

LruCache = type(cache(len))

heard: defaultdict[Path, set[Said]] = defaultdict(set)
"""What was said in this run, by the file where it is recorded."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Listen to a test of a module whose words are recorded.

    Only what is new fails: what was said once may be remembered, and not said again.  Tests of
    generated examples say something else in each profile, and all tests in long runs.
    """
    file = file_of(item)
    if IS_SOAK or not file.exists() or is_generated(item):
        return (yield)
    if RECORDING:
        forget()
    with listening() as said:
        result = yield
    if len(said) > MOST_SAID:
        return result
    if RECORDING:
        heard[file] |= said
        return result
    new = sorted(said - recorded(file))
    if new:
        pytest.fail(f"not recorded in {file.name} (see tests/words.py): {new[:SHOWN]}", False)
    return result


def pytest_sessionfinish() -> None:
    """Write what was said, when it is to be recorded."""
    for file, said in heard.items():
        by_code = defaultdict(list)
        for code, *rest in sorted(said):
            by_code[code].append(rest)
        lines = (
            f"{json.dumps(code)}: [\n"
            + ",\n".join(json.dumps(one, ensure_ascii=False) for one in several)
            + "\n]"
            for code, several in sorted(by_code.items())
        )
        file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def forget() -> None:
    """Forget what the code remembers, so that a test hears all that it could hear."""
    gc.unfreeze()
    for thing in gc.get_objects():
        if type(thing) is Remembered:
            thing._answers.clear()
        elif type(thing) is LruCache and thing.__module__.startswith(ROOMS):
            thing.cache_clear()


def file_of(item: pytest.Item) -> Path:
    """Name the file where the words of a test's module are recorded."""
    return TESTS / "words" / item.path.relative_to(TESTS).with_suffix(".json")


def is_generated(item: pytest.Item) -> bool:
    """Tell whether hypothesis makes up the examples of a test."""
    return getattr(getattr(item, "obj", None), "is_hypothesis_test", False)


@cache
def recorded(file: Path) -> frozenset[Said]:
    """Read the words of a module."""
    text = file.read_text(encoding="utf-8")
    by_code = json.loads(text) if text.strip() else {}
    return frozenset((code, *rest) for code, several in by_code.items() for rest in several)
