"""Badges of Open Badges 2 for the check on a device, with what is published for them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

from credentials.errors import TallystickError
from credentials.strict_json import serialize_json
from tests.browser_cases import Case
from tests.credentials.baking.images import element, itxt, plain_text, png, svg
from tests.factories import NOW
from tests.verifier.legacy_badges import (
    ASSERTION,
    BADGE,
    CONTEXT,
    EVIL,
    HOST,
    ISSUER,
    KEY,
    LIST,
    SIGNED_ID,
    Document,
    assertion,
    badge_class,
    issuer,
    key_document,
    pem,
    published,
    revocation_list,
    signed_assertion,
    token,
)
from tests.verifier.shapes import CHANGES, HOSTILE, all_places, changed

OLD_NAMESPACE = "http://openbadges.org"
LEGACY_HOSTILE: list[Any] = [
    *HOSTILE,
    ASSERTION,
    BADGE,
    ISSUER,
    KEY,
    LIST,
    SIGNED_ID,
    CONTEXT,
    EVIL,
    f"{EVIL}/badges/1",
    f"{HOST}/badges/../evil",
    "https://good.example@evil.example/1",
    "https://good.example:443/badges/1",
    "https://GOOD.example/badges/1",
    "https://[::1]/1",
    "https://g\u00f6\u00f6d.example/1",
    "https://good%2eexample/1",
    "HTTP://good.example/1",
    "2026-02-01T00:00Z",
    "2026-02-01T00:00:00+0000",
    "2026-02-01T00:00:00.5+1400",
    "hosted",
    "signed",
    "Assertion",
    "Profile",
    "toString",
    {"type": "HostedBadge", "allowedOrigins": "GOOD.example"},
    {"type": "hosted", "startsWith": [HOST, 5]},
    {"type": ["Extension", "extensions:ApplyLink"], "url": HOST},
    [1, 1.0],
    [True, 1],
    {"hashed": 1},
]
"""Values that mean something in badges of Open Badges 2, or nearly."""


def legacy_badges() -> Iterator[Case]:
    """Yield badges that are in order, forged, revoked, signed and in images."""
    for name, received, documents in (*_hosted(), *_signed()):
        data = received if isinstance(received, bytes) else serialize_json(received)
        yield Case(f"legacy {name}", data, NOW, documents)
    gone = published()
    del gone[ASSERTION]
    yield Case("legacy taken away", serialize_json(assertion()), NOW, gone, gone=(ASSERTION,))
    gone = published()
    del gone[BADGE]
    yield Case("legacy without its class", serialize_json(assertion()), NOW, gone, gone=(BADGE,))
    yield from _in_images()
    yield from _with_keys()


def _hosted() -> Iterator[tuple[str, Document, dict[str, Any]]]:
    yield "hosted", assertion(), published()
    yield "that nobody hosts", assertion(), {}
    yield "description", badge_class(), published()
    yield "issuer", issuer(), published()
    yield "of the first generation", assertion(**{"@context": None}), published()
    yield "with a proof", assertion(proof={"type": "x"}), published()
    for name, changes in {
        "revoked": {"revoked": True},
        "expired": {"expires": "2026-02-01T00:00:00+0000"},
        "of the future": {"issuedOn": "2099-01-01T00:00:00Z"},
        "with nulls": {"expires": None, "evidence": [], "x": None},
        "with numbers": {"name": [1, 1.0], "x": 10**20},
        "with a context written out": {"@context": {"obi": "https://w3id.org/openbadges#"}},
        "with a type of JavaScript": {"type": ["Assertion", "constructor"]},
        "with a member of JavaScript": {"__proto__": {"revoked": True}},
        "with a control character": {"narrative": "\x07"},
    }.items():
        document = assertion() | changes
        yield name, document, published(document)
        yield f"said to be {name}", document, published()
        yield f"{name} at its host", assertion(), published(document)
    yield from _with_numbers()
    for address, documents in _forgeries():
        yield f"forged at {address}", assertion(id=address), documents


def _with_numbers() -> Iterator[tuple[str, Document, dict[str, Any]]]:
    """Yield numbers that are one to a browser, and two to the verifier, or the other way round."""
    pairs: list[tuple[Any, Any]] = [
        ([1, 1.0], [1, 1]),
        (1, True),
        (10**20, 1e20),
        (2**53, 2**53 + 1),
        (10**20 + 1, 10**20),
        ([10**20], 10**20),
    ]
    for ours, theirs in pairs:
        documents = published(assertion(name=theirs))
        yield f"named {ours} and {theirs}", assertion(name=ours), documents


def _forgeries() -> Iterator[tuple[str, dict[str, Any]]]:
    for address in (
        f"{EVIL}/1",
        "https://good.example:8443/badges/1",
        "https://good.example:00443/badges/1",
        "https://good.example:/badges/1",
        "https://good.example.evil.example/1",
        "https://sub.good.example/1",
        "http://GOOD.example/badges/1",
        "https://g%6fod.example/1",
        "https://good.example/badges/%2e%2E/other",
    ):
        for verification in (
            None,
            {"startsWith": f"{HOST}/badges/"},
            {"startsWith": HOST},
            {"allowedOrigins": ["evil.example", "GOOD.example"]},
        ):
            profile = issuer(verification=verification)
            yield f"{address} {verification}", published(assertion(id=address), profile)
    pretended = issuer(verification={"allowedOrigins": ["evil.example"]})
    theirs = badge_class(issuer=f"{EVIL}/issuer")
    lent = published(assertion(id=f"{EVIL}/1"), theirs) | {f"{EVIL}/issuer": pretended}
    yield f"{EVIL}/1", lent


def _signed() -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    listed = issuer(revocationList=LIST)
    yield "signed", token(signed_assertion()), published()
    yield "signed with space around", b" \n" + token(signed_assertion(), kid="x") + b"\x0b", {}
    yield "signed by another", token(signed_assertion(), number=1), published()
    yield "signed, and hosted", token(assertion()), published()
    yield "signed in the file only", token(signed_assertion(issuer=issuer())), {}
    yield "signed with its own key", token(signed_assertion(), jwk={"kty": "RSA"}), published()
    yield "signed with a null", token({**signed_assertion(), "expires": None}), published()
    yield "signed description", token(badge_class()), published()
    yield "unsigned", serialize_json(signed_assertion()), published()
    header = {" alg": "x"}
    yield "signed with an odd header", token(signed_assertion(), **header), published()
    for name, entry in {
        "listed": SIGNED_ID,
        "listed by uid": {"uid": "17"},
        "not listed": {"id": "urn:x:1"},
    }.items():
        yield name, token(signed_assertion(uid="17")), published(listed, revocation_list(entry))
    for name, changes in {
        "somebody else's list": {"issuer": f"{EVIL}/issuer"},
        "another list": {"id": f"{EVIL}/list"},
        "no list": {"type": "Assertion"},
    }.items():
        document = {LIST: revocation_list(SIGNED_ID, **changes)}
        yield f"revoked by {name}", token(signed_assertion()), published(listed) | document
    inside = {**key_document(publicKeyPem=pem(1)), "id": "_:key", "owner": ISSUER}
    forged = badge_class(id="_:badge", issuer=issuer(id="_:issuer", publicKey=[inside]))
    verification = {"type": "SignedBadge"}
    pretended = signed_assertion(id=ISSUER, badge=forged, verification=verification)
    yield "signed by an issuer inside", token(pretended, number=1), published()
    several = issuer(publicKey=[f"{HOST}/{one}" for one in "abcdef"] + [KEY])
    without_creator = token(signed_assertion(verification=verification))
    yield "signed with one of many keys", without_creator, published(several)
    yield "signed with the only key", without_creator, published()


def _in_images() -> Iterator[Case]:
    text = json.dumps(assertion())
    signed = token(signed_assertion()).decode()

    def old(inside: str, verify: str | None = None) -> str:
        return element(inside, verify=verify, name="assertion").replace(
            "https://purl.imsglobal.org/ob/v3p0", OLD_NAMESPACE
        )

    drawn = {"an address": ("", ASSERTION), "a badge": (text, None), "both": (text, ASSERTION)}
    images = {
        "PNG with an address": png(plain_text(ASSERTION)),
        "PNG with an address after a mark": png(itxt(f"\ufeff{ASSERTION}", b"openbadges")),
        "PNG with a badge": png(plain_text(text)),
        "PNG with a signed badge": png(itxt(signed, b"openbadges")),
        "PNG with an address in a newer place": png(itxt(ASSERTION)),
        "SVG with two badges": svg(old(text, f"{EVIL}/1")),
        **{f"SVG with {name}": svg(old(*parts)) for name, parts in drawn.items()},
    }
    for name, image in images.items():
        for documents in (published(), published(assertion(revoked=True)), {}):
            yield Case(f"legacy {name}, {len(documents)}", image, NOW, documents)


def _with_keys() -> Iterator[Case]:
    """Yield a signed badge whose key is published in different forms of PEM."""
    usual = pem()
    lines = usual.splitlines()
    forms: dict[str, Any] = {
        "in brackets": [usual],
        "in two brackets": [[usual]],
        "beside itself": [usual, usual],
        "with lines of Windows": usual.replace("\n", "\r\n"),
        "without a line at its end": usual.strip(),
        "in one line": usual.replace("\n", " "),
        "with a line before": f"Key\n{usual}",
        "with a line too much": "\n".join([lines[0], "", *lines[1:]]),
        "with another end": "\n".join([*lines[:-2], lines[-2] + lines[-1]]),
        "with another name": usual.replace("PUBLIC KEY", "RSA PUBLIC KEY"),
        "twice": usual + pem(1),
        "after another": pem(1) + usual,
        "cut off": "\n".join([*lines[:3], lines[-1]]),
        "that is none": "x",
        "that is empty": "",
        "that is too long": usual + " " * 4_096,
        "with an odd letter": usual.replace("A", "\u00c4", 1),
    }
    for name, text in forms.items():
        documents = published(key_document(publicKeyPem=text))
        yield Case(f"legacy key {name}", token(signed_assertion()), NOW, documents)


def mutated_legacy(seed: int, count: int) -> Iterator[Case]:
    """Yield badges with a change in the file, in what is published, or in both."""
    chance = random.Random(seed)
    made = 0
    while made < count:
        is_signed = chance.random() < 0.4
        badge = signed_assertion(uid="17") if is_signed else assertion(evidence=[{"name": "x"}])
        profile = issuer(revocationList=LIST, verification={"allowedOrigins": ["good.example"]})
        documents = published(badge, profile, revocation_list({"id": "urn:x:y"}))
        where = chance.choice(sorted(documents))
        document = documents[where]
        place, change = chance.choice(all_places(document)), chance.choice(sorted(CHANGES))
        other = chance.choice(LEGACY_HOSTILE)
        side = chance.choice(("file", "host", "both"))
        try:
            altered = changed(document, place, change, other)
            if side != "file" or where != badge["id"]:
                documents = {**documents, where: altered}
            received = altered if side != "host" and where == badge["id"] else badge
            data = token(received) if is_signed else serialize_json(received)
        except (TallystickError, AttributeError, TypeError, ValueError):
            continue
        made += 1
        name = f"mutated legacy {made}: {side} {where} {change} {place} {other!r}"
        yield Case(name, data, NOW, documents)
