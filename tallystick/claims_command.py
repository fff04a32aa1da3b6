"""The command `tallystick claims`: handing credentials over to their learners."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from issuer.store import Act, CredentialFilter, Store, StoreError
from service import open_database
from tallystick import verifying
from tallystick.files import USAGE, CommandError, write_output

if TYPE_CHECKING:
    from issuer.claims import ClaimDesk

DATABASE_VARIABLE = "TALLYSTICK_DATABASE_URL"
ACTOR = "command:claims"
WATCH_SECONDS = 5.0
SECRET_BYTES = 32
NO_LINKS = "https://localhost"
"""Letters about a change have no link in them."""
LANGUAGES = ("en", "fr-CA", "es")

F = TypeVar("F", bound=Callable[..., Any])


@click.group()
def claims() -> None:
    """Hand credentials over: letters, cards for a class, the pages behind their links.

    Nothing here needs a key. The database is that of the issuer.
    """


def database_option(command: F) -> F:
    """Add the option that names the database."""
    return click.option(
        "--database", "url", required=True, envvar=DATABASE_VARIABLE, help="URL of the database."
    )(command)


def which_options(command: F) -> F:
    """Add the options that choose an institution, its credentials, and where links lead."""
    for option in (
        click.option("--days", type=click.IntRange(1, 3_650), help="How long the links hold."),
        click.option("--base", required=True, help="Address of the claim pages (https://…)."),
        click.option("--job", help="Only credentials of this roster."),
        click.option("--institution", required=True, help="Name of the institution."),
    ):
        command = option(command)
    return database_option(command)


@claims.command("mail")
@which_options
def mail(url: str, institution: str, job: str | None, base: str, days: int | None) -> None:
    """Queue a letter with a link for each issued credential that has no claim yet."""
    store = _store(url)
    desk = _desk(store, base)
    act, ids = _chosen(store, institution, job)
    new = [one for one in ids if not store.deliveries.of_credential(act.tenant_id, one)]
    made, failed = _each(new, lambda one: desk.offer_by_mail(act, one, expires=_expiry(act, days)))
    click.echo(f"{made} letters wait to be sent: tallystick claims send")
    if failed:
        raise CommandError(f"{failed} credentials have no letter.")


@claims.command("remind")
@which_options
def remind(url: str, institution: str, job: str | None, base: str, days: int | None) -> None:
    """Queue a letter with a new link for each credential that was mailed and not taken."""
    store = _store(url)
    desk = _desk(store, base)
    act, ids = _chosen(store, institution, job)
    made, failed = _each(ids, lambda one: desk.remind(act, one, expires=_expiry(act, days)))
    click.echo(f"{made} reminders wait to be sent.")
    if failed:
        raise CommandError(f"{failed} learners were not reminded.")


@claims.command("sheet")
@which_options
@click.option("--out", required=True, type=click.Path(path_type=Path), help="PDF to print.")
@click.option("--pins", type=click.Path(path_type=Path), help="CSV file for PINs (default: none).")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
def sheet(
    url: str,
    institution: str,
    job: str | None,
    base: str,
    days: int | None,
    out: Path,
    pins: Path | None,
    language: str,
) -> None:
    """Make a card with a QR code for each issued credential, to be handed out in class.

    The links are on the cards and nowhere else: make new cards if these are lost.
    """
    from issuer.claims import claim_sheet
    from issuer.rosters import csv_lines

    store = _store(url)
    act, ids = _chosen(store, institution, job)
    cards = _desk(store, base).offer_on_paper(
        act, ids, with_pins=pins is not None, expires=_expiry(act, days)
    )
    if not cards:
        raise CommandError("There are no issued credentials to make cards for.")
    write_output(out, claim_sheet(cards, language=language, at=act.at))
    if pins is not None:
        rows = [(card.learner, card.pin or "") for card in cards]
        write_output(pins, b"".join(csv_lines(("learner", "pin"), rows)))
    click.echo(f"Wrote {len(cards)} cards to {out}")


@claims.command("send")
@database_option
@click.option("--watch", is_flag=True, help="Go on until interrupted.")
@click.option("--reasons", is_flag=True, help="Tell learners the reason of a withdrawal.")
@click.option("--no-notices", is_flag=True, help="Write nobody that their credential changed.")
def send(url: str, watch: bool, reasons: bool, no_notices: bool) -> None:
    """Send the letters that wait, through the server that TALLYSTICK_MAIL_HOST names.

    Learners whose credential was revoked, suspended or reinstated are written to as well. Run one
    such process. What is not taken is tried again, later each time.
    """
    from issuer.claims import queue_notices
    from service.mail import send_due, server_from

    server = server_from(os.environ)
    store = _store(url)
    desk = _desk(store, NO_LINKS)
    while True:
        if not no_notices:
            queue_notices(desk, verifying.now(), tells_reasons=reasons)
        done = send_due(store.deliveries, server.send, verifying.now)
        if not watch or done.sent or done.delayed or done.refused:
            click.echo(
                f"sent {done.sent}, to be tried again {done.delayed}, refused {done.refused}"
            )
        if not watch:
            return
        time.sleep(WATCH_SECONDS)


@claims.command("serve")
@database_option
@click.option("--base", required=True, help="Address under which the pages are reached.")
@click.option("--verify-at", help="Address where anybody can check a credential.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8082, show_default=True)
def serve(url: str, base: str, verify_at: str | None, port: int) -> None:
    """Serve the pages behind the links, on this machine; put a proxy with TLS in front."""
    from urllib.parse import urlsplit

    from issuer.claims import ClaimSettings, claim_pages
    from issuer.claims.pages import SITE, START
    from service.pages import PagesSettings, add_pages
    from service.web import WebSettings, new_application
    from service.web.headers import LOOPBACK_HOSTS
    from service.web.serving import Address, addresses_of, new_server

    host = urlsplit(base).hostname
    if host is None:
        raise CommandError("--base is a web address, for example https://badges.example.", USAGE)
    application = new_application(
        WebSettings("Tallystick claims", "Pages behind links.", hosts=(*LOOPBACK_HOSTS, host))
    )
    settings = PagesSettings(site=SITE, home=START, secret=os.urandom(SECRET_BYTES))
    pages = claim_pages(ClaimSettings(_store(url), verifying.now, lambda _tenant: base, verify_at))
    add_pages(application, settings, pages)
    server = new_server(application, Address(port=port))
    click.echo(f"Serving http://127.0.0.1:{addresses_of(server)[0][1]}/claim/")
    server.run()


def _store(url: str) -> Store:
    return Store(open_database(url, makes_file=False))


def _desk(store: Store, base: str) -> ClaimDesk:
    from issuer.claims import ClaimDesk
    from service.mail import Mailbox

    sender = os.environ.get("TALLYSTICK_MAIL_SENDER", "badges@localhost.localdomain")
    return ClaimDesk(store, base, Mailbox(sender))


def _each(ids: Iterable[str], write: Callable[[str], object]) -> tuple[int, int]:
    """Write a letter about each credential; count what was written, and what could not be."""
    from service.mail import MailError

    made = failed = 0
    for one in ids:
        try:
            made += write(one) is not None
        except (StoreError, MailError) as error:
            failed += 1
            click.echo(f"{one}: {error.message} [{error.code}]", err=True)
    return made, failed


def _chosen(store: Store, institution: str, job: str | None) -> tuple[Act, list[str]]:
    tenant = store.tenants.named(institution)
    which = CredentialFilter(job_id=job, state="issued", status="active")
    return Act(tenant.id, ACTOR, verifying.now()), list(_ids(store, tenant.id, which))


def _ids(store: Store, tenant_id: str, which: CredentialFilter) -> Iterator[str]:
    after: str | None = None
    while True:
        page = store.credentials.page(tenant_id, which, after=after)
        yield from (one.id for one in page.items)
        after = page.following
        if after is None:
            return


def _expiry(act: Act, days: int | None) -> Any:
    return None if days is None else act.at + timedelta(days=days)
