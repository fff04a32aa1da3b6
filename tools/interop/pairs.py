"""Which client is asked about which form, and how."""

from __future__ import annotations

import base64
import copy
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from credentials.baking.images import credential_in
from keys.verification_key import VerificationKey
from tools.interop.installing import converse
from tools.interop.ourselves import Document, Workshop, contexts

Verdict = tuple[bool, str]
"""Whether something was accepted, and why not."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A client and a form, with the ways to ask."""

    client: str
    form: str
    we_issue: Callable[[Workshop], Document]
    they_verify: Callable[[Workshop, Document], Verdict] | None
    they_issue: Callable[[Workshop], Document] | None
    note: str = ""
    options: tuple[str, ...] = ()
    """Options with which we verify what they issue."""


def altered(document: Document) -> Document:
    """Replace a text in a document and leave its signature as it is."""
    if isinstance(document, str):
        header, _payload, rest = document.split(".", 2)
        changed = json.dumps(_renamed(_members(document))).encode()
        return f"{header}.{base64.urlsafe_b64encode(changed).decode().rstrip('=')}.{rest}"
    if isinstance(document, bytes):
        return document.replace(b"stainless", b"stainlesz").replace(b"Beekeeping", b"Beekeepink")
    return _renamed(document)


def _members(document: Document) -> dict[str, Any]:
    """Read what a credential says, whatever form it has."""
    if isinstance(document, str):
        payload = document.split(".")[1]
        return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return json.loads(credential_in(document)) if isinstance(document, bytes) else document


def _renamed(document: dict[str, Any]) -> dict[str, Any]:
    """Give a credential, or what is in the claim "vc", another name."""
    changed = copy.deepcopy(document)
    credential = changed.get("vc", changed)
    subject = credential.get("credentialSubject")
    target = subject["achievement"] if isinstance(subject, dict) else credential
    target["name"] = f"{target.get('name', '')} with distinction"
    return changed


def unsigned(shop: Workshop) -> dict[str, Any]:
    """Take our example without its proof, as a credential for others to sign."""
    document = shop.issue()
    if not isinstance(document, dict):
        raise TypeError("The example is issued as JSON.")
    return {name: value for name, value in document.items() if name != "proof"}


def verify_by(program: str, **further: Any) -> Callable[[Workshop, Document], Verdict]:
    """Have a client verify."""

    def ask(_shop: Workshop, document: Document) -> Verdict:
        request = {"task": "verify", "contexts": contexts(), "documents": {}, **further}
        answer = converse(program, request | {"document": _sent(document)} | _issuer(document))
        return bool(answer["accepted"]), str(answer["detail"])

    return ask


def issue_by(program: str, **further: Any) -> Callable[[Workshop], Document]:
    """Have a client issue."""

    def ask(shop: Workshop) -> Document:
        request = {"task": "issue", "contexts": contexts(), "documents": {}, **further}
        answer = converse(program, request | {"credential": unsigned(shop)})
        if "document" not in answer:
            raise RuntimeError(f"{program} did not issue: {answer}")
        return _received(answer["document"])

    return ask


def issue(
    *options: str, key_type: str = "ed25519", suffix: str = ".json"
) -> Callable[[Workshop], Document]:
    """Issue by our command."""
    return lambda shop: shop.issue(*options, key_type=key_type, suffix=suffix)


def derived(
    issued: Callable[[Workshop], Document], *, by: str | None = None
) -> Callable[[Workshop], Document]:
    """Have somebody disclose parts of what was issued for that: a client, or our command."""

    def ask(shop: Workshop) -> Document:
        document = issued(shop)
        if by is None:
            return shop.derive(document, *SELECTIVE)
        request = {"task": "derive", "contexts": contexts(), "documents": {}}
        given = {"document": document, "selectivePointers": list(SELECTIVE)}
        answer = converse(by, request | given)
        if "document" not in answer:
            raise RuntimeError(f"{by} did not derive: {answer}")
        return _received(answer["document"])

    return ask


def verify_sd_jwt(_shop: Workshop, document: Document) -> Verdict:
    """Have the SD-JWT client verify a presentation, with the keys that it names."""
    members = _members(document)
    issuer = VerificationKey.from_multikey(members["iss"].removeprefix("did:key:"))
    request = {
        "task": "verify",
        "token": document,
        "jwk": issuer.to_jwk(),
        "algorithm": "ES256",
        "holderJwk": members["cnf"]["jwk"],
        "holderAlgorithm": "ES256",
        "nonce": NONCE,
    }
    answer = converse(SD_JWT, request)
    return bool(answer["accepted"]), str(answer["detail"])


def issue_sd_jwt(_shop: Workshop) -> Document:
    """Have the SD-JWT client issue, and present what it issued."""
    now = int(time.time())
    payload = {"vct": "https://institute.example/course", "iat": now, "course": "Beekeeping"}
    request = {"task": "issue", "payload": payload, "disclosable": ["course"], "iat": now}
    answer = converse(SD_JWT, request | {"nonce": NONCE, "audience": AUDIENCE})
    return _received(answer["presented"])


