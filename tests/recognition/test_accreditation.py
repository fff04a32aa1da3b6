"""What registers that are believed say about a case: who was accredited, and how levels map."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from credentials.json_types import JsonObject
from credentials.verified import VerifiedCredential
from frameworks.registers import Registers
from recognition.deciding.decide import decide
from recognition.deciding.preparing import Application, prepare
from recognition.deciding.question import Amount
from recognition.errors import RecognitionError
from recognition.policies.policy import Policy
from tests.frameworks.register_files import ID, SOUND
from tests.frameworks.test_appraisal import LISTED, POLY, credential, registers
from tests.recognition.factories import DAY, TARGET, gate, policy

STRANGER = "did:web:stranger.example"
COMPONENT = replace(TARGET, amount=Amount(Fraction(20), "nzcr"), level=None)


def under(*gates: dict[str, Any]) -> Policy:
    return policy(
        unit="nzcr",
        accepts={"frameworks": ["nz", "eu"], "registers": [{"id": ID, "edition": 1}]},
        gates=list(gates) or [gate("accredited")],
    )


def found(
    document: JsonObject, known: Registers | None = None, chosen: Policy | None = None
) -> dict[str, Any]:
    verified = VerifiedCredential(document, document["issuer"]["id"], (), {}, "sha256:0")
    application = Application((verified,), COMPONENT, applicant="did:example:ana")
    inputs = prepare(application, chosen or under(), known or registers(SOUND, "nz", "eu"), day=DAY)
    return decide(inputs).payload


def test_an_issuer_that_a_register_accredits_is_accredited() -> None:
    payload = found(credential(POLY))
    assert payload["facts"]["accredited"] == {"value": True, "establishedBy": f"register:{ID}"}
    assert payload["facts"]["assurance"]["value"] == "B"
    assert payload["outcome"] == "GRANT"
    assert payload["registers"] == [{"id": ID, "edition": "1", "digest": "sha256:0"}]


def test_a_listed_course_is_accredited_for_its_providers() -> None:
    payload = found(credential(achievement=LISTED))
    assert payload["facts"]["assurance"]["value"] == "A"
    assert payload["outcome"] == "GRANT"


@pytest.mark.parametrize("change", [{"field": "09"}, {"day": "2019-12-31"}])
def test_an_issuer_that_left_its_accreditation_is_certainly_not_accredited(
    change: dict[str, Any],
) -> None:
    payload = found(credential(POLY, **change))
    assert payload["facts"]["accredited"]["value"] is False
    assert payload["reasons"] == ["SOURCE_NOT_ACCREDITED"]
    assert payload["outcome"] == "REFUSE"


@pytest.mark.parametrize("is_believed", [True, False])
def test_whether_anybody_else_is_accredited_is_not_known(is_believed: bool) -> None:
    payload = found(credential(STRANGER), registers(SOUND, "nz", "eu", believed=is_believed))
    assert "accredited" not in payload["facts"]
    assert payload["reasons"] == ["ACCREDITATION_UNKNOWN"]
    assert payload["outcome"] == "REFER"


def test_a_level_without_a_map_is_left_to_a_person() -> None:
    row = gate("level_min", framework="eu", level="4")
    payload = found(credential(POLY), chosen=under(row))
    assert payload["reasons"] == ["LEVEL_INDETERMINATE"]
    assert payload["levelPath"][0]["reasons"]


def test_what_an_authority_says_of_another_framework_does_not_count() -> None:
    """The register has levels of both frameworks, and its signer is believed about one."""
    with pytest.raises(RecognitionError) as caught:
        found(credential(POLY), registers(SOUND, "nz"))
    assert caught.value.code == "POLICY_CONTRADICTS_REGISTER"
    assert caught.value.pointer == "/accepts/frameworks/1"
