"""The authorization code: led to the institution and back, and what stands in an attacker's way."""

from __future__ import annotations

import html
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from issuer.wallets import WalletClient
from service.errors import FetchError
from service.fetching.fetcher import FetchPolicy
from service.fetching.messenger import Messenger
from service.web.serving import Address, addresses_of, new_server
from tests.issuer.wallets.offices import ISSUER_ID, WalletOffice, new_wallet_office
from tests.wallet import wallets
from tests.wallet.claims import VERIFIER
from tests.wallet.devices import Device, SignPage
from tests.wallet.test_claiming import Issuer
from tests.wallet.verifiers import Canned, WayTo
from tests.wallet.wallets import Visitor
from wallet.asking import AskingError
from wallet.claiming import ClaimError, begin
from wallet.openid_authorizing import Client, Pending, address_to_allow, redeemed
from wallet.store.steps import STEP_LIFE

HOST = "badges.poly.example"
BACK = "http://localhost/add/back"
OURS = WalletClient("http://localhost", "Tallystick wallet", (BACK,))
CLIENT = Client("http://localhost", BACK)
ALLOW = "/claim/authorize/poly"
SERVER = {
    "issuer": "https://i.example/a",
    "authorization_endpoint": "https://i.example/allow",
    "token_endpoint": "https://i.example/token",
    "code_challenge_methods_supported": ["S256"],
    "authorization_response_iss_parameter_supported": True,
}
OFFER = {
    "credential_issuer": "https://i.example/a",
    "credential_configuration_ids": ["c"],
    "grants": {"authorization_code": {"issuer_state": "is"}},
}
ANSWER = {"iss": "https://i.example/a", "code": "code", "state": "s"}


@pytest.fixture
def poly(tmp_path: Path) -> Iterator[WalletOffice]:
    made = new_wallet_office(tmp_path, clients={OURS.client_id: OURS})
    yield made
    made.store.engine.dispose()


@pytest.fixture
def way(poly: WalletOffice) -> WayTo:
    return WayTo({HOST: poly.client})


@pytest.fixture
def learner(office: wallets.WalletOffice, poly: WalletOffice, way: WayTo) -> Visitor:
    office.now, office.way = poly.bench.clock(), way
    return office.learner()


def link_of(offer: dict[str, Any]) -> str:
    return f"openid-credential-offer://?{urlencode({'credential_offer': json.dumps(offer)})}"


def offered(poly: WalletOffice) -> str:
    """Write an offer that is had by allowing it only."""
    offer = poly.offer(poly.claim())
    grants = {"authorization_code": offer["grants"]["authorization_code"]}
    return link_of({**offer, "grants": grants})


def led(learner: Visitor, link: str, **fields: str) -> dict[str, str]:
    """Open a link, and read what the learner is led there with."""
    answer = learner.post("/add/link", link=link, **fields)
    assert answer.status_code == 200, answer.text
    found = re.search(r'class="button primary" href="([^"]+)"', answer.text)
    assert found is not None, answer.text
    address = html.unescape(found[1])
    assert address.startswith(f"https://{HOST}{ALLOW}?") or "i.example" in address
    return {name: one for name, (one,) in parse_qs(urlsplit(address).query).items()}


def allowed(poly: WalletOffice, request: dict[str, str], answer: str = "allow") -> dict[str, str]:
    """Allow it as a person does, and read with what they are led back."""
    told = poly.client.post(ALLOW, query_string=request, data={"answer": answer})
    assert told.status_code == 303, told.text
    location = told.headers["Location"]
    assert location.startswith(f"{BACK}?")
    return {name: one for name, (one,) in parse_qs(urlsplit(location).query).items()}


def back(learner: Visitor, answer: dict[str, str]) -> Any:
    return learner.client.get(
        "/add/back", query_string=answer, headers={"Sec-Fetch-Site": "cross-site"}
    )


def test_a_learner_allows_it_at_our_own_issuer_and_has_the_credential(
    learner: Visitor, poly: WalletOffice, way: WayTo
) -> None:
    request = led(learner, offered(poly))
    # The request was pushed: nothing of it stands in the address.
    assert set(request) == {"client_id", "request_uri"}
    answer = allowed(poly, request)
    assert answer["iss"] == ISSUER_ID
    assert back(learner, answer).status_code == 303
    (identifier,) = learner.held()
    assert "the key of this wallet" in learner.get(f"/credentials/{identifier}")
    assert any(one.endswith("/par") for one in way.visited)


