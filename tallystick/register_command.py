"""The commands about registers: build, sign, show, diff, use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from credentials.strict_json import serialize_json_for_people
from frameworks.register import Register, edition_digest, edition_document, read_register
from frameworks.register.diff import Change, compare
from frameworks.register.edition import EDITION_LIMITS
from frameworks.register.rows import LevelRow
from tallystick import composition, settings, verifying
from tallystick.files import CommandError, read_input, read_json_object, write_output
from tallystick.lazy_group import LazyGroup
from tallystick.rate_command import approve_course, endorse_course, rate_course
from tallystick.register_files import (
    EditionStore,
    is_edition,
    read_any_register,
    read_folder,
    register_id,
)
from tallystick.trust_files import read_authorities, read_resolver_map
from tallystick.using_registers import tell_left_out
from verifier.registers import open_edition

CHANGES_TOLD = 500
"""Most changes that are listed; the counts are always told."""


@click.group(cls=LazyGroup, modules={"serve": "register_service", "desk": "register_desk_command"})
def register() -> None:
    """Build, sign and look at registers of levels and credits.

    Where a register is asked for, give a folder of source files, a signed edition, or the word
    "reference" for the one that comes with this software.
    """


@register.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--previous", help="The edition before, which this one has to follow.")
def build(folder: Path, previous: str | None) -> None:
    """Check the source files in FOLDER; every fault is told by file and row."""
    built = read_register(read_folder(folder))
    if previous is not None:
        _require_follows(folder, previous)
    description = built.description
    counts = ", ".join(f"{len(rows)} {name}" for name, rows in built.tables.by_name() if rows)
    kind = "official" if description.is_official else "unofficial"
    click.echo(f"{description.name}, edition {description.number} ({kind}) is sound: {counts}.")


def _require_follows(folder: Path, previous: str) -> None:
    """Say what must be written into the description for the edition to follow another."""
    before = read_json_object(previous, EDITION_LIMITS)
    stated = read_register(read_folder(folder)).description
    digest = edition_digest(before)
    number = read_any_register(previous).description.number
    if stated.previous != digest or stated.number <= number:
        raise CommandError(
            f"This does not follow edition {number}. Write into register.toml:\n"
            f'  edition = {number + 1}\n  previous = "{digest}"'
        )


@register.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--key", "uri", required=True, help="URI of the authority's key (file:PATH).")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the signed edition.",
)
@click.option("--name", default="", help="The authority's name, for people.")
@click.option("--previous", help="The edition before, which this one has to follow.")
@click.option("--status-list", help="URL of the status list that can withdraw this edition.")
@click.option("--status-index", type=click.IntRange(min=0), help="Its place in that list.")
def sign(
    folder: Path,
    uri: str,
    out: Path,
    name: str,
    previous: str | None,
    status_list: str | None,
    status_index: int | None,
) -> None:
    """Sign the register in FOLDER as an edition."""
    if (status_list is None) is not (status_index is None):
        raise click.UsageError("--status-list and --status-index belong together.")
    if previous is not None:
        _require_follows(folder, previous)
    key = settings.signing_key(uri)
    document = edition_document(
        read_folder(folder),
        issuer=key.record.controller,
        issuer_name=name,
        status=composition.status_entry(status_list, status_index),
    )
    signed = composition.sign_edition(key, document)
    write_output(out, serialize_json_for_people(signed))
    click.echo(f"Signed {document['name']} as {key.record.controller}\n{edition_digest(signed)}")


@register.command()
@click.argument("file")
@click.option("--trust", "trust_files", multiple=True, required=True, help="Your trust file.")
@click.option("--resolver-map", help="JSON object: URL to local file, for what the check looks up.")
def use(file: str, trust_files: tuple[str, ...], resolver_map: str | None) -> None:
    """Check the signed edition FILE and keep it as the newest one.

    An older edition than the one that is kept, or one that does not follow it, is refused; the
    kept one then stays in use.
    """
    data = read_input(file, EDITION_LIMITS)
    store = EditionStore(settings.registers_folder())
    edition, authority = open_edition(
        data,
        world=verifying.verifying_world(
            at=verifying.now(), resolver=read_resolver_map(resolver_map)
        ),
        authorities=read_authorities(trust_files),
        known=store.known(register_id(data)),
    )
    tell_left_out(store)
    store.keep(edition, data)
    description = edition.description
    believed = ", ".join(sorted(authority.frameworks))
    click.echo(f"In use: {description.name}, edition {description.number}, for {believed}.")


@register.command()
@click.argument("file", metavar="REGISTER")
@click.option("--framework", help="Id of one framework; all are listed without it.")
def show(file: str, framework: str | None) -> None:
    """Print what is in REGISTER, or the level table of one framework.

    The signature of an edition is not checked for that; `register use` checks it.
    """
    shown = read_any_register(file)
    if is_edition(file):
        click.echo("SIGNATURE NOT CHECKED. What follows is only what the file says.")
    if framework is None:
        click.echo("\n".join(_overview(shown)))
        return
    rows = [row for row in shown.tables.levels if row.framework == framework]
    if not rows:
        known = ", ".join(row.id for row in shown.tables.frameworks)
        raise CommandError(f"The register has no levels of {framework!r}. It has: {known}.")
    click.echo("\n".join(_level_table(shown, framework, rows)))


def _overview(shown: Register) -> Iterator[str]:
    description = shown.description
    kind = "official" if description.is_official else "unofficial: it explains, and proves nothing"
    yield f"{description.name}, edition {description.number} ({kind})"
    yield f"valid from {description.valid_from} until {description.valid_until}"
    if description.note:
        yield description.note
    yield ""
    for row in shown.tables.frameworks:
        levels = sum(level.framework == row.id for level in shown.tables.levels)
        yield f"{row.id:14} {levels:3} levels  {row.name} [{row.provenance.status}]"
    yield ""
    tables = shown.tables
    yield f"{len(tables.listings)} listings, {len(tables.accreditations)} accreditations"


def _level_table(shown: Register, framework: str, rows: list[LevelRow]) -> Iterator[str]:
    """Print the levels, the highest first, with where each is mapped to."""
    for row in sorted(rows, key=lambda one: -one.rank):
        yield f"{row.code:>12}  {row.uri or ''}  [{row.provenance.status}]"
        if row.summary:
            yield f"{'':14}{row.summary}"
        for told in _mapped(shown, framework, row.code):
            yield f"{'':14}{told}"


def _mapped(shown: Register, framework: str, code: str) -> Iterator[str]:
    owners = {row.id: row for row in shown.tables.maps if row.from_framework == framework}
    for entry in shown.tables.map_rows:
        owner = owners.get(entry.map)
        if owner is not None and entry.level == code:
            target = ", ".join(entry.to) or {"none": "no counterpart"}.get(entry.match, "withheld")
            how = f"({owner.kind}, {entry.match}) [{entry.provenance.status}]"
            yield f"-> {owner.to_framework} {target} {how}"


for command in (rate_course, approve_course, endorse_course):
    register.add_command(command)


@register.command()
@click.argument("before", metavar="OLD")
@click.argument("after", metavar="NEW")
@click.option("--json", "as_json", is_flag=True, help="Print the difference as JSON.")
def diff(before: str, after: str, as_json: bool) -> None:
    """Print what changed from OLD to NEW, and which listings that affects."""
    difference = compare(read_any_register(before), read_any_register(after))
    if as_json:
        members = {
            "changes": [_change_json(change) for change in difference.changes],
            "affected": [
                {
                    "listing": one.listing.id,
                    "achievement": one.listing.achievement,
                    "changes": [_change_json(change) for change in one.changes],
                }
                for one in difference.affected
            ],
        }
        click.echo(json.dumps(members, indent=2, ensure_ascii=False))
        return
    for change in difference.changes[:CHANGES_TOLD]:
        click.echo(_change_in_words(change))
    counts = (len(difference.changes), len(difference.affected))
    click.echo("Rows changed: {}. Listings affected: {}.".format(*counts))
    for one in difference.affected[:CHANGES_TOLD]:
        because = "; ".join(_change_in_words(change) for change in one.changes)
        click.echo(f"  {one.listing.id} {one.listing.title}: {because}")


def _change_json(change: Change) -> dict[str, object]:
    return {
        "kind": change.kind,
        "table": change.table,
        "key": list(change.key),
        "columns": list(change.columns),
    }


def _change_in_words(change: Change) -> str:
    key = " / ".join(part for part in change.key if part)
    columns = f" ({', '.join(change.columns)})" if change.columns else ""
    return f"{change.kind} in {change.table}: {key}{columns}"
