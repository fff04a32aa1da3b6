"""Keys that are made in a device and never leave it: PKCS#11 (OASIS, 2.40 and 3.0).

What may be known about such a key is in a file like that of any other key; instead of the secret it
has the place of the key in the device (a URI of RFC 7512), and a signature by the key itself over
all of that, so that nobody can turn a retired key into an active one.  The library is loaded when
the first such key is used.  A module of a device can bring its process down: use it in a signer
(`keys.signing_service`).
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import parse_qsl, quote, unquote

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from keys.did import did_key
from keys.errors import (
    KeyMaterialError,
    KeyNotFoundError,
    MalformedKeyError,
    SignatureMismatchError,
    UnsupportedKeyTypeError,
    WrongPassphraseError,
)
from keys.files import replace_file, write_new
from keys.multibase import base64url, bytes_of_base64url
from keys.store import (
    KeyRecord,
    StoredKey,
    ended_record,
    path_of,
    read_members,
    record_from_json,
    require_name,
)
from keys.verification_key import KeyType, VerificationKey

if TYPE_CHECKING:
    from pkcs11 import Attribute, Mechanism
    from pkcs11.types import PublicKey, Session

PROTECTION = "device"

CURVE_PARAMETERS = {
    KeyType.ED25519: bytes.fromhex("06032b6570"),
    KeyType.P256: bytes.fromhex("06082a8648ce3d030107"),
}
"""The curves as object identifiers in DER: 1.3.101.112 (RFC 8410), 1.2.840.10045.3.1.7."""

POINT_BYTES = {KeyType.ED25519: 32, KeyType.P256: 65}
RECORD_PREFIX = b"tallystick record of a key in a device\n"
"""What is signed over a record begins with it, so that it is no message of a credential."""

DER_OCTET_STRING = 0x04

Pin = Callable[[str], str]
"""Asks for the PIN of the token that is named."""


class PrivateKey(Protocol):
    """What is used of the library's private keys."""

    def __getitem__(self, attribute: Attribute) -> Any:
        """Read an attribute."""

    def sign(self, data: bytes, *, mechanism: Mechanism) -> bytes:
        """Sign in the device."""


class DeviceError(KeyMaterialError):
    """A device does not do what it must; the message says what the device said."""

    code = "KEY_DEVICE"


@dataclass(frozen=True, slots=True)
class DeviceAddress:
    """Where a key is: the module that speaks to the device, the token, and the key's label."""

    module: str
    token: str
    label: str

    @classmethod
    def from_uri(cls, uri: str, label: str = "") -> DeviceAddress:
        """Read pkcs11:token=…;object=…?module-path=… (RFC 7512), with a label where it has none.

        Raises `KeyMaterialError` (DEVICE_ADDRESS), also for a PIN in it: it would lie in a file.
        """
        path, _mark, query = uri.removeprefix("pkcs11:").partition("?")
        parts = dict(part.partition("=")[::2] for part in path.split(";") if part)
        stated = {name: unquote(value) for name, value in parts.items()} | dict(parse_qsl(query))
        known = {"token", "object", "module-path"}
        if not uri.startswith("pkcs11:") or stated.keys() - known:
            raise _bad_address(uri, "token=, object= and module-path= are read, and no others")
        address = cls(
            stated.get("module-path", ""), stated.get("token", ""), stated.get("object", label)
        )
        if not (address.module and address.token and address.label):
            raise _bad_address(uri, "token= and module-path= are needed")
        return address

    def to_uri(self) -> str:
        """Write the address as `from_uri` reads it."""
        path = f"token={quote(self.token, safe='')};object={quote(self.label, safe='')}"
        return f"pkcs11:{path}?module-path={quote(self.module, safe='/')}"


