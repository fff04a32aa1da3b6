"""The jobs of the verifier service, put together as `tallystick verifier serve` does."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from credentials.strict_json import serialize_json
from service.errors import WorkerError
from tallystick import employer_service, serving
from tallystick.employer_service import CheckDocuments, checked
from tallystick.files import CommandError
from tallystick.web import verifier_application
from tallystick.web_configuration import VerifierConfiguration
from tests.factories import sign, unsigned

WORK = CheckDocuments("", VerifierConfiguration(offline=True))


def test_documents_are_checked_in_their_order_with_what_the_configuration_says() -> None:
    documents = [(1, serialize_json(sign(unsigned()))), (3, b"nonsense")]
    found = dict(checked(WORK, iter(documents)))
    assert found[1]["answer"] == "issuer-not-known"
    assert found[1]["level"] == "5"
    assert found[3]["answer"] == "not-valid"


def test_the_work_can_be_handed_to_other_processes() -> None:
    assert pickle.loads(pickle.dumps(WORK)) == WORK
    assert hash(WORK) == hash(CheckDocuments("", VerifierConfiguration(offline=True)))


def test_a_process_that_ended_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(*_arguments: object, **_options: object) -> None:
        raise CommandError("A worker process ended before its work was done.", 70)

    monkeypatch.setattr(employer_service, "results_in_order", ended)
    with pytest.raises(WorkerError, match="ended before"):
        list(checked(WORK, iter([(1, b"{}")])))


def test_the_watch_takes_a_turn_over_the_database_that_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = f"sqlite:///{tmp_path / 'verifier.sqlite'}"
    serving.watch(None, database=database, once=True)
    assert "0 asked again, 0 changed, 0 told, 0 deleted by age." in capsys.readouterr().err
    with pytest.raises(CommandError, match="keeps no lists"):
        serving.watch(None, database=None, once=True)


def test_storage_framers_and_figures_are_what_the_configuration_says(tmp_path: Path) -> None:
    path = tmp_path / "verifier.toml"
    path.write_text(
        'framers = ["https://careers.example"]\nmetrics = true\n'
        f'[storage]\ndatabase = "sqlite:///{tmp_path / "v.sqlite"}"\nshare_days = 30\n'
    )
    configuration = serving.verifier_configuration(str(path), None)
    client = verifier_application(str(path), configuration).test_client()
    assert client.get("/watch").status_code == 200
    assert client.get("/metrics").status_code == 200
    assert client.get("/embed").status_code == 200
    assert client.get("/api/credentials/x").status_code == 404


@pytest.mark.parametrize(
    "origin", ["*", "https://*.example", "https://a.example/x", "'self'", "https://a; script-src *"]
)
def test_who_may_frame_is_an_origin_and_nothing_else(tmp_path: Path, origin: str) -> None:
    path = tmp_path / "verifier.toml"
    path.write_text(f'framers = ["{origin}"]\n')
    with pytest.raises(CommandError, match="framers"):
        serving.verifier_configuration(str(path), None)
