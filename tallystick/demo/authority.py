"""The framework authority of the demonstration: its register, a rating, a listing, two editions."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import schemas
from tallystick.files import write_output

REGISTER_ID = "urn:tallystick:register:demonstration"

DESCRIPTION = """[register]
id = "{register}"
name = "Register of the demonstration's qualifications authority"
edition = {edition}
official = true
valid_from = "2026-01-01"
valid_until = "2099-12-31"
{previous}"""

MAP = """[[maps]]
id = "nz-eqf"
from_framework = "nz-nzqcf"
to_framework = "eu-eqf"
kind = "compared"
status = "sourced"
source = "nzqa-ie"
"""

COURSE = """# A course for one company: the authority sets its value, the company may award it.
id = "{course}"
title = "Cleaning in place for dairy plants"
framework = "nz-nzqcf"
language = "en"
field = "0721"
purpose = "Staff clean and check closed pipework, and decide when a plant may run again."
need = "The company takes three plants into service and has nobody trained on them."
target_group = "Operators with a year of practice."
prerequisites = "None."
participation = "work-based"
review = "2099-06-30"
grading = "Achieved or not achieved."
stackability = "10 credits of a certificate in dairy processing."

[developer]
id = "{authority}"
name = "Qualifications authority of the demonstration"
country = "NZ"

[employer]
name = "Plainsmilk"

[[providers]]
id = "{employer}"
name = "Plainsmilk"

[[outcomes]]
text = "Plan and run the cleaning of closed pipework."
level = "4"
hours = "60"

[[outcomes]]
text = "Judge measurements and decide whether the plant may run."
level = "5"
hours = "40"

[hours]
taught = "30"
work_based = "60"
assessment = "10"

[[assessments]]
type = "Observed cleaning of a plant"
supervised = true
identity_verified = true

[quality_assurance]
type = "Approval of the course by the authority"
"""

OWN_SOURCE = "own,Decisions of the demonstration's authority,,2026\n"
LISTINGS = "nz-nzqcf/listings.csv"
KEPT_UNITS = ("ects", "nzqcf")


@dataclass(frozen=True, slots=True)
class Accredited:
    """Who is accredited, for which levels of which framework, in which fields."""

    name: str
    id: str
    framework: str
    lowest: str
    highest: str
    fields: str


def write_register(
    folder: Path,
    authority: str,
    accredited: tuple[Accredited, ...],
    *,
    edition: int,
    previous: str = "",
    listings: str = "",
) -> None:
    """Write the source files of an edition: levels and rules as published, own accreditations."""
    files = _published(schemas.reference_register())
    stated = f'previous = "{previous}"\n' if previous else ""
    files["register.toml"] = DESCRIPTION.format(
        register=REGISTER_ID, edition=edition, previous=stated
    )
    if listings:
        files[LISTINGS] = listings
    for one in accredited:
        files[f"{one.framework}/accreditations.csv"] = _accreditations(authority, one)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_output(path, text.encode("utf-8"))


def _published(reference: Mapping[str, str]) -> dict[str, str]:
    """Take from the reference register what is sourced and what this authority answers for."""
    kept = ("framework.toml", "levels.csv", "size-bounds.csv", "title-rules.toml")
    names = (f"{framework}/{file}" for framework in ("nz-nzqcf", "eu-eqf") for file in kept)
    files = {name: reference[name] for name in names if name in reference}
    files["nz-nzqcf/maps.toml"] = MAP
    files["nz-nzqcf/map-rows.csv"] = _rows(reference["nz-nzqcf/map-rows.csv"], "map", ("nz-eqf",))
    files["units.csv"] = _rows(reference["units.csv"], "id", KEPT_UNITS)
    files["sources.csv"] = reference["sources.csv"] + OWN_SOURCE
    return files


def _rows(text: str, column: str, kept: tuple[str, ...]) -> str:
    """Keep the rows of a table that have one of some texts in a column."""
    reader = csv.DictReader(io.StringIO(text, newline=""))
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, reader.fieldnames or (), lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for row in reader if row[column] in kept)
    return written.getvalue()


def _accreditations(authority: str, one: Accredited) -> str:
    columns = "id,holder,name,accreditor,right,level_min,level_max,fields,types,from,status,source"
    cells = (
        f"{one.name}-{one.framework}",
        one.id,
        one.name,
        authority,
        "award",
        one.lowest,
        one.highest,
        one.fields,
        "MicroCredential",
        "2020-01-01",
        "verified",
        "own",
    )
    return f"{columns}\n{','.join(cells)}\n"