def test_a_pre_authorized_code_is_taken_where_there_are_both(
    learner: Visitor, poly: WalletOffice
) -> None:
    assert learner.post("/add/link", link=link_of(poly.offer(poly.claim()))).status_code == 303
    assert len(learner.held()) == 1


def test_it_can_be_bound_to_the_key_of_a_device(learner: Visitor, poly: WalletOffice) -> None:
    device = Device.new()
    key = device.register(learner)
    answer = allowed(poly, led(learner, offered(poly), key=key))
    assert device.answer(learner, SignPage.of(back(learner, answer))).status_code == 303
    (identifier,) = learner.held()
    assert device.did in learner.get(f"/credentials/{identifier}")


def test_no_code_is_used_up_for_a_key_that_was_retired_meanwhile(
    learner: Visitor, poly: WalletOffice, way: WayTo
) -> None:
    key = Device.new().register(learner)
    answer = allowed(poly, led(learner, offered(poly), key=key))
    learner.post(f"/mine/keys/{key}/retire")
    visited = len(way.visited)
    told = back(learner, answer)
    assert told.status_code == 422
    assert "This key was retired meanwhile" in told.text
    assert len(way.visited) == visited


def test_nobody_is_led_to_an_institution_that_does_not_take_the_wallets_own_key(
    office: wallets.WalletOffice,
) -> None:
    issuer = Allowing()
    metadata = issuer.documents["https://i.example/.well-known/openid-credential-issuer/a"]
    described = metadata["credential_configurations_supported"]["c"]
    described["proof_types_supported"]["jwt"]["proof_signing_alg_values_supported"] = ["ES256"]
    office.way = issuer
    answer = office.learner().post("/add/link", link=link_of(OFFER))
    assert answer.status_code == 422
    assert "choose the key of a device" in answer.text


def test_what_is_refused_there_is_said_here(learner: Visitor, poly: WalletOffice) -> None:
    answer = allowed(poly, led(learner, offered(poly)), answer="refuse")
    assert answer["error"] == "access_denied"
    told = back(learner, answer)
    assert told.status_code == 422
    assert "not allowed at the institution" in told.text


# Attacks.


def test_mix_up_the_answer_of_another_server_is_not_believed(
    learner: Visitor, poly: WalletOffice, way: WayTo
) -> None:
    answer = allowed(poly, led(learner, offered(poly)))
    visited = len(way.visited)
    told = back(learner, {**answer, "iss": "https://evil.example"})
    assert told.status_code == 422
    assert "the answer of another service" in told.text
    assert len(way.visited) == visited
    # The way back is used up by it, and the code was sent nowhere.
    assert back(learner, answer).status_code == 422
    assert learner.held() == []


def test_mix_up_an_answer_that_does_not_say_whose_it_is_is_not_believed(
    learner: Visitor, poly: WalletOffice
) -> None:
    answer = allowed(poly, led(learner, offered(poly)))
    del answer["iss"]
    assert "the answer of another service" in back(learner, answer).text
    assert learner.held() == []


def test_code_injection_a_code_of_somebody_else_is_of_no_use_here(
    office: wallets.WalletOffice, learner: Visitor, poly: WalletOffice
) -> None:
    attacker = office.learner("attacker@example.org")
    theirs = allowed(poly, led(attacker, offered(poly)))
    # With their own state, which is no step of this learner's.
    told = back(learner, theirs)
    assert told.status_code == 422
    assert "begun in another wallet" in told.text
    # With a state of this learner's: the verifier is another one (RFC 7636).
    own = allowed(poly, led(learner, offered(poly)))
    told = back(learner, {**own, "code": theirs["code"]})
    assert told.status_code == 422
    assert "does not take any more what you allowed there" in told.text
    assert "PIN is wrong" not in told.text
    assert learner.held() == []


def test_a_forged_answer_of_another_site_adds_nothing_to_a_wallet(
    learner: Visitor, way: WayTo
) -> None:
    for answer in ({}, {"state": "guessed", "code": "c", "iss": ISSUER_ID}, {"state": ""}):
        assert back(learner, answer).status_code == 422
    assert way.visited == []


def test_an_answer_is_taken_once_and_for_ten_minutes(
    office: wallets.WalletOffice, learner: Visitor, poly: WalletOffice
) -> None:
    answer = allowed(poly, led(learner, offered(poly)))
    assert back(learner, answer).status_code == 303
    assert back(learner, answer).status_code == 422
    late = allowed(poly, led(learner, offered(poly)))
    office.now += STEP_LIFE
    assert back(learner, late).status_code == 422


