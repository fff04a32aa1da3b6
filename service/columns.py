"""Columns of tables as all stores of a room describe them: required unless they say otherwise."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


class Text(sa.types.TypeDecorator[str]):
    """Texts, also of others: PostgreSQL takes no U+0000, so another sign stands where it was."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Write a text so that every database takes it."""
        return None if value is None else value.replace("\0", "\ufffd")


def text(name: str, **options: Any) -> sa.Column[str]:
    """Describe a column of texts; `options` are those of `sqlalchemy.Column`."""
    return sa.Column(name, Text, **{"nullable": False, **options})


def number(name: str, **options: Any) -> sa.Column[int]:
    """Describe a column of whole numbers."""
    return sa.Column(name, sa.Integer, **{"nullable": False, **options})


def binary(name: str, **options: Any) -> sa.Column[bytes]:
    """Describe a column of bytes."""
    return sa.Column(name, sa.LargeBinary, **{"nullable": False, **options})
