"""Text forms: ids, views, collections, keys and addresses."""

import ipaddress
import re
from dataclasses import dataclass

from verifier.fault import Fault, require

PUBLIC = "public"

_NAME = re.compile(r"[a-z0-9.-]{1,64}", re.ASCII)
_HEX_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)
_PORT = re.compile(r":[1-9][0-9]{0,4}", re.ASCII)
_PIN = re.compile(r"sha256=([0-9a-f]{64})", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.ASCII)
_MAX_HOST = 253


def parse_id(text: str) -> bytes:
    """Reads an id or hash from 64 lowercase hex digits."""
    require(_HEX_ID.fullmatch(text) is not None, "id_malformed")
    return bytes.fromhex(text)


def check_id(value: bytes, reason: str = "id_malformed") -> None:
    """Checks that an id or hash has 32 bytes."""
    require(len(value) == 32, reason)


def is_name(text: str) -> bool:
    """Returns whether a text has the form that views, collections and keys share."""
    return _NAME.fullmatch(text) is not None


def requested_view(text: str) -> str:
    """Reads the view of a request, where the empty text means `public`."""
    require(text == "" or is_name(text), "view_malformed")
    return text or PUBLIC


def check_collection(text: str) -> None:
    """Checks the form of a collection; unknown kinds are valid."""
    require(is_name(text), "collection_malformed")


def check_key(text: str) -> None:
    """Checks the form of a record's key."""
    require(is_name(text), "key_malformed")


@dataclass(frozen=True)
class Address:
    """A server's address, and the hash of the key that it must present, if the address has one.

    Two addresses are the same if their canonical texts are.
    """

    host: str
    port: int
    pin: bytes | None

    @property
    def target(self) -> str:
        """The host and port as gRPC expects them, with IPv6 in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def canonical(self) -> str:
        """The address with the host in lower case, and IPv6 as in RFC 5952."""
        pin = f"#sha256={self.pin.hex()}" if self.pin else ""
        return f"https://{self.target}{pin}"


def _name_or_ipv4(host: str) -> str:
    """Reads a domain name or IPv4 address, and returns it in lower case."""
    require(len(host) <= _MAX_HOST, "address_host")
    labels = host.split(".")
    # Programs that resolve names read "127.1" and "0x7f.1" as IPv4, so a name's last label begins
    # with a letter.
    if not labels[-1][:1].isalpha():
        require(re.fullmatch(r"[0-9.]+", host, re.ASCII) is not None, "address_host")
        return str(ipaddress.IPv4Address(host))
    require(all(_LABEL.fullmatch(label) for label in labels), "address_host")
    return host.lower()


def _ipv6(text: str) -> str:
    """Reads an IPv6 address, and returns it as in RFC 5952."""
    # A zone, as in fe80::1%eth0, means something on one machine only.
    require("%" not in text, "address_host")
    address = ipaddress.IPv6Address(text)
    # Which spelling Python prints for these depends on its version.
    return f"::ffff:{address.ipv4_mapped}" if address.ipv4_mapped else str(address)


def _split_port(rest: str) -> tuple[str, str]:
    """Splits host and port at the last colon, or at the one after the brackets."""
    if rest.startswith("["):
        host, bracket, port = rest.rpartition("]")
        require(bracket == "]" and host.startswith("["), "address_host")
        return host + bracket, port
    host, colon, port = rest.rpartition(":")
    return (host, colon + port) if colon else (rest, "")


def parse_address(text: str) -> Address:
    """Reads `https://HOST:PORT` with an optional `#sha256=<hex>`."""
    require(text.startswith("https://"), "address_scheme")
    rest, mark, fragment = text.removeprefix("https://").partition("#")
    pin = _PIN.fullmatch(fragment)
    require(not mark or pin is not None, "address_pin")
    require(not re.search(r"[/?@]", rest), "address_extra")
    written, port = _split_port(rest)
    try:
        host = _ipv6(written[1:-1]) if written.startswith("[") else _name_or_ipv4(written)
    except ValueError as error:
        raise Fault("address_host", str(error)) from error
    require(_PORT.fullmatch(port) is not None, "address_port")
    require(int(port[1:]) <= 65_535, "address_port")
    return Address(host, int(port[1:]), bytes.fromhex(pin[1]) if pin else None)


def parse_endpoint(url: str, spki_sha256: bytes) -> Address:
    """Reads the endpoint of a head, where the hash has a field of its own."""
    require("#" not in url, "address_extra")
    address = parse_address(url)
    require(len(spki_sha256) in (0, 32), "address_pin")
    return Address(address.host, address.port, spki_sha256 or None)
