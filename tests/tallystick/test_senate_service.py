"""The Senate's part as `tallystick recognise serve` puts it together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from recognition.desk import Role
from service.people import Act
from tallystick import verifying
from tallystick.desk_configuration import DeskConfiguration
from tallystick.desk_service import desk_application, open_store
from tallystick.web_configuration import read_configuration
from tests.factories import NOW
from tests.recognition.desk.desks import Browser
from tests.recognition.factories import SENATE
from tests.recognition.senate.senates import signed, text_of

CONFIGURATION = """office = "Registrar"
base = "http://localhost:8084"
database = "sqlite:///desk.sqlite"
key = "file:none.json"
offline = true

[sources]
trust = ["trust.json"]
"""


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Return the browser of a member of the Senate."""
    monkeypatch.setattr(verifying, "now", lambda: NOW)
    path = tmp_path / "desk.toml"
    path.write_text(CONFIGURATION)
    (tmp_path / "trust.json").write_text(json.dumps({"adopters": [{"id": SENATE}]}))
    configuration = read_configuration(str(path), DeskConfiguration)
    client = desk_application(str(path), configuration).test_client()
    store, act = open_store(str(path), configuration), Act("test", NOW)
    person = store.office.people.add(act, email="carla@example.com", name="Carla Cole")
    store.office.grant(act, person.id, Role.SENATE_MEMBER)
    secret = store.office.sessions.begin(person, NOW)
    client.set_cookie("tallystick-desk", secret, path="/desk")
    yield Browser(client)
    store.engine.dispose()


def test_a_served_desk_takes_policies_of_believed_adopters_and_has_a_public_page(
    served: Browser,
) -> None:
    address = "/desk/senate/policies"
    answer = served.post(address, policy=(BytesIO(signed(text_of())), "policy.json"))
    assert answer.status_code == 303, answer.text
    assert "The learning took at least 100 hours." in served.get(answer.location)
    forged = signed(text_of()).replace(b"30,", b"31,")
    assert served.post(address, policy=(BytesIO(forged), "policy.json")).status_code == 422
    assert "Nothing is published yet." in served.get("/transparency/")
    answer = served.post("/desk/senate/what-if", text=text_of())
    assert "There are no decisions yet." in served.get(answer.location)
