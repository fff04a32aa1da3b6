"""What a draft would have changed of all that was decided: begin, results, tables."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, request

from credentials.errors import TallystickError
from credentials.strict_json import serialize_json
from recognition.desk import DeskRoom, Right
from recognition.policies.consistency import accepted_sources, require_consistent
from recognition.policies.policy import Policy
from recognition.policies.reading import POLICY_CHARACTERS, read_policy
from recognition.senate.job_pages import find_job, to_job
from recognition.senate.jobs import JobKind
from recognition.senate.marking import unmarked_by
from recognition.senate.policy_book import find, known_policies
from recognition.senate.services import SenateServices
from recognition.senate.shown import MEMBERS, RESULTS, as_csv, saved, share_bar
from recognition.senate.work import WhatIf, WhatIfRow, what_if_work
from service.errors import NotFoundError
from service.kept_rows import Wanted
from service.pages import N_, FieldError, Pages, form_text, gettext, uploads
from service.people import Access
from service.web.responses import JSON

ROWS_SHOWN = 50
"""Rows of one page of the table."""

PAGE_DIGITS = 7


def add_what_if_pages(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    """Add the pages."""
    room.section("senate.what_if", N_("What if"), Right.SENATE)
    _add_begin(room, pages, services)
    _add_result(room, pages, services)
    _add_tables(room, pages, services)


def _form(
    room: DeskRoom,
    access: Access,
    services: SenateServices,
    errors: tuple[FieldError, ...] = (),
    problem: str = "",
) -> Response:
    known = known_policies(services)
    return room.show(
        access,
        "senate/what_if",
        status=422 if errors else 200,
        errors=errors,
        problem=problem,
        text=form_text("text", POLICY_CHARACTERS),
        policies=[("", gettext("the text or file below"))]
        + [(one.digest, f"{one.policy.title}, {one.policy.version}") for one in known.values()],
        chosen=form_text("policy"),
        characters=POLICY_CHARACTERS,
        cases=services.register.count_cases(),
        jobs=services.jobs.all(JobKind.WHAT_IF),
    )


def _add_begin(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    @room.at("/what-if", Right.SENATE, pages=pages)
    def what_if(access: Access) -> Response:
        return _form(room, access, services)

    @room.at("/what-if", Right.SENATE, method="POST", pages=pages)
    def begin_what_if(access: Access) -> Response:
        registers = services.registers()
        try:
            draft = _draft(services)
            if draft is None:
                error = FieldError("text", gettext("Choose a policy, or give the text of one."))
                return _form(room, access, services, (error,))
            require_consistent(draft, accepted_sources(draft, registers, services.today))
        except TallystickError as error:
            text = gettext("This policy cannot be tried: the sentence below the field says why.")
            place = f" ({error.pointer})" if error.pointer else ""
            told = f"{error.message}{place}"
            return _form(room, access, services, (FieldError("text", text),), told)
        work = what_if_work(services.register, draft, registers, services.mapper)
        title = f"{draft.title}, {draft.version}"
        count = services.register.count_cases()
        return to_job(room, services.jobs.begin(JobKind.WHAT_IF, title, count, work))


def _draft(services: SenateServices) -> Policy | None:
    """Read which policy is to be tried: one that is known, a file, or a text."""
    chosen = form_text("policy")
    if chosen:
        return find(known_policies(services), chosen).policy
    files = uploads("file")
    data = files[0].data.decode("utf-8", "replace") if files else ""
    text = data or request.form.get("text", "").replace("\r\n", "\n")
    return read_policy(text) if text.strip() else None


def _result(services: SenateServices, job_id: str) -> WhatIf:
    result = find_job(services, job_id).result
    if not isinstance(result, WhatIf):
        raise NotFoundError("This job has no such result.")
    return result


def _seen(services: SenateServices, name: str) -> Wanted:
    """Leave out what somebody still has to mark without knowing how it came out."""
    return Wanted(without=unmarked_by(services.register, name))


def _add_result(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    @room.at("/what-if/<job_id>", Right.SENATE, pages=pages)
    def what_if_result(access: Access, job_id: str) -> Response:
        result = _result(services, job_id)
        seen = _seen(services, room.name_of(access))
        change = request.args.get("change", "")
        chosen = seen._replace(kind=change)
        number, count = _page(), -(-result.rows.count(chosen) // ROWS_SHOWN)
        return room.show(
            access,
            "senate/what_if_result",
            job_id=job_id,
            result=result,
            same=result.count - result.differing,
            changes=[
                (f"{before}-{after}", RESULTS[before], RESULTS[after])
                for before, after in sorted(result.changes)
            ],
            bars_=[
                share_bar(_change(before, after), number_of, result.count)
                for (before, after), number_of in sorted(result.changes.items())
            ],
            rows=_shown(result, chosen, number),
            results=RESULTS,
            members=MEMBERS,
            change=change,
            hidden=result.differing - result.rows.count(seen),
            page_number=min(number, max(count, 1)),
            page_count=count,
        )


def _shown(result: WhatIf, wanted: Wanted, number: int) -> list[WhatIfRow]:
    first = (number - 1) * ROWS_SHOWN
    return [WhatIfRow.of(one) for one in result.rows.page(wanted, offset=first, most=ROWS_SHOWN)]


def _change(before: str, after: str) -> str:
    return f"{gettext(RESULTS[before][2])} → {gettext(RESULTS[after][2])}"


def _page() -> int:
    text = request.args.get("page", "")
    is_number = text.isascii() and text.isdecimal() and len(text) <= PAGE_DIGITS
    return max(1, int(text)) if is_number else 1


def _add_tables(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    @room.at("/what-if/<job_id>.csv", Right.SENATE, pages=pages)
    def what_if_table(access: Access, job_id: str) -> Response:
        result = _result(services, job_id)
        columns = [gettext("Case"), gettext("Decision"), gettext("As it was decided"),
                   gettext("By the draft"), gettext("What differs"), gettext("Why")]  # fmt: skip
        wanted = _seen(services, room.name_of(access))
        return as_csv("what-if", columns, _cells(map(WhatIfRow.of, result.rows.each(wanted))))

    @room.at("/what-if/<job_id>.json", Right.SENATE, pages=pages)
    def what_if_json(access: Access, job_id: str) -> Response:
        result = _result(services, job_id)
        wanted = _seen(services, room.name_of(access))
        # A hundred thousand differences are written while they are read, and not gathered.
        return saved(Response(_written(result, wanted), content_type=JSON), "what-if.json")


def _written(result: WhatIf, wanted: Wanted) -> Iterator[bytes]:
    """Write a result as JSON, piece by piece."""
    policy = result.policy
    told = {
        "policy": {"id": policy.id, "version": policy.version, "digest": policy.digest},
        "count": result.count,
        "same": result.count - result.differing,
        "changes": [
            {"from": before, "to": after, "count": count}
            for (before, after), count in sorted(result.changes.items())
        ],
    }
    yield serialize_json(told).removesuffix(b"}") + b',"differences":['
    comma = b""
    for row in map(WhatIfRow.of, result.rows.each(wanted)):
        yield comma + serialize_json(
            {"case": row.case_id, "decision": row.decision, "from": row.before,
             "to": row.after, "members": list(row.members), "why": row.why or None}
        )  # fmt: skip
        comma = b","
    yield b"]}"


def _cells(rows: Iterator[WhatIfRow]) -> Iterator[list[str]]:
    for row in rows:
        yield [row.case_id, row.decision, row.before, row.after, " ".join(row.members), row.why]
