"""The commands of a registrar's desk: begin one, and serve it."""

from __future__ import annotations

from pathlib import Path

import click

from tallystick import settings, verifying
from tallystick.explaining import printable
from tallystick.files import USAGE, CommandError, write_output

CONFIGURATION = """# A registrar's desk; everything that can stand here: docs/desk.md.
office = {office}
base = {base}
database = "sqlite:///desk.sqlite"
key = {key}
"""
ROLES = ("registrar", "assessor", "second-reader", "senate-member", "auditor")
DEFAULT_BASE = "http://localhost:8086"
CONFIG = f"Configuration of the desk (default: ${settings.DESK_VARIABLE})."

config_option = click.option(
    "--config", "path", envvar=settings.DESK_VARIABLE, required=True, help=CONFIG
)


@click.command("init")
@click.argument("path", metavar="FILE.toml")
@click.option("--office", required=True, help="What the office is called, as in letters.")
@click.option("--email", required=True, help="Address of the first registrar.")
@click.option("--name", required=True, help="Full name of the first registrar.")
@click.option("--base", default=DEFAULT_BASE, show_default=True, help="Where browsers reach it.")
@click.option("--key", help="URI of the key that signs decisions (default: a new one).")
def init_desk(path: str, office: str, email: str, name: str, base: str, key: str | None) -> None:
    """Begin a desk: configuration, key, database, and the first registrar.

    Prints the link by which the registrar sets a password.
    """
    import json

    from tallystick.setup_links import mail_address
    from tallystick.web_configuration import key_from_here

    file = Path(path)
    # Before anything is written: whoever mistyped it does the same again.
    mail_address(email)
    if file.exists():
        raise CommandError(f"{path} is there already; choose another name.", USAGE)
    uri, signer = (key_from_here(key), "") if key is not None else _new_key(file)
    texts = {"office": office, "base": base.rstrip("/"), "key": uri}
    written = {member: json.dumps(text, ensure_ascii=False) for member, text in texts.items()}
    write_output(file, CONFIGURATION.format(**written).encode())
    if signer:
        click.echo(f"Decisions are signed by {signer}: policies name it in [mandate] ids.")
    served = f"tallystick recognise serve --config {path}"
    click.echo(
        printable(f"{name} is registrar. Start the desk ({served}); the password is set at:")
    )
    click.echo(_first_registrar(path, email, name))


def _new_key(file: Path) -> tuple[str, str]:
    from tallystick.issuer_setup import new_key

    uri, record = new_key((file.parent / "desk-keys").resolve(), "decisions")
    return uri, record.controller


def _first_registrar(path: str, email: str, name: str) -> str:
    from recognition.desk import Role

    return _link(path, email, name, (Role.REGISTRAR, Role.ASSESSOR))


def _link(path: str, email: str, name: str, roles: tuple[str, ...]) -> str:
    """Let somebody into the desk of a configuration; return where they set a password."""
    from service.people import Act
    from tallystick.desk_configuration import DeskConfiguration
    from tallystick.desk_service import open_store
    from tallystick.setup_links import setup_link
    from tallystick.web_configuration import read_configuration

    configuration = read_configuration(path, DeskConfiguration)
    store, act = open_store(path, configuration), Act("command", verifying.now())
    try:
        return setup_link(store.office, act, email, name, roles, configuration.base)
    finally:
        store.engine.dispose()


@click.command("person")
@config_option
@click.argument("email")
@click.option("--name", default="", help="Their name.")
@click.option("--role", "roles", type=click.Choice(ROLES), multiple=True, help="Role to give.")
def desk_person(path: str, email: str, name: str, roles: tuple[str, ...]) -> None:
    """Add EMAIL to the desk, or give somebody there a role; print a link to set a password.

    Whoever is not there yet needs a role. What is given here waits for nobody: whoever has the
    machine runs the office.
    """
    click.echo(_link(path, email, name, roles))


@click.command("serve")
@config_option
@click.option("--port", type=click.IntRange(0, 65_535), help="Instead of the configured port.")
def serve_desk(path: str, port: int | None) -> None:
    """Serve the desk of a configuration; for others than this machine put a proxy in front."""
    from tallystick.desk_serving import serve

    serve(path, port)


@click.command("restore")
@config_option
def desk_restore(path: str) -> None:
    """Bring back what a restored database has forgotten, from the memory of the desk."""
    from tallystick.desk_configuration import DeskConfiguration
    from tallystick.desk_service import memory_of, open_register, open_store
    from tallystick.web_configuration import read_configuration

    configuration = read_configuration(path, DeskConfiguration)
    store = open_store(path, configuration)
    register = open_register(path, configuration, store)
    found = memory_of(path, configuration, register).restore()
    register.check_chain()
    told = f"{found.decisions} entries of the register, {found.given} entries of status lists and "
    click.echo(f"Brought back: {told}{found.withdrawn} withdrawals. Start the desk again.")


@click.command("courier")
@config_option
def desk_courier(path: str) -> None:
    """Send the mails that wait, through the server that TALLYSTICK_MAIL_HOST names.

    Run it every few minutes. This process opens no key.
    """
    import os

    from service.mail import send_due, server_from
    from tallystick.desk_configuration import DeskConfiguration
    from tallystick.desk_service import open_store
    from tallystick.web_configuration import read_configuration

    server = server_from(os.environ)
    store = open_store(path, read_configuration(path, DeskConfiguration))
    done = send_due(store.letters, server.send, verifying.now)
    click.echo(f"sent {done.sent}, to be tried again {done.delayed}, refused {done.refused}")
