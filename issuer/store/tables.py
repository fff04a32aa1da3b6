"""The tables of the issuer service, as the migrations make them.

Times are UTC to the second, written as `service` writes them, so that their order is that of the
text.  Documents are JSON as bytes.  Whoever a table is about is known by an id; mail addresses and
names stand in `LEARNERS`, `USERS`, `MAILS` and in the requests and credentials themselves.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.columns import binary, number, text

METADATA = sa.MetaData()


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
    text("id", primary_key=True),
    text("name", unique=True),
    text("title"),
    text("issuer"),
    text("key_uri"),
    binary("profile"),
    binary("settings"),
    text("created_at"),
    text("closed_at", nullable=True),
)
"""Institutions: `issuer` is the id that their credentials name, `key_uri` the key that signs."""

USERS = _table(
    "users",
    text("id", primary_key=True),
    text("email", unique=True),
    text("name"),
    text("password_hash", nullable=True),
    text("locale"),
    number("session_version"),
    text("created_at"),
    text("disabled_at", nullable=True),
)
"""People who work with the console; a higher `session_version` ends all older sessions."""

ROLES = _table(
    "roles",
    _of("tenants", primary_key=True),
    _of("users", primary_key=True),
    text("role", primary_key=True),
    text("granted_at"),
    _one_of("role", "owner", "issuer", "reviewer", "auditor"),
)
"""Who may do what in which institution."""

SETUP_LINKS = _table(
    "setup_links",
    text("digest", primary_key=True),
    _of("users"),
    text("expires_at"),
    text("used_at", nullable=True),
)
"""Links by which somebody sets their password once, known here by the digest of their secret."""

SESSIONS = _table(
    "sessions",
    text("digest", primary_key=True),
    _of("users"),
    number("session_version"),
    text("began_at"),
    text("seen_at"),
    text("ends_at"),
    text("proved"),
    text("agent"),
    sa.Index("issuer_sessions_of", "user_id"),
)
"""Who is signed in, known by the digest of what their browser holds; `proved` says by what."""

SIGN_IN_TRIES = _table(
    "sign_in_tries",
    text("subject", primary_key=True),
    text("since"),
    number("tries"),
)
"""Wrong passwords, counted for an account, an address, and both; digests of them only."""

API_KEYS = _table(
    "api_keys",
    text("id", primary_key=True),
    _of("tenants"),
    text("name"),
    text("prefix"),
    text("digest", unique=True),
    text("scopes"),
    text("created_by"),
    text("created_at"),
    text("expires_at", nullable=True),
    text("revoked_at", nullable=True),
    sa.Index("issuer_api_keys_of", "tenant_id"),
)
"""Keys of programs, by digest; `scopes` are parted by spaces."""

ACHIEVEMENTS = _table(
    "achievements",
    text("id", primary_key=True),
    _of("tenants"),
    text("title"),
    text("state"),
    number("version"),
    binary("draft", nullable=True),
    number("revision"),
    text("created_at"),
    text("updated_at"),
    _one_of("state", "draft", "published", "withdrawn"),
    sa.Index("issuer_achievements_of", "tenant_id", "id"),
)
"""What can be earned; `version` is the newest published one, 0 if there is none."""

ACHIEVEMENT_VERSIONS = _table(
    "achievement_versions",
    _of("achievements", primary_key=True),
    number("version", primary_key=True, autoincrement=False),
    binary("document"),
    text("digest"),
    text("published_at"),
)
"""Published versions, which never change; `digest` is of the bytes."""

LEARNERS = _table(
    "learners",
    text("id", primary_key=True),
    _of("tenants"),
    text("email", nullable=True),
    text("name", nullable=True),
    text("subject", nullable=True),
    text("created_at"),
    text("erased_at", nullable=True),
    text("mailbox", nullable=True),
    text("number", nullable=True),
    text("language", nullable=True),
    sa.UniqueConstraint("tenant_id", "email", name="issuer_learners_email"),
    sa.UniqueConstraint("tenant_id", "subject", name="issuer_learners_subject"),
    sa.Index("issuer_learners_mailbox", "tenant_id", "mailbox"),
    sa.Index("issuer_learners_number", "tenant_id", "number", unique=True),
)
"""People who receive credentials: by an id such as a DID, by the institution's own number for them,
or by mail address and name, as a family may share a `mailbox`.  `email` is empty since then."""

UPLOADS = _table(
    "uploads",
    text("id", primary_key=True),
    _of("tenants"),
    _of("achievements"),
    text("name"),
    binary("data"),
    text("created_by"),
    text("created_at"),
    sa.Index("issuer_uploads_at", "created_at"),
)
"""Files with learners between being sent and being issued; none is kept for longer than a day."""

JOBS = _table(
    "jobs",
    text("id", primary_key=True),
    _of("tenants"),
    _of("achievements"),
    number("achievement_version"),
    text("state"),
    text("source"),
    binary("options"),
    number("total"),
    text("created_by"),
    text("created_at"),
    text("started_at", nullable=True),
    text("finished_at", nullable=True),
    text("letters", nullable=True),
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
    number("number", primary_key=True, autoincrement=False),
    binary("request"),
    text("state"),
    text("credential_id", nullable=True),
    text("error_code", nullable=True),
    text("error", nullable=True),
    number("attempts"),
    _one_of("state", "waiting", "issued", "failed"),
    sa.Index("issuer_job_rows_in", "job_id", "state", "number"),
)
"""Rows of a roster: the numbers are those of the file that was uploaded."""

CREDENTIALS = _table(
    "credentials",
    text("id", primary_key=True),
    _of("tenants"),
    _of("achievements", nullable=True),
    number("achievement_version", nullable=True),
    _of("learners", nullable=True),
    _of("jobs", nullable=True),
    text("state"),
    binary("request"),
    text("request_digest"),
    text("list_name"),
    number("list_index"),
    text("status"),
    text("intended_at"),
    text("leased_until", nullable=True),
    text("issued_at", nullable=True),
    text("media_type", nullable=True),
    binary("data", nullable=True),
    text("data_digest", nullable=True),
    text("verification_method", nullable=True),
    text("replaces", nullable=True),
    text("erased_at", nullable=True),
    text("copy_of", nullable=True),
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
    text("key", primary_key=True),
    text("request_digest"),
    text("credential_id"),
    text("created_at"),
)
"""Which request came with which key; kept as long as the credential."""

WITHDRAWALS = _table(
    "withdrawals",
    text("id", primary_key=True),
    _of("tenants"),
    _of("credentials"),
    text("act"),
    text("reason"),
    text("state"),
    text("requested_by"),
    text("requested_at"),
    text("effective_at"),
    text("done_at", nullable=True),
    text("notice", nullable=True),
    _one_of("act", "revoke", "suspend", "reinstate"),
    _one_of("state", "pending", "done", "undone"),
    sa.Index("issuer_withdrawals_due", "state", "effective_at"),
    sa.Index("issuer_withdrawals_of", "credential_id"),
)
"""Changes of a status that were asked for; a pending one can be undone.