def test_a_parameter_that_comes_twice_is_not_chosen_from(
    learner: Visitor, poly: WalletOffice, way: WayTo
) -> None:
    answer = allowed(poly, led(learner, offered(poly)))
    visited = len(way.visited)
    told = learner.client.get(f"/add/back?{urlencode(answer)}&iss={ISSUER_ID}")
    assert told.status_code == 422
    assert len(way.visited) == visited


def test_an_institution_that_does_not_know_this_wallet_gives_nothing(
    office: wallets.WalletOffice, tmp_path: Path
) -> None:
    poly = new_wallet_office(tmp_path)
    office.now, office.way = poly.bench.clock(), WayTo({HOST: poly.client})
    answer = office.learner().post("/add/link", link=offered(poly))
    assert answer.status_code == 422


class Allowing(Issuer):
    """An issuer where it has to be allowed, whose documents a test writes."""

    def __init__(self, **changes: Any) -> None:
        super().__init__()
        place = "https://i.example/.well-known/oauth-authorization-server/a"
        server = {**SERVER, **changes}
        self.documents[place] = {name: one for name, one in server.items() if one is not None}
        self.sent: list[tuple[str, str]] = []

    def exchange(self, url: str, data: bytes, **how: Any) -> Any:
        self.sent.append((url, data.decode()))
        return super().exchange(url, data, **how)


def pending(issuer: Allowing) -> Pending:
    found = begin(issuer, link_of(OFFER), "", VERIFIER)
    assert isinstance(found, Pending)
    return found


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code_challenge_methods_supported": ["plain"]}, "SERVER_NOT_SAFE"),
        ({"code_challenge_methods_supported": None}, "SERVER_NOT_SAFE"),
        ({"authorization_response_iss_parameter_supported": False}, "SERVER_NOT_SAFE"),
        ({"authorization_response_iss_parameter_supported": "true"}, "SERVER_NOT_SAFE"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "REQUEST_UNREADABLE"),
        ({"authorization_endpoint": "https://i.example/#x"}, "REQUEST_UNREADABLE"),
        ({"authorization_endpoint": "https://bank.example@i.example/"}, "REQUEST_UNREADABLE"),
        ({"authorization_endpoint": "https://i.example\\.bank.example/"}, "REQUEST_UNREADABLE"),
        ({"authorization_endpoint": "https://b\u0430nk.example/"}, "REQUEST_UNREADABLE"),
        ({"authorization_endpoint": None}, "REQUEST_UNREADABLE"),
        ({"issuer": "https://other.example"}, "REQUEST_UNREADABLE"),
    ],
)
def test_nobody_is_led_to_a_server_that_does_not_protect_them(
    changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClaimError) as refused:
        pending(Allowing(**changes))
    assert refused.value.code == code


def test_a_server_that_the_issuer_does_not_name_is_not_taken() -> None:
    grant = {"authorization_code": {"authorization_server": "https://evil.example"}}
    with pytest.raises(ClaimError) as refused:
        begin(Allowing(), link_of({**OFFER, "grants": grant}), "", VERIFIER)
    assert refused.value.code == "REQUEST_UNREADABLE"


def test_what_is_asked_for_has_a_challenge_and_names_the_offer() -> None:
    issuer = Allowing(authorization_endpoint="https://i.example/allow?a=1")
    address = address_to_allow(issuer, pending(issuer), CLIENT, "state")
    assert address.startswith("https://i.example/allow?a=1&")
    query = {name: one for name, (one,) in parse_qs(urlsplit(address).query).items()}
    assert query["code_challenge_method"] == "S256"
    assert VERIFIER not in address
    assert (query["state"], query["issuer_state"]) == ("state", "is")
    assert json.loads(query["authorization_details"])[0]["credential_configuration_id"] == "c"


def of_a_counterfeit(**described: Any) -> Allowing:
    """Make an issuer that names the server of another one as its own."""
    issuer = Allowing()
    metadata = issuer.documents["https://i.example/.well-known/openid-credential-issuer/a"]
    metadata["authorization_servers"] = ["https://bank.example"]
    metadata["credential_configurations_supported"]["c"] |= described
    place = "https://bank.example/.well-known/oauth-authorization-server"
    bank = {"issuer": "https://bank.example", "authorization_endpoint": "https://bank.example/"}
    issuer.documents[place] = SERVER | bank
    return issuer


