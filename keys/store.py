"""A folder of private keys: one file for each, encrypted, readable by its owner only.

A file holds the secret under AES-256-GCM; everything else in the file is authenticated with it,
so that nobody can turn a retired key into an active one or a test key into a university's.
The key that encrypts is a random one in a file of its own, or comes from a passphrase by scrypt.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from keys.did import did_key
from keys.errors import (
    KeyMaterialError,
    KeyNotFoundError,
    MalformedKeyError,
    WrongPassphraseError,
)
from keys.files import read_secret_file, replace_file, write_new
from keys.instants import format_instant, parse_instant
from keys.multibase import base64url, bytes_of_base64url
from keys.signer import PrivateKeySigner, Signer, new_secret
from keys.verification_key import KeyType, VerificationKey

FORMAT = "tallystick-key/1"
FILE_BYTES = 16_384
"""Largest key file that is read."""

RECORDS_KEPT = 64
"""How many records of key files are kept; of a secret nothing is, sealed or not."""

TOLD = (
    "name",
    "publicKeyMultibase",
    "controller",
    "verificationMethod",
    "created",
    "status",
    "ended",
    "protection",
    "device",
)
"""Members of a key file that its record is made of."""

SCRYPT_N = 2**17
"""Work factor of scrypt: half a second and 128 MiB for each guess (OWASP, 2023 and later)."""

SCRYPT_R = 8
SALT_BYTES = 16
NONCE_BYTES = 12
ENCRYPTION_KEY_BYTES = 32
STATUSES = ("active", "retired", "revoked")

Passphrase = Callable[[str], str]
"""Asks for the passphrase of the key that is named."""


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """What may be known about a key without opening it."""

    name: str
    key: VerificationKey
    controller: str
    verification_method: str
    created: datetime
    status: str = "active"
    ended: datetime | None = None
    protection: str = "key-file"
    device: str | None = None
    """Where the key is if it is not in a file: a URI of RFC 7512."""

    def to_json(self) -> dict[str, Any]:
        """Write the record as the authenticated members of a key file."""
        members = {
            "format": FORMAT,
            "name": self.name,
            "type": self.key.key_type.value,
            "publicKeyMultibase": self.key.to_multikey(),
            "controller": self.controller,
            "verificationMethod": self.verification_method,
            "created": format_instant(self.created),
            "status": self.status,
            "protection": self.protection,
        }
        if self.device is not None:
            members["device"] = self.device
        return members | ({} if self.ended is None else {"ended": format_instant(self.ended)})

    def is_active(self) -> bool:
        """Tell whether the key may still sign."""
        return self.status == "active"


@dataclass(frozen=True, slots=True)
class StoredKey:
    """An opened key: who it belongs to, and the signer."""

    record: KeyRecord
    signer: Signer


class Protection(Protocol):
    """How the secrets of a store are encrypted; see the two kinds below."""

    @property
    def kind(self) -> str:
        """Name of the kind, as key files carry it."""

    def encryption_key(self, name: str, salt: bytes) -> bytes:
        """Return the 32-byte key that encrypts the key called `name`."""


@dataclass(frozen=True, slots=True)
class KeyFileProtection:
    """A random 32-byte key in a file that only its owner may read."""

    path: Path
    kind: ClassVar[str] = "key-file"

    @classmethod
    def create(cls, path: Path) -> KeyFileProtection:
        """Make the file with fresh random bytes; an existing file is never replaced."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new(path, os.urandom(ENCRYPTION_KEY_BYTES))
        return cls(path)

    def encryption_key(self, name: str, salt: bytes) -> bytes:
        """Read the file; raise `KeyPermissionError` if others may read it, too."""
        data = read_secret_file(self.path, "The file with the key-encryption key")
        if len(data) != ENCRYPTION_KEY_BYTES:
            raise WrongPassphraseError(
                f"{self.path} is not a key-encryption key of {ENCRYPTION_KEY_BYTES} bytes."
            )
        return data


