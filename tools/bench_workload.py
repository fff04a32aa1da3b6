"""The badge that is measured: four kilobytes, with level, credits, results, status and schema.

One description for every tool that measures, so that all of them, and the software of others, work
on the same documents.  Everything is made up from numbers: the same in each run.

Unsigned it has about 4,040 bytes, 108 RDF statements and 10 blank nodes (an address, three
alignments, a hashed identity, two results, a list of three values).  All of its terms are defined
by the two contexts that it names, which JSON-LD libraries in safe mode ask for; it satisfies the
schemas of Open Badges 3.0; and every check of the verifier passes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import schemas
from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import Cryptosuite, Environment
from credentials.proofs.data_integrity import ProofOptions, add_proof
from credentials.proofs.ecdsa_sd_2023 import BaseProofSecrets, EcdsaSd2023
from credentials.proofs.registry import CRYPTOSUITES
from credentials.status.bitstring import encode_list
from frameworks.register import read_register
from frameworks.registers import Registers
from issuer import IssuanceRequest, Issuer, IssuerProfile
from issuer.requests import Fresh
from keys.did import MappingResolver, did_key
from keys.signer import SECRET_BYTES, PrivateKeySigner
from keys.verification_key import KeyType
from tallystick.composition import release_check
from verifier.checks.world import World
from verifier.verified_lists import VerifiedLists

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CREATED = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
SCHEMA_FOLDER = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json"
SCHEMA = f"{SCHEMA_FOLDER}/ob_v3p0_achievementcredential_schema.json"
LIST_BITS = 131_072
MANDATORY = ("/issuer", "/validFrom", "/validUntil", "/credentialStatus")
"""What a holder must show of a badge that is signed for selective disclosure."""

DISCLOSED = tuple(
    f"/credentialSubject/achievement/{member}"
    for member in ("name", "description", "criteria", "alignment")
)
"""What a holder shows beyond that: what an achievement needs to satisfy its schema, and levels."""

ENVIRONMENT = Environment(schemas.load_context)


@dataclass(frozen=True, slots=True)
class Provider:
    """A made-up institution: its keys, and where its documents are."""

    number: int
    signer: PrivateKeySigner

    @classmethod
    def of(cls, number: int, key_type: KeyType = KeyType.ED25519) -> Provider:
        """Make up a provider; a number always has the same key."""
        seed = hashlib.sha512(f"provider {number}".encode()).digest()
        return cls(number, PrivateKeySigner(key_type, seed[: SECRET_BYTES[key_type]]))

    @property
    def id(self) -> str:
        """The identifier of the provider, which carries its key."""
        return did_key(self.signer.verification_key)

    @property
    def method(self) -> str:
        """The verification method that its proofs name."""
        return f"{self.id}#{self.id.removeprefix('did:key:')}"

    @property
    def host(self) -> str:
        """Where its documents are."""
        return f"https://polytechnic{self.number}.example"

    @property
    def list_url(self) -> str:
        """Where its status list is."""
        return f"{self.host}/status/3"


def badge(number: int = 0, provider: Provider | None = None) -> JsonObject:
    """Make up the unsigned badge of a learner; a number always has the same one."""
    provider = provider or Provider.of(0)
    salt = hashlib.sha256(f"salt {number}".encode()).hexdigest()[:32]
    identity = hashlib.sha256(f"learner{number}@mail.example{salt}".encode()).hexdigest()
    grade = "ABC"[number % 3]
    return {
        "@context": list(CONTEXTS),
        "id": f"urn:uuid:8d7a3c52-6f4f-4b3e-9f38-{number:012x}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Industrial pipe welding, stainless steel",
        "issuer": _issuer(provider),
        "validFrom": "2026-01-15T09:00:00Z",
        "validUntil": "2036-01-15T09:00:00Z",
        "awardedDate": "2026-01-14T16:30:00Z",
        "credentialSubject": {
            "id": f"did:example:learner:{number:08d}",
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": True,
                    "identityHash": f"sha256${identity}",
                    "identityType": "emailAddress",
                    "salt": salt,
                }
            ],
            "activityStartDate": "2025-09-01T08:00:00Z",
            "activityEndDate": "2025-12-19T16:00:00Z",
            "role": "Apprentice",
            "term": "2025, second half",
            "narrative": "Welded eleven joints on the site of a dairy, supervised, all accepted.",
            "creditsEarned": 10 + number % 11,
            "achievement": _achievement(provider),
            "result": [
                {
                    "type": ["Result"],
                    "resultDescription": f"{provider.host}/achievements/pipe-welding#credits",
                    "value": str(10 + number % 11),
                },
                {
                    "type": ["Result"],
                    "resultDescription": f"{provider.host}/achievements/pipe-welding#grade",
                    "value": grade,
                },
            ],
        },
        "credentialStatus": {
            "id": f"{provider.list_url}#{number * 7 % LIST_BITS}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(number * 7 % LIST_BITS),
            "statusListCredential": provider.list_url,
        },
        "credentialSchema": [{"id": SCHEMA, "type": "JsonSchema"}],
    }


def _issuer(provider: Provider) -> JsonObject:
    return {
        "id": provider.id,
        "type": ["Profile"],
        "name": f"Example Polytechnic number {provider.number} for Engineering and Trades",
        "url": provider.host,
        "email": f"registry@polytechnic{provider.number}.example",
        "phone": "+64 4 555 0100",
        "description": "A public provider of applied, technical and vocational education.",
        "address": {
            "type": ["Address"],
            "addressCountryCode": "NZ",
            "addressRegion": "Wellington Region",
            "addressLocality": "Wellington",
            "streetAddress": "12 Harbour Road",
            "postalCode": "6011",
        },
    }


def _achievement(provider: Provider) -> JsonObject:
    achievement = f"{provider.host}/achievements/pipe-welding"
    return {
        "id": achievement,
        "type": ["Achievement"],
        "achievementType": "MicroCredential",
        "name": "Industrial pipe welding, stainless steel",
        "description": "Plans, prepares and welds stainless steel pipe joints in all positions to "
        "the requirements of the relevant standards, and records and inspects the work.",
        "criteria": {
            "id": f"{achievement}/criteria",
            "narrative": "Three inspected welds in two positions, a written examination of "
            "metallurgy and safety, and a portfolio of records of inspection.",
        },
        "image": {
            "id": f"{achievement}/badge.png",
            "type": "Image",
            "caption": "A weld in a pipe, seen from above",
        },
        "humanCode": "FAB-4021",
        "inLanguage": "en",
        "version": "2026.1",
        "fieldOfStudy": "0715",
        "creditsAvailable": 20,
        "tag": ["welding", "stainless steel", "pipes", "fabrication", "trades"],
        "alignment": [
            {
                "type": ["Alignment"],
                "targetType": "ext:NZQCFLevel",
                "targetFramework": "New Zealand Qualifications and Credentials Framework",
                "targetName": "NZQCF level 4",
                "targetCode": "4",
                "targetUrl": "urn:mcframework:nz-nzqcf:level:4",
            },
            {
                "type": ["Alignment"],
                "targetType": "ceasn:Competency",
                "targetFramework": "Trade competencies",
                "targetName": "Welds pipe in position 6G",
                "targetCode": "WELD-6G",
                "targetUrl": "https://skills.example/competencies/weld-pipe-6g",
            },
            {
                "type": ["Alignment"],
                "targetType": "CFItem",
                "targetFramework": "Trade competencies",
                "targetName": "Reads and drafts isometric drawings",
                "targetCode": "DRAW-ISO",
                "targetUrl": "https://skills.example/competencies/isometric-drawings",
            },
        ],
        "resultDescription": [
            {
                "id": f"{achievement}#credits",
                "type": ["ResultDescription"],
                "name": "NZQCF credits",
                "resultType": "ext:NZQCFCredits",
                "valueMin": "0",
                "valueMax": "20",
                "requiredValue": "10",
            },
            {
                "id": f"{achievement}#grade",
                "type": ["ResultDescription"],
                "name": "Grade",
                "resultType": "LetterGrade",
                "allowedValue": ["C", "B", "A"],
            },
        ],
    }


def status_list(provider: Provider) -> JsonObject:
    """Make up the signed status list of a provider: 131,072 entries, 2 % of them set."""
    bits = bytearray(LIST_BITS // 8)
    for entry in range(LIST_BITS // 50):
        digest = hashlib.sha256(f"{provider.number} {entry}".encode()).digest()
        place = int.from_bytes(digest[:4], "big") % LIST_BITS
        if place % 7:  # No badge of the workload is withdrawn.
            bits[place // 8] |= 0x80 >> place % 8
    document = {
        "@context": [CONTEXTS[0]],
        "id": provider.list_url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": provider.id,
        "validFrom": "2026-11-22T00:00:00Z",
        "validUntil": "2026-11-29T00:00:00Z",
        "credentialSubject": {
            "id": f"{provider.list_url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encode_list(bytes(bits)),
        },
    }
    is_edwards = provider.signer.verification_key.key_type is KeyType.ED25519
    suite = "eddsa-rdfc-2022" if is_edwards else "ecdsa-rdfc-2019"
    return sign(document, provider, CRYPTOSUITES[suite])


def sign(document: JsonObject, provider: Provider, suite: Cryptosuite) -> JsonObject:
    """Sign a document as it is, with a fixed date, so that signatures can be compared."""
    return add_proof(
        document,
        suite=suite,
        signer=provider.signer,
        options=ProofOptions(provider.method, CREATED),
        environment=ENVIRONMENT,
    )


def selective_suite(mandatory: Sequence[str] = MANDATORY) -> EcdsaSd2023:
    """Build ecdsa-sd-2023 with fixed secrets, and with these pointers made mandatory."""
    proof_key = PrivateKeySigner(KeyType.P256, bytes(range(2, 34)))
    return EcdsaSd2023(
        BaseProofSecrets(lambda: proof_key, lambda: bytes(range(32))),
        lambda _document: tuple(mandatory),
    )


def without_lists(document: JsonObject) -> JsonObject:
    """Leave out the list of allowed values: ecdsa-sd-2023 of others cannot sign lists."""
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    described = [
        {name: value for name, value in one.items() if name != "allowedValue"}
        for one in achievement["resultDescription"]
    ]
    achievement = {**achievement, "resultDescription": described}
    return {**document, "credentialSubject": {**subject, "achievement": achievement}}


def world(providers: Iterable[Provider], *, with_registers: bool = True) -> World:
    """Build the world of a reader who has the status lists and the reference register."""
    lists: Mapping[str, JsonObject] = {one.list_url: status_list(one) for one in providers}
    registers = Registers.of((), read_register(schemas.reference_register()))
    return World(
        now=NOW,
        resolver=MappingResolver(lists),
        load_context=schemas.load_context,
        allowed_contexts=schemas.context_urls(),
        registers=(lambda: registers) if with_registers else None,
        verified_lists=VerifiedLists(),
    )


def issuer_of(provider: Provider, suite: Cryptosuite) -> Issuer:
    """Build the issuer of a provider, with its self-check: the verifier with all checks."""
    numbers = iter(range(10**9))
    return Issuer(
        IssuerProfile(provider.id, provider.method, suite, schemas.context_urls()),
        provider.signer,
        ENVIRONMENT,
        fresh=Fresh(lambda: f"urn:uuid:8d7a3c52-6f4f-4b3e-9f38-{next(numbers):012x}", str),
        self_check=release_check(
            MappingResolver({provider.list_url: status_list(provider)}),
            is_generic=False,
            clock=lambda: NOW,
        ),
    )


def request_for(document: JsonObject) -> IssuanceRequest:
    """Ask for a whole credential to be issued."""
    return IssuanceRequest.from_json({"credential": document})
