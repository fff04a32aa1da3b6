"""OpenID Connect: what a provider proves, and each of the things that it does not."""

from __future__ import annotations

import base64
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from joserfc.jwk import RSAKey

from service.errors import FetchError
from service.fetching import Fetcher
from service.fetching.fetcher import FetchPolicy
from service.sign_in.errors import SignInError
from service.sign_in.openid import OpenIdClient, OpenIdProvider, ProvedAccount
from service.sign_in.transport import DirectTransport, Messenger, Transport
from service.web.serving import Address, addresses_of, new_server
from tests.factories import NOW
from tests.service.sign_in.provider import (
    CLIENT,
    CLIENT_PASSWORD,
    ISSUER,
    TestProvider,
    ec_key,
    rsa_key,
)

BACK = "https://badges.poly.example/console/sign-in/with/staff/back"
STAFF = OpenIdProvider("staff", "Staff account", ISSUER, CLIENT, CLIENT_PASSWORD)


class Forward:
    """A clock that goes forward when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def client_of(
    provider: TestProvider,
    transport: Transport | None = None,
    clock: Forward | None = None,
    described: OpenIdProvider = STAFF,
) -> OpenIdClient:
    described = replace(described, issuer=provider.issuer)
    return OpenIdClient(described, transport or provider, BACK, clock or Forward())


def signed_in(provider: TestProvider, client: OpenIdClient | None = None) -> ProvedAccount:
    client = client or client_of(provider)
    visit = client.begin()
    return client.finish(visit.kept, provider.visited(visit.address), NOW)


def refusal_of(provider: TestProvider, client: OpenIdClient | None = None) -> str:
    with pytest.raises(SignInError) as refused:
        signed_in(provider, client)
    return refused.value.code


def test_an_account_is_proved_by_its_provider() -> None:
    assert signed_in(TestProvider()) == ProvedAccount(
        ISSUER, "subject-1", "ana@example.com", "ana@example.com"
    )


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"aud": [CLIENT], "azp": CLIENT}, "RS256"),
        ({"aud": [CLIENT, "other"], "azp": CLIENT}, "RS256"),
        ({}, "ES256"),
    ],
)
def test_what_the_standard_allows_is_taken(changed: dict[str, Any], key: str) -> None:
    provider = TestProvider(claims=changed)
    if key == "ES256":
        provider.key, provider.header = ec_key(), {"alg": "ES256", "kid": "two"}
    assert signed_in(provider).subject == "subject-1"


def test_every_visit_has_a_state_a_nonce_and_a_verifier_of_its_own() -> None:
    client = client_of(TestProvider())
    visits = [client.begin() for _ in range(2)]
    for name in ("state", "nonce", "verifier"):
        assert visits[0].kept[name] != visits[1].kept[name]
        assert len(visits[0].kept[name]) >= 43
    asked = dict(parse_qsl(urlsplit(visits[0].address).query))
    assert asked["redirect_uri"] == BACK
    assert asked["code_challenge_method"] == "S256"
    assert visits[0].kept["verifier"] not in visits[0].address


AT = int(NOW.timestamp())
TOKENS: dict[str, dict[str, Any]] = {
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "an issuer that begins alike": {"claims": {"iss": f"{ISSUER}/"}},
    "several issuers": {"claims": {"iss": [ISSUER]}},
    "another audience": {"claims": {"aud": "other"}},
    "another audience in a list": {"claims": {"aud": ["other"]}},
    "several audiences and no authorized party": {"claims": {"aud": [CLIENT, "other"]}},
    "another authorized party": {"claims": {"aud": [CLIENT, "other"], "azp": "other"}},
    "another authorized party of one audience": {"claims": {"azp": "other"}},
    "no audience": {"claims": {"aud": None}},
    "an empty audience": {"claims": {"aud": []}},
    "it has expired": {"claims": {"exp": AT - 61}},
    "it never expires": {"claims": {"exp": None}},
    "an expiry that is a text": {"claims": {"exp": "never"}},
    "an expiry that is true": {"claims": {"exp": True}},
    "it was issued tomorrow": {"claims": {"iat": AT + 86_400}},
    "it was issued at no time": {"claims": {"iat": None}},
    "it is not yet valid": {"claims": {"nbf": AT + 3_600}},
    "another nonce": {"claims": {"nonce": "replayed"}},
    "no nonce": {"claims": {"nonce": None}},
    "no subject": {"claims": {"sub": None}},
    "an empty subject": {"claims": {"sub": ""}},
    "a long subject": {"claims": {"sub": "x" * 256}},
    "a subject that is a number": {"claims": {"sub": 1}},
    "another access token": {"claims": {"at_hash": "AAAA"}},
    "a key of somebody else": {"key": rsa_key("imposter")},
    "a key that is not published": {"header": {"alg": "RS256", "kid": "unknown"}},
    "no key among several": {"keys": [rsa_key(), rsa_key("three")], "header": {"alg": "RS256"}},
    "a key of another kind": {"keys": [ec_key("one")]},
    "a key for encryption": {
        "keys": [RSAKey.import_key({**rsa_key().as_dict(private=True), "use": "enc"})]
    },
    "an algorithm that was not agreed upon": {"header": {"alg": "PS256", "kid": "one"}},
}


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_signs_nobody_in_if_it_has(name: str) -> None:
    assert refusal_of(TestProvider(**TOKENS[name])) == "ID_TOKEN_REFUSED"


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_a_short_key_signs_nobody_in() -> None:
    short = rsa_key("one", 1024)
    assert refusal_of(TestProvider(key=short, keys=[short])) == "ID_TOKEN_REFUSED"


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def with_header(token: str, **changed: object) -> str:
    head, rest = token.split(".", 1)
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    return f"{part({**header, **changed})}.{rest}"


def with_public_key_as_secret(token: str) -> str:
    """Sign with the public key as if it were a shared secret."""
    signed = with_header(token, alg="HS256").rpartition(".")[0]
    digest = hmac.digest(rsa_key().as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def twice_the_subject(token: str) -> str:
    head, _body, signature = token.split(".")
    body = base64.urlsafe_b64encode(b'{"sub":"a","sub":"b"}').rstrip(b"=").decode()
    return f"{head}.{body}.{signature}"


FORGERIES: dict[str, Any] = {
    "no signature": lambda token: f"{token.rpartition('.')[0]}.",
    "alg none": lambda token: f"{with_header(token, alg='none').rpartition('.')[0]}.",
    "alg None": lambda token: with_header(token, alg="None"),
    "no alg": lambda token: with_header(token, alg=None),
    "several algs": lambda token: with_header(token, alg=["RS256"]),
    "its own key": lambda token: with_header(token, jwk=rsa_key().as_dict(private=False)),
    "the address of a key": lambda token: with_header(token, jku="https://evil.example/keys"),
    "its own certificate": lambda token: with_header(token, x5c=["AAAA"]),
    "a critical member": lambda token: with_header(token, crit=["b64"], b64=False),
    "a shared secret that is the public key": with_public_key_as_secret,
    "white space": lambda token: f"{token} ",
    "padding": lambda token: f"{token}=",
    "four parts": lambda token: f"{token}.x",
    "two parts": lambda token: token.rpartition(".")[0],
    "changed claims": lambda token: ".".join(
        [token.split(".")[0], part({"sub": "other"}), token.split(".")[2]]
    ),
    "a subject twice": twice_the_subject,
    "five parts": lambda token: f"{token}.x.y",
    "more than is read": lambda token: token + "A" * 40_000,
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_token_signs_nobody_in(name: str) -> None:
    assert refusal_of(TestProvider(forged=FORGERIES[name])) == "ID_TOKEN_REFUSED"


def test_a_state_of_another_visit_is_refused() -> None:
    provider = TestProvider()
    client = client_of(provider)
    mine, other = client.begin(), client.begin()
    for answered in (provider.visited(other.address), {"code": "code-0"}, {}):
        with pytest.raises(SignInError) as refused:
            client.finish(mine.kept, answered, NOW)
        assert refused.value.code == "VISIT_MIXED_UP"


def test_an_answer_of_another_issuer_is_refused() -> None:
    assert refusal_of(TestProvider(answered={"iss": "https://evil.example"})) == "VISIT_MIXED_UP"
    named = {"authorization_response_iss_parameter_supported": True}
    assert refusal_of(TestProvider(description=named)) == "VISIT_MIXED_UP"
    said = TestProvider(description=named, answered={"iss": ISSUER})
    assert signed_in(said).subject == "subject-1"


def test_a_provider_that_signs_nobody_in_is_believed() -> None:
    assert refusal_of(TestProvider(answered={"error": "access_denied"})) == "PROVIDER_REFUSED"
    assert refusal_of(TestProvider(answered={"code": ""})) == "PROVIDER_REFUSED"


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://login.poly.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
    ],
)
def test_a_description_that_is_not_the_providers_is_refused(description: dict[str, Any]) -> None:
    assert refusal_of(TestProvider(description=description)) == "PROVIDER_MALFORMED"


@pytest.mark.parametrize(
    ("claims", "address"),
    [
        ({}, "ana@example.com"),
        ({"email": " Ana@Example.com "}, "ana@example.com"),
        ({"email_verified": False}, None),
        ({"email_verified": "true"}, None),
        ({"email_verified": None}, None),
        ({"email": None}, None),
        ({"email": ["ana@example.com"]}, None),
        # The sign for Kelvin, which is k in small letters: another mailbox than that of mike.
        ({"email": "mi\N{KELVIN SIGN}e@example.com"}, None),
    ],
)
def test_an_address_counts_only_if_it_was_verified(
    claims: dict[str, Any], address: str | None
) -> None:
    assert signed_in(TestProvider(claims=claims)).verified_address == address


def test_keys_are_kept_and_asked_for_again_when_a_new_one_signs() -> None:
    provider, clock = TestProvider(keys=[rsa_key()]), Forward()
    client = client_of(provider, clock=clock)
    for _ in range(2):
        signed_in(provider, client)
    assert provider.fetched.count(f"{ISSUER}/keys") == 1
    provider.keys, provider.key = [ec_key()], ec_key()
    provider.header = {"alg": "ES256", "kid": "two"}
    assert refusal_of(provider, client) == "ID_TOKEN_REFUSED"
    clock.seconds = 61
    assert signed_in(provider, client).subject == "subject-1"
    assert provider.fetched.count(f"{ISSUER}/keys") == 2
    clock.seconds += 3_601
    signed_in(provider, client)
    assert len(provider.fetched) == 5


def test_a_provider_out_of_reach_is_told() -> None:
    provider = TestProvider()
    elsewhere = client_of(TestProvider(issuer="https://gone.example"), transport=provider)
    with pytest.raises(SignInError) as refused:
        elsewhere.begin()
    assert refused.value.code == "PROVIDER_UNREACHABLE"


def test_a_token_may_be_a_minute_old_and_not_more() -> None:
    client = client_of(provider := TestProvider(claims={"exp": AT}))
    visit = client.begin()
    with pytest.raises(SignInError):
        client.finish(visit.kept, provider.visited(visit.address), NOW + timedelta(seconds=62))
    visit = client.begin()
    late = NOW + timedelta(seconds=58)
    assert client.finish(visit.kept, provider.visited(visit.address), late)


@pytest.fixture(scope="module")
def served() -> Iterator[TestProvider]:
    """Serve a provider on loopback."""
    provider = TestProvider()
    server = new_server(provider.application(), Address(port=0), 65_536)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    provider.issuer = f"http://localhost:{addresses_of(server)[0][1]}"
    yield provider
    server.close()
    thread.join(5)


def test_the_guarded_fetcher_goes_to_a_provider_that_the_operator_allows(
    served: TestProvider,
) -> None:
    allowed = DirectTransport(Fetcher(FetchPolicy(allowed_hosts=frozenset({"localhost"}))))
    assert signed_in(served, client_of(served, allowed)).issuer == served.issuer
    guarded = DirectTransport(Fetcher())
    assert refusal_of(served, client_of(served, guarded)) == "PROVIDER_UNREACHABLE"


def test_a_process_of_its_own_goes_the_way_and_tells_why_it_could_not(
    served: TestProvider,
) -> None:
    messenger = Messenger(FetchPolicy(allowed_hosts=frozenset({"localhost"})))
    try:
        assert signed_in(served, client_of(served, messenger)).subject == "subject-1"
        with pytest.raises(FetchError) as refused:
            messenger.get("https://localhost.internal/")
        assert refused.value.code == "HOST_REFUSED"
    finally:
        messenger.close()
