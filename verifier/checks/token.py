"""Part of check "proof": the signature of the token that a document came in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from credentials.errors import CredentialError, IndeterminateError
from credentials.jose.compact import CompactToken, verify_token
from credentials.jose.contents import TokenContents
from credentials.json_types import JsonObject, id_of
from credentials.proofs.proof_sets import SecuredProof
from credentials.timestamps import format_timestamp
from keys.controller_document import ResolvedKey
from keys.errors import KeyMaterialError, MalformedKeyError, UnresolvableError
from keys.token_keys import retrieve_token_key
from keys.verification_key import VerificationKey
from verifier.checks.controllers import controller_of
from verifier.checks.document import of_error
from verifier.checks.proof import ProofEvidence, fragment_with_key
from verifier.checks.world import World, passed
from verifier.report import Outcome, Remark

HOLDS_FOR_ITS_OWN = (
    "The signature holds for the key that the token itself brings, which anybody could have made."
)
"""What is told of a key that nobody has listed."""


@dataclass(frozen=True, slots=True)
class JsonWebToken:
    """A token in compact form, with what is in it."""

    token: CompactToken
    contents: TokenContents

    @property
    def party(self) -> str | None:
        """The party that the claim `iss` names."""
        return self.contents.party

    def check(
        self, document: JsonObject, world: World, purpose: str
    ) -> tuple[tuple[Remark, ...], tuple[ProofEvidence, ...]]:
        """Check the signature of the token.

        Obligations (RFC 7515 section 5.2; RFC 8725 sections 3.1 and 3.10; Open Badges 3.0 section
        8.2, Verify a Credential; VC-JOSE-COSE 1.0 sections 4 and 5.1):

        1. there are not more tokens and proofs than one verification looks at;
        2. its key is listed for the purpose in the document of who is said to have signed;
        3. its algorithm fits the key, and the signature holds;
        4. the time from which it counts has come.

        Whether that party is the document's issuer or holder is for the check "issuer".
        """
        # 1.
        try:
            world.spend_proofs(1)
        except IndeterminateError as error:
            return (of_error(error, Outcome.INDETERMINATE),), ()
        # 2. and 3.
        party = self.party or id_of(document.get("issuer", document.get("holder")))
        remark, resolved = self._signature(party, world, purpose)
        secured = SecuredProof(
            self._in_terms_of_a_proof(party, resolved, purpose), document, "", is_around=True
        )
        # 4.
        return (remark, *self._begun(world)), (ProofEvidence(secured, remark, resolved),)

    def _signature(
        self, party: str | None, world: World, purpose: str
    ) -> tuple[Remark, ResolvedKey | None]:
        resolved: ResolvedKey | None = None
        own_key: VerificationKey | None = None
        try:
            own_key = self._own_key()
            resolved = retrieve_token_key(
                self.token.key_id,
                party,
                own_key,
                purpose,
                lambda controller: controller_of(controller, world),
            )
            verify_token(self.token, resolved.key)
        except UnresolvableError as error:
            return self._without_document(own_key, str(error)), None
        except KeyMaterialError as error:
            return Remark(Outcome.FAILED, error.code, str(error)), resolved
        except CredentialError as error:
            return of_error(error), resolved
        text = f"The signature ({self.token.algorithm}) holds: nothing was changed after signing."
        return passed(text), resolved

    def _own_key(self) -> VerificationKey | None:
        """Read the key that the token brings; it is believed only if the issuer lists it."""
        if "jwk" not in self.token.header:
            return None
        jwk = self.token.header["jwk"]
        if not isinstance(jwk, dict):
            raise MalformedKeyError("The key in the token is not a JSON Web Key.")
        return VerificationKey.from_jwk(jwk)

    def _without_document(self, own_key: VerificationKey | None, why: str) -> Remark:
        """Judge a token whose issuer's document could not be had.

        A key in the token, or in the fragment of its `kid`, proves nothing about the issuer, but
        it can refute: if the signature does not even hold for it, no document can mend it.
        """
        try:
            key = own_key or self._key_in_fragment()
            if key is not None:
                verify_token(self.token, key)
        except KeyMaterialError as error:
            return Remark(Outcome.FAILED, error.code, str(error))
        except CredentialError as error:
            return of_error(error)
        text = "" if key is None else f" {HOLDS_FOR_ITS_OWN}"
        return Remark(Outcome.INDETERMINATE, "KEY_UNRESOLVED", f"{why}{text}")

    def _key_in_fragment(self) -> VerificationKey | None:
        fragment = fragment_with_key(self.token.key_id or "")
        return None if fragment is None else VerificationKey.from_multikey(fragment)

    def _in_terms_of_a_proof(
        self, party: str | None, resolved: ResolvedKey | None, purpose: str
    ) -> JsonObject:
        claims, times = self.contents.claims, self.contents.times
        members: JsonObject = {
            "verificationMethod": self._method(party, resolved),
            "proofPurpose": purpose,
            "created": _written(times.issued_at),
            "expires": _written(times.expires),
            "challenge": claims.get("nonce"),
            "domain": claims.get("aud"),
        }
        return {name: value for name, value in members.items() if value is not None}

    def _method(self, party: str | None, resolved: ResolvedKey | None) -> str | None:
        """Name the verification method; as long as none is found, by who is said to own it."""
        if resolved is not None:
            return resolved.verification_method
        key_id = self.token.key_id or ""
        if "#" in key_id[1:]:
            return key_id
        return None if party is None else f"{party}#{key_id}"

    def _begun(self, world: World) -> Iterator[Remark]:
        begins = self.contents.times.not_before
        tolerance = timedelta(seconds=world.limits.clock_tolerance_seconds)
        if begins is not None and begins - world.now > tolerance:
            text = f"The token counts only from {format_timestamp(begins)}."
            yield Remark(Outcome.FAILED, "NOT_YET_VALID", text)


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else format_timestamp(moment)
