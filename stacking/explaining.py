"""A plan in plain words: what is asked, what is there, what is missing, what does not count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from stacking.account import Account, Asked, Dismissed, LotTold, Share, Telling, account_of
from stacking.planning import StackPlan

_Item = TypeVar("_Item")


def explain(plan: StackPlan, telling: Telling | None = None) -> tuple[str, ...]:
    """Write a plan as lines of text; every lot and every reason is in them."""
    return tuple(lines_of(account_of(plan, telling or Telling())))


def shown_of(items: Sequence[_Item], most: int | None) -> tuple[Sequence[_Item], int]:
    """Take the first `most` of a list (None: all), and count the others."""
    shown = items if most is None else items[:most]
    return shown, len(items) - len(shown)


def lines_of(account: Account, most: int | None = None) -> Iterator[str]:
    """Write an account as lines; of each list the first `most`, then how many more there are."""
    phrases = account.texts.phrases
    yield f"{account.title}: {account.headline}. {account.summary}"
    yield from account.notes
    yield from _section(account, "asked", account.asked, most)
    if account.conditions:
        yield from _section(account, "conditions", account.conditions, most)
    yield from _section(account, "by_level", account.levels, most)
    yield from _section(account, "by_institution", account.institutions, most)
    yield from _section(account, "used", account.used, most)
    if account.unused:
        yield from _section(account, "unused", account.unused, most)
        yield f"     {phrases['why_unused']}"
    if account.dismissed:
        yield from _section(account, "excluded", account.dismissed, most)


def _section(
    account: Account,
    heading: str,
    items: Sequence[Asked | str | Share | LotTold | Dismissed],
    most: int | None,
) -> Iterator[str]:
    phrases = account.texts.phrases
    yield ""
    yield f"{phrases[heading]}:"
    shown, more = shown_of(items, most)
    for item in shown:
        yield from _lines(item, account)
    if not items:
        yield f"     {phrases['nothing']}"
    if more:
        yield f"     {phrases['and_more'].format(count=more)}."


def _lines(item: Asked | str | Share | LotTold | Dismissed, account: Account) -> Iterator[str]:
    match item:
        case Asked():
            yield f"{item.state}: {item.asks}."
            yield f"     {'. '.join(filter(None, (item.counted, item.lacking)))}."
        case Share():
            known = f" ({item.id})" if item.id not in ("", item.name) else ""
            yield f"     {item.amount}: {item.name}{known}"
        case LotTold():
            facts = f"{item.amount}, {item.level}, {item.source}"
            yield f"{item.mark or '-':4} {item.name}: {facts}"
        case Dismissed():
            yield f"-    {item.name}"
            for code, reason in item.reasons:
                yield f"     {reason.why} [{code}]"
                advice = account.texts.phrases["to_do"].format(advice=reason.advice)
                yield f"     {advice}"
        case _:
            yield f"-    {item}."
