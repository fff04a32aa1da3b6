"""Databases as older versions of the software left them."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from service import writing
from service.migrating import SCRIPTS


def migrate_to(engine: Engine, revision: str) -> None:
    """Apply the migrations up to one of them."""
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
