"""A signer whose key is in another process: the side that asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from keys.errors import (
    KeyNotFoundError,
    SignerRefusedError,
    SignerUnreachableError,
)
from keys.signing_service.messages import listing, read_answer, signing
from keys.store import KeyRecord, StoredKey, record_from_json
from keys.verification_key import VerificationKey

Ask = Callable[[bytes], bytes]
"""Hands a question to the signer and gives its answer; raises `SignerUnreachableError`."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a signer is waited for that is away or busy, as while it is started anew."""

    seconds: float = 10.0
    pause_seconds: float = 0.05
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class RemoteSigner:
    """Signs with a key that it cannot see.

    Asking again is safe: the same message has the same meaning however often it is signed.  Each
    signature is verified before it is used, so whoever takes the signer's place gains nothing.
    """

    def __init__(self, record: KeyRecord, ask: Ask, patience: Patience) -> None:
        """Sign with the key that `record` describes."""
        self._record, self._ask, self._patience = record, ask, patience

    @property
    def verification_key(self) -> VerificationKey:
        """The public half of the key."""
        return self._record.key

    def sign(self, message: bytes) -> bytes:
        """Have `message` signed.

        Raises `SignerUnreachableError` if the signer stays away, `SignerRefusedError`, and
        `SignatureMismatchError` if another key signed.
        """
        signature = self._signed(signing(self._record.name, message))
        self._record.key.verify(signature, message)
        return signature

    def _signed(self, question: bytes) -> bytes:
        until = self._patience.monotonic() + self._patience.seconds
        while True:
            try:
                return read_answer(self._ask(question)).content
            except (SignerUnreachableError, SignerRefusedError) as error:
                is_passing = isinstance(error, SignerUnreachableError) or error.is_busy
                if not is_passing or self._patience.monotonic() >= until:
                    raise
            self._patience.sleep(self._patience.pause_seconds)

    def __repr__(self) -> str:
        """Show the public half only."""
        return f"RemoteSigner({self._record.key.to_multikey()})"


def remote_records(ask: Ask) -> tuple[KeyRecord, ...]:
    """Ask a signer for the records of its keys.

    Raises `SignerUnreachableError`, and `MalformedKeyError` for records that are none.
    """
    stated = read_answer(ask(listing())).members.get("keys")
    if not isinstance(stated, list) or not all(isinstance(one, dict) for one in stated):
        text = "What listens at the socket does not answer as a signer does."
        raise SignerUnreachableError(text, code="SIGNER_ANSWER")
    return tuple(record_from_json(one) for one in stated)


def remote_record(name: str, ask: Ask) -> KeyRecord:
    """Ask a signer for the record of one key; raise `KeyNotFoundError` if it has none like it."""
    records = remote_records(ask)
    for record in records:
        if record.name == name:
            return record
    held = ", ".join(record.name for record in records) or "none"
    raise KeyNotFoundError(f"The signer has no key called {name!r}; it has: {held}.")


def open_remote_key(name: str, ask: Ask, patience: Patience | None = None) -> StoredKey:
    """Open a key of a signer, without seeing it; raise what `remote_record` raises."""
    record = remote_record(name, ask)
    return StoredKey(record, RemoteSigner(record, ask, patience or Patience()))
