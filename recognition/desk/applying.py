"""What learners see: what can be applied for, applying, and the page behind their link."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request, url_for

from credentials.errors import TallystickError
from credentials.json_types import JsonObject
from credentials.limits import DEFAULT_LIMITS
from recognition.desk.cases import CameBy, Case, State
from recognition.desk.checked import UnusableError
from recognition.desk.intake import case_of_form, form_errors, given_files, posted_application
from recognition.desk.letters import LetterText, letter_about
from recognition.desk.offers import Offer
from recognition.desk.room import DeskRoom
from recognition.desk.services import DeskServices
from recognition.desk.shown import OUTCOMES, STATES
from service.errors import NotFoundError
from service.pages import (
    N_,
    FieldError,
    Frame,
    Pages,
    form_text,
    gettext,
    page_response,
    redirect,
    say,
)
from service.people import Act
from service.web.limiting import RateLimit, network_of
from service.web.problems import problem_response, refusal
from service.web.responses import json_response
from service.writing_down import stamp
from stacking.rule_text import read_rule_text
from stacking.stack_proof import rule_digest

LEARNER = "learner"
"""Who acts behind a link; the log holds nothing else of a learner."""

PAGE, JSON = "text/html", "application/json"
"""What is answered with: to people, and to programs such as wallets."""

APPLICATIONS_A_MINUTE = 6
APPLICATIONS_AT_ONCE = 30
GROUNDS_CHARACTERS = 10_000


def add_applying(room: DeskRoom) -> None:
    """Add the pages for everybody, below /apply."""
    pages = room.part(
        Pages(
            "apply",
            "recognition.desk",
            url_prefix="/apply",
            upload_bytes=DEFAULT_LIMITS.image_bytes,
            form_bytes=DEFAULT_LIMITS.document_bytes,
            frame=Frame(N_("Recognition of prior learning"), "apply.start"),
        )
    )
    limit = RateLimit(APPLICATIONS_A_MINUTE, APPLICATIONS_AT_ONCE, room.services.clock)
    _add_apply(pages, room.services, limit)
    _add_rules(pages, room.services)
    _add_following(pages, room.services)
    _add_appealing(pages, room.services)


def _add_apply(pages: Pages, services: DeskServices, limit: RateLimit) -> None:
    @pages.get("/")
    def start() -> Response:
        """Say what can be applied for: as a page, or as JSON with a challenge for wallets."""
        if _asked_for() == PAGE:
            return _apply_page(services, [])
        return _unkept(_offered(services))

    @pages.post("/")
    def take_application() -> Response:
        """Take an application from a form, or as JSON from a wallet."""
        wait = limit.seconds_to_wait(network_of(request.remote_addr or ""))
        if wait:
            raise refusal(429, Retry_After=str(wait))
        if request.mimetype == "application/json":
            return _take_posted(services)
        try:
            files = given_files(services)
        except UnusableError as error:
            text = gettext("Nothing was had from this link: %(reason)s", reason=error.message)
            return _apply_page(services, [FieldError("link", text)])
        errors = form_errors(services, files)
        if errors:
            return _apply_page(services, errors)
        new = case_of_form(files, CameBy.UPLOAD)
        act = Act(LEARNER, services.now())
        case, secret = services.store.cases.receive(act, new)
        services.settling.examine(act, case)
        say(gettext("Your application was received. Keep the address of this page."))
        return redirect(url_for("apply.follow", secret=secret))


def _add_rules(pages: Pages, services: DeskServices) -> None:
    @pages.get("/awards/<name>/rule.toml")
    def rule(name: str) -> Response:
        """Show the rule of an award as the office adopted it, byte for byte."""
        offer = services.offers().get(name)
        if offer is None or offer.award is None or offer.block_rule is None:
            raise NotFoundError("There is no award of this name here.")
        response = Response(offer.block_rule, content_type="application/toml; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.toml"'
        return response


def _asked_for() -> str | None:
    """Tell whether a page is asked for or JSON; None if nobody says so."""
    return request.accept_mimetypes.best_match([PAGE, JSON])


def _unkept(said: JsonObject) -> Response:
    """Answer a program with what holds just now."""
    response = json_response(said)
    response.headers["Cache-Control"] = "no-store"
    return response


def _take_posted(services: DeskServices) -> Response:
    try:
        new = posted_application(services)
    except UnusableError as error:
        return problem_response(error, 422)
    act = Act(LEARNER, services.now())
    case, secret = services.store.cases.receive(act, new)
    services.settling.examine(act, case)
    follow = f"{services.base}{url_for('apply.follow', secret=secret)}"
    told = {"reference": case.id, "state": case.state.value, "follow": follow}
    response = json_response(told, 201)
    response.headers["Location"] = follow
    return response


def _offered(services: DeskServices) -> JsonObject:
    challenge, ends = services.challenges.new()
    return {
        "office": services.title,
        "challenge": challenge,
        "domain": services.domain,
        "expires": stamp(ends),
        "submit": f"{services.base}/apply/",
        "offers": [_told(one, services.base) for one in services.offers().values()],
    }


def _told(offer: Offer, base: str) -> JsonObject:
    target = offer.target
    level = target.level
    return {
        "name": offer.name,
        "title": offer.title,
        "component": target.component,
        "credits": {"amount": str(target.amount.amount), "unit": target.amount.unit},
        "level": None if level is None else {"framework": level.framework, "code": level.code},
        **_award_told(offer, base),
    }


def _award_told(offer: Offer, base: str) -> JsonObject:
    """Tell by which published rule an award is made; nothing where none is."""
    if offer.award is None or offer.block_rule is None:
        return {}
    told = {
        "rule": f"{base}{url_for('apply.rule', name=offer.name)}",
        "ruleDigest": rule_digest(read_rule_text(offer.block_rule)),
        "edition": offer.award.edition,
    }
    return {"award": told}


def _apply_page(services: DeskServices, errors: list[FieldError]) -> Response:
    offers = [(one.name, one.title) for one in services.offers().values()]
    asked = request.args.get("offer", "")
    return page_response(
        "desk/apply.html",
        status=422 if errors else 200,
        errors=errors,
        title=services.title,
        offers=[("", gettext("Choose …")), *offers],
        offer=form_text("offer") or asked,
        name=form_text("name"),
        contact=form_text("contact"),
        link=form_text("link"),
        text=form_text("text"),
        retention=services.retention_days,
    )


def _add_following(pages: Pages, services: DeskServices) -> None:
    @pages.get("/follow/<secret>")
    def follow(secret: str) -> Response:
        """Show how an application stands, the letter, and the decision; as JSON for wallets."""
        case = services.store.cases.of_secret(secret)
        services.store.note(Act(LEARNER, services.now()), "case.followed", case.id)
        if _asked_for() == JSON:
            award = {"award": f"{services.base}{url_for('apply.award', secret=secret)}"}
            told = award if _award_of(services, case) else {}
            return _unkept({"reference": case.id, "state": case.state.value, **told})
        return _follow_page(services, case, secret, [])

    @pages.get("/follow/<secret>/decision.json")
    def decision(secret: str) -> Response:
        case = services.store.cases.of_secret(secret)
        kept = services.store.decisions.of(case.id)
        if not kept:
            raise NotFoundError("Nothing was decided yet.")
        response = Response(kept[-1].credential, content_type="application/json")
        response.headers["Content-Disposition"] = f'attachment; filename="{case.id}.json"'
        return response

    @pages.get("/follow/<secret>/award.json")
    def award(secret: str) -> Response:
        case = services.store.cases.of_secret(secret)
        data = _award_of(services, case)
        if data is None:
            raise NotFoundError("There is no award here.")
        response = Response(data, content_type="application/json")
        response.headers["Content-Disposition"] = f'attachment; filename="{case.id}-award.json"'
        return response


def _award_of(services: DeskServices, case: Case) -> bytes | None:
    """Find the award of the decision in force; one that was withdrawn is handed out no more."""
    kept = services.store.decisions.of(case.id)
    return kept[-1].award if kept else None


def _add_appealing(pages: Pages, services: DeskServices) -> None:
    @pages.post("/follow/<secret>/appeal")
    def appeal(secret: str) -> Response:
        case = services.store.cases.of_secret(secret)
        grounds = form_text("grounds", GROUNDS_CHARACTERS)
        if not grounds:
            error = FieldError("grounds", gettext("Say why the decision should be another one."))
            return _follow_page(services, case, secret, [error])
        act = Act(LEARNER, services.now())
        try:
            services.settling.appeal(act, case, case.applicant or LEARNER, grounds)
        except TallystickError as error:
            if error.code == "APPEAL_LATE":
                return _follow_page(services, case, secret, [], is_refused=True)
            text = gettext("This decision cannot be appealed now. Look at how it stands.")
            return _follow_page(services, services.store.cases.get(case.id), secret, [
                FieldError("grounds", text)
            ])  # fmt: skip
        say(
            gettext(
                "Your appeal is recorded. You find on this page what comes of it; keep its address."
            )
        )
        return redirect(url_for("apply.follow", secret=secret))


def _may_appeal(letter: LetterText | None, case: Case) -> bool:
    return letter is not None and case.state is State.DECIDED and not letter.is_too_late


def _follow_page(
    services: DeskServices,
    case: Case,
    secret: str,
    errors: list[FieldError],
    *,
    is_refused: bool = False,
) -> Response:
    offers: Mapping[str, Offer] = services.offers()
    letter = letter_about(services, case)
    return page_response(
        "desk/follow.html",
        status=422 if errors or is_refused else 200,
        is_refused=is_refused,
        errors=errors,
        case=case,
        secret=secret,
        address=f"{services.base}{url_for('apply.follow', secret=secret)}",
        offer=offers[case.offer].title if case.offer in offers else case.offer,
        states=STATES,
        outcomes=OUTCOMES,
        letter=letter,
        has_decision=bool(services.store.decisions.of(case.id)),
        has_award=_award_of(services, case) is not None,
        may_appeal=_may_appeal(letter, case),
        grounds=form_text("grounds", GROUNDS_CHARACTERS),
    )
