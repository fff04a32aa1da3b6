"""What can be wrong with a key, with a place where keys are kept, or with who a key belongs to."""

from __future__ import annotations


class KeyMaterialError(ValueError):
    """Root of the errors about keys; `code` is stable, the message never holds key material."""

    code = "KEY_MATERIAL_ERROR"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        """Describe what is wrong; `code` may be more precise than that of the class."""
        super().__init__(message)
        if code is not None:
            self.code = code


class UnsupportedKeyTypeError(KeyMaterialError):
    """The key is of a kind that this software does not use."""

    code = "UNSUPPORTED_KEY_TYPE"


class MalformedKeyError(KeyMaterialError):
    """The encoding of a key, or of a multibase value, is not exactly what it must be."""

    code = "MALFORMED_KEY"


class LowOrderKeyError(MalformedKeyError):
    """The Ed25519 key is of low order: one signature would fit every message."""

    code = "LOW_ORDER_KEY"


class SignatureMismatchError(KeyMaterialError):
    """The signature does not hold for this message and this key."""

    code = "SIGNATURE_INVALID"


class KeyNotFoundError(KeyMaterialError):
    """There is no key at the named place."""

    code = "KEY_NOT_FOUND"


class KeyPermissionError(KeyMaterialError):
    """A secret lies where others can read it."""

    code = "KEY_PERMISSIONS"


class WrongPassphraseError(KeyMaterialError):
    """The passphrase or the key-encryption key does not open the key, or the file was changed."""

    code = "WRONG_PASSPHRASE"


class ControllerDocumentError(KeyMaterialError):
    """A controller document does not say what it must (Controlled Identifiers 1.0 section 3.5)."""

    code = "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT"


class UnresolvableError(KeyMaterialError):
    """A document could not be had, so nothing may be concluded from it."""

    code = "UNRESOLVABLE"


class SignerUnreachableError(KeyMaterialError):
    """The process that holds the key is not there, or does not answer; it may be back soon."""

    code = "SIGNER_UNREACHABLE"


class SignerRefusedError(KeyMaterialError):
    """The process that holds the key does not sign this; `is_busy` says that it may do so soon."""

    code = "SIGNER_REFUSED"

    def __init__(self, message: str, *, code: str | None = None, is_busy: bool = False) -> None:
        """Describe what was refused."""
        super().__init__(message, code=code)
        self.is_busy = is_busy
