"""A register is read, or refused with everything that is wrong with it, by file and row."""

from __future__ import annotations

import ast
import csv
import io
import json
import pickle
import random
import re
import time
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import frameworks.register
from credentials.strict_json import parse_json, serialize_json
from frameworks.conversions import Credit, Method, NotConvertible, convert
from frameworks.level_maps import MapPolicy
from frameworks.levels import Level
from frameworks.register import (
    Register,
    RegisterDay,
    RegisterError,
    edition_document,
    read_edition,
    read_register,
)
from frameworks.register.columns import COMMON, TABLES
from frameworks.register.edition import EDITION_LIMITS
from frameworks.register.findings import FINDINGS_TOLD
from frameworks.register.rows import SIGNABLE, STATUSES, place_of
from frameworks.toml_text import KEY_PARTS, LINE_CHARACTERS
from tests.frameworks.register_files import (
    COMPOSED,
    COMPOSED_ROWS,
    DESCRIPTION,
    FOUND,
    SOUND,
    TITLE_RULES,
    Files,
    added,
    cell,
    changed,
    composed,
    edited,
    findings,
    unofficial,
)
from tests.project import ROOT
from tests.soak import repetitions

DAY = date(2026, 6, 1)
SECONDS = 20
"""Far more than a linear reading takes; a quadratic one of the same files takes minutes."""

CODE_OF_MODULES_BELOW = ("AMOUNT_MALFORMED", "DATE_MALFORMED", "RATIO_MALFORMED")
"""Codes of findings that come from reading amounts, dates and conversions."""

EDITION_CODES = {
    "REGISTER_UNSOUND",
    "EDITION_MALFORMED",
    "EDITION_OF_OTHER_AUTHORITY",
    "EDITION_ROLLBACK",
    "EDITION_FORKED",
}
"""Codes of errors that are no finding about a file."""

SUFFIX = 'status = "sourced"\nsource = "law"\n'


