"""What is offered by a link is taken over once it was proved whose wallet it is, and verified."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from credentials.jose.envelopes import envelope_of
from service.errors import FetchError
from tests.issuer.wallets.offices import BASE, WalletOffice, new_wallet_office
from tests.verifier.tokens import badge_token
from tests.wallet import wallets
from tests.wallet.claims import claimed, granted
from tests.wallet.test_requests import vpr
from tests.wallet.verifiers import Canned, Employer, WayTo
from tests.wallet.wallets import OWN, Visitor, badge
from wallet.asking import AskingError
from wallet.claiming import ClaimError
from wallet.importing import MOST_IMPORTED

HOST = "badges.poly.example"


@pytest.fixture
def poly(tmp_path: Path) -> Iterator[WalletOffice]:
    made = new_wallet_office(tmp_path)
    yield made
    made.store.engine.dispose()


@pytest.fixture
def learner(office: wallets.WalletOffice, poly: WalletOffice) -> Visitor:
    office.now = poly.bench.clock()
    office.way = WayTo({HOST: poly.client})
    return office.learner()


def take(learner: Visitor, link: str, **fields: str) -> Any:
    return learner.post("/add/link", link=link, **fields)


def test_a_claim_becomes_a_credential_bound_to_the_wallets_key(
    learner: Visitor, poly: WalletOffice
) -> None:
    link = BASE + poly.claim()
    assert take(learner, f"{link}?iuv=1").status_code == 303
    (identifier,) = learner.held()
    assert "the key of this wallet" in learner.get(f"/credentials/{identifier}")
    assert "You took over what was offered at" in learner.get("/mine")


def test_a_claim_with_a_pin_comes_over_openid_and_only_with_it(
    learner: Visitor, poly: WalletOffice
) -> None:
    link = BASE + poly.claim(pin="123456")
    without = take(learner, link)
    assert without.status_code == 422
    assert "needs a PIN" in without.text
    wrong = take(learner, link, pin="654321")
    assert wrong.status_code == 422
    assert "The PIN is wrong" in wrong.text
    assert take(learner, link, pin="123 456").status_code == 303
    (identifier,) = learner.held()
    assert "the key of this wallet" in learner.get(f"/credentials/{identifier}")


def test_an_offer_is_taken_by_its_own_link_once(learner: Visitor, poly: WalletOffice) -> None:
    offer = poly.protocols(poly.claim())["oid4vci-1.0"]
    assert take(learner, offer).status_code == 303
    again = take(learner, offer)
    assert again.status_code == 422
    assert len(learner.held()) == 1


def test_a_link_that_ended_or_never_was_gives_nothing(learner: Visitor) -> None:
    for link in (f"{BASE}/claim/guessed", "https://nowhere.example/", "nonsense", "openid://x"):
        assert take(learner, link).status_code == 422
    assert learner.held() == []


def test_requests_and_offers_are_told_apart(office: wallets.WalletOffice) -> None:
    employer = Employer.new()
    office.way = WayTo({"localhost": employer.client})
    learner = office.learner()
    asked = take(learner, employer.ask())
    assert asked.status_code == 422
    assert "Requests" in asked.text
    office.way = Canned(vpr(), vpr(query=[{"type": "DIDAuthentication"}]))
    other = office.learner("other@example.org")
    offered = other.post("/requests", url="https://employer.example/")
    assert offered.status_code == 422
    assert "something may be offered" in offered.text


def test_what_comes_is_verified_before_it_is_kept(office: wallets.WalletOffice) -> None:
    changed = {**badge(), "name": "Brain surgery"}
    given = {"verifiablePresentation": {"verifiableCredential": [changed, {"x": 1}, "eyJ"]}}
    office.way = Canned({"protocols": {"vcapi": "https://a.example/x"}}, given)
    learner = office.learner()
    assert take(learner, "https://a.example/").status_code == 422
    assert 'data-answer="not-valid"' in learner.get("/")
    assert len(learner.held()) == 1


@pytest.mark.parametrize(
    ("page", "answer", "code"),
    [
        ({"protocols": {"vcapi": "https://b.example/"}}, {}, "REQUEST_FOR_ANOTHER_PLACE"),
        ({"protocols": {"vcapi": "https://a.example/"}}, {}, "CLAIM_EMPTY"),
        ({"protocols": {"vcapi": "https://a.example/"}}, [], "CLAIM_EMPTY"),
        ({"protocols": {"OID4VCI": "https://a.example/"}}, {}, "CLAIM_EMPTY"),
        ({"protocols": []}, {}, "CLAIM_EMPTY"),
        (b"<html>", {}, "REQUEST_UNREADABLE"),
        ({"protocols": {"vcapi": "https://a.example/"}}, b"{", "REQUEST_UNREADABLE"),
        (FetchError("No.", code="ADDRESS_DENIED"), {}, "CLAIM_NOT_READ"),
        (FetchError("No.", is_outage=True, http_status=503), {}, "LATER"),
    ],
)
def test_a_hostile_offer_is_refused(page: Any, answer: Any, code: str) -> None:
    with pytest.raises(ClaimError) as refused:
        claimed(Canned(page, answer), "https://a.example/")
    assert refused.value.code == code


class Issuer:
    """An issuer of OpenID4VCI whose documents a test writes."""

    def __init__(self, **changes: Any) -> None:
        self.documents: dict[str, Any] = {
            "https://i.example/offer": {
                "credential_issuer": "https://i.example/a",
                "credential_configuration_ids": ["c"],
                "grants": {
                    "urn:ietf:params:oauth:grant-type:pre-authorized_code": {
                        "pre-authorized_code": "code"
                    }
                },
            },
            "https://i.example/.well-known/openid-credential-issuer/a": {
                "credential_issuer": "https://i.example/a",
                "credential_endpoint": "https://i.example/credential",
                "nonce_endpoint": "https://i.example/nonce",
                "credential_configurations_supported": {
                    "c": {
                        "proof_types_supported": {
                            "jwt": {"proof_signing_alg_values_supported": ["EdDSA"]}
                        }
                    }
                },
            },
            "https://i.example/.well-known/oauth-authorization-server/a": {
                "issuer": "https://i.example/a",
                "token_endpoint": "https://i.example/token",
            },
            "https://i.example/token": {"access_token": "t"},
            "https://i.example/nonce": {"c_nonce": "n"},
            "https://i.example/credential": {"credentials": [{"credential": badge()}]},
        }
        for place, value in changes.items():
            address = next(one for one in self.documents if place in one)
            self.documents[address] = value

    def fetch(self, url: str, **_how: Any) -> Any:
        return Canned(self.documents[url], {}).fetch(url)

    def exchange(self, url: str, _data: bytes, **_how: Any) -> Any:
        return self.fetch(url)


def metadata(server: object) -> dict[str, Any]:
    named = {"credential_issuer": "https://i.example/a", "authorization_servers": [server]}
    return {**named, "credential_configurations_supported": {"c": {}}}


LINK = "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fi.example%2Foffer"


def test_an_offer_of_another_issuer_is_taken() -> None:
    found = granted(Issuer(), LINK)
    assert (found.host, found.credentials) == ("i.example", [badge()])
    assert found.is_bound


@pytest.mark.parametrize(
    "issuer",
    [
        Issuer(offer={}),
        Issuer(offer=[]),
        Issuer(offer={"credential_issuer": 5, "credential_configuration_ids": ["c"]}),
        Issuer(issuer={"credential_issuer": "https://other.example"}),
        Issuer(issuer=metadata("https://[")),
        Issuer(issuer=metadata(5)),
        Issuer(server={"issuer": "https://other.example"}),
        Issuer(token={"access_token": 5}),
        Issuer(token={"access_token": "t" * 3_000}),
        Issuer(nonce={}),
        Issuer(credential=[]),
    ],
)
def test_an_issuer_that_does_not_say_who_it_is_gets_nothing(issuer: Issuer) -> None:
    with pytest.raises(AskingError):
        granted(issuer, LINK)


@pytest.mark.parametrize("credentials", ["x", 5, ["x", 5, None, []], {"credential": 5}, None])
def test_an_answer_with_no_credential_in_it_gives_none(credentials: Any) -> None:
    issuer = Issuer(**{"i.example/credential": {"credentials": credentials}})
    found = granted(issuer, LINK)
    assert (found.host, found.credentials, found.deferral) == ("i.example", [], None)


@pytest.mark.parametrize(
    "link",
    [
        "openid-credential-offer://",
        "openid-credential-offer://?credential_offer=%7B",
        "openid-credential-offer://?credential_offer=1&credential_offer_uri=https://i.example/offer",
        "openid-credential-offer://?" + "a=1&" * 9,
        "openid-credential-offer://?credential_offer=" + "x" * 20_000,
    ],
)
def test_a_link_that_offers_nothing_is_refused(link: str) -> None:
    with pytest.raises(AskingError):
        granted(Issuer(), link)


def upload(learner: Visitor, *files: tuple[str, bytes]) -> Any:
    sent = [(io.BytesIO(data), name) for name, data in files]
    headers = {**OWN, "Accept": "text/html"}
    return learner.client.post("/add", data={"file": sent}, headers=headers)


def packed(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_the_export_of_a_wallet_is_what_another_one_takes(office: wallets.WalletOffice) -> None:
    first, second = office.learner(), office.learner("other@example.org")
    first.add(badge(1), badge(2), badge_token())
    data = first.client.get("/mine/everything.zip").data
    assert upload(second, ("wallet.zip", data)).status_code == 303
    assert len(second.held()) == 3


@pytest.mark.parametrize(
    "listed",
    [
        [badge(1), badge_token().decode()],
        {"type": ["VerifiablePresentation"], "verifiableCredential": [badge(1), badge(2)]},
        {
            "type": ["VerifiablePresentation"],
            "verifiableCredential": [
                badge(1),
                envelope_of(badge_token().decode(), "application/vc+jwt"),
            ],
        },
        {"credentials": [badge(1), badge(2)]},
    ],
)
def test_lists_and_presentations_are_taken_apart(office: wallets.WalletOffice, listed: Any) -> None:
    learner = office.learner()
    answer = upload(learner, ("export.json", json.dumps(listed).encode()))
    assert answer.status_code == 303, answer.text
    assert len(learner.held()) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04",
        packed(),
        packed(**{f"{number}": b"" for number in range(MOST_IMPORTED + 2)}),
        packed(bomb=bytes(6_000_000)),
        b"[]",
        b'{"credentials": {}}',
        b"[[[[[[",
        packed(a=packed(b=b"x")),
    ],
)
def test_a_hostile_export_adds_nothing(office: wallets.WalletOffice, data: bytes) -> None:
    learner = office.learner()
    assert upload(learner, ("export", data)).status_code == 422
    assert learner.held() == []
