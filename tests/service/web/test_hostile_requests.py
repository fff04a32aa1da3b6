"""Whatever is sent to whichever endpoint ends in a problem document, never in a defect."""

from __future__ import annotations

import gzip
import json
import logging
from typing import Any

import pytest
from flask.testing import FlaskClient

from credentials.limits import DEFAULT_LIMITS
from service.web import WebSettings, new_application
from service.web.reading import WRAPPING_BYTES
from tests.factories import sign, unsigned
from tests.services import DATA_MODEL, issuer_service, plain, post, problem, verifier_service

ISSUE = ("/generic/credentials/issue", "/badges/credentials/issue")
VERIFY = ("/credentials/verify", "/proof-only/credentials/verify")
PRESENT = ("/presentations/verify", "/proof-only/presentations/verify")
MEMBERS = {
    **dict.fromkeys(ISSUE, "credential"),
    **dict.fromkeys(VERIFY, "verifiableCredential"),
    **dict.fromkeys(PRESENT, "verifiablePresentation"),
}
LARGEST = DEFAULT_LIMITS.document_bytes + WRAPPING_BYTES

every_endpoint = pytest.mark.parametrize("path", MEMBERS)


@pytest.fixture
def issuer() -> FlaskClient:
    return issuer_service().test_client()


@pytest.fixture
def verifier() -> FlaskClient:
    return verifier_service().test_client()


def client_for(path: str) -> FlaskClient:
    service = issuer_service() if path in ISSUE else verifier_service()
    return service.test_client()


GARBAGE: dict[str, bytes] = {
    "nothing": b"",
    "white space": b"  \n",
    "no JSON": b"{",
    "HTML": b"<html></html>",
    "a number": b"4",
    "a text": b'"text"',
    "an array": b"[]",
    "null": b"null",
    "NaN": b'{"credential": NaN}',
    "an infinite number": b'{"credential": 1e999}',
    "bytes": bytes(range(256)),
    "UTF-16": '{"credential": {}}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"credential": {}}',
    "NUL": b'{"credential": "\x00"}',
    "a lone surrogate": b'{"credential": {"id": "\\ud800"}}',
    "200 levels": b'{"credential":' + b"[" * 200 + b"]" * 200 + b"}",
    "100000 levels": b"[" * 100_000,
    "10000 values": b'{"credential": [' + b"1," * 10_000 + b"1]}",
    "two documents": b"{}{}",
    "a huge integer": b'{"credential": ' + b"9" * 5_000 + b"}",
    "a text of JSON": json.dumps(json.dumps({"credential": {}})).encode(),
}


@every_endpoint
def test_garbage_is_refused(path: str) -> None:
    client = client_for(path)
    for name, data in GARBAGE.items():
        assert problem(post(client, path, data), 400)["code"], name


@every_endpoint
def test_any_value_in_the_place_of_the_document_is_refused(path: str) -> None:
    client = client_for(path)
    for value in (None, True, 4, 1.5, "", "text", [], [{}], {}, {"@context": 4}, {"type": [[]]}):
        problem(post(client, path, {MEMBERS[path]: value}), 400)


@every_endpoint
def test_a_member_that_is_named_twice_is_refused(path: str) -> None:
    member = MEMBERS[path]
    document = json.dumps(sign(unsigned()))
    for data in (
        f'{{"{member}": {document}, "{member}": {document}}}',
        f'{{"{member}": {{"id": "urn:x", "\\u0069d": "urn:y"}}}}',
    ):
        problem(post(client_for(path), path, data.encode()), 400, "JSON_DUPLICATE_KEY")


@every_endpoint
def test_unknown_members_are_refused(path: str) -> None:
    body = {MEMBERS[path]: {}, "further": 1}
    problem(post(client_for(path), path, body), 400, "UNKNOWN_OPTION_PROVIDED")
    body = {MEMBERS[path]: {}, "options": {"further": 1}}
    refused = problem(post(client_for(path), path, body), 400, "UNKNOWN_OPTION_PROVIDED")
    assert refused["pointer"] == "/options/further"
    for options in (None, 4, [], "x"):
        problem(post(client_for(path), path, {MEMBERS[path]: {}, "options": options}), 400)


@every_endpoint
@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/json; charset=utf-16",
        "",
    ],
)
def test_other_content_types_are_refused(path: str, kind: str) -> None:
    response = client_for(path).post(path, data=b"{}", headers={"Content-Type": kind})
    problem(response, 415, "UNSUPPORTED_MEDIA_TYPE")