def package_codes() -> set[str]:
    """Read every code in the sources of the package."""
    folder = Path(frameworks.register.__file__).parent
    constants = (
        node.value
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    found = {text for text in constants if re.fullmatch("[A-Z]+(_[A-Z]+)+", text)}
    return found | set(CODE_OF_MODULES_BELOW)


def described(old: str, new: str) -> Files:
    return edited(SOUND, "register.toml", old, new)


def appended(file: str, *lines: str) -> Files:
    return added(SOUND, file, *lines)


def replaced(file: str, text: str) -> Files:
    return changed(SOUND, {file: text})


UNREADABLE = [
    ("README.md", "a\x00b", "a control character in a text"),
    ("nz/levels.csv", SOUND["nz/levels.csv"].replace("Broad", "B\x1broad"), "an escape in a cell"),
    ("nz/levels.csv", "", "an empty CSV file"),
    ("metadata.csv", "standard,field,need,field\n", "a column that is named twice"),
    ("metadata.csv", 'standard,field\n"open,title\n', "a quotation mark that is never closed"),
    ("metadata.csv", 'standard,field\n"a"b,title\n', "text after a quotation mark"),
    ("metadata.csv", f"standard,field\n{'x' * 1_000_000},title\n", "a cell of a megabyte"),
    ("extra.toml", "x = \n", "TOML that is none"),
    ("extra.toml", "[[levels]]\nrank = 2026-02-30\n", "a day of TOML that does not exist"),
    ("extra.toml", "\ufeff[[levels]]\n", "a byte order mark before TOML"),
    ("extra.toml", "levels = 5\n", "a number where a table belongs"),
    ("extra.toml", "[levels]\nrank = 5\n", "a table where an array of tables belongs"),
    ("extra.toml", "levels = [{}, 5]\n", "an array that holds other things than tables"),
    ("nz/register.toml", DESCRIPTION, "a second description, in a folder"),
    ("nz/levels.xlsx", "PK", "a spreadsheet"),
    ("nz/levels", "code\n", "a file without suffix"),
]


@pytest.mark.parametrize(
    ("file", "text"), [one[:2] for one in UNREADABLE], ids=[one[2] for one in UNREADABLE]
)
def test_a_file_that_cannot_be_read_is_told(file: str, text: str) -> None:
    with pytest.raises(RegisterError) as caught:
        read_register(replaced(file, text))
    told = [one for one in caught.value.findings if one.code == "FILE_UNREADABLE"]
    assert [(one.place.file, one.place.row) for one in told] == [(file, 0)]
    assert {one.code for one in caught.value.findings} <= {"FILE_UNREADABLE", "UNKNOWN_REFERENCE"}


LATER = """status = "sourced"
source = "law"

[[maps]]
id = "nz-ie"
from_framework = "nz"
to_framework = "ie"
kind = "compared"
from = "2020-01-02"
"""
"""The end of a row of a map, and the beginning of its next one."""

CASES: dict[str, tuple[Files, list[FOUND]]] = {
    "an empty file": (
        replaced("nz/empty.csv", ""),
        [("FILE_UNREADABLE", "nz/empty.csv", 0)],
    ),
    "a row with too few cells": (
        appended("metadata.csv", "nz-rules,level"),
        [("ROW_MALFORMED", "metadata.csv", 4)],
    ),
    "a row with too many cells": (
        appended("metadata.csv", "nz-rules,level,optional,sourced,law,more"),
        [("ROW_MALFORMED", "metadata.csv", 4)],
    ),
    "an empty line": (
        appended("metadata.csv", "", "nz-rules,level,optional,sourced,law"),
        [("ROW_MALFORMED", "metadata.csv", 4)],
    ),
    "a table that no register has": (
        replaced("nz/grades.csv", "code\nA\n"),
        [("UNKNOWN_TABLE", "nz/grades.csv", 0)],
    ),
    "a table of TOML that no register has": (
        replaced("nz/more.toml", "[[grades]]\ncode = 'A'\n"),
        [("UNKNOWN_TABLE", "nz/more.toml", 0)],
    ),
    "a column that the table does not have": (
        edited(SOUND, "isced-fields.csv", "code,label,uri,", "code,label,url,"),
        [("UNKNOWN_COLUMN", "isced-fields.csv", 0)],
    ),
    "a column without name": (
        replaced("isced-fields.csv", "code,label,status,source,\n07,E,sourced,page,\n"),
        [("UNKNOWN_COLUMN", "isced-fields.csv", 0)],
    ),
    "columns separated by semicolons": (
        replaced("isced-fields.csv", "code;label;status;source\n07;E;sourced;page\n"),
        [
            ("UNKNOWN_COLUMN", "isced-fields.csv", 0),
            *[("CELL_MISSING", "isced-fields.csv", 2)] * 4,
        ],
    ),
    "a byte order mark before CSV": (
        replaced("isced-fields.csv", "\ufeffcode,label,status,source\n07,E,sourced,page\n"),
        [("FILE_UNREADABLE", "isced-fields.csv", 0)],
    ),
    "a level without rank": (
        appended("nz/levels.csv", "7,,urn:example:nz:level:7,official,,,,sourced,law"),
        [("CELL_MISSING", "nz/levels.csv", 5)],
    ),
    "levels without the column of ranks": (
        replaced(
            "nz/more.toml",
            f'[[levels]]\ncode = "7"\n{SUFFIX}[[levels]]\ncode = "8"\n{SUFFIX}',
        ),
        [("CELL_MISSING", "nz/more.toml", 1), ("CELL_MISSING", "nz/more.toml", 2)],
    ),
    "a level outside a folder that names no framework": (
        replaced("levels.csv", "code,rank,status,source\n1,1,sourced,law\n"),
        [("CELL_MISSING", "levels.csv", 2)],
    ),
    "a rank in words": (
        appended("nz/levels.csv", "7,seven,,,,,,sourced,law"),
        [("CELL_MALFORMED", "nz/levels.csv", 5)],
    ),
    "a rank beyond all ranks": (
        appended("nz/levels.csv", "7,1001,,,,,,sourced,law"),
        [("CELL_MALFORMED", "nz/levels.csv", 5)],
    ),
    "a token with a blank": (
        cell(SOUND, "units.csv", 2, "token", "NZ CR"),
        [
            ("UNKNOWN_REFERENCE", "conversions.csv", 2),
            ("UNKNOWN_REFERENCE", "framework.toml", 1),
            ("UNKNOWN_REFERENCE", "nz/accreditations.csv", 2),
            ("UNKNOWN_REFERENCE", "nz/listings.csv", 2),
            ("UNKNOWN_REFERENCE", "nz/size-bounds.csv", 2),
            ("UNKNOWN_REFERENCE", "nz/size-bounds.csv", 3),
            ("CELL_MALFORMED", "units.csv", 2),
        ],
    ),
    "a status that there is none": (
        cell(SOUND, "metadata.csv", 3, "status", "certain"),
        [("CELL_MALFORMED", "metadata.csv", 3)],
    ),
    "neither true nor false": (
        cell(SOUND, "conversions.csv", 3, "reversible", "yes"),
        [("CELL_MALFORMED", "conversions.csv", 3)],
    ),
    "a date in another form": (
        cell(SOUND, "conversions.csv", 3, "from", "1.1.2026"),
        [("CELL_MALFORMED", "conversions.csv", 3)],
    ),
    "a day that does not exist": (
        cell(SOUND, "conversions.csv", 3, "until", "2026-02-30"),
        [("DATE_MALFORMED", "conversions.csv", 3)],
    ),
    "an amount with a comma": (
        cell(SOUND, "nz/size-bounds.csv", 2, "min", '"7,5"'),
        [("AMOUNT_MALFORMED", "nz/size-bounds.csv", 2)],
    ),
    "a negative amount": (
        cell(SOUND, "nz/size-bounds.csv", 3, "max", "-1"),
        [("AMOUNT_MALFORMED", "nz/size-bounds.csv", 3)],
    ),
    "an edition without number": (
        described("edition = 1\n", ""),
        [("DESCRIPTION_MALFORMED", "register.toml", 0)],
    ),
    "no framework": (
        {"register.toml": DESCRIPTION},
        [("REGISTER_EMPTY", "register.toml", 0)],
    ),
    "nothing at all": (
        {},
        [("DESCRIPTION_MALFORMED", "register.toml", 0), ("REGISTER_EMPTY", "register.toml", 0)],
    ),
    "a period that ends before it begins": (
        appended("nz/levels.csv", "7,7,,,,2026-02-02,2026-02-01,sourced,law"),
        [("PERIOD_REVERSED", "nz/levels.csv", 5)],
    ),
    "a row that is there already": (
        appended("nz/levels.csv", "5,5,,,,,,sourced,law"),
        [("DUPLICATE_ROW", "nz/levels.csv", 5)],
    ),
    "a row that is there already in another file": (
        replaced("zz/levels.csv", "framework,code,rank,status,source\nnz,5,5,sourced,law\n"),
        [("DUPLICATE_ROW", "zz/levels.csv", 2)],
    ),
    "a source with the key of another": (
        appended("sources.csv", "law,Another law,,"),
        [("DUPLICATE_ROW", "sources.csv", 4)],
    ),
    "overlapping validity": (
        cell(SOUND, "nz/size-bounds.csv", 3, "from", "2021-12-31"),
        [("OVERLAPPING_VALIDITY", "nz/size-bounds.csv", 3)],
    ),
    "a listing of the same course in an overlapping period": (
        appended(
            "nz/listings.csv",
            "two,https://poly.example/welding,Welding,5,nzcr,15,,07,,2026-01-01,,sourced,law",
        ),
        [("OVERLAPPING_VALIDITY", "nz/listings.csv", 3)],
    ),
    "a framework with an unknown unit": (
        edited(SOUND, "framework.toml", 'unit = "nzcr"', 'unit = "gold"'),
        [("UNKNOWN_REFERENCE", "framework.toml", 1)],
    ),
    "a level of an unknown framework": (
        replaced("au/levels.csv", "code,rank,status,source\n1,1,sourced,law\n"),
        [("UNKNOWN_REFERENCE", "au/levels.csv", 2)],
    ),
    "a map between unknown frameworks": (
        appended(
            "maps.toml",
            f'[[maps]]\nid = "x"\nfrom_framework = "xx"\nto_framework = "yy"\n'
            f'kind = "compared"\n{SUFFIX}',
        ),
        [*[("UNKNOWN_REFERENCE", "maps.toml", 3)] * 2],
    ),
    "a row of an unknown map": (
        appended("map-rows.csv", "nz-fr,4,5,exact,,,sourced,law"),
        [("UNKNOWN_REFERENCE", "map-rows.csv", 8)],
    ),
    "a map between unknown levels": (
        appended("map-rows.csv", "ie-eu,9,8; 4,broad,,,sourced,law"),
        [*[("UNKNOWN_REFERENCE", "map-rows.csv", 8)] * 2],
    ),
    "a conversion between unknown units": (
        appended("conversions.csv", "x,gold,silver,notional-hours,,,,,,sourced,law"),
        [*[("UNKNOWN_REFERENCE", "conversions.csv", 5)] * 2],
    ),
    "bounds of an unknown framework in an unknown unit": (
        replaced("au/size-bounds.csv", "id,unit,min,status,source\nx,gold,1,sourced,law\n"),
        [*[("UNKNOWN_REFERENCE", "au/size-bounds.csv", 2)] * 2],
    ),
    "a title rule of an unknown framework": (
        replaced("au/title-rules.csv", "id,forbidden,status,source\nx,degree,sourced,law\n"),
        [("UNKNOWN_REFERENCE", "au/title-rules.csv", 2)],
    ),
    "an accreditation up to an unknown level in an unknown unit": (
        replaced(
            "nz/accreditations.csv",
            "id,holder,accreditor,right,level_min,level_max,unit,status,source\n"
            "a,h,k,award,4,9,gold,sourced,law\n",
        ),
        [*[("UNKNOWN_REFERENCE", "nz/accreditations.csv", 2)] * 2],
    ),
    "a listing at an unknown level in an unknown unit": (
        appended("nz/listings.csv", "x,urn:x,X,9,gold,20,,,,,,sourced,law"),
        [*[("UNKNOWN_REFERENCE", "nz/listings.csv", 3)] * 2],
    ),
    "an unknown source": (
        cell(SOUND, "metadata.csv", 2, "source", "hearsay"),
        [("UNKNOWN_REFERENCE", "metadata.csv", 2)],
    ),
    "a match without levels": (
        cell(SOUND, "map-rows.csv", 5, "match", "none"),
        [("MAP_ROW_CONTRADICTS", "map-rows.csv", 5)],
    ),
    "a match that names no level": (
        cell(SOUND, "map-rows.csv", 7, "match", "exact"),
        [("MAP_ROW_CONTRADICTS", "map-rows.csv", 7)],
    ),
    "a withheld row that answers": (
        cell(SOUND, "map-rows.csv", 3, "to", "5"),
        [("MAP_ROW_CONTRADICTS", "map-rows.csv", 3)],
    ),
    "a URI of two levels": (
        cell(SOUND, "nz/levels.csv", 4, "uri", "urn:example:nz:level:4"),
        [("DUPLICATE_URI", "nz/levels.csv", 4)],
    ),
    "a URI of levels of two frameworks": (
        cell(SOUND, "nz/levels.csv", 4, "uri", "urn:example:other:5"),
        [("DUPLICATE_URI", "nz/levels.csv", 4)],
    ),
    "a URI that named another level in another time": (
        added(
            cell(SOUND, "nz/levels.csv", 4, "until", "2020-12-31"),
            "nz/levels.csv",
            "7,7,urn:example:nz:level:6%2B,official,,2021-01-01,,sourced,law",
        ),
        [("DUPLICATE_URI", "nz/levels.csv", 5)],
    ),
    "a token of two units": (
        cell(SOUND, "units.csv", 4, "token", "ECTS"),
        [("DUPLICATE_TOKEN", "units.csv", 4)],
    ),
    "a namespace of two frameworks": (
        edited(
            SOUND,
            "framework.toml",
            '"Irish framework"',
            '"Irish framework"\nlevel_namespace = "urn:example:nz:level:"',
        ),
        [("DUPLICATE_NAMESPACE", "framework.toml", 2)],
    ),
    "a namespace that begins with another": (
        edited(
            SOUND,
            "framework.toml",
            '"Irish framework"',
            '"Irish framework"\nlevel_namespace = "urn:example:nz:level:x:"',
        ),
        [("DUPLICATE_NAMESPACE", "framework.toml", 2)],
    ),
    "a namespace as wide as the web": (
        edited(
            SOUND,
            "framework.toml",
            '"Irish framework"',
            '"Irish framework"\nlevel_namespace = "http://"',
        ),
        [("NAMESPACE_MALFORMED", "framework.toml", 2)],
    ),
    "a rounding without its mode": (
        SOUND
        | {
            "more.toml": '[[conversions]]\nid = "r"\nfrom_unit = "nzcr"\nto_unit = "ceu"\n'
            f'method = "notional-hours"\nround_step = "1"\n{SUFFIX}'
        },
        [("ROUNDING_MALFORMED", "more.toml", 1)],
    ),
    "one id for two listings": (
        appended(
            "nz/listings.csv",
            "weld,urn:x:other,Other,5,nzcr,20,200,07,did:web:b.example,,,sourced,law",
        ),
        [("DUPLICATE_ID", "nz/listings.csv", 3)],
    ),
    "a unit with the URI of a level": (
        appended("units.csv", "cats,CATS,UK,10,10,total-notional,,,,,,,sourced,law")
        | {
            "more.toml": '[[units]]\nid = "x"\ntoken = "X"\nname = "X"\nbasis = "contact"\n'
            f'uri = "urn:example:nz:level:5"\n{SUFFIX}'
        },
        [("DUPLICATE_URI", "more.toml", 1)],
    ),
    "any unit where a unit is needed": (
        cell(SOUND, "nz/listings.csv", 2, "unit", "*"),
        [("UNKNOWN_REFERENCE", "nz/listings.csv", 2)],
    ),
    "a stated ratio for any unit": (
        appended("conversions.csv", "wide,*,ects,formal-ratio,2,,,,,sourced,law"),
        [("RATIO_MALFORMED", "conversions.csv", 5)],
    ),
    "an accreditation whose levels are reversed": (
        edited(SOUND, "nz/accreditations.csv", ",4,6+,", ",6+,4,"),
        [("INTERVAL_MALFORMED", "nz/accreditations.csv", 2)],
    ),
    "a day of a week": (
        cell(SOUND, "nz/listings.csv", 2, "from", "2026-W01-1"),
        [("DATE_MALFORMED", "nz/listings.csv", 2)],
    ),
    "forbidden words of which none is there": (
        edited(SOUND, "nz/title-rules.toml", '["diploma", "New Zealand"]', '["", " "]'),
        [("CELL_MISSING", "nz/title-rules.toml", 1)],
    ),
    "something else in the description, and a fault elsewhere": (
        added(
            edited(SOUND, "register.toml", "edition = 1", "edition = 0"),
            "sources.csv",
            "law,Again,,",
        ),
        [("DESCRIPTION_MALFORMED", "register.toml", 0), ("DUPLICATE_ROW", "sources.csv", 4)],
    ),
    "a table in the description": (
        added(SOUND, "register.toml", "[[levels]]"),
        [("DESCRIPTION_MALFORMED", "register.toml", 0)],
    ),
    "numbers too long and nesting too deep": (
        SOUND | {"x.toml": "x = " + "1" * 5_000, "y.toml": "x = " + "[" * 900 + "]" * 900},
        [("FILE_UNREADABLE", "x.toml", 0), ("FILE_UNREADABLE", "y.toml", 0)],
    ),
    "a composed map that is surer than its parts": (
        composed(COMPOSED_ROWS.replace("nz-eu,4,4; 5,broad", "nz-eu,4,4; 5,exact")),
        [("COMPOSITION_CLAIMS_MORE", "nz/map-rows.csv", 2)],
    ),
    "a URI in the namespace of another framework": (
        cell(SOUND, "ie/levels.csv", 3, "uri", "urn:example:nz:level:9"),
        [("URI_OF_OTHER_FRAMEWORK", "ie/levels.csv", 3)],
    ),
    "a ratio of zero": (
        cell(SOUND, "conversions.csv", 2, "ratio", "0"),
        [("RATIO_MALFORMED", "conversions.csv", 2)],
    ),
    "a ratio of zero, written as a decimal": (
        cell(SOUND, "conversions.csv", 2, "ratio", "0.00"),
        [("RATIO_MALFORMED", "conversions.csv", 2)],
    ),
    "a stated ratio that is missing": (
        cell(SOUND, "conversions.csv", 2, "ratio", ""),
        [("RATIO_MALFORMED", "conversions.csv", 2)],
    ),
    "a ratio where it is computed": (
        cell(SOUND, "conversions.csv", 4, "ratio", "2"),
        [("RATIO_MALFORMED", "conversions.csv", 4)],
    ),
    "a year of no credit, in steps of nothing": (
        cell(cell(SOUND, "units.csv", 3, "per_year", "0"), "units.csv", 3, "step", "0.0"),
        [*[("AMOUNT_ZERO", "units.csv", 3)] * 2],
    ),
    "hours with one end": (
        cell(SOUND, "units.csv", 3, "hours_high", ""),
        [("INTERVAL_MALFORMED", "units.csv", 3)],
    ),
    "hours from zero": (
        cell(SOUND, "units.csv", 3, "hours_low", "0"),
        [("INTERVAL_MALFORMED", "units.csv", 3)],
    ),
    "hours that end below their beginning": (
        cell(SOUND, "units.csv", 3, "hours_high", "24.9"),
        [("INTERVAL_MALFORMED", "units.csv", 3)],
    ),
    "a largest size below the smallest": (
        cell(SOUND, "nz/size-bounds.csv", 2, "max", "4"),
        [("INTERVAL_MALFORMED", "nz/size-bounds.csv", 2)],
    ),
    "most hours below the fewest": (
        cell(SOUND, "nz/size-bounds.csv", 3, "max_hours", "9"),
        [("INTERVAL_MALFORMED", "nz/size-bounds.csv", 3)],
    ),
    "an accreditation for sizes that there are none": (
        cell(SOUND, "nz/accreditations.csv", 2, "size_max", "1/2"),
        [("INTERVAL_MALFORMED", "nz/accreditations.csv", 2)],
    ),
    "a composed map that names no parts": (
        edited(composed(), "nz/maps.toml", 'composed_of = ["nz-ie", "ie-eu"]\n', ""),
        [("COMPOSITION_MALFORMED", "nz/maps.toml", 1)],
    ),
    "parts of a map that is not composed": (
        edited(composed(), "nz/maps.toml", '"composed"', '"compared"'),
        [("COMPOSITION_MALFORMED", "nz/maps.toml", 1)],
    ),
    "a composed map of a part that nobody endorses": (
        edited(composed(), "maps.toml", '"compared"', '"exercise-not-endorsed"'),
        [("COMPOSITION_NOT_ENDORSED", "nz/maps.toml", 1)],
    ),
    "a composed map of a part that nobody endorsed for a time": (
        edited(
            composed(),
            "maps.toml",
            '"compared"\n',
            f'"exercise-not-endorsed"\nuntil = "2020-01-01"\n{LATER}',
        ),
        [("COMPOSITION_NOT_ENDORSED", "nz/maps.toml", 1)],
    ),
    "a map that nobody endorses and that says more than its parts": (
        edited(
            {**composed(COMPOSED_ROWS.replace("4,4; 5,", "4,5,"))},
            "nz/maps.toml",
            '"composed"',
            '"exercise-not-endorsed"',
        ),
        [("COMPOSITION_CLAIMS_MORE", "nz/map-rows.csv", 2)],
    ),
    "a composed map of three parts": (
        edited(composed(), "nz/maps.toml", '"ie-eu"]', '"ie-eu", "ie-eu"]'),
        [("COMPOSITION_MALFORMED", "nz/maps.toml", 1)],
    ),
    "a composed map of parts that do not meet": (
        edited(composed(), "nz/maps.toml", '["nz-ie", "ie-eu"]', '["ie-eu", "nz-ie"]'),
        [("COMPOSITION_MALFORMED", "nz/maps.toml", 1)],
    ),
    "a composed map whose parts lead elsewhere": (
        changed(
            SOUND,
            {"nz/maps.toml": COMPOSED.replace('to_framework = "eu"', 'to_framework = "ie"')},
        ),
        [("COMPOSITION_MALFORMED", "nz/maps.toml", 1)],
    ),
    "a composed map of an unknown part": (
        edited(composed(), "nz/maps.toml", '"ie-eu"]', '"ie-fr"]'),
        [("UNKNOWN_REFERENCE", "nz/maps.toml", 1)],
    ),
    "a map composed of itself": (
        edited(composed(), "nz/maps.toml", '"nz-ie", "ie-eu"', '"nz-eu", "ie-eu"'),
        [("COMPOSITION_CIRCULAR", "nz/maps.toml", 1)],
    ),
    "maps composed of each other": (
        changed(
            SOUND,
            {
                "nz/maps.toml": COMPOSED.replace('"nz-ie"', '"nz-two"')
                + COMPOSED.replace('id = "nz-eu"', 'id = "nz-two"').replace('"nz-ie"', '"nz-eu"')
            },
        ),
        [("COMPOSITION_CIRCULAR", "nz/maps.toml", row) for row in (1, 2)],
    ),
    "a map composed of one that is circular": (
        changed(
            SOUND,
            {
                "nz/maps.toml": COMPOSED.replace('id = "nz-eu"', 'id = "nz-far"').replace(
                    '"nz-ie"', '"nz-eu"'
                )
                + COMPOSED.replace('"nz-ie"', '"nz-two"')
                + COMPOSED.replace('id = "nz-eu"', 'id = "nz-two"').replace('"nz-ie"', '"nz-eu"')
            },
        ),
        [("COMPOSITION_CIRCULAR", "nz/maps.toml", row) for row in (1, 2, 3)],
    ),
    "a composed map that names a level too many": (
        composed("map,level,to,match,status,source\nnz-eu,6+,5,best-fit,sourced,law\n"),
        [("COMPOSITION_CLAIMS_MORE", "nz/map-rows.csv", 2)],
    ),
    "a composed map that names a level too few": (
        composed("map,level,to,match,status,source\nnz-eu,4,5,best-fit,sourced,law\n"),
        [("COMPOSITION_CLAIMS_MORE", "nz/map-rows.csv", 2)],
    ),
    "a composed map that answers where its part is withheld": (
        composed("map,level,to,match,status,source\nnz-eu,5,,none,sourced,law\n"),
        [("COMPOSITION_CLAIMS_MORE", "nz/map-rows.csv", 2)],
    ),
    "general knowledge in an official edition": (
        cell(SOUND, "ie/levels.csv", 4, "status", "general-knowledge"),
        [("UNVERIFIED_ROW", "ie/levels.csv", 4)],
    ),
    "derived rows in an official edition": (
        cell(SOUND, "conversions.csv", 4, "status", "derived"),
        [("UNVERIFIED_ROW", "conversions.csv", 4)],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_an_unsound_register_is_refused_with_every_finding_by_file_and_row(case: str) -> None:
    files, expected = CASES[case]
    assert findings(files) == expected


def test_every_code_of_a_finding_is_among_these_cases() -> None:
    provoked = {code for _files, expected in CASES.values() for code, _file, _row in expected}
    # These two have tests of their own.
    elsewhere = {"DESCRIPTION_MALFORMED", "COMPOSITION_NOT_COMPARED"}
    assert provoked | elsewhere == package_codes() - EDITION_CODES


def test_the_sound_registers_of_these_tests_are_sound() -> None:
    for files in (SOUND, composed(), unofficial()):
        tables = dict(read_register(files).tables.by_name())
        assert [name for name, rows in tables.items() if not rows] == []


def test_faults_in_several_files_are_all_told_at_once() -> None:
    files = cell(SOUND, "units.csv", 3, "per_year", "0")
    files = cell(files, "conversions.csv", 2, "ratio", "0")
    files = cell(files, "map-rows.csv", 3, "status", "derived")
    files = cell(files, "nz/size-bounds.csv", 3, "from", "2020-01-01")
    files = cell(files, "nz/levels.csv", 4, "rank", "")
    files = added(files, "metadata.csv", "nz-rules", "nz-rules,title,mandatory,sourced,law")
    files = changed(files, {"zz.xlsx": "PK", "nz/maps.toml": COMPOSED.replace("nz-ie", "nz-eu")})
    assert findings(files) == [
        ("RATIO_MALFORMED", "conversions.csv", 2),
        ("UNVERIFIED_ROW", "map-rows.csv", 3),
        # The level without rank is no level, so what refers to it is told as well.
        ("UNKNOWN_REFERENCE", "map-rows.csv", 4),
        ("ROW_MALFORMED", "metadata.csv", 4),
        ("DUPLICATE_ROW", "metadata.csv", 5),
        ("UNKNOWN_REFERENCE", "nz/accreditations.csv", 2),
        ("CELL_MISSING", "nz/levels.csv", 4),
        ("COMPOSITION_CIRCULAR", "nz/maps.toml", 1),
        ("OVERLAPPING_VALIDITY", "nz/size-bounds.csv", 3),
        ("AMOUNT_ZERO", "units.csv", 3),
        ("FILE_UNREADABLE", "zz.xlsx", 0),
    ]


def test_every_fault_of_one_row_is_told() -> None:
    files = appended("nz/levels.csv", ",many,,sure,,soon,2026-13-01,certain,")
    told = [code for code, file, row in findings(files) if (file, row) == ("nz/levels.csv", 5)]
    assert told == sorted(["CELL_MISSING"] * 2 + ["CELL_MALFORMED"] * 4 + ["DATE_MALFORMED"])


def test_the_message_names_file_row_and_code_and_stays_readable() -> None:
    lines = [f"x{number},title,mandatory,sourced,hearsay" for number in range(FINDINGS_TOLD + 7)]
    with pytest.raises(RegisterError) as caught:
        read_register(appended("metadata.csv", *lines))
    error = caught.value
    assert len(error.findings) == FINDINGS_TOLD + 7
    assert error.message.startswith(f"The register has {FINDINGS_TOLD + 7} faults:\n")
    assert "metadata.csv, row 4: There is no source 'hearsay'" in error.message
    assert error.message.count("[UNKNOWN_REFERENCE]") == FINDINGS_TOLD
    assert error.message.endswith("\n  and 7 more")
    assert error.code == "REGISTER_UNSOUND"


# The description of the edition.


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (DESCRIPTION, ""),
        (DESCRIPTION, "register = 5\n"),
        ("[register]", "[registry]"),
        (f'id = "{read_register(SOUND).description.id}"\n', ""),
        ('name = "Register of tests"', "name = 5"),
        ("edition = 1", "edition = 0"),
        ("edition = 1", "edition = -1"),
        ("edition = 1", "edition = 1.0"),
        ("edition = 1", 'edition = "1"'),
        ("edition = 1", "edition = true"),
        ("edition = 1", "edition = 1_000_001"),
        ("official = true", 'official = "true"'),
        ("official = true", "official = 1"),
        ("official = true\n", ""),
        ('"2026-01-01"', "2026-01-01"),
        ('"2026-01-01"', '"2026-01-01T00:00:00Z"'),
        ('"2026-01-01"', '"2027-01-01"'),
        ('"2026-12-31"', '"2026-12-32"'),
        ("official = true\n", 'official = true\ncolour = "red"\n'),
        ("official = true\n", "official = true\nnote = 5\n"),
        ("official = true\n", 'official = false\nprevious = "sha256:00"\n'),
        ("official = true\n", f'official = false\nprevious = "sha256:{"A" * 64}"\n'),
        ("official = true\n", "official = false\nprevious = 5\n"),
        ("edition = 1\n", "edition = 2\n"),
        ("edition = 1\n", f'edition = 1\nprevious = "sha256:{"0" * 64}"\n'),
    ],
)
def test_a_description_with_a_fault_is_told(old: str, new: str) -> None:
    assert findings(described(old, new)) == [("DESCRIPTION_MALFORMED", "register.toml", 0)]


def test_a_description_is_read() -> None:
    digest = f"sha256:{'0' * 64}"
    files = described("edition = 1\n", f'edition = 2\nprevious = "{digest}"\nnote = "N."\n')
    description = read_register(files).description
    assert (description.number, description.previous, description.note) == (2, digest, "N.")
    assert description.is_official
    assert (description.valid_from, description.valid_until) == (
        date(2026, 1, 1),
        date(2026, 12, 31),
    )


def test_an_unofficial_edition_need_not_name_the_one_before() -> None:
    assert read_register(edited(unofficial(), "register.toml", "edition = 1", "edition = 3"))


# What stands in cells.


def metadata(text: str) -> list[tuple[str, str, str]]:
    rows = read_register(replaced("metadata.csv", text)).tables.metadata
    return [(row.standard, row.field, row.provenance.note) for row in rows]


HEADER = "standard,field,need,status,source,note"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_ending_will_do(end: str) -> None:
    text = end.join([HEADER, "nz,title,mandatory,sourced,law,", "nz,level,mandatory,sourced,law,x"])
    assert metadata(text) == metadata(text + end) == [("nz", "title", ""), ("nz", "level", "x")]


def test_quoted_cells_hold_commas_quotation_marks_and_line_breaks() -> None:
    rows = 'nz,title,mandatory,sourced,law,"a, ""b"",\nc"\nnz,level,mandatory,sourced,law,\n'
    assert metadata(f"{HEADER}\n{rows}") == [("nz", "title", 'a, "b",\nc'), ("nz", "level", "")]


def test_a_row_with_a_line_break_in_a_cell_is_one_row() -> None:
    rows = 'nz,title,mandatory,sourced,law,"a\n\nb"\nnz,level,never,sourced,law,\n'
    files = replaced("metadata.csv", f"{HEADER}\n{rows}")
    assert findings(files) == [("CELL_MALFORMED", "metadata.csv", 3)]


def test_rows_know_their_file_and_number() -> None:
    tables = read_register(SOUND).tables
    assert [(row.file, row.number) for row in tables.maps] == [("maps.toml", 1), ("maps.toml", 2)]
    assert [(row.file, row.number) for row in tables.metadata] == [
        ("metadata.csv", 2),
        ("metadata.csv", 3),
    ]
    assert str(place_of(tables.metadata[0])) == "metadata.csv, row 2"


def test_the_order_of_columns_does_not_matter() -> None:
    rows = list(csv.DictReader(io.StringIO(SOUND["nz/levels.csv"])))
    columns = sorted(rows[0], reverse=True)
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns)
    writer.writeheader()
    writer.writerows(rows)
    files = replaced("nz/levels.csv", stream.getvalue())
    assert read_register(files).tables == read_register(SOUND).tables


