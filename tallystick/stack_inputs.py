"""What the commands about stacking read: the rule, the credentials, registers and ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

import schemas
from frameworks.conversions import Method
from tallystick import verifying
from tallystick.awarding import Planned, RuleInUse, plan_wallet
from tallystick.files import read_text
from tallystick.ledger_file import read_ledger
from tallystick.status_memory_file import memory_in_use
from tallystick.trust_files import read_adopters, read_resolver_map
from tallystick.using_registers import REGISTER, TRUST, registers_in_use
from tallystick.wallet_files import read_wallet

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


def plan_for(rule_file: str, files: tuple[str, ...], asked: Asked, now: datetime) -> Planned:
    """Read everything, verify the credentials and plan."""
    resolver = read_resolver_map(asked.resolver_map)
    registers = registers_in_use(asked.register_files, asked.trust_files, resolver, now)
    ruled = RuleInUse.read(read_rule(rule_file), asked.institution, registers, now.date())
    world = verifying.verifying_world(
        at=now,
        resolver=resolver,
        registers=registers,
        recipient=asked.learner,
        adopters=read_adopters(asked.trust_files),
        status_memory=memory_in_use(),
    )
    wallet = read_wallet(files, world, ruled.rule, registers)
    return plan_wallet(wallet, ruled, resolver, read_ledger(asked.ledger), asked.method)


def read_rule(name: str) -> str:
    """Read the text of an award rule from a file, or by its name among those that come along."""
    shipped = schemas.award_rules()
    text = shipped.get(f"{name}.toml") if not Path(name).exists() else None
    return read_text(name) if text is None else text
