"""The witnesses of a log: who approved which entry, and whether that is enough.

Source: did:webvh DID Method 1.0, "Verifying Witness Proofs During Resolution".
"""

from __future__ import annotations

from collections.abc import Sequence

from credentials.errors import CredentialError
from credentials.json_types import JsonValue, as_list
from credentials.webvh.errors import HistoryError, wrong
from credentials.webvh.parameters import Witnesses
from credentials.webvh.signing import signer_of
from keys.errors import KeyMaterialError

PROOFS = 1_024
"""How many proofs of witnesses are looked at."""


def require_witnessed(
    needed: Sequence[tuple[int, Witnesses]], versions: Sequence[str], proofs: JsonValue
) -> None:
    """Require that each entry that needs witnesses was approved by enough of them.

    Obligations: 1. proofs for what is not in the log are passed over; every other one holds;
    2. a proof approves its entry and all before it; 3. each witness counts once.
    """
    latest = _approvals(versions, proofs)
    for number, witnesses in needed:
        approved = {name for name in witnesses.members if latest.get(name, 0) >= number}
        if len(approved) < witnesses.threshold:
            raise wrong(number, "too few of its witnesses have approved it")


def _approvals(versions: Sequence[str], proofs: JsonValue) -> dict[str, int]:
    """Find for each witness the latest entry that it approved."""
    if not isinstance(proofs, list):
        raise HistoryError("The proofs of the witnesses are no list.")
    numbers = {version: number for number, version in enumerate(versions, 1)}
    latest: dict[str, int] = {}
    looked_at = 0
    for item in proofs:
        version = item.get("versionId") if isinstance(item, dict) else None
        if not isinstance(version, str) or version not in numbers:
            continue
        for proof in as_list(item.get("proof")):
            looked_at += 1
            if looked_at > PROOFS:
                raise HistoryError("There are too many proofs of witnesses.")
            name = "did:key:" + _signer(version, proof)
            latest[name] = max(latest.get(name, 0), numbers[version])
    return latest


def _signer(version: str, proof: JsonValue) -> str:
    try:
        return signer_of({"versionId": version}, proof)
    except (CredentialError, KeyMaterialError) as error:
        raise HistoryError(f"A proof of a witness does not hold ({error}).") from error