def test_a_csv_file_may_have_a_header_alone() -> None:
    assert read_register(replaced("metadata.csv", f"{HEADER}\n")).tables.metadata == ()


def test_lists_in_csv_are_separated_by_semicolons_and_trimmed() -> None:
    tables = read_register(SOUND).tables
    assert tables.map_rows[0].to == ("5", "6")
    assert tables.map_rows[1].to == ()
    assert tables.accreditations[0].fields == ("07", "06")
    assert tables.listings[0].providers == ("did:web:poly.example", "did:web:b.example")


def test_the_same_rows_may_stand_in_toml() -> None:
    entries = "".join(
        f'[[map_rows]]\nmap = "{row.map}"\nlevel = "{row.level}"\nto = {json.dumps(row.to)}\n'
        f'match = "{row.match}"\nstatus = "{row.provenance.status}"\n'
        f'source = "{row.provenance.source}"\n'
        for row in read_register(SOUND).tables.map_rows
    )
    files = changed(SOUND, {"map-rows.csv": None, "map-rows.toml": entries})
    assert said(read_register(files)) == said(read_register(SOUND))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("code = 7", "CELL_MALFORMED"),
        ("code = 7.5", "CELL_MALFORMED"),
        ("code = true", "CELL_MALFORMED"),
        ("code = ['7']", "CELL_MALFORMED"),
        ("code = {a = 1}", "CELL_MALFORMED"),
        ("code = ''", "CELL_MISSING"),
        ("rank = 7.0", "CELL_MALFORMED"),
        ("rank = true", "CELL_MALFORMED"),
        ("rank = -1", "CELL_MALFORMED"),
        ("rank = nan", "CELL_MALFORMED"),
        ("rank = 0xFFFF", "CELL_MALFORMED"),
        ("from = 2026-01-01", "CELL_MALFORMED"),
        ("from = 2026-01-01T00:00:00Z", "CELL_MALFORMED"),
        ("from = 20260101", "CELL_MALFORMED"),
        ("factor = 2.5", "AMOUNT_MALFORMED"),
        ("factor = 2", "AMOUNT_MALFORMED"),
        ("uri = 5", "CELL_MALFORMED"),
        ("note = 2026-01-01", "CELL_MALFORMED"),
        ("status = false", "CELL_MALFORMED"),
    ],
)
def test_toml_numbers_and_dates_are_no_texts(line: str, code: str) -> None:
    entry = {"code": "'7'", "rank": "7", "status": "'sourced'", "source": "'law'"}
    name, _, value = line.partition(" = ")
    members = "".join(f"{key} = {text}\n" for key, text in {**entry, name: value}.items())
    assert findings(replaced("nz/more.toml", f"[[levels]]\n{members}")) == [
        (code, "nz/more.toml", 1)
    ]


