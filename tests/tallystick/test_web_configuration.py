"""What is wrong with a configuration is told with its place, in words for people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from keys.store import FileKeyStore, KeyFileProtection, end_key, record_of
from keys.verification_key import KeyType
from service import migrate, open_database
from service.status_ledger import StatusLedger
from service.status_lists import StatusList
from service.web.authorization import digest_of_token
from tallystick import composition, verifying
from tallystick.files import CommandError
from tallystick.web import issuer_application, verifier_application
from tallystick.web_configuration import (
    ClaimsSettings,
    IssuerConfiguration,
    VerifierConfiguration,
    read_configuration,
    require_sound,
)
from tests.factories import (
    CREATED,
    ISSUER,
    LIST_URL,
    NOW,
    sign,
    status_entry,
    status_list,
    unsigned,
)
from tests.services import plain, post, problem
from verifier.status_memory import NewestLists, SeenList

ONE = '[[instance]]\nname = "one"\nkey = "file:k"\n'


def read(folder: Path, text: str) -> IssuerConfiguration:
    path = folder / "issuer.toml"
    path.write_text(text, encoding="utf-8")
    configuration = read_configuration(str(path), IssuerConfiguration)
    require_sound("issuer.toml", configuration)
    return configuration


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileKeyStore:
    monkeypatch.setenv("TALLYSTICK_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("TALLYSTICK_REGISTERS", str(tmp_path / "registers"))
    return FileKeyStore(tmp_path / "keys")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "instance: at least one is needed"),
        ("instance = []", "instance: "),
        ("[[instance]]\nname = 'one'", "instance[1].key: This member is missing"),
        ("x =", "it is not correct TOML"),
        (ONE + "colour = 'red'", "instance[1].colour: There is no member of this name"),
        (ONE.replace("one", "One two"), "instance[1].name: "),
        (ONE.replace("one", "health"), "choose another name"),
        (ONE + ONE, "choose another name"),
        (ONE + "suites = ['x']", "known are "),
        (ONE + "form = 'vc+jwt'\nsuites = ['eddsa-jcs-2022']", "a token has no suite"),
        (ONE + "status_list = 'x'", "say where the ledger"),
        (ONE + "profile = 'x'", "instance[1].profile: "),
        (ONE + "tokens = ['secret']", "instance[1].tokens[1]: "),
        ("[server]\nport = 70000\n" + ONE, "server.port: "),
        ("[server]\nthreads = 0\n" + ONE, "server.threads: "),
        ("[server]\nhost = '0.0.0.0'\n" + ONE, "anybody who reaches this address"),
    ],
)
def test_every_fault_is_named_by_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CommandError) as caught:
        read(tmp_path, text)
    assert said in str(caught.value)
    assert caught.value.status == 64
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "[server]\nhost = '0.0.0.0'\n" + ONE + "unsafe_open = true",
        "[server]\nhost = '0.0.0.0'\n" + ONE + f"tokens = ['{digest_of_token('t')}']",
        "[server]\nhost = '::1'\n" + ONE,
        "[server]\nhost = 'localhost'\n" + ONE,
    ],
)
def test_a_service_is_open_to_others_only_with_tokens_or_on_purpose(
    tmp_path: Path, text: str
) -> None:
    assert read(tmp_path, text).instance[0].name == "one"


def new_key(keys: FileKeyStore, folder: Path, name: str, controller: str | None = None) -> str:
    path = folder / "keys" / "key-encryption.key"
    protection = KeyFileProtection(path) if path.exists() else KeyFileProtection.create(path)
    keys.create(name, KeyType.ED25519, protection, created=NOW, controller=controller)
    return f"file:keys/{name}.key.json"


def test_an_issuer_is_built_from_its_configuration_with_paths_beside_it(
    tmp_path: Path, keys: FileKeyStore
) -> None:
    did = "did:web:college.example"
    first = new_key(keys, tmp_path, "first", did)
    older = new_key(keys, tmp_path, "older", did)
    text = (
        f'published_keys = ["{older}"]\n[[instance]]\nname = "generic"\nkey = "{first}"\n'
        'profile = "generic"\nsuites = ["eddsa-jcs-2022"]\n'
    )
    configuration = read(tmp_path, text)
    client = issuer_application(str(tmp_path / "issuer.toml"), configuration).test_client()
    published = client.get("/.well-known/did.json")
    assert published.json["id"] == did
    assert len(published.json["verificationMethod"]) == 2
    assert published.json == client.get("/generic/did.json").json
    body = {"credential": plain(issuer=did)}
    response = post(client, "/generic/credentials/issue", body)
    assert response.status_code == 201
    assert response.json["proof"]["cryptosuite"] == "eddsa-jcs-2022"
    assert client.get("/health/ready").status_code == 200


def test_an_instance_keeps_its_issuer_with_the_status_lists_that_it_verified(
    tmp_path: Path, keys: FileKeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = []
    build = composition.issuer_for
    monkeypatch.setattr(
        composition, "issuer_for", lambda *given, **named: built.append(1) or build(*given, **named)
    )
    key = new_key(keys, tmp_path, "first")
    configuration = read(tmp_path, ONE.replace("file:k", key) + 'profile = "generic"')
    client = issuer_application(str(tmp_path / "issuer.toml"), configuration).test_client()
    body = {"credential": plain(issuer=client.get("/one/did.json").json["id"])}
    for _again in range(2):
        assert post(client, "/one/credentials/issue", body).status_code == 201
    assert built == [1]


def test_a_key_that_is_revoked_meanwhile_stops_its_instance(
    tmp_path: Path, keys: FileKeyStore
) -> None:
    key = new_key(keys, tmp_path, "first")
    configuration = read(tmp_path, ONE.replace("file:k", key) + 'profile = "generic"')
    client = issuer_application(str(tmp_path / "issuer.toml"), configuration).test_client()
    issuer = client.get("/one/did.json").json["id"]
    body = {"credential": plain(issuer=issuer)}
    assert post(client, "/one/credentials/issue", body).status_code == 201
    protection = KeyFileProtection(tmp_path / "keys" / "key-encryption.key")
    path = f"file:{tmp_path}/keys/first.key.json"
    end_key(path, lambda _record: protection, status="revoked", at=NOW)
    problem(post(client, "/one/credentials/issue", body), 503, "KEY_NOT_ACTIVE")


def test_the_verifier_is_strict_unless_the_second_instance_is_configured(
    tmp_path: Path, keys: FileKeyStore
) -> None:
    document = {"verifiableCredential": sign(plain(issuer="https://vc.example/1"))}
    strict = verifier_application("", VerifierConfiguration(offline=True)).test_client()
    problem(post(strict, "/credentials/verify", document), 400, "ISSUER_MISMATCH")
    problem(post(strict, "/proof-only/credentials/verify", document), 404)
    (tmp_path / "verifier.toml").write_text("[proof_only]\nname = 'conformance'\n")
    path = str(tmp_path / "verifier.toml")
    both = verifier_application(path, read_configuration(path, VerifierConfiguration))
    client = both.test_client()
    assert post(client, "/conformance/credentials/verify", document).status_code == 200
    problem(post(client, "/credentials/verify", document), 400, "ISSUER_MISMATCH")


def test_the_verifier_notices_a_status_list_that_is_older_than_one_it_saw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "now", lambda: NOW)
    (tmp_path / "list.json").write_text(json.dumps(status_list()))
    (tmp_path / "map.json").write_text(json.dumps({LIST_URL: "list.json"}))
    (tmp_path / "verifier.toml").write_text('[sources]\nresolver_map = "map.json"\n')
    path, memory = str(tmp_path / "verifier.toml"), NewestLists()
    configuration = read_configuration(path, VerifierConfiguration)
    client = verifier_application(path, configuration, memory).test_client()
    document = {"verifiableCredential": sign(unsigned(credentialStatus=status_entry()))}
    assert post(client, "/credentials/verify", document).status_code == 200
    memory.remember(ISSUER, LIST_URL, SeenList(CREATED, CREATED, "sha256:" + 64 * "0"))
    problem(post(client, "/credentials/verify", document), 400, "STATUS_LIST_ROLLBACK")


def test_an_instance_issues_with_a_status_list_of_the_configured_ledger(
    tmp_path: Path, keys: FileKeyStore
) -> None:
    key = new_key(keys, tmp_path, "first")
    issuer = record_of(f"file:{tmp_path}/keys/first.key.json").controller
    engine = open_database(f"sqlite:///{tmp_path}/status.sqlite", makes_file=True)
    migrate(engine)
    url = "https://college.example/lists/1"
    StatusLedger(engine, lambda _below: 94_567).make_list(StatusList("one", url, issuer), NOW)
    engine.dispose()
    text = (
        'status_ledger = "sqlite:///status.sqlite"\n'
        + ONE.replace("file:k", key)
        + 'profile = "generic"\nstatus_list = "one"\n'
    )
    path = str(tmp_path / "issuer.toml")
    client = issuer_application(path, read(tmp_path, text)).test_client()
    issued = post(client, "/one/credentials/issue", {"credential": plain(issuer=issuer)})
    assert issued.json["credentialStatus"]["statusListCredential"] == url
    entry = {"type": "BitstringStatusListEntry"}
    body = {"credentialId": issued.json["id"], "credentialStatus": entry}
    before = client.get("/lists/1").json
    assert post(client, "/one/credentials/status", body).status_code == 200
    assert client.get("/lists/1").json != before
    other = read(tmp_path, text.replace('status_list = "one"', 'status_list = "two"'))
    with pytest.raises(CommandError, match="no status list of this name"):
        issuer_application(path, other)


def test_an_instance_of_tokens_returns_them_in_envelopes(
    tmp_path: Path, keys: FileKeyStore
) -> None:
    key = new_key(keys, tmp_path, "first")
    issuer = record_of(f"file:{tmp_path}/keys/first.key.json").controller
    text = ONE.replace("file:k", key) + 'profile = "generic"\nform = "vc+jwt"\n'
    client = issuer_application(str(tmp_path / "issuer.toml"), read(tmp_path, text)).test_client()
    issued = post(client, "/one/credentials/issue", {"credential": plain(issuer=issuer)})
    assert issued.json["type"] == "EnvelopedVerifiableCredential"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "http://wallet.example/back",
        "https://wallet.example/back#part",
        "https://wallet.example@evil.example/",
        "https://wallet.example/back; script-src *",
        "wallet:/back",
        "",
    ],
)
def test_a_wallet_is_led_back_to_addresses_that_can_stand_in_a_policy(address: str) -> None:
    wallet = {"client_id": "w", "name": "Wallet"}
    good = ["https://wallet.example/back", "com.example.wallet:/back", "http://127.0.0.1:8080/x"]
    ClaimsSettings.model_validate({"wallet": [{**wallet, "redirect_uris": good}]})
    with pytest.raises(ValidationError):
        ClaimsSettings.model_validate({"wallet": [{**wallet, "redirect_uris": [address]}]})
