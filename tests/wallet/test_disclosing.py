"""A link, and an answer, show the fields that were chosen, and nothing else of a credential."""

from __future__ import annotations

import re
from typing import Any

import pytest

from credentials.proofs.cryptosuite import without_proof
from credentials.strict_json import parse_json, serialize_json
from keys.multibase import bytes_of_base64url
from tests.factories import ENVIRONMENT, LIST_URL, check, sign, status_entry, status_list
from tests.selective import SD_ISSUER, SD_SIGNER, base, full_base, sd_unsigned
from tests.verifier.sd_jwts import badge_claims, issued
from tests.wallet.test_requests import opened
from tests.wallet.verifiers import Employer, WayTo
from tests.wallet.wallets import Visitor, WalletOffice, badge
from wallet.disclosing import choice_of, disclosed, whole
from wallet.errors import WalletError

STATUS_LIST = sign(
    {**without_proof(status_list()), "issuer": SD_ISSUER},
    signer=SD_SIGNER,
    suite="ecdsa-rdfc-2019",
)
SECRET = "Rangi, student 4711"
"""What the learner would rather keep to themselves."""


def partible() -> Any:
    """Sign a badge with a base proof; its subject has a name that may be kept back."""
    document = sd_unsigned(credentialStatus=status_entry(), validUntil="3026-01-01T00:00:00Z")
    subject = {**document["credentialSubject"], "narrative": SECRET, "role": "Welder"}
    return full_base({**document, "credentialSubject": subject})


def sd_jwt() -> bytes:
    learner = {**badge_claims()["learner"], "narrative": SECRET, "role": "Welder"}
    return issued(badge_claims(learner=learner)).to_compact().encode()


@pytest.fixture(autouse=True)
def published(office: WalletOffice) -> None:
    office.documents[LIST_URL] = STATUS_LIST


def anybody(office: WalletOffice) -> Visitor:
    return Visitor(office.application().test_client())


def shared(learner: Visitor, identifier: str, *pointers: str) -> str:
    """Choose fields in the second step, and return the path of the link."""
    fields = {"fields": "seen", f"fields-{identifier}": list(pointers)}
    return learner.share(identifier, **fields)


@pytest.mark.parametrize(
    ("data", "role", "narrative"),
    [
        (
            lambda: serialize_json(partible()),
            "/credentialSubject/role",
            "/credentialSubject/narrative",
        ),
        (sd_jwt, "/learner/role", "/learner/narrative"),
    ],
)
def test_a_link_shows_only_the_chosen_fields(
    office: WalletOffice, data: Any, role: str, narrative: str
) -> None:
    learner = office.learner()
    (identifier,) = learner.add(data())
    page = learner.post("/share", credential=identifier, audience="Plainsmilk").text
    assert "Choose what is shown" in page
    assert f'value="{role}"' in page
    assert f'value="{narrative}"' in page
    assert SECRET in page
    link = shared(learner, identifier, role)
    seen = anybody(office).get(link)
    assert 'data-answer="issuer-not-known"' in seen
    assert SECRET not in seen
    file = anybody(office).client.get(f"{link}/{identifier}").data
    assert b"Welder" in _plain(file)
    assert SECRET.encode() not in _plain(file)
    assert check(file, office.documents)


def _plain(data: bytes) -> bytes:
    """Spell out what disclosures of an SD-JWT say."""
    if b"~" not in data:
        return data
    parts = data.decode().split("~")
    return b"".join(bytes_of_base64url(one) for one in (parts[0].split(".")[1], *parts[1:]) if one)


def test_what_is_mandatory_is_shown_as_such_and_cannot_be_left_out(office: WalletOffice) -> None:
    learner = office.learner()
    (identifier,) = learner.add(partible())
    page = learner.post("/share", credential=identifier, audience="Plainsmilk").text
    assert "always shown" in page
    choosable = set(re.findall(r'type="checkbox"[^>]*value="([^"]*)"', page))
    assert choosable == {"/credentialSubject/role", "/credentialSubject/narrative"}
    file = anybody(office).client.get(f"{shared(learner, identifier)}/{identifier}").data
    document: Any = parse_json(file)
    assert "validFrom" in document
    assert "role" not in document["credentialSubject"]


@pytest.mark.parametrize(
    "pointer", ["/credentialSubject/nothing", "/validFrom/x", "nonsense", "/~2"]
)
def test_a_field_that_is_not_there_makes_no_link(office: WalletOffice, pointer: str) -> None:
    learner = office.learner()
    for data in (partible(), sd_jwt()):
        identifier = learner.add(data)[0]
        fields = {"fields": "seen", f"fields-{identifier}": [pointer]}
        answer = learner.post("/share", credential=identifier, audience="P", **fields)
        assert answer.status_code == 422
    assert "You show nothing to anybody" in learner.get("/shares")


def test_where_nothing_is_mandatory_something_has_to_be_chosen(office: WalletOffice) -> None:
    learner = office.learner()
    (identifier,) = learner.add(base(pointers=()))
    answer = learner.post("/share", credential=identifier, audience="P", fields="seen")
    assert answer.status_code == 422
    assert "at least one field" in answer.text


