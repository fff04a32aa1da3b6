"""The wallet as an operator starts it: its files, its checking processes, its command."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from credentials.strict_json import serialize_json
from service.errors import FetchError, WorkerError
from tallystick.command import tallystick
from tallystick.files import CommandError
from tallystick.wallet_checking import Checking, CheckingSettings
from tallystick.wallet_service import WalletSettings, wallet_application
from tests.factories import sign, unsigned
from wallet.asking import AskingError, open_request


def settings_in(folder: Path, base: str = "http://127.0.0.1:8083") -> WalletSettings:
    checking = CheckingSettings(is_offline=True)
    return WalletSettings(
        database=f"sqlite:///{folder / 'wallet.sqlite'}",
        key_file=folder / "wallet.key",
        base=base,
        checking=checking,
        unsafe_tells_links=True,
    )


def test_credentials_are_checked_in_processes_that_hold_no_key() -> None:
    checking = Checking(CheckingSettings(is_offline=True))
    data = serialize_json(sign(unsigned()))
    try:
        good, bad = checking.examine([data, b"nonsense"])
        assert (good.answer, good.name, good.form) == ("issuer-not-known", "Pipe welding", "json")
        assert (bad.answer, bad.is_credential) == ("not-valid", False)
        (one, none) = checking.verify([data, b"nonsense"])
        assert one is not None
        assert none is None
        pool = checking._pool
        assert pool is not None
        for process in list(pool._processes.values()):
            process.kill()
        with pytest.raises(WorkerError):
            checking.examine([data])
        assert checking.examine([data])[0] == good
    finally:
        checking.close()


def test_the_key_of_keys_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    wallet_application(settings, Checking(settings.checking))
    made = settings.key_file.read_bytes()
    assert stat.S_IMODE(os.stat(settings.key_file).st_mode) == 0o600
    wallet_application(settings, Checking(settings.checking))
    assert settings.key_file.read_bytes() == made


def test_a_base_that_is_no_address_is_a_wrong_call(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, base="wallet.example")
    with pytest.raises(CommandError, match="--base"):
        wallet_application(settings, Checking(settings.checking))


def test_a_link_is_made_by_command_and_opens_the_wallet(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    client = wallet_application(settings, Checking(settings.checking)).test_client()
    run = CliRunner().invoke(
        tallystick,
        ["wallet", "link", "--database", settings.database, "--base", settings.base, "a@b.example"],
    )
    found = re.fullmatch(r"http://127.0.0.1:8083(/open/[\w-]+)\n", run.output)
    assert found is not None, run.output
    assert client.post(found[1]).status_code == 303
    assert "a@b.example" in client.get("/").text


def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'none.sqlite'}"
    run = CliRunner().invoke(
        tallystick, ["wallet", "link", "--database", url, "--base", "https://w.example", "a@b.c"]
    )
    assert run.exit_code != 0
    assert "There is no database" in str(run.exception)


def test_a_process_of_its_own_asks_others_and_public_hosts_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TALLYSTICK_OFFLINE", raising=False)
    checking = Checking(CheckingSettings())
    try:
        assert checking.way is not None
        for url in (
            "https://127.0.0.1/present/1",
            "https://[::1]/",
            "https://2130706433/",
            "https://localhost/",
            "https://metadata.internal/",
            "http://employer.example/",
            "https://employer.example:22/",
        ):
            with pytest.raises(AskingError) as refused:
                open_request(checking.way, url)
            assert refused.value.code == "REQUEST_NOT_READ"
        with pytest.raises(FetchError) as denied:
            checking.way.exchange("https://localhost/", b"{}", media_type="application/json")
        assert denied.value.code == "HOST_REFUSED"
    finally:
        checking.close()


def test_offline_nobody_is_asked() -> None:
    assert Checking(CheckingSettings(is_offline=True)).way is None
