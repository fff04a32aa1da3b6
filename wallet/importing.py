"""What another wallet gives away: archives, lists and presentations, taken apart.

Whatever comes out is only bytes; each is verified before it is kept, as anything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from credentials.errors import CredentialError
from credentials.json_types import JsonValue, as_list
from credentials.limits import DEFAULT_LIMITS
from credentials.strict_json import parse_json
from service.pages import Upload
from service.pages.archives import ArchiveSize, is_archive, open_archive
from wallet.account import Account, read_account
from wallet.claiming import bytes_of

MOST_IMPORTED = 300
"""So many credentials are taken with one form."""

UNPACKED_BYTES = 67_108_864
"""How large the files of an archive may be together: as large as a wallet."""

OWN_ACCOUNT = "wallet.json"
"""What an archive of ours has beside credentials: the account of a wallet, with its key."""

LISTS = ("verifiableCredential", "credentials")
"""Members under which a presentation, and some wallets, list credentials."""


@dataclass(frozen=True, slots=True)
class Given:
    """What files came to: what may be credentials, and accounts of other wallets beside them."""

    files: tuple[Upload, ...]
    accounts: tuple[Account, ...] = ()


def taken_apart(files: Sequence[Upload]) -> Given:
    """Take archives, lists and presentations apart; everything else stays as it is.

    Raises `MalformedValueError` (ARCHIVE_DAMAGED, ARCHIVE_EMPTY) and `LimitExceededError`
    (ARCHIVE_TOO_LARGE).
    """
    size = ArchiveSize(MOST_IMPORTED + 1, UNPACKED_BYTES, DEFAULT_LIMITS.image_bytes)
    found: list[Upload] = []
    accounts: list[Account] = []
    for file in files:
        for one in open_archive(file.data, size) if is_archive(file.data) else (file,):
            if one is not file and one.name == OWN_ACCOUNT:
                accounts.append(read_account(one.data))
            else:
                found.extend(_listed(one))
    return Given(tuple(found[:MOST_IMPORTED]), tuple(accounts))


def _listed(file: Upload) -> Iterator[Upload]:
    found = _list_in(file.data)
    if found is None:
        yield file
        return
    for number, one in enumerate(found, 1):
        yield Upload(f"{file.name} ({number})", bytes_of(one))


def _list_in(data: bytes) -> list[JsonValue] | None:
    if data.lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        value = parse_json(data)
    except CredentialError:
        return None
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or "credentialSubject" in value:
        return None
    return next((as_list(value[name]) for name in LISTS if name in value), None)
