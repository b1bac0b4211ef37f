"""Visitors of the real aggregator leave messages, and the group's node fetches and opens them."""

import secrets
import urllib.error
import urllib.parse
import urllib.request

from hedgerow.v1 import contact_message_pb2

from checks import environment
from checks.case import Case
from publisher import requests
from publisher.client import SECONDS, failure_of
from publisher.group import Group
from verifier import forms, sealed


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect, so that its status is seen."""

    def redirect_request(self, *_: object) -> None:
        return None


class Inbox(Case):
    """Messages by the form, sealed by the aggregator or by the visitor."""

    def post(self, form: dict[str, str]) -> int:
        """Sends the form of the group's page, as a browser without a script, and returns the status."""
        address = forms.parse_address(self.client.address)
        url = f"http://{address.target}/group/{self.group.group_id.hex()}/message"
        request = urllib.request.Request(url, urllib.parse.urlencode(form).encode())
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=SECONDS) as response:
                return response.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def fetch(self, group: Group | None = None) -> list[contact_message_pb2.ContactMessage]:
        """Fetches what waits, opens and acknowledges it."""
        group, own = group or self.group, environment.aggregator_log().group_id
        found = []
        for message in requests.fetch(self.client, group, own).messages:
            place = sealed.Place(
                message.payload_type, message.sender_id, group.group_id, message.request_id
            )
            secret = group.encryption_key.private_bytes_raw()
            self.assertEqual(message.receiver_key_index, len(group.key_log) - 1)
            found.append(sealed.open_message(secret, place, message.sealed))
            requests.acknowledge(self.client, group, own, [message.request_id])
        return found

    def test_messages_sealed_here_and_by_the_aggregator_are_opened(self) -> None:
        self.publish()
        self.assertEqual(self.post({"message": "Hello"}), 404, "nobody fetches them")
        self.assertEqual(self.fetch(), [])
        self.assertEqual(self.post({"message": "Can I come?", "reply": "the desk"}), 303)
        place = sealed.Place(
            sealed.CONTACT_MESSAGE, b"", self.group.group_id, secrets.token_bytes(16)
        )
        content = contact_message_pb2.ContactMessage(text="Sealed in Python")
        key = self.group.encryption_key.public_key().public_bytes_raw()
        form = {
            "sealed": sealed.seal(key, place, content.SerializeToString()).hex(),
            "id": place.request_id.hex(),
            "key": "0",
        }
        self.assertEqual(self.post(form), 303)
        found = [(message.text, message.reply) for message in self.fetch()]
        self.assertCountEqual(found, [("Can I come?", "the desk"), ("Sealed in Python", "")])
        self.assertEqual(self.fetch(), [], "they were acknowledged")

    def test_another_key_does_not_fetch(self) -> None:
        self.publish()
        thief = Group.create()
        thief.group_id = self.group.group_id
        failed = failure_of(lambda: self.fetch(thief))
        self.assertEqual(failed.reason, "signature_mismatch")
