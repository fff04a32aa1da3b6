"""Lists of skills that institutions loaded: replaced as a whole, searched, removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    and_,
    case,
    delete,
    func,
    insert,
    select,
)

from issuer.skills import SKILL_LISTS as MOST_LISTS
from issuer.skills import Skill, SkillText
from issuer.skills.skill import folded
from issuer.store.errors import ConflictError
from issuer.store.ledger import Act, note, record
from issuer.store.skill_tables import SKILL_LISTS, SKILLS
from issuer.store.writing_down import new_id, read_json, required, stamp, write_json
from service import reading, writing

FOUND_AT_ONCE = 20
"""How many skills a search shows."""

WORDS = 8
"""How many words of a search count."""

SEARCH_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class SkillListDraft:
    """What is said of a list that is loaded.

    `source` is where it comes from, `licence` under which terms and with which attribution it may
    be used; `digest` is that of its file.
    """

    framework: str
    source: str
    licence: str
    digest: str


@dataclass(frozen=True, slots=True)
class SkillList:
    """A list as it is kept, with the number of its skills."""

    id: str
    tenant_id: str
    framework: str
    source: str
    licence: str
    digest: str
    skills: int
    loaded_at: str


@dataclass(frozen=True, slots=True)
class FoundSkill:
    """A skill in its list; `key` names it until the list is replaced."""

    list_id: str
    number: int
    framework: str
    skill: Skill

    @property
    def key(self) -> str:
        """Name it in one text."""
        return f"{self.list_id}/{self.number}"


@dataclass(frozen=True, slots=True)
class SkillsFound:
    """The first skills that a search found, and how many there are in all."""

    skills: tuple[FoundSkill, ...] = ()
    total: int = 0


class Skills:
    """The lists of skills of all institutions."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def load(self, act: Act, draft: SkillListDraft, skills: tuple[Skill, ...]) -> SkillList:
        """Keep a list in the place of the one of the same framework, all of it or nothing.

        Raises `ConflictError` (SKILL_LISTS_MANY) if the institution has as many as there may be.
        """
        made_id = new_id("skills")
        with writing(self._engine) as connection:
            _make_room(connection, act.tenant_id, draft.framework)
            values = {
                "id": made_id,
                "tenant_id": act.tenant_id,
                "framework": draft.framework,
                "source": draft.source,
                "licence": draft.licence,
                "digest": draft.digest,
                "skills": len(skills),
                "loaded_at": stamp(act.at),
            }
            connection.execute(insert(SKILL_LISTS).values(values))
            connection.execute(insert(SKILLS), _rows(made_id, skills))
            loaded = {"framework": draft.framework, "digest": draft.digest, "skills": len(skills)}
            record(connection, note(act, "skills.loaded", made_id, **loaded))
            return _list(connection, act.tenant_id, made_id)

    def lists(self, tenant_id: str) -> tuple[SkillList, ...]:
        """Read the lists of an institution, by the names of their frameworks."""
        query = select(SKILL_LISTS).where(SKILL_LISTS.c.tenant_id == tenant_id)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(SKILL_LISTS.c.framework))
            return tuple(SkillList(**row._asdict()) for row in rows)

    def remove(self, act: Act, list_id: str) -> SkillList:
        """Forget a list; alignments that were taken from it stay. Raises `NotFoundError`."""
        with writing(self._engine) as connection:
            known = _list(connection, act.tenant_id, list_id)
            _forget(connection, list_id)
            record(connection, note(act, "skills.removed", list_id, framework=known.framework))
            return known

    def search(self, tenant_id: str, text: str, *, items: int = FOUND_AT_ONCE) -> SkillsFound:
        """Find the skills in which all words stand; names that begin with them come first."""
        words = [word for word in folded(text[:SEARCH_CHARACTERS]).split() if word.isprintable()]
        words = words[:WORDS]
        if not words:
            return SkillsFound()
        of_tenant = SKILL_LISTS.c.tenant_id == tenant_id
        matches = and_(of_tenant, *(_has(word) for word in words))
        first = SKILLS.c.searched.startswith(" ".join(words), autoescape=True)
        query = _found().where(matches)
        query = query.order_by(case((first, 0), else_=1), SKILL_LISTS.c.framework, SKILLS.c.number)
        counted = select(func.count()).select_from(SKILLS.join(SKILL_LISTS)).where(matches)
        with reading(self._engine) as connection:
            rows = connection.execute(query.limit(items)).all()
            total = connection.scalar(counted) or 0
        return SkillsFound(tuple(map(_found_of, rows)), total)

    def get(self, tenant_id: str, key: str) -> FoundSkill:
        """Read the skill that a search named; raise `NotFoundError` if it is not there any more."""
        list_id, _slash, number = key.partition("/")
        is_number = number.isascii() and number.isdecimal() and len(number) < 9
        query = _found().where(
            SKILL_LISTS.c.tenant_id == tenant_id,
            SKILLS.c.list_id == (list_id if list_id.isprintable() else ""),
            SKILLS.c.number == (int(number) if is_number else -1),
        )
        with reading(self._engine) as connection:
            return _found_of(required(connection.execute(query).first(), "skill"))


def _has(word: str) -> ColumnElement[bool]:
    return SKILLS.c.searched.contains(word, autoescape=True)


def _found() -> Any:
    return select(SKILLS, SKILL_LISTS.c.framework).select_from(SKILLS.join(SKILL_LISTS))


def _make_room(connection: Connection, tenant_id: str, framework: str) -> None:
    """Forget the list of the same framework, or see that there may be one more."""
    query = select(SKILL_LISTS.c.id, SKILL_LISTS.c.framework).where(
        SKILL_LISTS.c.tenant_id == tenant_id
    )
    known = {row.framework: row.id for row in connection.execute(query)}
    if framework in known:
        _forget(connection, known[framework])
    elif len(known) >= MOST_LISTS:
        raise ConflictError(
            f"There are {MOST_LISTS} lists of skills already. Remove one first.",
            code="SKILL_LISTS_MANY",
        )


def _forget(connection: Connection, list_id: str) -> None:
    connection.execute(delete(SKILLS).where(SKILLS.c.list_id == list_id))
    connection.execute(delete(SKILL_LISTS).where(SKILL_LISTS.c.id == list_id))


def _rows(list_id: str, skills: tuple[Skill, ...]) -> list[dict[str, Any]]:
    return [
        {
            "list_id": list_id,
            "number": number,
            "uri": one.uri,
            "texts": write_json(
                {tag: [text.name, text.description] for tag, text in one.texts.items()}
            ),
            "code": one.code,
            "type": one.type,
            "searched": one.searched,
        }
        for number, one in enumerate(skills, start=1)
    ]


def _list(connection: Connection, tenant_id: str, list_id: str) -> SkillList:
    query = select(SKILL_LISTS).where(
        SKILL_LISTS.c.id == list_id, SKILL_LISTS.c.tenant_id == tenant_id
    )
    row = required(connection.execute(query).first(), "list of skills")
    return SkillList(**row._asdict())


def _found_of(row: Row[Any]) -> FoundSkill:
    texts = {tag: SkillText(*pair) for tag, pair in read_json(row.texts).items()}
    skill = Skill(row.uri, texts, row.code, row.type)
    return FoundSkill(row.list_id, row.number, row.framework, skill)
