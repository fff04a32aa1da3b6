"""Private keys in files: encrypted, authenticated, whole or not there."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from keys.errors import (
    KeyMaterialError,
    KeyNotFoundError,
    KeyPermissionError,
    WrongPassphraseError,
)
from keys.files import replace_file
from keys.signer import SECRET_BYTES
from keys.store import (
    TOLD,
    FileKeyStore,
    KeyFileProtection,
    KeyRecord,
    PassphraseProtection,
    Protection,
    end_key,
    open_key,
    path_of,
    record_of,
)
from keys.verification_key import KeyType

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
CHEAP = 2**4


@pytest.fixture
def protection(tmp_path: Path) -> KeyFileProtection:
    return KeyFileProtection.create(tmp_path / "secret" / "encryption.key")


def opener(protection: Protection) -> Callable[[KeyRecord], Protection]:
    return lambda _record: protection


@pytest.mark.parametrize("key_type", list(SECRET_BYTES))
def test_a_stored_key_signs(
    tmp_path: Path, protection: KeyFileProtection, key_type: KeyType
) -> None:
    uri, record = FileKeyStore(tmp_path).create("uni", key_type, protection, created=MOMENT)
    stored = open_key(uri, opener(protection))
    stored.record.key.verify(stored.signer.sign(b"x"), b"x")
    assert stored.record == record
    assert record.controller == f"did:key:{record.key.to_multikey()}"


def test_files_are_for_their_owner_only(tmp_path: Path, protection: KeyFileProtection) -> None:
    uri, _record = FileKeyStore(tmp_path).create("uni", KeyType.ED25519, protection, created=MOMENT)
    assert stat.S_IMODE(path_of(uri).stat().st_mode) == 0o600
    assert stat.S_IMODE(protection.path.stat().st_mode) == 0o600
    os.chmod(path_of(uri), 0o640)
    with pytest.raises(KeyPermissionError):
        open_key(uri, opener(protection))


def test_a_key_file_that_others_can_read_is_refused(
    tmp_path: Path, protection: KeyFileProtection
) -> None:
    uri, _record = FileKeyStore(tmp_path).create("uni", KeyType.ED25519, protection, created=MOMENT)
    os.chmod(protection.path, 0o644)
    with pytest.raises(KeyPermissionError):
        open_key(uri, opener(protection))


def test_a_record_is_kept_by_what_is_public_of_its_file(
    tmp_path: Path, protection: KeyFileProtection
) -> None:
    uri, _record = FileKeyStore(tmp_path).create("uni", KeyType.ED25519, protection, created=MOMENT)
    before, path = record_of(uri), path_of(uri)
    members = json.loads(path.read_bytes())
    replace_file(path, json.dumps({**members, "secret": "another"}).encode())
    # The same object: whatever is kept of a file, its secret is not among it.
    assert record_of(uri) is before
    replace_file(path, json.dumps({**members, "status": "retired"}).encode())
    assert record_of(uri).status == "retired"


def test_a_record_is_made_of_every_member_that_is_told(
    tmp_path: Path, protection: KeyFileProtection
) -> None:
    _uri, record = FileKeyStore(tmp_path).create("uni", KeyType.ED25519, protection, created=MOMENT)
    full = replace(record, ended=MOMENT, device="pkcs11:token=uni")
    # What is written only where there is any is written, too.
    assert all(getattr(full, one.name) is not None for one in fields(KeyRecord))
    assert set(TOLD) == full.to_json().keys() - {"format", "type"}


def test_a_passphrase_opens_what_it_closed(tmp_path: Path) -> None:
    right = PassphraseProtection(lambda _name: "correct horse", unsafe_scrypt_n=CHEAP)
    wrong = PassphraseProtection(lambda _name: "correct h0rse", unsafe_scrypt_n=CHEAP)
    uri, _record = FileKeyStore(tmp_path).create("uni", KeyType.ED25519, right, created=MOMENT)
    open_key(uri, opener(right))
    with pytest.raises(WrongPassphraseError):
        open_key(uri, opener(wrong))
    assert "correct" not in path_of(uri).read_text()


def test_every_changed_member_is_noticed(tmp_path: Path, protection: KeyFileProtection) -> None:
    uri, _record = FileKeyStore(tmp_path).create("uni", KeyType.ED25519, protection, created=MOMENT)
    path = path_of(uri)
    members = json.loads(path.read_text())
    other = FileKeyStore(tmp_path).create("other", KeyType.ED25519, protection, created=MOMENT)
    changes = {
        "name": "uni2",
        "type": "P-256",
        "publicKeyMultibase": other[1].key.to_multikey(),
        "controller": "did:web:evil.example",
        "verificationMethod": "did:web:evil.example#key",
        "created": "2026-01-02T00:00:00Z",
        "status": "revoked",
        "ended": "2026-01-02T00:00:00Z",
        "secret": "AAAA" + members["secret"][4:],
        "format": "tallystick-key/2",
    }
    for name, value in changes.items():
        if members.get(name) == value or name == "type":
            continue
        path.write_text(json.dumps({**members, name: value}))
        with pytest.raises(KeyMaterialError):
            open_key(uri, opener(protection))
    path.write_text(json.dumps(members))
    open_key(uri, opener(protection))


def test_keys_are_retired_and_revoked_but_never_revived(
    tmp_path: Path, protection: KeyFileProtection
) -> None:
    uri, _record = FileKeyStore(tmp_path).create("uni", KeyType.ED25519, protection, created=MOMENT)
    retired = end_key(uri, opener(protection), status="retired", at=MOMENT)
    assert (retired.status, retired.ended, retired.is_active()) == ("retired", MOMENT, False)
    assert end_key(uri, opener(protection), status="revoked", at=MOMENT).status == "revoked"
    for status in ("active", "retired", "revoked", "unknown"):
        with pytest.raises(KeyMaterialError):
            end_key(uri, opener(protection), status=status, at=MOMENT)
    assert open_key(uri, opener(protection)).record.status == "revoked"


def test_an_existing_key_is_never_replaced(tmp_path: Path, protection: KeyFileProtection) -> None:
    store = FileKeyStore(tmp_path)
    uri, _record = store.create("uni", KeyType.ED25519, protection, created=MOMENT)
    before = path_of(uri).read_bytes()
    with pytest.raises(KeyMaterialError) as caught:
        store.create("uni", KeyType.ED25519, protection, created=MOMENT)
    assert caught.value.code == "KEY_EXISTS"
    assert path_of(uri).read_bytes() == before
    with pytest.raises(KeyMaterialError):
        KeyFileProtection.create(protection.path)


def test_a_full_disk_leaves_nothing_half_written(
    tmp_path: Path, protection: KeyFileProtection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OSError, match="No space"):
        FileKeyStore(tmp_path).create("uni", KeyType.ED25519, protection, created=MOMENT)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("name", ["", "../evil", "a/b", "a b", ".hidden", "a\0b"])
def test_names_cannot_lead_out_of_the_folder(
    tmp_path: Path, protection: KeyFileProtection, name: str
) -> None:
    with pytest.raises(KeyMaterialError):
        FileKeyStore(tmp_path).create(name, KeyType.ED25519, protection, created=MOMENT)


@pytest.mark.parametrize("uri", ["", "file:", "http://x", "pkcs11:token=x", "file:/nowhere.json"])
def test_a_missing_key_is_named(uri: str, protection: KeyFileProtection) -> None:
    with pytest.raises(KeyNotFoundError):
        open_key(uri, opener(protection))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b"[" * 100_000, b"\xff"])
def test_a_damaged_file_is_an_error_for_people(
    tmp_path: Path, protection: KeyFileProtection, content: bytes
) -> None:
    path = tmp_path / "bad.key.json"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyMaterialError):
        open_key(f"file:{path}", opener(protection))
