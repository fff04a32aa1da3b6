"""The commands about lists of skills that an institution loads (docs/console.md)."""

from __future__ import annotations

from dataclasses import replace

import click

from tallystick import verifying
from tallystick.explaining import printable
from tallystick.files import CommandError
from tallystick.issuer_command import chosen_tenant, config_option, tenant_option


@click.group("skills")
def skills() -> None:
    """Load the lists of skills from which achievements name what they correspond to."""


@skills.command("load")
@config_option
@tenant_option
@click.argument("file", metavar="FILE")
@click.option("--framework", default="", help="Name of the list, unless the file says it.")
@click.option("--source", required=True, help="Who publishes it, and where you took it from.")
@click.option("--licence", required=True, help="Its terms, and whom to name.")
@click.option("--language", default="en", show_default=True, help="Of names that state none.")
def load(
    path: str,
    tenant_name: str | None,
    file: str,
    framework: str,
    source: str,
    licence: str,
    language: str,
) -> None:
    """Load a list from FILE (CSV or JSON), in the place of the one of the same name."""
    from credentials.limits import DEFAULT_LIMITS
    from issuer.skills import SKILL_FILE_BYTES, SkillRowsError, read_skills, require_origin
    from issuer.store import Act, SkillListDraft
    from issuer.store.writing_down import digest_of
    from tallystick.files import read_input
    from tallystick.issuer_service import open_service

    require_origin(source, licence)
    data = read_input(file, replace(DEFAULT_LIMITS, document_bytes=SKILL_FILE_BYTES))
    try:
        read = read_skills(data, framework=framework, language=language)
    except SkillRowsError as error:
        for fault in error.faults:
            click.echo(printable(f"Row {fault.row}, {fault.column}: {fault.message}"), err=True)
        raise CommandError(f"Nothing was loaded: {error.count} faults.") from error
    service = open_service(path)
    act = Act(chosen_tenant(service, tenant_name).id, "command", verifying.now())
    draft = SkillListDraft(read.framework, source, licence, digest_of(data))
    kept = service.store.skills.load(act, draft, read.skills)
    click.echo(printable(f"Loaded {kept.skills} skills of {kept.framework}."))


@skills.command("list")
@config_option
@tenant_option
def list_(path: str, tenant_name: str | None) -> None:
    """Name the lists that are loaded, with their source and licence."""
    from tallystick.issuer_service import open_service

    service = open_service(path)
    for one in service.store.skills.lists(chosen_tenant(service, tenant_name).id):
        told = f"{one.framework}: {one.skills} skills, {one.loaded_at}. {one.source}. {one.licence}"
        click.echo(printable(told))


@skills.command("remove")
@config_option
@tenant_option
@click.argument("framework")
def remove(path: str, tenant_name: str | None, framework: str) -> None:
    """Remove the list of the name FRAMEWORK; what achievements name already stays."""
    from issuer.store import Act
    from tallystick.issuer_service import open_service

    service = open_service(path)
    act = Act(chosen_tenant(service, tenant_name).id, "command", verifying.now())
    known = {one.framework: one.id for one in service.store.skills.lists(act.tenant_id)}
    if framework not in known:
        raise CommandError(f"There is no list of the name {framework!r}.")
    removed = service.store.skills.remove(act, known[framework])
    click.echo(printable(f"Removed {removed.skills} skills of {removed.framework}."))
