"""Bundles: what was verified once verifies later without a network, and only on good word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json
from tests.project import ROOT
from tests.tallystick.conftest import Run

LIST = "https://college.example/status/1"
DID = "did:web:college.example"
ADDRESS = "https://college.example/.well-known/did.json"
LATE = "2046-01-01T00:00:00Z"


class Office:
    """An employer who keeps a badge of a college that publishes its key and a status list."""

    def __init__(self, run: Run, folder: Path) -> None:
        self._run, self.folder = run, folder
        self.ledger = {"TALLYSTICK_STATUS_LEDGER_URL": f"sqlite:///{folder / 'status.sqlite'}"}
        college, self.key = self.key_of("college", "--controller", DID), self.key_of("office")
        (folder / "did.json").write_bytes(run("keys", "did", college).stdout)
        (folder / "map.json").write_text(json.dumps({DID: "did.json", LIST: "list.json"}))
        self.run("status", "new", "withdrawals", "--url", LIST, "--key", college)
        request = ROOT / "docs/examples/welding.json"
        out = ("--out", "badge.json", "--status", "withdrawals")
        self.run("issue", request, "--key", college, *out)
        publish = ("--key", college, "--out", "list.json")
        self.run("status", "publish", "withdrawals", *publish)

    def key_of(self, name: str, *options: str) -> str:
        return self._run("keys", "new", name, *options).stdout.decode().split()[1]

    def run(self, *arguments: object, code: int = 0) -> str:
        done = self._run(*arguments, **self.ledger)
        assert done.returncode == code, (done.stdout, done.stderr)
        return (done.stdout + done.stderr).decode()

    def pack(self, *options: object, code: int = 0) -> str:
        chosen = ("--out", "bundle.json", "--resolver-map", "map.json")
        return self.run("bundle", "badge.json", *chosen, *options, code=code)

    def trust(self) -> tuple[str, str]:
        packer = json.loads((self.folder / "bundle.json").read_bytes())["issuer"]
        (self.folder / "trust.json").write_text(json.dumps({"issuers": [packer]}))
        return ("--trust", "trust.json")

    def open(self, *options: object, code: int = 0) -> tuple[JsonObject, JsonObject]:
        told = self._run("unbundle", "bundle.json", "--json", *options)
        assert told.returncode == code, (told.stdout, told.stderr)
        (one,) = json.loads(told.stdout)["credentials"]
        return one["then"], one["now"]

    def rewrite(self, **members: Any) -> None:
        document = json.loads((self.folder / "bundle.json").read_bytes())
        (self.folder / "bundle.json").write_bytes(serialize_json(document | members))

    def parts(self) -> list[JsonObject]:
        document = json.loads((self.folder / "bundle.json").read_bytes())
        contents: list[JsonObject] = document["credentialSubject"]["contents"]
        return contents

    def with_parts(self, parts: list[JsonObject]) -> JsonObject:
        document = json.loads((self.folder / "bundle.json").read_bytes())
        return {"credentialSubject": document["credentialSubject"] | {"contents": parts}}


@pytest.fixture
def office(run: Run, tmp_path: Path) -> Office:
    return Office(run, tmp_path)


def code_of(report: JsonObject, check: str) -> str:
    (found,) = (one for one in report["checks"] if one["id"] == check)
    code: str = found["code"]
    return code


def test_a_signed_bundle_verifies_later_as_of_then_and_as_of_now(office: Office) -> None:
    told = office.pack("--key", office.key)
    assert "1 credential, 2 looked-up documents, 0 registers" in told
    for name in ("badge.json", "did.json", "list.json", "map.json"):
        (office.folder / name).unlink()
    trust = office.trust()
    then, now = office.open(*trust)
    assert (then["verdict"], now["verdict"]) == ("valid", "valid")
    assert {one["origin"] for one in then["sources"]} == {"bundled"}
    # Twenty years on the status list says nothing about today, and everything about then.
    then, now = office.open(*trust, "--at", LATE, code=2)
    assert (then["verdict"], now["verdict"]) == ("valid", "indeterminate")
    assert code_of(now, "status") == "STATUS_VERIFICATION_ERROR"
    words = office.run("unbundle", "bundle.json", *trust, "--at", LATE, code=2)
    assert "as of 2046-01-01T00:00:00Z:\nCOULD NOT BE DECIDED" in words


def test_a_bundle_is_believed_only_from_whom_the_reader_knows(office: Office) -> None:
    office.pack("--key", office.key)
    then, now = office.open(code=2)
    assert code_of(then, "issuer") == code_of(now, "issuer") == "ISSUER_UNCONFIRMED"
    assert "who is not in your trust file" in office.run("unbundle", "bundle.json", code=2)
    office.pack()
    assert "nobody signed it" in office.run("unbundle", "bundle.json", code=2)
    then, now = office.open("--believe-unsigned")
    assert (then["verdict"], now["verdict"]) == ("valid", "valid")


def test_a_changed_bundle_is_refused(office: Office) -> None:
    office.pack("--key", office.key)
    trust = office.trust()
    parts = office.parts()
    forged = [one | {"content": one["content"] + " "} if "content" in one else one for one in parts]
    office.rewrite(**office.with_parts(forged))
    assert "[SIGNATURE_INVALID]" in office.run("unbundle", "bundle.json", *trust, code=1)


@pytest.mark.parametrize("kind", ["BundledCredential", "BundledDocument", "BundledContext"])
def test_no_part_stands_twice_or_is_of_no_kind(office: Office, kind: str) -> None:
    office.pack()
    parts = office.parts()
    (part, *_) = (one for one in parts if one["type"] == [kind])
    for further in (part, {**part, "type": [kind, kind]}, {**part, "type": ["Other"]}, {}, "text"):
        office.pack()
        office.rewrite(**office.with_parts([*parts, further]))
        assert "[BUNDLE_MALFORMED]" in office.run("unbundle", "bundle.json", code=1)


def test_what_is_no_bundle_is_refused_with_words(office: Office) -> None:
    office.pack()
    without = [one for one in office.parts() if one["type"] != ["BundledCredential"]]
    office.rewrite(**office.with_parts(without))
    assert "there is no credential in it" in office.run("unbundle", "bundle.json", code=1)
    told = office.run("unbundle", "badge.json", code=1)
    assert "it is not of the type VerificationBundleCredential" in told


def test_another_context_under_the_same_name_is_refused(office: Office) -> None:
    office.pack()
    parts = [
        one | {"digest": f"sha256:{'0' * 64}"} if "digest" in one else one for one in office.parts()
    ]
    office.rewrite(**office.with_parts(parts))
    assert "[BUNDLE_CONTEXT_DIFFERS]" in office.run("unbundle", "bundle.json", code=1)


def test_packed_files_come_out_as_they_were_and_lead_nowhere_else(office: Office) -> None:
    office.pack()
    office.run("unbundle", "bundle.json", "--believe-unsigned", "--extract", "out")
    packed = (office.folder / "badge.json").read_bytes()
    assert (office.folder / "out/badge.json").read_bytes() == packed
    again = ("unbundle", "bundle.json", "--extract", "out")
    assert "it is no new file there" in office.run(*again, code=1)
    for name in ("../escaped.json", "/tmp/escaped.json", "..", "", "a/b.json"):
        office.pack()
        parts = [one | {"fileName": name} if "bytes" in one else one for one in office.parts()]
        office.rewrite(**office.with_parts(parts))
        told = office.run("unbundle", "bundle.json", "--extract", "other", code=1)
        assert "it is no new file there" in told
        assert not (office.folder / "other").exists()


def test_what_is_not_valid_now_is_not_packed(office: Office) -> None:
    (office.folder / "list.json").unlink()
    (office.folder / "map.json").write_text(json.dumps({DID: "did.json"}))
    told = office.pack(code=1)
    assert "badge.json is not valid now, so nothing was packed." in told
    assert not (office.folder / "bundle.json").exists()
