"""Documents for the check on a device, with what the verifier says of them at the same time."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from credentials.errors import TallystickError
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from keys.did import MappingResolver
from tests.factories import LIST_URL, NOW, SUITES, sign, status_entry, status_list, unsigned, world
from tests.verifier.shapes import CHANGES, HOSTILE, LISTS, SHAPES, all_places, changed
from tests.verifier.test_open_badges_fixtures import issuer_documents
from verifier.verifier import Verifier

CHECKS = ("document", "schema", "context", "proof", "issuer", "validity", "status")
"""The checks that a device makes."""

IN_PERIOD = datetime(2024, 3, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """Bytes, when they are judged, and what is published at which address."""

    name: str
    data: bytes
    now: datetime
    documents: Mapping[str, Any]

    def told(self) -> str:
        """Say what the verifier says, as far as a device checks the same."""
        asking = world(now=self.now, resolver=MappingResolver(self.documents))
        report = Verifier(asking).check(self.data)
        outcomes = {report.check(name).outcome.value for name in CHECKS}
        if "failed" in outcomes:
            return "invalid"
        return "indeterminate" if "indeterminate" in outcomes else "valid"

    def to_json(self) -> JsonObject:
        """Write the case for a script."""
        return {
            "name": self.name,
            "data": base64.b64encode(self.data).decode(),
            "now": self.now.isoformat(),
            "documents": dict(self.documents),
        }


def fixtures(conformance: Path) -> Iterator[Case]:
    """Yield every credential of the conformance data as it is published."""
    for folder in ("ob30", "interop", "clr20", "ob20", "sd-jwt"):
        served = _served(conformance / folder)
        for path in sorted((conformance / folder).rglob("*")):
            if path.is_file() and path.suffix in (".json", ".jwt", ".png", ".svg"):
                name = str(path.relative_to(conformance))
                data = path.read_bytes()
                yield Case(name, data, NOW, {**issuer_documents(data), **served})


def _served(folder: Path) -> dict[str, Any]:
    for name in ("expected.json", "index.json"):
        if (folder / name).is_file():
            urls = json.loads((folder / name).read_text()).get("url_map", {})
            return {
                url: json.loads((folder / file).read_text())
                for url, file in urls.items()
                if file.endswith(".json")
            }
    return {}


def attacks(conformance: Path) -> Iterator[Case]:
    """Yield the hostile documents, in their period and after it."""
    for case in json.loads((conformance / "attacks/di-cases.json").read_text()):
        for now in (IN_PERIOD, NOW):
            yield Case(case["id"], serialize_json(case["document"]), now, LISTS)
    for case in json.loads((conformance / "attacks/raw-json-cases.json").read_text()):
        yield Case(case["id"], base64.b64decode(case["body_base64"]), IN_PERIOD, LISTS)


def own() -> Iterator[Case]:
    """Yield documents of every shape that are signed here, with every suite, in force and not."""
    for name, document in SHAPES.items():
        yield Case(f"shape {name}", serialize_json(document), NOW, LISTS)
    for suite in SUITES:
        yield Case(suite, serialize_json(sign(unsigned(), suite=suite)), NOW, {})
    badge = sign(unsigned(credentialStatus=status_entry()))
    for name, documents in (
        ("in force", LISTS),
        ("revoked", {LIST_URL: status_list(5)}),
        ("without its list", {}),
        ("with another list", {LIST_URL: status_list(id="https://other.example/list")}),
        ("with a changed list", {LIST_URL: {**status_list(), "name": "changed"}}),
    ):
        yield Case(name, serialize_json(badge), NOW, documents)


def mutated(seed: int, count: int) -> Iterator[Case]:
    """Yield documents with a change before they are signed, or after it."""
    chance = random.Random(seed)
    document = unsigned(credentialStatus=status_entry())
    made = 0
    while made < count:
        place, change = chance.choice(all_places(document)), chance.choice(sorted(CHANGES))
        other, suite = chance.choice(HOSTILE), chance.choice(SUITES)
        try:
            if chance.random() < 0.7:
                signed = sign(changed(document, place, change, other), suite=suite)
            else:
                signed = changed(sign(document, suite=suite), place, change, other)
            data = serialize_json(signed)
        except (TallystickError, AttributeError, TypeError, ValueError):
            continue
        made += 1
        yield Case(f"mutated {made}: {change} {place} {other!r}", data, NOW, LISTS)
