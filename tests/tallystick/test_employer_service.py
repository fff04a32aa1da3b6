"""The jobs of the verifier service, put together as `tallystick verifier serve` does."""

from __future__ import annotations

import pickle

import pytest

from credentials.strict_json import serialize_json
from service.errors import WorkerError
from tallystick import employer_service
from tallystick.employer_service import CheckDocuments, checked
from tallystick.files import CommandError
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
    def ended(*_arguments: object) -> None:
        raise CommandError("A worker process ended before its work was done.", 70)

    monkeypatch.setattr(employer_service, "results_in_order", ended)
    with pytest.raises(WorkerError, match="ended before"):
        list(checked(WORK, iter([(1, b"{}")])))
