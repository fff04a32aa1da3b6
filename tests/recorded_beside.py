"""What stands beside reports: records, awards, receipts, grounds, newer editions, sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from credentials.baking.images import bake
from credentials.component_links import (
    PROOF_URI,
    component_links,
    evidence_of,
    evidence_of_proof,
    stack_proofs,
)
from credentials.json_types import JsonObject, id_of
from credentials.limits import DEFAULT_LIMITS
from credentials.strict_json import serialize_json
from frameworks.registers import Registers
from keys.errors import UnresolvableError
from keys.signer import PrivateKeySigner
from tests.credentials.baking.images import png
from tests.factories import (
    ISSUER,
    LEARNER,
    LIST_URL,
    NOW,
    SIGNER,
    sign,
    status_entry,
    status_list,
    unsigned,
    unsigned_record,
    world,
)
from tests.recorded import told
from tests.stacking.stacks import REGISTERS, component, verified
from tests.verifier.test_awards import (
    CIRCLES,
    UNIVERSITY,
    association,
    award,
    record,
    signed,
    unsigned_award,
)
from tests.verifier.test_refreshing import OLD_END, PLACE, badge
from tests.verifier.test_sources import Session
from tests.verifier.valued import registers
from verifier.checks.records import Beside, check_awards, check_record
from verifier.grounds import Grounds, TrustFile, registers_of
from verifier.images import open_image
from verifier.receipts import Checked, is_receipt, receipt_document, receipt_subject
from verifier.refreshing import refresh
from verifier.sources import URL_CHARACTERS, Lookups, Origin
from verifier.verifier import Verifier

Case = tuple[str, Any]

LATER = NOW.replace(microsecond=123_456) + timedelta(days=1)
TRUST: JsonObject = {
    "list": {"name": "Our list"},
    "issuers": [{"id": ISSUER, "name": "Polytechnic"}],
    "authorities": [
        {"id": "did:example:authority", "name": "Authority", "frameworks": ["nz-nzqcf"]},
    ],
    "adopters": [{"id": "did:example:senate", "name": "Senate"}, {"id": "did:example:board"}],
}


def beside(*documents: JsonObject) -> tuple[Beside, ...]:
    places = (f"/verifiableCredential/{number}" for number in count())
    return tuple(
        Beside(next(places), verified(document, signer=signer_of(document)))
        for document in documents
    )


def signer_of(document: JsonObject) -> PrivateKeySigner:
    return SIGNER if id_of(document["issuer"]) == ISSUER else UNIVERSITY


def records() -> Iterator[Case]:
    """Record what is said of credentials that stand together, and of awards among them."""
    about = {"credentialSubject": {"id": LEARNER}}
    one, two = component("one"), component("two")
    foreign, nameless = component("foreign"), component("nameless", type=["VerifiableCredential"])
    foreign["credentialSubject"]["id"] = "did:example:somebody-else"
    del nameless["credentialSubject"]["id"]
    for name, document, inside in (
        ("of one", about, (one,)),
        ("twice and thrice", about, (one, two, one, one)),
        ("about somebody else", about, (foreign, one)),
        ("about nobody", about, (nameless,)),
        ("of nobody", {"credentialSubject": {}}, (nameless, one)),
        ("without subject", {}, (one,)),
        ("empty", about, ()),
    ):
        yield name, told(check_record(document, beside(*inside)))
    tail = [association("t", "a"), association("a", "z")]
    for name, circle in CIRCLES.items():
        subject = {"id": LEARNER, "association": [*tail, *circle]}
        yield f"circle {name}", told(check_record({"credentialSubject": subject}, ()))
    subjects = [{"id": LEARNER}, "x", {"association": [1, {}, *CIRCLES["with itself"]]}]
    yield "circle in a list", told(check_record({"credentialSubject": subjects}, ()))
    for name, together, world_of in (
        ("no award", beside(one, two), world()),
        ("award alone", beside(unsigned_award()), world(registers=REGISTERS)),
        ("award", beside(one, unsigned_award(), two), world(registers=REGISTERS)),
        ("award without registers", beside(one, unsigned_award(), two), world()),
        ("award twice", beside(unsigned_award(), unsigned_award()), world(registers=REGISTERS)),
    ):
        found = check_awards(together, world_of)
        yield name, {"resources": told(found.resources), "value": told(found.value)}


def components() -> Iterator[Case]:
    """Record how components and stack proofs are named in the evidence of an award."""
    whole = verified(component("one"))
    nameless = {name: value for name, value in whole.document.items() if name != "name"}
    odd = {**whole.document, "id": 5, "name": ["a", "b"]}
    listed = {**whole.document, "name": ["One"]}
    for name, document in (
        ("named", whole.document),
        ("nameless", nameless),
        ("odd", odd),
        ("listed", listed),
    ):
        yield name, evidence_of(replace(whole, document=document))
    yield "proof", evidence_of_proof(b'{"a":1}', "In words.")
    changed = [
        *unsigned_award()["evidence"],
        "x",
        {"id": f"{PROOF_URI}%"},
        {"id": PROOF_URI + "\u00e9"},
    ]
    changed += [changed[-3], {"digestMultibase": "zx"}, {"id": "urn:x:y"}]
    document = {"evidence": [*changed, unsigned_award()["evidence"][0]]}
    yield "links", list(component_links(document))
    yield "proofs", [(place, data and len(data)) for place, data in stack_proofs(document)]
    yield "none", [list(component_links({})), list(stack_proofs({}))]


def grounds() -> Iterator[Case]:
    """Record what is told of trust files and registers, and how receipts name them."""
    for name, document in (
        ("all", TRUST),
        ("few", {"issuers": []}),
        ("unnamed", {"list": {}, "issuers": [ISSUER]}),
    ):
        one = TrustFile.of(serialize_json(document), document, NOW)
        yield name, [repr(one), one.to_json()]
    for name, known in (("none", None), ("no register", Registers()), *REGISTERS_IN_USE):
        found = registers_of(known)
        yield name, [[repr(one), one.to_json()] for one in found]
        yield f"{name}, frameworks", Grounds((), found).framework_names()


def edition() -> Registers:
    """Build registers with a signed edition that has a whole digest."""
    source = registers().sources[0]
    return Registers((source._replace(digest=f"sha256:{7:064x}"),))


REGISTERS_IN_USE = (("reference", REGISTERS), ("signed", edition()))


def receipts() -> Iterator[Case]:
    """Record what receipts say of documents, of what was believed and of what was looked up."""
    trust = TrustFile.of(b"{}", TRUST, NOW)
    for name, known in REGISTERS_IN_USE:
        believed = Grounds((trust, trust), registers_of(known))
        yield name, receipt(serialize_json(sign(unsigned())), believed, registers=known)
    good = sign(unsigned(credentialStatus=status_entry()))
    for name, session in (
        ("looked up", Session({LIST_URL: status_list()}, at=LATER)),
        ("stale", Session({LIST_URL: status_list()}, origin=Origin.STALE, at=None)),
        ("not found", Session({})),
    ):
        yield name, receipt(serialize_json(good), resolver=Lookups(lambda s=session: s))  # type: ignore[misc]
    other = unsigned(id="urn:x:y")
    for name, data in (
        ("no JSON", b"{"),
        ("no credential", b"{}"),
        ("unsigned", serialize_json(unsigned())),
        ("changed", serialize_json(good | {"name": "x"})),
        ("record", serialize_json(sign(unsigned_record(sign(unsigned()), sign(other))))),
        ("record of twice the same", serialize_json(record(award(), signed("one"), signed("one")))),
    ):
        yield name, receipt(data)
    document = receipt_document({"a": 1}, identifier="urn:x:r", issuer=ISSUER, now=LATER)
    yield "document", document
    yield "is one", [is_receipt(document), is_receipt(unsigned()), is_receipt({})]


def receipt(data: bytes, believed: Grounds | None = None, **changes: Any) -> JsonObject:
    one = world(now=LATER, **changes)
    return receipt_subject(Checked(data, Verifier(one).inspect(data), one), believed or Grounds())


def newer_editions() -> Iterator[Case]:
    """Record what came of refreshing."""
    expired = badge(validUntil=OLD_END)
    newer = sign(badge(validFrom="2026-01-20T00:00:00Z"))
    older = sign(badge(validFrom="2026-01-14T09:00:00Z"))
    unknown = {"id": f"{PLACE}/2", "type": "1EdTechCredentialRefresh"}
    for name, document, found in (
        ("newer", sign(expired), newer),
        ("older", sign(badge()), older),
        ("another", sign(badge()), sign(badge(id="urn:x:y"))),
        ("not proven", sign(badge()), newer | {"name": "x"}),
        ("nothing there", sign(badge()), None),
        ("no object", sign(badge()), "x"),
        ("changed", sign(badge()) | {"name": "x"}, newer),
        ("no service", sign(unsigned()), newer),
        ("two services", sign(badge(refreshService=[badge()["refreshService"], unknown])), newer),
        ("of two of one kind", sign(badge(refreshService=[badge()["refreshService"]] * 2)), newer),
    ):
        yield name, refreshed(serialize_json(document), found)
    yield (
        "in an image",
        refreshed(bake(serialize_json(sign(expired)), png()), newer),
    )
    yield "not JSON", refreshed(b"{", newer)


def refreshed(data: bytes, newer: Any) -> JsonObject:
    one = world({} if newer is None else {PLACE: newer})
    found = refresh(data, Verifier(one).check(data), one)
    told_of = found.to_json()
    verdict = told_of.pop("report", {}).get("verdict")
    return {**told_of, "verdict": verdict, "replaces": found.replaces}


def images() -> Iterator[Case]:
    """Record what is said of images that are opened."""
    text = serialize_json(sign(unsigned()))
    baked = bake(text, png())
    few = replace(DEFAULT_LIMITS, document_bytes=10)
    for name, data, limits in (
        ("no image", text, DEFAULT_LIMITS),
        ("baked", baked, DEFAULT_LIMITS),
        ("beyond the limit", baked, few),
        ("empty image", png(), DEFAULT_LIMITS),
        ("broken image", png()[:40], DEFAULT_LIMITS),
        ("no PDF", b"%PDF-1.7\n", DEFAULT_LIMITS),
    ):
        opened = open_image(data, limits=limits)
        yield (
            name,
            {
                "same": opened.data == text,
                "remarks": told(opened.remarks),
                "legacy": opened.is_legacy,
                "lacks": opened.lacks_credential,
            },
        )


def sources() -> Iterator[Case]:
    """Record what is told of documents that were looked up."""
    noted: list[Any] = []
    documents = {"u:list": "token", "u:status": {"credentialSubject": {}}, "u:did": {"id": "x"}}
    for name, session in (
        ("live", Session(documents, at=LATER)),
        ("given", Session(documents, origin=Origin.GIVEN, at=None)),
    ):
        lookups = Lookups(lambda s=session: s, most=4)  # type: ignore[misc]
        noting = lookups.noting(lambda url, found: noted.append((url, found.origin.value)))
        long = "u:" + "x" * URL_CHARACTERS
        for one in (lookups, noting, noting.for_one_verification()):
            answers = [answer(one, url) for url in (*documents, long, "u:did", "u:fifth")]
            one.keep()
            yield f"{name} answers", answers
            yield f"{name} sources", [source.to_json() for source in one.sources]
            yield f"{name} credentials", [source.is_credential for source in one.sources]
        yield f"{name} kept", [session.kept, session.asked, noted]


def answer(lookups: Lookups, url: str) -> Any:
    try:
        return lookups(url)
    except UnresolvableError as error:
        return [error.code, str(error)]


AREAS = {
    "components": components,
    "grounds": grounds,
    "images opened": images,
    "newer editions": newer_editions,
    "receipts": receipts,
    "records": records,
    "sources": sources,
}
