"""The tables of the issuer service, as the migrations make them.

Times are UTC to the second, written as `service` writes them, so that their order is that of the
text.  Documents are JSON as bytes.  Whoever a table is about is known by an id; mail addresses and
names stand in `LEARNERS`, `USERS`, `MAILS` and in the requests and credentials themselves.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

METADATA = sa.MetaData()


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _number(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, **{"nullable": False, **options})


def _bytes(name: str, **options: Any) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, **{"nullable": False, **options})


def _of(table: str, name: str = "", **options: Any) -> sa.Column[str]:
    """Refer to a row of another table by its id."""
    column = name or f"{table.removesuffix('s')}_id"
    return sa.Column(
        column, sa.Text, sa.ForeignKey(f"issuer_{table}.id"), **{"nullable": False, **options}
    )


def _one_of(column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})")


def _table(name: str, *parts: Any) -> sa.Table:
    return sa.Table(f"issuer_{name}", METADATA, *parts, sqlite_strict=True)


TENANTS = _table(
    "tenants",
    _text("id", primary_key=True),
    _text("name", unique=True),
    _text("title"),
    _text("issuer"),
    _text("key_uri"),
    _bytes("profile"),
    _bytes("settings"),
    _text("created_at"),
    _text("closed_at", nullable=True),
)
"""Institutions: `issuer` is the id that their credentials name, `key_uri` the key that signs."""

USERS = _table(
    "users",
    _text("id", primary_key=True),
    _text("email", unique=True),
    _text("name"),
    _text("password_hash", nullable=True),
    _text("locale"),
    _number("session_version"),
    _text("created_at"),
    _text("disabled_at", nullable=True),
)
"""People who work with the console; a higher `session_version` ends all older sessions."""

ROLES = _table(
    "roles",
    _of("tenants", primary_key=True),
    _of("users", primary_key=True),
    _text("role", primary_key=True),
    _text("granted_at"),
    _one_of("role", "owner", "issuer", "reviewer", "auditor"),
)
"""Who may do what in which institution."""

SETUP_LINKS = _table(
    "setup_links",
    _text("digest", primary_key=True),
    _of("users"),
    _text("expires_at"),
    _text("used_at", nullable=True),
)
"""Links by which somebody sets their password once, known here by the digest of their secret."""

SESSIONS = _table(
    "sessions",
    _text("digest", primary_key=True),
    _of("users"),
    _number("session_version"),
    _text("began_at"),
    _text("seen_at"),
    _text("ends_at"),
    _text("proved"),
    _text("agent"),
    sa.Index("issuer_sessions_of", "user_id"),
)
"""Who is signed in, known by the digest of what their browser holds; `proved` says by what."""

SIGN_IN_TRIES = _table(
    "sign_in_tries",
    _text("subject", primary_key=True),
    _text("since"),
    _number("tries"),
)
"""Wrong passwords, counted for an account, an address, and both; digests of them only."""

API_KEYS = _table(
    "api_keys",
    _text("id", primary_key=True),
    _of("tenants"),
    _text("name"),
    _text("prefix"),
    _text("digest", unique=True),
    _text("scopes"),
    _text("created_by"),
    _text("created_at"),
    _text("expires_at", nullable=True),
    _text("revoked_at", nullable=True),
    sa.Index("issuer_api_keys_of", "tenant_id"),
)
"""Keys of programs, by digest; `scopes` are parted by spaces."""

ACHIEVEMENTS = _table(
    "achievements",
    _text("id", primary_key=True),
    _of("tenants"),
    _text("title"),
    _text("state"),
    _number("version"),
    _bytes("draft", nullable=True),
    _number("revision"),
    _text("created_at"),
    _text("updated_at"),
    _one_of("state", "draft", "published", "withdrawn"),
    sa.Index("issuer_achievements_of", "tenant_id", "id"),
)
"""What can be earned; `version` is the newest published one, 0 if there is none."""

ACHIEVEMENT_VERSIONS = _table(
    "achievement_versions",
    _of("achievements", primary_key=True),
    _number("version", primary_key=True, autoincrement=False),
    _bytes("document"),
    _text("digest"),
    _text("published_at"),
)
"""Published versions, which never change; `digest` is of the bytes."""

LEARNERS = _table(
    "learners",
    _text("id", primary_key=True),
    _of("tenants"),
    _text("email", nullable=True),
    _text("name", nullable=True),
    _text("subject", nullable=True),
    _text("created_at"),
    _text("erased_at", nullable=True),
    _text("mailbox", nullable=True),
    _text("number", nullable=True),
    _text("language", nullable=True),
    sa.UniqueConstraint("tenant_id", "email", name="issuer_learners_email"),
    sa.UniqueConstraint("tenant_id", "subject", name="issuer_learners_subject"),
    sa.Index("issuer_learners_mailbox", "tenant_id", "mailbox"),
    sa.Index("issuer_learners_number", "tenant_id", "number", unique=True),
)
"""People who receive credentials: by an id such as a DID, by the institution's own number for them,
or by mail address and name, as a family may share a `mailbox`.  `email` is empty since then."""

UPLOADS = _table(
    "uploads",
    _text("id", primary_key=True),
    _of("tenants"),
    _of("achievements"),
    _text("name"),
    _bytes("data"),
    _text("created_by"),
    _text("created_at"),
    sa.Index("issuer_uploads_at", "created_at"),
)
"""Files with learners between being sent and being issued; none is kept for longer than a day."""

JOBS = _table(
    "jobs",
    _text("id", primary_key=True),
    _of("tenants"),
    _of("achievements"),
    _number("achievement_version"),
    _text("state"),
    _text("source"),
    _bytes("options"),
    _number("total"),
    _text("created_by"),
    _text("created_at"),
    _text("started_at", nullable=True),
    _text("finished_at", nullable=True),
    _text("letters", nullable=True),
    _one_of("state", "ready", "running", "stopped", "finished"),
    sa.Index("issuer_jobs_of", "tenant_id", "created_at"),
    sa.Index("issuer_jobs_in", "state"),
    sa.Index("issuer_jobs_letters", "letters"),
)
"""Rosters that are issued; what became of each row stands in the rows.

