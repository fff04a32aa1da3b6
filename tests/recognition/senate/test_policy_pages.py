"""Policies on the Senate's pages: adopted, read in words, compared, suspended."""

from __future__ import annotations

import csv
import json
from io import BytesIO, StringIO

import pytest

from credentials.errors import TallystickError
from recognition.desk import Role
from recognition.policies.reading import read_policy
from recognition.register_of_decisions import ActKind, Decision, PolicySuspendedError
from tests.factories import NOW
from tests.recognition.desk.desks import PASSES
from tests.recognition.senate.senates import (
    HOURS,
    SenateDesk,
    decided,
    digest_of,
    hand_in,
    signed,
    text_of,
)

TEXT = text_of()
NEW = text_of(version="2", valid_from="2027-01-01", appeal={"days": 20, "body": "Appeals"})


def test_a_signed_policy_is_handed_in_and_read_in_plain_words(senate: SenateDesk) -> None:
    member = senate.member()
    assert "No policy has been handed in yet." in member.get("/desk/senate/policies")
    page = member.get(hand_in(member, signed(TEXT)))
    assert "Policy of tests, version 1, is adopted." in page
    assert "The learning took at least 100 hours." in page
    assert "gates = [{ &#34;id&#34; = &#34;hours_min&#34;" in page
    listed = member.get("/desk/senate/policies")
    assert "January 2026" in listed
    assert "(today)" in listed
    (act,) = senate.register.acts.all()
    assert (act.kind, act.said["by"], act.document) == (
        ActKind.ADOPTION,
        "Carla Cole",
        signed(TEXT),
    )


def test_only_what_a_believed_adopter_signed_is_taken(senate: SenateDesk) -> None:
    member = senate.member()
    changed = signed(TEXT).replace(b"Policy of tests", b"Policy of others")
    senate_of_others = senate.believed
    for data, adopters in (
        (changed, senate_of_others),
        (signed(TEXT), frozenset[str]()),
        (b"{}", senate_of_others),
        (b'{"type": ["VerifiableCredential"]}', senate_of_others),
        (b"\xff\x00", senate_of_others),
        (b"", senate_of_others),
    ):
        senate.believed = adopters
        answer = member.post("/desk/senate/policies", policy=(BytesIO(data), "<b>.json"))
        assert answer.status_code == 422
        told = ("This policy was not taken", "Choose the file", "This is not a signed policy")
        assert any(words in answer.text for words in told)
    assert member.post("/desk/senate/policies").status_code == 422
    assert senate.register.acts.all() == ()


def test_whoever_hands_in_a_draft_reads_how_it_is_signed(senate: SenateDesk) -> None:
    draft = BytesIO(text_of().encode())
    answer = senate.member().post("/desk/senate/policies", policy=(draft, "policy.toml"))
    assert answer.status_code == 422
    assert "tallystick recognise policy sign draft.toml" in answer.text


def test_a_version_that_begins_later_is_handed_in_ahead(senate: SenateDesk) -> None:
    member = senate.member()
    hand_in(member, signed(TEXT))
    hand_in(member, signed(NEW))
    listed = member.get("/desk/senate/policies")
    assert "31 December 2026" in listed
    assert "Begins on 1 January 2027" in listed
    answer = member.post("/desk/senate/policies", policy=(BytesIO(signed(NEW)), "p.json"))
    assert "This policy is adopted already" in answer.text


def test_a_version_that_another_takes_the_place_of_from_its_first_day_decides_nothing(
    senate: SenateDesk,
) -> None:
    member = senate.member()
    hand_in(member, signed(TEXT))
    hand_in(member, signed(text_of(version="2")))
    listed = member.get("/desk/senate/policies")
    assert "never: another version takes its place" in listed
    assert "Decides nothing" in listed


def test_a_version_that_the_desk_does_not_use_says_what_is_missing(senate: SenateDesk) -> None:
    member = senate.member()
    address = hand_in(member, signed(TEXT))
    listed = member.get("/desk/senate/policies")
    assert "This desk decides nothing by it" in listed
    assert "Version 1 is in force today, and nothing at this desk is decided by it." in listed
    assert "Nothing at this desk is decided by it yet." in member.get(address)
    senate.in_use = {"Welding 1": signed(TEXT)}
    assert "nothing at this desk" not in member.get("/desk/senate/policies")
    assert "This desk decides by it for: Welding 1" in member.get(address)


