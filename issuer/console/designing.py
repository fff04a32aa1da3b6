"""Designing achievements: drafts, checks while one writes, preview, publication, tables."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from credentials.errors import TallystickError
from credentials.json_types import JsonObject
from issuer.achievements import (
    AchievementDefinition,
    NotIssuableError,
    issuance_request,
)
from issuer.achievements.issuing import SAMPLE_LEARNER
from issuer.console.access import Access, Right
from issuer.console.achievement_form import (
    AchievementForm,
    definition_errors,
    form_of_members,
    form_of_request,
    members_of,
    with_image,
    with_picture_kept,
)
from issuer.console.achievement_tables import add_tables
from issuer.console.design import SHOWN_AT_ONCE, Design
from issuer.console.findings import told
from issuer.console.frameworks_shown import (
    credits_in_words,
)
from issuer.console.picking import is_picking
from issuer.console.room import Console
from issuer.store import Achievement, ConflictError
from service.pages import FieldError, gettext, redirect, say, uploads
from service.web.responses import json_response


def add_designing(console: Console) -> None:
    """Add the pages."""
    design = Design(console)
    _add_list(design)
    _add_editing(design)
    _add_changing(design)
    _add_checking(design)
    _add_one(design)
    add_tables(design)


def _add_list(design: Design) -> None:
    console, store = design.console, design.console.services.store

    @console.at("/achievements", Right.READ)
    def achievements(access: Access) -> Response:
        page = store.achievements.page(
            access.tenant.id, after=request.args.get("after"), items=SHOWN_AT_ONCE
        )
        return console.show(access, "achievements", page=page, errors=[], faults=())


def _add_editing(design: Design) -> None:
    console, store = design.console, design.console.services.store

    @console.at("/achievements/new", Right.DESIGN)
    def new_achievement(access: Access) -> Response:
        return design.form_page(access, form_of_members(design.begin(access)), [], None)

    @console.at("/achievements/new", Right.DESIGN, method="POST")
    def take_achievement(access: Access) -> Response:
        form, members, errors = _sent(design, access, design.begin(access))
        if is_picking(form):
            return design.picking_page(access, form, None)
        if errors or _only_levels():
            return design.form_page(access, form, errors, None)
        made = store.achievements.add(access.act, title=form["title"], draft=members)
        say(gettext("The draft is saved."))
        return redirect(_address(access, made.id))


def _add_changing(design: Design) -> None:
    console, store = design.console, design.console.services.store

    @console.at("/achievements/<achievement>/edit", Right.DESIGN)
    def edit_achievement(access: Access, achievement: str) -> Response:
        known = store.achievements.get(access.tenant.id, achievement)
        form = form_of_members(design.members(access, known))
        return design.form_page(access, form, [], known, known.revision)

    @console.at("/achievements/<achievement>/edit", Right.DESIGN, method="POST")
    def change_achievement(access: Access, achievement: str) -> Response:
        known = store.achievements.get(access.tenant.id, achievement)
        revision = _number(request.form.get("revision", ""))
        form, members, errors = _sent(design, access, design.members(access, known))
        if is_picking(form):
            return design.picking_page(access, form, known, revision)
        if not errors and not _only_levels():
            try:
                store.achievements.save_draft(
                    access.act, known.id, title=form["title"], draft=members, revision=revision
                )
            except ConflictError:
                text = gettext("Somebody else changed this meanwhile. Compare, and save again.")
                return design.form_page(
                    access, form, [FieldError("title", text)], known, known.revision
                )
            say(gettext("The draft is saved."))
            return redirect(_address(access, known.id))
        return design.form_page(access, form, errors, known, revision)


def _add_checking(design: Design) -> None:
    @design.console.at("/achievements/check", Right.DESIGN, method="POST")
    def check_achievement(access: Access) -> Response:
        """Answer the script of the form with what it shows while one writes."""
        form, members, errors = _sent(design, access, design.begin(access))
        return json_response(_live(design, access, form, members, errors))


def _add_one(design: Design) -> None:
    console, store = design.console, design.console.services.store

    @console.at("/achievements/<achievement>", Right.READ)
    def achievement(access: Access, achievement: str) -> Response:
        return _one_page(design, access, achievement)

    @console.at("/achievements/<achievement>/preview", Right.READ)
    def preview(access: Access, achievement: str) -> Response:
        known = store.achievements.get(access.tenant.id, achievement)
        return _preview_page(design, access, known)

    @console.at("/achievements/<achievement>/publish", Right.PUBLISH, method="POST")
    def publish(access: Access, achievement: str) -> Response:
        known = store.achievements.get(access.tenant.id, achievement)
        members = design.members(access, known)
        found = design.checked(access, members)
        if found is None or not found.can_be_published:
            return _one_page(design, access, achievement, status=422)
        revision = _number(request.form.get("revision", ""))
        version = store.achievements.publish(
            access.act, known.id, document=members, revision=revision
        )
        say(gettext("Version %(number)s is published.", number=version.version))
        return redirect(_address(access, known.id))

    @console.at("/achievements/<achievement>/withdraw", Right.PUBLISH, method="POST")
    def withdraw_achievement(access: Access, achievement: str) -> Response:
        store.achievements.withdraw(access.act, achievement)
        say(gettext("It is awarded no more. What was issued stays valid."))
        return redirect(_address(access, achievement))


def _sent(
    design: Design, access: Access, known: JsonObject
) -> tuple[AchievementForm, JsonObject, list[FieldError]]:
    form = form_of_request(request.form)
    members = members_of(form, known, access.tenant)
    files = uploads("image")
    members = with_image(members, files[0] if files else None, form["image-alt"])
    form = with_picture_kept(form, members)
    if not form["title"]:
        return form, members, [FieldError("title", gettext("Enter a title."))]
    return form, members, definition_errors(members)


def _only_levels() -> bool:
    """Tell whether somebody chose another framework, and only wants to see its levels."""
    return "levels" in request.form


def _live(
    design: Design,
    access: Access,
    form: AchievementForm,
    members: JsonObject,
    errors: list[FieldError],
) -> JsonObject:
    shown = design.shown(form["framework"], access)
    found = None if errors else design.checked(access, members)
    amount, why = credits_in_words(None if found is None else found.rating.credits)
    checks = [] if found is None else [told(check) for check in found.checks]
    levels = [] if shown is None else shown.levels
    return {
        "errors": [{"field": one.field, "message": one.message} for one in errors],
        "checks": [
            {
                "weight": one.weight,
                "member": one.member,
                "message": one.message,
                "english": one.english,
            }
            for one in checks
        ],
        "levels": [{"code": one.code, "summary": one.summary or one.award} for one in levels],
        "unit": "" if shown is None else shown.unit,
        "hours_per_credit": "" if shown is None else shown.hours_per_credit,
        "credits": amount,
        "why": why,
        "can_be_published": found is not None and found.can_be_published,
    }


def _one_page(design: Design, access: Access, achievement_id: str, status: int = 200) -> Response:
    store = design.console.services.store
    known = store.achievements.get(access.tenant.id, achievement_id)
    members = design.members(access, known)
    errors = definition_errors(members)
    checks, can_be_published = design.checks(access, members)
    shown = design.shown(str(members.get("framework", "")), access)
    return design.console.show(
        access,
        "achievement",
        status=status,
        achievement=known,
        members=members,
        errors=errors,
        checks=checks,
        can_be_published=can_be_published,
        shown=shown,
    )


def _preview_page(design: Design, access: Access, known: Achievement) -> Response:
    services = design.console.services
    members = design.members(access, known)
    report: JsonObject = {}
    refused = ""
    asked: dict[str, Any] = {}
    try:
        definition = AchievementDefinition.of(members)
        award = {"issuer": access.tenant.profile} if access.tenant.profile else {}
        asked = issuance_request(
            definition,
            services.register_for(definition.course.framework),
            as_of=access.at.date(),
            learner=SAMPLE_LEARNER,
            version=known.version + (known.draft is not None),
            award=award,
        )
        report = services.preview(access.tenant, asked)
    except (NotIssuableError, TallystickError) as error:
        refused = error.message
    shown = design.shown(str(members.get("framework", "")), access)
    return design.console.show(
        access,
        "preview",
        achievement=known,
        members=members,
        asked=asked,
        report=report,
        refused=refused,
        shown=shown,
    )


def _address(access: Access, achievement: str) -> str:
    return url_for("console.achievement", institution=access.tenant.name, achievement=achievement)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
