"""HTTPS for trying things out with wallets on one machine; never for a service that others use.

A certificate authority is made for this machine's own names, signs one certificate and is thrown
away: nothing is left that could sign another one.  Whoever tries things out tells their client to
believe it (for example with NODE_EXTRA_CA_CERTS or curl --cacert).
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from werkzeug.serving import BaseWSGIServer, make_server

from service.web.serving import Address, ServingError

DAYS = 30
RENEWED_BEFORE = timedelta(days=2)
LOCAL = (
    x509.DNSName("localhost"),
    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    x509.IPAddress(ipaddress.ip_address("::1")),
)
"""The only names that the certificate is for."""

PERMITTED = (
    x509.DNSName("localhost"),
    x509.IPAddress(ipaddress.ip_network("127.0.0.0/8")),
    x509.IPAddress(ipaddress.ip_network("::1/128")),
)
"""The only names that the authority could ever have vouched for (RFC 5280 section 4.2.1.10)."""


@dataclass(frozen=True, slots=True)
class DevelopmentCertificate:
    """Files of a certificate for this machine: the authority, and what the server needs."""

    authority: Path
    certificate: Path
    key: Path


def development_certificate(folder: Path, now: datetime) -> DevelopmentCertificate:
    """Find the certificate in a folder, or make a new one with a new authority."""
    files = DevelopmentCertificate(
        folder / "ca.pem", folder / "certificate.pem", folder / "certificate.key"
    )
    if not _is_usable(files, now):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(files, now)
    return files


def new_development_server(
    application: Callable[..., Any], address: Address, files: DevelopmentCertificate
) -> BaseWSGIServer:
    """Build a server with TLS: the one of Werkzeug, which is for development only.

    Raises `ServingError` if the address cannot be used.
    """
    try:
        return make_server(
            address.host,
            address.port,
            application,
            threaded=True,
            ssl_context=(str(files.certificate), str(files.key)),
        )
    except OSError as error:
        raise ServingError(f"{address.host}:{address.port} cannot be listened on.") from error


def _is_usable(files: DevelopmentCertificate, now: datetime) -> bool:
    if not (files.authority.exists() and files.certificate.exists() and files.key.exists()):
        return False
    try:
        certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    except ValueError:
        return False
    return now + RENEWED_BEFORE < certificate.not_valid_after_utc


def _make(files: DevelopmentCertificate, now: datetime) -> None:
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "Tallystick development, this machine only")]
    )
    authority = (
        _builder(name, name, authority_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.NameConstraints(PERMITTED, None), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    own_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    certificate = (
        _builder(own_name, name, key.public_key(), now)
        .add_extension(x509.SubjectAlternativeName(LOCAL), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(issuer_key, critical=False)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write_secret(files.key, secret)
    files.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
    files.authority.write_bytes(authority.public_bytes(Encoding.PEM))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(minutes=5))
    builder = builder.not_valid_after(now + timedelta(days=DAYS))
    identifier = x509.SubjectKeyIdentifier.from_public_key(key)
    return builder.add_extension(identifier, critical=False)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_secret(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read, over an older one of the same kind."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
