"""Bundles by themselves: what can be packed can be opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from credentials.errors import LimitExceededError
from credentials.strict_json import serialize_json
from keys.did import NoNetworkResolver
from tallystick import verifying
from tests.factories import sign, unsigned
from verifier import bundles
from verifier.bundles import (
    CONTENTS,
    Bundle,
    PackedDocument,
    PackedFile,
    bundle_document,
    open_bundle,
)

PACKED = datetime(2026, 1, 15, 9, tzinfo=UTC)


def test_a_signed_bundle_of_as_many_parts_as_it_may_have_opens() -> None:
    documents = [
        PackedDocument(f"https://college.example/{number}", {}, PACKED)
        for number in range(CONTENTS - 1)
    ]
    bundle = Bundle(PACKED, [PackedFile("badge.json", b"{}")], documents)
    issuer = unsigned()["issuer"]["id"]
    document = bundle_document(bundle, identifier="urn:uuid:1", issuer=issuer)
    signed = sign(document, suite="eddsa-jcs-2022")
    world = verifying.verifying_world(at=PACKED, resolver=NoNetworkResolver())
    opened, packer = open_bundle(serialize_json(signed), world)
    assert packer == issuer
    assert len(opened.documents) == CONTENTS - 1


def test_a_bundle_that_nobody_could_open_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = Bundle(PACKED, [PackedFile("badge.json", b"x" * 1_000)])
    document = bundle_document(bundle, identifier="urn:uuid:1", issuer=None)
    data = bundles.serialize_bundle(document)
    limits = replace(bundles.BUNDLE_LIMITS, document_bytes=len(data) - 1)
    monkeypatch.setattr(bundles, "BUNDLE_LIMITS", limits)
    with pytest.raises(LimitExceededError, match="Pack fewer"):
        bundles.serialize_bundle(document)
