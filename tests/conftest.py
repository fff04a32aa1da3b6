"""What all tests share: the conformance data, a fixed clock, and a closed network."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from sqlalchemy import Engine, create_engine, text

from service import open_database
from tallystick.settings import OFFLINE_VARIABLE
from tests import postgresql, softhsm
from tests.compiled_templates import templates_compiled_once
from tests.conformance import (
    ABSENT,
    FOLDER_VARIABLE,
    conformance_folder,
    is_present,
    is_required,
)
from tests.databases import postgresql_copy, sqlite_copy
from tests.sentences import every_sentence_looked_at
from tests.soak import repetitions

pytest_plugins = ["tests.words"]

collect_ignore = [] if os.environ.get("TALLYSTICK_BROWSER") else ["browser"]
"""`make browser` looks at pages, with what it installs for that; `make test` needs none of it."""

gc.disable()
"""What the tests' modules make stays until the end: nothing of it is to be collected meanwhile."""

NEW_OBJECTS = 20_000
"""How many more objects there are before garbage is collected: a page of a test makes thousands."""

LOOPBACK = (None, "", "localhost", "127.0.0.1", "::1")

settings.register_profile(
    "tallystick",
    derandomize=True,
    deadline=None,
    print_blob=True,
    max_examples=repetitions(40, soak=100),
)
settings.register_profile(
    "mutation",
    settings.get_profile("tallystick"),
    max_examples=20,
    phases=[Phase.explicit, Phase.generate],
)
settings.load_profile("tallystick")


@pytest.fixture(scope="session", autouse=True)
def sentences() -> Iterator[None]:
    """Look at the words of every error and every finding that is made in any test."""
    with every_sentence_looked_at():
        yield


@pytest.fixture(scope="session", autouse=True)
def templates() -> Iterator[None]:
    """Compile each template of a page once."""
    with templates_compiled_once():
        yield


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


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Return the URL of a running server, or skip loudly without PostgreSQL."""
    programs = postgresql.programs()
    if programs is None:
        message = f"{postgresql.ABSENT}; install it, on Debian with the package postgresql"
        if is_required():
            pytest.fail(message)
        pytest.skip(message)
    with postgresql.server(programs) as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_server: str) -> str:
    """Return the URL of a database of PostgreSQL, emptied: to make a new one takes seconds."""
    engine = create_engine(postgresql_server.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return postgresql_server


@pytest.fixture(scope="session")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URI of a token of SoftHSM, or skip loudly without it."""
    module = softhsm.module()
    if module is None:
        message = f"{softhsm.ABSENT}; install it, on Debian with the package softhsm2"
        if is_required():
            pytest.fail(message)
        pytest.skip(message)
    configuration = softhsm.configure(tmp_path_factory.mktemp("softhsm"))
    softhsm.new_token(configuration)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(softhsm.CONFIGURATION_VARIABLE, str(configuration))
        yield f"pkcs11:token={softhsm.TOKEN}?module-path={module}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database; every test runs on both kinds.

    It has its present form where the test takes `database` as well, and is empty otherwise.
    """
    path, is_present = tmp_path / "decisions.sqlite", "database" in request.fixturenames
    if request.param == "sqlite":
        yield sqlite_copy(path) if is_present else f"sqlite:///{path}"
    elif is_present:
        with postgresql_copy(request.getfixturevalue("postgresql_server")) as url:
            yield url
    else:
        yield request.getfixturevalue("postgresql_url")


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """Return a database in its present form, without rows."""
    engine = open_database(database_url)
    yield engine
    engine.dispose()


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


@pytest.fixture(scope="session", autouse=True)
def offline_commands() -> Iterator[None]:
    """Forbid the network to every command that a test runs, in other processes too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(OFFLINE_VARIABLE, "1")
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


def pytest_collection_finish() -> None:
    """Collect garbage from now on, but never look again at what there is by now.

    Thousands of tests and all modules are a million objects, and each look at them takes a second.
    """
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one loud line each what was absent, and which tests did not run for it."""
    for absent in (ABSENT, postgresql.ABSENT, softhsm.ABSENT):
        skipped = [
            report
            for report in terminalreporter.stats.get("skipped", [])
            if absent in str(report.longrepr)
        ]
        if skipped:
            suites = sorted({report.nodeid.partition("::")[0] for report in skipped})
            terminalreporter.write_line(
                f"{absent.upper()}: {len(skipped)} tests did not run ({', '.join(suites)})",
                red=True,
                bold=True,
            )
