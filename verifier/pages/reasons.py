"""Which code has which explanation.

A code that is not here is explained by its check and its outcome, so nothing stays unexplained.
"""

from __future__ import annotations

from collections.abc import Mapping

from service.pages import N_
from verifier.pages import form_reasons, value_reasons
from verifier.pages.reason_texts import (
    AMBIGUOUS,
    ASK_ISSUER,
    BAD_SIGNATURE,
    CHANGED,
    ELSEWHERE_CHANGED,
    ENDORSEMENT,
    HIDDEN,
    INSIDE,
    INSIDE_OPEN,
    KEY_ENDED,
    LATER,
    LAYOUT,
    LEGACY,
    LEGACY_BROKEN,
    NO_ISSUER_DOCUMENT,
    NOT_LOOKED_AT,
    NOT_ONE,
    NOTE,
    OLD_FORM,
    ORIGINAL,
    PRESENTED,
    REISSUE,
    STACK_OPEN,
    STACK_WRONG,
    STATUS_BROKEN,
    STATUS_STALE,
    STATUS_UNKNOWN,
    STRANGER,
    TOO_MUCH,
    UNKNOWN_METHOD,
    UNSIGNED,
    VALUE,
    VALUE_DOUBT,
    Explanation,
    Owner,
)
from verifier.report import Outcome, Remark