def test_a_file_that_is_no_policy_is_told_to_be_none(senate: SenateDesk) -> None:
    member = senate.member()
    for data in (b'{"type": ["VerifiableCredential"]}', b'{"issuers": []}', b"id = 1"):
        file = (BytesIO(data), "trust.json")
        answer = member.post("/desk/senate/policies", policy=file)
        assert "This is not a signed policy (JSON)." in answer.text


def test_frameworks_and_units_of_a_policy_are_named(senate: SenateDesk) -> None:
    member = senate.member()
    page = member.get(hand_in(member, signed(TEXT))).partition("What the names stand for")[2]
    assert "New Zealand Qualifications and Credentials Framework" in page


def test_two_versions_are_compared_in_words_and_line_by_line(senate: SenateDesk) -> None:
    member = senate.member()
    hand_in(member, signed(TEXT))
    hand_in(member, signed(NEW))
    address = f"/desk/senate/policies/{digest_of(NEW)}/differences"
    page = member.get(f"{address}?with={digest_of(TEXT)}")
    assert "A decision can be appealed within 20 days, to: Appeals." in page
    assert "A decision can be appealed within 30 days, to: Appeals." in page
    assert "<ins>+version = &#34;2&#34;</ins>" in page
    told = json.loads(member.get(f"{address}.json?with={digest_of(TEXT)}"))
    assert {one["clause"] for one in told["changes"]} == {"name", "period", "appeal"}
    member.get(f"{address}?with=nothing", 404)
    french = member.get(f"{address}?with={digest_of(TEXT)}&lang=fr-CA")
    assert "On peut faire appel d’une décision pendant 20 jours" in french


def test_a_suspended_policy_decides_nothing_until_that_is_lifted(senate: SenateDesk) -> None:
    member, digest = senate.member(), digest_of(TEXT)
    address = hand_in(member, signed(TEXT))
    assert member.post(f"{address}/suspend", reason=" ").status_code == 422
    member.post(f"{address}/suspend", reason="The gate for <hours> is wrong.")
    page = member.get(address)
    assert "Suspended by Carla Cole" in page
    assert "The gate for &lt;hours&gt; is wrong." in page
    with pytest.raises(PolicySuspendedError):
        senate.register.record(Decision("case-99", *decided(0)), recorded_at=NOW)
    answer = member.post(f"{address}/suspend", reason="Again.")
    assert (answer.status_code, "suspended already" in answer.text) == (409, True)
    member.post(f"{address}/lift", reason="It was right.")
    assert "Suspended by" not in member.get(address)
    senate.register.record(Decision("case-99", *decided(0)), recorded_at=NOW)
    kinds = [act.kind for act in senate.register.acts.all() if act.subject == digest]
    assert kinds == [ActKind.ADOPTION, ActKind.SUSPENSION, ActKind.LIFTING]


def test_the_desk_decides_nothing_by_a_suspended_policy(senate: SenateDesk) -> None:
    senate.offer(gates=PASSES)
    senate.in_use = {"Welding 1": senate.offers["weld101"].policy_credential}
    case, other = senate.applied(), senate.applied(2)
    senate.settling.settle(senate.act, other)
    digest = json.loads(senate.register.case(other.id)[0].payload)["policy"]["digest"]
    address = f"/desk/senate/policies/{digest}"
    assert senate.member().post(f"{address}/suspend", reason="Wrong.").status_code == 303
    registrar = senate.browser(senate.person(Role.REGISTRAR))
    answer = registrar.post(f"/desk/cases/{case.id}/settle", version=case.version)
    assert answer.status_code == 409
    assert senate.register.case(case.id) == ()
    assert "was suspended by Carla Cole" in answer.text


