"""An edition is the files of a register, signed; each follows the one before."""

from __future__ import annotations

import contextlib
import json
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas
from credentials.json_types import JsonObject
from frameworks.authorities import Authorities
from frameworks.errors import FrameworkError
from frameworks.register import (
    Edition,
    RegisterError,
    edition_digest,
    edition_document,
    read_edition,
    read_register,
)
from frameworks.register.edition import CONTEXTS, FILES, require_succession
from frameworks.register.rows import SIGNABLE, STATUSES
from tests.factories import sign
from tests.frameworks.register_files import (
    ID,
    SOUND,
    Files,
    cell,
    changed,
    edited,
    findings,
    numbered,
    unofficial,
)

AUTHORITY = "did:web:nz.example"


def document(files: Files = SOUND, **changes: Any) -> JsonObject:
    """Build the credential of an edition; `changes` replace members, None takes one away."""
    built = {**edition_document(files, issuer=AUTHORITY), **changes}
    return {name: value for name, value in built.items() if value is not None}


def with_subject(**changes: Any) -> JsonObject:
    subject = {**document()["credentialSubject"], **changes}
    return document(
        credentialSubject={name: one for name, one in subject.items() if one is not None}
    )


def edition(files: Files = SOUND, **changes: Any) -> Edition:
    return read_edition(document(files, **changes))


def noted(text: str, files: Files = SOUND) -> Files:
    """Change something that nothing depends on."""
    return changed(files, {"README.md": text})


def refusal(known: Edition | None, candidate: Edition) -> str:
    with pytest.raises(FrameworkError) as caught:
        require_succession(known, candidate)
    return caught.value.code


def unreadable(damaged: JsonObject) -> str:
    with pytest.raises(FrameworkError) as caught:
        read_edition(damaged)
    return caught.value.code


# What an edition is.


def test_an_edition_says_of_its_files_what_they_say() -> None:
    built = edition_document(SOUND, issuer=AUTHORITY)
    assert built["@context"] == list(CONTEXTS)
    assert set(CONTEXTS) <= schemas.context_urls()
    assert built["type"] == ["VerifiableCredential", "FrameworkRegisterCredential"]
    assert built["id"] == f"{ID}#edition-1"
    assert built["name"] == "Register of tests, edition 1"
    assert built["issuer"] == AUTHORITY
    assert built["validFrom"] == "2026-01-01T00:00:00Z"
    assert built["validUntil"] == "2026-12-31T23:59:59Z"
    assert built["credentialSubject"]["id"] == ID
    names = [one["fileName"] for one in built["credentialSubject"]["files"]]
    assert names == sorted(SOUND)
    assert "credentialStatus" not in built


def test_an_edition_may_name_its_issuer_and_its_status() -> None:
    status = {"id": "urn:example:status#1", "type": "BitstringStatusListEntry"}
    built = edition_document(SOUND, issuer=AUTHORITY, issuer_name="The authority", status=status)
    assert built["issuer"] == {"id": AUTHORITY, "name": "The authority"}
    assert built["credentialStatus"] == status
    assert read_edition(built).authority == AUTHORITY


def test_an_edition_is_read_back() -> None:
    read = edition()
    assert (read.authority, read.digest) == (AUTHORITY, edition_digest(document()))
    assert read.description == read.register.description
    assert read.description.valid_until == date(2026, 12, 31)
    assert read.register.tables == read_register(SOUND).tables


def test_a_signed_edition_is_read_back() -> None:
    signed = sign(document(), suite="eddsa-jcs-2022")
    assert "proof" in signed
    read = read_edition(signed)
    assert (read.authority, read.digest) == (AUTHORITY, edition().digest)


def test_unsound_files_make_no_edition() -> None:
    with pytest.raises(RegisterError):
        edition_document(cell(SOUND, "conversions.csv", 2, "ratio", "0"), issuer=AUTHORITY)


def test_building_and_reading_leave_what_they_were_given_as_it_is() -> None:
    files, built = dict(SOUND), document()
    before = deepcopy(built)
    edition_document(files, issuer=AUTHORITY)
    read_edition(built)
    assert (files, built) == (SOUND, before)


# What is no edition.


