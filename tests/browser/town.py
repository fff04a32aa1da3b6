"""All services of a town as operators start them, in this process, each behind an own address.

An authority, an employer who issues, the wallet of a learner, a registrar, and whoever verifies.
Files, keys and databases are made by the commands that make them for everybody.  What is other than
outside: the clock stands still, what is verified is verified in this process, and the name of the
employer leads to the address at which it is served.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner
from sqlalchemy import Engine

import schemas
from authority.store import AuthorityStore
from frameworks.register import Register, read_register
from issuer.store import Store
from recognition.desk import DeskStore
from service import open_database
from service.fetching import DocumentCache, Fetched, Fetcher, FetchPolicy
from service.people import Act
from service.people.people import People
from service.sign_in.passwords import Passwords
from tallystick import (
    looking_up,
    register_desk,
    register_files,
    settings,
    verifying,
    wallet_checking,
)
from tallystick.command import tallystick
from tallystick.demo.authority import OWN_SOURCE, REGISTER_ID, Accredited, write_register
from tallystick.desk_configuration import DeskConfiguration
from tallystick.desk_service import checking_of, desk_application
from tallystick.issuer_worker import issue_rosters, keep_house
from tallystick.wallet_checking import Checking, CheckingSettings
from tallystick.wallet_service import WalletSettings, wallet_application
from tallystick.web import issuer_application, verifier_application
from tallystick.web_configuration import (
    IssuerConfiguration,
    VerifierConfiguration,
    read_configuration,
)
from tests.browser.conftest import LOOPBACK, Serve, free_port
from tests.databases import sqlite_copy
from tests.factories import NOW
from tests.recognition.factories import gate, policy_text

S = TypeVar("S")
T = TypeVar("T")

EMPLOYER = "https://badges.plainsmilk.example"
"""Where everybody reaches the employer; its id and its status list are below it."""

PASSWORD = "four words in a row"
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
"""Hashes as fast as can be; what is tested is not how long it takes."""

OFFICE = "Registrar of the college"
OWN_SOURCE_KEY = OWN_SOURCE.partition(",")[0]
"""The source in the authority's register that its own decisions rest on."""

CREDITS, LEVEL = "10", "5"
TARGET = f"""component = "DAIRY110"
amount = "{CREDITS}"
unit = "nzqcf"
recognition = "block"
level = {{ framework = "nz-nzqcf", code = "{LEVEL}" }}
"""
RULE = f"""id = "plant-hygiene"
title = "Certificate in plant hygiene"
framework = "nz-nzqcf"
unit = "nzqcf"

[[constraints]]
id = "total"
type = "sum"
min = "{CREDITS}"

[[constraints]]
id = "level"
type = "min_at_or_above_level"
level = "{LEVEL}"
amount = "{CREDITS}"
"""
AWARD = {
    "achievement": {
        "id": "https://college.example/awards/plant-hygiene",
        "name": "Certificate in plant hygiene",
        "description": "Keeps the plants of a dairy clean.",
        "criteria": "Ten credits at level 5.",
        "achievementType": "MicroCredential",
        "fieldOfStudy": "0721",
    },
    "level": {
        "framework": "NZQCF",
        "frameworkName": "New Zealand Qualifications and Credentials Framework",
        "code": LEVEL,
        "uri": f"urn:mcframework:nz-nzqcf:level:{LEVEL}",
    },
}
"""What the college's award says."""

SOURCES = """trust = ["trust.json"]
registers = ["site/edition.json"]
"""
ASSESSED = gate("assessment_in", "refer", accept=["practical"], route="ASSESSOR_REVIEW")
"""What an assessor has to find out and state."""

OFFER = f"""[sources]
{SOURCES}
[[offer]]
name = "dairy110"
title = "Plant hygiene (DAIRY110)"
policy = "policy.json"
target = "target.toml"
block = "plant-hygiene.toml"
award = "award.json"
edition = "2026"
"""


class ByName(Fetcher):
    """Fetches from the employer's name where the employer is served, as its proxy would."""

    def __init__(self, address: Callable[[], str]) -> None:
        super().__init__(FetchPolicy(allowed_hosts=frozenset({LOOPBACK})))
        self._address = address

    def fetch(self, url: str, **how: Any) -> Fetched:
        return super().fetch(url.replace(EMPLOYER, self._address()), **how)


_here = threading.Lock()


