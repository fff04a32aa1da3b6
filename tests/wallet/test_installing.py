"""The wallet as an application of a device: what is kept there, and what is forgotten."""

from __future__ import annotations

import json

from tests.wallet.wallets import WalletOffice, badge


def test_pages_to_read_are_marked_with_their_owner_and_no_others(office: WalletOffice) -> None:
    learner, other = office.learner(), office.learner("other@example.org")
    (identifier,) = learner.add(badge())
    owners = set()
    for place in ("/", "/timeline", f"/credentials/{identifier}"):
        owners.add(learner.client.get(place).headers["Wallet-Owner"])
    assert len(owners) == 1
    assert other.client.get("/").headers["Wallet-Owner"] not in owners
    link = learner.share(identifier)
    for place in ("/mine", "/share", "/shares", "/add", "/requests", "/sign-in", link):
        assert "Wallet-Owner" not in learner.client.get(place).headers, place
    assert "Wallet-Owner" not in learner.client.get("/credentials/x").headers


def test_signing_out_and_deleting_have_the_browser_forget(office: WalletOffice) -> None:
    for path, fields in (("/sign-out", {}), ("/mine/delete", {"email": "aroha@example.org"})):
        answer = office.learner().post(path, **fields)
        assert answer.headers["Clear-Site-Data"] == '"storage"'


def test_the_policy_lets_nothing_in_but_the_wallets_own_worker(office: WalletOffice) -> None:
    learner = office.learner()
    policy = learner.client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "trusted-types tallystick-wallet" in policy
    assert "unsafe" not in policy
    assert "<script>" not in learner.get("/")
    assert (
        "trusted-types 'none'" in learner.client.get("/sign-in").headers["Content-Security-Policy"]
    )


def test_the_manifest_names_pages_and_an_icon_of_ours(office: WalletOffice) -> None:
    client = office.application().test_client()
    found = client.get("/wallet.webmanifest")
    assert found.mimetype == "application/manifest+json"
    stated = json.loads(found.data)
    assert (stated["start_url"], stated["display"]) == ("/", "standalone")
    for one in stated["icons"]:
        assert client.get(one["src"]).data.startswith(b"\x89PNG")
    assert client.get("/worker.js").mimetype == "text/javascript"