@pytest.mark.parametrize(
    "damaged",
    [
        document(type=["VerifiableCredential"]),
        document(type="VerifiableCredential"),
        document(type=None),
        document(type=["VerifiableCredential", "frameworkRegisterCredential"]),
        document(type=[["FrameworkRegisterCredential"]]),
        document(type={"FrameworkRegisterCredential": True}),
        {},
    ],
)
def test_a_document_of_another_type_is_no_edition(damaged: JsonObject) -> None:
    assert unreadable(damaged) == "EDITION_MALFORMED"


ENTRY = {"type": ["RegisterFile"], "fileName": "README.md", "content": "x"}
ENTRIES = document()["credentialSubject"]["files"]


@pytest.mark.parametrize(
    "entries",
    [
        None,
        [],
        "register.toml",
        ["register.toml"],
        [*ENTRIES, ENTRY],
        [*ENTRIES, ENTRIES[-1]],
        [*ENTRIES, {**ENTRY, "fileName": 5}],
        [*ENTRIES, {**ENTRY, "fileName": ["new.md"]}],
        [*ENTRIES, {**ENTRY, "fileName": "new.md", "content": None}],
        [*ENTRIES, {**ENTRY, "fileName": "new.md", "content": {"x": 1}}],
        [*ENTRIES, {"fileName": "new.md"}],
        [*ENTRIES, {"content": "x"}],
        [*ENTRIES, None],
        [*ENTRIES, *({**ENTRY, "fileName": f"{number}.md"} for number in range(FILES))],
    ],
)
def test_files_that_are_not_there_once_each_are_no_edition(entries: object) -> None:
    assert unreadable(with_subject(files=entries)) == "EDITION_MALFORMED"


@pytest.mark.parametrize("subject", [None, [], "x", [document()["credentialSubject"]], {}])
def test_a_subject_that_holds_no_files_is_no_edition(subject: object) -> None:
    assert unreadable(document(credentialSubject=subject)) == "EDITION_MALFORMED"


def test_as_many_files_as_an_edition_may_have_are_read() -> None:
    more = {f"notes/{number}.md": "" for number in range(FILES - len(SOUND))}
    assert edition({**SOUND, **more}).description.number == 1


@pytest.mark.parametrize("members", [{"id": f"{ID}:other"}, {"id": None}, {"id": [ID]}])
def test_an_id_that_differs_from_that_of_the_files_is_no_edition(members: dict[str, Any]) -> None:
    assert unreadable(with_subject(**members)) == "EDITION_MALFORMED"


@pytest.mark.parametrize("member", ["validFrom", "validUntil"])
@pytest.mark.parametrize(
    "value",
    [None, "", "2026-01-01", "2026-06-01T00:00:00Z", 5, ["2026-01-01T00:00:00Z"], {"x": 1}],
)
def test_a_validity_that_differs_from_that_of_the_files_is_no_edition(
    member: str, value: object
) -> None:
    assert unreadable(document(**{member: value})) == "EDITION_MALFORMED"


def test_the_last_second_of_the_validity_counts() -> None:
    assert unreadable(document(validUntil="2026-12-31T23:59:58Z")) == "EDITION_MALFORMED"
    assert unreadable(document(validUntil="2027-01-01T00:00:00Z")) == "EDITION_MALFORMED"


def test_the_same_instant_may_be_written_in_another_way() -> None:
    assert edition(validFrom="2026-01-01T13:00:00+13:00").description.number == 1


@pytest.mark.parametrize("issuer", [None, 5, [], {}, {"id": 5}, {"name": AUTHORITY}, [AUTHORITY]])
def test_an_edition_has_an_issuer(issuer: object) -> None:
    assert unreadable(document(issuer=issuer)) == "EDITION_MALFORMED"


