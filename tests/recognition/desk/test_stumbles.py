"""Where somebody new at a desk would slip: words that no policy knows, appeals to oneself."""

from __future__ import annotations

from recognition.desk import Role
from tests.factories import LEARNER
from tests.recognition.desk.desks import FAILS, TestDesk
from tests.recognition.factories import gate

ASSESSED = [gate("assessment_in", "refuse", accept=["examination", "practical"])]


def test_a_word_that_the_policy_does_not_know_is_told_to_whoever_states_it(
    desk: TestDesk,
) -> None:
    desk.offer(gates=ASSESSED)
    case, browser = desk.applied(), desk.browser(desk.person(Role.ASSESSOR))
    address = f"/desk/cases/{case.id}"
    page = browser.get(address)
    assert (
        '<input type="text" value="" maxlength="500" autocomplete="off" list="value-words"' in page
    )
    assert '<option value="practical"></option>' in page
    browser.post(f"{address}/facts", version=case.version, fact="assessment", value="Practical")
    said = browser.get(address)
    assert "The policy accepts these words: examination, practical." in said
    fields = {"version": desk.get(case).version, "fact": "assessment", "value": "practical"}
    browser.post(f"{address}/facts", **fields)
    assert "The policy accepts these words" not in browser.get(address)
    assert desk.get(case).proposed == "GRANT"


def test_whoever_decided_is_asked_to_leave_the_appeal_to_others(desk: TestDesk) -> None:
    desk.offer(gates=FAILS)
    case = desk.applied()
    ana = desk.browser(desk.person(Role.REGISTRAR, Role.ASSESSOR))
    ben = desk.browser(desk.person(Role.ASSESSOR, name="Ben Bird"))
    address = f"/desk/cases/{case.id}"
    assert ana.post(f"{address}/settle", version=case.version).status_code == 303
    fields = {"version": desk.get(case).version, "by": LEARNER, "reason": "Misread."}
    assert ana.post(f"{address}/appeal", **fields).status_code == 303
    told = "You had a part in the decision that is appealed."
    assert told in ana.get(address)
    assert told not in ben.get(address)


def test_whoever_skips_to_the_content_of_an_office_passes_its_pages(desk: TestDesk) -> None:
    page = desk.browser(desk.person(Role.REGISTRAR)).get("/desk/inbox")
    assert '<a class="skip" href="#inside">' in page
    assert page.index('aria-label="Pages of the office"') < page.index('<div id="inside"')
    assert page.index('<div id="inside"') < page.index("<h1>")
    assert '<a class="skip" href="#main">' in desk.browser().get("/apply/")


def test_of_two_gates_on_one_fact_only_words_that_both_accept_are_proposed(
    desk: TestDesk,
) -> None:
    narrower = gate("assessment_in", "refuse", id="narrower", accept=["practical", "portfolio"])
    browser = desk.browser(desk.person(Role.ASSESSOR))
    for gates in ([*ASSESSED, narrower], [narrower, *ASSESSED]):
        desk.offer(gates=gates)
        page = browser.get(f"/desk/cases/{desk.applied().id}")
        assert '<option value="practical"></option>' in page
        assert '<option value="examination"></option>' not in page
        assert '<option value="portfolio"></option>' not in page
