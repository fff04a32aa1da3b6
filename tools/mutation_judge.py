"""Have mutmut make mutants in mutants/, and judge them.

mutmut itself starts pytest anew for each mutant and runs the fastest tests first.  Here pytest
collects once, each mutant is a fork of that process, and the tests that noticed the neighbours of
a mutant come first; so a mutant takes a fraction of a second.  Of the tests that noticed no other
mutant of the function, those run that reach the fewest functions, as they are about it, as far as
the stated seconds go: what survives is what these did not notice.

Mutants are judged in the random order of a seed, so that those judged so far are always a fair
sample of all.  Endless loops are stopped by processor time, which a busy machine does not use up.
"""

from __future__ import annotations

import argparse
import filecmp
import gc
import hashlib
import json
import os
import resource
import signal
import sys
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import groupby
from math import ceil
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import pytest
from _pytest.runner import runtestprotocol
from mutmut import __main__ as mutmut
from mutmut.mutation import trampoline
from mutmut.state import state

SEED_FILE = Path("seed")
"""The seed of the random order; a new sample has a new one (`mutation.py --new-sample`)."""

PATIENCE = 5
"""How many times longer than it should a run may take before it counts as endless."""

MOST_MINUTES_OF_A_MUTANT = 20
"""When a run is given up that waits without using processor time; it does not count as noticed."""

LIKELIEST = "tests/test_recorded.py"
"""The tests that look at each word of a finding; they come first where nothing is known yet."""

MOST_SET_ASIDE = 10
"""Tests that may fail on the unchanged code, as they measure time; more is a fault of the code."""

LEAST_SECONDS = 0.01
"""What any test takes beside its own work, when it is counted how much it notices a second."""

NUMBER_BYTES = 4
"""Of the number of a module of tests, in the queue from which forks take modules."""

NOTICED_FILE = Path("noticed.json")
"""Which tests noticed what, for the next run."""

KEPT = (".meta", ".spans")
"""Ends of the names of files in which mutmut keeps what it knows of a mutated one."""

MARK = "__mutmut_"
"""What stands between the name of a function and the number of a mutant."""

NOTICED, SURVIVED, WITHOUT_TEST = 1, 0, 33
"""Exit codes as mutmut keeps them."""


Told = tuple[str, float, list[str], bool]
"""A test, its seconds of processor time, which functions it reached, and whether it failed."""


