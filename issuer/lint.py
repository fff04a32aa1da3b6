"""What is checked before anything is signed, one rule after the other.

The rules are those of the verifier's room-independent core, so that an issuer never signs what a
reader would have to refuse, and the issuer's own, which are stricter.
"""

from __future__ import annotations

from credentials.data_model.credential import credential_findings
from credentials.document_rules import document_findings
from credentials.errors import CredentialError, IssuanceError
from credentials.findings import Finding, errors_among
from credentials.json_types import JsonObject, as_list
from credentials.level_credit import value_findings
from credentials.limits import Limits
from credentials.linked_data.reading import faithful_findings
from credentials.open_badges import open_badge_findings, open_badges_class
from credentials.proofs.cryptosuite import Environment

STATUS_LIST_TYPES = frozenset({"BitstringStatusListCredential", "StatusList2021Credential"})
"""Credentials that say which others hold; whoever may ask for credentials may not ask for these."""


class LintError(IssuanceError):
    """A prepared credential breaks rules; `findings` lists all of them."""

    code = "LINT_ERROR"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """Describe the first finding and keep all."""
        first = findings[0]
        more = f" ({len(findings) - 1} more)" if len(findings) > 1 else ""
        super().__init__(first.message + more, code=first.code, pointer=first.pointer)
        self.findings = findings


def lint(
    document: JsonObject,
    *,
    allowed_contexts: frozenset[str],
    environment: Environment,
    further: tuple[Finding, ...] = (),
    is_generic: bool = False,
) -> tuple[Finding, ...]:
    """Check an unsigned credential; raise `LintError` if it must not be signed.

    Obligations, in this order; the first four are checked together:

    1. the rules of every document, the data model, the Open Badges classes;
    2. contexts are pinned and in order;
    3. stated values are possible;
    4. it carries no proof yet, and is an Open Badge unless the issuer is generic;
    5. nothing would be lost in signing (JSON-LD safe mode and round trip).

    A generic issuer signs any credential, also one with contexts of its own beside the named ones.
    What the framework registers found comes in as `further`.  Returns the warnings.
    """
    # 1. to 4.
    contexts, loss = _faithful(document, allowed_contexts, environment, is_generic)
    found = _findings(document, contexts, environment.limits, is_generic=is_generic)
    findings = (*found, *further)
    if errors_among(findings):
        raise LintError(errors_among(findings))
    # 5.
    if loss is not None:
        finding = Finding(loss.code, loss.pointer, loss.message, "VC Data Integrity 1.0 §2.4.1")
        raise LintError((finding,)) from loss
    return findings


def _faithful(
    document: JsonObject,
    allowed_contexts: frozenset[str],
    environment: Environment,
    allows_inline: bool,
) -> tuple[tuple[Finding, ...], CredentialError | None]:
    """Judge the contexts, and find what would be lost."""
    try:
        findings = faithful_findings(
            document,
            load_context=environment.load_context,
            allowed_contexts=allowed_contexts,
            allows_inline=allows_inline,
            limits=environment.limits,
        )
    except CredentialError as error:
        return (), error
    return findings, None


def _findings(
    document: JsonObject, contexts: tuple[Finding, ...], limits: Limits, *, is_generic: bool
) -> tuple[Finding, ...]:
    return (
        *document_findings(document, limits),
        *credential_findings(document),
        *open_badge_findings(document),
        *contexts,
        *value_findings(document),
        *_house_rules(document, is_generic=is_generic),
    )


def _house_rules(document: JsonObject, *, is_generic: bool) -> tuple[Finding, ...]:
    found = []
    if not is_generic and open_badges_class(document) is None:
        text = "This issuer signs Open Badges 3.0; the type OpenBadgeCredential is missing."
        found.append(Finding("NOT_AN_OPEN_BADGE", "/type", text, "Open Badges 3.0 §B.1.1"))
    if not STATUS_LIST_TYPES.isdisjoint(map(str, as_list(document.get("type")))):
        text = "A status list is published from its ledger, which knows what was withdrawn."
        found.append(Finding("STATUS_LIST_REQUESTED", "/type", text, "Bitstring Status List §2.2"))
    if "proof" in document:
        text = "The credential carries a proof already; what is issued gets its own."
        found.append(Finding("ALREADY_SIGNED", "/proof", text, "VC-API §3.2"))
    return tuple(found)
