"""Awards on the command line: issued, recomputed, and never made of the same credit twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from credentials.strict_json import serialize_json
from tests.factories import ISSUER, sign
from tests.stacking.stacks import component
from tests.tallystick.conftest import Run
from tests.verifier.test_awards import STATEMENT, UNIVERSITY, unsigned_award

RULE = """id = "certificate"
title = "Forty credits"
unit = "nzqcf"
framework = "nz-nzqcf"
family = "certificates"

[[constraints]]
id = "total"
type = "sum"
min = "40"
"""


class Desk:
    """A folder with a key, a rule, a request and three credentials of a learner."""

    def __init__(self, run: Run, folder: Path) -> None:
        self.run, self.folder = run, folder
        made = run("keys", "new", "uni")
        self.key = made.stdout.decode().split()[1]
        self.rule = self.write("rule.toml", RULE)
        self.request = self.write("request.json", json.dumps(STATEMENT))
        self.files = [self.credential(name) for name in ("one", "two", "three")]

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def credential(self, name: str, **changes: Any) -> Path:
        path = self.folder / f"{name}.json"
        path.write_bytes(serialize_json(sign(component(name, **changes))))
        return path

    def award(self, *files: Path, **options: Any) -> Any:
        settings = {
            "request": self.request,
            "key": self.key,
            "out": self.folder / "award.json",
            "record": self.folder / "record.json",
            "ledger": self.folder / "ledger.json",
            **options,
        }
        flags = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return self.run("stack", "award", self.rule, *files, *flags)


@pytest.fixture
def desk(run: Run, tmp_path: Path) -> Desk:
    return Desk(run, tmp_path)


def test_an_award_is_issued_with_its_record_and_recomputed(desk: Desk) -> None:
    told = desk.award(*desk.files[:2])
    assert told.returncode == 0, told.stderr
    for name in ("award.json", "record.json"):
        checked = desk.run("verify", desk.folder / name, "--json")
        assert json.loads(checked.stdout)["verdict"] == "valid", checked.stdout
    recomputed = desk.run("stack", "verify", desk.folder / "record.json", "--json")
    assert recomputed.returncode == 0
    assert json.loads(recomputed.stdout)["verdict"] == "same"
    alone = desk.run("stack", "verify", desk.folder / "award.json", *desk.files)
    assert alone.returncode == 0
    assert b"AS STATED" in alone.stdout


def test_the_same_credit_is_not_spent_twice(desk: Desk) -> None:
    assert desk.award(*desk.files[:2]).returncode == 0
    again = desk.award(*desk.files[:2], out=desk.folder / "again.json")
    assert again.returncode == 0, "the same award may be issued again"
    desk.rule.write_text(RULE.replace('"certificate"', '"diploma"'))
    refused = desk.award(*desk.files, out=desk.folder / "second.json")
    assert refused.returncode == 1
    assert b"NOT_YET" in refused.stderr
    assert not (desk.folder / "second.json").exists()
    ledger = json.loads((desk.folder / "ledger.json").read_text())
    assert {one["award"] for one in ledger["entries"]} == {"certificate"}
    assert ["lot" in one for one in ledger["entries"]] == [True, True, False, False], (
        "each by itself, and by what it states in whatever form"
    )
    planned = desk.run(
        "stack", "plan", desk.rule, *desk.files, "--json", "--ledger", desk.folder / "ledger.json"
    )
    reasons = [one["reasons"] for one in json.loads(planned.stdout)["excluded"]]
    assert reasons == [["LOT_REDEEMED"], ["LOT_REDEEMED"]]


def test_credit_that_is_spelt_otherwise_is_not_spent_twice(desk: Desk) -> None:
    """The order of tags is not signed, so the learner may change it."""
    assert desk.award(*desk.files[:2]).returncode == 0
    for path in desk.files[:2]:
        respelt = json.loads(path.read_text())
        respelt["credentialSubject"]["achievement"]["tag"].reverse()
        path.write_bytes(serialize_json(respelt))
    desk.rule.write_text(RULE.replace('"certificate"', '"diploma"'))
    refused = desk.award(*desk.files[:2], out=desk.folder / "second.json")
    assert refused.returncode == 1
    assert b"LOT_REDEEMED" in refused.stderr


def test_credit_of_a_credential_that_was_signed_anew_is_not_spent_twice(desk: Desk) -> None:
    """With another proof of selective disclosure it has another digest, and the same id."""
    assert desk.award(*desk.files[:2]).returncode == 0
    for path, name in zip(desk.files[:2], ("one", "two"), strict=True):
        path.write_bytes(serialize_json(sign({**component(name), "name": "Signed anew"})))
    desk.rule.write_text(RULE.replace('"certificate"', '"diploma"'))
    refused = desk.award(*desk.files[:2], out=desk.folder / "second.json")
    assert refused.returncode == 1
    assert b"LOT_REDEEMED" in refused.stderr


def test_a_credential_that_is_given_twice_counts_once(desk: Desk) -> None:
    told = desk.award(*desk.files[:2], desk.files[1])
    assert told.returncode == 0, told.stderr
    assert len(json.loads((desk.folder / "award.json").read_text())["evidence"]) == 3


def test_the_institution_of_the_rule_is_the_one_that_awards(desk: Desk) -> None:
    refused = desk.award(*desk.files[:2], institution=ISSUER)
    assert refused.returncode == 1
    assert b"Give --institution did:key:" in refused.stderr
    own = refused.stderr.decode().partition("--institution ")[2].split()[0]
    assert desk.award(*desk.files[:2], institution=own).returncode == 0


def test_what_does_not_add_up_is_not_issued(desk: Desk) -> None:
    refused = desk.award(desk.files[0])
    assert refused.returncode == 1
    assert b"total" in refused.stderr
    left = {path.name for path in desk.folder.iterdir()}
    assert not left & {"award.json", "record.json", "ledger.json"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"credits": {"unit": "NZQCF", "amount": "41"}}, b"CREDITS_NOT_STACKED"),
        ({"credits": {"unit": "ECTS", "amount": "20"}}, b"CREDITS_NOT_STACKED"),
        ({"credits": "40"}, b"REQUEST_MALFORMED"),
        ({"credits": {"unit": "NZQCF"}}, b"REQUEST_MALFORMED"),
        ({"evidence": 5}, b"REQUEST_MALFORMED"),
        ({"evidence": {"name": "x"}}, b"REQUEST_MALFORMED"),
        ({"credential": {"type": ["VerifiableCredential"]}}, b"REQUEST_MALFORMED"),
        ({"awardedDate": 5}, b"DATE_MALFORMED"),
        ({"awardedDate": "2020-01-01T00:00:00Z"}, b"AWARD_ON_OTHER_DAY"),
        ({"achievement": {"name": "x"}}, b"REQUEST_MALFORMED"),
        ({"achievement": 5}, b"REQUEST_MALFORMED"),
        ({"learner": {"id": "did:example:somebody-else"}}, b""),
    ],
)
def test_an_award_says_nothing_that_the_stack_does_not(
    desk: Desk, change: dict[str, Any], said: bytes
) -> None:
    desk.request.write_text(json.dumps({**STATEMENT, **change}))
    told = desk.award(*desk.files[:2])
    assert said in told.stderr
    if said:
        assert told.returncode == 1
        assert not (desk.folder / "ledger.json").exists()
    else:
        award = json.loads((desk.folder / "award.json").read_text())
        assert award["credentialSubject"]["id"] != "did:example:somebody-else"


def test_a_plan_can_be_proven_and_verified_by_somebody_else(desk: Desk) -> None:
    proof = desk.folder / "proof.json"
    planned = desk.run("stack", "plan", desk.rule, desk.files[0], "--proof", proof)
    assert planned.returncode == 1
    assert desk.run("stack", "verify", proof, *desk.files).returncode == 0
    lied = json.loads(proof.read_text())
    lied["constraints"][0]["sum"] = "40"
    told = desk.run("stack", "verify", desk.write("lied.json", json.dumps(lied)), *desk.files)
    assert told.returncode == 1
    assert b'/constraints/0/sum: stated "40", found "20"' in told.stdout


@pytest.mark.parametrize("unit", ["NZQCF", "ECTS"])
def test_an_award_that_states_more_than_its_proof_is_not_as_stated(desk: Desk, unit: str) -> None:
    award = unsigned_award()
    subject = award["credentialSubject"]
    description = subject["achievement"]["resultDescription"][0]
    subject["creditsEarned"] = subject["achievement"]["creditsAvailable"] = 900
    subject["result"][0]["value"] = "900"
    description.update(valueMax="900", requiredValue="900", resultType=f"ext:{unit}Credits")
    path = desk.write("more.json", serialize_json(sign(award, signer=UNIVERSITY)).decode())
    told = desk.run("stack", "verify", path, *desk.files[:2])
    if unit == "NZQCF":
        assert told.returncode == 1
        assert b"NOT AS STATED" in told.stdout
        assert b"AWARD_CREDITS_EXCEED" in told.stdout
    else:
        assert told.returncode == 0
        assert b"AWARD_CREDITS_NOT_COMPARED" in told.stdout


def test_a_component_that_does_not_verify_is_told(desk: Desk) -> None:
    proof = desk.folder / "proof.json"
    desk.run("stack", "plan", desk.rule, *desk.files[:2], "--proof", proof)
    changed = desk.files[0].read_bytes().replace(b'"creditsEarned":20', b'"creditsEarned":30')
    desk.files[0].write_bytes(changed)
    told = desk.run("stack", "verify", proof, *desk.files[:2])
    assert told.returncode == 1
    assert b"one.json does not verify: SIGNATURE_INVALID" in told.stdout


@pytest.mark.parametrize("data", [b"", b"{}", b'{"format":"tallystick-stack-proof/1"}', b"\xff"])
def test_what_is_no_proof_is_told_without_a_traceback(desk: Desk, data: bytes) -> None:
    path = desk.folder / "bad.json"
    path.write_bytes(data)
    told = desk.run("stack", "verify", path, *desk.files)
    assert told.returncode == 1
    assert told.stdout == b""
    assert b"Traceback" not in told.stderr


def test_a_link_to_a_ledger_is_that_ledger(desk: Desk) -> None:
    shelf = desk.folder / "shelf"
    shelf.mkdir()
    link = desk.folder / "ledger.json"
    link.symlink_to(shelf / "ledger.json")
    assert desk.award(*desk.files[:2], ledger=link).returncode == 0
    assert link.is_symlink()
    assert (shelf / ".lock").exists()
    desk.rule.write_text(RULE.replace('"certificate"', '"diploma"'))
    refused = desk.award(*desk.files[:2], ledger=shelf / "ledger.json")
    assert refused.returncode == 1
    assert b"LOT_REDEEMED" in refused.stderr


@pytest.mark.parametrize("options", [("out", "ledger"), ("record", "ledger"), ("out", "record")])
def test_an_award_never_takes_the_place_of_its_ledger_or_record(
    desk: Desk, options: tuple[str, ...]
) -> None:
    path = desk.folder / "one-file.json"
    told = desk.award(*desk.files[:2], **dict.fromkeys(options, path))
    assert (told.returncode, path.exists()) == (64, False)
    assert b"need a file each" in told.stderr


def test_a_ledger_that_is_none_is_refused(desk: Desk) -> None:
    ledger = desk.write("ledger.json", '{"format":"tallystick-ledger/1","entries":[{}]}')
    told = desk.award(*desk.files[:2], ledger=ledger)
    assert told.returncode == 64
    assert b"is no ledger" in told.stderr


def test_credentials_that_name_nobody_need_a_learner(desk: Desk) -> None:
    document = component("mailed")
    salted = {"type": "IdentityObject", "hashed": False, "identityHash": "a@x.example"}
    document["credentialSubject"].pop("id")
    document["credentialSubject"]["identifier"] = [{**salted, "identityType": "emailAddress"}]
    path = desk.folder / "mailed.json"
    path.write_bytes(serialize_json(sign(document)))
    unknown = desk.run("stack", "plan", desk.rule, path, "--json")
    assert json.loads(unknown.stdout)["excluded"][0]["reasons"] == ["SUBJECT_UNKNOWN"]
    known = desk.run("stack", "plan", desk.rule, path, "--json", "--learner", "a@x.example")
    assert json.loads(known.stdout)["excluded"] == []
    other = desk.run("stack", "plan", desk.rule, path, "--json", "--learner", "b@x.example")
    assert json.loads(other.stdout)["excluded"][0]["reasons"] == ["RECIPIENT_MISMATCH"]
    proof = desk.run(
        "stack", "plan", desk.rule, path, "--learner", "a@x.example", "--proof", "p.json"
    )
    assert proof.returncode == 1
    assert b"one learner" in proof.stderr


def test_what_is_missing_is_named_as_the_smallest_piece_of_credit(desk: Desk) -> None:
    told = desk.run("stack", "unlock", desk.rule, desk.files[0])
    assert told.returncode == 0, told.stderr
    assert "total: 20 nzqcf would close it; the award is then AWARD" in told.stdout.decode()
    nothing = desk.run("stack", "unlock", desk.rule, *desk.files)
    assert b"Nothing is missing" in nothing.stdout


def test_each_course_on_offer_is_told_with_what_it_unlocks(desk: Desk) -> None:
    offers = desk.write(
        "offers.toml",
        '[[offers]]\nname = "Small"\namount = "5"\nunit = "nzqcf"\n\n'
        '[[offers]]\nname = "Large"\namount = "20"\nunit = "nzqcf"\n',
    )
    told = desk.run("stack", "unlock", desk.rule, desk.files[0], "--offers", offers)
    lines = told.stdout.decode().splitlines()[1:]
    assert lines == [
        "1. Small: NOT_YET becomes NOT_YET",
        "     total: missing 20, then 15",
        "2. Large: NOT_YET becomes AWARD",
        "     total: missing 20, then nothing",
    ]


@pytest.mark.parametrize("text", ["", "offers = 5", "[[offers]]\nname = 'x'\n", "[["])
def test_offers_that_cannot_be_read_are_a_wrong_call(desk: Desk, text: str) -> None:
    told = desk.run(
        "stack", "unlock", desk.rule, desk.files[0], "--offers", desk.write("o.toml", text)
    )
    assert told.returncode == 64
    assert b"o.toml" in told.stderr
