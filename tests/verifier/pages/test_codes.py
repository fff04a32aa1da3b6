"""A picture with a QR code, dropped on the page: the link or the credential in it is checked."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from credentials.baking.images import bake
from service.code_reading import CodesNotReadError
from tests.credentials.baking.images import png
from tests.verifier.pages.samples import drop, page_service, samples, the_page
from tests.verifier.pages.test_page import answers_in, codes_in, words_in
from verifier.answers import Answer
from verifier.pages import LinkError

JPEG = b"\xff\xd8\xff\xe0 a photograph"
LINK = "https://issuer.example/badge.json"


def client(*codes: str, **changes: Any) -> Any:
    page = the_page(read_codes=lambda _data: codes, **changes)
    return page_service(page).test_client()


@pytest.mark.parametrize("picture", [JPEG, png()])
def test_the_link_in_a_code_is_followed(picture: bytes) -> None:
    asked: list[str] = []

    def fetch(link: str) -> bytes:
        asked.append(link)
        return samples()[Answer.REVOKED]

    assert answers_in(drop(client(f" {LINK}\n", fetch=fetch), picture)) == ["revoked"]
    assert asked == [LINK]


def test_a_credential_in_a_code_is_checked_and_carried_along() -> None:
    text = drop(client(samples()[Answer.EXPIRED].decode()), JPEG)
    assert answers_in(text) == ["expired"]


def test_a_baked_picture_counts_for_its_credential_and_not_for_its_code() -> None:
    baked = bake(samples()[Answer.VALID], png())
    assert answers_in(drop(client(LINK), baked)) == ["valid"]


def test_a_picture_without_a_code_is_no_credential() -> None:
    text = drop(client(), png())
    assert answers_in(text) == ["not-valid"]
    assert "IMAGE_WITHOUT_CREDENTIAL" in codes_in(text)
    photograph = drop(client(), JPEG)
    assert answers_in(photograph) == ["undecided"]
    assert "A photo or a scan does not carry it." in words_in(photograph)


def refused(codes: tuple[str, ...], **changes: Any) -> str:
    sent = {"file": (BytesIO(JPEG), "photo.jpg")}
    response = client(*codes, **changes).post("/", data=sent)
    assert response.status_code == 422
    return words_in(response.get_data(as_text=True))


def unreadable(_data: bytes) -> tuple[str, ...]:
    raise CodesNotReadError("The picture is damaged.")


def gone(_link: str) -> bytes:
    raise LinkError("The server says that it is gone.")


def test_what_stands_in_the_way_is_told_at_the_file() -> None:
    assert "There are several codes in the picture." in refused((LINK, "https://other.example"))
    assert f"Save the file, and choose it here. {LINK}" in refused((LINK,), fetch=None)
    assert f"gone. {LINK}" in refused((LINK,), fetch=gone)
    sent = {"file": (BytesIO(JPEG), "photo.jpg")}
    broken = page_service(the_page(read_codes=unreadable)).test_client().post("/", data=sent)
    assert "The picture is damaged." in words_in(broken.get_data(as_text=True))
