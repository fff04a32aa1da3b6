"""The other forms that wallets ask for: tokens of Open Badges, and SD-JWT VC with their status."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from credentials.errors import IssuanceError
from credentials.status.status_list_token import StatusListToken
from issuer.issuing.awards import Award
from issuer.issuing.checking import check_store
from issuer.issuing.copying import MOST_COPIES, NotCopiedError
from issuer.issuing.publishing import Publisher
from issuer.issuing.token_lists import TokenLists
from issuer.issuing.withdrawing import Change, Withdrawing
from issuer.store import Tenant
from issuer.store.errors import NotFoundError
from issuer.wallets import status_routes
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType
from tests.factories import ISSUER, LEARNER, SIGNER, codes, method_of, sign, world
from tests.issuer.wallets.offices import WalletOffice, new_wallet_office, path_of
from tests.issuer.wallets.test_issuance import error
from verifier.verifier import Verifier


class Nowhere:
    """Copies that nobody keeps."""

    def read(self, _status_list: Any) -> None:
        return None

    def write(self, _status_list: Any, _data: bytes) -> None:
        return None


@pytest.fixture
def office(tmp_path: Path) -> Iterator[WalletOffice]:
    made = new_wallet_office(tmp_path)

    def sign_token(_tenant: Tenant, token: StatusListToken) -> str:
        return token.sign(SIGNER, key_id=method_of(SIGNER))

    routes = status_routes(made.store, TokenLists(made.store.engine, sign_token))
    made.application.register_blueprint(routes)
    yield made
    made.store.engine.dispose()


def taken(office: WalletOffice, form: str) -> str:
    """Take a claim in a browser, choose a form for a wallet, and let the wallet have it."""
    path = office.claim(pin="123456")
    assert office.client.post(path, data={"pin": "123456"}).status_code == 303
    page = office.client.get(path)
    assert f'value="{form}"' in page.text
    led = office.client.post(f"{path}/wallet", data={"form": form})
    told = office.client.get(
        f"{led.headers['Location']}?iuv=1", headers={"Accept": "application/json"}
    )
    address = told.get_json()["protocols"]["oid4vci-1.0"].partition("credential_offer_uri=")[2]
    offer = office.client.get(path_of(address.replace("%3A", ":").replace("%2F", "/"))).get_json()
    (name,) = offer["credential_configuration_ids"]
    (grant,) = [one for kind, one in offer["grants"].items() if "pre-authorized" in kind]
    assert "tx_code" not in grant, "the PIN was given in the browser"
    token = office.token(grant["pre-authorized_code"]).get_json()["access_token"]
    answer = office.ask(token, credential_configuration_id=name)
    assert answer.status_code == 200, answer.text
    given: str = answer.get_json()["credentials"][0]["credential"]
    return given


def report_of(office: WalletOffice, data: str, lists: dict[str, Any]) -> set[str]:
    """Verify what a wallet got, with the lists that it leads to."""
    at = world(lists, now=office.bench.clock())
    return codes(Verifier(at).check(data.encode()), "failed", "indeterminate")


def published(office: WalletOffice) -> dict[str, Any]:
    """Publish what is due, and fetch the list in both forms."""
    publisher = Publisher(office.bench.shop, lambda _tenant, document: sign(document), Nowhere())
    publisher.publish_due()
    answer = office.client.get("/status/poly/1/token")
    assert answer.content_type == "application/statuslist+jwt"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return {"https://poly.example/status/poly/1/token": answer.text}


def test_an_sd_jwt_has_its_status_in_a_list_of_tokens(office: WalletOffice) -> None:
    given = taken(office, "dc+sd-jwt")
    assert report_of(office, given, published(office)) == set()
    original = office.store.credentials.page(office.bench.tenant.id).items
    (first,) = [one for one in original if one.copy_of is None]
    (copy,) = [one for one in original if one.copy_of == first.id]
    assert copy.media_type == "application/dc+sd-jwt"
    Withdrawing(office.bench.shop).ask(office.bench.act, [first.id], Change("revoke", "Error."))
    office.bench.clock.pass_by(seconds=60)
    assert report_of(office, given, published(office)) == {"REVOKED"}
    assert check_store(office.store.engine, trusted=lambda _key: True).issued == 2


def test_a_token_of_open_badges_is_signed_and_listed(office: WalletOffice) -> None:
    given = taken(office, "jwt_vc_json")
    assert given.count(".") == 2
    publisher = Publisher(office.bench.shop, lambda _t, document: sign(document), Nowhere())
    publisher.publish_due()
    lists = office.client.get("/status/poly/1/token")
    assert lists.status_code == 200
    found = report_of(office, given, {})
    assert found == {"STATUS_RETRIEVAL_ERROR"}, "nothing but its list is missing"


def test_lists_that_are_not_there_are_not_found(office: WalletOffice) -> None:
    for path in ("/status/poly/1/token", "/status/other/1/token", "/status/poly/x/token"):
        assert office.client.get(path).status_code == 404
    with pytest.raises(NotFoundError):
        TokenLists(office.store.engine, lambda _t, _token: "").of(office.bench.tenant, 7)


def test_a_list_is_signed_once_for_each_edition(office: WalletOffice) -> None:
    office.issue()
    published(office)
    signed: list[str] = []

    def sign_token(_tenant: Tenant, token: StatusListToken) -> str:
        signed.append(token.subject)
        return token.subject

    lists = TokenLists(office.store.engine, sign_token)
    assert {lists.of(office.bench.tenant, 1) for _ in range(3)} == set(signed)
    assert len(signed) == 1
    assert office.bench.tenant.issuer == ISSUER


def test_one_credential_is_in_so_many_wallets_and_no_more(office: WalletOffice) -> None:
    original = office.issue()
    path = office.claim(original)
    for number in range(MOST_COPIES):
        signer = PrivateKeySigner(KeyType.ED25519, bytes([number + 50]) * 32)
        answer = office.ask(office.access(path), office.key_proof(signer=signer))
        assert answer.status_code == 200
    last = PrivateKeySigner(KeyType.ED25519, bytes([200]) * 32)
    error(
        office.ask(office.access(path), office.key_proof(signer=last)), "credential_request_denied"
    )
    known = office.ask(office.access(path), office.key_proof(signer=signer))
    assert known.status_code == 200, "who is among them gets theirs again"


def test_the_page_for_a_wallet_leads_to_it_and_is_for_who_took_the_claim(
    office: WalletOffice,
) -> None:
    path = office.claim()
    led = office.client.post(f"{path}/wallet", data={"form": "ldp_vc"})
    assert led.headers["Location"] == path, "first it is taken"
    office.client.post(path)
    led = office.client.post(f"{path}/wallet", data={"form": "nonsense"})
    page = office.client.get(led.headers["Location"])
    assert "openid-credential-offer://?credential_offer_uri=" in page.text
    assert "dccrequest://request?" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    code = office.client.get(f"{led.headers['Location']}/code")
    assert code.content_type == "image/svg+xml"
    for gone in ("/claim/to-wallet/guessed", "/claim/to-wallet/guessed/code"):
        assert office.client.get(gone).status_code == 404
    assert office.client.post("/claim/guessed/wallet").status_code == 404


def test_a_copy_is_neither_copied_nor_corrected(office: WalletOffice) -> None:
    given = office.ask(office.access(office.claim())).get_json()["credentials"][0]["credential"]
    copy = office.store.credentials.get(office.bench.tenant.id, given["id"])
    with pytest.raises(NotCopiedError) as refused:
        office.desk.copying.copy(office.bench.act, copy.id, LEARNER, "dc+sd-jwt")
    assert refused.value.code == "IS_A_COPY"
    with pytest.raises(IssuanceError) as again:
        office.bench.issue("another key", Award.from_json(copy.request))
    assert again.value.code == "IS_A_COPY"