def test_a_list_of_toml_holds_texts() -> None:
    files = edited(SOUND, "nz/title-rules.toml", '"diploma"', "5")
    assert findings(files) == [("CELL_MALFORMED", "nz/title-rules.toml", 1)]
    files = edited(SOUND, "nz/title-rules.toml", '["diploma", "New Zealand"]', "{a = 1}")
    assert findings(files) == [("CELL_MALFORMED", "nz/title-rules.toml", 1)]


def test_cells_are_read_as_what_they_mean() -> None:
    tables = read_register(SOUND).tables
    unit, ects, ceu = tables.units
    assert (unit.hours_low, unit.per_year, unit.step) == (10, 120, 1)
    assert (unit.whole, ects.whole, unit.rounding, ects.rounding) == (True, None, "floor", None)
    assert (ects.step, ceu.step, ceu.per_year) == (Fraction(1, 2), Fraction(1, 10), None)
    assert tables.conversions[0].ratio == Fraction(1, 2)
    assert (tables.levels[2].rank, tables.levels[-1].code) == (1, "6+")
    assert tables.sources[1].url is None


def test_the_framework_of_a_row_is_its_folder_unless_the_row_names_another() -> None:
    own = f'[[levels]]\ncode = "8"\nrank = 8\n{SUFFIX}'
    files = replaced("nz/more.toml", own + own + 'framework = "ie"\n')
    rows = [row for row in read_register(files).tables.levels if row.code == "8"]
    assert [row.framework for row in rows] == ["nz", "ie"]


