"""What each constraint of an award rule asks, in words."""

from __future__ import annotations

from fractions import Fraction

from frameworks.amounts import Interval
from stacking.award_rules import (
    AwardRule,
    Cap,
    Components,
    Constraint,
    CountBack,
    ExclusiveUse,
    Filter,
    LanguageIn,
    MaxAge,
    MinAtLevel,
    MinInCategory,
    MinLevel,
    MinOverlap,
    Requirement,
    Residency,
    Selection,
    Sum,
    WholeLotsOnly,
)
from stacking.lots import SourceClass
from stacking.measures import bounds_of
from stacking.plain_words import amount_text, counted_text, noun_for, plain
from stacking.texts import Texts

MOST_LISTED_IN_A_SENTENCE = 12
"""Most components, or grades of a scale, that one sentence lists."""


def noun_of(one: Constraint) -> str:
    """Tell what a constraint counts: credits, or components that are present."""
    return "component" if isinstance(one, Components) else "credit"


def conditions_of(rule: AwardRule) -> tuple[Filter | ExclusiveUse | WholeLotsOnly, ...]:
    """Name the constraints that have no sum: filters and modes, in the order of the rule."""
    return tuple(one for one in rule.constraints if not isinstance(one, Requirement | Cap))


def asked(one: Constraint, texts: Texts) -> str:
    """Say what a constraint asks."""
    if isinstance(one, Cap):
        most, selection = _credits(one.most, texts), selected(one.where, texts)
        return texts.phrases["cap"].format(most=most, selection=selection)
    if isinstance(one, Requirement):
        return _required(one, texts)
    return _condition(one, texts)


def _required(one: Requirement, texts: Texts) -> str:
    phrases, least = texts.phrases, _credits(bounds_of(one).needed, texts)
    match one:
        case Sum():
            return _sum(one, texts)
        case MinAtLevel():
            phrase = phrases["at_or_above" if one.or_above else "at_level"]
            return phrase.format(least=least, level=plain(one.level))
        case MinInCategory():
            phrase = phrases["in_category" if one.level is None else "in_category_at"]
            level = plain(one.level or "")
            return phrase.format(least=least, category=plain(one.category), level=level)
        case Components():
            phrase = "components_all" if one.count == len(one.components) else "components_some"
            listed = _listed(one.components, texts)
            return phrases[phrase].format(count=one.count, components=listed)
        case Residency():
            phrase = "residency" if one.source_classes is None else "residency_of"
            classes = _classes(one.source_classes or frozenset(), texts)
            return phrases[phrase].format(least=least, classes=classes)
        case CountBack():
            return phrases["count_back"].format(least=least)


def _sum(one: Sum, texts: Texts) -> str:
    bounds = bounds_of(one)
    if one.exact is not None:
        phrase = "sum_exact"
    elif bounds.most is None:
        phrase = "sum_least"
    else:
        phrase = "sum_most" if bounds.least is None else "sum_between"
    most = _credits(bounds.most or bounds.needed, texts)
    return texts.phrases[phrase].format(least=_credits(bounds.needed, texts), most=most)


def _condition(one: Filter | ExclusiveUse | WholeLotsOnly, texts: Texts) -> str:
    if isinstance(one, ExclusiveUse):
        return texts.phrases["exclusive_use"]
    selection = selected(one.where, texts)
    if isinstance(one, WholeLotsOnly):
        return texts.phrases["whole_lots_only"].format(selection=selection)
    phrase, facts = _filtering(one, texts)
    return texts.phrases[phrase].format(selection=selection, **facts)


def _filtering(one: Filter, texts: Texts) -> tuple[str, dict[str, str]]:
    """Choose the phrase of a filter, and what it speaks of."""
    match one:
        case MaxAge():
            years = f"{one.years} {noun_for(Fraction(one.years), 'year', texts)}"
            return f"max_age_{one.boundary}", {"years": years, "date": one.reference.isoformat()}
        case MinLevel():
            return "min_level", {"level": plain(one.level)}
        case LanguageIn():
            return "language_in", {"accepted": _listed(one.accepted, texts)}
        case MinOverlap():
            least = f"{amount_text(one.least * 100, texts)} %"
            return "min_overlap", {"least": least, "count": str(len(one.outcomes))}
        case _:
            facts = {"least": plain(one.least), "scale": _listed(one.scale, texts)}
            return f"min_{one.what}", facts


def selected(where: Selection, texts: Texts) -> str:
    """Say which lots a constraint means."""
    parts = [_classes(where.source_classes, texts)] if where.source_classes is not None else []
    parts = parts or [texts.phrases["everything"]]
    if where.category is not None:
        parts.append(texts.phrases["category"].format(category=plain(where.category)))
    if where.is_awarding is not None:
        parts.append(texts.phrases["awarding" if where.is_awarding else "other"])
    return " ".join(parts)


def _classes(classes: frozenset[SourceClass], texts: Texts) -> str:
    return ", ".join(texts.sources[one] for one in SourceClass if one in classes)


def _listed(names: tuple[str, ...], texts: Texts) -> str:
    shown = [plain(name) for name in names[:MOST_LISTED_IN_A_SENTENCE]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" {texts.phrases['and_more'].format(count=more)}" if more else "")


def _credits(amount: Fraction, texts: Texts) -> str:
    return counted_text(Interval.of(amount), "credit", texts)
