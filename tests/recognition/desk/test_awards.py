"""Awards at the desk: the tally, who confirms, what is issued, and what never is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from credentials.component_links import stack_proofs
from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from issuer.requests import Fresh
from recognition.deciding.case import Ruling
from recognition.deciding.judging import Outcome
from recognition.desk import Role
from recognition.desk.batches import run_batch
from recognition.desk.cases import CameBy, Case, Document, NewCase, State
from recognition.desk.checked import UnusableError
from recognition.desk.errors import ChangedMeanwhileError
from recognition.registered_case import Superseding
from service.errors import ConflictError
from service.people import Act
from tallystick import composition, desk_awards, verifying
from tallystick.command import tallystick
from tallystick.files import CommandError
from tallystick.ledger_file import read_ledger
from tests.factories import LIST_URL, NOW, check, codes, sign, status_entry, status_list
from tests.recognition.desk.awards import HARDER, RULE, applied, furnish, offer, piece
from tests.recognition.desk.desks import FAILS, OVERLAP, TestDesk
from tests.recognition.factories import registers
from tests.stacking.stacks import component
from tests.verifier.test_awards import STATEMENT

REFUSAL = Ruling("Ana", Outcome.REFUSE, "Short.", substantial_differences=("Twenty credits.",))
EASIER = RULE.replace('amount = "20"', 'amount = "10"')
GRANT = Ruling("Ana", Outcome.GRANT, "Enough for me.")


@pytest.fixture
def awarding(desk: TestDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestDesk:
    """Return a desk that awards the certificate, and whose lists others can read."""
    desk.has_lists = True
    return furnish(desk, tmp_path, monkeypatch)


def award_of(desk: TestDesk, case: Case) -> JsonObject:
    made = desk.store.decisions.of(case.id)[-1].award
    assert made is not None
    document: JsonObject = json.loads(made)
    return document


def ledger_of(desk: TestDesk) -> Path:
    path: Path = desk.awarding.ledger  # type: ignore[union-attr]
    return path


def told(desk: TestDesk, case: Case) -> Any:
    found = desk.store.cases.examination(case.id)
    assert found is not None
    return found["award"]


def issued(desk: TestDesk) -> list[bytes]:
    """Read every award that a desk has issued."""
    cases = desk.store.cases
    every = desk.store.office.log()
    ids = {one.subject for one in every if one.kind == "case.received"}
    kept = [one for name in ids for one in desk.store.decisions.of(cases.get(name).id)]
    return [one.award for one in kept if one.award is not None]


def test_an_award_is_issued_with_its_proof_status_and_place_in_the_ledger(
    awarding: TestDesk,
) -> None:
    case = applied(awarding, piece("one"), piece("two"))
    assert (case.state, case.proposed) == (State.NEW, "GRANT")
    assert told(awarding, case)["outcome"] == "AWARD"
    case = awarding.settling.settle(awarding.act, case)
    award = award_of(awarding, case)
    (proof,) = stack_proofs(award)
    assert proof
    listed = json.loads(awarding.numbered(1).data)
    documents = {award["credentialStatus"]["statusListCredential"]: listed}
    assert check(award, documents, registers=registers(), now=NOW).verdict == "valid"
    assert {one.award for one in read_ledger(ledger_of(awarding))} == {"certificate"}
    (entry,) = awarding.settling.register.case(case.id)
    assert b'"block"' in entry.payload


def test_the_page_tells_rule_tally_and_what_counts_for_what(awarding: TestDesk) -> None:
    case = applied(awarding, piece("one"), piece("two"), piece("two"))
    ana = awarding.browser(awarding.person(Role.REGISTRAR))
    page = ana.get(f"/desk/cases/{case.id}")
    rule = told(awarding, case)["rule"]
    assert (rule["edition"], rule["source"]) == ("2026", "college-rules")
    for words in (
        rule["digest"],
        "At least 40 credits in all",
        "At least 20 credits at level 5 or above",
        "A1, A2",
        "The same credential is there twice",
        "comes to the same",
        "The award is issued with the decision",
    ):
        assert words in page, words


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr-CA", "Au moins 40 crédits en tout"), ("es", "Al menos 40 créditos en total")],
)
def test_the_tally_is_in_the_language_of_its_reader(
    awarding: TestDesk, language: str, words: str
) -> None:
    case = applied(awarding, piece("one"), piece("two"))
    ana = awarding.browser(awarding.person(Role.REGISTRAR))
    page = ana.get(f"/desk/cases/{case.id}?lang={language}")
    assert words.casefold() in page.casefold()
    assert "in all" not in page


def test_desk_and_command_make_the_same_bytes_of_the_same(
    desk: TestDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(desk, tmp_path, monkeypatch)
    monkeypatch.setattr(composition, "FRESH", Fresh(lambda: "urn:x:award", lambda: "salt"))
    monkeypatch.setattr(verifying, "now", lambda: NOW)
    case = desk.settling.settle(desk.act, applied(desk, piece("one"), piece("two")))
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(piece(name))
    (tmp_path / "rule.toml").write_text(RULE)
    (tmp_path / "request.json").write_text(json.dumps(STATEMENT))
    arguments = ["stack", "award", "rule.toml", "one", "two", "--request", "request.json"]
    arguments += ["--key", "file:key", "--out", "award.json", "--ledger", "other.json"]
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(tallystick, arguments)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "award.json").read_bytes() == desk.store.decisions.of(case.id)[-1].award
    assert read_ledger(tmp_path / "other.json") == read_ledger(ledger_of(desk))


def test_a_short_tally_is_refused_with_what_is_missing_and_nothing_is_issued(
    awarding: TestDesk,
) -> None:
    case = applied(awarding, piece("one"))
    assert case.proposed == "REFUSE"
    with pytest.raises(UnusableError, match="do not add up"):
        awarding.settling.rule(awarding.act, case, GRANT)
    case = awarding.settling.settle(awarding.act, case)
    assert (case.state, case.outcome) == (State.DECIDED, "REFUSE")
    assert not issued(awarding)
    assert not ledger_of(awarding).exists()
    browser = awarding.browser(awarding.person(Role.REGISTRAR))
    letter = browser.get(f"/desk/cases/{case.id}/letter")
    assert "your credentials do not add up to the award" in letter
    assert "Missing: 20 credits" in letter
    (entry,) = awarding.settling.register.case(case.id)
    assert b"total: 20 missing" in entry.payload


def test_somebody_elses_credential_counts_for_nobody_here(awarding: TestDesk) -> None:
    theirs = component("two")
    theirs["credentialSubject"]["id"] = "did:example:somebody-else"
    case = applied(awarding, piece("one"), serialize_json(sign(theirs)))
    assert told(awarding, case)["outcome"] == "NOT_YET"
    assert ["urn:x:two", "OTHER_SUBJECT"] in told(awarding, case)["left_out"]
    alone = applied(awarding, serialize_json(sign(theirs)))
    assert alone.proposed is None
    with pytest.raises(UnusableError, match="carries credit of this learner"):
        awarding.settling.settle(awarding.act, alone)
    assert not issued(awarding)


def test_what_is_revoked_between_application_and_confirmation_is_not_counted(
    awarding: TestDesk,
) -> None:
    awarding.documents[LIST_URL] = status_list()
    case = applied(awarding, piece("one"), piece("two", credentialStatus=status_entry()))
    assert case.proposed == "GRANT"
    awarding.documents[LIST_URL] = status_list(5)
    with pytest.raises(ConflictError, match="look again"):
        awarding.settling.settle(awarding.act, case)
    case = awarding.get(case)
    assert (case.proposed, case.state) == ("REFUSE", State.NEW)
    assert ["two", "REVOKED"] in told(awarding, case)["left_out"]
    assert not issued(awarding)


@pytest.mark.parametrize(
    "change",
    [
        {"rule": HARDER},
        {"rule": RULE + '\n[[constraints]]\nid = "more"\ntype = "sum"\nmin = "10"\n'},
        {"says": {**STATEMENT, "validUntil": "2030-01-01T00:00:00Z"}},
    ],
)
def test_rules_that_change_between_showing_and_confirming_are_shown_first(
    awarding: TestDesk, change: dict[str, Any]
) -> None:
    case = applied(awarding, piece("one"), piece("two"))
    offer(awarding, **change)
    with pytest.raises(ConflictError, match="look again"):
        awarding.settling.settle(awarding.act, case)
    assert not issued(awarding)
    assert awarding.settling.register.case(case.id) == ()


def test_the_same_credential_in_two_forms_counts_once(awarding: TestDesk) -> None:
    copy = serialize_json(sign({**component("one"), "id": "urn:x:copy"}))
    case = applied(awarding, piece("one"), copy)
    assert (told(awarding, case)["outcome"], case.proposed) == ("NOT_YET", "REFUSE")
    (left_out,) = told(awarding, case)["excluded"]
    assert left_out["reasons"] == ["SAME_IN_OTHER_FORM"]


def test_a_replayed_form_issues_nothing_twice(awarding: TestDesk) -> None:
    case = applied(awarding, piece("one"), piece("two"))
    ana = awarding.browser(awarding.person(Role.REGISTRAR))
    path, form = f"/desk/cases/{case.id}/settle", {"version": case.version}
    assert ana.post(path, **form).status_code == 303
    assert ana.post(path, **form).status_code == 409
    newest = {"version": awarding.get(case).version}
    assert ana.post(path, **newest).status_code == 409
    assert len(issued(awarding)) == 1


def test_the_same_award_is_not_made_twice_of_the_same_credentials(awarding: TestDesk) -> None:
    first = applied(awarding, piece("one"), piece("two"))
    second = applied(awarding, piece("one"), piece("two"))
    awarding.settling.settle(awarding.act, first)
    with pytest.raises(ConflictError, match="look again"):
        awarding.settling.settle(awarding.act, second)
    with pytest.raises(UnusableError, match="was made of these credentials before"):
        awarding.settling.settle(awarding.act, awarding.get(second))
    with pytest.raises(UnusableError, match="was made of these credentials before"):
        awarding.settling.rule(awarding.act, awarding.get(second), GRANT)
    assert awarding.settling.rule(awarding.act, awarding.get(second), REFUSAL).outcome == "REFUSE"
    assert len(issued(awarding)) == 1


def test_refusing_a_second_application_leaves_the_credit_of_the_first_award_spent(
    awarding: TestDesk,
) -> None:
    first = applied(awarding, piece("one"), piece("two"))
    awarding.settling.settle(awarding.act, first)
    spent = read_ledger(ledger_of(awarding))
    second = applied(awarding, piece("one"), piece("two"))
    awarding.settling.rule(awarding.act, second, REFUSAL)
    assert read_ledger(ledger_of(awarding)) == spent != ()
    third = applied(awarding, piece("one"), piece("two"))
    with pytest.raises(UnusableError, match="was made of these credentials before"):
        awarding.settling.settle(awarding.act, third)


def test_an_award_that_was_taken_back_is_not_made_again_beside_that_of_another_case(
    awarding: TestDesk,
) -> None:
    first = awarding.settling.settle(awarding.act, applied(awarding, piece("one"), piece("two")))
    first = awarding.settling.rule(awarding.act, first, REFUSAL)
    second = applied(awarding, piece("one"), piece("two"))
    assert awarding.settling.settle(awarding.act, second).outcome == "GRANT"
    first = awarding.settling.examine(awarding.act, first)
    with pytest.raises(UnusableError, match="was made of these credentials before"):
        awarding.settling.rule(awarding.act, first, GRANT)
    assert len(issued(awarding)) == 2


def test_what_another_award_has_spent_is_not_counted(awarding: TestDesk) -> None:
    exclusive = RULE.replace('"certificate"', '"other"') + '\n[[constraints]]\nid = "own"\n'
    offer(awarding, exclusive + 'type = "exclusive_use"\n')
    awarding.settling.settle(awarding.act, applied(awarding, piece("one"), piece("two")))
    offer(awarding)
    case = applied(awarding, piece("one"), piece("two"))
    assert case.proposed == "REFUSE"
    reasons = {code for one in told(awarding, case)["excluded"] for code in one["reasons"]}
    assert reasons == {"LOT_REDEEMED"}
    with pytest.raises(UnusableError, match="do not add up"):
        awarding.settling.rule(awarding.act, case, GRANT)
    case = awarding.settling.settle(awarding.act, case)
    assert b"total: 40 missing" in awarding.settling.register.case(case.id)[0].payload


def test_a_second_person_confirms_where_the_office_says_so(awarding: TestDesk) -> None:
    offer(awarding, is_read_over=True)
    ana = awarding.browser(awarding.person(Role.REGISTRAR, Role.SECOND_READER))
    ben = awarding.browser(awarding.person(Role.SECOND_READER, name="Ben Bird"))
    case = applied(awarding, piece("one"), piece("two"))
    at = f"/desk/cases/{case.id}"
    assert ana.post(f"{at}/settle", version=case.version).status_code == 303
    case = awarding.get(case)
    assert (case.state, issued(awarding)) == (State.SECOND_READING, [])
    assert "Ana Arai has put into force what the policy proposes" in ben.get(at)
    assert ana.post(f"{at}/confirm", version=case.version).status_code == 409
    assert ben.post(f"{at}/send-back", version=case.version, remark="Look.").status_code == 303
    assert awarding.get(case).state is State.NEW
    assert "Look." in ana.get(at)
    assert ana.post(f"{at}/settle", version=awarding.get(case).version).status_code == 303
    assert ben.post(f"{at}/confirm", version=awarding.get(case).version).status_code == 303
    assert (awarding.get(case).state, len(issued(awarding))) == (State.DECIDED, 1)


def test_what_changes_before_the_second_person_confirms_is_shown_to_them(
    awarding: TestDesk,
) -> None:
    offer(awarding, is_read_over=True)
    case = applied(awarding, piece("one"), piece("two"))
    waiting = awarding.settling.settle(awarding.act, case)
    offer(awarding, HARDER, is_read_over=True)
    other = replace(awarding.act, actor="user:other")
    with pytest.raises(ConflictError, match="look again"):
        awarding.settling.confirm(other, waiting, "Ben")
    with pytest.raises(ConflictError):
        awarding.settling.confirm(other, waiting, "Ben")
    assert not issued(awarding)


@pytest.mark.parametrize("rule", [EASIER, HARDER])
def test_a_second_person_confirms_nothing_that_the_first_has_not_seen(
    awarding: TestDesk, rule: str
) -> None:
    offer(awarding, is_read_over=True)
    case = applied(awarding, piece("one"), piece("two"))
    awarding.settling.settle(awarding.act, case)
    offer(awarding, rule, is_read_over=True)
    other = replace(awarding.act, actor="user:other")
    changed = awarding.settling.examine(awarding.act, awarding.get(case))
    # Another award, or its refusal: by themselves they would decide it alone.
    with pytest.raises(ConflictError, match="Send it back"):
        awarding.settling.confirm(other, changed, "Ben")
    assert issued(awarding) == []
    assert awarding.settling.register.case(case.id) == ()
    back = awarding.settling.send_back(other, changed, "The rule is another one now.")
    assert awarding.settling.settle(awarding.act, back).state is not State.NEW


def test_a_ruling_is_confirmed_for_the_award_that_its_assessor_has_seen(awarding: TestDesk) -> None:
    offer(awarding, is_read_over=True, gates=OVERLAP)
    case = awarding.settling.settle(awarding.act, applied(awarding, piece("one"), piece("two")))
    awarding.settling.rule(awarding.act, case, GRANT)
    offer(awarding, EASIER, is_read_over=True, gates=OVERLAP)
    other = replace(awarding.act, actor="user:other")
    changed = awarding.settling.examine(awarding.act, awarding.get(case))
    with pytest.raises(ConflictError, match="Send it back"):
        awarding.settling.confirm(other, changed, "Ben")
    assert issued(awarding) == []


def test_who_waited_for_somebody_else_to_issue_an_award_signs_no_second_one(
    awarding: TestDesk,
) -> None:
    case = applied(awarding, piece("one"), piece("two"))
    awarding.settling.settle(awarding.act, case)
    given = awarding.settling.register.statuses.of(case.id)
    with pytest.raises(ChangedMeanwhileError):
        awarding.settling.settle(replace(awarding.act, actor="user:other"), case)
    assert awarding.settling.register.statuses.of(case.id) == given


def test_a_referred_award_is_granted_by_an_assessor_and_read_over(awarding: TestDesk) -> None:
    offer(awarding, is_read_over=True, gates=OVERLAP)
    case = awarding.settling.settle(awarding.act, applied(awarding, piece("one"), piece("two")))
    assert (case.state, issued(awarding)) == (State.REFERRED, [])
    waiting = awarding.settling.rule(awarding.act, case, GRANT)
    assert waiting.state is State.SECOND_READING
    other = replace(awarding.act, actor="user:other")
    case = awarding.settling.confirm(other, waiting, "Ben")
    assert (case.outcome, len(issued(awarding))) == ("GRANT", 1)
    last = awarding.settling.register.case(case.id)[-1]
    assert b'"secondReader":"Ben"' in last.payload


def test_a_gate_that_fails_refuses_an_award_that_adds_up(awarding: TestDesk) -> None:
    offer(awarding, gates=FAILS)
    case = awarding.settling.settle(awarding.act, applied(awarding, piece("one"), piece("two")))
    assert (case.outcome, issued(awarding)) == ("REFUSE", [])


def test_a_corrected_decision_withdraws_its_award_and_frees_the_credit(
    awarding: TestDesk,
) -> None:
    case = awarding.settling.settle(awarding.act, applied(awarding, piece("one"), piece("two")))
    award = award_of(awarding, case)
    case = awarding.settling.rule(awarding.act, case, REFUSAL)
    listed = json.loads(awarding.numbered(1).data)
    documents = {listed["id"]: listed}
    assert codes(check(award, documents, registers=registers(), now=NOW)) >= {"REVOKED"}
    assert read_ledger(ledger_of(awarding)) == ()
    again = applied(awarding, piece("one"), piece("two"))
    assert awarding.settling.settle(awarding.act, again).outcome == "GRANT"


def test_whoever_was_stopped_after_recording_does_the_same_again(
    awarding: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = applied(awarding, piece("one"), piece("two"))

    def stopped(*_what: Any, **_how: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(awarding.store.cases), "change", stopped)
        with pytest.raises(KeyboardInterrupt):
            awarding.settling.settle(awarding.act, case)
    assert len(awarding.settling.register.case(case.id)) == 1
    case = awarding.settling.settle(awarding.act, awarding.get(case))
    assert len(awarding.settling.register.case(case.id)) == 1
    assert len(issued(awarding)) == 1
    assert len(set(read_ledger(ledger_of(awarding)))) == len(read_ledger(ledger_of(awarding)))


def test_an_award_that_its_issuer_would_refuse_is_told_before_anybody_decides(
    awarding: TestDesk,
) -> None:
    offer(awarding, says={**STATEMENT, "credits": {"unit": "NZQCF", "amount": "400"}})
    case = applied(awarding, piece("one"), piece("two"))
    found = awarding.store.cases.examination(case.id)
    assert found is not None
    assert found["problem"]["code"] == "AWARD_NOT_ISSUABLE"
    assert awarding.settling.register.case(case.id) == ()


def test_a_rule_of_another_institution_awards_nothing_here(awarding: TestDesk) -> None:
    offer(awarding, RULE.replace("source", 'institution = "did:example:other"\nsource'))
    case = applied(awarding, piece("one"), piece("two"))
    with pytest.raises(UnusableError, match="signed by"):
        awarding.settling.settle(awarding.act, case)


def test_a_batch_leaves_awards_to_people(awarding: TestDesk) -> None:
    case = applied(awarding, piece("one"), piece("two"))
    batch = awarding.store.batches.begin(awarding.act, "certificate")
    run_batch(awarding.services(), batch.id, Act("test", NOW))
    assert awarding.get(case).state is State.NEW
    assert awarding.store.batches.left(batch.id) == ((case.id, "left", "AWARD_BY_PERSON"),)


def test_learner_and_wallet_are_handed_the_award_until_it_is_withdrawn(
    awarding: TestDesk,
) -> None:
    documents = (Document("one", piece("one")), Document("two", piece("two")))
    case, secret = awarding.store.cases.receive(
        awarding.act, NewCase("certificate", documents, CameBy.UPLOAD, contact="mere@example.com")
    )
    case = awarding.settling.examine(awarding.act, case)
    client, at = awarding.browser().client, f"/apply/follow/{secret}"
    asked = {"Accept": "application/json"}
    assert client.get(f"{at}/award.json").status_code == 404
    case = awarding.settling.settle(awarding.act, case)
    said = client.get(at, headers=asked).json
    assert said["award"] == f"http://localhost{at}/award.json"
    assert client.get(f"{at}/award.json").json == award_of(awarding, case)
    page = awarding.browser().get(at)
    assert "The award “Certificate” was issued to you." in page
    assert "Download the award" in page
    awarding.settling.rule(awarding.act, case, REFUSAL)
    assert "award" not in client.get(at, headers=asked).json
    assert client.get(f"{at}/award.json").status_code == 404


def test_the_rule_of_an_award_is_published_as_the_office_adopted_it(awarding: TestDesk) -> None:
    client = awarding.browser().client
    offers = client.get("/apply/", headers={"Accept": "application/json"}).json["offers"]
    (told_of,) = [one["award"] for one in offers if "award" in one]
    assert told_of["edition"] == "2026"
    rule = client.get(told_of["rule"].removeprefix("http://localhost"))
    assert rule.text == RULE
    assert told_of["ruleDigest"] in json.dumps(
        told(awarding, applied(awarding, piece("one"), piece("two")))
    )
    assert client.get("/apply/awards/weld101/rule.toml").status_code == 404


def test_saving_an_award_is_written_down(awarding: TestDesk) -> None:
    case = awarding.settling.settle(awarding.act, applied(awarding, piece("one"), piece("two")))
    browser = awarding.browser(awarding.person(Role.AUDITOR))
    answer = browser.client.get(f"/desk/cases/{case.id}/awards/1")
    assert json.loads(answer.data) == award_of(awarding, case)
    assert browser.client.get(f"/desk/cases/{case.id}/awards/2").status_code == 404
    assert awarding.store.office.about(case.id)[-1].kind == "award.viewed"


def test_erasing_a_learner_takes_the_copy_of_the_award(awarding: TestDesk) -> None:
    case = awarding.settling.settle(awarding.act, applied(awarding, piece("one"), piece("two")))
    awarding.store.cases.erase(awarding.act, case.id)
    assert not issued(awarding)


def test_two_people_on_one_award_see_each_other_and_one_of_them_issues(
    awarding: TestDesk,
) -> None:
    case = applied(awarding, piece("one"), piece("two"))
    ana = awarding.browser(awarding.person(Role.REGISTRAR))
    ben = awarding.browser(awarding.person(Role.REGISTRAR, name="Ben Bird"))
    at, form = f"/desk/cases/{case.id}", {"version": case.version}
    ana.get(at)
    assert "Ana Arai is looking at this case, too" in ben.get(at)
    assert ana.post(f"{at}/settle", **form).status_code == 303
    answer = ben.post(f"{at}/settle", **form)
    assert answer.status_code == 409
    assert "Somebody else was faster" in answer.text
    assert len(issued(awarding)) == 1


def test_a_forged_credential_is_left_out_and_said_to_be(awarding: TestDesk) -> None:
    forged = json.loads(piece("two"))
    forged["credentialSubject"]["creditsEarned"] = 400
    case = applied(awarding, piece("one"), json.dumps(forged).encode())
    assert told(awarding, case)["outcome"] == "NOT_YET"
    ((name, code),) = told(awarding, case)["left_out"]
    assert (name, code) == ("two", "SIGNATURE_INVALID")
    assert case.proposed == "REFUSE"


def test_settling_anew_after_facts_were_stated_issues_the_award(awarding: TestDesk) -> None:
    offer(awarding, gates=OVERLAP)
    case = awarding.settling.settle(awarding.act, applied(awarding, piece("one"), piece("two")))
    cases = awarding.store.cases
    case = cases.state_fact(awarding.act, case.id, case.version, "overlap", "4/5", "Ana")
    case = awarding.settling.examine(awarding.act, case)
    case = awarding.settling.settle(awarding.act, case, Superseding("Ana", "Compared."))
    assert (case.outcome, len(issued(awarding))) == ("GRANT", 1)


def test_an_appeal_is_taken_and_dismissed_after_what_it_is_about_is_offered_no_more(
    awarding: TestDesk,
) -> None:
    case = awarding.settling.settle(awarding.act, applied(awarding, piece("one"), piece("two")))
    del awarding.offers["certificate"]
    case = awarding.settling.appeal(awarding.act, case, "Mere", "The level is another one.")
    with pytest.raises(UnusableError, match="offered no more"):
        awarding.settling.rule(awarding.act, case, REFUSAL)
    case = awarding.settling.dismiss(awarding.act, case, "Board", "It is not.")
    assert (case.state, case.outcome) == (State.DECIDED, "GRANT")


def test_a_ledger_that_cannot_be_written_is_told_and_the_same_is_done_again(
    awarding: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = applied(awarding, piece("one"), piece("two"))
    browser = awarding.browser(awarding.person(Role.REGISTRAR))

    def full(*_given: Any) -> None:
        raise CommandError("/somewhere/ledger.json cannot be written: No space left on device.")

    with monkeypatch.context() as patch:
        patch.setattr(desk_awards, "write_ledger", full)
        answer = browser.post(f"/desk/cases/{case.id}/settle", version=case.version)
    assert answer.status_code == 409
    assert "LEDGER_UNUSABLE" in answer.text
    assert "/somewhere" not in answer.text
    answer = browser.post(f"/desk/cases/{case.id}/settle", version=case.version)
    assert answer.status_code == 303
    assert len(awarding.settling.register.case(case.id)) == len(issued(awarding)) == 1


def test_a_ledger_that_is_none_is_told_as_the_problem_of_a_case(awarding: TestDesk) -> None:
    ledger_of(awarding).write_text("{}")
    case = applied(awarding, piece("one"), piece("two"))
    found = awarding.store.cases.examination(case.id)
    assert found is not None
    assert found["problem"]["code"] == "LEDGER_UNUSABLE"
    ledger_of(awarding).unlink()
    ledger_of(awarding).parent.joinpath(".lock").mkdir()
    with pytest.raises(UnusableError) as refused:
        awarding.settling.settle(awarding.act, case)
    assert refused.value.code == "LEDGER_UNUSABLE"
