"""Where things are, from options and environment variables."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tallystick.files import CommandError

if TYPE_CHECKING:
    # The private half of keys is loaded by commands that use a key of their own.
    from keys.store import KeyRecord, Protection, StoredKey

KEYS_VARIABLE = "TALLYSTICK_KEYS"
REGISTERS_VARIABLE = "TALLYSTICK_REGISTERS"
DECISIONS_VARIABLE = "TALLYSTICK_DECISIONS_URL"
OFFLINE_VARIABLE = "TALLYSTICK_OFFLINE"
ALLOWED_HOSTS_VARIABLE = "TALLYSTICK_ALLOWED_HOSTS"
SIGNER_VARIABLE = "TALLYSTICK_SIGNER"
ISSUER_VARIABLE = "TALLYSTICK_ISSUER"
DESK_VARIABLE = "TALLYSTICK_DESK"
DATABASE_VARIABLE = "TALLYSTICK_DATABASE_URL"
STATUS_LEDGER_VARIABLE = "TALLYSTICK_STATUS_LEDGER_URL"
STATUS_MEMORY_VARIABLE = "TALLYSTICK_STATUS_MEMORY"
PASSPHRASE_FILE_VARIABLE = "TALLYSTICK_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable
KEY_ENCRYPTION_FILE = "key-encryption.key"


def signer_folder() -> Path:
    """Return the folder of the signer's socket and journal: TALLYSTICK_SIGNER, or one at home."""
    stated = os.environ.get(SIGNER_VARIABLE)
    return Path(stated) if stated else Path.home() / ".tallystick" / "signer"


def keys_folder() -> Path:
    """Return the folder of private keys: TALLYSTICK_KEYS, or a folder in the user's home."""
    stated = os.environ.get(KEYS_VARIABLE)
    return Path(stated) if stated else Path.home() / ".tallystick" / "keys"


def registers_folder() -> Path:
    """Return the folder of kept registers: TALLYSTICK_REGISTERS, or one in the user's home."""
    stated = os.environ.get(REGISTERS_VARIABLE)
    return Path(stated) if stated else Path.home() / ".tallystick" / "registers"


def is_offline() -> bool:
    """Tell whether the environment forbids the network: TALLYSTICK_OFFLINE, other than 0."""
    return os.environ.get(OFFLINE_VARIABLE, "0") not in ("", "0")


def allowed_hosts() -> frozenset[str]:
    """Return the hosts that need not be public: TALLYSTICK_ALLOWED_HOSTS, parted by commas.

    Documents are fetched from them also on private addresses, on any port and without TLS.
    """
    stated = os.environ.get(ALLOWED_HOSTS_VARIABLE, "").lower().split(",")
    return frozenset(host.strip() for host in stated if host.strip())


def status_ledger_file() -> Path:
    """Return the file of the ledger of status lists in the user's home, if no URL names another."""
    return Path.home() / ".tallystick" / "status.sqlite"


def status_memory_file() -> Path | None:
    """Return the file that remembers status lists, if TALLYSTICK_STATUS_MEMORY names one."""
    stated = os.environ.get(STATUS_MEMORY_VARIABLE)
    return Path(stated) if stated else None


def protection_for(folder: Path, *, wants_passphrase: bool) -> Protection:
    """Choose how a new key is protected, making the key-encryption key at the first use."""
    from keys.store import KeyFileProtection, PassphraseProtection

    if wants_passphrase:
        return PassphraseProtection(new_passphrase)
    path = folder / KEY_ENCRYPTION_FILE
    return KeyFileProtection(path) if path.exists() else KeyFileProtection.create(path)


def protection_of(
    path: Path, asks: Callable[[str], str] | None = None
) -> Callable[[KeyRecord], Protection]:
    """Choose how to open the key in the file `path`, from what its record says.

    `asks` gives the passphrase of a key by its name, instead of file and terminal.
    """
    from keys.store import KeyFileProtection, PassphraseProtection

    def choose(record: KeyRecord) -> Protection:
        if record.protection == PassphraseProtection.kind:
            return PassphraseProtection(asks or passphrase)
        return KeyFileProtection(path.parent / KEY_ENCRYPTION_FILE)

    return choose


def signing_key(
    uri: str, secret: str | None = None, *, on_secret: Callable[[str], object] | None = None
) -> StoredKey:
    """Open the key that a command signs with; one that is retired or revoked signs nothing.

    A passphrase or PIN that is known already is `secret`; one that is read is told to `on_secret`.
    """
    from keys.store import open_key, path_of
    from tallystick.signers import is_remote, open_remote, record_of

    def asked(asks: Callable[[str], str]) -> Callable[[str], str]:
        def once(name: str) -> str:
            found = asks(name) if secret is None else secret
            if on_secret is not None:
                on_secret(found)
            return found

        return once

    if is_remote(uri):
        key = open_remote(uri)
    elif record_of(uri).device is not None:
        from keys.hardware import open_device_key

        key = open_device_key(uri, asked(pin))
    else:
        key = open_key(uri, protection_of(path_of(uri), asked(passphrase)))
    if not key.record.is_active():
        raise CommandError(f"The key {key.record.name} is {key.record.status}; it must not sign.")
    return key


def passphrase(name: str) -> str:
    """Read a passphrase from the file that the environment names, or ask at the terminal."""
    return _secret(f"passphrase of the key {name}")


def pin(token: str) -> str:
    """Read the PIN of a device's token from the same file, or ask for it."""
    return _secret(f"PIN of the token {token}")


def _secret(what: str) -> str:
    stated = os.environ.get(PASSPHRASE_FILE_VARIABLE)
    if stated:
        try:
            return Path(stated).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The passphrase file {stated} cannot be read.") from error
    if sys.stdin is None or not sys.stdin.isatty():
        raise CommandError(
            f"The {what} is needed. Run this at a terminal, or name a file with it in "
            f"{PASSPHRASE_FILE_VARIABLE}."
        )
    import getpass

    return getpass.getpass(f"{what[0].upper()}{what[1:]}: ")


def new_passphrase(name: str) -> str:
    """Ask for a new passphrase, twice at a terminal."""
    first = passphrase(name)
    if not first:
        raise CommandError("The passphrase is empty.")
    if os.environ.get(PASSPHRASE_FILE_VARIABLE) is None and passphrase(f"{name}, again") != first:
        raise CommandError("The two passphrases differ.")
    return first
