"""TLS to servers that are identified by the hash of their key, and a certificate for our own."""

import datetime
import hashlib
import ssl
from dataclasses import dataclass

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

from verifier import forms
from verifier.fault import require

# Messages of 4 MiB, the size that every server and caller accepts.
OPTIONS = (
    ("grpc.max_receive_message_length", 4 * 1024 * 1024),
    ("grpc.max_send_message_length", 4 * 1024 * 1024),
)


def spki_hash(certificate: x509.Certificate) -> bytes:
    """Returns SHA-256 of a certificate's SubjectPublicKeyInfo."""
    key = certificate.public_key()
    return hashlib.sha256(
        key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).digest()


def connect(text: str) -> grpc.Channel:
    """Opens a channel to an address with a pin.

    The certificate is read first and compared with the pin. The channel then trusts that one
    certificate and no other, so a server in between cannot exchange it after the comparison.
    """
    address = forms.parse_address(text)
    require(address.pin is not None, "address_pin", "this client needs #sha256=…")
    pem = ssl.get_server_certificate((address.host, address.port), timeout=10)
    certificate = x509.load_pem_x509_certificate(pem.encode())
    require(spki_hash(certificate) == address.pin, "pin_mismatch", text)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    name = names.get_values_for_type(x509.DNSName)[0]
    credentials = grpc.ssl_channel_credentials(root_certificates=pem.encode())
    options = (*OPTIONS, ("grpc.ssl_target_name_override", name))
    return grpc.secure_channel(address.target, credentials, options=options)


@dataclass(frozen=True)
class Identity:
    """A self-signed certificate and its key, in PEM."""

    certificate: bytes
    key: bytes
    pin: bytes

    @classmethod
    def generate(cls) -> "Identity":
        """Makes a certificate for loopback."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "conformance")])
        now = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
            .sign(key, hashes.SHA256())
        )
        pem = certificate.public_bytes(Encoding.PEM)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return cls(pem, private, spki_hash(certificate))

    @property
    def server_credentials(self) -> grpc.ServerCredentials:
        """Credentials for a gRPC server."""
        return grpc.ssl_server_credentials([(self.key, self.certificate)])
