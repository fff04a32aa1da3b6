"""Part of check "status": entries whose bits stand in a signed list of the issuer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from credentials.data_model.status_entries import (
    BITSTRING_ENTRY,
    ENTRY_2021,
    StatusEntry,
    read_status_entry,
)
from credentials.errors import (
    CredentialError,
    IndeterminateError,
    MalformedValueError,
    StatusError,
)
from credentials.json_types import JsonObject, JsonValue, as_list, whole_number
from credentials.status.bitstring import decode_list, decode_list_2021, status_at
from credentials.timestamps import format_timestamp, parse_timestamp
from keys.errors import KeyMaterialError, UnresolvableError
from verifier.checks.issuer import check_issuer
from verifier.checks.proof import ProofEvidence, resolve
from verifier.checks.validity import check_validity
from verifier.checks.world import Examine, World, issuer_id, passed, types_of
from verifier.opening import form_remarks
from verifier.report import Outcome, Remark, Verdict, verdict_of
from verifier.status_memory import SeenList

if TYPE_CHECKING:
    from verifier.verified_lists import KeptList

REVOCATION = "revocation"
"""The only purpose that nothing takes back (Bitstring Status List 1.0 section 2.1)."""

PURPOSES = {
    REVOCATION: (Outcome.FAILED, "REVOKED", "The issuer has revoked the credential."),
    "suspension": (Outcome.FAILED, "SUSPENDED", "The issuer has suspended the credential for now."),
    "message": (Outcome.WARNING, "STATUS_MESSAGE", "The issuer has attached a message to it."),
    "refresh": (Outcome.WARNING, "REFRESH_AVAILABLE", "The issuer offers a newer credential."),
}
"""What a value other than 0 means for each purpose (Bitstring Status List 1.0 section 2.1)."""

MESSAGE_CHARACTERS = 200
"""How much of an issuer's status message is told."""


@dataclass(frozen=True)
class StatusList:
    """A status list that verifies, and its bits."""

    document: JsonObject
    bits: bytes

    @cached_property
    def seen(self) -> SeenList:
        """What a memory has to know of it."""
        return _seen(self.document, self.bits)


@dataclass(frozen=True, slots=True)
class KindOfList:
    """The names in one kind of list, and how its bits are read."""

    list_type: str
    content_type: str
    decode: Callable[..., bytes]


KINDS = {
    BITSTRING_ENTRY: KindOfList(
        "BitstringStatusListCredential", "BitstringStatusList", decode_list
    ),
    ENTRY_2021: KindOfList("StatusList2021Credential", "StatusList2021", decode_list_2021),
}
"""Kinds of lists by the type of the entries that point to them."""


def check_listed(
    entry: JsonObject, kind: KindOfList, document: JsonObject, world: World, examine: Examine
) -> tuple[Remark, ...]:
    """Read the status that a signed list gives an entry.

    Obligations (Bitstring Status List 1.0 section 3.2, Validate; StatusList2021 section 4.2):

    1. the entry is well-formed, and for a purpose that is understood;
    2. the list can be had, and is a credential that verifies;
    3. it is of the credential's own issuer, and for the entry's purpose;
    4. it is long enough, and has the entry;
    5. a revocation counts, and all else only if the list is the one that is named, none that was
       seen is newer, and it is not too old.

    Raises `CredentialError` or `UnresolvableError` where nothing can be concluded.
    """
    # 1.
    wanted = read_status_entry(entry)
    if wanted.purpose not in PURPOSES:
        raise IndeterminateError(
            "The credential has a status for a purpose that is not understood here.",
            code="UNKNOWN_STATUS_PURPOSE",
            pointer="/statusPurpose",
        )
    # 2.
    known = known_list(wanted.list_url, kind, world, examine)
    # 3.
    issuer = issuer_id(known.document)
    if issuer is None or issuer != issuer_id(document):
        raise StatusError("The status list was made by somebody else than the issuer.")
    if wanted.purpose not in as_list(known.document["credentialSubject"].get("statusPurpose")):
        raise StatusError("The status list is for another purpose than the entry.")
    # 4.
    value = status_at(known.bits, wanted.index, wanted.size)
    # 5.
    doubt, notes = _standing(known, issuer, wanted.list_url, world)
    if doubt is not None and not (value and wanted.purpose == REVOCATION):
        raise doubt
    return (_meaning(wanted, value), *notes)


def _meaning(entry: StatusEntry, value: int) -> Remark:
    message = _message(entry, value)
    if not value:
        return passed(f"The credential is not withdrawn ({entry.purpose}).{message}")
    outcome, code, detail = PURPOSES[entry.purpose]
    return Remark(outcome, code, detail + message)


