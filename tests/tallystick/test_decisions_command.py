"""Decisions that are recorded: once each, superseded by name, overseen and replayed."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

import schemas
from credentials.errors import TallystickError
from credentials.strict_json import parse_json, serialize_json
from recognition.deciding.decide import decide
from recognition.deciding.replaying import replay
from recognition.errors import RecognitionError
from recognition.register_of_decisions import CaseDecidedError, Decision, EntryKind
from recognition.registered_case import RegisteredCase
from tallystick import composition, decide_command, verifying
from tallystick.files import CommandError
from tallystick.recognise_command import recognise
from tests.databases import sqlite_copy
from tests.factories import NOW, sign
from tests.processes import PROCESSES
from tests.project import ROOT
from tests.recognition.decision_factories import payload, source
from tests.recognition.factories import course_of, gate, inputs, policy_text
from tests.soak import repetitions
from tests.tallystick.office import OVERLAP, READY, Office, decide_until_killed

KILLS = repetitions(5, soak=100)
LONGEST_LIFE = 0.4
"""Seconds of deciding: some processes die during their first case, some after several."""

LONGEST_START = 120
"""Seconds that a process may take to begin."""


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(verifying, "now", lambda: NOW)
    office = Office.furnished(tmp_path, sqlite_copy(tmp_path / "decisions.sqlite"))
    office.adopt()
    yield office
    office.close()


def code_of(told: Result) -> str:
    assert isinstance(told.exception, TallystickError), told.output
    return told.exception.code


def payload_of(office: Office, name: str) -> bytes:
    document = parse_json((office.folder / name).read_bytes())
    [evidence] = document["evidence"]
    return str(evidence["decisionPayload"]).encode()


def test_what_is_signed_is_what_is_recorded(office: Office) -> None:
    told = office.signed("case-1", "--facts", "facts.toml")
    assert told.exit_code == 0, told.exception
    assert "Recorded 2026-11-23T00:00:00Z: entry 1, sha256:" in told.stdout
    [entry] = office.entries()
    assert (entry.kind, entry.case_id, entry.revision) == (EntryKind.DECISION, "case-1", 1)
    assert payload_of(office, "case-1.json") == entry.payload == replay(entry.inputs)


def test_a_register_in_postgresql_takes_decisions_too(office: Office, postgresql_url: str) -> None:
    office.url = postgresql_url.replace("postgresql:", "postgresql+psycopg:")
    assert office.decide("--case", "case-1", "--facts", "facts.toml").exit_code == 0
    assert office.run("recognise", "replay", "--workers", "2").exit_code == 0


def test_every_command_about_recorded_cases_is_documented() -> None:
    text = (ROOT / "docs" / "register-of-decisions.md").read_text(encoding="utf-8")
    names = set(recognise.commands) - {"decide", "policy", "suggest", "verify"}
    assert {name for name in names if f"tallystick recognise {name}" not in text} == set()


def test_who_asks_again_another_day_gets_the_decision_that_stands(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = office.signed("case-1", "--facts", "facts.toml", "--json")
    before = payload_of(office, "case-1.json")
    office.decide("--case", "case-2", "--facts", "facts.toml")
    monkeypatch.setattr(verifying, "now", lambda: NOW + timedelta(days=3))
    again = office.signed("case-1", "--facts", "facts.toml", "--json")
    assert json.loads(again.stdout) == json.loads(first.stdout)
    assert "entry 1" in again.stderr
    assert payload_of(office, "case-1.json") == before
    assert len(office.entries()) == 2


def test_a_case_that_somebody_else_decided_is_told_with_its_entry(office: Office) -> None:
    office.decide("--case", "case-1", "--facts", "facts.toml")
    told = office.signed("case-1")
    assert told.exit_code == 1
    assert isinstance(told.exception, CaseDecidedError)
    assert told.exception.entry_id == office.entries()[0].id
    assert not (office.folder / "case-1.json").exists()
    assert len(office.entries()) == 1


def test_of_two_who_decide_at_once_one_wins(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one signs, is told on recording, and its signature is never released."""
    sign_decision = composition.sign_decision

    def slowly(*arguments: Any) -> Any:
        monkeypatch.setattr(composition, "sign_decision", sign_decision)
        assert office.decide("--case", "case-1", "--facts", "facts.toml").exit_code == 0
        return sign_decision(*arguments)

    monkeypatch.setattr(composition, "sign_decision", slowly)
    told = office.signed("case-1")
    assert code_of(told) == "CASE_DECIDED"
    assert not (office.folder / "case-1.json").exists()
    assert [json.loads(one.payload)["outcome"] for one in office.entries()] == ["GRANT"]


