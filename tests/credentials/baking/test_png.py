"""Credentials in PNG images: in and out again, and every way to cheat refused."""

from __future__ import annotations

import base64
import json
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.baking.images import bake, unbake
from credentials.baking.png import unbake_png
from credentials.baking.recognising import is_image
from credentials.errors import CredentialError, ImageError
from credentials.jose.compact import sign_token
from credentials.limits import DEFAULT_LIMITS
from tests.credentials.baking.images import (
    END,
    PIXELS,
    SIGNATURE,
    TEXT,
    TOKEN,
    chunk,
    code_of,
    header,
    itxt,
    kinds_and_bytes,
    packed_text,
    plain_text,
    png,
    within_limits,
)
from tests.factories import SIGNER


def test_every_corrupt_image_of_the_suite_is_refused_in_words(conformance: Path) -> None:
    files = sorted((conformance / "pngsuite-corrupt/corrupt").glob("*.png"))
    assert len(files) == 14
    with within_limits():
        for file in files:
            data = file.read_bytes()
            assert is_image(data), file.name
            assert code_of(data).startswith("PNG_"), file.name


@pytest.mark.parametrize("credential", [TEXT, TOKEN])
def test_every_sound_image_of_the_suite_keeps_its_pixels(
    conformance: Path, credential: str
) -> None:
    files = sorted((conformance / "pngsuite-corrupt/good").glob("*.png"))
    assert len(files) == 10
    for file in files:
        image = file.read_bytes()
        made = bake(credential.encode(), image)
        assert unbake(made).text == credential
        parts = list(kinds_and_bytes(made))
        assert parts[1][0] == b"iTXt"
        del parts[1]
        assert parts == list(kinds_and_bytes(image))


def test_hostile_images_get_their_answers(conformance: Path) -> None:
    answers = {
        "png-ok": None,
        "png-two-same-keyword": "IMAGE_CREDENTIAL_AMBIGUOUS",
        # Read with a cap, as older programs compress; we write uncompressed text only.
        "png-compressed": None,
        "png-itxt-bomb": "IMAGE_TEXT_TOO_LARGE",
        "png-iccp-bomb": "IMAGE_TEXT_TOO_LARGE",
        "png-dims-60000": "PNG_HEADER",
        "png-bad-crc": "PNG_CHECKSUM",
        "png-len-lie": "PNG_TRUNCATED",
        # Nothing is served here; that its comment looks like a script means nothing.
        "png-html-polyglot": "IMAGE_WITHOUT_CREDENTIAL",
        "png-latin1-json": "IMAGE_ENCODING",
    }
    cases = json.loads((conformance / "attacks/png-cases.json").read_text())
    assert {case["id"] for case in cases} == answers.keys()
    for case in cases:
        image = base64.b64decode(case["png_base64"])
        if answers[case["id"]] is None:
            assert unbake(image).text == '{"a":1}'
        else:
            assert code_of(image) == answers[case["id"]], case["id"]


def test_open_badges_3_is_written_as_the_specification_says() -> None:
    made = dict(kinds_and_bytes(bake(TOKEN.encode(), png())))
    body = b"openbadgecredential\x00\x00\x00\x00\x00" + TOKEN.encode()
    assert made[b"iTXt"] == chunk(b"iTXt", body)


def test_a_learner_record_gets_its_own_keyword() -> None:
    record = b'{"type":["VerifiableCredential","ClrCredential"]}'
    for credential in (record, sign_token({}, record, SIGNER).encode()):
        made = bake(credential, png())
        assert b"iTXtclrcredential\x00" in made
        assert unbake(made).data == credential


@pytest.mark.parametrize(
    "inside",
    [
        plain_text(),
        packed_text(TEXT.encode()),
        itxt(keyword=b"openbadges"),
        itxt(keyword=b"openbadges", compressed=True),
    ],
)
def test_older_images_are_read(inside: bytes) -> None:
    found = unbake(png(inside))
    assert (found.text, found.is_legacy) == (TEXT, True)


def test_plain_texts_are_latin_1() -> None:
    assert unbake(png(plain_text('{"name":"é"}'))).data == '{"name":"é"}'.encode()


def test_braces_in_texts_are_escaped_and_mean_the_same() -> None:
    document = {"type": ["VerifiableCredential"], "na{me": 'a }} \\{ " ]]> \ufffe {'}
    made = unbake(bake(json.dumps(document, ensure_ascii=False).encode(), png())).text
    assert json.loads(made) == document
    assert made.count("{") == made.count("}") == 1