# Look-ups as of a day.


def on(files: Files, day: str | date) -> RegisterDay:
    return read_register(files).on(date.fromisoformat(day) if isinstance(day, str) else day)


Lookup = Callable[[RegisterDay], bool]
DATED: dict[str, tuple[str, int, Lookup]] = {
    "level by URI": ("nz/levels.csv", 3, lambda said: "urn:example:nz:level:5" in said.levels),
    "level by code": ("nz/levels.csv", 3, lambda said: ("nz", "5") in said.level_rows),
    "rank of a level": ("nz/levels.csv", 3, lambda said: said.ladders["nz"].rank("5") is not None),
    "unit": ("units.csv", 2, lambda said: "nzcr" in said.units and "nzcr" in said.unit_rows),
    "unit by token": ("units.csv", 2, lambda said: "NZCR" in said.units_by_token),
    "conversion": ("conversions.csv", 2, lambda said: "nz-ects" in said.conversions),
    "conversion between units": (
        "conversions.csv",
        2,
        lambda said: len(said.conversions_between("nzcr", "ects")) == 2,
    ),
    "row of a map": ("map-rows.csv", 2, lambda said: "4" in said.maps[0].entries),
    "withheld row of a map": ("map-rows.csv", 3, lambda said: "5" in said.maps[0].withheld),
    "bound": ("nz/size-bounds.csv", 3, lambda said: "nz" in said.size_bounds),
}
FIRST, LAST = date(2024, 2, 29), date(2026, 6, 30)


@pytest.mark.parametrize("what", DATED)
def test_a_row_holds_from_its_first_day_to_its_last_both_included(what: str) -> None:
    file, row, is_there = DATED[what]
    files = cell(cell(SOUND, file, row, "from", str(FIRST)), file, row, "until", str(LAST))
    if what == "bound":
        files = edited(files, file, "nz-2018,nzcr,5,40,,,2018-01-01,2021-12-31,sourced,law\n", "")
    one = timedelta(days=1)
    days = (date.min, FIRST - one, FIRST, LAST, LAST + one, date.max)
    assert [is_there(on(files, day)) for day in days] == [False, False, True, True, False, False]


