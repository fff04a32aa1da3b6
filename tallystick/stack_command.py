"""The commands about stacking: what credentials add up to under an award rule."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

import schemas
from credentials.errors import VerificationError
from credentials.verified import VerifiedCredential
from frameworks.amounts import Interval, canonical
from frameworks.conversions import Method
from frameworks.level_maps import MapPolicy
from frameworks.registers import Registers
from stacking import AwardRule, Conditions, Outcome, StackPlan, plan, read_award_rule
from stacking.credential_lots import NotALot, lots_of, subject_of
from stacking.lots import Lot
from stacking.measures import Bounds, bounds_of
from tallystick import composition
from tallystick.explaining import printable
from tallystick.files import USAGE, CommandError, read_input, read_text
from tallystick.trust_files import read_adopters, read_resolver_map
from tallystick.using_registers import REGISTER, TRUST, registers_in_use
from verifier.checks.world import World
from verifier.verifier import Verifier

AUTOMATIC = MapPolicy(kinds=frozenset({"referenced", "compared"}), via=frozenset({"eu-eqf"}))
"""Which maps may decide without a person: published and agreed ones, one hop through the EQF."""

EXIT_STATUS = {Outcome.AWARD: 0, Outcome.NOT_YET: 1, Outcome.REFER: 2}


@dataclass(frozen=True, slots=True)
class Wallet:
    """The lots of some credentials, and what was left out before planning, with the reason."""

    lots: tuple[Lot, ...]
    left_out: tuple[NotALot, ...]


@click.group()
def stack() -> None:
    """Find out what credentials of several institutions add up to."""


@stack.command("plan")
@click.argument("rule_file", metavar="RULE")
@click.argument("files", metavar="CREDENTIAL...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@click.option("--trust", "trust_files", multiple=True, help=TRUST)
@click.option("--register", "register_files", multiple=True, help=REGISTER)
@click.option("--resolver-map", help="JSON object: URL to local file; the only source then.")
@click.option("--institution", help="Who would make the award, if the rule does not say.")
@click.option("--method", type=click.Choice([one.value for one in Method]), help="How to convert.")
@click.pass_context
def plan_stack(
    context: click.Context,
    rule_file: str,
    files: tuple[str, ...],
    as_json: bool,
    trust_files: tuple[str, ...],
    register_files: tuple[str, ...],
    resolver_map: str | None,
    institution: str | None,
    method: str | None,
) -> None:
    """Plan the award RULE (a TOML file, or the name of one that comes along).

    Exit status: 0 the award is reached, 1 not yet, 2 a person must decide.
    """
    now, resolver = composition.now(), read_resolver_map(resolver_map)
    registers = registers_in_use(register_files, trust_files, resolver, now)
    rule = _rule(rule_file, institution)
    world = composition.verifying_world(
        at=now, resolver=resolver, registers=registers, adopters=read_adopters(trust_files)
    )
    wallet = _wallet(files, world, rule, registers)
    found = plan(wallet.lots, rule, conditions(registers, wallet.lots, rule, now, method))
    if as_json:
        click.echo(json.dumps(plan_json(found, wallet.left_out), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(map(printable, _in_words(found, wallet.left_out))))
    context.exit(EXIT_STATUS[found.outcome])


def _rule(name: str, institution: str | None) -> AwardRule:
    """Read an award rule from a file, or by its name among those that come along."""
    shipped = schemas.award_rules()
    text = shipped.get(f"{name}.toml") if not Path(name).exists() else None
    try:
        members = tomllib.loads(read_text(name) if text is None else text)
    except tomllib.TOMLDecodeError as error:
        raise CommandError(f"{name} is not TOML: {error}.", USAGE) from error
    if institution is not None:
        members = {**members, "institution": institution}
    return read_award_rule(members)


def _wallet(files: tuple[str, ...], world: World, rule: AwardRule, registers: Registers) -> Wallet:
    """Verify the credentials and read their lots; all must be about whom the first is about."""
    lots: list[Lot] = []
    left_out: list[NotALot] = []
    subject: str | None = None
    for file in files:
        try:
            verified: VerifiedCredential = Verifier(world).verify(read_input(file))
        except VerificationError as error:
            left_out.append(NotALot(file, error.code))
            continue
        subject = subject or subject_of(verified)
        found, refused = lots_of(
            verified, rule, registers, as_of=world.now.date(), expected_subject=subject
        )
        lots.extend(found)
        left_out.extend(refused)
    return Wallet(tuple(lots), tuple(left_out))


def conditions(
    registers: Registers,
    lots: tuple[Lot, ...],
    rule: AwardRule,
    now: datetime,
    method: str | None = None,
) -> Conditions:
    """Take units, levels, conversions and maps from the registers, the first that has them.

    Only registers that are believed about the award's framework are asked, and the reference.
    Between two units the closest conversion counts, by `method` if one is named.
    """
    framework = rule.framework or ""
    days = [
        source.register.on(now.date())
        for source in registers.in_order_for(framework)
        if source.believed_about(framework) or source.authority is None
    ]
    conversions = [
        next(filter(None, (day.closest_conversions(unit, rule.unit, method) for day in days)), ())
        for unit in sorted({lot.unit for lot in lots} - {rule.unit})
    ]
    return Conditions(
        units={name: unit for day in reversed(days) for name, unit in day.units.items()},
        ladders={name: ladder for day in reversed(days) for name, ladder in day.ladders.items()},
        conversions=tuple(one for group in conversions for one in group),
        maps=tuple(one for day in days for one in day.maps),
        map_policy=AUTOMATIC,
    )


def plan_json(found: StackPlan, left_out: tuple[NotALot, ...]) -> dict[str, Any]:
    """Write a plan: outcome, every constraint with sum, bounds and lots, what does not count."""
    return {
        "award": found.rule.id,
        "outcome": found.outcome.value,
        "award_level": found.award_level,
        "exhaustive": found.is_exhaustive,
        "use": {
            name: "whole" if part is None else canonical(part) for name, part in found.use.items()
        },
        "constraints": [
            {
                "id": one.constraint.id,
                "decision": one.decision.value,
                "sum": told(one.total),
                **_bounds_json(bounds_of(one.constraint)),
                "lots": list(one.lots),
            }
            for one in found.measures
        ],
        "shortfall": {name: told(short) for name, short in found.shortfalls.items()},
        "excluded": [
            *({"lot": one.lot.id, "reasons": list(one.reasons)} for one in found.excluded),
            *({"credential": one.credential, "reasons": [one.reason]} for one in left_out),
        ],
    }


def _bounds_json(bounds: Bounds) -> dict[str, str]:
    ends = {"least": bounds.least, "most": bounds.most}
    return {name: canonical(end) for name, end in ends.items() if end is not None}


def told(interval: Interval) -> str:
    """Write an interval as one number, or as from and to."""
    if interval.number is not None:
        return canonical(interval.number)
    return f"{canonical(interval.low)} to {canonical(interval.high)}"


HEADLINES = {
    Outcome.AWARD: "AWARD. The credentials add up to it.",
    Outcome.NOT_YET: "NOT YET. Something is missing.",
    Outcome.REFER: "A PERSON MUST DECIDE. It depends on what is not certain.",
}
MARKS = {"pass": "ok  ", "fail": "FAIL", "refer": "?   "}


def _in_words(found: StackPlan, left_out: tuple[NotALot, ...]) -> Iterator[str]:
    yield f"{found.rule.title or found.rule.id}: {HEADLINES[found.outcome]}"
    if found.award_level is not None:
        yield f"Level by counting back: {found.award_level}"
    for one in found.measures:
        bounds = bounds_of(one.constraint)
        wanted = " ".join(
            f"{word} {canonical(end)}"
            for word, end in (("at least", bounds.least), ("at most", bounds.most))
            if end is not None
        )
        short = found.shortfalls.get(one.constraint.id)
        lacking = "" if short is None else f", {told(short)} missing"
        lots = " (1 lot)" if len(one.lots) == 1 else f" ({len(one.lots)} lots)"
        mark = MARKS[one.decision.value]
        yield f"{mark} {one.constraint.id}: {told(one.total)}{lots}, {wanted}{lacking}"
    for lot in found.excluded:
        yield f"-    {lot.lot.id} does not count: {', '.join(lot.reasons)}"
    for other in left_out:
        yield f"-    {other.credential} does not count: {other.reason}"