@dataclass(frozen=True, slots=True)
class PassphraseProtection:
    """A passphrase, stretched by scrypt with a salt for each key."""

    ask: Passphrase
    unsafe_scrypt_n: int = SCRYPT_N
    """Only tests that make many keys lower the work factor."""

    kind: ClassVar[str] = "passphrase"

    def encryption_key(self, name: str, salt: bytes) -> bytes:
        """Ask for the passphrase and stretch it."""
        derivation = Scrypt(
            salt=salt, length=ENCRYPTION_KEY_BYTES, n=self.unsafe_scrypt_n, r=SCRYPT_R, p=1
        )
        return derivation.derive(self.ask(name).encode("utf-8"))


class FileKeyStore:
    """Keys in one folder, each in a file NAME.key.json, named by the URI "file:PATH"."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which need not exist before the first key is made."""
        self._folder = folder

    def create(
        self,
        name: str,
        key_type: KeyType,
        protection: Protection,
        *,
        created: datetime,
        controller: str | None = None,
    ) -> tuple[str, KeyRecord]:
        """Make a new key and return its URI and record; `controller` defaults to its did:key.

        Raises `KeyMaterialError` (KEY_EXISTS, KEY_NAME) and lets `OSError` of the disk through;
        a file is either complete or not there.
        """
        require_name(name)
        secret = new_secret(key_type)
        key = PrivateKeySigner(key_type, secret).verification_key
        owner = controller or did_key(key)
        record = KeyRecord(
            name=name,
            key=key,
            controller=owner,
            verification_method=f"{owner}#{key.to_multikey()}",
            created=created,
            protection=protection.kind,
        )
        path = self._folder / f"{name}.key.json"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new(path, _seal(record, secret, protection))
        return f"file:{path}", record

    def records(self) -> tuple[tuple[str, KeyRecord | KeyMaterialError], ...]:
        """List the keys of the folder, by name, without opening any.

        In the place of a key whose file is damaged stands what is wrong with it.
        """
        paths = sorted(self._folder.glob("*.key.json"))
        return tuple((f"file:{path}", _record_or_error(path)) for path in paths)


def require_name(name: str) -> None:
    """Raise `KeyMaterialError` (KEY_NAME) unless a key can have this name, and its file."""
    if not name or not all(part.isalnum() or part in "-_" for part in name):
        raise KeyMaterialError("A key's name is made of letters, digits, - and _.", code="KEY_NAME")


def record_of(uri: str) -> KeyRecord:
    """Read what may be known about the key behind a "file:" URI without opening it.

    Raises `KeyNotFoundError`, `KeyPermissionError` or `MalformedKeyError`.
    """
    members = read_members(path_of(uri))
    return _record_told(json.dumps({name: members[name] for name in TOLD if name in members}))


def open_key(uri: str, protection_of: Callable[[KeyRecord], Protection]) -> StoredKey:
    """Open the key behind a "file:" URI.

    `protection_of` chooses the protection once the record is known.  Raises `KeyNotFoundError`,
    `KeyPermissionError`, `WrongPassphraseError` (also for a file that was changed) or
    `MalformedKeyError`.
    """
    record, secret = _open(uri, protection_of)
    return StoredKey(record, PrivateKeySigner(record.key.key_type, secret))


def end_key(
    uri: str,
    protection_of: Callable[[KeyRecord], Protection],
    *,
    status: str,
    at: datetime,
) -> KeyRecord:
    """Retire or revoke a key; it can be opened afterwards but says that it must not sign.

    Raises `KeyMaterialError` (KEY_STATUS) unless the step leads from active to retired or
    revoked, or from retired to revoked.
    """
    before, secret = _open(uri, protection_of)
    record = ended_record(before, status, at)
    replace_file(path_of(uri), _seal(record, secret, protection_of(record)))
    return record


