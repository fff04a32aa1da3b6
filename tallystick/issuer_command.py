"""The commands that work with the issuer service: workers, institutions, keys, withdrawals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from tallystick import settings, verifying
from tallystick.explaining import printable
from tallystick.files import USAGE, CommandError, write_output

F = TypeVar("F", bound=Callable[..., Any])
CONFIG = f"Configuration of the service (default: ${settings.ISSUER_VARIABLE})."
MOST_WORKERS = 64


def config_option(command: F) -> F:
    """Add the option that names the configuration of the service."""
    return click.option(
        "--config", "path", envvar=settings.ISSUER_VARIABLE, required=True, help=CONFIG
    )(command)


def tenant_option(command: F) -> F:
    """Add the option that names an institution; the only one need not be named."""
    return click.option("--institution", "tenant_name", help="Name of the institution.")(command)


def chosen_tenant(service: Any, name: str | None) -> Any:
    """Find the institution that is meant; raise `CommandError` if that is not clear."""
    if name is not None:
        return service.store.tenants.named(name)
    known = service.store.tenants.all()
    if len(known) != 1:
        names = ", ".join(tenant.name for tenant in known) or "none"
        raise CommandError(f"Say which institution with --institution; there are {names}.", USAGE)
    return known[0]


@click.command("worker")
@config_option
@click.option("--workers", type=click.IntRange(1, MOST_WORKERS), default=2, show_default=True)
def worker(path: str, workers: int) -> None:
    """Run workers: they issue rosters, withdraw what is due and publish lists, until stopped."""
    from tallystick.issuer_worker import run_workers

    run_workers(path, workers)


@click.command("courier")
@config_option
@click.option(
    "--remind-after",
    "days",
    type=click.IntRange(1, 365),
    help="Remind learners, once, who took nothing for so many days (default: nobody).",
)
def courier(path: str, days: int | None) -> None:
    """Tell webhooks what happened and send letters to learners, until stopped.

    Letters go through the server that TALLYSTICK_MAIL_HOST names (docs/delivery.md). This process
    opens no key. Run one.
    """
    from tallystick.issuer_courier import run_courier

    run_courier(path, remind_after=None if days is None else timedelta(days=days))


@click.command("institution")
@config_option
@click.option("--name", required=True, help="Name in addresses.")
@click.option("--title", required=True, help="Name for people.")
@click.option("--public-url", required=True, help="Where everybody can reach this (https).")
@click.option("--email", help="Address of its owner.")
def institution(path: str, **said: Any) -> None:
    """Add an institution with a key of its own."""
    from tallystick.issuer_service import open_service
    from tallystick.issuer_setup import NewInstitution, add_institution
    from tallystick.serve_command import SETUP_PATH

    tenant, secret = add_institution(open_service(path), NewInstitution(**said))
    click.echo(printable(f"{tenant.title} issues as {tenant.issuer}."))
    if secret is not None:
        click.echo(f"Its owner sets a password at {SETUP_PATH}{secret}")


@click.command("achievement")
@config_option
@tenant_option
@click.argument("file", metavar="FILE.json")
@click.option("--id", "achievement_id", help="Publish it as the next version of this one.")
@click.option("--id-file", type=click.Path(path_type=Path), help="File for the id of a new one.")
def achievement(
    path: str,
    tenant_name: str | None,
    file: str,
    achievement_id: str | None,
    id_file: Path | None,
) -> None:
    """Publish an achievement from a definition, or from a request without its learner."""
    from issuer.achievements import AchievementDefinition
    from issuer.achievements.composing import TEMPLATE_MEMBERS
    from issuer.store import Act
    from tallystick.files import read_json_object
    from tallystick.issuer_service import open_service

    document, service = read_json_object(file), open_service(path)
    if document.keys() >= TEMPLATE_MEMBERS:
        title = str(document["achievement"].get("name"))
    else:
        title = AchievementDefinition.of(document).name
    act = Act(chosen_tenant(service, tenant_name).id, "command", verifying.now())
    known = service.store.achievements
    made = (
        known.add(act, title=title, draft=document)
        if achievement_id is None
        else known.get(act.tenant_id, achievement_id)
    )
    version = known.publish(act, made.id, document=document, revision=made.revision)
    if id_file is not None:
        write_output(id_file, f"{made.id}\n".encode("ascii"))
    click.echo(printable(f"{made.id} is version {version.version} of {title}"))


@click.command("issue")
@config_option
@tenant_option
@click.option("--achievement", "achievement_id", required=True, help="Id of what is awarded.")
@click.option("--email", help="Mail address of the learner.")
@click.option("--subject", help="Id of the learner, such as a DID.")
@click.option("--idempotency-key", "key", required=True, help="The same key issues once.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False))
def issue(
    path: str,
    tenant_name: str | None,
    achievement_id: str,
    email: str | None,
    subject: str | None,
    key: str,
    out: Path,
) -> None:
    """Issue one credential, exactly once for each idempotency key.

    For a roster: tallystick issue --roster FILE.csv --achievement ID --out FOLDER.
    """
    from issuer.issuing.awards import Award
    from issuer.store import Act, Recipient
    from tallystick.issuer_service import open_service

    service = open_service(path)
    act = Act(chosen_tenant(service, tenant_name).id, "command", verifying.now())
    award = Award(Recipient(email, subject))
    issued = service.exactly_once.issue(act, key, achievement_id, award)
    service.publisher.publish_due()
    write_output(out, issued.data or b"")
    click.echo(f"Issued {issued.id} to {out}")


@click.command("api-key")
@config_option
@tenant_option
@click.option("--name", required=True, help="What the key is for.")
@click.option("--scope", "scopes", multiple=True, required=True, help="What it may do; repeat.")
@click.option("--days", type=click.IntRange(1, 3_650), help="How long it holds.")
def api_key(
    path: str, tenant_name: str | None, name: str, scopes: tuple[str, ...], days: int | None
) -> None:
    """Make a key for a program; it is shown now and never again."""
    from issuer.store import Act, Scope
    from tallystick.issuer_service import open_service

    unknown = sorted(set(scopes) - set(Scope))
    if unknown:
        raise CommandError(f"There is no scope {unknown[0]}; there are {', '.join(Scope)}.", USAGE)
    service, now = open_service(path), verifying.now()
    act = Act(chosen_tenant(service, tenant_name).id, "command", now)
    ends = None if days is None else now + timedelta(days=days)
    made, secret = service.store.api_keys.make(
        act, name=name, scopes=map(Scope, scopes), expires=ends
    )
    service.high_water.passed(service.store.ledger.checkpoint())
    click.echo(f"key: {secret}\nid: {made.id}")


@click.command("revoke")
@config_option
@tenant_option
@click.argument("credential_ids", metavar="CREDENTIAL-ID…", nargs=-1, required=True)
@click.option("--reason", required=True, help="Why; it is kept, and never published.")
@click.option("--suspend", "act_name", flag_value="suspend", help="Suspend for now instead.")
@click.option("--reinstate", "act_name", flag_value="reinstate", help="End a suspension instead.")
def revoke(
    path: str,
    tenant_name: str | None,
    credential_ids: tuple[str, ...],
    reason: str,
    act_name: str | None,
) -> None:
    """Revoke credentials for good, all of them or none, and publish that."""
    from issuer.issuing.withdrawing import Change
    from issuer.store import Act
    from tallystick.issuer_service import open_service

    service = open_service(path)
    act = Act(chosen_tenant(service, tenant_name).id, "command", verifying.now())
    done = service.withdrawing.ask(act, credential_ids, Change(act_name or "revoke", reason))
    service.publisher.publish_due()
    for one in done:
        status = service.store.credentials.get(one.tenant_id, one.credential_id).status
        click.echo(f"{one.credential_id} is {status}; the list is published.")


@click.command("rotate")
@config_option
@tenant_option
@click.option(
    "--at-once", is_flag=True, help="Use the new key now, though others may not know it yet."
)
@click.option("--finish", is_flag=True, help="Use the key that was made before.")
def rotate(path: str, tenant_name: str | None, at_once: bool, finish: bool) -> None:
    """Move an institution to a new key; what the old one signed stays valid.

    Run it once to make and publish the new key, and with --finish when others had the time to
    fetch the institution's document anew: an hour later, or more.
    """
    from tallystick import issuer_setup
    from tallystick.issuer_service import open_service

    service = open_service(path)
    tenant = chosen_tenant(service, tenant_name)
    waits = not (at_once or finish)
    _uri, record = issuer_setup.rotate(service, tenant, waits=waits)
    if waits:
        click.echo(f"The key {record.name} is published. Use it with: rotate --finish")
    else:
        click.echo(f"{tenant.name} signs with {record.name} now; the key before it is retired.")
