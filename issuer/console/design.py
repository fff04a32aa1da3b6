"""What the pages about achievements do, besides reading requests."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import Response

from credentials.findings import Finding
from credentials.json_types import JsonObject
from issuer.achievements import AchievementDefinition, CheckedDefinition, check_definition
from issuer.achievements.definition import ID_PREFIX
from issuer.console.access import Access
from issuer.console.achievement_form import AchievementForm, definition_errors
from issuer.console.findings import ToldCheck, told
from issuer.console.frameworks_shown import (
    ShownFramework,
    framework_choices,
    shown_framework,
    unit_choices,
)
from issuer.console.picking import Picker, picked
from issuer.console.room import Console
from issuer.skills import ALIGNMENT_TYPES
from issuer.store import Achievement
from service.pages import FieldError

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
        picker: Picker | None = None,
    ) -> Response:
        """Show the form."""
        skills = self.console.services.store.skills
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
            picker=picker or Picker(skills.lists(access.tenant.id)),
            alignment_types=ALIGNMENT_TYPES,
        )

    def picking_page(
        self,
        access: Access,
        form: AchievementForm,
        achievement: Achievement | None,
        revision: int = 0,
    ) -> Response:
        """Show the form as it was sent, with what came of a search for skills, or the skill added.

        Nothing is saved, and nothing is told that is wrong with the form so far.
        """
        form, picker = picked(self.console.services.store.skills, access, form)
        return self.form_page(access, form, [], achievement, revision, picker)
