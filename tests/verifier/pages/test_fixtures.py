"""Every fixture of the conformance data, dropped on the page: the right word, the right reason."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from credentials.strict_json import serialize_json
from service.pages.languages import LANGUAGES
from service.pages.sentences import phrase_book
from tests.credentials.contexts import context_loader
from tests.factories import LIST_URL, status_list, unsigned, world
from tests.soak import IS_SOAK
from tests.verifier.pages.samples import drop, over, page_service, the_page
from tests.verifier.pages.test_page import answers_in, codes_in
from tests.verifier.test_attacks import IN_PERIOD, RAW_CODES, REASONS, WITHOUT_REASON
from tests.verifier.test_open_badges_fixtures import REASONS as OPEN_BADGES_REASONS
from tests.verifier.test_open_badges_fixtures import (
    REVOCATIONS,
    issuer_documents,
    issuer_of_token,
    revocation_list,
)

GOOD = "issuer-not-known"
"""The answer to a good credential where nobody has a list of issuers."""

OPEN_BADGES = {
    "bit-string-list/credential-status-revoked.json": "revoked",
    "credential-status-revoked.json": "revoked",
    "simple-err-expired.json": "expired",
}
"""Fixtures of Open Badges that are not simply good or not valid."""

INTEROP = {
    ("valid", GOOD): 11,
    ("valid", "undecided"): 1,
    ("valid", "not-valid"): 27,
    ("expired", "not-valid"): 5,
    ("not_yet_valid", "not-yet-valid"): 1,
    ("revoked", "not-valid"): 4,
    ("revoked+expired", "not-valid"): 4,
    ("status_unverifiable", "undecided"): 2,
    ("invalid", "not-valid"): 4,
    ("reject_issuer_mismatch", "not-valid"): 11,
    ("reject_per_origin", "not-valid"): 7,
}
"""How often which credential of others gets which answer.

