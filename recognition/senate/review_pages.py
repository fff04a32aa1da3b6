"""Samples for review: drawn from a seed, marked without knowing the outcome, then shown with it."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response

from credentials.strict_json import parse_json
from frameworks.naming import Names
from recognition.decision_payload import LIMITS, OUTCOMES
from recognition.desk import DeskRoom, Right
from recognition.oversight import Agreement, cohens_kappa
from recognition.oversight.blind import BlindCase
from recognition.oversight.draws import Draw, numbered_draws
from recognition.register_of_decisions import Act, ActKind, RegisterError, ReviewMark
from recognition.register_of_decisions.recording import TEXT_CHARACTERS
from recognition.senate.job_pages import to_job
from recognition.senate.jobs import JobKind
from recognition.senate.marking import Drawn, drawn_decisions
from recognition.senate.policy_book import KnownPolicy, known_policies
from recognition.senate.services import SenateServices
from recognition.senate.shown import RESULTS, as_csv, as_json
from recognition.senate.work import draw_work
from service.errors import NotFoundError
from service.pages import N_, FieldError, Pages, form_text, gettext, redirect, say
from service.people import Access

NUMBER_DIGITS = 10


def add_review_pages(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    """Add the pages."""
    room.section("senate.samples", N_("Review"), Right.SENATE)
    _add_samples(room, pages, services)
    _add_sample(room, pages, services)
    _add_exports(room, pages, services)
    _add_marking(room, pages, services)


def _form(
    room: DeskRoom, access: Access, services: SenateServices, errors: tuple[FieldError, ...] = ()
) -> Response:
    return room.show(
        access,
        "senate/samples",
        status=422 if errors else 200,
        errors=errors,
        draws=tuple(reversed(_draws(services))),
        policies=[
            (one.digest, f"{one.policy.title}, {one.policy.version}") for one in _drawable(services)
        ],
        chosen=form_text("policy"),
    )


def _draws(services: SenateServices) -> tuple[Draw, ...]:
    return numbered_draws(services.register.acts.all(ActKind.DRAW))


def _drawable(services: SenateServices) -> Iterator[KnownPolicy]:
    for one in known_policies(services).values():
        if one.policy.sampling.rate > 0:
            yield one


def _add_samples(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    @room.at("/review", Right.SENATE, pages=pages)
    def samples(access: Access) -> Response:
        return _form(room, access, services)

    @room.at("/review", Right.SENATE, method="POST", pages=pages)
    def draw_sample(access: Access) -> Response:
        digest = form_text("policy")
        drawable = {one.digest: one for one in _drawable(services)}
        if digest not in drawable:
            error = FieldError("policy", gettext("Choose a policy that asks for a sample."))
            return _form(room, access, services, (error,))
        policy, at = drawable[digest].policy, services.now()
        seed, by = services.draw_seed(), room.name_of(access)
        work = draw_work(services.register, policy, seed=seed, by=by, at=at)
        title = gettext("Sample of %(title)s", title=policy.title)
        count = services.register.count_cases()
        return to_job(room, services.jobs.begin(JobKind.DRAW, title, count, work))


def _draw(services: SenateServices, act: Act) -> Draw:
    (found,) = (one for one in _draws(services) if one.act.sequence == act.sequence)
    return found


def _act(services: SenateServices, number: str) -> Act:
    is_number = number.isascii() and number.isdecimal() and len(number) <= NUMBER_DIGITS
    act = services.register.acts.find(int(number)) if is_number else None
    if act is None or act.kind is not ActKind.DRAW:
        raise NotFoundError("There is no such sample.")
    return act


def _add_sample(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    @room.at("/review/<number>", Right.SENATE, pages=pages)
    def sample(access: Access, number: str) -> Response:
        act = _act(services, number)
        decisions = drawn_decisions(services.register, act.sequence)
        own = [(one, one.mark_by(room.name_of(access))) for one in decisions]
        return room.show(
            access,
            "senate/sample",
            act=act,
            draw=_draw(services, act),
            body=_body(services, act),
            own=own,
            following=_following(decisions, room.name_of(access)),
            left=sum(mark is None for _one, mark in own),
            agreement=_agreement(decisions, room.name_of(access)),
            results=RESULTS,
            outcome=_outcome,
        )


def _following(decisions: tuple[Drawn, ...], name: str, after: int = 0) -> int | None:
    """Name the next decision that somebody has to mark, from a place on and then from the first."""
    open_ = [one.number for one in decisions if one.mark_by(name) is None]
    return next((number for number in open_ if number > after), next(iter(open_), None))


def _add_exports(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    @room.at("/review/<number>.csv", Right.SENATE, pages=pages)
    def sample_table(access: Access, number: str) -> Response:
        act = _act(services, number)
        columns = [gettext("Number"), gettext("Case"), gettext("Decision"),
                   gettext("Decided"), gettext("Marked"), gettext("By"),
                   gettext("Which draw"), gettext("Seed from")]  # fmt: skip
        rows = _rows(drawn_decisions(services.register, act.sequence), room.name_of(access))
        draw = _draw(services, act)
        which = [str(draw.number), draw.seed_from]
        return as_csv(f"sample-{act.sequence}", columns, ([*row, *which] for row in rows))

    @room.at("/review/<number>.json", Right.SENATE, pages=pages)
    def sample_json(access: Access, number: str) -> Response:
        act = _act(services, number)
        rows = _rows(drawn_decisions(services.register, act.sequence), room.name_of(access))
        names = ("number", "case", "decision", "decided", "marked", "by")
        told = [dict(zip(names, row, strict=True)) for row in rows]
        document = {
            "statement": act.said,
            "recorded": act.recorded_at,
            "draw": _draw(services, act).to_json(),
            "marks": told,
        }
        return as_json(f"sample-{act.sequence}", document)


def _body(services: SenateServices, act: Act) -> str:
    known = known_policies(services).get(act.subject)
    return "" if known is None else known.policy.sampling.body


def _rows(decisions: tuple[Drawn, ...], name: str) -> Iterator[list[str]]:
    """Write what was marked; of what the reader still has to mark, only which case it is."""
    for one in decisions:
        place = [str(one.number), one.entry.case_id, one.entry.id]
        if one.mark_by(name) is None:
            yield [*place, "", "", ""]
            continue
        for mark in one.marks:
            yield [*place, _outcome(one), mark.outcome, mark.marker]


def _outcome(one: Drawn) -> str:
    return str(parse_json(one.entry.payload, LIMITS)["outcome"])


def _agreement(decisions: tuple[Drawn, ...], name: str) -> Agreement | None:
    """Tell how far decisions and first marks agree, of what the reader has marked."""
    seen = [one for one in decisions if one.mark_by(name) is not None]
    pairs = [(_outcome(one), one.marks[0].outcome) for one in seen]
    return cohens_kappa(pairs) if pairs else None


def _find_one(services: SenateServices, number: str, place: str) -> Drawn:
    for one in drawn_decisions(services.register, _act(services, number).sequence):
        if str(one.number) == place:
            return one
    raise NotFoundError("There is no such decision in this sample.")


def _add_marking(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    @room.at("/review/<number>/<place>", Right.SENATE, pages=pages)
    def marking(access: Access, number: str, place: str) -> Response:
        return _marking(room, services, access, number, _find_one(services, number, place))

    @room.at("/review/<number>/<place>", Right.SENATE, method="POST", pages=pages)
    def mark(access: Access, number: str, place: str) -> Response:
        one, problem = _find_one(services, number, place), ""
        if form_text("outcome") not in OUTCOMES:
            problem = gettext("Choose what you would have decided.")
        elif not _record(services, one, room.name_of(access)):
            problem = gettext(
                "You decided this case or read it over; somebody else has to review it."
            )
        if problem:
            error = FieldError("outcome-GRANT", problem)
            return _marking(room, services, access, number, one, (error,))
        say(gettext("Your mark is recorded. It stays; below you see how the case was decided."))
        return redirect(room.address("senate.marking", number=number, place=place))


def _marking(
    room: DeskRoom,
    services: SenateServices,
    access: Access,
    number: str,
    one: Drawn,
    errors: tuple[FieldError, ...] = (),
) -> Response:
    """Show what a decision was made from; how it came out only to whoever has marked it."""
    mark, blind = one.mark_by(room.name_of(access)), BlindCase.of(one.entry)
    act = _act(services, number)
    return room.show(
        access,
        "senate/marking",
        status=422 if errors else 200,
        errors=errors,
        number=number,
        one=one,
        blind=blind,
        known=known_policies(services).get(blind.policy.digest),
        mark=mark,
        called=Names.of(services.registers()),
        following=None
        if mark is None
        else _following(
            drawn_decisions(services.register, act.sequence), room.name_of(access), one.number
        ),
        remark=form_text("remark"),
        remark_characters=TEXT_CHARACTERS,
        outcomes=[(name, RESULTS[name]) for name in OUTCOMES],
        results=RESULTS,
        payload=None if mark is None else parse_json(one.entry.payload, LIMITS),
    )


def _record(services: SenateServices, one: Drawn, marker: str) -> bool:
    """Record a mark; tell whether somebody may who has not decided the case."""
    entry, outcome = one.entry, form_text("outcome")
    remark = form_text("remark", TEXT_CHARACTERS)
    record = ReviewMark(entry.case_id, entry.revision, marker, outcome, remark)
    try:
        services.register.record(record, recorded_at=services.now())
    except RegisterError as error:
        if error.code != "MARKER_DECIDED":
            raise
        return False
    return True
