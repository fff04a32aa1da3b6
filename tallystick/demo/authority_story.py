"""The desk of the authority, with the editions of the story, and a course that waits there.

The employer of the story has a course without credit.  An officer takes its description in and
proposes what it is worth; somebody else has to approve that.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from frameworks.register import edition_digest
from tallystick.demo.browsing import Browser, File
from tallystick.demo.registrar_story import signed_in
from tallystick.demo.running import Place, free_ports
from tallystick.demo.stage import Cast, run

AUTHORITY = "Qualifications authority of the demonstration"
EMPLOYER = "Plainsmilk"
YOU = ("tama@authority.example", "Tama Example")
YOURS = ("approver", "auditor")
OFFICER = ("officer@authority.example", "Wiremu Example")


class Authority:
    """The desk: where it is served, and the links of whoever works there."""

    def __init__(self, cast: Cast) -> None:
        """Begin it with the register of the newest edition, and keep the editions of the story."""
        (port,) = free_ports(1)
        self._database = f"sqlite:///{cast.path('authority-desk.sqlite')}"
        named = ("--key", cast.authority.uri, "--name", AUTHORITY)
        command = ("register", "desk", "serve", "--database", self._database, *named)
        self.place = Place(command, port)
        register = ("--register", cast.path("register-2"))
        self._run("init", *register, "--email", YOU[0], "--name", YOU[1])
        self.your_link = self._person(*YOU, YOURS)
        self._keep(cast.path("edition-1.json"), cast.path("edition-2.json"))

    def _run(self, command: str, *options: object) -> str:
        at = ("--database", self._database, "--base", self.place.address)
        return run("register", "desk", command, *options, *at)

    def _person(self, email: str, name: str, roles: tuple[str, ...]) -> str:
        given = [part for role in roles for part in ("--role", role)]
        return self._run("person", email, "--name", name, *given).split()[-1]

    def _keep(self, *editions: Path) -> None:
        """Take over what was signed before there was a desk, as published."""
        from service.people import Act
        from tallystick import verifying
        from tallystick.register_desk import open_store

        store, act = open_store(self._database), Act("demonstration", verifying.now())
        for number, file in enumerate(editions, 1):
            data = file.read_bytes()
            store.editions.add(act, number, edition_digest(json.loads(data)), data)
            store.editions.publish(act, number)
        store.engine.dispose()

    def receive_course(self, cast: Cast) -> None:
        """Take the course without credit in, and propose its value, as an officer."""
        officer = signed_in(self._person(*OFFICER, ("officer",)))
        course = tomllib.loads(cast.path("lifting-course.toml").read_text("utf-8"))
        file = File("course.json", json.dumps([course]).encode())
        page = officer.open(f"{self.place.address}/desk/courses/file")
        inbox = officer.send(page, "/courses/file", {"sender": EMPLOYER, "file": file})
        inbox.require("1 course was handed in.", course["title"])
        submission = self.place.address + inbox.find(r'href="(/desk/submissions/[^"]+)"')
        proposed = officer.send(officer.open(submission), "/propose", {"source": "own"})
        proposed.require("The value is proposed. Somebody else approves it.")

    def require_published(self) -> None:
        """See that anybody finds what was published."""
        Browser().open(f"{self.place.address}/").require("2")
