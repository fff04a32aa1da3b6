"""Rosters: whatever a spreadsheet writes is read, or refused with the row and a way out."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from issuer.rosters import (
    ColumnMapping,
    DryRun,
    Field,
    RosterError,
    RosterLimits,
    csv_lines,
    dry_run,
    fault_table,
    is_address,
    learners_of,
    open_table,
    template,
)
from tests.soak import repetitions

TODAY = date(2026, 12, 1)
HEADER = "email,name,awarded\r\n"


def ends_well(data: bytes) -> bool:
    """Read a file; tell whether that ended in a dry run of something, or in a refusal in words."""
    try:
        run = read(data)
    except RosterError as error:
        return bool(error.message)
    return run.learners + run.faulty_rows > 0


def read(data: bytes, **limits: int) -> DryRun:
    bounds = RosterLimits(**limits)
    table = open_table(io.BytesIO(data), bounds)
    return dry_run(table, ColumnMapping.guess(table.header), today=TODAY, limits=bounds)


def refused(data: bytes, **limits: int) -> RosterError:
    with pytest.raises(RosterError) as error:
        read(data, **limits)
    return error.value


def workbook(rows: Iterable[Sequence[Any]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def found(run: DryRun) -> list[tuple[int, str]]:
    return [(fault.row, fault.code) for fault in run.faults]


def test_a_class_is_read_from_its_template_and_from_a_workbook_alike() -> None:
    from_csv = read(template())
    text = template().decode("utf-8-sig")
    from_workbook = read(workbook(csv.reader(io.StringIO(text))))
    assert from_csv == from_workbook
    assert from_csv.can_be_issued
    row = from_csv.preview[0]
    assert (row.name, row.email, row.awarded) == (
        "Ana Tamihana",
        "ana@example.com",
        date(2026, 11, 30),
    )
    assert row.learner == {"email": "ana@example.com"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_and_a_byte_order_mark_are_recognised(encoding: str, delimiter: str) -> None:
    text = f'Name{delimiter}E-mail\n"Tāne, Māui"{delimiter}maui@example.nz\n'
    assert read(text.encode(encoding)).preview[0].name == "Tāne, Māui"
    stated = f"sep={delimiter}\nE-mail{delimiter}Name\nmaui@example.nz{delimiter}M\n"
    assert read(stated.encode(encoding)).learners == 1


def test_dates_and_numbers_of_a_workbook_are_read_as_they_are_shown() -> None:
    run = read(
        workbook(
            [
                ("Courriel", "Matricule", "Date d’obtention"),
                ("ana@example.com", 10234.0, datetime(2026, 11, 30)),
                ("ben@example.com", 7, date(2026, 11, 29)),
            ]
        )
    )
    assert [(row.student_number, row.awarded) for row in run.preview] == [
        ("10234", date(2026, 11, 30)),
        ("7", date(2026, 11, 29)),
    ]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            ("E-Mail Address", "First Name", "Surname"),
            ["email", "given_name", "family_name"],
        ),
        (("Prénom", "Nom", "Courriel"), ["given_name", "family_name", "email"]),
        (
            ("Nombre", "Apellidos", "Correo electrónico"),
            ["given_name", "family_name", "email"],
        ),
        (("īmēra", "Ingoa whānau"), ["email", "family_name"]),
        (("colour", "size"), []),
    ],
)
def test_columns_are_guessed_in_four_languages(
    header: tuple[str, ...], expected: list[str]
) -> None:
    guessed = ColumnMapping.guess(header).columns
    assert sorted(guessed, key=lambda field: guessed[field]) == expected


def test_a_person_may_choose_other_columns_than_were_guessed() -> None:
    header = ("contact", "who")
    mapping = ColumnMapping.chosen(header, {"email": "0", "name": "1"})
    assert mapping.columns == {Field.EMAIL: 0, Field.NAME: 1}
    for choice in ({"email": "2"}, {"colour": "0"}, {"email": "-1"}):
        with pytest.raises(RosterError):
            ColumnMapping.chosen(header, choice)
    with pytest.raises(RosterError):
        ColumnMapping.chosen(header, {"email": "0", "name": "0"}).require_usable(header)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("", "LEARNER_MISSING"),
        (",Ana,", "LEARNER_MISSING"),
        ("ana at example.com,Ana,", "EMAIL_MALFORMED"),
        ("ana@example.com; ben@example.com,Both,", "EMAIL_MALFORMED"),
        ("ana@example.com,=1+1,", "CELL_IS_FORMULA"),
        ("+ana@example.com,Ana,", "CELL_IS_FORMULA"),
        ('ana@example.com,"A\nB",', "CELL_CHARACTERS"),
        (f"ana@example.com,{'x' * 300},", "CELL_TOO_LONG"),
        (f"ana@example.com,{'x' * 3000},", "CELL_TOO_LONG"),
        ("ana@example.com,Ana,30/11/2026", "DATE_MALFORMED"),
        ("ana@example.com,Ana,2026-02-30", "DATE_MALFORMED"),
        ("ana@example.com,Ana,2027-01-01", "DATE_IN_FUTURE"),
        ("ana@example.com,Ana,2026-11-30,more", "ROW_TOO_LONG"),
        ("first@example.com,First,", "LEARNER_TWICE"),
        ("FIRST@Example.com,Fírst,", "LEARNER_TWICE"),
    ],
)
def test_a_row_at_fault_is_told_by_its_number(row: str, code: str) -> None:
    run = read(f"{HEADER}first@example.com,First,\r\n{row}\r\nlast@example.com,Last,\r\n".encode())
    if row:
        assert found(run) == [(3, code)]
        assert not run.can_be_issued
    assert run.learners == 2


def test_several_faults_of_a_row_are_told_at_once() -> None:
    run = read(f"{HEADER}nobody,Ana,yesterday\r\n".encode())
    assert found(run) == [(2, "EMAIL_MALFORMED"), (2, "DATE_MALFORMED")]
    assert (run.faulty_rows, run.fault_count) == (1, 2)


def test_a_formula_in_a_workbook_is_no_name() -> None:
    run = read(workbook([("email", "name"), ("ana@example.com", "=A1"), ("b@example.com", "B")]))
    assert found(run) == [(2, "CELL_IS_FORMULA")]


@pytest.mark.parametrize(
    ("data", "code", "hint"),
    [
        (b"", "ROSTER_EMPTY", "first row"),
        (b"\r\n\r\n", "ROSTER_EMPTY", "first row"),
        (HEADER.encode(), "ROSTER_EMPTY", "no rows"),
        (f"{HEADER}jose@example.com,José,\r\n".encode("latin-1"), "ROSTER_ENCODING", "CSV UTF-8"),
        ("é,email\r\n".encode("cp1252"), "ROSTER_ENCODING", "CSV UTF-8"),
        (HEADER.encode("utf-16"), "ROSTER_ENCODING", "CSV UTF-8"),
        (b"name,colour\r\nAna,red\r\n", "COLUMN_MISSING", "email"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "ROSTER_FORMAT", ".xlsx"),
        (b"PK\x03\x04 no archive", "ROSTER_FORMAT", ".xlsx"),
        (b"email\x00,name\r\n", "ROSTER_FORMAT", "CSV UTF-8"),
        (f'{HEADER}a@example.com,"open,\r\n'.encode(), "ROSTER_FORMAT", "quotation mark"),
        (workbook([]), "ROSTER_EMPTY", "first row"),
    ],
)
def test_what_cannot_be_read_for_certain_is_refused_with_a_way_out(
    data: bytes, code: str, hint: str
) -> None:
    error = refused(data)
    assert error.code == code
    assert hint in error.message


def archive(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return written.getvalue()


def altered(data: bytes, name: str, change: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = {part: packed.read(part) for part in packed.namelist()}
    return archive({**parts, name: change})


SOUND = workbook([("email", "name"), ("ana@example.com", "Ana")])
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;">]>
<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&b;</t></si></sst>"""


