"""Measure the verdict on the verifier's page for a dropped badge; writes docs/benchmarks-page.md.

Two processes of the verifier have the page, as a machine with two cores runs them behind a proxy.
A badge of 4 KB with a status list that is at hand is given to the form as a browser gives a file,
and the time counts until the whole page with the answer is there.  Chromium then does it as people
do: from the press on the button until the answer is painted, by the browser's own clock.
"""

from __future__ import annotations

import json
import math
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import sync_playwright

from tools.bench_http import REPORT as HTTP_REPORT
from tools.bench_http import credential, verifier
from tools.processes import processor_seconds

REPORT = HTTP_REPORT.with_name("benchmarks-page.md")
PROCESSES = 2
DROPS = 300
"""Badges that are given to each process."""

LOOKS = 60
"""Badges that are given in the browser."""

WARMING = 10
GOAL_MS = 150
"""Longest time of 95 drops in 100 (milliseconds)."""

ANSWER = "issuer-not-known"
"""The answer about a valid badge where nobody has named whom they believe."""

NAMED = {"lang": "en"}

PRESSED = """addEventListener("click", () => {
  sessionStorage.pressed = performance.timeOrigin + performance.now();
}, true);"""
"""Has the browser remember when the button was pressed; the program that presses it is slower."""

SINCE_PRESSED = """() => new Promise(told => new PerformanceObserver(seen => {
  for (const paint of seen.getEntriesByName("first-contentful-paint")) {
    told(performance.timeOrigin + paint.startTime - Number(sessionStorage.pressed));
  }
}).observe({ type: "paint", buffered: true }))"""
"""Milliseconds from the press until the browser painted the answer, by its own clock."""

HEAD = """# The verdict on the page

Written by `make bench-page` (`tools/bench_page.py`): a badge of {size:,} bytes with a status list
that is at hand, dropped on [the page](verifier-page.md). {processes} processes of the verifier,
Python {python} on {machine}, {cores} cores; whoever gives the badges runs on the same cores. The
load was {load:.1f} for {cores} cores: other work makes elapsed times longer. Processor time is that
of the verifier for one badge.

| | median ms | 95 in 100 ms | worst ms | goal | processor ms |
|---|---|---|---|---|---|
"""


def drop(client: httpx.Client, badge: bytes) -> float:
    """Give a badge to the page; return the milliseconds until the answer is there."""
    begun = time.perf_counter()
    response = client.post(
        "/", files={"file": ("badge.json", badge, "application/json")}, params=NAMED
    )
    elapsed = (time.perf_counter() - begun) * 1_000
    if response.status_code != 200 or f'data-answer="{ANSWER}"' not in response.text:
        sys.exit(f"The page did not say that the badge is valid ({response.status_code}).")
    return elapsed


def drops(address: str, badge: bytes, count: int) -> list[float]:
    """Give a badge to one process again and again."""
    with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        return [drop(client, badge) for _number in range(count)]


def looks(address: str, badge: bytes) -> list[float]:
    """Give a badge in Chromium, until the answer is on the screen."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        sys.exit("Chromium is not installed; on Debian it is the package chromium.")
    times: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.add_init_script(PRESSED)
        for _number in range(LOOKS + WARMING):
            page.goto(address)
            page.set_input_files(
                "#file", [{"name": "badge.json", "mimeType": "application/json", "buffer": badge}]
            )
            page.click("button.primary")
            page.wait_for_selector(f"[data-answer={ANSWER}]")
            times.append(page.evaluate(SINCE_PRESSED))
        browser.close()
    return times[WARMING:]


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of drops, and of the verifier's processor for one."""

    name: str
    times: list[float]
    processor: float

    @property
    def p95(self) -> float:
        """The time that 95 in 100 drops did not exceed."""
        return sorted(self.times)[math.ceil(0.95 * len(self.times)) - 1]

    def row(self) -> str:
        """Write a line of the table."""
        cells = (statistics.median(self.times), self.p95, max(self.times))
        told = " | ".join(f"{one:.0f}" for one in cells)
        return f"| {self.name} | {told} | {GOAL_MS} | {self.processor:.0f} |"


def measured(name: str, pids: list[int], work: Callable[[], list[float]]) -> Measured:
    """Do some work, and measure it."""
    before = sum(map(processor_seconds, pids))
    times = work()
    spent = (sum(map(processor_seconds, pids)) - before) * 1_000
    return Measured(f"{len(times):,} {name}", times, spent / len(times))


def measure(badge: bytes) -> list[Measured]:
    """Start the processes, and measure."""
    with ExitStack() as stack:
        folders = [
            Path(stack.enter_context(tempfile.TemporaryDirectory())) for _number in range(PROCESSES)
        ]
        started = [stack.enter_context(verifier(folder)) for folder in folders]
        pids, addresses = [pid for pid, _address in started], [one for _pid, one in started]
        for address in addresses:
            drops(address, badge, WARMING)

        def together() -> list[float]:
            with ThreadPoolExecutor(PROCESSES) as pool:
                given = list(pool.map(lambda one: drops(one, badge, DROPS), addresses))
            return [one for times in given for one in times]

        return [
            measured("drops, one at a time", pids, lambda: drops(addresses[0], badge, DROPS)),
            measured(f"drops, one at a time on each of {PROCESSES} processes", pids, together),
            measured(
                "drops in Chromium, from the press until the answer is painted",
                pids,
                lambda: looks(addresses[0], badge),
            ),
        ]


def main() -> None:
    """Measure and write the report; exit status 1 if the goal was missed."""
    badge = json.dumps(credential(), separators=(",", ":")).encode()
    rows = measure(badge)
    told = "\n".join(one.row() for one in rows)
    head = HEAD.format(
        size=len(badge),
        processes=PROCESSES,
        python=platform.python_version(),
        machine=platform.machine(),
        cores=os.cpu_count(),
        load=os.getloadavg()[0],
    )
    REPORT.write_text(f"{head}{told}\n", encoding="utf-8")
    sys.stdout.write(REPORT.read_text(encoding="utf-8"))
    sys.exit(0 if rows and all(one.p95 <= GOAL_MS for one in rows) else 1)


if __name__ == "__main__":
    main()
