"""Columns of tables as all stores of a room describe them: required unless they say otherwise."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def text(name: str, **options: Any) -> sa.Column[str]:
    """Describe a column of texts; `options` are those of `sqlalchemy.Column`."""
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def number(name: str, **options: Any) -> sa.Column[int]:
    """Describe a column of whole numbers."""
    return sa.Column(name, sa.Integer, **{"nullable": False, **options})


def binary(name: str, **options: Any) -> sa.Column[bytes]:
    """Describe a column of bytes."""
    return sa.Column(name, sa.LargeBinary, **{"nullable": False, **options})
