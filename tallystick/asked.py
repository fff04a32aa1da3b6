"""How a verification is asked for: the options of the command, which other processes can get."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from tallystick import verifying
from tallystick.looking_up import resolver_in_use
from tallystick.trust_files import read_adopters, read_trust
from tallystick.using_registers import registers_when_asked
from verifier.checks.world import World
from verifier.status_memory import StatusMemory


class Asked(NamedTuple):
    """Options of a verification; files are named, not read, so that anybody can begin with them.

    `expected` are further options of `verifying.verifying_world`, by name.
    """

    at: datetime | None
    trust_files: tuple[str, ...]
    register_files: tuple[str, ...]
    resolver_map: str | None
    offline: bool
    expected: tuple[tuple[str, Any], ...] = ()

    def world(self, status_memory: StatusMemory | None = None) -> World:
        """Read what the options name, and build the world of a verification."""
        now = self.at or verifying.now()
        resolver = resolver_in_use(self.resolver_map, offline=self.offline)
        registers = registers_when_asked(self.register_files, self.trust_files, resolver, now)
        return verifying.verifying_world(
            at=now,
            resolver=resolver,
            trust=read_trust(self.trust_files),
            registers=registers,
            adopters=read_adopters(self.trust_files),
            status_memory=status_memory,
            **dict(self.expected),
        )
