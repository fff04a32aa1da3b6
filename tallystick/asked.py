"""How a verification is asked for: the options of the command, which other processes can get."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from tallystick import verifying
from tallystick.looking_up import resolver_in_use
from tallystick.using_registers import registers_when_asked
from verifier.checks.world import World

if TYPE_CHECKING:
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
            registers=registers,
            status_memory=status_memory,
            **self._believed(),
            **dict(self.expected),
        )

    def _believed(self) -> dict[str, Any]:
        """Read whom the trust files name; without any, nothing that reads them is loaded."""
        if not self.trust_files:
            return {}
        from tallystick.trust_files import read_adopters, read_trust

        return {
            "trust": read_trust(self.trust_files),
            "adopters": read_adopters(self.trust_files),
        }
