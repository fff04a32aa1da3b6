"""The module for checking on a device is the one that its sources make."""

from __future__ import annotations

import hashlib
import json

from tests.project import ROOT, skip_away_from_sources

RECORD = ROOT / "tools/device_check/built.json"
STATIC = ROOT / "verifier/pages/static"
MOST_BYTES = {"device-check.js": 560_000, "device-codes.js": 50_000}


def test_the_built_module_is_of_todays_sources_contexts_and_schemas() -> None:
    skip_away_from_sources()
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    named = {ROOT / name: digest for name, digest in record["sources"].items()}
    sources = {*(ROOT / "tools/device_check/src").glob("*.js")}
    assert sources <= named.keys()
    built = {STATIC / name: digest for name, digest in record["built"].items()}
    assert built.keys() == {STATIC / name for name in MOST_BYTES}
    for path, digest in {**named, **built}.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, (
            f"{path.name} was changed: run make device-check"
        )


def test_the_modules_are_small_and_come_with_their_licences() -> None:
    skip_away_from_sources()
    for name, most in MOST_BYTES.items():
        assert (STATIC / name).stat().st_size <= most
    notice = (STATIC / "device-check.LICENSES.txt").read_text(encoding="utf-8")
    for name in ("jsonld", "rdf-canonize", "ajv", "qr", "saxes"):
        assert f"---- {name} " in notice
