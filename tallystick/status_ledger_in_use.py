"""The ledger of status lists that a command uses, by the URL of its database."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from credentials.json_types import JsonObject, id_of
from issuer import IssuanceToken, Issuer
from issuer.issuer import Status
from tallystick import settings

if TYPE_CHECKING:
    from service.status_ledger import StatusLedger

F = TypeVar("F", bound=Callable[..., Any])

LEDGER = (
    "URL of the ledger of status lists: sqlite:///FILE, or postgresql://USER@HOST/NAME "
    f"(default: ${settings.STATUS_LEDGER_VARIABLE}, or a file in your home)."
)


def status_ledger_option(command: F) -> F:
    """Add the option that names the ledger of status lists."""
    return click.option(
        "--status-ledger",
        "status_ledger_url",
        envvar=settings.STATUS_LEDGER_VARIABLE,
        help=LEDGER,
    )(command)


def status_option(command: F) -> F:
    """Add the options of a command whose credential can be withdrawn."""
    listed = click.option(
        "--status", "status_list", metavar="LIST", help="Status list by which it can be withdrawn."
    )
    return listed(status_ledger_option(command))


def status_ledger(url: str | None, *, makes_file: bool = False) -> StatusLedger:
    """Open the ledger for the command that runs."""
    ledger, close = open_ledger(url, makes_file=makes_file)
    click.get_current_context().call_on_close(close)
    return ledger


def open_ledger(
    url: str | None, *, makes_file: bool = False
) -> tuple[StatusLedger, Callable[[], object]]:
    """Open the ledger in the form of this version, and return what closes it.

    Only who makes a list makes a new file: elsewhere a URL with a slip in it is told.
    """
    # The database takes a moment to load, which other commands need not wait for.
    from service import migrate, open_database
    from service.status_ledger import StatusLedger

    if url is None:
        file = settings.status_ledger_file()
        if makes_file:
            file.parent.mkdir(parents=True, exist_ok=True)
        url = f"sqlite:///{file}"
    engine = open_database(url, makes_file=makes_file)
    migrate(engine)
    return StatusLedger(engine, secrets.randbelow), engine.dispose


@dataclass(frozen=True, slots=True)
class StatusChoice:
    """What the options of `status_option` say: by which list a credential can be withdrawn."""

    status_list: str | None
    status_ledger_url: str | None

    def entry(self, credential_id: str, issuer: str, now: datetime) -> JsonObject | None:
        """Give a credential an entry of the list, if one is named, and return its status."""
        if self.status_list is None:
            return None
        return _entries_of(self.status_list, self.status_ledger_url, issuer, now)(credential_id)

    def given(self, issuer: Issuer, token: IssuanceToken, now: datetime) -> IssuanceToken:
        """Prepare a credential with an entry of the list, if one is named."""
        if self.status_list is None:
            return token
        owner = str(id_of(token.document["issuer"]))
        status = _entries_of(self.status_list, self.status_ledger_url, owner, now)
        return issuer.with_status(token, status, now=now)


def _entries_of(list_name: str, url: str | None, issuer: str, now: datetime) -> Status:
    ledger = status_ledger(url)
    return lambda credential_id: ledger.assign(list_name, credential_id, issuer=issuer, at=now)