def ended_record(before: KeyRecord, status: str, at: datetime) -> KeyRecord:
    """Write down that a key was ended; raise `KeyMaterialError` as `end_key` does."""
    if status not in STATUSES or STATUSES.index(status) <= STATUSES.index(before.status):
        text = f"A key that is {before.status} cannot become {status}."
        raise KeyMaterialError(text, code="KEY_STATUS")
    return replace(before, status=status, ended=at)


def path_of(uri: str) -> Path:
    """Read a "file:PATH" URI; raise `KeyNotFoundError` for another kind of name."""
    if not uri.startswith("file:") or uri == "file:":
        raise KeyNotFoundError(f"A key is named by file:PATH, not by {uri!r}.")
    path = uri.removeprefix("file:")
    return Path(path[2:] if path.startswith("///") else path)


def _open(uri: str, protection_of: Callable[[KeyRecord], Protection]) -> tuple[KeyRecord, bytes]:
    """Decrypt a key file and make sure that the secret belongs to the record."""
    members = read_members(path_of(uri))
    record = record_from_json(members)
    if record.device is not None:
        text = f"The key {record.name} is in a device, which keeps its secret to itself."
        raise KeyNotFoundError(text)
    sealed = bytes_of_base64url(_text(members, "secret"))
    salt = bytes_of_base64url(_text(members, "salt"))
    key = protection_of(record).encryption_key(record.name, salt)
    try:
        secret = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound(record))
    except (InvalidTag, ValueError) as error:
        raise WrongPassphraseError(
            f"The key {record.name} does not open: the passphrase or key file is wrong, or the "
            "key's file was changed."
        ) from error
    if PrivateKeySigner(record.key.key_type, secret).verification_key != record.key:
        raise MalformedKeyError(f"The file of the key {record.name} contains another key.")
    return record, secret


def _seal(record: KeyRecord, secret: bytes, protection: Protection) -> bytes:
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    key = protection.encryption_key(record.name, salt)
    sealed = nonce + AESGCM(key).encrypt(nonce, secret, _bound(record))
    members = {**record.to_json(), "salt": base64url(salt), "secret": base64url(sealed)}
    return (json.dumps(members, indent=2) + "\n").encode("utf-8")


def _bound(record: KeyRecord) -> bytes:
    """All members of the record, as the data that AES-GCM authenticates beside the secret."""
    return json.dumps(record.to_json(), sort_keys=True).encode("utf-8")


@lru_cache(RECORDS_KEPT)
def _record_told(members: str) -> KeyRecord:
    return record_from_json(json.loads(members))


def read_members(path: Path) -> dict[str, Any]:
    """Read a key file as JSON; raise `KeyMaterialError`."""
    data = read_secret_file(path, "The key file")
    try:
        members = json.loads(data[: FILE_BYTES + 1])
    except (ValueError, RecursionError) as error:
        raise MalformedKeyError(f"{path} is not a key file.") from error
    if not isinstance(members, dict) or members.get("format") != FORMAT:
        raise MalformedKeyError(f"{path} is not a key file of the form {FORMAT}.")
    return members


def record_from_json(members: dict[str, Any]) -> KeyRecord:
    """Read what `KeyRecord.to_json` writes; raise `KeyMaterialError` for anything else."""
    ended = members.get("ended")
    status = _text(members, "status")
    if status not in STATUSES:
        raise MalformedKeyError("The key file names an unknown status.")
    return KeyRecord(
        name=_text(members, "name"),
        key=VerificationKey.from_multikey(_text(members, "publicKeyMultibase")),
        controller=_text(members, "controller"),
        verification_method=_text(members, "verificationMethod"),
        created=parse_instant(members.get("created")),
        status=status,
        ended=None if ended is None else parse_instant(ended),
        protection=_text(members, "protection"),
        device=_text(members, "device") if "device" in members else None,
    )


def _record_or_error(path: Path) -> KeyRecord | KeyMaterialError:
    try:
        return record_from_json(read_members(path))
    except KeyMaterialError as error:
        return error


def _text(members: dict[str, Any], name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str):
        raise MalformedKeyError(f"The key file has no member {name}.")
    return value
