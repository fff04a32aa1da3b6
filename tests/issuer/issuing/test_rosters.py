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
from issuer.store import CredentialFilter, Job, Recipient, jobs
from issuer.store.errors import ConflictError
from issuer.store.jobs import MOST_ROW_BYTES
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
    taken = rosters._take(one.shop, job, 2, rosters.BYTES_AT_ONCE)
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


def long_award(number: int, letters: int) -> Any:
    evidence = [{"type": ["Evidence"], "narrative": "x" * letters}]
    return Award(Recipient(email=f"l{number}@poly.example"), {"evidence": evidence}).to_json()


def test_no_more_rows_are_taken_than_fit_together(one: Bench) -> None:
    job = roster(one, 6, row3=long_award(3, 9_000), row4=long_award(4, 9_000))
    definition = len(one.store.achievements.version(one.tenant.id, one.achievement_id).data)
    bytes_at_once = 10_000 + 2 * definition
    done = []
    while some := rosters.issue_some(one.shop, job, most_bytes=bytes_at_once):
        done.append(some)
    assert done == [2, 4], "two long rows never fit together"
    assert one.store.credentials.count(one.tenant.id) == 6


def test_a_row_that_is_longer_than_all_at_once_is_taken_alone(one: Bench) -> None:
    job = roster(one, 3, row3=long_award(3, 9_000))
    sizes = [rosters.issue_some(one.shop, job, most_bytes=1) for _row in range(4)]
    assert sizes == [1, 1, 1, 0]


def test_the_definition_counts_with_each_row(one: Bench) -> None:
    job = roster(one, 4)
    definition = len(one.store.achievements.version(one.tenant.id, one.achievement_id).data)
    assert rosters.issue_some(one.shop, job, most_bytes=3 * definition) < 3


def test_a_row_that_no_credential_can_hold_is_told_by_its_number_and_nothing_is_kept(
    one: Bench,
) -> None:
    with pytest.raises(ConflictError, match="Row 4 asks for a credential of") as told:
        roster(one, 5, row4=long_award(4, MOST_ROW_BYTES))
    assert told.value.code == "ROW_TOO_LARGE"
    assert one.store.jobs.page(one.tenant.id).items == ()


def test_a_roster_of_long_rows_is_kept_whole_and_in_order(
    one: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BYTES_AT_ONCE", 10_000)
    job = roster(one, 6, row3=long_award(3, 20_000), row5=long_award(5, 9_000))
    kept = list(one.store.jobs.all_rows(one.tenant.id, job.id))
    assert [row.number for row in kept] == [2, 3, 4, 5, 6, 7]
    assert (job.total, kept[1].request) == (6, long_award(3, 20_000))
