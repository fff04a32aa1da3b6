"""The pages themselves: the box, the answer, several answers, and the report as a file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flask import Response, request

from credentials.json_types import JsonObject
from credentials.limits import DEFAULT_LIMITS, Limits
from credentials.strict_json import serialize_json
from frameworks.registers import Registers
from frameworks.viewpoints import Viewpoint, viewpoints
from service.pages import N_, Pages, Upload, form_text, page_response
from service.pages.answers import keep_choice
from verifier.answers import Answer
from verifier.checks.world import World
from verifier.grounds import NO_GROUNDS, Grounds
from verifier.pages.answer_texts import TEXTS
from verifier.pages.contents import contents
from verifier.pages.device import add_device_check
from verifier.pages.facts import facts, is_proven, lookups
from verifier.pages.handing_out import Receipts, as_file, pdf_file, receipt_file
from verifier.pages.intake import (
    Fetch,
    Intake,
    IntakeError,
    ReadCodes,
    given,
    to_carry,
)
from verifier.pages.printing import Printed
from verifier.pages.showing import shown
from verifier.pages.tables import Row, csv_of
from verifier.pages.trusted import add_trust_page
from verifier.pages.worth import worths
from verifier.receipts import Checked, SignReceipt
from verifier.sources import Lookups
from verifier.verifier import Inspection, Verifier

SITE = N_("Tallystick verifier")
START = "verify.start"

FRAMEWORK = "framework"
"""Form field and cookie with the framework in which the reader is told what things are worth."""

SHOW = "show"
"""Form field with the only answer whose rows are wanted."""

RECIPIENT = "recipient"
RECIPIENT_CHARACTERS = 320
"""Longest address or identifier of the person whom a credential should be about."""

PRESENTED = 20
"""How many credentials of one presentation are shown in full."""

RAW_CHARACTERS = 200_000
"""How much of a document is shown as it is; the rest is in the file that was given."""

BASE64 = 4 / 3
SECONDS = 30.0
"""How long several files are looked at; the rest is left undone, and said to be."""


@dataclass(frozen=True, slots=True)
class VerifierPage:
    """What the page needs from outside.

    `world` builds the world of one verification, `registers` are those in use in it, `fetch` gets
    what stands behind a link (None: this service fetches nothing), `clock` goes forward only, in
    seconds.  `grounds` are whom and what the service believes; `sign_receipt` has receipts signed
    (None: there are none); `read_codes` reads the codes in pictures (None: nothing does).
    """

    world: Callable[[], World]
    registers: Registers | None
    fetch: Fetch | None
    clock: Callable[[], float]
    limits: Limits = DEFAULT_LIMITS
    grounds: Grounds = NO_GROUNDS
    sign_receipt: SignReceipt | None = None
    read_codes: ReadCodes | None = None

    @property
    def receipts(self) -> Receipts | None:
        """What receipts are made with, if somebody signs them."""
        return None if self.sign_receipt is None else Receipts(self.sign_receipt, self.grounds)


def new_verifier_pages(page: VerifierPage) -> Pages:
    """Build the pages."""
    upload_bytes = page.limits.image_bytes
    pages = Pages(
        "verify",
        "verifier.pages",
        has_assets=True,
        upload_bytes=upload_bytes,
        form_bytes=int(upload_bytes * BASE64) + page.limits.document_bytes,
    )
    choices = viewpoints(page.registers)

    @pages.get("/")
    def start() -> Response:
        return _start(page, choices)

    @pages.post("/")
    def check() -> Response:
        return _on_files(page, choices, partial(_answer_page, page, choices))

    @pages.post("/report")
    def report() -> Response:
        return _on_files(page, choices, partial(_report, page))

    @pages.post("/table")
    def table() -> Response:
        return _on_files(page, choices, partial(_table, page, choices))

    _add_handing_out(pages, page, choices)
    add_device_check(pages, page.world)
    add_trust_page(pages, page.grounds)
    return pages


def _add_handing_out(pages: Pages, page: VerifierPage, choices: Sequence[Viewpoint]) -> None:
    """Add what a reader takes away: the answer on paper, and a signed receipt."""

    @pages.post("/pdf")
    def pdf() -> Response:
        return _on_files(page, choices, partial(_pdf, page, choices))

    receipts = page.receipts
    if receipts is not None:

        @pages.post("/receipt")
        def receipt() -> Response:
            return _on_files(
                page, choices, lambda files: receipt_file(receipts, _checked(page, files[0]))
            )


def _on_files(
    page: VerifierPage,
    choices: Sequence[Viewpoint],
    answer: Callable[[Sequence[Upload]], Response],
) -> Response:
    """Answer with what was given, or with the box again if that is nothing."""
    try:
        files = given(Intake(page.limits, page.fetch, page.read_codes))
    except IntakeError as error:
        return _start(page, choices, error)
    return answer(files)


def _answer_page(
    page: VerifierPage, choices: Sequence[Viewpoint], files: Sequence[Upload]
) -> Response:
    if len(files) > 1:
        return _several(page, files, choices)
    return _one(page, files[0], choices)


def _report(page: VerifierPage, files: Sequence[Upload]) -> Response:
    report = Verifier(_world(page)).check(files[0].data)
    data = serialize_json(report.to_json())
    return as_file(data, "application/json", "verification-report.json")


def _table(page: VerifierPage, choices: Sequence[Viewpoint], files: Sequence[Upload]) -> Response:
    rows = _rows(page, files, viewpoint_of(choices))
    return as_file(csv_of(rows), "text/csv; charset=utf-8", "verification.csv")


def _pdf(page: VerifierPage, choices: Sequence[Viewpoint], files: Sequence[Upload]) -> Response:
    viewpoint, checked = viewpoint_of(choices), _checked(page, files[0])
    inspection = checked.inspection
    printed = [
        _answer(page, one, checked.world, viewpoint)
        for one in (inspection, *inspection.presented[:PRESENTED])
    ]
    return pdf_file(page.receipts, checked, printed, viewpoint)


def _checked(page: VerifierPage, file: Upload) -> Checked:
    world = _world(page)
    return Checked(file.data, Verifier(world).inspect(file.data), world)


def _start(
    page: VerifierPage, choices: Sequence[Viewpoint], error: IntakeError | None = None
) -> Response:
    return page_response(
        "verifier/start.html",
        status=200 if error is None else 422,
        errors=[] if error is None else [error.error],
        choices=choices,
        viewpoint=viewpoint_of(choices),
        link=request.values.get("link", "")[:RAW_CHARACTERS]
        if error is None
        else form_text("link"),
        text="" if error is None else form_text("text", page.limits.document_bytes),
        recipient=form_text(RECIPIENT, RECIPIENT_CHARACTERS),
        fetches=page.fetch is not None,
        most_bytes=page.limits.image_bytes,
    )


def _one(page: VerifierPage, file: Upload, choices: Sequence[Viewpoint]) -> Response:
    world, viewpoint = _world(page), viewpoint_of(choices)
    inspection = Verifier(world).inspect(file.data)
    return _page(
        "verifier/answer.html",
        (file,),
        choices,
        file=file,
        answer=_answer(page, inspection, world, viewpoint),
        presented=[
            _answer(page, one, world, viewpoint) for one in inspection.presented[:PRESENTED]
        ],
        lookups=lookups(inspection.report, world.trust),
        is_offline=not isinstance(world.resolver, Lookups),
        checked_at=inspection.report.checked_at,
        raw=_raw(file.data, inspection.document),
        signs_receipts=page.receipts is not None,
    )


def _answer(
    page: VerifierPage, inspection: Inspection, world: World, viewpoint: Viewpoint | None
) -> Printed:
    """Prepare one credential, or presentation, for the page and for paper."""
    report, document = inspection.report, inspection.document
    return Printed(
        shown=shown(report),
        name=str(report.credential.get("name", "")),
        facts=facts(report, document),
        worths=worths(report.value, viewpoint, page.registers),
        contents=contents(document, report),
        is_proven=is_proven(report),
    )


def _several(page: VerifierPage, files: Sequence[Upload], choices: Sequence[Viewpoint]) -> Response:
    rows = _rows(page, files, viewpoint_of(choices))
    counts = Counter(row.shown.answer for row in rows)
    wanted = form_text(SHOW)
    return _page(
        "verifier/several.html",
        files,
        choices,
        rows=[row for row in rows if wanted in ("", row.shown.answer.value)],
        looked_at=len(rows),
        left=len(files) - len(rows),
        answers=[(one, TEXTS[one].title, counts[one]) for one in Answer if counts[one]],
        wanted=wanted,
    )


def _rows(page: VerifierPage, files: Sequence[Upload], viewpoint: Viewpoint | None) -> list[Row]:
    """Check files one after the other, as long as there is time."""
    world, ends = _world(page), page.clock() + SECONDS
    rows: list[Row] = []
    for number, file in enumerate(files, start=1):
        if page.clock() > ends:
            break
        report = Verifier(world).check(file.data)
        worth = worths(report.value, viewpoint, page.registers)
        rows.append(Row(number, file, shown(report), report.credential, worth))
    return rows


def _page(
    template: str, files: Sequence[Upload], choices: Sequence[Viewpoint], **values: Any
) -> Response:
    """Answer with a page about files, which carries them along."""
    viewpoint = viewpoint_of(choices)
    recipient = form_text(RECIPIENT, RECIPIENT_CHARACTERS)
    carried = to_carry(files) | ({RECIPIENT: [recipient]} if recipient else {})
    response = page_response(
        template, carried=carried, choices=choices, viewpoint=viewpoint, **values
    )
    if viewpoint is not None and request.form.get(FRAMEWORK) == viewpoint.id:
        keep_choice(response, FRAMEWORK, viewpoint.id)
    return response


def _world(page: VerifierPage) -> World:
    recipient = form_text(RECIPIENT, RECIPIENT_CHARACTERS)
    world = page.world()
    return replace(world, expected_recipient=recipient) if recipient else world


def viewpoint_of(choices: Sequence[Viewpoint]) -> Viewpoint | None:
    """Find the framework that the reader has chosen, just now or before."""
    chosen = request.form.get(FRAMEWORK) or request.cookies.get(FRAMEWORK)
    return next((one for one in choices if one.id == chosen), None)


def _raw(data: bytes, document: JsonObject) -> str:
    """Write what was read; where nothing could be read, what was given, if it is text."""
    if document:
        return json.dumps(document, indent=2, ensure_ascii=False)[:RAW_CHARACTERS]
    text = data[:RAW_CHARACTERS].decode("utf-8", "replace")
    return "" if "\x00" in text else text
