"""From an application to a decision in force: proposals, rulings, second readers, appeals."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from credentials.decisions import decision_payload
from credentials.errors import TallystickError
from recognition.deciding.case import Ruling
from recognition.deciding.judging import Outcome
from recognition.desk import Role
from recognition.desk.case_pages import fact_value
from recognition.desk.cases import CameBy, Case, Document, NewCase, State
from recognition.desk.errors import ChangedMeanwhileError
from recognition.register_of_decisions import CaseDecidedError, EntryKind
from tallystick.adopters import Adopters
from tests.factories import LEARNER
from tests.recognition.desk.desks import FAILS, OVERLAP, PASSES, TestDesk, badge, policy_credential
from tests.recognition.factories import gate

MANDATE = {"office": "Registrar", "ids": []}


def always_read() -> dict[str, Any]:
    from tests.recognition.factories import REGISTRAR

    mandate = {"office": "Registrar", "ids": [REGISTRAR], "second_reader": "always"}
    return {"mandate": mandate, "gates": OVERLAP}


def ruling(**changes: Any) -> Ruling:
    return Ruling(**{"assessor": "Ana", "outcome": Outcome.GRANT, "reason": "Read.", **changes})


def test_a_dismissal_is_not_repeated_once_a_later_decision_stands(desk: TestDesk) -> None:
    desk.offer(gates=PASSES)
    case = desk.settling.settle(desk.act, desk.applied())
    case = desk.settling.appeal(desk.act, case, "Mere", "Misread.")
    case = desk.settling.dismiss(desk.act, case, "Board", "It was not.")
    case = desk.settling.dismiss(desk.act, case, "Board", "It was not.")
    refusal = ruling(outcome=Outcome.REFUSE, substantial_differences=("Its outcomes.",))
    case = desk.settling.rule(desk.act, case, refusal)
    case = desk.settling.confirm(replace(desk.act, actor="user:other"), case, "Cy")
    assert case.outcome == "REFUSE"
    with pytest.raises(CaseDecidedError):
        desk.settling.dismiss(desk.act, case, "Board", "It was not.")
    assert desk.store.cases.get(case.id).outcome == "REFUSE"


def entries(desk: TestDesk, case: Case) -> list[EntryKind]:
    return [one.kind for one in desk.settling.register.case(case.id)]


def test_a_case_shows_every_gate_with_its_evidence_and_who_established_it(desk: TestDesk) -> None:
    desk.offer(gates=[*PASSES, *OVERLAP])
    case = desk.applied()
    assert (case.proposed, case.title) == ("REFER", "Pipe welding")
    page = desk.browser(desk.person(Role.ASSESSOR)).get(f"/desk/cases/{case.id}")
    for words in (
        "The level, read in nz-nzqcf, is at least 4.",
        "nz-nzqcf 5",
        "credential",
        "OVERLAP_UNKNOWN",
        "The case then goes to an assessor.",
        "Valid",
    ):
        assert words in page
    assert "Only a suggestion" in page
    assert "Welds pipes in all positions." in page


@pytest.mark.parametrize(
    ("gates", "outcome", "state"),
    [
        (PASSES, "GRANT", State.DECIDED),
        (FAILS, "REFUSE", State.DECIDED),
        (OVERLAP, "REFER", State.REFERRED),
    ],
)
def test_a_registrar_puts_the_proposal_into_force(
    any_desk: TestDesk, gates: list[Any], outcome: str, state: State
) -> None:
    any_desk.offer(gates=gates)
    case = any_desk.applied()
    browser = any_desk.browser(any_desk.person(Role.REGISTRAR))
    answer = browser.post(f"/desk/cases/{case.id}/settle", version=case.version)
    assert answer.status_code == 303, answer.text
    decided = any_desk.get(case)
    assert (decided.state, decided.outcome) == (state, outcome)
    (kept,) = any_desk.store.decisions.of(case.id)
    payload = decision_payload(json.loads(kept.credential))
    assert payload is not None
    assert (payload["outcome"], payload["applicant"]) == (outcome, LEARNER)
    (entry,) = any_desk.settling.register.case(case.id)
    assert json.loads(entry.payload) == payload
    assert entry.id == kept.entry
    (mail,) = any_desk.store.letters.due_mails(any_desk.now, items=9)
    assert mail.recipient == "mere@example.com"
    assert b"GRANT" not in mail.message


def test_the_same_case_is_not_decided_twice(desk: TestDesk) -> None:
    desk.offer(gates=PASSES)
    case = desk.applied()
    desk.settling.settle(desk.act, case)
    browser = desk.browser(desk.person(Role.REGISTRAR))
    answer = browser.post(f"/desk/cases/{case.id}/settle", version=desk.get(case).version)
    assert answer.status_code == 409
    assert entries(desk, case) == [EntryKind.DECISION]


def test_who_was_stopped_between_register_and_desk_does_the_same_again(desk: TestDesk) -> None:
    desk.offer(gates=PASSES)
    case = desk.applied()
    keep, calls = desk.store.cases.change, []

    def stopped(*arguments: Any, **named: Any) -> Any:
        calls.append(arguments)
        raise KeyboardInterrupt

    desk.store.cases.change = stopped  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        desk.settling.settle(desk.act, case)
    desk.store.cases.change = keep  # type: ignore[method-assign]
    assert desk.get(case).state is State.NEW
    desk.now += timedelta(days=2)
    assert desk.settling.settle(desk.act, case).state is State.DECIDED
    assert entries(desk, case) == [EntryKind.DECISION]
    assert len(calls) == 1


def test_a_fact_is_stated_by_name_and_changes_the_proposal(desk: TestDesk) -> None:
    desk.offer(gates=OVERLAP)
    case, browser = desk.applied(), desk.browser(desk.person(Role.ASSESSOR))
    url = f"/desk/cases/{case.id}/facts"
    wrong = browser.post(url, version=case.version, fact="overlap", value="nine tenths")
    assert wrong.status_code == 422
    right = browser.post(url, version=case.version, fact="overlap", value="9/10")
    assert right.status_code == 303
    assert desk.get(case).proposed == "GRANT"
    assert "Ana Arai" in browser.get(f"/desk/cases/{case.id}")
    changed = desk.get(case)
    browser.post(url, version=changed.version, fact="overlap", value="")
    assert desk.get(case).proposed == "REFER"


def test_what_happened_to_a_case_is_told_in_words(desk: TestDesk) -> None:
    desk.offer(gates=PASSES)
    settled = desk.settling.settle(desk.act, desk.applied())
    page = desk.browser(desk.person(Role.ASSESSOR)).get(f"/desk/cases/{settled.id}?lang=fr-CA")
    assert "case.received" not in page
    assert "UTC: Examiné" in page
    assert "UTC: Décidé," in page
    assert "Décidés" not in page


def test_what_a_wallet_presented_is_saved_by_its_name(desk: TestDesk) -> None:
    documents = (Document("credential 1", badge(1)),)
    case = desk.case(documents=documents, came_by=CameBy.PRESENTATION, applicant=LEARNER)
    desk.settling.examine(desk.act, case)
    browser = desk.browser(desk.person(Role.ASSESSOR))
    page = browser.get(f"/desk/cases/{case.id}?lang=es")
    assert "credential 1" not in page
    assert "Guardar Pipe welding" in page


def test_two_people_of_one_name_are_told_apart_in_decisions(desk: TestDesk) -> None:
    from recognition.desk.naming import name_in_decisions

    first, office = desk.person(Role.ASSESSOR), desk.store.office
    second = office.people.add(desk.act, email="other@example.com", name="ana  arai")
    third = office.people.add(desk.act, email="c@example.com", name="Credential")
    names = [name_in_decisions(office, one) for one in (first, second, third)]
    assert sorted(names[:2]) in (["Ana Arai", "ana arai (2)"], ["Ana Arai (2)", "ana arai"])
    assert names[2] == "person Credential"


def test_an_override_needs_a_reason_and_a_second_reader_who_is_somebody_else(
    desk: TestDesk,
) -> None:
    desk.offer(gates=FAILS)
    case, ana = desk.applied(), desk.person(Role.ASSESSOR, Role.SECOND_READER)
    browser, url = desk.browser(ana), f"/desk/cases/{case.id}"
    without = browser.post(f"{url}/rule", version=case.version, outcome="GRANT", reason="")
    assert without.status_code == 422
    said = browser.post(f"{url}/rule", version=case.version, outcome="GRANT", reason="Logbook.")
    assert said.status_code == 303, said.text
    waiting = desk.get(case)
    assert waiting.state is State.SECOND_READING
    assert entries(desk, case) == []
    own = browser.post(f"{url}/confirm", version=waiting.version)
    assert own.status_code == 409
    ben = desk.browser(desk.person(Role.SECOND_READER, name="Ben Bird"))
    assert "Logbook." in ben.get(url)
    assert ben.post(f"{url}/confirm", version=waiting.version).status_code == 303
    decided = desk.get(case)
    assert (decided.state, decided.outcome) == (State.DECIDED, "GRANT")
    (entry,) = desk.settling.register.case(case.id)
    payload = json.loads(entry.payload)
    assert payload["assessor"] == {
        "id": "Ana Arai", "secondReader": "Ben Bird", "reason": "Logbook.",
    }  # fmt: skip
    assert payload["overrides"] == {"outcome": "REFUSE"}
    page = ben.get(url)
    assert "read over by Ben Bird" in page


def test_a_second_reader_sends_a_ruling_back(desk: TestDesk) -> None:
    desk.offer(**always_read())
    case = desk.applied()
    waiting = desk.settling.rule(desk.act, case, ruling())
    ben = desk.browser(desk.person(Role.SECOND_READER, name="Ben Bird"))
    url = f"/desk/cases/{case.id}/send-back"
    assert ben.post(url, version=waiting.version, remark="").status_code == 422
    assert ben.post(url, version=waiting.version, remark="Which course?").status_code == 303
    back = desk.get(case)
    assert back.state is State.NEW
    page = desk.browser(desk.person(Role.ASSESSOR)).get(f"/desk/cases/{case.id}")
    assert "Which course?" in page


def test_a_ruling_that_waits_is_not_pushed_aside_by_another_one(desk: TestDesk) -> None:
    desk.offer(**always_read())
    waiting = desk.settling.rule(desk.act, desk.applied(), ruling())
    ben = desk.browser(desk.person(Role.ASSESSOR, name="Ben Bird"))
    url = f"/desk/cases/{waiting.id}/rule"
    answer = ben.post(url, version=waiting.version, outcome="GRANT", reason="Mine.")
    assert answer.status_code == 409
    draft = desk.store.cases.draft(waiting.id)
    assert draft is not None
    assert (draft["by"], draft["ruling"]["assessor"]) == (desk.act.actor, "Ana")


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ("facts", {"fact": "hours", "value": "200"}),
        ("applicant", {"applicant": "did:example:mere"}),
        ("examine", {}),
        ("rule", {"outcome": "GRANT", "reason": "Read."}),
    ],
)
def test_nothing_is_written_about_a_learner_who_was_erased(
    desk: TestDesk, form: str, fields: dict[str, str]
) -> None:
    case = desk.applied()
    desk.store.cases.erase(desk.act, case.id)
    gone = desk.get(case)
    browser = desk.browser(desk.person(Role.ASSESSOR, Role.REGISTRAR))
    answer = browser.post(f"/desk/cases/{case.id}/{form}", version=gone.version, **fields)
    assert answer.status_code in {409, 422}
    assert desk.get(case) == gone
    assert desk.store.facts.of(case.id) == ()
    assert entries(desk, case) == []


def test_a_referral_is_recorded_and_then_ruled_on(desk: TestDesk) -> None:
    desk.offer(gates=OVERLAP)
    referred = desk.settling.settle(desk.act, desk.applied())
    browser = desk.browser(desk.person(Role.ASSESSOR))
    url = f"/desk/cases/{referred.id}/rule"
    refuse = {"version": referred.version, "outcome": "REFUSE", "reason": "No practice."}
    assert browser.post(url, **refuse).status_code == 422
    assert browser.post(url, **refuse, differences="No welding\n").status_code == 303
    assert entries(desk, referred) == [EntryKind.DECISION, EntryKind.SUPERSESSION]
    assert desk.get(referred).outcome == "REFUSE"


def test_a_referred_case_is_decided_by_the_policy_once_its_facts_are_stated(
    any_desk: TestDesk,
) -> None:
    any_desk.offer(gates=OVERLAP)
    referred = any_desk.settling.settle(any_desk.act, any_desk.applied())
    url = f"/desk/cases/{referred.id}"
    registrar = any_desk.browser(any_desk.person(Role.REGISTRAR, name="Rua Reid"))
    assert "Why it is decided anew" not in registrar.get(url)
    still = registrar.post(f"{url}/settle-anew", version=referred.version, anew="I want to.")
    assert (still.status_code, "still leaves this case to a person" in still.text) == (409, True)
    assessor = any_desk.browser(any_desk.person(Role.ASSESSOR))
    stated = assessor.post(f"{url}/facts", version=referred.version, fact="overlap", value="9/10")
    assert stated.status_code == 303
    version = any_desk.get(referred).version
    ruled = assessor.post(f"{url}/rule", version=version, outcome="GRANT", reason="Compared.")
    assert (ruled.status_code, "so there is nothing to rule" in ruled.text) == (422, True)
    assert "A registrar does this." in ruled.text
    assert "Why it is decided anew" in registrar.get(url)
    assert registrar.post(f"{url}/settle-anew", version=version).status_code == 422
    answer = registrar.post(f"{url}/settle-anew", version=version, anew="Outcomes compared.")
    assert answer.status_code == 303, answer.text
    decided = any_desk.get(referred)
    assert (decided.state, decided.outcome) == (State.DECIDED, "GRANT")
    entry = any_desk.settling.register.case(referred.id)[-1]
    assert entry.kind is EntryKind.SUPERSESSION
    shown = registrar.get(url)
    assert "Another decision in its place 2" in shown
    assert "(by the policy itself)" in shown
    said = json.loads(entry.statement)
    assert (said["by"], said["reason"]) == ("Rua Reid", "Outcomes compared.")
    again = registrar.post(f"{url}/settle-anew", version=decided.version, anew="Once more.")
    assert again.status_code == 409


def test_an_appeal_is_upheld_where_new_facts_let_the_policy_decide_otherwise(
    desk: TestDesk,
) -> None:
    desk.offer(gates=[gate("overlap_min", "refuse", min="1/2")])
    case = desk.applied()
    case = desk.store.cases.state_fact(desk.act, case.id, case.version, "overlap", "1/4", "Ana")
    refused = desk.settling.settle(desk.act, desk.settling.examine(desk.act, case))
    assert refused.outcome == "REFUSE"
    case = desk.settling.appeal(desk.act, refused, "Mere", "Nobody looked at my outline.")
    registrar = desk.browser(desk.person(Role.REGISTRAR))
    url = f"/desk/cases/{case.id}"
    assert "Why it is decided anew" not in registrar.get(url)
    case = desk.store.cases.state_fact(desk.act, case.id, case.version, "overlap", "4/5", "Ana")
    case = desk.settling.examine(desk.act, case)
    assert "Why it is decided anew" in registrar.get(url)
    answer = registrar.post(f"{url}/settle-anew", version=case.version, anew="It is there.")
    assert answer.status_code == 303, answer.text
    assert desk.get(case).outcome == "GRANT"
    entry = desk.settling.register.case(case.id)[-1]
    assert json.loads(entry.statement)["because"] == "appeal-upheld"


def test_whoever_comes_second_sees_what_they_entered_and_what_stands(desk: TestDesk) -> None:
    desk.offer(gates=OVERLAP)
    case = desk.applied()
    ana = desk.browser(desk.person(Role.ASSESSOR))
    ben = desk.browser(desk.person(Role.ASSESSOR, name="Ben Bird"))
    url = f"/desk/cases/{case.id}"
    ana.post(f"{url}/facts", version=case.version, fact="overlap", value="9/10")
    late = ben.post(f"{url}/rule", version=case.version, outcome="GRANT", reason="My own reason.")
    assert late.status_code == 409
    for words in ("My own reason.", "case.fact-stated", "Ana Arai", "Somebody else was faster"):
        assert words in late.text
    assert entries(desk, case) == []
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', late.text))
    assert fields["reason"] == "My own reason."
    facts = ben.post(f"{url}/facts", **{**fields, "fact": "hours", "value": "5"})
    assert facts.status_code == 303


def test_an_old_page_decides_nothing(desk: TestDesk) -> None:
    desk.offer(gates=PASSES)
    case = desk.applied()
    desk.store.cases.state_fact(desk.act, case.id, case.version, "hours", "200", "Ben")
    with pytest.raises(ChangedMeanwhileError):
        desk.settling.settle(desk.act, case)


def test_a_proposal_that_changed_is_shown_before_it_counts(desk: TestDesk) -> None:
    desk.offer(gates=PASSES)
    case = desk.applied()
    desk.offer(gates=FAILS)
    browser = desk.browser(desk.person(Role.REGISTRAR))
    answer = browser.post(f"/desk/cases/{case.id}/settle", version=case.version)
    assert (answer.status_code, desk.get(case).proposed) == (409, "REFUSE")
    assert entries(desk, case) == []


@pytest.mark.parametrize("kind", ["unsigned", "foreign", "changed", "nonsense"])
def test_a_policy_that_nobody_believes_decides_nothing(desk: TestDesk, kind: str) -> None:
    from dataclasses import replace

    signed = json.loads(policy_credential())
    if kind == "unsigned":
        del signed["proof"]
    if kind == "foreign":
        desk.adopters = Adopters(frozenset({"did:example:other"}))
    if kind == "changed":
        signed["name"] = "Another policy"
    data = b"{" if kind == "nonsense" else json.dumps(signed).encode()
    desk.offers["weld101"] = replace(desk.offers["weld101"], policy_credential=data)
    case = desk.applied()
    assert case.proposed is None
    assert "The policy cannot be used" in desk.browser(desk.person(Role.ASSESSOR)).get(
        f"/desk/cases/{case.id}"
    )
    for act in (
        lambda: desk.settling.settle(desk.act, case),
        lambda: desk.settling.rule(desk.act, case, ruling()),
    ):
        with pytest.raises(TallystickError):
            act()
    assert entries(desk, case) == []


def test_a_credential_that_is_not_valid_is_shown_and_never_decided(desk: TestDesk) -> None:
    from recognition.desk.cases import Document

    broken = badge().replace(b"Pipe welding", b"Pipe dreaming")
    case = desk.settling.examine(desk.act, desk.case(documents=(Document("", broken),)))
    page = desk.browser(desk.person(Role.REGISTRAR)).get(f"/desk/cases/{case.id}")
    assert "Not valid" in page
    assert "CREDENTIAL_NOT_VALID" in page
    with pytest.raises(TallystickError):
        desk.settling.settle(desk.act, case)


def test_an_appeal_is_taken_upheld_by_another_ruling_or_dismissed(any_desk: TestDesk) -> None:
    any_desk.offer(gates=FAILS)
    registrar = any_desk.browser(any_desk.person(Role.REGISTRAR))
    assessor = any_desk.browser(any_desk.person(Role.ASSESSOR, name="Ben Bird"))
    reader = any_desk.browser(any_desk.person(Role.SECOND_READER, name="Cy Cole"))
    cases = [any_desk.settling.settle(any_desk.act, any_desk.applied(one)) for one in (1, 2)]
    for case in cases:
        url = f"/desk/cases/{case.id}"
        fields = {"version": case.version, "by": LEARNER}
        assert registrar.post(f"{url}/appeal", **fields, reason="").status_code == 422
        assert registrar.post(f"{url}/appeal", **fields, reason="Misread.").status_code == 303
        assert any_desk.get(case).state is State.APPEALED
    url, now = f"/desk/cases/{cases[0].id}", any_desk.get(cases[0])
    rule = {"version": now.version, "outcome": "GRANT", "reason": "They were misread."}
    assert assessor.post(f"{url}/rule", **rule).status_code == 303
    assert reader.post(f"{url}/confirm", version=now.version + 1).status_code == 303
    assert any_desk.get(cases[0]).outcome == "GRANT"
    url, now = f"/desk/cases/{cases[1].id}", any_desk.get(cases[1])
    fields = {"version": now.version, "by": "Appeals board", "reason": "They were not."}
    assert registrar.post(f"{url}/dismiss", **fields).status_code == 303
    assert (any_desk.get(cases[1]).state, any_desk.get(cases[1]).outcome) == (
        State.DECIDED, "REFUSE",
    )  # fmt: skip
    assert "Appeal against decision 1" in registrar.get(url)
    told = ["decision", "appeal", "supersession"]
    assert [list(map(str, entries(any_desk, case))) for case in cases] == [told, told]


def test_a_decision_is_corrected_with_a_reason(desk: TestDesk) -> None:
    desk.offer(gates=FAILS)
    case = desk.settling.settle(desk.act, desk.applied())
    waiting = desk.settling.rule(desk.act, case, ruling(reason="A mistake of ours."))
    assert waiting.state is State.SECOND_READING
    from service.people import Act

    done = desk.settling.confirm(Act("user:other", desk.now), waiting, "Ben Bird")
    assert (done.state, done.outcome) == (State.DECIDED, "GRANT")
    statement = json.loads(desk.settling.register.case(case.id)[-1].statement)
    assert (statement["because"], statement["reason"]) == ("correction", "A mistake of ours.")


def test_an_earlier_decision_is_shown_and_repeated(desk: TestDesk) -> None:
    desk.offer(gates=OVERLAP)
    first = desk.settling.settle(desk.act, desk.applied(1))
    desk.settling.rule(desk.act, first, ruling())
    second = desk.applied(2)
    assert second.proposed == "GRANT"
    page = desk.browser(desk.person(Role.REGISTRAR)).get(f"/desk/cases/{second.id}")
    assert "as in an earlier decision" in page
    assert "Earlier decisions about the same" in page


def test_a_late_appeal_is_refused_to_a_learner_with_the_day_and_taken_for_a_reason(
    any_desk: TestDesk,
) -> None:
    any_desk.offer(gates=PASSES)
    document = Document("badge.json", badge())
    new = NewCase("weld101", (document,), CameBy.UPLOAD)
    case, secret = any_desk.store.cases.receive(any_desk.act, new)
    case = any_desk.settling.settle(any_desk.act, any_desk.settling.examine(any_desk.act, case))
    link, browser = f"/apply/follow/{secret}", any_desk.browser()
    any_desk.now += timedelta(days=60)
    page = browser.get(link)
    assert "The time to appeal ended on 23 December 2026" in page
    assert 'name="grounds"' not in page
    refused = browser.post(f"{link}/appeal", grounds="Misread.", late="Because I say so.")
    assert refused.status_code == 422
    assert "no appeal is taken here any more" in refused.text
    assert entries(any_desk, case) == [EntryKind.DECISION]
    registrar = any_desk.browser(any_desk.person(Role.REGISTRAR))
    fields = {"version": case.version, "by": "Mere", "reason": "Misread."}
    url = f"/desk/cases/{case.id}/appeal"
    answer = registrar.post(url, **fields)
    assert (answer.status_code, "Say why this appeal is taken late" in answer.text) == (422, True)
    assert registrar.post(url, **fields, late="The letter came back.").status_code == 303
    assert any_desk.get(case).state is State.APPEALED
    assert "The letter came back." in registrar.get(f"/desk/cases/{case.id}")


def test_yes_and_no_are_stated_in_the_language_of_the_page() -> None:
    assert [fact_value("redeemed", word) for word in ("Oui", "sí", "non", "No")] == [
        True,
        True,
        False,
        False,
    ]


def test_a_desk_without_offers_says_who_names_them(desk: TestDesk) -> None:
    desk.offers.clear()
    registrar = desk.browser(desk.person(Role.REGISTRAR))
    for page in ("inbox", "take-in", "batches"):
        assert "Nothing can be applied for at this desk yet." in registrar.get(f"/desk/{page}")


def test_an_empty_inbox_says_where_learners_apply(desk: TestDesk) -> None:
    page = desk.browser(desk.person(Role.REGISTRAR)).get("/desk/inbox")
    assert "http://localhost/apply/" in page
