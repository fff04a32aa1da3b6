"""The badge that is drawn from a credential: everything in it, nothing fetched, legible."""

from __future__ import annotations

import io
import re
from itertools import pairwise
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.baking import artwork
from credentials.baking.images import bake, unbake
from credentials.baking.lettering import Block, fit, line_height, plain, width_of
from credentials.baking.raster import PIXELS, badge_png
from credentials.baking.vector import badge_svg
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
    assert len(root.findall(f"{SVG}circle")) == 5 + artwork.BEADS


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


@pytest.mark.parametrize("palette", artwork.PALETTES)
def test_texts_stand_out_from_what_they_stand_on(palette: artwork.Palette) -> None:
    assert contrast(artwork.INK, artwork.CREAM) >= 7
    assert contrast(palette.ring, artwork.CREAM) >= 7
    assert contrast(artwork.WHITE, palette.ribbon) >= 7


def test_every_text_has_one_of_these_colours() -> None:
    rings = {palette.ring for palette in artwork.PALETTES}
    inks = {element.get("fill") for element in drawn().iter(f"{SVG}text")}
    assert inks - rings == {artwork.INK, artwork.WHITE}


def test_badges_of_one_achievement_have_the_same_colours_and_others_may_differ() -> None:
    seen = set()
    for number in range(30):
        subject = unsigned()["credentialSubject"]
        subject["achievement"]["id"] = f"https://poly.example/achievements/{number}"
        one, other = (drawn(credentialSubject=subject, issuer=f"did:example:{n}") for n in "ab")
        colours = [[shape.get("fill") for shape in picture] for picture in (one, other)]
        assert set(colours[0]) == set(colours[1])
        seen.add(tuple(sorted(filter(None, set(colours[0])))))
    assert len(seen) == len(artwork.PALETTES)


def test_the_same_badge_is_drawn_as_png_and_can_be_baked() -> None:
    from PIL import Image

    document = unsigned(name="Kaitiakitanga o te wai", issuer={"id": "x:y", "name": "Te Pūkenga"})
    data = serialize_json(document)
    picture = badge_png(data)
    assert picture == badge_png(data)
    with Image.open(io.BytesIO(picture)) as image:
        assert image.size == (PIXELS, PIXELS)
        corner, middle = image.getpixel((0, 0)), image.getpixel((PIXELS // 2, PIXELS // 4))
    assert isinstance(corner, tuple)
    assert corner[3] == 0, "around the medal it is transparent"
    assert middle == (*bytes.fromhex(artwork.CREAM[1:]), 255)
    assert unbake(bake(data, picture)).data.count(b"VerifiableCredential") == 1


def test_a_name_that_cannot_be_written_is_no_row_of_boxes() -> None:
    data = serialize_json(unsigned(name="李明"))
    with pytest.raises(CredentialError) as caught:
        badge_png(data)
    assert caught.value.code == "FONT_LACKS_LETTERS"
    assert "李明".encode() in badge_svg(data)
