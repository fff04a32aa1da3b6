"""A certificate as a PDF: one page of A4 in the form PDF/A-3, with the credential attached.

Fonts are embedded, the language is stated, texts and pictures are tagged, pictures have a text for
those who do not see them.  fpdf2 writes the form PDF/A-3U; no other program has confirmed it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import segno
from fpdf.enums import AssociatedFileRelationship, DocumentCompliance, MethodReturnValue

import schemas
from credentials.baking.artwork import badge_picture
from credentials.baking.fonts import require_letters
from credentials.baking.payload import document_of, is_token
from credentials.baking.raster import png_of
from credentials.certificates.contents import CertificateContents, Fact, Line, contents_of
from credentials.certificates.tagged_pdf import TaggedPdf
from credentials.certificates.wording import Wording, wording_for
from credentials.errors import ImageError, MalformedValueError
from credentials.json_types import JsonObject, member
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.timestamps import parse_timestamp

WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 22.0
"""A4, in millimetres, as all lengths here."""

NAVY, GOLD, INK, GREY = (27, 53, 87), (184, 131, 36), (23, 32, 44), (74, 82, 92)
LINE = 0.47
"""Height of a line for each point of its size."""

BADGE, LARGE_BADGE = 52.0, 68.0
LARGE_LINES = 6
"""With no more lines of text than this there is room for the large badge."""

SIZES = (10, 9, 8)
CODE = 30.0
TEXT_BOTTOM = 236.0
"""Running text ends here; below stand issuer, dates and code."""

LINK_CHARACTERS = 1_000
"""Longest link that becomes a code: a longer one could not be scanned."""

Font = tuple[str, str, int]
"""Family, style and size in points."""

JSON_NAME, TOKEN_NAME = "credential.json", "credential.jwt"


@dataclass(frozen=True, slots=True)
class CertificateOptions:
    """What is not in the credential: the learner's name, a link to check it, the language."""

    holder: str | None = None
    link: str | None = None
    language: str | None = None


NO_OPTIONS = CertificateOptions()


def certificate_pdf(
    credential: bytes, options: CertificateOptions = NO_OPTIONS, limits: Limits = DEFAULT_LIMITS
) -> bytes:
    """Draw the certificate of a credential, which is attached to it as it came.

    Without a language the achievement's is taken.  Raises what `document_of` raises, and
    `ImageError` (FONT_LACKS_LETTERS, LINK_UNUSABLE).
    """
    document = document_of(credential, limits)
    achievement = member(document, "credentialSubject", "achievement")
    stated = member(achievement, "inLanguage")
    wording = wording_for(options.language or (stated if isinstance(stated, str) else None))
    contents = contents_of(document, wording, holder=options.holder)
    require_letters(contents.texts)
    _require_link(options.link)
    with _new_pdf(document, contents, wording) as pdf:
        _attach(pdf, credential, document)
        _frame(pdf)
        _head(pdf, contents, wording, credential, limits)
        _facts(pdf, contents.facts)
        _narrative(pdf, contents, wording)
        _foot(pdf, contents, wording, options.link)
        return bytes(pdf.output())


def _require_link(link: str | None) -> None:
    if link is None:
        return
    is_web = link.startswith(("https://", "http://"))
    if not is_web or len(link) > LINK_CHARACTERS or not link.isascii() or not link.isprintable():
        text = f"The link of a certificate is a web address of at most {LINK_CHARACTERS} letters."
        raise ImageError(text, code="LINK_UNUSABLE")


def _new_pdf(document: JsonObject, contents: CertificateContents, wording: Wording) -> TaggedPdf:
    pdf = TaggedPdf(format="A4", enforce_compliance=DocumentCompliance.PDFA_3U)
    pdf.set_lang(wording.tag)
    pdf.set_title(f"{wording.heading}{wording.colon} {contents.achievement}")
    pdf.set_author(contents.institution)
    pdf.set_creator("Tallystick")
    pdf.set_creation_date(_moment(document))
    pdf.set_auto_page_break(False)
    pdf.set_margins(MARGIN, MARGIN)
    pdf.c_margin = 0
    for family, style, name in (
        ("sans", "", "NotoSans-Regular"),
        ("sans", "B", "NotoSans-Bold"),
        ("serif", "B", "NotoSerif-Bold"),
    ):
        pdf.add_font(family, style, schemas.font_path(name))
    pdf.add_page()
    return pdf


