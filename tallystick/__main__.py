"""Where the command starts, installed or as `python -m tallystick`."""

from __future__ import annotations

import gc
from typing import NoReturn

from tallystick.garbage import COLLECTED_EVERY


def main() -> NoReturn:
    """Run the command."""
    # Nearly all that a command makes at its start stays, so looking for garbage is in vain; so it
    # is at the end, where all goes at once.
    gc.set_threshold(COLLECTED_EVERY)
    from tallystick import command

    try:
        command.main()
    finally:
        gc.freeze()


# Worker processes import this module again, and must not run the command.
if __name__ == "__main__":
    main()
