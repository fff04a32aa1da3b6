"""The page of skills: which lists there are, loading one from a file, removing one."""

from __future__ import annotations

from flask import Response, url_for

from issuer.console.access import Access, Right
from issuer.console.room import Console
from issuer.skills import (
    SkillFault,
    SkillFileError,
    SkillRowsError,
    SkillsRead,
    is_line,
    is_text,
    read_skills,
)
from issuer.skills.limits import TEXT_CHARACTERS
from issuer.store import SkillListDraft
from issuer.store.writing_down import digest_of
from service.pages import FieldError, form_text, gettext, ngettext, redirect, say, uploads

FIELDS = ("framework", "language", "source", "licence")


def add_skills(console: Console) -> None:
    """Add the pages."""
    store = console.services.store

    @console.at("/skills", Right.DESIGN)
    def skills(access: Access) -> Response:
        begun = {**dict.fromkeys(FIELDS, ""), "language": access.user.locale.partition("-")[0]}
        return _page(console, access, begun, [])

    @console.at("/skills", Right.DESIGN, method="POST")
    def load_skills(access: Access) -> Response:
        texts = {name: form_text(name, TEXT_CHARACTERS) for name in FIELDS}
        files = uploads("list")
        data = files[0].data if files else b""
        errors = _missing(texts, data)
        if errors:
            return _page(console, access, texts, errors)
        try:
            read = read_skills(data, framework=texts["framework"], language=texts["language"])
        except SkillFileError as error:
            faults = error.faults if isinstance(error, SkillRowsError) else ()
            return _page(console, access, texts, [FieldError("list", error.message)], faults)
        store.skills.load(access.act, _draft(texts, read, data), read.skills)
        number = len(read.skills)
        say(ngettext("%(num)s skill was loaded.", "%(num)s skills were loaded.", number))
        return _to_page(access)

    @console.at("/skills/<skill_list>/remove", Right.DESIGN, method="POST")
    def remove_skills(access: Access, skill_list: str) -> Response:
        removed = store.skills.remove(access.act, skill_list)
        say(gettext("%(framework)s was removed.", framework=removed.framework))
        return _to_page(access)


def _page(
    console: Console,
    access: Access,
    texts: dict[str, str],
    errors: list[FieldError],
    faults: tuple[SkillFault, ...] = (),
) -> Response:
    return console.show(
        access,
        "skills",
        status=422 if errors else 200,
        lists=console.services.store.skills.lists(access.tenant.id),
        texts=texts,
        errors=errors,
        faults=faults,
    )


def _missing(texts: dict[str, str], data: bytes) -> list[FieldError]:
    """Name what has to be stated beside the file."""
    errors = [] if data else [FieldError("list", gettext("Choose a file."))]
    if not is_line(texts["source"]):
        errors.append(FieldError("source", gettext("Say where the list comes from.")))
    if not is_text(texts["licence"]):
        text = gettext("Say under which licence the list may be used, and whom to name.")
        errors.append(FieldError("licence", text))
    return errors


def _draft(texts: dict[str, str], read: SkillsRead, data: bytes) -> SkillListDraft:
    return SkillListDraft(read.framework, texts["source"], texts["licence"], digest_of(data))


def _to_page(access: Access) -> Response:
    return redirect(url_for("console.skills", institution=access.tenant.name))
