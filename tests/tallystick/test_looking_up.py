"""The command and the network: what verify fetches, when it must not, and what it then says."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path

import pytest

from credentials.strict_json import serialize_json
from keys.errors import UnresolvableError
from service.fetching import DocumentCache
from tallystick.looking_up import fetch_in_use, following, network_resolver
from tests.factories import ISSUER, LIST_URL, NOW, sign, status_entry, status_list, unsigned, world
from tests.service.fetching.certificates import Authority
from tests.service.fetching.network import PUBLIC, Network, answer
from tests.service.fetching.servers import Server, serving
from tests.tallystick.conftest import Run
from tests.tallystick.test_command import REQUEST, write
from tests.verifier.legacy_badges import assertion
from verifier.pages import LinkError
from verifier.verifier import Verifier

HOST = "localhost"
ONLINE = {"TALLYSTICK_OFFLINE": "0"}


class Published:
    """Documents by path, served as they are now."""

    def __init__(self) -> None:
        self.documents: dict[str, bytes] = {}

    def __call__(self, connection: socket.socket) -> None:
        path = connection.recv(65_536).decode().split(" ")[1]
        body = self.documents.get(path)
        connection.sendall(answer(b"", status=404) if body is None else answer(body))


def issued(run: Run, tmp_path: Path, controller: str) -> tuple[Path, bytes]:
    """Issue a credential; return its file, and the document that its issuer publishes."""
    made = run("keys", "new", "uni", "--controller", controller)
    uri = made.stdout.decode().splitlines()[0].split()[1]
    out = tmp_path / "badge.json"
    told = run("issue", write(tmp_path / "r.json", REQUEST), "--key", uri, "--out", out, **ONLINE)
    assert told.returncode == 0, told.stderr
    return out, run("keys", "did", uri).stdout


def test_an_employer_verifies_what_an_institution_publishes(run_apart: Run, tmp_path: Path) -> None:
    """A server with TLS and the institution's document; nothing else is given or remembered."""
    run = run_apart
    authority, published = Authority(tmp_path), Published()
    believed = write(tmp_path / "authority.pem", authority.pem())
    online = {
        **ONLINE,
        "SSL_CERT_FILE": str(believed),
        "TALLYSTICK_ALLOWED_HOSTS": f"intranet, {HOST.upper()}",
    }
    with serving(authority.server(HOST), published) as server:
        controller = f"https://{HOST}:{server.port}/welding"
        badge, document = issued(run, tmp_path, controller)
        assert server.connections == 0, "who signs opens no connection"
        absent = run("verify", badge, **online)
        assert absent.returncode == 2
        assert b"could not be fetched" in absent.stdout
        published.documents["/welding"] = document
        told = run("verify", badge, "--json", **online)
        assert told.returncode == 0, told.stdout
        report = json.loads(told.stdout)
        assert [one["origin"] for one in report["sources"]] == ["live"]
        assert report["sources"][0]["url"] == controller
        assert run("value", badge, **online).returncode == 0
        asked = server.connections
        _asks_nobody_unless_allowed(run, badge, online, server, asked)


def _asks_nobody_unless_allowed(
    run: Run, badge: Path, online: dict[str, str], server: Server, asked: int
) -> None:
    forbidden = {**online, "TALLYSTICK_OFFLINE": "1"}
    private = {**online, "TALLYSTICK_ALLOWED_HOSTS": ""}
    mapping = write(badge.parent / "map.json", {})
    for arguments, environment, reason in (
        (("--offline",), online, b"was not looked up"),
        ((), forbidden, b"was not looked up"),
        ((), private, b"No public web server is called"),
        (("--resolver-map", mapping), online, b"not among the documents that were given"),
    ):
        told = run("verify", badge, *arguments, **environment)
        assert told.returncode == 2
        assert reason in told.stdout
        assert b"Try again later and online" in told.stdout
    assert server.connections == asked


def test_what_came_from_a_map_is_told(run: Run, tmp_path: Path) -> None:
    badge = write(tmp_path / "b.json", sign(unsigned(credentialStatus=status_entry("5"))))
    write(tmp_path / "list.json", status_list())
    mapping = write(tmp_path / "map.json", {LIST_URL: "list.json"})
    told = run("verify", badge, "--resolver-map", mapping)
    assert told.returncode == 0
    assert f"Looked up:\n  {LIST_URL}: from your resolver map\n".encode() in told.stdout


