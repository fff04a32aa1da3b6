"""A wallet that others wrote answers what our verifier asks by OpenID4VP 1.0, over HTTPS.

The verifier runs as a process of its own on this machine (`tallystick verifier serve
--dev-https`), with and without a signer for its requests.  Each client identifier and each form
asks four questions: does the wallet take our request, do we take its answer, do we refuse one for
another request, do we refuse the same answer once more.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from keys.did import did_key
from keys.verification_key import VerificationKey
from tools.installing import ROOT, Packages
from tools.interop.ourselves import REQUEST, Workshop, contexts

HERE = Path(__file__).resolve().parent / "openid4vp"
WALLET = Packages(HERE, ROOT / ".interop" / "openid4vp")
PROTOCOL, QUERIES = "@openid4vc/openid4vp", "dcql"
"""The parts of the wallet that the table is about; the others sign what they are told."""

WALLET_SECONDS = 60
ANSWERED = ("valid", "issuer-not-known")
"""What the employer is told of a good credential; nobody has named whom they believe."""

TITLES = (
    "the wallet takes our request",
    "we take its answer",
    "we refuse one for another request",
    "we refuse it again",
)


@dataclass(frozen=True, slots=True)
class Case:
    """One way to ask: who the verifier is, how the request comes, and what is presented."""

    client: str
    way: str
    form: str
    is_signed: bool


CASES = (
    Case("`redirect_uri:`", "whole link", "ldp_vc", is_signed=False),
    Case("`redirect_uri:`", "whole link", "dc+sd-jwt", is_signed=False),
    Case("`decentralized_identifier:did:key`", "`request_uri`, GET", "ldp_vc", is_signed=True),
    Case("`decentralized_identifier:did:key`", "`request_uri`, POST", "dc+sd-jwt", is_signed=True),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one case: for each question "yes" or "no: why"."""

    case: Case
    given: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Tell whether every answer was the right one."""
        return bool(self.given) and all(one == "yes" for one in self.given)


def ask_wallets(shop: Workshop) -> list[Asked]:
    """Install the wallet, have it issued credentials, and ask it in every way."""
    WALLET.install_node()
    shutil.copy(HERE / "wallet.mjs", WALLET.node)
    held = _held(shop)
    asked: list[Asked] = []
    for is_signed in (False, True):
        with _verifier(shop, is_signed=is_signed) as verifier:
            cases = [case for case in CASES if case.is_signed is is_signed]
            asked.extend(_ask(case, verifier, held[case.form]) for case in cases)
    return asked


def section(asked: list[Asked]) -> list[str]:
    """Write the part of the report that is about wallets."""
    version = f"{WALLET.version_of(PROTOCOL)} with `{QUERIES}` {WALLET.version_of(QUERIES)}"
    lines = [
        "",
        "## Wallets that we ask by OpenID4VP 1.0",
        "",
        "The wallet is a process of its own that speaks to `tallystick verifier serve --dev-https`",
        "on this machine. `@digitalbazaar/vc` and `@sd-jwt/sd-jwt-vc` sign for it.",
        "",
        f"| wallet | version | we are | it gets the request by | form | {' | '.join(TITLES)} |",
        f"|---|---|---|---|---|{'---|' * len(TITLES)}",
    ]
    for one in asked:
        cells = (f"`{PROTOCOL}`", version, one.case.client, one.case.way, one.case.form, *one.given)
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    lines += [
        "",
        "What had to be known: this wallet takes a request without a signature in the link only,",
        "and not at a `request_uri`; by POST it sends no `wallet_nonce`.",
    ]
    return lines


@dataclass(frozen=True, slots=True)
class _Verifier:
    """A verifier that is running, and the certificate by which it is believed."""

    address: str
    authority: Path

    def call(self, path: str, **fields: str) -> str:
        """Get a page as text, or send a form to it."""
        data = urllib.parse.urlencode(fields).encode() if fields else None
        believed = ssl.create_default_context(cafile=self.authority)
        asked = urllib.request.Request(self.address + path, data, {"Accept": "text/html"})
        with urllib.request.urlopen(asked, context=believed) as response:
            return f"{response.url}\n{response.read().decode()}"

    def new_request(self) -> tuple[str, str]:
        """Ask for a badge; return the path of the result and the learner's."""
        fields = {"who": "Interop", "purpose": "a test", "type": "OpenBadgeCredential"}
        page = self.call("/request", **fields)
        result = urllib.parse.urlsplit(page.partition("\n")[0]).path
        found = re.search(r"/present/[A-Za-z0-9_-]+", page)
        if found is None:
            sys.exit("The page of the request has no link for the learner.")
        return result, found[0]

    def link(self, case: Case, result: str, present: str) -> str:
        """Find the link that opens the wallet, as the page of the case has it."""
        page = self.call(result if case.is_signed else present)
        found = re.search(r'class="[^"]*wallet" href="(openid4vp:[^"]+)"', page)
        if found is None:
            sys.exit("The page has no link for wallets.")
        link = unescape(found[1])
        return link.replace("&request_uri_method=post", "") if "GET" in case.way else link

    def is_answered(self, result: str) -> bool:
        """Tell whether the employer sees a good credential."""
        found = re.findall(r'data-answer="([^"]+)"', self.call(result))
        return len(found) == 1 and found[0] in ANSWERED


