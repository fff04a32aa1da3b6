"""What an institution does all day: design, publish, issue to a class, take back, correct."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from credentials.strict_json import parse_json
from issuer.store import Role, Tenant
from tests.factories import check, codes
from tests.issuer.console.world import World

HTML = {"Accept": "text/html"}
AT = "/console/at/poly"
DESIGN = {
    "title": "Pipe welding",
    "description": "Welds stainless steel pipes.",
    "criteria": "Three inspected welds.",
    "framework": "nz-nzqcf",
    "level": "5",
    "hours-taught": "200",
    "credits-amount": "20",
    "credits-unit": "NZQCF",
    "outcomes-0-text": "Weld pipes in all positions.",
    "outcomes-0-level": "",
    "language": "en",
    "validity_months": "36",
    "developer-name": "Example Polytechnic",
}


@pytest.fixture
def console_url(database_url: str, database: Engine) -> str:
    """Return the URL of the console's database, of each kind."""
    return database_url


class Desk:
    """Somebody who works at an institution."""

    def __init__(self, world: World, *roles: Role) -> None:
        self.world = world
        self.tenant: Tenant = world.tenant()
        self.client: FlaskClient = world.client(world.user(self.tenant, *roles))

    def get(self, address: str, **options: Any) -> Any:
        return self.client.get(f"{AT}{address}", headers=HTML, **options)

    def post(self, address: str, **data: Any) -> Any:
        return self.client.post(f"{AT}{address}", data=data, headers=HTML)

    def design(self, **changes: str) -> str:
        """Save a draft, and return its id."""
        answer = self.post("/achievements/new", **{**DESIGN, **changes})
        assert answer.status_code == 303, re.findall("error[^<]*<", answer.text)
        return str(answer.headers["Location"].rpartition("/")[2])

    def publish(self, achievement: str) -> Any:
        revision = str(self.world.store.achievements.get(self.tenant.id, achievement).revision)
        return self.post(f"/achievements/{achievement}/publish", revision=revision)

    def send(self, achievement: str, roster: bytes, name: str = "class.csv") -> Any:
        return self.post("/rosters/new", achievement=achievement, roster=(io.BytesIO(roster), name))


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world, Role.OWNER)


@pytest.fixture
def published(desk: Desk) -> str:
    achievement = desk.design()
    assert desk.publish(achievement).status_code == 303
    return achievement


def test_a_class_is_issued_from_a_spreadsheet_and_every_badge_is_valid(
    desk: Desk, published: str
) -> None:
    roster = "E-mail;Name\n" + "".join(f"l{n}@example.com;Learner {n}\n" for n in range(30))
    sent = desk.send(published, roster.encode("utf-8-sig"))
    shown = desk.client.get(sent.headers["Location"], headers=HTML).text
    assert "30 learners were read, and no row has a fault." in shown
    assert desk.world.store.credentials.count(desk.tenant.id) == 0
    upload = sent.headers["Location"].rpartition("/")[2]
    job = desk.post(f"/rosters/{upload}/issue", email="0", name="1", tell="yes")
    running = desk.client.get(f"{job.headers['Location']}/progress").json
    assert (running["state"], running["issued"]) == ("running", 0)
    desk.world.work()
    page = desk.client.get(job.headers["Location"], headers=HTML).text
    assert "30 credentials are issued." in page
    records = desk.world.store.credentials.page(desk.tenant.id, items=100).items
    assert len(records) == 30
    report = check(records[0].data or b"")
    assert codes(report, "failed") == set()
    document = parse_json(records[0].data or b"")
    assert document["credentialSubject"]["achievement"]["version"] == "1"
    assert document["validUntil"].startswith("2029-11-23T23:59:59")
    assert desk.get(f"/rosters/{upload}").status_code == 404
    table = desk.client.get(f"{job.headers['Location']}/result.csv").data.decode("utf-8-sig")
    assert [row[3] for row in csv.reader(io.StringIO(table))][1:] == ["issued"] * 30


def test_a_row_at_fault_stops_the_whole_roster_and_is_named(desk: Desk, published: str) -> None:
    sent = desk.send(published, b"email,name\nana@example.com,Ana\nnobody,B\n=1+1,C\n")
    address = sent.headers["Location"]
    shown = desk.client.get(address, headers=HTML).text
    assert "2 rows have to be mended first." in shown
    upload = address.rpartition("/")[2]
    refused = desk.post(f"/rosters/{upload}/issue", email="0", name="1")
    assert refused.status_code == 422
    assert desk.world.store.jobs.page(desk.tenant.id).items == ()
    faults = desk.client.get(f"{address}/faults.csv").data.decode("utf-8-sig")
    assert [row[0] for row in csv.reader(io.StringIO(faults))] == ["row", "3", "4"]
    assert desk.post(f"/rosters/{upload}/forget").status_code == 303
    assert desk.client.get(address, headers=HTML).status_code == 404