def test_what_fails_before_recording_leaves_nothing(office: Office) -> None:
    other = office.run("keys", "new", "other").stdout.split("\n")[0].removeprefix("key:").strip()
    told = office.decide("--case", "case-1", "--key", other, "--out", "decision.json")
    assert code_of(told) == "NOT_MANDATED"
    assert office.run("recognise", "cases").stdout == ""


def test_what_fails_after_recording_is_released_by_the_same_call(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path, _data: bytes) -> None:
        raise CommandError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(decide_command, "write_output", full)
        assert office.signed("case-1", "--facts", "facts.toml").exit_code == 1
    [entry] = office.entries()
    monkeypatch.setattr(verifying, "now", lambda: NOW + timedelta(days=1))
    assert office.signed("case-1", "--facts", "facts.toml").exit_code == 0
    assert office.entries() == [entry]
    assert payload_of(office, "case-1.json") == entry.payload


def test_an_assessor_settles_what_was_referred_and_nobody_after_that(office: Office) -> None:
    office.adopt(gates=OVERLAP)
    assert office.decide("--case", "case-1").exit_code == 2
    ruled = office.decide("--case", "case-1", "--ruling", "ana.toml")
    assert ruled.exit_code == 0, ruled.exception
    again = office.decide("--case", "case-1", "--ruling", "ana.toml")
    assert again.exit_code == 0
    assert again.stdout.splitlines()[:3] == ruled.stdout.splitlines()[:3]
    late = office.decide("--case", "case-1", "--ruling", "ben.toml")
    referred, settled = office.entries()
    assert isinstance(late.exception, CaseDecidedError)
    assert late.exception.entry_id == settled.id
    assert (settled.kind, settled.revision) == (EntryKind.SUPERSESSION, 2)
    assert parse_json(settled.statement) == {
        "because": "correction",
        "by": "assessor:ana",
        "reason": "Looked at the course.",
        "supersedes": referred.id,
    }


def test_a_correction_says_by_whom_and_why(office: Office) -> None:
    office.decide("--case", "case-1")
    by = ("--by", "registrar", "--reason", "The accreditation was found.")
    for _time in range(2):
        told = office.decide("--case", "case-1", "--facts", "facts.toml", *by)
        assert told.exit_code == 0, told.exception
    worse = office.decide("--case", "case-1", "--by", "registrar", "--reason", "It was another's.")
    assert worse.exit_code == 2
    outcomes = [json.loads(one.payload)["outcome"] for one in office.entries()]
    assert outcomes == ["REFER", "GRANT", "REFER"]


def listing(office: Office) -> None:
    """Make a status list in the database of the register."""
    url, key = "https://registrar.example/status/1", ("--key", office.registrar_uri)
    where = ("--status-ledger", office.url)
    told = office.run("status", "new", "withdrawals", "--url", url, *key, *where)
    assert told.exit_code == 0, told.exception
    office.write("map.json", json.dumps({url: "list.json"}))


def verified(office: Office, name: str) -> Result:
    """Publish the list, and verify a signed decision by it."""
    key = ("--key", office.registrar_uri, "--out", "list.json")
    told = office.run("status", "publish", "withdrawals", *key, "--status-ledger", office.url)
    assert told.exit_code == 0, told.exception
    trust = ("--trust", "trust.json", "--resolver-map", "map.json")
    return office.run("recognise", "verify", name, "badge.json", *trust)


