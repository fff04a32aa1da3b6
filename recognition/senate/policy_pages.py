"""Pages about policies: versions, words beside the source, differences, adopting, suspending."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, request

from credentials.errors import TallystickError
from credentials.strict_json import parse_json
from frameworks.naming import Names
from recognition.desk import DeskRoom, Right
from recognition.desk.policy_words import VOICE, sentences
from recognition.errors import RecognitionError
from recognition.oversight.adopting import name_of
from recognition.oversight.draws import numbered_draws
from recognition.policies.comparing import CHANGES, NO_CHANGE, compare, text_differences
from recognition.policies.credential import POLICY_TYPE
from recognition.policies.in_words import HEADINGS, UNKNOWN
from recognition.policies.versions import by_policy, in_force, spans
from recognition.register_of_decisions import (
    Act,
    PolicyAdopted,
    PolicySuspended,
    SuspensionLifted,
)
from recognition.register_of_decisions.recording import TEXT_CHARACTERS
from recognition.senate.policy_book import KnownPolicy, find, known_policies
from recognition.senate.services import SenateServices
from recognition.senate.shown import as_csv, as_json, saved, shown_policy
from service.pages import (
    N_,
    FieldError,
    Pages,
    form_text,
    gettext,
    redirect,
    say,
    uploads,
)
from service.pages.foreign import foreign
from service.people import Access

ACTS = {
    "adoption": N_("Adopted"),
    "suspension": N_("Suspended"),
    "lifting": N_("Suspension lifted"),
    "draw": N_("Sample drawn"),
    "publication": N_("Figures published"),
}


def add_policy_pages(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    """Add the pages."""
    room.section("senate.policies", N_("Policies"), Right.SENATE)
    _add_list(room, pages, services)
    _add_adopting(room, pages, services)
    _add_policy(room, pages, services)
    _add_suspending(room, pages, services)
    _add_comparing(room, pages, services)
    _add_acts(room, pages, services)


def _list(
    room: DeskRoom,
    access: Access,
    services: SenateServices,
    errors: tuple[FieldError, ...] = (),
    problem: str = "",
) -> Response:
    known = known_policies(services)
    versions = [one.version for one in known.values() if one.version is not None]
    grouped = by_policy(sorted(versions, key=lambda one: one.number))
    return room.show(
        access,
        "senate/policies",
        status=422 if errors else 200,
        errors=errors,
        problem=problem,
        known=known,
        policies=[
            (name, spans(own), in_force(own, services.today), own) for name, own in grouped.items()
        ],
        others=[one for one in known.values() if one.version is None],
        today=services.today,
    )


def _add_list(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    @room.at("/policies", Right.SENATE, pages=pages)
    def policies(access: Access) -> Response:
        return _list(room, access, services)


def _add_adopting(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    @room.at("/policies", Right.SENATE, method="POST", pages=pages)
    def adopt(access: Access) -> Response:
        files = uploads("policy")
        if not files:
            error = FieldError("policy", gettext("Choose the file of the signed policy."))
            return _list(room, access, services, (error,))
        if not _is_policy(files[0].data):
            return _list(room, access, services, (FieldError("policy", _not_signed()),))
        try:
            opened = services.open_policy(files[0].data)
            policy = opened.policy
            record = PolicyAdopted(
                name_of(policy), opened.adopter, room.name_of(access), files[0].data
            )
            services.register.acts.record(record, recorded_at=services.now())
        except TallystickError as error:
            text = gettext("This policy was not taken: the sentence below the field says why.")
            return _list(room, access, services, (FieldError("policy", text),), error.message)
        say(gettext("%(title)s, version %(version)s, is adopted.", title=foreign(policy.title),
                    version=foreign(policy.version)))  # fmt: skip
        return redirect(room.address("senate.policy", digest=policy.digest))


def _is_policy(data: bytes) -> bool:
    """Tell whether a file is a policy credential at all, whoever signed it."""
    try:
        document = parse_json(data)
    except TallystickError:
        return False
    kinds = document.get("type") if isinstance(document, dict) else None
    return isinstance(kinds, list) and POLICY_TYPE in kinds


def _not_signed() -> str:
    return gettext(
        "This is not a signed policy (JSON). A draft (TOML) is first signed with the Senate’s key: "
        "tallystick recognise policy sign draft.toml --key file:KEY --out policy.json"
    )


def _add_policy(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    @room.at("/policies/<digest>", Right.SENATE, pages=pages)
    def policy(access: Access, digest: str) -> Response:
        return _policy(room, access, services, digest)

    @room.at("/policies/<digest>/signed.json", Right.SENATE, pages=pages)
    def policy_signed(access: Access, digest: str) -> Response:
        known = find(known_policies(services), digest)
        return saved(Response(known.document, content_type="application/vc"), "policy.json")

    @room.at("/policies/<digest>/source.toml", Right.SENATE, pages=pages)
    def policy_source(access: Access, digest: str) -> Response:
        text = find(known_policies(services), digest).policy.text
        return saved(Response(text, content_type="text/plain; charset=utf-8"), "policy.toml")


def _policy(
    room: DeskRoom,
    access: Access,
    services: SenateServices,
    digest: str,
    errors: tuple[FieldError, ...] = (),
) -> Response:
    known = known_policies(services)
    one = find(known, digest)
    own = [other for other in known.values() if other.policy.id == one.policy.id]
    acts = [act for act in services.register.acts.all() if act.subject == digest]
    return room.show(
        access,
        "senate/policy",
        status=422 if errors else 200,
        errors=errors,
        reason=form_text("reason"),
        reason_characters=TEXT_CHARACTERS,
        one=one,
        sections=shown_policy(one.policy),
        unknown=VOICE.say(UNKNOWN),
        others=[other for other in own if other.digest != digest],
        called=_called(one.policy.text, Names.of(services.registers())),
        acts=[(ACTS[act.kind], act) for act in acts],
    )


def _called(text: str, names: Names) -> list[tuple[str, str]]:
    """Tell what the frameworks and units are called whose ids a policy has."""
    known = {**names.units, **names.frameworks}
    return sorted((short, name) for short, name in known.items() if f'"{short}"' in text)


def _add_suspending(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    def change(access: Access, digest: str, act: type[PolicySuspended | SuspensionLifted]) -> bool:
        policy = find(known_policies(services), digest).policy
        reason = form_text("reason", TEXT_CHARACTERS)
        if reason:
            record = act(name_of(policy), room.name_of(access), reason)
            services.register.acts.record(record, recorded_at=services.now())
        return bool(reason)

    def missing(access: Access, digest: str) -> Response:
        error = FieldError("reason", gettext("Say why: everybody who decides reads it."))
        return _policy(room, access, services, digest, (error,))

    @room.at("/policies/<digest>/suspend", Right.SENATE, method="POST", pages=pages)
    def suspend(access: Access, digest: str) -> Response:
        if not change(access, digest, PolicySuspended):
            return missing(access, digest)
        say(gettext("The policy is suspended: from now on nothing is decided by it."))
        return redirect(room.address("senate.policy", digest=digest))

    @room.at("/policies/<digest>/lift", Right.SENATE, method="POST", pages=pages)
    def lift(access: Access, digest: str) -> Response:
        if not change(access, digest, SuspensionLifted):
            return missing(access, digest)
        say(gettext("The suspension is lifted: the policy decides again."))
        return redirect(room.address("senate.policy", digest=digest))


def _add_comparing(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    def both(digest: str) -> tuple[KnownPolicy, KnownPolicy]:
        known = known_policies(services)
        return find(known, request.args.get("with", "")), find(known, digest)

    @room.at("/policies/<digest>/differences", Right.SENATE, pages=pages)
    def differences(access: Access, digest: str) -> Response:
        before, after = both(digest)
        changes = compare(before.policy, after.policy)
        return room.show(
            access,
            "senate/differences",
            before=before,
            after=after,
            changes=[
                (VOICE.say(CHANGES[one.kind]), VOICE.say(HEADINGS[one.section]), one.name,
                 sentences(one.gone), sentences(one.new))
                for one in changes
            ],
            no_change=VOICE.say(NO_CHANGE),
            lines=text_differences(before.policy, after.policy),
        )  # fmt: skip

    @room.at("/policies/<digest>/differences.json", Right.SENATE, pages=pages)
    def differences_json(access: Access, digest: str) -> Response:
        before, after = both(digest)
        told = [
            {
                "change": one.kind,
                "section": one.section,
                "clause": one.key,
                "gone": list(sentences(one.gone)),
                "new": list(sentences(one.new)),
            }
            for one in compare(before.policy, after.policy)
        ]
        names = {"before": before.digest, "after": after.digest}
        return as_json("differences", {**names, "changes": told})


def _add_acts(room: DeskRoom, pages: Pages, services: SenateServices) -> None:
    room.section("senate.acts", N_("What was done"), Right.SENATE)

    @room.at("/acts", Right.SENATE, pages=pages)
    def acts(access: Access) -> Response:
        every = services.register.acts.all()
        try:
            checkpoint, problem = services.register.acts.check_chain(), ""
        except RecognitionError as error:
            checkpoint, problem = None, error.message
        return room.show(
            access,
            "senate/acts",
            acts=[(ACTS[act.kind], act) for act in reversed(every)],
            checkpoint=checkpoint,
            problem=problem,
        )

    @room.at("/acts.csv", Right.SENATE, pages=pages)
    def acts_table(access: Access) -> Response:
        columns = [gettext("Number"), gettext("When"), gettext("What"), gettext("About"),
                   gettext("By"), gettext("Why"), gettext("Hash")]  # fmt: skip
        return as_csv("acts", columns, _cells(services.register.acts.all()))

    @room.at("/acts.json", Right.SENATE, pages=pages)
    def acts_json(access: Access) -> Response:
        every = services.register.acts.all()
        return as_json("acts", {"acts": [_json(act) for act in every]})


def _cells(acts: tuple[Act, ...]) -> Iterator[list[str]]:
    draws = {one.act.sequence: one for one in numbered_draws(acts)}
    for act in acts:
        said = act.said
        about = f"{said['policy']} {said['version']}" if "policy" in said else act.subject
        why = str(said.get("reason", ""))
        if act.sequence in draws:
            draw = draws[act.sequence]
            why = f"draw {draw.number}, seed from {draw.seed_from}: {said['seed']}"
        yield [str(act.sequence), act.recorded_at, act.kind, about, said["by"], why, act.id]


def _json(act: Act) -> dict[str, object]:
    return {
        "sequence": act.sequence,
        "recorded": act.recorded_at,
        "kind": act.kind,
        "subject": act.subject,
        "statement": act.said,
        "id": act.id,
    }
