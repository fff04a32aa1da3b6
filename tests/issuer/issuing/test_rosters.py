"""Rosters: rows in the order of the file, by several workers, resumed, retried, never doubled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from credentials.strict_json import parse_json
from issuer.issuing import rosters
from issuer.issuing.awards import Award
from issuer.store import CredentialFilter, Job, Recipient
from tests.issuer.issuing.workshops import Bench, bench


@pytest.fixture
def one(database: Engine) -> Bench:
    return bench(database)


def roster(one: Bench, count: int, **changes: Any) -> Job:
    """Make a job of learners; `changes` replace the request of a row by its number."""
    rows = [
        (number, Award(Recipient(email=f"learner{number}@poly.example")).to_json())
        for number in range(2, count + 2)
    ]
    wanted = [(number, changes.get(f"row{number}", request)) for number, request in rows]
    job = one.store.jobs.make(
        one.act, achievement_id=one.achievement_id, rows=wanted, source="class.csv"
    )
    return one.store.jobs.start(one.act, job.id)


def test_a_roster_is_issued_and_each_row_tells_its_credential(one: Bench) -> None:
    bad = {"learner": {}, "award": {}}
    late = Award(Recipient(email="l@x.example"), {"validFrom": "never"}).to_json()
    job = roster(one, 7, row3=bad, row4=late)
    assert rosters.issue_some(one.shop, job, rows=3) == 3
    rosters.run(one.shop, job)
    progress = one.store.jobs.progress(one.tenant.id, job.id, one.clock())
    assert (progress.issued, progress.failed, progress.waiting) == (5, 2, 0)
    rows = one.store.jobs.rows(one.tenant.id, job.id).items
    assert [row.state for row in rows] == ["issued", "failed", "failed", *["issued"] * 4]
    assert [row.error_code for row in rows if row.error_code] == [
        "LEARNER_MISSING",
        rows[2].error_code,
    ]
    for row in rows:
        if row.state == "issued":
            kept = one.store.credentials.get(one.tenant.id, str(row.credential_id))
            assert parse_json(kept.data or b"")["id"] == kept.id
    assert one.store.jobs.get(one.tenant.id, job.id).state == "finished"


def test_rows_that_failed_are_retried_and_the_others_are_not(one: Bench) -> None:
    job = roster(one, 3)
    broken = replace(one.shop, compose=refusing("learner3@poly.example"))
    rosters.run(broken, job)
    before = one.store.credentials.page(one.tenant.id, CredentialFilter(state="issued")).items
    assert len(before) == 2
    one.store.jobs.retry(one.act, job.id)
    rosters.run(one.shop, job)
    after = one.store.credentials.page(one.tenant.id, CredentialFilter(state="issued")).items
    assert len(after) == 3
    assert all(each in after for each in before)
    (abandoned,) = one.store.credentials.page(
        one.tenant.id, CredentialFilter(state="abandoned")
    ).items
    assert abandoned.list_index not in {each.list_index for each in after}


def refusing(email: str) -> Any:
    from credentials.errors import IssuanceError
    from issuer.issuing.awards import from_template

    def compose(tenant: Any, version: Any, award: Award, on: Any) -> Any:
        if award.recipient.email == email:
            raise IssuanceError("Not now.", code="NOT_NOW")
        return from_template(tenant, version, award, on)

    return compose


def test_what_a_killed_worker_took_is_completed_with_the_same_ids(one: Bench) -> None:
    job = roster(one, 4)
    taken = rosters._take(one.shop, job, 2)
    assert taken is not None
    promised = {intent.id for intent in taken.intents}
    rosters.run(one.shop, job)
    assert one.store.jobs.progress(one.tenant.id, job.id, one.clock()).waiting == 2
    one.clock.pass_by(seconds=timedelta(seconds=31).total_seconds())
    rosters.run(one.shop, job)
    rows = one.store.jobs.rows(one.tenant.id, job.id).items
    assert {row.credential_id for row in rows} >= promised
    assert one.store.credentials.count(one.tenant.id) == 4


def test_several_workers_share_a_roster_and_double_nothing(one: Bench) -> None:
    job = roster(one, 24)

    def work(_number: int) -> int:
        done = 0
        while some := rosters.issue_some(one.shop, job, rows=3):
            done += some
        return done

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, range(3))) == 24
    records = one.store.credentials.page(one.tenant.id, items=100).items
    assert len({each.learner_id for each in records}) == len(records) == 24
    assert len({each.list_index for each in records}) == 24
