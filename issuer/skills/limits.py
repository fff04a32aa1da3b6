"""Every limit of a list of skills, in one place; what exceeds one is refused, never cut short."""

from __future__ import annotations

MEBIBYTE = 1_048_576

SKILL_FILE_BYTES = 20 * MEBIBYTE
"""Size of the file as it is received."""

SKILL_ROWS = 50_000
"""Rows below the header, or entries of a JSON file: several languages of a skill are several."""

SKILL_COLUMNS = 32
"""Columns of a table; a file of ESCO has about a dozen."""

SKILL_LANGUAGES = 30
"""Languages in which one skill has a name."""

SKILL_LISTS = 20
"""Lists that one institution has at a time."""

LINE_CHARACTERS = 500
"""Longest name, code, framework and source: what an alignment may carry."""

TEXT_CHARACTERS = 5_000
"""Longest description, and longest text of a licence."""

ALTERNATIVES_CHARACTERS = 20_000
"""Length of all other names of a skill together; they are searched, and not shown."""

URI_CHARACTERS = 2_000

FAULTS_TOLD = 100
"""How many faults of a file are told; the others are counted."""
