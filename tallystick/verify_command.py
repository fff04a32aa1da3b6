"""The command `tallystick verify`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from tallystick import verifying
from tallystick.files import read_input
from tallystick.looking_up import offline_option, resolver_in_use, resolver_map_option
from tallystick.status_memory_file import memory_in_use, status_memory_option
from tallystick.telling import EXIT_STATUS, verify_and_tell
from tallystick.time_option import TimeOption
from tallystick.trust_files import read_adopters, read_trust
from tallystick.using_registers import REGISTER, TRUST, registers_when_asked

KNOWN_SINCE = "When the credential was there already, by dated evidence of your own."


@click.command()
@click.argument("file", metavar="FILE|-")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--at", type=TimeOption(), help="Judge as of this time instead of now.")
@click.option("--trust", "trust_files", multiple=True, help=TRUST)
@click.option("--register", "register_files", multiple=True, help=REGISTER)
@resolver_map_option
@offline_option
@click.option("--challenge", "--nonce", "challenge", help="Challenge that it must answer.")
@click.option("--domain", "--audience", "domain", help="Domain that it must be made for.")
@click.option("--recipient", help="Id or mail address of whom the credential must be about.")
@click.option("--known-since", type=TimeOption(), help=KNOWN_SINCE)
@click.option("--refresh", is_flag=True, help="Follow its refresh service, once.")
@click.option(
    "--accept-undisclosed",
    "accepts_undisclosed",
    is_flag=True,
    help="Take an end or status that a holder does not disclose as not being there.",
)
@status_memory_option
@click.pass_context
def verify(
    context: click.Context,
    /,
    file: str,
    as_json: bool,
    at: datetime | None,
    trust_files: tuple[str, ...],
    register_files: tuple[str, ...],
    resolver_map: str | None,
    offline: bool,
    refresh: bool,
    memory_file: Path | None,
    **expected: Any,
) -> None:
    """Verify a credential or presentation.

    Documents of issuers and status lists are fetched from public https servers, unless
    --resolver-map or --offline (or TALLYSTICK_OFFLINE=1) says otherwise.

    Exit status: 0 valid, 1 not valid, 2 cannot be decided, 64 called wrongly, 70 a defect of the
    software, 74 a file or stream failed.
    """
    now, resolver = at or verifying.now(), resolver_in_use(resolver_map, offline=offline)
    world = verifying.verifying_world(
        at=now,
        resolver=resolver,
        trust=read_trust(trust_files),
        registers=registers_when_asked(register_files, trust_files, resolver, now),
        adopters=read_adopters(trust_files),
        status_memory=memory_in_use(memory_file),
        **expected,
    )
    told = verify_and_tell(read_input(file), world, as_json=as_json, refreshes=refresh)
    context.exit(EXIT_STATUS[told])
