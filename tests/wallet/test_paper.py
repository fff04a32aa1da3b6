"""What a link is on paper: its code, certificates that lead to it, a place in a profile."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

from tests.factories import LIST_URL
from tests.verifier.tokens import badge_token
from tests.wallet.test_disclosing import SECRET, STATUS_LIST, anybody, partible, shared
from tests.wallet.wallets import WalletOffice, badge


def test_a_certificate_of_a_link_holds_the_credential_and_ends_with_the_link(
    office: WalletOffice,
) -> None:
    learner = office.learner()
    (identifier,) = learner.add(badge())
    link = learner.share(identifier)
    reader = anybody(office)
    paper = reader.client.get(f"{link}/{identifier}/certificate.pdf")
    assert paper.data.startswith(b"%PDF-")
    assert b"credential.json" in paper.data
    code = reader.client.get(f"{link}/code.svg")
    assert code.mimetype == "image/svg+xml"
    assert b"<script" not in code.data
    for path in ("/shared/guessed/code.svg", f"/shared/guessed/{identifier}/certificate.pdf"):
        reader.get(path, 404)
    (other,) = set(learner.add(badge(2))) - {identifier}
    reader.get(f"{link}/{other}/certificate.pdf", 404)


def test_the_certificate_of_a_part_holds_the_part_alone(office: WalletOffice) -> None:
    office.documents[LIST_URL] = STATUS_LIST
    learner = office.learner()
    (identifier,) = learner.add(partible())
    link = shared(learner, identifier, "/credentialSubject/role")
    paper = anybody(office).client.get(f"{link}/{identifier}/certificate.pdf")
    assert paper.status_code == 200
    assert SECRET.encode() not in paper.data


def test_of_what_cannot_be_drawn_there_is_no_certificate(office: WalletOffice) -> None:
    learner = office.learner()
    for data in (badge_token(), badge(3, name="\U0001f525")):
        before = set(learner.held())
        (identifier,) = set(learner.add(data)) - before
        link = learner.share(identifier)
        answer = anybody(office).client.get(f"{link}/{identifier}/certificate.pdf")
        assert answer.status_code in (200, 409)
        assert answer.status_code == 409 or answer.data.startswith(b"%PDF-")


def test_a_link_to_a_profile_says_name_issuer_and_date(office: WalletOffice) -> None:
    learner = office.learner()
    (identifier,) = learner.add(badge())
    page = learner.post("/share", credential=identifier, audience="Me").text
    found = re.search(r'href="(https://www.linkedin.com/[^"]+)"', page)
    assert found is not None
    stated = parse_qs(urlsplit(html.unescape(found[1])).query)
    assert stated["name"] == ["Pipe welding"]
    assert stated["organizationName"] == ["Example Polytechnic"]
    assert stated["issueYear"] == ["2026"]
    assert stated["certUrl"][0].startswith("http://localhost/shared/")


def test_the_timeline_has_every_credential_by_its_year(office: WalletOffice) -> None:
    learner = office.learner()
    learner.add(badge(1), badge(2, validFrom="2025-03-01T00:00:00Z"))
    page = learner.get("/timeline")
    assert page.index(">2026</h2>") < page.index(">2025</h2>")
    assert page.count('data-answer="') == 2