class DeviceSigner:
    """Signs in a device; may be used by several threads."""

    def __init__(self, address: DeviceAddress, key: VerificationKey, pin: Pin) -> None:
        """Open the key at `address`; raise `KeyMaterialError` unless it is `key`, and kept in."""
        self._address, self._key, self._pin = address, key, pin
        self._lock = threading.Lock()
        self._private = self._open()

    @property
    def verification_key(self) -> VerificationKey:
        """The public half of the key."""
        return self._key

    def sign(self, message: bytes) -> bytes:
        """Sign; if the session has ended, as when a device was put in anew, open another one."""
        from pkcs11.exceptions import PKCS11Error

        with self._lock:
            try:
                return _sign(self._private, self._key.key_type, message)
            except PKCS11Error:
                self._private = self._open()
            with _explained(self._address):
                return _sign(self._private, self._key.key_type, message)

    def _open(self) -> PrivateKey:
        with _explained(self._address):
            session = _session(self._address, self._pin)
            private, public = _pair(session, self._address.label)
            if _verification_key(public, self._key.key_type) != self._key:
                raise MalformedKeyError(f"{self._address.to_uri()} is another key than recorded.")
            _require_kept_in(private)
            return private

    def __repr__(self) -> str:
        """Show the public half only."""
        return f"DeviceSigner({self._key.to_multikey()})"


def create_device_key(
    folder: Path,
    name: str,
    key_type: KeyType,
    address: DeviceAddress,
    pin: Pin,
    *,
    created: datetime,
    controller: str | None = None,
) -> tuple[str, KeyRecord]:
    """Have a device make a key that cannot leave it; return the URI of its file, and its record.

    Raises `KeyMaterialError` (KEY_NAME, KEY_EXISTS also for a label that the token has already,
    UNSUPPORTED_KEY_TYPE, KEY_DEVICE).
    """
    require_name(name)
    if key_type not in CURVE_PARAMETERS:
        raise UnsupportedKeyTypeError("In a device keys are Ed25519 or P-256.")
    path = folder / f"{name}.key.json"
    if path.exists():
        raise KeyMaterialError(f"{path} is there already. Choose another name.", code="KEY_EXISTS")
    with _explained(address):
        session = _session(address, pin, is_writing=True)
        public, private = _generate(session, address, key_type)
        _require_kept_in(private)
        key = _verification_key(public, key_type)
        owner = controller or did_key(key)
        record = KeyRecord(
            name=name,
            key=key,
            controller=owner,
            verification_method=f"{owner}#{key.to_multikey()}",
            created=created,
            protection=PROTECTION,
            device=address.to_uri(),
        )
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new(path, _file_of(record, _sign(private, key_type, _bound(record))))
    return f"file:{path}", record


def open_device_key(uri: str, pin: Pin) -> StoredKey:
    """Open the key in a device whose record is in the file of a "file:" URI.

    Raises `KeyMaterialError`, for a record that was changed, too (WRONG_PASSPHRASE as for files).
    """
    members = read_members(path_of(uri))
    record = record_from_json(members)
    if record.device is None:
        raise KeyNotFoundError(f"The key {record.name} is in a file, and in no device.")
    try:
        record.key.verify(bytes_of_base64url(str(members.get("signature"))), _bound(record))
    except SignatureMismatchError as error:
        raise WrongPassphraseError(f"The file of the key {record.name} was changed.") from error
    address = DeviceAddress.from_uri(record.device)
    return StoredKey(record, DeviceSigner(address, record.key, pin))


def end_device_key(uri: str, pin: Pin, *, status: str, at: datetime) -> KeyRecord:
    """Retire or revoke a key in a device, as `keys.store.end_key` does; the key itself stays."""
    key = open_device_key(uri, pin)
    record = ended_record(key.record, status, at)
    replace_file(path_of(uri), _file_of(record, key.signer.sign(_bound(record))))
    return record


def _generate(
    session: Session, address: DeviceAddress, key_type: KeyType
) -> tuple[PublicKey, PrivateKey]:
    from pkcs11 import Attribute, Mechanism, MechanismFlag
    from pkcs11 import KeyType as DeviceKeyType

    if list(session.get_objects({Attribute.LABEL: address.label})):
        text = f"The token {address.token} has something called {address.label} already."
        raise KeyMaterialError(f"{text} Choose another name.", code="KEY_EXISTS")
    is_edwards = key_type is KeyType.ED25519
    # A curve is always named: a module that is given none can bring the process down.
    parameters = session.create_domain_parameters(
        DeviceKeyType.EC_EDWARDS if is_edwards else DeviceKeyType.EC,
        {Attribute.EC_PARAMS: CURVE_PARAMETERS[key_type]},
        local=True,
    )
    mechanism = Mechanism.EC_EDWARDS_KEY_PAIR_GEN if is_edwards else Mechanism.EC_KEY_PAIR_GEN
    public, private = parameters.generate_keypair(
        mechanism=mechanism,
        store=True,
        label=address.label,
        id=address.label.encode(),
        capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
        private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
    )
    return public, cast("PrivateKey", private)


