"""Issuing a credential as a signed token instead of with a proof inside it."""

from __future__ import annotations

from datetime import datetime

from credentials.jose.writing import TokenForm, credential_token
from credentials.json_types import JsonObject
from credentials.proofs.cryptosuite import Environment
from issuer.issuer import IssuanceToken, IssuedCredential, Issuer, IssuerProfile, SelfCheck
from issuer.requests import Fresh
from keys.signer import Signer


class TokenIssuer(Issuer):
    """Signs micro-credentials as tokens; the cryptosuite of its profile is not used."""

    def __init__(
        self,
        profile: IssuerProfile,
        signer: Signer,
        environment: Environment,
        *,
        fresh: Fresh,
        self_check: SelfCheck,
        form: TokenForm,
    ) -> None:
        """Take what every issuer takes, and the form of its tokens."""
        super().__init__(profile, signer, environment, fresh=fresh, self_check=self_check)
        self._form = form

    def issue(self, token: IssuanceToken, *, now: datetime) -> IssuedCredential:
        """Sign what was prepared, have the verifier check it, and only then release it.

        `document` of what is issued is the credential in the token, and `data` the token.  Raises
        `IssuanceError` (TOKEN_NOT_USABLE) and whatever the self-check raises.
        """
        document = token.spend(self)
        data = self._token(document, self._signer)
        self._self_check(data)
        return IssuedCredential(document, data, token.warnings)

    def _sign(self, document: JsonObject, signer: Signer, now: datetime) -> JsonObject:
        """Rehearse: a token is made and thrown away, and the document stays as it is."""
        self._token(document, signer)
        return document

    def _token(self, document: JsonObject, signer: Signer) -> bytes:
        key_id = self._profile.verification_method
        made = credential_token(document, form=self._form, key_id=key_id, signer=signer)
        return made.encode("ascii")
