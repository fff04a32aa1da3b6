"""A plan as tables of text: what the picture shows, complete, for those who do not see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stacking.account import (
    Account,
    Asked,
    Dismissed,
    Entry,
    LotTold,
    Share,
    Telling,
    account_of,
)
from stacking.planning import StackPlan

BAR = "|"
BAR_IN_A_CELL = "\u00a6"
"""A broken bar stands for a bar in a name, which would end its cell."""


def plan_table_text(plan: StackPlan, telling: Telling | None = None) -> str:
    """Write a plan as tables: cells between bars, one row a line, a title before each table.

    Nothing is left out of a table, however long it gets.
    """
    return "\n".join(_lines(account_of(plan, telling or Telling()))) + "\n"


COLUMNS = {
    "asked": ("state", "asked", "counted", "missing"),
    "conditions": ("asked",),
    "by_level": ("level", "amount"),
    "by_institution": ("mark", "institution", "amount"),
    "used": ("mark", "name", "amount", "level", "institution"),
    "unused": ("name", "amount", "level", "institution"),
    "excluded": ("name", "reason"),
}
"""The columns of each table."""


def _lines(account: Account) -> Iterator[str]:
    phrases = account.texts.phrases
    yield f"{account.title}: {account.headline}. {account.summary}"
    yield from account.notes
    for heading, entries in account.sections:
        yield ""
        yield f"{phrases[heading]}:"
        if entries:
            columns = COLUMNS[heading]
            yield _row([phrases[f"column_{name}"] for name in columns])
            yield _row(["---"] * len(columns))
            yield from (_row(_cells(entry)) for entry in entries)
        else:
            yield phrases["nothing"]
        if heading == "unused":
            yield phrases["why_unused"]


def _cells(entry: Entry) -> tuple[str, ...]:
    match entry:
        case Asked():
            return entry.state, entry.asks, entry.counted, entry.lacking
        case Share():
            mark = (entry.mark,) if entry.mark else ()
            return *mark, entry.full_name, entry.amount
        case LotTold():
            mark = (entry.mark,) if entry.mark else ()
            return *mark, entry.name, entry.amount, entry.level, entry.source
        case Dismissed():
            told = (f"{reason.why} {reason.advice} [{code}]" for code, reason in entry.reasons)
            return entry.name, " ".join(told)
        case _:
            return (entry,)


def _row(cells: Sequence[str]) -> str:
    shown = (cell.replace(BAR, BAR_IN_A_CELL) for cell in cells)
    return f"{BAR} {f' {BAR} '.join(shown)} {BAR}"
