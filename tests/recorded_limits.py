"""Where each limit stops the verification of each form in which a credential comes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

from credentials.limits import Limits
from credentials.strict_json import serialize_json
from tests.credentials.baking.images import element, itxt, packed_text, png, svg
from tests.credentials.webvh.logs import SIGNING, WITNESS, Log, witnesses
from tests.factories import LIST_URL, NOW, check, sign, status_entry, status_list, unsigned
from tests.stacking.stacks import REGISTERS
from tests.verifier import legacy_badges as legacy
from tests.verifier.sd_jwts import (
    AUDIENCE,
    NONCE,
    STATUS,
    badge_claims,
    issued,
    presented,
    status_token,
)
from tests.verifier.test_awards import UNIVERSITY, award, record, signed, unsigned_award
from tests.verifier.tokens import badge_token, credential_token, enveloped, presentation_token

Case = tuple[str, Any]
Form = tuple[bytes, dict[str, Any]]

MOST = 256
"""Largest limit that is tried."""

PARSING = ("document_bytes", "depth", "values", "string_characters")
PROVING = (
    *("canonicalized_values", "quads", "blank_nodes", "proofs_altogether", "value_claims"),
    *("contexts", "contexts_in_one_place"),
)
PROOFS = ("proofs", "proof_value_characters")
TOKENS = ("token_header_characters", "token_signature_characters")
IMAGES = ("image_bytes", "image_chunks", "image_side", "image_unpacked_bytes", "image_markup")
V2 = "https://www.w3.org/ns/credentials/v2"


def with_status() -> Form:
    entries = [status_entry("5"), status_entry("6")]
    document = sign(unsigned(credentialStatus=entries, type=["VerifiableCredential"]))
    return serialize_json(document), {LIST_URL: status_list()}


def by_webvh() -> Form:
    log = Log(witness=witnesses(WITNESS, threshold=1)).add()
    document = unsigned(issuer={"id": log.did, "type": ["Profile"]})
    signed_by_it = sign(document, signer=SIGNING, verification_method=f"{log.did}#key-1")
    place = "https://uni.example/welding/did"
    documents = {f"{place}.jsonl": log.entries, f"{place}-witness.json": [log.approved(2, WITNESS)]}
    return serialize_json(signed_by_it), documents


def of_two_awards() -> Form:
    second = sign({**unsigned_award(), "id": "urn:x:second"}, signer=UNIVERSITY)
    whole = record(award(), signed("one"), signed("two"), second)
    return serialize_json(whole), {}


def in_presentation() -> Form:
    document = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [sign(unsigned()), enveloped(badge_token())],
    }
    return serialize_json(sign(document, proof_purpose="authentication")), {}


FORMS: dict[str, tuple[Callable[[], Form], tuple[str, ...]]] = {
    "badge with status": (
        with_status,
        (*PARSING, *PROVING, *PROOFS, "status_entries", "status_list_bytes"),
    ),
    "badge of a did:webvh": (by_webvh, ("history_values", "proofs_altogether")),
    "record of two awards": (
        of_two_awards,
        ("proofs_altogether", "value_claims", "stack_proofs", "embedded_credentials"),
    ),
    "presentation": (in_presentation, (*PROVING, *TOKENS, "embedded_credentials")),
    "badge as a token": (lambda: (badge_token(), {}), (*PARSING, *PROVING, *TOKENS)),
    "token around a proof": (
        lambda: (credential_token(sign(unsigned())), {}),
        ("blank_nodes", "proofs_altogether", *PROOFS),
    ),
    "presentation as a token": (
        lambda: (presentation_token(enveloped(badge_token())), {}),
        (*PROVING, *TOKENS, "embedded_credentials"),
    ),
    "SD-JWT": (
        lambda: (
            presented(issued(badge_claims(status=STATUS))).to_compact().encode(),
            {LIST_URL: status_token()},
        ),
        (*PARSING, *TOKENS, "proofs_altogether", "value_claims", "status_list_bytes"),
    ),
    "PNG": (lambda: (png(itxt(badge_token().decode())), {}), (*IMAGES, "document_bytes")),
    "packed PNG": (lambda: (png(packed_text(badge_token())), {}), IMAGES),
    "SVG": (lambda: (svg(element(badge_token().decode())), {}), (*IMAGES, "document_bytes")),
    "hosted legacy badge": (
        lambda: (serialize_json(legacy.assertion()), legacy.published()),
        (*PARSING, "legacy_lookups"),
    ),
    "signed legacy badge": (
        lambda: (legacy.token(legacy.signed_assertion()), legacy.published()),
        (*PARSING, *TOKENS, "legacy_lookups"),
    ),
}


@cache
def form(name: str) -> Form:
    return FORMS[name][0]()


def limited(name: str) -> Iterator[Case]:
    """Record the verdict under each limit of nothing and of one, and from where on it is usual."""
    data, documents = form(name)

    def at(limit: str, most: int) -> str:
        return told(data, documents, Limits(**{limit: most}), name)

    usual = told(data, documents, Limits(), name)
    yield "usual", usual
    for limit in FORMS[name][1]:
        found = [at(limit, most) for most in (0, 1)]
        yield limit, ["as usual" if one == usual else one for one in found]
        if not limit.endswith(("bytes", "characters")):
            least = bisect_left(range(MOST), True, key=lambda most: at(limit, most) == usual)
            yield f"{limit}, at least", least


def told(data: bytes, documents: dict[str, Any], limits: Limits, name: str) -> str:
    """Name the verdict and whatever is more than passed."""
    asked = {"expected_challenge": NONCE, "expected_domain": AUDIENCE}
    report = check(
        data,
        documents,
        limits=limits,
        registers=REGISTERS,
        now=NOW,
        **(asked if name == "SD-JWT" else {}),
    )
    weighty = {
        f"{one.id} {remark.outcome} {remark.code} {remark.pointer}".strip()
        for one in report.checks
        for remark in one.remarks
        if remark.outcome not in ("passed", "skipped")
    }
    return "; ".join([report.verdict, *sorted(weighty)])


AREAS: dict[str, Callable[[], Iterator[Case]]] = {
    f"limits of {name}": partial(limited, name) for name in FORMS
}
