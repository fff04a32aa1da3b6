"""The badge that is drawn from a credential: everything in it, nothing fetched, legible."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.baking import artwork
from credentials.baking.artwork import badge_svg
from credentials.baking.images import bake, unbake
from credentials.baking.lettering import Block, fit, line_height, plain, width_of
from credentials.errors import CredentialError
from credentials.jose.compact import sign_token
from credentials.strict_json import serialize_json
from tests.factories import SIGNER, unsigned

SVG = "{http://www.w3.org/2000/svg}"


def drawn(**changes: Any) -> Any:
    return fromstring(badge_svg(serialize_json(unsigned(**changes))))


def written(root: Any) -> list[str]:
    return [element.text for element in root.iter(f"{SVG}text")]


def test_name_level_credits_and_institution_are_on_it() -> None:
    root = drawn()
    assert written(root) == [
        "Pipe welding",
        "Level 5 · 20 NZQCF credits",
        "New Zealand Qualifications and",
        "Credentials Framework",
        "Example Polytechnic",
    ]
    assert root.find(f"{SVG}title").text == "Pipe welding"
    assert root.find(f"{SVG}desc").text == (
        "Badge. Pipe welding. Level 5 of New Zealand Qualifications and Credentials Framework. "
        "20 NZQCF credits. Issued by Example Polytechnic."
    )
    assert len(root.findall(f"{SVG}path")) == 4 + 5, "a notch for each level"


def test_the_picture_has_a_name_for_those_who_do_not_see_it() -> None:
    root = drawn()
    named = {element.get("id") for element in root}
    assert root.get("role") == "img"
    assert set(root.get("aria-labelledby").split()) <= named


def test_nothing_is_fetched_and_nothing_runs() -> None:
    data = badge_svg(serialize_json(unsigned()))
    addresses = re.findall(rb"https?://[^\"<]*", data)
    assert addresses == [b"http://www.w3.org/2000/svg"]
    for unwanted in (b"<script", b"<style", b"href", b"url(", b"@import", b"<image"):
        assert unwanted not in data


def test_the_same_credential_gives_the_same_picture() -> None:
    data = serialize_json(unsigned())
    assert badge_svg(data) == badge_svg(data)


def test_what_is_not_stated_is_not_drawn() -> None:
    subject = unsigned()["credentialSubject"]
    for name in ("alignment", "resultDescription", "creditsAvailable"):
        del subject["achievement"][name]
    for name in ("result", "creditsEarned"):
        del subject[name]
    root = drawn(credentialSubject=subject, issuer="did:example:x")
    assert written(root) == ["Pipe welding", "did:example:x"]


def test_a_token_is_drawn_as_what_is_in_it() -> None:
    token = sign_token({}, serialize_json(unsigned()), SIGNER).encode()
    picture = badge_svg(token)
    assert picture == badge_svg(serialize_json(unsigned()))
    assert unbake(bake(token, picture)).data == token
    wrapped = sign_token({}, serialize_json({"vc": unsigned()}), SIGNER).encode()
    assert badge_svg(wrapped) == picture


@pytest.mark.parametrize(
    "data", [b"{}", b"", b"hello", b"[]", b"\xff", b"eyJhIjoxfQ.eyJ4IjoxfQ.AA"]
)
def test_what_is_no_credential_is_not_drawn(data: bytes) -> None:
    with pytest.raises(CredentialError):
        badge_svg(data)


@settings(max_examples=40)
@given(st.text(max_size=60), st.text(max_size=200))
def test_any_names_make_a_picture_that_can_be_baked(name: str, institution: str) -> None:
    document = unsigned(name=name, issuer={"id": "did:example:x", "name": institution})
    try:
        data = serialize_json(document)
    except CredentialError:
        return
    try:
        made = bake(data, badge_svg(data))
    except CredentialError as error:
        assert error.code == "JSON_SURROGATE"  # noqa: PT017 - anything else is a defect
    else:
        assert unbake(made).data.count(b"VerifiableCredential") == 1


@given(st.text(max_size=300), st.integers(20, 400), st.integers(10, 200))
def test_lines_stay_within_their_room(text: str, width: int, height: int) -> None:
    block = Block(width=max(width, 60), height=height, sizes=(30, 20, 12))
    found = fit(plain(text), block)
    assert len(found.lines) <= block.lines_of(found.size)
    assert all(width_of(line, found.size) <= block.width for line in found.lines)
    assert len(found.lines) * line_height(found.size) <= max(height, line_height(found.size))


def test_sizes_are_tried_from_the_largest() -> None:
    for block in (artwork.NAME, artwork.LEVEL, artwork.FRAMEWORK, artwork.INSTITUTION):
        assert all(larger > smaller for larger, smaller in pairwise(block.sizes))


def luminance(colour: str) -> float:
    """Compute the relative luminance of WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_texts_stand_out_from_what_they_stand_on() -> None:
    inks = {element.get("fill") for element in drawn().iter(f"{SVG}text")}
    assert inks == {artwork.INK, artwork.NAVY, "#ffffff"}
    assert contrast(artwork.INK, artwork.CREAM) >= 7
    assert contrast(artwork.NAVY, artwork.CREAM) >= 7
    assert contrast("#ffffff", artwork.BROWN) >= 7
