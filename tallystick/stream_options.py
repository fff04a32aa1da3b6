"""Options of commands that take many documents at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

MOST_WORKERS = 256
"""So many processes can be asked for."""


class Many(NamedTuple):
    """Where many documents are worked on: in so many processes, or on a cluster."""

    workers: int | None
    cluster: str | None
    as_json: bool = False
    """Whether each result is the whole report."""


def stream_options(command: F) -> F:
    """Add the options of a command that takes one document a line."""
    jsonl = click.option(
        "--jsonl", "is_jsonl", is_flag=True, help="One document a line (JSON Lines)."
    )
    workers = click.option(
        "--workers",
        type=click.IntRange(1, MOST_WORKERS),
        help="Processes for many documents (default: one for each core).",
    )
    cluster = click.option(
        "--cluster", metavar="URL", help="Scheduler of a Dask cluster, to work there: tcp://…"
    )
    return jsonl(workers(cluster(command)))
