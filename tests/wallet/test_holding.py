"""Everything is checked before it is kept, and belongs to one learner."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from credentials.baking.images import bake
from credentials.baking.vector import badge_svg
from credentials.strict_json import serialize_json
from keys.did import did_key
from keys.signer import PrivateKeySigner
from tests.factories import LIST_URL, check, sign, status_entry, status_list, unsigned
from tests.wallet.verifiers import Canned
from tests.wallet.wallets import OWN, WalletOffice, badge
from wallet.asking import Asked, Query
from wallet.deferring import Deferral
from wallet.pages.pages import new_wallet_pages
from wallet.pages.room import WalletRoom
from wallet.store import Share
from wallet.store.holdings import MOST_HOLDINGS
from wallet.store.learners import FRESH

OTHERS = "credential_00000000000000000000000000000000"
PROMISE = Deferral("https://i.example", "https://i.example/d", "t", "s", "ldp_vc", "", 5)


def answers(page: str) -> list[str]:
    return [part.partition('"')[0] for part in page.split('data-answer="')[1:]]


def test_what_is_added_is_verified_and_shown_with_its_worth(office: WalletOffice) -> None:
    learner = office.learner()
    (identifier,) = learner.add(badge())
    assert answers(learner.get("/")) == ["issuer-not-known"]
    page = learner.get(f"/credentials/{identifier}")
    assert "Pipe welding" in page
    assert "Example Polytechnic" in page


def test_an_expired_credential_is_kept_and_called_so(office: WalletOffice) -> None:
    learner = office.learner()
    learner.add(badge(validUntil="2026-02-01T00:00:00Z"))
    assert answers(learner.get("/")) == ["expired"]


def test_a_changed_credential_is_kept_and_called_not_valid(office: WalletOffice) -> None:
    document = badge()
    document["name"] = "Brain surgery"
    learner = office.learner()
    learner.add(document)
    assert answers(learner.get("/")) == ["not-valid"]


def test_an_image_and_a_file_are_given_back_byte_for_byte(office: WalletOffice) -> None:
    data = serialize_json(badge(1))
    image = bake(data, badge_svg(data))
    learner = office.learner()
    files = [(io.BytesIO(image), "badge.svg"), (io.BytesIO(serialize_json(badge(2))), "b.json")]
    answer = learner.client.post("/add", data={"file": files}, headers=OWN)
    assert answer.status_code == 303
    found = {learner.client.get(f"/credentials/{one}/file").data: one for one in learner.held()}
    assert set(found) == {image, serialize_json(badge(2))}
    named = learner.client.get(f"/credentials/{found[image]}/file").headers
    assert named["Content-Disposition"].endswith(".svg")
    assert named["Content-Type"] == "image/svg+xml"


@pytest.mark.parametrize("text", ["{}", "nonsense", "[1]", '{"@context": "x"}', "<svg/>"])
def test_what_is_no_credential_is_refused_in_words(office: WalletOffice, text: str) -> None:
    learner = office.learner()
    answer = learner.post("/add", text=text)
    assert answer.status_code == 422
    assert "no credential in this" in answer.text
    assert learner.held() == []


def test_nothing_given_is_said(office: WalletOffice) -> None:
    assert "Choose a file" in office.learner().post("/add").text


def test_the_same_is_not_kept_twice_but_by_another_learner(office: WalletOffice) -> None:
    learner, other = office.learner(), office.learner("other@example.org")
    learner.add(badge())
    answer = learner.post("/add", text=serialize_json(badge()).decode())
    assert "in your wallet already" in answer.text
    assert len(other.add(badge())) == 1


def test_a_full_wallet_says_so(office: WalletOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_HOLDINGS == 2_000
    monkeypatch.setattr("wallet.store.holdings.MOST_HOLDINGS", 1)
    learner = office.learner()
    learner.add(badge(1))
    answer = learner.post("/add", text=serialize_json(badge(2)).decode())
    assert answer.status_code == 422
    assert "Remove some" in answer.text


def test_a_wallet_holds_no_more_than_a_page_can_have_in_memory(
    office: WalletOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner, data = office.learner(), serialize_json(badge(1))
    monkeypatch.setattr("wallet.store.holdings.MOST_BYTES", len(data) + 1)
    learner.add(badge(1))
    assert learner.post("/add", text=serialize_json(badge(2)).decode()).status_code == 422
    assert len(learner.held()) == 1


def test_a_revocation_is_noticed_when_somebody_looks_later(office: WalletOffice) -> None:
    office.documents[LIST_URL] = status_list()
    learner = office.learner()
    (identifier,) = learner.add(badge(credentialStatus=status_entry()))
    assert answers(learner.get(f"/credentials/{identifier}")) == ["issuer-not-known"]
    office.documents[LIST_URL] = status_list(5)
    assert answers(learner.get(f"/credentials/{identifier}")) == ["issuer-not-known"]
    office.now += timedelta(hours=2)
    assert answers(learner.get(f"/credentials/{identifier}")) == ["revoked"]
    assert "Revoked by its issuer: Pipe welding" in learner.get("/mine")


def test_checking_again_asks_at_once(office: WalletOffice) -> None:
    office.documents[LIST_URL] = status_list()
    learner = office.learner()
    (identifier,) = learner.add(badge(credentialStatus=status_entry()))
    office.documents[LIST_URL] = status_list(5)
    assert learner.post(f"/credentials/{identifier}/check").status_code == 303
    assert answers(learner.get("/")) == ["revoked"]


def test_levels_are_told_in_the_chosen_framework(office: WalletOffice) -> None:
    learner = office.learner()
    (identifier,) = learner.add(badge())
    assert "in your framework" not in learner.get("/")
    learner.post("/framework", framework="eu-eqf")
    assert "in your framework" in learner.get("/")
    assert "European Qualifications Framework" in learner.get(f"/credentials/{identifier}")
    learner.post("/framework", framework="no such thing")
    assert "in your framework" not in learner.get("/")


def test_words_and_collections_find_credentials(office: WalletOffice) -> None:
    learner = office.learner()
    learner.add(badge(1, name="Statistics"))
    first = learner.held()[0]
    learner.add(badge(2, name="Cheese"))
    learner.post(f"/credentials/{first}/collection", collection="For work")
    assert "For work" in learner.get("/")
    assert learner.get("/?search=pipe+welding").count("data-answer") == 2
    assert learner.get("/?search=nothing").count("data-answer") == 0
    assert learner.get("/?collection=For+work").count("data-answer") == 1


def test_what_is_removed_is_gone_from_links_too(office: WalletOffice) -> None:
    learner = office.learner()
    first, second = learner.add(badge(1), badge(2))
    link = learner.share(first, second)
    learner.get(f"/credentials/{first}/remove")
    assert learner.post(f"/credentials/{first}/remove").status_code == 303
    learner.get(f"/credentials/{first}", 404)
    assert learner.get(link).count("data-answer") == 1


def own_rules(office: WalletOffice) -> list[tuple[str, str]]:
    room_rules: list[tuple[str, str]] = []
    for rule in office.application().url_map.iter_rules():
        if rule.endpoint in own_endpoints(office):
            path = rule.rule.replace("<name>", "nz-certificate")
            path = path.replace("<holding_id>", OTHERS).replace("<share_id>", "share_0")
            path = path.replace("<request_id>", "request_0").replace("<passkey>", "passkey_0")
            path = path.replace("<application_id>", "application_0")
            path = path.replace("<waiting_id>", "waiting_0").replace("<key_id>", "key_0")
            path = path.replace("<secret>", "step_0")
            (method,) = set(rule.methods or ()) & {"GET", "POST"}
            room_rules.append((method, path))
    assert len(room_rules) > 15
    return room_rules


def own_endpoints(office: WalletOffice) -> set[str]:
    found: set[str] = set()
    real = WalletRoom.__init__

    def remember(room: Any, services: Any) -> None:
        real(room, services)
        room.own = found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WalletRoom, "__init__", remember)
        new_wallet_pages(office.services())
    return found


def test_nobody_reads_or_changes_anything_without_signing_in(office: WalletOffice) -> None:
    office.way = Canned({}, {})
    client = office.application().test_client()
    for method, path in own_rules(office):
        answer = client.open(path, method=method, headers=OWN)
        expected = (303, "/sign-in") if method == "GET" else (401, None)
        assert (answer.status_code, answer.headers.get("Location")) == expected, path


def test_what_is_another_learners_is_not_found(office: WalletOffice) -> None:
    office.way = Canned({}, {})
    learner, other = office.learner(), office.learner("other@example.org")
    (identifier,) = learner.add(badge())
    learner.share(identifier)
    (share,) = shares_of(office, identifier)
    asked = Asked("https://e.example/1", "c", "e.example", (Query("", {"type": "A"}),))
    request = office.store.requests.keep(share.learner_id, asked, office.now)
    applications = office.store.applications
    applied = applications.begin(share.learner_id, "Desk", "Welding 1", (), office.now)
    waiting = office.store.waiting.keep(share.learner_id, PROMISE, "", lambda _id: b"", office.now)
    keys = office.store.device_keys
    key = keys.add(share.learner_id, "did:key:z6Mk", "Telephone", office.now)
    for method, path in own_rules(office):
        of_learner = path.replace("application_0", applied)
        of_learner = of_learner.replace(OTHERS, identifier).replace("share_0", share.id)
        of_learner = of_learner.replace("key_0", key).replace("request_0", request)
        of_learner = of_learner.replace("waiting_0", waiting)
        if of_learner != path:
            answer = other.client.open(of_learner, method=method, headers=OWN)
            assert answer.status_code == 404, path
    assert other.post("/share", credential=identifier, audience="Me").status_code == 404
    sneaked = other.post("/present", credential=identifier, challenge="c", domain="d")
    assert sneaked.status_code == 404
    assert learner.held() == [identifier]
    assert shares_of(office, identifier) == (share,)


def shares_of(office: WalletOffice, identifier: str) -> tuple[Share, ...]:
    query = "SELECT learner_id FROM wallet_holdings WHERE id = ?"
    with office.store.engine.connect() as connection:
        owner = connection.exec_driver_sql(query, (identifier,)).scalar()
    return office.store.shares.all(str(owner))


def test_everything_can_be_taken_along_with_the_key(office: WalletOffice) -> None:
    learner = office.learner()
    document = badge()
    (identifier,) = learner.add(document)
    learner.share(identifier)
    data = learner.client.get("/mine/everything.zip").data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        about = json.loads(archive.read("wallet.json"))
        (held,) = about["credentials"]
        assert archive.read(held["file"]) == serialize_json(document)
    signer = PrivateKeySigner.from_secret_multikey(about["secretKeyMultibase"])
    assert did_key(signer.verification_key) == about["holder"]
    assert about["email"] == "aroha@example.org"
    assert [one["audience"] for one in about["links"]] == ["Plainsmilk"]
    assert "added" in {one["kind"] for one in about["history"]}


def test_a_session_that_was_left_open_gives_no_key_away(office: WalletOffice) -> None:
    learner = office.learner()
    office.now += FRESH
    refused = learner.client.get("/mine/everything.zip")
    assert (refused.status_code, refused.mimetype) == (422, "text/html")
    assert "Sign in again first" in refused.text
    again = office.learner()
    assert again.client.get("/mine/everything.zip").mimetype == "application/zip"


def test_a_learner_signs_out_on_all_other_devices(office: WalletOffice) -> None:
    here, there, other = office.learner(), office.learner(), office.learner("other@example.org")
    assert here.post("/mine/sessions/end").status_code == 303
    there.get("/", 303)
    here.get("/")
    other.get("/")


def test_everything_is_deleted_when_the_learner_means_it(office: WalletOffice) -> None:
    learner = office.learner()
    (identifier,) = learner.add(badge())
    link = learner.share(identifier)
    assert learner.post("/mine/delete", email="somebody@example.org").status_code == 422
    learner.get(link)
    # A link for signing in, and a letter, that are under way.
    office.store.learners.new_link("aroha@example.org", office.now)
    office.store.letters.queue("aroha@example.org", b"...", office.now)
    assert learner.post("/mine/delete", email="Aroha@example.org").status_code == 303
    learner.get(link, 404)
    learner.get("/", 303)
    with office.store.engine.connect() as connection:
        own = ("learners", "holdings", "shares", "shared", "sessions", "history")
        for table in (*own, "sign_in_links", "mails"):
            rows = connection.exec_driver_sql(f"SELECT COUNT(*) FROM wallet_{table}").scalar()
            assert rows == 0, table
    assert office.learner().held() == []


def test_a_presentation_is_for_one_challenge_and_one_domain(office: WalletOffice) -> None:
    learner = office.learner()
    first, second = learner.add(badge(1), badge(2))
    answer = learner.post(
        "/present", credential=[first, second], challenge="c-1", domain="shop.example"
    )
    made = json.loads(answer.data)
    right = check(made, expected_challenge="c-1", expected_domain="shop.example")
    assert (right.verdict, len(made["verifiableCredential"])) == ("valid", 2)
    wrong = check(made, expected_challenge="c-2", expected_domain="shop.example")
    assert wrong.verdict == "invalid"
    assert "A presentation was signed for: shop.example" in learner.get("/mine")


def test_a_presentation_needs_to_know_for_whom_and_what(office: WalletOffice) -> None:
    learner = office.learner()
    answer = learner.post("/present")
    assert answer.status_code == 422
    assert answer.text.count('class="error"') == 3
    page = learner.get("/present?challenge=c-9&domain=shop.example")
    assert "c-9" in page
    assert "shop.example" in page


def test_a_foreign_text_never_becomes_markup(office: WalletOffice) -> None:
    name = '<script>alert(1)</script><img src=x onerror="alert(1)">'
    learner = office.learner()
    issuer = {**unsigned()["issuer"], "name": name}
    (identifier,) = learner.add(sign(unsigned(name=name, issuer=issuer)))
    link = learner.share(identifier, purpose=name)
    for path in ("/", f"/credentials/{identifier}", "/share", "/shares", "/mine", "/awards", link):
        page = learner.get(path)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