def test_columns_can_be_chosen_where_they_were_not_guessed(desk: Desk, published: str) -> None:
    sent = desk.send(published, b"contact,who\nana@example.com,Ana\n")
    address = sent.headers["Location"]
    assert "No column says who the learners are" in desk.client.get(address, headers=HTML).text
    chosen = desk.client.get(f"{address}?email=0&name=1", headers=HTML).text
    assert "1 learner was read" in chosen
    wrong = desk.client.get(f"{address}?email=7", headers=HTML)
    assert wrong.status_code == 422


@pytest.mark.parametrize("data", [b"", "é".encode("latin-1"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_a_file_that_is_no_roster_is_refused_at_once(
    desk: Desk, published: str, data: bytes
) -> None:
    assert desk.send(published, data).status_code == 422


def test_a_draft_is_checked_while_it_is_written(desk: Desk) -> None:
    live = desk.post("/achievements/check", **{**DESIGN, "credits-amount": "30"}).json
    assert live["credits"] == "20"
    assert {one["member"] for one in live["checks"] if one["weight"] == "stops"} == {"credits"}
    assert not live["can_be_published"]
    other = desk.post("/achievements/check", **{**DESIGN, "framework": "eu-eqf"}).json
    assert [level["code"] for level in other["levels"]] == list("12345678")


def test_what_is_at_fault_cannot_be_published(desk: Desk) -> None:
    achievement = desk.design(title="National Diploma in Pipes")
    refused = desk.publish(achievement)
    assert refused.status_code == 422
    assert "has to be mended before it can be published" in refused.text
    assert desk.world.store.achievements.get(desk.tenant.id, achievement).version == 0


def test_a_published_version_stays_and_a_change_is_the_next_one(desk: Desk, published: str) -> None:
    changed = {**DESIGN, "criteria": "Four inspected welds.", "revision": "2"}
    assert desk.post(f"/achievements/{published}/edit", **changed).status_code == 303
    store = desk.world.store.achievements
    assert store.version(desk.tenant.id, published).document["criteria"] == DESIGN["criteria"]
    assert desk.publish(published).status_code == 303
    assert store.version(desk.tenant.id, published, 1).document["criteria"] == DESIGN["criteria"]
    assert store.version(desk.tenant.id, published, 2).document["criteria"] == changed["criteria"]


def test_two_people_do_not_overwrite_each_other(desk: Desk) -> None:
    achievement = desk.design()
    address = f"/achievements/{achievement}/edit"
    assert desk.post(address, **DESIGN, revision="1").status_code == 303
    late = desk.post(address, **{**DESIGN, "title": "Mine"}, revision="1")
    assert late.status_code == 422
    assert "Mine" in late.text


def test_a_form_that_cannot_be_read_keeps_what_was_typed(desk: Desk) -> None:
    answer = desk.post("/achievements/new", **{**DESIGN, "hours-taught": "many"})
    assert answer.status_code == 422
    assert 'value="many"' in answer.text
    assert 'href="#hours-taught"' in answer.text
    assert desk.post("/achievements/new", title=" ").status_code == 422


def test_another_framework_shows_its_levels_without_script(desk: Desk) -> None:
    answer = desk.post("/achievements/new", **{**DESIGN, "framework": "eu-eqf"}, levels="yes")
    assert 'id="level-8"' in answer.text
    assert 'id="level-9"' not in answer.text
    assert desk.world.store.achievements.page(desk.tenant.id).items == ()


def test_achievements_go_out_and_come_in_as_a_table(desk: Desk, published: str) -> None:
    table = desk.get("/achievements/achievements.csv").data
    sent = desk.post("/achievements/import", table=(io.BytesIO(table), "a.csv"))
    assert sent.status_code == 303
    first, second = desk.get("/achievements/achievements.json").json
    assert first == second
    wrong = desk.post("/achievements/import", table=(io.BytesIO(b"title,size\nx,y\n"), "a.csv"))
    assert wrong.status_code == 422


def test_a_picture_becomes_part_of_the_badge(desk: Desk) -> None:
    picture = (io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "weld.svg")
    achievement = desk.design(**{"image": picture, "image-alt": "A weld"})  # type: ignore[arg-type]
    known = desk.world.store.achievements.get(desk.tenant.id, achievement)
    assert known.draft is not None
    assert known.draft["image"]["url"].startswith("data:image/svg+xml;base64,")
    wrong = desk.post("/achievements/new", **DESIGN, image=(io.BytesIO(b"GIF89a"), "x.gif"))
    assert wrong.status_code == 422


def test_the_preview_is_what_a_verifier_says_of_it(desk: Desk, published: str) -> None:
    page = desk.get(f"/achievements/{published}/preview").text
    assert "level 5 of New Zealand Qualifications and Credentials Framework" in page
    assert "20 NZQCF" in page
    draft = desk.design(**{"level": "", "outcomes-0-level": "5"})
    assert "It cannot be issued as it is" in desk.get(f"/achievements/{draft}/preview").text


def test_a_badge_is_taken_back_with_a_reason_and_that_can_be_undone(
    desk: Desk, published: str
) -> None:
    desk.post(f"/achievements/{published}/award", email="ana@example.com", name="Ana")
    desk.world.work()
    (record,) = desk.world.store.credentials.page(desk.tenant.id).items
    address = f"/credentials/{record.id}"
    assert desk.post(f"{address}/withdraw", act="revoke").status_code == 422
    assert desk.post(f"{address}/withdraw", act="suspend", reason="x").status_code == 422
    assert desk.post(f"{address}/withdraw", act="revoke", reason="Mistake").status_code == 303
    (asked,) = desk.world.store.withdrawals.of_credential(desk.tenant.id, record.id)
    assert "Undo" in desk.get(address).text
    assert desk.post(f"{address}/undo", withdrawal="another").status_code == 404
    assert desk.post(f"{address}/undo", withdrawal=asked.id).status_code == 303
    assert desk.world.store.credentials.get(desk.tenant.id, record.id).status == "active"


def test_a_correction_replaces_the_old_badge_and_links_both(desk: Desk, published: str) -> None:
    desk.post(f"/achievements/{published}/award", email="anna@example.com")
    desk.world.work()
    (old,) = desk.world.store.credentials.page(desk.tenant.id).items
    sent = desk.post(f"/credentials/{old.id}/correct", email="ana@example.com", name="Ana")
    new = sent.headers["Location"].rpartition("/")[2]
    credentials = desk.world.store.credentials
    assert credentials.get(desk.tenant.id, new).replaces == old.id
    assert credentials.get(desk.tenant.id, old.id).status == "revoked"
    assert new in desk.get(f"/credentials/{old.id}").text
    assert desk.get(f"/credentials/{new}/files/json").status_code == 200


def test_a_key_of_a_program_is_shown_once_and_revoked(desk: Desk) -> None:
    made = desk.post("/api-keys", name="SIS", **{"scope-credentials:issue": "yes"})
    (secret,) = re.findall(r"tsk_[\w-]{20,}", made.text)
    assert secret not in desk.get("/api-keys").text
    key = desk.world.store.api_keys.find(secret, desk.world.clock())
    assert key is not None
    assert desk.post(f"/api-keys/{key.id}/revoke").status_code == 303
    assert desk.world.store.api_keys.find(secret, desk.world.clock()) is None
    assert desk.post("/api-keys", name="").status_code == 422


@pytest.mark.parametrize("language", ["fr-CA", "es"])
def test_the_console_speaks_the_languages_of_its_people(desk: Desk, language: str) -> None:
    page = desk.get("/", query_string={"lang": language})
    assert page.headers["Content-Language"] == language
    assert "Overview" not in page.text
    assert "Issuing" not in page.text
    draft = desk.design(title="National Diploma", **{"level": "", "outcomes-0-level": "5"})
    shown = desk.get(f"/achievements/{draft}", query_string={"lang": language}).text
    told = {
        "fr-CA": "L’intitulé contient un mot que le cadre interdit (règle ",
        "es": "El título del curso contiene una palabra que el marco prohíbe (regla ",
    }
    assert told[language] in shown
    assert "The title contains a word" not in shown


def test_everything_that_was_done_stands_in_the_audit_log(desk: Desk, published: str) -> None:
    page = desk.get("/audit").text
    assert "achievement.published" in page
    assert "ana@example.com" not in page
