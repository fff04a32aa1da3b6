"""The picture of a plan: sound XML, nothing foreign in it, everything told, for every eye."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import stacking.cases
from frameworks.amounts import Decision
from stacking import Lot, StackPlan, plan, read_award_rule
from stacking.account import MARKS, Account, Telling, account_of
from stacking.bars import MOST_SEGMENTS
from stacking.drawing import ICONS, MARGIN, WIDTH, Style, number, width_of, wrap
from stacking.explaining import explain, lines_of
from stacking.palette import DARK, LIGHT, PATTERNS, Palette
from stacking.picture import MOST_LISTED, plan_svg
from stacking.plan_table import plan_table_text
from stacking.texts import ENGLISH
from tests.project import ROOT
from tests.soak import repetitions
from tests.stacking.plan_example import example
from tests.stacking.test_explaining import HOSTILE, TOTAL, lot, planned, rule
from tests.stacking.test_oracle import stack_cases

Row = dict[str, Any]

SVG = "{http://www.w3.org/2000/svg}"
LARGEST = 400_000
"""Most characters of a picture, whatever is drawn."""

TEXT_CONTRAST = 4.5
GRAPHICS_CONTRAST = 3.0
"""WCAG 2.2, success criteria 1.4.3 and 1.4.11 (level AA)."""

NUMBERS = re.compile(r"\d+(?:\.\d+)?(?:/\d+)?")


def drawn(found: StackPlan, **telling: Any) -> ET.Element:
    return ET.fromstring(plan_svg(found, Telling(**telling)))


def texts_of(picture: ET.Element) -> list[str]:
    return [one.text or "" for one in picture.iter(f"{SVG}text")]


def words_of(picture: ET.Element) -> str:
    """Put together again what was broken into lines."""
    return " ".join(texts_of(picture))


def description(picture: ET.Element) -> str:
    return (picture.findtext(f"{SVG}desc") or "").strip()


def of_case(case: Row) -> StackPlan:
    """Plan a worked case; the parser of cases is the product's own."""
    given_, read = stacking.cases, read_award_rule(case["award"])
    return plan(given_._lots(case), read, given_.conditions_of(case))


# Form


def test_the_picture_has_a_name_and_a_description() -> None:
    picture = drawn(planned(lot("a"), by=rule(TOTAL, title="Diploma")))
    title, described = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert title is not None
    assert described is not None
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"
    assert picture.get("lang") == "en"
    assert title.text == "Diploma: NOT YET"
    assert "Missing: 20 credits" in description(picture)


def test_the_description_is_the_plan_in_words() -> None:
    found, telling = example()
    picture = ET.fromstring(plan_svg(found, telling))
    assert description(picture) == " ".join(" ".join(explain(found, telling)).split())


def test_ids_are_unique_and_everything_referred_to_is_there() -> None:
    text = plan_svg(*example())
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(set(ids)) == len(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)


def test_two_pictures_on_one_page_have_different_ids() -> None:
    one, other = (planned(lot(name), by=rule(TOTAL)) for name in ("a", "b"))
    ids = [set(re.findall(r'\bid="([^"]+)"', plan_svg(found))) for found in (one, other)]
    assert not ids[0] & ids[1]


def test_it_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    text = plan_svg(*example())
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]
    assert "@" not in re.sub(r"@media (print|\(prefers-color-scheme:dark\))", "", text)
    elements = list(ET.fromstring(text).iter())
    attributes = {name for one in elements for name in one.attrib}
    assert not {name for name in attributes if name.startswith("on") or "href" in name}
    tags = {one.tag.removeprefix(SVG) for one in elements}
    assert tags == {"svg", "title", "desc", "style", "defs", "pattern", "rect", "path", "text"}


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert plan_svg(*example()) == plan_svg(*example())


def test_the_picture_of_the_documentation_is_this_one() -> None:
    stored = (ROOT / "docs/stack-plan.svg").read_text(encoding="utf-8")
    assert stored == plan_svg(*example()), "make picture draws it anew"


# Everything is told


def every_text(account: Account) -> Iterator[str]:
    """Name what must be readable in a picture of a plan that is not cut."""
    yield from (account.headline, account.title, account.summary, *account.notes)
    for asked in account.asked:
        yield from (asked.asks, asked.state, asked.counted, asked.lacking)
    yield from account.conditions
    for share in (*account.institutions, *account.levels):
        yield from (share.amount, share.id)
    for used in (*account.used, *account.unused):
        yield from (used.name, used.amount, used.level, used.mark)
    for dismissed in account.dismissed:
        yield dismissed.name
        for code, reason in dismissed.reasons:
            yield from (code, reason.why, reason.advice)