@every_endpoint
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "GZIP", "identity, gzip"])
def test_packed_bodies_are_refused_unopened(path: str, encoding: str) -> None:
    bomb = gzip.compress(bytes(4 * LARGEST))
    response = post(client_for(path), path, bomb, Content_Encoding=encoding)
    problem(response, 415)
    assert response.headers["Accept-Encoding"] == "identity"


@every_endpoint
def test_a_body_larger_than_the_limit_is_refused(path: str) -> None:
    problem(post(client_for(path), path, b" " * (LARGEST + 1)), 413, "TOO_LARGE")


@every_endpoint
def test_other_methods_are_refused_and_none_is_smuggled_in_a_header(path: str) -> None:
    client = client_for(path)
    for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        response = client.open(path, method=method)
        assert response.status_code == 405
        assert response.headers["Allow"] == "POST"
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert client.get(path, headers={header: "POST"}).status_code == 405
        assert client.get(f"{path}?_method=POST").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/credentials",
        "/credentials/verify/",
        "/credentials//verify",
        "/./credentials/verify",
        "/x/../credentials/verify",
        "/%2e%2e/etc/passwd",
        "/openapi/swagger/../../../../etc/passwd",
        "/openapi/swagger/%2e%2e/%2e%2e/templates/__init__.py",
        "/openapi/swagger/..%2f..%2fplugins.py",
        "/credentials/verify%00",
        "/credentials/verify;x=1",
        "/static/x",
        "/openapi",
    ],
)
def test_a_path_has_one_spelling_and_leads_out_of_nowhere(verifier: FlaskClient, path: str) -> None:
    response = verifier.get(path)
    problem(response, 404, "NOT_FOUND")
    assert "Location" not in response.headers
    assert verifier.post(path, data=b"{}").status_code in (404, 405)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "a b"])
def test_another_host_is_refused(verifier: FlaskClient, host: str) -> None:
    response = verifier.get("/health/live", headers={"Host": host})
    assert problem(response, 400)["code"] == "HOST_UNKNOWN"
    assert host not in response.get_data(as_text=True)


def test_forwarded_headers_change_nothing(verifier: FlaskClient) -> None:
    spoofed = {
        "X-Forwarded-For": "10.0.0.1",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Original-URL": "/challenges",
        "X-Rewrite-URL": "/challenges",
    }
    response = verifier.get("/health/live", headers=spoofed)
    assert response.json == {"status": "live"}
    assert "Strict-Transport-Security" not in response.headers


def test_what_a_request_says_does_not_reach_the_headers_of_the_answer(
    verifier: FlaskClient,
) -> None:
    injected = "x\r\nSet-Cookie: a=b"
    body = {
        "verifiablePresentation": {"id": injected},
        "options": {"challenge": injected, "domain": injected},
    }
    response = post(verifier, "/presentations/verify", body)
    problem(response, 400)
    assert "Set-Cookie" not in response.headers
    assert not any("\r" in value or "\n" in value for _name, value in response.headers)


def test_every_answer_has_the_security_headers(verifier: FlaskClient, issuer: FlaskClient) -> None:
    answers = [
        verifier.get("/health/live"),
        verifier.get("/nothing"),
        verifier.get("/credentials/verify"),
        verifier.post("/challenges"),
        post(verifier, "/credentials/verify", b"{"),
        post(verifier, "/credentials/verify", {"verifiableCredential": sign(unsigned())}),
        post(issuer, "/generic/credentials/issue", {"credential": plain()}),
        verifier.get("/health/live", headers={"Host": "evil.example"}),
    ]
    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Set-Cookie" not in answer.headers


def test_https_is_insisted_on_but_not_on_this_machine() -> None:
    """A browser would refuse everything else on localhost for a year."""
    hosts = ("verifier.example", "localhost")
    client = new_application(WebSettings("Verifier", "Verifies.", hosts=hosts)).test_client()
    for host, is_told in (
        ("verifier.example", True),
        ("verifier.example:8443", True),
        ("localhost", False),
        ("localhost:8443", False),
    ):
        answer = client.get("/health/live", base_url=f"https://{host}")
        assert answer.status_code == 200
        assert ("Strict-Transport-Security" in answer.headers) is is_told
    problem(client.get("/health/live", base_url="https://evil.example"), 400)


def test_the_page_of_the_interface_loads_nothing_from_elsewhere(verifier: FlaskClient) -> None:
    for path in ("/openapi/", "/openapi/swagger", "/openapi/start.js"):
        response = verifier.get(path)
        assert response.status_code == 200
        policy = response.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "//" not in response.get_data(as_text=True).replace("http://localhost", "")
    for path in ("js/swagger-ui-bundle.js", "css/swagger-ui.css"):
        with verifier.get(f"/openapi/swagger/{path}") as response:
            assert response.status_code == 200


