"""The command `tallystick verify`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from tallystick import settings
from tallystick.asked import Asked
from tallystick.files import USAGE, CommandError, read_input
from tallystick.looking_up import offline_option, resolver_map_option
from tallystick.status_memory_file import memory_in_use, status_memory_option
from tallystick.stream_options import Many, stream_options
from tallystick.telling import EXIT_STATUS, verify_and_tell
from tallystick.time_option import TimeOption
from tallystick.using_registers import REGISTER, TRUST

KNOWN_SINCE = "When the credential was there already, by dated evidence of your own."


@click.command()
@click.argument("file", metavar="FILE|-|FOLDER|ARCHIVE")
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
@stream_options
@click.option(
    "--csv",
    "table",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Verify all files of a folder or ZIP archive, and write one row for each to this file.",
)
@click.option(
    "--xlsx",
    "workbook",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The same, as a workbook (XLSX).",
)
@click.pass_context
def verify(
    context: click.Context,
    /,
    file: str,
    as_json: bool,
    refresh: bool,
    memory_file: Path | None,
    is_jsonl: bool,
    table: Path | None,
    workbook: Path | None,
    workers: int | None,
    cluster: str | None,
    **options: Any,
) -> None:
    """Verify a credential or presentation, a stream of them, or a folder.

    Documents of issuers and status lists are fetched from public https servers, unless
    --resolver-map or --offline (or TALLYSTICK_OFFLINE=1) says otherwise.

    With --jsonl, each line is a credential (JSON or a token) and each line of the output its
    verdict; a summary ends on standard error.  A folder or a ZIP archive needs --csv or --xlsx.

    Exit status: 0 valid, 1 not valid, 2 cannot be decided, 64 called wrongly, 70 a defect of the
    software, 74 a file or stream failed; of many, 1 if any is not valid, else 2.
    """
    asked = _asked(**options)
    tables = (table, workbook)
    if is_jsonl or any(tables):
        many = Many(workers, cluster, as_json=as_json)
        context.exit(_verify_many(file, asked, many, tables, refresh or memory_file is not None))
    world = asked.world(memory_in_use(memory_file))
    told = verify_and_tell(read_input(file), world, as_json=as_json, refreshes=refresh)
    context.exit(EXIT_STATUS[told])


def _asked(
    *,
    at: datetime | None,
    trust_files: tuple[str, ...],
    register_files: tuple[str, ...],
    resolver_map: str | None,
    offline: bool,
    **expected: Any,
) -> Asked:
    further = tuple(expected.items())
    return Asked(at, trust_files, register_files, resolver_map, offline, further)


def _verify_many(
    file: str,
    asked: Asked,
    many: Many,
    tables: tuple[Path | None, Path | None],
    needs_one_process: bool,
) -> int:
    """Verify lines or a folder; what keeps something from one document to the next is refused."""
    if needs_one_process or settings.status_memory_file() is not None:
        text = (
            "--refresh and --status-memory are for one credential: leave out --jsonl, --csv and "
            "--xlsx."
        )
        raise CommandError(text, USAGE)
    from tallystick.streams import verify_stream
    from tallystick.streams.verifying_work import VerifyLines

    if not any(tables):
        return verify_stream.verify_lines(file, VerifyLines(asked, many.as_json), many)
    return verify_stream.verify_folder(Path(file), asked, verify_stream.Tables(*tables), many)