def _moment(document: JsonObject) -> datetime:
    """Tell when the credential begins: the same credential gives the same certificate."""
    try:
        return parse_timestamp(document.get("validFrom", document.get("issuanceDate")))
    except MalformedValueError:
        return datetime(2000, 1, 1, tzinfo=UTC)


def _attach(pdf: TaggedPdf, credential: bytes, document: JsonObject) -> None:
    has_token = is_token(credential.decode("latin-1").strip())
    pdf.embed_file(
        bytes=credential,
        basename=TOKEN_NAME if has_token else JSON_NAME,
        mime_type="application/vc+jwt" if has_token else "application/vc",
        modification_date=_moment(document),
        associated_file_relationship=AssociatedFileRelationship.SOURCE.value,
    )


def _frame(pdf: TaggedPdf) -> None:
    with pdf.ornament():
        for inset, width, colour in ((8.0, 1.1, NAVY), (10.2, 0.35, GOLD)):
            pdf.set_draw_color(*colour)
            pdf.set_line_width(width)
            pdf.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)


def _head(
    pdf: TaggedPdf,
    contents: CertificateContents,
    wording: Wording,
    credential: bytes,
    limits: Limits,
) -> None:
    picture = badge_picture(credential, limits)
    is_spacious = len(contents.lines) <= LARGE_LINES
    side, gap = (LARGE_BADGE, 4.0) if is_spacious else (BADGE, 2.0)
    pdf.image(
        io.BytesIO(png_of(picture)),
        x=(WIDTH - side) / 2,
        y=16,
        w=side,
        alt_text=f"{wording.badge}{wording.colon} {picture.description}",
    )
    pdf.set_y(16 + side + gap)
    _centred(pdf, "H1", wording.heading, ("serif", "B", 27), NAVY)
    pdf.ln(gap)
    _centred(pdf, "P", wording.certifies, ("sans", "", 11), GREY)
    size = 24 if contents.is_named else 13
    _centred(pdf, "P", contents.holder, ("serif", "B", size), INK)
    _centred(pdf, "P", wording.has_earned, ("sans", "", 11), GREY)
    pdf.ln(gap / 2)
    size = 20 if len(contents.achievement) <= 60 else 15
    _centred(pdf, "H2", contents.achievement, ("serif", "B", size), NAVY)
    pdf.ln(2 * gap)


def _centred(
    pdf: TaggedPdf,
    kind: str,
    text: str,
    font: Font,
    colour: tuple[int, int, int],
) -> None:
    _block(pdf, kind, text, MARGIN, WIDTH - 2 * MARGIN, font, colour, "C")


def _facts(pdf: TaggedPdf, facts: tuple[Fact, ...]) -> None:
    """Write the facts side by side, each with its label above and its remark below."""
    if not facts:
        return
    width = (WIDTH - 2 * MARGIN) / len(facts)
    top = pdf.get_y()
    with pdf.ornament():
        pdf.set_draw_color(*GOLD)
        pdf.set_line_width(0.35)
        pdf.line(MARGIN, top, WIDTH - MARGIN, top)
    lowest = top
    for number, fact in enumerate(facts):
        left = MARGIN + number * width
        pdf.set_y(top + 3)
        for text, font, colour in (
            (fact.label, ("sans", "", 9), GREY),
            (fact.value, ("sans", "B", 16), INK),
            (fact.remark, ("sans", "", 9), INK),
        ):
            if text:
                _in_column(pdf, text, left + 2, width - 4, font, colour)
        lowest = max(lowest, pdf.get_y())
    with pdf.ornament():
        pdf.line(MARGIN, lowest + 3, WIDTH - MARGIN, lowest + 3)
    pdf.set_y(lowest + 7)


def _block(
    pdf: TaggedPdf,
    kind: str,
    text: str,
    left: float,
    width: float,
    font: Font,
    colour: tuple[int, int, int],
    align: str,
) -> None:
    """Write a text in rows, as one element; a space stays between the rows for those who listen."""
    rows = _rows_of(pdf, text, width, font)
    pdf.set_text_color(*colour)
    with pdf.tagged(kind):
        for number, row in enumerate(rows, start=1):
            pdf.set_x(left)
            end = "" if number == len(rows) else " "
            pdf.cell(width, font[2] * LINE, row + end, align=align, new_x="LMARGIN", new_y="NEXT")