@pytest.mark.parametrize(
    ("file", "old", "is_there"),
    [
        ("framework.toml", 'name = "Irish framework"', lambda said: "ie" in said.frameworks),
        ("maps.toml", 'id = "ie-eu"', lambda said: "ie-eu" in said.map_rows),
        ("maps.toml", 'id = "nz-ie"', lambda said: "nz-ie" in [one.id for one in said.maps]),
        ("nz/title-rules.toml", 'id = "nz-titles"', lambda said: "nz" in said.title_rules),
    ],
)
def test_an_entry_of_toml_holds_from_its_first_day_to_its_last(
    file: str, old: str, is_there: Lookup
) -> None:
    files = edited(SOUND, file, old, f'{old}\nfrom = "{FIRST}"\nuntil = "{LAST}"')
    one = timedelta(days=1)
    days = (FIRST - one, FIRST, LAST, LAST + one)
    assert [is_there(on(files, day)) for day in days] == [False, True, True, False]


def test_a_row_without_days_always_holds() -> None:
    for day in (date.min, date.max):
        said = on(SOUND, day)
        assert said.level_rows["nz", "5"].rank == 5
        assert said.units["ects"].per_year == 60


def test_each_day_has_the_bounds_of_its_time() -> None:
    said = {day: on(SOUND, day).size_bounds.get("nz", ()) for day in ("2017-12-31", "2018-01-01")}
    assert [len(rows) for rows in said.values()] == [0, 1]
    for day, least in (("2021-12-31", 5), ("2022-01-01", 1), ("2099-01-01", 1)):
        (bounds,) = on(SOUND, day).size_bounds["nz"]
        assert (bounds.min, bounds.max) == (least, 40)


def test_a_level_may_change_its_rank_from_one_day_to_the_next() -> None:
    files = cell(SOUND, "nz/levels.csv", 4, "until", "2026-05-31")
    row = "6+,7,urn:example:nz:level:6%2B,official,,2026-06-01,,sourced,law"
    files = added(files, "nz/levels.csv", row)
    uri = "urn:example:nz:level:6%2B"
    assert [on(files, day).levels[uri].rank for day in ("2026-05-31", "2026-06-01")] == [6, 7]


def test_listings_and_accreditations_are_found_whatever_the_day() -> None:
    register = read_register(SOUND)
    (listing,) = register.listings("https://poly.example/welding", "nz")
    assert (listing.level, listing.unit, listing.credits) == ("5", "nzcr", 20)
    (accreditation,) = register.accreditations("did:web:poly.example", "nz")
    assert (accreditation.right, accreditation.level_max) == ("award", "6+")
    assert register.listings("https://poly.example/welding", "ie") == ()
    assert register.listings("https://poly.example/Welding", "nz") == ()
    assert register.accreditations("did:web:poly.example", "ie") == ()
    assert register.accreditations("poly", "nz") == ()


def test_units_are_found_by_their_token_and_by_nothing_like_it() -> None:
    said = on(SOUND, DAY)
    assert said.units_by_token["NZCR"].id == "nzcr"
    assert {"nzcr", "NZCr", "NZCR ", "New Zealand credit"} & set(said.units_by_token) == set()
    assert said.units["ceu"].is_contact
    assert not said.units["nzcr"].is_contact


def test_the_framework_of_a_uri_is_the_one_in_whose_namespace_it_lies() -> None:
    said = on(SOUND, DAY)
    assert said.framework_of_uri("urn:example:nz:level:99") == "nz"
    assert said.framework_of_uri("urn:example:eu:level:") == "eu"
    for uri in ("urn:example:nz:level", "URN:example:nz:level:4", "urn:example:other:5", ""):
        assert said.framework_of_uri(uri) is None


def test_maps_are_read_as_the_register_states_them() -> None:
    said = on(composed(), DAY)
    policy = MapPolicy(frozenset({"composed"}))
    four = said.read_level(Level("nz", "4"), "eu", policy)
    assert four.levels == ("4", "5")
    assert said.read_level(Level("nz", "4"), "eu", policy) is four
    assert said.read_level(Level("nz", "5"), "eu", policy).reasons == ("ROW_WITHHELD",)
    assert said.read_level(Level("nz", "6+"), "eu", policy).reasons == ("NO_AGREED_MATCH",)


# Conversions between two units.

CONVERSIONS = "id,from_unit,to_unit,method,ratio,reversible,status,source\n"


def conversions(*rows: str) -> RegisterDay:
    lines = "".join(f"{row},sourced,law\n" for row in rows)
    return on(replaced("conversions.csv", CONVERSIONS + lines), DAY)


ORDERED = (
    "any,*,*,notional-hours,,",
    "to-any,*,ects,notional-hours,,",
    "from-any,nzcr,*,notional-hours,,",
    "reversed,ects,nzcr,formal-ratio,2,true",
    "specific,nzcr,ects,formal-ratio,1/2,",
    "other,ceu,*,not-convertible,,",
)


@given(st.permutations(ORDERED))
def test_the_closest_conversion_comes_first_whatever_the_order_of_rows(rows: list[str]) -> None:
    found = conversions(*rows).conversions_between("nzcr", "ects")
    assert [one.id for one in found] == ["specific", "reversed", "from-any", "to-any", "any"]
    assert [(one.source, one.target) for one in found] == [
        ("nzcr", "ects"),
        ("ects", "nzcr"),
        *[("nzcr", "ects")] * 3,
    ]


def test_a_conversion_for_any_units_is_told_with_the_units_that_are_asked_for() -> None:
    (only,) = conversions("any,*,*,notional-hours,,").conversions_between("ects", "nzcr")
    assert (only.id, only.source, only.target, only.method) == (
        "any",
        "ects",
        "nzcr",
        Method.NOTIONAL_HOURS,
    )


def test_a_conversion_of_other_units_is_not_among_them() -> None:
    said = conversions("specific,nzcr,ects,formal-ratio,1/2,", "other,ceu,*,not-convertible,,")
    assert said.conversions_between("nzcr", "ceu") == ()
    assert [one.id for one in said.conversions_between("ceu", "nzcr")] == ["other"]


@given(st.permutations(("hours,*,*,notional-hours,,", "ceu-any,ceu,*,not-convertible,,")))
def test_what_is_declared_not_convertible_wins_over_hours_for_any_units(rows: list[str]) -> None:
    said = conversions(*rows)
    for target in ("nzcr", "ects"):
        found = said.conversions_between("ceu", target)
        assert [one.id for one in found] == ["ceu-any", "hours"]
        with pytest.raises(NotConvertible) as caught:
            convert(Credit(Fraction(1), "ceu"), target, found[:1], said.units)
        assert caught.value.code in ("DECLARED_NOT_CONVERTIBLE", "CONTACT_HOUR_UNIT")


def test_a_conversion_of_the_register_converts() -> None:
    said = on(SOUND, DAY)
    found = said.conversions_between("nzcr", "ects")
    assert convert(Credit(Fraction(15), "nzcr"), "ects", found, said.units).exact.number == 7.5


# Properties.


def facts(row: Any) -> tuple[Any, ...]:
    """Say what a row says, without where it stands."""
    return tuple(value for name, value in row._asdict().items() if name not in ("file", "number"))


def said(register: Register) -> dict[str, Any]:
    """Say everything that a register says, in an order of its own."""
    everything: dict[str, Any] = {
        name: sorted(map(repr, map(facts, rows))) for name, rows in register.tables.by_name()
    }
    units = [*{row.id for row in register.tables.units}]
    for day in (date(2020, 1, 1), date(2021, 12, 31), DAY):
        told = register.on(day)
        everything[str(day)] = {
            "levels": {uri: facts(row) for uri, row in told.levels.items()},
            "codes": {key: facts(row) for key, row in told.level_rows.items()},
            "ladders": {name: dict(one.levels) for name, one in told.ladders.items()},
            "units": told.units,
            "tokens": {token: facts(row) for token, row in told.units_by_token.items()},
            "maps": {one.id: (one.entries, one.withheld, one.matches) for one in told.maps},
            "bounds": {key: {*map(facts, rows)} for key, rows in told.size_bounds.items()},
            "titles": {key: {*map(facts, rows)} for key, rows in told.title_rules.items()},
            "conversions": {
                (one, two): told.conversions_between(one, two) for one in units for two in units
            },
        }
    return everything


