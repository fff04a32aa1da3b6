"""Claims for a class on paper: a card for each learner, to be cut out and handed over."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import segno

import schemas
from credentials.baking.fonts import has_letters
from credentials.certificates.tagged_pdf import TaggedPdf
from issuer.claims.letters import PACKAGE
from service.pages import N_
from service.pages.languages import Words, words_of

COLUMNS, ROWS = 2, 4
WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 12.0
CARD_WIDTH, CARD_HEIGHT = (WIDTH - 2 * MARGIN) / COLUMNS, (HEIGHT - 2 * MARGIN) / ROWS
CODE = 34.0
INK, QUIET = (23, 32, 44), (74, 82, 92)


@dataclass(frozen=True, slots=True)
class SheetCard:
    """One learner's card; the PIN is not printed on it, but told in another way.

    `address` is what a learner is known by where their name cannot be printed.
    """

    learner: str
    achievement: str
    institution: str
    link: str
    pin: str | None = None
    address: str | None = None


SCAN = N_("Scan this code to take your micro-credential. Show it to nobody else.")
WITH_PIN = N_("You will be asked for the PIN that you are given separately.")
BY_HAND = N_("Name (in letters that cannot be printed here; write it by hand):")
NOT_PRINTED = N_("(in letters that cannot be printed here)")
HAND_LINE = "_" * 26


def claim_sheet(cards: Sequence[SheetCard], *, language: str, at: datetime) -> bytes:
    """Print cards on A4, eight to a page; `language` is a tag of the pages' languages.

    A name in letters that the fonts lack leaves a line on its card to write it on by hand.
    """
    words = words_of((PACKAGE,))[language]
    with TaggedPdf(format="A4") as pdf:
        pdf.set_lang(language)
        pdf.set_title(words.gettext(SCAN))
        pdf.set_creation_date(at)
        pdf.set_auto_page_break(False)
        pdf.c_margin = 0
        pdf.add_font("sans", "", schemas.font_path("NotoSans-Regular"))
        pdf.add_font("sans", "B", schemas.font_path("NotoSans-Bold"))
        for number, card in enumerate(cards):
            place = number % (COLUMNS * ROWS)
            if place == 0:
                pdf.add_page()
            left = MARGIN + CARD_WIDTH * (place % COLUMNS)
            top = MARGIN + CARD_HEIGHT * (place // COLUMNS)
            _draw(pdf, card, words, left, top)
        return bytes(pdf.output())


def _draw(pdf: TaggedPdf, card: SheetCard, words: Words, left: float, top: float) -> None:
    with pdf.ornament():
        pdf.set_draw_color(*QUIET)
        pdf.set_line_width(0.2)
        pdf.set_dash_pattern(dash=2, gap=2)
        pdf.rect(left, top, CARD_WIDTH, CARD_HEIGHT)
        pdf.set_dash_pattern()
    file = io.BytesIO()
    segno.make_qr(card.link, error="m").save(file, kind="png", scale=10, border=4)
    pdf.image(file, x=left + 3, y=top + 4, w=CODE, alt_text=card.link, link=card.link)
    x, width = left + CODE + 5, CARD_WIDTH - CODE - 8
    said = (SCAN,) if card.pin is None else (SCAN, WITH_PIN)
    note = " ".join(map(words.gettext, said))
    pdf.set_y(top + 7)
    for text, style, size, colour in _lines(card, words):
        _write(pdf, text, x, width, style, size, colour)
    pdf.set_y(top + CODE + 6)
    _write(pdf, note, left + 5, CARD_WIDTH - 10, "", 8, INK)
    _write(pdf, card.link, left + 5, CARD_WIDTH - 10, "", 7, QUIET)


def _lines(card: SheetCard, words: Words) -> Iterator[tuple[str, str, int, tuple[int, int, int]]]:
    if has_letters(card.learner):
        yield card.learner, "B", 12, INK
    else:
        yield words.gettext(BY_HAND), "", 8, INK
        yield HAND_LINE, "", 10, QUIET
        if card.address is not None and has_letters(card.address):
            yield card.address, "B", 9, INK
    for text, size, colour in ((card.achievement, 10, INK), (card.institution, 9, QUIET)):
        yield text if has_letters(text) else words.gettext(NOT_PRINTED), "", size, colour


def _write(
    pdf: TaggedPdf,
    text: str,
    left: float,
    width: float,
    style: str,
    size: int,
    colour: tuple[int, int, int],
) -> None:
    pdf.set_x(left)
    pdf.set_font("sans", style, size)
    pdf.set_text_color(*colour)
    with pdf.tagged("P"):
        height = size * 0.45
        pdf.multi_cell(width, height, text, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(1)
