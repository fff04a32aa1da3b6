"""A plan as a picture: one SVG that needs nothing else, and hides nothing from anybody.

No script, no font, no link; text and table say the same.  However large the wallet, the picture has
a bounded size, and says how much more there is.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from xml.etree import ElementTree as ET

from frameworks.amounts import Decision
from stacking.account import (
    MARKS,
    NOTHING,
    Account,
    Asked,
    Dismissed,
    Entry,
    LotTold,
    Share,
    Telling,
    account_of,
)
from stacking.bars import ROOM, SWATCH_WIDTH, Part, put_asked, put_parts, put_swatch
from stacking.drawing import (
    BODY,
    HEADING,
    LINE,
    MARGIN,
    SHOWN_WIDTH,
    SMALL,
    STATE,
    STRONG,
    WIDTH,
    Element,
    Style,
    add,
    put_icon,
    put_patterns,
    put_text,
    wrap,
)
from stacking.explaining import lines_of, shown_of
from stacking.palette import style_sheet
from stacking.plain_words import counted_text
from stacking.planning import Outcome, StackPlan
from stacking.texts import Texts

MOST_LISTED = 30
"""Most entries of a list that a picture shows: constraints, levels, institutions, lots."""

NAMESPACE = "http://www.w3.org/2000/svg"
INDENT = 24
BULLET = 14
CHIP = 46
DASH = "\u2013"

DECISIONS = {
    Outcome.AWARD: Decision.PASS,
    Outcome.NOT_YET: Decision.FAIL,
    Outcome.REFER: Decision.REFER,
}


def plan_svg(plan: StackPlan, telling: Telling | None = None) -> str:
    """Draw a plan as a self-contained SVG; the same plan gives the same bytes."""
    account = account_of(plan, telling or Telling())
    described = " ".join(" ".join(lines_of(account, MOST_LISTED)).split())
    prefix = f"plan-{hashlib.sha256(described.encode()).hexdigest()[:12]}"
    root = ET.Element("svg", {"xmlns": NAMESPACE})
    add(root, "title", id=f"{prefix}-title").text = f"{account.title}: {account.headline}"
    add(root, "desc", id=f"{prefix}-desc").text = described
    add(root, "style").text = style_sheet()
    put_patterns(root, prefix, len(MARKS))
    paper = add(root, "rect", width=WIDTH, class_="paper")
    height = _draw(Sheet(root, prefix), account)
    paper.set("height", str(height))
    root.attrib.update(_frame(height, prefix, account.texts.language))
    return ET.tostring(root, encoding="unicode") + "\n"


def _frame(height: int, prefix: str, language: str) -> dict[str, str]:
    return {
        "viewBox": f"0 0 {WIDTH} {height}",
        "width": str(SHOWN_WIDTH),
        "height": str(height * SHOWN_WIDTH // WIDTH),
        "class": "tally",
        "role": "img",
        "aria-labelledby": f"{prefix}-title {prefix}-desc",
        "lang": language,
    }


@dataclass(slots=True)
class Sheet:
    """What is drawn on, and how far down it is filled."""

    root: Element
    prefix: str
    y: int = MARGIN

    def write(self, text: str, style: Style = BODY, left: int = MARGIN) -> None:
        """Write a text below what is there, in as many lines as it needs."""
        for line in wrap(text, WIDTH - MARGIN - left, style):
            self.y += max(LINE, style.size * 13 // 10)
            put_text(self.root, line, (left, self.y - 4), style)


def _draw(sheet: Sheet, account: Account) -> int:
    """Draw everything from top to bottom; the height of it."""
    _headline(sheet, account)
    for heading, entries in account.sections:
        _section(sheet, account, heading, entries)
        if heading == "asked" and account.used:
            _legend(sheet, account)
    sheet.y += LINE
    sheet.write(account.texts.phrases["names"], SMALL)
    return sheet.y + MARGIN


def _headline(sheet: Sheet, account: Account) -> None:
    decision = DECISIONS[account.outcome]
    put_icon(sheet.root, decision, (MARGIN, sheet.y), 26)
    sheet.write(account.headline, Style(18, is_bold=True, colour=STATE[decision]), MARGIN + 36)
    sheet.y += 6
    sheet.write(account.title, HEADING)
    sheet.write(account.summary)
    for note in account.notes:
        sheet.write(note, SMALL)


def _section(
    sheet: Sheet,
    account: Account,
    heading: str,
    entries: tuple[Entry, ...],
) -> None:
    phrases = account.texts.phrases
    sheet.y += LINE
    add(sheet.root, "path", d=f"M{MARGIN} {sheet.y}h{ROOM}", class_="rule", stroke_width=1)
    sheet.y += 6
    sheet.write(phrases[heading], HEADING)
    several = _institutions(entries, account.texts) if heading == "by_institution" else entries
    shown, more = shown_of(several, MOST_LISTED)
    scale = max((one.total.high for one in shown if isinstance(one, Share)), default=Fraction(0))
    for item in shown:
        _entry(sheet, account, item, scale)
    if not entries:
        sheet.write(phrases["nothing"])
    if more:
        sheet.write(phrases["and_more"].format(count=more), STRONG)
    if heading == "unused":
        sheet.y += 5
        sheet.write(phrases["why_unused"], SMALL)


def _entry(
    sheet: Sheet,
    account: Account,
    item: Entry,
    scale: Fraction,
) -> None:
    sheet.y += 5
    match item:
        case Asked():
            _asked(sheet, account, item)
        case Share() if item.mark:
            _institution(sheet, item)
        case Share():
            _level(sheet, item, scale)
        case LotTold():
            _lot(sheet, item)
        case Dismissed():
            _dismissed(sheet, account, item)
        case _:
            put_text(sheet.root, DASH, (MARGIN, sheet.y + LINE - 4), STRONG)
            sheet.write(f"{item}.", left=MARGIN + BULLET)


def _asked(sheet: Sheet, account: Account, one: Asked) -> None:
    put_icon(sheet.root, one.decision, (MARGIN, sheet.y + 2), 16)
    sheet.write(one.asks, STRONG, MARGIN + INDENT)
    sheet.y = put_asked(sheet.root, sheet.prefix, sheet.y + 4, one, account.texts)
    told = ". ".join(filter(None, (one.state, one.lacking)))
    sheet.write(f"{told}.", Style(is_bold=True, colour=STATE[one.decision]))
    sheet.write(f"{one.counted}.")
    sheet.y += 6


def _legend(sheet: Sheet, account: Account) -> None:
    """Show what full, hatched and the line of a bound mean."""
    phrases = account.texts.phrases
    for name in ("legend_sure", "legend_open"):
        is_sure = name == "legend_sure"
        put_swatch(sheet.root, sheet.prefix, (MARGIN, sheet.y + 3), MARKS[0], is_sure=is_sure)
        sheet.y += 3
        sheet.write(phrases[name], SMALL, MARGIN + CHIP)
    x, y = MARGIN + SWATCH_WIDTH // 2, sheet.y + 5
    add(sheet.root, "path", d=f"M{x} {y}v14", class_="bound", stroke_width=3)
    sheet.y += 3
    sheet.write(phrases["legend_bound"], SMALL, MARGIN + CHIP)


def _level(sheet: Sheet, one: Share, whole: Fraction) -> None:
    name = one.name[:1].upper() + one.name[1:]
    sheet.write(f"{name}: {one.amount}", STRONG)
    parts = [Part(letter, amount) for letter, amount in one.parts]
    sheet.y = put_parts(sheet.root, sheet.prefix, sheet.y + 2, parts, whole)


def _institution(sheet: Sheet, one: Share) -> None:
    put_swatch(sheet.root, sheet.prefix, (MARGIN, sheet.y + 2), one.mark)
    sheet.write(one.name, STRONG, MARGIN + CHIP)
    if one.id not in ("", one.name):
        sheet.write(one.id, SMALL, MARGIN + CHIP)
    sheet.write(one.amount, left=MARGIN + CHIP)


def _institutions(entries: tuple[Entry, ...], texts: Texts) -> tuple[Entry, ...]:
    """Make one entry for each letter: the institutions that share the last one become one."""
    if len(entries) <= len(MARKS):
        return entries
    own, others = entries[: len(MARKS) - 1], entries[len(MARKS) - 1 :]
    total = sum((one.total for one in others if isinstance(one, Share)), NOTHING)
    name = texts.phrases["other_institutions"].format(count=len(others))
    amount = counted_text(total, "credit", texts)
    return (*own, Share(name, total, amount, ((MARKS[-1], total),), MARKS[-1]))


def _lot(sheet: Sheet, one: LotTold) -> None:
    left = MARGIN + CHIP if one.mark else MARGIN + BULLET
    if one.mark:
        put_swatch(sheet.root, sheet.prefix, (MARGIN, sheet.y + 2), one.mark)
    else:
        put_text(sheet.root, DASH, (MARGIN, sheet.y + LINE - 4), STRONG)
    sheet.write(one.name, STRONG, left)
    sheet.write(f"{one.amount}, {one.level}", left=left)
    # The letter tells the institution, unless it is that of several.
    if one.mark[:1] in ("", MARKS[-1]):
        sheet.write(one.source, SMALL, left)


def _dismissed(sheet: Sheet, account: Account, one: Dismissed) -> None:
    put_text(sheet.root, DASH, (MARGIN, sheet.y + LINE - 4), STRONG)
    sheet.write(one.name, STRONG, MARGIN + BULLET)
    for code, reason in one.reasons:
        sheet.write(f"{reason.why} [{code}]", left=MARGIN + BULLET)
        advice = account.texts.phrases["to_do"].format(advice=reason.advice)
        sheet.write(advice, SMALL, MARGIN + BULLET)