@dataclass(slots=True)
class Judge:
    """A pytest plugin: once the tests are collected, it judges mutants instead of running them."""

    deadline: float
    workers: int
    seconds: float
    tests_of: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    costs: dict[str, float] = field(default_factory=dict)
    breadths: Counter[str] = field(default_factory=Counter)
    noticed: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    running: dict[int, tuple[str, int]] = field(default_factory=dict)
    files: dict[str, tuple[Path, dict]] = field(default_factory=dict)
    set_aside: int = 0

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Time the tests on the unchanged code, then judge until all is done or time is over."""
        items = {item.nodeid: item for item in session.items}
        gc.freeze()
        self._measure(session.items)
        self._require_silence([item for item in session.items if item.nodeid in self.costs])
        self._read_noticed()
        names = self._open_mutants()
        for number, name in enumerate(names):
            if time.monotonic() > self.deadline:
                break
            if len(self.running) >= self.workers:
                self._wait()
            self._start(name, items)
            if number % 100 == 0:
                used = resource.getrusage(resource.RUSAGE_CHILDREN)
                seconds = used.ru_utime + used.ru_stime
                print(f"{number} of {len(names)} mutants judged in {seconds:.0f} s", flush=True)
                NOTICED_FILE.write_text(json.dumps(self.noticed), encoding="utf-8")
        while self.running:
            self._wait()
        return True

    def _measure(self, items: list[pytest.Item]) -> None:
        """Find out on the unchanged code what each test reaches, and how long it takes."""
        for test, seconds, reached, has_failed in self._in_forks("stats", items):
            self._note(test, seconds, reached, has_failed)
        print(f"{len(items)} tests take {sum(self.costs.values()):.0f} s", flush=True)

    def _note(self, test: str, seconds: float, reached: Iterable[str], has_failed: bool) -> None:
        """Note what a test reaches; one that fails on the unchanged code is set aside, and named.

        Tests of limits of time may fail here, where every call is noted.
        """
        if has_failed:
            self._set_aside(test)
            return
        self.costs[test] = seconds
        for function in reached:
            self.tests_of[function].append(test)
            self.breadths[test] += 1

    def _set_aside(self, test: str) -> None:
        print(f"Set aside, as it fails on the unchanged code: {test}", flush=True)
        self.set_aside += 1
        if self.set_aside > MOST_SET_ASIDE:
            sys.exit("Too many tests fail on the unchanged code.")

    def _require_silence(self, items: list[pytest.Item]) -> None:
        """Set aside the tests that notice a mutant that does not exist.

        They run in the opposite order than before: none may live on what another one has done.
        """
        for test, seconds, _reached, has_failed in self._in_forks(f"nothing{MARK}0", items[::-1]):
            self.costs[test] = seconds
            if has_failed:
                self._set_aside(test)
                del self.costs[test]
                for tests in self.tests_of.values():
                    tests[:] = [one for one in tests if one != test]

    def _in_forks(self, name: str, items: list[pytest.Item]) -> Iterator[Told]:
        """Run tests under a name of a mutant in forks of this process, as mutants are judged.

        This process runs none: what it remembered, no mutant of the code that found it could
        change any more.
        """
        modules = [list(group) for _path, group in groupby(items, key=lambda item: item.path)]
        files = {}
        with ExitStack() as stack:
            queue = stack.enter_context(_queue(len(modules)))
            for _worker in range(self.workers):
                file = stack.enter_context(TemporaryFile("w+", encoding="utf-8"))
                pid = os.fork()
                if not pid:
                    os._exit(_tell_all(name, modules, queue, file))
                files[pid] = file
            for pid, file in files.items():
                _pid, status = os.waitpid(pid, 0)
                if status != SURVIVED:
                    sys.exit(f"A fork without any mutant ends with status {status}.")
                file.seek(0)
                yield from map(json.loads, file)

    def _read_noticed(self) -> None:
        if NOTICED_FILE.exists():
            for key, tests in json.loads(NOTICED_FILE.read_text(encoding="utf-8")).items():
                self.noticed[key].update(tests)

    def _open_mutants(self) -> list[str]:
        names: list[str] = []
        is_open = {}
        for path in sorted(Path().rglob("*.py.meta")):
            kept = json.loads(path.read_text(encoding="utf-8"))
            for name, code in kept["exit_code_by_key"].items():
                self.files[name] = (path, kept)
                names.append(name)
                is_open[name] = code is None
        # The place of a mutant does not depend on which others there are, so what was forgotten is
        # judged before anything new: otherwise survivors would drop out of the sample.
        seed = SEED_FILE.read_text(encoding="utf-8") if SEED_FILE.exists() else "1"
        names.sort(key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest())
        return [name for name in names if is_open[name]]

    def _start(self, name: str, items: dict[str, pytest.Item]) -> None:
        chosen = [items[test] for test in self._chosen(name) if test in items]
        if not chosen:
            self._keep(name, WITHOUT_TEST)
            return
        reading, writing = os.pipe()
        if pid := os.fork():
            os.close(writing)
            self.running[pid] = (name, reading)
            return
        os._exit(self._run(name, chosen, writing))

    def _chosen(self, name: str) -> list[str]:
        """Order and choose the tests of a mutant."""
        file, function = place_of(name)
        tests = [test for test in self.tests_of.get(function, ()) if test in self.costs]
        of_function, of_file = self.noticed[function], self.noticed[file]
        tests.sort(
            key=lambda test: (
                -of_function[test] / (self.costs[test] + LEAST_SECONDS),
                -of_file[test] / (self.costs[test] + LEAST_SECONDS),
                not test.startswith(LIKELIEST),
                self.breadths[test],
            )
        )
        # Half of the time is for those that look at words, half for all others.
        chosen: list[str] = []
        left = {True: self.seconds / 2, False: self.seconds / 2}
        for test in tests:
            is_likely = test.startswith(LIKELIEST)
            if of_function[test] or self.costs[test] <= left[is_likely] or not chosen:
                left[is_likely] -= self.costs[test]
                chosen.append(test)
        return chosen

    def _run(self, name: str, items: list[pytest.Item], writing: int) -> int:
        """Run tests in this fork until one fails, and tell which."""
        trampoline.set_mutant_under_test(name)
        # The mutant of a process never changes; reading the environment at each call is slow.
        trampoline.get_mutant_under_test = lambda: name
        seconds = sum(self.costs[item.nodeid] for item in items)
        limit = ceil(time.process_time() + (seconds + 1) * PATIENCE)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
        gc.disable()  # A short life needs no collection, which would touch the parent's memory.
        signal.alarm(MOST_MINUTES_OF_A_MUTANT * 60)
        for item, following in zip(items, [*items[1:], None], strict=True):
            if any(report.failed for report in runtestprotocol(item, False, following)):
                os.write(writing, item.nodeid.encode())
                return NOTICED
        return SURVIVED

    def _wait(self) -> None:
        pid, status = os.wait()
        name, reading = self.running.pop(pid)
        with os.fdopen(reading, "rb") as pipe:
            test = pipe.read().decode()
        if test:
            file, function = place_of(name)
            self.noticed[function][test] += 1
            self.noticed[file][test] += 1
        self._keep(name, os.waitstatus_to_exitcode(status))

    def _keep(self, name: str, exit_code: int) -> None:
        path, kept = self.files[name]
        kept["exit_code_by_key"][name] = exit_code
        path.write_text(json.dumps(kept, indent=4), encoding="utf-8")


def _queue(length: int) -> IO[bytes]:
    """Give numbers from 0 that several forks take, each of them once."""
    reading, writing = os.pipe()
    os.write(writing, b"".join(number.to_bytes(NUMBER_BYTES) for number in range(length)))
    os.close(writing)
    return os.fdopen(reading, "rb", buffering=0)


def _tell_all(name: str, modules: list[list[pytest.Item]], queue: IO[bytes], file: IO[str]) -> int:
    """Run the tests of one module after the other, and tell of each what it reached, one a line."""
    reached = state()._stats  # noqa: SLF001 - where mutmut's trampolines note what they reach
    trampoline.set_mutant_under_test(name)
    trampoline.get_mutant_under_test = lambda: name
    while taken := queue.read(NUMBER_BYTES):
        items = modules[int.from_bytes(taken)]
        for item, following in zip(items, [*items[1:], None], strict=True):
            reached.clear()
            start = time.process_time()
            has_failed = any(report.failed for report in runtestprotocol(item, False, following))
            told = item.nodeid, time.process_time() - start, sorted(reached), has_failed
            file.write(f"{json.dumps(told)}\n")
    file.flush()
    return SURVIVED


def place_of(mutant: str) -> tuple[str, str]:
    """Split the name of a mutant into its file and its function with its file."""
    return mutant.rpartition(".")[0], mutant.partition(MARK)[0]


def _remove_stale_copies() -> None:
    """Remove copies of files that are no more, and of templates and the like that have changed.

    mutmut copies what is not there yet: an old migration or page would stay as it was.
    """
    for copy in list(Path("mutants").glob("*/**/*")):
        original = copy.relative_to("mutants")
        if not copy.is_file() or "__pycache__" in copy.parts or copy.suffix in KEPT:
            continue
        if not original.exists():
            for path in (copy, *copy.parent.glob(f"{copy.name}.*")):
                path.unlink()
        elif copy.suffix != ".py" and not filecmp.cmp(original, copy, shallow=False):
            copy.unlink()


def make_mutants(workers: int) -> None:
    """Copy the project to mutants/ with all mutants in it; verdicts on unchanged functions stay."""
    trampoline.set_mutant_under_test("mutant_generation")
    Path("mutants").mkdir(exist_ok=True)
    _remove_stale_copies()
    mutmut.copy_src_dir()
    mutmut.copy_also_copy_files()
    mutmut.setup_source_paths()
    mutmut.store_lines_covered_by_tests()
    mutmut.create_mutants(workers)
    os.chdir("mutants")


def main() -> None:
    """Make mutants, and judge those that have no verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, required=True, help="stop after this time")
    parser.add_argument("--workers", type=int, required=True, help="mutants at once")
    parser.add_argument("--seconds", type=float, required=True, help="see above")
    arguments = parser.parse_args()
    settings = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["mutmut"]
    make_mutants(arguments.workers)
    deadline = time.monotonic() + arguments.minutes * 60
    judge = Judge(deadline, arguments.workers, arguments.seconds)
    options = settings["pytest_add_cli_args"] + settings["pytest_add_cli_args_test_selection"]
    sys.exit(pytest.main(["--rootdir=.", "--tb=native", "-s", *options], plugins=[judge]))


if __name__ == "__main__":
    main()
