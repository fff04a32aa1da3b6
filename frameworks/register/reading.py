"""From source files to a register, or to the list of everything that is wrong with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from frameworks.register.checking import check_tables
from frameworks.register.description import read_description
from frameworks.register.findings import Place, RegisterError, RegisterFinding
from frameworks.register.register import Register
from frameworks.register.rows import Row
from frameworks.register.source_files import DESCRIPTION, read_source_files
from frameworks.register.tables import Tables
from frameworks.register.typed_rows import typed_rows


def read_register(files: Mapping[str, str]) -> Register:
    """Read a register from its files (name, with "/" between folder and file, to text).

    Raises `RegisterError` with every fault, by file and row.
    """
    description_content, raw_tables, findings = read_source_files(files)
    description = read_description(description_content, findings)
    rows: dict[str, list[Row]] = defaultdict(list)
    for raw in raw_tables:
        rows[raw.name].extend(typed_rows(raw, findings))
    if not rows.get("frameworks"):
        text = "There is no framework in this register."
        findings.append(RegisterFinding("REGISTER_EMPTY", Place(DESCRIPTION), text))
    tables = _tables(rows)
    is_official = description is not None and description.is_official
    findings.extend(check_tables(tables, is_official=is_official))
    if findings or description is None:
        raise RegisterError(findings)
    return Register(description, tables)


def _tables(rows: Mapping[str, list[Any]]) -> Tables:
    names = {name for name, _rows in Tables().by_name()}
    return Tables(**{name: tuple(found) for name, found in rows.items() if name in names})