_GROUPS: tuple[tuple[Explanation, str], ...] = (
    (
        CHANGED,
        """
        SIGNATURE_INVALID PROOF_VERIFICATION_ERROR PROOF_VALUE_MALFORMED
        DISCLOSURE_NOT_SIGNED DISCLOSURE_MISMATCH BASE_PROOF_MISMATCH
        PROOF_CONTEXT_MISMATCH
        """,
    ),
    (
        UNSIGNED,
        """
        NO_PROOF TOKEN_UNSIGNED
        """,
    ),
    (
        STRANGER,
        """
        ISSUER_MISMATCH INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD KEY_NOT_FOUND
        INVALID_VERIFICATION_METHOD LEGACY_KEY_OWNER LEGACY_KEY_NOT_LISTED KEY_NOT_NAMED
        """,
    ),
    (
        KEY_ENDED,
        """
        KEY_REVOKED KEY_EXPIRED KEY_ENDED
        """,
    ),
    (
        NO_ISSUER_DOCUMENT,
        """
        KEY_UNRESOLVED ISSUER_UNCONFIRMED HOLDER_KEY_UNRESOLVED UNRESOLVABLE
        LEGACY_UNREACHABLE
        """,
    ),
    (
        UNKNOWN_METHOD,
        """
        UNSUPPORTED_PROOF UNSUPPORTED_X5C UNSUPPORTED_ENVELOPE UNSUPPORTED_DID_METHOD
        UNSUPPORTED_ALGORITHM UNSUPPORTED_KEY_TYPE UNSUPPORTED_OPEN_BADGES_1
        CONTEXT_UNKNOWN UNSUPPORTED_CONFIRMATION UNSUPPORTED_HASH_ALGORITHM
        """,
    ),
    (
        STATUS_UNKNOWN,
        """
        STATUS_RETRIEVAL_ERROR UNKNOWN_STATUS_TYPE UNKNOWN_STATUS_PURPOSE UNKNOWN_STATUS
        STATUS_NESTED
        """,
    ),
    (
        STATUS_BROKEN,
        """
        STATUS_VERIFICATION_ERROR STATUS_LIST_ROLLBACK STATUS_LIST_FORK
        STATUS_LIST_OUTDATED STATUS_LIST_IN_FUTURE STATUS_LIST_TYPE STATUS_MALFORMED
        STATUS_LIST_LENGTH_ERROR STATUS_LIST_MALFORMED
        """,
    ),
    (
        STATUS_STALE,
        """
        STATUS_LIST_STALE STALE_STATUS_LIST STALE_ISSUER_DOCUMENT
        """,
    ),
    (
        LAYOUT,
        """
        VALIDITY_UNREADABLE TIMESTAMP_MALFORMED UNDEFINED_TYPE ISSUER_MALFORMED
        NAMED_SCHEMA_NOT_SATISFIED ISSUER_MISSING CONTEXT_NOT_FIRST
        NULL_VALUE TOKEN_TYPE_MISMATCH TOKEN_CLAIM_FORBIDDEN ENVELOPE_MALFORMED
        TOO_MANY_STATUS_ENTRIES
        """,
    ),
    (
        AMBIGUOUS,
        """
        UNDEFINED_TERM JSON_DUPLICATE_KEY ROUND_TRIP DROPPED_VALUE PROTECTED_TERM
        DATA_LOSS_DETECTION_ERROR CONTEXT_ERROR IMAGE_CREDENTIAL_AMBIGUOUS NODE_SPLIT
        TOKEN_CLAIM_MISMATCH TOKEN_HIDES_CLAIMS
        """,
    ),
    (
        NOT_ONE,
        """
        JSON_SYNTAX JSON_ENCODING JSON_BOM NOT_AN_OBJECT NOT_A_CREDENTIAL EMPTY_INPUT
        IMAGE_WITHOUT_CREDENTIAL IMAGE_NOT_BAKED IMAGE_CREDENTIAL_EMPTY UNSUPPORTED_JPEG
        PNG_SIGNATURE UNSUPPORTED_ZIP
        """,
    ),
    (
        TOO_MUCH,
        """
        TOO_LARGE TOO_DEEP TOO_COMPLEX TOO_MUCH_WORK TOO_MANY_VALUES TOO_MANY_PROOFS
        TOO_MANY_PROOFS_IN_ALL TOO_MANY_LOOKUPS STRING_TOO_LONG IMAGE_TOO_LARGE
        TOO_MANY_VALUES_IN_ALL TOO_MANY_STACK_PROOFS TOO_MANY_CONTEXTS
        TOO_MANY_CREDENTIALS LIMIT_EXCEEDED
        """,
    ),
    (
        HIDDEN,
        """
        SELECTIVELY_DISCLOSED END_UNDISCLOSED START_UNDISCLOSED STATUS_UNDISCLOSED
        RECIPIENT_NOT_DISCLOSED PRESENTED_IN_PARTS
        """,
    ),
    (
        PRESENTED,
        """
        CHALLENGE_NOT_CHECKED AUDIENCE_NOT_CHECKED
        INVALID_CHALLENGE_ERROR INVALID_DOMAIN_ERROR
        """,
    ),
    (
        INSIDE,
        """
        COMPONENT_INVALID
        """,
    ),
    (
        INSIDE_OPEN,
        """
        COMPONENT_UNDECIDED COMPONENT_NOT_CHECKED
        """,
    ),
    (
        ENDORSEMENT,
        """
        ENDORSEMENT_INVALID ENDORSEMENT_UNDECIDED ENDORSEMENT_OF_OTHER
        ENDORSEMENT_OF_OTHER_KIND ENDORSEMENT_NOT_CHECKED TOO_MANY_ENDORSEMENTS
        """,
    ),
    (
        STACK_WRONG,
        """
        STACK_PROOF_MALFORMED STACK_PROOF_DIFFERS STACK_PROOF_CONTRADICTS
        AWARD_CREDITS_EXCEED ASSOCIATION_CYCLE
        """,
    ),
    (
        STACK_OPEN,
        """
        AWARD_COMPONENTS_ABSENT AWARD_NOT_RECOMPUTED AWARD_CREDITS_NOT_COMPARED
        PROOF_REGISTERS_DIFFER
        """,
    ),
    (
        LEGACY,
        """
        LEGACY_OPEN_BADGES_2 LEGACY_UNENCRYPTED LEGACY_DIFFERS LEGACY_ID_DIFFERS
        LEGACY_ID_NOT_WEB LEGACY_BADGE_ELSEWHERE
        """,
    ),
    (
        LEGACY_BROKEN,
        """
        LEGACY_CHANGED LEGACY_ID_MISMATCH LEGACY_OUT_OF_SCOPE LEGACY_VERIFICATION
        LEGACY_TYPE LEGACY_NOT_ON_THE_WEB LEGACY_DOCUMENT_MALFORMED
        """,
    ),
    (
        OLD_FORM,
        """
        LEGACY_DATA_MODEL DRAFT_CRYPTOSUITE
        CONTEXT_OLDER_VERSION
        """,
    ),
    (
        ELSEWHERE_CHANGED,
        """
        EVIDENCE_DIGEST_MISMATCH
        """,
    ),
    (
        NOT_LOOKED_AT,
        """
        EVIDENCE_NOT_CHECKED SCHEMA_NOT_CHECKED STATUS_LIST_UNSIGNED
        RESOURCE_NOT_CHECKED
        """,
    ),
)

