"""What the issuer service keeps: institutions, people, keys, achievements, jobs, the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from issuer.store import ConflictError, NotFoundError, Recipient, Role, Scope, Store
from issuer.store.chain import checked
from issuer.store.errors import LedgerBrokenError
from issuer.store.learners import learner_in
from issuer.store.tables import METADATA
from service import DatabaseError, writing
from tests.factories import NOW
from tests.issuer.store.conftest import act_of, tenant_of

INSERT_OUT_OF_ORDER = """
    INSERT INTO issuer_ledger SELECT 9, recorded_at, tenant_id, actor, kind, subject, statement,
    previous_hash, previous_hash FROM issuer_ledger WHERE sequence = 2
"""
CODES = {"LAST_OWNER", "REVISION_OLD", "TENANT_EXISTS"}


def test_the_tables_are_as_the_migrations_make_them(database: Engine) -> None:
    inspector = inspect(database)
    for table in METADATA.sorted_tables:
        made = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
        assert made == {column.name: bool(column.nullable) for column in table.columns}
        indexes = {index["name"] for index in inspector.get_indexes(table.name)}
        assert indexes >= {index.name for index in table.indexes}


def test_people_roles_and_keys_belong_to_their_institution(store: Store) -> None:
    here, elsewhere = tenant_of(store), tenant_of(store, "other")
    act = act_of(here)
    with pytest.raises(ConflictError) as taken:
        tenant_of(store)
    user = store.users.add(act, email="Ana@Poly.example ", name="Ana")
    store.users.grant(act, user.id, Role.OWNER)
    assert store.users.roles(here.id, user.id) == {Role.OWNER}
    assert store.users.roles(elsewhere.id, user.id) == frozenset()
    with pytest.raises(ConflictError) as last:
        store.users.withdraw(act, user.id, Role.OWNER)
    link = store.users.make_setup_link(act, user.id)
    assert store.users.user_of_setup_link(link, NOW).email == "ana@poly.example"
    with pytest.raises(NotFoundError):
        store.users.user_of_setup_link(link, NOW + timedelta(days=4))
    assert store.users.use_setup_link(link, "argon2", NOW).session_version == 2
    with pytest.raises(NotFoundError):
        store.users.use_setup_link(link, "argon2", NOW)
    key, secret = store.api_keys.make(act, name="SIS", scopes=[Scope.CREDENTIALS_ISSUE])
    assert store.api_keys.find(secret, NOW) == key
    assert store.api_keys.find(secret[:-1], NOW) is None
    with pytest.raises(NotFoundError):
        store.api_keys.revoke(act_of(elsewhere), key.id)
    store.api_keys.revoke(act, key.id)
    assert store.api_keys.find(secret, NOW) is None
    assert {taken.value.code, last.value.code} <= CODES


def test_a_published_version_never_changes(store: Store, database: Engine) -> None:
    act = act_of(tenant_of(store))
    made = store.achievements.add(act, title="Welding", draft={"name": "Welding"})
    first = store.achievements.publish(act, made.id, document={"name": "Welding"}, revision=1)
    again = store.achievements.publish(act, made.id, document={"name": "Welding"}, revision=1)
    assert (first.version, again) == (1, first)
    with pytest.raises(ConflictError) as old:
        store.achievements.save_draft(act, made.id, title="W", draft={}, revision=1)
    assert old.value.code in CODES
    store.achievements.save_draft(act, made.id, title="W", draft={"name": "W"}, revision=2)
    second = store.achievements.publish(act, made.id, document={"name": "W"}, revision=3)
    assert second.version == 2
    assert store.achievements.version(act.tenant_id, made.id, 1) == first
    with pytest.raises((DatabaseError, DBAPIError)), writing(database) as connection:
        connection.execute(text("UPDATE issuer_achievement_versions SET version = 9"))
    other = tenant_of(store, "other")
    with pytest.raises(NotFoundError):
        store.achievements.get(other.id, made.id)


def test_a_job_keeps_the_numbers_of_the_file_and_tells_its_progress(store: Store) -> None:
    act = act_of(tenant_of(store))
    made = store.achievements.add(act, title="Welding", draft={})
    store.achievements.publish(act, made.id, document={"name": "Welding"}, revision=1)
    rows = [(number, {"email": f"{number}@x.example"}) for number in (2, 3, 7)]
    job = store.jobs.make(act, achievement_id=made.id, rows=iter(rows), source="class.csv")
    assert (job.total, job.state, job.achievement_version) == (3, "ready", 1)
    page = store.jobs.rows(act.tenant_id, job.id, items=2)
    assert [row.number for row in page.items] == [2, 3]
    rest = store.jobs.rows(act.tenant_id, job.id, after=page.following)
    assert [row.number for row in rest.items] == [7]
    store.jobs.start(act, job.id)
    progress = store.jobs.progress(act.tenant_id, job.id, NOW)
    assert (progress.waiting, progress.done, progress.seconds_left) == (3, 0, None)
    assert not store.jobs.finish(act, job.id)
    with pytest.raises(ConflictError):
        store.jobs.make(act, achievement_id=made.id, rows=iter(()), source="empty.csv")


def test_every_act_stands_in_the_ledger_and_none_can_be_taken_out(
    store: Store, database: Engine
) -> None:
    tenant = tenant_of(store)
    act = act_of(tenant)
    for number in range(4):
        store.ledger.record(act, "user.signed-in", f"user_{number}")
    entries = list(store.ledger.entries())
    assert [entry.kind for entry in entries][:2] == ["tenant.added", "user.signed-in"]
    assert [last.count for _entry, last in store.ledger.checked()] == [1, 2, 3, 4, 5]
    assert len(store.ledger.audit(tenant.id, items=3).items) == 3
    for changed in (entries[1:], entries[:2] + entries[3:], [entries[1], entries[0]]):
        with pytest.raises(LedgerBrokenError):
            list(checked(changed))
    for statement in (
        "UPDATE issuer_ledger SET actor = 'nobody'",
        "DELETE FROM issuer_ledger",
        INSERT_OUT_OF_ORDER,
    ):
        with pytest.raises((DatabaseError, DBAPIError)), writing(database) as connection:
            connection.execute(text(statement))
    assert list(store.ledger.entries()) == entries


def test_a_link_to_set_a_password_ends_with_a_role_at_another_institution(store: Store) -> None:
    here, elsewhere = tenant_of(store), tenant_of(store, "other")
    user = store.users.add(act_of(here), email="ana@poly.example", name="Ana")
    store.users.grant(act_of(here), user.id, Role.AUDITOR)
    link = store.users.make_setup_link(act_of(here), user.id)
    store.users.grant(act_of(here), user.id, Role.ISSUER)
    assert store.users.user_of_setup_link(link, NOW) == user
    store.users.grant(act_of(elsewhere), user.id, Role.OWNER)
    with pytest.raises(NotFoundError):
        store.users.use_setup_link(link, "argon2", NOW)


def found(store: Store, **stated: str | None) -> str | None:
    tenant = store.tenants.named("poly")
    with writing(store.engine) as connection:
        return learner_in(connection, tenant.id, Recipient(**stated), NOW)


def test_learners_are_told_apart_by_id_number_or_address_and_name(store: Store) -> None:
    tenant = tenant_of(store)
    ana = found(store, email="home@x.example", name="Ana Ñúñez")
    assert found(store, email="Home@x.example", name="ana nunez") == ana
    ben = found(store, email="home@x.example", name="Ben")
    assert ben != ana, "a family shares a mailbox"
    assert found(store, email="home@x.example", name="Ben", number="7") == ben
    assert found(store, email="new@x.example", name="Benjamin", number="7") == ben
    assert store.learners.get(tenant.id, str(ben)).email == "new@x.example"
    assert found(store, email="home@x.example", name="Ben", number="8") not in (ana, ben)
    by_id = found(store, subject="did:key:z6Mk", email="d@x.example", number="9")
    assert found(store, subject="did:key:z6Mk", number="7") == by_id
    assert store.learners.get(tenant.id, str(by_id)).number == "9"
    assert [one.name for one in store.learners.with_email(tenant.id, "home@x.example")] != []
    nameless = found(store, email="zoe@x.example")
    assert found(store, email="zoe@x.example", name="Zoe") == nameless
    assert found(store, email="zoe@x.example") == nameless
    assert found(store, name="Nobody") is None
