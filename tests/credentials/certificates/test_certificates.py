"""Certificates: what stands on them, how they are made, and the credential inside."""

from __future__ import annotations

import io
import zlib
from functools import cache
from typing import Any

import pytest
from fpdf.fonts import TTFFont
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

import schemas
from credentials.baking.images import bake, unbake
from credentials.certificates.attachments import ATTACHMENTS, unbake_pdf
from credentials.certificates.contents import contents_of
from credentials.certificates.page import CertificateOptions, certificate_pdf
from credentials.certificates.tagged_pdf import TaggedPdf
from credentials.certificates.wording import ENGLISH, WORDINGS, wording_for
from credentials.errors import CredentialError, ImageError
from credentials.jose.compact import sign_token
from credentials.limits import Limits
from credentials.strict_json import serialize_json
from tests.credentials.baking.images import within_limits
from tests.factories import SIGNER, check, codes, sign, unsigned
from verifier.report import Verdict

LINK = "https://badges.example/claim/abc"


@cache
def certificate(language: str | None = None) -> bytes:
    options = CertificateOptions("Māia Tūhoe", LINK, language)
    return certificate_pdf(serialize_json(sign(unsigned())), options)


def text_of(pdf: bytes) -> str:
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(page.extract_text().split())


def with_files(*files: bytes, filtered: str | None = None) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(10, 10)
    for number, content in enumerate(files):
        writer.add_attachment(f"{number}.json", content)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


CREDENTIAL = serialize_json(unsigned())


def test_what_the_credential_says_stands_on_it() -> None:
    text = text_of(certificate())
    for expected in (
        "Certificate",
        "Māia Tūhoe",
        "Pipe welding",
        "New Zealand Qualifications and Credentials Framework",
        "20",
        "Three inspected welds.",
        "Issued by: Example Polytechnic",
        "Issued on: 15 January 2026",
        "Valid until: 15 January 2036",
        unsigned()["id"],
    ):
        assert expected in text


@pytest.mark.parametrize(
    ("language", "expected"),
    [("fr-CA", "Délivré le : 15 janvier 2026"), ("es", "15 de enero de 2026")],
)
def test_it_speaks_three_languages_and_says_which_ones_are_drafts(
    language: str, expected: str
) -> None:
    text = text_of(certificate(language))
    assert expected in text
    assert " ".join(WORDINGS[language].draft.split()) in text
    assert ENGLISH.draft == ""
    assert wording_for("fr").tag == "fr-CA"
    assert wording_for("de") is ENGLISH


def test_it_can_be_kept_read_aloud_and_followed() -> None:
    reader = PdfReader(io.BytesIO(certificate("es")))
    root: Any = reader.root_object
    assert root["/Lang"] == "es"
    assert root["/MarkInfo"]["/Marked"]
    kinds = [kid.get_object()["/S"] for kid in root["/StructTreeRoot"]["/K"][0].get_object()["/K"]]
    assert kinds[:2] == ["/Figure", "/H1"]
    figures = [
        kid.get_object()["/Alt"]
        for kid in root["/StructTreeRoot"]["/K"][0].get_object()["/K"]
        if kid.get_object()["/S"] == "/Figure"
    ]
    assert figures == ["Insignia: " + DESCRIPTION, f"Código QR que lleva a {LINK}"]
    page: Any = reader.pages[0]
    assert page["/Annots"][0].get_object()["/A"]["/URI"] == LINK
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert len(fonts) == 3
    for font in fonts:
        assert "/FontFile2" in font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
    metadata = root["/Metadata"].get_data()
    assert b"pdfaid:part>3<" in metadata


DESCRIPTION = (
    "Badge. Pipe welding. Level 5 of New Zealand Qualifications and Credentials Framework. "
    "20 NZQCF credits. Issued by Example Polytechnic."
)


def test_the_verifier_reads_the_credential_out_of_it() -> None:
    report = check(certificate())
    assert report.verdict is Verdict.VALID
    assert {one.code for one in report.check("document").remarks} == {"OPENED_PDF", "OK"}
    token = sign_token({}, CREDENTIAL, SIGNER).encode()
    assert unbake(certificate_pdf(token)).data == token


def test_a_name_comes_from_the_institution_or_from_the_credential_in_the_clear() -> None:
    def holder(hashed: bool, **options: Any) -> str:
        subject = unsigned()["credentialSubject"] | {
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": hashed,
                    "identityHash": "Ana Ñúñez",
                    "identityType": "name",
                }
            ]
        }
        return contents_of(unsigned(credentialSubject=subject), ENGLISH, **options).holder

    assert holder(False) == "Ana Ñúñez"
    assert holder(True) == ENGLISH.unnamed_holder
    assert holder(False, holder="Ana María") == "Ana María"


def test_amounts_are_written_as_the_language_writes_them() -> None:
    subject = unsigned()["credentialSubject"] | {"creditsEarned": 7.5}
    subject["result"][0]["value"] = "7.5"
    subject["achievement"]["creditsAvailable"] = 7.5
    document = unsigned(credentialSubject=subject)
    written = {
        tag: [fact.value for fact in contents_of(document, words).facts]
        for tag, words in WORDINGS.items()
    }
    assert written == {"en": ["5", "7.5"], "fr-CA": ["5", "7,5"], "es": ["5", "7,5"]}


