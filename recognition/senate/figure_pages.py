"""What oversight computes, in pictures and tables; and publishing the figures of a period."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from flask import Response

from credentials.strict_json import parse_json
from frameworks.naming import Names
from recognition.decision_payload import OUTCOMES
from recognition.desk import DeskRoom, Right
from recognition.oversight import Share
from recognition.oversight.draws import numbered_draws
from recognition.oversight.figure_rows import HEADER, figure_rows
from recognition.register_of_decisions import ActKind, FiguresPublished
from recognition.senate.job_pages import find_job, to_job
from recognition.senate.jobs import JobKind, State
from recognition.senate.marking import unmarked_by
from recognition.senate.services import SenateServices
from recognition.senate.shown import MEMBERS, RESULTS, Bar, as_csv, as_json, count_bars, share_bar
from recognition.senate.transparency_pages import shown_figures
from recognition.senate.work import Figures, Report, figures_work, report_work
from service.errors import NotFoundError
from service.pages import N_, FieldError, Pages, form_text, gettext, redirect, say
from service.people import Access

CONTRADICTIONS_SHOWN = 100
"""Most contradicted precedents that a page lists; the tables for download have all."""


def add_figure_pages(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    """Add the pages."""
    room.section("senate.figures", N_("Figures"), Right.SENATE)
    _add_figures(room, pages, services)
    _add_tables(room, pages, services)
    _add_publishing(room, pages, services)


def _report(services: SenateServices) -> Report | None:
    job = services.jobs.latest(JobKind.REPORT, State.FINISHED)
    return job.result if job is not None and isinstance(job.result, Report) else None


def _add_figures(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    @room.at("/figures", Right.SENATE, pages=pages)
    def figures(access: Access) -> Response:
        return _show(room, access, services)

    @room.at("/figures", Right.SENATE, method="POST", pages=pages)
    def compute_figures(access: Access) -> Response:
        count, at = services.register.checkpoint().count, services.now()
        work = report_work(services.register, at)
        title = gettext("Figures of the whole register")
        return to_job(room, services.jobs.begin(JobKind.REPORT, title, count, work))


def _show(
    room: DeskRoom, access: Access, services: SenateServices, errors: tuple[FieldError, ...] = ()
) -> Response:
    found = _report(services)
    count = services.register.checkpoint().count
    hidden = unmarked_by(services.register, room.name_of(access))
    return room.show(
        access,
        "senate/figures",
        status=422 if errors else 200,
        errors=errors,
        found=found,
        newer=0 if found is None else count - found.entries,
        entries=count,
        pictures=None if found is None else _pictures(found),
        contradictions=() if found is None else found.report.contradictions[:CONTRADICTIONS_SHOWN],
        hidden=hidden,
        results=RESULTS,
        members=MEMBERS,
        outcomes=OUTCOMES,
        draws=numbered_draws(services.register.acts.all(ActKind.DRAW)),
        published=tuple(reversed(services.register.acts.all(ActKind.PUBLICATION))),
        first=form_text("first"),
        last=form_text("last"),
    )


def _differing(members: tuple[str, ...]) -> str:
    return ", ".join(gettext(MEMBERS[name]) if name in MEMBERS else name for name in members)


def _pictures(found: Report) -> dict[str, tuple[Bar, ...]]:
    report = found.report
    differing = Counter(_differing(one.differing) for one in report.contradictions)
    return {
        "quarters": _shares(report.quarters, "open"),
        "overrides": _shares(report.overrides, "warn"),
        "contradictions": count_bars(dict(sorted(differing.items()))),
    }


def _shares(shares: Mapping[str, Share], tone: str) -> tuple[Bar, ...]:
    return tuple(share_bar(name, one.count, one.of, tone) for name, one in shares.items())


def _add_tables(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    def found() -> Report:
        report = _report(services)
        if report is None:
            raise NotFoundError("Nothing has been computed yet.")
        return report

    @room.at("/figures.csv", Right.SENATE, pages=pages)
    def figures_table(access: Access) -> Response:
        report, rows = found().report, []
        for name, share in report.quarters.items():
            rows.append(["referred", name, str(share.count), str(share.of)])
        for name, share in report.overrides.items():
            rows.append(["overridden", name, str(share.count), str(share.of)])
        for (decided, marked), number in sorted(report.marked.items()):
            rows.append(["marked", f"{decided} {marked}", str(number), ""])
        hidden = unmarked_by(services.register, room.name_of(access))
        for one in report.contradictions:
            if one.decision_id not in hidden:
                told = f"{one.decision_id} {one.precedent_id}"
                rows.append(["contradicted", told, " ".join(one.differing), ""])
        rows += _draw_rows(services)
        columns = [gettext("Figure"), gettext("Name"), gettext("Number"), gettext("Of")]
        return as_csv("oversight", columns, iter(rows))

    @room.at("/figures.json", Right.SENATE, pages=pages)
    def figures_json(access: Access) -> Response:
        report = found()
        hidden = unmarked_by(services.register, room.name_of(access))
        document = report.report.to_json()
        kept = [one for one in document["contradictedPrecedents"] if one["decision"] not in hidden]
        draws = numbered_draws(services.register.acts.all(ActKind.DRAW))
        document |= {
            "contradictedPrecedents": kept,
            "entries": report.entries,
            "draws": [one.to_json() for one in draws],
        }
        return as_json("oversight", document)


def _draw_rows(services: SenateServices) -> Iterator[list[str]]:
    """Write which samples were drawn; a later draw of a policy shows as such."""
    for draw in numbered_draws(services.register.acts.all(ActKind.DRAW)):
        said = draw.act.said
        told = f"{draw.act.recorded_at} {said['policy']} {said['version']}"
        yield ["draw", f"{told} seed from {draw.seed_from}", str(draw.number), ""]


def _add_publishing(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    @room.at("/figures/period", Right.SENATE, method="POST", pages=pages)
    def compute_period(access: Access) -> Response:
        first, last = _day("first"), _day("last")
        if first is None or last is None or last < first or last >= services.today:
            text = gettext("Give the first and the last day of a period that is over.")
            return _show(room, access, services, (FieldError("first", text),))
        work = figures_work(services.register, first=first, last=last, today=services.today)
        title = gettext("Figures from %(first)s until %(last)s", first=first, last=last)
        count = services.register.count_cases()
        return to_job(room, services.jobs.begin(JobKind.FIGURES, title, count, work))

    @room.at("/figures/period/<job_id>", Right.SENATE, pages=pages)
    def preview(access: Access, job_id: str) -> Response:
        result = _figures(services, job_id)
        document = parse_json(result.document)
        return room.show(
            access,
            "senate/preview",
            job_id=job_id,
            result=result,
            **shown_figures(document, Names.of(services.registers())),
        )

    @room.at("/figures/period/<job_id>/publish", Right.SENATE, method="POST", pages=pages)
    def publish(access: Access, job_id: str) -> Response:
        one = _figures(services, job_id)
        record = FiguresPublished(one.first, one.last, room.name_of(access), one.document)
        services.register.acts.record(record, recorded_at=services.now())
        say(gettext("The figures are published; everybody can see them now."))
        return redirect(room.address("senate.figures"))

    @room.at("/figures/period/<job_id>.csv", Right.SENATE, pages=pages)
    def preview_table(access: Access, job_id: str) -> Response:
        figures = json.loads(_figures(services, job_id).document)["figures"]
        return as_csv("figures", HEADER, iter(figure_rows(figures)))


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(form_text(name))
    except ValueError:
        return None


def _figures(services: SenateServices, job_id: str) -> Figures:
    result = find_job(services, job_id).result
    if not isinstance(result, Figures):
        raise NotFoundError("This job has no such result.")
    return result
