"""An institution whose claims wallets take up, and a wallet with a key."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from credentials.jose.compact import sign_token
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from issuer.claims import ClaimSettings, claim_pages
from issuer.issuing.copying import Copying
from issuer.issuing.exactly_once import ExactlyOnce
from issuer.store import Recipient, Store
from issuer.wallets import (
    Nonces,
    WalletClient,
    WalletDesk,
    exchange_routes,
    metadata_routes,
    openid_routes,
)
from issuer.wallets.desk import Algorithms
from issuer.wallets.interactions import PRE_AUTHORIZED
from keys.signer import PrivateKeySigner
from service import open_database
from service.pages import N_, PagesSettings, add_pages
from service.web import WebSettings, new_application
from tallystick.wallets_of_others import presentation_check
from tests.databases import sqlite_copy
from tests.factories import LEARNER, STRANGER, method_of, sign
from tests.issuer.issuing.workshops import Bench, award_to, bench
from tests.services import draws

BASE = "https://badges.poly.example"
ISSUER_ID = f"{BASE}/openid/poly"
DATA_MODEL = "https://www.w3.org/ns/credentials/v2"
CLIENT = WalletClient("wallet.example", "Example Wallet", ("https://wallet.example/back",))


@dataclass
class WalletOffice:
    """An institution with claims, and the client of a wallet."""

    bench: Bench
    desk: WalletDesk
    application: OpenAPI
    client: FlaskClient
    issued: int = 0
    claims: list[str] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return self.bench.store

    def issue(self, subject: str | None = None) -> str:
        """Issue a credential, and return its id."""
        self.issued += 1
        award = award_to("ana@poly.example")
        if subject is not None:
            award = replace(award, recipient=Recipient(subject=subject))
        record = self.bench.issue(f"key {self.issued}", award)
        return str(record.id)

    def claim(self, credential_id: str | None = None, **options: Any) -> str:
        """Make a claim, and return the path of its link."""
        _delivery, secret = self.store.deliveries.make(
            self.bench.act, credential_id or self.issue(), channel="email", **options
        )
        return f"/claim/{secret}"

    def protocols(self, path: str) -> dict[str, str]:
        """Ask a claim's link as a wallet does."""
        answer = self.client.get(f"{path}?iuv=1", headers={"Accept": "application/json"})
        assert answer.status_code == 200, answer.text
        found: dict[str, str] = answer.get_json()["protocols"]
        return found

    def offer(self, path: str) -> JsonObject:
        """Fetch the credential offer of a claim."""
        link = self.protocols(path)["oid4vci-1.0"]
        address = link.partition("credential_offer_uri=")[2]
        answer = self.client.get(path_of(address.replace("%3A", ":").replace("%2F", "/")))
        assert answer.status_code == 200, answer.text
        found: JsonObject = answer.get_json()
        return found

    def code(self, path: str) -> str:
        """Fetch the pre-authorized code of a claim."""
        code: str = self.offer(path)["grants"][PRE_AUTHORIZED]["pre-authorized_code"]
        return code

    def token(self, code: str, **form: str) -> Any:
        form = {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": code, **form}
        return self.client.post("/openid/poly/token", data=form)

    def access(self, path: str, **form: str) -> str:
        """Get an access token for a claim."""
        answer = self.token(self.code(path), **form)
        assert answer.status_code == 200, answer.text
        token: str = answer.get_json()["access_token"]
        return token

    def nonce(self) -> str:
        nonce: str = self.client.post("/openid/poly/nonce").get_json()["c_nonce"]
        return nonce

    def key_proof(
        self, *, signer: PrivateKeySigner = STRANGER, header: Any = None, **claims: Any
    ) -> str:
        """Prove a key by a token; None takes a claim away."""
        stated = {"aud": ISSUER_ID, "iat": int(self.bench.clock().timestamp()), **claims}
        if "nonce" not in stated:
            stated["nonce"] = self.nonce()
        payload = {name: value for name, value in stated.items() if value is not None}
        named = header or {"typ": "openid4vci-proof+jwt", "kid": method_of(signer)}
        return sign_token(named, serialize_json(payload), signer)

    def ask(self, token: str, key_proof: str | None = None, **body: Any) -> Any:
        """Ask for a credential."""
        proofs = {"jwt": [key_proof or self.key_proof()]}
        body = {"credential_configuration_id": "open-badge", "proofs": proofs, **body}
        body = {name: value for name, value in body.items() if value is not None}
        return self.post("/openid/poly/credential", body, token)

    def post(self, path: str, body: Any, token: str | None = None) -> Any:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        data = json.dumps(body)
        return self.client.post(path, data=data, content_type="application/json", headers=headers)


def path_of(address: str) -> str:
    """Take the path of one of our addresses."""
    assert address.startswith(f"{BASE}/"), address
    return address.removeprefix(BASE)


def presentation(challenge: str, domain: str | None = None, **options: Any) -> JsonObject:
    """Prove the learner's key by a presentation that shows nothing."""
    document: JsonObject = {
        "@context": [DATA_MODEL],
        "type": ["VerifiablePresentation"],
        "holder": options.pop("holder", LEARNER),
    }
    bound = {"challenge": challenge} | ({} if domain is None else {"domain": domain})
    options = {"signer": STRANGER, "proof_purpose": "authentication", **options}
    return sign(document, **bound, **options)


def new_wallet_office(folder: Path, **changes: Any) -> WalletOffice:
    engine = open_database(sqlite_copy(folder / "issuer.sqlite"))
    return wallet_office(bench(engine), **changes)


def wallet_office(made: Bench, **changes: Any) -> WalletOffice:
    store = made.store
    desk = WalletDesk(
        store=store,
        copying=Copying(ExactlyOnce(made.shop)),
        now=made.clock,
        base_of=lambda _tenant: BASE,
        check_presentation=presentation_check(made.clock),
        algorithms_of=lambda _tenant: Algorithms("eddsa-rdfc-2022", "EdDSA"),
        nonces=Nonces(store, b"n" * 32, draws(), made.clock),
        clients={CLIENT.client_id: CLIENT},
    )
    desk = replace(desk, **changes)
    application = new_application(WebSettings("Wallets", "Test."))
    for routes in (exchange_routes, openid_routes, metadata_routes):
        application.register_blueprint(routes(desk))
    pages = claim_pages(ClaimSettings(store, made.clock, lambda _tenant: BASE, None, desk))
    settings = PagesSettings(site=N_("Pages"), home="claims.start", secret=b"s" * 32)
    add_pages(application, settings, pages)
    return WalletOffice(made, desk, application, application.test_client())
