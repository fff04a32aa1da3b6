"""Laws of SD-JWTs: nothing can be changed unnoticed, and anything ends in a report."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.json_types import JsonObject
from credentials.sd_jwt.serialization import SdJwt
from tests.factories import ISSUER, LIST_URL, check, codes
from tests.soak import repetitions
from tests.verifier.sd_jwts import (
    AUDIENCE,
    NONCE,
    SHOW_ID,
    STATUS,
    badge_claims,
    issued,
    presented,
    report_on,
    signed_payload,
    status_token,
)
from verifier.report import CHECK_IDS, Verdict, VerificationReport

ASKED = {"expected_challenge": NONCE, "expected_domain": AUDIENCE}
SHOWN = presented(issued(badge_claims(status=STATUS)), SHOW_ID).to_compact()
LISTS = {LIST_URL: status_token()}
LETTERS = "ABYZabyz0189-_~.="
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(TEXTS | st.sampled_from(["_sd", "...", "_sd_alg", "id"]), inner)
    ),
    max_leaves=8,
)


def whole(report: VerificationReport) -> VerificationReport:
    assert [one.id for one in report.checks] == list(CHECK_IDS)
    assert report.to_json()["verdict"] == report.verdict.value
    return report


def test_the_presentation_that_is_changed_below_is_valid() -> None:
    report = report_on(SHOWN, LISTS, **ASKED)
    assert report.verdict is Verdict.VALID, codes(report)


@settings(max_examples=repetitions(25, soak=120))
@given(st.integers(0, len(SHOWN) - 1), st.sampled_from(LETTERS))
def test_no_character_of_a_presentation_can_be_changed_unnoticed(at: int, letter: str) -> None:
    if SHOWN[at] != letter:
        changed = SHOWN[:at] + letter + SHOWN[at + 1 :]
        assert whole(report_on(changed, LISTS, **ASKED)).verdict is not Verdict.VALID


@settings(max_examples=60)
@given(st.integers(0, len(SHOWN)), st.integers(1, 40))
def test_no_part_of_a_presentation_can_be_taken_out_or_doubled(at: int, length: int) -> None:
    part = SHOWN[at : at + length]
    for changed in (SHOWN[:at] + SHOWN[at + length :], SHOWN[:at] + part + SHOWN[at:]):
        if changed != SHOWN:
            assert whole(report_on(changed, LISTS, **ASKED)).verdict is not Verdict.VALID


@settings(max_examples=60)
@given(st.binary(max_size=60), st.sampled_from([b"~", b"~~", b""]))
def test_any_bytes_behind_a_header_end_in_a_report(data: bytes, end: bytes) -> None:
    header = SHOWN.partition(".")[0].encode()
    for text in (header + b"." + data + end, header + b"~" + data, SHOWN.encode() + data):
        whole(check(text))


def places_in(value: Any, steps: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = list(value.items()) if isinstance(value, dict) else []
    pairs = list(enumerate(value)) if isinstance(value, list) else pairs
    below = [place for step, child in pairs for place in places_in(child, (*steps, step))]
    return [(*steps, step) for step, _child in pairs] + below


CLAIMS = badge_claims(status=STATUS)
PLACES = places_in(CLAIMS)


def changed_at(place: tuple[Any, ...], value: Any) -> JsonObject:
    claims = deepcopy(CLAIMS)
    holder: Any = claims
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value
    return claims


@settings(max_examples=60)
@given(st.sampled_from(PLACES), VALUES)
def test_a_hostile_claim_that_is_signed_ends_in_a_report(
    place: tuple[Any, ...], value: Any
) -> None:
    """The issuer itself is hostile: the signature holds over whatever stands in the claims."""
    sd_jwt = SdJwt(signed_payload(changed_at(place, value)))
    whole(report_on(sd_jwt, LISTS))
    whole(report_on(presented_raw(sd_jwt), LISTS, **ASKED))


def presented_raw(sd_jwt: SdJwt) -> str:
    """Attach a key binding JWT that was made for another credential."""
    return sd_jwt.to_compact() + SHOWN.rpartition("~")[2]


@settings(max_examples=30)
@given(st.dictionaries(TEXTS | st.sampled_from(["vct", "iss", "status", "cnf", "_sd"]), VALUES))
def test_any_claims_of_any_type_end_in_a_report(claims: JsonObject) -> None:
    for more in ({}, {"iss": ISSUER}, {"iss": ISSUER, "vct": "urn:x"}):
        whole(report_on(SdJwt(signed_payload({**claims, **more})), LISTS))
