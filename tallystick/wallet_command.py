"""The command `tallystick wallet`: a place for learners to keep their credentials."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallystick import verifying

if TYPE_CHECKING:
    from stacking.lots import Lot
    from tallystick.wallet_service import WalletSettings
    from wallet.store import WalletStore

DATABASE_VARIABLE = "TALLYSTICK_WALLET_DATABASE_URL"
SENDER_VARIABLE = "TALLYSTICK_MAIL_SENDER"
DEFAULT_DATABASE = "sqlite:///wallet.sqlite"
DEFAULT_SENDER = "wallet@localhost.localdomain"
WATCH_SECONDS = 5.0
LOOPBACK = "127.0.0.1"

database_option = click.option(
    "--database",
    envvar=DATABASE_VARIABLE,
    default=DEFAULT_DATABASE,
    show_default=True,
    help="URL of the database.",
)


@click.group("wallet")
def wallet() -> None:
    """Keep the credentials of learners, show what they add up to, and what they choose to show."""


@wallet.command("serve")
@database_option
@click.option("--key-file", type=click.Path(path_type=Path), default=Path("wallet.key"))
@click.option(
    "--base", help="Public address (https://…); without one, only this machine is served."
)
@click.option("--verify-at", help="Address where anybody can check a credential.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8083, show_default=True)
@click.option("--proxy", help="Address of the proxy in front, if it is on another machine.")
@click.option("--trust", "trust_files", multiple=True, help="File with issuers and authorities.")
@click.option("--register", "register_files", multiple=True, help="Signed register to use as well.")
@click.option("--resolver-map", help="JSON object: URL to local file; the only source then.")
@click.option("--offline", is_flag=True, help="Fetch nothing.")
@click.option("--rule", "rules", multiple=True, help="Award rule: a file, or one that comes along.")
@click.option("--desk", "desks", multiple=True, help="Address of a registrar's desk (…/apply).")
@click.option("--offers", "offers_file", help="Courses that are offered (TOML).")
def serve(
    database: str,
    key_file: Path,
    base: str | None,
    verify_at: str | None,
    port: int,
    proxy: str | None,
    trust_files: tuple[str, ...],
    register_files: tuple[str, ...],
    resolver_map: str | None,
    offline: bool,
    rules: tuple[str, ...],
    desks: tuple[str, ...],
    offers_file: str | None,
) -> None:
    """Serve wallets on this machine; for others put a proxy with TLS in front and name --base.

    Without --base the link for signing in is shown instead of mailed: for one person, here. With
    it, letters wait in the database for `tallystick wallet courier`.
    """
    from tallystick.wallet_checking import CheckingSettings
    from tallystick.wallet_service import WalletSettings

    _serve(
        WalletSettings(
            database=database,
            key_file=key_file,
            base=base or f"http://{LOOPBACK}:{port}",
            checking=CheckingSettings(trust_files, register_files, resolver_map, offline),
            rules=rules,
            offers=_offers(offers_file),
            verify_at=verify_at,
            desks=desks,
            sender=os.environ.get(SENDER_VARIABLE, DEFAULT_SENDER),
            unsafe_tells_links=base is None,
        ),
        port,
        proxy or (None if base is None else LOOPBACK),
    )


def _serve(settings: WalletSettings, port: int, proxy: str | None) -> None:
    from service.web.reading import BODY_BYTES_SETTING
    from service.web.serving import (
        DRAIN_SECONDS,
        Address,
        addresses_of,
        new_server,
        run_until_stopped,
    )
    from tallystick.serving import asked_by_signals
    from tallystick.wallet_checking import Checking
    from tallystick.wallet_service import wallet_application

    checking = Checking(settings.checking)
    application = wallet_application(settings, checking)
    largest = application.config[BODY_BYTES_SETTING]
    address = Address(LOOPBACK, port, proxy=proxy)
    server = new_server(application, address, largest)
    for host, number in addresses_of(server):
        click.echo(f"Open http://{host}:{number}/", err=True)
    try:
        run_until_stopped(server, asked_by_signals(), drain=DRAIN_SECONDS)
    finally:
        checking.close()


@wallet.command("courier")
@database_option
@click.option("--watch", is_flag=True, help="Go on until interrupted.")
def courier(database: str, watch: bool) -> None:
    """Send the letters that wait, through the server that TALLYSTICK_MAIL_HOST names."""
    from service.mail import send_due, server_from

    server, store = server_from(os.environ), _store(database)
    while True:
        done = send_due(store.letters, server.send, verifying.now)
        if not watch or done.sent or done.delayed or done.refused:
            click.echo(
                f"sent {done.sent}, to be tried again {done.delayed}, refused {done.refused}"
            )
        if not watch:
            return
        time.sleep(WATCH_SECONDS)


@wallet.command("link")
@database_option
@click.option("--base", required=True, help="Public address of the wallet.")
@click.argument("email")
def link(database: str, base: str, email: str) -> None:
    """Make a link for signing in as EMAIL, to hand it over in another way than by mail."""
    secret = _store(database).learners.new_link(email.lower(), verifying.now())
    click.echo(f"{base.rstrip('/')}/open/{secret}")


def _store(url: str) -> WalletStore:
    from tallystick.wallet_service import open_store

    return open_store(url, migrates=False)


def _offers(file: str | None) -> tuple[Lot, ...]:
    if file is None:
        return ()
    from tallystick.unlock_command import read_offers

    return read_offers(file)
