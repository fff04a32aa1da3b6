"""A plan in plain words: what is asked, what is there, what is missing, what does not count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from stacking.account import Account, Asked, Dismissed, Entry, LotTold, Share, Telling, account_of
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
    for heading, entries in account.sections:
        yield ""
        yield f"{phrases[heading]}:"
        shown, more = shown_of(entries, most)
        for entry in shown:
            yield from _lines(entry, account)
        if not entries:
            yield f"     {phrases['nothing']}"
        if more:
            yield f"     {phrases['and_more'].format(count=more)}."
        if heading == "unused":
            yield f"     {phrases['why_unused']}"


def _lines(item: Entry, account: Account) -> Iterator[str]:
    match item:
        case Asked():
            yield f"{item.state}: {item.asks}."
            yield f"     {'. '.join(filter(None, (item.counted, item.lacking)))}."
        case Share():
            yield f"     {item.amount}: {item.full_name}"
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