def _message(entry: StatusEntry, value: int) -> str:
    """Tell what the issuer calls a value, as far as it is worth telling."""
    if entry.messages:
        text = entry.messages[value]
        shown = text if len(text) <= MESSAGE_CHARACTERS else f"{text[:MESSAGE_CHARACTERS]}…"
        return f" The issuer's word for this status is “{shown}” (0x{value:x})."
    return ""


def known_list(url: str, kind: KindOfList, world: World, examine: Examine) -> StatusList:
    """Verify a list, once in one verification however often it is named."""
    lists, key = world.effort.lists, (url, world.nesting, kind.list_type)
    if key not in lists:
        # As long as this stands, the list is being verified and must not depend on itself.
        lists[key] = StatusError("The status list names itself as its own status.")
        try:
            lists[key] = _verified_list(url, kind, world, examine)
        except (CredentialError, UnresolvableError) as error:
            lists[key] = error
    known = lists[key]
    if isinstance(known, Exception):
        raise known
    return known


def _verified_list(url: str, kind: KindOfList, world: World, examine: Examine) -> StatusList:
    document = world.resolver(url)
    kept = _kept(document, kind, world)
    if kept is not None and _still_holds(kept, world.inner()):
        return kept.known
    if not isinstance(document, dict) or _is_malformed(document, world):
        raise StatusError("The status list is not a credential.")
    if kind.list_type not in types_of(document):
        raise StatusError(f"The status list is not of the type {kind.list_type}.")
    work_before = world.effort.canonicalized_values
    evidence = _require_valid(document, world, examine)
    work = world.effort.canonicalized_values - work_before
    subject = document.get("credentialSubject")
    if not isinstance(subject, dict) or kind.content_type not in types_of(subject):
        raise StatusError(f"The status list has no content of the type {kind.content_type}.")
    bits = kind.decode(subject.get("encodedList"), limits=world.limits)
    known = StatusList(document, bits)
    _keep(known, evidence, work, kind, world)
    return known


def _is_malformed(document: JsonObject, world: World) -> bool:
    return any(remark.outcome is Outcome.FAILED for remark in form_remarks(document, world))


def _terms(world: World) -> tuple[Any, ...]:
    """Name all of a world that decides about a list, beside time and other documents."""
    return (
        world.load_context,
        world.allowed_contexts,
        world.allows_inline_contexts,
        world.accepts_undisclosed,
        world.unsafe_leaves_issuer_unbound,
        world.tells_digest,
        world.nesting,
        world.limits,
    )


def _kept(document: JsonValue, kind: KindOfList, world: World) -> KeptList | None:
    if world.verified_lists is None or not isinstance(document, dict):
        return None
    return world.verified_lists.find(document, kind.list_type, _terms(world))


def _keep(
    known: StatusList,
    evidence: tuple[ProofEvidence, ...],
    work: int,
    kind: KindOfList,
    world: World,
) -> None:
    """Keep a list on which nothing bears but time and the documents of its issuer."""
    document = known.document
    if world.verified_lists is None or "credentialStatus" in document:
        return
    if not any(world.contained_in(document)):
        # Whoever keeps nothing need not load how it is kept.
        from verifier.verified_lists import KeptList

        kept = KeptList(known, evidence, work, _terms(world))
        world.verified_lists.keep(kind.list_type, kept)


def _still_holds(kept: KeptList, world: World) -> bool:
    """Tell whether a list that verified still does; where it does not, it is verified anew.

    What is kept was found out from the list alone.  Judged anew is:

    1. the work, which counts as if it were done;
    2. the keys, which must be the same: the documents of the issuer may have changed;
    3. keys and proofs as of now, and the validity of the list.
    """
    document, evidence, effort = kept.known.document, kept.evidence, world.effort
    # 1.
    proofs = effort.proofs + len(evidence)
    values = effort.canonicalized_values + kept.canonicalized_values
    most = world.limits
    if proofs > most.proofs_altogether or values > most.canonicalized_values:
        return False
    # 2.
    if not _have_same_keys(evidence, world):
        return False
    # 3.
    issuer = issuer_id(document)
    of_issuer = check_issuer(issuer, evidence, world, expected_purpose="assertionMethod")
    for remarks in (of_issuer, check_validity(document, world)):
        if verdict_of(one.outcome for one in remarks) is not Verdict.VALID:
            return False
    effort.proofs, effort.canonicalized_values = proofs, values
    return True


def _have_same_keys(evidence: tuple[ProofEvidence, ...], world: World) -> bool:
    try:
        return all(resolve(one.secured.proof, world) == one.resolved for one in evidence)
    except KeyMaterialError:
        return False