def _require_kept_in(private: PrivateKey) -> None:
    """Refuse a key that could leave the device, or once could."""
    from pkcs11 import Attribute

    is_kept = private[Attribute.NEVER_EXTRACTABLE] and private[Attribute.ALWAYS_SENSITIVE]
    if not is_kept or not private[Attribute.LOCAL]:
        raise DeviceError("The key was not made in the device, or it can leave it.")


def _session(address: DeviceAddress, pin: Pin, *, is_writing: bool = False) -> Session:
    import pkcs11
    from pkcs11.exceptions import UserAlreadyLoggedIn

    token = pkcs11.lib(address.module).get_token(token_label=address.token)
    try:
        return token.open(rw=is_writing, user_pin=pin(address.token))
    except UserAlreadyLoggedIn:
        # A process logs in once, for all its sessions with a token.
        return token.open(rw=is_writing)


def _pair(session: Session, label: str) -> tuple[PrivateKey, PublicKey]:
    from pkcs11 import ObjectClass

    private = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=label)
    public = session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=label)
    return cast("PrivateKey", private), cast("PublicKey", public)


def _sign(private: PrivateKey, key_type: KeyType, message: bytes) -> bytes:
    """Sign: Ed25519 as a whole, ECDSA over the digest, which every module knows."""
    from pkcs11 import Mechanism

    if key_type is KeyType.ED25519:
        return bytes(private.sign(message, mechanism=Mechanism.EDDSA))
    return bytes(private.sign(hashlib.sha256(message).digest(), mechanism=Mechanism.ECDSA))


def _verification_key(public: PublicKey, key_type: KeyType) -> VerificationKey:
    from pkcs11 import Attribute

    point, size = bytes(public[Attribute.EC_POINT]), POINT_BYTES[key_type]
    # The point is a DER OCTET STRING; some modules leave its header out.
    if len(point) == size + 2 and point[:2] == bytes((DER_OCTET_STRING, size)):
        point = point[2:]
    if key_type is KeyType.ED25519:
        return VerificationKey(key_type, point)
    try:
        whole = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise MalformedKeyError("The device tells no point of P-256.") from error
    return VerificationKey(
        key_type, whole.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    )


def _bound(record: KeyRecord) -> bytes:
    return RECORD_PREFIX + json.dumps(record.to_json(), sort_keys=True).encode("utf-8")


def _file_of(record: KeyRecord, signature: bytes) -> bytes:
    members: dict[str, Any] = {**record.to_json(), "signature": base64url(signature)}
    return (json.dumps(members, indent=2) + "\n").encode("utf-8")


@contextmanager
def _explained(address: DeviceAddress) -> Iterator[None]:
    """Turn what the library and the module say into errors for people."""
    try:
        from pkcs11 import exceptions
    except ImportError as error:
        text = "Keys in devices need one more library: pip install 'tallystick[hardware]'."
        raise DeviceError(text, code="KEY_DEVICE_LIBRARY") from error
    pins = (exceptions.PinIncorrect, exceptions.PinInvalid, exceptions.PinLenRange)
    try:
        yield
    except exceptions.NoSuchKey as error:
        text = f"The token {address.token} has no key called {address.label}."
        raise KeyNotFoundError(text) from error
    except exceptions.NoSuchToken as error:
        raise KeyNotFoundError(f"There is no token called {address.token}.") from error
    except pins as error:
        text = f"The PIN of the token {address.token} is wrong; after some tries it is locked."
        raise WrongPassphraseError(text) from error
    except exceptions.PKCS11Error as error:
        # The library's own errors have no name of PKCS#11; the commonest is a wrong path.
        name = type(error).__name__
        told = f"{address.module}: {error}" if type(error) is exceptions.PKCS11Error else name
        raise DeviceError(f"The device cannot be used: {told}.") from error


def _bad_address(uri: str, why: str) -> KeyMaterialError:
    text = f"A key in a device is named pkcs11:token=…?module-path=…, not {uri!r}: {why}."
    return KeyMaterialError(text, code="DEVICE_ADDRESS")