def _sent(document: Document) -> dict[str, Any] | str:
    return base64.b64encode(document).decode() if isinstance(document, bytes) else document


def _received(document: dict[str, Any] | str) -> Document:
    is_text = isinstance(document, str) and not document.startswith("eyJ")
    return base64.b64decode(document) if is_text else document


def _issuer(document: Document) -> dict[str, Any]:
    """Tell the issuer of a credential, for clients that want to know whom to expect."""
    members = _members(document)
    if "iss" in members:
        return {"issuer": members["iss"]}
    issuer = members["issuer"]
    return {"issuer": issuer["id"] if isinstance(issuer, dict) else issuer}


DIGITAL_BAZAAR = "digitalbazaar.mjs"
SD_JWT = "sd_jwt_vc.mjs"
NONCE, AUDIENCE = "n-0S6_WzA2Mj", "https://employer.example"
SELECTIVE_SUITE = "ecdsa-sd-2023"
SELECTIVE = ("/name",)
"""What a holder discloses beside what is mandatory."""

MANDATORY = (
    "/issuer",
    "/validFrom",
    "/credentialSubject/identifier",
    "/credentialSubject/achievement",
    "/credentialSubject/creditsEarned",
    "/credentialSubject/result",
)
"""What others make mandatory; our own issuer knows it by itself."""

UNDISCLOSED = (
    "Whether something was left out of what a holder derives is unknown; we verify with "
    "`--accept-undisclosed`, because the example has neither an end nor a status."
)
WE_ISSUE_FOR_HOLDERS = issue("--suite", SELECTIVE_SUITE, key_type="p256")
THEY_ISSUE_FOR_HOLDERS = issue_by(
    DIGITAL_BAZAAR, suite=SELECTIVE_SUITE, mandatoryPointers=list(MANDATORY)
)
OFFLINE = "`@digitalcredentials/verifier-core` loads by `fetch`, replaced before its import."
CONTEXTS = "`openvc-core` knows the contexts of Open Badges only if they are handed to it."

PAIRS = (
    *(
        Pair(
            "@digitalbazaar/vc",
            suite,
            issue("--suite", suite, key_type=key_type),
            verify_by(DIGITAL_BAZAAR, suite=suite),
            issue_by(DIGITAL_BAZAAR, suite=suite),
        )
        for suite, key_type in (("eddsa-rdfc-2022", "ed25519"), ("ecdsa-rdfc-2019", "p256"))
    ),
    *(
        Pair(
            "@digitalbazaar/vc",
            f"{SELECTIVE_SUITE}, derived by {holder}",
            derived(WE_ISSUE_FOR_HOLDERS, by=ours),
            verify_by(DIGITAL_BAZAAR, suite=SELECTIVE_SUITE),
            derived(THEY_ISSUE_FOR_HOLDERS, by=theirs),
            UNDISCLOSED,
            ("--accept-undisclosed",),
        )
        for holder, ours, theirs in (
            ("its issuer's software", None, DIGITAL_BAZAAR),
            ("the other one's", DIGITAL_BAZAAR, None),
        )
    ),
    Pair(
        "@digitalcredentials/verifier-core",
        "eddsa-rdfc-2022",
        issue(),
        verify_by("verifier_core.mjs"),
        None,
        OFFLINE,
    ),
    Pair(
        "@digitalcredentials/verifier-core",
        "eddsa-rdfc-2022 and Ed25519Signature2020",
        issue("--suite", "eddsa-rdfc-2022", "--suite", "Ed25519Signature2020"),
        verify_by("verifier_core.mjs"),
        None,
        OFFLINE,
    ),
    Pair(
        "openvc-core",
        "eddsa-rdfc-2022",
        issue(),
        verify_by("openvc_client.py"),
        issue_by("openvc_client.py"),
        CONTEXTS,
    ),
    Pair(
        "openbadgeslib",
        "eddsa-rdfc-2022",
        issue(),
        verify_by("openbadgeslib_client.py", form="json"),
        issue_by("openbadgeslib_client.py", form="json"),
    ),
    Pair(
        "openbadgeslib",
        "eddsa-rdfc-2022, baked into SVG",
        lambda shop: shop.bake(shop.issue()),
        verify_by("openbadgeslib_client.py", form="svg"),
        issue_by("openbadgeslib_client.py", form="svg"),
    ),
    Pair(
        "openbadgeslib",
        "JWT of Open Badges 3.0, ES256",
        issue("--jwt", key_type="p256", suffix=".jwt"),
        verify_by("openbadgeslib_client.py", form="jwt"),
        issue_by("openbadgeslib_client.py", form="jwt"),
    ),
    Pair(
        "@sd-jwt/sd-jwt-vc",
        "SD-JWT VC, ES256, bound to its holder",
        lambda shop: shop.present(NONCE, AUDIENCE),
        verify_sd_jwt,
        issue_sd_jwt,
        options=("--nonce", NONCE, "--audience", AUDIENCE),
    ),
)
"""Every client with every form that both sides have."""
