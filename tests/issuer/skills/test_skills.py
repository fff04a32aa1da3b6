"""Lists of skills that institutions bring along: read, kept, searched, replaced, removed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.skills import (
    FAULTS_TOLD,
    SKILL_FILE_BYTES,
    SKILL_LISTS,
    Skill,
    SkillFileError,
    SkillRowsError,
    SkillText,
    read_skills,
    tables,
)
from issuer.store import ConflictError, NotFoundError, SkillListDraft, Store
from tests.issuer.store.conftest import act_of, store, tenant_of

__all__ = ["store"]

# The columns are those of ESCO's published file; the skills are made up.
ESCO = (
    "conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels,hiddenLabels,status,"
    "modifiedDate,scopeNote,definition,inScheme,description\r\n"
    "KnowledgeSkillCompetence,http://skills.example/s/1,skill/competence,cross-sector,"
    'weld pipes,"join pipes\nweld tubes",,released,,,,,"Join pipes, and inspect them."\r\n'
    "KnowledgeSkillCompetence,http://skills.example/s/2,knowledge,,dairy hygiene,,,,,,,,\r\n"
)
PLAIN = (
    "uri;name;lang;framework;code;description;type\n"
    "https://skills.example/1;weld pipes;en;Trades 2026;T-1;Joins pipes.;CFItem\n"
    "https://skills.example/1;souder des tuyaux à l’arc;fr-CA;Trades 2026;T-1;;\n"
    "https://skills.example/2;=HYPERLINK(1);en;Trades 2026;;;\n"
)


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(SkillRowsError) as found:
        read_skills(text.encode(), framework="Trades")
    return [(fault.row, fault.column) for fault in found.value.faults]


def code_of(data: bytes, **options: str) -> str | None:
    with pytest.raises(SkillFileError) as found:
        read_skills(data, **{"framework": "Trades", **options})
    return found.value.code


def test_the_columns_of_esco_are_read_with_a_byte_order_mark() -> None:
    found = read_skills(ESCO.encode("utf-8-sig"), framework="ESCO 1.2", language="en")
    assert found.framework == "ESCO 1.2"
    first, second = found.skills
    assert first.texts == {"en": SkillText("weld pipes", "Join pipes, and inspect them.")}
    assert (first.type, first.alternatives) == ("skill/competence", "join pipes\nweld tubes")
    # The standard has no type for these, so that none is signed.
    assert (first.alignment_type, second.alignment_type) == ("", "")


def test_the_plain_form_has_a_skill_in_several_languages_and_names_its_framework() -> None:
    found = read_skills(PLAIN.encode("utf-8-sig"))
    assert found.framework == "Trades 2026"
    first, second = found.skills
    assert first.code == "T-1"
    assert first.alignment_type == "CFItem"
    assert first.text_in(["fr"]).name == "souder des tuyaux à l’arc"
    assert first.text_in(["mi", "en-NZ"]).name == "weld pipes"
    assert second.texts["en"].name == "=HYPERLINK(1)"


def test_json_says_the_same_as_a_table() -> None:
    entry = {
        "uri": "https://skills.example/1",
        "name": {"en": "weld pipes", "fr-CA": "souder des tuyaux à l’arc"},
        "description": {"en": "Joins pipes."},
        "code": "T-1",
        "type": "CFItem",
    }
    other = {"uri": "https://skills.example/2", "name": "=HYPERLINK(1)", "code": None}
    document = {"framework": "Trades 2026", "skills": [entry, other]}
    assert read_skills(json.dumps(document).encode()) == read_skills(PLAIN.encode())
    bare = read_skills(json.dumps([other]).encode("utf-8-sig"), framework="X", language="mi")
    assert list(bare.skills[0].texts) == ["mi"]


def test_every_row_at_fault_is_named_and_nothing_is_taken() -> None:
    table = (
        "uri,name,lang,framework,code\n"
        "https://skills.example/1,weld,en,,\n"
        "skills.example/2,weld,en,,\n"
        "https://skills.example/3,,en,,\n"
        "\n"
        "https://skills.example/4,weld,English language,,\n"
        "https://skills.example/5,weld,en,Other,\n"
        "https://skills.example/1,weld again,en,,\n"
        f"https://skills.example/6,{'x' * 501},en,,\n"
        "javascript:alert(1),weld,en,,\n"
        "http://data.europa.eu/snb/eqf/6,weld,en,,\n"
    )
    assert faults(table) == [
        *((3, "uri"), (4, "name"), (6, "lang"), (7, "framework"), (8, "uri"), (9, "name")),
        *((10, "uri"), (11, "uri")),
    ]
    assert faults('[{"uri": "https://a.example/1", "name": 5, "level": "6"}]') == [
        *((1, "name"), (1, "level"), (1, "name")),
    ]


def test_rows_that_contradict_each_other_are_at_fault() -> None:
    table = "uri,name,lang,code\nhttps://a.example/1,a,en,1\nhttps://a.example/1,b,fr,2\n"
    assert faults(table) == [(3, "code")]


def test_only_the_first_faults_are_told_and_the_others_counted() -> None:
    table = "uri,name\n" + "x,\n" * (FAULTS_TOLD + 20)
    with pytest.raises(SkillRowsError) as found:
        read_skills(table.encode(), framework="Trades")
    assert (len(found.value.faults), found.value.count) == (FAULTS_TOLD, 2 * FAULTS_TOLD + 40)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "SKILLS_EMPTY"),
        (b"uri,name\n", "SKILLS_EMPTY"),
        ("uri,name\nhttps://a.example,soud\xe9\n".encode("latin-1"), "SKILLS_ENCODING"),
        ("uri,name\n".encode("utf-16"), "SKILLS_ENCODING"),
        (b"uri,title\nhttps://a.example,x\n", "SKILLS_COLUMNS"),
        (b"uri,uri,name\n", "SKILLS_COLUMNS"),
        (b'uri,name\nhttps://a.example,"x\n', "SKILLS_FORMAT"),
        (b"PK\x03\x04rest", "SKILLS_FORMAT"),
        (b"[1]", "SKILLS_FORMAT"),
        (b"{}", "SKILLS_FORMAT"),
        (b"[", "SKILLS_FORMAT"),
        (b"x" * (SKILL_FILE_BYTES + 1), "SKILLS_TOO_LARGE"),
        (b"uri,name" + b"," * 40 + b"\nx\n", "SKILLS_TOO_LARGE"),
    ],
)
def test_what_is_no_list_of_skills_is_refused_in_words(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_a_list_has_a_limited_number_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "SKILL_ROWS", 2)
    rows = [b"uri,name\n", *(b"https://a.example/%d,x\n" % number for number in range(3))]
    assert len(read_skills(b"".join(rows[:3]), framework="X").skills) == 2
    assert code_of(b"".join(rows)) == "SKILLS_TOO_LARGE"


def test_framework_and_language_have_to_be_said() -> None:
    table = b"uri,name\nhttps://a.example/1,x\n"
    assert code_of(table, framework=" ") == "SKILLS_FRAMEWORK"
    assert code_of(table, language="English language") == "SKILLS_LANGUAGE"


@given(st.binary(max_size=200), st.booleans())
def test_whatever_is_sent_is_read_or_refused(data: bytes, has_header: bool) -> None:
    header = b"uri,name,lang\n" if has_header else b""
    try:
        found = read_skills(header + data, framework="X")
    except SkillFileError:
        return
    assert found.skills


def made(number: int, name: str, **more: str) -> Skill:
    return Skill(f"https://skills.example/{number}", {"en": SkillText(name)}, **more)


def draft(framework: str = "Trades") -> SkillListDraft:
    return SkillListDraft(framework, "https://skills.example", "CC BY 4.0", "sha256:0")


def names(store: Store, tenant_id: str, text: str) -> list[str]:
    return [one.skill.texts["en"].name for one in store.skills.search(tenant_id, text).skills]


def test_a_list_is_searched_without_regard_to_capitals_accents_and_order(store: Store) -> None:
    act = act_of(tenant_of(store))
    skills = (
        made(1, "inspect welds"),
        made(2, "Weld pipes", alternatives="Tuyaux soudés", code="T_1%"),
        made(3, "dairy hygiene"),
    )
    store.skills.load(act, draft(), skills)
    assert names(store, act.tenant_id, "WELD") == ["Weld pipes", "inspect welds"]
    assert names(store, act.tenant_id, "soudes  tuyaux") == ["Weld pipes"]
    assert names(store, act.tenant_id, "t_1%") == ["Weld pipes"]
    assert names(store, act.tenant_id, "%") == ["Weld pipes"]
    assert names(store, act.tenant_id, " ") == []
    assert names(store, act.tenant_id, "\0") == []
    found = store.skills.search(act.tenant_id, "weld", items=1)
    assert (len(found.skills), found.total) == (1, 2)
    assert store.skills.get(act.tenant_id, found.skills[0].key) == found.skills[0]


def test_a_list_takes_the_place_of_the_one_of_its_framework(store: Store) -> None:
    act = act_of(tenant_of(store))
    store.skills.load(act, draft(), (made(1, "old"), made(2, "older")))
    (old,) = store.skills.search(act.tenant_id, "older").skills
    store.skills.load(act, draft("Other"), (made(1, "other"),))
    kept = store.skills.load(act, draft(), (made(3, "new"),))
    assert [one.framework for one in store.skills.lists(act.tenant_id)] == ["Other", "Trades"]
    assert kept.skills == 1
    assert names(store, act.tenant_id, "old") == []
    with pytest.raises(NotFoundError):
        store.skills.get(act.tenant_id, old.key)
    store.skills.remove(act, kept.id)
    assert names(store, act.tenant_id, "new") == []
    with pytest.raises(NotFoundError):
        store.skills.remove(act, kept.id)


def test_lists_belong_to_their_institution_and_are_not_many(store: Store) -> None:
    here, elsewhere = act_of(tenant_of(store)), act_of(tenant_of(store, "other"))
    for number in range(SKILL_LISTS):
        kept = store.skills.load(here, draft(f"List {number}"), (made(1, "weld"),))
    with pytest.raises(ConflictError) as many:
        store.skills.load(here, draft("One more"), (made(1, "weld"),))
    assert many.value.code == "SKILL_LISTS_MANY"
    assert names(store, elsewhere.tenant_id, "weld") == []
    for refused in (
        lambda: store.skills.remove(elsewhere, kept.id),
        lambda: store.skills.get(elsewhere.tenant_id, f"{kept.id}/1"),
        lambda: store.skills.get(here.tenant_id, f"{kept.id}/x"),
        lambda: store.skills.get(here.tenant_id, "\0/1"),
    ):
        with pytest.raises(NotFoundError):
            refused()
