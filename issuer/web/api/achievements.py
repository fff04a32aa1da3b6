"""Achievements over the API: drafts, publishing, versions."""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from issuer.store import Act, ConflictError, Scope
from issuer.web.api.application import IssuerApi
from issuer.web.api.documenting import answers, blueprint
from issuer.web.api.messages import (
    AchievementQuery,
    ChangedDraft,
    Draft,
    Identified,
    Publication,
    VersionPath,
    achievement_json,
    page_json,
    version_json,
)
from service.web import json_response


def operations(api: IssuerApi) -> APIBlueprint:
    """Build the operations about achievements."""
    made = blueprint("achievements", "What can be earned; published versions never change.")
    known, access = api.store.achievements, api.access

    @made.get("/achievements", responses=answers(200, "A page of achievements."))
    def list_achievements(query: AchievementQuery) -> Response:
        """List achievements."""
        act = access.require(Scope.ACHIEVEMENTS_READ)
        page = known.page(act.tenant_id, state=query.state, after=query.cursor(), items=query.items)
        return json_response(page_json("achievements", page, achievement_json))

    _add_drafts(made, api)
    _add_publishing(made, api)
    return made


def _add_drafts(made: APIBlueprint, api: IssuerApi) -> None:
    known, access = api.store.achievements, api.access

    @made.post("/achievements", responses=answers(201, "The achievement.", 413, 415))
    def add_achievement(body: Draft) -> Response:
        """Begin an achievement with a draft."""
        act = access.require(Scope.ACHIEVEMENTS_WRITE)
        return json_response(
            achievement_json(known.add(act, title=body.title, draft=body.definition)), 201
        )

    @made.get("/achievements/<string:id>", responses=answers(200, "The achievement."))
    def show_achievement(path: Identified) -> Response:
        """Show an achievement with its draft."""
        act = access.require(Scope.ACHIEVEMENTS_READ)
        return json_response(achievement_json(known.get(act.tenant_id, path.id)))

    @made.put("/achievements/<string:id>", responses=answers(200, "As kept.", 409, 413, 415))
    def change_achievement(path: Identified, body: ChangedDraft) -> Response:
        """Change the draft, unless somebody else changed it meanwhile."""
        act = access.require(Scope.ACHIEVEMENTS_WRITE)
        changed = known.save_draft(
            act, path.id, title=body.title, draft=body.definition, revision=body.revision
        )
        return json_response(achievement_json(changed))

    @made.get(
        "/achievements/<string:id>/versions/<int:version>", responses=answers(200, "The version.")
    )
    def show_version(path: VersionPath) -> Response:
        """Show a published version."""
        act = access.require(Scope.ACHIEVEMENTS_READ)
        return json_response(version_json(known.version(act.tenant_id, path.id, path.version)))


def _add_publishing(made: APIBlueprint, api: IssuerApi) -> None:
    known, access = api.store.achievements, api.access

    @made.post(
        "/achievements/<string:id>/publish",
        responses=answers(201, "The new version.", 409, 413, 415),
    )
    def publish_achievement(path: Identified, body: Publication) -> Response:
        """Publish the draft as the next version, which never changes."""
        act = access.require(Scope.ACHIEVEMENTS_WRITE)
        return json_response(_published(api, act, path.id, body.revision), 201)

    @made.post("/achievements/<string:id>/withdraw", responses=answers(200, "As it is now."))
    def withdraw_achievement(path: Identified) -> Response:
        """Let nobody earn it any more; what was issued stays."""
        act = access.require(Scope.ACHIEVEMENTS_WRITE)
        return json_response(achievement_json(known.withdraw(act, path.id)))


def _published(api: IssuerApi, act: Act, achievement_id: str, revision: int) -> dict[str, object]:
    found = api.store.achievements.get(act.tenant_id, achievement_id)
    if found.draft is None:
        raise ConflictError("There is no draft to publish.", code="NO_DRAFT")
    api.check_definition(api.store.tenants.get(act.tenant_id), found.draft)
    version = api.store.achievements.publish(
        act, achievement_id, document=found.draft, revision=revision
    )
    return version_json(version)
