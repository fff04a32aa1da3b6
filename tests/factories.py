"""Making keys, credentials and worlds for tests."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import schemas
from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import Environment
from credentials.proofs.data_integrity import ProofOptions, add_proof
from credentials.proofs.registry import CRYPTOSUITES
from credentials.status.bitstring import encode_list
from credentials.strict_json import serialize_json
from keys.did import MappingResolver, did_key
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType
from verifier.checks.world import World
from verifier.report import VerificationReport
from verifier.verifier import Verifier

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CREATED = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
SIGNER = PrivateKeySigner(KeyType.ED25519, bytes(range(32)))
STRANGER = PrivateKeySigner(KeyType.ED25519, bytes(range(1, 33)))
ISSUER = did_key(SIGNER.verification_key)
LEARNER = did_key(STRANGER.verification_key)
ENVIRONMENT = Environment(schemas.load_context)
SUITES = tuple(
    name for name, suite in sorted(CRYPTOSUITES.items()) if KeyType.ED25519 in suite.key_types
)
"""Suites that `SIGNER` can sign with."""

LIST_URL = "https://issuer.example/status/1"
LEARNER_RECORD = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"


def method_of(signer: PrivateKeySigner) -> str:
    multikey = signer.verification_key.to_multikey()
    return f"did:key:{multikey}#{multikey}"


def unsigned(**changes: Any) -> JsonObject:
    """Build an unsigned Open Badge with level, credits and hours; `changes` replace members."""
    document: JsonObject = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a10",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": ISSUER, "type": ["Profile"], "name": "Example Polytechnic"},
        "validFrom": "2026-01-15T09:00:00Z",
        "validUntil": "2036-01-15T09:00:00Z",
        "name": "Pipe welding",
        "credentialSubject": {
            "id": LEARNER,
            "type": ["AchievementSubject"],
            "creditsEarned": 20,
            "achievement": {
                "id": "https://poly.example/achievements/pipe-welding",
                "type": ["Achievement"],
                "achievementType": "MicroCredential",
                "name": "Pipe welding",
                "description": "Welding of stainless steel pipes.",
                "criteria": {"narrative": "Three inspected welds."},
                "creditsAvailable": 20,
                "tag": ["welding", "steel", "pipes"],
                "alignment": [
                    {
                        "type": ["Alignment"],
                        "targetType": "ext:NZQCFLevel",
                        "targetFramework": "New Zealand Qualifications and Credentials Framework",
                        "targetName": "NZQCF level 5",
                        "targetCode": "5",
                        "targetUrl": "urn:mcframework:nz-nzqcf:level:5",
                    }
                ],
                "resultDescription": [
                    {
                        "id": "https://poly.example/achievements/pipe-welding#credits",
                        "type": ["ResultDescription"],
                        "name": "NZQCF credits",
                        "resultType": "ext:NZQCFCredits",
                        "valueMin": "0",
                        "valueMax": "20",
                        "requiredValue": "20",
                    }
                ],
            },
            "result": [
                {
                    "type": ["Result"],
                    "resultDescription": "https://poly.example/achievements/pipe-welding#credits",
                    "value": "20",
                }
            ],
        },
    }
    return {name: value for name, value in {**document, **changes}.items() if value is not None}


def unsigned_record(*components: Any, **changes: Any) -> JsonObject:
    """Build an unsigned learner record of `components`."""
    data_model, open_badges = unsigned()["@context"]
    return {
        "@context": [data_model, LEARNER_RECORD, open_badges],
        "id": "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a77",
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": "Record",
        "issuer": {"id": ISSUER, "type": ["Profile"]},
        "validFrom": "2026-01-15T09:00:00Z",
        "credentialSubject": {
            "id": LEARNER,
            "type": ["ClrSubject"],
            "verifiableCredential": list(components),
        },
        **changes,
    }


def sign(
    document: JsonObject,
    *,
    signer: PrivateKeySigner = SIGNER,
    suite: str = "eddsa-rdfc-2022",
    **options: Any,
) -> JsonObject:
    """Sign whatever is given, without any check."""
    chosen = ProofOptions(verification_method=method_of(signer), created=CREATED)
    return add_proof(
        deepcopy(document),
        suite=CRYPTOSUITES[suite],
        signer=signer,
        options=replace(chosen, **options),
        environment=ENVIRONMENT,
    )


def status_entry(index: int | str = "5", purpose: str = "revocation") -> JsonObject:
    return {
        "id": f"{LIST_URL}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": index,
        "statusListCredential": LIST_URL,
    }


def status_list(
    *revoked: int,
    bits: bytes | None = None,
    signer: PrivateKeySigner = SIGNER,
    created: datetime | None = CREATED,
    content: Mapping[str, Any] | None = None,
    **changes: Any,
) -> JsonObject:
    """Build a signed status list with the given entries set.

    `content` has further members of the list, `changes` have members of its credential.
    """
    entries = bytearray(bits if bits is not None else bytes(16_384))
    for index in revoked:
        entries[index // 8] |= 128 >> index % 8
    subject = {
        "id": f"{LIST_URL}#list",
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": encode_list(bytes(entries)),
        **(content or {}),
    }
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": LIST_URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did_key(signer.verification_key),
        "validFrom": "2024-01-01T00:00:00Z",
        "credentialSubject": subject,
        **changes,
    }
    return sign(document, signer=signer, created=created)


def world(documents: Mapping[str, Any] | None = None, **changes: Any) -> World:
    base = World(
        now=NOW,
        resolver=MappingResolver(documents or {}),
        load_context=schemas.load_context,
        allowed_contexts=schemas.context_urls(),
    )
    registers = changes.pop("registers", None)
    return replace(base, registers=None if registers is None else (lambda: registers), **changes)


def check(
    document: object, documents: Mapping[str, Any] | None = None, **changes: Any
) -> VerificationReport:
    """Verify parsed JSON, or bytes as they are."""
    data = document if isinstance(document, bytes) else serialize_json(document)
    return Verifier(world(documents, **changes)).check(data)


def codes(report: VerificationReport, *outcomes: str) -> set[str]:
    """Name the codes of all remarks with one of the outcomes (default: failed, indeterminate)."""
    wanted = outcomes or ("failed", "indeterminate")
    return {
        remark.code
        for one in report.checks
        for remark in one.remarks
        if remark.outcome.value in wanted
    }
