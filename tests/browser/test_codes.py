"""QR codes on the page of the reader's own device: in a picture, and before the camera."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
import segno
from playwright.sync_api import Browser, Page

from credentials.strict_json import serialize_json
from tests.browser.conftest import Serve, a_page
from tests.browser.looking import is_readable
from tests.factories import sign
from tests.services import plain
from tests.verifier.pages.samples import page_service

LINK = "https://issuer.example/badge.json"

CAMERA = """data => {
  const image = new Image();
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 700;
  const context = canvas.getContext("2d");
  const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
  createImageBitmap(new Blob([bytes], { type: "image/png" })).then((bitmap) => {
    setInterval(() => {
      context.fillStyle = "white";
      context.fillRect(0, 0, 700, 700);
      context.drawImage(bitmap, 20, 20, 660, 660);
    }, 40);
  });
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(25);
}"""


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve(page_service())


def picture(text: str) -> bytes:
    file = io.BytesIO()
    segno.make_qr(text, error="l").save(file, kind="png", scale=6, border=4)
    return file.getvalue()


def choose(page: Page, data: bytes) -> None:
    sent: Any = {"name": "photo.png", "mimeType": "image/png", "buffer": data}
    page.set_input_files("#file", [sent])
    page.click("[value=device]")


def small() -> str:
    return serialize_json(sign(plain())).decode()


def test_a_credential_in_a_picture_is_checked_on_the_device(page: Page, address: str) -> None:
    page.goto(f"{address}/device")
    choose(page, picture(small()))
    page.wait_for_selector("[data-verdict=valid]:not([hidden])")
    assert page.input_value("#text") == small()
    is_readable(page)


def test_a_link_in_a_picture_is_left_to_the_full_check(page: Page, address: str) -> None:
    page.goto(f"{address}/device")
    choose(page, picture(LINK))
    page.wait_for_selector("[data-code=link]:not([hidden])")
    assert page.input_value("#text") == LINK
    assert page.evaluate("document.activeElement.hasAttribute('data-full')")


def test_what_stands_before_the_camera_is_checked(page: Page, address: str) -> None:
    page.goto(f"{address}/device")
    page.evaluate(CAMERA, base64.b64encode(picture(small())).decode())
    page.click("[data-start]")
    page.wait_for_selector("[data-verdict=valid]:not([hidden])")
    assert not page.is_visible("video")


def test_without_a_camera_the_page_says_what_to_do(browser: Browser, address: str) -> None:
    with a_page(browser, viewport={"width": 320, "height": 700}) as page:
        page.goto(f"{address}/device")
        page.click("[data-start]")
        page.wait_for_selector("[data-code=no-camera]:not([hidden])")
        is_readable(page)


def test_the_camera_is_allowed_on_this_page_alone(page: Page, address: str) -> None:
    for path, allowed in (
        ("/device", "camera=(self)"),
        ("/", "camera=()"),
        ("/trust", "camera=()"),
    ):
        response = page.goto(f"{address}{path}")
        assert response is not None
        assert response.headers["permissions-policy"].startswith(allowed)
        is_readable(page)
