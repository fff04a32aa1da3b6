"""Achievements as tables: out to a spreadsheet, and in as drafts."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, url_for

from credentials.json_types import JsonObject
from issuer.achievements import AchievementDefinition, TableError, from_csv, to_csv
from issuer.console.access import Access, Right
from issuer.console.achievement_form import definition_errors
from issuer.console.design import SHOWN_AT_ONCE, Design
from service.pages import FieldError, gettext, ngettext, redirect, say, uploads


def add_tables(design: Design) -> None:
    """Add the pages."""
    console, store = design.console, design.console.services.store

    @console.at("/achievements/achievements.csv", Right.READ)
    def achievements_as_csv(access: Access) -> Response:
        found = [AchievementDefinition.of(members) for members in _all(design, access)]
        return _download("\ufeff" + to_csv(found), "text/csv", "achievements.csv")

    @console.at("/achievements/achievements.json", Right.READ)
    def achievements_as_json(access: Access) -> Response:
        text = json.dumps(_all(design, access), ensure_ascii=False, indent=2)
        return _download(text, "application/json", "achievements.json")

    @console.at("/achievements/import", Right.DESIGN, method="POST")
    def import_achievements(access: Access) -> Response:
        files = uploads("table")
        definitions, faults, errors = _imported(files[0].data if files else b"")
        if errors or faults:
            page = store.achievements.page(access.tenant.id, items=SHOWN_AT_ONCE)
            return console.show(
                access, "achievements", status=422, page=page, errors=errors, faults=faults
            )
        for one in definitions:
            store.achievements.add(access.act, title=one.name, draft=one.members)
        number = len(definitions)
        say(ngettext("%(num)s draft was added.", "%(num)s drafts were added.", number))
        return redirect(url_for("console.achievements", institution=access.tenant.name))


def _all(design: Design, access: Access) -> list[JsonObject]:
    """Read the definitions of an institution, those left out that are none yet."""
    store = design.console.services.store
    page = store.achievements.page(access.tenant.id, items=SHOWN_AT_ONCE)
    found = [design.members(access, one) for one in page.items]
    return [members for members in found if not definition_errors(members)]


def _imported(
    data: bytes,
) -> tuple[tuple[AchievementDefinition, ...], tuple[Any, ...], list[FieldError]]:
    if not data:
        return (), (), [FieldError("table", gettext("Choose a file."))]
    try:
        found, faults = from_csv(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        text = gettext("The file is not UTF-8. Save the table as CSV UTF-8.")
        return (), (), [FieldError("table", text)]
    except TableError as error:
        return (), (), [FieldError("table", error.faults[0][1])]
    return found, faults, []


def _download(text: str, media_type: str, name: str) -> Response:
    response = Response(text.encode("utf-8"), content_type=f"{media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
