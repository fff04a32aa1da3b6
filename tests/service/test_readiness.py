"""Readiness: what a service needs, told in words to everybody and in figures to monitoring."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from service import open_database, writing
from service.readiness import (
    EARLIEST,
    LEAST_FREE_BYTES,
    TOLERANCE,
    Condition,
    clock_condition,
    database_condition,
    disk_condition,
)
from service.web import WebSettings, new_application
from service.web.health import add_conditions
from tests.factories import NOW
from tests.services import problem


def asking(*conditions: Condition) -> FlaskClient:
    application = new_application(WebSettings("A service", "To test."))
    add_conditions(application, lambda: conditions)
    return application.test_client()


def test_a_service_is_ready_if_what_it_needs_is_there() -> None:
    late = Condition("lists", "a list is old", is_needed=False)
    answer = asking(Condition("disk"), late).get("/health/ready")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ready",
        "conditions": [
            {"name": "disk", "status": "met"},
            {"name": "lists", "status": "not met", "detail": "a list is old"},
        ],
    }


def test_a_service_that_lacks_something_says_what() -> None:
    client = asking(Condition("disk", "the disk is nearly full"), Condition("clock"))
    told = problem(client.get("/health/ready"), 503, "NOT_READY")
    assert told["detail"] == "Not ready: the disk is nearly full."
    assert client.get("/health/live").status_code == 200


def test_conditions_are_figures_for_monitoring() -> None:
    full = Condition("disk", "the disk is nearly full", measured={"free_disk_bytes": 5})
    told = asking(full, Condition("clock")).get("/health/metrics").text
    assert 'tallystick_condition{name="disk"} 0.0' in told
    assert 'tallystick_condition{name="clock"} 1.0' in told
    assert "tallystick_free_disk_bytes 5.0" in told


@pytest.mark.parametrize(
    ("behind", "is_wrong"), [(timedelta(0), False), (TOLERANCE, False), (2 * TOLERANCE, True)]
)
def test_a_clock_is_not_behind_what_has_happened(behind: timedelta, is_wrong: bool) -> None:
    assert bool(clock_condition(NOW - behind, NOW).wrong) is is_wrong


def test_a_clock_that_was_never_set_is_noticed() -> None:
    assert not clock_condition(NOW).wrong
    assert not clock_condition(NOW, None).wrong
    assert clock_condition(EARLIEST.replace(year=1970)).wrong


@pytest.mark.parametrize(("free", "is_wrong"), [(0, False), (-1, True)])
def test_a_disk_has_room(tmp_path: Path, free: int, is_wrong: bool) -> None:
    found = disk_condition(tmp_path / "not" / "yet", lambda _path: LEAST_FREE_BYTES + free)
    assert bool(found.wrong) is is_wrong
    assert found.measured == {"free_disk_bytes": LEAST_FREE_BYTES + free}
    assert disk_condition(tmp_path).measured["free_disk_bytes"] > 0


def test_a_database_has_the_form_of_this_version(database: Engine) -> None:
    assert database_condition(database) == Condition("database")
    with writing(database) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "another version" in database_condition(database).wrong


def test_a_database_that_was_never_brought_to_a_form_is_not_ready(database_url: str) -> None:
    engine = open_database(database_url)
    assert "another version" in database_condition(engine).wrong
    engine.dispose()


def test_a_database_that_does_not_answer_is_told_without_its_address() -> None:
    found = database_condition(open_database("postgresql://user:hunter2@127.0.0.1:1/name"))
    assert found.wrong == "the database does not answer"
