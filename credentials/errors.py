"""The error tree of Tallystick: one root, one stable code for each kind of failure.

Every class carries a `code` (stable, upper case, part of the public interface) and, where the
W3C defines one, a `problem_type` URL.  An instance may name a more precise code and the JSON
pointer of the place that is wrong.  Messages are written for people and never contain key
material, tokens or a learner's claims.

Sources: VC Data Model 2.0 section 7.2 (problem details), VC Data Integrity 1.0 section 4.7,
Controlled Identifiers 1.0 section 3.5, Bitstring Status List 1.0 section 3.5.
"""

from __future__ import annotations

VC_PROBLEM = "https://www.w3.org/TR/vc-data-model#"
SECURITY_PROBLEM = "https://w3id.org/security#"
STATUS_PROBLEM = "https://www.w3.org/ns/credentials/status-list#"


class TallystickError(Exception):
    """Root of everything that Tallystick raises on purpose."""

    code = "TALLYSTICK_ERROR"
    problem_type = "about:blank"

    def __init__(self, message: str, *, code: str | None = None, pointer: str = "") -> None:
        """Describe what happened; `pointer` is an RFC 6901 JSON pointer into the input."""
        super().__init__(message)
        self.message = message
        self.pointer = pointer
        if code is not None:
            self.code = code


class CredentialError(TallystickError):
    """A credential, a presentation or a part of one is not what it must be."""

    code = "CREDENTIAL_ERROR"


class ParsingError(CredentialError):
    """The bytes are not the JSON that a credential is made of."""

    code = "PARSING_ERROR"
    problem_type = VC_PROBLEM + "PARSING_ERROR"


class LimitExceededError(ParsingError):
    """The input is larger, deeper or more entangled than a documented limit allows."""

    code = "LIMIT_EXCEEDED"


class ImageError(ParsingError):
    """An image is damaged, or does not hold exactly one credential where it must be."""

    code = "IMAGE_ERROR"


class MalformedValueError(CredentialError):
    """A value does not have the form that its specification requires."""

    code = "MALFORMED_VALUE_ERROR"
    problem_type = VC_PROBLEM + "MALFORMED_VALUE_ERROR"


class SchemaError(MalformedValueError):
    """A document does not satisfy the JSON Schema of its class."""

    code = "SCHEMA_ERROR"


class DataLossError(MalformedValueError):
    """Something in the document would vanish, or change meaning, before it is signed."""

    code = "DATA_LOSS_DETECTION_ERROR"
    problem_type = SECURITY_PROBLEM + "DATA_LOSS_DETECTION_ERROR"


class ContextError(MalformedValueError):
    """A JSON-LD context is unknown, in the wrong place or not allowed."""

    code = "CONTEXT_ERROR"


class ValueRangeError(CredentialError):
    """A value has the right form and lies outside the range that is allowed."""

    code = "RANGE_ERROR"
    problem_type = VC_PROBLEM + "RANGE_ERROR"


class IssuanceError(CredentialError):
    """A credential cannot be issued as requested."""

    code = "ISSUANCE_ERROR"


class ProofGenerationError(IssuanceError):
    """A proof could not be made."""

    code = "PROOF_GENERATION_ERROR"
    problem_type = SECURITY_PROBLEM + "PROOF_GENERATION_ERROR"


class VerificationError(CredentialError):
    """A credential could not be verified; the only thing that verifying raises."""

    code = "VERIFICATION_ERROR"


class InvalidProofError(VerificationError):
    """The cryptographic proof does not hold."""

    code = "PROOF_VERIFICATION_ERROR"
    problem_type = SECURITY_PROBLEM + "PROOF_VERIFICATION_ERROR"


class IssuerBindingError(VerificationError):
    """Nothing ties the key that signed to the party that is said to have signed."""

    code = "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD"
    problem_type = SECURITY_PROBLEM + "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD"


class PresentationError(VerificationError):
    """A presentation answers another question than the one that was asked."""

    code = "INVALID_CHALLENGE_ERROR"
    problem_type = SECURITY_PROBLEM + "INVALID_CHALLENGE_ERROR"


class StatusError(VerificationError):
    """A status list, or an entry that points to one, is not usable."""

    code = "STATUS_VERIFICATION_ERROR"
    problem_type = STATUS_PROBLEM + "STATUS_VERIFICATION_ERROR"


class StatusRetrievalError(StatusError):
    """A status list cannot be had."""

    code = "STATUS_RETRIEVAL_ERROR"
    problem_type = STATUS_PROBLEM + "STATUS_RETRIEVAL_ERROR"


class StatusListLengthError(StatusError):
    """A status list has too few entries for one of them to hide among."""

    code = "STATUS_LIST_LENGTH_ERROR"
    problem_type = STATUS_PROBLEM + "STATUS_LIST_LENGTH_ERROR"


class IndeterminateError(VerificationError):
    """A check could not be carried out, so nothing may be concluded from it."""

    code = "INDETERMINATE"
