"""A PostgreSQL server of the tests' own: a temporary folder, a free port, the loopback.

PostgreSQL refuses to run as root; then it runs as the user that its package makes, or as nobody.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ABSENT = "PostgreSQL absent"
"""How the reason of such a skip begins; the summary counts tests by it."""

USER = "tester"


def programs() -> Path | None:
    """Find the folder of PostgreSQL's programs; Debian keeps them off the path."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if found is not None:
        return Path(found).resolve().parent
    return folders[-1] if folders else None


@contextmanager
def server(folder_of_programs: Path) -> Iterator[str]:
    """Run a server, and give the URL of a database in it."""
    folder = Path(tempfile.mkdtemp(prefix="tallystick-postgresql-"))
    user = _unprivileged()
    if user is not None:
        shutil.chown(folder, user)
    data, port = folder / "data", _free_port()

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [folder_of_programs / program, "-D", data, *arguments],
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    run("initdb", "--auth=trust", f"--username={USER}", "--encoding=UTF8", "--no-sync")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    run("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", options)
    try:
        yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "stop", "-w", "-m", "immediate")
        shutil.rmtree(folder)


def _unprivileged() -> str | None:
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
