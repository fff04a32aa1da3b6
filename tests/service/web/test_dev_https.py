"""HTTPS for development: a certificate for this machine, by an authority that is thrown away."""

from __future__ import annotations

import ssl
import stat
import threading
from datetime import timedelta
from pathlib import Path

import httpx
from cryptography import x509

from service.web.dev_https import (
    DAYS,
    DevelopmentCertificate,
    development_certificate,
    new_development_server,
)
from service.web.serving import Address
from tallystick.verifying import now
from tests.factories import NOW
from tests.services import verifier_service


def read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_the_certificate_is_for_this_machine_only_and_no_key_of_the_authority_is_left(
    tmp_path: Path,
) -> None:
    files = development_certificate(tmp_path / "dev", NOW)
    names = read(files.certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert set(map(str, names.value.get_values_for_type(x509.IPAddress))) == {"127.0.0.1", "::1"}
    assert names.value.get_values_for_type(x509.DNSName) == ["localhost"]
    authority = read(files.authority)
    read(files.certificate).verify_directly_issued_by(authority)
    assert authority.extensions.get_extension_for_class(x509.NameConstraints).critical
    assert sorted(path.name for path in (tmp_path / "dev").iterdir()) == [
        "ca.pem",
        "certificate.key",
        "certificate.pem",
    ]
    assert stat.S_IMODE(files.key.stat().st_mode) == 0o600
    assert files.key.read_bytes().count(b"PRIVATE KEY") == 2


def test_the_certificate_is_kept_until_it_nearly_ends(tmp_path: Path) -> None:
    first = development_certificate(tmp_path, NOW).certificate.read_bytes()
    for days, is_kept in ((1, True), (DAYS - 3, True), (DAYS - 1, False)):
        files = development_certificate(tmp_path, NOW + timedelta(days=days))
        assert (files.certificate.read_bytes() == first) is is_kept


def test_a_damaged_certificate_is_made_anew(tmp_path: Path) -> None:
    development_certificate(tmp_path, NOW).certificate.write_text("nothing")
    read(development_certificate(tmp_path, NOW).certificate)


def test_a_client_that_believes_the_authority_is_served_and_another_is_not(tmp_path: Path) -> None:
    # TLS libraries read the clock of the machine, so this certificate is made for its time.
    files: DevelopmentCertificate = development_certificate(tmp_path, now())
    server = new_development_server(verifier_service(), Address(port=0), files)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"https://127.0.0.1:{server.port}/health/live"
    try:
        believing = ssl.create_default_context(cafile=str(files.authority))
        assert httpx.get(url, verify=believing, trust_env=False).json() == {"status": "live"}
        try:
            httpx.get(url, verify=ssl.create_default_context(), trust_env=False)
            is_served = True
        except httpx.ConnectError:
            is_served = False
        assert not is_served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
