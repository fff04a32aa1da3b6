"""The commands that serve: `tallystick issuer serve` and `tallystick verifier serve`."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallystick import settings
from tallystick.files import CommandError, write_output
from tallystick.lazy_group import LazyGroup

if TYPE_CHECKING:
    from tallystick.issuer_service import IssuerService

DEV_HTTPS = "Serve HTTPS with a certificate made for this machine; for development only."
PORT = "Listen on this port instead of the configured one; 0 is any that is free."
WATCH_DATABASE = "Keep watch lists there: sqlite:///FILE or postgresql://USER@HOST/NAME."
TOKEN_BYTES = 32
LOCAL_URL = "https://localhost:8443"
"""What `issuer_setup` takes for a service that is for trying out; not imported, to start fast."""

SETUP_PATH = "/console/setup/"
"""Where people set their password by a link; the secret follows."""

ISSUER_COMMANDS = {
    "achievement": "issuer_command",
    "api-key": "issuer_command",
    "backup": "issuer_keeping_command",
    "checkpoint": "issuer_keeping_command",
    "courier": "issuer_command",
    "fsck": "issuer_keeping_command",
    "institution": "issuer_command",
    "issue": "issuer_command",
    "migrate": "issuer_keeping_command",
    "reconcile": "issuer_keeping_command",
    "restore": "issuer_keeping_command",
    "revoke": "issuer_command",
    "rotate": "issuer_command",
    "skills": "skills_command",
    "worker": "issuer_command",
}
"""Commands by the module that has them; it is loaded when it is needed."""

CONFIGURATION = """# Tallystick issuer: start it with "tallystick issuer serve --config THIS_FILE".

[server]
host = "127.0.0.1"
port = 8080

# What the issuer service keeps. TALLYSTICK_DATABASE_URL names another database:
# postgresql://USER@HOST/NAME takes the service onto PostgreSQL.
[store]
database = "sqlite:///{name}.sqlite"
folder = "{name}-data"     # copies of published lists, and how far the ledger has come
keys = "{keys}"
checkpoint_key = "{checkpoint_key}"

# Passkeys, and accounts elsewhere (docs/sign-in.md): say where browsers reach the console.
# [sign_in]
# address = "http://localhost:8080"

# Each instance has its own path, key, suite and rules.
[[instance]]
name = "badges"            # POST /badges/credentials/issue
key = "{key}"
profile = "open-badges"    # Open Badges 3.0 with level and credits

[[instance]]
name = "generic"           # POST /generic/credentials/issue
key = "{key}"
profile = "generic"        # any W3C credential

