"""Last part of the story: how to see all of it in a browser."""

from __future__ import annotations

from pathlib import Path

import click

from credentials.strict_json import serialize_json_for_people
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


def play(cast: Cast, edition: Path, *, is_kept: bool) -> None:
    """Write a configuration of the verifier's page, and say how to open it."""
    if not is_kept:
        click.echo("   make demo KEEP=FOLDER keeps these files, and says how to look at them in a")
        click.echo("   browser; “tallystick verifier serve” opens the page for any others.")
        return
    configuration, served = cast.path("verifier.toml"), cast.path("served-to-the-page.json")
    write_output(served, serialize_json_for_people({LIST_URL: NEWEST_LIST}))
    text = CONFIGURATION.format(edition=edition.name, served=served.name)
    write_output(configuration, text.encode("utf-8"))
    click.echo(f"   Start:  tallystick verifier serve --config {configuration}")
    click.echo("   Open:   http://127.0.0.1:8081/")
    click.echo(f"   Choose: {', '.join(SHOWN)} in {cast.folder}")
