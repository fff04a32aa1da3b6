"""Documents for the check on a device, with what the verifier says of them at the same time."""

from __future__ import annotations

import base64
import gzip
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from credentials.baking.images import credential_in
from credentials.errors import TallystickError
from credentials.json_types import JsonObject, as_list, id_of
from credentials.proofs.cryptosuite import without_proof
from credentials.status.bitstring import encode_list
from credentials.strict_json import serialize_json
from keys.did import MappingResolver
from keys.errors import UnresolvableError
from keys.multibase import encode_base64url
from keys.signer import PrivateKeySigner
from tests.credentials.baking.images import element, itxt, packed_text, plain_text, png, svg
from tests.factories import (
    ISSUER,
    LEARNER,
    LIST_URL,
    NOW,
    STRANGER,
    SUITES,
    method_of,
    sign,
    status_entry,
    status_list,
    unsigned,
    world,
)
from tests.verifier.legacy_badges import served
from tests.verifier.shapes import CHANGES, HOSTILE, LISTS, SHAPES, all_places, changed
from tests.verifier.test_open_badges_fixtures import (
    REVOCATIONS,
    issuer_documents,
    issuer_of_token,
    revocation_list,
)
from tests.verifier.tokens import (
    P256,
    P384,
    badge_token,
    credential_token,
    enveloped,
    older,
    presentation_token,
    token,
    with_header,
)
from verifier.sources import GONE
from verifier.verifier import Verifier

CHECKS = ("document", "schema", "context", "proof", "issuer", "validity", "status")
"""The checks that a device makes."""

FOLDERS = (
    "ob30",
    "interop",
    "clr20",
    "ob20",
    "vc-di-eddsa",
    "vc-di-ecdsa",
    "pngsuite-corrupt",
    "jsontestsuite",
)
"""Where credentials, images and documents like them are among the conformance data."""

POLY = "https://poly.example"
SUFFIXES = frozenset({".json", ".jwt", ".png", ".sdjwt", ".svg"})

