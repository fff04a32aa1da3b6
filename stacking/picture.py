"""A plan as a picture: one SVG that needs nothing else, and hides nothing from anybody.

No script, no font, no link; text and table say the same.  However large the wallet, the picture has
a bounded size, and says how much more there is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from xml.etree import ElementTree

from frameworks.amounts import Decision, Interval
from stacking.account import (
    MARKS,
    NOTHING,
    Account,
    Asked,
    Dismissed,
    LotTold,
    Share,
    Telling,
    account_of,
)
from stacking.bars import BAR_HEIGHT, Part, put_bar, put_swatch
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
    Length,
    Style,
    add,
    put_icon,
    put_patterns,
    put_text,
    wrap,
)
from stacking.explaining import lines_of, shown_of
from stacking.palette import style_sheet
from stacking.planning import Outcome, StackPlan

MOST_LISTED = 30
"""Most entries of a list that a picture shows: constraints, levels, institutions, lots."""

NAMESPACE = "http://www.w3.org/2000/svg"
ROOM = WIDTH - 2 * MARGIN
INDENT = 24
CHIP = 40

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
    root = ElementTree.Element("svg", {"xmlns": NAMESPACE})
    add(root, "title", id=f"{prefix}-title").text = f"{account.title}: {account.headline}"
    add(root, "desc", id=f"{prefix}-desc").text = described
    add(root, "style").text = style_sheet()
    put_patterns(root, prefix, len(MARKS))
    paper = add(root, "rect", width=WIDTH, class_="paper")
    height = _draw(Sheet(root, prefix), account)
    paper.set("height", str(height))
    root.attrib.update(_frame(height, prefix, account.texts.language))
    return ElementTree.tostring(root, encoding="unicode") + "\n"


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
    _section(sheet, account, "asked", account.asked)
    _legend(sheet, account)
    if account.conditions:
        _section(sheet, account, "conditions", account.conditions)
    _section(sheet, account, "by_level", account.levels)
    _section(sheet, account, "by_institution", _institutions(account))
    _section(sheet, account, "used", account.used)
    if account.unused:
        _section(sheet, account, "unused", account.unused)
        sheet.write(account.texts.phrases["why_unused"], SMALL)
    if account.dismissed:
        _section(sheet, account, "excluded", account.dismissed)
    sheet.y += LINE
    sheet.write(account.texts.phrases["names"], SMALL)
    return sheet.y + MARGIN


def _headline(sheet: Sheet, account: Account) -> None:
    decision = DECISIONS[account.outcome]
    put_icon(sheet.root, decision, (MARGIN, sheet.y), 26)
    sheet.write(account.headline, Style(20, is_bold=True, colour=STATE[decision]), MARGIN + 36)
    sheet.y += 6
    sheet.write(account.title, HEADING)
    sheet.write(account.summary)
    for note in account.notes:
        sheet.write(note, SMALL)


def _section(
    sheet: Sheet,
    account: Account,
    heading: str,
    items: Sequence[Asked | str | Share | LotTold | Dismissed],
) -> None:
    phrases = account.texts.phrases
    sheet.y += LINE
    add(sheet.root, "path", d=f"M{MARGIN} {sheet.y}h{ROOM}", class_="rule", stroke_width=1)
    sheet.y += 6
    sheet.write(phrases[heading], HEADING)
    shown, more = shown_of(items, MOST_LISTED)
    scale = max((one.total.high for one in shown if isinstance(one, Share)), default=Fraction(0))
    for item in shown:
        _entry(sheet, account, item, scale)
    if not items:
        sheet.write(phrases["nothing"])
    if more:
        sheet.write(phrases["and_more"].format(count=more), STRONG)


def _entry(
    sheet: Sheet,
    account: Account,
    item: Asked | str | Share | LotTold | Dismissed,
    scale: Fraction,
) -> None:
    sheet.y += 5
    match item:
        case Asked():
            _asked(sheet, account, item)
        case Share():
            _share(sheet, item, scale)
        case LotTold():
            _lot(sheet, item)
        case Dismissed():
            _dismissed(sheet, account, item)
        case _:
            put_text(sheet.root, "\u2022", (MARGIN, sheet.y + LINE - 4), STRONG)
            sheet.write(f"{item}.", left=MARGIN + 14)


def _asked(sheet: Sheet, account: Account, one: Asked) -> None:
    put_icon(sheet.root, one.decision, (MARGIN, sheet.y + 1), 16)
    sheet.write(one.asks, STRONG, MARGIN + INDENT)
    parts = tuple(Part(lot.mark, amount, lot.name) for lot, amount in one.parts)
    sheet.y = put_bar(sheet.root, sheet.prefix, sheet.y + 4, one, parts, account.texts)
    lacking = ". ".join(filter(None, (one.state, one.lacking)))
    sheet.write(f"{lacking}.", Style(is_bold=True, colour=STATE[one.decision]))
    sheet.write(f"{one.counted}.")
    sheet.y += 6


def _legend(sheet: Sheet, account: Account) -> None:
    """Show what full, hatched and the line of a bound mean."""
    phrases = account.texts.phrases
    for name, part in (("legend_sure", Interval.of(Fraction(1))), ("legend_perhaps", NOTHING)):
        is_sure = part is not NOTHING
        put_swatch(sheet.root, sheet.prefix, (MARGIN, sheet.y + 4), "A", is_sure=is_sure)
        sheet.write(phrases[name], SMALL, MARGIN + CHIP)
    x = MARGIN + 13
    add(sheet.root, "path", d=f"M{x} {sheet.y + 2}v14", class_="bound", stroke_width=3)
    sheet.write(phrases["legend_bound"], SMALL, MARGIN + CHIP)


def _share(sheet: Sheet, one: Share, scale: Fraction) -> None:
    if one.id:
        letter = one.parts[0][0]
        put_swatch(sheet.root, sheet.prefix, (MARGIN, sheet.y + 3), letter, letter)
    left = MARGIN + CHIP if one.id else MARGIN
    sheet.write(one.name, STRONG, left)
    if one.id not in ("", one.name):
        sheet.write(one.id, SMALL, left)
    sheet.write(one.amount, left=left)


def _institutions(account: Account) -> tuple[Share, ...]:
    """Keep one entry for each letter; those that share the last one become one entry."""
    shares = account.institutions
    if len(shares) <= len(MARKS):
        return shares
    own, others = shares[: len(MARKS) - 1], shares[len(MARKS) - 1 :]
    return own


def _lot(sheet: Sheet, one: LotTold) -> None:
    if one.mark:
        put_text(sheet.root, one.mark, (MARGIN, sheet.y + LINE - 4), STRONG)
    sheet.write(one.name, STRONG, MARGIN + CHIP)
    sheet.write(f"{one.amount}, {one.level}", left=MARGIN + CHIP)


def _dismissed(sheet: Sheet, account: Account, one: Dismissed) -> None:
    put_text(sheet.root, "\u2013", (MARGIN, sheet.y + LINE - 4), STRONG)
    sheet.write(one.name, STRONG, MARGIN + 14)
    for code, reason in one.reasons:
        sheet.write(f"{reason.why} [{code}]", left=MARGIN + 14)
        advice = account.texts.phrases["to_do"].format(advice=reason.advice)
        sheet.write(advice, SMALL, MARGIN + 14)
