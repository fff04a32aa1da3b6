"""Publishing a register: its pages and its signed edition, over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask_openapi3.openapi import OpenAPI

from authority.catalogue import Catalogue
from authority.newest import Newest
from authority.pages import SITE, START, new_register_pages
from frameworks.register import edition_digest
from frameworks.register.edition import EDITION_LIMITS
from service.pages import PagesSettings, add_pages
from service.web import WebSettings, new_application
from service.web.headers import LOOPBACK_HOSTS
from service.web.reading import BODY_BYTES_SETTING
from service.web.serving import DRAIN_SECONDS, Address, addresses_of, new_server, run_until_stopped
from tallystick import verifying
from tallystick.files import USAGE, CommandError, read_input, read_json_object
from tallystick.register_files import SUFFIXES, is_edition, read_any_register
from tallystick.serving import asked_by_signals
from tallystick.trust_files import read_authorities, read_resolver_map
from verifier.registers import open_edition

DESCRIPTION = "A register of levels and credits, for people and for programs."


def catalogue_of(
    file: str, trust_files: tuple[str, ...], resolver_map: str | None = None
) -> Catalogue:
    """Read what is published: a folder, the reference, or an edition.

    With trust files the edition has to verify, and its signer has to be believed; without them it
    is published as unchecked.
    """
    if not is_edition(file):
        return Catalogue(read_any_register(file))
    data = read_input(file, EDITION_LIMITS)
    if not trust_files:
        digest = edition_digest(read_json_object(file, EDITION_LIMITS))
        return Catalogue(read_any_register(file), edition=data, digest=digest)
    world = verifying.verifying_world(at=verifying.now(), resolver=read_resolver_map(resolver_map))
    edition, authority = open_edition(data, world=world, authorities=read_authorities(trust_files))
    return Catalogue(edition.register, authority.id, data, edition.digest)


def newest_of(
    file: str, trust_files: tuple[str, ...], resolver_map: str | None = None
) -> Callable[[], Catalogue]:
    """Serve a register as it is on the disk now: another edition is taken when it is there."""
    newest = Newest(
        lambda: _state_of(file),
        lambda: catalogue_of(file, trust_files, resolver_map),
        time.monotonic,
        lambda text: click.echo(text, err=True),
    )
    # What cannot be used at the start is told at once.
    newest.start(catalogue_of(file, trust_files, resolver_map))
    return newest.current


def _state_of(file: str) -> Hashable:
    """Name what is on the disk, without reading it."""
    path = Path(file)
    if path.is_dir():
        sources = sorted(one for one in path.rglob("*") if one.suffix in SUFFIXES)
    else:
        sources = [path] if path.exists() else []
    return tuple((str(one), one.stat().st_mtime_ns, one.stat().st_size) for one in sources)


def register_application(newest: Callable[[], Catalogue], base: str | None = None) -> OpenAPI:
    """Build the application that publishes a register."""
    host = None if base is None else urlsplit(base).hostname
    if base is not None and host is None:
        raise CommandError("--base is a web address, for example https://register.example.", USAGE)
    hosts = (*LOOPBACK_HOSTS, *([host] if host else []))
    application = new_application(WebSettings("Tallystick register", DESCRIPTION, hosts=hosts))
    pages = new_register_pages(newest, verifying.now)
    add_pages(application, PagesSettings(site=SITE, home=START), pages)
    return application


@click.command("serve")
@click.argument("file", metavar="REGISTER")
@click.option(
    "--trust", "trust_files", multiple=True, help="Trust file: whose edition is believed."
)
@click.option("--resolver-map", help="JSON object: URL to local file, for what the check looks up.")
@click.option("--base", help="Public address (https://…), behind a proxy on this machine.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8084, show_default=True)
def serve(
    file: str,
    trust_files: tuple[str, ...],
    resolver_map: str | None,
    base: str | None,
    port: int,
) -> None:
    """Publish REGISTER: search, a page for each listing, levels compared, the signed edition.

    Another edition that takes its place on the disk is served from then on, if it can be used.
    Nothing can be changed over HTTP.
    """
    application = register_application(newest_of(file, trust_files, resolver_map), base)
    address = Address(port=port, proxy=None if base is None else "127.0.0.1")
    server = new_server(application, address, application.config[BODY_BYTES_SETTING])
    for host, number in addresses_of(server):
        click.echo(f"Open http://{host}:{number}/", err=True)
    run_until_stopped(server, asked_by_signals(), drain=DRAIN_SECONDS)