IN_PERIOD = datetime(2024, 3, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """Bytes, when they are judged, and what is published at which address."""

    name: str
    data: bytes
    now: datetime
    documents: Mapping[str, Any]
    gone: tuple[str, ...] = ()
    """Addresses at which something was taken away for good."""

    def told(self) -> str:
        """Say what the verifier says, as far as a device checks the same."""
        asking = world(now=self.now, resolver=self._resolve)
        report = Verifier(asking).check(self.data)
        outcomes = {report.check(name).outcome.value for name in CHECKS}
        if "failed" in outcomes:
            return "invalid"
        return "indeterminate" if "indeterminate" in outcomes else "valid"

    def _resolve(self, url: str) -> Any:
        if url in self.gone:
            raise UnresolvableError("The server answered with the status 410.", code=GONE)
        return MappingResolver(self.documents)(url)

    def to_json(self) -> JsonObject:
        """Write the case for a script."""
        return {
            "name": self.name,
            "data": base64.b64encode(self.data).decode(),
            "now": self.now.isoformat(),
            "documents": dict(self.documents),
            "gone": list(self.gone),
        }


def fixtures(conformance: Path) -> Iterator[Case]:
    """Yield every credential of the conformance data as it is published."""
    for folder in FOLDERS:
        served = _served(conformance / folder)
        for path in sorted((conformance / folder).rglob("*")):
            if path.is_file() and path.suffix in SUFFIXES:
                name = str(path.relative_to(conformance))
                data = path.read_bytes()
                yield Case(name, data, NOW, {**_of_issuer(data, folder), **served})


def _of_issuer(data: bytes, folder: str) -> dict[str, Any]:
    """Publish what a credential depends on: the badge itself, or the keys that it names."""
    if folder == "ob20":
        return _hosted_itself(data)
    try:
        return {**issuer_documents(data), **issuer_of_token(data)}
    except (TallystickError, ValueError, LookupError, TypeError):
        return issuer_documents(data)


def _hosted_itself(data: bytes) -> dict[str, Any]:
    """Publish a hosted badge at its own id: the badges themselves are not among what is served."""
    try:
        document = json.loads(credential_in(data))
    except (ValueError, TallystickError):
        return {}
    return {document["id"]: document} if "id" in document else {}


def _served(folder: Path) -> dict[str, Any]:
    if folder.name == "ob20":
        return served(folder, json.loads((folder / "expected.json").read_text())["url_map"])
    lists = {REVOCATIONS: revocation_list()} if folder.name == "ob30" else {}
    for name in ("expected.json", "index.json"):
        if (folder / name).is_file():
            urls = json.loads((folder / name).read_text()).get("url_map", {})
            documents = {url: _document_in(folder / file) for url, file in urls.items()}
            return lists | {url: one for url, one in documents.items() if one is not None}
    return lists


def _document_in(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except ValueError:
        return None


def attacks(conformance: Path) -> Iterator[Case]:
    """Yield the hostile documents, in their period and after it."""
    for case in json.loads((conformance / "attacks/di-cases.json").read_text()):
        for now in (IN_PERIOD, NOW):
            yield Case(case["id"], serialize_json(case["document"]), now, LISTS)
    for case in json.loads((conformance / "attacks/raw-json-cases.json").read_text()):
        yield Case(case["id"], base64.b64decode(case["body_base64"]), IN_PERIOD, LISTS)
    for case in json.loads((conformance / "attacks/png-cases.json").read_text()):
        yield Case(case["id"], base64.b64decode(case["png_base64"]), NOW, {})


def own() -> Iterator[Case]:
    """Yield documents of every shape that are signed here, with every suite, in force and not."""
    for name, document in SHAPES.items():
        yield Case(f"shape {name}", serialize_json(document), NOW, LISTS)
    for suite in SUITES:
        yield Case(suite, serialize_json(sign(unsigned(), suite=suite)), NOW, {})
    badge = sign(unsigned(credentialStatus=status_entry()))
    for name, documents in (
        ("in force", LISTS),
        ("revoked", {LIST_URL: status_list(5)}),
        ("without its list", {}),
        ("with another list", {LIST_URL: status_list(id="https://other.example/list")}),
        ("with a changed list", {LIST_URL: {**status_list(), "name": "changed"}}),
        ("with a list that is too old", list_with(ttl=60_000)),
        ("with a list of an odd age", list_with(ttl=-1)),
        ("with a list in two parts", list_with(encodedList=encode_base64url(_LIST + _LIST))),
        ("with too large a list", list_with(encodedList=encode_list(bytes(3 * 1024 * 1024)))),
    ):
        yield Case(name, serialize_json(badge), NOW, documents)


_LIST = gzip.compress(bytes(16_384), mtime=0)


def list_with(**changes: Any) -> dict[str, Any]:
    """Publish a list that says something else of itself."""
    subject = {**status_list()["credentialSubject"], **changes}
    return {LIST_URL: status_list(credentialSubject=subject)}


def carried() -> Iterator[Case]:
    """Yield credentials in images, tokens, envelopes and presentations, sound and not."""
    badge = json.dumps(sign(unsigned()))
    texts = {
        "text": itxt(badge),
        "compressed text": itxt(badge, compressed=True),
        "two texts": itxt(badge) + itxt(badge),
        "text of older badges": plain_text("https://x.example/a"),
        "packed text": packed_text(badge.encode(), b"openbadgecredential"),
        "text and what follows its end": itxt(badge + "x"),
        "token": itxt(badge_token()),
    }
    for name, chunks in texts.items():
        yield Case(f"PNG with {name}", png(chunks), NOW, {})
    yield Case("PNG cut off", png(itxt(badge))[:-5], NOW, {})
    drawings = {
        "a credential": svg(element(badge)),
        "a token": svg(element("", verify=badge_token().decode())),
        "both": svg(element(badge, verify=badge_token().decode())),
        "two credentials": svg(element(badge) * 2),
        "a credential deeper inside": svg(f"<g>{element(badge)}</g>"),
        "nothing": svg(),
        "entities": svg(element(badge), before="<!DOCTYPE svg [<!ENTITY a 'b'>]>"),
        "another root": svg(element(badge), root="html"),
    }
    for name, data in drawings.items():
        yield Case(f"SVG with {name}", data, NOW, {})
    for name, data in _tokens().items():
        yield Case(f"token {name}", data, NOW, LISTS)


def drawings_read_differently() -> Iterator[Case]:
    """Yield drawings of which readers of XML say different things, so that no one may judge."""
    badge = element(json.dumps(sign(unsigned())))
    for name, data in {
        "another namespace": svg(badge).replace(b"/2000/svg", b"/2000/svg "),
        "another namespace inside": svg(badge).replace(b"ob/v3p0", b"ob/v3p0\n"),
        "a name of later editions": svg(f'{badge}<circle cy\ufeff="5"/>'),
    }.items():
        yield Case(f"SVG with {name}", data, NOW, {})


def _tokens() -> dict[str, bytes]:
    other = unsigned(issuer={"id": ISSUER, "type": ["Profile"], "name": "Other"})
    envelope, whole = enveloped(credential_token()), sign(unsigned())
    header, payload, signature = badge_token().split(b".")
    return {
        "of Open Badges": badge_token(),
        "of VC-JOSE-COSE": credential_token(),
        "of a stranger": badge_token(other, signer=STRANGER),
        "by P-256": token_by(P256),
        "by P-384": token_by(P384),
        "with the algorithm of another key": with_header(token_by(P256), alg="ES384"),
        "without a signature": with_header(badge_token(), alg="none"),
        "with an algorithm of others": with_header(badge_token(), alg="PS256"),
        "with another payload": b".".join((header, payload[:-4] + b"AAAA", signature)),
        "with another end": badge_token(claims={"exp": 4_000_000_000}),
        "without its id": badge_token(claims={"jti": None}),
        "that has expired": credential_token(claims={"exp": 1_600_000_000}),
        "that is to come": credential_token(claims={"nbf": 4_000_000_000}),
        "that hides parts": credential_token(claims={"_sd": ["x"]}),
        "of version 1.1": token({"vc": older(), **claims_1_1()}, typ="JWT"),
        "with a proof inside": credential_token(whole),
        "in an envelope": serialize_json(envelope),
        "in a changed envelope": serialize_json({**envelope, "name": "x"}),
        "of a presentation": presentation_token(envelope, whole),
        "of a presentation of a token": presentation_token(badge_token().decode()),
        "of a presentation of a changed badge": presentation_token({**whole, "name": "Changed"}),
        "of a presentation of nothing": presentation_token(),
    }


def token_by(signer: PrivateKeySigner) -> bytes:
    """Sign a badge of the issuer that is this key."""
    did = method_of(signer).partition("#")[0]
    issuer = {"id": did, "type": ["Profile"], "name": "Issuer"}
    return badge_token(unsigned(issuer=issuer), signer=signer)


def claims_1_1() -> JsonObject:
    """Say of a credential of version 1.1 whose it is."""
    return {"iss": ISSUER, "sub": LEARNER}


def mutated(seed: int, count: int) -> Iterator[Case]:
    """Yield documents with a change before they are signed, or after it."""
    chance = random.Random(seed)
    documents = [unsigned(credentialStatus=status_entry()), *map(without_proof, SHAPES.values())]
    made = 0
    while made < count:
        document = chance.choice(documents)
        place, change = chance.choice(all_places(document)), chance.choice(sorted(CHANGES))
        other, suite = chance.choice(HOSTILE), chance.choice(SUITES)
        try:
            if chance.random() < 0.7:
                data = serialize_json(_signed(changed(document, place, change, other), suite))
            else:
                data = serialize_json(changed(_signed(document, suite), place, change, other))
        except (TallystickError, AttributeError, TypeError, ValueError):
            continue
        made += 1
        yield Case(f"mutated {made}: {change} {place} {other!r}", data, NOW, LISTS)


def _signed(document: Any, suite: str) -> JsonObject:
    """Sign a document with the key of whoever it names: the learner, or the issuer."""
    is_presentation = "VerifiablePresentation" in as_list(document.get("type"))
    options: dict[str, Any] = {"proof_purpose": "authentication"} if is_presentation else {}
    is_holders = is_presentation or id_of(document.get("issuer")) == LEARNER
    return sign(document, suite=suite, **({"signer": STRANGER} if is_holders else {}), **options)
