"""The documents that all sides work on, written once for all of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import schemas
from credentials.json_types import JsonObject
from credentials.proofs.registry import CRYPTOSUITES
from credentials.proofs.sd_deriving import derive
from keys.signer import SECRET_BYTES
from keys.verification_key import KeyType
from tools import bench_workload
from tools.bench_workload import ENVIRONMENT, NOW, Provider, badge, sign, without_lists

VARIANTS = 1_000
PROVIDERS = 500
"""Institutions of the mixed stream: no two of its badges share issuer, achievement or list."""

SELECTIVE = 40
SIZES = (0, 1_500, 4_000, 10_000, 26_000, 52_000)
"""Bytes of unsigned badges, about; 0 stands for the smallest that is one."""

OF_A_SIZE = 124
"""Badges of each size, no two with an alignment in common; each is used once."""

MANDATORY = ("/issuer", "/validFrom", "/validUntil")
_SHOWN = ("name", "description", "criteria", "alignment", "resultDescription")
DISCLOSED = (
    *(f"/credentialSubject/achievement/{name}" for name in _SHOWN),
    "/credentialSubject/result",
)
"""What a holder shows; the verifier then has all that its schema asks for."""


def provider_of(key_type: KeyType = KeyType.ED25519) -> Provider:
    """The institution of everything but the mixed stream."""
    return Provider.of(0, key_type)


def seed() -> str:
    """The secret of that institution's key, as hexadecimal digits, for the sides that sign with it.

    It is made up from the text that `Provider.of` makes it from.
    """
    return hashlib.sha512(b"provider 0").digest()[: SECRET_BYTES[KeyType.ED25519]].hex()


def status_list(provider: Provider) -> JsonObject:
    """Make a status list that holds today: the peers read the clock of the machine for lists."""
    listed = bench_workload.status_list(provider)
    document = {
        **{name: value for name, value in listed.items() if name != "proof"},
        "validFrom": "2026-01-15T09:00:00Z",
        "validUntil": "2036-01-15T09:00:00Z",
    }
    is_edwards = provider.signer.verification_key.key_type is KeyType.ED25519
    suite = "eddsa-rdfc-2022" if is_edwards else "ecdsa-rdfc-2019"
    return sign(document, provider, CRYPTOSUITES[suite])


def plain(number: int, provider: Provider) -> JsonObject:
    """Make up a badge without a status list: for what is measured without that check."""
    document = badge(number, provider)
    return {name: value for name, value in document.items() if name != "credentialStatus"}


def of_size(number: int, size: int, provider: Provider) -> JsonObject:
    """Make up a badge of about a size, by more alignments; the smallest has next to nothing."""
    document = plain(number, provider)
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    kept = ("id", "type", "name", "description", "criteria", "creditsAvailable")
    small = {name: achievement[name] for name in kept}
    small["criteria"] = {"narrative": "Three inspected welds."}
    document = {
        **{name: document[name] for name in ("@context", "id", "type", "name", "validFrom")},
        "issuer": {"id": provider.id, "type": ["Profile"], "name": "Example Polytechnic"},
        "credentialSubject": {
            "id": subject["id"],
            "type": ["AchievementSubject"],
            "achievement": small,
        },
    }
    # Only the first of them states a level, of which a reader takes no great number.
    pattern = achievement["alignment"][1:]

    def alignment(place: int) -> JsonObject:
        each = pattern[place % len(pattern)]
        url = f"{each['targetUrl']}/{number:04d}/{place:04d}"
        return {**each, "targetUrl": url, "targetCode": f"{place:04d}"}

    missing = size - len(_text(document))
    each = len(_text({"both": [alignment(0), alignment(1)]})) / 2
    if missing > 0:
        small["alignment"] = [alignment(place) for place in range(round(missing / each))]
    return document


def bytes_of_size(size: int) -> int:
    """Tell how many bytes a badge of about a size really has."""
    return len(_text(of_size(0, size, provider_of())).encode())


def write_workload(path: Path) -> dict[str, int]:
    """Write contexts, lists and documents; return how many documents of each sort there are."""
    provider = provider_of()
    others = [Provider.of(number) for number in range(1, PROVIDERS + 1)]
    lists = {one.list_url: status_list(one) for one in (provider, *others)}
    documents = {**_documents(provider), **_selective(), **_sizes(provider)}
    suite = CRYPTOSUITES["eddsa-rdfc-2022"]
    mixed = [badge(one.number, one) for one in others]
    documents["badges of many"] = _texts(mixed)
    documents["signed by many"] = _texts(
        sign(document, one, suite) for document, one in zip(mixed, others, strict=True)
    )
    path.write_text(json.dumps({**world_of(lists), "documents": documents}), encoding="utf-8")
    return {sort: len(texts) for sort, texts in documents.items()}


def write_for_one(folder: Path) -> tuple[Path, Path]:
    """Write what one verification needs: a world of contexts only, and a signed badge."""
    provider = provider_of()
    world, signed = folder / "one.json", folder / "badge.json"
    world.write_text(json.dumps({**world_of({}), "documents": {}}), encoding="utf-8")
    suite = CRYPTOSUITES["eddsa-rdfc-2022"]
    signed.write_text(_text(sign(plain(0, provider), provider, suite)), encoding="utf-8")
    return world, signed


def world_of(lists: dict[str, JsonObject]) -> dict[str, Any]:
    """Write what a peer has at hand: the time, a key, pointers, contexts and status lists."""
    return {
        "now": NOW.isoformat().replace("+00:00", "Z"),
        "seed": seed(),
        "mandatory": MANDATORY,
        "disclosed": DISCLOSED,
        "contexts": {url: schemas.load_context(url) for url in sorted(schemas.context_urls())},
        "lists": lists,
    }


def _documents(provider: Provider) -> dict[str, list[str]]:
    badges = [badge(number, provider) for number in range(VARIANTS)]
    plains = [plain(number, provider) for number in range(VARIANTS)]
    rdfc, jcs = CRYPTOSUITES["eddsa-rdfc-2022"], CRYPTOSUITES["eddsa-jcs-2022"]
    return {
        "badges": _texts(badges),
        "signed": _texts(sign(one, provider, rdfc) for one in badges),
        "plain": _texts(plains),
        "signed plain": _texts(sign(one, provider, rdfc) for one in plains),
        "signed by JCS": _texts(sign(one, provider, jcs) for one in plains),
    }


def _selective() -> dict[str, list[str]]:
    """Sign for selective disclosure, and derive; without lists, which the peer cannot sign."""
    provider = provider_of(KeyType.P256)
    suite = bench_workload.selective_suite(MANDATORY)
    bare = [without_lists(plain(number, provider)) for number in range(SELECTIVE)]
    based = [sign(one, provider, suite) for one in bare]
    derived = [derive(one, DISCLOSED, ENVIRONMENT) for one in based]
    ecdsa = [sign(one, provider, CRYPTOSUITES["ecdsa-rdfc-2019"]) for one in bare]
    return {
        "without lists": _texts(bare),
        "base": _texts(based),
        "derived": _texts(derived),
        "signed by ECDSA": _texts(ecdsa),
    }


def _sizes(provider: Provider) -> dict[str, list[str]]:
    suite = CRYPTOSUITES["eddsa-rdfc-2022"]
    documents = {}
    for size in SIZES:
        badges = [of_size(number, size, provider) for number in range(OF_A_SIZE)]
        documents[f"size {size}"] = _texts(badges)
        documents[f"signed size {size}"] = _texts(sign(one, provider, suite) for one in badges)
    return documents


def _texts(documents: Iterable[JsonObject]) -> list[str]:
    return [_text(document) for document in documents]


def _text(document: JsonObject) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
