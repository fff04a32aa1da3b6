"""The form of an achievement: its fields become members of a definition, and the other way round.

Whatever somebody typed is kept and shown again, also where it is no definition yet.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from credentials.json_types import JsonObject, JsonValue
from issuer.achievements import AchievementDefinition, DefinitionError
from issuer.store import Tenant
from service.pages import N_, FieldError, gettext
from service.pages.uploads import Upload

TEXTS = (
    "title",
    "description",
    "criteria",
    "framework",
    "level",
    "language",
    "field",
    "participation",
    "purpose",
    "need",
    "target_group",
    "prerequisites",
    "grading",
    "stackability",
    "review",
)
"""Fields that are one member each."""

HOURS = ("taught", "directed", "self_study", "work_based", "assessment")
OUTCOME = ("text", "level", "hours")
ASSESSMENT = ("type", "description", "supervised", "identity_verified")
ALIGNMENT = ("name", "url", "framework", "code", "type", "description")
ROWS = {"outcomes": OUTCOME, "assessments": ASSESSMENT, "alignments": ALIGNMENT}
SPARE_ROWS = {"outcomes": 3, "assessments": 1, "alignments": 1}
"""How many empty rows a form has for further entries, so that no script is needed."""

MOST_ROWS = 60
MOST_ALIGNMENTS = 50
"""As many as a definition may have (achievement.schema.json)."""

TRUTHS = {"yes": True, "no": False}
IMAGE_BYTES = 150_000
IMAGE_TYPES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"<svg": "image/svg+xml",
    b"<?xm": "image/svg+xml",
}

FIELD_FAULTS = {
    "title": N_("Enter a title of at most 500 characters, on one line."),
    "level": N_("Choose a level."),
    "credits": N_("Credits are a number such as 20 or 7.5, with their unit."),
    "hours": N_("Hours are numbers such as 40 or 7.5."),
    "outcomes": N_("Each outcome has a text and a level; its hours are a number, or empty."),
    "assessments": N_("Each assessment has a kind, such as practical test."),
    "alignments": N_("Each alignment has a name and a web address."),
    "review": N_("A date is written as 2028-06-30."),
    "validity_months": N_("Months are a whole number from 1 to 1200, or empty."),
    "image": N_("An image is a PNG or SVG file of at most 150 kB, with a text in its place."),
    "developer": N_("Who developed it has a name; an id is a DID or a web address."),
    "employer": N_("An employer has a name; an id is a DID or a web address."),
    "quality_assurance": N_("Say what kind of quality assurance there is, on one line."),
}
"""What to say beside a field that is not what it must be, by the member it makes."""

ANYTHING_ELSE = N_("This is too long, or holds characters that cannot be shown.")


@dataclass(frozen=True, slots=True)
class AchievementForm:
    """The fields of the form as texts, and the rows of its lists."""

    texts: Mapping[str, str]
    rows: Mapping[str, tuple[Mapping[str, str], ...]]

    def __getitem__(self, name: str) -> str:
        """Return the text of a field, empty if there is none."""
        return self.texts.get(name, "")

    def shown_rows(self, name: str) -> list[Mapping[str, str]]:
        """Return the rows of a list, and a few empty ones."""
        empty: Mapping[str, str] = dict.fromkeys(ROWS[name], "")
        return [*self.rows.get(name, ()), *[empty] * SPARE_ROWS[name]]


def form_of_request(sent: Mapping[str, str]) -> AchievementForm:
    """Read what was sent; rows in which nothing stands are left out."""
    texts = {name: value.replace("\r\n", "\n").strip() for name, value in sent.items()}
    rows = {name: tuple(_sent_rows(texts, name)) for name in ROWS}
    return AchievementForm(texts, rows)


def _sent_rows(texts: Mapping[str, str], name: str) -> list[Mapping[str, str]]:
    found: list[Mapping[str, str]] = []
    for number in range(MOST_ROWS):
        row = {part: texts.get(f"{name}-{number}-{part}", "") for part in ROWS[name]}
        if any(value for part, value in row.items() if (name, part) != ("outcomes", "level")):
            found.append(row)
    return found


def form_of_members(members: JsonObject) -> AchievementForm:
    """Show a definition, or a draft of one, in the form."""
    texts = {name: _text(members.get(name)) for name in (*TEXTS, "validity_months")}
    for table, parts in _TABLES.items():
        inner = members.get(table) or {}
        texts |= {f"{table}-{part}": _text(inner.get(part)) for part in parts}
    rows = {
        name: tuple(
            {part: _text(entry.get(part)) for part in parts} for entry in members.get(name) or ()
        )
        for name, parts in ROWS.items()
    }
    return AchievementForm(texts, rows)


_TABLES = {
    "credits": ("amount", "unit"),
    "hours": HOURS,
    "quality_assurance": ("type", "body"),
    "developer": ("name", "id", "country"),
    "employer": ("name", "id", "country"),
    "image": ("url", "alt"),
}


def _text(value: JsonValue) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def members_of(form: AchievementForm, known: JsonObject, tenant: Tenant) -> JsonObject:
    """Make the members of a definition; what the form does not show is taken from what is known."""
    shown = {*TEXTS, *_TABLES, *ROWS, "validity_months"}
    members: JsonObject = {name: value for name, value in known.items() if name not in shown}
    members |= {name: form[name] for name in TEXTS if form[name]}
    months = form["validity_months"]
    if months:
        is_number = months.isascii() and months.isdecimal() and len(months) < 6
        members["validity_months"] = int(months) if is_number else months
    for table, parts in _TABLES.items():
        inner = {part: form[f"{table}-{part}"] for part in parts if form[f"{table}-{part}"]}
        members |= {table: inner} if _says_something(table, inner) else {}
    for name in ROWS:
        entries = [_entry(row) for row in form.rows.get(name, ())]
        members |= {name: entries} if entries else {}
    if form["level"]:
        # An outcome that names no level is at that of the whole.
        for entry in members.get("outcomes", ()):
            entry.setdefault("level", form["level"])
    # Whoever issues it may award it.
    members.setdefault("providers", [{"id": tenant.issuer, "name": tenant.title}])
    return members


def _says_something(table: str, inner: Mapping[str, str]) -> bool:
    """Tell whether a table is stated: the unit alone, which the form proposes, is nothing."""
    return bool(inner) and not (table == "credits" and set(inner) == {"unit"})


def _entry(row: Mapping[str, str]) -> JsonObject:
    entry: JsonObject = {name: value for name, value in row.items() if value}
    for name in ("supervised", "identity_verified"):
        if name in entry:
            entry[name] = TRUTHS.get(entry[name], entry[name])
    return entry


def with_image(members: JsonObject, upload: Upload | None, alt: str) -> JsonObject:
    """Put an image that was sent into the members, as a data URL with a text in its place."""
    if upload is None:
        return members
    kind = next((kind for start, kind in IMAGE_TYPES.items() if upload.data.startswith(start)), "")
    encoded = base64.b64encode(upload.data).decode("ascii")
    url = f"data:{kind};base64,{encoded}" if kind and len(upload.data) <= IMAGE_BYTES else "none"
    return {**members, "image": {"url": url, **({"alt": alt} if alt else {})}}


def with_picture_kept(form: AchievementForm, members: JsonObject) -> AchievementForm:
    """Keep a picture that was just sent in the form, as no page can fill a field of files in."""
    url = str(members.get("image", {}).get("url", ""))
    if not url.startswith("data:"):
        return form
    return replace(form, texts={**form.texts, "image-url": url})


def definition_errors(members: JsonObject) -> list[FieldError]:
    """Name what keeps members from being a definition, once for each field."""
    try:
        AchievementDefinition.of(members)
    except DefinitionError as error:
        fields: dict[str, Any] = {}
        for pointer, _text in error.faults:
            member = pointer.split("/")[1] if pointer else "title"
            fields.setdefault(member, FieldError(_field(member), _said(member)))
        return list(fields.values())
    return []


def _field(member: str) -> str:
    """Name the field to which the page leads for a member."""
    first = {"credits": "amount", "hours": "taught", "quality_assurance": "type", "image": "alt"}
    first |= {"developer": "name", "employer": "name"}
    if member in ROWS:
        return f"{member}-0-{ROWS[member][0]}"
    return f"{member}-{first[member]}" if member in first else member


def _said(member: str) -> str:
    return gettext(FIELD_FAULTS.get(member, ANYTHING_ELSE))
