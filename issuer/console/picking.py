"""Choosing skills for an achievement from the lists of its institution, within the form.

A search and an addition show the form anew, as it was filled in; saving is something else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from issuer.console.access import Access
from issuer.console.achievement_form import MOST_ALIGNMENTS, AchievementForm
from issuer.store import FoundSkill, NotFoundError, SkillList, SkillsFound
from issuer.store.skills import Skills
from service.pages import gettext, ngettext

NAME_CHARACTERS = 100
"""How much of a name is repeated when something is said about it."""


@dataclass(frozen=True, slots=True)
class ShownSkill:
    """A skill that was found, in the language of the achievement, and whether it is in the form."""

    key: str
    name: str
    description: str
    framework: str
    code: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class Picker:
    """The lists that can be searched, and what came of a search: `said` is empty before any."""

    lists: tuple[SkillList, ...]
    found: tuple[ShownSkill, ...] = ()
    said: str = ""

    @property
    def is_open(self) -> bool:
        """Tell whether somebody is choosing just now."""
        return bool(self.said)


def is_picking(form: AchievementForm) -> bool:
    """Tell whether somebody searched or added a skill, and did not save.

    The Enter key does what the place asks for: behind words that were not searched for yet, it
    searches.
    """
    if form["search-skills"] or form["add-skill"]:
        return True
    return bool(form["entered"]) and form["skill-search"] != form["skill-searched"]


def picked(skills: Skills, access: Access, form: AchievementForm) -> tuple[AchievementForm, Picker]:
    """Do what was asked for: the form, perhaps with another alignment, and what is shown of it."""
    form, said = _with_skill(skills, access, form)
    found = skills.search(access.tenant.id, form["skill-search"])
    languages = _languages(access, form)
    there = {row["url"] for row in form.rows["alignments"]}
    shown = tuple(_shown(one, languages, there) for one in found.skills)
    picker = Picker(skills.lists(access.tenant.id), shown, said or _counted(form, found))
    return form, picker


def _with_skill(
    skills: Skills, access: Access, form: AchievementForm
) -> tuple[AchievementForm, str]:
    """Add the skill whose button was pressed, once, and say so."""
    if not form["add-skill"]:
        return form, ""
    try:
        found = skills.get(access.tenant.id, form["add-skill"])
    except NotFoundError:
        return form, gettext("This skill is in no list any more. Search again.")
    rows = form.rows["alignments"]
    row = _row(found, _languages(access, form))
    name = row["name"][:NAME_CHARACTERS]
    if any(one["url"] == row["url"] for one in rows):
        return form, gettext("%(name)s is among the alignments already.", name=name)
    if len(rows) >= MOST_ALIGNMENTS:
        most = MOST_ALIGNMENTS
        return form, gettext("An achievement has no more than %(most)s alignments.", most=most)
    added = gettext("%(name)s was added below. Save the draft to keep it.", name=name)
    return replace(form, rows={**form.rows, "alignments": (*rows, row)}), added


def _row(found: FoundSkill, languages: tuple[str, ...]) -> dict[str, str]:
    text = found.skill.text_in(languages)
    return {
        "name": text.name,
        "url": found.skill.uri,
        "framework": found.framework,
        "code": found.skill.code,
        "type": found.skill.alignment_type,
        "description": text.description,
    }


def _languages(access: Access, form: AchievementForm) -> tuple[str, ...]:
    """Prefer the language of the achievement, then that of whoever designs it."""
    return form["language"], access.user.locale


def _shown(found: FoundSkill, languages: tuple[str, ...], there: set[str]) -> ShownSkill:
    text = found.skill.text_in(languages)
    return ShownSkill(
        found.key,
        text.name,
        text.description,
        found.framework,
        found.skill.code,
        found.skill.uri in there,
    )


def _counted(form: AchievementForm, found: SkillsFound) -> str:
    if not form["skill-search"]:
        return gettext("Enter words to search for.")
    if found.total > len(found.skills):
        return gettext(
            "%(total)s skills were found. The first %(shown)s are shown; more words find fewer.",
            total=found.total,
            shown=len(found.skills),
        )
    return ngettext("%(num)s skill was found.", "%(num)s skills were found.", found.total)