@pytest.mark.parametrize(
    "data",
    [
        archive({"xl/worksheets/sheet1.xml": b"0" * 3_000_000}),
        altered(SOUND, "xl/media/picture.png", b"0" * 3_000_000),
        archive({f"xl/worksheets/{number}": b"" for number in range(501)}),
    ],
)
def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(data: bytes) -> None:
    error = refused(data, unpacked_bytes=2_000_000, held_bytes=1_000_000)
    assert error.code == "ROSTER_TOO_LARGE"


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/workbook.xml"])
def test_entities_in_a_workbook_are_never_unfolded(part: str) -> None:
    assert refused(altered(SOUND, part, LAUGHS)).code == "ROSTER_FORMAT"


def test_a_part_that_is_larger_than_the_archive_says_is_never_unpacked_whole() -> None:
    data = altered(SOUND, "xl/styles.xml", b"0" * 1_000_000)
    # Size and checksum as they would be of the beginning alone.
    for true, stated in (
        (1_000_000, 1_000),
        (zlib.crc32(b"0" * 1_000_000), zlib.crc32(b"0" * 1_001)),
    ):
        assert data.count(true.to_bytes(4, "little")) == 2
        data = data.replace(true.to_bytes(4, "little"), stated.to_bytes(4, "little"))
    assert refused(data).code == "ROSTER_TOO_LARGE"


