"""What the columns of each table hold, and how a cell is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from frameworks.amounts import RoundingMode, parse_amount
from frameworks.conversions import Method
from frameworks.dates import parse_date
from frameworks.errors import FrameworkError
from frameworks.level_maps import Match
from frameworks.register import rows
from frameworks.register.source_files import LIST_SEPARATOR
from frameworks.toml_text import CONTROL_CHARACTERS

LARGEST_RANK = 1_000

MAP_KINDS = (
    "referenced",
    "compared",
    "self-certified",
    "compatible",
    "composed",
    "exercise-not-endorsed",
)
RIGHTS = ("award", "rate", "accredit")
BASES = (
    "total-notional",
    "total-workload",
    "total-learning-activity",
    "minimum-work",
    "institution-defined",
    "contact",
)

_CONTROL = re.compile(f"[{CONTROL_CHARACTERS}]")
_IDENTIFIER = re.compile("[a-z0-9][a-z0-9._-]{0,63}")
_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,32}")
_RANK = re.compile("[0-9]{1,4}")

Parse = Callable[[Any], Any]


class CellError(FrameworkError):
    """A cell does not hold what its column asks for."""

    code = "CELL_MALFORMED"


def text(cell: Any) -> str:
    """Read a text; anything else (a TOML number, say) is refused; TOML can escape controls."""
    if not isinstance(cell, str):
        raise CellError("it must be a text in quotation marks")
    if _CONTROL.search(cell):
        raise CellError("it contains control characters")
    return cell


def identifier(cell: Any) -> str:
    """Read the id of something in the register; that of a framework names a folder, too."""
    if not _IDENTIFIER.fullmatch(text(cell)):
        raise CellError(
            "an id has 1 to 64 small letters, digits, dots, hyphens or underscores, and begins "
            "with a letter or digit"
        )
    return text(cell)


def token(cell: Any) -> str:
    """Read a short name of letters, digits, dot, hyphen and underscore."""
    if not _TOKEN.fullmatch(text(cell)):
        raise CellError("a token has 1 to 32 letters, digits, dots, hyphens or underscores")
    return text(cell)


def rank(cell: Any) -> int:
    """Read the rank of a level."""
    if isinstance(cell, str) and _RANK.fullmatch(cell):
        cell = int(cell)
    if not isinstance(cell, int) or isinstance(cell, bool) or not 0 <= cell <= LARGEST_RANK:
        raise CellError(f"a rank is a whole number from 0 to {LARGEST_RANK}")
    return cell


def truth(cell: Any) -> bool:
    """Read true or false."""
    if isinstance(cell, bool):
        return cell
    if cell not in ("true", "false"):
        raise CellError("it must be true or false")
    return bool(cell == "true")


def items(cell: Any) -> tuple[str, ...]:
    """Read a list: an array of texts, or a cell whose items are separated by semicolons."""
    parts = cell.split(LIST_SEPARATOR) if isinstance(cell, str) else cell
    if not isinstance(parts, list):
        raise CellError("it must be a list of texts")
    return tuple(part for part in (text(part).strip() for part in parts) if part)


def day(cell: Any) -> date:
    """Read a calendar date."""
    if len(text(cell)) != len("2026-01-31"):
        raise CellError("a date is written 2026-01-31")
    return parse_date(cell)


def one_of(*names: str) -> Parse:
    """Read one of some names."""
    known = frozenset(names)

    def parse(cell: Any) -> str:
        if text(cell) not in known:
            raise CellError(f"it must be one of: {', '.join(sorted(known))}")
        return text(cell)

    return parse


class Column(NamedTuple):
    """A column: how its cells are read, whether one may be empty, and what stands for empty."""

    name: str
    parse: Parse = text
    is_required: bool = False
    empty: Any = None


def _needed(name: str, parse: Parse = text) -> Column:
    return Column(name, parse, is_required=True)


def _list(name: str) -> Column:
    return Column(name, items, empty=())


class Table(NamedTuple):
    """A table: its columns in the order of the class of its rows (`rows.ROWS`), and its key.

    The key identifies a row: two rows with the same key must not hold on the same day.
    """

    columns: tuple[Column, ...]
    key: tuple[str, ...]
    has_provenance: bool = True


COMMON = (
    Column("from", day),
    Column("until", day),
    _needed("status", one_of(*rows.STATUSES)),
    _needed("source"),
    Column("note", text, empty=""),
)
"""Columns of every table but that of sources."""

TABLES: dict[str, Table] = {
    "sources": Table(
        (_needed("key"), _needed("title"), Column("url"), Column("as_of")),
        ("key",),
        has_provenance=False,
    ),
    "frameworks": Table(
        (
            _needed("id", identifier),
            Column("acronym"),
            _needed("name"),
            Column("jurisdiction"),
            Column("kind"),
            Column("authority"),
            Column("version"),
            Column("uri"),
            Column("level_namespace"),
            Column("unit"),
        ),
        ("id",),
    ),
    "levels": Table(
        (
            _needed("framework"),
            _needed("code"),
            _needed("rank", rank),
            Column("uri"),
            Column("uri_status", one_of("official", "placeholder")),
            Column("summary"),
            Column("typical_award"),
            Column("factor", parse_amount),
        ),
        ("framework", "code"),
    ),
    "units": Table(
        (
            _needed("id", identifier),
            _needed("token", token),
            _needed("name"),
            Column("hours_low", parse_amount),
            Column("hours_high", parse_amount),
            _needed("basis", one_of(*BASES)),
            Column("per_year", parse_amount),
            Column("step", parse_amount),
            Column("rounding", one_of(*RoundingMode)),
            Column("whole", truth),
            Column("uri"),
        ),
        ("id",),
    ),
    "maps": Table(
        (
            _needed("id", identifier),
            _needed("from_framework"),
            _needed("to_framework"),
            _needed("kind", one_of(*MAP_KINDS)),
            Column("as_of"),
            _list("composed_of"),
        ),
        ("id",),
    ),
    "map_rows": Table(
        (_needed("map"), _needed("level"), _list("to"), _needed("match", one_of(*Match))),
        ("map", "level"),
    ),
    "conversions": Table(
        (
            _needed("id", identifier),
            _needed("from_unit"),
            _needed("to_unit"),
            _needed("method", one_of(*Method)),
            Column("ratio", parse_amount),
            Column("authority"),
            Column("reversible", truth),
            Column("round_step", parse_amount),
            Column("round_mode", one_of(*RoundingMode)),
            Column("round_place", one_of("component", "total")),
        ),
        ("id",),
    ),
    "size_bounds": Table(
        (
            _needed("id", identifier),
            _needed("framework"),
            Column("unit"),
            Column("min", parse_amount),
            Column("max", parse_amount),
            Column("min_hours", parse_amount),
            Column("max_hours", parse_amount),
            Column("sector"),
        ),
        ("framework", "unit", "sector"),
    ),
    "title_rules": Table(
        (
            _needed("id", identifier),
            _needed("framework"),
            Column("forbidden", items, is_required=True),
        ),
        ("id",),
    ),
    "metadata": Table(
        (
            _needed("standard"),
            Column("standard_name"),
            _needed("field"),
            _needed("need", one_of("mandatory", "optional")),
        ),
        ("standard", "field"),
    ),
    "accreditations": Table(
        (
            _needed("id"),
            _needed("holder"),
            Column("name"),
            _needed("accreditor"),
            _needed("right", one_of(*RIGHTS)),
            _needed("framework"),
            Column("level_min"),
            Column("level_max"),
            _list("fields"),
            _list("jurisdictions"),
            _list("types"),
            Column("unit"),
            Column("size_min", parse_amount),
            Column("size_max", parse_amount),
            Column("withdrawn_on", day),
        ),
        ("id",),
    ),
    "listings": Table(
        (
            _needed("id"),
            _needed("achievement"),
            _needed("title"),
            _needed("framework"),
            _needed("level"),
            _needed("unit"),
            _needed("credits", parse_amount),
            Column("hours", parse_amount),
            Column("field"),
            _list("providers"),
            Column("review", day),
            Column("withdrawn_on", day),
            Column("rated_by"),
            Column("approved_by"),
            Column("need"),
        ),
        ("achievement", "framework"),
    ),
    "isced_fields": Table((_needed("code"), _needed("label"), Column("uri")), ("code",)),
    "accreditation_types": Table((_needed("label"), _needed("uri")), ("uri",)),
}
"""Every table that a register may have, by its name."""
