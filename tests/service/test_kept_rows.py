"""Rows on the disk: in their order, a page at a time, and without those that are left out."""

from __future__ import annotations

import threading

import pytest

from service.errors import DatabaseError
from service.kept_rows import ROWS_AT_ONCE, KeptRows, Wanted

ALL = Wanted()


def kept(count: int) -> KeptRows:
    """Keep rows, every third of which is odd."""
    rows = KeptRows()
    for number in range(count):
        rows.add(f"row-{number}", "odd" if number % 3 == 0 else "usual", [str(number), "é'\"\n"])
    return rows


def test_rows_come_back_as_they_were_in_their_order() -> None:
    rows = kept(ROWS_AT_ONCE * 2 + 1)
    found = [int(row[0]) for row in rows.each(ALL)]
    assert found == list(range(ROWS_AT_ONCE * 2 + 1)) == list(range(rows.count(ALL)))
    assert next(rows.each(ALL)) == ["0", "é'\"\n"]


def test_a_page_has_rows_of_one_kind_without_what_is_left_out() -> None:
    rows, wanted = kept(20), Wanted("odd", frozenset({"row-0", "row-6", "row-7"}))
    assert [row[0] for row in rows.page(wanted, offset=1, most=3)] == ["9", "12", "15"]
    assert rows.count(wanted) == 5
    assert rows.count(Wanted(without=["row-7"])) == 19
    for kind in ("none", "' OR 1=1 --"):
        assert rows.page(Wanted(kind), offset=0, most=9) == []


def test_another_thread_reads_while_rows_are_added() -> None:
    rows, seen = kept(0), []
    reader = threading.Thread(target=lambda: seen.append(rows.count(ALL)))
    rows.add("first", "", ["1"])
    reader.start()
    reader.join()
    assert seen == [1]


def test_rows_that_cannot_be_kept_are_told() -> None:
    rows = kept(1)
    rows._database.close()
    with pytest.raises(DatabaseError, match="temporary folder"):
        rows.count(ALL)