def squeezed(text: str) -> str:
    """Leave blanks out: a line can end within a long word."""
    return re.sub(r"\s", "", text)


def assert_complete(account: Account, picture: ET.Element) -> None:
    shown = squeezed(words_of(picture))
    assert [text for text in every_text(account) if squeezed(text) not in shown] == []


def test_no_text_is_lost() -> None:
    found, telling = example()
    assert_complete(account_of(found, telling), ET.fromstring(plan_svg(found, telling)))


@settings(
    max_examples=repetitions(30, soak=150),
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(stack_cases())
def test_pictures_of_random_plans_are_sound_and_complete(case: Row) -> None:
    found = of_case(case)
    account, picture = account_of(found, Telling()), drawn(found)
    assert_complete(account, picture)
    assert_within(picture)
    assert_bars_agree(account, picture)
    told = set(NUMBERS.findall(" ".join(lines_of(account))))
    assert told == set(NUMBERS.findall(plan_table_text(found)))
    assert told <= set(NUMBERS.findall(description(picture)))


def test_the_published_cases_can_be_drawn(conformance: Path) -> None:
    published = json.loads((conformance / "frameworks" / "cases.json").read_bytes())["cases"]
    cases = [case["given"] for case in published if case["kind"] == "stack"]
    assert cases
    for case in cases:
        found = of_case(case)
        assert_complete(account_of(found, Telling()), drawn(found))


def assert_bars_agree(account: Account, picture: ET.Element) -> None:
    """Measure the bars: what is drawn in full and hatched is the lower and the upper end."""
    room = WIDTH - 2 * MARGIN
    rows = iter(bars(picture))
    for asked in account.asked:
        ends = [asked.total.high, asked.bounds.least or 0, asked.bounds.most or 0]
        scale = max(ends) or 1
        sure, not_sure = next(rows)
        low, high = asked.total.low, asked.total.high
        assert abs(sure - float(low * room / scale)) < 0.5
        assert abs(sure + not_sure - float(high * room / scale)) < 0.5


def bars(picture: ET.Element) -> Iterator[tuple[float, float]]:
    """Yield for each bar how long its full and its hatched parts are together."""
    lengths: list[float] | None = None
    for one in picture.findall(f"{SVG}rect"):
        fill, width = one.get("fill", ""), float(one.get("width", "0"))
        if one.get("class") == "track":
            if lengths is not None:
                yield lengths[0], lengths[1]
            lengths = [0.0, 0.0]
        elif fill.startswith("url(") and one.get("height") == "22" and lengths is not None:
            lengths["-open-" in fill] += width
    if lengths is not None:
        yield lengths[0], lengths[1]


def assert_within(picture: ET.Element) -> None:
    """Say that no text runs out of the picture, by the broadest fonts."""
    for one in picture.iter(f"{SVG}text"):
        x = float(one.get("x", "0"))
        style = Style(int(one.get("font-size", "0")), is_bold=one.get("font-weight") == "bold")
        width = float(width_of(one.text or "", style))
        start = {"start": x, "middle": x - width / 2, "end": x - width}
        left = start[one.get("text-anchor", "start")]
        assert left >= 0, one.text
        assert left + width <= WIDTH, one.text


# Foreign names


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_strings_stay_text(name: str) -> None:
    by = rule(
        TOTAL,
        {"type": "min_in_category", "category": name or "x", "amount": "1"},
        {"type": "min_grade", "scale": [name, "C"], "min": name, "where": {"category": "no"}},
        title=name[:200],
    )
    one = lot(name, institution=name, categories=frozenset({name}))
    picture = drawn(planned(one, by=by), lots={name: name}, institutions={name: name})
    tags = {one.tag.removeprefix(SVG) for one in picture.iter()}
    assert tags <= {"svg", "title", "desc", "style", "defs", "pattern", "rect", "path", "text"}
    assert all(text.isprintable() for text in texts_of(picture))
    assert_within(picture)


@settings(max_examples=repetitions(40, soak=200), database=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_name_makes_a_sound_picture(name: str, institution: str) -> None:
    found = planned(lot(name, institution=institution), by=rule(TOTAL))
    picture = drawn(found, lots={name: institution}, institutions={institution: name})
    assert_within(picture)
    assert not set(words_of(picture)) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


# Limits


def many(count: int, institutions: int) -> tuple[Lot, ...]:
    return tuple(
        lot(f"lot {place}", "1/3", str(place % 10 + 1), institution=f"did:x:{place % institutions}")
        for place in range(count)
    )


@pytest.mark.parametrize("institutions", [1, 8, 9, 5_000])
def test_thousands_of_lots_make_a_small_picture_that_says_how_many_more(institutions: int) -> None:
    lots, old = many(5_000, institutions), {"type": "min_level", "level": "5"}
    found = planned(
        *lots, by=rule(TOTAL, old, {"type": "min_at_level", "level": "7", "amount": "9"})
    )
    text = plan_svg(found)
    assert len(text) < LARGEST
    account = account_of(found, Telling())
    assert len(account.used) + len(account.dismissed) == 5_000
    words = words_of(ET.fromstring(text))
    for entries in (account.used, account.dismissed):
        assert f"and {len(entries) - MOST_LISTED} more" in words
    assert f"Counted: {account.asked[0].counted.split()[1]}" in words
    if institutions > len(MARKS):
        assert f"{len(account.institutions) - len(MARKS) + 1} other institutions" in words


def test_the_largest_picture_is_bounded() -> None:
    """Every list is as long as can be, with names as long as can be."""
    asked = [
        {"type": "min_in_category", "category": f"{n}" * 500, "amount": "9"} for n in range(99)
    ]
    conditions = [{"type": "min_grade", "scale": ["C" * 900], "min": "C" * 900}] * 99
    categories = frozenset(row["category"] for row in asked)
    lots = [
        lot(
            f"{place}" * 500,
            "1",
            None,
            institution=f"{place}" * 500,
            categories=categories,
            grade="C" * 900 if place % 2 else None,
        )
        for place in range(300)
    ]
    assert len(plan_svg(planned(*lots, by=rule(*asked, *conditions)))) < LARGEST


def test_a_bar_shows_lots_singly_while_they_can_be_seen() -> None:
    for count, marks in ((MOST_SEGMENTS, MOST_SEGMENTS), (MOST_SEGMENTS + 1, 1)):
        lots = [lot(f"n{place}", institution="did:x:one") for place in range(count)]
        picture = drawn(planned(*lots, by=rule({"type": "sum", "min": "1"})))
        parts = [one for one in picture.findall(f"{SVG}rect") if "-sure-0" in one.get("fill", "")]
        first_bar = [one for one in parts if one.get("y") == parts[0].get("y")]
        assert len(first_bar) == marks


# For every eye


def luminance(colour: str) -> float:
    """WCAG 2.2: relative luminance of an sRGB colour."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_by_its_definition() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_and_graphics_have_enough_contrast(palette: Palette) -> None:
    for colour in (palette.ink, palette.soft, palette.met, palette.unmet, palette.open):
        assert contrast(colour, palette.paper) >= TEXT_CONTRAST
    # What is missing is written on the empty part of a bar.
    assert contrast(palette.unmet, palette.track) >= TEXT_CONTRAST
    for colour in (palette.line, *palette.fills):
        assert contrast(colour, palette.paper) >= GRAPHICS_CONTRAST
    for colour in palette.fills:
        assert contrast(colour, palette.track) >= GRAPHICS_CONTRAST


def test_every_letter_has_a_colour_and_a_pattern_of_its_own() -> None:
    for palette in (LIGHT, DARK):
        assert len(set(palette.fills)) == len(MARKS)
    assert len(set(PATTERNS)) == len(MARKS)
    assert len(set(ICONS.values())) == len(ICONS)


def test_every_state_has_a_word_beside_its_colour() -> None:
    open_and_met = (TOTAL, {"type": "min_at_level", "level": "5", "amount": "30"})
    found = planned(lot("a", "25"), lot("b", "10", None), by=rule(*open_and_met))
    told = texts_of(drawn(found))
    assert "Met." in told
    assert any(line.startswith("Not certain.") for line in told)
    assert ENGLISH.headlines[found.outcome] in " ".join(told)


def test_no_text_is_smaller_than_twelve_pixels_on_a_telephone() -> None:
    picture = ET.fromstring(plan_svg(*example()))
    assert picture.get("viewBox", "").startswith(f"0 0 {WIDTH} ")
    sizes = {int(one.get("font-size", "0")) for one in picture.iter(f"{SVG}text")}
    assert min(sizes) >= 12


def test_what_is_not_certain_is_hatched_and_what_is_certain_is_not() -> None:
    text = plan_svg(*example())
    assert re.search(r'fill="url\(#plan-[0-9a-f]+-open-1\)"[^>]*stroke-dasharray', text)
    sure = plan_svg(planned(lot("a"), by=rule(TOTAL)))
    assert sure.count("-open-0)") == 1, "only in the legend"


# Drawing


@given(st.fractions(min_value=-1000, max_value=1000))
def test_lengths_are_written_to_a_hundredth(value: Fraction) -> None:
    assert abs(Fraction(number(value)) - value) <= Fraction(1, 200)
    assert re.fullmatch(r"-?\d+(\.\d{1,2})?", number(value))


@given(st.text(st.characters(categories=["L", "N", "P"]), max_size=60), st.integers(40, 300))
def test_wrapped_text_is_whole_and_fits(text: str, width: int) -> None:
    style = Style()
    lines = wrap(text, width, style)
    assert "".join(lines) == text
    assert all(width_of(line, style) <= width for line in lines)


def test_words_are_kept_whole_where_they_fit() -> None:
    assert wrap("one two three", width_of("one two", Style()), Style()) == ["one two", "three"]


# Bars


def rects(picture: ET.Element, **wanted: str) -> list[tuple[float, float]]:
    """Name where the rectangles with these attributes begin and end."""
    found = [
        one
        for one in picture.findall(f"{SVG}rect")
        if all(value in one.get(name, "") for name, value in wanted.items())
    ]
    begins = [float(one.get("x", "0")) for one in found]
    return [(x, x + float(one.get("width", "0"))) for x, one in zip(begins, found, strict=True)]


def lines_of_bounds(picture: ET.Element) -> list[float]:
    paths = [one for one in picture.findall(f"{SVG}path") if one.get("class") == "bound"]
    return [float(re.split("[M ]", one.get("d", ""))[1]) for one in paths]


def test_what_is_missing_is_drawn_from_what_is_there_to_what_is_asked() -> None:
    picture = drawn(planned(lot("a", "10"), by=rule(TOTAL)))
    [(start, end)] = rects(picture, **{"class": "unmet-line"})
    room = WIDTH - 2 * MARGIN
    assert start == pytest.approx(MARGIN + room / 3, abs=3)
    assert end == pytest.approx(MARGIN + room, abs=3)
    assert "20 missing" in texts_of(picture)
    reached = drawn(planned(lot("a", "30"), by=rule(TOTAL)))
    assert rects(reached, **{"class": "unmet-line"}) == []


def test_both_bounds_have_a_line_and_a_label() -> None:
    by = rule({"type": "sum", "min": "10", "max": "20"}, {"type": "sum", "equal": "15"})
    picture = drawn(planned(lot("a", "15"), by=by))
    room = WIDTH - 2 * MARGIN
    expected = [MARGIN + room * share for share in (0.5, 1, 1)]
    assert lines_of_bounds(picture)[:3] == pytest.approx(expected, abs=0.1)
    told = texts_of(picture)
    assert [text for text in ("at least 10", "at most 20", "exactly 15") if text not in told] == []


def test_marks_stand_within_their_part_and_not_on_the_line_of_a_bound() -> None:
    lots = [lot(f"n{place}", amount) for place, amount in enumerate(("1", "2", "50", "1", "40"))]
    picture = drawn(planned(*lots, by=rule({"type": "sum", "min": "40"})))
    [line, _legend] = lines_of_bounds(picture)
    parts = rects(picture, fill="-sure-0", height="22")[: len(lots)]
    plates = rects(picture, rx="3", height="16")[:2]
    assert "A3" in texts_of(picture)
    assert all(any(x <= start and end <= y for x, y in parts) for start, end in plates)
    assert all(not start < line < end for start, end in plates)
    assert plates[0][1] < line, "the wider side of the line has the mark"
    # The two parts that are broad enough have a mark in the bar, the others only in the list.
    assert [texts_of(picture).count(mark) for mark in ("A1", "A3", "A5")] == [1, 2, 2]


def test_each_constraint_has_the_icon_of_its_state() -> None:
    open_and_met = (TOTAL, {"type": "min_at_level", "level": "5", "amount": "30"})
    found = planned(lot("a", "25"), lot("b", "10", None), by=rule(*open_and_met))
    drawn_icons = [one.get("d") for one in drawn(found).findall(f"{SVG}path")]
    states = [Decision.REFER, *(one.decision for one in found.measures)]
    assert [icon for icon in drawn_icons if icon in ICONS.values()] == [
        ICONS[one] for one in states
    ]


def test_institutions_that_share_a_letter_are_named_with_their_lots() -> None:
    lots = [lot(f"n{place}", institution=f"did:x:college{place}") for place in range(10)]
    told = texts_of(drawn(planned(*lots, by=rule(TOTAL))))
    assert [text for text in told if text.startswith("from ")] == [
        f"from did:x:college{place}" for place in (7, 8, 9)
    ]