Those that are valid by their signature and not valid here break their own standard's form;
so do those that are revoked, by lists that are shorter than the standard allows."""

INTEROP_REASONS = {
    "expired": {"EXPIRED", "PROOF_EXPIRED"},
    "not_yet_valid": {"NOT_YET_VALID"},
    "revoked": {"STATUS_LIST_LENGTH_ERROR"},
    "revoked+expired": {"EXPIRED"},
    "status_unverifiable": {"STATUS_VERIFICATION_ERROR"},
    "invalid": {"SIGNATURE_INVALID", "TOKEN_CLAIM_MALFORMED"},
    "reject_issuer_mismatch": {"ISSUER_MISMATCH"},
    "reject_per_origin": {
        *("ENVELOPE_MALFORMED", "TOKEN_CLAIM_FORBIDDEN", "TOKEN_TYPE_MISMATCH", "VCT_MISSING"),
    },
}
"""One of which reasons the page gives, by what was expected."""

FORM = {"CONTEXT_UNKNOWN", "CONTEXT_MALFORMED", "UNDEFINED_TERM", "ROUND_TRIP", "LEVEL_MISSING"}


OPEN_BADGES_DETAILS, INTEROP_DETAILS, ATTACK_DETAILS = 39, 36, 64
"""How many different details the pages about them show; each is told in every language."""

DETAIL = re.compile(r"<details><summary>In detail</summary>\s*<p>(.*?)</p>", re.DOTALL)


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def untold(pages: list[str]) -> tuple[int, set[str]]:
    """Count the details on English pages, and find those that some language has no words for."""
    details = {unescape(one) for page in pages for one in DETAIL.findall(page)}
    books = [phrase_book(language) for language in LANGUAGES[1:]]
    english = {
        one for one in details if any(part.is_english for book in books for part in book.parts(one))
    }
    return len(details), english


def test_every_open_badge_gets_its_word_and_its_reason(conformance: Path) -> None:
    folder = conformance / "ob30"
    expected = read(folder / "expected.json")
    served = {url: read(folder / file) for url, file in expected["url_map"].items()}
    served[REVOCATIONS] = revocation_list()
    known: dict[str, Any] = {}
    client = over(lambda: world(known))
    pages: list[str] = []
    for name, fixture in expected["fixtures"].items():
        data = (folder / name).read_bytes()
        known.clear()
        known.update({**issuer_documents(data), **served})
        if fixture["verdict_strict"] == "key_not_bound":
            known.update(issuer_of_token(data))
        text = drop(client, data)
        pages.append(text)
        default = "not-valid" if name in OPEN_BADGES_REASONS else GOOD
        assert answers_in(text) == [OPEN_BADGES.get(name, default)], name
        assert {OPEN_BADGES_REASONS[name]} <= codes_in(text) if default != GOOD else True, name
    assert untold(pages) == (OPEN_BADGES_DETAILS, set())


def test_every_credential_of_others_gets_its_word(conformance: Path) -> None:
    folder = conformance / "interop"
    index = read(folder / "index.json")
    served = {url: read(folder / file) for url, file in index["url_map"].items()}
    client = over(lambda: world(served, load_context=context_loader(conformance)))
    pages: list[str] = []
    found: Counter[tuple[str, str]] = Counter()
    for entry in index["entries"]:
        text = drop(client, (folder / entry["file"]).read_bytes())
        pages.append(text)
        answer = answers_in(text)[0]
        found[entry["expected_verdict"], answer] += 1
        if entry["expected_verdict"] != "valid":
            assert INTEROP_REASONS[entry["expected_verdict"]] & codes_in(text), entry
        if (entry["expected_verdict"], answer) == ("valid", "not-valid"):
            assert any(code in FORM or code.startswith("SCHEMA_") for code in codes_in(text)), entry
    assert found == INTEROP
    assert untold(pages) == (INTEROP_DETAILS, set())


def test_every_attack_gets_its_word_and_its_reason(conformance: Path) -> None:
    folder = conformance / "attacks"
    lists = {LIST_URL: status_list()}
    client = over(lambda: world(lists, now=IN_PERIOD))
    pages: list[str] = []
    for case in read(folder / "di-cases.json"):
        text = drop(client, serialize_json(case["document"]))
        pages.append(text)
        if answers_in(text) == [GOOD]:
            assert case["verdict_at_2024_03_01"] in ("accept", "either"), case["id"]
            continue
        assert answers_in(text) == ["not-valid"], case["id"]
        reasons = REASONS[case["error"]] if case["error"] else WITHOUT_REASON[case["id"]]
        assert reasons & codes_in(text), case["id"]
    for case in read(folder / "raw-json-cases.json"):
        text = drop(client, base64.b64decode(case["body_base64"]))
        pages.append(text)
        assert answers_in(text) == ["not-valid"], case["id"]
        assert RAW_CODES[case["id"]] & codes_in(text), case["id"]
    for case in read(folder / "png-cases.json"):
        text = drop(client, base64.b64decode(case["png_base64"]))
        pages.append(text)
        assert answers_in(text) == ["not-valid"], case["id"]
    assert untold(pages) == (ATTACK_DETAILS, set())


ELEMENTS_OF_MARKDOWN = {
    *("a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre"),
    *("strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ALWAYS_AS_MANY = ("button", "form", "input", "link", "meta", "option", "script", "select", "title")
AT_ONCE = 50
SHARE = 1 if IS_SOAK else 6
"""One of how many batches of hostile texts is tried; `make soak` tries all."""


class Elements(HTMLParser):
    """Counts the elements of a page outside texts in Markdown, and judges all."""

    def __init__(self) -> None:
        super().__init__()
        self.counted: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.depth_of_foreign = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        link = values.get("href") or values.get("src") or ""
        if any(name.startswith("on") or name == "style" for name in values) or (
            link and not link.startswith(("/", "#", "?", "https://", "http://"))
        ):
            self.wrong.append(f"{tag} {attrs}")
        if self.depth_of_foreign:
            self.depth_of_foreign += tag in ("div", "span")
            if tag not in ELEMENTS_OF_MARKDOWN:
                self.wrong.append(f"{tag} {attrs}")
            if tag == "a" and "noreferrer" not in (values.get("rel") or ""):
                self.wrong.append(f"{tag} {attrs}")
            return
        self.counted[tag] += 1
        if "foreign" in (values.get("class") or "").split():
            self.depth_of_foreign = 1

    def handle_endtag(self, tag: str) -> None:
        if self.depth_of_foreign and tag in ("div", "span"):
            self.depth_of_foreign -= 1


def elements_of(text: str) -> Elements:
    elements = Elements()
    elements.feed(text)
    return elements


def payloads(conformance: Path) -> list[str]:
    """Read all hostile texts of the conformance data."""
    lines = [
        line
        for path in sorted((conformance / "xss").glob("*.txt"))
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
    ]
    naughty: list[str] = read(conformance / "blns/blns.json")
    return [line for line in (*lines, *naughty) if line.strip()]


def with_texts(texts: list[str]) -> bytes:
    """Put texts wherever a page shows one; nothing here is signed, since all is shown anyhow."""
    document = unsigned(name=texts[0], description=texts[1])
    document["issuer"]["name"] = texts[2]
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    achievement |= {"description": texts[3], "name": texts[4], "criteria": {"narrative": texts[5]}}
    achievement["alignment"] = [
        {"targetName": one, "targetFramework": one, "targetCode": one, "targetDescription": one}
        for one in texts
    ]
    achievement["resultDescription"] = [{"id": "urn:x:1", "name": texts[6]}]
    subject["result"] = [{"resultDescription": "urn:x:1", "value": texts[7]}]
    document["evidence"] = [{"name": one, "narrative": one, "id": one} for one in texts]
    document["endorsement"] = [
        {"type": ["VerifiableCredential"], "issuer": {"id": one, "name": one},
         "credentialSubject": {"endorsementComment": one}}
        for one in texts[:10]
    ]  # fmt: skip
    return json.dumps(document).encode("utf-8", "replace")


def test_no_hostile_text_becomes_an_element(conformance: Path) -> None:
    client = page_service(the_page(registers=None, world=world)).test_client()
    benign = elements_of(drop(client, with_texts([f"text {n}" for n in range(AT_ONCE)])))
    assert benign.wrong == []
    hostile = payloads(conformance)
    assert len(hostile) > 3_000
    hostile += ["text"] * (-len(hostile) % AT_ONCE)
    for start in range(0, len(hostile), AT_ONCE * SHARE):
        texts = hostile[start : start + AT_ONCE]
        found = elements_of(drop(client, with_texts(texts)))
        assert found.wrong == []
        assert found.counted.keys() <= benign.counted.keys(), texts
        assert all(found.counted[tag] == benign.counted[tag] for tag in ALWAYS_AS_MANY), texts