@settings(max_examples=25)
@given(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text())))
def test_any_credential_comes_out_with_the_same_data(members: dict[str, object]) -> None:
    document = {**members, "type": ["VerifiableCredential"]}
    text = json.dumps(document)
    for image in (png(), b'<svg xmlns="http://www.w3.org/2000/svg"/>'):
        try:
            made = bake(text.encode(), image)
        except CredentialError as error:
            assert error.code == "JSON_SURROGATE"  # noqa: PT017 - anything else is a defect
        else:
            assert json.loads(unbake(made).text) == document


@given(st.binary(max_size=80), st.integers(0, 200))
def test_any_damage_ends_in_words(noise: bytes, place: int) -> None:
    image = png(itxt())
    for data in (image[:place] + noise, image[:place] + noise + image[place + len(noise) :]):
        if is_image(data):
            with suppress(ImageError):
                assert unbake(data).text == TEXT


def test_length_fields_of_any_size_are_refused_before_anything_is_read() -> None:
    for length in (1, 2**31 - 1, 2**31, 2**32 - 1):
        lie = chunk(b"iTXt", b"", length=length)
        assert code_of(SIGNATURE + header() + lie) in ("PNG_TRUNCATED", "PNG_CHUNK_TYPE")


def test_a_million_empty_chunks_are_refused_within_limits() -> None:
    empty = chunk(b"teSt")
    most = (DEFAULT_LIMITS.image_bytes - 200) // len(empty)
    many = SIGNATURE + header() + empty * most + PIXELS + END
    million = SIGNATURE + header() + empty * 1_000_000 + END
    with within_limits():
        assert code_of(many) == "PNG_TOO_MANY_CHUNKS"
        assert code_of(million) == "IMAGE_TOO_LARGE"


@pytest.mark.parametrize("keyword", [b"openbadges", b"Comment"])
def test_a_bomb_in_a_compressed_text_is_never_unpacked(keyword: bytes) -> None:
    bomb = png(packed_text(bytes(64 * 1024 * 1024), keyword))
    with within_limits():
        assert code_of(bomb) == "IMAGE_TEXT_TOO_LARGE"


def test_many_small_bombs_count_together() -> None:
    part = packed_text(bytes(1024 * 1024), b"Comment")
    assert code_of(png(*[part] * 5)) == "IMAGE_TEXT_TOO_LARGE"
    assert code_of(png(*[part] * 4)) == "IMAGE_WITHOUT_CREDENTIAL"


@pytest.mark.parametrize(
    "second",
    [
        itxt(),
        itxt('{"b":2}'),
        plain_text(),
        packed_text(b"{}"),
        itxt(keyword=b"clrcredential"),
        itxt(keyword=b"openbadges", compressed=True),
    ],
)
def test_two_credentials_are_refused_in_whatever_chunks_they_stand(second: bytes) -> None:
    assert code_of(png(itxt(), second)) == "IMAGE_CREDENTIAL_AMBIGUOUS"
    assert code_of(png(second, itxt())) == "IMAGE_CREDENTIAL_AMBIGUOUS"


@pytest.mark.parametrize("after", [itxt(), itxt() + END, b"\n", b"\x00", png(itxt())])
def test_whatever_follows_the_end_is_refused(after: bytes) -> None:
    assert code_of(png(after=after)) == "PNG_TRAILING_DATA"
    assert code_of(png(itxt(), after=after)) == "PNG_TRAILING_DATA"


