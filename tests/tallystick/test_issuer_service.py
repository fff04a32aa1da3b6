"""The issuer service by its commands: from nothing to a class, and through mishaps."""

from __future__ import annotations

import email
import json
import re
import shlex
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from credentials.json_types import JsonObject
from issuer.issuing.publishing import published_list
from issuer.store import Act
from issuer.store.wallet_tables import OFFERS
from keys.did import did_web_url
from service import reading
from service.mail import Mailbox, MailServer
from tallystick import issuer_worker, verifying
from tallystick.command import tallystick
from tallystick.issuer_courier import PostOffice
from tallystick.issuer_service import open_service
from tallystick.web import issuer_application
from tallystick.web_configuration import IssuerConfiguration, read_configuration
from tests.factories import check, codes
from tests.issuer.issuing.workshops import TEMPLATE
from tests.project import ROOT, skip_away_from_sources
from verifier.report import Verdict

ROSTER = "email,name\nana@x.example,Ana\nben@x.example,Ben\nmara@x.example,Māra\n"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Begin a service in a folder of its own, with a published achievement."""
    folder = tmp_path_factory.mktemp("service")
    (folder / "achievement.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    (folder / "class.csv").write_text(ROSTER, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TALLYSTICK_REGISTERS", str(folder / "registers"))
        told = run(
            folder,
            *("issuer", "init", str(folder / "issuer.toml"), "--keys", str(folder / "keys")),
            *(
                "--name",
                "poly",
                "--title",
                "Example",
                "--public-url",
                "https://badges.poly.example",
            ),
        )
        assert "did:web:badges.poly.example:issuers:poly" in told
        assert "/console/setup/" in told
        yield folder


def run(folder: Path, *arguments: str, status: int = 0) -> str:
    environment = {"TALLYSTICK_ISSUER": str(folder / "issuer.toml")}
    done = CliRunner().invoke(tallystick, arguments, env=environment)
    assert (done.exit_code != 0) == bool(status), (done.output, done.exception)
    return done.output if status == 0 else f"{done.output}{getattr(done.exception, 'code', '')}"


def test_a_list_of_skills_is_loaded_named_and_removed(begun: Path) -> None:
    file, said = begun / "skills.csv", ["--source", "Trades Council", "--licence", "CC BY 4.0"]
    load = ["issuer", "skills", "load", str(file), *said, "--framework", "Trades 2026"]
    file.write_text("uri,name\nhttps://skills.example/1,weld\nnowhere,\n", encoding="utf-8-sig")
    refused = run(begun, *load, status=1)
    assert "Row 3, uri: A skill needs its web address" in refused
    assert run(begun, "issuer", "skills", "list") == ""
    file.write_text("uri,name\nhttps://skills.example/1,weld pipes\n", encoding="utf-8")
    assert "Loaded 1 skills of Trades 2026." in run(begun, *load, "--institution", "poly")
    listed = run(begun, "issuer", "skills", "list")
    assert "Trades 2026: 1 skills" in listed
    assert "Trades Council. CC BY 4.0" in listed
    run(begun, "issuer", "skills", "remove", "Others", status=1)
    assert "Removed 1 skills" in run(begun, "issuer", "skills", "remove", "Trades 2026")


def test_a_class_is_issued_withdrawn_backed_up_and_reconciled(begun: Path) -> None:
    published = run(begun, "issuer", "achievement", str(begun / "achievement.json"))
    achievement = published.split()[0]
    out = begun / "out"
    issuing = ["issue", "--achievement", achievement, "--out", str(out)]
    told = run(begun, *issuing, "--roster", str(begun / "class.csv"))
    assert "Issued 3 of 3; 0 failed" in told
    badge = json.loads((out / "2.json").read_bytes())
    assert badge["issuer"]["id"] == "did:web:badges.poly.example:issuers:poly"
    assert (out / "results.csv").read_text(encoding="utf-8-sig").count("issued") == 3
    run(begun, "issuer", "fsck")
    run(begun, "issuer", "backup", str(begun / "backup.sqlite"))
    run(begun, "issuer", "revoke", badge["id"], "--reason", "Wrong learner")
    # An old backup is noticed, and what was revoked since stays revoked.
    assert "reconcile" in run(begun, "issuer", "restore", str(begun / "backup.sqlite"))
    single = ["issuer", "issue", "--achievement", achievement, "--email", "zoe@x.example"]
    single += ["--idempotency-key", "k1", "--out"]
    assert "LEDGER_BEHIND" in run(begun, *single, str(begun / "zoe.json"), status=1)
    run(begun, "issuer", "fsck", status=1)
    assert "Took over 1 revocations" in run(begun, "issuer", "reconcile", "--yes")
    run(begun, *single, str(begun / "zoe.json"))
    zoe = json.loads((begun / "zoe.json").read_bytes())
    used = badge["credentialStatus"]["statusListCredential"]
    assert zoe["credentialStatus"]["statusListCredential"] != used
    run(begun, "issuer", "fsck")
    assert open_service(str(begun / "issuer.toml")).store.ledger.checkpoint().count > 10
    with sqlite3.connect(begun / "issuer.sqlite") as connection:
        (status,) = connection.execute(
            "SELECT status FROM issuer_credentials WHERE id = ?", (badge["id"],)
        ).fetchone()
    assert status == "revoked"


def test_who_keeps_house_forgets_offers_to_wallets_that_are_long_over(
    begun: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    achievement = run(begun, "issuer", "achievement", str(begun / "achievement.json")).split()[0]
    issuing = ("issuer", "issue", "--achievement", achievement, "--email", "mia@x.example")
    run(begun, *issuing, "--idempotency-key", "house", "--out", str(begun / "mia.json"))
    service, now = open_service(str(begun / "issuer.toml")), verifying.now()
    store, (tenant,) = service.store, service.store.tenants.all()
    issued = json.loads((begun / "mia.json").read_bytes())["id"]
    delivery, _secret = store.deliveries.make(Act(tenant.id, "t", now), issued, channel="email")
    offer, _secret = store.wallet_offers.make(delivery, "open-badge", now, needs_pin=False)

    def is_kept() -> bool:
        with reading(store.engine) as connection:
            return connection.scalar(select(OFFERS.c.id).where(OFFERS.c.id == offer.id)) is not None

    issuer_worker.keep_house(service)
    assert is_kept()
    monkeypatch.setattr(issuer_worker.verifying, "now", lambda: now + timedelta(days=30))
    issuer_worker.keep_house(service)
    assert not is_kept()
    store.engine.dispose()


def test_a_faulty_roster_issues_nothing_and_names_the_rows(begun: Path) -> None:
    (begun / "bad.csv").write_text("email\nana@x.example\nnobody\n", encoding="utf-8")
    published = run(begun, "issuer", "achievement", str(begun / "achievement.json"))
    arguments = ["issue", "--achievement", published.split()[0], "--out", str(begun / "none")]
    done = CliRunner().invoke(
        tallystick,
        [*arguments, "--roster", str(begun / "bad.csv")],
        env={"TALLYSTICK_ISSUER": str(begun / "issuer.toml")},
    )
    assert "row 3" in str(done.exception)
    assert not (begun / "none").exists()


def test_old_badges_stay_valid_when_the_key_changes(begun: Path) -> None:
    service = open_service(str(begun / "issuer.toml"))
    (tenant,) = service.store.tenants.all()
    published = run(begun, "issuer", "achievement", str(begun / "achievement.json")).split()[0]
    before = service.key_of(tenant).record.verification_method

    def badge(key: str) -> JsonObject:
        arguments = ["--achievement", published, "--email", f"{key}@x.example"]
        out = begun / f"{key}.json"
        run(begun, "issuer", "issue", *arguments, "--idempotency-key", key, "--out", str(out))
        read: JsonObject = json.loads(out.read_bytes())
        return read

    first = badge("a")
    run(begun, "issuer", "rotate")
    run(begun, "issuer", "rotate")
    # The new key is published before it signs anything, and the old one signs until then.
    assert len(service.controller_document(tenant)["assertionMethod"]) == 2
    second = badge("b")
    run(begun, "issuer", "rotate", "--finish")
    third = badge("c")
    (moved,) = service.store.tenants.all()
    keys = [one["proof"]["verificationMethod"] for one in (first, second, third)]
    assert keys[0] == keys[1] == before
    assert keys[2] == service.key_of(moved).record.verification_method != before
    entry = third["credentialStatus"]["statusListCredential"]
    listed = published_list(service.store.engine, entry)
    assert listed is not None
    documents = {
        did_web_url(tenant.issuer): service.controller_document(moved),
        entry: json.loads(listed.data),
    }
    for one in (first, second, third):
        report = check(one, documents, now=verifying.now())
        assert report.verdict is Verdict.VALID, codes(report)


def test_the_commands_of_the_guide_and_of_the_readme_work(begun: Path, tmp_path: Path) -> None:
    skip_away_from_sources()
    guide = (ROOT / "docs/issuer-service.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\$ tallystick (.*)$", guide.partition("## What is promised")[0], re.M)
    section = (ROOT / "README.md").read_text(encoding="utf-8")
    section = section.partition("## An institution that issues")[2].partition("\n## ")[0]
    readme = re.findall(r"^\$ \.venv/bin/tallystick ([^#\n]*)", section, re.M)
    assert (len(shown), len(readme)) == (4, 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        patch.setenv("TALLYSTICK_KEYS", str(tmp_path / "keys"))
        patch.setenv("TALLYSTICK_REGISTERS", str(begun / "registers"))
        (tmp_path / "docs").symlink_to(ROOT / "docs")
        local = [command.replace("issuer.toml", "local.toml") for command in readme]
        for command in (*shown, "issuer init local.toml --title College", *local):
            patch.setenv("TALLYSTICK_ISSUER", "issuer.toml")
            done = CliRunner().invoke(tallystick, shlex.split(command))
            assert done.exit_code == 0, (command, done.output, done.exception)
    assert "In order" in done.output
    assert len(list((tmp_path / "badges").glob("*.json"))) == 3


def test_each_service_has_its_own_keys_beside_its_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TALLYSTICK_KEYS", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        run(tmp_path, "issuer", "init", str(tmp_path / name / "issuer.toml"))
        keys = {file.name for file in (tmp_path / name / "issuer-keys").glob("*.json")}
        assert keys == {"issuer.key.json", "issuer-checkpoints.key.json"}
    assert not (tmp_path / "home").exists()


@dataclass(frozen=True)
class Server(MailServer):
    """A mail server that takes every letter."""

    taken: list[tuple[str, bytes]] = field(default_factory=list)

    def send(self, recipient: str, message: bytes) -> None:
        self.taken.append((recipient, message))

    def link_for(self, recipient: str) -> str:
        (message,) = (data for address, data in self.taken if address == recipient)
        body = email.message_from_bytes(message, policy=policy.default).get_body(("plain",))
        assert body is not None
        (path,) = re.findall(r"https://badges\.poly\.example(/claim/\S+)", body.get_content())
        return str(path)


def served(begun: Path, *, mounted: bool) -> FlaskClient:
    """Return a browser that reaches the issuer service, with claim pages or without."""
    path = str(begun / "issuer.toml")
    configuration = read_configuration(path, IssuerConfiguration)
    claims = configuration.claims.model_copy(update={"mounted": mounted})
    configuration = configuration.model_copy(update={"claims": claims})
    return issuer_application(path, configuration).test_client()


def test_the_courier_writes_to_a_roster_and_the_service_answers_the_links(begun: Path) -> None:
    achievement = run(begun, "issuer", "achievement", str(begun / "achievement.json")).split()[0]
    issuing = ["issue", "--achievement", achievement, "--out", str(begun / "written")]
    told = run(begun, *issuing, "--roster", str(begun / "class.csv"), "--letters")
    assert "tallystick issuer courier" in told
    service = open_service(str(begun / "issuer.toml"))
    assert PostOffice(service, None, None).work(verifying.now()) == 0, "there is no mail server"
    server = Server("smtp.example", Mailbox("badges@poly.example"))
    assert PostOffice(service, server, None).work(verifying.now()) > 3
    link, browser = server.link_for("mara@x.example"), served(begun, mounted=True)
    assert browser.post(link).status_code == 303
    assert "Issued to Māra." in browser.get(link).text
    assert served(begun, mounted=False).get(link).status_code == 404
    server.taken.clear()
    reminding = PostOffice(service, server, timedelta(days=7))
    assert reminding.work(verifying.now()) == 0, "it is too early"
    reminding.work(verifying.now() + timedelta(days=8))
    PostOffice(service, server, timedelta(days=7)).work(verifying.now() + timedelta(days=9))
    assert sorted(address for address, _message in server.taken) == [
        "ana@x.example",
        "ben@x.example",
    ]
    service.store.engine.dispose()
