"""An SD-JWT answers a request of the VC-API where that says so; elsewhere the page explains."""

from __future__ import annotations

from typing import Any

import pytest

from credentials.jose.envelopes import read_envelope
from credentials.sd_jwt.serialization import SdJwt
from credentials.strict_json import parse_json
from tests.wallet.test_disclosing import sd_jwt
from tests.wallet.test_requests import AT, opened, vpr
from tests.wallet.verifiers import Canned
from tests.wallet.wallets import Visitor, WalletOffice, badge

BADGE = {"type": "OpenBadgeCredential"}


def asking(**query: Any) -> dict[str, Any]:
    asked = {"reason": "R", "example": BADGE, **query}
    return vpr(query=[{"type": "QueryByExample", "credentialQuery": asked}])


class Listening(Canned):
    """Keeps what was sent."""

    sent: bytes = b""

    def exchange(self, url: str, data: bytes, **_how: Any) -> Any:
        self.sent = data
        return super().exchange(url, data)


def with_request(office: WalletOffice, request: dict[str, Any]) -> tuple[Visitor, str, Listening]:
    office.way = way = Listening(request, request)
    learner = office.learner()
    learner.add(sd_jwt())
    return learner, opened(learner, AT), way


@pytest.mark.parametrize(
    "envelopes", [["application/dc+sd-jwt"], [{"mediaType": "application/dc+sd-jwt"}]]
)
def test_it_is_shown_in_an_envelope_with_what_was_chosen(
    office: WalletOffice, envelopes: list[Any]
) -> None:
    learner, page, way = with_request(office, asking(acceptedEnvelopes=envelopes))
    (identifier,) = learner.held()
    asked = learner.post(f"{page}/answer", credential=identifier)
    assert "Choose what is shown" in asked.text
    chosen = {f"fields-{identifier}": ["/learner/role"]}
    answer = learner.post(f"{page}/answer", credential=identifier, fields="seen", **chosen)
    assert answer.status_code == 303
    made: Any = parse_json(way.sent)
    (enveloped,) = made["verifiablePresentation"]["verifiableCredential"]
    envelope = read_envelope(enveloped)
    assert envelope.media_type == "application/dc+sd-jwt"
    shown = SdJwt.from_compact(envelope.token.decode())
    assert len(shown.disclosures) == 1
    assert made["verifiablePresentation"]["proof"]["challenge"] == "c-1"
    assert "(in parts)" in learner.get(page)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"acceptedEnvelopes": []},
        {"acceptedEnvelopes": ["application/vc+jwt"]},
        {"acceptedEnvelopes": "application/mdl-vp-token"},
        {"acceptedEnvelopes": [5, None, {"mediaType": 5}]},
    ],
)
def test_where_it_is_not_taken_the_page_says_why_and_what_to_do(
    office: WalletOffice, query: dict[str, Any]
) -> None:
    learner, page, way = with_request(office, asking(**query))
    text = learner.get(page)
    assert "What is like it, but cannot be the answer" in text
    assert "Make a link that shows it" in text
    assert "as an Open Badge" in text
    assert f"{page}/answer" not in text
    assert b"verifiablePresentation" not in way.sent


def test_what_is_not_like_the_example_is_not_spoken_of(office: WalletOffice) -> None:
    request = asking(example={"type": "DriversLicence"}, acceptedEnvelopes="application/dc+sd-jwt")
    learner, page, _way = with_request(office, request)
    text = learner.get(page)
    assert "Nothing in your wallet fits" in text
    assert "cannot be the answer" not in text


def test_beside_what_can_answer_the_other_is_explained_too(office: WalletOffice) -> None:
    learner, page, _way = with_request(office, asking())
    learner.add(badge())
    text = learner.get(page)
    assert f"{page}/answer" in text
    assert "cannot be the answer" in text
