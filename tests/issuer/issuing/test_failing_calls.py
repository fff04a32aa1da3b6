"""Whatever system call fails, or is the last one, the service goes on where it was.

`strace` makes the calls fail (Linux; Debian: `apt install strace`); a few of each kind here, and
every one of them in a soak.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from credentials.status.bitstring import decode_list, entries_set
from credentials.strict_json import parse_json
from issuer.issuing.checking import check_store
from issuer.issuing.high_water import HighWaterFile
from issuer.store import CredentialFilter
from service import migrate, open_database
from tests.conformance import is_required
from tests.issuer.issuing import operated
from tests.issuer.issuing.workshops import award_to, bench
from tests.project import ROOT
from tests.soak import IS_SOAK, repetitions

POINTS = repetitions(1, soak=1_000)
"""Calls of each kind that fail, for each operation: all of them where there are fewer."""

CALLS = "openat,write,pwrite64,fdatasync,fsync,ftruncate,unlink,rename"
FAULTS = ("error=EIO", "error=ENOSPC", "signal=SIGKILL")
MODULE = "tests.issuer.issuing.operated"
SECONDS = 120


def require_strace() -> None:
    """Skip loudly without the program that looks at system calls."""
    if shutil.which("strace") is None:
        message = "strace is not here; install it, on Debian with the package strace"
        if is_required():
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a service in a folder that has issued, revoked and published before."""
    require_strace()
    folder = tmp_path_factory.mktemp("base")
    engine = open_database(f"sqlite:///{folder / 'issuer.sqlite'}")
    migrate(engine)
    one = bench(engine, high_water=HighWaterFile(folder / "mark.json"))
    for name in ("first", "second"):
        one.issue(name, award_to(f"{name}@poly.example"))
    engine.dispose()
    operated.publish(folder)
    operated.revoke(folder)
    return folder


def run(
    operation: str, folder: Path, *injected: str, module: str = MODULE
) -> tuple[bool, dict[str, list[int]]]:
    """Do an operation; tell whether it was confirmed, and which calls of each kind it made there.

    Calls in the folder are numbered among all of their kind: the interpreter opens files, too.
    """
    log = folder / "calls.log"
    program = [sys.executable, "-m", module, operation, str(folder)]
    traced = ["strace", "-f", "--seccomp-bpf", "-qq", "-y", "-o", str(log), "-e", f"trace={CALLS}"]
    inject = [word for one in injected for word in ("-e", f"inject={one}")]
    done = subprocess.run(
        [*traced, *inject, *program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        timeout=SECONDS,
    )
    made = calls_in(log.read_text(errors="replace"), str(folder))
    log.unlink()
    return b"confirmed" in done.stdout, made


def calls_in(record: str, folder: str) -> dict[str, list[int]]:
    """Number the calls of each kind of the first process, and keep those that name a folder."""
    counted, found = Counter[str](), dict[str, list[int]]()
    first = record.partition(" ")[0]
    for process, call, rest in re.findall(r"^([0-9]+) +([a-z0-9]+)\((.*)$", record, re.M):
        if process == first:
            counted[call] += 1
            if folder in rest:
                found.setdefault(call, []).append(counted[call])
    return found


def points(operation: str, base: Path, folder: Path, *, module: str = MODULE) -> list[str]:
    """Choose which call fails, and how: every one of them in a soak."""
    shutil.copytree(base, folder)
    confirmed, made = run(operation, folder, module=module)
    shutil.rmtree(folder)
    assert confirmed
    found = [
        f"{call}:{fault}:when={number}"
        for call, numbers in sorted(made.items())
        for fault in FAULTS
        for number in numbers
    ]
    return found if len(found) <= POINTS else random.Random(operation).sample(found, POINTS)


@pytest.mark.parametrize("operation", operated.OPERATIONS if IS_SOAK else ["issue"])
def test_whatever_call_fails_nothing_confirmed_is_lost_and_the_service_goes_on(
    base: Path, tmp_path: Path, operation: str
) -> None:
    folder, tried = tmp_path / "service", 0
    for injected in points(operation, base, folder):
        shutil.copytree(base, folder)
        confirmed, _made = run(operation, folder, injected)
        assert faults_of(operation, folder, confirmed=confirmed) == [], injected
        shutil.rmtree(folder)
        tried += 1
    assert tried >= (20 if IS_SOAK else 1)


def test_a_service_that_lost_what_it_confirmed_is_noticed(base: Path, tmp_path: Path) -> None:
    """The control: it says that it has done what it has not."""
    folder = tmp_path / "service"
    for operation, fault in (("issue", "lost"), ("revoke", "lost")):
        shutil.copytree(base, folder)
        assert fault in faults_of(operation, folder, confirmed=True)
        shutil.rmtree(folder)


def faults_of(operation: str, folder: Path, *, confirmed: bool) -> list[str]:
    """Look at a service after a fault, do the operation again, and say what is wrong."""
    shop = operated.shop_in(folder)
    act, mark = operated.act_in(shop), HighWaterFile(folder / "mark.json")
    check_store(shop.store.engine, trusted=lambda _key: False, high_water=mark)
    before = shop.store.credentials.of_key(act.tenant_id, operated.KEY)
    revoked = CredentialFilter(status="revoked")
    withdrawn = shop.store.credentials.count(act.tenant_id, revoked)
    is_there = {"issue": before is not None, "revoke": withdrawn == 2}.get(operation, True)
    found = [] if is_there or not confirmed else ["lost"]
    if before is not None and before.state == "intended":
        shop.now.pass_by(seconds=31)  # type: ignore[attr-defined]
    operated_again(operation, folder, shop)
    check_store(shop.store.engine, trusted=lambda _key: False, high_water=mark)
    after = shop.store.credentials.of_key(act.tenant_id, operated.KEY)
    if before is not None and after is not None and before.data not in (None, after.data):
        found.append("changed")
    operated.publish(folder)
    bits = set[int]()
    for path in folder.glob("tenant*.json"):
        encoded = parse_json(path.read_bytes())["credentialSubject"]["encodedList"]
        bits |= set(entries_set(decode_list(encoded)))
    shop.store.engine.dispose()
    withdrawn = 2 if operation == "revoke" else 1
    return found if len(bits) == withdrawn else [*found, "a revocation is lost"]


def operated_again(operation: str, folder: Path, shop: operated.Workshop) -> None:
    if operation != "issue":
        operated.OPERATIONS[operation](folder)
        return
    act = operated.act_in(shop)
    (achievement,) = shop.store.achievements.page(act.tenant_id).items
    award = award_to("ana@poly.example")
    operated.ExactlyOnce(shop).issue(act, operated.KEY, achievement.id, award)
    assert shop.store.credentials.count(act.tenant_id) == 3
