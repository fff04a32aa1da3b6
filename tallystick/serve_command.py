"""The commands that serve: `tallystick issuer serve` and `tallystick verifier serve`."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from keys.store import FileKeyStore
from keys.verification_key import KeyType
from tallystick import settings, verifying
from tallystick.files import CommandError, write_output

DEV_HTTPS = "Serve HTTPS with a certificate made for this machine; for development only."
PORT = "Listen on this port instead of the configured one; 0 is any that is free."
WORKERS = "Workers beside it that issue rosters and publish; 0 if they run by themselves."
TOKEN_BYTES = 32
CONFIGURATION = """# Tallystick issuer: start it with "tallystick issuer serve --config THIS_FILE".

[server]
host = "127.0.0.1"
port = 8080

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


@click.group()
def issuer() -> None:
    """Serve the issuer over HTTP."""


@click.group()
def verifier() -> None:
    """Serve the verifier over HTTP."""


@issuer.command("init")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--key", "uri", help="URI of the key that signs (default: a new one).")
@click.option("--keys", "folder", type=click.Path(path_type=Path), help="Folder of the keys.")
def init(file: Path, uri: str | None, folder: Path | None) -> None:
    """Write a configuration to FILE, with a new key unless one is named."""
    if file.exists():
        raise CommandError(f"{file} is there already. Name another file, or take it away first.")
    key = uri or _new_key((folder or settings.keys_folder()).resolve(), file.stem)
    write_output(file, CONFIGURATION.format(key=key).encode("utf-8"))
    click.echo(f"Wrote {file}. Start with: tallystick issuer serve --config {file}")


def _new_key(folder: Path, name: str) -> str:
    protection = settings.protection_for(folder, wants_passphrase=False)
    store = FileKeyStore(folder)
    uri, _record = store.create(name, KeyType.ED25519, protection, created=verifying.now())
    return uri


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
@click.option("--workers", type=click.IntRange(0, 64), default=1, show_default=True, help=WORKERS)
def serve_issuer(path: str, port: int | None, dev_https: bool, workers: int) -> None:
    """Serve the issuer of a configuration until it is interrupted."""
    from tallystick import serving

    serving.serve_issuer(path, port=port, dev_https=dev_https, workers=workers)


@verifier.command("serve")
@click.option("--config", "path", help="Configuration (TOML); without one the defaults hold.")
@click.option("--proof-only", is_flag=True, help="Also serve the instance for conformance runs.")
@click.option("--port", type=click.IntRange(0, 65_535), help=PORT)
@click.option("--dev-https", is_flag=True, help=DEV_HTTPS)
def serve_verifier(path: str | None, proof_only: bool, port: int | None, dev_https: bool) -> None:
    """Serve the verifier until it is interrupted."""
    from tallystick import serving

    serving.serve_verifier(path, proof_only=proof_only, port=port, dev_https=dev_https)
