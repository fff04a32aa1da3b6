"""An institution has a usable key, published before it signs, wherever a rotation ends."""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from credentials.json_types import JsonObject
from issuer.issuing.publishing import published_list
from issuer.store import Act, Tenant
from issuer.store.tenants import Tenants
from keys.did import did_web_url
from keys.errors import KeyMaterialError
from tallystick import issuer_setup, verifying
from tallystick.command import tallystick
from tallystick.issuer_service import IssuerService, open_service
from tests.factories import check
from tests.issuer.issuing.test_failing_calls import points, require_strace, run
from tests.issuer.issuing.workshops import TEMPLATE, award_to
from tests.processes import PROCESSES
from tests.soak import IS_SOAK, repetitions
from verifier.report import Verdict

ISSUED = repetitions(2, soak=1_000)
KILLS = repetitions(1, soak=100)
LONGEST_WAIT = 120
"""Seconds that a process may take to start on a busy machine."""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Begin a service whose institution has a did:web, and return its configuration."""
    monkeypatch.setenv("TALLYSTICK_REGISTERS", str(tmp_path / "registers"))
    monkeypatch.setenv("TALLYSTICK_KEYS", str(tmp_path / "keys"))
    path = str(tmp_path / "issuer.toml")
    named = ("--name", "poly", "--title", "Example", "--public-url", "https://badges.poly.example")
    (tmp_path / "achievement.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    for arguments in (
        ("init", path, "--keys", str(tmp_path / "keys"), *named),
        ("achievement", str(tmp_path / "achievement.json"), "--config", path),
    ):
        done = CliRunner().invoke(tallystick, ("issuer", *arguments))
        assert done.exit_code == 0, done.output
    return path


@pytest.fixture
def service(path: str) -> IssuerService:
    return open_service(path)


def tenant_of(service: IssuerService) -> Tenant:
    (tenant,) = service.store.tenants.all()
    return tenant


def issue(service: IssuerService, key: str) -> JsonObject:
    """Issue with the key that signs now; it must be in the institution's document already."""
    tenant = tenant_of(service)
    method = service.key_of(tenant).record.verification_method
    assert method in service.controller_document(tenant)["assertionMethod"]
    act = Act(tenant.id, "test", verifying.now())
    (achievement, *_others) = service.store.achievements.page(tenant.id).items
    award = award_to(f"{key}@poly.example")
    issued = service.exactly_once.issue(act, key, achievement.id, award)
    document: JsonObject = json.loads(issued.data or b"")
    assert document["proof"]["verificationMethod"] == method
    return document


def all_verify(service: IssuerService, documents: list[JsonObject]) -> bool:
    tenant = tenant_of(service)
    service.publisher.publish_due()
    known = {did_web_url(tenant.issuer): service.controller_document(tenant)}
    for document in documents:
        url = document["credentialStatus"]["statusListCredential"]
        listed = published_list(service.store.engine, url)
        known[url] = json.loads(listed.data) if listed else {}
    reports = [check(one, known, now=verifying.now()) for one in documents]
    return bool(reports) and {one.verdict for one in reports} == {Verdict.VALID}


def rotate(service: IssuerService, *, waits: bool = False) -> None:
    issuer_setup.rotate(service, tenant_of(service), waits=waits)


def test_what_both_keys_signed_verifies_when_the_first_is_retired(service: IssuerService) -> None:
    documents = [issue(service, f"a{number}") for number in range(ISSUED)]
    rotate(service, waits=True)
    documents.append(issue(service, "between"))
    rotate(service)
    documents += [issue(service, f"b{number}") for number in range(ISSUED)]
    assert len({one["proof"]["verificationMethod"] for one in documents}) == 2
    assert all_verify(service, documents)


class Cut(BaseException):
    """The process ends here."""


