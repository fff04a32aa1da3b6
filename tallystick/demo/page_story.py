"""Last part of the story: how to see all of it in a browser, with its cases in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from tallystick.demo.authority_story import Authority
from tallystick.demo.registrar_story import (
    REGISTRAR,
    SENATE,
    Registrar,
    bring_applications,
    hand_in_policy,
)
from tallystick.demo.running import Place, begun, wait_for_interruption
from tallystick.demo.service_story import CLAIMANT, Service
from tallystick.demo.stage import Cast
from tallystick.demo.town import Town

SHOWN = ("pipe-welding.json", "expired.json", "tampered.json", "withdrawn.json")
"""Files of the story that get different answers on the page."""

CONSOLE = "{address}/console/setup/{link}"


@dataclass(frozen=True, slots=True)
class Door:
    """Something to open in a browser: whose it is, where, and what to try there."""

    title: str
    address: str
    what: str


def play(
    cast: Cast, service: Service, town: Town, registrar: Registrar, *, is_kept: bool, serves: bool
) -> None:
    """Fill the desks with the story, and say how to open all of it, or keep it open."""
    if not is_kept and not serves:
        click.echo("   make demo SERVE=1 opens console, verifier, wallet and both desks with the")
        click.echo("   story in them; make demo KEEP=FOLDER keeps the files, and says how to open")
        click.echo("   each of them later.")
        return
    bring_applications(cast, registrar)
    hand_in_policy(cast, registrar)
    links = {
        "registrar": registrar.invites("aroha@registrar.example", "Aroha Example", REGISTRAR),
        "senate": registrar.invites("sina@senate.example", "Sina Example", SENATE),
    }
    authority = Authority(cast)
    with begun(cast.folder, authority.place) as listens:
        listens()
        authority.receive_course(cast)
        authority.require_published()
        if is_kept:
            _say_commands((service.place, *town.places, authority.place))
        _say(_doors(cast, service, town, authority, links))
        if serves:
            click.echo("   What you withdraw in a console now is not seen by the others: the lists")
            click.echo("   that they know are those of the story.")
            click.echo("   Interrupt (Ctrl+C) to end.")
            wait_for_interruption()


def _doors(
    cast: Cast, service: Service, town: Town, authority: Authority, links: dict[str, str]
) -> list[Door]:
    return [
        *_consoles(service),
        *_of_the_learner(cast.folder, town),
        *_of_the_registrar(cast.folder, town, links),
        Door(
            "Authority's desk, for Tama Example; to set a password (once)",
            authority.your_link,
            "Look at “Safe lifting for warehouses”, approve it, sign the next edition, publish it.",
        ),
        Door(
            "Public pages of the register",
            f"{authority.place.address}/",
            "Anybody sees what is published: look for your course after you published it.",
        ),
    ]


def _consoles(service: Service) -> list[Door]:
    what = {
        "college": "Look at the class, withdraw a credential, hand out the cards of the others.",
        "university": "Design an achievement of your own, and issue it.",
    }
    return [
        Door(
            f"Console of the {name}, to set a password (once)",
            CONSOLE.format(address=service.place.address, link=link),
            what[name],
        )
        for name, link in service.links.items()
    ]


def _of_the_learner(folder: Path, town: Town) -> list[Door]:
    return [
        Door(
            "Verifier of the employer",
            f"{town.verifier.address}/",
            f"Choose {', '.join(SHOWN)} in {folder}",
        ),
        Door(
            "Wallet of a learner",
            f"{town.wallet.address}/",
            f"{CLAIMANT} opens José's; any other address begins a new one. Add the same files.",
        ),
    ]


def _of_the_registrar(folder: Path, town: Town, links: dict[str, str]) -> list[Door]:
    desk = town.desk.address
    return [
        Door(
            "Registrar's desk, for Aroha Example; to set a password (once)",
            links["registrar"],
            "“Welding 1” is referred to a person: state facts (kind of assessment practical, share "
            "of the learning outcomes 4/5, used for another award no), then put into force what "
            "the policy proposes. “Safe work” has just come in.",
        ),
        Door(
            "The Senate's pages, for Sina Example; to set a password (once)",
            links["senate"],
            f"Read the policy in plain words; try {folder / 'policy-2.toml'} under “What if”.",
        ),
        Door(
            "What the Senate publishes, for everybody",
            f"{desk}/transparency/",
            "Empty until the Senate publishes the figures of a period that is over.",
        ),
        Door(
            "Applying at the desk without a wallet",
            f"{desk}/apply/",
            "Choose what you apply for, and a file of the story; the inbox has it at once.",
        ),
    ]


def _say(every: list[Door]) -> None:
    for one in every:
        click.echo(f"   {one.title}:")
        click.echo(f"      {one.address}")
        click.echo(f"      {one.what}")


def _say_commands(places: tuple[Place, ...]) -> None:
    click.echo("   To serve all of it on these files later, each in a terminal of its own:")
    for place in places:
        click.echo(f"      {place.command()}")
