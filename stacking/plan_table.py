"""A plan as tables of text: what the picture shows, complete, for those who do not see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stacking.account import Account, Dismissed, LotTold, Share, Telling, account_of
from stacking.planning import StackPlan

BAR = "|"
BAR_IN_A_CELL = "\u00a6"
"""A broken bar stands for a bar in a name, which would end its cell."""


def plan_table_text(plan: StackPlan, telling: Telling | None = None) -> str:
    """Write a plan as tables: cells between bars, one row a line, a title before each table.

    Nothing is left out of a table, however long it gets.
    """
    return "\n".join(_lines(account_of(plan, telling or Telling()))) + "\n"


def _lines(account: Account) -> Iterator[str]:
    texts = account.texts
    yield f"{account.title}: {account.headline}. {account.summary}"
    yield from account.notes
    asked = [(one.state, one.asks, one.counted, one.lacking) for one in account.asked]
    yield from _table(account, "asked", ("state", "asked", "counted", "missing"), asked)
    if account.conditions:
        rows = [(one,) for one in account.conditions]
        yield from _table(account, "conditions", ("asked",), rows)
    levels = [(one.name, one.amount) for one in account.levels]
    yield from _table(account, "by_level", ("level", "amount"), levels)
    shares = list(map(_institution_row, account.institutions))
    columns = ("mark", "institution", "amount")
    yield from _table(account, "by_institution", columns, shares)
    lots = ("mark", "name", "amount", "level", "institution")
    yield from _table(account, "used", lots, list(map(_lot_row, account.used)))
    if account.unused:
        yield from _table(
            account, "unused", lots[1:], [_lot_row(one)[1:] for one in account.unused]
        )
        yield texts.phrases["why_unused"]
    if account.dismissed:
        dismissed = list(map(_dismissed_row, account.dismissed))
        yield from _table(account, "excluded", ("name", "reason"), dismissed)


def _institution_row(share: Share) -> tuple[str, ...]:
    known = f" ({share.id})" if share.id not in ("", share.name) else ""
    return share.mark, share.name + known, share.amount


def _lot_row(lot: LotTold) -> tuple[str, ...]:
    return lot.mark, lot.name, lot.amount, lot.level, lot.source


def _dismissed_row(one: Dismissed) -> tuple[str, ...]:
    told = (f"{reason.why} {reason.advice} [{code}]" for code, reason in one.reasons)
    return one.name, " ".join(told)


def _table(
    account: Account, heading: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]]
) -> Iterator[str]:
    phrases = account.texts.phrases
    yield ""
    yield f"{phrases[heading]}:"
    if not rows:
        yield phrases["nothing"]
        return
    yield _row([phrases[f"column_{name}"] for name in columns])
    yield _row(["---"] * len(columns))
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    shown = (cell.replace(BAR, BAR_IN_A_CELL) for cell in cells)
    return f"{BAR} {f' {BAR} '.join(shown)} {BAR}"
