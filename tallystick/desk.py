"""The desk of a registrar: what deciding and checking take from the files that options name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from credentials.errors import TallystickError
from credentials.verified import VerifiedCredential
from frameworks.registers import Registers
from keys.did import MappingResolver
from recognition.checking import CheckedDecision, check_decision
from tallystick import verifying
from tallystick.adopters import Adopters
from tallystick.files import CommandError, read_input
from tallystick.policies import open_policy_then
from tallystick.status_memory_file import memory_in_use
from tallystick.trust_files import read_adopters, read_resolver_map
from tallystick.using_registers import registers_in_use
from verifier.checks.world import World
from verifier.verifier import Verifier


@dataclass(frozen=True, slots=True)
class Desk:
    """What deciding and checking take from outside: time, registers, whom is believed."""

    world: World
    registers: Registers
    adopters: Adopters
    resolver: MappingResolver | None

    @classmethod
    def open(
        cls,
        trust_files: tuple[str, ...],
        register_files: tuple[str, ...],
        resolver_map: str | None,
    ) -> Desk:
        """Open what the options name."""
        now, resolver = verifying.now(), read_resolver_map(resolver_map)
        registers = registers_in_use(register_files, trust_files, resolver, now)
        adopters = read_adopters(trust_files)
        world = verifying.verifying_world(
            at=now,
            resolver=resolver,
            registers=registers,
            adopters=adopters,
            status_memory=memory_in_use(),
        )
        return cls(world, registers, adopters, resolver)

    def verified(self, files: tuple[str, ...]) -> tuple[VerifiedCredential, ...]:
        """Verify credentials; one that is not valid stops everything."""
        return tuple(self._verified(file) for file in files)

    def _verified(self, file: str) -> VerifiedCredential:
        try:
            return Verifier(self.world).verify(read_input(file))
        except TallystickError as error:
            text = f"{file} is not verified, so nothing is decided: {error.message} [{error.code}]"
            raise CommandError(text) from error

    def checked(self, file: str) -> tuple[VerifiedCredential, CheckedDecision]:
        """Verify a signed decision, and decide it again."""
        verified = self._verified(file)
        opener = open_policy_then(self.world, self.adopters)
        return verified, check_decision(verified.document, opener)

    def then(self, checked: CheckedDecision) -> Desk:
        """The same as of the end of the day of a decision: credentials may have ended since."""
        last = datetime.combine(checked.decision.inputs.day, time(23, 59, 59), UTC)
        return replace(self, world=replace(self.world, now=min(self.world.now, last)))
