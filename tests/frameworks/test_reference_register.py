"""The register that comes with the software: sound, unofficial, and as its sources were read."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import fields
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import schemas
from frameworks.level_maps import MapOutcome, MapPolicy
from frameworks.levels import Level
from frameworks.register import Register, RegisterDay, edition_document, read_edition, read_register
from frameworks.register.columns import MAP_KINDS
from frameworks.register.compiled import read_compiled
from frameworks.register.rows import SIGNABLE, Row
from tests.conformance import ABSENT
from tests.frameworks.register_files import edited, findings

DAY = date(2026, 11, 24)

COUNTS = {
    "sources": 58,
    "frameworks": 23,
    "levels": 194,
    "units": 18,
    "maps": 13,
    "map_rows": 114,
    "conversions": 12,
    "size_bounds": 8,
    "title_rules": 1,
    "metadata": 88,
    "accreditations": 0,
    "listings": 0,
    "isced_fields": 12,
    "accreditation_types": 4,
}

LEVELS_WEAKER_THAN_THEIR_FRAMEWORK = {"in-ncrf", "ph-pqf"}
"""Frameworks with a source, of which the data says that levels are general knowledge."""

STEP_OF_THIRDS = "qc"
"""The unit whose step is written 0.33 in the data and is a third in the register."""


@cache
def reference() -> Register:
    return read_register(schemas.reference_register())


def said() -> RegisterDay:
    return reference().on(DAY)


EVERY_MAP = MapPolicy(frozenset(MAP_KINDS))


def test_what_was_read_in_advance_is_what_the_files_say() -> None:
    read = read_compiled(schemas.compiled_reference_register())
    assert read.description == reference().description, "make reference-register"
    # Rows are tuples: their written form tells of which table each is.
    assert repr(read.tables) == repr(reference().tables), "make reference-register"


def test_a_column_of_an_unknown_kind_is_not_taken_as_it_is() -> None:
    data = schemas.compiled_reference_register()
    assert b'"kind":"day"' in data
    with pytest.raises(KeyError, match="days"):
        read_compiled(data.replace(b'"kind":"day"', b'"kind":"days"'))


def test_the_reference_register_is_sound_and_unofficial() -> None:
    description = reference().description
    assert not description.is_official
    assert (description.number, description.previous) == (1, None)
    assert "unofficial" in description.name
    assert description.valid_from <= DAY <= description.valid_until


def test_it_has_as_many_rows_as_were_transcribed() -> None:
    assert {name: len(rows) for name, rows in reference().tables.by_name()} == COUNTS


def test_it_says_nothing_about_who_may_award_what() -> None:
    assert reference().tables.accreditations == ()
    assert reference().tables.listings == ()


def test_it_could_not_be_signed_as_official() -> None:
    files = edited(
        schemas.reference_register(), "register.toml", "official = false", "official = true"
    )
    told = findings(files)
    assert {code for code, _file, _row in told} == {"UNVERIFIED_ROW"}
    weak = [
        (row.file, row.number)
        for _name, rows in reference().tables.by_name()
        for row in rows
        if row.provenance.status not in SIGNABLE
    ]
    assert sorted((file, row) for _code, file, row in told) == sorted(weak)


def test_it_can_be_carried_as_an_edition() -> None:
    document = edition_document(schemas.reference_register(), issuer="did:web:someone.example")
    assert read_edition(document).register.tables == reference().tables


def test_nothing_in_it_is_verified_yet() -> None:
    statuses = {
        row.provenance.status for _name, rows in reference().tables.by_name() for row in rows
    }
    assert statuses == {"sourced", "derived", "general-knowledge", "withheld"}


def test_every_row_says_where_it_stands() -> None:
    for row in reference().tables.levels:
        assert row.file == f"{row.framework}/levels.csv"
        line = schemas.reference_register()[row.file].splitlines()[row.number - 1]
        assert line.startswith((f"{row.code},{row.rank},", f'"{row.code}",{row.rank},'))


# What is withheld, and what has no counterpart.

WITHHELD = {
    ("scqf-eqf", "6"),
    *(("au-eqf", code) for code in ("1", "2", "3", "4", "5", "6", "8")),
}


def test_exactly_these_rows_are_withheld() -> None:
    rows = reference().tables.map_rows
    assert {(row.map, row.level) for row in rows if row.match == "withheld"} == WITHHELD
    assert {(r.map, r.level) for r in rows if r.provenance.status == "withheld"} == WITHHELD


@pytest.mark.parametrize(("name", "code"), sorted(WITHHELD))
def test_a_withheld_level_is_undecided(name: str, code: str) -> None:
    framework = said().map_rows[name].from_framework
    reading = said().read_level(Level(framework, code), "eu-eqf", EVERY_MAP)
    assert (reading.outcome, reading.reasons) == (MapOutcome.INDETERMINATE, ("ROW_WITHHELD",))


@pytest.mark.parametrize("target", ["eu-eqf", "hk-hkqf", "ie-nfq"])
def test_level_8_of_new_zealand_has_no_counterpart(target: str) -> None:
    reading = said().read_level(Level("nz-nzqcf", "8"), target, EVERY_MAP)
    assert (reading.outcome, reading.reasons) == (MapOutcome.INDETERMINATE, ("NO_AGREED_MATCH",))


@pytest.mark.parametrize(
    ("framework", "code", "target", "levels"),
    [
        ("nz-nzqcf", "7", "eu-eqf", ("6",)),
        ("nz-nzqcf", "7", "ie-nfq", ("7", "8")),
        ("nz-nzqcf", "10", "eu-eqf", ("8",)),
        ("gb-sct-scqf", "7", "eu-eqf", ("5",)),
        ("gb-sct-scqf", "10", "eu-eqf", ("6",)),
        ("au-aqf", "7", "eu-eqf", ("6",)),
    ],
)
def test_levels_are_read_in_another_framework(
    framework: str, code: str, target: str, levels: tuple[str, ...]
) -> None:
    assert said().read_level(Level(framework, code), target, EVERY_MAP).levels == levels


# Levels and frameworks.


@pytest.mark.parametrize(
    ("framework", "code", "below", "above"),
    [
        ("nl-nlqf", "4+", "4", "5"),
        ("gb-eni-rqf", "Entry 3", "Entry 1-2", "1"),
        ("in-ncrf", "4.5", "4", "5"),
        ("nl-nlqf", "Entry", None, "1"),
        ("qf-ehea", "short-cycle", None, "first"),
        ("gb-sct-scqf", "12", "11", None),
    ],
)
def test_level_codes_are_texts_in_the_order_of_their_ranks(
    framework: str, code: str, below: str | None, above: str | None
) -> None:
    ladder = said().ladders[framework]
    in_order = (None, *ladder.in_order(frozenset(ladder.levels)), None)
    place = in_order.index(code)
    assert (in_order[place - 1], in_order[place + 1]) == (below, above)
    assert ladder.rank(code) == place


def test_the_ranks_of_every_framework_have_no_gap_and_no_tie() -> None:
    for ladder in said().ladders.values():
        ranks = sorted(level.rank for level in ladder.levels.values())
        assert ranks == list(range(ranks[0], ranks[0] + len(ranks)))


def test_every_level_has_a_uri_and_only_the_official_ones_say_so() -> None:
    for row in reference().tables.levels:
        assert row.uri is not None
        is_official = row.uri.startswith("http://data.europa.eu/snb/")
        assert row.uri_status == ("official" if is_official else "placeholder")
        assert (
            is_official
            or row.uri == f"urn:mcframework:{row.framework}:level:{row.code}".replace(" ", "-")
        )


def test_the_framework_of_every_level_is_found_by_its_uri() -> None:
    for row in reference().tables.levels:
        assert said().levels[row.uri or ""] == row
        namespace = said().frameworks[row.framework].level_namespace
        found = said().framework_of_uri(row.uri or "")
        assert found == (row.framework if namespace else None)


def test_acronyms_that_frameworks_share_identify_nothing() -> None:
    acronyms = Counter(row.acronym for row in reference().tables.frameworks)
    shared = {name for name, times in acronyms.items() if times > 1}
    assert shared == {"PQF"}
    sharing = {row.id for row in reference().tables.frameworks if row.acronym == "PQF"}
    assert sharing == {"ph-pqf", "pacific-pqf"}
    uris = {
        name: {row.uri for row in reference().tables.levels if row.framework == name}
        for name in sharing
    }
    assert uris["ph-pqf"] & uris["pacific-pqf"] == set()


def test_there_is_no_look_up_by_acronym() -> None:
    """Whatever is found by a text, it is never found by the acronym of a framework."""
    acronyms = {row.acronym for row in reference().tables.frameworks if row.acronym}
    assert len(acronyms) == 22
    by_text = [getattr(said(), one.name) for one in fields(said()) if not one.name.startswith("_")]
    for index in by_text:
        # Tokens of units are names of their own: SCQF credit is named as its framework is.
        if isinstance(index, dict) and index is not said().units_by_token:
            keys = {key if isinstance(key, str) else key[0] for key in index}
            assert keys & acronyms == set()
    for acronym in acronyms:
        assert said().framework_of_uri(acronym) is None
        assert reference().listings(acronym, acronym) == ()
        reading = said().read_level(Level(acronym, "5"), "eu-eqf", EVERY_MAP)
        assert reading.reasons == ("LEVEL_UNKNOWN",)


def test_contact_hours_are_declared_not_convertible_before_hours_are_compared() -> None:
    for target in said().units:
        if target not in ("ceu", "us-semester"):
            first = said().conversions_between("ceu", target)[0]
            assert (first.id, first.method) == ("ceu-any", "not-convertible")


@pytest.mark.parametrize(
    ("day", "least"), [("2021-12-31", "5"), ("2022-01-01", "1"), ("2026-11-24", "1")]
)
def test_the_smallest_micro_credential_of_new_zealand_changed_in_2022(day: str, least: str) -> None:
    (bounds,) = reference().on(date.fromisoformat(day)).size_bounds["nz-nzqcf"]
    assert (bounds.min, bounds.max) == (Fraction(least), 40)


# Row by row against the data that the register was transcribed from.


@pytest.fixture(scope="module")
def data(conformance: Path) -> dict[str, Any]:
    """Read the facts, or skip loudly without them."""
    path = conformance.parent / "knowledge" / "frameworks-data.json"
    if not path.is_file():
        pytest.skip(f"{ABSENT}: no {path.name} in {path.parent}")
    facts: dict[str, Any] = json.loads(path.read_bytes())
    return facts


def short(name: str | None) -> str | None:
    """Leave out the prefix of an id ("fw:", "cu:", "lm:", "cv:")."""
    return None if name is None else name.rpartition(":")[2]


def amount(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def stated(text: str | None) -> str | None:
    """Read a member in which a hyphen or nothing means: not stated."""
    return text if text not in ("-", "") else None


def provenance(row: Row) -> tuple[str, str]:
    return row.provenance.status, row.provenance.source


def provenance_in(entry: dict[str, Any]) -> tuple[str, str]:
    status = {"generalKnowledge": "general-knowledge"}.get(entry["status"], entry["status"])
    return status, entry["source"]


def test_frameworks_are_those_of_the_data(data: dict[str, Any]) -> None:
    found = {
        row.id: (
            row.acronym,
            row.name,
            row.jurisdiction,
            row.kind,
            row.authority,
            row.version,
            row.uri,
            row.unit,
            provenance(row),
        )
        for row in reference().tables.frameworks
    }
    names = ("acronym", "name", "jurisdiction", "kind", "authority", "version", "uri")
    assert found == {
        short(one["id"]): (
            *(stated(one.get(name)) for name in names),
            short(one["creditUnit"]),
            provenance_in(one),
        )
        for one in data["frameworks"]
    }


def test_levels_are_those_of_the_data(data: dict[str, Any]) -> None:
    found = [
        (row.framework, row.code, row.rank, row.uri, row.uri_status, row.summary, row.typical_award)
        for row in reference().tables.levels
    ]
    expected = [
        (
            short(one["id"]),
            level["code"],
            level["rank"],
            level["uri"],
            "official" if level["uriStatus"].startswith("official") else "placeholder",
            level.get("summary"),
            level.get("typicalAward"),
        )
        for one in data["frameworks"]
        for level in one["levels"]
    ]
    assert len(expected) == COUNTS["levels"]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_levels_are_as_sure_as_the_data_says(data: dict[str, Any]) -> None:
    notes = {short(one["id"]): one.get("note", "") for one in data["frameworks"]}
    weaker = set()
    for row in reference().tables.levels:
        if provenance(row) != provenance(said().frameworks[row.framework]):
            assert provenance(row) == ("general-knowledge", "gk")
            assert "general knowledge" in notes[row.framework]
            weaker.add(row.framework)
    assert weaker == LEVELS_WEAKER_THAN_THEIR_FRAMEWORK


def test_units_are_those_of_the_data(data: dict[str, Any]) -> None:
    for one in data["creditUnits"]:
        row = said().unit_rows[short(one["id"]) or ""]
        low, high = one["hours"] or (None, None)
        assert (row.hours_low, row.hours_high) == (amount(low), amount(high)), row.id
        assert row.per_year == amount(one["perYear"]), row.id
        step = "1/3" if row.id == STEP_OF_THIRDS else one.get("step")
        assert row.step == amount(step), row.id
        assert (row.name, row.basis, row.uri) == (one["name"], one["basis"], one.get("uri"))
        assert (row.rounding or "") == one.get("rounding", "").partition(" ")[0], row.id
        assert bool(row.whole) is bool(one.get("allOrNothing"))
        assert provenance(row) == provenance_in(one)
    assert {short(one["id"]) for one in data["creditUnits"]} == set(said().unit_rows)


def test_maps_are_those_of_the_data(data: dict[str, Any]) -> None:
    found = {
        row.id: (
            row.from_framework,
            row.to_framework,
            row.kind,
            row.as_of,
            row.composed_of,
            provenance(row),
        )
        for row in reference().tables.maps
    }
    assert found == {
        short(one["id"]): (
            short(one["from"]),
            short(one["to"]),
            one["kind"],
            one.get("asOf"),
            tuple(map(short, one.get("via", ()))),
            provenance_in(one),
        )
        for one in data["levelMaps"]
    }


def test_the_rows_of_maps_are_those_of_the_data(data: dict[str, Any]) -> None:
    found = {
        (row.map, row.level): (row.to, row.match, provenance(row))
        for row in reference().tables.map_rows
    }
    expected: dict[tuple[str | None, str], Any] = {}
    for one in data["levelMaps"]:
        name, (_status, source) = short(one["id"]), provenance_in(one)
        for entry in one["entries"]:
            expected[name, entry["from"]] = (
                tuple(entry["to"]),
                entry["match"],
                provenance_in(one),
            )
        for code in one.get("withheld", ()):
            expected[name, code] = ((), "withheld", ("withheld", source))
    assert found == expected


def test_conversions_are_those_of_the_data(data: dict[str, Any]) -> None:
    for one in data["conversions"]:
        row = said().conversions[short(one["id"]) or ""]
        assert (row.from_unit, row.to_unit) == (short(one["from"]), short(one["to"]))
        assert (row.method, row.authority) == (one["method"], one.get("authority"))
        assert provenance(row) == provenance_in(one)
        # A formal ratio holds in both directions unless the data says otherwise.
        is_reversible = one.get("reversible", one["method"] == "formal-ratio")
        assert bool(row.reversible) is is_reversible
        if one["method"] == "full-time-year":
            source, target = said().units[row.from_unit], said().units[row.to_unit]
            assert row.ratio is None
            assert source.per_year is not None
            assert target.per_year is not None
            assert target.per_year / source.per_year == amount(one["ratio"])
        else:
            assert row.ratio == amount(one["ratio"])
    assert {short(one["id"]) for one in data["conversions"]} == set(said().conversions)


def test_sources_are_those_of_the_data(data: dict[str, Any]) -> None:
    found = {row.key: row for row in reference().tables.sources}
    assert found.keys() == data["meta"]["sources"].keys()
    for key, one in data["meta"]["sources"].items():
        assert found[key].title.startswith(one["title"]), key
        # What the data adds to an address in words is left out.
        assert (found[key].url or "") == one["url"].partition(" ")[0], key
        assert found[key].as_of == one["asOf"], key


def test_fields_and_accreditation_types_are_those_of_the_data(data: dict[str, Any]) -> None:
    tables = reference().tables
    assert {(row.code, row.label, row.uri) for row in tables.isced_fields} == {
        (one["code"], one["label"], one["uri"]) for one in data["iscedF"]
    }
    assert {(row.label, row.uri) for row in tables.accreditation_types} == {
        (one["label"], one["uri"]) for one in data["accreditationTypes"]
    }


def test_sizes_of_micro_credentials_are_those_of_the_data(data: dict[str, Any]) -> None:
    compared = 0
    for one in data["frameworks"]:
        limits = one.get("microcredential", {})
        rows = reference().on(DAY).size_bounds.get(short(one["id"]) or "", ())
        general = [row for row in rows if row.sector is None]
        if any(name in limits for name in ("min", "minHours", "maxHours")):
            (row,) = general
            assert (row.min, row.min_hours, row.max_hours) == tuple(
                amount(limits.get(name)) for name in ("min", "minHours", "maxHours")
            )
            largest = limits.get("max", "")
            assert row.max == (amount(largest) if largest.isdigit() else None)
            assert row.unit == short(limits.get("unit"))
            assert provenance(row) == provenance_in(limits)
            compared += 1
        else:
            assert general == []
    assert compared == 5


def test_forbidden_words_of_titles_are_those_of_the_data(data: dict[str, Any]) -> None:
    for one in data["frameworks"]:
        words = one.get("microcredential", {}).get("titleForbiddenWords", ())
        rules = said().title_rules.get(short(one["id"]) or "", ())
        assert [word for rule in rules for word in rule.forbidden] == list(words)
