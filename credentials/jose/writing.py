"""Writing a credential as a signed token, in the forms that others read."""

from __future__ import annotations

from enum import StrEnum

from credentials.data_model.credential import credential_version
from credentials.errors import ProofGenerationError
from credentials.jose.claims import claims_repeating
from credentials.jose.compact import TokenSigner, sign_token
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json


class TokenForm(StrEnum):
    """How a credential is put into a token."""

    OPEN_BADGES = "jwt"
    """The type JWT: the credential with the claims that repeat it (Open Badges 3.0 section 8.2).

    A credential of version 1.1 stands in the claim `vc` (VCDM 1.1 section 6.3.1)."""

    DATA_MODEL = "vc+jwt"
    """The type vc+jwt: nothing but a credential of version 2.0 (VC-JOSE-COSE 1.0 section 3.1)."""


MEDIA_TYPES = {
    TokenForm.OPEN_BADGES: "application/jwt",
    TokenForm.DATA_MODEL: "application/vc+jwt",
}
"""Media types of the forms, as in the data: URL of an envelope."""


def credential_token(
    document: JsonObject, *, form: TokenForm, key_id: str, signer: TokenSigner
) -> str:
    """Sign a credential as a token; `key_id` is the URL of the verification method.

    Proofs that are in the document stay in it (Open Badges 3.0 section 8.2: they come first).
    Raises `ProofGenerationError` (TOKEN_NOT_POSSIBLE) for a credential that the form cannot hold.
    """
    version = credential_version(document)
    if form is TokenForm.DATA_MODEL:
        if version != "2.0":
            raise _not_possible("Only credentials of version 2.0 are put into vc+jwt tokens.")
        header, payload = {"typ": "vc+jwt", "cty": "vc"}, document
    else:
        claims = claims_repeating(document)
        if missing := sorted({"iss", "jti", "nbf"} - claims.keys()):
            raise _not_possible(f"The token would lack claims ({', '.join(missing)}).")
        header = {"typ": "JWT"}
        payload = {**document, **claims} if version == "2.0" else {"vc": document, **claims}
    return sign_token({"kid": key_id, **header}, serialize_json(payload), signer)


def _not_possible(why: str) -> ProofGenerationError:
    return ProofGenerationError(
        f"The credential cannot be issued as such a token. {why}", code="TOKEN_NOT_POSSIBLE"
    )
