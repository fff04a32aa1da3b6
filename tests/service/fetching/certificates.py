"""A certificate authority for tests: made anew, believed by nobody else."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

YEAR = timedelta(days=365)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """Signs certificates for servers of tests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        # Certificates are judged by the system's clock, which no test can set.
        self._begins = datetime.now(UTC) - YEAR
        name = _name("Authority of a test")
        self._certificate = self._sign(
            x509.CertificateBuilder()
            .subject_name(name)
            .public_key(self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True),
            ends=self._begins + 2 * YEAR,
        )

    def _sign(self, builder: x509.CertificateBuilder, ends: datetime) -> x509.Certificate:
        return (
            builder.issuer_name(_name("Authority of a test"))
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._begins)
            .not_valid_after(ends)
            .sign(self._key, hashes.SHA256())
        )

    def believing(self) -> ssl.SSLContext:
        """Make the context of a client that believes this authority and no other."""
        return ssl.create_default_context(cadata=self.pem().decode())

    def pem(self) -> bytes:
        """Write the authority's own certificate."""
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    def server(self, host: str, *, expired: bool = False) -> ssl.SSLContext:
        """Make the context of a server with a certificate for `host`."""
        key = ec.generate_private_key(ec.SECP256R1())
        ends = self._begins + (YEAR / 2 if expired else 2 * YEAR)
        certificate = self._sign(
            x509.CertificateBuilder()
            .subject_name(_name(host))
            .public_key(key.public_key())
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False),
            ends,
        )
        file = self._folder / f"{host}-{expired}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context