def test_a_recorded_decision_is_withdrawn_by_what_supersedes_it(office: Office) -> None:
    office.decide("--case", "case-0")
    listing(office)
    with_list = ("--status", "withdrawals", "--status-ledger", office.url)
    assert office.signed("case-1", *with_list).exit_code == 2
    (office.folder / "case-1.json").rename(office.folder / "former.json")
    assert "It has no status" not in office.signed("case-1", *with_list).stdout
    assert verified(office, "former.json").exit_code == 0
    by = ("--by", "registrar", "--reason", "The accreditation was found.")
    told = office.signed("case-1", "--facts", "facts.toml", *by, "--status", "withdrawals")
    assert told.exit_code == 0, told.exception
    assert "REVOKED" in str(verified(office, "former.json").exception)
    assert verified(office, "case-1.json").exit_code == 0
    replayed = office.run("recognise", "replay")
    assert "IDENTICAL. 3 decisions" in replayed.stdout


def test_a_decision_without_a_status_says_so(office: Office) -> None:
    told = office.signed("case-1", "--facts", "facts.toml")
    assert "It has no status, so it cannot be withdrawn" in told.stdout
    told = office.signed("case-1", "--facts", "facts.toml", "--json")
    assert "It has no status" in told.stderr
    json.loads(told.stdout)


def test_the_list_of_a_recorded_decision_is_in_the_database_of_its_register(
    office: Office,
) -> None:
    elsewhere = ("--status", "withdrawals", "--status-ledger", "sqlite:///elsewhere.sqlite")
    told = office.signed("case-1", *elsewhere)
    assert told.exit_code == 2
    assert "in the database of its register" in told.output
    assert code_of(office.signed("case-1", "--status", "withdrawals")) == "STATUS_LIST_UNKNOWN"
    assert office.entries() == []


