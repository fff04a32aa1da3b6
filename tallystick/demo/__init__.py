"""The story that shows what this software does, on real files and with real processes.

Credentials are issued, verified and told what they are worth; they stack to an award; a verifier
that runs in another process and has no key accepts what is good and refuses bad copies; and a
learner goes the whole way through the services, over HTTP.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from tallystick.demo import (
    journey_story,
    micro_credentials,
    page_story,
    recognition_story,
    service_story,
    stacking_story,
    withdrawal_story,
)
from tallystick.demo.running import begun, end_when_asked, free_ports
from tallystick.demo.service_story import Service
from tallystick.demo.stage import Cast, leave_the_users_service_alone, player, verify
from tallystick.demo.town import desk_begins, desk_is_there, planned

PLAYERS = ("authority", "polytechnic", "employer", "stranger", "senate", "registrar")
"""Who plays with a key file of their own; the other two have an issuer service."""


def run_demo(keep: Path | None, *, serves: bool = False) -> None:
    """Play the story in `keep`, or in a folder that is thrown away afterwards.

    With `serves` the services go on when the story is over, with the story in them, until somebody
    interrupts.
    """
    leave_the_users_service_alone()
    if serves:
        end_when_asked()
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        # Configurations read paths from their own folder, so none of the story may be relative.
        _play(keep.resolve(), is_kept=True, serves=serves)
        return
    with tempfile.TemporaryDirectory(prefix="tallystick-demo-") as folder:
        _play(Path(folder), is_kept=False, serves=serves)


def _play(folder: Path, *, is_kept: bool, serves: bool) -> None:
    click.echo("1. An authority, institutions, an employer, a Senate and a stranger make keys.")
    players = {name: player(folder / name) for name in PLAYERS}
    (port,) = free_ports(1)
    service = service_story.begin(folder, port)
    cast = Cast(folder, **players, **service.players)
    micro_credentials.write_trust(cast)
    click.echo("\n2. The authority accredits two institutions, rates a course, signs its register.")
    edition = micro_credentials.signed_register(cast)
    with begun(folder, service.place) as issuer_listens:
        issuer_listens()
        _tell(cast, service, edition)
        town = planned(cast, edition)
        with desk_begins(cast, town.desk) as said:
            click.echo(
                "\n7. A credential is revoked; the verifier that accepted it before says so."
            )
            withdrawal_story.play(cast, edition)
            link = desk_is_there(cast, edition, said())
        with begun(folder, *town.places) as all_listen:
            click.echo("\n8. The authority signs a new edition; the one before is not taken back.")
            micro_credentials.new_edition(cast, edition)
            all_listen()
            click.echo("\n9. A learner goes the whole way, over HTTP, from service to service.")
            registrar = journey_story.play(service, town, link)
            click.echo("\n10. The same for people, in a browser.")
            page_story.play(cast, service, town, registrar, is_kept=is_kept, serves=serves)
    click.echo("\nEverything came out as it must.")


def _tell(cast: Cast, service: Service, edition: Path) -> None:
    click.echo("\n3. Each issues a micro-credential with level and credits.")
    issued = micro_credentials.issue_all(cast, service, edition)
    click.echo("\n4. An employer's verifier, another process without any key, looks at them.")
    for scene in (*issued, *micro_credentials.bad_copies(cast, cast.path("pipe-welding.json"))):
        verify(scene, cast, edition)
    click.echo("\n5. A third institution makes an award of the credentials of the other two.")
    stacking_story.play(cast, edition)
    click.echo("\n6. A Senate adopts a policy; prior learning is recognised by it, or not.")
    recognition_story.play(cast, edition)
