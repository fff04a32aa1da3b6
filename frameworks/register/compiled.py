"""A register that was read and checked in advance, as one JSON text.

The register that comes with this software is read for nearly every credential that states a value.
Its source files are what people edit and what decides; this text says the same column by column, so
that a command neither parses nor checks them.  A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import orjson

from frameworks.register.register import Register
from frameworks.register.rows import ROWS, Provenance, Row
from frameworks.register.tables import Description, Tables

_PLAIN, _DAY, _AMOUNT, _TEXTS = "plain", "day", "amount", "texts"
_KINDS: dict[type, str] = {date: _DAY, Fraction: _AMOUNT, tuple: _TEXTS}


def write_compiled(register: Register) -> bytes:
    """Write a register that was read and checked."""
    tables = dict(register.tables.by_name())
    shared = dict.fromkeys(row.provenance for rows in tables.values() for row in rows)
    places = {provenance: place for place, provenance in enumerate(shared)}
    return orjson.dumps(
        {
            "description": _written([register.description]),
            "provenances": _written(shared),
            "tables": {
                name: _written(_with_place(row, places) for row in rows)
                for name, rows in tables.items()
            },
        },
        default=Fraction.as_integer_ratio,
        option=orjson.OPT_APPEND_NEWLINE,
    )


def _with_place(row: Row, places: Mapping[Provenance, int]) -> tuple[Any, ...]:
    return tuple((row._asdict() | {"provenance": places[row.provenance]}).values())


def _written(rows: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Write rows column by column, each column with the kind of what stands in it."""
    return [{"kind": _kind_of(column), "cells": column} for column in zip(*rows, strict=True)]


def _kind_of(column: Sequence[Any]) -> str:
    """Name the one kind of what stands in a column; raise `ValueError` if there are several."""
    kinds = {_KINDS.get(type(cell), _PLAIN) for cell in column if cell is not None}
    (kind,) = kinds or {_PLAIN}
    return kind


def read_compiled(data: bytes) -> Register:
    """Read what `write_compiled` wrote; nothing is checked again.

    Raises `KeyError` for a table or a kind of column that is not known.
    """
    told = orjson.loads(data)
    (description,) = map(Description, *map(_read, told["description"]))
    provenances = list(map(Provenance, *map(_read, told["provenances"])))
    tables = {
        name: tuple(_rows(ROWS[name], columns, provenances))
        for name, columns in told["tables"].items()
    }
    return Register(description, Tables(**tables))


def _rows(
    row: Callable[..., Any], columns: list[dict[str, Any]], provenances: list[Provenance]
) -> Iterable[Any]:
    if not columns:
        return ()
    file, number, provenance, *own = map(_read, columns)
    return map(row, file, number, [provenances[place] for place in provenance], *own)


def _read(column: dict[str, Any]) -> Sequence[Any]:
    return _READERS[column["kind"]](column["cells"])


def _as_they_are(cells: list[Any]) -> list[Any]:
    return cells


def _days(cells: list[Any]) -> list[Any]:
    return [None if cell is None else date.fromisoformat(cell) for cell in cells]


def _amounts(cells: list[Any]) -> list[Any]:
    return [None if cell is None else Fraction(*cell) for cell in cells]


def _lists(cells: list[Any]) -> list[Any]:
    return list(map(tuple, cells))


_READERS = {_PLAIN: _as_they_are, _DAY: _days, _AMOUNT: _amounts, _TEXTS: _lists}
"""How the cells of each kind of column are read."""