def _in_column(
    pdf: TaggedPdf,
    text: str,
    left: float,
    width: float,
    font: Font,
    colour: tuple[int, int, int],
    align: str = "C",
) -> None:
    _block(pdf, "P", text, left, width, font, colour, align)


def _narrative(pdf: TaggedPdf, contents: CertificateContents, wording: Wording) -> None:
    """Write what was learned as far as there is room, in the largest size in which it fits."""
    if not contents.lines:
        return
    _in_column(pdf, wording.outcomes, MARGIN, 160, ("sans", "B", 11), NAVY, align="L")
    pdf.ln(1)
    for size in SIZES:
        if _height_of(pdf, contents, size) <= TEXT_BOTTOM - pdf.get_y():
            break
    for line in contents.lines:
        left, width = _place_of(line)
        font = ("sans", "", size)
        height = len(_rows_of(pdf, line.text, width, font)) * size * LINE
        if pdf.get_y() + height > TEXT_BOTTOM - size * LINE:
            _in_column(pdf, wording.more, MARGIN, 166, font, GREY, align="L")
            break
        if line.is_bullet:
            with pdf.ornament():
                top = pdf.get_y() + size * LINE / 2
                pdf.set_fill_color(*GOLD)
                pdf.circle(MARGIN + 2, top, 0.7, style="F")
        _in_column(pdf, line.text, left, width, font, INK, align="L")
        pdf.ln(0.8)


def _place_of(line: Line) -> tuple[float, float]:
    indent = 5.0 if line.is_bullet else 0.0
    return MARGIN + indent, WIDTH - 2 * MARGIN - indent


def _height_of(pdf: TaggedPdf, contents: CertificateContents, size: int) -> float:
    font = ("sans", "", size)
    rows = (len(_rows_of(pdf, line.text, _place_of(line)[1], font)) for line in contents.lines)
    return sum(count * size * LINE + 0.8 for count in rows)


def _rows_of(pdf: TaggedPdf, text: str, width: float, font: Font) -> list[str]:
    pdf.set_font(*font)
    rows = pdf.multi_cell(width, text=text, dry_run=True, output=MethodReturnValue.LINES)
    return [str(row) for row in rows] if isinstance(rows, list) else [text]


def _foot(
    pdf: TaggedPdf, contents: CertificateContents, wording: Wording, link: str | None
) -> None:
    column = WIDTH - 2 * MARGIN - (CODE + 12 if link else 0)
    with pdf.ornament():
        pdf.set_draw_color(*GOLD)
        pdf.set_line_width(0.35)
        pdf.line(MARGIN, TEXT_BOTTOM + 4, WIDTH - MARGIN, TEXT_BOTTOM + 4)
    pdf.set_y(TEXT_BOTTOM + 8)
    for label, text in _closing(contents, wording):
        line = f"{label}{wording.colon} {text}"
        _in_column(pdf, line, MARGIN, column, ("sans", "", 9), INK, align="L")
        pdf.ln(0.7)
    pdf.ln(1.2)
    note = " ".join(filter(None, (wording.attached, wording.draft)))
    _in_column(pdf, note, MARGIN, column, ("sans", "", 8), GREY, align="L")
    if link is not None:
        _code(pdf, link, wording)


def _closing(contents: CertificateContents, wording: Wording) -> Iterator[tuple[str, str]]:
    yield wording.issued_by, contents.institution
    if contents.issued_on:
        yield wording.issued_on, contents.issued_on
    yield wording.valid_until, contents.valid_until
    yield wording.number, contents.identifier


def _code(pdf: TaggedPdf, link: str, wording: Wording) -> None:
    """Draw the code, which can be clicked, too, with the address in words below it."""
    file = io.BytesIO()
    segno.make_qr(link, error="m").save(file, kind="png", scale=12, border=4)
    left = WIDTH - MARGIN - CODE
    pdf.image(file, x=left, y=TEXT_BOTTOM + 7, w=CODE, link=link, alt_text=f"{wording.code} {link}")
    pdf.set_y(TEXT_BOTTOM + 7 + CODE + 1)
    _in_column(pdf, wording.scan, left - 9, CODE + 18, ("sans", "", 8), GREY)
