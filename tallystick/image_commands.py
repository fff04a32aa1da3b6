"""The commands that put credentials into images and take them out."""

from __future__ import annotations

from pathlib import Path

import click

from credentials.baking.images import bake as bake_into
from credentials.baking.images import credential_in
from credentials.baking.images import unbake as unbake_from
from tallystick.files import USAGE, CommandError, read_input, write_output

LANGUAGES = ("en", "fr-CA", "es")


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
    badge is drawn from the credential, as the name of the file says: .svg or .png.
    """
    data = read_input(credential)
    picture = _drawn(data, out) if image is None else read_input(image)
    made = bake_into(data, picture)
    write_output(out, made)
    click.echo(f"Baked into {out}")


def _drawn(data: bytes, out: Path) -> bytes:
    from credentials.baking.raster import badge_png
    from credentials.baking.vector import badge_svg

    draw = {".png": badge_png, ".svg": badge_svg}.get(out.suffix.lower())
    if draw is None:
        text = "Without an image the badge is drawn as SVG or PNG: --out FILE.svg or FILE.png."
        raise CommandError(text, USAGE)
    return draw(data)


@click.command()
@click.argument("image", metavar="IMAGE|-")
@click.option(
    "--out",
    "out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the credential (default: it is printed).",
)
def unbake(image: str, out: Path | None) -> None:
    """Take the credential out of a PNG or SVG IMAGE or a PDF; print it or write it to a file.

    It is not verified here: verify reads the image as well.
    """
    found = unbake_from(read_input(image))
    if out is None:
        click.echo(found.data)
    else:
        write_output(out, found.data)
        click.echo(f"Taken out to {out}")


@click.command()
@click.argument("credential", metavar="CREDENTIAL|-")
@click.option(
    "--out",
    "out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the certificate (PDF).",
)
@click.option("--name", help="The learner's name, where the credential does not state it.")
@click.option("--link", help="Web address at which it can be checked, as a QR code.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Default: the achievement's.")
def certificate(
    credential: str, out: Path, name: str | None, link: str | None, language: str | None
) -> None:
    """Draw CREDENTIAL as a certificate to print, a PDF with the credential attached to it.

    CREDENTIAL is a file of JSON, a signed token or a baked image; it is not verified here. verify
    reads the certificate as well.
    """
    from credentials.certificates.page import CertificateOptions, certificate_pdf

    data = credential_in(read_input(credential))
    write_output(out, certificate_pdf(data, CertificateOptions(name, link, language)))
    click.echo(f"Wrote the certificate {out}")
