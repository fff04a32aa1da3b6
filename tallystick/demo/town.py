"""Where the people of the story meet: verifier, wallet and registrar's desk beside the issuer.

Each is configured by files in the folder of the story, as an operator writes them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from credentials.strict_json import serialize_json_for_people
from tallystick import settings
from tallystick.demo.running import LOOPBACK, Place, free_ports
from tallystick.demo.stage import Cast, run
from tallystick.demo.withdrawal_story import LIST_URL
from tallystick.files import write_output

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
    """The services, and the link by which the registrar sets a password."""

    verifier: Place
    wallet: Place
    desk: Place
    registrar_link: str

    @property
    def places(self) -> tuple[Place, ...]:
        """All of them."""
        return self.verifier, self.wallet, self.desk


def configured(cast: Cast, edition: Path) -> Town:
    """Write what each service is told, and begin the registrar's desk."""
    _write_served(cast)
    verifier_port, wallet_port, desk_port = free_ports(3)
    verifier = _verifier(cast, edition, verifier_port)
    desk, link = _desk(cast, edition, desk_port)
    return Town(verifier, _wallet(cast, edition, wallet_port, verifier, desk), desk, link)


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


def _desk(cast: Cast, edition: Path, port: int) -> tuple[Place, str]:
    """Begin the desk by its command, and add what it believes and what can be applied for."""
    configuration = cast.path("desk.toml")
    place = Place(("recognise", "serve", "--config", str(configuration)), port, THIS_MACHINE)
    named = ("--office", OFFICE, "--name", "Ngaio Example", "--email", "ngaio@registrar.example")
    at = ("--base", place.address, "--key", cast.registrar.uri)
    link = run("recognise", "init", configuration, *named, *at).split()[-1]
    offers = (
        OFFER.format(name=name, title=title, credential=credential)
        for name, (title, credential) in OFFERS.items()
    )
    sources = SOURCES.format(edition=edition.name, served=SERVED)
    text = configuration.read_text("utf-8") + sources + "".join(offers)
    write_output(configuration, text.encode("utf-8"))
    return place, link
