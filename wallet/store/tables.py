"""The tables of a wallet, as the migrations make them.

Times are UTC to the second (`service.writing_down`).  Everything but letters belongs to one
learner, and goes when they go.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.columns import binary, number, text
from service.sign_in import passkey_tables

METADATA = sa.MetaData()


def _of(table: str, **options: Any) -> sa.Column[str]:
    """Refer to a row of another table by its id; the row goes when that goes."""
    key = sa.ForeignKey(f"wallet_{table}.id", ondelete="CASCADE")
    name = f"{table.removesuffix('s')}_id"
    return sa.Column(name, sa.Text, key, **{"nullable": False, **options})


def _table(name: str, *parts: Any) -> sa.Table:
    return sa.Table(f"wallet_{name}", METADATA, *parts, sqlite_strict=True)


LEARNERS = _table(
    "learners",
    text("id", primary_key=True),
    text("email", unique=True),
    text("did"),
    binary("sealed_key"),
    text("framework"),
    text("created_at"),
)
"""Whose wallets these are; `sealed_key` is the holder's private key, encrypted."""

SIGN_IN_LINKS = _table(
    "sign_in_links",
    text("digest", primary_key=True),
    text("email"),
    text("expires_at"),
)
"""Links that were mailed and not used yet, by the digest of their secret."""

SESSIONS = _table(
    "sessions",
    text("digest", primary_key=True),
    _of("learners"),
    text("seen_at"),
    text("ends_at"),
)

TRIES = _table(
    "sign_in_tries",
    text("subject", primary_key=True),
    text("since"),
    number("tries"),
)
"""How often a link was asked for, by the digest of an address or of where it was asked from."""

HOLDINGS = _table(
    "holdings",
    text("id", primary_key=True),
    _of("learners"),
    text("digest"),
    binary("data"),
    binary("findings"),
    text("collection"),
    text("added_at"),
    text("checked_at"),
    sa.UniqueConstraint("learner_id", "digest"),
)
"""Credentials: `data` as it was received, `findings` what the verifier said when last asked."""

SHARES = _table(
    "shares",
    text("id", primary_key=True),
    _of("learners"),
    text("digest", unique=True),
    text("audience"),
    text("purpose"),
    text("created_at"),
    text("expires_at"),
    text("revoked_at", nullable=True),
    number("views"),
    text("last_viewed_at", nullable=True),
    sa.Index("wallet_shares_of", "learner_id"),
)
"""Links that show some credentials; the link itself is known by the digest of its secret only."""

SHARED = _table(
    "shared",
    _of("shares", primary_key=True),
    _of("holdings", primary_key=True),
    binary("part", nullable=True),
)
"""What a link shows: the credential as it is held, or a part that was derived from it."""

REQUESTS = _table(
    "requests",
    text("id", primary_key=True),
    _of("learners"),
    *(text(name) for name in ("address", "challenge", "domain")),
    binary("queries"),
    *(text(name) for name in ("state", "opened_at")),
    text("answered_at", nullable=True),
    binary("shown"),
    text("fault"),
    sa.UniqueConstraint("learner_id", "domain", "challenge"),
)
"""What verifiers asked for, what was shown to them (names only), and what came of it."""

APPLICATIONS = _table(
    "applications",
    text("id", primary_key=True),
    _of("learners"),
    *(text(name) for name in ("desk", "kind", "title", "follow", "state")),
    binary("said"),
    *(text(name) for name in ("made_at", "asked_at")),
    sa.Index("wallet_applications_of", "learner_id"),
)
"""What was applied for at registrars' desks; `follow` is where its state is asked for."""

WAITING = _table(
    "waiting",
    text("id", primary_key=True),
    _of("learners"),
    *(text(name) for name in ("issuer", "endpoint", "transaction_id", "form", "title")),
    binary("sealed_token"),
    text("holder", server_default=""),
    *(text(name) for name in ("state", "made_at", "asked_at", "due_at", "ends_at")),
    sa.Index("wallet_waiting_of", "learner_id"),
)
"""Credentials that issuers promised; `sealed_token` is the access token, encrypted, or empty.

`holder` is the key that was proved for it, or "" where none was asked for."""

DEVICE_KEYS = _table(
    "device_keys",
    text("id", primary_key=True),
    _of("learners"),
    *(text(name) for name in ("did", "name", "made_at")),
    text("retired_at", nullable=True),
    sa.UniqueConstraint("learner_id", "did"),
)
"""Keys that browsers of a learner hold; only their public halves, as did:key, are here."""

STEPS = _table(
    "steps",
    text("digest", primary_key=True),
    _of("learners"),
    text("kind"),
    binary("sealed"),
    text("ends_at"),
    sa.Index("wallet_steps_of", "learner_id"),
)
"""What waits for a signature of a device, or for an institution to lead its learner back."""

HISTORY = _table(
    "history",
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    _of("learners"),
    text("at"),
    text("kind"),
    text("text"),
    sa.Index("wallet_history_of", "learner_id"),
)
"""What happened in a wallet, for its learner alone."""

MAILS = _table(
    "mails",
    text("id", primary_key=True),
    text("recipient"),
    binary("message"),
    number("attempts"),
    text("due_at"),
    text("error", nullable=True),
    text("created_at"),
    sa.Index("wallet_mails_due", "due_at"),
)
"""Letters with links for signing in; what was sent or given up is deleted."""

PASSKEYS = passkey_tables("wallet", LEARNERS, METADATA, ondelete="CASCADE")
"""Passkeys of learners, and the challenges that wait for one."""
