"""The authorization endpoint: known wallets, exact ways back, PKCE, codes that are used once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from issuer.store.claims import MOST_TRIES
from issuer.store.wallet_grants import CODE_LIFE
from issuer.wallets.authorizing import PUSHED_LIFE, UnknownWalletError, read_request
from keys.multibase import base64url
from tests.issuer.wallets.offices import CLIENT, ISSUER_ID, WalletOffice, new_wallet_office
from tests.issuer.wallets.test_issuance import error

BACK = CLIENT.redirect_uris[0]
VERIFIER = "v" * 43
CHALLENGE = base64url(hashlib.sha256(VERIFIER.encode()).digest())
AT = "/claim/authorize/poly"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WalletOffice]:
    """Make one office for all: each test has a claim of its own."""
    made = new_wallet_office(tmp_path_factory.mktemp("office"))
    yield made
    made.store.engine.dispose()


def request_of(office: WalletOffice, path: str, **changes: str | None) -> dict[str, str]:
    """Write a good request; None takes a parameter away."""
    grant = office.offer(path)["grants"]["authorization_code"]
    request = {
        "response_type": "code",
        "client_id": CLIENT.client_id,
        "redirect_uri": BACK,
        "state": "s1",
        "scope": "open-badge",
        "issuer_state": grant["issuer_state"],
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    return {name: value for name, value in request.items() if value is not None}


def answer_of(location: str) -> dict[str, str]:
    assert location.startswith(f"{BACK}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def allowed(office: WalletOffice, request: dict[str, str], **form: str) -> dict[str, str]:
    """Allow a request as a person does, and read what the wallet is told."""
    answer = office.client.post(AT, query_string=request, data={"answer": "allow", **form})
    assert answer.status_code == 303, answer.text
    return answer_of(answer.headers["Location"])


def redeemed(office: WalletOffice, code: str, **changes: str) -> Any:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": CLIENT.client_id,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        **changes,
    }
    return office.client.post("/openid/poly/token", data=form)


def test_a_person_lets_a_wallet_in_and_it_gets_the_badge(office: WalletOffice) -> None:
    request = request_of(office, office.claim())
    page = office.client.get(AT, query_string=request)
    assert page.status_code == 200
    assert "Example Wallet asks for your micro-credential" in page.text
    assert "form-action 'self' https://wallet.example;" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    told = allowed(office, request)
    assert (told["state"], told["iss"]) == ("s1", ISSUER_ID)
    token = redeemed(office, told["code"]).get_json()["access_token"]
    proof = office.key_proof(iss=CLIENT.client_id)
    assert office.ask(token, proof).status_code == 200


def test_looking_at_the_question_allows_nothing_and_other_sites_cannot(
    office: WalletOffice,
) -> None:
    request = request_of(office, office.claim())
    assert office.client.get(AT, query_string=request).status_code == 200
    elsewhere = office.client.post(
        AT,
        query_string=request,
        data={"answer": "allow"},
        headers={"Origin": "https://evil.example"},
    )
    assert elsewhere.status_code == 403
    refused = office.client.post(AT, query_string=request, data={"answer": "refuse"})
    told = answer_of(refused.headers["Location"])
    assert (told["error"], told["iss"]) == ("access_denied", ISSUER_ID)


def redirect_payloads() -> list[str]:
    """Write addresses that look like the one of the wallet, or lead somewhere else altogether."""
    host, good = "wallet.example", BACK
    hosts = (
        "evil.example",
        f"{host}.evil.example",
        f"evil.example/{host}",
        f"{host}@evil.example",
        f"evil.example#{host}",
        f"evil.example?{host}",
        f"evil.example\\{host}",
        f"{host}%2eevil.example",
        f"{host}:443",
        f"{host}:8443",
        "127.0.0.1",
        "[::1]",
        "localhost",
        "xn--wallet-example",
        host.upper(),
        f"{host}.",
        f".{host}",
        f"www.{host}",
    )
    schemes = ("https://", "http://", "//", "///", "https:", "https:/", "ftp://", "\\\\", "")
    payloads = [f"{scheme}{one}/back" for scheme in schemes for one in hosts]
    tails = ("/", "?", "#", "/..", "//", "%00", "%0d%0a", "\r\nX: 1", " ", "\t", "?x=1", "#x", ".")
    payloads += [good + tail for tail in tails]
    payloads += [tail + good for tail in (" ", "\t", "\n", "\x00", "javascript:", "data:,")]
    payloads += [
        f"{scheme}{rest}"
        for scheme in ("javascript:", "data:text/html,", "vbscript:", "file:///", "blob:", "about:")
        for rest in ("", "alert(1)", good, "//evil.example", "%61lert(1)", "//%0aalert(1)")
    ]
    spelled = (good.upper(), good.title(), good.replace("https", "HTTPS"), good.replace("/b", "/B"))
    payloads += list(spelled)
    payloads += [good.replace("back", one) for one in ("back/", "%62ack", "./back", "x/../back")]
    payloads += [good[:at] + "\u200b" + good[at:] for at in range(len(good))]
    payloads += [good[:at] + good[at + 1 :] for at in range(len(good))]
    payloads += [good[:at] + "%" + good[at:] for at in range(len(good))]
    payloads += [good[:at] + good[at] + good[at:] for at in range(len(good))]
    return sorted(set(payloads) - {good})


def test_nobody_is_led_to_an_address_that_is_not_written_down(office: WalletOffice) -> None:
    request = request_of(office, office.claim())
    payloads = redirect_payloads()
    assert len(payloads) >= 325
    for payload in payloads:
        with pytest.raises(UnknownWalletError):
            read_request(office.desk, office.bench.tenant, {**request, "redirect_uri": payload})
    for payload in payloads[:: len(payloads) // 12]:
        answer = office.client.get(AT, query_string={**request, "redirect_uri": payload})
        assert (answer.status_code, answer.headers.get("Location")) == (400, None), payload
    for name in ("client_id", "redirect_uri"):
        answer = office.client.get(
            AT, query_string=request_of(office, office.claim(), **{name: None})
        )
        assert answer.status_code == 400
    posted = office.client.post(
        AT,
        query_string={**request, "redirect_uri": "https://evil.example/"},
        data={"answer": "allow"},
    )
    assert (posted.status_code, posted.headers.get("Location")) == (400, None)
    twice = [*request.items(), ("redirect_uri", "https://evil.example/")]
    answer = office.client.get(f"{AT}?{'&'.join(f'{name}={value}' for name, value in twice)}")
    assert (answer.status_code, answer.headers.get("Location")) == (400, None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain", "code_challenge": VERIFIER}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"scope": "open-badge open-badge-sd-jwt"}, "invalid_scope"),
        ({"scope": "open-badge-jwt"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"issuer_state": "guessed"}, "invalid_request"),
        ({"issuer_state": None}, "invalid_request"),
        ({"authorization_details": "[]"}, "invalid_authorization_details"),
        ({"request": "e30.e30."}, "request_not_supported"),
    ],
)
def test_a_wallet_that_asks_wrongly_is_told_so_where_it_is_at_home(
    office: WalletOffice, changes: dict[str, str | None], code: str
) -> None:
    request = request_of(office, office.claim(), **changes)
    for answer in (
        office.client.get(AT, query_string=request),
        office.client.post(AT, query_string=request, data={"answer": "allow"}),
    ):
        told = answer_of(answer.headers["Location"])
        assert (told["error"], told["iss"], told["state"]) == (code, ISSUER_ID, "s1")
        assert "code" not in told


def test_a_code_needs_its_verifier_its_client_and_its_way_back(office: WalletOffice) -> None:
    request = request_of(office, office.claim())
    code = allowed(office, request)["code"]
    for changes in (
        {"code_verifier": ""},
        {"code_verifier": CHALLENGE},
        {"code_verifier": "w" * 43},
        {"code_verifier": "é" * 43},
        {"client_id": "other"},
        {"redirect_uri": f"{BACK}/"},
    ):
        error(redeemed(office, code, **changes), "invalid_grant")
    assert redeemed(office, code).status_code == 200


def test_a_code_that_comes_twice_ends_the_token_that_it_was_used_for(
    office: WalletOffice,
) -> None:
    code = allowed(office, request_of(office, office.claim()))["code"]
    token = redeemed(office, code).get_json()["access_token"]
    error(redeemed(office, code), "invalid_grant")
    proof = office.key_proof(iss=CLIENT.client_id)
    error(office.ask(token, proof), "invalid_token", 401)
    error(redeemed(office, "guessed"), "invalid_grant")


def test_a_code_ends_after_a_minute(office: WalletOffice) -> None:
    code = allowed(office, request_of(office, office.claim()))["code"]
    office.bench.clock.pass_by(seconds=CODE_LIFE.total_seconds())
    error(redeemed(office, code), "invalid_grant")


def test_a_pin_is_asked_for_on_the_page_and_counted(office: WalletOffice) -> None:
    request = request_of(office, path := office.claim(pin="123456"))
    assert "PIN" in office.client.get(AT, query_string=request).text
    for pin in ["", *["000000"] * (MOST_TRIES - 1)]:
        answer = office.client.post(AT, query_string=request, data={"answer": "allow", "pin": pin})
        assert answer.status_code == 422
        assert "This PIN is wrong" in answer.text
    assert "code" in allowed(office, request, pin=" 123 456 ")
    last = office.client.post(AT, query_string=request, data={"answer": "allow", "pin": "000000"})
    assert last.status_code == 422
    assert office.client.get(path).status_code == 404, "the link has ended"
    gone = office.client.post(AT, query_string=request, data={"answer": "allow", "pin": "123456"})
    assert answer_of(gone.headers["Location"])["error"] == "invalid_request"


def test_requests_are_pushed_and_belong_to_their_client(office: WalletOffice) -> None:
    request = request_of(office, office.claim())
    at = "/openid/poly/par"
    pushed = office.client.post(at, data=request)
    assert pushed.status_code == 201
    assert pushed.headers["Cache-Control"] == "no-store"
    short = {"client_id": CLIENT.client_id, "request_uri": pushed.get_json()["request_uri"]}
    assert "code" in allowed(office, short)
    for wrong in (
        {**short, "client_id": "other"},
        {**short, "request_uri": "urn:ietf:params:oauth:request_uri:guessed"},
        {**short, "request_uri": short["request_uri"].rpartition(":")[2]},
    ):
        answer = office.client.get(AT, query_string=wrong)
        assert (answer.status_code, answer.headers.get("Location")) == (400, None)
    error(office.client.post(at, data=short), "invalid_request")
    error(office.client.post(at, data={**request, "client_id": "other"}), "invalid_request")
    plain = {**request, "code_challenge_method": "plain"}
    error(office.client.post(at, data=plain), "invalid_request")
    office.bench.clock.pass_by(seconds=PUSHED_LIFE.total_seconds())
    assert office.client.get(AT, query_string=short).status_code == 400


def test_details_ask_for_what_is_offered(office: WalletOffice) -> None:
    details = '[{"type":"openid_credential","credential_configuration_id":"open-badge"}]'
    request = request_of(office, office.claim(), scope=None, authorization_details=details)
    answer = redeemed(office, allowed(office, request)["code"]).get_json()
    (identifier,) = answer["authorization_details"][0]["credential_identifiers"]
    proof = office.key_proof(iss=CLIENT.client_id)
    given = office.ask(
        answer["access_token"],
        proof,
        credential_configuration_id=None,
        credential_identifier=identifier,
    )
    assert given.status_code == 200


def test_what_the_wallet_chose_stands_in_no_page_unescaped(office: WalletOffice) -> None:
    hostile = '"><script>alert(1)</script>'
    request = request_of(office, office.claim(), state=hostile)
    page = office.client.get(AT, query_string=request).text
    assert "<script>alert" not in page
    (action,) = re.findall(r'<form method="post" action="([^"]+authorize[^"]+)"', page)
    assert action.startswith(AT)


def test_without_known_wallets_there_is_no_authorization(tmp_path: Path) -> None:
    made = new_wallet_office(tmp_path, clients={})
    server = made.client.get("/openid/poly/.well-known/oauth-authorization-server").get_json()
    assert "authorization_endpoint" not in server
    assert "authorization_code" not in made.offer(made.claim())["grants"]
    error(redeemed(made, "x"), "unsupported_grant_type")
    assert made.client.get(AT, query_string={"client_id": CLIENT.client_id}).status_code == 400
