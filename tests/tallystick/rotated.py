"""A rotation of an institution's key in a process of its own, in which system calls fail."""

from __future__ import annotations

import sys

from tallystick import issuer_setup
from tallystick.issuer_service import open_service


def rotate(folder: str) -> None:
    service = open_service(f"{folder}/issuer.toml")
    (tenant,) = service.store.tenants.all()
    issuer_setup.rotate(service, tenant, waits=False)


if __name__ == "__main__":
    rotate(sys.argv[2])
    sys.stdout.write("confirmed\n")
