"""Wallet libraries that others wrote claim from our issuer by OpenID4VCI 1.0, over HTTPS.

The issuer runs as a process of its own on this machine (`tallystick issuer serve --dev-https`).
Each library and each form asks four questions: does the wallet get the badge, is it bound to the
wallet's key and good but for its status (whose list is published elsewhere), is a wrong PIN
refused, is the same offer refused once more.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from issuer.store import Act, Store, Tenant
from service import open_database
from tools.installing import ROOT, Packages
from tools.interop.ourselves import Workshop
from tools.interop.wallets import running

HERE = Path(__file__).resolve().parent / "openid4vci"
WALLETS = Packages(HERE, ROOT / ".interop" / "openid4vci")
ACHIEVEMENT = ROOT / "docs" / "examples" / "achievement.json"
OPENID4VC = "@openid4vc/openid4vci"
DIGITAL_BAZAAR = "@digitalbazaar/oid4-client"
SPHEREON = "@sphereon/oid4vci-client"
WALLET_SECONDS = 60
PIN, WRONG_PIN = "123456", "654321"
CLIENT = {"id": "wallet.example", "redirectUri": "https://wallet.example/back"}
TITLES = (
    "it gets the badge",
    "bound to its key",
    "a wrong PIN is refused",
    "the same offer again is refused",
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One way to claim: the library, the form, with a PIN, by authorization, leniently."""

    wallet: str
    form: str
    has_pin: bool = False
    is_authorized: bool = False
    is_lenient: bool = False

    @property
    def way(self) -> str:
        """Say how the wallet is let in."""
        if self.is_authorized:
            return "authorization code, PKCE, PAR"
        return "pre-authorized code, PIN" if self.has_pin else "pre-authorized code"

    @property
    def settings(self) -> str:
        """Write what the issuer's configuration says for this way."""
        if self.is_authorized:
            named = f'client_id = "{CLIENT["id"]}"\nname = "A wallet"\n'
            uris = json.dumps([CLIENT["redirectUri"]])
            return f"[[claims.wallet]]\n{named}redirect_uris = {uris}\n"
        return "unsafe_lenient_key_proofs = true\n" if self.is_lenient else ""


