"""The registers that a command uses: named editions, kept ones, and the reference."""

from __future__ import annotations

from datetime import datetime

import click

from frameworks.registers import Registers
from keys.did import Resolver
from tallystick import settings, verifying
from tallystick.explaining import printable
from tallystick.register_files import EditionStore, open_registers
from tallystick.trust_files import read_authorities

TRUST = "File with issuers that you know, and authorities that you believe."
REGISTER = "Signed register to hold values to, besides those in use and the reference."


def registers_in_use(
    files: tuple[str, ...],
    trust_files: tuple[str, ...],
    resolver: Resolver | None,
    at: datetime,
) -> Registers:
    """Open the registers in use; what is not used is told on standard error."""
    store = EditionStore(settings.registers_folder())
    registers = open_registers(
        files,
        world=verifying.verifying_world(at=at, resolver=resolver),
        authorities=read_authorities(trust_files),
        store=store,
    )
    tell_left_out(store)
    return registers


def tell_left_out(store: EditionStore) -> None:
    """Tell on standard error which kept editions are not used, and why."""
    for line in store.left_out.values():
        click.echo(printable(line), err=True)
