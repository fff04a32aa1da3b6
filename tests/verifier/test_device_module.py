"""The module for checking on a device is the one that its sources make."""

from __future__ import annotations

import hashlib
import json

from tests.project import ROOT, skip_away_from_sources

RECORD = ROOT / "tools/device_check/built.json"
MODULE = ROOT / "verifier/pages/static/device-check.js"
MOST_BYTES = 450_000


def test_the_built_module_is_of_todays_sources_contexts_and_schemas() -> None:
    skip_away_from_sources()
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    named = {ROOT / name: digest for name, digest in record["sources"].items()}
    sources = {*(ROOT / "tools/device_check/src").glob("*.js")}
    assert sources <= named.keys()
    for path, digest in {**named, MODULE: record["built"]}.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, (
            f"{path.name} was changed: run make device-check"
        )


def test_the_module_is_small_and_comes_with_its_licences() -> None:
    skip_away_from_sources()
    assert MODULE.stat().st_size <= MOST_BYTES
    notice = MODULE.with_name("device-check.LICENSES.txt").read_text(encoding="utf-8")
    for name in ("jsonld", "rdf-canonize", "ajv"):
        assert f"---- {name} " in notice
