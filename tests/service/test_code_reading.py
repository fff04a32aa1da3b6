"""Codes in pictures are read in a process of their own, within limits."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest
import segno
from PIL import Image

from service.code_reading import CodesNotReadError, is_picture, read_codes, reading
from service.code_reading.worker import PIXELS, codes_of

LINK = "https://issuer.example/badges/1.json"


def picture(text: str = LINK, *, kind: str = "PNG", angle: int = 0, **options: Any) -> bytes:
    """Draw a code as a picture, turned, on a larger ground."""
    drawn = io.BytesIO()
    segno.make_qr(text).save(drawn, kind="png", scale=4, border=4)
    code = Image.open(drawn).convert("RGB").rotate(angle, expand=True, fillcolor="white")
    ground = Image.new("RGB", (code.width + 200, code.height + 100), "white")
    ground.paste(code, (120, 30))
    return saved(ground, kind, **options)


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def on_glass(text: str) -> bytes:
    """Draw a code of black points on nothing at all."""
    file = io.BytesIO()
    segno.make_qr(text).save(file, kind="png", scale=4, border=4, light=None)
    return file.getvalue()


def test_a_code_is_read_in_a_process_of_its_own() -> None:
    assert read_codes(picture()) == (LINK,)


def test_whoever_waits_for_others_pictures_keeps_no_thread_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert reading.WAIT_SECONDS < reading.SECONDS / 5
    monkeypatch.setattr(reading, "WAIT_SECONDS", 0)
    monkeypatch.setattr(reading, "_free", threading.BoundedSemaphore(1))
    with reading._free, pytest.raises(CodesNotReadError, match="Too many pictures"):
        read_codes(picture())


def test_a_bomb_ends_in_words() -> None:
    with pytest.raises(CodesNotReadError, match="too many points"):
        read_codes(saved(Image.new("1", (PIXELS // 1_000 + 1, 1_000))))


@pytest.mark.parametrize(
    "data", [picture(kind="JPEG", angle=7, quality=50), picture(angle=90), on_glass(LINK)]
)
def test_codes_are_read_however_they_are_held(data: bytes) -> None:
    assert is_picture(data)
    assert codes_of(data) == {"codes": [LINK]}


def test_each_code_is_told_once_and_none_is_no_fault() -> None:
    one, two = (Image.open(io.BytesIO(picture(text))) for text in ("https://a", "https://b"))
    both = Image.new("RGB", (one.width * 3, max(one.height, two.height)), "white")
    for place, image in enumerate((one, two, one)):
        both.paste(image, (place * one.width, 0))
    assert sorted(codes_of(saved(both))["codes"]) == ["https://a", "https://b"]
    assert codes_of(saved(Image.new("RGB", (80, 80), "white"))) == {"codes": []}


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", picture()[:200], b"GIF89a"]
)
def test_a_damaged_picture_is_told(data: bytes) -> None:
    assert codes_of(data) == {"fault": "UNREADABLE"}
