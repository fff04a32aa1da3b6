"""The case descriptions of the SD-JWT reference implementation: issued, presented, verified."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from credentials.errors import InvalidProofError
from credentials.jose.compact import read_token, sign_token, verify_token
from credentials.json_types import JsonObject
from credentials.sd_jwt.hiding import hide
from credentials.sd_jwt.key_binding import bind, read_key_binding
from credentials.sd_jwt.presenting import select
from credentials.sd_jwt.processing import ProcessedPayload, Steps, process
from credentials.sd_jwt.serialization import SdJwt
from credentials.strict_json import serialize_json
from keys.multibase import bytes_of_base64url
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType, VerificationKey
from tests.conformance import ABSENT, conformance_folder, is_present
from tests.credentials.sd_jwt.tokens import TYPE, hiding

FOLDER = conformance_folder() / "sd-jwt" / "testcases"
COUNT = 17
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/specification.yml"))
KEY_ID_IS_A_NUMBER = {"header_mod"}
"""Cases whose header has a number as `kid`; RFC 7515 section 4.1.4 says that it MUST be a text."""


@dataclass(frozen=True)
class Tagged:
    """A member name or an element that the case marks as selectively disclosable."""

    value: Any

    def __hash__(self) -> int:
        return hash(self.value)


class Loader(yaml.SafeLoader):
    """YAML with the tag !sd; a tag of ours must not change what kind of value it is on."""


def _construct_tagged(loader: Loader, node: yaml.Node) -> Tagged:
    if isinstance(node, yaml.ScalarNode):
        tag = loader.resolve(yaml.ScalarNode, node.value, (node.style is None, True))
        bare: yaml.Node = yaml.ScalarNode(tag, node.value, style=node.style)
    else:
        kind = "map" if isinstance(node, yaml.MappingNode) else "seq"
        bare = type(node)(f"tag:yaml.org,2002:{kind}", node.value)
    return Tagged(loader.construct_object(bare, deep=True))


Loader.add_constructor("!sd", _construct_tagged)


def load(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader)


def untagged(value: Any, places: set[Steps], steps: Steps = ()) -> Any:
    """Take the marks off, noting in `places` where they were."""
    if isinstance(value, dict):
        return {
            _bare(name, places, steps): untagged(child, places, (*steps, _name(name)))
            for name, child in value.items()
        }
    if isinstance(value, list):
        return [_element(child, places, (*steps, at)) for at, child in enumerate(value)]
    return value


def _name(name: Any) -> Any:
    return name.value if isinstance(name, Tagged) else name


def _bare(name: Any, places: set[Steps], steps: Steps) -> Any:
    if isinstance(name, Tagged):
        places.add((*steps, name.value))
    return _name(name)


def _element(child: Any, places: set[Steps], steps: Steps) -> Any:
    if isinstance(child, Tagged):
        places.add(steps)
        child = child.value
    return untagged(child, places, steps)


def wanted(choice: Any, steps: Steps = ()) -> Iterator[Steps]:
    """Yield the places that a holder's choice names: everything in it that is not false."""
    pairs = choice.items() if isinstance(choice, dict) else ()
    pairs = enumerate(choice) if isinstance(choice, list) else pairs
    for step, child in pairs:
        if child:
            yield (*steps, step)
            yield from wanted(child, (*steps, step))


def signer_of(jwk: JsonObject) -> PrivateKeySigner:
    return PrivateKeySigner(KeyType.P256, bytes_of_base64url(jwk["d"]))


