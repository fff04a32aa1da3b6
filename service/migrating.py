"""Bringing a database to the form that this version of the software works with."""

from __future__ import annotations

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from service.database import reading, writing
from service.errors import DatabaseError

SCRIPTS = "service:migrations"
"""Where the migrations are, as the library names the folder of a package."""


def migrate(engine: Engine) -> None:
    """Apply all migrations that a database lacks, together or not at all.

    Raises `DatabaseError` (DATABASE_TOO_NEW) for a database that a newer version has changed.
    """
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    with writing(engine) as connection:
        _require_known(connection, scripts)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_present(engine: Engine) -> bool:
    """Tell whether a database has the form that this version works with; raise `DatabaseError`."""
    with reading(engine) as connection:
        return MigrationContext.configure(connection).get_current_heads() == (_newest_form(),)


@cache
def _newest_form() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    return config


def _require_known(connection: Connection, scripts: ScriptDirectory) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    unknown = set(MigrationContext.configure(connection).get_current_heads()) - known
    if unknown:
        raise DatabaseError(
            f"The database has the form {', '.join(sorted(unknown))}, this version of Tallystick "
            f"knows forms up to {scripts.get_current_head()}. Install the newer version, or "
            "choose another database.",
            code="DATABASE_TOO_NEW",
        )
