"""The documents that are changed: credentials, presentations and proofs of the usual shapes."""

from __future__ import annotations

from credentials.json_types import JsonObject

V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
LEARNER_RECORDS = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
ISSUER = "did:key:z6MkehRgf7yJbgaGfYsdoAsKdBPE3dj2CYhowQdcjqSJgvVd"
HOLDER = "did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH"
PROOF: JsonObject = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2026-01-15T09:00:00Z",
    "verificationMethod": f"{ISSUER}#{ISSUER.removeprefix('did:key:')}",
    "proofPurpose": "assertionMethod",
    "proofValue": "z5C5b1uzYJN6pDR3aWgAqUMoSB1JY29epA74qyjaie9qh4okm9DZP6y77eTNq5NfYyMwNu9bpQQWU",
}
SMALL: JsonObject = {
    "@context": [V2],
    "id": "urn:uuid:6f1a0c9e-2f4b-4b3e-9f38-0b3c4f7b2a10",
    "type": ["VerifiableCredential"],
    "issuer": ISSUER,
    "validFrom": "2026-01-15T09:00:00Z",
    "credentialSubject": {"id": HOLDER},
}
BADGE: JsonObject = {
    "@context": [V2, OPEN_BADGES],
    "id": "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a10",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": ISSUER, "type": ["Profile"], "name": "Example Polytechnic"},
    "validFrom": "2026-01-15T09:00:00Z",
    "name": "Pipe welding",
    "credentialSubject": {
        "id": HOLDER,
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
                    "targetName": "NZQCF level 5",
                    "targetUrl": "urn:mcframework:nz-nzqcf:level:5",
                }
            ],
        },
    },
}
RICH: JsonObject = {
    "@context": [V2, OPEN_BADGES],
    "id": "https://poly.example/credentials/7",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {
        "id": ISSUER,
        "type": ["Profile"],
        "name": {"@value": "Polytechnique", "@language": "fr-CA", "@direction": "ltr"},
        "image": {"id": "https://poly.example/seal.png", "type": "Image", "caption": "Seal"},
        "address": {"type": ["Address"], "addressLocality": "Montr\u00e9al"},
    },
    "validFrom": "2026-01-15T09:00:00Z",
    "validUntil": "2031-01-15T09:00:00Z",
    "credentialSubject": {
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": "sha256$0b9c",
                "identityType": "emailAddress",
                "salt": "not-so-random",
            }
        ],
        "result": [
            {"type": ["Result"], "resultDescription": "urn:uuid:0a5f7f3a9f01", "value": "A"},
            {"type": ["Result"], "status": "Completed", "value": "96.5"},
        ],
        "achievement": {
            "id": "https://poly.example/achievements/7",
            "type": ["Achievement"],
            "name": "Dairy",
            "criteria": {"id": "https://poly.example/criteria/7", "narrative": "*Well* done"},
            "creditsAvailable": 7.5,
            "resultDescription": [
                {
                    "id": "urn:uuid:0a5f7f3a9f01",
                    "type": ["ResultDescription"],
                    "name": "Grade",
                    "resultType": "LetterGrade",
                    "allowedValue": ["A", "B", "C"],
                }
            ],
            "alignment": [
                {"type": ["Alignment"], "targetName": "One", "targetUrl": "https://a.example/1"},
                {"type": ["Alignment"], "targetName": "Two", "targetUrl": "https://a.example/2"},
            ],
        },
    },
    "evidence": [{"id": "https://poly.example/welds/1", "type": ["Evidence"], "name": "Weld"}],
    "credentialSchema": [{"id": "https://poly.example/schema.json", "type": "JsonSchema"}],
    "credentialStatus": {
        "id": "https://poly.example/status/1#7",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": "https://poly.example/status/1",
    },
}
ENDORSEMENT: JsonObject = {
    "@context": [V2, OPEN_BADGES],
    "id": "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a99",
    "type": ["VerifiableCredential", "EndorsementCredential"],
    "name": "Endorsement",
    "issuer": {"id": HOLDER, "type": ["Profile"], "name": "Endorser"},
    "validFrom": "2026-01-15T09:00:00Z",
    "credentialSubject": {
        "id": "https://poly.example/achievements/pipe-welding",
        "type": ["EndorsementSubject"],
        "endorsementComment": "Good.",
    },
    "proof": PROOF,
}
PRESENTATION: JsonObject = {
    "@context": [V2],
    "id": "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a55",
    "type": ["VerifiablePresentation"],
    "holder": HOLDER,
    "verifiableCredential": [{**BADGE, "proof": PROOF}, {**SMALL, "proof": PROOF}],
}
CHAIN: JsonObject = {
    **SMALL,
    "proof": [
        {"id": "urn:uuid:1", **PROOF},
        {"id": "urn:uuid:2", **PROOF, "previousProof": ["urn:uuid:1"]},
    ],
}
RECORD: JsonObject = {
    "@context": [V2, LEARNER_RECORDS, OPEN_BADGES],
    "id": "urn:uuid:8d7a3c52-6f4f-4b3e-9f38-0b3c4f7b2a77",
    "type": ["VerifiableCredential", "ClrCredential"],
    "issuer": {"id": ISSUER, "type": ["Profile"], "name": "Example Polytechnic"},
    "name": "Record",
    "validFrom": "2026-01-15T09:00:00Z",
    "credentialSubject": {
        "id": HOLDER,
        "type": ["ClrSubject"],
        "verifiableCredential": [{**ENDORSEMENT}],
        "association": [
            {
                "type": "Association",
                "associationType": "isParentOf",
                "sourceId": "urn:uuid:1",
                "targetId": "urn:uuid:2",
            }
        ],
    },
}
OLDER: JsonObject = {
    **{name: value for name, value in BADGE.items() if name != "validFrom"},
    "@context": [V1, OPEN_BADGES],
    "issuanceDate": "2026-01-15T09:00:00Z",
}
EXAMPLE: JsonObject = {
    **SMALL,
    "@context": [V2, EXAMPLES],
    "type": ["VerifiableCredential", "ExampleDegreeCredential"],
    "credentialSubject": {
        "id": HOLDER,
        "degree": {"type": "ExampleBachelorDegree", "name": "Bachelor of Science and Arts"},
    },
}
ORIGINALS: dict[str, JsonObject] = {
    "small credential": SMALL,
    "badge": BADGE,
    "rich badge": RICH,
    "endorsement": ENDORSEMENT,
    "presentation": PRESENTATION,
    "chain of proofs": CHAIN,
    "learner record": RECORD,
    "credential of version 1.1": OLDER,
    "credential under a vocabulary": EXAMPLE,
}
