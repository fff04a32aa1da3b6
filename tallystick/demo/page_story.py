"""Last part of the story: how to see all of it in a browser."""

from __future__ import annotations

import json
from pathlib import Path

import click

from credentials.strict_json import serialize_json_for_people
from tallystick.demo.service_story import (
    Running,
    Service,
    started,
    wait_for_interruption,
)
from tallystick.demo.stage import Cast
from tallystick.demo.withdrawal_story import LIST_URL
from tallystick.files import write_output

CONFIGURATION = """# The employer's verifier: whom it knows, which register it believes, what it is
# served.

offline = true

[server]
port = 8081

[sources]
trust = ["trust.json"]
registers = ["{edition}"]
resolver_map = "{served}"
"""
NEWEST_LIST = "status-2.json"
SHOWN = ("pipe-welding.json", "expired.json", "tampered.json", "withdrawn.json")
"""Files of the story that get different answers on the page."""


CONSOLE = "{address}/console/setup/{link}"


def play(cast: Cast, service: Service, edition: Path, *, is_kept: bool, serves: bool) -> None:
    """Write a configuration of the verifier's page, and say how to open it, or open all of it."""
    if not is_kept and not serves:
        click.echo("   make demo KEEP=FOLDER keeps these files, and says how to look at them in a")
        click.echo(
            "   browser; make demo SERVE=1 opens console and verifier with the story in them."
        )
        return
    configuration = _configuration(cast, edition)
    if serves:
        _serve(cast, service, configuration, edition)
        return
    click.echo(f"   Console:  tallystick issuer serve --config {service.configuration} --port 8080")
    for name, link in service.links.items():
        address = CONSOLE.format(address="http://127.0.0.1:8080", link=link)
        click.echo(f"             {name}, to set a password: {address}")
    click.echo(f"   Verifier: tallystick verifier serve --config {configuration}")
    click.echo("             http://127.0.0.1:8081/")
    click.echo(f"             Choose {', '.join(SHOWN)} in {cast.folder}")


def _configuration(cast: Cast, edition: Path) -> Path:
    configuration, served = cast.path("verifier.toml"), cast.path("served-to-the-page.json")
    lists = {**json.loads(cast.path("lists.json").read_bytes()), LIST_URL: NEWEST_LIST}
    write_output(served, serialize_json_for_people(lists))
    text = CONFIGURATION.format(edition=edition.name, served=served.name)
    write_output(configuration, text.encode("utf-8"))
    return configuration


def _serve(cast: Cast, service: Service, configuration: Path, edition: Path) -> None:
    """Serve verifier and wallet beside the issuer service, say where all are, and wait."""
    arguments = ("verifier", "serve", "--config", str(configuration))
    verifier = started(cast.path("verifier.log"), *arguments)
    try:
        wallet = _wallet(cast, edition, verifier.address)
        try:
            _say(cast, service, verifier.address, wallet.address)
            wait_for_interruption()
        finally:
            wallet.stop()
    finally:
        verifier.stop()


def _wallet(cast: Cast, edition: Path, verifier: str) -> Running:
    """Serve a wallet that verifies as the employer does, and asks services of this machine."""
    named = {
        "--database": f"sqlite:///{cast.path('wallet.sqlite')}",
        "--key-file": str(cast.path("wallet.key")),
        "--trust": str(cast.path("trust.json")),
        "--register": str(edition),
        "--resolver-map": str(cast.path("served-to-the-page.json")),
        "--verify-at": f"{verifier}/",
    }
    options = [part for pair in named.items() for part in pair]
    log = cast.path("wallet.log")
    return started(log, "wallet", "serve", *options, TALLYSTICK_ALLOWED_HOSTS="127.0.0.1")


def _say(cast: Cast, service: Service, verifier: str, wallet: str) -> None:
    for name, link in service.links.items():
        click.echo(f"   Console of the {name}, to set a password (once):")
        click.echo(f"      {CONSOLE.format(address=service.address, link=link)}")
    click.echo(f"   Verifier: {verifier}/")
    click.echo(f"      Choose {', '.join(SHOWN)} in {cast.folder}")
    click.echo(f"   Wallet of a learner: {wallet}")
    click.echo(
        "      Any address opens it; add the same files, and answer a request of the verifier."
    )
    click.echo("   They know what was withdrawn in the story, and nothing that you withdraw later.")
    click.echo("   Interrupt (Ctrl+C) to end.")