def test_a_document_that_is_no_workbook_is_refused() -> None:
    assert refused(archive({"word/document.xml": b"<x/>"})).code == "ROSTER_FORMAT"


@pytest.mark.parametrize("write", [lambda rows: b"".join(csv_lines(rows[0], rows[1:])), workbook])
def test_a_roster_with_more_rows_or_columns_than_are_read_is_refused(write: Any) -> None:
    rows = [("email",), *((f"learner{number}@example.com",) for number in range(6))]
    assert read(write(rows), rows=6).learners == 6
    assert refused(write(rows), rows=5).code == "ROSTER_TOO_LARGE"
    wide = [("email", *"bcdef"), ("a@example.com", *"bcdef")]
    assert refused(write(wide), columns=5).code == "ROSTER_TOO_LARGE"
    assert refused(write(rows), file_bytes=50).code == "ROSTER_TOO_LARGE"


def test_memory_stays_flat_over_a_large_roster() -> None:
    def peak(rows: int) -> int:
        lines = "".join(f"learner{number}@example.com,{'x' * 150}\n" for number in range(rows))
        source = io.BytesIO(f"email,name\n{lines}".encode())
        tracemalloc.start()
        table = open_table(source)
        run = dry_run(table, ColumnMapping.guess(table.header), today=TODAY)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert run.learners == rows
        return most

    small, large = peak(300), peak(3_300)
    # What is remembered of a learner is the digest of their address: far less than the row.
    assert (large - small) / 3_000 < 200


def test_faults_are_counted_beyond_those_that_are_told() -> None:
    run = read((HEADER + "nobody,,\r\n" * 20).encode(), faults=7)
    assert (len(run.faults), run.fault_count, run.faulty_rows) == (7, 20, 20)
    table = b"".join(fault_table(run.faults)).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(table)))[1][:3] == ["2", "email", "EMAIL_MALFORMED"]


def test_a_roster_that_changed_since_its_dry_run_is_not_issued() -> None:
    table = open_table(io.BytesIO(f"{HEADER}nobody,,\r\n".encode()))
    with pytest.raises(RosterError) as error:
        list(learners_of(table, ColumnMapping.guess(table.header), today=TODAY))
    assert error.value.code == "ROSTER_CHANGED"


@pytest.mark.parametrize("text", ["a@b.co", "ana.t+x@sub.example.nz", "māui@kura.māori.nz"])
def test_addresses_of_today_are_accepted(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    ["", "a", "a@b", "@b.co", "a@b.", "a b@c.de", "a@b..co", "a.@b.co", ".a@b.co", "a@-b.co",
     "a@b.co\n", "<a@b.co>", f"{'a' * 250}@b.co"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    assert not is_address(text)


cell = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)


@given(st.lists(st.lists(cell, min_size=2, max_size=2), max_size=6))
def test_what_is_written_for_a_spreadsheet_is_read_again_cell_by_cell(
    rows: list[list[str]],
) -> None:
    table = open_table(io.BytesIO(b"".join(csv_lines(("email", "name"), rows))))
    filled = [
        (number, list(map(plain, row)))
        for number, row in enumerate(rows, start=2)
        if any(map(str.strip, row))
    ]
    assert [(number, list(map(plain, row))) for number, row in table.rows()] == filled


def plain(text: str) -> str:
    return text.strip().lstrip("'")


@settings(max_examples=repetitions(30, soak=150))
@given(st.binary(max_size=200))
def test_any_bytes_end_in_a_dry_run_or_in_a_refusal(data: bytes) -> None:
    for source in (data, HEADER.encode() + data, SOUND[:300] + data):
        assert ends_well(source)


@settings(max_examples=60)
@given(st.integers(0, len(SOUND) - 1), st.integers(1, 255))
def test_a_damaged_workbook_ends_in_a_dry_run_or_in_a_refusal(place: int, change: int) -> None:
    data = bytearray(SOUND)
    data[place] ^= change
    assert ends_well(bytes(data))


def test_learners_who_share_a_mailbox_are_told_apart_by_number_or_name() -> None:
    head = "email,name,student number\r\n"
    family = "home@example.com,Ana,1\r\nhome@example.com,Ana,2\r\nhome@example.com,Ben,\r\n"
    assert read((head + family).encode()).learners == 3
    twice = read((head + family + "other@example.com,Zoe,2\r\n").encode())
    assert [(one.code, one.column) for one in twice.faults] == [("LEARNER_TWICE", "student_number")]
