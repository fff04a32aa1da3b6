"""The tables of the desk, as the migrations make them.

Times are UTC to the second (`service.writing_down`).  What is about a learner hangs on their case
and goes when it is erased; the log says who saw which case and holds nothing of a learner.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.people import office_tables

METADATA = sa.MetaData()


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _maybe(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, **{"nullable": True, **options})


def _number(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, **{"nullable": False, **options})


def _bytes(name: str, **options: Any) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, **{"nullable": False, **options})


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
    _text("id", primary_key=True),
    _text("secret_digest", unique=True),
    _text("offer"),
    _text("state"),
    _number("version"),
    _text("received_at"),
    _text("changed_at"),
    _text("changed_by"),
    _text("language"),
    _text("title"),
    _maybe("contact"),
    _maybe("learner_name"),
    _maybe("applicant"),
    _text("came_by"),
    _maybe("assigned_to"),
    _maybe("outcome"),
    _maybe("proposed"),
    _maybe("decided_at"),
    _maybe("appeal_until"),
    _maybe("examined_at"),
    _bytes("examination", nullable=True),
    _bytes("draft", nullable=True),
    sa.Index("desk_cases_inbox", "state", "received_at", "id"),
    sa.Index("desk_cases_in_order", "received_at", "id"),
    sa.Index("desk_cases_of_offer", "offer", "state", "received_at", "id"),
)
"""Applications; `version` grows with each change, and who changes an older one is told."""

DOCUMENTS = _table(
    "documents",
    _text("id", primary_key=True),
    _of("cases"),
    _number("position"),
    _text("name"),
    _text("digest"),
    _bytes("data"),
    sa.UniqueConstraint("case_id", "position"),
)
"""What was handed in, byte for byte."""

FACTS = _table(
    "facts",
    _of("cases", primary_key=True),
    _text("name", primary_key=True),
    _bytes("value"),
    _text("stated_by"),
    _text("stated_at"),
)
"""What a person stated about a case; `stated_by` is that person's name."""

DECISIONS = _table(
    "decisions",
    _of("cases", primary_key=True),
    _number("revision", primary_key=True, autoincrement=False),
    _text("entry"),
    _bytes("credential"),
    _text("made_at"),
)
"""Signed decisions, as the learner gets them; the register of decisions stands elsewhere."""

PRESENCES = _table(
    "presences",
    _of("cases", primary_key=True),
    _of("users", primary_key=True),
    _text("seen_at"),
)
"""Who has looked at a case lately."""

BATCHES = _table(
    "batches",
    _text("id", primary_key=True),
    _text("offer"),
    _text("begun_by"),
    _text("began_at"),
    _maybe("ended_at"),
    _number("total"),
)

BATCH_CASES = _table(
    "batch_cases",
    _of("batches", primary_key=True),
    _of("cases", primary_key=True),
    _text("state"),
    _text("note"),
    sa.Index("desk_batch_cases_state", "batch_id", "state"),
)
"""The cases of a batch, and what became of each."""

MAILS = _table(
    "mails",
    _text("id", primary_key=True),
    _text("recipient"),
    _bytes("message"),
    _number("attempts"),
    _text("due_at"),
    _maybe("error"),
    _text("created_at"),
    sa.Index("desk_mails_due", "due_at"),
)
"""Letters that wait for the courier; what was sent or given up is deleted."""
