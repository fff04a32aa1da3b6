"""Where the people of the story meet: verifier, wallet and registrar's desk beside the issuer.

Each is configured by files in the folder of the story, as an operator writes them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from credentials.strict_json import serialize_json_for_people
from tallystick import settings
from tallystick.demo.running import LOOPBACK, Place, beside, free_ports
from tallystick.demo.stage import Cast
from tallystick.demo.withdrawal_story import LIST_URL
from tallystick.files import write_output

DESK = "desk.toml"
SERVED = "served-to-the-page.json"
NEWEST_LIST = "status-2.json"
RULE = "dairy-certificate.toml"

VERIFIER = """# The employer's verifier: whom it knows, which register it believes, what it is
# served.

offline = true

[sources]
trust = ["trust.json"]
registers = ["{edition}"]
resolver_map = "{served}"
"""

OFFICE = "Registrar of the demonstration"
OFFERS = {
    "welding": ("Welding 1", "pipe-welding"),
    "statistics": ("Statistics 2", "statistics"),
    "lifting": ("Safe work, elective credit", "lifting"),
    "workshop": ("Workshop practice", "week-end"),
}
"""What can be applied for: its title, and the credential of the story that it was written for."""

SOURCES = """
[sources]
trust = ["trust.json"]
registers = ["{edition}"]
resolver_map = "{served}"
"""
OFFER = """
[[offer]]
name = "{name}"
title = "{title}"
policy = "policy-1.json"
target = "{credential}.target.toml"
"""
THIS_MACHINE = {"TALLYSTICK_ALLOWED_HOSTS": LOOPBACK, settings.OFFLINE_VARIABLE: "0"}
"""Has a service ask others on this machine, which it otherwise does not."""


@dataclass(frozen=True, slots=True)
class Town:
    """The services."""

    verifier: Place
    wallet: Place
    desk: Place

    @property
    def places(self) -> tuple[Place, ...]:
        """All of them."""
        return self.verifier, self.wallet, self.desk


def planned(cast: Cast, edition: Path) -> Town:
    """Say where each service will be, and write what verifier and wallet are told."""
    _write_served(cast)
    verifier_port, wallet_port, desk_port = free_ports(3)
    named = ("recognise", "serve", "--config", str(cast.path(DESK)))
    desk = Place(named, desk_port, THIS_MACHINE)
    verifier = _verifier(cast, edition, verifier_port)
    return Town(verifier, _wallet(cast, edition, wallet_port, verifier, desk), desk)


def desk_begins(cast: Cast, desk: Place) -> AbstractContextManager[Callable[[], str]]:
    """Begin the registrar's desk by its command, which takes a moment, beside the story."""
    named = ("--office", OFFICE, "--name", "Ngaio Example", "--email", "ngaio@registrar.example")
    at = ("--base", desk.address, "--key", cast.registrar.uri)
    return beside("recognise", "init", cast.path(DESK), *named, *at)


def desk_is_there(cast: Cast, edition: Path, said: str) -> str:
    """Add what the desk believes and offers; return the link by which its registrar signs in."""
    offers = (
        OFFER.format(name=name, title=title, credential=credential)
        for name, (title, credential) in OFFERS.items()
    )
    sources = SOURCES.format(edition=edition.name, served=SERVED)
    configuration = cast.path(DESK)
    text = configuration.read_text("utf-8") + sources + "".join(offers)
    write_output(configuration, text.encode("utf-8"))
    return said.rsplit(maxsplit=1)[-1]


def _write_served(cast: Cast) -> None:
    """Say what the web has for the services: the lists of what was withdrawn."""
    lists = {**json.loads(cast.path("lists.json").read_bytes()), LIST_URL: NEWEST_LIST}
    write_output(cast.path(SERVED), serialize_json_for_people(lists))


def _verifier(cast: Cast, edition: Path, port: int) -> Place:
    configuration = cast.path("verifier.toml")
    text = VERIFIER.format(edition=edition.name, served=SERVED)
    write_output(configuration, text.encode("utf-8"))
    return Place(("verifier", "serve", "--config", str(configuration)), port)


def _wallet(cast: Cast, edition: Path, port: int, verifier: Place, desk: Place) -> Place:
    """Name a wallet that verifies as the employer does, and applies at the registrar's desk."""
    named = {
        "--database": f"sqlite:///{cast.path('wallet.sqlite')}",
        "--key-file": str(cast.path("wallet.key")),
        "--trust": str(cast.path("trust.json")),
        "--register": str(edition),
        "--resolver-map": str(cast.path(SERVED)),
        "--rule": str(cast.path(RULE)),
        "--desk": f"{desk.address}/apply",
        "--verify-at": f"{verifier.address}/",
    }
    options = [part for pair in named.items() for part in pair]
    return Place(("wallet", "serve", *options), port, THIS_MACHINE)