CLAIMS = (
    Claim(OPENID4VC, "ldp_vc", has_pin=True),
    Claim(OPENID4VC, "ldp_vc", is_authorized=True),
    Claim(OPENID4VC, "jwt_vc_json"),
    Claim(OPENID4VC, "dc+sd-jwt"),
    Claim(SPHEREON, "ldp_vc", has_pin=True),
    Claim(DIGITAL_BAZAAR, "ldp_vc", is_lenient=True),
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What came of one way: for each question "yes", "no: why", or "-" where it is not asked."""

    claim: Claim
    given: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Tell whether something was asked and every answer was the right one."""
        asked = [one for one in self.given if one != "-"]
        return bool(asked) and all(one == "yes" for one in asked)


@dataclass(frozen=True, slots=True)
class Office:
    """An issuer that is running, with its store, and the certificate by which it is believed."""

    address: str
    authority: Path
    store: Store
    tenant: Tenant
    credential_id: str

    def link(self, claim: Claim) -> str:
        """Offer the credential to a wallet anew."""
        now = datetime.now(UTC)
        pin = PIN if claim.has_pin else None
        act = Act(self.tenant.id, "interop", now)
        delivery, _secret = self.store.deliveries.make(
            act, self.credential_id, channel="print", pin=pin
        )
        _offer, secret = self.store.wallet_offers.make(
            delivery, claim.form, now, needs_pin=claim.has_pin
        )
        address = quote(f"{self.address}/wallets/offers/{secret}", safe="")
        return f"openid-credential-offer://?credential_offer_uri={address}"


def ask_claims(shop: Workshop) -> list[Claimed]:
    """Install the wallets, begin an issuer, and have each claim in its way."""
    WALLETS.install_node()
    shutil.copy(HERE / "claim.mjs", WALLETS.node)
    configuration = _begun(shop)
    claimed: list[Claimed] = []
    for settings in dict.fromkeys(one.settings for one in CLAIMS):
        with _office(shop, configuration, settings) as office:
            chosen = [one for one in CLAIMS if one.settings == settings]
            claimed.extend(_ask(one, office, shop) for one in chosen)
    return claimed


def claims_section(claimed: list[Claimed]) -> list[str]:
    """Write the part of the report that is about claiming."""
    lines = [
        "",
        "## Wallets that claim from us by OpenID4VCI 1.0",
        "",
        "Each wallet library is a process of its own that speaks to `tallystick issuer serve",
        "--dev-https` on this machine. What it got is verified with `tallystick verify --offline`:",
        "nothing but the published status list may be missing.",
        "",
        f"| wallet | version | form | it is let in by | {' | '.join(TITLES)} |",
        f"|---|---|---|---|{'---|' * len(TITLES)}",
    ]
    for one in claimed:
        claim = one.claim
        version = WALLETS.version_of(claim.wallet)
        cells = (f"`{claim.wallet}`", version, claim.form, claim.way, *one.given)
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    lines += [
        "",
        f"What had to be known: `{DIGITAL_BAZAAR}` leaves `typ` and `iat` out of its proof of a",
        "key and names itself in `iss`, so a strict issuer refuses it; here the issuer runs with",
        "`unsafe_lenient_key_proofs`, which is for this test alone. It sends no PIN.",
        f"`{SPHEREON}` proves its key in the form of a draft (`proof`) with a nonce that it is",
        "given, and takes the authorization code wherever an offer has both, so the issuer names",
        "no wallet for it.",
    ]
    return lines


def _begun(shop: Workshop) -> Path:
    """Begin an issuer service with a published achievement."""
    configuration = shop.path(".toml")
    shop.run("issuer", "init", str(configuration), "--title", "Interop", "--name", "interop")
    return configuration


@contextmanager
def _office(shop: Workshop, configuration: Path, settings: str) -> Iterator[Office]:
    """Run the issuer, with a credential that is issued."""
    named = configuration.read_text(encoding="utf-8").partition("\n[claims]")[0]
    configuration.write_text(f"{named}\n[claims]\n{settings}", encoding="utf-8")
    credential_id, store = _issued(shop, configuration)
    serve = ("issuer", "serve", "--dev-https", "--port", "0", "--workers", "0")
    with running(shop, *serve, "--config", str(configuration), awaits="Listening") as said:
        found = re.search(r"https://[^ ]+:(\d+)", said)
        if found is None:
            sys.exit(f"The issuer does not say where it listens: {said}")
        authority = shop.folder / "dev-https" / "ca.pem"
        tenant = store.tenants.named("interop")
        yield Office(f"https://localhost:{found[1]}", authority, store, tenant, credential_id)


def _issued(shop: Workshop, configuration: Path) -> tuple[str, Store]:
    named, badge = shop.path(".id"), shop.path(".json")
    known = ("--config", str(configuration))
    shop.run("issuer", "achievement", str(ACHIEVEMENT), "--id-file", str(named), *known)
    achievement = named.read_text(encoding="ascii").strip()
    what = ("--achievement", achievement, "--email", "ana@example.com", "--out", str(badge))
    shop.run("issuer", "issue", *what, "--idempotency-key", achievement, *known)
    database = configuration.with_name(f"{configuration.stem}.sqlite")
    identifier = json.loads(badge.read_text(encoding="utf-8"))["id"]
    return identifier, Store(open_database(f"sqlite:///{database}"))


def _ask(claim: Claim, office: Office, shop: Workshop) -> Claimed:
    """Ask the four questions."""
    wrong = "-"
    if claim.has_pin:
        answer = _converse(claim, office, office.link(claim), WRONG_PIN)
        wrong = "yes" if "refused" in answer else "no: it was taken"
    link = office.link(claim)
    right = _converse(claim, office, link, PIN)
    again = _converse(claim, office, link, PIN)
    gets = "yes" if "credential" in right else f"no: {right.get('refused')}"
    refused = "yes" if "refused" in again else "no: it was taken"
    bound = _is_bound(shop, right) if "credential" in right else "-"
    return Claimed(claim, (gets, bound, wrong, refused))


def _is_bound(shop: Workshop, answer: dict[str, Any]) -> str:
    """Verify what a wallet got, and look for its key in it."""
    given, holder = answer["credential"], answer["holder"]
    _is_valid, said = shop.verify(given, "--recipient", holder, "--offline")
    against = re.findall(r"(\w+): (\w+)", said)
    return "yes" if {check for check, _code in against} <= {"status"} else f"no: {said}"


def _converse(claim: Claim, office: Office, link: str, pin: str) -> dict[str, Any]:
    request = {"wallet": claim.wallet, "link": link}
    request |= {"pin": pin} if claim.has_pin else {}
    named = {"client": CLIENT} if claim.is_authorized else {}
    ran = subprocess.run(
        ["node", "claim.mjs"],
        input=json.dumps(request | named),
        capture_output=True,
        text=True,
        timeout=WALLET_SECONDS,
        check=False,
        cwd=WALLETS.node,
        env=os.environ | {"NODE_EXTRA_CA_CERTS": str(office.authority)},
    )
    try:
        answer: dict[str, Any] = json.loads(ran.stdout)
    except ValueError:
        sys.exit(f"The wallet gave no answer: {ran.stdout[-500:]}{ran.stderr[-2000:]}")
    return answer
