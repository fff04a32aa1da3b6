"""What was confirmed is on the disk: it is there in whatever a power cut leaves of the files.

`strace` records what a process writes, and what it waits for (Linux; Debian: `apt install strace`).
From the record, disks are made as they may be after a power cut at any moment.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from credentials.errors import TallystickError
from issuer.issuing.checking import check_store
from issuer.issuing.high_water import HighWaterFile
from issuer.store.writing_down import digest_of
from service import migrate, open_database
from tests.issuer.issuing import disks, operated, powered
from tests.issuer.issuing.disks import Moment, Survives, by_chance, moments, none_of_it
from tests.issuer.issuing.test_failing_calls import require_strace
from tests.issuer.issuing.workshops import bench
from tests.project import ROOT
from tests.soak import repetitions

IMAGES = repetitions(15, soak=20_000)
"""Disks that are drawn by chance, beside one for each confirmation that has the least."""

SECONDS = 120


@dataclass(frozen=True)
class Record:
    """What a process did in some folders, and what was in each of them before."""

    path: Path
    folders: Path
    names: dict[str, bytes]

    def moments(self, waits: str) -> Iterator[Moment]:
        return moments(self.path, self.folders / waits, self.names)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """Record a service at work, with a database that waits for the disk, and with others."""
    require_strace()
    folders = tmp_path_factory.mktemp("folders")
    first, *others = (folders / name for name in powered.WAITS)
    first.mkdir()
    engine = open_database(f"sqlite:///{first / 'issuer.sqlite'}")
    migrate(engine)
    bench(engine, high_water=HighWaterFile(first / "mark.json")).issue("before")
    engine.dispose()
    for other in others:
        shutil.copytree(first, other)
    names = {path.name: path.read_bytes() for path in first.iterdir()}
    log = folders / "calls.log"
    traced = ("strace", "-f", "--seccomp-bpf", "-qq", "-y", "-xx", "-s", "1000000", "-o", str(log))
    program = (sys.executable, "-m", "tests.issuer.issuing.powered", str(folders))
    subprocess.run(
        [*traced, "-e", f"trace={disks.CALLS}", *program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        timeout=SECONDS,
    )
    return Record(log, folders, names)


def images(record: Record, waits: str, drawn: int) -> Iterator[tuple[Moment, Survives]]:
    """Choose moments by chance, and beside these every one at which something was confirmed."""
    chance = random.Random(3)
    total = sum(1 for _moment in record.moments(waits))
    wanted = Counter(chance.randrange(total) for _image in range(drawn))
    before = 0
    for number, moment in enumerate(record.moments(waits)):
        if len(moment.confirmed) > before:
            before = len(moment.confirmed)
            yield moment, none_of_it
        for _image in range(wanted[number]):
            yield moment, by_chance(chance)


def faults_of(folder: Path, confirmed: tuple[str, ...]) -> list[str]:
    """Open what a power cut left, and say what is lost, changed or broken."""
    shop = operated.shop_in(folder)
    act, mark = operated.act_in(shop), HighWaterFile(folder / "mark.json")
    found = []
    for what, credential_id, *digest in map(str.split, confirmed):
        try:
            kept = shop.store.credentials.get(act.tenant_id, credential_id)
        except TallystickError:
            found.append(f"{what}: lost")
            continue
        if what == "issued" and [digest_of(kept.data or b"")] != digest:
            found.append("issued: lost or changed")
        if what == "revoked" and kept.status != "revoked":
            found.append("revoked: lost")
    try:
        check_store(shop.store.engine, trusted=lambda _key: False, high_water=mark)
    except TallystickError as error:
        found.append(f"broken: {error.code}")
    shop.store.engine.dispose()
    return found


def faults_in(record: Record, waits: str, drawn: int, target: Path) -> Counter[str]:
    """Count the faults of all images of a folder, and the images themselves."""
    counted = Counter[str]()
    for moment, survives in images(record, waits, drawn):
        moment.write(target, survives)
        counted.update(["images", *faults_of(target, moment.confirmed)])
        shutil.rmtree(target)
    return counted


CONFIRMED = powered.ISSUED + powered.ISSUED // powered.EVERY


def test_whatever_a_power_cut_leaves_has_all_that_was_confirmed(
    record: Record, tmp_path: Path
) -> None:
    found = faults_in(record, "FULL", IMAGES, tmp_path / "image")
    assert found == {"images": IMAGES + CONFIRMED}


@pytest.mark.parametrize("waits", powered.WAITS[1:])
def test_a_database_that_does_not_wait_for_the_disk_loses_what_it_confirmed(
    record: Record, tmp_path: Path, waits: str
) -> None:
    """The control: the same work and the same look, with another setting of the database."""
    found = faults_in(record, waits, 0, tmp_path / "image")
    assert found["images"] == CONFIRMED
    assert found["issued: lost"] > 0
    assert found["revoked: lost"] > 0
