"""The commands that keep what the issuer service has: check, back up, restore, reconcile."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tallystick.files import CommandError
from tallystick.issuer_command import config_option

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("migrate")
@config_option
def migrate(path: str) -> None:
    """Bring the database to the form of this version; a new one is made."""
    from tallystick.issuer_service import open_service

    open_service(path, migrates=True)
    click.echo("The database has the form of this version.")


@click.command("fsck")
@config_option
@click.option("--checkpoint", "kept", type=FILE, help="A checkpoint that was kept elsewhere.")
def fsck(path: str, kept: Path | None) -> None:
    """Check everything that the ledger covers; say what was changed, taken out or added."""
    from issuer.issuing.checking import check_store
    from issuer.store.ledger import checkpoint_from_json
    from tallystick.issuer_service import open_service

    service = open_service(path)
    points = [] if kept is None else [checkpoint_from_json(json.loads(kept.read_bytes()))]
    found = check_store(
        service.store.engine,
        trusted=service.is_checkpoint_key,
        high_water=service.high_water,
        kept=points,
    )
    count = found.checkpoint.count
    click.echo(f"In order: {count} entries, {found.issued} credentials, {found.changes} changes.")


@click.command("checkpoint")
@config_option
@click.option("--out", required=True, type=FILE, help="File for the checkpoint.")
def checkpoint(path: str, out: Path) -> None:
    """Sign where the ledger ends now, to be kept elsewhere."""
    from issuer.issuing import checkpoints
    from issuer.store.ledger import checkpoint_to_json
    from tallystick import verifying
    from tallystick.files import write_output
    from tallystick.issuer_service import open_service

    service = open_service(path)
    signer, now = service.checkpoint_key().signer, verifying.now()
    signed = checkpoints.sign(service.store.ledger.checkpoint(), signer, now)
    service.store.ledger.keep_checkpoint(signed)
    text = json.dumps(checkpoint_to_json(signed), indent=2) + "\n"
    write_output(out, text.encode("ascii"))
    click.echo(f"Signed the checkpoint of {signed.checkpoint.count} entries into {out}")


@click.command("backup")
@config_option
@click.argument("target", type=FILE)
def backup(path: str, target: Path) -> None:
    """Copy the database into TARGET while the service goes on; keys are not in it."""
    from issuer.store.backups import back_up
    from tallystick.issuer_service import open_service

    back_up(open_service(path).store.engine, target)
    click.echo(f"Wrote {target}. Keep the keys and the folder of the service, too.")


@click.command("restore")
@config_option
@click.argument("source", type=FILE)
def restore(path: str, source: Path) -> None:
    """Put a backup in the place of the database; stop the service before.

    What is missing in it since then is noticed: nothing is issued or published until you
    reconcile.
    """
    from issuer.store import backups
    from tallystick.issuer_service import SQLITE, database_url, open_service
    from tallystick.web_configuration import IssuerConfiguration, read_configuration

    chosen = read_configuration(path, IssuerConfiguration).store
    url = "" if chosen is None else database_url(path, chosen)
    if not url.startswith(SQLITE):
        raise CommandError("A PostgreSQL database is restored with its own programs.")
    if not source.exists():
        raise CommandError(f"{source} is not there.")
    backups.restore(source, Path(url.removeprefix(SQLITE)))
    service = open_service(path, migrates=True)
    mark, now = service.high_water.mark(), service.store.ledger.checkpoint()
    click.echo(f"Restored {source}: {now.count} entries.")
    if mark is not None and mark.count > now.count:
        lost = mark.count - now.count
        click.echo(
            f"{lost} entries that were confirmed are not in it. Nothing is issued or published "
            "until you run: tallystick issuer reconcile"
        )


@click.command("reconcile")
@config_option
@click.confirmation_option(
    prompt="Have you looked for a newer backup? What is missing here is lost for good."
)
def reconcile(path: str) -> None:
    """Go on with a restored database: take over what was published, and begin new lists."""
    from issuer.issuing import reconciling
    from tallystick.issuer_service import open_service

    service = open_service(path)
    done = reconciling.reconcile(service.shop, service.high_water, service.copies, "command")
    service.publisher.publish_due()
    click.echo(
        f"Took over {done.revocations} revocations, ended {done.ended_lists} lists. "
        f"{done.entries_before} entries were confirmed before; the ledger has "
        f"{done.entries_after} now."
    )
