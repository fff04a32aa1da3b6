"""The commands that put credentials into images and take them out."""

from __future__ import annotations

from pathlib import Path

import click

from credentials.baking.artwork import badge_svg
from credentials.baking.images import bake as bake_into
from credentials.baking.images import unbake as unbake_from
from tallystick.files import USAGE, CommandError, read_input, write_output


@click.command()
@click.argument("credential", metavar="CREDENTIAL|-")
@click.argument("image", metavar="[IMAGE]", required=False)
@click.option(
    "--out",
    "out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the image with the credential in it.",
)
def bake(credential: str, image: str | None, out: Path) -> None:
    """Put CREDENTIAL into a PNG or SVG IMAGE, changing nothing that is drawn.

    CREDENTIAL is a file of JSON or a signed token; it is not verified here.  Without an IMAGE a
    badge is drawn from the credential, as SVG.
    """
    data = read_input(credential)
    if image is None and out.suffix.lower() != ".svg":
        raise CommandError("Without an image the badge is drawn as SVG: --out FILE.svg.", USAGE)
    picture = badge_svg(data) if image is None else read_input(image)
    made = bake_into(data, picture)
    write_output(out, made)
    click.echo(f"Baked into {out}")


@click.command()
@click.argument("image", metavar="IMAGE|-")
@click.option(
    "--out",
    "out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the credential (default: it is printed).",
)
def unbake(image: str, out: Path | None) -> None:
    """Take the credential out of a PNG or SVG IMAGE, and print it or write it to a file.

    It is not verified here: verify reads the image as well.
    """
    found = unbake_from(read_input(image))
    if out is None:
        click.echo(found.data)
    else:
        write_output(out, found.data)
        click.echo(f"Taken out of the image to {out}")
