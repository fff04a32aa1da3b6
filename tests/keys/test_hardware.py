"""Keys in a device: made there, kept there, and named by files like any other key."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from keys.errors import (
    KeyMaterialError,
    KeyNotFoundError,
    UnsupportedKeyTypeError,
    WrongPassphraseError,
)
from keys.hardware import (
    DeviceAddress,
    DeviceError,
    create_device_key,
    end_device_key,
    open_device_key,
)
from keys.store import FileKeyStore, KeyFileProtection, open_key, path_of, record_of
from keys.verification_key import KeyType
from tests import softhsm

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def pin(_token: str) -> str:
    return softhsm.PIN


def made(folder: Path, device: str, label: str, key_type: KeyType = KeyType.ED25519) -> str:
    address = DeviceAddress.from_uri(device, label)
    return create_device_key(folder, "uni", key_type, address, pin, created=NOW)[0]


@pytest.mark.parametrize("key_type", [KeyType.ED25519, KeyType.P256])
def test_a_key_in_a_device_signs_and_cannot_leave_it(
    device: str, tmp_path: Path, key_type: KeyType
) -> None:
    from pkcs11 import Attribute
    from pkcs11.exceptions import PKCS11Error

    uri = made(tmp_path, device, f"signs-{key_type.value}", key_type)
    key = open_device_key(uri, pin)
    assert key.record.key.key_type is key_type
    for message in (b"", bytes(64), bytes(100_000)):
        key.record.key.verify(key.signer.sign(message), message)
    private = key.signer._private  # type: ignore[attr-defined]
    for secret in (Attribute.VALUE, Attribute.PRIVATE_EXPONENT):
        with pytest.raises(PKCS11Error):
            private[secret]
    with pytest.raises(KeyNotFoundError, match="in a device"):
        open_key(uri, lambda _record: KeyFileProtection(tmp_path))


def test_a_session_that_ended_is_opened_anew(device: str, tmp_path: Path) -> None:
    key = open_device_key(made(tmp_path, device, "session"), pin)
    key.signer._private.session.close()  # type: ignore[attr-defined]
    key.record.key.verify(key.signer.sign(b"x"), b"x")


def test_a_key_that_was_ended_stays_ended(device: str, tmp_path: Path) -> None:
    uri = made(tmp_path, device, "ended")
    assert end_device_key(uri, pin, status="retired", at=NOW).status == "retired"
    assert open_device_key(uri, pin).record.ended == NOW
    path = path_of(uri)
    path.write_text(path.read_text().replace("retired", "active"))
    with pytest.raises(WrongPassphraseError, match="was changed"):
        open_device_key(uri, pin)
    members = json.loads(path.read_text()) | {"status": "retired", "signature": "AAAA"}
    path.write_text(json.dumps(members))
    with pytest.raises(WrongPassphraseError, match="was changed"):
        open_device_key(uri, pin)


def test_a_label_is_given_once_and_a_file_too(device: str, tmp_path: Path) -> None:
    made(tmp_path, device, "once")
    with pytest.raises(KeyMaterialError) as caught:
        made(tmp_path, device, "another-label")
    assert caught.value.code == "KEY_EXISTS"
    with pytest.raises(KeyMaterialError) as caught:
        made(tmp_path / "other", device, "once")
    assert caught.value.code == "KEY_EXISTS"


def test_what_a_device_does_not_have_is_told(device: str, tmp_path: Path) -> None:
    uri = made(tmp_path, device, "told")
    path = path_of(uri)
    with pytest.raises(UnsupportedKeyTypeError):
        made(tmp_path / "p384", device, "p384", KeyType.P384)
    elsewhere = device.replace(softhsm.TOKEN, "elsewhere")
    with pytest.raises(KeyNotFoundError, match="no token called elsewhere"):
        made(tmp_path / "elsewhere", elsewhere, "x")
    with pytest.raises(DeviceError, match=r"/nowhere\.so: "):
        made(tmp_path / "none", "pkcs11:token=x?module-path=/nowhere.so", "x")
    plain, _ = FileKeyStore(tmp_path / "file").create(
        "plain", KeyType.ED25519, KeyFileProtection.create(tmp_path / "k"), created=NOW
    )
    with pytest.raises(KeyNotFoundError, match="in no device"):
        open_device_key(plain, pin)
    assert record_of(uri).device is not None
    assert str(path) in uri


@pytest.mark.parametrize(
    "uri",
    [
        "pkcs11:token=x",
        "pkcs11:?module-path=/x",
        "file:/x",
        "pkcs11:token=x?module-path=/x&pin-value=1234",
        "pkcs11:token=x;slot-id=1?module-path=/x",
    ],
)
def test_an_address_says_where_the_key_is_and_never_its_pin(uri: str) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        DeviceAddress.from_uri(uri, "label")
    assert caught.value.code == "DEVICE_ADDRESS"


def test_an_address_is_written_as_it_is_read() -> None:
    address = DeviceAddress("/usr/lib/a b.so", "Te Pūkenga; 1", "key=1")
    assert DeviceAddress.from_uri(address.to_uri()) == address