def _require_valid(
    document: JsonObject, world: World, examine: Examine
) -> tuple[ProofEvidence, ...]:
    examined = examine(document, world.inner())
    if examined.verdict is Verdict.VALID:
        return examined.evidence
    wrong = (Outcome.FAILED, Outcome.INDETERMINATE)
    remarks = (one for check in examined.remarks.values() for one in check if one.outcome in wrong)
    reason = min(remarks, key=lambda one: wrong.index(one.outcome), default=None)
    because = "" if reason is None else f" Of the list itself: {reason.detail} [{reason.code}]"
    raise StatusError(f"The status list could not be verified.{because}")


def _standing(
    known: StatusList, issuer: str, url: str, world: World
) -> tuple[CredentialError | None, tuple[Remark, ...]]:
    """Say why a list must not be relied on for what may have changed, or what is to be noted."""
    try:
        if known.document.get("id") != url:
            # Another list of the same issuer could be put in its place.
            raise StatusError("The status list is not the one that the credential names.")
        if world.status_memory is not None:
            require_newest(known.seen, issuer, url, world)
        return None, _notes_of_age(known, url, world)
    except CredentialError as error:
        return error, ()


def _seen(document: JsonObject, bits: bytes) -> SeenList:
    """Describe a list for the memory."""
    begins = _date(document.get("validFrom", document.get("issuanceDate")))
    proofs = (one for one in as_list(document.get("proof")) if isinstance(one, dict))
    signed = [date for one in proofs if (date := _date(one.get("created"))) is not None]
    digest = f"sha256:{hashlib.sha256(bits).hexdigest()}"
    return SeenList(begins, max(signed, default=None), digest)


def _date(text: JsonValue) -> datetime | None:
    # The list verifies, so a date that is there can be read.
    return None if text is None else parse_timestamp(text)


def require_newest(seen: SeenList, issuer: str, url: str, world: World) -> None:
    """Refuse a list that is older than one that was seen, or contradicts it; else remember it."""
    if world.status_memory is None:
        return
    newest = world.status_memory.newest(issuer, url)
    if newest is not None and _is_past(newest, world):
        if seen.age < newest.age:
            told = "" if newest.made_at is None else f" of {format_timestamp(newest.made_at)}"
            raise IndeterminateError(
                f"An older status list was served: a newer one{told} was seen before. Ask for the "
                "newest.",
                code="STATUS_LIST_ROLLBACK",
            )
        # Without the time of signing, lists that always begin on the same day cannot be told
        # apart by age; the last one that was served stands.
        is_dated = seen.created is not None
        if seen.age == newest.age and seen.digest != newest.digest and is_dated:
            raise IndeterminateError(
                "The issuer signed two different status lists at the same time; which one holds "
                "cannot be told.",
                code="STATUS_LIST_FORK",
            )
    if newest is None or seen.age >= newest.age:
        world.status_memory.remember(issuer, url, seen)


def _is_past(newest: SeenList, world: World) -> bool:
    """Tell whether a list was there at the time that is asked about, which may be long ago."""
    tolerance = timedelta(seconds=world.limits.clock_tolerance_seconds)
    return newest.made_at is None or newest.made_at - world.now <= tolerance


def _notes_of_age(known: StatusList, url: str, world: World) -> tuple[Remark, ...]:
    """Hold the age of a list against its time to live (section 2.2, ttl in milliseconds)."""
    stated = known.document["credentialSubject"].get("ttl")
    if stated is None:
        return ()
    ttl = whole_number(stated)
    if ttl is None or ttl < 0:
        raise MalformedValueError("The status list's time to live is not a number of milliseconds.")
    since = world.retrieved_at(url) or known.seen.made_at
    return () if since is None else notes_on_age(since, ttl, world)


def notes_on_age(since: datetime, ttl: int, world: World) -> tuple[Remark, ...]:
    """Mention a list that is beyond its time to live, a number of milliseconds.

    It counts from when the list was had from its issuer; where nobody knows that, from when the
    list was made.  A list that is beyond it is relied on for a while, with a warning; after that
    `IndeterminateError` (STATUS_LIST_OUTDATED) is raised.
    """
    limits = world.limits
    over = (world.now - since) // timedelta(milliseconds=1) - ttl
    if over <= limits.clock_tolerance_seconds * 1000:
        return ()
    when = format_timestamp(since)
    if over > limits.stale_status_seconds * 1000:
        raise IndeterminateError(
            f"The status list is of {when}, which is longer ago than its issuer lets it live. "
            "Ask for the newest.",
            code="STATUS_LIST_OUTDATED",
        )
    text = (
        f"The status list is of {when}, which is longer ago than its issuer lets it live; "
        "the status is as of then."
    )
    return (Remark(Outcome.WARNING, "STATUS_LIST_STALE", text),)