def test_a_late_appeal_needs_a_written_reason(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.decide("--case", "case-1", "--facts", "facts.toml")
    monkeypatch.setattr(verifying, "now", lambda: NOW + timedelta(days=60))
    assert code_of(appealed(office)) == "APPEAL_LATE"
    told = appealed(office, "--late-because", "The letter came back.")
    assert told.exit_code == 0, told.exception


def test_precedents_are_found_in_the_register(office: Office) -> None:
    office.adopt(gates=OVERLAP)
    office.decide("--case", "case-1", "--ruling", "ana.toml")
    told = office.decide("--case", "case-2", "--json")
    assert told.exit_code == 0, told.exception
    payload = json.loads(told.stdout)
    assert (payload["class"], payload["precedent"]) == ("precedent", office.entries()[0].id)
    assert json.loads(office.decide("--json").stdout)["class"] == "precedent"
    assert len(office.entries()) == 2


def test_a_case_that_the_policy_decides_itself_looks_for_no_precedent(office: Office) -> None:
    for number in range(2):
        office.decide("--case", f"case-{number}", "--facts", "facts.toml")
    assert [parse_json(one.inputs)["precedents"] for one in office.entries()] == [[], []]


def test_many_decisions_alike_are_one_precedent(office: Office) -> None:
    office.adopt(gates=OVERLAP)
    for number in range(3):
        told = office.decide("--case", f"case-{number}", "--ruling", "ben.toml")
        assert told.exit_code == 1, told.exception
    office.decide("--case", "case-3")
    *earlier, last = office.entries()
    assert [one["id"] for one in parse_json(last.inputs)["precedents"]] == [earlier[-1].id]


@pytest.mark.parametrize("happens", ["appealed", "superseded", "contradicted"])
def test_a_precedent_that_does_not_stand_is_not_repeated(office: Office, happens: str) -> None:
    office.adopt(gates=OVERLAP)
    office.decide("--case", "case-1", "--ruling", "ana.toml")
    match happens:
        case "appealed":
            office.run("recognise", "appeal", "case-1", "--by", "x", "--grounds", "Too little.")
        case "superseded":
            by = ("--by", "registrar", "--reason", "Read again.")
            office.decide("--case", "case-1", "--ruling", "ben.toml", *by)
        case "contradicted":
            office.decide("--case", "case-2", "--ruling", "ben.toml")
    told = office.decide("--case", "case-3", "--json")
    reasons = {
        "appealed": "PRECEDENT_NOT_ALLOWED",
        "superseded": "PRECEDENT_REFUSED",
        "contradicted": "PRECEDENTS_CONFLICT",
    }
    assert reasons[happens] in json.loads(told.stdout)["reasons"]
    assert told.exit_code == 2


def appealed(office: Office, *more: str) -> Result:
    options = ("--by", "did:key:zLearner", "--grounds", "The hours were misread.")
    return office.run("recognise", "appeal", "case-1", *options, *more)


def test_an_upheld_appeal_supersedes_the_decision(office: Office) -> None:
    office.adopt(gates=OVERLAP)
    office.decide("--case", "case-1", "--ruling", "ben.toml")
    assert [appealed(office).exit_code for _time in range(2)] == [0, 0]
    same = office.decide("--case", "case-1", "--ruling", "ben.toml", "--by", "b", "--reason", "r")
    assert code_of(same) == "APPEAL_CHANGES_NOTHING"
    told = office.decide("--case", "case-1", "--ruling", "ana.toml")
    assert told.exit_code == 0, told.exception
    kinds = [one.kind for one in office.entries()]
    assert kinds == [EntryKind.DECISION, EntryKind.APPEAL, EntryKind.SUPERSESSION]
    assert parse_json(office.entries()[-1].statement)["because"] == "appeal-upheld"


def test_a_dismissed_appeal_leaves_the_decision(office: Office) -> None:
    office.decide("--case", "case-1", "--facts", "facts.toml")
    appealed(office)
    assert "under appeal" in office.run("recognise", "cases", "--open").stdout
    dismiss = ("recognise", "dismiss", "case-1", "--by", "board", "--reason", "They were not.")
    assert [office.run(*dismiss).exit_code for _time in range(2)] == [0, 0]
    first, _appeal, last = office.entries()
    assert (last.payload, last.inputs) == (first.payload, first.inputs)
    assert parse_json(last.statement)["because"] == "appeal-dismissed"
    assert office.run("recognise", "cases", "--open").stdout == ""
    office.decide("--case", "case-2", "--facts", "facts.toml")
    told = office.run("recognise", "dismiss", "case-2", "--by", "board", "--reason", "No.")
    assert code_of(told) == "NO_APPEAL"


def test_cases_are_listed_as_they_stand(office: Office) -> None:
    office.decide("--case", "case-1", "--facts", "facts.toml")
    office.decide("--case", "case-2")
    mark = ("--by", "carla", "--outcome", "REFUSE", "--remark", "Too short.")
    assert office.run("recognise", "review", "case-1", *mark).exit_code == 0
    told = office.run("recognise", "cases").stdout.splitlines()
    assert told[0] == "case-1: GRANT (automatic), decision 1 of 2026-11-23, 1 review marks"
    open_ones = json.loads(office.run("recognise", "cases", "--open", "--json").stdout)
    assert [one["case"] for one in open_ones] == ["case-2"]
    assert "no case case-9" in str(office.run("recognise", "review", "case-9", *mark).exception)


def test_a_kept_checkpoint_shows_what_was_changed(office: Office) -> None:
    office.decide("--case", "case-1", "--facts", "facts.toml")
    kept = office.run("recognise", "checkpoint").stdout
    office.write("kept.json", kept)
    office.decide("--case", "case-2")
    checked = office.run("recognise", "checkpoint", "--expect", "kept.json")
    assert (checked.exit_code, json.loads(checked.stdout)["count"]) == (0, 2)
    with sqlite3.connect(office.folder / "decisions.sqlite") as database:
        database.execute("DROP TRIGGER decision_entries_no_update")
        database.execute("UPDATE decision_entries SET case_id = 'case-7' WHERE sequence = 1")
    assert (
        code_of(office.run("recognise", "checkpoint", "--expect", "kept.json")) == "ENTRY_CHANGED"
    )
    for other in ("[]", '{"count": 1}', '{"count": -1, "head": "00"}', '{"count": 1, "head": 5}'):
        office.write("kept.json", other)
        told = office.run("recognise", "checkpoint", "--expect", "kept.json")
        assert isinstance(told.exception, CommandError)


def test_a_register_comes_out_again_byte_for_byte(office: Office) -> None:
    office.decide("--case", "case-1", "--facts", "facts.toml")
    office.decide("--case", "case-2")
    told = office.run("recognise", "replay", "--workers", "2", "--progress")
    assert (told.exit_code, told.stdout) == (
        0,
        "IDENTICAL. 2 decisions came out again, byte for byte.\n",
    )
    assert "2 of 2 (100 %)" in told.stderr
    assert office.run("recognise", "replay", "--workers", "1").stderr == ""


def test_a_decision_that_does_not_come_out_again_is_named(office: Office) -> None:
    office.decide("--case", "case-1", "--facts", "facts.toml")
    [entry] = office.entries()
    changed = entry.inputs.replace(b'"decidedOn":"2026-11-23"', b'"decidedOn":"2026-11-22"')
    with sqlite3.connect(office.folder / "decisions.sqlite") as database:
        database.execute("DROP TRIGGER decision_entries_no_update")
        database.execute("UPDATE decision_entries SET inputs = ?", (changed,))
    told = office.run("recognise", "replay", "--workers", "1")
    assert told.exit_code == 1
    assert "case-1 (decision 1): GRANT to GRANT: appeal, decidedOn, validUntil" in told.stdout
    found = json.loads(office.run("recognise", "replay", "--workers", "1", "--json").stdout)
    assert found["differences"][0]["members"]["decidedOn"] == {
        "from": "2026-11-23",
        "to": "2026-11-22",
    }


def test_a_recorded_decision_that_does_not_come_out_again_is_not_signed_again(
    office: Office,
) -> None:
    office.decide("--case", "case-1", "--facts", "facts.toml")
    with sqlite3.connect(office.folder / "decisions.sqlite") as database:
        database.execute("DROP TRIGGER decision_entries_no_update")
        changed = office.entries()[0].payload.replace(b'"amount":"20"', b'"amount":"90"')
        database.execute("UPDATE decision_entries SET payload = ?", (changed,))
    told = office.signed("case-1", "--facts", "facts.toml")
    assert code_of(told) == "PAYLOAD_DIFFERS"
    assert not (office.folder / "case-1.json").exists()


def test_what_does_not_come_out_of_its_inputs_is_not_recorded(office: Office) -> None:
    case = RegisteredCase.open(office.register(), "case-1")
    decision = decide(inputs())
    changed = replace(decision, payload={**decision.payload, "reasons": ["NONE"]})
    with pytest.raises(RecognitionError) as caught:
        case.record(changed, recorded_at=NOW)
    assert caught.value.code == "PAYLOAD_DIFFERS"
    assert office.entries() == []


def test_a_draft_is_tried_on_past_decisions_and_changes_none(office: Office) -> None:
    office.decide("--case", "case-1", "--facts", "facts.toml")
    office.decide("--case", "case-2")
    before = office.entries()
    office.write("draft.toml", office.policy_text(gates=[gate("kind_in", accept=["Degree"])]))
    told = office.run("recognise", "replay", "--policy", "draft.toml", "--workers", "2")
    assert told.exit_code == 1, told.exception
    assert told.stdout.splitlines()[:3] == [
        "2 of 2 decisions in force would be others:",
        "  1 from GRANT to REFUSE",
        "  1 from REFER to REFUSE",
    ]
    office.write("draft.toml", office.policy_text(appeal={"days": 60, "body": "Board"}))
    same = office.run("recognise", "replay", "--policy", "draft.toml", "--workers", "1")
    assert (same.exit_code, same.stdout) == (
        0,
        "NO CHANGE. 2 decisions in force would be the same.\n",
    )
    assert office.entries() == before


def test_a_draft_that_decides_what_was_ruled_is_no_difference(office: Office) -> None:
    office.adopt(gates=OVERLAP)
    office.decide("--case", "case-1", "--ruling", "ana.toml")
    office.write("draft.toml", office.policy_text(gates=[gate("hours_min", min="1")]))
    told = office.run("recognise", "replay", "--policy", "draft.toml", "--workers", "1")
    assert (told.exit_code, told.exception) == (0, None)


def test_a_draft_that_contradicts_the_registers_is_refused(office: Office) -> None:
    office.decide("--case", "case-1")
    office.write("draft.toml", office.policy_text(unit="gold"))
    told = office.run("recognise", "replay", "--policy", "draft.toml")
    assert code_of(told) == "POLICY_CONTRADICTS_REGISTER"


def test_a_new_edition_is_tried_on_past_decisions(office: Office) -> None:
    """An authority signs the register, in which level 5 has become lower elsewhere."""
    office.adopt(gates=[gate("level_min", framework="eu-eqf", level="5")])
    assert office.decide("--case", "case-1").exit_code == 0
    files = dict(schemas.reference_register())
    for name, old, new in (
        ("register.toml", "official = false", "official = true"),
        ("register.toml", "2026-11-24", "2026-11-01"),
        ("nz-nzqcf/map-rows.csv", "nz-eqf,5,5", "nz-eqf,5,4"),
        ("hk-hkqf/map-rows.csv", "hk-eqf,4,5,best-fit", "hk-eqf,4,4; 5,broad"),
    ):
        assert old in files[name]
        files[name] = files[name].replace(old, new)
    for name, text in files.items():
        path = office.folder / "edition" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # An authority signs nothing that it has not verified.
        path.write_text(re.sub(r'(?<=[",])(general-knowledge|derived)(?=[",])', "withheld", text))
    key, authority = office.key("authority")
    believed = {"authorities": [{"id": authority, "frameworks": ["eu-eqf", "nz-nzqcf"]}]}
    office.write("authorities.json", json.dumps(believed))
    signed = office.run("register", "sign", "edition", "--key", key, "--out", "edition.json")
    assert signed.exit_code == 0, signed.exception
    options = ("--register", "edition.json", "--trust", "authorities.json", "--workers", "2")
    told = office.run("recognise", "replay", *options)
    assert told.exit_code == 1, told.exception
    assert "  1 from GRANT to REFUSE" in told.stdout.splitlines()
    assert office.run("recognise", "replay", "--workers", "1").exit_code == 0


def test_the_report_tells_the_senate_and_the_public(office: Office) -> None:
    office.adopt(gates=OVERLAP, sampling={"rate": "1/2", "body": "Senate"})
    office.decide("--case", "case-0", "--ruling", "ana.toml")
    for number in range(1, 6):
        office.write(f"{number}.json", serialize_json(sign(course_of(f"v{number}"))).decode())
        office.decide("--case", f"case-{number}", badge=f"{number}.json")
    office.run("recognise", "review", "case-0", "--by", "carla", "--outcome", "REFUSE")
    office.run("recognise", "review", "case-1", "--by", "carla", "--outcome", "REFER")
    told = office.run("recognise", "report", "--seed", "minutes", "--csv", "figures.csv")
    assert told.exit_code == 0, told.exception
    lines = told.stdout.splitlines()
    assert lines[:2] == ["6 decisions about 6 cases", "Left to a person at first: 5 of 6"]
    assert "  assessor:ana: 0 of 1" in lines
    assert "Agreement with reviewers: Cohen's kappa 1/3, of 2 marked 1/2 agree, 1/4 by chance" in (
        lines
    )
    again = office.run("recognise", "report", "--seed", "minutes", "--json")
    report = json.loads(again.stdout)
    [sample] = report["samples"]
    assert (sample["population"], len(sample["decisions"]), sample["rate"]) == (6, 3, "1/2")
    assert report["figures"]["total"]["outcomes"]["GRANT"] is None
    table = (office.folder / "figures.csv").read_text().splitlines()
    assert table[0] == "figure,name,outcome,number"
    assert "decisions,all,GRANT,withheld" in table
    assert json.loads(office.run("recognise", "report", "--json").stdout)["samples"] == []


def test_what_a_spreadsheet_takes_for_a_formula_is_made_a_text(office: Office) -> None:
    for number in range(5):
        one = payload(applicant=f"did:key:z{number}", sources=[source(field="=1+1")])
        record = Decision(f"case-{number}", one, inputs(policy_text()).to_bytes())
        office.register().record(record, recorded_at=NOW)
    told = office.run("recognise", "report", "--csv", "figures.csv")
    assert told.exit_code == 0, told.exception
    assert "decisions by field,'=1+1,GRANT,5" in (office.folder / "figures.csv").read_text()


@pytest.mark.parametrize(
    "command",
    [
        ("cases",),
        ("checkpoint",),
        ("replay",),
        ("report",),
        ("appeal", "c", "--by", "x", "--grounds", "y"),
    ],
)
def test_only_who_decides_makes_a_register(office: Office, command: tuple[str, ...]) -> None:
    new = office.folder / "new.sqlite"
    office.url = f"sqlite:///{new}"
    assert code_of(office.run("recognise", *command)) == "DATABASE_MISSING"
    assert not new.exists()


def test_who_decides_first_makes_the_register(office: Office) -> None:
    office.url = f"sqlite:///{office.folder / 'new.sqlite'}"
    assert office.decide("--case", "case-1", "--facts", "facts.toml").exit_code == 0
    assert len(office.entries()) == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--key", "file:x", "--out", "x.json"), "--case says as which case"),
        (("--case", "case-1", "--by", "x"), "belong together"),
        (("--by", "x", "--reason", "y"), "give --case"),
    ],
)
def test_a_wrong_call_is_told(office: Office, options: tuple[str, ...], told: str) -> None:
    result = office.decide(*options)
    assert result.exit_code == 2
    assert told in result.stderr


