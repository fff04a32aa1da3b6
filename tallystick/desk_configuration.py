"""What an operator writes about a registrar's desk, as TOML."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tallystick.web_configuration import (
    Name,
    ServerSettings,
    SignInSettings,
    Sources,
    WebAddress,
    beside,
)

_STRICT = ConfigDict(extra="forbid", frozen=True)
SQLITE = "sqlite:///"


class OfferSettings(BaseModel):
    """What can be applied for: a component under a signed policy; `block` is an award rule.

    `award` is a file of what the award says that is issued for a block that is granted, `edition`
    names the edition of the rule that was adopted, and with `second_reader` another person
    confirms each.
    """

    model_config = _STRICT

    name: Name
    title: Annotated[str, Field(min_length=1, max_length=200)]
    policy: str
    target: str
    block: str | None = None
    award: str | None = None
    edition: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    second_reader: bool = False

    @model_validator(mode="after")
    def _of_awards(self) -> OfferSettings:
        if self.award is not None and (self.block is None or self.edition is None):
            raise ValueError("an award needs its rule (block), and which edition of it was adopted")
        if self.award is None and (self.edition is not None or self.second_reader):
            raise ValueError("edition and second_reader are of an award; name what it says (award)")
        return self


class DeskConfiguration(BaseModel):
    """The configuration of `tallystick recognise serve`.

    `base` is where browsers reach the desk, `key` the URI of the key that signs decisions,
    `decisions` the register of decisions if it is in another database.  What is about a learner is
    erased `retention_days` after the decision is final.  `ledger` is the file of what awards have
    used, which "stack award --ledger" shares.  With `four_eyes` two people stand
    behind each account.  `memory` is the folder of what was recorded, outside the database.
    """

    model_config = _STRICT

    office: Annotated[str, Field(min_length=1, max_length=200)]
    base: WebAddress
    database: str
    decisions: str | None = None
    key: str
    ledger: str = "ledger.json"
    memory: str = "desk-memory"
    retention_days: Annotated[int, Field(ge=1, le=36_500)] = 365
    sender: str = "desk@localhost.localdomain"
    server: ServerSettings = ServerSettings(port=8086)
    sources: Sources = Sources()
    offline: bool = False
    sign_in: SignInSettings | None = None
    four_eyes: bool = False
    offer: tuple[OfferSettings, ...] = ()


def database_beside(configuration: str, url: str) -> str:
    """Read the URL of a database, whose file is relative to the folder of the configuration."""
    if url.startswith(SQLITE):
        return SQLITE + beside(configuration, url.removeprefix(SQLITE))
    return url
