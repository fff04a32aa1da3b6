"""The command `tallystick`."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from credentials.errors import TallystickError
from keys.errors import KeyMaterialError
from tallystick.explaining import printable
from tallystick.files import DISK, FAILURE, INTERNAL, USAGE, CommandError
from tallystick.lazy_group import LazyGroup

COMMANDS = {
    "bake": "image_commands",
    "bundle": "bundle_command",
    "cases": "worked_cases_command",
    "certificate": "image_commands",
    "claims": "claims_command",
    "derive": "derive_command",
    "issue": "issue_command",
    "issuer": "serve_command",
    "keys": "keys_command",
    "present": "sd_jwt_command",
    "recognise": "recognise_command",
    "register": "register_command",
    "signer": "signer_command",
    "stack": "stack_command",
    "status": "status_command",
    "token-status-list": "sd_jwt_command",
    "unbake": "image_commands",
    "unbundle": "bundle_command",
    "value": "value_command",
    "verifier": "serve_command",
    "verify": "verify_command",
    "wallet": "wallet_command",
}
"""Commands by the module of this room that has them; it is loaded when it is needed."""


@click.group(cls=LazyGroup, modules=COMMANDS)
@click.version_option(package_name="tallystick", message="%(package)s %(version)s")
def tallystick() -> None:
    """Issue and verify micro-credentials that say what they are worth."""


@tallystick.command()
@click.option("--keep", type=click.Path(path_type=Path), help="Folder to keep the files in.")
@click.option(
    "--serve", "serves", is_flag=True, help="Go on serving, with the story in the services."
)
def demo(keep: Path | None, serves: bool) -> None:
    """Play the whole story, from registers and issuing to what a learner does with it."""
    from tallystick.demo import run_demo

    run_demo(keep, serves=serves)


def main() -> NoReturn:
    """Run the command; every error is one line on standard error, never a traceback."""
    _forgive_encodings()
    try:
        status = tallystick.main(standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.exceptions.Abort:
        _fail("Interrupted.", 130)
    except click.UsageError as error:
        error.show()
        sys.exit(USAGE)
    except click.ClickException as error:
        _fail(error.format_message(), error.exit_code)
    except BrokenPipeError:
        # Whoever read our output has closed it; Python must not complain a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DISK)
    except Exception as error:  # noqa: BLE001 - the edge: a defect must not end as a verdict
        _fail(*_explanation(error))


def _explanation(error: Exception) -> tuple[str, int]:
    """Say in words what went wrong, and with which status.

    1 and 2 are verdicts of `verify`; what can go wrong there has other statuses.
    """
    from issuer.lint import LintError
    from schemas import DamagedDataError

    match error:
        case CommandError():
            return str(error), error.status
        case LintError():
            found = error.findings
            lines = (f"  {item.message} (at {item.pointer}) [{item.code}]" for item in found)
            return "\n".join(("This cannot be issued:", *lines)), FAILURE
        case TallystickError():
            return _in_one_line(error), FAILURE
        case KeyMaterialError():
            return f"{error} [{error.code}]", FAILURE
        case OSError():
            name = error.filename or "A file"
            return f"{name} cannot be used: {error.strerror or error}.", DISK
    defect = f"A defect of this software ({type(error).__name__}) stopped it; report it."
    return str(error) if isinstance(error, DamagedDataError) else defect, INTERNAL


def _in_one_line(error: TallystickError) -> str:
    place = f" (at {error.pointer})" if error.pointer else ""
    return f"{error.message}{place} [{error.code}]"


def _forgive_encodings() -> None:
    """Write letters that the terminal's encoding lacks as escapes, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _fail(message: str, status: int) -> NoReturn:
    # A message may repeat what stands in a file; each line stays one line.
    click.echo("\n".join(map(printable, message.split("\n"))), err=True)
    sys.exit(status)
