"""The reference register, read and checked in advance: `make reference-register` writes it."""

from __future__ import annotations

import schemas
from frameworks.register import read_register
from frameworks.register.compiled import write_compiled


def main() -> None:
    """Write what the source files say; raises `RegisterError` for files that are not sound."""
    schemas.write_compiled_reference_register(
        write_compiled(read_register(schemas.reference_register()))
    )


if __name__ == "__main__":
    main()
