"""Points in time as options of the command."""

from __future__ import annotations

from datetime import datetime

import click

from credentials.errors import CredentialError
from credentials.timestamps import parse_timestamp


class TimeOption(click.ParamType[datetime]):
    """A point in time such as 2026-01-31T12:00:00Z."""

    name = "TIME"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read the option; tell click if it cannot be read."""
        try:
            return parse_timestamp(value)
        except CredentialError as error:
            self.fail(error.message, param, ctx)