def test_a_policy_that_only_the_desk_knows_can_be_suspended_too(senate: SenateDesk) -> None:
    senate.in_use = {"Welding 1": signed(TEXT), "Broken": b"{}"}
    member = senate.member()
    page = member.get("/desk/senate/policies")
    assert "Used by the desk, and not handed in here" in page
    assert "used for: Welding 1" in page
    address = f"/desk/senate/policies/{digest_of(TEXT)}"
    assert "nobody has handed it in here" in member.get(address)
    assert member.post(f"{address}/suspend", reason="Wrong.").status_code == 303
    assert "Suspended by Carla Cole" in member.get("/desk/senate/policies")


def test_an_adopter_who_is_not_believed_any_more_is_told(senate: SenateDesk) -> None:
    member = senate.member()
    address = hand_in(member, signed(TEXT))
    senate.believed = frozenset()
    assert "Its adopter is not believed any more" in member.get("/desk/senate/policies")
    assert "nothing is decided by it" in member.get(address)


def test_what_was_adopted_is_had_again_byte_for_byte(senate: SenateDesk) -> None:
    member = senate.member()
    address = hand_in(member, signed(TEXT))
    answer = member.client.get(f"{address}/signed.json")
    assert (answer.data, answer.content_type) == (signed(TEXT), "application/vc")
    assert member.client.get(f"{address}/source.toml").text == TEXT
    assert read_policy(TEXT).digest in address
    member.get("/desk/senate/policies/unknown", 404)


def test_acts_are_listed_and_exported_without_formulas(senate: SenateDesk) -> None:
    member = senate.member(name="=cmd Cole")
    address = hand_in(member, signed(TEXT))
    member.post(f"{address}/suspend", reason="=HYPERLINK(1)")
    page = member.get("/desk/senate/acts")
    assert "The chain is whole." in page
    rows = list(csv.reader(StringIO(member.get("/desk/senate/acts.csv").lstrip("\ufeff"))))
    assert [row[4] for row in rows[1:]] == ["'=cmd Cole"] * 2
    assert rows[2][5] == "'=HYPERLINK(1)"
    told = json.loads(member.get("/desk/senate/acts.json"))["acts"]
    assert [act["kind"] for act in told] == ["adoption", "suspension"]


def test_only_members_of_the_senate_reach_these_pages(senate: SenateDesk) -> None:
    room, application = senate.room(), senate.application()
    rules = [
        rule
        for rule in application.url_map.iter_rules()
        if rule.endpoint.startswith("senate.") and rule.endpoint != "senate.static"
    ]
    assert {rule.endpoint for rule in rules} <= set(room.rights)
    assert len(rules) > 20
    other = senate.browser(senate.person(Role.REGISTRAR, Role.ASSESSOR, name="Ben Bird"))
    member, nobody = senate.member(), senate.browser()
    for rule in rules:
        built = rule.build(dict.fromkeys(rule.arguments, "1"))
        assert built is not None
        if "GET" in (rule.methods or ()):
            assert other.client.get(built[1]).status_code == 403
            assert nobody.client.get(built[1]).status_code == 303
            seen = (303,) if rule.endpoint == "senate.start" else (200, 404)
            assert member.client.get(built[1]).status_code in seen
        else:
            assert other.post(built[1]).status_code == 403
            assert nobody.post(built[1]).status_code == 401
            assert member.post(built[1]).status_code in (303, 404, 422)


def test_a_form_of_another_site_changes_nothing(senate: SenateDesk) -> None:
    member = senate.member()
    address = hand_in(member, signed(TEXT))
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = member.client.post(f"{address}/suspend", data={"reason": "x"}, headers=headers)
    assert answer.status_code == 403
    assert len(senate.register.acts.all()) == 1


def test_hostile_words_of_a_policy_are_text(senate: SenateDesk) -> None:
    title = "<script>alert(1)</script> %(x)s \u202e"
    text = text_of(title=title, gates=[{**HOURS, "id": "x" * 200}])
    member = senate.member()
    page = member.get(hand_in(member, signed(text)))
    assert "<script>alert" not in page
    assert "\u202e" not in page
    with pytest.raises(TallystickError):
        read_policy(text.replace("hours_min", "hours_max"))


def test_the_address_of_the_senates_pages_leads_to_the_policies(senate: SenateDesk) -> None:
    answer = senate.member().client.get("/desk/senate/")
    assert (answer.status_code, answer.location) == (303, "/desk/senate/policies")
