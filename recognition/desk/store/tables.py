"""The tables of the desk, as the migrations make them.

Times are UTC to the second (`service.writing_down`).  What is about a learner hangs on their case
and goes when it is erased; the log says who saw which case and holds nothing of a learner.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.columns import binary, number, text
from service.people import office_tables

METADATA = sa.MetaData()


def _maybe(name: str, **options: Any) -> sa.Column[str]:
    return text(name, nullable=True, **options)


def _of(table: str, **options: Any) -> sa.Column[str]:
    """Refer to a row of another table by its id."""
    key = sa.ForeignKey(f"desk_{table}.id")
    name = {"batches": "batch"}.get(table, table.removesuffix("s"))
    return sa.Column(f"{name}_id", sa.Text, key, **{"nullable": False, **options})


def _table(name: str, *parts: Any) -> sa.Table:
    return sa.Table(f"desk_{name}", METADATA, *parts, sqlite_strict=True)


OFFICE = office_tables("desk", METADATA)
"""The people of the desk, their roles and sessions, and the log of what was seen and done."""

CASES = _table(
    "cases",
    text("id", primary_key=True),
    text("secret_digest", unique=True),
    text("offer"),
    text("state"),
    number("version"),
    text("received_at"),
    text("changed_at"),
    text("changed_by"),
    text("language"),
    text("title"),
    _maybe("contact"),
    _maybe("learner_name"),
    _maybe("applicant"),
    text("came_by"),
    _maybe("assigned_to"),
    _maybe("outcome"),
    _maybe("proposed"),
    _maybe("decided_at"),
    _maybe("appeal_until"),
    _maybe("examined_at"),
    binary("examination", nullable=True),
    binary("draft", nullable=True),
    sa.Index("desk_cases_inbox", "state", "received_at", "id"),
    sa.Index("desk_cases_in_order", "received_at", "id"),
    sa.Index("desk_cases_of_offer", "offer", "state", "received_at", "id"),
)
"""Applications; `version` grows with each change, and who changes an older one is told."""

DOCUMENTS = _table(
    "documents",
    text("id", primary_key=True),
    _of("cases"),
    number("position"),
    text("name"),
    text("digest"),
    binary("data"),
    sa.UniqueConstraint("case_id", "position"),
)
"""What was handed in, byte for byte."""

FACTS = _table(
    "facts",
    _of("cases", primary_key=True),
    text("name", primary_key=True),
    binary("value"),
    text("stated_by"),
    text("stated_at"),
)
"""What a person stated about a case; `stated_by` is that person's name."""

DECISIONS = _table(
    "decisions",
    _of("cases", primary_key=True),
    number("revision", primary_key=True, autoincrement=False),
    text("entry"),
    binary("credential"),
    text("made_at"),
    binary("award", nullable=True),
)
"""Signed decisions, as the learner gets them; the register of decisions stands elsewhere."""

PRESENCES = _table(
    "presences",
    _of("cases", primary_key=True),
    _of("users", primary_key=True),
    text("seen_at"),
)
"""Who has looked at a case lately."""

BATCHES = _table(
    "batches",
    text("id", primary_key=True),
    text("offer"),
    text("begun_by"),
    text("began_at"),
    _maybe("ended_at"),
    number("total"),
)

BATCH_CASES = _table(
    "batch_cases",
    _of("batches", primary_key=True),
    _of("cases", primary_key=True),
    text("state"),
    text("note"),
    sa.Index("desk_batch_cases_state", "batch_id", "state"),
)
"""The cases of a batch, and what became of each."""

MAILS = _table(
    "mails",
    text("id", primary_key=True),
    text("recipient"),
    binary("message"),
    number("attempts"),
    text("due_at"),
    _maybe("error"),
    text("created_at"),
    sa.Index("desk_mails_due", "due_at"),
)
"""Letters that wait for the courier; what was sent or given up is deleted."""
