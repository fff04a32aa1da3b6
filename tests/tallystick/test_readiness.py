"""The services of a configuration say what an operator has to mend."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from keys.errors import SignerUnreachableError
from tallystick import readiness, verifying
from tallystick.command import tallystick
from tallystick.web import issuer_application, verifier_application
from tallystick.web_configuration import (
    IssuerConfiguration,
    VerifierConfiguration,
    read_configuration,
)
from tests.issuer.issuing.workshops import TEMPLATE
from tests.services import problem

NAMES = [
    "contexts",
    "clock",
    "instance_keys",
    "database",
    "disk",
    "ledger_clock",
    "published_lists",
    "institution_keys",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the folder of a service that has published a list."""
    made = tmp_path_factory.mktemp("ready")
    file = str(made / "issuer.toml")
    (made / "achievement.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TALLYSTICK_REGISTERS", str(made / "registers"))
        run(file, "init", file, "--keys", str(made / "keys"), "--name", "poly", "--title", "Poly",
            "--public-url", "https://poly.example")  # fmt: skip
        achievement = run(file, "achievement", str(made / "achievement.json")).split()[0]
        run(file, "issue", "--achievement", achievement, "--email", "zoe@x.example",
            "--idempotency-key", "k1", "--out", str(made / "zoe.json"))  # fmt: skip
        yield made


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    file = str(folder / "issuer.toml")
    return issuer_application(file, read_configuration(file, IssuerConfiguration)).test_client()


def run(file: str, *arguments: str) -> str:
    environment = {"TALLYSTICK_ISSUER": file}
    done = CliRunner().invoke(tallystick, ["issuer", *arguments], env=environment)
    assert done.exit_code == 0, done.exception or done.output
    return done.output


def unmet(client: FlaskClient) -> dict[str, str]:
    """Ask a service that is ready; return what is not as it should be."""
    answer = client.get("/health/ready")
    assert answer.status_code == 200, answer.text
    return {one["name"]: one["detail"] for one in answer.json["conditions"] if "detail" in one}


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(verifying, "now", lambda: moment)


def test_an_issuer_looks_at_all_that_it_needs(client: FlaskClient) -> None:
    assert unmet(client) == {}
    assert [one["name"] for one in client.get("/health/ready").json["conditions"]] == NAMES
    told = client.get("/health/metrics").text
    for name in NAMES:
        assert f'tallystick_condition{{name="{name}"}} 1.0' in told
    assert "tallystick_oldest_published_list_seconds" in told
    assert "tallystick_free_disk_bytes" in told


def test_a_list_that_has_run_out_is_told_and_the_service_goes_on(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, verifying.now() + timedelta(days=400))
    assert list(unmet(client)) == ["published_lists"]
    assert 'tallystick_condition{name="published_lists"} 0.0' in client.get("/health/metrics").text


def test_a_clock_behind_the_ledger_is_not_ready(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, verifying.now() - timedelta(hours=1))
    assert "clock" in problem(client.get("/health/ready"), 503, "NOT_READY")["detail"]


def test_without_any_signer_a_service_is_not_ready(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(_uri: str) -> None:
        raise SignerUnreachableError("Nobody listens at /run/signer.")

    monkeypatch.setattr(readiness, "record_of", unreachable)
    told = problem(client.get("/health/ready"), 503, "NOT_READY")["detail"]
    assert told == (
        "Not ready: 1 of 1 instance keys cannot be reached; "
        "1 of 1 institution keys cannot be reached."
    )


def test_one_unreached_key_of_several_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def only_one(uri: str) -> None:
        if uri != "file:here":
            raise SignerUnreachableError("Nobody listens.")

    monkeypatch.setattr(readiness, "record_of", only_one)
    found = readiness.keys_condition("keys", ["file:here", "signer:/run/s#a", "signer:/run/s#b"])
    assert (found.is_needed, found.measured) == (False, {"unreached_keys": 2})
    assert found.wrong == "2 of 3 keys cannot be reached"


def test_a_database_of_another_version_is_not_ready(client: FlaskClient, folder: Path) -> None:
    with sqlite3.connect(folder / "issuer.sqlite") as connection:
        ((form,),) = connection.execute("SELECT version_num FROM alembic_version")
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
        told = problem(client.get("/health/ready"), 503, "NOT_READY")["detail"]
        connection.execute("UPDATE alembic_version SET version_num = ?", (form,))
    assert told == "Not ready: the database has the form of another version."
    assert unmet(client) == {}


def test_a_verifier_looks_at_its_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    client = verifier_application("", VerifierConfiguration(offline=True)).test_client()
    names = [one["name"] for one in client.get("/health/ready").json["conditions"]]
    assert names == ["contexts", "clock"]
    at(monkeypatch, verifying.now().replace(year=1970))
    assert problem(client.get("/health/ready"), 503, "NOT_READY")