class Case:
    """One case description with the settings that hold for it."""

    def __init__(self, name: str) -> None:
        self.specification = load(FOLDER / name / "specification.yml")
        settings = load(FOLDER / "settings.yml")
        override = self.specification.get("settings_override", {})
        keys = {**settings["key_settings"], **override, **override.get("key_settings", {})}
        self.issuers = [signer_of(jwk) for jwk in keys["issuer_keys"]]
        self.holder = signer_of(keys["holder_key"])
        self.nonce, self.audience = settings["key_binding_nonce"], settings["identifiers"]
        self.base = {
            "iss": settings["identifiers"]["issuer"],
            "iat": settings["iat"],
            "exp": settings["exp"],
        }
        if self.specification.get("key_binding"):
            self.base["cnf"] = {"jwk": self.holder.verification_key.to_jwk()}
        self.places: set[Steps] = set()
        self.claims = self.base | untagged(self.specification["user_claims"], self.places)

    def issue(self, header: JsonObject, **changes: Any) -> SdJwt:
        payload, disclosures = hide(self.claims, self.places, hiding(**changes))
        jwts = [sign_token(header, serialize_json(payload), one) for one in self.issuers]
        encoded = tuple(one.encoded for one in disclosures)
        return self._through_json(SdJwt(jwts[0], encoded, None, tuple(jwts[1:])))

    def present(self, sd_jwt: SdJwt) -> SdJwt:
        chosen = set(wanted(self.specification["holder_disclosed_claims"])) & self.places
        whole = self.verify(sd_jwt)
        shown = select(sd_jwt, whole, chosen)
        if self.specification.get("key_binding"):
            verifier = self.audience["verifier"]
            at = datetime.fromtimestamp(self.base["iat"] + 60, UTC)
            answer = {"nonce": self.nonce, "audience": verifier, "issued_at": at}
            shown = bind(shown, self.holder, algorithm=whole.algorithm, **answer)
        return self._through_json(shown)

    def verify(self, sd_jwt: SdJwt) -> ProcessedPayload:
        jwts = (sd_jwt.issuer_jwt, *sd_jwt.further_jwts)
        tokens = [read_token(jwt.encode()) for jwt in jwts]
        for token, issuer in zip(tokens, self.issuers, strict=True):
            verify_token(token, issuer.verification_key)
        processed = process(tokens[0].claims(), sd_jwt.disclosures)
        if sd_jwt.key_binding_jwt is not None:
            key = VerificationKey.from_jwk(processed.claims["cnf"]["jwk"])
            binding = read_key_binding(sd_jwt, key, processed.algorithm)
            assert (binding.nonce, binding.audience) == (self.nonce, self.audience["verifier"])
        return processed

    def _through_json(self, sd_jwt: SdJwt) -> SdJwt:
        """Write and read the credential in the serialization that the case is about."""
        if self.specification.get("serialization_format") == "json":
            return SdJwt.from_json(sd_jwt.to_json())
        assert sd_jwt.further_jwts == ()
        return SdJwt.from_compact(sd_jwt.to_compact())


def header_of(case: Case, name: str) -> JsonObject:
    extra = dict(case.specification.get("extra_header_parameters", {}))
    if name in KEY_ID_IS_A_NUMBER:
        extra["kid"] = str(extra["kid"])
    return {"typ": TYPE, **extra}


@pytest.fixture(autouse=True)
def _data() -> None:
    if not is_present(conformance_folder()):
        pytest.skip(f"{ABSENT}: sd-jwt")


def test_every_case_is_met() -> None:
    assert len(NAMES) == COUNT


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("algorithm", ["sha-256", "sha-384", "sha-512"])
def test_what_is_issued_presented_and_verified_is_what_the_case_expects(
    name: str, algorithm: str
) -> None:
    case = Case(name)
    issued = case.issue(header_of(case, name), algorithm=algorithm)
    assert case.verify(issued).claims == case.claims
    assert len(issued.disclosures) == len(case.places)
    presented = case.present(issued)
    expected = case.base | case.specification["expect_verified_user_claims"]
    verified = case.verify(presented)
    assert verified.claims == expected
    assert (presented.key_binding_jwt is not None) is bool(case.specification.get("key_binding"))
    assert len(verified.disclosed) == len(presented.disclosures)


@pytest.mark.parametrize("name", NAMES)
def test_decoys_change_nothing_that_is_verified(name: str) -> None:
    case = Case(name)
    issued = case.issue(header_of(case, name), decoys=3)
    processed = case.verify(issued)
    assert processed.claims == case.claims
    assert () in processed.hidden


@pytest.mark.parametrize("name", sorted(KEY_ID_IS_A_NUMBER))
def test_a_key_id_that_is_a_number_is_refused(name: str) -> None:
    case = Case(name)
    kid = case.specification["extra_header_parameters"]["kid"]
    with pytest.raises(InvalidProofError) as caught:
        case.verify(case.issue({"typ": TYPE, "kid": kid}))
    assert caught.value.code == "TOKEN_HEADER_MALFORMED"


@pytest.mark.parametrize("name", NAMES)
def test_without_any_one_disclosure_the_rest_still_verifies_or_is_not_signed(name: str) -> None:
    """A disclosure inside another one is worth nothing without it; all others stand alone."""
    case = Case(name)
    issued = case.issue(header_of(case, name))
    whole = case.verify(issued)
    for place, digest in whole.disclosed.items():
        rest = tuple(one for one in issued.disclosures if digest != _digest(one))
        assert len(rest) == len(issued.disclosures) - 1
        has_inner = any(place == other[: len(place)] != other for other in whole.disclosed)
        if has_inner:
            with pytest.raises(InvalidProofError) as caught:
                case.verify(replace(issued, disclosures=rest))
            assert caught.value.code == "DISCLOSURE_NOT_SIGNED"
        else:
            assert len(case.verify(replace(issued, disclosures=rest)).disclosed) == len(rest)


def _digest(encoded: str) -> str:
    from credentials.sd_jwt.disclosures import digest_of

    return digest_of(encoded)