@given(st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_files_and_rows_never_changes_what_a_register_says(
    chance: random.Random, is_composed: bool
) -> None:
    files = composed() if is_composed else SOUND
    shuffled: Files = {}
    for name in chance.sample(sorted(files), len(files)):
        header, *rows = files[name].splitlines(keepends=True)
        if name.endswith(".csv"):
            chance.shuffle(rows)
        shuffled[name] = "".join([header, *rows])
    assert said(read_register(shuffled)) == said(read_register(files))


@given(st.randoms(use_true_random=False))
def test_the_order_of_files_and_rows_never_changes_which_faults_are_told(
    chance: random.Random,
) -> None:
    files = cell(SOUND, "nz/levels.csv", 4, "rank", "")
    files = cell(files, "units.csv", 2, "per_year", "0")
    files = cell(files, "conversions.csv", 2, "ratio", "0")
    shuffled: Files = {}
    for name in chance.sample(sorted(files), len(files)):
        header, *rows = files[name].splitlines(keepends=True)
        if name.endswith(".csv"):
            chance.shuffle(rows)
        shuffled[name] = "".join([header, *rows])
    counted = sorted((code, file) for code, file, _row in findings(shuffled))
    assert counted == sorted((code, file) for code, file, _row in findings(files))


def read_or_refuse(files: Files) -> None:
    """Read and ask a register, or see it refused in the one way that there is."""
    try:
        register = read_register(files)
    except RegisterError:
        return
    told = register.on(DAY)
    assert told.framework_of_uri("urn:example:nothing") is None
    assert told.conversions_between("nzcr", "ects") is not None


names = st.sampled_from(
    [*SOUND, "new.csv", "new.toml", "new.md", "new", "nz/new.toml", "", "/.csv"]
)
SPECIAL = '",;\n\r\t[]{}=#\\\x00\x85\u2028\ufeff*0-.5eTZ\ud800\u0665"'
texts = st.text(st.characters() | st.sampled_from(SPECIAL), max_size=200)


@given(st.dictionaries(names, texts, max_size=4))
def test_arbitrary_text_in_any_file_is_read_or_refused(new: Files) -> None:
    read_or_refuse({**SOUND, **new})
    read_or_refuse(new)


@settings(max_examples=repetitions(100, soak=500))
@given(
    st.sampled_from(sorted(composed())),
    st.floats(0, 1),
    st.integers(0, 12),
    st.text(st.sampled_from(SPECIAL), max_size=6) | st.sampled_from(["inf", "1e9", "= [", "]]"]),
)
def test_a_mutation_of_a_sound_file_is_read_or_refused(
    file: str, where: float, length: int, new: str
) -> None:
    files = composed()
    start = int(where * len(files[file]))
    files[file] = files[file][:start] + new + files[file][start + length :]
    read_or_refuse(files)


@settings(max_examples=repetitions(60, soak=300))
@given(
    st.sampled_from(sorted(TABLES)),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**70), 2**70)
        | st.sampled_from(
            ["-1", "0", "1/3", "2026-01-01", "nan", "inf", "1e5", "'x'", "'0'", "'1/3'"]
        ),
        lambda inner: (
            st.lists(inner, max_size=2) | st.dictionaries(st.just("a"), inner, max_size=1)
        ),
        max_leaves=4,
    ),
    st.data(),
)
def test_any_value_of_toml_in_any_column_is_read_or_refused(
    table: str, value: Any, data: st.DataObject
) -> None:
    columns = [column.name for column in (*TABLES[table].columns, *COMMON)]
    column = data.draw(st.sampled_from(columns))
    members = {"status": '"sourced"', "source": '"law"', column: in_toml(value)}
    lines = "".join(f"{name} = {text}\n" for name, text in members.items())
    read_or_refuse(replaced("nz/new.toml", f"[[{table}]]\n{lines}"))


