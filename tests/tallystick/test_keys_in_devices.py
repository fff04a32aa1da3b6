"""Keys in devices on the command line."""

from __future__ import annotations

from pathlib import Path

from tests import softhsm
from tests.tallystick.conftest import Run
from tests.tallystick.test_command import REQUEST, write


def test_the_command_makes_and_uses_a_key_in_a_device(
    run_apart: Run, device: str, tmp_path: Path
) -> None:
    """Whoever gave the PIN once stays signed in, as long as the process."""
    run = run_apart
    secret = {"TALLYSTICK_PASSPHRASE_FILE": str(write(tmp_path / "pin", softhsm.PIN.encode()))}
    told = run("keys", "new", "command", "--device", device, "--type", "p256", **secret)
    assert told.returncode == 0, told.stderr
    uri = told.stdout.decode().splitlines()[0].split()[1]
    request, out = write(tmp_path / "request.json", REQUEST), tmp_path / "badge.json"
    issued = run("issue", request, "--key", uri, "--out", out, **secret)
    assert issued.returncode == 0, issued.stderr
    assert run("verify", out).returncode == 0
    wrong = {"TALLYSTICK_PASSPHRASE_FILE": str(write(tmp_path / "wrong", b"0000"))}
    assert b"PIN of the token" in run("issue", request, "--key", uri, "--out", out, **wrong).stderr
    assert run("keys", "end", uri, "revoked", **secret).returncode == 0
    assert b"must not sign" in run("issue", request, "--key", uri, "--out", out, **secret).stderr
