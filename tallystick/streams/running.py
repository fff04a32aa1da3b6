"""Running a stream for the command: where it comes from, where results go, how it ends."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import BinaryIO

import click

from tallystick.files import DISK, USAGE, CommandError
from tallystick.stream_options import Many
from tallystick.streams.processes import results_in_order, usable_cores
from tallystick.streams.tally import Tally
from tallystick.streams.work import Batch, Results, Work

TERMINATED = 128 + signal.SIGTERM
"""Exit status of a command that was asked to end."""


def results_of(work: Work, batches: Iterator[Batch], many: Many) -> Iterator[Results]:
    """Do the work here, or over a cluster."""
    if many.cluster is None:
        results = results_in_order(work, batches, many.workers or usable_cores())
    else:
        from tallystick.streams.cluster import results_over_cluster

        results = results_over_cluster(many.cluster, work, batches)
    with closing(results):
        yield from results


@contextmanager
def summary_of(tally: Tally) -> Iterator[None]:
    """Tell the summary on standard error at the end, also where somebody ended it earlier."""
    before = signal.signal(signal.SIGTERM, _terminated)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        click.echo(tally.in_words(), err=True)


def _terminated(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(TERMINATED)


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """Open a file, or standard input for "-"."""
    if file == "-":
        if sys.stdin is None:
            text = "Standard input is closed, so there is nothing to read."
            raise CommandError(text, USAGE)
        yield sys.stdin.buffer
        return
    try:
        stream = open(file, "rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.", USAGE) from error
    with stream:
        yield stream


@contextmanager
def new_file(path: Path | None) -> Iterator[BinaryIO | None]:
    """Make a new file that is written as results come, and is on the disk at the end.

    A file that is there already is not touched: it may hold credentials that nobody has twice.
    """
    if path is None:
        yield None
        return
    try:
        stream = open(path, "xb")  # noqa: SIM115 - closed below
    except FileExistsError as error:
        text = f"{path} is there already; name a new file."
        raise CommandError(text, USAGE) from error
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", DISK) from error
    with stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


@contextmanager
def new_whole_file(path: Path) -> Iterator[BinaryIO]:
    """Make a new file that gets its name once the disk has all of it."""
    temporary = path.with_name(f"{path.name}.new")
    with open(temporary, "xb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, path)


def write_lines(stream: BinaryIO, lines: list[bytes]) -> None:
    """Write whole lines, and let whoever reads them have them."""
    if lines:
        stream.write(b"".join(line + b"\n" for line in lines))
        stream.flush()
