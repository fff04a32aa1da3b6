"""An image is opened to the credential inside, which is verified as if it had come alone."""

from __future__ import annotations

import pytest

from credentials.baking.images import bake
from credentials.strict_json import serialize_json
from tests.credentials.baking.images import itxt, plain_text, png, svg
from tests.factories import ISSUER, check, codes, sign, unsigned, world
from verifier.report import Verdict
from verifier.verifier import Verifier

IMAGES = [png(), svg(attributes="")]


@pytest.mark.parametrize("image", IMAGES)
def test_a_baked_credential_is_verified_like_the_file_itself(image: bytes) -> None:
    credential = sign(unsigned(name='Braces {in} "texts" and ]]> and é'))
    alone, inside = check(credential), check(bake(serialize_json(credential), image))
    assert inside.verdict is Verdict.VALID
    assert inside.checks[1:] == alone.checks[1:]
    assert inside.credential == alone.credential
    assert {one.code for one in inside.check("document").remarks} == {"OPENED_IMAGE", "OK"}
    assert Verifier(world()).verify(bake(serialize_json(credential), image)).issuer == ISSUER


@pytest.mark.parametrize("image", IMAGES)
def test_a_changed_credential_is_found_out_in_an_image_too(image: bytes) -> None:
    changed = sign(unsigned()) | {"name": "Something else"}
    report = check(bake(serialize_json(changed), image))
    assert report.verdict is Verdict.INVALID
    assert "SIGNATURE_INVALID" in codes(report)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (png(), "IMAGE_WITHOUT_CREDENTIAL"),
        (svg(), "IMAGE_WITHOUT_CREDENTIAL"),
        (png(itxt("<svg/>")), "IMAGE_IN_IMAGE"),
        (png(itxt(), plain_text()), "IMAGE_CREDENTIAL_AMBIGUOUS"),
        (png()[:-1], "PNG_TRUNCATED"),
        (b"\x89PNG\r\n\x1a\n", "PNG_TRUNCATED"),
        (b"<?xml version='1.0'?><html/>", "SVG_MALFORMED"),
        (png(itxt("hello")), "JSON_SYNTAX"),
    ],
)
def test_what_is_wrong_with_an_image_is_told(data: bytes, code: str) -> None:
    report = check(data)
    assert report.verdict is Verdict.INVALID
    assert codes(report) == {code}
