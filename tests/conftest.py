"""What all tests share: the conformance data, a fixed clock, and a closed network."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

CONFORMANCE_VARIABLE = "TALLYSTICK_CONFORMANCE_DATA"
REQUIRED_VARIABLE = "TALLYSTICK_REQUIRE_CONFORMANCE"

settings.register_profile("tallystick", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("tallystick")

_skipped = pytest.StashKey[list[str]]()


def conformance_folder() -> Path:
    stated = os.environ.get(CONFORMANCE_VARIABLE)
    root = Path(__file__).resolve().parent.parent
    return Path(stated) if stated else root.parent / "shared" / "conformance"


@pytest.fixture
def conformance() -> Path:
    """Return the folder of official vectors and fixtures, or skip loudly without it."""
    folder = conformance_folder()
    if not (folder / "MANIFEST.sha256").is_file():
        message = f"conformance data absent at {folder}; set {CONFORMANCE_VARIABLE}"
        if os.environ.get(REQUIRED_VARIABLE):
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture
def now() -> datetime:
    """Return the fixed clock of the conformance data."""
    return datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture(autouse=True)
def closed_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every attempt to leave this machine a failure of the test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> object:
        host = address[0] if isinstance(address, tuple) else None
        if self.family != socket.AF_UNIX and host not in ("127.0.0.1", "::1"):
            raise AssertionError(f"a test tried to reach {address!r}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one loud line that conformance tests did not run, and which."""
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if "conformance data absent" in str(report.longrepr)
    ]
    if skipped:
        suites = sorted({report.nodeid.partition("::")[0] for report in skipped})
        terminalreporter.write_line(
            f"CONFORMANCE DATA ABSENT: {len(skipped)} tests did not run ({', '.join(suites)})",
            red=True,
            bold=True,
        )