class Here(Checking):
    """Verifies in this process what others verify in processes of their own."""

    worlds: Any = None

    def run(self, function: Callable[[S], T], items: Sequence[S]) -> list[T]:
        with _here:
            self.worlds = self.worlds or wallet_checking._Worlds(self.settings)
            wallet_checking._begun.append(self.worlds)
            try:
                return [function(one) for one in items]
            finally:
                wallet_checking._begun.remove(self.worlds)


@dataclass
class Town:
    """The services as far as they are open, and the files that were made for them."""

    folder: Path
    serve: Serve
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    issuing: Any = None
    authority: str = ""
    employer: str = ""
    wallet: str = ""
    registrar: str = ""
    verifier: str = ""
    closing: ExitStack = field(default_factory=ExitStack)

    def path(self, name: str) -> Path:
        return self.folder / name

    def write(self, name: str, text: str) -> Path:
        self.path(name).write_text(text, encoding="utf-8")
        return self.path(name)

    def run(self, *arguments: object) -> str:
        """Run the command as an operator does, who sees no fault."""
        done = CliRunner().invoke(tallystick, [str(one) for one in arguments])
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    def key(self, name: str) -> tuple[str, str]:
        """Make a key; return its URI and whose it is."""
        told = self.run("keys", "new", name).splitlines()
        made = tuple(line.partition(":")[2].strip() for line in told[:2])
        self.keys[name] = (made[0], made[1])
        return self.keys[name]

    def open_authority(self, *colleagues: str) -> None:
        """Begin the authority's desk with its register, and serve it with the public pages."""
        uri, identifier = self.key("authority")
        college = Accredited("college", self.key("college")[1], "nz-nzqcf", "1", "6", "07")
        write_register(self.path("register"), identifier, (college,), edition=1)
        url = sqlite_copy(self.path("authority.sqlite"))
        database = ("--database", url)
        first = ("--register", self.path("register"), "--email", colleagues[0])
        self.run("register", "desk", "init", *database, *first)
        for email, role in zip(colleagues, ("officer", "approver"), strict=True):
            self.run("register", "desk", "person", *database, email, "--role", role)
        asked = register_desk.DeskSettings(
            url, uri, "Qualifications authority", publish_to=self.path("site")
        )
        with _opened(url) as engine:
            for email in colleagues:
                _give_password(AuthorityStore(engine).office.people, email)
        self.authority = self.serve(register_desk.desk_application(asked))

    def begin_employer(self, owner: str) -> None:
        """Begin the employer's issuing service, which knows the reference register only."""
        url = sqlite_copy(self.path("employer.sqlite"))
        self.run(
            *("issuer", "init", self.path("employer.toml"), "--keys", self.path("employer-keys")),
            *("--name", "plainsmilk", "--title", "Plainsmilk", "--public-url", EMPLOYER),
            *("--email", owner),
        )
        with _opened(url) as engine:
            _give_password(Store(engine).users, owner)
        self.employer = self._serve_employer(0)

    def begin_employer_anew(self) -> None:
        """Start the same service with the edition that was published, as its operator does."""
        file, port = self.path("employer.toml"), free_port()
        more = f'\n[sources]\n{SOURCES}[claims]\nbase = "http://{LOOPBACK}:{port}"\n'
        file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
        self.employer = self._serve_employer(port)

    def _serve_employer(self, port: int) -> str:
        file = str(self.path("employer.toml"))
        configuration = read_configuration(file, IssuerConfiguration)
        application = issuer_application(file, configuration)
        self.issuing = application.extensions["tallystick_issuer_service"]
        self.closing.callback(self.issuing.store.engine.dispose)
        return self.serve(application, port)

    def work(self) -> None:
        """Do what the employer's worker does every few seconds: issue, and publish lists."""
        while issue_rosters(self.issuing):
            """Some rows were issued, so there may be more."""
        keep_house(self.issuing)

    def believe(self) -> None:
        """Write down whom the services believe: the authority, the Senate, and two institutions."""
        frameworks = ["nz-nzqcf", "eu-eqf"]
        trust = {
            "issuers": [{"id": self.employer_id}, {"id": self.keys["college"][1]}],
            "adopters": [{"id": self.key("senate")[1]}],
            "authorities": [{"id": self.keys["authority"][1], "frameworks": frameworks}],
        }
        self.write("trust.json", json.dumps(trust))

    @property
    def employer_id(self) -> str:
        return f"did:web:{EMPLOYER.removeprefix('https://')}:issuers:plainsmilk"

    def open_registrar(self, *colleagues: str) -> None:
        """Begin the desk of the college, which decides blocks by a policy of its Senate."""
        file, port = self.path("registrar.toml"), free_port()
        sqlite_copy(self.path("desk.sqlite"))
        self.run(
            *("recognise", "init", file, "--office", OFFICE),
            *("--email", colleagues[0], "--name", "Ana Arai", "--key", self.keys["college"][0]),
            *("--base", f"http://{LOOPBACK}:{port}"),
        )
        self._adopt_policy()
        self.write("target.toml", TARGET)
        self.write("plant-hygiene.toml", RULE)
        issuer = {"id": self.keys["college"][1], "type": ["Profile"], "name": "The college"}
        self.write("award.json", json.dumps({**AWARD, "issuer": issuer}))
        file.write_text(file.read_text(encoding="utf-8") + OFFER, encoding="utf-8")
        configuration = read_configuration(str(file), DeskConfiguration)
        with _opened(f"sqlite:///{self.path('desk.sqlite')}") as engine:
            _give_password(DeskStore(engine).office.people, colleagues[0])
        checking = self._here(checking_of(str(file), configuration).settings)
        self.registrar = self.serve(desk_application(str(file), configuration, checking), port)

    def _adopt_policy(self) -> None:
        uri, senate = self.keys["senate"]
        college = self.keys["college"][1]
        text = policy_text(
            accepts={"frameworks": ["nz-nzqcf"], "registers": [{"id": REGISTER_ID, "edition": 1}]},
            adoption={"body": "Senate of the college", "id": senate, "resolution": "S1"},
            mandate={
                "office": "Registrar of the college",
                "ids": [college],
                "second_reader": "never",
            },
            gates=[gate("level_min", framework="nz-nzqcf", level="4"), ASSESSED],
        )
        draft, signed = self.write("policy.toml", text), self.path("policy.json")
        self.run("recognise", "policy", "sign", draft, "--key", uri, "--out", signed)

    def open_wallet(self) -> None:
        """Begin the wallet service, for people on this machine."""
        port, checking = free_port(), self._here(self._sources())
        asked = WalletSettings(
            database=sqlite_copy(self.path("wallet.sqlite")),
            key_file=self.path("wallet.key"),
            base=f"http://{LOOPBACK}:{port}",
            checking=checking.settings,
            rules=(str(self.path("plant-hygiene.toml")),),
            desks=(f"{self.registrar}/apply",),
            unsafe_tells_links=True,
        )
        self.wallet = self.serve(wallet_application(asked, checking), port)

    def open_verifier(self) -> None:
        """Begin the verifier that another employer asks."""
        file = self.write("verifier.toml", f"[sources]\n{SOURCES}")
        configuration = read_configuration(str(file), VerifierConfiguration)
        self.verifier = self.serve(verifier_application(str(file), configuration))

    def _sources(self) -> CheckingSettings:
        edition = str(self.path("site") / "edition.json")
        return CheckingSettings((str(self.path("trust.json")),), (edition,))

    def _here(self, asked: CheckingSettings) -> Here:
        checking = Here(asked)
        self.closing.callback(checking.close)
        return checking