def test_all_lookups_of_one_verification_share_its_time() -> None:
    network = Network(seconds_each=1.0)
    now = datetime(2026, 11, 23, tzinfo=UTC)
    documents = DocumentCache(network.fetcher(), now=lambda: now)
    for number in range(9):
        network.serve(answer(), host=f"h{number}.example")
    lookups = network_resolver(documents, clock=lambda: network.time)
    for number in range(9):
        with suppress(UnresolvableError):
            lookups(f"https://h{number}.example/")
    told = [(one.origin.value, one.code) for one in lookups.sources]
    assert set(told) == {("live", ""), ("none", "FETCH_TIMEOUT")}
    assert network.time < 12
    assert lookups.for_one_verification()("https://h0.example/") == {}, "the next has its own time"


@pytest.mark.parametrize("host", ["10.0.0.8", "169.254.169.254", "::1"])
def test_no_packet_goes_to_a_denied_address_for_a_credential(host: str) -> None:
    network = Network(names={"uni.example": [[host]]})
    now = datetime(2026, 11, 23, tzinfo=UTC)
    resolver = network_resolver(DocumentCache(network.fetcher(), now=lambda: now))
    with pytest.raises(UnresolvableError) as caught:
        resolver("https://uni.example/did.json")
    assert caught.value.code == "ADDRESS_DENIED"
    assert network.connected == []


def test_the_document_of_an_owner_lists_all_keys_that_are_named(run: Run, tmp_path: Path) -> None:
    uris = []
    for name in ("first", "second", "third"):
        made = run("keys", "new", name, "--controller", "did:web:uni.example%3A8443:welding")
        uris.append(made.stdout.decode().splitlines()[0].split()[1])
    request, badge = write(tmp_path / "request.json", REQUEST), tmp_path / "badge.json"
    assert run("issue", request, "--key", uris[0], "--out", badge).returncode == 0
    assert run("keys", "end", uris[0], "retired").returncode == 0
    assert run("keys", "end", uris[1], "revoked").returncode == 0
    document = json.loads(run("keys", "did", *uris).stdout)
    assert len(document["verificationMethod"]) == len(document["assertionMethod"]) == 3
    assert ["revoked" in one for one in document["verificationMethod"]] == [False, True, False]
    write(tmp_path / "did.json", document)
    mapping = write(
        tmp_path / "map.json", {"https://uni.example:8443/welding/did.json": "did.json"}
    )
    told = run("verify", badge, "--resolver-map", mapping)
    assert told.returncode == 0
    assert b"Shown as:     uni.example:8443/welding" in told.stdout
    other = run("keys", "new", "other").stdout.decode().splitlines()[0].split()[1]
    refused = run("keys", "did", uris[0], other)
    assert (refused.returncode, refused.stdout) == (1, b"")
    assert b"KEYS_OF_SEVERAL" in refused.stderr


