"""Credentials with derived proofs of ecdsa-sd-2023, for the check on a device."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import cbor2

from credentials.errors import TallystickError
from credentials.json_types import JsonObject, pointer_of
from credentials.proofs.sd_deriving import derive
from credentials.strict_json import serialize_json
from tests.browser_cases import Case
from tests.factories import ENVIRONMENT, NOW, sign, status_entry, unsigned_record
from tests.selective import (
    SD_STRANGER,
    base,
    components,
    derived,
    full_base,
    sd_unsigned,
    with_components,
    with_text,
    with_value,
)
from tests.verifier.shapes import CHANGES, HOSTILE, all_places, changed
from tests.verifier.test_disclosed_credentials import FRAME, served

STATUS = status_entry()
ENDED = "2026-02-01T00:00:00Z"


def derived_proofs() -> Iterator[Case]:
    """Yield what holders show: sound, of issuers who leave much to them, and with other values."""
    whole = sd_unsigned(credentialStatus=STATUS)
    shown: dict[str, JsonObject] = {
        "of a careful issuer": derive(full_base(whole), [], ENVIRONMENT),
        "of a careful issuer without a status": derive(full_base(), [], ENVIRONMENT),
        "of all": derive(base(whole), FRAME, ENVIRONMENT),
        "of a part of the frame": derive(base(whole), FRAME[:3], ENVIRONMENT),
        "of little": derived(),
        "of an ended badge": derive(full_base(sd_unsigned(validUntil=ENDED)), [], ENVIRONMENT),
        "without the end": derive(base(sd_unsigned(validUntil=ENDED)), [], ENVIRONMENT),
        "that ends itself": derive(base(expires=NOW.replace(year=2030)), FRAME[:2], ENVIRONMENT),
        "that is none": base(),
        "by another": derive(base(signer=SD_STRANGER), [], ENVIRONMENT),
        "in a record": sign(unsigned_record(derive(full_base(whole), [], ENVIRONMENT))),
    }
    for name, document in {**shown, **_other_values(shown["of a careful issuer"])}.items():
        for revoked in ((), (5,)):
            data = serialize_json(document)
            yield Case(f"derived proof {name} {revoked}", data, NOW, served(*revoked))


def _other_values(document: JsonObject) -> dict[str, JsonObject]:
    """Give a document with proof values that are nearly its own."""
    parts = components(document)
    signature, key, signatures, labels, indexes = parts
    whole = cbor2.dumps(parts, canonical=True)
    fewer = dict(list(labels.items())[1:])
    other_labels = {number: bytes(32) for number in labels}
    lists: dict[str, list[Any]] = {
        "with another signature": [bytes(64), key, signatures, labels, indexes],
        "with another key": [signature, key[:-1] + b"x", signatures, labels, indexes],
        "with a short key": [signature, key[:-1], signatures, labels, indexes],
        "with a signature too much": [signature, key, [*signatures, bytes(64)], labels, indexes],
        "without a label": [signature, key, signatures, fewer, indexes],
        "with a label too much": [signature, key, signatures, {**labels, 99: bytes(32)}, indexes],
        "with one label for all": [signature, key, signatures, other_labels, indexes],
        "without an index": [signature, key, signatures, labels, indexes[1:]],
        "with an index too much": [signature, key, signatures, labels, [*indexes, 9_999]],
        "with a huge index": [signature, key, signatures, labels, [*indexes, 2**40]],
        "with an index twice": [signature, key, signatures, labels, [indexes[0], *indexes]],
        "with a negative index": [signature, key, signatures, labels, [-1, *indexes]],
        "with an index that is a text": [signature, key, signatures, labels, ["x"]],
        "of four parts": parts[:4],
        "of six parts": [*parts, 0],
    }
    text = document["proof"]["proofValue"]
    return {
        **{name: with_components(document, one) for name, one in lists.items()},
        "with bytes behind": with_value(document, whole + b"\x00"),
        "cut off": with_value(document, whole[:-1]),
        "in a long spelling": with_value(document, b"\x98\x05" + whole[1:]),
        "without an end": with_value(document, b"\x9f" + whole[1:] + b"\xff"),
        "in a tag": with_value(document, b"\xc1" + whole),
        "in base58": with_text(document, f"z{text[1:]}"),
        "of nothing": with_text(document, "u"),
        "that is none of these": with_text(document, "x"),
    }


def mutated_derived(seed: int, count: int) -> Iterator[Case]:
    """Yield badges of which places were shown at random, and some were changed thereafter."""
    chance = random.Random(seed)
    whole = sd_unsigned(credentialStatus=STATUS)
    bases, places = [full_base(whole), base(whole)], all_places(whole)[1:]
    made = 0
    while made < count:
        pointers = [pointer_of(place) for place in chance.choices(places, k=3)]
        if chance.random() < 0.5:
            pointers += FRAME
        try:
            document = derive(chance.choice(bases), pointers, ENVIRONMENT)
        except TallystickError:
            continue
        if chance.random() < 0.4:
            place, change = chance.choice(all_places(document)), chance.choice(sorted(CHANGES))
            try:
                document = changed(document, place, change, chance.choice(HOSTILE))
                data = serialize_json(document)
            except (TallystickError, AttributeError, TypeError, ValueError):
                continue
        made += 1
        data = serialize_json(document)
        yield Case(f"derived {made}: {pointers[:3]}", data, NOW, served())