`letters` is "asked" while learners are still to be written to, and "written" after that."""

JOB_ROWS = _table(
    "job_rows",
    _of("jobs", primary_key=True),
    _number("number", primary_key=True, autoincrement=False),
    _bytes("request"),
    _text("state"),
    _text("credential_id", nullable=True),
    _text("error_code", nullable=True),
    _text("error", nullable=True),
    _number("attempts"),
    _one_of("state", "waiting", "issued", "failed"),
    sa.Index("issuer_job_rows_in", "job_id", "state", "number"),
)
"""Rows of a roster: the numbers are those of the file that was uploaded."""

CREDENTIALS = _table(
    "credentials",
    _text("id", primary_key=True),
    _of("tenants"),
    _of("achievements", nullable=True),
    _number("achievement_version", nullable=True),
    _of("learners", nullable=True),
    _of("jobs", nullable=True),
    _text("state"),
    _bytes("request"),
    _text("request_digest"),
    _text("list_name"),
    _number("list_index"),
    _text("status"),
    _text("intended_at"),
    _text("leased_until", nullable=True),
    _text("issued_at", nullable=True),
    _text("media_type", nullable=True),
    _bytes("data", nullable=True),
    _text("data_digest", nullable=True),
    _text("verification_method", nullable=True),
    _text("replaces", nullable=True),
    _text("erased_at", nullable=True),
    _text("copy_of", nullable=True),
    _one_of("state", "intended", "issued", "abandoned"),
    _one_of("status", "active", "suspended", "revoked"),
    sa.UniqueConstraint("list_name", "list_index", name="issuer_credentials_status"),
    sa.Index("issuer_credentials_of", "tenant_id", "intended_at", "id"),
    sa.Index("issuer_credentials_in", "state"),
    sa.Index("issuer_credentials_for", "learner_id"),
    sa.Index("issuer_credentials_replacing", "replaces"),
    sa.Index("issuer_credentials_of_job", "job_id"),
    sa.Index("issuer_credentials_copied", "copy_of"),
)
"""Credentials from the intent on: id and index are fixed before anything is signed."""

IDEMPOTENCY_KEYS = _table(
    "idempotency_keys",
    _of("tenants", primary_key=True),
    _text("key", primary_key=True),
    _text("request_digest"),
    _text("credential_id"),
    _text("created_at"),
)
"""Which request came with which key; kept as long as the credential."""

WITHDRAWALS = _table(
    "withdrawals",
    _text("id", primary_key=True),
    _of("tenants"),
    _of("credentials"),
    _text("act"),
    _text("reason"),
    _text("state"),
    _text("requested_by"),
    _text("requested_at"),
    _text("effective_at"),
    _text("done_at", nullable=True),
    _text("notice", nullable=True),
    _one_of("act", "revoke", "suspend", "reinstate"),
    _one_of("state", "pending", "done", "undone"),
    sa.Index("issuer_withdrawals_due", "state", "effective_at"),
    sa.Index("issuer_withdrawals_of", "credential_id"),
)
"""Changes of a status that were asked for; a pending one can be undone.

