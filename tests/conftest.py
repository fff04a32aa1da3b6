"""What all tests share: the conformance data, a fixed clock, and a closed network."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings

from tests.conformance import (
    ABSENT,
    FOLDER_VARIABLE,
    conformance_folder,
    is_present,
    is_required,
)

LOOPBACK = (None, "", "localhost", "127.0.0.1", "::1")

settings.register_profile("tallystick", derandomize=True, deadline=None, print_blob=True)
settings.register_profile(
    "mutation",
    settings.get_profile("tallystick"),
    max_examples=20,
    phases=[Phase.explicit, Phase.generate],
)
settings.load_profile("tallystick")


@pytest.fixture(scope="session")
def conformance() -> Path:
    """Return the folder of official vectors and fixtures, or skip loudly without it."""
    folder = conformance_folder()
    if not is_present(folder):
        message = f"{ABSENT} at {folder}; set {FOLDER_VARIABLE}"
        if is_required():
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture
def now() -> datetime:
    """Return the fixed clock of the conformance data."""
    return datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def closed_network() -> Iterator[None]:
    """Make every attempt of this process to leave the machine a failure of the test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", _guarded_lookup(socket.getaddrinfo))
        yield


def _guarded(original: Callable[..., Any]) -> Callable[..., Any]:
    def guard(self: socket.socket, *arguments: Any) -> Any:
        address = arguments[-1]  # the last argument of each of the three is the address
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOOPBACK:
            pytest.fail(f"a test tried to reach {address!r}")
        return original(self, *arguments)

    return guard


def _guarded_lookup(original: Callable[..., Any]) -> Callable[..., Any]:
    def guard(host: str | None, *arguments: Any, **options: Any) -> Any:
        if host not in LOOPBACK:
            pytest.fail(f"a test tried to look up {host!r}")
        return original(host, *arguments, **options)

    return guard


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one loud line that conformance tests did not run, and which."""
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if ABSENT in str(report.longrepr)
    ]
    if skipped:
        suites = sorted({report.nodeid.partition("::")[0] for report in skipped})
        terminalreporter.write_line(
            f"CONFORMANCE DATA ABSENT: {len(skipped)} tests did not run ({', '.join(suites)})",
            red=True,
            bold=True,
        )
