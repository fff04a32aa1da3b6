"""Issuing with endorsements and dates, and explaining the values of a presentation."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from frameworks.registers import Registers
from tallystick.bundled_register import reference
from tallystick.value_command import explain_value, value_json
from tests.factories import LEARNER, STRANGER, sign, unsigned, world
from tests.project import ROOT
from tests.tallystick.conftest import Run
from verifier.verifier import Verifier

COURSE = "https://poly.example/achievements/pipe-welding"
"""The course that the request is for."""


class Institution:
    """An institution with a key that issues one request in different ways."""

    def __init__(self, run: Run, folder: Path) -> None:
        self.run, self.folder = run, folder
        made = run("keys", "new", "institution").stdout.decode()
        self.key = re.search(r"file:\S+", made)[0]  # type: ignore[index]
        self.request = json.loads((ROOT / "docs/examples/welding.json").read_text())
        self.request["achievement"]["id"] = COURSE

    def issue(self, *options: object, **changes: Any) -> tuple[int, str]:
        path = self.folder / "request.json"
        path.write_text(json.dumps({**self.request, **changes}))
        out = self.folder / "out.json"
        told = self.run("issue", path, "--key", self.key, "--out", out, *options)
        assert out.exists() is (told.returncode == 0)
        out.unlink(missing_ok=True)
        return told.returncode, told.stderr.decode()

    def endorsed(self, endorsement: JsonObject, *options: object) -> tuple[int, str]:
        path = self.folder / "endorsement.json"
        path.write_bytes(serialize_json(endorsement))
        return self.issue("--endorsement", path, *options)


@pytest.fixture
def institution(run: Run, tmp_path: Path) -> Institution:
    return Institution(run, tmp_path)


def endorsement(course: str = COURSE, **changes: Any) -> JsonObject:
    document: JsonObject = {
        "@context": unsigned()["@context"][:2],
        "id": "urn:uuid:11111111-1111-4111-8111-111111111111",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": LEARNER, "type": ["Profile"]},
        "validFrom": "2026-01-15T09:00:00Z",
        "name": "Endorsement",
        "credentialSubject": {"id": course, "type": ["EndorsementSubject"]},
    }
    return document | changes


BAD = {
    "unsigned": (endorsement(), "ENDORSEMENT_INVALID"),
    "tampered": (sign(endorsement(), signer=STRANGER) | {"name": "x"}, "ENDORSEMENT_INVALID"),
    "expired": (
        sign(endorsement(validUntil="2026-01-16T00:00:00Z"), signer=STRANGER),
        "ENDORSEMENT_INVALID",
    ),
    "of another course": (
        sign(endorsement("https://poly.example/other"), signer=STRANGER),
        "ENDORSEMENT_OF_OTHER",
    ),
}


def test_an_endorsement_that_holds_is_embedded(institution: Institution) -> None:
    assert institution.endorsed(sign(endorsement(), signer=STRANGER))[0] == 0


@pytest.mark.parametrize("case", BAD)
def test_an_endorsement_that_does_not_hold_is_not_embedded_unless_a_warning_is_enough(
    institution: Institution, case: str
) -> None:
    document, code = BAD[case]
    status, told = institution.endorsed(document)
    assert (status, f"[{code}]" in told) == (1, True), told
    status, told = institution.endorsed(document, "--value-faults", "warn")
    assert (status, f"[{code}]" in told) == (0, True), told


def test_a_credential_that_begins_later_is_judged_as_of_the_day_when_it_begins(
    institution: Institution,
) -> None:
    later = (datetime.now(UTC) + timedelta(days=40)).strftime("%Y-%m-%dT00:00:00Z")
    told = institution.issue("--value-faults", "refuse", validFrom=later)[1]
    assert "AWARDED_IN_FUTURE" not in told
    told = institution.issue("--value-faults", "refuse", awardedDate=later)[1]
    assert "AWARDED_IN_FUTURE" in told


def test_a_class_that_is_too_low_is_named_with_the_one_that_is_asked_for(
    institution: Institution,
) -> None:
    status, told = institution.issue("--least-assurance", "B")
    assert status == 1
    assert "of class D (" in told
    assert "class B or better is asked for" in told
    assert ": )" not in told


def presentation(*credentials: JsonObject) -> JsonObject:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": LEARNER,
        "verifiableCredential": list(credentials),
    }


def test_the_value_of_each_presented_credential_is_explained() -> None:
    bad = {**sign(unsigned()), "name": "Another name"}
    seen = world(registers=Registers.of((), reference()))
    report = Verifier(seen).check(serialize_json(presentation(sign(unsigned()), bad)))
    told = list(explain_value(report))
    assert told[0].startswith("THE PRESENTATION IS NOT VALID")
    headlines = [told[place + 1] for place, line in enumerate(told) if line.startswith("Cred")]
    assert headlines[0] == "The credential is valid."
    assert headlines[1].startswith("THE CREDENTIAL IS NOT VALID")
    assert "It states neither level nor credits." not in told
    assert len(value_json(report)["credentials"]) == len(headlines)


def test_a_presentation_of_nothing_explains_no_value() -> None:
    told = list(explain_value(Verifier(world()).check(serialize_json(presentation()))))
    assert told[1:] == ["It presents no credential."]
