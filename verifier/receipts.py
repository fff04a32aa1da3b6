"""Receipts: what a verifier found, as a credential that it signs with a key of its own.

A receipt names the document by digests only, and nobody in it.  Signing is not done here: whoever
puts the verifier together hands in what signs, so that no key is where documents are fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from credentials.digests import digest_multibase, multibase_of
from credentials.errors import CredentialError, TallystickError
from credentials.json_types import JsonObject, as_list
from credentials.proofs.content_digest import content_digest
from credentials.proofs.cryptosuite import without_proof
from credentials.timestamps import format_timestamp
from verifier.answers import answer_of
from verifier.checks.world import World
from verifier.grounds import Grounds
from verifier.report import Check
from verifier.sources import Lookups, Source
from verifier.verifier import Inspection

RECEIPT_TYPE = "VerificationReceiptCredential"
CONTEXTS = ("https://www.w3.org/ns/credentials/v2", "urn:tallystick:context:receipt:1")

SignReceipt = Callable[[JsonObject], JsonObject]
"""Makes the signed receipt of a subject that `receipt_subject` built; raises `ReceiptError`."""


class ReceiptError(TallystickError):
    """A receipt cannot be had now; the message is for whoever runs the verifier."""

    code = "RECEIPT_NOT_SIGNED"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked: its bytes as they were given, what came of them, and in which world."""

    data: bytes
    inspection: Inspection
    world: World


def receipt_subject(checked: Checked, grounds: Grounds) -> JsonObject:
    """Build what a receipt says.

    Obligations:

    1. the document is named by the digest of its bytes, and of its canonical content as far as it
       has one; nothing of what it says is in the receipt;
    2. each check stands there with its outcome and its codes, without its words, which may repeat
       what the document says;
    3. what was believed is named with digests, and how each lookup was answered.  The addresses
       of lookups can name people: there are only digests of them.
    """
    report = checked.inspection.report
    # 1.
    members: JsonObject = {
        "type": ["VerificationReceipt"],
        "documentDigest": digest_multibase(checked.data),
        **_content(checked.inspection, checked.world),
        "verdict": report.verdict.value,
        "answer": answer_of(report).value,
        "lookupMode": "when-needed" if isinstance(checked.world.resolver, Lookups) else "offline",
        "judgedAsOf": format_timestamp(report.checked_at.replace(microsecond=0)),
        # 2.
        "results": [_result(check) for check in report.checks],
    }
    # 3.
    lists = {
        "presented": list(_presented(checked)),
        "trustFiles": _once([one.to_json() for one in grounds.trust_files]),
        "registers": _once([one.to_json() for one in grounds.registers]),
        "lookups": _once([_lookup(one) for one in report.sources]),
    }
    return members | {name: items for name, items in lists.items() if items}


def receipt_document(
    subject: JsonObject, *, identifier: str, issuer: str, now: datetime
) -> JsonObject:
    """Build the unsigned receipt of a subject."""
    return {
        "@context": list(CONTEXTS),
        "id": identifier,
        "type": ["VerifiableCredential", RECEIPT_TYPE],
        "issuer": issuer,
        "validFrom": format_timestamp(now.replace(microsecond=0)),
        "credentialSubject": subject,
    }


def is_receipt(document: JsonObject) -> bool:
    """Tell whether a credential says of itself that it is a receipt."""
    return RECEIPT_TYPE in as_list(document.get("type"))


def _content(inspection: Inspection, world: World) -> JsonObject:
    """Name the canonical content; there is none of what cannot be read, or is too entangled."""
    digest = inspection.digest
    if not digest and inspection.document:
        environment = world.for_one_verification().environment.for_one_document()
        try:
            digest = content_digest(without_proof(inspection.document), environment)
        except CredentialError:
            return {}
    return {"contentDigest": multibase_of(digest)} if digest else {}


def _result(check: Check) -> JsonObject:
    decisive = check.decisive
    members: JsonObject = {
        "type": ["CheckResult"],
        "check": check.id,
        "outcome": decisive.outcome.value,
        "code": decisive.code,
    }
    others = {f"{one.outcome.value} {one.code}" for one in check.remarks[1:]}
    others -= {f"{decisive.outcome.value} {decisive.code}"}
    return members | ({"alsoFound": sorted(others)} if others else {})


def _presented(checked: Checked) -> Iterator[JsonObject]:
    for number, one in enumerate(checked.inspection.presented, start=1):
        yield {
            "type": ["PresentedCredential"],
            "place": str(number),
            "verdict": one.report.verdict.value,
            "answer": answer_of(one.report).value,
            **_content(one, checked.world),
        }


def _lookup(source: Source) -> JsonObject:
    members: JsonObject = {
        "type": ["Lookup"],
        "kind": "status-list" if source.is_credential else "other",
        "origin": source.origin.value,
        "addressDigest": digest_multibase(source.url.encode("utf-8")),
    }
    if source.at is not None:
        members["retrievedAt"] = format_timestamp(source.at.replace(microsecond=0))
    return members | ({"code": source.code} if source.code else {})


def _once(items: list[JsonObject]) -> list[JsonObject]:
    """Leave each item once: as linked data, equal ones cannot be told apart."""
    return [one for place, one in enumerate(items) if one not in items[:place]]
