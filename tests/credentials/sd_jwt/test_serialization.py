"""The parts of an SD-JWT: tildes, and the JSON serialization (RFC 9901 sections 4 and 8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import CredentialError
from credentials.limits import DEFAULT_LIMITS
from credentials.sd_jwt.serialization import SdJwt
from tests.credentials.sd_jwt.tokens import issue, signed

SD_JWT = issue({"a": 1, "b": 2}, [("a",), ("b",)])
JWT = SD_JWT.issuer_jwt


def code_of(text: str) -> str:
    with pytest.raises(CredentialError) as caught:
        SdJwt.from_compact(text)
    return caught.value.code


def test_the_last_tilde_tells_whether_the_holder_signed() -> None:
    assert SdJwt.from_compact(f"{JWT}~") == SdJwt(JWT)
    assert SdJwt.from_compact(f"{JWT}~a~") == SdJwt(JWT, ("a",))
    assert SdJwt.from_compact(f"{JWT}~k.k.k") == SdJwt(JWT, (), "k.k.k")
    assert SdJwt.from_compact(f"{JWT}~a~b~k.k.k") == SdJwt(JWT, ("a", "b"), "k.k.k")


@pytest.mark.parametrize(
    "text", ["", "~", JWT, f"~{JWT}~", f"{JWT}~~", f"{JWT}~a~~", f"{JWT}~~a~", f"{JWT}~~k.k.k"]
)
def test_tildes_stand_where_the_grammar_has_them(text: str) -> None:
    assert code_of(text) == "SD_JWT_MALFORMED"


def test_other_letters_than_ascii_are_no_part_of_it() -> None:
    assert code_of(f"{JWT}~é~") == "SD_JWT_MALFORMED"
    assert code_of(f"{JWT}\u02dca~") == "SD_JWT_MALFORMED"


def test_an_overlong_text_is_not_parted() -> None:
    assert code_of(f"{JWT}~" + "a" * 1_048_576) == "TOO_LARGE"
    assert code_of(f"{JWT}~" + "a~" * 300) == "TOO_MANY_DISCLOSURES"


@pytest.mark.parametrize("key_binding_jwt", [None, "k.k.k"])
@pytest.mark.parametrize("signatures", [1, 2])
def test_the_json_serialization_is_read_as_it_is_written(
    key_binding_jwt: str | None, signatures: int
) -> None:
    further = tuple(JWT.rpartition(".")[0] + ".other" for _ in range(signatures - 1))
    whole = replace(SD_JWT, key_binding_jwt=key_binding_jwt, further_jwts=further)
    assert SdJwt.from_json(whole.to_json()) == whole
    assert ("signatures" in whole.to_json()) is (signatures > 1)


def flattened(**changes: Any) -> Any:
    return {**SD_JWT.to_json(), **changes}


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"payload": "a"},
        flattened(payload=1),
        flattened(payload=""),
        flattened(protected=None),
        flattened(signature=["a"]),
        flattened(header=[]),
        flattened(header={"disclosures": "a"}),
        flattened(header={"disclosures": [1]}),
        flattened(header={"disclosures": [""]}),
        flattened(header={"disclosures": [], "kb_jwt": None}),
        flattened(header={"disclosures": [], "kb_jwt": 1}),
        flattened(header={"disclosures": [], "alg": "none"}),
        flattened(signatures=[]),
        flattened(other=1),
        {"payload": "a", "signatures": []},
        {"payload": "a", "signatures": {}},
        {"payload": "a", "signatures": ["b"]},
        {"payload": "a", "signatures": [{"protected": "b"}]},
        {"payload": "a", "signatures": [{"protected": "b", "signature": "c", "x": 1}]},
        {
            "payload": "a",
            "signatures": [
                {"protected": "b", "signature": "c"},
                {"protected": "b", "signature": "c", "header": {"disclosures": ["d"]}},
            ],
        },
    ],
)
def test_json_in_another_form_is_refused(value: Any) -> None:
    with pytest.raises(CredentialError) as caught:
        SdJwt.from_json(value)
    assert caught.value.code == "SD_JWT_MALFORMED"


def test_many_signatures_are_refused_before_each_is_read_with_its_payload() -> None:
    """They would multiply a long payload: four thousand times half a megabyte."""
    one = {"protected": "b", "signature": "c"}
    several = {"payload": "a", "signatures": [one] * DEFAULT_LIMITS.proofs}
    assert len(SdJwt.from_json(several).further_jwts) == DEFAULT_LIMITS.proofs - 1
    with pytest.raises(CredentialError) as caught:
        SdJwt.from_json({"payload": "a", "signatures": [one] * (DEFAULT_LIMITS.proofs + 1)})
    assert caught.value.code == "TOO_MANY_SIGNATURES"


@given(st.text("ab.~é", max_size=12))
def test_any_text_is_parted_as_it_was_or_refused(text: str) -> None:
    try:
        sd_jwt = SdJwt.from_compact(text)
    except CredentialError:
        return
    assert sd_jwt.to_compact() == text


def test_what_is_bound_is_the_text_up_to_the_last_tilde() -> None:
    text = SD_JWT.to_compact()
    assert text.endswith("~")
    bound = SdJwt.from_compact(f"{text}{signed({})}")
    assert bound.bound_text == text
    assert bound.without_key_binding == SD_JWT
