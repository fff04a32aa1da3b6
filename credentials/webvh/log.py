"""Reading the log of a did:webvh: each entry is signed, and names the one before it by hash.

Source: did:webvh DID Method 1.0, "Read (Resolve)" and the processes that it names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from credentials.errors import CredentialError
from credentials.jcs import canonicalize
from credentials.json_types import JsonObject, JsonValue, as_list, count_values
from credentials.limits import DEFAULT_LIMITS
from credentials.proofs.cryptosuite import without_proof
from credentials.timestamps import parse_timestamp
from credentials.webvh.address import scid_of
from credentials.webvh.errors import HistoryError, wrong
from credentials.webvh.parameters import Parameters, Witnesses
from credentials.webvh.signing import require_signed_by
from credentials.webvh.witnesses import require_witnessed
from keys.errors import KeyMaterialError, UnresolvableError
from keys.multibase import encode_base58btc

ENTRIES = 512
"""The longest log that is read."""

PLACEHOLDER = "{SCID}"
MEMBERS = frozenset({"versionId", "versionTime", "parameters", "state", "proof"})
SHA2_256 = b"\x12\x20"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry that holds: its version, what it states, and who had to approve it."""

    version_id: str
    time: datetime
    parameters: Parameters
    state: JsonObject
    needs: Witnesses | None


def signed_values(log: JsonValue) -> int:
    """Count the JSON values that the proofs of a log cover together."""
    entries = [entry for entry in as_list(log) if isinstance(entry, dict)]
    return sum(count_values(one) * (len(as_list(one.get("proof"))) or 1) for one in entries)


def current_document(
    did: str, log: JsonValue, witness_proofs: Callable[[], JsonValue], now: datetime
) -> JsonObject:
    """Return the document at the end of a log, once the whole log holds.

    `witness_proofs` gets the file of the witnesses, and is asked only if an entry needs it.
    Obligations, for each entry:

    1. it has the five members, and parameters that may follow those before it;
    2. its hash is the one in its `versionId`, over the `versionId` of the entry before it;
    3. it is signed by a key that may continue the log, announced before if keys are announced;
    4. its time is after that of the entry before it, and not later than now;
    5. the first entry's hash is the identifier's own (SCID);
    6. its document bears the identifier, or another with the same SCID if that may move;
    7. nothing follows a deactivation; and the witnesses that it needs have approved it.

    Raises `HistoryError`, `UnresolvableError` for what cannot be decided, and
    `ControllerDocumentError` (DID_DEACTIVATED).
    """
    if not isinstance(log, list) or not 0 < len(log) <= ENTRIES:
        raise HistoryError("The issuer's log is no list of entries, or too long.")
    entries: list[Entry] = []
    for number, value in enumerate(log, 1):
        try:
            entries.append(_entry(did, value, number, entries[-1] if entries else None))
        except CredentialError as error:
            raise wrong(number, error.message) from error
    _require_past(entries[-1], now)
    needed = [(number, entry.needs) for number, entry in enumerate(entries, 1) if entry.needs]
    if needed:
        versions = [entry.version_id for entry in entries]
        require_witnessed(needed, versions, witness_proofs())
    return _document(did, entries)


def _entry(did: str, value: JsonValue, number: int, before: Entry | None) -> Entry:
    # 1.
    if not isinstance(value, dict) or value.keys() != MEMBERS:
        raise wrong(number, "it has not the five members of an entry")
    if before is not None and before.parameters.deactivated:
        # 7.
        raise wrong(number, "it follows a deactivation")
    known = before.parameters if before else Parameters()
    parameters = known.followed_by(value["parameters"], number)
    # 2.
    content = without_proof(value)
    version_id = value["versionId"]
    previous = before.version_id if before else parameters.scid
    if version_id != f"{number}-{_hash({**content, 'versionId': previous})}":
        raise wrong(number, "its hash is another one")
    # 3.
    keys = _authorized_keys(parameters, before, number)
    require_signed_by(keys, content, value["proof"], number)
    # 4.
    time = _time(value["versionTime"], number)
    if before is not None and time <= before.time:
        raise wrong(number, "it is not later than the one before it")
    # 5.
    if before is None and not _is_own_hash(did, content, parameters.scid):
        raise wrong(number, "the identifier is not made from it")
    # 6.
    state = value["state"]
    _require_bears(did, state, before, parameters, number)
    return Entry(version_id, time, parameters, state, _needed(parameters, before))


def _hash(content: JsonObject) -> str:
    digest = SHA2_256 + hashlib.sha256(canonicalize(content)).digest()
    return encode_base58btc(digest).removeprefix("z")


def _authorized_keys(parameters: Parameters, before: Entry | None, number: int) -> tuple[str, ...]:
    if before is None:
        return parameters.update_keys
    announced = before.parameters.next_key_hashes
    if not announced:
        return before.parameters.update_keys
    for key in parameters.update_keys:
        digest = SHA2_256 + hashlib.sha256(key.encode()).digest()
        if encode_base58btc(digest).removeprefix("z") not in announced:
            raise wrong(number, "it names a key that was not announced")
    return parameters.update_keys


def _is_own_hash(did: str, content: JsonObject, scid: str) -> bool:
    text = json.dumps(content, ensure_ascii=False)
    # An entry in which the placeholder stands would be another one with the same hash.
    if scid != scid_of(did) or PLACEHOLDER in text:
        return False
    draft = json.loads(text.replace(scid, PLACEHOLDER))
    return scid == _hash({**draft, "versionId": PLACEHOLDER})


def _time(value: JsonValue, number: int) -> datetime:
    if not isinstance(value, str) or not value.endswith("Z"):
        raise wrong(number, "its time is not in UTC")
    return parse_timestamp(value)


def _require_past(last: Entry, now: datetime) -> None:
    """Leave a log undecided that goes on after the moment as of which is judged."""
    if last.time - now > timedelta(seconds=DEFAULT_LIMITS.clock_tolerance_seconds):
        text = "The issuer's log goes on after the moment as of which is judged."
        raise UnresolvableError(text, code="DID_LOG_IN_FUTURE")


def _require_bears(
    did: str, state: JsonValue, before: Entry | None, parameters: Parameters, number: int
) -> None:
    name = state.get("id") if isinstance(state, dict) else None
    try:
        has_scid = isinstance(name, str) and scid_of(name) == scid_of(did)
    except KeyMaterialError:
        has_scid = False
    if not has_scid:
        raise wrong(number, "its document bears another identifier")
    if before is None or name == before.state["id"]:
        return
    if not parameters.portable or before.state["id"] not in as_list(state.get("alsoKnownAs")):
        raise wrong(number, "its document moved, and may not, or does not say from where")


def _needed(parameters: Parameters, before: Entry | None) -> Witnesses | None:
    """Tell who has to approve an entry: those before it, or its own if there were none."""
    active = before.parameters.witnesses if before else None
    return active or parameters.witnesses


def _document(did: str, entries: list[Entry]) -> JsonObject:
    last = entries[-1]
    if last.parameters.deactivated:
        raise HistoryError("The issuer has given up this identifier.", code="DID_DEACTIVATED")
    if last.state["id"] == did:
        return last.state
    if did in {entry.state["id"] for entry in entries}:
        text = f"The issuer goes by another identifier now: {last.state['id']}."
        raise UnresolvableError(text, code="DID_MOVED")
    raise HistoryError("The issuer's log is that of another identifier.")
