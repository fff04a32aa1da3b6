"""A small sound register as files, and easy ways to change it."""

from __future__ import annotations

import pytest

from frameworks.register import RegisterError, read_register

Files = dict[str, str]

ID = "urn:tallystick:register:tests"
FOUND = tuple[str, str, int]
"""A finding as tests compare it: code, file, row (0: the file as a whole)."""

DESCRIPTION = f"""[register]
id = "{ID}"
name = "Register of tests"
edition = 1
official = true
valid_from = "2026-01-01"
valid_until = "2026-12-31"
"""

FRAMEWORK = """[[frameworks]]
id = "nz"
acronym = "QF"
name = "New Zealand framework"
level_namespace = "urn:example:nz:level:"
unit = "nzcr"
status = "sourced"
source = "law"

[[frameworks]]
id = "ie"
acronym = "QF"
name = "Irish framework"
status = "sourced"
source = "law"

[[frameworks]]
id = "eu"
name = "European framework"
level_namespace = "urn:example:eu:level:"
status = "verified"
source = "page"
"""

MAPS = """[[maps]]
id = "nz-ie"
from_framework = "nz"
to_framework = "ie"
kind = "compared"
status = "sourced"
source = "law"

[[maps]]
id = "ie-eu"
from_framework = "ie"
to_framework = "eu"
kind = "referenced"
as_of = "2020"
status = "sourced"
source = "page"
"""

TITLE_RULES = """[[title_rules]]
id = "nz-titles"
forbidden = ["diploma", "New Zealand"]
status = "sourced"
source = "law"
"""

SOUND: Files = {
    "README.md": "# Register of tests\n",
    "register.toml": DESCRIPTION,
    "sources.csv": """key,title,url,as_of
law,The law,https://law.example/,2026
page,A page,,
""",
    "units.csv": """id,token,name,hours_low,hours_high,basis,per_year,step,\
rounding,whole,from,until,status,source
nzcr,NZCR,New Zealand credit,10,10,total-notional,120,1,floor,true,,,sourced,law
ects,ECTS,ECTS credit,25,30,total-workload,60,0.5,,,,,verified,page
ceu,CEU,Continuing education unit,10,10,contact,,0.1,half-up,,,,sourced,page
""",
    "conversions.csv": """id,from_unit,to_unit,method,ratio,authority,reversible,\
from,until,status,source
nz-ects,nzcr,ects,formal-ratio,1/2,An authority,true,,,sourced,law
ceu-any,ceu,*,not-convertible,,,false,,,sourced,page
hours,*,*,notional-hours,,,,,,sourced,page
""",
    "metadata.csv": """standard,field,need,status,source
nz-rules,title,mandatory,sourced,law
nz-rules,grade,optional,sourced,law
""",
    "isced-fields.csv": """code,label,uri,status,source
07,Engineering,urn:example:field:07,sourced,page
""",
    "accreditation-types.csv": """label,uri,status,source
Licence,urn:example:licence,sourced,page
""",
    "framework.toml": FRAMEWORK,
    "nz/levels.csv": """code,rank,uri,uri_status,summary,from,until,status,source
4,4,urn:example:nz:level:4,official,"Broad knowledge, some theory",,,sourced,law
5,5,urn:example:nz:level:5,official,,,,sourced,law
6+,6,urn:example:nz:level:6%2B,placeholder,,,,verified,law
""",
    "ie/levels.csv": """code,rank,uri,from,until,status,source
5,1,urn:example:other:5,,,sourced,law
6,2,,,,sourced,law
7,3,,,,sourced,law
""",
    "eu/levels.csv": """code,rank,uri,from,until,status,source
4,4,urn:example:eu:level:4,,,sourced,page
5,5,urn:example:eu:level:5,,,sourced,page
""",
    "maps.toml": MAPS,
    "map-rows.csv": """map,level,to,match,from,until,status,source
nz-ie,4,5; 6,broad,,,sourced,law
nz-ie,5,,withheld,,,withheld,law
nz-ie,6+,7,best-fit,,,sourced,law
ie-eu,5,4,exact,,,sourced,page
ie-eu,6,5,best-fit,,,sourced,page
ie-eu,7,,none,,,sourced,page
""",
    "nz/size-bounds.csv": """id,unit,min,max,min_hours,max_hours,from,until,status,source
nz-2018,nzcr,5,40,,,2018-01-01,2021-12-31,sourced,law
nz-2022,nzcr,1,40,10,,2022-01-01,,sourced,law
""",
    "nz/title-rules.toml": TITLE_RULES,
    "nz/accreditations.csv": """id,holder,accreditor,right,level_min,level_max,fields,unit,\
size_min,size_max,from,until,status,source
poly,did:web:poly.example,did:web:nz.example,award,4,6+,07;06,nzcr,1,40,\
2020-01-01,,sourced,law
""",
    "nz/listings.csv": """id,achievement,title,level,unit,credits,hours,field,providers,\
from,until,status,source
weld,https://poly.example/welding,Pipe welding,5,nzcr,20,200,07,\
did:web:poly.example; did:web:b.example,,,sourced,law
""",
}
"""The sound register; the header of a CSV file is row 1, so its first row is row 2."""

COMPOSED = """[[maps]]
id = "nz-eu"
from_framework = "nz"
to_framework = "eu"
kind = "composed"
composed_of = ["nz-ie", "ie-eu"]
status = "sourced"
source = "law"
"""

COMPOSED_ROWS = """map,level,to,match,status,source
nz-eu,4,4; 5,broad,sourced,law
nz-eu,5,,withheld,withheld,law
nz-eu,6+,,none,sourced,law
"""


def changed(files: Files, changes: dict[str, str | None]) -> Files:
    """Replace or add files; None takes one away."""
    merged: dict[str, str | None] = {**files, **changes}
    return {name: text for name, text in merged.items() if text is not None}


def edited(files: Files, file: str, old: str, new: str) -> Files:
    """Replace a text that occurs exactly once in a file."""
    assert files[file].count(old) == 1, f"{old!r} is not once in {file}"
    return {**files, file: files[file].replace(old, new)}


def added(files: Files, file: str, *lines: str) -> Files:
    """Add lines at the end of a file."""
    return {**files, file: files.get(file, "") + "".join(f"{line}\n" for line in lines)}


def cell(files: Files, file: str, row: int, column: str, text: str) -> Files:
    """Put a text (as it stands in the file) into a cell; the row counts from the header, row 1.

    No cell of the file before this column may hold a comma.
    """
    lines = files[file].splitlines()
    cells = lines[row - 1].split(",")
    cells[lines[0].split(",").index(column)] = text
    return {**files, file: "\n".join([*lines[: row - 1], ",".join(cells), *lines[row:], ""])}


def composed(rows: str = COMPOSED_ROWS) -> Files:
    """Give the sound register a map that is composed of its two maps."""
    return changed(SOUND, {"nz/maps.toml": COMPOSED, "nz/map-rows.csv": rows})


def unofficial(files: Files = SOUND) -> Files:
    """Make the register one that proves nothing."""
    return edited(files, "register.toml", "official = true", "official = false")


def numbered(number: int, previous: str | None, files: Files = SOUND) -> Files:
    """Make a later edition of the register."""
    stated = "" if previous is None else f'previous = "{previous}"\n'
    return edited(files, "register.toml", "edition = 1\n", f"edition = {number}\n{stated}")


def findings(files: Files) -> list[FOUND]:
    """Read files that must be refused; give code, file and row of every finding."""
    with pytest.raises(RegisterError) as caught:
        read_register(files)
    return [(one.code, one.place.file, one.place.row) for one in caught.value.findings]
