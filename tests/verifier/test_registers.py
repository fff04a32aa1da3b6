"""Opening an edition: whom the reader does not believe is refused first, and cheaply."""

from __future__ import annotations

from typing import Any

import pytest

from credentials.errors import VerificationError
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from frameworks.authorities import Authorities
from frameworks.errors import FrameworkError
from frameworks.register import Edition, edition_document
from keys.did import did_key
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType
from tests.factories import LIST_URL, sign, status_entry, status_list, world
from tests.frameworks.register_files import SOUND
from verifier.registers import open_edition
from verifier.trust import TrustList

BELIEVED, STRANGER = (PrivateKeySigner(KeyType.ED25519, bytes([byte]) * 32) for byte in (1, 2))
AUTHORITIES = Authorities.from_json(
    {"authorities": [{"id": did_key(BELIEVED.verification_key), "frameworks": ["nz"]}]}
)


def signed(signer: PrivateKeySigner, *, issuer: PrivateKeySigner | None = None) -> JsonObject:
    named = did_key((issuer or signer).verification_key)
    return sign(edition_document(SOUND, issuer=named), signer=signer, suite="eddsa-jcs-2022")


def opened(document: Any) -> Edition:
    data = document if isinstance(document, bytes) else serialize_json(document)
    return open_edition(data, world=world(), authorities=AUTHORITIES)[0]


def refused(document: Any) -> str:
    with pytest.raises(VerificationError) as caught:
        opened(document)
    return caught.value.code


def test_an_edition_of_somebody_who_is_believed_is_opened() -> None:
    assert opened(signed(BELIEVED)).authority == did_key(BELIEVED.verification_key)


def test_an_authority_that_tells_its_name_is_believed_by_its_id() -> None:
    issuer = did_key(BELIEVED.verification_key)
    document = edition_document(SOUND, issuer=issuer, issuer_name="Authority")
    assert document["issuer"]["id"] == issuer
    assert opened(sign(document, signer=BELIEVED, suite="eddsa-jcs-2022")).authority == issuer


def test_a_stranger_is_refused_before_anything_is_verified() -> None:
    document = signed(STRANGER)
    document["proof"]["proofValue"] = "z0"
    document["credentialSubject"]["files"] = [{"content": "a" + ".a" * 100_000 + " = 1"}]
    assert refused(document) == "REGISTER_SIGNER_NOT_BELIEVED"


@pytest.mark.parametrize("issuer", [None, 5, [], {}, {"id": 5}])
def test_an_edition_of_nobody_is_refused(issuer: Any) -> None:
    assert refused(signed(BELIEVED) | {"issuer": issuer}) == "REGISTER_SIGNER_NOT_BELIEVED"


def test_the_name_of_somebody_who_is_believed_is_not_enough() -> None:
    assert refused(signed(STRANGER, issuer=BELIEVED)) != "REGISTER_SIGNER_NOT_BELIEVED"
    document = signed(BELIEVED) | {"name": "Another name"}
    assert refused(document) == "SIGNATURE_INVALID"


def test_an_edition_is_signed_with_the_suite_of_editions() -> None:
    issuer = did_key(BELIEVED.verification_key)
    document = edition_document(SOUND, issuer=issuer)
    other = sign(document, signer=BELIEVED, suite="eddsa-rdfc-2022")
    with pytest.raises(VerificationError) as caught:
        opened(other)
    assert (caught.value.code, caught.value.pointer) == ("REGISTER_SUITE", "/proof")
    assert "eddsa-jcs-2022" in caught.value.message
    assert opened(sign(other, signer=BELIEVED, suite="eddsa-jcs-2022")).authority == issuer


def test_who_is_not_believed_is_named() -> None:
    with pytest.raises(VerificationError) as caught:
        opened(signed(STRANGER))
    assert did_key(STRANGER.verification_key) in caught.value.message
    assert caught.value.pointer == "/issuer"
    with pytest.raises(VerificationError) as caught:
        opened(signed(BELIEVED) | {"issuer": None})
    assert "signed by nobody," in caught.value.message


def test_an_edition_must_follow_the_newest_that_is_known() -> None:
    data = serialize_json(signed(BELIEVED))
    newest, authority = open_edition(data, world=world(), authorities=AUTHORITIES)
    assert authority.id == did_key(BELIEVED.verification_key)
    again, _ = open_edition(data, world=world(), authorities=AUTHORITIES, known=newest)
    assert again.digest == newest.digest
    fork = newest._replace(digest="sha256:0")
    with pytest.raises(FrameworkError) as caught:
        open_edition(data, world=world(), authorities=AUTHORITIES, known=fork)
    assert caught.value.code == "EDITION_FORKED"


def test_what_the_reader_expects_of_credentials_is_not_asked_of_an_edition() -> None:
    data = serialize_json(signed(BELIEVED))
    asking = world(expected_recipient="somebody", trust=TrustList())
    assert open_edition(data, world=asking, authorities=AUTHORITIES)


@pytest.mark.parametrize(
    ("data", "code"), [(b"{", "JSON_SYNTAX"), (b"eyJhbGciOiJFZERTQSJ9.e30.AA", "CONTEXT_MALFORMED")]
)
def test_what_is_no_edition_is_named_by_the_verifier(data: bytes, code: str) -> None:
    assert code in refused(data)


@pytest.mark.parametrize(("revoked", "code"), [((), None), ((5,), "REVOKED")])
def test_an_edition_can_be_withdrawn_by_its_status_list(
    revoked: tuple[int, ...], code: str | None
) -> None:
    issuer = did_key(BELIEVED.verification_key)
    document = edition_document(SOUND, issuer=issuer, status=status_entry())
    data = serialize_json(sign(document, signer=BELIEVED, suite="eddsa-jcs-2022"))
    lists = {LIST_URL: status_list(*revoked, signer=BELIEVED)}
    if code is None:
        assert open_edition(data, world=world(lists), authorities=AUTHORITIES)
        return
    with pytest.raises(VerificationError) as caught:
        open_edition(data, world=world(lists), authorities=AUTHORITIES)
    assert caught.value.code == code


def test_an_edition_whose_status_cannot_be_had_is_not_used() -> None:
    issuer = did_key(BELIEVED.verification_key)
    document = edition_document(SOUND, issuer=issuer, status=status_entry())
    assert refused(sign(document, signer=BELIEVED, suite="eddsa-jcs-2022"))
