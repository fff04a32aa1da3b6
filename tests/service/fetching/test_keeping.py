"""Documents that are kept: how long, for whom, and what never gets in."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.errors import FetchError
from service.fetching import DocumentCache, Found
from service.fetching.keeping import ISSUER_MEMBERS, freshness
from tests.service.fetching.network import Network, answer

URL = "https://uni.example/did.json"
ISSUER = {"id": "did:web:uni.example"}
BEGIN = datetime(2026, 11, 23, tzinfo=UTC)


class Place:
    """A server, a clock and a cache in front of both."""

    def __init__(self, **options: Any) -> None:
        self.network = Network()
        self.now = BEGIN
        self.cache = DocumentCache(self.network.fetcher(), now=lambda: self.now, **options)

    def serve(self, document: Any, **how: Any) -> Place:
        self.network.serve(answer(json.dumps(document).encode(), **how))
        return self

    def pass_time(self, **time: float) -> None:
        self.now += timedelta(**time)

    def found_good(self, url: str = URL) -> Found:
        found = self.cache.find(url)
        self.cache.keep([found])
        return found

    def origin(self) -> str:
        return self.cache.find(URL).origin

    def refusal(self, **how: Any) -> FetchError:
        with pytest.raises(FetchError) as caught:
            self.cache.find(URL, **how)
        return caught.value

    @property
    def requests(self) -> int:
        return len(self.network.connected)


def test_the_document_of_an_issuer_is_kept_for_an_hour() -> None:
    place = Place().serve(ISSUER)
    found = place.found_good()
    assert (found.document, found.origin, found.fetched_at) == (ISSUER, "live", BEGIN)
    place.pass_time(minutes=59)
    again = place.cache.find(URL)
    assert (again.document, again.origin, again.fetched_at) == (ISSUER, "cached", BEGIN)
    place.pass_time(minutes=1)
    assert (place.origin(), place.requests) == ("live", 2)


def test_what_was_not_found_good_is_asked_for_again() -> None:
    """A document that was served wrongly once must not be believed for an hour."""
    place = Place().serve({"id": "did:web:evil.example"})
    assert place.origin() == "live"
    place.serve(ISSUER)
    assert place.cache.find(URL).document == ISSUER
    assert place.requests == 2


OUTAGES: list[Callable[[Place], object]] = [
    lambda place: place.network.names.clear(),
    lambda place: place.network.servers.clear(),
    lambda place: place.serve({}, status=503),
    lambda place: setattr(place.network, "seconds_each", 3.0),
]


@pytest.mark.parametrize("fail", OUTAGES)
def test_a_kept_document_stands_in_for_a_day_while_nobody_answers(
    fail: Callable[[Place], object],
) -> None:
    place = Place().serve(ISSUER)
    place.found_good()
    fail(place)
    place.pass_time(hours=1)
    stale = place.cache.find(URL)
    assert (stale.document, stale.origin, stale.fetched_at) == (ISSUER, "stale", BEGIN)
    place.pass_time(hours=22, minutes=59)
    assert place.origin() == "stale"
    place.pass_time(minutes=1)
    assert place.refusal().is_outage


def test_nothing_stands_in_for_what_was_never_seen() -> None:
    assert Place().refusal().code == "NAME_NOT_FOUND"


@pytest.mark.parametrize("how", [{"status": 404}, {"status": 410}, {"content_type": "text/html"}])
def test_nothing_stands_in_for_what_is_no_longer_served(how: dict[str, Any]) -> None:
    place = Place().serve(ISSUER)
    place.found_good()
    place.pass_time(hours=2)
    place.serve(ISSUER, **how)
    assert not place.refusal().is_outage


def test_nothing_stands_in_for_a_name_that_now_leads_inside() -> None:
    place = Place().serve(ISSUER)
    place.found_good()
    place.pass_time(hours=2)
    place.network.names["uni.example"] = [["169.254.169.254"]]
    assert place.refusal().code == "ADDRESS_DENIED"


def status_list(**changes: Any) -> dict[str, Any]:
    subject = {"type": "BitstringStatusList", **changes.pop("subject", {})}
    return {"id": URL, "credentialSubject": subject, **changes}


def test_a_status_list_is_kept_for_five_minutes_or_as_long_as_it_says() -> None:
    hour = 3_600_000
    for subject, minutes in (
        ({}, 5),
        ({"ttl": 60_000}, 1),
        ({"ttl": 600_000.0}, 10),
        ({"ttl": 24 * hour}, 60),
        ({"ttl": 0}, 0),
        ({"ttl": -5}, 0),
        ({"ttl": "soon"}, 5),
    ):
        assert freshness(status_list(subject=subject)) == timedelta(minutes=minutes)
    assert freshness("a.token.x") == timedelta(minutes=5)
    assert freshness(ISSUER) == timedelta(hours=1)


def test_a_status_list_stands_in_only_within_its_own_validity() -> None:
    for until, origin in (("2026-11-23T02:00:00Z", "stale"), ("2026-11-23T01:00:00Z", None)):
        place = Place().serve(status_list(validUntil=until))
        place.found_good()
        place.network.servers.clear()
        place.pass_time(hours=1)
        if origin is None:
            assert place.refusal().code == "HOST_UNREACHABLE"
        else:
            assert place.origin() == origin


@pytest.mark.parametrize("changes", [{}, {"validUntil": "later"}, {"validUntil": 5}])
def test_a_status_list_without_a_readable_end_never_stands_in(changes: dict[str, Any]) -> None:
    place = Place().serve(status_list(**changes))
    place.found_good()
    place.network.servers.clear()
    place.pass_time(hours=1)
    assert place.refusal().code == "HOST_UNREACHABLE"


def test_a_refusal_is_remembered_shortly() -> None:
    place = Place().serve({}, status=404)
    for _time in range(5):
        assert place.refusal().http_status == 404
    assert place.requests == 1
    place.serve(ISSUER)
    place.pass_time(seconds=29)
    assert place.refusal().code == "ANSWER_STATUS"
    place.pass_time(seconds=2)
    assert place.origin() == "live"


def test_who_had_little_time_does_not_speak_for_others() -> None:
    place = Place().serve(ISSUER)
    place.network.seconds_each = 0.5
    assert place.refusal(seconds=1.0).code == "FETCH_TIMEOUT"
    place.network.seconds_each = 0.0
    assert place.origin() == "live"


def test_urls_that_differ_at_all_share_nothing() -> None:
    place = Place().serve(ISSUER)
    place.found_good("https://uni.example/a")
    place.found_good("https://UNI.example/a")
    place.found_good("https://uni.example/A")
    assert place.requests == 3


def test_what_is_kept_is_bounded() -> None:
    place = Place(most=3 * 4_096).serve(ISSUER)
    for number in range(5):
        place.found_good(f"https://uni.example/{number}")
    assert place.cache.find("https://uni.example/4").origin == "cached"
    assert place.cache.find("https://uni.example/0").origin == "live"
    big = Place(most=4_096).serve({"id": "x" * 5_000})
    big.found_good()
    assert big.origin() == "live", "what is larger than all that is kept is not kept"


def test_a_clock_that_goes_back_makes_nothing_fresh() -> None:
    place = Place().serve(ISSUER)
    place.found_good()
    place.pass_time(minutes=-5)
    assert place.origin() == "live"
    place.network.servers.clear()
    assert place.refusal().code == "HOST_UNREACHABLE"


@pytest.mark.parametrize(
    "body", [b"", b"5", b"null", b"<html>", b'{"a":1,"a":2}', b"\xff", b"{}x", b"[" * 99]
)
def test_what_is_no_json_document_is_refused(body: bytes) -> None:
    place = Place()
    place.network.serve(answer(body))
    assert place.refusal().code == "ANSWER_NOT_JSON"


def test_lines_of_json_are_a_list() -> None:
    place = Place()
    place.network.serve(answer(b'{"a":1}\n\n{"a":2}\n', content_type="text/jsonl"))
    assert place.found_good().document == [{"a": 1}, {"a": 2}]
    assert place.origin() == "cached"
    place = Place()
    place.network.serve(answer(b'{"a":1}\n{"a":', content_type="text/jsonl"))
    assert place.refusal().code == "ANSWER_NOT_JSON"


def test_lines_beyond_a_number_are_not_even_read() -> None:
    place = Place()
    place.network.serve(answer(b"1\n" * 1_025, content_type="text/jsonl"))
    assert place.refusal().code == "ANSWER_TOO_LARGE"


def test_lines_that_are_small_and_hold_many_values_are_given_up() -> None:
    """A mebibyte of empty objects takes many times as much memory once it is read."""
    line = b"[" + b"{}," * 2_497 + b"1]\n"
    place = Place()
    for lines, code in ((20, None), (21, "ANSWER_TOO_LARGE")):
        whole = answer(line * lines, content_type="text/jsonl")
        pieces = (whole[start : start + 50_000] for start in range(0, len(whole), 50_000))
        place.network.serve(*pieces)
        if code is None:
            assert len(place.cache.find(URL).document) == lines
        else:
            assert place.refusal().code == code


def test_a_document_counts_as_what_it_takes_once_it_is_read() -> None:
    place = Place().serve([{}] * 4_000)
    assert place.found_good().size == 4_001 * 128


@pytest.mark.parametrize(
    "document",
    [
        {"id": URL, "issuer": "did:web:uni.example", "revokedCredential": []},
        {"id": URL, "type": "RevocationList", "revokedAssertions": []},
        {"id": URL, "type": "Assertion", "badge": "https://uni.example/badge"},
        {},
    ],
)
def test_what_can_be_taken_back_any_minute_is_not_kept_like_an_issuer(document: Any) -> None:
    """A list without a signature, or a hosted badge, says who is revoked: an old one hides it."""
    place = Place().serve(document)
    place.found_good()
    place.pass_time(minutes=5)
    assert place.origin() == "live"
    place.network.servers.clear()
    assert place.refusal().code == "HOST_UNREACHABLE"


@pytest.mark.parametrize("member", sorted(ISSUER_MEMBERS))
def test_the_document_of_an_issuer_at_a_web_address_is_kept_as_one(member: str) -> None:
    assert freshness({"id": URL, member: []}) == freshness(ISSUER) == timedelta(hours=1)


def test_a_token_is_handed_on_as_text() -> None:
    place = Place()
    place.network.serve(answer(b"a.b.c\n", content_type="application/vc+jwt"))
    assert place.found_good().document == "a.b.c"
    place.network.servers.clear()
    place.pass_time(hours=1)
    assert place.refusal().code == "HOST_UNREACHABLE", "nobody has read its validity"
    place = Place()
    place.network.serve(answer(b"\xff", content_type="application/vc+jwt"))
    assert place.refusal().code == "ANSWER_NOT_JSON"
