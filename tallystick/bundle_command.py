"""The commands `tallystick bundle` and `tallystick unbundle`: verifying years later, offline."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from credentials.timestamps import format_timestamp
from keys.did import NoNetworkResolver, Resolver
from tallystick import composition, settings, verifying
from tallystick.bundles import Judged, Opened, Packing, judge_all, open_for_reading
from tallystick.explaining import explain, explain_difference, printable
from tallystick.files import FAILURE, CommandError, read_input, write_output
from tallystick.looking_up import offline_option, resolver_in_use, resolver_map_option
from tallystick.telling import EXIT_STATUS
from tallystick.time_option import TimeOption
from tallystick.trust_files import read_adopters, read_trust
from tallystick.using_registers import REGISTER, TRUST, registers_in_use
from verifier.bundles import BUNDLE_LIMITS, PackedFile, bundle_document, serialize_bundle
from verifier.report import Verdict
from verifier.sources import Lookups
from verifier.verifier import Verifier

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
KEY = "Key that signs the bundle (file:PATH); without one it is for yourself only."
BELIEVE = "Believe an unsigned bundle about what others had published: one that you packed."
EXTRACT = "Folder for the credentials, as they were packed."
WORST_FIRST = (Verdict.INVALID, Verdict.INDETERMINATE, Verdict.VALID)


@click.command()
@click.argument("files", metavar="CREDENTIAL...", nargs=-1, required=True)
@click.option("--out", required=True, type=FILE, help="File for the bundle.")
@click.option("--key", "uri", help=KEY)
@click.option("--trust", "trust_files", multiple=True, help=TRUST)
@click.option("--register", "register_files", multiple=True, help=REGISTER)
@resolver_map_option
@offline_option
def bundle(
    files: tuple[str, ...],
    out: Path,
    uri: str | None,
    trust_files: tuple[str, ...],
    register_files: tuple[str, ...],
    resolver_map: str | None,
    offline: bool,
) -> None:
    """Verify each CREDENTIAL, and pack it with everything that this took.

    Documents of issuers, status lists, registers and the digests of contexts are in the bundle, so
    that "tallystick unbundle" needs no network, however late.
    """
    now, packing = verifying.now().replace(microsecond=0), Packing()
    resolver = _noting(resolver_in_use(resolver_map, offline=offline), packing)
    world = verifying.verifying_world(
        at=now,
        resolver=resolver,
        trust=read_trust(trust_files),
        registers=registers_in_use(register_files, trust_files, resolver, now),
        adopters=read_adopters(trust_files),
    )
    for file in files:
        data = read_input(file)
        report = Verifier(world).check(data)
        if report.verdict is not Verdict.VALID:
            click.echo(explain(report), nl=False, err=True)
            raise CommandError(f"{file} is not valid now, so nothing was packed.", FAILURE)
        packing.add(Path(file).name, data)
    packing.add_registers(register_files)
    key = None if uri is None else settings.signing_key(uri)
    document = bundle_document(
        packing.bundle(now),
        identifier=composition.new_id(),
        issuer=None if key is None else key.record.controller,
    )
    signed = document if key is None else composition.sign_bundle(key, document)
    write_output(out, serialize_bundle(signed))
    click.echo(f"Packed into {out}: {packing.told()}.")


def _noting(resolver: Resolver, packing: Packing) -> Resolver:
    if isinstance(resolver, Lookups):
        return resolver.noting(packing.note)
    return NoNetworkResolver()


@click.command()
@click.argument("file", metavar="BUNDLE")
@click.option("--trust", "trust_files", multiple=True, help=TRUST)
@click.option("--believe-unsigned", "believes_unsigned", is_flag=True, help=BELIEVE)
@click.option("--at", type=TimeOption(), help="The later time to judge as of, instead of now.")
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON.")
@click.option("--extract", type=FOLDER, help=EXTRACT)
@click.pass_context
def unbundle(
    context: click.Context,
    /,
    file: str,
    trust_files: tuple[str, ...],
    believes_unsigned: bool,
    at: datetime | None,
    as_json: bool,
    extract: Path | None,
) -> None:
    """Verify the credentials in BUNDLE without a network: as of packing, and as of now.

    Exit status: that of "verify" for the worst of them as of now.
    """
    now = at or verifying.now()
    opened = open_for_reading(
        read_input(file, BUNDLE_LIMITS), trust_files, now, believes_unsigned=believes_unsigned
    )
    if extract is not None:
        _extract(extract, opened.bundle.credentials)
    judged = judge_all(opened, now)
    (_tell_json if as_json else _tell)(opened, judged, now)
    verdicts = {one.now.verdict for one in judged}
    context.exit(EXIT_STATUS[next(one for one in WORST_FIRST if one in verdicts)])


def _extract(folder: Path, files: Sequence[PackedFile]) -> None:
    """Write the files into a folder; a name leads nowhere else, and overwrites nothing."""
    for file in files:
        is_plain = file.name.isprintable() and file.name not in ("", ".", "..")
        if not is_plain or "/" in file.name or (folder / file.name).exists():
            shown = printable(file.name)
            text = f"{shown} cannot be written into {folder}: it is no new file there."
            raise CommandError(text, FAILURE)
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        write_output(folder / file.name, file.data)


def _tell_json(opened: Opened, judged: Sequence[Judged], now: datetime) -> None:
    members = {
        "packed": format_timestamp(opened.bundle.packed),
        "packer": opened.packer,
        "packer_is_believed": opened.is_believed,
        "as_of": format_timestamp(now.replace(microsecond=0)),
        "credentials": [
            {"name": one.name, "then": one.then.to_json(), "now": one.now.to_json()}
            for one in judged
        ],
    }
    click.echo(json.dumps(members, indent=2))


def _tell(opened: Opened, judged: Sequence[Judged], now: datetime) -> None:
    packed, later = (
        format_timestamp(moment.replace(microsecond=0)) for moment in (opened.bundle.packed, now)
    )
    click.echo(f"Bundle of {printable(opened.told())}")
    for one in judged:
        click.echo(f"\n{printable(one.name)}, as of {packed}, when it was packed:")
        click.echo(explain(one.then), nl=False)
        click.echo(f"\n{printable(one.name)}, as of {later}:")
        click.echo(explain_difference(one.now, one.then), nl=False)