@cache
def reference() -> Register:
    """Read the register that comes along once for all services."""
    return read_register(schemas.reference_register())


@contextmanager
def town_in(folder: Path, serve: Serve) -> Iterator[Town]:
    """Give a town in a folder, with its clock, its network and its environment."""
    town = Town(folder, serve)
    documents = DocumentCache(ByName(lambda: town.employer), now=lambda: NOW)
    with pytest.MonkeyPatch.context() as patch, town.closing:
        patch.setattr(verifying, "now", lambda: NOW)
        patch.setattr(looking_up, "network", lambda: documents)
        patch.setattr(register_files, "reference", reference)
        patch.setenv(settings.KEYS_VARIABLE, str(folder / "keys"))
        patch.setenv(settings.REGISTERS_VARIABLE, str(folder / "registers"))
        patch.setenv(settings.ALLOWED_HOSTS_VARIABLE, LOOPBACK)
        patch.delenv(settings.OFFLINE_VARIABLE, raising=False)
        yield town


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    yield engine
    engine.dispose()


def _give_password(people: People, email: str) -> None:
    """Give somebody the password that they would set at their first link."""
    user = people.with_email(email)
    assert user is not None
    people.set_password_hash(Act("test", NOW), user.id, QUICK.hash(PASSWORD))