def test_a_credential_with_a_base_proof_is_checked_as_what_it_can_show(
    office: WalletOffice,
) -> None:
    learner = office.learner()
    learner.add(partible())
    assert 'data-answer="issuer-not-known"' in learner.get("/")
    assert "What they add up to" in learner.get("/awards")
    changed = partible()
    changed["credentialSubject"]["role"] = "Chief"
    other = office.learner("other@example.org")
    other.add(changed)
    assert 'data-answer="not-valid"' in other.get("/")


def test_a_whole_credential_is_shared_in_one_step(office: WalletOffice) -> None:
    learner = office.learner()
    link = learner.share(*learner.add(badge()))
    assert "Pipe welding" in anybody(office).get(link)


def test_a_request_gets_only_the_chosen_fields(office: WalletOffice) -> None:
    employer = Employer.new(office.documents)
    office.way = WayTo({"localhost": employer.client})
    learner = office.learner()
    (identifier,) = learner.add(partible())
    page = opened(learner, employer.ask())
    asked = learner.post(f"{page}/answer", credential=identifier)
    assert "Choose what is shown" in asked.text
    assert "Nobody has answered yet" in employer.page()
    fields = {"fields": "seen", f"fields-{identifier}": ["/credentialSubject/role"]}
    assert learner.post(f"{page}/answer", credential=identifier, **fields).status_code == 303
    assert "(in parts)" in learner.get(page)
    assert "Pipe welding" in employer.page()
    assert SECRET not in employer.page()


def test_what_cannot_be_parted_has_no_choice() -> None:
    assert choice_of(serialize_json(badge()), ENVIRONMENT) is None
    assert choice_of(b"nonsense", ENVIRONMENT) is None
    assert choice_of(b"eyJ~~~", ENVIRONMENT) is None
    assert whole(b"nonsense", ENVIRONMENT) == b"nonsense"
    with pytest.raises(WalletError):
        disclosed(serialize_json(badge()), [""], ENVIRONMENT)
    everything = disclosed(sd_jwt(), [""], ENVIRONMENT)
    assert everything == sd_jwt()


def hidden_at(*places: tuple[str, ...], **learner: Any) -> bytes:
    """Issue an SD-JWT whose learner has a narrative, and whose holder may keep back `places`."""
    about = {**badge_claims()["learner"], "narrative": SECRET, "role": "Welder", **learner}
    return issued(badge_claims(learner=about), places).to_compact().encode()


def chosen_of(data: bytes) -> tuple[dict[str, str], dict[str, str]]:
    choice = choice_of(data, ENVIRONMENT)
    assert choice is not None
    mandatory, optional = choice.mandatory, choice.optional
    return {one.pointer: one.value for one in mandatory}, {
        one.pointer: one.value for one in optional
    }


def test_what_is_in_the_open_beside_a_field_is_told_as_always_shown() -> None:
    data = hidden_at(("learner", "role"))
    mandatory, optional = chosen_of(data)
    assert mandatory["/learner/narrative"] == SECRET
    assert list(optional) == ["/learner/role"]
    assert SECRET.encode() in _plain(disclosed(data, [], ENVIRONMENT))


def test_a_disclosure_that_brings_something_along_is_chosen_with_it() -> None:
    data = hidden_at(("learner",), ("learner", "role"))
    mandatory, optional = chosen_of(data)
    assert list(optional) == ["/learner"]
    assert SECRET in optional["/learner"]
    assert SECRET not in "".join(mandatory.values())
    with pytest.raises(WalletError):
        disclosed(data, ["/learner/role"], ENVIRONMENT)
    assert b"Welder" in _plain(disclosed(data, ["/learner"], ENVIRONMENT))
    assert SECRET.encode() not in _plain(disclosed(data, [], ENVIRONMENT))


def test_a_disclosure_with_nothing_but_disclosures_in_it_leaves_the_choice() -> None:
    members = ("id", "narrative", "role")
    data = hidden_at(("learner",), *(("learner", name) for name in members))
    assert set(chosen_of(data)[1]) == {f"/learner/{name}" for name in members}
    shown = _plain(disclosed(data, ["/learner/role"], ENVIRONMENT))
    assert b"Welder" in shown
    assert SECRET.encode() not in shown


def test_a_part_of_a_list_that_is_always_shown_is_told() -> None:
    name = "/credentialSubject/achievement/alignment/0/targetName"
    mandatory, optional = chosen_of(serialize_json(base(pointers=("/issuer", name))))
    place = "/credentialSubject/achievement/alignment"
    assert "NZQCF level 5" in mandatory[place]
    assert "targetFramework" not in mandatory[place]
    assert "targetFramework" in optional[place]


def test_a_field_with_a_name_tells_what_else_is_in_it() -> None:
    data = hidden_at(("learner",), name="Rangi")
    assert chosen_of(data)[1]["/learner"] == "Rangi (id, narrative, role)"
