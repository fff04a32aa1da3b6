"""Recognition on the command line: a policy is signed, cases are decided, anybody decides again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from credentials.strict_json import serialize_json
from tests.factories import sign, unsigned
from tests.recognition.factories import gate, policy_text
from tests.recognition.test_preparing import COURSE
from tests.tallystick.conftest import Run

TARGET = """component = "WELD101"
amount = "20"
unit = "nzqcf"
level = { framework = "nz-nzqcf", code = "5" }
"""
FACTS = """[[facts]]
name = "accredited"
value = true
established_by = "assessor:ana"
"""
RULING = """assessor = "assessor:ana"
outcome = "GRANT"
reason = "Known to the department."
"""


class Office:
    """A Senate, a registrar, a badge, and what they wrote to files."""

    def __init__(self, run: Run, folder: Path) -> None:
        self.run, self.folder = run, folder
        self.senate, self.registrar = self.key("senate"), self.key("registrar")
        self.write("trust.json", json.dumps({"adopters": [{"id": self.senate[1]}]}))
        self.write("target.toml", TARGET)
        self.write("facts.toml", FACTS)
        (folder / "badge.json").write_bytes(serialize_json(sign(unsigned())))

    def key(self, name: str) -> tuple[str, str]:
        told = self.run("keys", "new", name).stdout.decode().split("\n")
        return told[0].removeprefix("key:").strip(), told[1].removeprefix("controller:").strip()

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def policy(self, **changes: Any) -> Path:
        adoption = {"body": "Senate", "id": self.senate[1], "resolution": "S1"}
        ids = [self.registrar[1]]
        mandate = {"office": "Registrar", "ids": ids, "second_reader": "never"}
        days = {"valid_from": "2020-01-01", "valid_until": "2999-12-31"}
        text = policy_text(**{"adoption": adoption, "mandate": mandate, **days, **changes})
        draft, signed = self.write("policy.toml", text), self.folder / "policy.json"
        told = self.run(
            "recognise", "policy", "sign", draft, "--key", self.senate[0], "--out", signed
        )
        assert told.returncode == 0, told.stderr
        return signed

    def decide(self, policy: Path, *options: object) -> Any:
        files = ("badge.json", "--target", "target.toml", "--trust", "trust.json")
        return self.run("recognise", "decide", policy, *files, *options)

    def signed(self, name: str, policy: Path, *options: object) -> Any:
        return self.decide(policy, *options, "--key", self.registrar[0], "--out", name)


@pytest.fixture
def office(run: Run, tmp_path: Path) -> Office:
    return Office(run, tmp_path)


def test_a_case_is_decided_signed_and_decided_again(office: Office) -> None:
    policy = office.policy()
    told = office.signed("decision.json", policy, "--facts", "facts.toml")
    assert told.returncode == 0, told.stderr
    assert "GRANTED. (automatic)" in told.stdout.decode()
    verify = ("recognise", "verify", "decision.json", "badge.json", "--trust", "trust.json")
    again = office.run(*verify)
    assert again.returncode == 0, again.stderr
    assert "the same bytes" in again.stdout.decode()
    report = office.run("verify", "decision.json", "--trust", "trust.json")
    assert "ASSURANCE_C" in report.stdout.decode()
    planned = office.run("stack", "plan", "nz-certificate", "decision.json", "--json")
    assert json.loads(planned.stdout)["shortfall"]["total"] == "20"


def test_a_decision_whose_place_another_one_takes_can_be_withdrawn(office: Office) -> None:
    url, key = "https://registrar.example/status/1", ("--key", office.registrar[0])
    ledger = ("--status-ledger", f"sqlite:///{office.folder / 'status.sqlite'}")
    office.run("status", "new", "decisions", "--url", url, *key, *ledger)
    listed = ("--status", "decisions", *ledger)
    told = office.signed("decision.json", office.policy(), "--facts", "facts.toml", *listed)
    assert told.returncode == 0, told.stderr
    office.write("map.json", json.dumps({url: "list.json"}))
    verify = ("recognise", "verify", "decision.json", "badge.json", "--trust", "trust.json")
    publish = ("status", "publish", "decisions", *key, "--out", "list.json", *ledger)
    assert office.run(*publish).returncode == 0
    assert b"IT FOLLOWS" in office.run(*verify, "--resolver-map", "map.json").stdout
    office.run("status", "revoke", "decision.json", "--reason", "Superseded", *ledger)
    assert office.run(*publish).returncode == 0
    memory = {"TALLYSTICK_STATUS_MEMORY": "seen.json"}
    withdrawn = office.run(*verify, "--resolver-map", "map.json", **memory)
    assert (withdrawn.returncode, b"REVOKED" in withdrawn.stderr) == (1, True)
    assert (office.folder / "seen.json").exists()


def test_the_first_argument_may_be_the_policy(office: Office) -> None:
    files = ("badge.json", "--target", "target.toml", "--trust", "trust.json")
    told = office.run("recognise", office.policy(), *files)
    assert told.returncode == 2, told.stderr
    assert "ACCREDITATION_UNKNOWN" in told.stdout.decode()


def test_the_same_case_gives_the_same_payload(office: Office) -> None:
    policy = office.policy()
    first, second = (office.decide(policy, "--facts", "facts.toml", "--json") for _ in range(2))
    assert first.stdout == second.stdout
    assert json.loads(first.stdout)["facts"]["accredited"]["establishedBy"] == "assessor:ana"


def test_a_refusal_has_its_own_status(office: Office) -> None:
    policy = office.policy(gates=[gate("hours_min", min="500"), gate("kind_in", accept=["Degree"])])
    told = office.decide(policy)
    assert told.returncode == 1
    assert "Substantial difference" in told.stdout.decode()


def test_an_assessor_rules_on_what_was_referred_and_the_next_case_follows(office: Office) -> None:
    policy = office.policy(gates=[gate("overlap_min", min="1/2")])
    document = unsigned()
    document["credentialSubject"]["achievement"]["version"] = "3"
    (office.folder / "badge.json").write_bytes(serialize_json(sign(document)))
    office.write("ruling.toml", RULING)
    first = office.signed("first.json", policy, "--ruling", "ruling.toml")
    assert first.returncode == 0, first.stderr
    assert "(assessor)" in first.stdout.decode()
    told = office.decide(policy, "--precedent", "first.json")
    assert told.returncode == 0, told.stderr
    assert "(precedent)" in told.stdout.decode()


def test_a_course_without_credit_is_rated(office: Office) -> None:
    document = unsigned()
    subject = document["credentialSubject"]
    for name in ("creditsAvailable", "alignment", "resultDescription"):
        del subject["achievement"][name]
    del subject["creditsEarned"], subject["result"]
    subject["achievement"]["id"] = "urn:x:course"
    (office.folder / "badge.json").write_bytes(serialize_json(sign(document)))
    office.write("course.toml", COURSE)
    policy = office.policy(gates=[gate("hours_min", min="50")])
    course = ("--course", "course.toml", "--described-by", "assessor:ana")
    told = office.decide(policy, *course, "--json")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["granted"]["amount"] == "5"


@pytest.mark.parametrize(
    ("break_it", "code"),
    [
        (
            lambda office: office.write("trust.json", '{"adopters": []}'),
            "POLICY_SIGNER_NOT_BELIEVED",
        ),
        (lambda office: office.policy(valid_until="2020-06-30", review="2020-06-01"), "EXPIRED"),
        (
            lambda office: office.policy(valid_from="2998-01-01", review="2998-06-01"),
            "NOT_YET_VALID",
        ),
        (lambda office: office.policy(unit="gold"), "POLICY_CONTRADICTS_REGISTER"),
        (
            lambda office: office.write("target.toml", TARGET.replace('"20"', "20")),
            "CASE_MALFORMED",
        ),
        (lambda office: office.write("target.toml", TARGET.replace("nzqcf", "ects")), "SCOPE"),
        (lambda office: office.write("badge.json", json.dumps(unsigned())), "not verified"),
    ],
)
def test_bad_input_decides_nothing(office: Office, break_it: Any, code: str) -> None:
    policy = office.policy()
    break_it(office)
    told = office.signed("decision.json", policy, "--facts", "facts.toml")
    assert told.returncode == 1
    assert code in told.stderr.decode()
    assert told.stdout == b""
    assert not (office.folder / "decision.json").exists()


def test_only_the_office_with_the_mandate_signs(office: Office) -> None:
    policy = office.policy()
    other = office.key("other")[0]
    facts = ("--facts", "facts.toml")
    told = office.decide(policy, *facts, "--key", other, "--out", "decision.json")
    assert told.returncode == 1
    assert "NOT_MANDATED" in told.stderr.decode()


def test_a_policy_is_checked_and_shown(office: Office) -> None:
    draft = office.write("draft.toml", policy_text())
    told = office.run("recognise", "policy", "check", draft)
    assert told.returncode == 0, told.stderr
    shown = office.run("recognise", "policy", "show", "canadian-senate").stdout.decode()
    assert "Senate of the Example University" in shown
    signed = office.run("recognise", "policy", "show", office.policy()).stdout.decode()
    assert signed.startswith("SIGNATURE NOT CHECKED.")
    bad = office.write("bad.toml", policy_text(gates=[gate("overlap_min", min="2")]))
    told = office.run("recognise", "policy", "check", bad)
    assert told.returncode == 1
    assert "/gates/0/min" in told.stderr.decode()


def test_a_policy_is_said_in_plain_words_beside_its_lines(office: Office) -> None:
    told = office.run("recognise", "policy", "explain", "canadian-senate")
    assert told.returncode == 0, told.stderr
    lines = told.stdout.decode().splitlines()
    said = "A decision can be appealed within 30 days, to: Senate Appeals Committee."
    beside = lines[lines.index(said) + 1 :][:3]
    assert [line.split("  ")[-1] for line in beside] == [
        "[appeal]",
        "days = 30",
        'body = "Senate Appeals Committee"',
    ]
    french = office.run("recognise", "policy", "explain", office.policy(), "--language", "fr-CA")
    assert "auprès de\N{NO-BREAK SPACE}: Appeals." in french.stdout.decode()
    assert "SIGNATURE NOT CHECKED" in french.stderr.decode()
    told = office.run("recognise", "policy", "explain", "canadian-senate", "--json")
    clauses = json.loads(told.stdout)
    assert {"section": "oversight", "clause": "appeal", "pointers": ["/appeal"]}.items() <= clauses[
        [one["clause"] for one in clauses].index("appeal")
    ].items()


def test_two_versions_of_a_policy_are_compared(office: Office) -> None:
    old = office.write("old.toml", policy_text())
    new = office.write("new.toml", policy_text(appeal={"days": 20, "body": "Appeals"}))
    told = office.run("recognise", "policy", "compare", old, new)
    assert told.returncode == 1
    text = told.stdout.decode()
    assert "Changed: Review and appeal" in text
    assert "  - A decision can be appealed within 30 days, to: Appeals." in text
    assert "  + A decision can be appealed within 20 days, to: Appeals." in text
    assert '+appeal = { "days" = 20, "body" = "Appeals" }' in text
    told = office.run("recognise", "policy", "compare", old, new, "--json")
    assert [one["clause"] for one in json.loads(told.stdout)] == ["appeal"]
    told = office.run("recognise", "policy", "compare", old, old, "--language", "es")
    assert (told.returncode, told.stdout.decode().split(";")[0]) == (0, "Ambas dicen lo mismo")


@pytest.mark.parametrize(
    "options",
    [
        ("--key", "file:x"),
        ("--out", "x.json"),
        ("--course", "course.toml"),
        ("--described-by", "ana"),
        ("--status", "withdrawals"),
    ],
)
def test_options_that_belong_together_are_given_together(
    office: Office, options: tuple[str, ...]
) -> None:
    assert office.decide(office.policy(), *options).returncode == 64
