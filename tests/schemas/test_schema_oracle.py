"""Our schemas against the official ones: every disagreement has a name and a reason.

The classes and reasons are listed in docs/schema-differences.md.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft201909Validator, Draft202012Validator
from jsonschema.exceptions import ValidationError

import schemas
from credentials.data_model.credential import credential_findings, credential_version
from credentials.findings import Finding, errors_among
from credentials.json_types import walk
from credentials.linked_data.embedded import EMBEDDING_MEMBERS
from credentials.open_badges import open_badge_findings, open_badges_class
from tests.project import ROOT
from tests.soak import repetitions

MUTATIONS_OF_EACH = repetitions(10, soak=40)
OFFICIAL = {
    "OpenBadgeCredential": "lax-2026/ob_v3p0_achievementcredential_schema.json",
    "EndorsementCredential": "lax-2026/ob_v3p0_endorsementcredential_schema.json",
    "ClrCredential": "clr20/clr_v2p0_clrcredential_schema.json",
}


def documents(conformance: Path) -> Iterator[dict[str, Any]]:
    """Yield the Open Badges and CLR documents of the conformance data."""
    for folder in ("ob30", "clr20"):
        for path in sorted((conformance / folder).rglob("*.json")):
            document = json.loads(path.read_text())
            if isinstance(document, dict) and open_badges_class(document):
                yield document
    for entry in json.loads((conformance / "interop/index.json").read_text())["entries"]:
        if entry["format"] == "json":
            document = json.loads((conformance / "interop" / entry["file"]).read_text())
            if open_badges_class(document):
                yield document


def mutations(document: dict[str, Any], chance: random.Random) -> Iterator[dict[str, Any]]:
    """Change one member somewhere: drop it, rename it, give it another kind of value."""
    values: list[Any] = [5, "text", "", True, [], {}, ["a"], -1, "2020-01-01", {"id": "x:y"}]
    for _ in range(MUTATIONS_OF_EACH):
        copy = deepcopy(document)
        objects = [item for _, item in walk(copy) if isinstance(item, dict) and item]
        target = chance.choice(objects)
        name = chance.choice(sorted(target))
        kind = chance.randrange(3)
        value = target.pop(name)
        if kind == 1:
            target[name + "X"] = value
        elif kind == 2:
            target[name] = chance.choice(values)
        yield copy


REFUSED_HERE = {
    "CONTEXT_MALFORMED": r"^/@context",
    "CRITERIA_EMPTY": r"/criteria$",
    "NOT_A_URL": r"(/id|^/issuer|/statusListCredential)$",
    "SCHEMA_LENGTH": r"/(name|type)$",
    "SCHEMA_PATTERN": r"(/id|^/issuer|/created|/validFrom|/validUntil|/verificationMethod)$",
    "SCHEMA_REQUIRED": r"^$|^/credentialSubject(/\d+)?$|(^|/)(issuer|name)$",
    "SCHEMA_TYPE": r"/",
    "SCHEMA_VALUE": r"/type$",
    "STATUS_MALFORMED": r"^/credentialStatus/(statusListIndex|statusPurpose)$",
    "TEXT_MALFORMED": r"/name$",
    "TIMESTAMP_MALFORMED": r"^/valid(From|Until)$",
    "TYPE_MALFORMED": r"/type$",
}
"""Findings of ours that the official schemas may not share, with the places where they may be."""


def excuse_ours(finding: Finding) -> str | None:
    """Name the listed class of a finding of ours; None if it is of no class."""
    places = REFUSED_HERE.get(finding.code)
    return finding.code if places and re.search(places, finding.pointer) else None


def excuse_theirs(error: ValidationError, document: dict[str, Any]) -> str | None:
    """Name the listed class of an official error; None if it is of no class.

    Only version 1.1 excuses an unknown context or a missing validFrom; a credential inside another
    one is judged by itself here, as a component or an endorsement.
    """
    name = f"official {error.validator}"
    if name not in ("official oneOf", "official required"):
        return None
    if credential_version(document) == "1.1":
        return name
    inside = error.validator == "oneOf" and error.absolute_path[-1] in EMBEDDING_MEMBERS
    return f"{name} (inside)" if inside else None


def listed() -> set[str]:
    text = (ROOT / "docs" / "schema-differences.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))


def test_every_disagreement_with_the_official_schemas_is_listed(conformance: Path) -> None:
    """Each finding of the side that refuses is excused by a class of its own, or the test fails."""
    chance = random.Random(3)
    validators = {
        kind: Draft201909Validator(json.loads((conformance / "schemas" / file).read_text()))
        for kind, file in OFFICIAL.items()
    }
    compared, met, without_excuse = 0, set(), []
    for document in documents(conformance):
        for one in (document, *mutations(document, chance)):
            kind = open_badges_class(one)
            if kind is None:
                continue
            compared += 1
            ours = errors_among(open_badge_findings(one) + credential_findings(one))
            theirs = list(validators[kind].iter_errors(one))
            if bool(ours) == bool(theirs):
                continue
            excuses = [(excuse_ours(finding), finding.code, finding.pointer) for finding in ours]
            excuses += [
                (excuse_theirs(error, one), str(error.validator), error.json_path)
                for error in theirs
            ]
            met |= {excuse for excuse, _code, _place in excuses if excuse}
            without_excuse += [told for told in excuses if told[0] is None]
    assert compared >= repetitions(700, soak=1_000)
    assert without_excuse == [], "a disagreement of no listed class"
    assert met <= listed(), "add these to docs/schema-differences.md with their reasons"
    assert listed() == {
        *REFUSED_HERE,
        "official oneOf",
        "official required",
        "official oneOf (inside)",
    }


def test_agrees_with_the_official_strict_schema_on_its_own_fixtures(conformance: Path) -> None:
    """Where the strict schema of 2024 accepts a badge, so do we."""
    expected = json.loads((conformance / "ob30/expected.json").read_text())["fixtures"]
    refused = [
        name
        for name, fixture in expected.items()
        if fixture["checks"].get("schema_strict_2024") == "valid"
        and name.endswith(".json")
        and errors_among(open_badge_findings(json.loads((conformance / "ob30" / name).read_text())))
    ]
    assert refused == []


@pytest.mark.parametrize(
    "name", ["open-badges-3.0", "trust", "issuance-request", "level-credit-profile"]
)
def test_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(schemas.json_schema(name))
