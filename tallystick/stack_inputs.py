"""What the commands about stacking read: the rule, the credentials, registers and ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

import schemas
from credentials.json_types import JsonObject
from frameworks.conversions import Method
from frameworks.registers import Registers
from keys.did import MappingResolver
from stacking import AwardRule, StackPlan, plan
from stacking.account import Telling
from stacking.lots import LedgerEntry, Lot
from stacking.plan_names import names_in
from stacking.register_conditions import RegisterConditions
from stacking.rule_text import read_rule_text, rule_of_text
from stacking.stack_proof import PlanningContext, StackProof, write_proof
from tallystick import verifying
from tallystick.files import CommandError, read_text
from tallystick.ledger_file import read_ledger
from tallystick.status_memory_file import memory_in_use
from tallystick.trust_files import read_adopters, read_resolver_map
from tallystick.using_registers import REGISTER, TRUST, registers_in_use
from tallystick.wallet_files import Wallet, read_wallet

Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """The options that all commands about stacking share, as they were given."""

    trust_files: tuple[str, ...]
    register_files: tuple[str, ...]
    resolver_map: str | None
    institution: str | None
    method: str | None
    learner: str | None
    ledger: Path | None


def asking(command: Command) -> Command:
    """Give a command the options of `Asked`, and hand them to it as one."""

    def run(**options: Any) -> Any:
        asked = Asked(**{name: options.pop(name) for name in Asked.__slots__})
        return command(asked=asked, **options)

    run.__doc__ = command.__doc__
    for decorate in (
        click.option("--trust", "trust_files", multiple=True, help=TRUST),
        click.option("--register", "register_files", multiple=True, help=REGISTER),
        click.option("--resolver-map", help="JSON object: URL to local file; the only source."),
        click.option("--institution", help="Who makes the award, if the rule does not say."),
        click.option(
            "--method", type=click.Choice([one.value for one in Method]), help="How to convert."
        ),
        click.option("--learner", help="Whose the credentials must be: id or mail address."),
        click.option(
            "--ledger",
            # A link stands for the ledger that it leads to: it is locked and replaced there.
            type=click.Path(path_type=Path, dir_okay=False, resolve_path=True),
            help="File of what credit is in use or spent.",
        ),
    ):
        run = decorate(run)
    return run


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and everything that it was made from."""

    found: StackPlan
    wallet: Wallet
    members: JsonObject
    registers: Registers
    resolver: MappingResolver | None
    conditions: RegisterConditions
    context: PlanningContext
    names: Mapping[str, str]
    """What units and frameworks are called."""

    @property
    def telling(self) -> Telling:
        """What the plan is told with."""
        ladders = self.conditions.conditions.ladders
        return Telling(
            names=self.names,
            lots=self.wallet.lot_names,
            institutions=self.wallet.issuer_names,
            ladder=ladders.get(self.found.rule.framework or ""),
            left_out=self.wallet.left_out,
        )

    @property
    def unit_token(self) -> str:
        """How credentials name the unit of the rule."""
        unit = self.found.rule.unit
        for day in self.conditions.days:
            for token, row in day.units_by_token.items():
                if row.id == unit:
                    return token
        return unit

    def proof(self) -> StackProof:
        """Write the proof of the plan, each credential once.

        Raises `CommandError` if the learner is not named by an id: then nothing ties the
        credentials to one person.
        """
        if self.context.subject is None:
            text = "A stack proof is about one learner; these credentials name none by an id."
            raise CommandError(text)
        by_id: dict[str, Lot] = {}
        for lot in self.wallet.lots:
            by_id.setdefault(lot.id, lot)
        lots = tuple(by_id.values())
        return _proof(self, lots, _about(self.context.ledger, lots))

    def proof_of_use(self) -> StackProof:
        """Write the proof of the used lots alone, of which no earlier use stands in the way.

        Other lots, and other awards of the learner, are nobody else's business.
        """
        used = tuple(one.lot for one in self.found.eligible if one.lot.id in self.found.use)
        return _proof(self, used, ())


def _proof(planned: Planned, lots: tuple[Lot, ...], ledger: tuple[LedgerEntry, ...]) -> StackProof:
    rule, context = planned.found.rule, replace(planned.context, ledger=ledger)
    conditions = planned.conditions.for_lots(lots, rule, method=context.method, ledger=ledger)
    return write_proof(plan(lots, rule, conditions), lots, planned.members, context)


def _about(ledger: tuple[LedgerEntry, ...], lots: tuple[Lot, ...]) -> tuple[LedgerEntry, ...]:
    """Choose the entries about some lots; what else an institution has awarded stays private."""
    names = {lot.id for lot in lots}
    digests = {digest for lot in lots for digest in lot.known_by}
    return tuple(entry for entry in ledger if entry.digest in digests or entry.lot in names)


def plan_for(rule_file: str, files: tuple[str, ...], asked: Asked, now: datetime) -> Planned:
    """Read everything, verify the credentials and plan."""
    resolver = read_resolver_map(asked.resolver_map)
    registers = registers_in_use(asked.register_files, asked.trust_files, resolver, now)
    rule, members, conditions = _rule(rule_file, asked.institution, registers, now)
    world = verifying.verifying_world(
        at=now,
        resolver=resolver,
        registers=registers,
        recipient=asked.learner,
        adopters=read_adopters(asked.trust_files),
        status_memory=memory_in_use(),
    )
    wallet = read_wallet(files, world, rule, registers)
    context = PlanningContext(
        sources=conditions.sources,
        planned_on=now.date(),
        method=asked.method,
        ledger=read_ledger(asked.ledger),
        subject=wallet.subject,
    )
    asked_of = conditions.for_lots(wallet.lots, rule, method=context.method, ledger=context.ledger)
    found = plan(wallet.lots, rule, asked_of)
    names = names_in(registers, now.date())
    return Planned(found, wallet, members, registers, resolver, conditions, context, names)


def read_rule(name: str) -> str:
    """Read the text of an award rule from a file, or by its name among those that come along."""
    shipped = schemas.award_rules()
    text = shipped.get(f"{name}.toml") if not Path(name).exists() else None
    return read_text(name) if text is None else text


def _rule(
    name: str, institution: str | None, registers: Registers, now: datetime
) -> tuple[AwardRule, JsonObject, RegisterConditions]:
    text = read_rule(name)
    changes = {} if institution is None else {"institution": institution}
    members = {**read_rule_text(text), **changes}
    framework = members.get("framework")
    conditions = RegisterConditions.of(
        registers, framework if isinstance(framework, str) else None, now.date()
    )
    known = conditions.conditions
    rule = rule_of_text(text, changes, known.units, known.ladders)
    return rule, members, conditions
