"""Keys of learners' devices, what waits for a signature or an answer, and whom promises are for."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Make the tables; promises of before are for the key of their wallet, or for nobody's."""
    _table(
        "device_keys",
        _text("id", primary_key=True),
        _of_learner(),
        *(_text(name) for name in ("did", "name", "made_at")),
        sa.Column("retired_at", sa.Text, nullable=True),
        sa.UniqueConstraint("learner_id", "did"),
    )
    _table(
        "steps",
        _text("digest", primary_key=True),
        _of_learner(),
        _text("kind"),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        _text("ends_at"),
        sa.Index("wallet_steps_of", "learner_id"),
    )
    op.add_column("wallet_waiting", _text("holder", server_default=""))
    op.execute(
        "UPDATE wallet_waiting SET holder = (SELECT did FROM wallet_learners "
        "WHERE wallet_learners.id = wallet_waiting.learner_id) WHERE is_bound = 1"
    )
    op.drop_column("wallet_waiting", "is_bound")


def _table(name: str, *parts: Any) -> None:
    op.create_table(f"wallet_{name}", *parts, sqlite_strict=True)


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _of_learner() -> sa.Column[str]:
    key = sa.ForeignKey("wallet_learners.id", ondelete="CASCADE")
    return sa.Column("learner_id", sa.Text, key, nullable=False)
