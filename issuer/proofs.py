"""Which proofs an issuer makes together, and what a holder may hide of a credential."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from credentials.errors import IssuanceError
from credentials.findings import Finding
from credentials.json_types import JsonObject, JsonValue, pointed, pointer_token
from credentials.proofs.cryptosuite import Cryptosuite
from credentials.proofs.ed25519_signature_2020 import CONTEXT, ED25519_SIGNATURE_2020
from credentials.proofs.registry import SELECTIVE

OUTSIDE_POINTERS = frozenset({"@context", "id", "proof", "type"})
"""Members that every selection has anyway, and the proofs that are not part of any."""

SUBJECT = "credentialSubject"
LEFT_TO_HOLDER = frozenset(
    {
        "activityEndDate",
        "activityStartDate",
        "identifier",
        "image",
        "licenseNumber",
        "narrative",
        "role",
        "source",
        "term",
    }
)
"""Members of a subject that a holder may leave out: who it is and how it came about.

Everything else must be shown: hidden, it could change whether the credential is in force, what it
is worth, or what it was made of.  Open Badges ask for an id or an identifier, so that an identifier
must be shown where there is no id."""

UNSEEN = {
    "validUntil": "Without validUntil, whoever sees parts of this cannot tell whether an end was "
    "left out, and will not call it valid. State an end.",
    "credentialStatus": "Without credentialStatus, whoever sees parts of this cannot tell whether "
    "a status was left out, and will not call it valid. State a status.",
}
"""What a reader misses in a derived credential, and what the issuer can do about it."""


def require_together(suites: Sequence[Cryptosuite]) -> None:
    """Refuse sets of proofs that readers could not use.

    Obligations: 1. no suite twice; 2. a base proof of ecdsa-sd-2023 stands alone, since no other
    proof fits what is derived from it; 3. Ed25519Signature2020, which only old wallets need, stands
    beside a proof of today.  Raises `IssuanceError` (PROOFS_NOT_TOGETHER).
    """
    names = [suite.name for suite in suites]
    # 1.
    if len(set(names)) < len(names):
        raise _not_together("The same kind of proof is asked for twice.")
    # 2.
    if SELECTIVE in names and len(names) > 1:
        raise _not_together(f"{SELECTIVE} stands alone: no other proof fits parts.")
    # 3.
    if names == [ED25519_SIGNATURE_2020.name]:
        raise _not_together(
            f"{ED25519_SIGNATURE_2020.name} is for old wallets, beside another proof. Name both."
        )


def with_contexts_for(suites: Sequence[Cryptosuite], document: JsonObject) -> JsonObject:
    """Add the context that a proof type needs (vc-di-eddsa section 3.1) behind the document's."""
    contexts = document.get("@context")
    if ED25519_SIGNATURE_2020 not in suites or not isinstance(contexts, list):
        return document
    return document if CONTEXT in contexts else {**document, "@context": [*contexts, CONTEXT]}


def notes_on(suites: Sequence[Cryptosuite], document: JsonObject) -> Iterator[Finding]:
    """Warn of what readers of a derived credential will miss."""
    if SELECTIVE not in [suite.name for suite in suites]:
        return
    for member, text in UNSEEN.items():
        if member not in document:
            clause = "docs/selective-disclosure.md"
            yield Finding(f"UNDISCLOSED_{member.upper()}", f"/{member}", text, clause, "warning")


def always_shown(further: Sequence[str] = ()) -> Callable[[JsonObject], tuple[str, ...]]:
    """Build the rule that gives a document's mandatory pointers; `further` ones come behind."""

    def mandatory_pointers(document: JsonObject) -> tuple[str, ...]:
        found = (*_pointers(document), *further)
        return tuple(dict.fromkeys(found))

    return mandatory_pointers


def _pointers(document: JsonObject) -> Iterator[str]:
    for name in document:
        if name != SUBJECT and name not in OUTSIDE_POINTERS:
            yield f"/{pointer_token(name)}"
    for place, subject in pointed(document.get(SUBJECT), f"/{SUBJECT}"):
        yield from _subject_pointers(subject, place)


def _subject_pointers(subject: JsonValue, place: str) -> Iterator[str]:
    if not isinstance(subject, dict):
        yield place
        return
    left = LEFT_TO_HOLDER if "id" in subject else LEFT_TO_HOLDER - {"identifier"}
    for name in subject:
        if name not in left and name not in OUTSIDE_POINTERS:
            yield f"{place}/{pointer_token(name)}"


def _not_together(why: str) -> IssuanceError:
    return IssuanceError(why, code="PROOFS_NOT_TOGETHER")
