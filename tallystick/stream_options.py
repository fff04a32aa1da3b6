"""Options of commands that take many documents at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, TypeVar

import click

from tallystick.files import USAGE, CommandError

F = TypeVar("F", bound=Callable[..., Any])

MOST_WORKERS = 256
"""So many processes can be asked for."""


class Many(NamedTuple):
    """Where many documents are worked on: in so many processes, or on a cluster."""

    workers: int | None = None
    cluster: str | None = None
    is_jsonl: bool = False
    is_parquet: bool = False
    column: str | None = None
    """The column of a Parquet file that has the documents."""

    @property
    def is_asked_for(self) -> bool:
        """Tell whether there are many documents in one file."""
        return self.is_jsonl or self.is_parquet


def stream_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of a command that takes one document a line or row, as one `many`."""

    @wraps(command)
    def gathered(
        *arguments: Any,
        workers: int | None,
        cluster: str | None,
        is_jsonl: bool,
        is_parquet: bool,
        column: str | None,
        **others: Any,
    ) -> None:
        if is_jsonl and is_parquet:
            raise CommandError("A file is either --jsonl or --parquet.", USAGE)
        many = Many(workers, cluster, is_jsonl, is_parquet, column)
        command(*arguments, many=many, **others)

    return _with_options(gathered)


def _with_options(command: F) -> F:
    jsonl = click.option(
        "--jsonl", "is_jsonl", is_flag=True, help="One document a line (JSON Lines)."
    )
    parquet = click.option(
        "--parquet", "is_parquet", is_flag=True, help="One document a row of a Parquet file."
    )
    column = click.option(
        "--column", help="Column with the documents (--parquet; default: credential, request)."
    )
    workers = click.option(
        "--workers",
        type=click.IntRange(1, MOST_WORKERS),
        help="Processes for many documents (default: one for each core).",
    )
    cluster = click.option(
        "--cluster", metavar="URL", help="Scheduler of a Dask cluster, to work there: tcp://…"
    )
    return jsonl(parquet(column(workers(cluster(command)))))
