"""Keys by their URIs, in files and in the process of a signer: signer:PATH-OF-SOCKET#NAME."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from keys import store
from keys.errors import KeyNotFoundError, SignerUnreachableError
from keys.store import KeyRecord, StoredKey

if TYPE_CHECKING:
    from keys.signing_service.remote import Ask

SCHEME = "signer:"
ANSWER_SECONDS = 5.0
"""How long one answer of a signer is waited for; a signature takes less than a millisecond."""


def is_remote(uri: str) -> bool:
    """Tell whether a URI names a key in the process of a signer."""
    return uri.startswith(SCHEME)


def record_of(uri: str) -> KeyRecord:
    """Read what may be known about the key behind a URI of either kind, without opening it.

    Raises `KeyMaterialError`.
    """
    if not is_remote(uri):
        return store.record_of(uri)
    from keys.signing_service.remote import remote_record

    path, name = _parts(uri)
    return remote_record(name, asking(path))


def records_at(path: Path) -> tuple[KeyRecord, ...]:
    """Ask the signer at a socket for all its keys; raise `SignerUnreachableError`."""
    from keys.signing_service.remote import remote_records

    return remote_records(asking(path))


def open_remote(uri: str) -> StoredKey:
    """Open a key of a signer, without seeing it; raise `KeyMaterialError`."""
    from keys.signing_service.remote import open_remote_key

    path, name = _parts(uri)
    return open_remote_key(name, asking(path))


def asking(path: Path) -> Ask:
    """Build what asks the signer at a socket."""
    from service.errors import SocketError
    from service.unix_sockets import ask

    def asking_once(question: bytes) -> bytes:
        try:
            return ask(path, question, seconds=ANSWER_SECONDS)
        except SocketError as error:
            text = f"{error.message} Is the signer running? tallystick signer serve KEY …"
            raise SignerUnreachableError(text) from error

    return asking_once


def _parts(uri: str) -> tuple[Path, str]:
    path, hash_sign, name = uri.removeprefix(SCHEME).rpartition("#")
    if not path or not hash_sign or not name:
        text = f"A key of a signer is named by signer:PATH-OF-SOCKET#NAME, not by {uri!r}."
        raise KeyNotFoundError(text)
    return Path(path), name
