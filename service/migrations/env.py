"""What the library runs to apply migrations: on the connection that `service.migrate` gives it."""

from __future__ import annotations

from alembic import context

NAME_BY_LIBRARY = "env_py"
"""The name under which the library runs this file; imported under its own it does nothing."""


def apply_migrations() -> None:
    """Run the migrations inside the transaction of the caller."""
    context.configure(connection=context.config.attributes["connection"])
    with context.begin_transaction():
        context.run_migrations()


if __name__ == NAME_BY_LIBRARY:
    apply_migrations()
