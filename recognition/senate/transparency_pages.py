"""The public page: the figures of each published period, for everybody and for good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Response, request

from credentials.json_types import JsonObject
from credentials.strict_json import parse_json
from frameworks.naming import Names
from recognition.decision_payload import OUTCOMES
from recognition.oversight.figure_rows import HEADER, figure_rows
from recognition.oversight.transparency import SMALL_CELL
from recognition.register_of_decisions import Act, ActKind
from recognition.senate.services import SenateServices
from recognition.senate.shown import RESULTS, Bar, saved, share_bar
from service.errors import NotFoundError
from service.pages import N_, Pages, gettext, page_response
from service.pages.answers import ERRORS
from service.pages.languages import amount_in_words
from service.pages.rooms import Frame
from service.spreadsheets import CSV_TYPE, csv_table

SITE = N_("Recognition in figures")
SECONDS_KEPT = 3_600
"""How long others may keep a page; published figures never change, only further periods come."""

ROWS_SHOWN = 60
"""Most rows of a table on the page, which stays small; downloads have all."""

PERIODS_LISTED = 100
ERROR_STATUS = 400

DIMENSIONS = {
    "field": N_("By field of study (ISCED-F)"),
    "level": N_("By level"),
    "source": N_("By where the learning comes from"),
}
NAMES = {
    "formal": N_("courses that carry credit"),
    "rpl": N_("recognised prior learning"),
    "non-credit": N_("courses without credit"),
    "several": N_("several of these"),
    "not stated": N_("not stated"),
}
AMOUNTS = {
    "credits": N_("Credit granted"),
    "hours": N_("Hours of learning recognised"),
    "costPerCredit": N_("Cost for one credit, as declared"),
    "subsidyPerCredit": N_("Subsidy for one credit, as declared"),
}


def new_transparency_pages(services: SenateServices) -> Pages:
    """Build the pages that everybody sees; they know no session."""
    frame = Frame(SITE, "transparency.start")
    pages = Pages(
        "transparency",
        "recognition.senate",
        url_prefix="/transparency",
        has_assets=True,
        frame=frame,
        uses=("recognition.policies",),
    )
    pages.after_request(_keepable)
    pages.register_error_handler(NotFoundError, _not_found)
    _add_pages(pages, services)
    _add_downloads(pages, services)
    return pages


def _add_pages(pages: Pages, services: SenateServices) -> None:
    @pages.get("/")
    def start() -> Response:
        published = _published(services)
        return _show(services, published, published[0] if published else None)

    @pages.get("/<int:number>")
    def period(number: int) -> Response:
        return _show(services, _published(services), _find(services, number))


def _show(services: SenateServices, published: tuple[Act, ...], act: Act | None) -> Response:
    names = Names.of(services.registers())
    figures = {} if act is None else shown_figures(parse_json(act.document), names)
    return page_response(
        "senate/transparency.html",
        office=services.title,
        act=act,
        published=published[:PERIODS_LISTED],
        few=SMALL_CELL,
        **figures,
    )


def _published(services: SenateServices) -> tuple[Act, ...]:
    """List what is published, the latest period first."""
    acts = services.register.acts.all(ActKind.PUBLICATION)
    return tuple(sorted(acts, key=lambda act: act.subject, reverse=True))


def _find(services: SenateServices, number: int) -> Act:
    act = services.register.acts.find(number)
    if act is None or act.kind is not ActKind.PUBLICATION:
        raise NotFoundError("Nothing is published under this number.")
    return act


def _add_downloads(pages: Pages, services: SenateServices) -> None:
    @pages.get("/<int:number>.json")
    def figures_public(number: int) -> Response:
        """Give what was published, byte for byte."""
        act = _find(services, number)
        response = Response(act.document, content_type="application/json")
        return saved(response, f"figures-{act.subject.replace('/', '-')}.json")

    @pages.get("/<int:number>.csv")
    def table_public(number: int) -> Response:
        act = _find(services, number)
        data = csv_table(HEADER, figure_rows(parse_json(act.document)["figures"]))
        response = Response(data, content_type=CSV_TYPE)
        return saved(response, f"figures-{act.subject.replace('/', '-')}.csv")


def shown_figures(document: JsonObject, names: Names) -> dict[str, Any]:
    """Prepare a published document for a page, in its language and with names for its ids."""
    figures = document["figures"]
    total = figures["total"]
    return {
        "first": document["from"],
        "last": document["until"],
        "outcomes": OUTCOMES,
        "results": RESULTS,
        "total": total,
        "bars": tuple(_bars(total)),
        "tables": [
            (gettext(DIMENSIONS[name]), _rows(name, rows, names), max(0, len(rows) - ROWS_SHOWN))
            for name, rows in figures["by"].items()
        ],
        "amounts": tuple(_amounts(figures, names)),
    }


def _bars(total: Mapping[str, Any]) -> Iterator[Bar]:
    """Draw the outcomes, if none of them is withheld."""
    numbers, of = total["outcomes"], total["decisions"]
    if of is not None and None not in numbers.values():
        for name in OUTCOMES:
            tone, _icon, text = RESULTS[name]
            yield share_bar(gettext(text), numbers[name], of, tone)


def _rows(
    dimension: str, rows: Sequence[Mapping[str, Any]], names: Names
) -> list[tuple[str, Mapping[str, Any]]]:
    return [(_named(dimension, row["name"], names), row) for row in rows[:ROWS_SHOWN]]


def _named(dimension: str, name: str, names: Names) -> str:
    """Name a row: levels and fields of study have ids, which nobody has to know."""
    if name in NAMES:
        return gettext(NAMES[name])
    framework, _space, code = name.partition(" ")
    if dimension == "level" and code:
        return gettext("level %(code)s of %(framework)s", code=code,
                       framework=names.framework(framework))  # fmt: skip
    return names.field(name) if dimension == "field" else name


def _amounts(figures: JsonObject, names: Names) -> Iterator[tuple[str, str, str | None]]:
    for member, text in AMOUNTS.items():
        for one in figures[member]:
            amount = one["amount"]
            yield (
                gettext(text),
                names.unit(one["unit"]),
                None if amount is None else amount_in_words(amount),
            )


def _keepable(response: Response) -> Response:
    """Let anybody keep a page for a while, and ask whether it changed (RFC 9110 section 8.8.3)."""
    if request.endpoint == "transparency.static" or response.status_code >= ERROR_STATUS:
        return response
    if "Set-Cookie" not in response.headers:
        response.headers["Cache-Control"] = f"public, max-age={SECONDS_KEPT}"
        response.add_etag()
        response.make_conditional(request)
    return response


def _not_found(_error: NotFoundError) -> Response:
    return page_response("pages/error.html", status=404, status_code=404, text=ERRORS[404])
