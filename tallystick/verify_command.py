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
from tallystick.telling import EXIT_STATUS, Keep, verify_and_tell
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
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --parquet, new file for the verdicts: .parquet, .csv or .jsonl.",
)
@click.option(
    "--receipt",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a signed receipt of what was found to this file.",
)
@click.option("--key", "uri", help="URI of the key that signs the receipt (file:, signer:).")
@click.pass_context
def verify(
    context: click.Context,
    /,
    file: str,
    as_json: bool,
    refresh: bool,
    memory_file: Path | None,
    table: Path | None,
    workbook: Path | None,
    out: Path | None,
    many: Many,
    receipt: Path | None,
    uri: str | None,
    **options: Any,
) -> None:
    """Verify a credential or presentation, a stream of them, or a folder.

    Documents of issuers and status lists are fetched from public https servers, unless
    --resolver-map or --offline (or TALLYSTICK_OFFLINE=1) says otherwise.

    With --jsonl, each line is a credential (JSON or a token) and each line of the output its
    verdict; a summary ends on standard error.  With --parquet, each row has one in a column, and
    verdicts go to --out, or to lines.  A folder or a ZIP archive needs --csv or --xlsx;
    if a folder in it cannot be read, nothing is verified (74).

    With --receipt and --key, what was found is signed: docs/receipts.md.

    Exit status: 0 valid, 1 not valid, 2 cannot be decided, 64 called wrongly, 70 a defect of the
    software, 74 a file or stream failed; of many, 1 if any is not valid, else 2.
    """
    asked = _asked(**options)
    tables = (table, workbook)
    if many.is_asked_for or any(tables):
        _require_no_memory(needs_one_process=any((refresh, memory_file, receipt, uri)))
        context.exit(_verify_many(file, asked, many, tables, out, as_json=as_json))
    keeps = _receipt(receipt, uri, asked)
    world = asked.world(memory_in_use(memory_file))
    told = verify_and_tell(read_input(file), world, as_json=as_json, refreshes=refresh, keeps=keeps)
    context.exit(EXIT_STATUS[told])


def _receipt(out: Path | None, uri: str | None, asked: Asked) -> Keep | None:
    """Choose what writes the receipt; what signs is loaded only where one is wanted."""
    if out is None and uri is None:
        return None
    from tallystick.receipts import ReceiptWanted

    wanted = ReceiptWanted.of(out, uri)
    return lambda data, found, world: wanted.write(data, found, world, asked.trust_files)


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


def _require_no_memory(*, needs_one_process: bool) -> None:
    """Refuse for many what keeps something from one document to the next."""
    if needs_one_process or settings.status_memory_file() is not None:
        text = (
            "--refresh, --status-memory and --receipt are for one credential: leave out --jsonl, "
            "--parquet, --csv and --xlsx."
        )
        raise CommandError(text, USAGE)


def _verify_many(
    file: str,
    asked: Asked,
    many: Many,
    tables: tuple[Path | None, Path | None],
    out: Path | None,
    *,
    as_json: bool,
) -> int:
    """Verify lines, rows, a folder or an archive."""
    from tallystick.streams import verify_stream
    from tallystick.streams.verifying_work import VerifyLines

    if out is not None and not many.is_parquet:
        raise CommandError("--out is for the verdicts on rows: --parquet.", USAGE)
    if many.is_parquet:
        return verify_stream.verify_rows(file, VerifyLines(asked, as_json), out, many)
    if not any(tables):
        return verify_stream.verify_lines(file, VerifyLines(asked, as_json), many)
    return verify_stream.verify_folder(Path(file), asked, verify_stream.Tables(*tables), many)