def cut(patch: pytest.MonkeyPatch, owner: Any, name: str, *, is_before: bool) -> None:
    """End the process before or after a step of the rotation."""
    step: Callable[..., Any] = getattr(owner, name)

    def ending(*arguments: Any, **named: Any) -> None:
        if not is_before:
            step(*arguments, **named)
        raise Cut

    patch.setattr(owner, name, ending)


STEPS = ((issuer_setup, "new_key"), (Tenants, "use_key"), (issuer_setup, "retire"))


def test_wherever_a_rotation_ends_there_is_a_usable_key_and_it_can_be_done_again(
    path: str, service: IssuerService
) -> None:
    documents = [issue(service, "first")]
    for number, (owner, name) in enumerate(STEPS * 2):
        with pytest.MonkeyPatch.context() as patch:
            cut(patch, owner, name, is_before=number < len(STEPS))
            with pytest.raises(Cut):
                rotate(service)
        service = open_service(path)
        documents.append(issue(service, f"cut-{number}"))
        rotate(service)
        documents.append(issue(service, f"done-{number}"))
    assert all_verify(service, documents)


def test_an_order_that_retires_first_leaves_no_usable_key(
    path: str, service: IssuerService
) -> None:
    """The control: the same look at a rotation that ends where it must not."""
    issuer_setup.retire(tenant_of(service).key_uri, verifying.now())
    with pytest.raises(KeyMaterialError):
        issue(open_service(path), "none")


def rotate_without_end(path: str, told: Connection) -> None:
    """Rotate again and again, and tell each time that it was done."""
    for _rotation in count():
        told.send_bytes(b"rotated")
        rotate(open_service(path))


def test_processes_that_are_killed_while_they_rotate_leave_a_usable_key(path: str) -> None:
    chance, documents = random.Random(10), []
    for number in range(KILLS):
        reader, writer = PROCESSES.Pipe(duplex=False)
        process = PROCESSES.Process(target=rotate_without_end, args=(path, writer), daemon=True)
        process.start()
        writer.close()
        for _rotation in range(chance.randrange(1, 3)):
            assert reader.poll(LONGEST_WAIT)
            reader.recv_bytes()
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        process.join()
        with reader, suppress(EOFError):
            reader.recv_bytes()
        service = open_service(path)
        documents.append(issue(service, f"k{number}"))
    rotate(service)
    documents.append(issue(service, "last"))
    assert all_verify(service, documents)


# Calls to the system that fail ------------------------------------------------------------------

ROTATED = "tests.tallystick.rotated"
ONE_POINT = ["rename:signal=SIGKILL:when=1"]
"""Where a rotation ends with each change: a key file is about to get its name."""


def faults_of(path: str, before: str, *, confirmed: bool) -> list[str]:
    """Look at a service after a fault, rotate again, and say what is wrong."""
    service = open_service(path)
    documents = [issue(service, "after")]
    used = documents[0]["proof"]["verificationMethod"]
    found = ["lost"] if confirmed and used == before else []
    rotate(service)
    documents.append(issue(service, "again"))
    if not all_verify(service, documents):
        found.append("not valid")
    service.store.engine.dispose()
    return found


def test_whatever_call_fails_in_a_rotation_there_is_a_usable_key(
    path: str, service: IssuerService, tmp_path: Path
) -> None:
    require_strace()
    before = service.key_of(tenant_of(service)).record.verification_method
    service.store.engine.dispose()
    base = shutil.move(tmp_path, tmp_path.with_name(f"{tmp_path.name}-base"))
    for injected in points("rotate", base, tmp_path, module=ROTATED) if IS_SOAK else ONE_POINT:
        shutil.copytree(base, tmp_path)
        confirmed, _made = run("rotate", tmp_path, injected, module=ROTATED)
        assert faults_of(path, before, confirmed=confirmed) == [], injected
        shutil.rmtree(tmp_path)
    shutil.copytree(base, tmp_path)
    # The control: it says that it has rotated, and has not.
    assert faults_of(path, before, confirmed=True) == ["lost"]
