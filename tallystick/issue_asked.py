"""How credentials are asked for: the options of the command, which other processes can get."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from credentials.jose.writing import TokenForm
from frameworks.evidence import AssuranceClass
from issuer.issuer import Issuer
from keys.store import StoredKey
from tallystick import composition
from tallystick.issuing import SD_JWT
from tallystick.using_registers import registers_in_use


@dataclass(frozen=True, slots=True)
class IssueAsked:
    """Options of issuing; keys and files are named, not read, so that anybody can begin."""

    uri: str
    suites: tuple[str, ...] = ()
    form: str | None = None
    mandatory: tuple[str, ...] = ()
    resolver_map: str | None = None
    trust_files: tuple[str, ...] = ()
    register_files: tuple[str, ...] = ()
    endorsements: tuple[str, ...] = ()
    value_faults: str = "refuse"
    least_assurance: str = "D"
    status_list: str | None = None
    status_ledger_url: str | None = None

    def issuer(self, key: StoredKey, now: datetime) -> Issuer:
        """Read what the options name, and build the issuer that signs with an opened key."""
        resolver = None
        if self.resolver_map is not None:
            from tallystick.trust_files import read_documents

            resolver = read_documents(self.resolver_map)
        return composition.issuer_for(
            key,
            resolver=resolver,
            suites=self.suites,
            mandatory=self.mandatory,
            registers=registers_in_use(self.register_files, self.trust_files, resolver, now),
            refuses_faults=self.value_faults == "refuse",
            least_assurance=AssuranceClass(self.least_assurance),
            form=None if self.form in (None, SD_JWT) else TokenForm(self.form),
        )
