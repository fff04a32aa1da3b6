"""The commands about status lists: make one, withdraw what was issued, publish, show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from credentials.json_types import id_of
from credentials.strict_json import serialize_json_for_people
from service.status_lists import PURPOSES, REVOCATION, TTL, VALIDITY, StatusList
from tallystick import composition, settings, verifying
from tallystick.explaining import printable
from tallystick.files import USAGE, CommandError, locked, read_json_object, write_output
from tallystick.signers import record_of
from tallystick.status_ledger_in_use import status_ledger, status_ledger_option

if TYPE_CHECKING:
    from service.status_ledger import Changed, Overview, StatusLedger


@click.group()
def status() -> None:
    """Keep status lists, by which issued credentials can be withdrawn.

    A credential that was issued with --status LIST can be revoked for good, or suspended for
    now, as the list is for the one or the other. Others see it once the list is published.
    """


@status.command()
@click.argument("name", metavar="LIST")
@click.option("--url", required=True, help="Where you will publish the list (https).")
@click.option("--key", "uri", required=True, help="URI of a key of the issuer (file:PATH).")
@click.option("--purpose", type=click.Choice(PURPOSES), default=REVOCATION, show_default=True)
@click.option("--entries", type=int, default=131_072, show_default=True, help="How many.")
@click.option(
    "--ttl-minutes",
    type=click.IntRange(min=0),
    default=TTL // timedelta(minutes=1),
    show_default=True,
    help="How long verifiers may keep a copy.",
)
@click.option(
    "--valid-days",
    type=click.IntRange(min=1, max=36_500),
    default=VALIDITY.days,
    show_default=True,
    help="How long a published list holds; publish it anew before.",
)
@status_ledger_option
def new(
    name: str,
    url: str,
    uri: str,
    purpose: str,
    entries: int,
    ttl_minutes: int,
    valid_days: int,
    status_ledger_url: str | None,
) -> None:
    """Make a status list called LIST for the owner of a key.

    An Open Badge has one status, so a list serves one purpose: make one for revocations, and
    another one for credentials that you may want to suspend.
    """
    made = StatusList(
        name=name,
        url=url,
        issuer=record_of(uri).controller,
        purpose=purpose,
        entries=entries,
        ttl=timedelta(minutes=ttl_minutes),
        validity=timedelta(days=valid_days),
    )
    status_ledger(status_ledger_url, makes_file=True).make_list(made, verifying.now())
    click.echo(printable(f"Made the list {name} of {made.issuer}, for {purpose}, at {url}"))
    click.echo(f"Issue with --status {name}, and publish it: tallystick status publish {name} …")


Act = Callable[["StatusLedger", str, str, datetime], "tuple[Changed, ...]"]


def _withdrawing(name: str, done: str, text: str, act: Act) -> click.Command:
    """Make one of the commands that change the status of a credential."""

    @click.command(name, help=text)
    @click.argument("credential", metavar="CREDENTIAL-ID|FILE")
    @click.option("--reason", required=True, help="Why; it is kept, and never published.")
    @status_ledger_option
    def command(credential: str, reason: str, status_ledger_url: str | None) -> None:
        identifier = _identifier(credential)
        ledger = status_ledger(status_ledger_url)
        for changed in act(ledger, identifier, reason, verifying.now()):
            listed = changed.status_list.name
            if not changed.is_new:
                told = f"{identifier} is as you want it since {changed.since}; nothing was changed."
            else:
                told = (
                    f"{identifier} is {done}. Others will see it once you publish the list: "
                    f"tallystick status publish {listed} --key URI --out FILE"
                )
            click.echo(printable(told))

    return command


status.add_command(
    _withdrawing(
        "revoke",
        "revoked",
        "Revoke a credential for good.",
        lambda ledger, *about: ledger.revoke(*about),
    )
)
status.add_command(
    _withdrawing(
        "suspend",
        "suspended",
        "Suspend a credential until it is reinstated.",
        lambda ledger, *about: ledger.suspend(*about),
    )
)
status.add_command(
    _withdrawing(
        "reinstate",
        "reinstated",
        "End the suspension of a credential.",
        lambda ledger, *about: ledger.reinstate(*about),
    )
)


def _identifier(credential: str) -> str:
    """Read the id of the credential in a file, or take what is no file for the id itself."""
    if not Path(credential).is_file():
        return credential
    identifier = id_of(read_json_object(credential))
    if identifier is None:
        raise CommandError(f"{credential} has no id, so its status cannot be changed.", USAGE)
    return identifier


@status.command()
@click.argument("name", metavar="LIST")
@click.option("--key", "uri", required=True, help="URI of the issuer's key (file:PATH).")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the signed list.",
)
@click.option(
    "--decoys",
    type=click.IntRange(min=0, max=1_000),
    default=0,
    help="Set so many entries of nobody, so that numbers tell less about your learners.",
)
@status_ledger_option
def publish(name: str, uri: str, out: Path, decoys: int, status_ledger_url: str | None) -> None:
    """Sign the list as it is now into a file, which you put at its address.

    Leave the file there: a ledger that is behind it, as after an old backup was restored, is
    noticed. Publish regularly, also when nothing has changed: a list ends.
    """
    key, ledger = settings.signing_key(uri), status_ledger(status_ledger_url)
    with locked(out.absolute().parent):
        served = read_json_object(str(out)) if out.exists() else None
        document = ledger.publish(
            name, verifying.now(), issuer=key.record.controller, served=served, decoys=decoys
        )
        signed = composition.sign_status_list(key, document)
        write_output(out, serialize_json_for_people(signed))
    click.echo(printable(f"Published {name} to {out}; put it at {document['id']}"))
    click.echo(f"It holds until {document['validUntil']}. Publish it anew before.")


@status.command()
@click.argument("shown", metavar="[LIST|CREDENTIAL-ID|FILE]", required=False)
@status_ledger_option
def show(shown: str | None, status_ledger_url: str | None) -> None:
    """Show all lists, one list, or what was done about one credential, with the reasons."""
    ledger = status_ledger(status_ledger_url)
    overviews = [one for one in ledger.lists() if shown in (None, one.status_list.name)]
    lines = [line for overview in overviews for line in _list_in_words(overview)]
    if shown is None and not lines:
        lines = ["There are no status lists yet."]
    elif shown is not None and not lines:
        lines = list(_history_in_words(ledger, _identifier(shown)))
    if not lines:
        raise CommandError(f"{shown} is on no status list of this ledger, and is none.")
    click.echo("\n".join(map(printable, lines)))


def _list_in_words(overview: Overview) -> Iterator[str]:
    listed = overview.status_list
    yield f"{listed.name}: {listed.purpose}, {listed.url}, of {listed.issuer}"
    yield (
        f"  {overview.assigned} of {listed.entries} entries given out, {overview.set_entries} set, "
        f"published {overview.published_at or 'never'}"
    )
    if overview.unpublished:
        yield f"  CHANGES NOT PUBLISHED YET: {overview.unpublished}"


def _history_in_words(ledger: StatusLedger, identifier: str) -> Iterator[str]:
    for listed, changes in ledger.history(identifier):
        verbs = ("reinstated", "suspended") if listed.purpose != REVOCATION else ("", "revoked")
        yield f"{identifier} is on the list {listed.name} ({listed.purpose})."
        for change in changes:
            yield f"  {verbs[change.is_set]} {change.changed_at}: {change.reason}"
        if not changes:
            yield "  nothing was changed since it was issued"
