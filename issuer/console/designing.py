"""Designing achievements: drafts, checks while one writes, preview, publication, tables."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for

from credentials.errors import TallystickError
from credentials.findings import Finding
from credentials.json_types import JsonObject
from issuer.achievements import (
    AchievementDefinition,
    CheckedDefinition,
    NotIssuableError,
    TableError,
    check_definition,
    from_csv,
    issuance_request,
    to_csv,
)
from issuer.achievements.definition import ID_PREFIX
from issuer.achievements.issuing import SAMPLE_LEARNER
from issuer.console.access import Access, Right
from issuer.console.achievement_form import (
    AchievementForm,
    definition_errors,
    form_of_members,
    form_of_request,
    members_of,
    with_image,
)
from issuer.console.findings import ToldCheck, told
from issuer.console.frameworks_shown import (
    ShownFramework,
    credits_in_words,
    framework_choices,
    shown_framework,
    unit_choices,
)
from issuer.console.room import Console
from issuer.store import Achievement, ConflictError
from service.pages import FieldError, gettext, ngettext, redirect, say, uploads
from service.web.responses import json_response

DEFAULT_FRAMEWORK = "nz-nzqcf"
FRAMEWORK_OF_COUNTRY = {
    "AU": "au-aqf",
    "CA": "ca-on-oqf",
    "HK": "hk-hkqf",
    "IE": "ie-nfq",
    "IN": "in-ncrf",
    "MY": "my-mqf",
    "NL": "nl-nlqf",
    "NZ": "nz-nzqcf",
    "ZA": "za-nqf",
}
"""Which framework a new achievement begins with; Europe's where nothing closer is known."""

SHOWN_AT_ONCE = 200
"""How many achievements the list shows, and a table has."""


@dataclass(frozen=True, slots=True)
class Design:
    """What the pages about achievements do, besides reading requests."""

    console: Console

    def members(self, access: Access, achievement: Achievement) -> JsonObject:
        """Read what is being changed, or the newest version."""
        if achievement.draft is not None:
            return achievement.draft
        versions = self.console.services.store.achievements
        return versions.version(access.tenant.id, achievement.id).document

    def checked(self, access: Access, members: JsonObject) -> CheckedDefinition | None:
        """Check members; nothing if they are no definition yet."""
        if definition_errors(members):
            return None
        services = self.console.services

        def lint(asked: JsonObject) -> tuple[Finding, ...]:
            return services.prepare(access.tenant, asked)

        definition = AchievementDefinition.of(members)
        register = services.register_for(definition.course.framework)
        return check_definition(definition, register, as_of=access.at.date(), lint=lint)

    def checks(self, access: Access, members: JsonObject) -> tuple[list[ToldCheck], bool]:
        """Say what the checks found, and whether it can be published."""
        found = self.checked(access, members)
        if found is None:
            return [], False
        return [told(check) for check in found.checks], found.can_be_published

    def shown(self, framework: str, access: Access) -> ShownFramework | None:
        """Describe a framework as the register for it has it today."""
        register = self.console.services.register_for(framework)
        return shown_framework(register, framework, access.at.date())

    def begin(self, access: Access) -> JsonObject:
        """Propose the members of a new achievement."""
        country = access.tenant.profile.get("address", {}).get("addressCountryCode", "")
        framework = FRAMEWORK_OF_COUNTRY.get(country, "eu-eqf" if country else DEFAULT_FRAMEWORK)
        shown = self.shown(framework, access)
        developer = {"name": access.tenant.title, "id": access.tenant.issuer}
        return {
            "id": f"{ID_PREFIX}{uuid.uuid4()}",
            "framework": framework,
            "language": {"fr": "fr-CA"}.get(access.user.locale, access.user.locale),
            "credits": {"unit": shown.unit if shown else ""},
            "developer": {**developer, **({"country": country} if country else {})},
        }

    def form_page(
        self,
        access: Access,
        form: AchievementForm,
        errors: list[FieldError],
        achievement: Achievement | None,
        revision: int = 0,
    ) -> Response:
        """Show the form."""
        register, day = self.console.services.register_for(""), access.at.date()
        return self.console.show(
            access,
            "achievement_form",
            status=422 if errors else 200,
            errors=errors,
            form=form,
            achievement=achievement,
            revision=revision,
            frameworks=framework_choices(register, day),
            shown=self.shown(form["framework"], access),
            units=unit_choices(register, day),
        )


def add_designing(console: Console) -> None:
    """Add the pages."""
    design = Design(console)
    _add_list(design)
    _add_editing(design)
    _add_one(design)
    _add_tables(design)


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
        if errors or _only_levels():
            return design.form_page(access, form, errors, None)
        made = store.achievements.add(access.act, title=form["title"], draft=members)
        say(gettext("The draft is saved."))
        return redirect(_address(access, made.id))

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

    @console.at("/achievements/check", Right.DESIGN, method="POST")
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


def _add_tables(design: Design) -> None:
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


def _sent(
    design: Design, access: Access, known: JsonObject
) -> tuple[AchievementForm, JsonObject, list[FieldError]]:
    form = form_of_request(request.form)
    members = members_of(form, known, access.tenant)
    files = uploads("image")
    members = with_image(members, files[0] if files else None, form["image-alt"])
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


def _address(access: Access, achievement: str) -> str:
    return url_for("console.achievement", institution=access.tenant.name, achievement=achievement)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