@pytest.mark.parametrize(
    "options",
    [
        CertificateOptions(link="javascript:alert(1)"),
        CertificateOptions(link="https://x/" + "y" * 2_000),
        CertificateOptions(holder="李明"),
    ],
)
def test_what_cannot_be_printed_is_told(options: CertificateOptions) -> None:
    with pytest.raises(ImageError):
        certificate_pdf(CREDENTIAL, options)


def test_long_texts_stay_on_the_page() -> None:
    subject = unsigned()["credentialSubject"]
    subject["achievement"]["name"] = "Advanced " * 30
    subject["achievement"]["criteria"]["narrative"] = "\n".join(f"- outcome {n}" for n in range(99))
    text = text_of(certificate_pdf(serialize_json(unsigned(credentialSubject=subject))))
    assert ENGLISH.more in text
    assert "Issued on: 15 January 2026" in text


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.7", "PDF_MALFORMED"),
        (with_files(), "IMAGE_WITHOUT_CREDENTIAL"),
        (with_files(b"{}", b"hello", b"\xff"), "IMAGE_WITHOUT_CREDENTIAL"),
        (with_files(CREDENTIAL, CREDENTIAL), "IMAGE_CREDENTIAL_AMBIGUOUS"),
        (with_files(*[b"x"] * (ATTACHMENTS + 1)), "PDF_TOO_ENTANGLED"),
        (with_files(b" " * 1_100_000), "IMAGE_TEXT_TOO_LARGE"),
        (b"%PDF-1.7" + b" " * 5_300_000, "IMAGE_TOO_LARGE"),
    ],
)
def test_what_is_wrong_with_a_pdf_is_told(data: bytes, code: str) -> None:
    report = check(data)
    assert report.verdict is Verdict.INVALID
    assert codes(report) == {code}


def test_a_chain_of_revisions_is_not_followed_for_long() -> None:
    revision = (
        b"1 0 obj<</Type/XRef/Size 1/W[1 1 1]/Root 1 0 R/Index[0 0]%s/Length 0>>stream\n\n"
        b"endstream endobj\n"
    )
    pdf, previous = bytearray(b"%PDF-1.7\n"), b""
    while len(pdf) < 5_000_000:
        start = len(pdf)
        pdf += revision % previous
        previous = b"/Prev %d" % start
    chained = bytes(pdf) + b"startxref\n%d\n%%%%EOF" % start
    sections = b"%PDF-1.7\n" + b"trailer<</Size 1>>\n" * 227_000
    for data in (chained, sections):
        with within_limits():
            assert codes(check(data)) == {"PDF_TOO_ENTANGLED"}


def test_an_encrypted_pdf_is_told() -> None:
    writer = PdfWriter(io.BytesIO(with_files(CREDENTIAL)))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    assert codes(check(out.getvalue())) == {"PDF_ENCRYPTED"}


def test_a_bomb_is_not_unpacked() -> None:
    bomb = zlib.compress(b" " * 50_000_000, 9)
    plain = with_files(bomb)
    armed = plain.replace(b"/Type /EmbeddedFile", b"/Filter /FlateDecode /Type /EmbeddedFile")
    assert armed != plain
    assert codes(check(_with_new_offsets(armed))) == {"IMAGE_TEXT_TOO_LARGE"}


def _with_new_offsets(pdf: bytes) -> bytes:
    """Write the table of objects anew, after something was put into one of them."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf), root_object_recovery_limit=None))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_limits_are_those_that_are_stated() -> None:
    with pytest.raises(ImageError) as caught:
        unbake_pdf(certificate(), Limits(image_bytes=10_000))
    assert caught.value.code == "IMAGE_TOO_LARGE"


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_pdf_ends_in_an_error_of_ours_or_in_the_credential(data: st.DataObject) -> None:
    whole = bytearray(with_files(CREDENTIAL))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(5, len(whole) - 1))
        piece = data.draw(st.binary(max_size=8) | st.sampled_from(PIECES))
        whole[place : place + data.draw(st.integers(0, 40))] = piece
    try:
        found = unbake_pdf(bytes(whole))
    except CredentialError:
        return
    assert b"VerifiableCredential" in found.data


PIECES = [b"/Kids", b"/Names", b"1 0 R", b"2 0 R", b"3 0 R", b"<<", b">>", b"[", b"]", b"(", b"obj"]


def test_a_certificate_is_nothing_to_bake_into() -> None:
    with pytest.raises(ImageError) as caught:
        bake(CREDENTIAL, certificate())
    assert caught.value.code == "NOT_AN_IMAGE"


def _never_finished(files: list[Any]) -> None:
    with TaggedPdf() as pdf:
        pdf.add_font("sans", "", schemas.font_path("NotoSans-Regular"))
        fonts = (font for font in pdf.fonts.values() if isinstance(font, TTFFont))
        files.extend(font.ttfont.reader.file for font in fonts)
        raise ValueError("The page cannot be drawn.")


def test_a_certificate_that_is_never_finished_leaves_no_font_open() -> None:
    files: list[Any] = []
    with pytest.raises(ValueError, match="cannot be drawn"):
        _never_finished(files)
    (file,) = files
    assert file.closed