# Further lines of an instance:
# suites = ["ecdsa-sd-2023"]      # which proofs; several make a proof set (default: by the key)
# form = "vc+jwt"                 # tokens in envelopes instead of proofs
# status_list = "withdrawals"     # made by "tallystick status new"; with, at the top of the file:
#                                   status_ledger = "sqlite:///status.sqlite"
# Who may issue: digests of tokens, made by "tallystick issuer token". Without any, everybody who
# reaches the address may, so it must be one of this machine.
# tokens = ["sha256:..."]
"""


@click.group(cls=LazyGroup, modules=ISSUER_COMMANDS)
def issuer() -> None:
    """Run the issuer service: begin, serve, work, check, keep."""


@click.group()
def verifier() -> None:
    """Serve the verifier over HTTP."""


@issuer.command("init")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--key", "uri", help="URI of the key of the VC-API (default: a new one).")
@click.option(
    "--keys",
    "folder",
    type=click.Path(path_type=Path),
    help="Folder of the keys (default: beside FILE).",
)
@click.option("--name", default="institution", help="Name of your institution in addresses.")
@click.option("--title", help="Name of your institution; without one it is set up in a browser.")
@click.option("--public-url", default=LOCAL_URL, help="Where everybody can reach this (https).")
@click.option("--email", default="owner@localhost", help="Address of the first person.")
def init(file: Path, uri: str | None, folder: Path | None, title: str | None, **said: str) -> None:
    """Begin an issuer service: keys, database and configuration FILE.

    With --title also the institution and its first person, whose link to set a password is
    printed; without one they are entered in a browser when the service is started.
    """
    from tallystick.issuer_setup import NewInstitution, add_institution, new_key

    if file.exists():
        raise CommandError(f"{file} is there already. Name another file, or take it away first.")
    keys = (folder or _keys_for(file)).resolve()
    new = None if title is None else NewInstitution(title=title, **said)
    key = uri or new_key(keys, file.stem)[0]
    checkpoints, _record = new_key(keys, f"{file.stem}-checkpoints")
    named = {"name": file.stem, "key": key, "keys": keys, "checkpoint_key": checkpoints}
    write_output(file, CONFIGURATION.format(**named).encode("utf-8"))
    service = open_new(file)
    click.echo(f"Wrote {file}. Start with: tallystick issuer serve --config {file}")
    click.echo(f"Its keys are in {keys}: keep a copy of them, and show them to nobody.")
    if new is None:
        click.echo("It prints the address at which you set up your institution in a browser.")
        return
    tenant, secret = add_institution(service, new)
    click.echo(f"{tenant.title} issues as {tenant.issuer}.")
    click.echo(f"Set your password at http://127.0.0.1:8080{SETUP_PATH}{secret}")
    if new.public_url == LOCAL_URL:
        click.echo(
            "Without --public-url this is for trying out: nobody else can look up what was "
            "withdrawn, and the key cannot change.",
            err=True,
        )


def _keys_for(file: Path) -> Path:
    """Choose the folder of a new service's keys: TALLYSTICK_KEYS, or one beside its configuration.

    Each service has a folder of its own, so that a second one never meets the names of the first.
    """
    if settings.KEYS_VARIABLE in os.environ:
        return settings.keys_folder()
    return file.with_name(f"{file.stem}-keys")


def open_new(file: Path) -> IssuerService:
    """Make the database of a configuration that was just written."""
    from tallystick.issuer_service import open_service

    return open_service(str(file), migrates=True)


@issuer.command("token")
def new_token() -> None:
    """Make a token that may issue: the digest goes into the configuration."""
    from service.web.authorization import digest_of_token

    token = secrets.token_urlsafe(TOKEN_BYTES)
    click.echo(f"token:  {token}\ndigest: {digest_of_token(token)}")


@issuer.command("serve")
@click.option("--config", "path", required=True, help="Configuration (TOML).")
@click.option("--port", type=click.IntRange(0, 65_535), help=PORT)
@click.option("--dev-https", is_flag=True, help=DEV_HTTPS)
@click.option(
    "--workers",
    type=click.IntRange(0, 64),
    default=1,
    show_default=True,
    help="Workers beside it, which issue rosters and publish; 0 if they run elsewhere.",
)
def serve_issuer(path: str, port: int | None, dev_https: bool, workers: int) -> None:
    """Serve the issuer of a configuration until it is interrupted."""
    from tallystick import serving

    serving.serve_issuer(path, port=port, dev_https=dev_https, workers=workers)


@verifier.command("serve")
@click.option("--config", "path", help="Configuration (TOML); without one the defaults hold.")
@click.option("--proof-only", is_flag=True, help="Also serve the instance for conformance runs.")
@click.option("--port", type=click.IntRange(0, 65_535), help=PORT)
@click.option("--dev-https", is_flag=True, help=DEV_HTTPS)
@click.option("--watch-database", "database", metavar="URL", help=WATCH_DATABASE)
def serve_verifier(
    path: str | None, proof_only: bool, port: int | None, dev_https: bool, database: str | None
) -> None:
    """Serve the verifier until it is interrupted."""
    from tallystick import serving

    serving.serve_verifier(
        path, proof_only=proof_only, port=port, dev_https=dev_https, database=database
    )


@verifier.command("watch")
@click.option("--config", "path", help="Configuration (TOML) of the verifier.")
@click.option("--watch-database", "database", metavar="URL", help=WATCH_DATABASE)
@click.option("--once", is_flag=True, help="Take one turn, and end.")
def watch(path: str | None, database: str | None, once: bool) -> None:
    """Ask again about watched credentials, and tell what changed; `verifier serve` does it, too."""
    from tallystick import serving

    serving.watch(path, database=database, once=once)
