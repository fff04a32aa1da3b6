"""The command that says what one more credential would unlock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

import schemas
from credentials.json_types import pointer_to
from frameworks.amounts import parse_amount
from frameworks.levels import Level
from frameworks.toml_text import TomlError, read_toml
from stacking.explaining import explain
from stacking.lots import Lot
from stacking.plan_json import told
from stacking.unlocking import SmallestLot, Unlock, smallest_lots, unlocks
from tallystick import verifying
from tallystick.awarding import Planned
from tallystick.explaining import printable
from tallystick.files import USAGE, CommandError, read_text
from tallystick.stack_inputs import Asked, asking, plan_for


@click.command("unlock")
@click.argument("rule_file", metavar="RULE")
@click.argument("files", metavar="CREDENTIAL...", nargs=-1, required=True)
@click.option("--offers", "offers_file", help="Courses that are offered (TOML).")
@asking
def unlock(rule_file: str, files: tuple[str, ...], offers_file: str | None, asked: Asked) -> None:
    """Tell what one more credential would do for the award RULE.

    Without --offers: the smallest piece of credit that would close each gap.  Nothing is promised:
    a course is taken as it would be if it were passed, with everything else as it is.
    """
    planned = plan_for(rule_file, files, asked, verifying.now())
    offers = () if offers_file is None else read_offers(offers_file)
    lines = _by_offer(planned, offers) if offers else _by_gap(planned)
    click.echo(printable(next(iter(explain(planned.found, planned.telling)))))
    click.echo("\n".join(map(printable, lines)))


def read_offers(file: str) -> tuple[Lot, ...]:
    """Read courses that are offered from a file (TOML); raise `CommandError` for any other."""
    try:
        members = read_toml(read_text(file))
    except TomlError as error:
        raise CommandError(f"{file} cannot be read: {error.message}.", USAGE) from error
    fault = best_match(Draft202012Validator(schemas.json_schema("offers")).iter_errors(members))
    if fault is not None:
        place = pointer_to(fault.absolute_path)
        raise CommandError(f"{file}: {fault.message[:300]} (at {place}).", USAGE)
    return tuple(_lot(one, number) for number, one in enumerate(members["offers"], 1))


def _lot(offer: dict[str, Any], number: int) -> Lot:
    level = offer.get("level")
    return Lot(
        id=f"{number}. {offer['name']}",
        amount=parse_amount(offer["amount"]),
        unit=offer["unit"],
        level=None if level is None else Level(level["framework"], level["code"]),
        categories=frozenset(offer.get("categories", ())),
        component=offer.get("component"),
        institution=offer.get("institution"),
        awarded=verifying.now().date(),
        grade=offer.get("grade"),
        assurance=offer.get("assurance"),
        language=offer.get("language"),
    )


def _by_offer(planned: Planned, offers: tuple[Lot, ...]) -> Iterator[str]:
    lots, rule = planned.wallet.lots, planned.found.rule
    conditions = planned.conditions.for_lots(
        (*lots, *offers), rule, method=planned.context.method, ledger=planned.context.ledger
    )
    for one in unlocks(lots, offers, (rule,), conditions):
        yield from _unlocked(one)


def _unlocked(one: Unlock) -> Iterator[str]:
    (change,) = one.changes
    yield f"{one.offer.id}: {change.before.value} becomes {change.after.value}"
    for name, before in change.shortfalls_before.items():
        after = change.shortfalls_after.get(name)
        then = "nothing" if after is None else told(after)
        yield f"     {name}: missing {told(before)}, then {then}"


def _by_gap(planned: Planned) -> Iterator[str]:
    lots, found = planned.wallet.lots, planned.found
    conditions = planned.conditions.for_lots(
        lots, found.rule, method=planned.context.method, ledger=planned.context.ledger
    )
    gaps = smallest_lots(found, lots, conditions)
    if not gaps:
        yield "Nothing is missing that one more piece of credit would close."
    for one in gaps:
        yield _gap(one)


def _gap(one: SmallestLot) -> str:
    name, lot = one.requirement.id, one.lot
    if lot is None:
        return f"{name}: no single piece of credit would close this gap"
    facts = [f"{lot.amount} {lot.unit}"]
    facts += [f"at level {lot.level.code}"] if lot.level is not None else []
    facts += [f"in {category}" for category in sorted(lot.categories)]
    facts += [f"component {lot.component}"] if lot.component is not None else []
    facts += [f"from {lot.institution}"] if lot.institution is not None else []
    return f"{name}: {', '.join(facts)} would close it; the award is then {one.after.value}"
