"""A device of the tests' own: SoftHSM, with its tokens in a temporary folder."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ABSENT = "SoftHSM absent"
"""How the reason of such a skip begins; the summary counts tests by it."""

PIN = "4321"
TOKEN = "institution"
CONFIGURATION_VARIABLE = "SOFTHSM2_CONF"
MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)


def module() -> str | None:
    """Find the module, if its tool is there as well."""
    if shutil.which("softhsm2-util") is None:
        return None
    return next((path for path in MODULES if Path(path).exists()), None)


def configure(folder: Path) -> Path:
    """Write a configuration whose tokens are in `folder`."""
    path = folder / "softhsm2.conf"
    path.write_text(f"directories.tokendir = {folder}\nobjectstore.backend = file\n")
    return path


def new_token(configuration: Path) -> None:
    """Make a token with a PIN."""
    subprocess.run(
        [
            "softhsm2-util",
            "--init-token",
            "--free",
            f"--label={TOKEN}",
            "--so-pin=87654321",
            f"--pin={PIN}",
        ],
        env={CONFIGURATION_VARIABLE: str(configuration)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
