"""Kept and named editions on the command line: what is damaged, foreign or contradicts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from credentials.strict_json import serialize_json
from tests.factories import sign, unsigned
from tests.frameworks.register_files import SOUND, numbered
from tests.project import ROOT
from tests.tallystick.conftest import Run
from tests.tallystick.test_register_command import Authority

EXAMPLES = ROOT / "docs/examples"
CREDENTIAL = serialize_json(sign(unsigned()))


@pytest.fixture
def authority(run: Run, tmp_path: Path) -> Authority:
    return Authority(run, tmp_path)


def _truncated(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes()[:1000])


def _folder(kept: Path) -> None:
    kept.unlink()
    kept.mkdir()
    (kept / "something").touch()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "truncated": _truncated,
    "empty": lambda kept: kept.write_bytes(b""),
    "a list": lambda kept: kept.write_bytes(b"[]"),
    "a number as type": lambda kept: kept.write_bytes(b'{"type":5,"credentialSubject":{}}'),
    "a folder": _folder,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_kept_edition_is_told_and_stops_nothing(
    run: Run, authority: Authority, damage: str
) -> None:
    edition = authority.edition(SOUND)
    trust = ("--trust", authority.trust)
    assert run("register", "use", edition, *trust).returncode == 0
    (kept,) = (authority.folder / "registers").iterdir()
    DAMAGES[damage](kept)
    for command in ("verify", "value"):
        told = run(command, "-", *trust, stdin=CREDENTIAL)
        assert told.returncode == 0, told.stderr
        assert told.stderr.count(b"A kept register is not used") == 1
    named = run("value", "-", *trust, "--register", edition, stdin=CREDENTIAL)
    assert named.returncode == 0
    assert named.stderr.count(b"A kept register is not used") == 1
    again = run("register", "use", edition, *trust)
    assert again.returncode == 0, again.stderr
    assert b"A kept register is not used" in again.stderr
    assert kept.read_bytes() == edition.read_bytes()
    assert run("value", "-", *trust, stdin=CREDENTIAL).stderr == b""


def test_a_kept_edition_under_the_name_of_another_register_is_not_used(
    run: Run, authority: Authority
) -> None:
    edition = authority.edition(SOUND)
    trust = ("--trust", authority.trust)
    assert run("register", "use", edition, *trust).returncode == 0
    (kept,) = (authority.folder / "registers").iterdir()
    kept.rename(kept.with_name("0.edition.json"))
    told = run("value", "-", *trust, stdin=CREDENTIAL)
    assert told.returncode == 0
    assert b"of another register" in told.stderr


def _register_of(report: bytes) -> set[int]:
    (appraisal,) = json.loads(report)["value"]["appraisals"]
    return {appraisal["register"]["edition"]}


def _editions(authority: Authority) -> tuple[Path, Path, Path]:
    """Make edition 1, an edition 2 that follows it, and another edition 2 that does not."""
    first = authority.edition(SOUND, "one.json")
    signed = authority.run(
        *("register", "sign", authority.folder / "one", "--key", authority.key),
        *("--out", authority.folder / "again.json"),
    )
    digest = signed.stdout.decode().split()[-1]
    second = authority.edition(numbered(2, digest), "two.json")
    return first, second, authority.edition(numbered(2, "sha256:" + "0" * 64), "fork.json")


def test_of_several_named_editions_the_newest_counts_whatever_their_order(
    run: Run, authority: Authority
) -> None:
    first, second, _fork = _editions(authority)
    level = "urn:example:nz:level:5"
    badge = unsigned()
    for alignment in badge["credentialSubject"]["achievement"]["alignment"]:
        alignment["targetUrl"] = level
    data = serialize_json(sign(badge))
    for named in permutations((first, second)):
        options = [part for one in named for part in ("--register", one)]
        told = run("value", "-", "--json", "--trust", authority.trust, *options, stdin=data)
        assert _register_of(told.stdout) == {2}


def test_named_editions_that_do_not_follow_each_other_are_refused(
    run: Run, authority: Authority
) -> None:
    first, second, fork = _editions(authority)
    for named in (*permutations((second, fork)), *permutations((first, fork))):
        options = [part for one in named for part in ("--register", one)]
        told = run("verify", "-", "--trust", authority.trust, *options, stdin=CREDENTIAL)
        assert told.returncode == 64
        assert b"EDITION_FORKED" in told.stderr


@pytest.mark.parametrize("kind", [5, True, {}, None, "xFrameworkRegisterCredentialx", [["a"]]])
def test_a_named_edition_of_any_form_is_a_wrong_call(
    run: Run, authority: Authority, kind: object
) -> None:
    named = authority.folder / "named.json"
    named.write_text(json.dumps({"type": kind, "credentialSubject": {"id": "urn:x"}}))
    for command in ("verify", "value"):
        told = run(command, "-", "--trust", authority.trust, "--register", named, stdin=CREDENTIAL)
        assert told.returncode == 64
        assert b"EDITION_MALFORMED" in told.stderr


def test_a_named_edition_that_may_not_be_relied_on_is_a_wrong_call_and_no_verdict(
    run: Run, authority: Authority
) -> None:
    edition = authority.edition(SOUND)
    key = ("--key", authority.key)
    out = ("--out", authority.folder / "out.json")
    request = authority.folder / "request.json"
    request.write_text("{}")
    changed = authority.folder / "changed.json"
    text = edition.read_text()
    changed.write_text(text.replace("Pipe welding,5,nzcr,20", "Pipe welding,5,nzcr,21"))
    trust = ("--trust", authority.trust)
    for named, more in ((edition, ()), (changed, trust)):
        options = ("--register", named, *more)
        for command in (("verify", "-"), ("value", "-"), ("stack", "plan", "x.toml", "-")):
            told = run(*command, *options, stdin=CREDENTIAL)
            assert told.returncode == 64, told.stderr
            assert str(named).encode() in told.stderr
    request.write_text((EXAMPLES / "welding.json").read_text())
    told = run("issue", request, *key, *out, "--register", edition)
    assert told.returncode == 64
    assert b"REGISTER_SIGNER_NOT_BELIEVED" in told.stderr


def test_a_message_that_repeats_a_file_holds_no_control_characters(
    run: Run, authority: Authority
) -> None:
    edition = json.loads(authority.edition(SOUND).read_text())
    edition["credentialSubject"]["files"][0]["fileName"] = "\x1b[2Jx.csv"
    named = authority.folder / "named.json"
    named.write_text(json.dumps(edition))
    told = run("register", "show", named)
    assert told.returncode == 1
    assert b"\x1b" not in told.stderr


def test_showing_an_edition_says_that_its_signature_is_not_checked(
    run: Run, authority: Authority
) -> None:
    edition = authority.edition(SOUND)
    for options in ((), ("--framework", "nz")):
        told = run("register", "show", edition, *options).stdout.decode()
        assert told.startswith("SIGNATURE NOT CHECKED.")
    for other in ("reference", edition.with_suffix("")):
        assert b"NOT CHECKED" not in run("register", "show", other).stdout


WELDING = """id = "https://poly.example/welding"
title = "Pipe welding"
framework = "nz"
[[providers]]
id = "did:web:poly.example"
"""


def test_only_a_listing_in_an_edition_that_holds_is_endorsed(
    run: Run, authority: Authority
) -> None:
    edition = authority.edition(SOUND)
    course = authority.folder / "course.toml"
    course.write_text(WELDING)
    other = re.search(r"file:\S+", run("keys", "new", "other").stdout.decode())[0]  # type: ignore[index]
    out = authority.folder / "endorsement.json"

    def endorse(register: Path, key: str, *options: object) -> tuple[int, bytes]:
        naming = ("--register", register, "--provider", "did:web:poly.example", "--key", key)
        told = run("register", "endorse", course, *naming, "--out", out, *options)
        assert out.exists() is (told.returncode == 0)
        out.unlink(missing_ok=True)
        return told.returncode, told.stderr

    assert endorse(edition, authority.key)[0] == 0
    assert endorse(edition.with_suffix(""), authority.key)[0] == 0
    status, told = endorse(edition, other)
    assert (status, b"REGISTER_SIGNER_NOT_BELIEVED" in told) == (1, True)
    assert endorse(edition, other, "--trust", authority.trust)[0] == 0
    about_others = authority.folder / "others.json"
    trusted = {"authorities": [{"id": authority.id, "frameworks": ["ie"]}]}
    about_others.write_text(json.dumps(trusted))
    assert endorse(edition, other, "--trust", about_others)[0] == 1
    forged = authority.folder / "forged.json"
    forged.write_text(edition.read_text().replace(",5,nzcr,20,200,", ",5,nzcr,40,400,"))
    status, told = endorse(forged, authority.key)
    assert (status, b"SIGNATURE_INVALID" in told) == (1, True)
    expired = SOUND["register.toml"].replace("2026-12-31", "2026-01-02")
    old = authority.edition({**SOUND, "register.toml": expired}, "old.json")
    status, told = endorse(old, authority.key)
    assert (status, b"EXPIRED" in told) == (1, True)
