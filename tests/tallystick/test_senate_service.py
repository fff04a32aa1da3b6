"""The Senate's part as `tallystick recognise serve` puts it together."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from recognition.desk import Role
from service.people import Act
from tallystick import verifying
from tallystick.desk_configuration import DeskConfiguration
from tallystick.desk_service import checking_of, desk_application, open_store
from tallystick.web_configuration import read_configuration
from tests.recognition.desk.desks import Browser
from tests.tallystick.test_desk_service import furnished


def test_a_served_desk_takes_policies_of_believed_adopters_and_has_a_public_page(
    tmp_path: Path,
) -> None:
    file, _link = furnished(tmp_path)
    configuration = read_configuration(str(file), DeskConfiguration)
    checking = checking_of(str(file), configuration)
    try:
        client = desk_application(str(file), configuration, checking).test_client()
        store, act = open_store(str(file), configuration), Act("test", verifying.now())
        person = store.office.people.add(act, email="carla@example.com", name="Carla Cole")
        store.office.grant(act, person.id, Role.SENATE_MEMBER)
        secret = store.office.sessions.begin(person, verifying.now())
        client.set_cookie("tallystick-desk", secret, path="/desk")
        tries(Browser(client), (tmp_path / "policy.json").read_bytes())
        store.engine.dispose()
    finally:
        checking.close()


def tries(member: Browser, signed: bytes) -> None:
    address = "/desk/senate/policies"
    assert "used for: Welding 1" in member.get(address)
    forged = signed.replace(b"Policy of tests", b"Policy of others")
    assert member.post(address, policy=(BytesIO(forged), "policy.json")).status_code == 422
    answer = member.post(address, policy=(BytesIO(signed), "policy.json"))
    assert answer.status_code == 303, answer.text
    assert "A decision can be appealed within 30 days" in member.get(answer.location)
    assert "Nothing is published yet." in member.get("/transparency/")
    digest = answer.location.rpartition("/")[2]
    answer = member.post("/desk/senate/what-if", policy=digest)
    assert answer.status_code == 303, answer.text