def test_a_server_of_several_issuers_is_told_for_which_of_them_its_token_is() -> None:
    by_scope, by_details = of_a_counterfeit(scope="degree"), of_a_counterfeit()
    assert pending(by_scope).asked["resource"] == "https://i.example/a"
    (detail,) = json.loads(pending(by_details).asked["authorization_details"])
    assert detail["locations"] == ["https://i.example/a"]
    assert "resource" not in pending(Allowing()).asked


def test_a_learner_sees_who_is_given_what_they_allow_elsewhere(
    office: wallets.WalletOffice,
) -> None:
    office.way = of_a_counterfeit(scope="degree")
    told = office.learner().post("/add/link", link=link_of(OFFER)).text
    assert "What you allow at bank.example is given to i.example." in told
    office.way = Allowing()
    told = office.learner("other@example.org").post("/add/link", link=link_of(OFFER)).text
    assert "Go to i.example" in told
    assert "is given to" not in told


def test_a_code_goes_to_the_servers_own_endpoint_with_the_verifier_and_nowhere_else() -> None:
    issuer = Allowing()
    one = pending(issuer)
    for wrong in (
        {"iss": "https://I.example/a"},
        {"iss": "https://i.example/a/"},
        {"code": ""},
        {"code": "c" * 3_000},
        {"error": "access_denied"},
    ):
        with pytest.raises(AskingError):
            redeemed(issuer, one, CLIENT, {**ANSWER, **wrong})
    assert issuer.sent == []
    redeemed(issuer, one, CLIENT, ANSWER)
    (address, form), *_nonce = issuer.sent
    sent = {name: value for name, (value,) in parse_qs(form).items()}
    assert address == "https://i.example/token"
    assert (sent["code"], sent["code_verifier"]) == ("code", VERIFIER)
    assert (sent["redirect_uri"], sent["client_id"]) == (BACK, "http://localhost")


def test_a_credential_is_asked_for_by_the_identifier_that_the_token_names() -> None:
    issuer = Allowing()
    issuer.documents["https://i.example/token"] = {
        "access_token": "t",
        "authorization_details": [
            {"credential_configuration_id": "other", "credential_identifiers": ["no"]},
            {"credential_configuration_id": "c", "credential_identifiers": ["this"]},
        ],
    }
    assert redeemed(issuer, pending(issuer), CLIENT, ANSWER).identifier == "this"


def test_what_is_kept_for_the_way_back_is_sealed(
    office: wallets.WalletOffice, learner: Visitor, poly: WalletOffice
) -> None:
    led(learner, offered(poly))
    with office.store.engine.connect() as connection:
        sealed = bytes(connection.exec_driver_sql("SELECT sealed FROM wallet_steps").scalar_one())
    assert b"verifier" not in sealed
    assert b"https" not in sealed


def test_a_server_that_cannot_be_reached_is_said(office: wallets.WalletOffice) -> None:
    office.way = Canned(FetchError("No.", code="ADDRESS_DENIED"), {})
    answer = office.learner().post("/add/link", link=link_of(OFFER))
    assert answer.status_code == 422


def test_all_of_it_goes_over_loopback_by_a_process_that_holds_no_key(
    office: wallets.WalletOffice, tmp_path: Path
) -> None:
    places: list[str] = []
    poly = new_wallet_office(
        tmp_path, clients={OURS.client_id: OURS}, base_of=lambda _tenant: places[0]
    )
    server = new_server(poly.application, Address(port=0), 65_536)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    places.append(f"http://127.0.0.1:{addresses_of(server)[0][1]}")
    messenger = Messenger(FetchPolicy(allowed_hosts=frozenset({"127.0.0.1"})))
    office.now, office.way = poly.bench.clock(), messenger
    try:
        learner = office.learner()
        found = poly.protocols(poly.claim())["oid4vci-1.0"]
        (offer,) = parse_qs(urlsplit(found).query)["credential_offer_uri"]
        document = poly.client.get(urlsplit(offer).path).get_json()
        grants = {"authorization_code": document["grants"]["authorization_code"]}
        answer = learner.post("/add/link", link=link_of({**document, "grants": grants}))
        address = re.search(r'class="button primary" href="([^"]+)"', answer.text)
        assert address is not None, answer.text
        assert address[1].startswith(f"{places[0]}{ALLOW}?")
        query = parse_qs(urlsplit(html.unescape(address[1])).query)
        told = allowed(poly, {name: one for name, (one,) in query.items()})
        assert back(learner, told).status_code == 303
        assert len(learner.held()) == 1
    finally:
        messenger.close()
        server.close()
        thread.join(5)
        poly.store.engine.dispose()
