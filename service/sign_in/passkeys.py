"""Passkeys (WebAuthn): what a browser is asked, and what its answers prove.

Whoever asks keeps the challenge, with the browser that it was made for, and uses it once.

Source: Web Authentication Level 3, sections 7.1 and 7.2; the checks are those of py_webauthn.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import webauthn
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers import parse_authentication_credential_json as parse_answer
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from service.sign_in.errors import SignInError

CHALLENGE_BYTES = 32
ANSWER_CHARACTERS = 65_536
"""Longest answer of a browser that is read: attestations bring certificates along."""

SECONDS = 300
"""How long a browser waits for somebody to touch, look or type."""

_FAULTS = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError)
_CRYPTOGRAPHIC_FAULTS = (InvalidSignature, UnsupportedAlgorithm)


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who asks for passkeys: `id` is the host of `origin`, at which browsers reach the service."""

    id: str
    origin: str
    name: str

    @classmethod
    def at(cls, address: str, name: str) -> RelyingParty:
        """Describe the service at a public address (https://… without a path)."""
        parts = urlsplit(address)
        return cls(parts.hostname or "", f"{parts.scheme}://{parts.netloc}".lower(), name)


@dataclass(frozen=True, slots=True)
class PasskeyUser:
    """Whom a passkey is made for: an id that says nothing about them, and what people read."""

    id: str
    name: str
    display_name: str


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What a browser made: its id, its public key (COSE), and how often it has signed."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class Claim:
    """Which passkey an answer says that it is from, and whose; nothing of it is proved yet."""

    credential_id: bytes
    user_id: str | None


def new_challenge() -> str:
    """Draw a challenge, as text for URLs."""
    return bytes_to_base64url(secrets.token_bytes(CHALLENGE_BYTES))


def registration_options(
    party: RelyingParty, user: PasskeyUser, known: Sequence[bytes], challenge: str
) -> str:
    """Write, as JSON, what a browser is asked so that it makes a passkey that it can find alone."""
    selection = AuthenticatorSelectionCriteria(
        resident_key=ResidentKeyRequirement.REQUIRED,
        require_resident_key=True,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=user.id.encode("utf-8"),
        user_name=user.name,
        user_display_name=user.display_name,
        challenge=base64url_to_bytes(challenge),
        timeout=SECONDS * 1000,
        authenticator_selection=selection,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return webauthn.options_to_json(options)


def sign_in_options(party: RelyingParty, challenge: str, allowed: Sequence[bytes] = ()) -> str:
    """Write, as JSON, what a browser is asked; without `allowed` it offers whatever it has."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=base64url_to_bytes(challenge),
        timeout=SECONDS * 1000,
        allow_credentials=[PublicKeyCredentialDescriptor(id=one) for one in allowed],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def registered(party: RelyingParty, challenge: str, answer: str) -> NewPasskey:
    """Read the answer of a browser that made a passkey.

    Obligations: 1. the answer is to this challenge; 2. it was given to a page of this origin; 3.
    the passkey is for this relying party; 4. somebody was there, and proved it to their device.

    Raises `SignInError` (PASSKEY_REFUSED).
    """
    with _telling(answer):
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    return NewPasskey(made.credential_id, made.credential_public_key, made.sign_count)


def claimed(answer: str) -> Claim:
    """Read which passkey an answer is from; raise `SignInError` (PASSKEY_REFUSED)."""
    with _telling(answer):
        read = parse_answer(answer)
        handle = read.response.user_handle
        return Claim(read.raw_id, None if handle is None else handle.decode("utf-8"))


def authenticated(party: RelyingParty, challenge: str, answer: str, public_key: bytes) -> int:
    """Check the answer of a browser that used a passkey; return how often it has signed.

    Obligations: those of `registered`, and 5. the signature is by the passkey's key.  Whether the
    count has grown is for whoever keeps it.

    Raises `SignInError` (PASSKEY_REFUSED).
    """
    with _telling(answer):
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    return verified.new_sign_count


def refused() -> SignInError:
    """Say that a passkey opens nothing here, and not why: whoever tries learns nothing."""
    text = "This passkey was not accepted. Try again, or sign in another way."
    return SignInError(text, code="PASSKEY_REFUSED")


@contextmanager
def _telling(answer: str) -> Iterator[None]:
    """Bound an answer, and turn what the library raises over it into our own error."""
    if len(answer) > ANSWER_CHARACTERS:
        raise refused()
    try:
        yield
    except (*_FAULTS, *_CRYPTOGRAPHIC_FAULTS) as error:
        raise refused() from error
