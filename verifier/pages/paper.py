"""The answer as a PDF: the words of the page, tagged, with its fonts and its language.

Texts of others whose letters no font has are written with a sign in their place, and the page says
so; the file itself has everything.  A signed receipt is attached where there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fpdf.enums import AssociatedFileRelationship, DocumentCompliance, MethodReturnValue

import schemas
from credentials.baking.fonts import letters
from credentials.certificates.tagged_pdf import TaggedPdf
from service.pages.foreign import foreign

MARGIN, WIDTH, BOTTOM = 20.0, 170.0, 277.0
"""Of a page of A4, in millimetres, as all lengths here: its edge, its column, its last line."""

LINE = 0.47
"""Height of a line for each point of its size."""

LACKING = "?"
ALIKE = str.maketrans({"≈": "~", "\N{NON-BREAKING HYPHEN}": "-"})
"""Signs that the fonts lack, and what stands for them."""

BREAKS = re.compile(r"[^\S\N{NO-BREAK SPACE}]+")
"""Spaces at which a line may be broken."""

CHARACTERS = 4_000
"""How much of one text is printed."""

INK, QUIET = (23, 32, 44), (74, 82, 92)
TONES = {"good": (20, 98, 52), "warn": (122, 77, 0), "bad": (160, 27, 32), "open": (34, 74, 130)}
"""Colours of answers, dark enough to be read on white (WCAG 2.2, 1.4.3)."""

RECEIPT_NAME = "receipt.json"


@dataclass(frozen=True, slots=True)
class Line:
    """A text with its place in the order of the document: H1, H2, H3 or P, and a tone."""

    kind: str
    text: str
    tone: str = ""
    is_strong: bool = False
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A document to be printed: its title, its language, its lines, and what is attached."""

    title: str
    language: str
    made_at: datetime
    lines: tuple[Line, ...]
    footer: str
    receipt: bytes | None = None


def paper_pdf(paper: Paper) -> bytes:
    """Print a paper as PDF/A-3."""
    with _new_pdf(paper) as pdf:
        if paper.receipt is not None:
            pdf.embed_file(
                bytes=paper.receipt,
                basename=RECEIPT_NAME,
                mime_type="application/vc",
                modification_date=paper.made_at,
                associated_file_relationship=AssociatedFileRelationship.SUPPLEMENT.value,
            )
        for line in paper.lines:
            _write(pdf, line, paper.footer)
        _foot(pdf, paper.footer)
        return bytes(pdf.output())


def lacks_letters(texts: Iterator[str]) -> bool:
    """Tell whether something in texts cannot be printed as it is."""
    return any(sign not in letters() for text in texts for sign in _one_line(text))


def _new_pdf(paper: Paper) -> TaggedPdf:
    pdf = TaggedPdf(format="A4", enforce_compliance=DocumentCompliance.PDFA_3U)
    pdf.set_lang(paper.language)
    pdf.set_title(_printable(paper.title))
    pdf.set_creator("Tallystick")
    pdf.set_creation_date(paper.made_at)
    pdf.set_auto_page_break(False)
    pdf.set_margins(MARGIN, MARGIN)
    pdf.c_margin = 0
    for style, name in (("", "NotoSans-Regular"), ("B", "NotoSans-Bold")):
        pdf.add_font("sans", style, schemas.font_path(name))
    pdf.add_page()
    return pdf


SIZES = {"H1": 24, "H2": 14, "H3": 11, "P": 10}
SPACE_BEFORE = {"H1": 0.0, "H2": 5.0, "H3": 2.5, "P": 0.8}
ROOM_FOR_HEADING = 24.0
"""A heading stands at the end of no page: so much has to follow on it."""


def _write(pdf: TaggedPdf, line: Line, footer: str) -> None:
    """Write a line as one element, or as one on each page that it runs over."""
    size = 8 if line.is_small else SIZES[line.kind]
    style = "B" if line.kind != "P" or line.is_strong else ""
    pdf.set_font("sans", style, size)
    rows = _rows(pdf, _printable(line.text))
    needed = ROOM_FOR_HEADING if line.kind != "P" else size * LINE
    if pdf.get_y() + SPACE_BEFORE[line.kind] + needed > BOTTOM:
        _new_page(pdf, footer)
    else:
        pdf.ln(SPACE_BEFORE[line.kind])
    while rows:
        room = max(1, int((BOTTOM - pdf.get_y()) / (size * LINE)))
        pdf.set_font("sans", style, size)
        pdf.set_text_color(*TONES.get(line.tone, QUIET if line.is_small else INK))
        _write_rows(pdf, line.kind, rows[:room], size)
        rows = rows[room:]
        if rows:
            _new_page(pdf, footer)


def _write_rows(pdf: TaggedPdf, kind: str, rows: list[str], size: int) -> None:
    with pdf.tagged(kind):
        for number, row in enumerate(rows, start=1):
            end = "" if number == len(rows) else " "
            pdf.cell(WIDTH, size * LINE, row + end, new_x="LMARGIN", new_y="NEXT")


def _rows(pdf: TaggedPdf, text: str) -> list[str]:
    rows = pdf.multi_cell(WIDTH, text=text, dry_run=True, output=MethodReturnValue.LINES)
    return [str(row) for row in rows] if isinstance(rows, list) else [text]


def _new_page(pdf: TaggedPdf, footer: str) -> None:
    _foot(pdf, footer)
    pdf.add_page()


def _foot(pdf: TaggedPdf, footer: str) -> None:
    pdf.set_y(BOTTOM + 4)
    pdf.set_font("sans", "", 8)
    pdf.set_text_color(*QUIET)
    with pdf.ornament():
        pdf.cell(WIDTH - 12, 4, _printable(footer)[:130])
        pdf.cell(12, 4, str(pdf.page_no()), align="R")


def _printable(text: str) -> str:
    """Leave what the fonts have; other letters are marked, and not left out unseen."""
    known = letters()
    return "".join(sign if sign in known else LACKING for sign in _one_line(text))


def _one_line(text: str) -> str:
    """Write a text as one line; where French forbids a break, before a colon, none is made."""
    return " ".join(BREAKS.split(foreign(text[:CHARACTERS]).translate(ALIKE).strip()))