def in_toml(value: Any) -> str:
    """Write a value in TOML; a text stands for itself, with or without quotation marks."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {in_toml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(in_toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return '""' if value is None else str(value)


@pytest.mark.parametrize("file", sorted(composed()))
def test_a_file_that_ends_anywhere_is_read_or_refused(file: str) -> None:
    files = composed()
    for end in range(len(files[file])):
        read_or_refuse({**files, file: files[file][:end]})


@given(
    st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=50),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([SOUND, composed(), unofficial()]),
)
def test_an_edition_keeps_every_file_verbatim(note: str, end: str, files: Files) -> None:
    files = {name: text.replace("\n", end) for name, text in files.items()}
    files["README.md"] = f"# {note}{end}{end} {note}"
    document = edition_document(files, issuer="did:web:nz.example")
    sent = parse_json(serialize_json(document), EDITION_LIMITS)
    assert isinstance(sent, dict)
    edition = read_edition(sent)
    entries = sent["credentialSubject"]["files"]
    assert {one["fileName"]: one["content"] for one in entries} == files
    assert edition.register.tables == read_register(files).tables
    assert edition.description == read_register(files).description


# Size.


def in_time(files: Files) -> list[str]:
    """Read or refuse files in time; give the codes of what is wrong with them."""
    begin = time.process_time()
    try:
        read_register(files)
        found = []
    except RegisterError as error:
        found = sorted({one.code for one in error.findings})
    assert time.process_time() - begin < SECONDS
    return found


def test_many_rows_are_read_in_time() -> None:
    rows = "".join(
        f"{number},{number % 1_000},urn:example:ie:{number},sourced,law\n"
        for number in range(8, 50_008)
    )
    text = "code,rank,uri,status,source\n" + rows
    files = edited(SOUND, "framework.toml", 'id = "ie"', 'id = "big"')
    files = changed(files, {"big/levels.csv": text, "ie/levels.csv": None, "maps.toml": None})
    assert in_time(changed(files, {"map-rows.csv": None})) == []


def test_many_faulty_rows_are_told_in_time() -> None:
    rows = "".join(f"x{number},,title,never,sourced,gossip\n" for number in range(50_000))
    assert in_time(replaced("metadata.csv", f"{HEADER}\n{rows}")) == [
        "CELL_MALFORMED",
        "CELL_MISSING",
    ]


def test_many_listings_are_read_in_time() -> None:
    rows = [
        f"l{number},urn:course:{number},A course,5,nzcr,{number % 40 + 1},,07,,,,sourced,law"
        for number in range(50_000)
    ]
    assert in_time(appended("nz/listings.csv", *rows)) == []


@pytest.mark.parametrize("filler", ["x", "\n", '""', ";", "9", " ", ",\n"])
def test_a_cell_of_a_megabyte_is_refused_in_time(filler: str) -> None:
    text = filler * (1_000_000 // len(filler))
    for column in ("source", "note", "need", "status"):
        cells = {"source": "law", "note": "", "need": "optional", "status": "sourced"}
        cells[column] = f'"{text}"'
        row = f"nz,x,{cells['need']},{cells['status']},{cells['source']},{cells['note']}\n"
        assert in_time(replaced("metadata.csv", f"{HEADER}\n{row}")) == ["FILE_UNREADABLE"]


def test_a_text_of_a_megabyte_in_toml_is_read_or_refused_in_time() -> None:
    lines = ("5" * (LINE_CHARACTERS - 1) + "\n") * 128
    entry = '[[levels]]\ncode = "7"\nrank = 7\n'
    files = replaced("nz/more.toml", f'{entry}note = """\n{lines}"""\n{SUFFIX}')
    assert in_time(files) == []
    files = replaced("nz/more.toml", f'{entry}factor = """\n{lines}"""\n{SUFFIX}')
    assert in_time(files) == ["AMOUNT_MALFORMED"]
    files = replaced("nz/more.toml", f'{entry}note = "{"5" * 1_000_000}"\n{SUFFIX}')
    assert in_time(files) == ["FILE_UNREADABLE"]


# The document about the format.


def format_document() -> str:
    return (ROOT / "docs/register-format.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    """Find the part of the document below a heading of the third rank."""
    _, _, rest = format_document().partition(f"\n### {heading}\n")
    assert rest, f"the document has no part {heading}"
    return re.split("\n##+ ", rest)[0]


def documented_columns(heading: str) -> dict[str, str]:
    """Read the columns of a table in the document, and whether they are required."""
    rows = re.findall(r"^\| `([a-z_]+)` \| (yes|no|folder) \|", section(heading), re.MULTILINE)
    return dict(rows)


@pytest.mark.parametrize("table", TABLES)
def test_the_document_has_every_table_and_column(table: str) -> None:
    columns = {column.name: column.is_required for column in TABLES[table].columns}
    documented = documented_columns(f"`{table}`")
    assert list(documented) == list(columns)
    assert {name: need != "no" for name, need in documented.items()} == columns
    assert {name for name, need in documented.items() if need == "folder"} <= {"framework"}
    key = re.search("^Key: (.*)\\.$", section(f"`{table}`"), re.MULTILINE)
    assert key is not None
    assert tuple(re.findall("`([a-z_]+)`", key[1])) == TABLES[table].key


def test_the_document_has_the_columns_of_all_tables() -> None:
    columns = {column.name: column.is_required for column in COMMON}
    documented = documented_columns("Columns of every table")
    assert {name: need == "yes" for name, need in documented.items()} == columns


def test_the_document_has_every_status_and_says_which_may_be_signed() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (yes|no) \|", section("Status"), re.MULTILINE))
    assert rows.keys() == STATUSES
    assert {name for name, may in rows.items() if may == "yes"} == SIGNABLE


def test_the_document_has_every_code_and_no_other() -> None:
    documented = re.findall(r"^\| `([A-Z_]+)` \|", format_document(), re.MULTILINE)
    assert len(set(documented)) == len(documented)
    assert set(documented) == package_codes()


@pytest.mark.parametrize("days", [False, True])
def test_many_rows_with_one_key_are_compared_in_one_pass(days: bool) -> None:
    rows = (f"law{'' if days else 'yer'},Title {number},,\n" for number in range(20_000))
    begun = time.process_time()
    found = findings(
        added(SOUND, "sources.csv") | {"more/sources.csv": "key,title,url,as_of\n" + "".join(rows)}
    )
    assert time.process_time() - begun < SECONDS
    assert len(found) in (19_999, 20_000)
    assert {code for code, _file, _row in found} == {"DUPLICATE_ROW"}


def test_a_table_with_a_new_column_in_each_row_is_refused() -> None:
    entries = "".join(f'[[sources]]\nkey{number} = "x"\n' for number in range(5_000))
    begun = time.process_time()
    assert ("FILE_UNREADABLE", "more.toml", 0) in findings({**SOUND, "more.toml": entries})
    assert time.process_time() - begun < SECONDS


def test_a_composed_map_is_held_against_its_parts_of_the_same_days() -> None:
    dated = SOUND["map-rows.csv"].replace(
        "ie-eu,6,5,best-fit,,,", "ie-eu,6,4,best-fit,,2021-12-31,"
    )
    dated += "ie-eu,6,5,best-fit,2022-01-01,,sourced,page\n"
    rows = (
        "map,level,to,match,from,until,status,source\n"
        "nz-eu,4,4,broad,,2021-12-31,sourced,law\n"
        "nz-eu,4,4; 5,broad,2022-01-01,,sourced,law\n"
    )
    sound = {**composed(rows), "map-rows.csv": dated}
    assert read_register(sound).on(DAY).maps
    early = {
        **sound,
        "nz/map-rows.csv": rows.replace("2022-01-01", "2021-06-01").replace(
            "2021-12-31", "2021-05-31"
        ),
    }
    assert findings(early) == [("COMPOSITION_CLAIMS_MORE", "nz/map-rows.csv", 3)]


@pytest.mark.parametrize(
    ("file", "old"),
    [
        ("framework.toml", 'id = "ie"'),
        ("units.csv", "\nceu,CEU"),
        ("maps.toml", 'id = "ie-eu"'),
        ("conversions.csv", "\nhours,"),
        ("nz/size-bounds.csv", "\nnz-2022,"),
        ("nz/title-rules.toml", 'id = "nz-titles"'),
    ],
)
@pytest.mark.parametrize("identifier", ["../x", "/x", ".x", "X", "a b", "x" * 65])
def test_an_id_that_is_no_short_name_is_refused(file: str, old: str, identifier: str) -> None:
    name = old.strip().split(",")[0].split('"')[-2 if '"' in old else 0]
    files = edited(SOUND, file, old, old.replace(name, identifier))
    assert "CELL_MALFORMED" in {code for code, where, _row in findings(files) if where == file}


BOMBS = {
    "one long key": "a" + ".a" * 100_000 + " = 1\n",
    "many keys": "\n".join(f"k{number}{'.a' * 4000} = 1" for number in range(300)),
    "table names": "\n".join(f"[k{number}{'.a' * 4000}]" for number in range(300)),
    "quoted keys": "\n".join(f"k{number}" + '."\\""' * 1000 + " = 1" for number in range(300)),
    "blanks": "\n".join(f"k{number}{' . a' * 2000} = 1" for number in range(300)),
    "inline": "\n".join(f"k{number} = {{a{'.a' * 4000} = 1}}" for number in range(300)),
    "nested": "a = " + "[" * 8000,
    "nested lines": "a = " + "[\n" * 100_000,
    "half texts": ('"\\' * 4000 + "\n") * 300,
    "half long texts": '"""' + '\\"' * 1_000_000,
    "words": ("a" * 8000 + "\n") * 300,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_toml_that_takes_long_to_read_is_refused_quickly(bomb: str) -> None:
    started = time.process_time()
    found = findings({**SOUND, "bomb.toml": BOMBS[bomb]})
    assert ("FILE_UNREADABLE", "bomb.toml", 0) in found
    assert time.process_time() - started < SECONDS


def test_texts_with_dots_are_no_deep_keys() -> None:
    dots = "a.b.c.d.e.f.g.h.i.j"
    note = f'# {dots}\nnote = "{dots}"\n'
    rules = TITLE_RULES.replace("[[", f"# {dots}\n[[") + note
    assert dots.count(".") > KEY_PARTS
    rules += f'[[title_rules]]\nid = "more"\nforbidden = [\'{dots}\', """\n"{dots}\n"""]\n'
    rules += 'status = "sourced"\nsource = "law"\n'
    assert read_register({**SOUND, "nz/title-rules.toml": rules})


@pytest.mark.parametrize("escape", ["\\u0000", "\\u001b[2J", "\\u009b", "\\b", "\\U0000007f"])
@pytest.mark.parametrize(
    ("file", "old", "row"),
    [
        ("register.toml", "Register of tests", 0),
        ("framework.toml", "New Zealand framework", 1),
        ("maps.toml", "2020", 2),
        ("nz/title-rules.toml", "diploma", 1),
    ],
)
def test_a_control_character_is_refused_even_where_toml_escapes_it(
    file: str, old: str, row: int, escape: str
) -> None:
    found = findings(edited(SOUND, file, old, f"x{escape}x"))
    code = "CELL_MALFORMED" if row else "DESCRIPTION_MALFORMED"
    assert (code, file, row) in found


def test_a_map_that_nobody_endorses_may_be_composed_of_one_that_nobody_endorses() -> None:
    files = edited(composed(), "maps.toml", '"compared"', '"exercise-not-endorsed"')
    files = edited(files, "nz/maps.toml", '"composed"', '"exercise-not-endorsed"')
    assert read_register(files)
    # Before the composed map begins, its part may have been an exercise.
    files = edited(composed(), "nz/maps.toml", 'status = "', 'from = "2020-01-02"\nstatus = "')
    kinds = f'"exercise-not-endorsed"\nuntil = "2020-01-01"\n{LATER}'
    assert read_register(edited(files, "maps.toml", '"compared"\n', kinds))


def test_a_composed_map_that_changes_on_more_days_than_are_compared_is_refused() -> None:
    def changing(times: int) -> Files:
        days = (date(2000, 1, 1) + timedelta(weeks=number) for number in range(times))
        rows = [f"nz-eu,4,4; 5,broad,{day},{day},sourced,law" for day in days]
        return composed("\n".join(["map,level,to,match,from,until,status,source", *rows, ""]))

    assert read_register(changing(99))
    assert findings(changing(100)) == [("COMPOSITION_NOT_COMPARED", "nz/maps.toml", 1)]


def test_a_register_can_be_sent_to_another_process() -> None:
    register = read_register(SOUND)
    sent = pickle.loads(pickle.dumps(register))
    assert (sent.description, sent.tables) == (register.description, register.tables)
