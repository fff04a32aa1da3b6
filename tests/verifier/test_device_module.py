"""The module for checking on a device is the one that its sources make."""

from __future__ import annotations

import hashlib
import json

from credentials.json_types import as_list, places
from tests.project import ROOT, skip_away_from_sources

RECORD = ROOT / "tools/device_check/built.json"
STATIC = ROOT / "verifier/pages/static"
OF_FREE_NAMES = {"@language", "@index", "@id", "@type"}
"""Containers whose members have names that no context defines."""

MOST_BYTES = {"device-check.js": 560_000, "device-codes.js": 50_000}


def test_the_built_module_is_of_todays_sources_contexts_and_schemas() -> None:
    skip_away_from_sources()
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    named = {ROOT / name: digest for name, digest in record["sources"].items()}
    sources = {*(ROOT / "tools/device_check/src").rglob("*.js")}
    assert sources <= named.keys()
    built = {STATIC / name: digest for name, digest in record["built"].items()}
    assert built.keys() == {STATIC / name for name in MOST_BYTES}
    for path, digest in {**named, **built}.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, (
            f"{path.name} was changed: run make device-check"
        )


NAMES_OF_JAVASCRIPT = {
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "prototype",
    "toLocaleString",
    "toString",
    "valueOf",
}


def test_no_pinned_context_gives_a_meaning_to_a_name_of_javascript() -> None:
    """The module refuses such names as undefined (src/names.js): nothing may define them."""
    folder = ROOT / "schemas/contexts"
    entries = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["contexts"]
    pinned = [entry["file"] for entry in entries.values() if entry["for"] == "production"]
    assert len(pinned) >= 20
    for file in pinned:
        for place, value in places(json.loads((folder / file).read_text(encoding="utf-8"))):
            name = None if place is None else place[1]
            assert name not in NAMES_OF_JAVASCRIPT | {"@vocab", "@index", "@nest"}, file
            assert name != "@container" or not OF_FREE_NAMES & set(as_list(value)), file


def test_the_modules_are_small_and_come_with_their_licences() -> None:
    skip_away_from_sources()
    for name, most in MOST_BYTES.items():
        assert (STATIC / name).stat().st_size <= most
    notice = (STATIC / "device-check.LICENSES.txt").read_text(encoding="utf-8")
    for name in ("jsonld", "rdf-canonize", "ajv", "qr", "saxes"):
        assert f"---- {name} " in notice
