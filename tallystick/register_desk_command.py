"""The commands of an authority's desk: set it up, serve it, take a register over, write it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallystick import verifying
from tallystick.files import USAGE, CommandError, write_output

if TYPE_CHECKING:
    from collections.abc import Mapping

    from authority.store import AuthorityStore
    from service.people import Act
    from tallystick.register_desk import DeskSettings

DATABASE_VARIABLE = "TALLYSTICK_DESK_DATABASE_URL"
DEFAULT_DATABASE = "sqlite:///authority-desk.sqlite"
LOOPBACK = "127.0.0.1"
PORT = 8085
ROLES = ("head", "officer", "approver", "auditor")
REFERENCE = "reference"
"""Stands for the register that comes along, wherever a register is asked for."""

OPERATOR = "operator"
"""Who acts by a command, in the log of the desk."""

database_option = click.option(
    "--database",
    envvar=DATABASE_VARIABLE,
    default=DEFAULT_DATABASE,
    show_default=True,
    help="URL of the database.",
)
base_option = click.option("--base", help="Public address (https://…) of the desk.")
folder_argument = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))


@click.group("desk")
def desk() -> None:
    """Run the desk of a framework authority: courses in, listings out, editions signed."""


@desk.command("init")
@database_option
@click.option("--register", "folder", type=click.Path(path_type=Path, file_okay=False),
              required=True, help="Folder of the register's source files; to try the desk out, "
              "\"reference\".")  # fmt: skip
@click.option("--email", required=True, help="Address of the first person, who adds the others.")
@click.option("--name", default="", help="Their name.")
@base_option
def init(database: str, folder: Path, email: str, name: str, base: str | None) -> None:
    """Make the desk's database, take the register over, and print a link for the first person."""
    from tallystick.register_desk import open_store

    store = open_store(database)
    if not store.next_edition.is_empty():
        raise CommandError(f"{database} has a register already; see: register desk import.", USAGE)
    _take_over(store, folder)
    link = _link(store, email, name, ("head",), base)
    click.echo("Start the desk (tallystick register desk serve); the first password is set at:")
    click.echo(link)


@desk.command("import")
@database_option
@folder_argument
def import_(database: str, folder: Path) -> None:
    """Take the register in FOLDER over in the place of what the next edition is made of."""
    _take_over(_store(database), folder)


@desk.command("export")
@database_option
@folder_argument
def export(database: str, folder: Path) -> None:
    """Write the source files of the next edition into FOLDER, which must be empty or new."""
    from authority.drafting import draft_of
    from authority.planning import next_plan

    store = _store(database)
    kept = store.next_edition
    if folder.exists() and any(folder.iterdir()):
        raise CommandError(f"{folder} is not empty, so nothing is written.", USAGE)
    plan = next_plan(store, verifying.now().date())
    draft = draft_of(kept.files(), kept.rows(), kept.description(), plan)
    for name, text in sorted(draft.files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_output(path, text.encode("utf-8"))
    click.echo(f"Written: {len(draft.files)} files of edition {plan.number}.")


@desk.command("person")
@database_option
@click.argument("email")
@click.option("--name", default="", help="Their name.")
@click.option("--role", "roles", type=click.Choice(ROLES), multiple=True, help="Role to give.")
@base_option
def person(database: str, email: str, name: str, roles: tuple[str, ...], base: str | None) -> None:
    """Add EMAIL to the desk, or give somebody there a role; print a link to set a password."""
    click.echo(_link(_store(database), email, name, roles, base))


@desk.command("serve")
@database_option
@click.option("--key", required=True, help="URI of the authority's key (file:PATH).")
@click.option("--name", required=True, help="The authority's name, for people.")
@base_option
@click.option("--publish-to", type=click.Path(path_type=Path, file_okay=False),
              help="Folder for published editions, as static files.")  # fmt: skip
@click.option("--config", help="How people sign in besides by password (TOML, [sign_in]).")
@click.option("--port", type=click.IntRange(0, 65_535), default=PORT, show_default=True)
@click.option("--proxy", help="Address of the proxy in front, if it is on another machine.")
def serve(
    database: str,
    key: str,
    name: str,
    base: str | None,
    publish_to: Path | None,
    config: str | None,
    port: int,
    proxy: str | None,
) -> None:
    """Serve the desk (/desk/), its interface for programs, and the public pages of the register.

    The public pages show what was published last; nobody has to start anything anew.
    """
    from tallystick.register_desk import DeskSettings

    asked = DeskSettings(database, key, name, base, publish_to, config)
    _serve(asked, port, proxy or (None if base is None else LOOPBACK))


def _serve(asked: DeskSettings, port: int, proxy: str | None) -> None:
    from service.web.reading import BODY_BYTES_SETTING
    from service.web.serving import (
        DRAIN_SECONDS,
        Address,
        addresses_of,
        new_server,
        run_until_stopped,
    )
    from tallystick.register_desk import desk_application
    from tallystick.serving import asked_by_signals

    application = desk_application(asked)
    address = Address(LOOPBACK, port, proxy=proxy)
    server = new_server(application, address, application.config[BODY_BYTES_SETTING])
    for host, number in addresses_of(server):
        click.echo(f"Open http://{host}:{number}/desk/", err=True)
    run_until_stopped(server, asked_by_signals(), drain=DRAIN_SECONDS)


def _store(database: str) -> AuthorityStore:
    from tallystick.register_desk import open_store

    return open_store(database, migrates=False)


def _take_over(store: AuthorityStore, folder: Path) -> None:
    from authority.drafting import take_over

    taken = take_over(_files_of(folder))
    store.next_edition.replace(_act(), taken)
    click.echo(f"Taken over: {len(taken.files)} files and {len(taken.rows)} rows.")


def _files_of(folder: Path) -> Mapping[str, str]:
    """Read the source files of a register, or those of the one that comes along."""
    from schemas import reference_register
    from tallystick.register_files import read_folder

    return reference_register() if str(folder) == REFERENCE else read_folder(folder)


def _link(
    store: AuthorityStore, email: str, name: str, roles: tuple[str, ...], base: str | None
) -> str:
    from tallystick.setup_links import setup_link

    return setup_link(store.office, _act(), email, name, roles, base or f"http://{LOOPBACK}:{PORT}")


def _act() -> Act:
    from service.people import Act

    return Act(OPERATOR, verifying.now())
