"""Batches with progress, and erasing what is about learners when its time has come."""

from __future__ import annotations

from datetime import timedelta

from recognition.desk import Role
from recognition.desk.batches import run_batch
from recognition.desk.cases import State
from recognition.desk.erasing import erase_due
from tests.recognition.desk.desks import FAILS, OVERLAP, PASSES, TestDesk, badge


def test_a_batch_grants_what_the_policy_grants_and_leaves_the_rest(any_desk: TestDesk) -> None:
    any_desk.offer(gates=PASSES)
    good = [any_desk.applied(number) for number in (1, 2)]
    broken = any_desk.case()
    browser = any_desk.browser(any_desk.person(Role.REGISTRAR))
    answer = browser.post("/desk/batches", offer="weld101")
    assert answer.status_code == 303
    page = browser.get(answer.location)
    assert "3 of 3" in page
    assert broken.id in page
    assert [any_desk.get(one).outcome for one in good] == ["GRANT", "GRANT"]
    assert any_desk.get(broken).state is State.NEW
    assert len(any_desk.store.letters.due_mails(any_desk.now, items=9)) == 2
    assert "3 of 3" in browser.get("/desk/batches")
    assert browser.post("/desk/batches", offer="nothing").status_code == 422


def test_a_batch_refuses_and_refers_nobody(desk: TestDesk) -> None:
    for number, gates in enumerate((FAILS, OVERLAP), 1):
        desk.offer(gates=gates)
        case = desk.applied(number)
        batch = desk.store.batches.begin(desk.act, "weld101")
        services = desk.services()
        with desk.application().test_request_context():
            run_batch(services, batch.id, desk.act)
        assert desk.get(case).state is State.NEW
        assert desk.settling.register.case(case.id) == ()
        desk.store.cases.erase(desk.act, case.id)


def test_a_batch_that_was_stopped_goes_on_with_what_waits(desk: TestDesk) -> None:
    desk.offer(gates=PASSES)
    cases = [desk.applied(number) for number in (1, 2)]
    batch = desk.store.batches.begin(desk.act, "weld101")
    desk.store.batches.done(batch.id, cases[0].id, "granted")
    browser = desk.browser(desk.person(Role.REGISTRAR))
    assert "1 of 2" in browser.get(f"/desk/batches/{batch.id}")
    browser.post(f"/desk/batches/{batch.id}/go-on")
    assert "2 of 2" in browser.get(f"/desk/batches/{batch.id}")
    assert desk.get(cases[0]).state is State.NEW
    assert desk.get(cases[1]).state is State.DECIDED


def test_what_is_about_a_learner_goes_when_the_decision_has_been_final_for_long(
    any_desk: TestDesk,
) -> None:
    any_desk.offer(gates=PASSES)
    case = any_desk.settling.settle(any_desk.act, any_desk.applied(1))
    waiting = any_desk.applied(2)
    appealed = any_desk.settling.settle(any_desk.act, any_desk.applied(3))
    any_desk.settling.appeal(any_desk.act, appealed, "Mere", "Because.")
    services = any_desk.services()
    any_desk.now += timedelta(days=30 + services.retention_days)
    assert erase_due(services) == 0
    any_desk.now += timedelta(days=1)
    assert erase_due(services) == 1
    assert erase_due(services) == 0
    gone = any_desk.get(case)
    assert (gone.state, gone.contact, gone.learner_name) == (State.ERASED, None, None)
    assert any_desk.store.cases.documents(case.id) == ()
    assert any_desk.store.decisions.of(case.id) == ()
    assert len(any_desk.settling.register.case(case.id)) == 1
    assert any_desk.get(waiting).state is State.NEW
    assert any_desk.get(appealed).state is State.APPEALED


def test_an_erased_case_shows_nothing_of_the_learner(desk: TestDesk) -> None:
    case = desk.applied()
    browser = desk.browser(desk.person(Role.REGISTRAR, Role.ASSESSOR))
    assert browser.post(f"/desk/cases/{case.id}/erase").status_code == 303
    page = browser.get(f"/desk/cases/{case.id}")
    assert "Mere" not in page
    assert badge().decode() not in page
    assert "Erased" in browser.get("/desk/inbox?show=erased")
