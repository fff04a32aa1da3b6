"""Having requests to wallets signed by a key that is not where documents are fetched."""

from __future__ import annotations

from collections.abc import Callable

from credentials.errors import TallystickError
from credentials.jose.compact import sign_token
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from keys.errors import KeyMaterialError
from keys.store import StoredKey
from tallystick.files import USAGE, CommandError
from tallystick.signers import is_remote, open_remote
from verifier.employer.openid4vp import VerifierClient
from verifier.employer.openid4vp.client import OBJECT_TYPE, RequestSigningError


def client_by(uri: str) -> VerifierClient:
    """Have requests signed by a key of a signer.

    Raises `CommandError` for any other key: this process fetches what others publish.
    """
    if not is_remote(uri):
        text = (
            "request_key must be a key of a signer, signer:PATH-OF-SOCKET#NAME: this service "
            "fetches what others publish, and holds no key. Start one: tallystick signer serve KEY"
        )
        raise CommandError(text, USAGE)
    return client_with(lambda: open_remote(uri))


def client_with(open_key: Callable[[], StoredKey]) -> VerifierClient:
    """Build a client whose key is opened for each request, so that it can be ended.

    Whose it is, is asked once: an answer is taken even where the signer is away just then.
    """
    owners: list[str] = []

    def active() -> StoredKey:
        try:
            key = open_key()
        except KeyMaterialError as error:
            raise RequestSigningError(f"The key is not to be had: {error}") from error
        if not key.record.is_active():
            raise RequestSigningError(f"The key {key.record.name} is {key.record.status}.")
        return key

    def sign(claims: JsonObject) -> str:
        key = active()
        header: JsonObject = {"typ": OBJECT_TYPE, "kid": key.record.verification_method}
        try:
            return sign_token(header, serialize_json(claims), key.signer)
        except KeyMaterialError as error:
            raise RequestSigningError(f"The request could not be signed: {error}") from error
        except TallystickError as error:
            raise RequestSigningError(
                f"The request could not be signed: {error.message}"
            ) from error

    def owner() -> str:
        if not owners:
            owners.append(active().record.controller)
        return owners[0]

    return VerifierClient(owner, sign)