def test_a_wrong_check_sum_is_refused_in_every_chunk() -> None:
    parts = [part for _kind, part in kinds_and_bytes(png(itxt()))]
    for index, part in enumerate(parts):
        wrong = part[:-1] + bytes((part[-1] ^ 1,))
        image = SIGNATURE + b"".join([*parts[:index], wrong, *parts[index + 1 :]])
        assert code_of(image) == "PNG_CHECKSUM"


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (SIGNATURE, "PNG_TRUNCATED"),
        (SIGNATURE + header(), "PNG_TRUNCATED"),
        (SIGNATURE + END, "PNG_HEADER"),
        (SIGNATURE + PIXELS + header() + END, "PNG_HEADER"),
        (SIGNATURE + header() + END, "PNG_STRUCTURE"),
        (png(first=header(width=0)), "PNG_HEADER"),
        (png(first=header(height=2**31)), "PNG_HEADER"),
        (png(first=header(width=60_000)), "PNG_HEADER"),
        (png(first=header(depth=3)), "PNG_HEADER"),
        (png(first=header(colour=5)), "PNG_HEADER"),
        (png(first=chunk(b"IHDR", bytes(12))), "PNG_HEADER"),
        (png(first=header(colour=3)), "PNG_STRUCTURE"),
        (png(chunk(b"PLTE", bytes(3))), "PNG_STRUCTURE"),
        (png(header()), "PNG_STRUCTURE"),
        (png(PIXELS, chunk(b"teSt")), "PNG_STRUCTURE"),
        (png(chunk(b"ABCD")), "PNG_STRUCTURE"),
        (png(chunk(b"ab1D")), "PNG_CHUNK_TYPE"),
        (png(chunk(b"test")), "PNG_CHUNK_TYPE"),
        (png(chunk(b"tEXt", b"openbadges")), "PNG_TEXT"),
        (png(chunk(b"tEXt", b"\x00text")), "PNG_TEXT"),
        (png(chunk(b"tEXt", b"k" * 80 + b"\x00text")), "PNG_TEXT"),
        (png(chunk(b"iTXt", b"openbadges\x00\x02\x00\x00\x00{}")), "PNG_TEXT"),
        (png(chunk(b"iTXt", b"openbadges\x00\x00\x00{}")), "PNG_TEXT"),
        (png(chunk(b"zTXt", b"openbadges\x00\x01" + zlib.compress(b"{}"))), "PNG_TEXT"),
        (png(chunk(b"zTXt", b"openbadges\x00\x00{}")), "PNG_COMPRESSION"),
        (png(chunk(b"zTXt", b"x\x00\x00" + zlib.compress(b"{}")[:-1])), "PNG_COMPRESSION"),
        (png(chunk(b"zTXt", b"x\x00\x00" + zlib.compress(b"{}") + b"!")), "PNG_COMPRESSION"),
        (png(itxt(b"\xff\xfe{}")), "IMAGE_ENCODING"),
        (png(itxt(" \n")), "IMAGE_CREDENTIAL_EMPTY"),
        (png(), "IMAGE_WITHOUT_CREDENTIAL"),
        (png(itxt(keyword=b"OpenBadges")), "IMAGE_WITHOUT_CREDENTIAL"),
        (png(itxt(keyword=b"openbadges ")), "IMAGE_WITHOUT_CREDENTIAL"),
    ],
)
def test_what_is_wrong_is_named(image: bytes, code: str) -> None:
    assert code_of(image) == code


@pytest.mark.parametrize(
    "inner", ["<svg/>", "\n<?xml version='1.0'?>", "data:image/png;base64,AA", "iVBORw0KGgoAAAA"]
)
def test_an_image_in_an_image_is_not_opened(inner: str) -> None:
    assert code_of(png(itxt(inner))) == "IMAGE_IN_IMAGE"


def test_an_image_with_a_credential_is_never_overwritten() -> None:
    for image in (png(itxt()), png(plain_text())):
        with pytest.raises(ImageError) as caught:
            bake(TEXT.encode(), image)
        assert caught.value.code == "IMAGE_ALREADY_BAKED"


@pytest.mark.parametrize(
    ("credential", "code"),
    [
        (b"", "EMPTY_INPUT"),
        (b"{}", "NOT_A_CREDENTIAL"),
        (b"[]", "NOT_A_CREDENTIAL"),
        (b'{"type":"Assertion"}', "NOT_A_CREDENTIAL"),
        (b"\xff", "JSON_ENCODING"),
        (b"hello", "JSON_SYNTAX"),
        (b"eyJ.a.b c", "JSON_SYNTAX"),
        (b'{"type":"VerifiableCredential","type":1}', "JSON_DUPLICATE_KEY"),
        (b"eyJhbGciOiJFZERTQSJ9.eyJ4IjoxfQ.AAAA", "NOT_A_CREDENTIAL"),
        (b"eyJhbGciOiJub25lIn0.eyJ4IjoxfQ.AAAA", "TOKEN_UNSIGNED"),
        (b"eyJ" + b"a" * 1_048_576 + b".a.b", "TOO_LARGE"),
    ],
)
def test_only_one_credential_is_baked(credential: bytes, code: str) -> None:
    with pytest.raises(CredentialError) as caught:
        bake(credential, png())
    assert caught.value.code == code


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"{}", b"\xff\xd8\xff", b"The PNG of a badge"])
def test_other_files_are_no_images_for_badges(data: bytes) -> None:
    assert code_of(data) == "NOT_AN_IMAGE"
    with pytest.raises(ImageError):
        bake(TEXT.encode(), data)


def test_what_only_png_reads_is_not_recognised_otherwise() -> None:
    assert unbake_png(png(itxt())).data == TEXT.encode()
    with pytest.raises(ImageError):
        unbake_png(b"<svg/>")