def _held(shop: Workshop) -> dict[str, dict[str, Any]]:
    """Have credentials issued to new keys of the wallet, by form."""
    keys = _converse({"task": "newKeys"}, None)
    proof, sd_jwt = keys["proof"], keys["sdJwt"]
    holder = did_key(VerificationKey.from_jwk(sd_jwt["jwk"]))
    made = {
        "ldp_vc": (_issued(shop, proof["did"]), proof["secret"]),
        "dc+sd-jwt": (_issued(shop, holder, "--sd-jwt", key_type="p256"), sd_jwt["secret"]),
    }
    return {
        form: {"format": form, "document": document, "secret": secret}
        for form, (document, secret) in made.items()
    }


def _issued(shop: Workshop, holder: str, *options: str, key_type: str = "ed25519") -> Any:
    given = shop.path(".json")
    request = json.loads(REQUEST.read_text(encoding="utf-8"))
    given.write_text(json.dumps(request | {"learner": {"id": holder}}), encoding="utf-8")
    suffix = ".sdjwt" if options else ".json"
    return shop.issue(*options, key_type=key_type, suffix=suffix, request=given)


def _ask(case: Case, verifier: _Verifier, held: dict[str, Any]) -> Asked:
    """Ask the four questions."""
    result, present = verifier.new_request()
    named = {"link": verifier.link(case, result, present), "held": [held], "contexts": contexts()}
    wrong = _converse({"task": "present", **named, "nonce": "n-0S6_WzA2Mj"}, verifier)
    is_still_open = not verifier.is_answered(result)
    right = _converse({"task": "present", **named}, verifier)
    again = _converse({"task": "again", "sent": right.get("sent")}, verifier)
    taken = right["accepted"] and verifier.is_answered(result)
    is_as_said = right.get("isSigned") is case.is_signed and str(right.get("prefix")) in case.client
    return Asked(
        case,
        (
            _yes(is_as_said, right),
            _yes(taken, right),
            _yes(not wrong["accepted"] and wrong.get("status") == 400 and is_still_open, wrong),
            _yes(not again["accepted"] and again.get("status") == 409, again),
        ),
    )


def _yes(is_right: bool, answer: dict[str, Any]) -> str:
    return "yes" if is_right else f"no: {answer.get('detail') or 'it was taken'}"


def _converse(request: dict[str, Any], verifier: _Verifier | None) -> dict[str, Any]:
    believed = {} if verifier is None else {"NODE_EXTRA_CA_CERTS": str(verifier.authority)}
    ran = subprocess.run(
        ["node", "wallet.mjs"],
        input=json.dumps({"contexts": {}, **request}),
        capture_output=True,
        text=True,
        timeout=WALLET_SECONDS,
        check=False,
        cwd=WALLET.node,
        env=os.environ | believed,
    )
    try:
        answer: dict[str, Any] = json.loads(ran.stdout)
    except ValueError:
        sys.exit(f"The wallet gave no answer: {ran.stdout[-500:]}{ran.stderr[-2000:]}")
    return answer


@contextmanager
def _verifier(shop: Workshop, *, is_signed: bool) -> Iterator[_Verifier]:
    """Run a verifier, and a signer for its requests if they are signed."""
    configuration = shop.path(".toml")
    named = ""
    with running(shop, *_signer(shop), awaits="Signing") if is_signed else _nothing():
        if is_signed:
            named = f'request_key = "signer:{_socket(shop)}#ed25519"\n'
        configuration.write_text(f"{named}offline = true\n", encoding="utf-8")
        serve = ("verifier", "serve", "--dev-https", "--port", "0", "--config", str(configuration))
        with running(shop, *serve, awaits="Listening") as said:
            found = re.search(r"https://[^ ]+:(\d+)", said)
            if found is None:
                sys.exit(f"The verifier does not say where it listens: {said}")
            authority = shop.folder / "dev-https" / "ca.pem"
            yield _Verifier(f"https://localhost:{found[1]}", authority)


def _signer(shop: Workshop) -> tuple[str, ...]:
    journal = ("--journal", str(shop.folder / "journal"))
    return ("signer", "serve", shop.key("ed25519"), "--socket", str(_socket(shop)), *journal)


def _socket(shop: Workshop) -> Path:
    return shop.folder / "signer.socket"


@contextmanager
def _nothing() -> Iterator[str]:
    yield ""


@contextmanager
def running(shop: Workshop, *arguments: str, awaits: str) -> Iterator[str]:
    """Run the command beside us, until it has said a word that is awaited; yield that line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tallystick", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=shop.environment(),
    )
    if process.stdout is None:
        sys.exit("What a process says cannot be read.")
    try:
        said = next((line for line in process.stdout if awaits in line), "")
        if not said:
            sys.exit(f"tallystick {' '.join(arguments)} ended before it was ready.")
        yield said
    finally:
        process.terminate()
        process.wait()
