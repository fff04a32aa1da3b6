"""The command `tallystick signer`: keys in a process of their own."""

from __future__ import annotations

import grp
import pwd
import signal
import time
from collections import Counter
from functools import partial
from pathlib import Path

import click

from keys.signing_service.guarding import Caller, Guard, GuardedKey
from keys.signing_service.journal import Journal, lines_of
from keys.signing_service.messages import QUESTION_BYTES
from keys.signing_service.rates import Caps, Rate
from service.hardening import forbid_connections, forbid_reading_memory
from service.unix_sockets import Peer, ServerLimits, UnixServer
from tallystick import settings, verifying
from tallystick.explaining import printable
from tallystick.files import USAGE, CommandError
from tallystick.signers import SCHEME, is_remote, record_of, records_at

SOCKET = "socket"
JOURNAL = "journal"
CAPS = Caps()


@click.group()
def signer() -> None:
    """Keep keys in a process of their own, which signs for the issuer.

    The issuer names such a key signer:SOCKET#NAME wherever a key is named. It gets signatures,
    and never the key: run the signer as a user whose files the issuer cannot read.
    """


@signer.command()
@click.argument("uris", metavar="KEY...", nargs=-1, required=True)
@click.option("--socket", "path", type=click.Path(path_type=Path), help="Where to listen.")
@click.option("--journal", type=click.Path(path_type=Path), help="Folder of the journal.")
@click.option("--user", "users", multiple=True, help="Another user who may ask (name or number).")
@click.option("--group", help="Group that may reach the socket (default: this user alone).")
@click.option(
    "--each-second", type=click.IntRange(min=1), default=CAPS.each_second, show_default=True,
    help="Most signatures in a second.",
)  # fmt: skip
@click.option(
    "--each-day", type=click.IntRange(min=1), default=CAPS.each_day, show_default=True,
    help="Most signatures in a day (UTC).",
)  # fmt: skip
def serve(
    uris: tuple[str, ...],
    path: Path | None,
    journal: Path | None,
    users: tuple[str, ...],
    group: str | None,
    each_second: int,
    each_day: int,
) -> None:
    """Sign with the keys KEY (file:PATH) for who may ask, until it is interrupted.

    It opens no connection. Each signature has a line in the journal before it leaves.
    """
    forbid_reading_memory()
    opened = [_guarded(uri) for uri in uris]
    folder = settings.signer_folder()
    at = (path or folder / SOCKET).absolute()
    at.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = Journal(journal or folder / JOURNAL)
    rate = Rate(Caps(each_second, each_day), time.monotonic)
    guard = Guard(opened, written, rate, verifying.now)
    server = UnixServer(
        at,
        partial(_answer, guard),
        ServerLimits(QUESTION_BYTES),
        users=[_user(name) for name in users],
        group=None if group is None else _group(group),
    )
    forbid_connections()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: server.stop())
    for one in opened:
        click.echo(f"key: {SCHEME}{at}#{one.key.record.name}")
    click.echo("Signing; stop with Ctrl-C.")
    server.run()
    written.close()


def _answer(guard: Guard, question: bytes, peer: Peer) -> bytes:
    return guard.answer(question, Caller(peer.process, peer.user))


def _guarded(uri: str) -> GuardedKey:
    if is_remote(uri):
        raise CommandError(f"{uri} is in another signer already; name its file.", USAGE)
    return GuardedKey(settings.signing_key(uri), partial(record_of, uri))


def _user(name: str) -> int:
    try:
        return int(name) if name.isdecimal() else pwd.getpwnam(name).pw_uid
    except KeyError as error:
        raise CommandError(f"There is no user called {name} here.", USAGE) from error


def _group(name: str) -> int:
    try:
        return int(name) if name.isdecimal() else grp.getgrnam(name).gr_gid
    except KeyError as error:
        raise CommandError(f"There is no group called {name} here.", USAGE) from error


@signer.command("keys")
@click.argument("path", metavar="[SOCKET]", required=False, type=click.Path(path_type=Path))
def list_keys(path: Path | None) -> None:
    """Ask the signer at SOCKET which keys it has; that it answers shows that it runs."""
    at = (path or settings.signer_folder() / SOCKET).absolute()
    for record in records_at(at):
        told = (record.key.key_type.value, record.status, record.controller)
        click.echo("\t".join(map(printable, (f"{SCHEME}{at}#{record.name}", *told))))


@signer.command("journal")
@click.argument("folder", metavar="[FOLDER]", required=False, type=click.Path(path_type=Path))
def check_journal(folder: Path | None) -> None:
    """Check that no line of a journal was changed or taken out, and count its signatures."""
    at = folder or settings.signer_folder() / JOURNAL
    if not at.is_dir():
        raise CommandError(f"{at} is no folder with a journal.", USAGE)
    days = Counter(day for day, _line in lines_of(at))
    for day, count in sorted(days.items()):
        click.echo(f"{day}\t{count}")
    click.echo(f"{days.total()} signatures; the journal is whole.")
