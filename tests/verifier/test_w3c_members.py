"""SD-JWT VCs that state their end or status in members of the W3C data model."""

from __future__ import annotations

import pytest

from credentials.json_types import JsonObject
from tests.factories import ISSUER, LIST_URL, codes, status_entry, status_list
from tests.verifier.sd_jwts import badge_claims, report_on, signed_payload
from verifier.report import Verdict


@pytest.mark.parametrize(
    ("members", "verdict", "code"),
    [
        ({"validUntil": "2026-01-01T00:00:00Z"}, Verdict.INVALID, "EXPIRED"),
        ({"validFrom": "2027-01-01T00:00:00Z"}, Verdict.INVALID, "NOT_YET_VALID"),
        ({"expirationDate": "soon"}, Verdict.INDETERMINATE, "VALIDITY_UNREADABLE"),
        ({"credentialStatus": status_entry()}, Verdict.INDETERMINATE, "UNKNOWN_STATUS_TYPE"),
        ({"credentialStatus": []}, Verdict.INDETERMINATE, "UNKNOWN_STATUS_TYPE"),
    ],
)
def test_an_end_and_a_status_in_the_words_of_w3c_credentials_are_not_passed_over(
    members: JsonObject, verdict: Verdict, code: str
) -> None:
    for claims in (badge_claims(**members), {"vct": "urn:x:any", "iss": ISSUER, **members}):
        for typ in ("dc+sd-jwt", "vc+sd-jwt"):
            payload = signed_payload(claims, header={"typ": typ})
            found = report_on(f"{payload}~", {LIST_URL: status_list(5)})
            assert (found.verdict, codes(found)) == (verdict, {code})


def test_a_period_in_those_words_that_runs_is_no_fault() -> None:
    claims = badge_claims(validUntil="2036-01-15T09:00:00Z")
    assert report_on(f"{signed_payload(claims)}~").verdict is Verdict.VALID
