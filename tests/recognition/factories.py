"""Making policies, cases and inputs for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

import schemas
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from credentials.verified import VerifiedCredential
from frameworks.conversions import Credit
from frameworks.levels import Level
from frameworks.register import read_register
from frameworks.registers import Registers
from recognition.deciding.case import Source, Target
from recognition.deciding.facts import Established, Facts, told
from recognition.deciding.inputs import DecisionInputs
from recognition.deciding.question import Amount
from recognition.deciding.register_extract import extract
from recognition.policies.consistency import accepted_sources
from recognition.policies.policy import Policy, SourceClass
from recognition.policies.reading import read_policy
from tests.factories import ISSUER, LEARNER, NOW, sign, unsigned, world
from verifier.verifier import Verifier

DAY = date(2026, 11, 23)
REFERENCE = "urn:tallystick:register:reference"
SENATE = LEARNER
"""Whoever adopts the policies of tests; its key is that of the stranger."""

REGISTRAR = ISSUER
"""Whoever decides by them."""

FACTS = Facts(
    kind="MicroCredential",
    accredited=True,
    level=Level("nz-nzqcf", "5"),
    credits=Credit(Fraction(20), "nzqcf"),
    hours=Fraction(200),
    grade="B",
    assurance="B",
    assessment="examination",
    awarded=date(2026, 1, 15),
    field="0715",
    language="en",
    quality_assurance="external",
    identity_verified=True,
    redeemed=False,
)
"""Facts that pass the gate of the policy of tests, and any of their own."""

SOURCE = Source(
    digest="sha256:aa",
    id="urn:x:badge",
    issuer="did:example:college",
    source_class=SourceClass.FORMAL,
    achievement="urn:x:course",
    version="3",
)
TARGET = Target("WELD101", Amount(Fraction(20), "nzqcf"), level=Level("nz-nzqcf", "5"))


def members(**changes: Any) -> dict[str, Any]:
    """Build a policy with one gate; `changes` replace members, None removes one."""
    policy = {
        "id": "tests",
        "version": "1",
        "title": "Policy of tests",
        "valid_from": "2026-01-01",
        "valid_until": "2027-12-31",
        "review": "2027-06-30",
        "adoption": {"body": "Senate", "id": SENATE, "resolution": "S1"},
        "mandate": {"office": "Registrar", "ids": [REGISTRAR], "second_reader": "overrides"},
        "scope": {
            "source_classes": ["formal", "rpl", "non-credit"],
            "recognitions": ["specified", "unspecified", "block", "exemption"],
        },
        "accepts": {
            "frameworks": ["nz-nzqcf", "eu-eqf", "ie-nfq"],
            "registers": [{"id": REFERENCE, "edition": 1}],
        },
        "map_policy": {"kinds": ["referenced", "compared"]},
        "unit": "nzqcf",
        "grant": "claimed",
        "gates": [{"id": "source", "type": "accredited", "on_fail": "refuse"}],
        "precedents": {"allowed": True, "years": 2},
        "sampling": {"rate": "1/10", "body": "Senate"},
        "appeal": {"days": 30, "body": "Appeals"},
    }
    return {name: value for name, value in {**policy, **changes}.items() if value is not None}


def toml(content: Mapping[str, Any]) -> str:
    """Write members as TOML."""
    return "".join(f"{name} = {_toml(value)}\n" for name, value in content.items())


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f'"{name}" = {_toml(one)}' for name, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


def policy_text(**changes: Any) -> str:
    return toml(members(**changes))


def policy(**changes: Any) -> Policy:
    return read_policy(policy_text(**changes))


def gate(kind: str, on_fail: str = "refuse", **more: Any) -> dict[str, Any]:
    return {"id": kind, "type": kind, "on_fail": on_fail, **more}


@cache
def registers() -> Registers:
    """The registers of tests: the reference that comes along, read once."""
    return Registers.of((), read_register(schemas.reference_register()))


def established(facts: Facts, by: str = "credential") -> dict[str, Established]:
    return {name: Established(value, by) for name, value in told(facts).items()}


def inputs(
    text: str | None = None,
    facts: Facts = FACTS,
    target: Target = TARGET,
    sources: tuple[Source, ...] = (SOURCE,),
    **changes: Any,
) -> DecisionInputs:
    """Build the inputs of a decision, as if its facts had been established."""
    chosen = read_policy(policy_text() if text is None else text)
    accepted = accepted_sources(chosen, registers(), DAY)
    found = extract(chosen, accepted, facts, target)
    built = DecisionInputs(
        policy_text=chosen.text,
        day=DAY,
        applicant="did:example:ana",
        sources=sources,
        facts=established(facts),
        target=target,
        said=found.said,
        conversions=found.conversions,
        registers=found.registers,
    )
    return replace(built, **changes)


def verified(document: JsonObject | None = None, **changes: Any) -> VerifiedCredential:
    """Sign and verify a credential."""
    signed = sign(unsigned(**changes) if document is None else document)
    return Verifier(world(now=NOW, registers=registers())).verify(serialize_json(signed))


def course_of(version: str | None = "3", **members_of_achievement: Any) -> JsonObject:
    """Build an unsigned badge whose achievement has a version, and other members if given."""
    document = unsigned()
    achievement = document["credentialSubject"]["achievement"]
    achievement.update(members_of_achievement)
    if version is not None:
        achievement["version"] = version
    return document
