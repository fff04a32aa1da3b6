"""A status list by itself: what it may be, its entries, the credential that publishes it."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import IssuanceError
from credentials.status.bitstring import MINIMUM_ENTRIES, decode_list, entries_set
from service.status_lists import StatusList, free_index
from tests.factories import ISSUER, LIST_URL, NOW, check, sign, unsigned
from verifier.report import Verdict

LIST = StatusList("withdrawals", LIST_URL, ISSUER)


@settings(max_examples=40)
@given(st.sets(st.integers(0, MINIMUM_ENTRIES - 1), max_size=20))
def test_the_published_list_has_exactly_the_entries_that_are_set(indexes: set[int]) -> None:
    subject = LIST.document(indexes, NOW)["credentialSubject"]
    assert set(entries_set(decode_list(subject["encodedList"]))) == indexes


def test_a_signed_list_and_its_entry_are_what_a_verifier_wants() -> None:
    published = LIST.document([7], NOW)
    assert published["validUntil"] == "2026-11-30T00:00:00Z"
    assert published["credentialSubject"]["ttl"] == 3_600_000
    served = {LIST_URL: sign(published)}
    clear = sign(unsigned(credentialStatus=LIST.entry(6)))
    revoked = sign(unsigned(credentialStatus=LIST.entry(7)))
    assert check(clear, served).verdict is Verdict.VALID
    assert check(revoked, served).check("status").decisive.code == "REVOKED"


def test_the_same_list_is_written_alike_each_time() -> None:
    assert LIST.document([5, 9], NOW) == LIST.document([9, 5], NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"url": "http://issuer.example/status/1"},
        {"url": "https://issuer.example/status/1#list"},
        {"url": "https ://issuer.example"},
        {"purpose": "message"},
        {"purpose": ""},
        {"entries": MINIMUM_ENTRIES - 8},
        {"entries": MINIMUM_ENTRIES + 1},
        {"entries": 2**20 + 8},
        {"ttl": timedelta(seconds=-1)},
        {"ttl": timedelta(days=8)},
        {"ttl": timedelta(0), "validity": timedelta(0)},
    ],
)
def test_a_list_that_verifiers_would_refuse_is_not_made(changes: Any) -> None:
    stated = {"name": "withdrawals", "url": LIST_URL, "issuer": ISSUER, **changes}
    with pytest.raises(IssuanceError) as caught:
        StatusList(**stated)
    assert caught.value.code == "STATUS_LIST_WRONG"


def test_an_index_is_drawn_until_it_is_free() -> None:
    draws = iter([5, 5, 8, 3])
    used = {5, 8}
    assert free_index(MINIMUM_ENTRIES, 2, used.__contains__, lambda _most: next(draws)) == 3


def test_a_list_is_given_out_to_the_half() -> None:
    def never(_index: int) -> bool:
        return False

    assert free_index(MINIMUM_ENTRIES, MINIMUM_ENTRIES // 2 - 1, never, lambda _most: 4) == 4
    with pytest.raises(IssuanceError) as caught:
        free_index(MINIMUM_ENTRIES, MINIMUM_ENTRIES // 2, never, lambda _most: 4)
    assert caught.value.code == "STATUS_LIST_FULL"


def test_indexes_spread_over_the_whole_list_and_tell_no_order() -> None:
    draw = random.Random(20261123).randrange
    used: list[int] = []
    for count in range(2_000):
        used.append(free_index(MINIMUM_ENTRIES, count, used.__contains__, draw))
    assert len(set(used)) == len(used)
    eighths = [sum(index * 8 // MINIMUM_ENTRIES == part for index in used) for part in range(8)]
    assert all(200 < count < 300 for count in eighths)
    rises = sum(later > earlier for earlier, later in pairwise(used))
    assert 900 < rises < 1_100
