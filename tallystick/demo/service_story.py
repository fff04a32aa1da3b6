"""The issuer service of the story: two institutions in one service, which issue over its API.

The service runs in a process of its own, on a free port of this machine, with a worker beside it,
and ends with the story.
"""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from credentials.json_types import JsonObject
from credentials.strict_json import serialize_json_for_people
from tallystick.demo.courses import STATISTICS, WELDING
from tallystick.demo.running import PATIENCE, Place, awaited
from tallystick.demo.stage import Player
from tallystick.files import CommandError, write_output

CONFIGURATION = """# The issuer service of the demonstration, with two institutions.

[sources]
trust = ["trust.json"]
registers = ["edition-1.json"]

[claims]
base = "{address}"

[store]
database = "sqlite:///issuer.sqlite"
folder = "issuer-data"
keys = "issuer-keys"
checkpoint_key = "{checkpoint_key}"
"""
COLLEGE, UNIVERSITY = "college", "university"
INSTITUTIONS = {COLLEGE: WELDING["issuer"], UNIVERSITY: STATISTICS["issuer"]}
"""Names of the institutions in addresses, and what their credentials say about them."""

CLASS = """email,name,student number
mere@example.com,Mere Tūhoe,1001
jose@example.com,José Núñez,1002
mere@example.com,Ana Tūhoe,1003
"""
"""Two of them are sisters who share a mailbox."""

CLAIMANT = "jose@example.com"
"""The one of the class whose way is told to its end."""


@dataclass(frozen=True, slots=True)
class Service:
    """The issuer service: its configuration, its institutions' keys, and the keys of programs."""

    configuration: Path
    place: Place
    players: dict[str, Player]
    programs: dict[str, str]
    links: dict[str, str]
    """Secrets of the links by which the owners of the institutions set their passwords."""

    def call(
        self, institution: str, method: str, path: str, body: object = None, **headers: str
    ) -> Any:
        """Call the API as a program of an institution; raise unless it does what was asked."""
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.programs[institution]}", **headers}
        if body is not None and not isinstance(body, str):
            sent["Content-Type"] = "application/json"
        status, said = _asked(self.place.address, method, f"/api/v1{path}", data, sent)
        if status >= http.client.BAD_REQUEST:
            raise CommandError(f"The issuer service answered {status}: {said.decode()}")
        return json.loads(said)

    def achievement(self, institution: str, request: JsonObject) -> str:
        """Publish what a request is about, and return its id."""
        definition = {k: v for k, v in request.items() if k not in ("issuer", "learner")}
        draft = {"title": request["achievement"]["name"], "definition": definition}
        made = self.call(institution, "POST", "/achievements", draft)["id"]
        self.call(institution, "POST", f"/achievements/{made}/publish", {"revision": 1})
        return str(made)

    def issue(self, institution: str, achievement: str, learner: JsonObject, out: Path) -> None:
        """Issue one credential, exactly once for this achievement and learner."""
        body = {"achievement": achievement, "learner": learner}
        key = {"Idempotency-Key": f"{achievement} {learner['email']}"}
        issued = self.call(institution, "POST", "/credentials", body, **key)
        write_output(out, serialize_json_for_people(issued["credential"]))

    def issue_class(self, institution: str, achievement: str) -> int:
        """Issue a roster, and wait until the worker is done with it; count the credentials."""
        path = f"/jobs?achievement={achievement}&source=class.csv"
        job = self.call(institution, "POST", path, CLASS)["id"]

        def is_done() -> Any:
            shown = self.call(institution, "GET", f"/jobs/{job}")
            return shown if shown["state"] == "finished" else None

        return int(awaited(is_done, "the class is issued")["progress"]["issued"])

    def published_list(self, institution: str) -> bytes:
        """Wait until the list of what was withdrawn is published, and fetch it as anybody would."""

        def fetched() -> bytes | None:
            status, data = _asked(self.place.address, "GET", f"/status/{institution}/1", b"", {})
            return data if status == http.client.OK else None

        return awaited(fetched, "the status list is published")

    def card(self, institution: str, email: str) -> str:
        """Make the card of somebody of the class, and read the link that is on it."""
        from issuer.claims import ClaimDesk
        from issuer.store import Act, CredentialFilter
        from service.mail import Mailbox
        from tallystick import verifying
        from tallystick.issuer_service import open_service

        store = open_service(str(self.configuration)).store
        tenant = store.tenants.named(institution)
        (one,) = store.credentials.page(tenant.id, CredentialFilter(email=email)).items
        desk = ClaimDesk(store, self.place.address, Mailbox(f"owner@{institution}.example"))
        act = Act(tenant.id, "demonstration", verifying.now())
        (card,) = desk.offer_on_paper(act, [one.id])
        store.engine.dispose()
        return card.link


def begin(folder: Path, port: int) -> Service:
    """Make the service: its database, two institutions with their keys, and keys of programs."""
    # The database takes a moment to load, which the command's other uses need not wait for.
    from issuer.store import Act, Scope
    from tallystick import verifying
    from tallystick.issuer_service import open_service
    from tallystick.issuer_setup import LOCAL_URL, NewInstitution, add_institution, new_key

    configuration = folder / "issuer.toml"
    if configuration.exists():
        raise CommandError(f"{configuration} is there already; choose an empty folder with --keep.")
    checkpoints, _record = new_key((folder / "issuer-keys").resolve(), "checkpoints")
    place = Place(("issuer", "serve", "--config", str(configuration)), port)
    text = CONFIGURATION.format(checkpoint_key=checkpoints, address=place.address)
    write_output(configuration, text.encode())
    service = open_service(str(configuration), migrates=True)
    made = Service(configuration, place, {}, {}, {})
    for name, said in INSTITUTIONS.items():
        new = NewInstitution(name, said["name"], LOCAL_URL, f"owner@{name}.example")
        tenant, link = add_institution(service, new)
        act = Act(tenant.id, "demonstration", verifying.now())
        service.store.tenants.change(
            act, title=tenant.title, profile=said, settings=tenant.settings
        )
        _key, secret = service.store.api_keys.make(act, name="story", scopes=set(Scope))
        made.players[name] = Player(tenant.key_uri, service.key_of(tenant))
        made.programs[name], made.links[name] = secret, link or ""
        click.echo(f"   {name}: {tenant.issuer}")
    service.high_water.passed(service.store.ledger.checkpoint())
    service.store.engine.dispose()
    return made


def _asked(
    address: str, method: str, path: str, data: bytes, headers: dict[str, str]
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    try:
        connection.request(method, path, data or None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
