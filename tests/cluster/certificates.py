"""Certificates for one control plane, which are worth nothing once it has ended."""

import datetime
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LIFETIME = datetime.timedelta(days=30)
_USES = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Two PEM files.

    Attributes:
        certificate: the file with the certificate, or with the public key alone.
        key: the file with the private key.
    """

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority that keeps its files in one folder.

    Attributes:
        folder: where the files are.
        certificate: its own.
        key: its private key.
    """

    folder: Path
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def files(self) -> KeyPair:
        """Its own certificate and key."""
        return _pair(self.folder, "ca")

    @classmethod
    def create(cls, folder: Path) -> Self:
        """A new authority in `folder`, which is made for its owner's eyes only."""
        folder.mkdir(mode=0o700)
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("carrel-test", ())
        certificate = (
            _builder(name, name, key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        _write(_pair(folder, "ca"), certificate.public_bytes(Encoding.PEM), key)
        return cls(folder, certificate, key)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The authority that was created in `folder`, or whose files were copied there."""
        pair = _pair(folder, "ca")
        certificate = x509.load_pem_x509_certificate(pair.certificate.read_bytes())
        key = load_pem_private_key(pair.key.read_bytes(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return cls(folder, certificate, key)

    def issue(
        self,
        user: str,
        groups: Sequence[str] = (),
        hosts: Sequence[str] = (),
        lifetime: datetime.timedelta = _LIFETIME,
    ) -> KeyPair:
        """A certificate by which Kubernetes knows `user`, and which also serves on loopback.

        `hosts` are further names of what it serves. With a negative lifetime it has expired.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName(
            [
                *(x509.DNSName(each) for each in ("localhost", *hosts)),
                x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
            ]
        )
        certificate = (
            _builder(_name(user, groups), self.certificate.subject, key.public_key(), lifetime)
            .add_extension(names, critical=False)
            .add_extension(_USES, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        pair = _pair(self.folder, user.replace(":", "-"))
        _write(pair, certificate.public_bytes(Encoding.PEM), key)
        return pair

    def key_pair(self, name: str) -> KeyPair:
        """A private key and its public key, such as the one that signs service account tokens."""
        key = ec.generate_private_key(ec.SECP256R1())
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        pair = _pair(self.folder, name)
        _write(pair, public, key)
        return pair


def _pair(folder: Path, name: str) -> KeyPair:
    return KeyPair(folder / f"{name}.crt", folder / f"{name}.key")


def _name(user: str, groups: Sequence[str]) -> x509.Name:
    organisations = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
    return x509.Name([*organisations, x509.NameAttribute(NameOID.COMMON_NAME, user)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    lifetime: datetime.timedelta = _LIFETIME,
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        # Clocks of programs on one machine agree, but certificates count in whole seconds.
        .not_valid_before(now - datetime.timedelta(minutes=1))
        .not_valid_after(now + lifetime)
    )


def _write(pair: KeyPair, public: bytes, key: ec.EllipticCurvePrivateKey) -> None:
    pair.certificate.write_bytes(public)
    pair.key.touch(mode=0o600)
    pair.key.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