`notice` is whether the learner is told: "none", "reason" with the reason, else without it."""

PUBLISHED_LISTS = _table(
    "published_lists",
    text("list_name", primary_key=True),
    _of("tenants"),
    text("url", unique=True),
    number("last_change"),
    text("published_at"),
    binary("data"),
)
"""The newest signed form of each status list, as it is served."""

DELIVERIES = _table(
    "deliveries",
    text("id", primary_key=True),
    _of("tenants"),
    _of("credentials"),
    text("channel"),
    text("state"),
    text("claim_digest", unique=True),
    text("pin_digest", nullable=True),
    number("tries"),
    text("created_at"),
    text("expires_at", nullable=True),
    text("claimed_at", nullable=True),
    _one_of("channel", "email", "print"),
    _one_of("state", "waiting", "sent", "claimed", "bounced", "ended"),
    sa.Index("issuer_deliveries_of", "credential_id"),
)
"""Claims: the secret of a link is known by its digest; `tries` counts wrong PINs."""

MAILS = _table(
    "mails",
    text("id", primary_key=True),
    _of("tenants"),
    _of("deliveries", "delivery_id", nullable=True),
    text("kind"),
    text("recipient"),
    binary("message"),
    text("state"),
    number("attempts"),
    text("due_at"),
    text("sent_at", nullable=True),
    text("error", nullable=True),
    text("created_at"),
    _one_of("state", "waiting", "sent", "bounced", "failed"),
    sa.Index("issuer_mails_due", "state", "due_at"),
)
"""Mails to be sent by the process that may connect, and what became of them."""

WEBHOOKS = _table(
    "webhooks",
    text("id", primary_key=True),
    _of("tenants"),
    text("url"),
    text("secret"),
    text("events"),
    text("created_at"),
    text("disabled_at", nullable=True),
)
"""Who is told of what: `secret` authenticates what is sent, `events` are parted by spaces."""

WEBHOOK_EVENTS = _table(
    "webhook_events",
    text("id", primary_key=True),
    _of("webhooks"),
    text("kind"),
    binary("body"),
    text("state"),
    number("attempts"),
    text("due_at"),
    text("created_at"),
    text("error", nullable=True),
    _one_of("state", "waiting", "sent", "failed"),
    sa.Index("issuer_webhook_events_due", "state", "due_at"),
)
"""What is still to be told, and what was."""

LEDGER = _table(
    "ledger",
    number("sequence", primary_key=True, autoincrement=False),
    text("recorded_at"),
    text("tenant_id"),
    text("actor"),
    text("kind"),
    text("subject"),
    binary("statement"),
    binary("previous_hash"),
    binary("entry_hash", unique=True),
    sa.Index("issuer_ledger_about", "subject"),
    sa.Index("issuer_ledger_of", "tenant_id", "sequence"),
)
"""Everything that was done, in a hash chain; it knows ids and digests and no person."""

CHECKPOINTS = _table(
    "checkpoints",
    number("count", primary_key=True, autoincrement=False),
    binary("head"),
    text("signed_at"),
    text("key"),
    binary("signature"),
)
"""Signed states of the ledger."""

APPEND_ONLY = (LEDGER, CHECKPOINTS, ACHIEVEMENT_VERSIONS, IDEMPOTENCY_KEYS)
"""Tables in which the database itself refuses every change of what is there."""
