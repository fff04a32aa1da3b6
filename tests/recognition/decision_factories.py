"""Making decisions for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from credentials.jcs import canonicalize
from credentials.json_types import JsonObject
from recognition.register_of_decisions import Decision

RECORDED = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
ISSUER = "did:web:polytechnic.example"
ACHIEVEMENT = "https://polytechnic.example/welding"


def source(**changes: Any) -> JsonObject:
    return {
        "digest": "zQmSource",
        "id": "urn:uuid:7d1c7a4e-2f39-4d6b-a1b6-5a1f2a3b4c5d",
        "issuer": ISSUER,
        "achievement": ACHIEVEMENT,
        "version": "2025",
        "sourceClass": "formal",
        "field": "0715",
        "level": {"framework": "nz-nzqcf", "code": "5"},
        "credits": {"amount": "20", "unit": "nzqcf"},
        "hours": "200",
        "cost": None,
        "subsidy": None,
        **changes,
    }


def payload(**changes: Any) -> bytes:
    document = {
        "policy": {"id": "urn:example:policy", "version": "2", "digest": "zQmPolicy"},
        "registers": [{"id": "urn:example:register", "edition": "4", "digest": "zQmEdition"}],
        "decidedOn": "2026-03-02",
        "applicant": "did:key:zApplicant",
        "sources": [source()],
        "target": {
            "component": "ENGR101",
            "amount": "15",
            "unit": "nzqcf",
            "level": {"framework": "nz-nzqcf", "code": "5"},
        },
        "facts": {},
        "gates": [],
        "levelPath": [],
        "conversion": None,
        "outcome": "GRANT",
        "recognition": "specified",
        "granted": {"amount": "15", "unit": "nzqcf", "level": None, "component": "ENGR101"},
        "reasons": [],
        "routes": [],
        "substantialDifferences": [],
        "class": "automatic",
        "assessor": None,
        "precedent": None,
        "overrides": None,
        "appeal": {"days": 20, "body": "Appeals board", "until": "2026-03-22"},
        "allowedAsPrecedent": True,
        "validUntil": None,
        **changes,
    }
    return canonicalize(document)


def refusal(**changes: Any) -> bytes:
    return payload(**{"outcome": "REFUSE", "recognition": None, "granted": None, **changes})


def inputs(**changes: Any) -> bytes:
    return canonicalize({"policy": "zQmPolicy", "facts": {}, **changes})


def decision(case_id: str = "case-1", data: bytes | None = None) -> Decision:
    return Decision(case_id, payload() if data is None else data, inputs())