def test_unsound_files_in_an_edition_are_told_by_file_and_row() -> None:
    damaged = deepcopy(document())
    for entry in damaged["credentialSubject"]["files"]:
        if entry["fileName"] == "metadata.csv":
            entry["content"] += "nz-rules,title,mandatory,sourced,law\n"
    with pytest.raises(RegisterError) as caught:
        read_edition(damaged)
    assert [(one.code, str(one.place)) for one in caught.value.findings] == [
        ("DUPLICATE_ROW", "metadata.csv, row 4")
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


@given(st.sampled_from(sorted(document())), json_values)
def test_whatever_stands_in_a_member_an_edition_is_read_or_refused(name: str, value: Any) -> None:
    with contextlib.suppress(FrameworkError):
        assert read_edition(document() | {name: value}).description.id == ID


# What may be signed as official.


@pytest.mark.parametrize("status", sorted(STATUSES))
@pytest.mark.parametrize(
    ("file", "row"),
    [
        ("units.csv", 3),
        ("conversions.csv", 4),
        ("metadata.csv", 3),
        ("isced-fields.csv", 2),
        ("accreditation-types.csv", 2),
        ("nz/levels.csv", 3),
        ("map-rows.csv", 5),
        ("nz/size-bounds.csv", 2),
        ("nz/accreditations.csv", 2),
        ("nz/listings.csv", 2),
    ],
)
def test_an_official_edition_carries_only_what_has_a_source_or_was_verified(
    file: str, row: int, status: str
) -> None:
    files = cell(SOUND, file, row, "status", status)
    if status in SIGNABLE:
        assert edition(files).description.is_official
    else:
        assert findings(files) == [("UNVERIFIED_ROW", file, row)]
    assert not edition(unofficial(files)).description.is_official


@pytest.mark.parametrize("status", ["general-knowledge", "derived"])
@pytest.mark.parametrize(
    ("file", "row", "after"),
    [
        ("framework.toml", 2, 'name = "Irish framework"\nstatus = "'),
        ("maps.toml", 1, 'kind = "compared"\nstatus = "'),
        ("nz/title-rules.toml", 1, 'status = "'),
    ],
)
def test_entries_of_toml_are_held_to_it_too(file: str, row: int, after: str, status: str) -> None:
    files = edited(SOUND, file, f"{after}sourced", f"{after}{status}")
    assert findings(files) == [("UNVERIFIED_ROW", file, row)]
    assert edition(unofficial(files)).description.number == 1


def test_the_statuses_that_may_be_signed_are_these() -> None:
    assert sorted(SIGNABLE) == ["sourced", "verified", "withheld"]
    assert sorted(STATUSES - SIGNABLE) == ["derived", "general-knowledge"]


# Succession.

ONE = edition()


def next_files(number: int = 2, previous: str | None = None) -> Files:
    return numbered(number, previous or ONE.digest)


def test_the_first_edition_that_is_seen_may_have_any_number() -> None:
    require_succession(None, ONE)
    require_succession(None, edition(next_files(7)))


def test_an_edition_follows_the_one_that_it_names() -> None:
    require_succession(ONE, edition(next_files()))


def test_the_same_edition_may_be_read_again() -> None:
    require_succession(ONE, edition())
    two = edition(next_files())
    require_succession(two, edition(next_files()))


def test_an_older_edition_is_refused() -> None:
    assert refusal(edition(next_files()), ONE) == "EDITION_ROLLBACK"
    assert refusal(edition(next_files(9)), edition(next_files(8))) == "EDITION_ROLLBACK"


def test_another_edition_of_the_same_number_is_refused() -> None:
    assert refusal(ONE, edition(noted("Another.\n"))) == "EDITION_FORKED"


@pytest.mark.parametrize("previous", ["sha256:" + "0" * 64, edition(noted("x")).digest])
def test_a_successor_of_something_else_is_refused(previous: str) -> None:
    assert refusal(ONE, edition(next_files(2, previous))) == "EDITION_FORKED"


def test_an_unofficial_successor_names_the_edition_before_as_well() -> None:
    one = edition(unofficial())
    assert refusal(one, edition(unofficial(numbered(2, None)))) == "EDITION_FORKED"
    require_succession(one, edition(unofficial(numbered(2, one.digest))))


@pytest.mark.parametrize("number", [3, 4, 1_000])
def test_who_missed_an_edition_may_go_on_with_a_later_one(number: int) -> None:
    require_succession(ONE, edition(next_files(number, "sha256:" + "0" * 64)))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_another_authority_is_refused_whatever_the_number(number: int) -> None:
    files = SOUND if number == 1 else next_files(number)
    other = edition(files, issuer=f"{AUTHORITY}:other")
    assert refusal(ONE, other) == "EDITION_OF_OTHER_AUTHORITY"
    assert refusal(edition(next_files(9)), other) == "EDITION_OF_OTHER_AUTHORITY"


def test_authorities_are_compared_character_by_character() -> None:
    candidate = edition(next_files(), issuer=AUTHORITY.upper())
    assert refusal(ONE, candidate) == "EDITION_OF_OTHER_AUTHORITY"


def test_an_authority_may_come_with_a_name_from_one_edition_to_the_next() -> None:
    candidate = edition(next_files(), issuer={"id": AUTHORITY, "name": "The authority"})
    require_succession(ONE, candidate)


def test_editions_of_other_registers_have_nothing_to_do_with_each_other() -> None:
    other = edited(noted("Another.\n"), "register.toml", f'"{ID}"', f'"{ID}:other"')
    require_succession(edition(next_files(9)), edition(other, issuer="did:web:other.example"))


# The digest.


def shuffled(value: Any, chance: Any) -> Any:
    """Copy JSON with the members of its objects in another order."""
    if isinstance(value, dict):
        names = chance.sample(sorted(value), len(value))
        return {name: shuffled(value[name], chance) for name in names}
    return [shuffled(one, chance) for one in value] if isinstance(value, list) else value


@given(st.randoms(use_true_random=False))
def test_the_digest_does_not_depend_on_the_order_of_members(chance: Any) -> None:
    other = shuffled(document(), chance)
    assert edition_digest(other) == ONE.digest
    assert edition_digest(json.loads(json.dumps(other, indent=1))) == ONE.digest


@given(json_values)
def test_the_digest_does_not_depend_on_proofs(proof: Any) -> None:
    assert edition_digest({"proof": proof, **document()}) == ONE.digest


def test_the_digest_of_a_signed_edition_is_that_of_the_unsigned_one() -> None:
    once = sign(document(), suite="eddsa-jcs-2022")
    twice = {**once, "proof": [once["proof"], once["proof"]]}
    assert edition_digest(once) == edition_digest(twice) == ONE.digest


@given(st.integers(0, len(ENTRIES) - 1), st.floats(0, 1), st.characters(codec="utf-8"))
def test_the_digest_depends_on_every_character_of_every_file(
    place: int, where: float, new: str
) -> None:
    other = deepcopy(document())
    entry = other["credentialSubject"]["files"][place]
    content = entry["content"]
    at = int(where * (len(content) - 1))
    for text in (content[:at] + new + content[at:], content[:at] + content[at + 1 :]):
        entry["content"] = text
        assert edition_digest(other) != ONE.digest
    entry["content"] = content[:at] + new + content[at + 1 :]
    assert (edition_digest(other) == ONE.digest) is (new == content[at])
    entry["content"] = content
    assert edition_digest(other) == ONE.digest


@given(st.integers(0, len(ENTRIES) - 1), st.text(min_size=1, max_size=3))
def test_the_digest_depends_on_the_names_of_files(place: int, new: str) -> None:
    other = deepcopy(document())
    other["credentialSubject"]["files"][place]["fileName"] += new
    assert edition_digest(other) != ONE.digest


@pytest.mark.parametrize("member", sorted(document()))
def test_the_digest_depends_on_every_member_but_the_proofs(member: str) -> None:
    assert edition_digest(document(**{member: None})) != ONE.digest
    assert edition_digest(document(**{member: "other"})) != ONE.digest


def test_a_digest_is_written_as_a_description_names_it() -> None:
    assert len(ONE.digest) == len("sha256:") + 64
    assert edition(next_files()).description.previous == ONE.digest


# Who is believed about which framework.


def test_authorities_of_several_trust_files_are_joined() -> None:
    one = {
        "authorities": [
            {"id": AUTHORITY, "frameworks": ["nz"], "accreditors": ["did:web:a.example"]},
            {"id": "did:web:b.example", "name": "B", "frameworks": ["ie"]},
        ]
    }
    two = {"authorities": [{"id": AUTHORITY, "name": "The authority", "frameworks": ["eu"]}]}
    known = Authorities.from_json(one, {"issuers": []}, two).by_id
    assert set(known) == {AUTHORITY, "did:web:b.example"}
    assert known[AUTHORITY].name == "The authority"
    assert known[AUTHORITY].frameworks == {"nz", "eu"}
    assert known[AUTHORITY].ends_of_chains("nz") == {AUTHORITY, "did:web:a.example"}
    assert known[AUTHORITY].ends_of_chains("eu") == {AUTHORITY}
    assert known["did:web:b.example"].accreditors == frozenset()
