"""The progress line: on a terminal one that is written over, elsewhere one after another."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from tallystick.progress import ProgressLine


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(stream: io.StringIO, seconds: float, count: int = 10) -> str:
    """Do some things in a given time each, and return what was written."""
    moments: Iterator[float] = (seconds * number for number in range(count + 1))
    progress = ProgressLine(count, stream, clock=lambda: next(moments))
    for done in range(1, count + 1):
        progress(done)
    return stream.getvalue()


def test_a_terminal_sees_one_line_with_count_rate_and_time_left() -> None:
    written = told(Terminal(), 1.0)
    assert written.startswith("\r1 of 10 (10 %), 1 a second, 0:09 left")
    assert written.count("\r") == 10
    assert written.endswith("\n")
    assert written.count("\n") == 1


def test_elsewhere_there_is_a_line_now_and_then_and_at_the_end() -> None:
    assert told(io.StringIO(), 4.0).splitlines() == [
        "3 of 10 (30 %), 0 a second, 0:28 left",
        "6 of 10 (60 %), 0 a second, 0:16 left",
        "9 of 10 (90 %), 0 a second, 0:04 left",
        "10 of 10 (100 %), 0 a second, 0:00 left",
    ]


@pytest.mark.parametrize("seconds", [0.0, 1e-9])
def test_what_is_done_at_once_has_a_rate_all_the_same(seconds: float) -> None:
    assert told(io.StringIO(), seconds).splitlines() == ["10 of 10 (100 %), 50 a second, 0:00 left"]


def test_nothing_to_do_is_done() -> None:
    stream = io.StringIO()
    ProgressLine(0, stream)(0)
    assert stream.getvalue() == "0 of 0 (100 %), 0 a second, 0:00 left\n"
