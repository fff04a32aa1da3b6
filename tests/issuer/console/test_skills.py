"""Lists of skills in the console: loaded, searched inside the design form, named by badges."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import Any

import pytest

from credentials.level_credit.levels import claimed_levels
from credentials.strict_json import parse_json
from issuer.achievements.csv_form import from_csv
from issuer.issuing.awards import Award
from issuer.issuing.exactly_once import ExactlyOnce
from issuer.skills import Skill, SkillText
from issuer.store import Act, Recipient, Role, SkillListDraft
from tests.factories import check, codes
from tests.issuer.console.test_working import DESIGN, Desk
from tests.issuer.console.world import World
from verifier.pages.contents import Linked, contents

LIST = (
    "uri,name,lang,code,description,type\n"
    "https://skills.example/1,weld pipes,en,T-1,Joins pipes.,CFItem\n"
    "https://skills.example/1,souder des tuyaux,fr,T-1,,\n"
    "https://skills.example/2,'=weld(tubes),en,,,skill/competence\n"
    "https://skills.example/3,dairy hygiene,en,,,\n"
)
SAID = {
    "framework": "Trades 2026",
    "language": "en",
    "source": "Trades Council, https://skills.example",
    "licence": "CC BY 4.0, © Trades Council",
}
NEW = "/achievements/new"


@dataclass
class Desks:
    """Somebody who may design, and their list."""

    desk: Desk

    def load(self, text: str = LIST, **changes: str) -> Any:
        file = (io.BytesIO(text.encode("utf-8-sig")), "skills.csv")
        return self.desk.post("/skills", list=file, **{**SAID, **changes})

    def pick(self, address: str = NEW, **fields: str) -> str:
        answer = self.desk.post(address, **{**DESIGN, **fields})
        assert answer.status_code == 200
        return str(answer.text)


@pytest.fixture
def desks(world: World) -> Desks:
    return Desks(Desk(world, Role.OWNER))


def key_of(page: str, name: str) -> str:
    """Find what the button that adds a skill sends."""
    found = re.search(r'name="add-skill" value="([^"]+)"[^>]*aria-label="Add ' + name, page)
    assert found is not None
    return found[1]


def value_of(page: str, field: str) -> str:
    found = re.search(f'value="([^"]*)"[^>]*id="{field}"', page)
    assert found is not None, field
    return found[1]


def test_a_list_is_loaded_shown_with_its_licence_replaced_and_removed(desks: Desks) -> None:
    assert desks.load().status_code == 303
    shown = desks.desk.get("/skills").text
    assert "3 skills were loaded." in shown
    for text in SAID.values():
        assert text in shown
    desks.load("uri,name\nhttps://skills.example/9,inspect\n")
    (kept,) = desks.desk.world.store.skills.lists(desks.desk.tenant.id)
    assert kept.skills == 1
    assert desks.desk.post(f"/skills/{kept.id}/remove").status_code == 303
    assert "Trades 2026 was removed." in desks.desk.get("/skills").text
    assert desks.desk.world.store.skills.lists(desks.desk.tenant.id) == ()


def test_what_is_wrong_with_a_list_is_told_and_nothing_is_loaded(desks: Desks) -> None:
    faulty = desks.load(LIST + "nowhere,<b>x</b>,en,,,\n")
    assert faulty.status_code == 422
    assert "Row 6:" in faulty.text
    assert "Nothing was loaded." in faulty.text
    assert value_of(faulty.text, "source") == SAID["source"]
    unstated = desks.load(source="", licence=" ")
    assert "Say where the list comes from." in unstated.text
    assert "Say under which licence" in unstated.text
    assert "Choose a file." in desks.desk.post("/skills", **SAID).text
    assert desks.desk.world.store.skills.lists(desks.desk.tenant.id) == ()


def test_a_search_keeps_what_was_typed_and_saves_nothing(desks: Desks) -> None:
    desks.load()
    picture = (io.BytesIO(b"\x89PNG\r\n\x1a\nrest"), "a.png")
    fields = {"skill-search": "WELD", "search-skills": "yes", "alignments-0-name": "Half"}
    sent: Any = {**fields, "title": "", "image": picture}
    page = desks.pick(**sent)
    assert "2 skills were found." in page
    assert "dairy hygiene" not in page
    assert SAID["licence"] in page
    assert value_of(page, "alignments-0-name") == "Half"
    assert DESIGN["criteria"] in page
    assert 'name="image-url" value="data:image/png;base64,' in page
    assert "Enter a title." not in page
    assert desks.desk.world.store.achievements.page(desks.desk.tenant.id).items == ()


def test_the_enter_key_searches_for_new_words_and_saves_behind_others(desks: Desks) -> None:
    desks.load()
    fields = {"entered": "yes", "skill-search": "hygiene"}
    page = desks.pick(**fields)
    assert "1 skill was found." in page
    again = {**DESIGN, **fields, "skill-searched": "hygiene"}
    assert desks.desk.post(NEW, **again).status_code == 303


def test_an_added_skill_fills_a_row_once_in_the_language_of_the_achievement(desks: Desks) -> None:
    desks.load()
    french = {"language": "fr-CA", "skill-search": "weld pipes"}
    page = desks.pick(**french, **{"search-skills": "yes"})
    added = desks.pick(**french, **{"add-skill": key_of(page, "souder des tuyaux")})
    assert "souder des tuyaux was added below." in added
    assert value_of(added, "alignments-0-name") == "souder des tuyaux"
    assert value_of(added, "alignments-0-framework") == "Trades 2026"
    row = {
        "alignments-0-name": "souder des tuyaux",
        "alignments-0-url": "https://skills.example/1",
    }
    twice = desks.pick(**french, **row, **{"add-skill": key_of(page, "souder des tuyaux")})
    assert "is among the alignments already." in twice
    assert twice.count("https://skills.example/1") == 1
    gone = desks.pick(**{"add-skill": "skills_gone/1"})
    assert "This skill is in no list any more." in gone
    full = {f"alignments-{n}-name": f"Skill {n}" for n in range(50)}
    assert "no more than 50" in desks.pick(**full, **{"add-skill": key_of(page, "souder")})


def test_a_skill_is_added_to_a_draft_that_is_changed(desks: Desks) -> None:
    desks.load()
    made = desks.desk.design()
    address = f"/achievements/{made}/edit"
    assert "Search skills" in desks.desk.get(address).text
    page = desks.pick(address, **{"skill-search": "", "search-skills": "yes", "revision": "1"})
    assert "Enter words to search for." in page
    assert 'name="revision" value="1"' in page


def test_of_many_skills_the_first_are_shown(desks: Desks) -> None:
    rows = "".join(f"https://skills.example/{n},weld {n}\n" for n in range(30))
    desks.load(f"uri,name\n{rows}")
    page = desks.pick(**{"skill-search": "weld", "search-skills": "yes"})
    assert "30 skills were found. The first 20 are shown" in page
    assert page.count('name="add-skill"') == 20


def test_a_badge_names_the_skill_and_holds_and_the_verifier_shows_it(desks: Desks) -> None:
    row = {
        "alignments-0-name": "weld pipes",
        "alignments-0-url": "https://skills.example/1",
        "alignments-0-framework": "Trades 2026",
        "alignments-0-code": "T-1",
        "alignments-0-type": "CFItem",
        "alignments-0-description": "Joins pipes.",
    }
    desk = desks.desk
    made = desk.design(**row)
    assert desk.publish(made).status_code == 303
    act = Act(desk.tenant.id, "test", desk.world.clock())
    award = Award(Recipient(email="ana@example.com"))
    issued = ExactlyOnce(desk.world.shop).issue(act, "key", made, award)
    document = parse_json(issued.data or b"")
    achievement = document["credentialSubject"]["achievement"]
    assert achievement["alignment"][1] == {
        "type": ["Alignment"],
        "targetName": "weld pipes",
        "targetUrl": "https://skills.example/1",
        "targetFramework": "Trades 2026",
        "targetCode": "T-1",
        "targetType": "CFItem",
        "targetDescription": "Joins pipes.",
    }
    report = check(issued.data or b"")
    assert codes(report, "failed") == set()
    # A skill is no second level.
    assert len(claimed_levels(achievement, "")) == 1
    shown = contents(document, report).outcomes[1]
    assert shown == Linked(
        "weld pipes", "Joins pipes.", "https://skills.example/1", "Trades 2026 T-1"
    )


def test_a_name_that_looks_like_a_formula_stays_a_text_in_tables(desks: Desks) -> None:
    desk = desks.desk
    skill = Skill("https://skills.example/2", {"en": SkillText("=weld(tubes)")})
    act = Act(desk.tenant.id, "test", desk.world.clock())
    draft = SkillListDraft("Trades 2026", "Us", "Ours", "sha256:0")
    desk.world.store.skills.load(act, draft, (skill,))
    desk.design(**{"alignments-0-name": "=weld(tubes)", "alignments-0-url": skill.uri})
    table = desk.get("/achievements/achievements.csv").data.decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(table))
    assert row[header.index("alignments")].startswith("'=weld(tubes)")
    definitions, faults = from_csv(table)
    assert faults == ()
    assert definitions[0].alignments[0].name == "=weld(tubes)"
