"""Rosters: a file, its columns, a dry run with every fault, and then the job that issues it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Response, request, url_for

from credentials.json_types import JsonObject
from issuer.console.access import Access, Right
from issuer.console.room import Console
from issuer.issuing.awards import Award
from issuer.rosters import (
    ColumnMapping,
    DryRun,
    Field,
    RosterError,
    RosterFault,
    RosterRow,
    Table,
    dry_run,
    fault_table,
    is_address,
    learners_of,
    open_table,
    template,
)
from issuer.store import Achievement, Act, Recipient
from issuer.store.uploads import Upload
from service.pages import N_, FieldError, form_text, gettext, redirect, say, uploads

FIELDS = {
    Field.EMAIL: N_("E-mail address"),
    Field.NAME: N_("Full name"),
    Field.GIVEN_NAME: N_("Given name"),
    Field.FAMILY_NAME: N_("Family name"),
    Field.LEARNER_ID: N_("Id of the learner (DID)"),
    Field.STUDENT_NUMBER: N_("Student number"),
    Field.AWARDED: N_("Date of the award"),
    Field.LANGUAGE: N_("Language of messages"),
    Field.EVIDENCE: N_("Link to evidence"),
}
"""How the fields of a roster are called."""

KINDS = {
    "LEARNER_MISSING": N_("Nobody is named in this row."),
    "EMAIL_MALFORMED": N_("This is no e-mail address. One address stands in a cell."),
    "LEARNER_ID_MALFORMED": N_("This is no id of a learner: it must be a DID or a web address."),
    "LANGUAGE_MALFORMED": N_("This is no language tag, such as en, fr-CA, es or mi."),
    "EVIDENCE_MALFORMED": N_("This is no link: it must begin with https://."),
    "DATE_MALFORMED": N_("This is no date that can be read for certain. Write 2026-11-30."),
    "DATE_IN_FUTURE": N_("This date lies in the future: nothing was awarded yet."),
    "CELL_IS_FORMULA": N_("This cell is a formula, or begins like one (= + - @). Paste values."),
    "CELL_TOO_LONG": N_("This cell is too long."),
    "CELL_CHARACTERS": N_("This cell has line breaks or characters that cannot be seen."),
    "ROW_TOO_LONG": N_("This row has more cells than there are columns."),
    "LEARNER_TWICE": N_("The same learner stands in an earlier row. Remove one of the two."),
}
"""What each kind of fault says in another language than English."""

REFUSALS = {
    "ROSTER_EMPTY": N_("The file is empty. Its first row must name the columns."),
    "ROSTER_ENCODING": N_("The file is not UTF-8. Save it as CSV UTF-8, or as .xlsx."),
    "ROSTER_FORMAT": N_("This is no table that can be read. Save it as .xlsx or as CSV UTF-8."),
    "ROSTER_TOO_LARGE": N_("The file is too large. Divide the roster into several files."),
    "ROSTER_COLUMNS": N_("One column is chosen twice, or is not there. Choose the columns again."),
    "COLUMN_MISSING": N_("No column says who the learners are. Choose one with e-mail addresses."),
}


@dataclass(frozen=True, slots=True)
class Roster:
    """A file that was sent, opened, with the columns that are chosen for now."""

    upload: Upload
    table: Table
    mapping: ColumnMapping

    @property
    def query(self) -> dict[str, str]:
        """Write the choice of columns as it stands in addresses."""
        return {field.value: str(position) for field, position in self.mapping.columns.items()}


def add_rosters(console: Console) -> None:
    """Add the pages."""
    _add_sending(console)
    _add_reading(console)
    _add_single(console)


def _add_sending(console: Console) -> None:
    store = console.services.store

    @console.at("/roster.csv", Right.READ)
    def roster_template(_access: Access) -> Response:
        response = Response(template(), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="roster.csv"'
        return response

    @console.at("/rosters/new", Right.ISSUE)
    def new_roster(access: Access) -> Response:
        return _new_page(console, access, request.args.get("achievement", ""), [])

    @console.at("/rosters/new", Right.ISSUE, method="POST")
    def take_roster(access: Access) -> Response:
        chosen, files = form_text("achievement", 100), uploads("roster")
        published = {one.id for one in _published(console, access)}
        if chosen not in published:
            error = FieldError("achievement", gettext("Choose what is awarded."))
            return _new_page(console, access, chosen, [error])
        if not files:
            return _new_page(
                console, access, chosen, [FieldError("roster", gettext("Choose a file."))]
            )
        try:
            open_table(io.BytesIO(files[0].data))
        except RosterError as error:
            return _new_page(console, access, chosen, [FieldError("roster", refusal_text(error))])
        kept = store.uploads.add(
            access.act, achievement_id=chosen, name=files[0].name, data=files[0].data
        )
        return redirect(url_for("console.roster", institution=access.tenant.name, upload=kept.id))


def _add_reading(console: Console) -> None:
    store = console.services.store

    @console.at("/rosters/<upload>", Right.ISSUE)
    def roster(access: Access, upload: str) -> Response:
        return _roster_page(console, access, upload, request.args)

    @console.at("/rosters/<upload>/faults.csv", Right.ISSUE)
    def roster_faults(access: Access, upload: str) -> Response:
        opened = _opened(console, access, upload, request.args)
        run = dry_run(opened.table, opened.mapping, today=access.at.date())
        response = Response(fault_table(run.faults), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="faults.csv"'
        return response

    @console.at("/rosters/<upload>/issue", Right.ISSUE, method="POST")
    def issue_roster(access: Access, upload: str) -> Response:
        opened = _opened(console, access, upload, request.form)
        today = access.at.date()
        if not dry_run(opened.table, opened.mapping, today=today).can_be_issued:
            return _roster_page(console, access, upload, request.form, status=422)
        rows = learners_of(opened.table, opened.mapping, today=today)
        job = _job(console, access.act, opened.upload, _awards(rows))
        store.uploads.forget(access.tenant.id, upload)
        return redirect(url_for("console.job", institution=access.tenant.name, job=job))

    @console.at("/rosters/<upload>/forget", Right.ISSUE, method="POST")
    def forget_roster(access: Access, upload: str) -> Response:
        store.uploads.get(access.tenant.id, upload)
        store.uploads.forget(access.tenant.id, upload)
        say(gettext("The file is forgotten. Nothing was issued."))
        return redirect(url_for("console.dashboard", institution=access.tenant.name))


def _add_single(console: Console) -> None:
    store = console.services.store

    @console.at("/achievements/<achievement>/award", Right.ISSUE)
    def award(access: Access, achievement: str) -> Response:
        known = store.achievements.get(access.tenant.id, achievement)
        return _award_page(console, access, known, [])

    @console.at("/achievements/<achievement>/award", Right.ISSUE, method="POST")
    def take_award(access: Access, achievement: str) -> Response:
        known = store.achievements.get(access.tenant.id, achievement)
        email, name = form_text("email", 254), form_text("name", 200)
        if not is_address(email):
            text = gettext("Enter an e-mail address, such as ana@example.com.")
            return _award_page(console, access, known, [FieldError("email", text)])
        asked = Award(Recipient(email=email, name=name or None))
        job = store.jobs.make(
            access.act,
            achievement_id=known.id,
            rows=[(1, asked.to_json())],
            source=gettext("One learner"),
            sends_letters=_sends_letters(console),
        )
        console.services.store.jobs.start(access.act, job.id)
        return redirect(url_for("console.job", institution=access.tenant.name, job=job.id))


def _award_page(
    console: Console, access: Access, known: Achievement, errors: list[FieldError]
) -> Response:
    return console.show(
        access,
        "award",
        status=422 if errors else 200,
        achievement=known,
        errors=errors,
        email=form_text("email", 254),
        name=form_text("name", 200),
        sends_mail=console.services.sends_mail,
    )


def _job(console: Console, act: Act, upload: Upload, rows: Iterator[tuple[int, JsonObject]]) -> str:
    job = console.services.store.jobs.make(
        act,
        achievement_id=upload.achievement_id,
        rows=rows,
        source=upload.name,
        sends_letters=_sends_letters(console),
    )
    console.services.store.jobs.start(act, job.id)
    return job.id


def _sends_letters(console: Console) -> bool:
    """Tell whether the learners are to be sent a letter with a link."""
    return console.services.sends_mail and request.form.get("tell") == "yes"


def _awards(rows: Iterator[RosterRow]) -> Iterator[tuple[int, JsonObject]]:
    """Write each row as an award (`issuer.issuing`)."""
    for row in rows:
        members: JsonObject = {}
        if row.awarded is not None:
            members["awardedDate"] = f"{row.awarded.isoformat()}T00:00:00Z"
        if row.evidence is not None:
            members["evidence"] = [{"id": row.evidence, "type": ["Evidence"]}]
        named = (row.email, row.learner_id, row.name, row.student_number, row.language)
        yield row.number, Award(Recipient(*named), members).to_json()


def _published(console: Console, access: Access) -> tuple[Achievement, ...]:
    page = console.services.store.achievements.page(access.tenant.id, state="published", items=500)
    return page.items


def _new_page(console: Console, access: Access, chosen: str, errors: list[FieldError]) -> Response:
    return console.show(
        access,
        "roster_new",
        status=422 if errors else 200,
        errors=errors,
        published=_published(console, access),
        chosen=chosen,
    )


def _opened(console: Console, access: Access, upload_id: str, choice: Mapping[str, str]) -> Roster:
    upload = console.services.store.uploads.get(access.tenant.id, upload_id)
    table = open_table(io.BytesIO(upload.data))
    chosen = {
        field.value: choice[field.value] for field in Field if choice.get(field.value, "") != ""
    }
    is_chosen = any(field.value in choice for field in Field)
    mapping = ColumnMapping.guess(table.header)
    if is_chosen:
        mapping = ColumnMapping.chosen(table.header, chosen)
    return Roster(upload, table, mapping)


def _roster_page(
    console: Console,
    access: Access,
    upload_id: str,
    choice: Mapping[str, str],
    status: int = 200,
) -> Response:
    """Show the columns, and what a dry run with them finds; nothing is issued by looking."""
    errors: list[FieldError] = []
    run: DryRun | None = None
    try:
        opened = _opened(console, access, upload_id, choice)
    except RosterError as error:
        errors = [FieldError("email", refusal_text(error))]
        opened = _opened(console, access, upload_id, {})
    else:
        try:
            run = dry_run(opened.table, opened.mapping, today=access.at.date())
        except RosterError as error:
            errors = [FieldError("email", refusal_text(error))]
    return console.show(
        access,
        "roster",
        status=422 if errors and choice else status,
        errors=errors,
        roster=opened,
        run=run,
        fields=FIELDS,
        achievement=console.services.store.achievements.get(
            access.tenant.id, opened.upload.achievement_id
        ),
        fault_text=fault_text,
        sends_mail=console.services.sends_mail,
    )


def fault_text(fault: RosterFault) -> str:
    """Say a fault in the language of the page; in English with what is special about it."""
    kind = gettext(KINDS[fault.code])
    return fault.message if kind == KINDS[fault.code] else kind


def refusal_text(error: RosterError) -> str:
    """Say why a file is refused, in the language of the page."""
    kind = REFUSALS.get(error.code)
    if kind is None or gettext(kind) == kind:
        return error.message
    return gettext(kind)