def test_a_defect_is_answered_without_its_cause_and_recorded_without_values(
    caplog: pytest.LogCaptureFixture,
) -> None:
    secret = "Ana's secret in /srv/keys/college.key.json"
    application = verifier_service()

    def fails() -> Any:
        raise RuntimeError(secret)

    application.add_url_rule("/fails", "fails", fails)
    with caplog.at_level(logging.DEBUG):
        response = application.test_client().get("/fails")
    body = problem(response, 500, "INTERNAL_ERROR")
    assert "RuntimeError" not in json.dumps(body)
    assert "secret" not in json.dumps(body)
    assert secret not in caplog.text
    assert "RuntimeError at tests.service.web" in caplog.text


def test_no_refusal_names_a_path_or_repeats_a_value(
    verifier: FlaskClient, issuer: FlaskClient
) -> None:
    marker = "Canary-Ana-Example"
    document = unsigned(name={"@value": marker}, evidence={"narrative": marker}, validFrom=marker)
    answers = [
        post(verifier, "/credentials/verify", {"verifiableCredential": document}),
        post(verifier, "/credentials/verify", {"verifiableCredential": marker}),
        post(verifier, "/credentials/verify", {"verifiableCredential": {}, "options": marker}),
        post(issuer, "/badges/credentials/issue", {"credential": document}),
        post(issuer, "/generic/credentials/issue", {"credential": document}),
        post(issuer, "/generic/credentials/issue", {"credential": marker}),
    ]
    for answer in answers:
        text = json.dumps({**problem(answer, 400), "report": None})
        assert marker not in text
        for leak in ("Traceback", ".py", "site-packages", "/home", "/usr", "0x"):
            assert leak not in text


HEAVY: dict[str, Any] = {
    "own terms": {
        "@context": [DATA_MODEL, {f"t{i}": f"https://e.example/{i}" for i in range(300)}]
    },
    "scoped terms": {
        "@context": [
            DATA_MODEL,
            {
                "deed": "https://e.example/deed",
                "Deed": {
                    "@id": "https://e.example/Deed",
                    "@context": {f"t{i}": f"https://e.example/{i}" for i in range(200)},
                },
            },
        ],
        "deed": [{"type": "Deed", "t1": str(i)} for i in range(300)],
    },
    "scoped pinned context": {
        "@context": [
            DATA_MODEL,
            {
                "deed": "https://e.example/deed",
                "Deed": {
                    "@id": "https://e.example/Deed",
                    "@context": "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
                },
            },
        ],
        "deed": [{"type": "Deed", "id": f"urn:x:{i}"} for i in range(300)],
    },
    "named a thousand times": {
        "@context": [DATA_MODEL, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
        * 1_000
    },
    "alike nodes": {
        "@context": [DATA_MODEL, {"@vocab": "https://e.example/"}],
        "deed": [{"a": {"b": {}}} for _ in range(900)],
    },
}
"""Documents that would take minutes or gigabytes if nothing bounded the work on contexts."""


@pytest.mark.parametrize("name", HEAVY)
def test_heavy_documents_take_bounded_work(name: str) -> None:
    """The bound is one of work, not of time; it is what keeps the time short."""
    document = {**sign(plain()), **HEAVY[name]}
    path = VERIFY[1]
    body = problem(post(client_for(path), path, {MEMBERS[path]: document}), 400)
    codes = {detail["code"] for detail in body["problemDetails"]}
    assert codes & {"CONTEXT_TOO_LARGE", "TOO_MANY_CONTEXTS", "TOO_COMPLEX"}
    unsigned_one = {key: value for key, value in document.items() if key != "proof"}
    problem(post(client_for(ISSUE[0]), ISSUE[0], {"credential": unsigned_one}), 400)


def test_contexts_of_strangers_are_not_kept() -> None:
    import schemas
    from credentials.linked_data.expansion import processor_for

    processor = processor_for(schemas.load_context)
    client = client_for(VERIFY[1])
    post(client, VERIFY[1], {"verifiableCredential": sign(plain())})
    before = len(processor.library._scoped), len(processor.library._resolved)
    for number in range(5):
        document = plain()
        document["@context"] = [DATA_MODEL, {f"t{number}": "https://e.example/t"}]
        response = post(client, VERIFY[1], {"verifiableCredential": sign(document)})
        assert response.status_code == 200
    assert (len(processor.library._scoped), len(processor.library._resolved)) == before