`notice` is whether the learner is told: "none", "reason" with the reason, else without it."""

PUBLISHED_LISTS = _table(
    "published_lists",
    _text("list_name", primary_key=True),
    _of("tenants"),
    _text("url", unique=True),
    _number("last_change"),
    _text("published_at"),
    _bytes("data"),
)
"""The newest signed form of each status list, as it is served."""

DELIVERIES = _table(
    "deliveries",
    _text("id", primary_key=True),
    _of("tenants"),
    _of("credentials"),
    _text("channel"),
    _text("state"),
    _text("claim_digest", unique=True),
    _text("pin_digest", nullable=True),
    _number("tries"),
    _text("created_at"),
    _text("expires_at", nullable=True),
    _text("claimed_at", nullable=True),
    _one_of("channel", "email", "print"),
    _one_of("state", "waiting", "sent", "claimed", "bounced", "ended"),
    sa.Index("issuer_deliveries_of", "credential_id"),
)
"""Claims: the secret of a link is known by its digest; `tries` counts wrong PINs."""

MAILS = _table(
    "mails",
    _text("id", primary_key=True),
    _of("tenants"),
    _of("deliveries", "delivery_id", nullable=True),
    _text("kind"),
    _text("recipient"),
    _bytes("message"),
    _text("state"),
    _number("attempts"),
    _text("due_at"),
    _text("sent_at", nullable=True),
    _text("error", nullable=True),
    _text("created_at"),
    _one_of("state", "waiting", "sent", "bounced", "failed"),
    sa.Index("issuer_mails_due", "state", "due_at"),
)
"""Mails to be sent by the process that may connect, and what became of them."""

WEBHOOKS = _table(
    "webhooks",
    _text("id", primary_key=True),
    _of("tenants"),
    _text("url"),
    _text("secret"),
    _text("events"),
    _text("created_at"),
    _text("disabled_at", nullable=True),
)
"""Who is told of what: `secret` authenticates what is sent, `events` are parted by spaces."""

WEBHOOK_EVENTS = _table(
    "webhook_events",
    _text("id", primary_key=True),
    _of("webhooks"),
    _text("kind"),
    _bytes("body"),
    _text("state"),
    _number("attempts"),
    _text("due_at"),
    _text("created_at"),
    _text("error", nullable=True),
    _one_of("state", "waiting", "sent", "failed"),
    sa.Index("issuer_webhook_events_due", "state", "due_at"),
)
"""What is still to be told, and what was."""

LEDGER = _table(
    "ledger",
    _number("sequence", primary_key=True, autoincrement=False),
    _text("recorded_at"),
    _text("tenant_id"),
    _text("actor"),
    _text("kind"),
    _text("subject"),
    _bytes("statement"),
    _bytes("previous_hash"),
    _bytes("entry_hash", unique=True),
    sa.Index("issuer_ledger_about", "subject"),
    sa.Index("issuer_ledger_of", "tenant_id", "sequence"),
)
"""Everything that was done, in a hash chain; it knows ids and digests and no person."""

CHECKPOINTS = _table(
    "checkpoints",
    _number("count", primary_key=True, autoincrement=False),
    _bytes("head"),
    _text("signed_at"),
    _text("key"),
    _bytes("signature"),
)
"""Signed states of the ledger."""

APPEND_ONLY = (LEDGER, CHECKPOINTS, ACHIEVEMENT_VERSIONS, IDEMPOTENCY_KEYS)
"""Tables in which the database itself refuses every change of what is there."""