def test_a_credential_is_refreshed_by_choice_only(run: Run, tmp_path: Path) -> None:
    place = "https://poly.example/refresh/1"
    contexts = [*unsigned()["@context"], "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]
    service = {"id": place, "type": "1EdTechCredentialRefresh"}
    both = {"@context": contexts, "refreshService": service}
    expired = write(
        tmp_path / "old.json", sign(unsigned(**both, validUntil="2026-02-01T00:00:00Z"))
    )
    write(tmp_path / "new.json", sign(unsigned(**both)))
    mapping = write(tmp_path / "map.json", {place: "new.json"})
    options = ("--resolver-map", mapping, "--at", "2026-11-23T00:00:00Z")
    assert run("verify", expired, *options).returncode == 1
    told = run("verify", expired, *options, "--refresh")
    assert told.returncode == 0
    assert b"Refreshing: This is the edition at the place" in told.stdout
    report = json.loads(run("verify", expired, *options, "--refresh", "--json").stdout)
    assert (report["verdict"], report["refreshed"]["report"]["verdict"]) == ("invalid", "valid")
    offline = run("verify", expired, "--refresh", "--at", "2026-11-23T00:00:00Z")
    assert offline.returncode == 1
    assert b"REFRESH_RETRIEVAL_ERROR" in offline.stdout


def test_no_name_is_looked_up_for_a_did_web_that_leads_elsewhere(conformance: Path) -> None:
    names = json.loads((conformance / "attacks/ssrf-cases.json").read_text())["did_web_deny"]
    assert len(names) == 16
    network = Network()
    now = datetime(2026, 11, 23, tzinfo=UTC)
    resolver = network_resolver(DocumentCache(network.fetcher(), now=lambda: now))
    verifier = Verifier(world(resolver=resolver))
    for name in names:
        document = sign(unsigned(issuer={"id": ISSUER, "type": ["Profile"]}))
        document["issuer"]["id"] = name
        document["proof"]["verificationMethod"] = f"{name}#key-1"
        assert verifier.check(serialize_json(document)).verdict.value != "valid", name
    assert (network.asked, network.connected) == ([], [])


def test_a_command_loads_neither_the_database_nor_the_network_before_it_needs_them() -> None:
    program = "import sys, tallystick.verify_command; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "tallystick.looking_up" in loaded
    assert {"sqlalchemy", "alembic", "httpcore", "service.fetching"} & set(loaded) == set()
    assert {"flask", "issuer", "ortools", "pyld", "recognition"} & set(loaded) == set()


def drip(network: Network) -> None:
    network.seconds_each = 0.1
    network.servers[PUBLIC] = lambda: repeat(b"HTTP/1.1 103 Early\r\n\r\n")


FAULTS: dict[str, tuple[Callable[[Network], object], str]] = {
    "refuse": (lambda network: network.servers.clear(), "HOST_UNREACHABLE"),
    "hang": (lambda network: setattr(network, "seconds_each", 60.0), "FETCH_TIMEOUT"),
    "drip": (drip, "FETCH_TIMEOUT"),
    "error": (lambda network: network.serve(answer(status=500)), "ANSWER_STATUS"),
    "garbage": (lambda network: network.serve(answer(b"<html>")), "ANSWER_NOT_JSON"),
    "no name": (lambda network: network.names.clear(), "NAME_NOT_FOUND"),
    "inside": (
        lambda network: network.names.update({"uni.example": [["10.0.0.8"]]}),
        "ADDRESS_DENIED",
    ),
}
"""What can go wrong with a server, and how it is told."""


@pytest.mark.parametrize("fault", sorted(FAULTS))
@pytest.mark.parametrize("failing", ["issuer", "status"])
def test_whatever_goes_wrong_with_a_server_the_answer_is_undecided(
    failing: str, fault: str
) -> None:
    """Every fault, for the document of the issuer and for the status list."""
    network = Network().serve(answer())
    now = datetime(2026, 11, 23, tzinfo=UTC)
    issuer = {"id": "did:web:uni.example", "type": ["Profile"]}
    if failing == "issuer":
        document = sign(unsigned(issuer=issuer), verification_method="did:web:uni.example#key-1")
    else:
        place = {"statusListCredential": "https://uni.example/status/1"}
        document = sign(unsigned(credentialStatus={**status_entry(), **place}))
    fail, code = FAULTS[fault]
    fail(network)
    resolver = network_resolver(
        DocumentCache(network.fetcher(), now=lambda: now), clock=lambda: network.time
    )
    report = Verifier(world(resolver=resolver)).check(serialize_json(document))
    assert report.verdict.value == "indeterminate"
    assert [(one.origin.value, one.code) for one in report.sources] == [("none", code)]
    assert network.time <= 120, "one look-up, however long the server takes"


def test_a_legacy_badge_whose_address_says_that_it_is_gone_is_revoked() -> None:
    network = Network().serve(answer(status=410), host="good.example")
    resolver = network_resolver(
        DocumentCache(network.fetcher(), now=lambda: NOW), clock=lambda: network.time
    )
    report = Verifier(world(resolver=resolver)).check(serialize_json(assertion()))
    assert report.verdict.value == "invalid"
    assert report.check("proof").decisive.code == "REVOKED"


def test_links_that_somebody_gives_are_followed_guarded_or_not_at_all() -> None:
    assert fetch_in_use(offline=True) is None
    assert fetch_in_use(offline=False) is None, "the tests' own environment forbids it"
    network = Network().serve(answer(b"PNG", content_type="image/png"))
    network.names |= {"inside.example": [["10.0.0.1"]], "page.example": [["8.8.8.8"]]}
    network.servers["8.8.8.8"] = lambda: [answer(b"<html>", content_type="text/html")]
    fetch = following(network.fetcher())
    assert fetch("https://uni.example/badge.png") == b"PNG"
    refused = {
        "https://inside.example/x": "ADDRESS_DENIED",
        "https://page.example/x": "CONTENT_TYPE_REFUSED",
        "https://127.0.0.1/x": None,
        "http://uni.example/x": None,
        "file:///etc/hosts": None,
        "x": None,
    }
    for link, code in refused.items():
        with pytest.raises(LinkError) as caught:
            fetch(link)
        assert code in (None, caught.value.code), link
    assert {address for address, _port in network.connected} == {PUBLIC, "8.8.8.8"}