def test_a_case_is_one_of_a_register(office: Office) -> None:
    office.url = ""
    assert "give --decisions" in office.decide("--case", "case-1").stderr


def killed(office: Office, first: int, life: float, *, waits: bool) -> int:
    """Run a process that decides, kill it, and return which case is first next time.

    If it waits, the process is not killed before its first case is done, however slow it is.
    """
    reader, writer = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(
        target=decide_until_killed,
        args=(str(office.folder), office.url, first, writer),
        daemon=True,  # so that none is left behind where this test fails
    )
    process.start()
    writer.close()
    assert reader.poll(LONGEST_START)
    assert reader.recv_bytes() == READY
    assert not waits or reader.poll(LONGEST_START)
    time.sleep(life)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    return max([first, *(number + 1 for number in acknowledged(reader))])


def acknowledged(reader: Connection) -> Iterator[int]:
    """Read what arrived before the end."""
    with reader:
        while True:
            try:
                yield int(reader.recv_bytes())
            except EOFError:
                return


def test_a_killed_office_loses_and_doubles_nothing(office: Office) -> None:
    """What was acknowledged is recorded and signed; nothing is signed that is not recorded."""
    chance, first = random.Random(20261123), 0
    for _kill in range(KILLS):
        life, waits = chance.uniform(0, LONGEST_LIFE), chance.random() < 1 / 2
        first = killed(office, first, life, waits=waits)
    entries = office.entries()
    assert [one.case_id for one in entries] == [f"case-{number}" for number in range(len(entries))]
    # What was recorded last may not have been acknowledged; the same call would tell it again.
    assert first <= len(entries) <= first + 1
    recorded = {one.case_id: one.payload for one in entries}
    released = {path.stem for path in office.folder.glob("case-*.json")}
    assert {f"case-{number}" for number in range(first)} <= released <= recorded.keys()
    for case in released:
        assert payload_of(office, f"{case}.json") == recorded[case]
    assert office.register().check_chain().count == len(entries)
    assert first > KILLS / 4
