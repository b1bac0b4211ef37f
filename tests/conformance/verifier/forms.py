"""Text forms: ids, views, collections, keys and addresses."""

import ipaddress
import re
from dataclasses import dataclass

from verifier.fault import Fault, require

PUBLIC = "public"

_NAME = re.compile(r"[a-z0-9.-]{1,64}", re.ASCII)
_HEX_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
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
    """A server's address, and the hash of the key that it must present, if the address has one."""

    host: str
    port: int
    pin: bytes | None

    @property
    def target(self) -> str:
        """The host and port as gRPC expects them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _is_host(host: str) -> bool:
    if len(host) > _MAX_HOST:
        return False
    labels = host.split(".")
    if labels[-1].isdigit():
        # The last label of a domain name is never a number: this can only be an IPv4 address.
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            return False
        return True
    return all(_LABEL.fullmatch(label) for label in labels)


def parse_address(text: str) -> Address:
    """Reads `https://HOST:PORT` with an optional `#sha256=<hex>`."""
    require(text.startswith("https://"), "address_scheme")
    rest, mark, fragment = text.removeprefix("https://").partition("#")
    require(not re.search(r"[/?@\\]", rest), "address_extra")
    bracketed = re.fullmatch(r"\[([^\]]*)\](?::(.*))?", rest, re.DOTALL)
    if bracketed:
        host, port = bracketed[1], bracketed[2]
        try:
            # A zone, as in fe80::1%eth0, means something on one machine only.
            require("%" not in host, "address_host")
            ipaddress.IPv6Address(host)
        except ValueError as error:
            raise Fault("address_host") from error
    else:
        host, _, port = rest.rpartition(":") if ":" in rest else (rest, "", "")
        require(_is_host(host), "address_host")
    require(port is not None and _PORT.fullmatch(port) is not None, "address_port")
    require(int(port) <= 65_535, "address_port")
    if not mark:
        return Address(host, int(port), None)
    require(fragment.startswith("sha256="), "address_pin")
    pin = fragment.removeprefix("sha256=")
    require(_HEX_ID.fullmatch(pin) is not None, "address_pin")
    return Address(host, int(port), bytes.fromhex(pin))
