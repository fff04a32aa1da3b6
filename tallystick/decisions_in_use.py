"""The register of decisions that a command uses, by the URL of its database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tallystick import settings

if TYPE_CHECKING:
    from recognition.register_of_decisions import RegisterOfDecisions

F = TypeVar("F", bound=Callable[..., Any])

DECISIONS = (
    "URL of the register of decisions: sqlite:///FILE, or postgresql://USER@HOST/NAME "
    f"(default: ${settings.DECISIONS_VARIABLE})."
)


def decisions_option(*, required: bool) -> Callable[[F], F]:
    """Add the option that names the register of decisions."""
    return click.option(
        "--decisions",
        "decisions_url",
        envvar=settings.DECISIONS_VARIABLE,
        required=required,
        help=DECISIONS,
    )


def register_of_decisions(url: str, *, makes_file: bool = False) -> RegisterOfDecisions:
    """Open a register of decisions for the command that runs, in the form of this version.

    Only who decides makes a new file: elsewhere a URL with a slip in it is told.
    """
    # The database takes a moment to load, which other commands need not wait for.
    from recognition.register_of_decisions import RegisterOfDecisions
    from service import migrate, open_database

    engine = open_database(url, makes_file=makes_file)
    click.get_current_context().call_on_close(engine.dispose)
    migrate(engine)
    return RegisterOfDecisions(engine)
