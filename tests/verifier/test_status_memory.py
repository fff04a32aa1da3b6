"""Older status lists, and lists that live longer than they should."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from credentials.errors import MalformedValueError, SchemaError
from credentials.proofs.data_integrity import ProofOptions, add_proof
from credentials.proofs.registry import CRYPTOSUITES
from tests.factories import (
    CREATED,
    ENVIRONMENT,
    ISSUER,
    LIST_URL,
    NOW,
    SIGNER,
    STRANGER,
    check,
    codes,
    method_of,
    sign,
    status_entry,
    status_list,
    unsigned,
)
from verifier.report import Verdict
from verifier.sources import Lookups, Origin, Retrieved
from verifier.status_memory import NewestLists

DOCUMENT = sign(unsigned(credentialStatus=status_entry("5")))
SUSPENDABLE = sign(unsigned(credentialStatus=status_entry("5", "suspension")))
BEFORE = status_list(validFrom="2026-11-01T00:00:00Z")
AFTER = status_list(5, validFrom="2026-11-20T00:00:00Z")
ANOTHER_URL = "https://issuer.example/status/2"


class WithoutTime(ProofOptions):
    """Options of a proof that does not say when it was made, which Data Integrity allows."""

    def to_json(self, cryptosuite: str) -> Any:
        options = super().to_json(cryptosuite)
        return {name: value for name, value in options.items() if name != "created"}


def undated(*revoked: int, **changes: Any) -> Any:
    signed = status_list(*revoked, **changes)
    document = {name: value for name, value in signed.items() if name != "proof" and value}
    return add_proof(
        document,
        suite=CRYPTOSUITES["eddsa-rdfc-2022"],
        signer=SIGNER,
        options=WithoutTime(method_of(SIGNER), CREATED),
        environment=ENVIRONMENT,
    )


def seen(*lists: Any, document: Any = DOCUMENT) -> NewestLists:
    memory = NewestLists()
    for served in lists:
        check(document, {LIST_URL: served}, status_memory=memory)
    return memory


def test_a_list_from_before_the_revocation_is_not_taken_for_the_newest() -> None:
    """Rollback: without a memory the old list verifies, since its signature does not age."""
    memory = NewestLists()
    fresh = check(DOCUMENT, {LIST_URL: AFTER}, status_memory=memory)
    assert codes(fresh) == {"REVOKED"}
    replayed = check(DOCUMENT, {LIST_URL: BEFORE}, status_memory=memory)
    assert replayed.verdict is Verdict.INDETERMINATE
    assert codes(replayed) == {"STATUS_LIST_ROLLBACK"}
    assert "2026-11-20T00:00:00Z" in replayed.check("status").decisive.detail
    assert check(DOCUMENT, {LIST_URL: BEFORE}).verdict is Verdict.VALID


def test_newer_lists_and_the_same_list_again_are_taken() -> None:
    memory = NewestLists()
    for served in (BEFORE, BEFORE, status_list(validFrom="2026-11-02T00:00:00Z")):
        assert check(DOCUMENT, {LIST_URL: served}, status_memory=memory).verdict is Verdict.VALID


def test_lists_that_begin_alike_are_ordered_by_when_they_were_signed() -> None:
    old, new = status_list(), status_list(5, created=CREATED + timedelta(seconds=1))
    memory = seen(new)
    assert codes(check(DOCUMENT, {LIST_URL: old}, status_memory=memory)) == {"STATUS_LIST_ROLLBACK"}


def test_two_different_lists_of_the_same_moment_decide_nothing() -> None:
    memory = seen(status_list(5))
    report = check(DOCUMENT, {LIST_URL: status_list()}, status_memory=memory)
    assert codes(report) == {"STATUS_LIST_FORK"}
    assert report.verdict is Verdict.INDETERMINATE


def test_lists_without_any_time_of_signing_replace_one_another() -> None:
    memory = seen(undated(6))
    served = {LIST_URL: undated()}
    assert check(DOCUMENT, served, status_memory=memory).verdict is Verdict.VALID


def test_a_revocation_in_an_old_list_counts_and_a_suspension_in_one_does_not() -> None:
    """Nothing takes back a revocation; a suspension may have ended since."""
    later = status_list(validFrom="2026-11-20T00:00:00Z")
    memory = seen(later)
    revoked = status_list(5, validFrom="2026-11-01T00:00:00Z")
    assert codes(check(DOCUMENT, {LIST_URL: revoked}, status_memory=memory)) == {"REVOKED"}
    purpose = {"statusPurpose": "suspension"}
    ended = status_list(validFrom="2026-11-20T00:00:00Z", content=purpose)
    suspended = status_list(5, validFrom="2026-11-01T00:00:00Z", content=purpose)
    memory = seen(ended, document=SUSPENDABLE)
    report = check(SUSPENDABLE, {LIST_URL: suspended}, status_memory=memory)
    assert codes(report) == {"STATUS_LIST_ROLLBACK"}


@pytest.mark.parametrize(
    "served",
    [
        status_list(signer=STRANGER, validFrom="2026-11-22T00:00:00Z"),
        status_list(issuer="did:web:else.example", validFrom="2026-11-22T00:00:00Z"),
        status_list(id=ANOTHER_URL, validFrom="2026-11-22T00:00:00Z"),
        status_list(validFrom="2027-01-01T00:00:00Z"),
        {**AFTER, "name": "tampered"},
        status_list(bits=bytes(10), validFrom="2026-11-22T00:00:00Z"),
    ],
)
def test_nobody_else_can_make_a_verifier_believe_that_it_saw_a_newer_list(served: Any) -> None:
    """Poisoning: what does not verify, or is another list, is not remembered."""
    memory = seen(served)
    assert memory.to_json()["lists"] == []
    assert check(DOCUMENT, {LIST_URL: BEFORE}, status_memory=memory).verdict is Verdict.VALID


def test_each_issuer_has_a_memory_of_their_own() -> None:
    stranger = sign(
        unsigned(issuer=BEFORE_STRANGER["issuer"], credentialStatus=status_entry("5")),
        signer=STRANGER,
    )
    memory = seen(BEFORE_STRANGER, document=stranger)
    assert len(memory.to_json()["lists"]) == 1
    assert check(DOCUMENT, {LIST_URL: BEFORE}, status_memory=memory).verdict is Verdict.VALID


BEFORE_STRANGER = status_list(signer=STRANGER, validFrom="2026-11-22T00:00:00Z")


def test_what_was_seen_later_does_not_count_for_an_earlier_day() -> None:
    memory = seen(AFTER)
    then = datetime(2026, 11, 10, tzinfo=UTC)
    report = check(DOCUMENT, {LIST_URL: BEFORE}, status_memory=memory, now=then)
    assert report.verdict is Verdict.VALID
    assert memory.to_json()["lists"][0]["validFrom"] == "2026-11-20T00:00:00Z"


def test_a_memory_is_written_and_read_again() -> None:
    memory = seen(AFTER)
    written = memory.to_json()
    assert written["lists"] == [
        {
            "issuer": ISSUER,
            "url": LIST_URL,
            "validFrom": "2026-11-20T00:00:00Z",
            "created": "2026-01-15T09:00:00Z",
            "digest": written["lists"][0]["digest"],
        }
    ]
    again = NewestLists.from_json(written)
    assert again.to_json() == written
    report = check(DOCUMENT, {LIST_URL: BEFORE}, status_memory=again)
    assert codes(report) == {"STATUS_LIST_ROLLBACK"}


def test_memories_are_joined_to_what_is_newest_in_either() -> None:
    old, new = seen(BEFORE), seen(AFTER)
    old.add(new)
    new.add(seen(BEFORE))
    assert old.to_json() == new.to_json() == seen(AFTER).to_json()


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"format": "tallystick-status-memory/2", "lists": []},
        {"format": "tallystick-status-memory/1", "lists": [{"issuer": "x", "url": "y"}]},
        {
            "format": "tallystick-status-memory/1",
            "lists": [{"issuer": "x", "url": "y", "digest": "sha256:5"}],
        },
    ],
)
def test_what_is_no_memory_is_told(value: object) -> None:
    with pytest.raises(SchemaError) as caught:
        NewestLists.from_json(value)
    assert caught.value.code == "STATUS_MEMORY_MALFORMED"


def test_a_date_in_a_memory_that_cannot_be_read_is_told() -> None:
    row = {"issuer": "x", "url": "y", "validFrom": "today", "digest": f"sha256:{'0' * 64}"}
    with pytest.raises(MalformedValueError):
        NewestLists.from_json({"format": "tallystick-status-memory/1", "lists": [row]})


# Freezing ------------------------------------------------------------------------------------

MADE = NOW - timedelta(hours=1)
HOUR = 3_600_000


def living(ttl: object, *revoked: int, made: str = "2026-11-22T23:00:00Z") -> Any:
    return status_list(*revoked, validFrom=made, content={"ttl": ttl})


@pytest.mark.parametrize("ttl", [HOUR, HOUR - 59_000, 10**15, float(HOUR)])
def test_a_list_within_its_time_to_live_is_taken(ttl: float) -> None:
    """A time to live of 3600000.0 has the same signature as one of 3600000."""
    report = check(DOCUMENT, {LIST_URL: living(ttl)})
    assert report.verdict is Verdict.VALID
    assert codes(report, "warning") == set()


@pytest.mark.parametrize("ttl", [0, 300_000])
def test_a_list_somewhat_beyond_its_time_to_live_is_taken_with_a_warning(ttl: int) -> None:
    report = check(DOCUMENT, {LIST_URL: living(ttl)})
    assert report.verdict is Verdict.VALID
    assert codes(report, "warning") == {"STATUS_LIST_STALE"}
    assert "2026-11-22T23:00:00Z" in report.check("status").decisive.detail


def test_a_frozen_list_decides_nothing() -> None:
    """Whoever withholds all newer lists can hide a revocation only for so long."""
    frozen = living(300_000, made="2026-11-20T00:00:00Z")
    report = check(DOCUMENT, {LIST_URL: frozen})
    assert codes(report) == {"STATUS_LIST_OUTDATED"}
    assert report.verdict is Verdict.INDETERMINATE
    ended = status_list(validFrom="2026-11-01T00:00:00Z", validUntil="2026-11-20T00:00:00Z")
    assert codes(check(DOCUMENT, {LIST_URL: ended})) == {"STATUS_VERIFICATION_ERROR"}


def test_a_revocation_in_a_frozen_list_counts() -> None:
    frozen = living(300_000, 5, made="2026-11-20T00:00:00Z")
    assert codes(check(DOCUMENT, {LIST_URL: frozen})) == {"REVOKED"}


class Served:
    """A way to one list that was fetched at some time."""

    def __init__(self, document: Any, at: datetime) -> None:
        self._found = Retrieved(document, Origin.CACHED, at)

    def retrieve(self, _url: str) -> Retrieved:
        return self._found

    def keep(self) -> None:
        """It is kept already."""


def test_time_to_live_counts_from_the_retrieval_where_that_is_known() -> None:
    """An issuer signs anew when something changes; its server still serves the newest."""
    old = living(300_000, made="2026-01-01T00:00:00Z")
    just_now = check(DOCUMENT, resolver=Lookups(lambda: Served(old, NOW)))
    assert just_now.verdict is Verdict.VALID
    assert codes(just_now, "warning") == set()
    kept = check(DOCUMENT, resolver=Lookups(lambda: Served(old, NOW - timedelta(days=3))))
    assert codes(kept) == {"STATUS_LIST_OUTDATED"}


def test_a_list_that_says_neither_when_it_begins_nor_when_it_was_signed_has_no_age() -> None:
    served = {LIST_URL: undated(content={"ttl": 1}, validFrom=None)}
    assert check(DOCUMENT, served).verdict is Verdict.VALID


@pytest.mark.parametrize("ttl", ["300000", -1, 1.5, True, [300_000]])
def test_a_time_to_live_of_another_form_is_malformed(ttl: object) -> None:
    report = check(DOCUMENT, {LIST_URL: living(ttl)})
    assert codes(report) == {"MALFORMED_VALUE_ERROR"}
