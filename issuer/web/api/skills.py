"""Lists of skills over the API: searched, loaded from a file, removed."""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from credentials.json_types import JsonObject
from issuer.skills import SkillFileError, SkillRowsError, read_skills, require_origin
from issuer.skills.limits import LINE_CHARACTERS, TEXT_CHARACTERS
from issuer.store import FoundSkill, Scope, SkillList, SkillListDraft
from issuer.store.skills import SEARCH_CHARACTERS
from issuer.store.writing_down import digest_of
from issuer.web.api.application import IssuerApi
from issuer.web.api.documenting import answers, blueprint
from issuer.web.api.jobs import uploaded
from issuer.web.api.messages import Identified
from service.web import json_response, problem_response


class SkillQuery(BaseModel):
    """Words that all have to be in a skill."""

    model_config = ConfigDict(extra="forbid")

    search: str = Field(default="", max_length=SEARCH_CHARACTERS)


class SkillFileQuery(BaseModel):
    """What is said of a list beside its file."""

    model_config = ConfigDict(extra="forbid")

    source: str = Field(max_length=LINE_CHARACTERS)
    licence: str = Field(max_length=TEXT_CHARACTERS)
    framework: str = Field(default="", max_length=LINE_CHARACTERS)
    language: str = Field(default="en", max_length=35)


def operations(api: IssuerApi) -> APIBlueprint:
    """Build the operations about lists of skills."""
    made = blueprint("skills", "Lists of skills that the institution loaded.")
    access, known = api.access, api.store.skills

    @made.get("/skills", responses=answers(200, "The lists, and the first skills found."))
    def search_skills(query: SkillQuery) -> Response:
        """Name the lists with their licences, and find skills by words."""
        act = access.require(Scope.ACHIEVEMENTS_READ)
        found = known.search(act.tenant_id, query.search)
        return json_response(
            {
                "lists": [_list_json(one) for one in known.lists(act.tenant_id)],
                "skills": [_skill_json(one) for one in found.skills],
                "total": found.total,
            }
        )

    _add_changing(made, api)
    return made


def _add_changing(made: APIBlueprint, api: IssuerApi) -> None:
    access, known = api.access, api.store.skills

    @made.put("/skills", responses=answers(200, "The list.", 409, 413))
    def load_skills(query: SkillFileQuery) -> Response:
        """Load a list (CSV or JSON as the body) in the place of the one of the same framework."""
        act = access.require(Scope.ACHIEVEMENTS_WRITE)
        with uploaded() as file:
            data = file.read()
        try:
            require_origin(query.source, query.licence)
            read = read_skills(data, framework=query.framework, language=query.language)
        except SkillRowsError as error:
            return json_response(_faults_json(error), 400)
        except SkillFileError as error:
            return problem_response(error, 400)
        draft = SkillListDraft(read.framework, query.source, query.licence, digest_of(data))
        return json_response(_list_json(known.load(act, draft, read.skills)))

    @made.delete("/skills/<string:id>", responses=answers(200, "The list that was removed."))
    def remove_skills(path: Identified) -> Response:
        """Remove a list; what achievements name already stays."""
        act = access.require(Scope.ACHIEVEMENTS_WRITE)
        return json_response(_list_json(known.remove(act, path.id)))


def _list_json(one: SkillList) -> JsonObject:
    return {
        "id": one.id,
        "framework": one.framework,
        "source": one.source,
        "licence": one.licence,
        "digest": one.digest,
        "skills": one.skills,
        "loadedAt": one.loaded_at,
    }


def _skill_json(one: FoundSkill) -> JsonObject:
    texts = one.skill.texts.items()
    return {
        "uri": one.skill.uri,
        "name": {tag: text.name for tag, text in texts},
        "description": {tag: text.description for tag, text in texts if text.description},
        "framework": one.framework,
        "code": one.skill.code,
        "type": one.skill.type,
    }


def _faults_json(error: SkillRowsError) -> JsonObject:
    """Write faults as a roster's dry run does."""
    return {
        "code": error.code,
        "detail": error.message,
        "faultCount": error.count,
        "faults": [
            {"row": one.row, "column": one.column, "message": one.message} for one in error.faults
        ],
    }
