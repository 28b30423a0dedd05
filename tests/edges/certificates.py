"""Certificates for tests: an authority of our own, a server at localhost, and a node."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from truceline.edges.clock import now_us

BEGIN = datetime.fromtimestamp(now_us() / 1e6, UTC) - timedelta(days=1)


class Made(dict[str, Path]):
    """File name → path."""

    def fingerprint(self, name: str) -> str:
        certificate = x509.load_pem_x509_certificate(self[name].read_bytes())
        return sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


def make_certificates(folder: Path) -> Made:
    """authority.pem, server.pem and .key, node.pem and .key."""
    made = Made()
    root, name = ec.generate_private_key(ec.SECP256R1()), _name("test authority")
    authority = _builder(name, name, root).add_extension(x509.BasicConstraints(True, None), True)
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    own = authority.add_extension(usage, True).sign(root, hashes.SHA256())
    made["authority.pem"] = folder / "authority.pem"
    made["authority.pem"].write_bytes(own.public_bytes(Encoding.PEM))
    for who in ("server", "node"):
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
        issued = _builder(_name(who), name, key).add_extension(names, False).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), False
        )  # fmt: skip
        made[f"{who}.pem"], made[f"{who}.key"] = folder / f"{who}.pem", folder / f"{who}.key"
        made[f"{who}.pem"].write_bytes(issued.sign(root, hashes.SHA256()).public_bytes(Encoding.PEM))
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        made[f"{who}.key"].write_bytes(pem)
    return made


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(BEGIN).not_valid_after(BEGIN + timedelta(days=30))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    )  # fmt: skip
