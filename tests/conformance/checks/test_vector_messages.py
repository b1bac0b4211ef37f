"""The verdicts of the verifier on signed requests and sealed messages."""

import os
import unittest

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hedgerow.v1 import contact_message_pb2

from checks import vectors
from checks.vectors import Vector, unhex, verdict_of
from verifier import key_logs, requests, sealed, times


@vectors.each("requests.json")
class Requests(unittest.TestCase):
    """Signed requests, at a receiver's clock."""

    def check(self, vector: Vector) -> None:
        log = key_logs.verify(unhex(vector["key_log"]))
        receiver, body, data = unhex([vector["receiver"], vector["body"], vector["envelope"]])
        call = requests.Call(vector["method"], receiver, body, times.parse(vector["now"]))
        verdict, _ = verdict_of(lambda: requests.verify(data, log, call))
        self.assertEqual(verdict, vector["verdict"])


@vectors.each("sealed_messages.json")
class SealedMessages(unittest.TestCase):
    """Messages that visitors seal to a group."""

    def check(self, vector: Vector) -> None:
        secret, sender, receiver, request_id, data = unhex(
            [vector[name] for name in ("secret", "sender", "receiver", "request_id", "sealed")]
        )
        place = sealed.Place(vector["payload_type"], sender, receiver, request_id)
        verdict, message = verdict_of(lambda: sealed.open_message(secret, place, data))
        self.assertEqual(verdict, vector["verdict"])
        if message:
            self.assertEqual((message.text, message.reply), (vector["text"], vector["reply"]))


class Sealing(unittest.TestCase):
    """HPKE by itself."""

    def test_the_example_of_rfc_9180_opens(self) -> None:
        """Appendix A.1.1, the message with sequence number 0."""
        secret = "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"
        data = (
            "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"
            "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a9"
            "6d8770ac83d07bea87e13c512a"
        )
        opened = sealed.open_base(
            bytes.fromhex(secret), b"Ode on a Grecian Urn", b"Count-0", bytes.fromhex(data)
        )
        self.assertEqual(opened, b"Beauty is truth, truth beauty")

    def test_what_is_sealed_opens(self) -> None:
        """A message that is sealed here opens here, and for its place only."""
        secret = X25519PrivateKey.generate()
        place = sealed.Place(sealed.CONTACT_MESSAGE, b"", os.urandom(32), os.urandom(16))
        content = contact_message_pb2.ContactMessage(text="Hello").SerializeToString()
        data = sealed.seal(secret.public_key().public_bytes_raw(), place, content)
        own = secret.private_bytes_raw()
        self.assertEqual(sealed.open_message(own, place, data).text, "Hello")
        other = sealed.Place(sealed.CONTACT_MESSAGE, b"", place.receiver, os.urandom(16))
        verdict, _ = verdict_of(lambda: sealed.open_message(own, other, data))
        self.assertEqual(verdict, "sealed_unopened")