_SINGLE: Mapping[str, Explanation] = {
    "REVOKED": Explanation(
        N_("The issuer's list says that this credential was withdrawn for good."),
        Owner.DECIDED,
        N_("Do not rely on it. Only the issuer can say why, and only a new credential mends it."),
    ),
    "SUSPENDED": Explanation(
        N_("The issuer's list says that this credential is on hold for now."),
        Owner.DECIDED,
        N_("Check it again later, or ask the issuer."),
    ),
    "EXPIRED": Explanation(
        N_("The last day that the issuer gave it is over."),
        Owner.HOLDER,
        N_("Ask the person whether the issuer has renewed it."),
    ),
    "NOT_YET_VALID": Explanation(
        N_("The first day that the issuer gave it has not come yet."),
        Owner.DECIDED,
        N_("Check it again when that day has come."),
    ),
    "ISSUER_NOT_LISTED": Explanation(
        N_("The issuer is on none of your lists. That is no fault of the credential."),
        Owner.READER,
        N_("Find out who they are: look the institution up yourself, and compare the address."),
    ),
    "RECIPIENT_MISMATCH": Explanation(
        N_("It is about somebody else than the person you named."),
        Owner.HOLDER,
        N_("Make sure that it belongs to the person in front of you."),
    ),
    "HOLDER_NOT_SUBJECT": Explanation(
        N_("Whoever showed it is not the one that it is about, as far as the keys tell."),
        Owner.READER,
        N_("Ask the person how they came by it."),
    ),
    "STATUS_MESSAGE": Explanation(
        N_("The issuer has attached a message to its status."),
        Owner.READER,
        N_("Read it, and decide whether it matters to you."),
    ),
    "REFRESH_AVAILABLE": Explanation(
        N_("The issuer says that there is a newer one."),
        Owner.HOLDER,
        N_("Ask the person for the newer one."),
    ),
    "KEY_REVOKED_LATER": Explanation(
        N_("The issuer has withdrawn the key since, but it was good when this was signed."),
        Owner.NOBODY,
        N_("There is nothing to do."),
    ),
    "PROOF_CREATED_IN_FUTURE": Explanation(
        N_("By its own date it was signed later than now. The issuer's clock may be wrong."),
        Owner.ISSUER,
        ASK_ISSUER,
    ),
    "DATES_CONTRADICT": Explanation(
        N_("Its dates contradict each other, or it says that it was awarded later than now."),
        Owner.ISSUER,
        ASK_ISSUER,
    ),
    "PROOF_EXPIRED": Explanation(
        N_("The signature itself was only good until a day that is over."), Owner.ISSUER, REISSUE
    ),
    "PROOF_PURPOSE_MISMATCH": Explanation(
        N_("It was signed for another purpose than this, so the signature does not vouch for it."),
        Owner.HOLDER,
        ORIGINAL,
    ),
    "HOLDER_MISMATCH": Explanation(
        N_("The key that signed is not that of the person it names: somebody else may show it."),
        Owner.HOLDER,
        N_("Ask the person to show it again themselves."),
    ),
    "REGISTRY_NOT_READ": Explanation(
        N_("A registry of issuers that this service uses could not be asked."),
        Owner.ELSEWHERE,
        LATER,
    ),
    "COMPONENT_OF_OTHER_SUBJECT": Explanation(
        N_("Something inside is about somebody else, or does not say about whom."),
        Owner.READER,
        N_("Check that one by itself."),
    ),
    "COMPONENT_TWICE": Explanation(
        N_("The same credential stands in this record twice."),
        Owner.READER,
        N_("Count it once."),
    ),
    "NO_CREDENTIAL_PRESENTED": Explanation(
        N_("The person answered, and showed no credential."),
        Owner.HOLDER,
        N_("Ask again for the credential itself."),
    ),
    "LEGACY_NOT_AN_AWARD": Explanation(
        N_("This only describes a badge or an issuer; it was awarded to nobody."),
        Owner.HOLDER,
        N_("Ask for the badge that the person was awarded."),
    ),
}

BY_CODE: Mapping[str, Explanation] = {
    **{
        code: explanation
        for explanation, codes in (*form_reasons.GROUPS, *value_reasons.GROUPS, *_GROUPS)
        for code in codes.split()
    },
    **_SINGLE,
}
"""Explanations by code."""

BY_CHECK: Mapping[str, Explanation] = {
    "document": NOT_ONE,
    "schema": LAYOUT,
    "context": AMBIGUOUS,
    "proof": BAD_SIGNATURE,
    "issuer": STRANGER,
    "validity": LAYOUT,
    "status": STATUS_UNKNOWN,
    "recipient": PRESENTED,
    "endorsement": ENDORSEMENT,
    "value": VALUE,
    "trust": _SINGLE["ISSUER_NOT_LISTED"],
    "resources": ELSEWHERE_CHANGED,
}
"""Explanations of what fails, by check."""

BY_CHECK_UNDECIDED: Mapping[str, Explanation] = {
    **BY_CHECK,
    "document": UNKNOWN_METHOD,
    "schema": NOT_LOOKED_AT,
    "context": UNKNOWN_METHOD,
    "proof": UNKNOWN_METHOD,
    "issuer": NO_ISSUER_DOCUMENT,
    "value": VALUE_DOUBT,
    "resources": NOT_LOOKED_AT,
}
"""Explanations of what stayed open, by check."""

BY_CHECK_REMARKED: Mapping[str, Explanation] = {
    **dict.fromkeys(BY_CHECK, NOTE),
    "endorsement": ENDORSEMENT,
    "value": VALUE_DOUBT,
    "trust": _SINGLE["ISSUER_NOT_LISTED"],
    "resources": NOT_LOOKED_AT,
}
"""Explanations of what is only remarked, by check."""

BY_OUTCOME = {
    Outcome.FAILED: BY_CHECK,
    Outcome.INDETERMINATE: BY_CHECK_UNDECIDED,
    Outcome.WARNING: BY_CHECK_REMARKED,
}
"""Explanations by outcome and check, for codes that have none of their own."""


def explanation_of(check_id: str, remark: Remark) -> Explanation:
    """Explain a remark of a check that is not simply in order."""
    return BY_CODE.get(remark.code, BY_OUTCOME[remark.outcome][check_id])
