"""The registers that a command uses: named editions, kept ones, and the reference."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

import click

from keys.did import Resolver
from tallystick import settings, verifying
from tallystick.explaining import printable
from verifier.checks.world import RegistersInUse

if TYPE_CHECKING:
    from frameworks.registers import Registers
    from tallystick.register_files import EditionStore

TRUST = "File with issuers that you know, and authorities that you believe."
REGISTER = "Signed register to hold values to, besides those in use and the reference."


def registers_in_use(
    files: tuple[str, ...],
    trust_files: tuple[str, ...],
    resolver: Resolver | None,
    at: datetime,
) -> Registers:
    """Open the registers in use; what is not used is told on standard error.

    Without any file the reference is all there is: kept editions count only if somebody who signs
    them is believed.
    """
    if not (files or trust_files):
        return _reference_alone()
    from tallystick.register_files import EditionStore, open_registers
    from tallystick.trust_files import read_authorities

    store = EditionStore(settings.registers_folder())
    registers = open_registers(
        files,
        world=verifying.verifying_world(at=at, resolver=resolver),
        authorities=read_authorities(trust_files),
        store=store,
    )
    tell_left_out(store)
    return registers


def registers_when_asked(
    files: tuple[str, ...],
    trust_files: tuple[str, ...],
    resolver: Resolver | None,
    at: datetime,
) -> RegistersInUse:
    """Open the registers in use, or put that off: without any file the reference is all there is.

    Reading the reference takes its time, and many credentials state no value.
    """
    if files or trust_files:
        registers = registers_in_use(files, trust_files, resolver, at)
        return lambda: registers
    return cache(_reference_alone)


def _reference_alone() -> Registers:
    from frameworks.registers import Registers
    from tallystick.bundled_register import reference

    return Registers.of((), reference())


def tell_left_out(store: EditionStore) -> None:
    """Tell on standard error which kept editions are not used, and why."""
    for line in store.left_out.values():
        click.echo(printable(line), err=True)
