"""Status lists that are kept: each verification says what it would say if nothing were kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from credentials.json_types import JsonObject
from credentials.limits import DEFAULT_LIMITS
from credentials.strict_json import serialize_json
from tests.factories import (
    LIST_URL,
    NOW,
    SIGNER,
    STRANGER,
    codes,
    sign,
    status_entry,
    status_list,
    unsigned,
    world,
)
from tests.verifier.test_rotation import FIRST, OWNER, REVOKED, SECOND, method, owner
from verifier.checks import status_lists
from verifier.checks.status_lists import KINDS, known_list
from verifier.report import VerificationReport
from verifier.verified_lists import VerifiedLists
from verifier.verifier import Verifier

BADGE = sign(unsigned(credentialStatus=status_entry("5")))
CLEAR, SET = status_list(), status_list(5)
BITSTRING = KINDS["BitstringStatusListEntry"]


def of_owner(name: str = "first") -> tuple[JsonObject, JsonObject]:
    """Build a badge and its list, both signed with a key in a document that is looked up."""
    options: dict[str, Any] = {"verification_method": f"{OWNER}#{name}"}
    subject = CLEAR["credentialSubject"]
    clear = {name: value for name, value in CLEAR.items() if name != "proof"}
    listed = sign({**clear, "issuer": OWNER, "credentialSubject": subject}, **options)
    issuer = {"id": OWNER, "type": ["Profile"]}
    return sign(unsigned(issuer=issuer, credentialStatus=status_entry("5")), **options), listed


def verify(kept: VerifiedLists | None, document: Any, served: Any, **changes: Any) -> Any:
    documents = served if LIST_URL in served else {LIST_URL: served}
    here = replace(world(documents, **changes), verified_lists=kept)
    report: VerificationReport = Verifier(here).check(serialize_json(document))
    return report


def twice(kept: VerifiedLists, document: Any, served: Any, **changes: Any) -> VerificationReport:
    """Verify with what is kept, and require that it says the same as without."""
    fresh = verify(None, document, served, **changes)
    assert verify(kept, document, served, **changes) == fresh
    return verify(kept, document, served, **changes)


@pytest.fixture
def examined(monkeypatch: pytest.MonkeyPatch) -> list[JsonObject]:
    """Note each list that is verified in full."""
    noted: list[JsonObject] = []
    in_full = status_lists._require_valid

    def noting(document: JsonObject, *others: Any) -> Any:
        noted.append(document)
        return in_full(document, *others)

    monkeypatch.setattr(status_lists, "_require_valid", noting)
    return noted


def test_a_list_is_verified_in_full_once(examined: list[JsonObject]) -> None:
    kept = VerifiedLists()
    for _ in range(3):
        assert verify(kept, BADGE, CLEAR).verdict.value == "valid"
    assert examined == [CLEAR]


def test_what_is_served_counts_and_not_what_was_served_before() -> None:
    kept = VerifiedLists()
    assert twice(kept, BADGE, CLEAR).verdict.value == "valid"
    assert codes(twice(kept, BADGE, SET)) == {"REVOKED"}
    assert twice(kept, BADGE, CLEAR).verdict.value == "valid"
    changed = {**CLEAR, "credentialSubject": SET["credentialSubject"]}
    assert "STATUS_VERIFICATION_ERROR" in codes(twice(kept, BADGE, changed))
    for proof in (SET["proof"], [], None, [CLEAR["proof"], SET["proof"]]):
        assert twice(kept, BADGE, {**CLEAR, "proof": proof}).verdict.value != "valid"
    of_stranger = status_list(signer=STRANGER)
    assert twice(kept, BADGE, of_stranger).verdict.value != "valid"


def test_a_document_that_is_changed_in_place_is_another_one() -> None:
    kept, served = VerifiedLists(), dict(CLEAR)
    assert verify(kept, BADGE, served).verdict.value == "valid"
    served["credentialSubject"] = SET["credentialSubject"]
    assert twice(kept, BADGE, served).verdict.value != "valid"


def test_time_is_judged_anew() -> None:
    kept = VerifiedLists()
    ending = status_list(validUntil="2026-11-30T00:00:00Z")
    clear = {name: value for name, value in CLEAR.items() if name != "proof"}
    proven = sign(clear, expires=datetime(2026, 11, 30, tzinfo=UTC))
    for served in (ending, proven):
        for days in (0, 3, 6, 6.999, 7.01, 30, -1, 0, -400, -4_000):
            twice(kept, BADGE, served, now=NOW + timedelta(days=days))
        assert twice(kept, BADGE, served).verdict.value == "valid"
        late = twice(kept, BADGE, served, now=NOW + timedelta(days=30))
        assert late.verdict.value == "indeterminate"


def test_the_document_of_the_issuer_is_looked_up_anew() -> None:
    document, listed = of_owner()
    kept = VerifiedLists()
    revoked = method(SIGNER, "first", revoked=REVOKED)
    exchanged = method(STRANGER, "first")
    expiring = method(SIGNER, "first", expires="2026-11-25T00:00:00Z")
    seen = []
    for methods in ((FIRST,), (revoked,), (exchanged,), (SECOND,), (), (expiring,), (FIRST,)):
        served = {LIST_URL: listed, **owner(*methods)}
        seen.append(twice(kept, document, served).check("status").outcome.value)
    assert seen == ["passed", *["indeterminate"] * 4, "passed", "passed"]
    later = NOW + timedelta(days=9)
    served = {LIST_URL: listed, **owner(expiring)}
    assert twice(kept, document, served, now=later).check("status").outcome.value != "passed"
    assert twice(kept, document, {LIST_URL: listed}).check("status").outcome.value != "passed"


def test_other_terms_are_not_those_of_before() -> None:
    kept = VerifiedLists()
    assert twice(kept, BADGE, CLEAR).verdict.value == "valid"
    small = replace(DEFAULT_LIMITS, status_list_bytes=16_383)
    assert twice(kept, BADGE, CLEAR, limits=small).verdict.value != "valid"
    assert twice(kept, BADGE, CLEAR, allowed_contexts=frozenset()).verdict.value != "valid"
    assert twice(kept, BADGE, CLEAR, unsafe_leaves_issuer_unbound=True) == verify(
        None, BADGE, CLEAR, unsafe_leaves_issuer_unbound=True
    )


@pytest.mark.parametrize(
    ("limit", "sizes"),
    [("proofs_altogether", (0, 1, 2)), ("canonicalized_values", (60, 75, 90, 100, 110, 125, 300))],
)
def test_what_is_kept_counts_as_work(limit: str, sizes: tuple[int, ...]) -> None:
    kept = VerifiedLists()
    outcomes = set()
    for most in sizes:
        limits = replace(DEFAULT_LIMITS, **{limit: most})
        outcomes.add(twice(kept, BADGE, CLEAR, limits=limits).verdict.value)
    assert outcomes == {"valid", "indeterminate"}


def test_a_list_that_depends_on_others_is_verified_in_full(examined: list[JsonObject]) -> None:
    kept = VerifiedLists()
    another = "https://issuer.example/status/2"
    entry = {**status_entry("7"), "statusListCredential": another, "id": f"{another}#7"}
    served = {LIST_URL: status_list(credentialStatus=entry), another: status_list(id=another)}
    for _ in range(2):
        twice(kept, BADGE, served)
    assert [one for one in examined if "credentialStatus" in one] == [served[LIST_URL]] * 6


def test_a_list_of_one_kind_is_none_of_another() -> None:
    kept = VerifiedLists()
    assert twice(kept, BADGE, CLEAR).verdict.value == "valid"
    other = {**status_entry("5"), "type": "StatusList2021Entry"}
    document = {**unsigned(credentialStatus=other), "proof": BADGE["proof"]}
    assert twice(kept, document, CLEAR).check("status").outcome.value == "indeterminate"


def test_memory_is_bounded() -> None:
    def is_kept(lists: VerifiedLists, served: JsonObject) -> bool:
        here = world({LIST_URL: served}, verified_lists=lists)
        return lists.find(served, BITSTRING.list_type, status_lists._terms(here)) is not None

    def keep(lists: VerifiedLists, served: JsonObject) -> None:
        from verifier.examination import examine_alone

        here = world({LIST_URL: served}, verified_lists=lists)
        known_list(LIST_URL, BITSTRING, here, examine_alone)

    lists, tiny = VerifiedLists(50_000), VerifiedLists(1_000)
    many = [status_list(number) for number in range(4)]
    for one in many:
        keep(lists, one)
        keep(tiny, one)
    assert [is_kept(lists, one) for one in many] == [False, False, True, True]
    assert not any(is_kept(tiny, one) for one in many)
