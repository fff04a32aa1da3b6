"""Which version of a policy is in force when."""

from __future__ import annotations

from datetime import date

from recognition.policies.versions import AdoptedVersion, by_policy, in_force, spans
from tests.recognition.factories import SENATE, policy


def version(number: int, first: str, last: str, **changes: object) -> AdoptedVersion:
    text = {"version": str(number), "valid_from": first, "valid_until": last, "review": last}
    one = policy(**{**text, **changes})
    return AdoptedVersion(number, one, SENATE, "Carla", "2026-01-01T00:00:00Z")


def told(*versions: AdoptedVersion) -> list[tuple[str, str, str]]:
    return [(str(one.first), str(one.last), one.version.policy.version) for one in spans(versions)]


def test_the_version_that_begins_last_is_in_force() -> None:
    old = version(1, "2026-01-01", "2026-12-31")
    new = version(2, "2026-07-01", "2027-06-30")
    assert told(old, new) == [("2026-01-01", "2026-06-30", "1"), ("2026-07-01", "2027-06-30", "2")]
    assert in_force((old, new), date(2026, 7, 1)) is new
    assert in_force((new, old), date(2026, 6, 30)) is old
    assert in_force((old, new), date(2027, 7, 1)) is None


def test_an_earlier_version_holds_again_when_a_later_one_ends_first() -> None:
    old, new = version(1, "2026-01-01", "2026-12-31"), version(2, "2026-04-01", "2026-04-30")
    assert [name for _first, _last, name in told(old, new)] == ["1", "2", "1"]


def test_of_two_that_begin_together_the_one_handed_in_last_is_in_force() -> None:
    first, second = version(1, "2026-01-01", "2026-06-30"), version(2, "2026-01-01", "2026-03-31")
    assert told(first, second) == [
        ("2026-01-01", "2026-03-31", "2"),
        ("2026-04-01", "2026-06-30", "1"),
    ]


def test_there_may_be_times_without_a_version() -> None:
    one, other = version(1, "2026-01-01", "2026-01-31"), version(2, "2026-03-01", "2026-03-31")
    assert told(one, other) == [
        ("2026-01-01", "2026-01-31", "1"),
        ("2026-03-01", "2026-03-31", "2"),
    ]
    assert told() == []


def test_a_version_for_ever_is_in_force_until_the_last_day() -> None:
    assert told(version(1, "2026-01-01", "9999-12-31")) == [("2026-01-01", "9999-12-31", "1")]


def test_policies_are_told_apart_by_their_ids() -> None:
    one, other = version(1, "2026-01-01", "2026-12-31"), version(2, "2026-01-01", "2026-12-31")
    alone = version(1, "2026-01-01", "2026-12-31", id="another")
    assert by_policy((one, alone, other)) == {"another": (alone,), "tests": (one, other)}
