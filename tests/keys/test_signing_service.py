"""A key in a process of its own: what it signs, what it writes down, and how it is asked."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.did import did_key
from keys.errors import (
    KeyMaterialError,
    KeyNotFoundError,
    SignatureMismatchError,
    SignerRefusedError,
    SignerUnreachableError,
)
from keys.multibase import base64url
from keys.signer import PrivateKeySigner
from keys.signing_service.forms import form_of
from keys.signing_service.guarding import Caller, Guard, GuardedKey
from keys.signing_service.journal import Journal, JournalError, lines_of
from keys.signing_service.messages import Frame, listing, read_answer, signing
from keys.signing_service.rates import Caps, Rate
from keys.signing_service.remote import Patience, open_remote_key
from keys.store import KeyRecord, StoredKey
from keys.verification_key import KeyType

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
CALLER = Caller(process=4711, user=1000)
HASHES = bytes(64)
CAPS = Caps()
DAY = "2026-01-01.jsonl"


class Clock:
    """A clock that tests move: the time of day, and seconds that only grow."""

    def __init__(self) -> None:
        self.now, self.seconds = NOON, 0.0


class World:
    """A guard over one key, with everything around it in reach."""

    def __init__(self, folder: Path, caps: Caps = CAPS) -> None:
        self.folder, self.clock = folder, Clock()
        signer = PrivateKeySigner.generate(KeyType.ED25519)
        owner = did_key(signer.verification_key)
        self.record = KeyRecord("uni", signer.verification_key, owner, f"{owner}#0", NOON)
        self.key, self.status = StoredKey(self.record, signer), "active"
        self.caps = caps
        self.start()

    def start(self) -> None:
        self.journal = Journal(self.folder)
        rate = Rate(self.caps, lambda: self.clock.seconds)
        guarded = GuardedKey(self.key, self.record_now)
        self.guard = Guard([guarded], self.journal, rate, lambda: self.clock.now)

    def restart(self) -> None:
        self.journal.close()
        self.start()

    def record_now(self) -> KeyRecord:
        return KeyRecord(
            "uni",
            self.record.key,
            self.record.controller,
            self.record.verification_method,
            NOON,
            self.status,
        )

    def ask(self, question: bytes) -> bytes:
        return self.guard.answer(question, CALLER)

    def sign(self, message: bytes = HASHES) -> bytes:
        return read_answer(self.ask(signing("uni", message))).content

    def refusal(self, question: bytes) -> str:
        with pytest.raises(SignerRefusedError) as caught:
            read_answer(self.ask(question))
        return caught.value.code


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def token(header: dict[str, object], payload: object) -> bytes:
    return ".".join(base64url(json.dumps(part).encode()) for part in (header, payload)).encode()


def test_what_is_signed_holds_and_has_its_line_in_the_journal(world: World) -> None:
    world.record.key.verify(world.sign(), HASHES)
    ((_day, line),) = lines_of(world.folder)
    members = json.loads(line)
    assert members["key"] == "uni"
    assert members["form"] == "proof"
    assert members["time"] == "2026-01-01T12:00:00Z"
    assert (members["user"], members["process"]) == (1000, 4711)
    assert members["sha256"] == "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"


@pytest.mark.parametrize("length", [64, 96, 99])
def test_the_digests_of_a_proof_are_signed(length: int) -> None:
    assert form_of(bytes(length)) == "proof"


@pytest.mark.parametrize(
    ("message", "form"),
    [
        (token({"typ": "vc+jwt"}, {}), "vc+jwt"),
        (token({"typ": "statuslist+jwt"}, {}), "statuslist+jwt"),
        (token({"typ": "JWT"}, {"@context": []}), "JWT"),
        (token({"typ": "JWT"}, {"vc": {"@context": []}}), "JWT"),
        (token({"typ": "oauth-authz-req+jwt"}, {"dcql_query": {}}), "oauth-authz-req+jwt"),
    ],
)
def test_tokens_of_credentials_are_signed(message: bytes, form: str) -> None:
    assert form_of(message) == form


@pytest.mark.parametrize(
    "message",
    [
        b"",
        bytes(63),
        bytes(65),
        b"an e-mail that somebody wants to have signed",
        token({"typ": "JWT"}, {"sub": "admin"}),
        token({"typ": "at+jwt"}, {"@context": []}),
        token({"typ": "oauth-authz-req+jwt"}, {"response_type": "code"}),
        token({"typ": ["vc+jwt"]}, {}),
        token({}, {"@context": []}),
        b"[" * 10_000 + b"." + b"[" * 10_000,
    ],
)
def test_anything_else_is_refused_and_leaves_no_line(world: World, message: bytes) -> None:
    assert world.refusal(signing("uni", message)) == "SIGNER_MESSAGE"
    assert list(lines_of(world.folder)) == []


@given(st.binary(max_size=200))
def test_any_bytes_are_answered(question: bytes) -> None:
    frame = Frame.from_bytes(_any_guard().answer(question, CALLER))
    assert "refused" in frame.members


def _any_guard() -> Guard:
    # Nothing gets as far as the journal.
    return Guard([], None, Rate(Caps(), lambda: 0.0), lambda: NOON)  # type: ignore[arg-type]


def test_a_key_that_was_ended_meanwhile_signs_nothing_more(world: World) -> None:
    world.sign()
    world.status = "revoked"
    assert world.refusal(signing("uni", HASHES)) == "KEY_ENDED"
    assert world.refusal(signing("other", HASHES)) == "KEY_NOT_FOUND"
    (record,) = read_answer(world.ask(listing())).members["keys"]
    assert record["status"] == "revoked"


def test_two_keys_of_one_name_are_refused(world: World) -> None:
    one = GuardedKey(world.key, world.record_now)
    with pytest.raises(KeyMaterialError, match="the same name"):
        Guard([one, one], world.journal, Rate(Caps(), lambda: 0.0), lambda: NOON)


def test_a_second_has_so_many_signatures_and_the_next_one_again(tmp_path: Path) -> None:
    world = World(tmp_path, Caps(each_second=2, each_day=100))
    world.sign()
    world.sign()
    assert world.refusal(signing("uni", HASHES)) == "SIGNER_BUSY"
    world.clock.seconds += 0.5
    world.sign()
    assert world.refusal(signing("uni", HASHES)) == "SIGNER_BUSY"


def test_a_day_has_so_many_signatures_also_after_a_restart(tmp_path: Path) -> None:
    world = World(tmp_path, Caps(each_second=100, each_day=3))
    for _ in range(3):
        world.sign()
        world.restart()
    assert world.refusal(signing("uni", HASHES)) == "SIGNER_DAY_SPENT"
    world.clock.now -= timedelta(days=1)
    assert world.refusal(signing("uni", HASHES)) == "SIGNER_DAY_SPENT"
    world.clock.now += timedelta(days=2)
    world.sign()
    world.restart()
    assert [str(day) for day, _line in lines_of(tmp_path)] == ["2026-01-01"] * 3 + ["2026-01-02"]


def changed(line: bytes) -> bytes:
    return line.replace(b'"user": 1000', b'"user": 1001')


@pytest.mark.parametrize(
    "tamper",
    [
        lambda lines: [changed(lines[0]), *lines[1:]],
        lambda lines: lines[1:],
        lambda lines: [lines[0], lines[2]],
        lambda lines: [lines[1], lines[0], lines[2]],
        lambda lines: [lines[0], *lines],
        lambda lines: [*lines, b"{}\n"],
    ],
)
def test_a_journal_that_was_changed_is_refused(
    world: World, tamper: Callable[[list[bytes]], list[bytes]]
) -> None:
    for _ in range(3):
        world.sign()
    path = world.folder / DAY
    path.write_bytes(b"".join(tamper(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(JournalError, match="changed, or one before it is missing"):
        world.restart()


def test_half_a_line_at_the_end_is_cut_off(world: World) -> None:
    world.sign()
    path = world.folder / DAY
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"number": 2, "ti')
    assert len(list(lines_of(world.folder))) == 1
    world.restart()
    assert path.read_bytes() == whole
    world.sign()
    assert len(list(lines_of(world.folder))) == 2


def test_on_a_full_disk_nothing_is_signed_and_the_journal_stays_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.sign()
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda file, data: write(file, data[:10]))
        assert world.refusal(signing("uni", HASHES)) == "SIGNER_JOURNAL"

    def fail(_file: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", fail)
        assert world.refusal(signing("uni", HASHES)) == "SIGNER_JOURNAL"
    world.sign()
    assert [json.loads(line)["number"] for _day, line in lines_of(world.folder)] == [1, 2, 3]


def test_a_journal_has_one_writer(world: World) -> None:
    with pytest.raises(JournalError, match="Another signer"):
        Journal(world.folder)


class Patient:
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def patience(self) -> Patience:
        return Patience(1.0, 0.25, lambda: self.seconds, self.sleep)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def test_a_signer_that_is_away_for_a_moment_is_waited_for(world: World) -> None:
    away = [True, True, False, True, False]

    def ask(question: bytes) -> bytes:
        if away and away.pop(0):
            raise SignerUnreachableError("away")
        return world.ask(question)

    with pytest.raises(SignerUnreachableError):
        open_remote_key("uni", ask)
    away.pop(0)
    key = open_remote_key("uni", ask, Patient().patience())
    world.record.key.verify(key.signer.sign(HASHES), HASHES)
    assert key.record == world.record
    assert key.signer.verification_key == world.record.key


def test_patience_ends(world: World) -> None:
    patient = Patient()
    key = open_remote_key("uni", world.ask, patient.patience())

    def nobody(_question: bytes) -> bytes:
        raise SignerUnreachableError("away")

    key.signer._ask = nobody  # type: ignore[attr-defined]
    with pytest.raises(SignerUnreachableError):
        key.signer.sign(HASHES)
    assert patient.seconds == 1.0


def test_a_refusal_is_not_asked_again(world: World) -> None:
    patient = Patient()
    key = open_remote_key("uni", world.ask, patient.patience())
    with pytest.raises(SignerRefusedError) as caught:
        key.signer.sign(b"nothing of ours")
    assert caught.value.code == "SIGNER_MESSAGE"
    assert patient.seconds == 0


def test_the_signature_of_another_key_is_not_used(world: World, tmp_path: Path) -> None:
    other = World(tmp_path / "other")
    asked = [world.ask, other.ask]
    key = open_remote_key("uni", lambda question: asked.pop(0)(question))
    with pytest.raises(SignatureMismatchError):
        key.signer.sign(HASHES)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\n", b"{}\n", b'{"keys": [1]}\n'])
def test_what_is_no_signer_is_noticed(answer: bytes) -> None:
    with pytest.raises(SignerUnreachableError) as caught:
        open_remote_key("uni", lambda _question: answer)
    assert caught.value.code == "SIGNER_ANSWER"


def test_a_name_that_the_signer_does_not_have_is_told_with_those_it_has(world: World) -> None:
    with pytest.raises(KeyNotFoundError, match="'university'; it has: uni"):
        open_remote_key("university", world.ask)
